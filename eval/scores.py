"""What a run is worth, as a file and as a table: measures with intervals, what looks at no evidence beside them, by language and by tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bukti.claims.errors import printable
from bukti.eval.baselines import baselines
from bukti.eval.declared import TRIALS
from bukti.eval.measures import MEASURES, Value, confusion, measure, measure_by
from bukti.eval.results import CaseResult
from bukti.eval.wording import fill

__all__ = ["SCHEMA", "SHOWN", "latency_of", "scores_of", "table", "values_of"]

SCHEMA = "bukti.measures/1"
"""Name and version of the file's form."""

SHOWN = (
    "accuracy", "macro_f1", "balanced_accuracy", "false_support", "missed_refutation", "coverage", "evidence_recall@5", "evidence_mrr", "brier",
    "ece",
)  # fmt: skip
"""What the table shows."""

GROUPED = ("accuracy", "macro_f1", "false_support", "coverage")
"""What is told by language and by tag; the table has it by language."""

TWO_WAY = "two_way_balanced_accuracy"
"""What is shown and told besides where claims are only known not to be supported."""

MOST_FLAKY = 20
"""How many claims that disagree with themselves the table names; the file has all."""

Told = Mapping[str, Mapping[str, Any]]


def scores_of(results: Sequence[CaseResult]) -> dict[str, Any]:
    """Gives the measures of a run as plain JSON values. How long cases took is none of them: two runs on the same input give the same."""
    names = [name for name in MEASURES if not name.startswith(("latency", "pass", "self_agreement"))]
    times = max((len(row.repeats) for row in results), default=0)
    if times:
        depths = sorted({*(k for k in TRIALS if k <= times), times})
        names += [f"pass{kind}{k}" for kind in ("^", "@") for k in depths] + ["self_agreement"]
    only_not = sum(row.gold is None and row.not_supported for row in results)
    grouped = (*GROUPED, TWO_WAY) if only_not else GROUPED
    without = baselines(results, _shown(only_not))
    matrix = confusion(results)
    return {
        "schema": SCHEMA,
        "rows": len(results),
        "labelled": sum(row.gold is not None for row in results),
        "only_not_supported": only_not,
        "failed": _failed(results),
        **({"repeats": times, "flaky": [row.case for row in results if row.flaky]} if times else {}),
        "measures": _told(measure(results, names)),
        "majority": _told(without["majority"]),
        "prior": _told(without["prior"]),
        "by_language": {name: _told(held) for name, held in measure_by(results, grouped, "language").items()},
        "by_tag": {name: _told(held) for name, held in measure_by(results, grouped, "tag").items()},
        "confusion": asdict(matrix),
    }


def _shown(only_not: int) -> tuple[str, ...]:
    return (TWO_WAY, *SHOWN) if only_not else SHOWN


def _failed(results: Sequence[CaseResult]) -> dict[str, int]:
    """Counts the failures by their stage."""
    stages = sorted(row.error.stage for row in results if row.error)
    return {stage: stages.count(stage) for stage in dict.fromkeys(stages)}


def _told(values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: {
            "value": _rounded(one.value), "low": _rounded(one.low), "high": _rounded(one.high), "n": one.n, "why": one.why,
        }
        for name, one in values.items()
    }  # fmt: skip


def values_of(scores: Mapping[str, Any]) -> dict[str, Value]:
    """Gives the measures of a run as they were before `scores_of` told them, to six places."""
    return {name: Value(name=name, **told) for name, told in scores["measures"].items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def latency_of(results: Sequence[CaseResult]) -> dict[str, float | None]:
    """Gives the median and the 95th percentile of how long an answered claim took, in seconds; None where no row says it."""
    return {kind: _rounded(MEASURES[f"latency_{kind}"](results)) for kind in ("p50", "p95")}


def table(scores: Mapping[str, Any], latency: Mapping[str, float | None] | None = None) -> str:
    """Gives the measures in plain lines for a terminal or a log, by language too where there are several; at the foot the time a claim took."""
    lines = [*_lines(scores)]
    if latency and latency["p50"] is not None:
        lines.append(f"seconds a claim: median {latency['p50']:.3g}, 95th percentile {latency['p95']:.3g}")
    return "\n".join(lines) + "\n"


def _lines(scores: Mapping[str, Any]) -> Iterator[str]:
    failed = ", ".join(f"{count} failed at {stage}" for stage, count in scores["failed"].items())
    only_not = scores.get("only_not_supported", 0)
    besides = f", {only_not} only known not to be supported" if only_not else ""
    yield (
        fill("{n} claim[/s]", n=scores["rows"])
        + f", {scores['labelled']} with a verdict to compare{besides}"
        + (f", {failed}" if failed else "")
    )
    yield f"{'measure':<26}{'value':>8}  {'95% interval':<18}{'n':>6}  majority"
    for name in _shown(only_not):
        yield f"{name:<26}{_cells(scores['measures'][name])}  {_number(scores['majority'][name]['value'])}".rstrip()
    if only_not and scores["measures"]["macro_f1"]["value"] is not None:
        yield f"macro_f1 and balanced_accuracy are of the {scores['labelled']} claims with a verdict to compare alone"
    if times := scores.get("repeats"):
        for name in dict.fromkeys(("pass^1", f"pass^{times}", "self_agreement")):
            yield f"{name:<26}{_cells(scores['measures'][name])}".rstrip()
        flaky = scores["flaky"]
        names = ", ".join(printable(case) for case in flaky[:MOST_FLAKY])
        more = f" and {len(flaky) - MOST_FLAKY} more" if len(flaky) > MOST_FLAKY else ""
        answered = scores["rows"] - sum(scores["failed"].values())
        yield f"{len(flaky)} of {answered} answered disagree with themselves in {times} repeats" + (
            f": {names}{more}" if flaky else ""
        )
    groups: Mapping[str, Told] = scores["by_language"]
    for group, held in groups.items() if len(groups) > 1 else ():
        yield f"language {printable(group) or 'none'}"
        for name in held:
            yield f"  {name:<24}{_cells(held[name])}".rstrip()


def _cells(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return f"{'-':>8}  {printable(one['why'])} "
    span = "-" if one["low"] is None else f"{_number(one['low'])} to {_number(one['high'])}"
    return f"{_number(one['value']):>8}  {span:<18}{one['n']:>6}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
