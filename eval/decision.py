"""What the gate decided: the decision with all it rests on, as JSON and as plain lines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

from bukti.eval.report import Verdict
from bukti.eval.results import FoundEvidence
from bukti.eval.significance import FLIPS, SEED, MeasureVerdict
from bukti.eval.wording import fill

__all__ = ["SCHEMA", "Broken", "Change", "Decision", "MeasureResult", "Rule", "Rules", "Side", "percent"]

SCHEMA = "bukti.gate/1"
"""Name and version of the JSON form."""

Rule = Literal[
    "must_not_support",
    "errors",
    "cases",
    "baseline",
    "suite",
    "measures",
    "unanswered",
    "repeats",
    "flaky",
    "coverage",
    "unmatched",
]
"""What a run can break before any measure is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the gate goes by."""

    alpha: float = 0.05
    """How often a run that is no worse may be called worse on any measure, and a loss of the margin be passed on one."""

    max_errors: float = 0.0
    """Share of the run's cases that may end in an error. Those that do count as the worst value all the same."""

    min_coverage: float = 0.95
    """Of what the baseline answered, the share that the run must answer."""

    min_cases: int = 20
    """Fewer pairs decide nothing: with five pairs that all got lost a loss is only just shown."""

    max_unmatched: float = 0.02
    """Share of the cases and claims that may have no counterpart: no more than a margin, so that no more can hide among them."""

    max_flaky: float = 0.05
    """Share of the pairs that may stand aside because repeats disagree: a loss can hide among them."""

    strict: bool = False
    """Whether inconclusive exits with 1."""

    flips: int = FLIPS
    """Random sign flips for graded measures."""

    seed: int = SEED
    """Their seed."""

    def __post_init__(self) -> None:
        shares = (self.max_errors, self.min_coverage, self.max_unmatched, self.max_flaky)
        if not (0.0 < self.alpha < 0.5 and all(0.0 <= share <= 1.0 for share in shares)):
            msg = f"no shares, or an alpha not between 0 and 0.5: {self}"
            raise ValueError(msg)
        if self.min_cases < 1 or self.flips < 10_000:
            msg = f"at least one case and 10,000 flips: {self}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureResult:
    """What became of one measure. All its values are in its own units."""

    name: str
    """The measure."""

    cases: int
    """Pairs that it applies to."""

    clusters: int
    """How many independent groups they form."""

    baseline: float | None
    """Its mean over the baseline's rows of those pairs; None where there is none."""

    run: float | None
    """Its mean over the run's rows."""

    difference: float | None
    """Run minus baseline."""

    limit: float | None
    """The worst difference that is not excluded, at confidence 1 - alpha, one-sided."""

    p: float | None
    """One-sided p of "the run is no worse"."""

    adjusted_p: float | None
    """The same, Holm's over all gated measures."""

    margin: float
    """The largest loss that nobody minds."""

    bounds: tuple[float, float] | None
    """The worst and the best difference with the unmatched claims counted against the run and for it."""

    unanswered: int
    """Pairs where the run has no value and counts as the worst."""

    dropped: int
    """Pairs where only the run has a value: nothing to compare it with."""

    verdict: MeasureVerdict
    """What is decided on it."""

    says: str
    """Why, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one of the two runs said of a case."""

    case: str
    """The row's id there."""

    verdict: Verdict
    """The verdict."""

    support: float | None
    """The support score; None where nothing was scored."""

    evidence: tuple[FoundEvidence, ...]
    """What was found, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case whose verdict is another one now."""

    text: str
    """The claim."""

    gold: Verdict | None
    """The right verdict, where the suite gives one."""

    before: Side
    """The baseline's."""

    after: Side
    """The run's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that was broken before any measure was looked at."""

    rule: Rule
    """Which."""

    says: str
    """What happened, with the figures, in one sentence."""

    cases: tuple[str, ...] = ()
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the gate decided, and all it rests on."""

    outcome: MeasureVerdict
    """What was decided."""

    exit_code: int
    """What the command line exits with."""

    reasons: tuple[str, ...]
    """Why, one sentence each."""

    rules: Rules
    """What it went by."""

    cases: int
    """Rows of the run."""

    pairs: int
    """Rows that have a counterpart in the baseline."""

    errors: float | None
    """Share of the run's rows that ended in an error; None without rows."""

    coverage: float | None = None
    """Of what the baseline answered, the share that the run answered; None where nothing was compared."""

    churn: float | None = None
    """Share of the pairs whose verdict is another one now."""

    unmatched: float | None = None
    """Share of the cases and claims without a counterpart."""

    unchanged: bool = False
    """Whether verdicts, scores and evidence are all the same."""

    broken: tuple[Broken, ...] = ()
    """Rules that were broken."""

    measures: tuple[MeasureResult, ...] = ()
    """What became of each measure."""

    worse: tuple[Change, ...] = ()
    """Cases that were right and are no longer."""

    better: tuple[Change, ...] = ()
    """Cases that are right and were not."""

    other: tuple[Change, ...] = ()
    """Cases with another verdict that are wrong as before, or have no label."""

    flaky: tuple[str, ...] = ()
    """Cases whose repeats disagree, in this run or the baseline: no measure counts them, and every other rule does."""

    missing: tuple[str, ...] = ()
    """Cases of the baseline that the run did not answer."""

    vanished: tuple[str, ...] = ()
    """Claims of the baseline without a counterpart in the run."""

    new: tuple[str, ...] = ()
    """Rows of the run without a counterpart in the baseline."""

    changed: tuple[str, ...] = ()
    """Cases of both that ask something else now."""

    notes: tuple[str, ...] = ()
    """What else a reader must know."""

    def to_dict(self) -> dict[str, Any]:
        """Gives the JSON form, ``bukti.gate/1``, as plain dicts and lists in a fixed order."""
        rules = self.rules
        return {
            "schema": SCHEMA,
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "reasons": list(self.reasons),
            "broken": [{"rule": one.rule, "says": one.says, "cases": list(one.cases)} for one in self.broken],
            "measures": [_measure_dict(one) for one in self.measures],
            "cases": self.cases,
            "pairs": self.pairs,
            "errors": _rounded(self.errors),
            "coverage": _rounded(self.coverage),
            "churn": _rounded(self.churn),
            "unmatched": _rounded(self.unmatched),
            "unchanged": self.unchanged,
            "worse": [_change_dict(one) for one in self.worse],
            "better": [_change_dict(one) for one in self.better],
            "other": [_change_dict(one) for one in self.other],
            "flaky": list(self.flaky),
            "missing": list(self.missing),
            "vanished": list(self.vanished),
            "new": list(self.new),
            "changed": list(self.changed),
            "notes": list(self.notes),
            "rules": {name: getattr(rules, name) for name in rules.__dataclass_fields__},
        }

    def to_text(self, *, most: int = 20) -> str:
        """Gives it in plain lines for a terminal or a log; at most `most` cases of each kind."""
        return "\n".join(_lines(self, most)) + "\n"


