"""What a run is worth: measures with their intervals.

No measure gives NaN, and none gives a number for an empty set: a `Value` without a value says why. Intervals come from drawing clusters
(articles) with replacement: the claims of one article are not independent. The measures themselves are in `bukti.eval.declared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bukti.eval.declared import MEASURES, Measure, find_measure
from bukti.eval.report import VERDICTS, Verdict
from bukti.eval.results import CaseResult
from bukti.eval.sample import LABELS, FloatArray, Sample, draw

__all__ = [
    "GATED",
    "MEASURES",
    "Confusion",
    "Measure",
    "Value",
    "as_table",
    "by",
    "confusion",
    "interval",
    "measure",
    "measure_by",
]

LEVEL = 0.95
"""How often an interval is meant to hold the true value."""

MOST_EMPTY = 0.05
"""The share of draws that may have no value; with more there is no interval."""

GATED = ("macro_f1", "balanced_accuracy", "false_support", "missed_refutation", "coverage", "evidence_recall@5")
"""What a gate holds where it is told nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a measure gives for a run."""

    name: str
    """The measure."""

    value: float | None
    """The value; None where there is none, and `why` says why."""

    low: float | None
    """Where its 95% interval begins; None where there is none."""

    high: float | None
    """Where it ends."""

    n: int
    """How many results it was worked out over."""

    why: str = ""
    """Why there is no value, or a value without an interval; empty where there are both."""


def measure(results: Sequence[CaseResult], names: Iterable[str]) -> dict[str, Value]:
    """Gives measures of a run with their 95% intervals.

    An interval is that of the percentiles of 1,000 draws of the clusters with replacement, the same draws for all measures and every time.

    Args:
        results: The run's results.
        names: Of measures, as they stand in `MEASURES`; those of ranking at any depth.

    Returns:
        A value for each name, in the order asked for.

    Raises:
        UsageError: There is no such measure.
    """
    asked = {name: find_measure(name) for name in names}
    sample = Sample(results)
    points = {name: item.of(sample) for name, item in asked.items()}
    working = {name: item.arithmetic.draws(sample) for name, item in asked.items() if points[name] is not None}
    drawn: dict[str, list[FloatArray]] = {name: [] for name in working}
    if working and sample.clusters > 1:
        for draws in draw(sample):
            for name, work in working.items():
                drawn[name].append(work(draws))
    return {
        name: _value(item, points[name], drawn.get(name, []), int(item.arithmetic.rows(sample).sum()))
        for name, item in asked.items()
    }


def _value(item: Measure, point: float | None, drawn: Sequence[FloatArray], n: int) -> Value:
    if point is None:
        return Value(name=item.name, value=None, low=None, high=None, n=n, why=item.empty)
    if not drawn:
        return Value(
            name=item.name, value=point, low=None, high=None, n=n, why="no interval: there is one cluster only"
        )
    low, high, why = interval(np.concatenate(drawn))
    return Value(name=item.name, value=point, low=low, high=high, n=n, why=why)


def interval(drawn: FloatArray) -> tuple[float | None, float | None, str]:
    """Gives the 95% percentile interval of some draws, NaN for those without a value; without one, why."""
    there = drawn[~np.isnan(drawn)]
    empty = len(drawn) - len(there)
    if empty > MOST_EMPTY * len(drawn):
        return None, None, f"no interval: {empty} of {len(drawn)} draws have no value, too few results are of this kind"
    low, high = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high), ""


def by(results: Iterable[CaseResult], key: Literal["language", "tag"]) -> dict[str, list[CaseResult]]:
    """Groups results by their language or by their tags.

    Returns:
        Groups by name, sorted. A result is in the group of each of its tags; one without stands under the empty name.
    """
    groups: dict[str, list[CaseResult]] = {}
    for row in results:
        for name in (row.language,) if key == "language" else dict.fromkeys(row.tags) or ("",):
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def measure_by(
    results: Sequence[CaseResult], names: Iterable[str], key: Literal["language", "tag"]
) -> dict[str, dict[str, Value]]:
    """Gives measures with intervals for each group of `by`."""
    names = tuple(names)
    return {group: measure(rows, names) for group, rows in by(results, key).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often each gold verdict was given each verdict."""

    gold: tuple[Verdict, ...]
    """The rows: the labels present in gold, in the order of `VERDICTS`."""

    given: tuple[Verdict, ...]
    """The columns: all of `VERDICTS`, failed results last, as ``error``."""

    counts: tuple[tuple[int, ...], ...]
    """One row a gold label. All results with a gold verdict are counted."""


def confusion(results: Sequence[CaseResult]) -> Confusion:
    """Gives the confusion matrix; without a row where no result has a gold verdict."""
    sample = Sample(results)
    gold, given = sample.gold[sample.labelled], sample.given[sample.labelled]
    if not len(gold):
        return Confusion(gold=(), given=VERDICTS, counts=())
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(gold, given, labels=range(len(VERDICTS)))
    present = sorted(set(gold.tolist()))
    return Confusion(
        gold=tuple(LABELS[row] for row in present),
        given=VERDICTS,
        counts=tuple(tuple(int(count) for count in table[row]) for row in present),
    )


def as_table() -> str:
    """Gives the measures as a Markdown table, one row a family."""
    lines = [
        "| measure | what it is | range | better | unit | a failed result | no value where | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    seen: set[str] = set()
    for item in MEASURES.values():
        if item.family in seen:
            continue
        seen.add(item.family)
        top = "" if item.high is None else f"{item.high:.4g}"
        label = item.name.partition("_")[2] if item.family.endswith("_LABEL") else ""
        empty = item.empty.replace(label, "the label") if label else item.empty
        cells = (
            f"`{item.family}`", item.what, f"{item.low:g} to {top}" if top else f"from {item.low:g}", item.better, item.unit, item.errors, empty,
            item.source,
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
