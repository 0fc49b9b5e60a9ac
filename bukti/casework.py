"""Cases of a suite answered by the workers of a cluster."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bukti.claims.errors import BuktiError, ConfigError, StageError, cause_of
from bukti.claims.files import location_of, read_regular
from bukti.cluster import Fatal, spread
from bukti.config import Config
from bukti.eval.answers import Oracle, Parts, answer_group, row_of
from bukti.eval.cases import Case, CaseSource, TextFile, gold_claims
from bukti.eval.report import Failure
from bukti.eval.results import CaseResult, Repeat
from bukti.loading import parts_of

__all__ = ["spread_cases"]

CASES_A_TASK = 16
"""Cases of one set of sources that a worker answers at a time; each task makes its own index of them."""

_held: dict[str, Parts] = {}
"""What a worker has loaded, by what it was told to load; the latest only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What a worker answers cases with."""

    config: Config
    oracle: tuple[Oracle, ...]
    repeat: int
    names: tuple[str, ...]
    """What the asking process calls the parts."""

    def open(self) -> Parts:
        """Loads the parts, once in a process.

        Raises:
            ConfigError: This worker would answer otherwise than the one that asks.
        """
        key = repr(self)
        if key not in _held:
            parts = parts_of(self.config, repeat=self.repeat)
            if _names_of(parts) != self.names:
                message = "a worker would answer otherwise: its models or thresholds differ; give all nodes one bukti"
                raise ConfigError(message)
            _held.clear()
            _held[key] = parts
        return _held[key]


def _names_of(parts: Parts) -> tuple[str, ...]:
    return parts.splitter.name, parts.embedder.name, parts.verifier.name, json.dumps(asdict(parts.thresholds))


def _answer(bench: _Bench, cases: Sequence[Case]) -> list[list[CaseResult]] | Fatal:
    """Answers cases with one set of sources on a worker."""
    try:
        parts = bench.open()
    except BuktiError as exc:
        return Fatal(exc)
    changed = _changed(cases)
    if changed is not None:
        return [_failed(case, bench.repeat, changed) for case in cases]
    with TemporaryDirectory(prefix="bukti-", ignore_cleanup_errors=True) as folder:
        return list(answer_group(cases, parts, work=Path(folder), oracle=bench.oracle))


def _placed(case: Case) -> Case:
    """Gives a case whose files and index are named from the root: a worker has a working folder of its own."""
    sources = tuple(_rooted(one) for one in case.sources)
    index = Path(location_of(case.index)) if case.index is not None else None
    return replace(case, sources=sources, article=_rooted(case.article) if case.article else None, index=index)


def _rooted(source: CaseSource) -> CaseSource:
    return replace(source, path=Path(location_of(source.path))) if isinstance(source, TextFile) else source


def _changed(cases: Sequence[Case]) -> Failure | None:
    """Says which file of the cases is not here as it is where they were read: another text would be another question."""
    files = {one for case in cases for one in (*case.sources, case.article) if isinstance(one, TextFile)}
    for file in sorted(files, key=lambda one: str(one.path)):
        try:
            same = hashlib.sha256(read_regular(file.path)).hexdigest() == file.sha256
        except OSError:
            same = False
        if not same:
            cause = f"{file.path} is not on the worker as it is here; keep the suite's files on a file system that all nodes share"
            return Failure(stage="index", cause=cause)
    return None


def _failed(case: Case, repeat: int, failure: Failure) -> list[CaseResult]:
    rows = [row_of(gold, failure) for gold in gold_claims(case)]
    if repeat == 1:
        return rows
    return [replace(row, repeats=(Repeat(verdict=row.verdict, error=row.error),) * repeat) for row in rows]


def spread_cases(
    config: Config, *, oracle: Collection[Oracle], repeat: int
) -> Callable[[Sequence[Sequence[Case]]], Iterator[tuple[Case, list[CaseResult]]]]:
    """Gives what has a cluster answer the cases of a run, as `bukti.eval.runs.run_suite` takes it.

    A case whose task no worker survives is an ``error`` of the stage ``ray``.
    """

    def answers(groups: Sequence[Sequence[Case]]) -> Iterator[tuple[Case, list[CaseResult]]]:
        parts = parts_of(config, repeat=repeat)
        bench = _Bench(config=config, oracle=tuple(oracle), repeat=repeat, names=_names_of(parts))
        pieces = [
            [_placed(case) for case in group[start : start + CASES_A_TASK]]
            for group in groups
            for start in range(0, len(group), CASES_A_TASK)
        ]
        asked = {case.id: case for group in groups for case in group}
        for sent, answer in spread(_answer, bench, pieces):
            cases = [asked[case.id] for case in sent]
            lost = Failure(stage="ray", cause=cause_of(answer, 500)) if isinstance(answer, StageError) else None
            rows = [_failed(case, repeat, lost) for case in cases] if lost else answer
            yield from zip(cases, rows, strict=True)

    return answers
