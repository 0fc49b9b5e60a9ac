"""Writes the reviewed claims of a desk as a suite for `bukti eval`."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bukti.claims.errors import InputError, SuiteError, UsageError
from bukti.eval.output import check_output, write_text
from bukti.eval.reading import read_report
from bukti.eval.review import held_of
from bukti.eval.reviewcases import case_of, render_cases
from bukti.eval.showing import plain_name
from bukti.eval.suites import read_suite
from bukti.serve.store import Store

__all__ = ["GUARD", "Exported", "export_reviews", "write_suite"]

ENDING = ".jsonl"
"""A suite with inline sources is written as JSON lines."""

GUARD = "bukti eval {suite} --baseline reviews.baseline.json --min-cases 1 --measure right --strict"
"""What fails as soon as a decision that a blessed run met is met no more: a handful of cases is
never enough to show a loss, nor has it one for every measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A suite of what was reviewed."""

    text: str
    """It, as JSON lines; empty where nothing was reviewed."""

    cases: int
    """How many cases it has: one for each report with a decision."""

    claims: int
    """How many labelled claims they have."""

    left_out: tuple[str, ...]
    """What could not become a case, one line each."""


def export_reviews(store: Store, *, scratch: Path | None = None) -> Exported:
    """Gives the decisions that hold as a suite, held to be one that `bukti eval` reads.

    Args:
        store: The store.
        scratch: Where each case lies while it is held to be one; the system's place for such files if None.
    """
    cases, left_out = [], []
    for job in store.reviewed_jobs():
        held = held_of(store.reviews(job.id))
        text = store.report(job.id)
        if not held or text is None:
            continue
        report = read_report(text, path=job.name)
        used = {one.source for item in report.assessments for one in item.evidence}
        name = f"{plain_name(job.title or job.name, 40)}-{job.id}"
        case, left = case_of(report, held, store.texts(used), name=name)
        left_out += left
        if case is None:
            continue
        try:
            _check(render_cases([case]), scratch)
        except SuiteError as exc:  # what no suite can hold, such as a source of no words, must not cost the other cases
            left_out.append(f"{case['id']}: {exc.problems[0].partition(': ')[2]}")
            continue
        cases.append(case)
    return Exported(
        text=render_cases(cases),
        cases=len(cases),
        claims=sum(len(case["claims"]) for case in cases),
        left_out=tuple(left_out),
    )


def _check(text: str, folder: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="suite-", dir=folder) as made:
        path = Path(made) / f"suite{ENDING}"
        path.write_text(text, encoding="utf-8")
        read_suite(path)


def write_suite(folder: Path | str, path: Path | str) -> Exported:
    """Writes the decisions of a desk's state as a suite.

    Args:
        folder: The state.
        path: The file, ending in ``.jsonl``.

    Raises:
        InputError: There is no desk's state in the folder, or it is damaged.
        UsageError: Nothing was reviewed, or nothing of it can become a case; no file is written then.
        OutputError: The file cannot be written.
    """
    check_output(path, endings=(ENDING,))
    store = Store(folder, read_only=True)
    try:
        made = export_reviews(store)
    except sqlite3.Error as exc:
        raise InputError(f"{folder}: cannot be read ({exc}); restore it from a copy", path=folder) from exc
    finally:
        store.close()
    if not made.cases:
        why = f"nothing of it can become a case: {made.left_out[0]}" if made.left_out else "nothing was reviewed yet"
        raise UsageError(f"{folder}: {why}; nothing is written")
    write_text(made.text, path)
    return made