# Showing -----------------------------------------------------------------------------------------------------------


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 6)


def _figures(p: float | None) -> float | None:
    """Gives a p value with four figures, however small it is."""
    return None if p is None else float(f"{p:.4g}")


def _measure_dict(one: MeasureResult) -> dict[str, Any]:
    return {
        "name": one.name,
        "verdict": one.verdict,
        "says": one.says,
        "cases": one.cases,
        "clusters": one.clusters,
        "baseline": _rounded(one.baseline),
        "run": _rounded(one.run),
        "difference": _rounded(one.difference),
        "limit": _rounded(one.limit),
        "p": _figures(one.p),
        "adjusted_p": _figures(one.adjusted_p),
        "margin": one.margin,
        "bounds": None if one.bounds is None else [_rounded(bound) for bound in one.bounds],
        "unanswered": one.unanswered,
        "dropped": one.dropped,
    }


def _change_dict(one: Change) -> dict[str, Any]:
    sides = {"before": one.before, "after": one.after}
    return {"text": one.text, "gold": one.gold} | {
        name: {
            "case": side.case,
            "verdict": side.verdict,
            "support": _rounded(side.support),
            "evidence": [
                {
                    "source": found.source,
                    "span": list(found.span),
                    "text": found.text,
                    "stance": found.stance,
                    "score": _rounded(found.score),
                }
                for found in side.evidence
            ],
        }
        for name, side in sides.items()
    }


