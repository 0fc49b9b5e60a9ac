"""The runs of `bukti eval` below a folder: which there are, and what changed from one to another."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from bukti.claims.errors import InputError
from bukti.claims.files import location_of, read_regular
from bukti.eval.decision import Decision, Rules
from bukti.eval.gate import gate
from bukti.eval.pairing import pair_results
from bukti.eval.runpage import Compared
from bukti.eval.runs import Run, read_run
from bukti.eval.showing import one_line

__all__ = ["RunRow", "compare", "list_runs", "run_named"]

MAX_RUNS = 200
"""So many are listed, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in the list."""

    name: str
    """Its folder's name."""

    suite: str
    """What its suite is called."""

    cases: int
    """How many cases the suite has."""

    labelled: int | None
    """How many labelled claims they have, once the run has ended."""

    started: str
    """When it began, as ISO 8601 in UTC; empty where that cannot be read."""

    ended: bool
    """Whether it has ended."""

    accuracy: float | None
    """Share of its verdicts that are right, where that was measured."""

    fault: str = ""
    """What is wrong with the folder, where something is."""


def list_runs(folder: Path) -> list[RunRow]:
    """Gives the runs, the latest first; no more than `MAX_RUNS`."""
    return [_row(entry) for entry in _folders(folder)[:MAX_RUNS]]


def run_named(folder: Path, name: str) -> Run:
    """Gives a run by its folder's name.

    Raises:
        InputError: There is none of that name, or it cannot be read, or has not ended.
    """
    found = {entry.name: entry for entry in _folders(folder)}
    if name not in found:
        raise InputError(f"{one_line(name, 20)}: no such run", path=name)
    run = read_run(found[name])
    if not run.manifest["ended"]:
        raise InputError(f"{name}: has not ended; start its command again, it goes on", path=name)
    return run


def compare(before: Run, after: Run) -> tuple[Decision, Compared]:
    """Gives what changed from one run to another: the cases, and what the gate says of the change.

    What stood in both runs is no change: a case that must not be supported and was in both breaks no rule here, and is told apart. The gate says
    nothing of runs of two suites, and names no changes where it cannot decide, such as for a suite of a few cases; a reader still wants them.
    """
    # A claim that is checked against other sources now is still the reader's claim.
    pairing = pair_results(before.results, after.results, asked=False)
    standing = [
        (old, new)
        for old, new in pairing.pairs
        if (old.must_not_support or new.must_not_support) and old.verdict == new.verdict == "supported"
    ]
    suites = [_suite(run) for run in (before, after)]
    compared = Compared(
        before=before.folder.name,
        after=after.folder.name,
        standing=tuple(new.case for _, new in standing),
        suites=None if before.manifest["suite"] == after.manifest["suite"] else (suites[0], suites[1]),
        shared=len(pairing.pairs),
    )
    known = {id(row) for pair in standing for row in pair}
    rows = [
        [replace(row, must_not_support=False) if id(row) in known else row for row in run.results]
        for run in (before, after)
    ]
    if compared.suites:
        shared = [{id(pair[side]) for pair in pairing.pairs} for side in (0, 1)]
        kept = [
            [row for row, own in zip(made, run.results, strict=True) if id(own) in shared[side]]
            for side, (made, run) in enumerate(zip(rows, (before, after), strict=True))
        ]
        decision = gate(kept[1], kept[0], rules=Rules(min_cases=1))
        gone = tuple(row.case for row in (*pairing.missing, *pairing.vanished))
        new = tuple(row.case for row in pairing.new)
        decision = replace(decision, reasons=(), notes=(), broken=(), measures=(), vanished=gone, new=new)
        return decision, compared
    decision = gate(rows[1], rows[0])
    if not decision.pairs:
        listed = gate(rows[1], rows[0], rules=Rules(min_cases=1))
        decision = replace(
            decision,
            pairs=listed.pairs,
            churn=listed.churn,
            coverage=listed.coverage,
            unmatched=listed.unmatched,
            worse=listed.worse,
            better=listed.better,
            other=listed.other,
            missing=listed.missing,
            vanished=listed.vanished,
            new=listed.new,
        )
    return decision, compared


def _suite(run: Run) -> tuple[str, str, int]:
    """Gives what a run's suite is called, the beginning of its hash, and how many labelled claims it has."""
    return (
        one_line(str(run.manifest["suite_name"]), 120),
        str(run.manifest["suite"])[:8],
        sum(row.gold is not None for row in run.results),
    )


def _folders(folder: Path) -> list[Path]:
    """Gives the numbered folders that really lie in `folder`, the latest first."""
    root = Path(location_of(folder))
    try:
        entries = [
            entry
            for entry in root.iterdir()
            if re.fullmatch("[0-9]{1,9}", entry.name) and entry.is_dir() and not entry.is_symlink()
        ]
    except OSError:
        return []
    return sorted(entries, key=lambda entry: (int(entry.name), entry.name), reverse=True)


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(timezone.utc).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return ""


def _row(folder: Path) -> RunRow:
    try:
        manifest = json.loads(read_regular(folder / "manifest.json"))
        accuracy = labelled = None
        if manifest["ended"]:
            scores = json.loads(read_regular(folder / "measures.json"))
            accuracy = scores["measures"].get("accuracy", {}).get("value")
            labelled = int(scores["labelled"])
        return RunRow(
            name=folder.name,
            suite=one_line(str(manifest["suite_name"]), 120),
            cases=int(manifest["cases"]),
            labelled=labelled,
            started=_moment(str(manifest["started"])),
            ended=bool(manifest["ended"]),
            accuracy=None if accuracy is None else float(accuracy),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        fault = one_line(str(exc) or type(exc).__name__, 120)
        return RunRow(
            name=folder.name, suite="", cases=0, labelled=None, started="", ended=False, accuracy=None, fault=fault
        )