_WIDTH = 100
"""No line of the text is longer."""

_MOST_LINES = 4
"""No note of the text has more."""


def _lines(decision: Decision, most: int) -> Iterator[str]:
    yield f"{decision.outcome.upper().replace('_', ' ')} (exit {decision.exit_code})"
    for says in decision.reasons:
        yield _cut(f"  {says}")
    for says in decision.notes:
        yield from wrap(
            _clean(says),
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            max_lines=_MOST_LINES,
            placeholder="...",
        )
    facts = [fill("{n} case[/s]", n=decision.cases), fill("{n} pair[/s]", n=decision.pairs)]
    told = {
        "errors": decision.errors,
        "coverage": decision.coverage,
        "churn": decision.churn,
        "unmatched": decision.unmatched,
    }
    facts += [f"{name} {percent(value)}" for name, value in told.items() if value is not None]
    yield ", ".join(facts)
    if decision.measures:
        yield f"{'measure':<20}{'baseline':>9}{'run':>9}{'diff':>9}{'limit':>9}{'p':>8}{'adj. p':>8}{'margin':>8}  verdict"
    for one in decision.measures:
        values = (one.baseline, one.run, one.difference, one.limit)
        cells = "".join(f"{'-':>9}" if value is None else f"{value:>9.4f}" for value in values)
        cells += "".join(f"{_p(p):>8}" for p in (one.p, one.adjusted_p))
        yield _cut(f"{_clean(one.name):<20.20}{cells}{one.margin:>8g}  {one.verdict}")
        if one.bounds:
            yield f"  with the unmatched claims: from {one.bounds[0]:+.4f} to {one.bounds[1]:+.4f}"
    for broken in decision.broken:
        yield from _named(broken.says, broken.cases, most)
    for title, changes in (("Worse", decision.worse), ("Better", decision.better), ("Other verdicts", decision.other)):
        if changes:
            yield f"{title}: {len(changes)}"
        for change in changes[:most]:
            yield from _change_lines(change)
        if len(changes) > most:
            yield f"  and {len(changes) - most} more"
    for title, cases in (
        ("Flaky", decision.flaky),
        ("Not answered", decision.missing),
        ("Vanished", decision.vanished),
        ("New", decision.new),
        ("Changed", decision.changed),
    ):
        yield from _named(title, cases, most)


def _p(value: float | None) -> str:
    return "-" if value is None else "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _named(title: str, cases: Sequence[str], most: int) -> Iterator[str]:
    if cases:
        yield _cut(f"{title}: {len(cases)}" if len(title) < 20 else f"{title}:")
        yield from (_cut(f"  {case}") for case in cases[:most])
        if len(cases) > most:
            yield f"  and {len(cases) - most} more"


def _change_lines(change: Change) -> Iterator[str]:
    before, after = change.before, change.after
    name = before.case if before.case == after.case else f"{before.case} = {after.case}"
    gold = f" (right: {change.gold})" if change.gold else ""
    yield _cut(f"  {name}: {before.verdict} -> {after.verdict}{gold}")
    yield _cut(f"    {change.text}")
    for title, side in (("before", before), ("now", after)):
        if not side.evidence:
            yield f"    {title}: no evidence"
        for found in side.evidence[:2]:
            yield _cut(
                f"    {title}: {found.stance} {found.score:.2f}, {found.source} {found.span.start}-{found.span.end}: {found.text}"
            )


def _clean(text: str) -> str:
    """Gives text on one line, without what could steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _cut(line: str) -> str:
    line = _clean(line)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."


def percent(share: float) -> str:
    """Gives a share for a reader."""
    return f"{100 * share:.1f}%"
