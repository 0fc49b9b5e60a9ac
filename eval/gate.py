"""The gate: is a run worse than the blessed baseline? It never fails open: what it cannot tell is not a pass.

The rule, in this order; the first that applies gives the outcome and the exit code (docs/design/gate.md has the reasons and figures):

1. A case that must not be supported is supported: **regression**, 1. It is known without a baseline.
2. More of the run than `Rules.max_errors` ended in an error: **cannot_decide**, 4.
3. No cases, fewer pairs than `Rules.min_cases`, an id twice, a baseline that is missing, torn, edited, or of other measures, a suite of which more than
   `Rules.max_unmatched` is not the baseline's, a case that must not be supported and was not answered or is no longer the baseline's, one run judged more often than the other, or more than `Rules.max_flaky` of the pairs with
   repeats that disagree: **cannot_decide**, 3.
4. Coverage below `Rules.min_coverage`: **regression**, 1.
5. On one measure or more a loss is *shown* (one-sided p, Holm's over the gated measures, at most `Rules.alpha`) and is *larger than the measure's
   margin* (the loss seen on the paired cases): **regression**, 1. Pairs with repeats that disagree, in either run, are left out:
   they cannot tell a loss from chance.
6. More than `Rules.max_unmatched` of the articles' claims in the same suite have no counterpart: **inconclusive**. Rule 5 then holds only for what stays a regression
   with every unmatched claim counted in the run's favour.
7. A measure has no value on any pair: **cannot_decide**, 3. One that no case can have by its labels is not gated, and is named; where that is all of
   them: **cannot_decide**, 3.
8. On every measure the one-sided confidence limit *excludes* a loss larger than the margin, also with the pairs that were left out counted by the mean
   of their repeats: **pass**, 0. Else **inconclusive**.

Inconclusive exits with 0, for a gate that fails on noise is soon switched off, and says how far the loss may reach; with `Rules.strict` it
exits with 1, unless nothing at all changed.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bukti.claims.errors import BaselineError, UsageError
from bukti.eval import wording
from bukti.eval.baseline import Baseline, read_baseline
from bukti.eval.decision import Broken, Change, Decision, MeasureResult, Rules, Side, percent
from bukti.eval.pairing import Pairing, article_of, cluster_of, pair_results, repeated_ids
from bukti.eval.results import CaseResult
from bukti.eval.significance import MeasureVerdict, Weight, cluster_sums, decide, holm, loss_limit, weigh

__all__ = [
    "BRIER_SUPPORT",
    "DEFAULT_MEASURES",
    "DEFAULT_RULES",
    "EXIT_CODES",
    "FALSE_SUPPORT",
    "RIGHT",
    "GatedMeasure",
    "gate",
    "read_measures",
]

EXIT_CODES: Mapping[MeasureVerdict, int] = {"pass": 0, "regression": 1, "inconclusive": 0, "cannot_decide": 3}
"""What each outcome exits with where `Rules.strict` is off and the errors are not too many (then 4)."""

DEPENDS = ("models", "weights", "sources", "config", "bukti", "commit", "edits", "python")
"""Keys of a manifest with what answers depend on beside the suite."""

# What is asked -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedMeasure:
    """A quantity of single cases that must not get worse."""

    name: str
    """Its name; another definition has another name."""

    value: Callable[[CaseResult], float | bool | None]
    """Its value on one case, between `worst` and `best`; None where it does not apply, or where the run has no answer."""

    margin: float
    """The largest mean loss that nobody minds, in the measure's units."""

    asks: Callable[[CaseResult], bool] = lambda row: True
    """Whether a case can have a value, by what the suite says of it and whatever the run made of it."""

    of: str = "cases that it applies to"
    """What these cases are called."""

    binary: bool = False
    """Whether a case has only `best` or `worst`, such as right or wrong."""

    best: float = 1.0
    """The best value a case can have."""

    worst: float = 0.0
    """The worst one: what a case counts that the baseline has a value for and the run has none."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.best) and math.isfinite(self.worst) and 0.0 < self.margin < self.reach):
            msg = f"{self.name}: a margin of {self.margin} does not lie between 0 and {self.reach}"
            raise ValueError(msg)

    @property
    def reach(self) -> float:
        """The largest loss one case can have."""
        return abs(self.best - self.worst)

    def read(self, row: CaseResult) -> float:
        """Gives the value on one case; NaN where there is none.

        Raises:
            ValueError: It is none that the measure can have.
        """
        told = self.value(row)
        value = math.nan if told is None else float(told)
        low, high = sorted((self.worst, self.best))
        if math.isnan(value) or (value in (low, high) if self.binary else low <= value <= high):
            return value
        msg = f"{self.name} is {value} on {row.case}, and must {'be' if self.binary else 'lie between'} {low:g} {'or' if self.binary else 'and'} {high:g}"
        raise ValueError(msg)


def _right(row: CaseResult) -> bool | None:
    return row.as_asked


def _false_support(row: CaseResult) -> bool | None:
    return row.verdict == "supported" if row.not_supported and row.verdict != "error" else None


def _brier_support(row: CaseResult) -> float | None:
    if row.probabilities is None or not _to_be_supported_or_not(row):
        return None
    return (row.probabilities.supported - (row.gold == "supported")) ** 2


def _asked(row: CaseResult) -> bool:
    return row.gold is not None or row.not_supported


def _wrong_if_supported(row: CaseResult) -> bool:
    return row.not_supported


def _to_be_supported_or_not(row: CaseResult) -> bool:
    return row.gold != "not_checkable" and _asked(row)


RIGHT = GatedMeasure(name="right", value=_right, margin=0.02, asks=_asked, of="cases with a label", binary=True)
"""Whether the verdict is what the suite asks for: the gold one, or any but supported where it says no more than that support is wrong. An error is
wrong."""

FALSE_SUPPORT = GatedMeasure(
    name="false_support", value=_false_support, margin=0.02, asks=_wrong_if_supported, of="cases for which support is wrong", binary=True,
    best=0.0, worst=1.0,
)  # fmt: skip
"""Whether a claim came out supported for which that is wrong (`CaseResult.not_supported`). An error counts as if it had."""

BRIER_SUPPORT = GatedMeasure(
    name="brier_support", value=_brier_support, margin=0.02, asks=_to_be_supported_or_not, of="cases for which support is right or wrong",
    best=0.0, worst=1.0,
)  # fmt: skip
"""Squared distance of the support score from 1 where supported is right and from 0 where it is not (Brier 1950)."""

DEFAULT_MEASURES: tuple[GatedMeasure, ...] = (RIGHT, FALSE_SUPPORT, BRIER_SUPPORT)
"""What is gated unless something else is asked for."""


DEFAULT_RULES = Rules()
"""What is allowed unless something else is said."""


def read_measures(names: str = "", margins: str = "") -> tuple[GatedMeasure, ...]:
    """Gives the gated measures as a person writes them.

    Args:
        names: Which of `DEFAULT_MEASURES`, with commas between them; all of them if empty.
        margins: One margin for all of them ("0.03"), or some by name ("right=0.01,false_support=0.005"); their own if empty.

    Raises:
        UsageError: There is no such measure, it is not gated, or the margin is none.

    >>> [(one.name, one.margin) for one in read_measures("right,brier_support", "right=0.01")]
    [('right', 0.01), ('brier_support', 0.02)]
    """
    known = {one.name: one for one in DEFAULT_MEASURES}
    chosen: dict[str, GatedMeasure] = {}
    for name in (one.strip() for one in names.split(",") if names.strip()):
        if name not in known:
            raise UsageError(f"gate measure {name!r}: no such measure; known are {', '.join(known)}")
        if name in chosen:
            raise UsageError(f"gate measure {name!r} is given twice; give it once")
        chosen[name] = known[name]
    chosen = chosen or known
    for text in (one.strip() for one in margins.split(",") if margins.strip()):
        name, equals, figure = (part.strip() for part in text.rpartition("="))
        if equals and name not in chosen:
            raise UsageError(f"margin {text!r}: {name!r} is not gated; gated are {', '.join(chosen)}")
        try:
            margin = float(figure)
            for one in [chosen[name]] if equals else list(chosen.values()):
                chosen = {**chosen, one.name: replace(one, margin=margin)}
        except ValueError as exc:
            raise UsageError(
                f"margin {text!r}: must be a number between 0 and 1, for one measure as NAME=NUMBER"
            ) from exc
    return tuple(chosen.values())


# Deciding ----------------------------------------------------------------------------------------------------------


def gate(
    run: Sequence[CaseResult],
    baseline: Baseline | Sequence[CaseResult] | Path | str | None,
    *,
    manifest: Mapping[str, Any] | None = None,
    measures: Sequence[GatedMeasure] = DEFAULT_MEASURES,
    rules: Rules = DEFAULT_RULES,
) -> Decision:
    """Decides whether a run is worse than the baseline, by the rule in this module's docstring.

    Args:
        run: The run's rows.
        baseline: The blessed run: its file, what was read from it, its rows alone (then nothing says that the suite is the same but the
            claims and labels themselves), or None where there is none.
        manifest: The run's; its ``suite`` and ``measures`` must be the baseline's where that has a manifest.
        measures: What must not get worse.
        rules: What is allowed.
    """
    failed = tuple(row.case for row in run if row.verdict == "error")
    errors = len(failed) / len(run) if run else None
    broken: list[Broken] = []
    held = _held(baseline, broken)
    pairing = pair_results(held.results, run, asked=bool(held.manifest)) if held and not broken else None
    edited = bool(held and _edited(held, run, manifest or {}))
    if pairing and edited:  # what the run has no row for was not left unanswered: the suite asks it no more
        pairing = replace(pairing, missing=(), vanished=(*pairing.missing, *pairing.vanished))
    steady = replace(pairing, pairs=tuple(pair for pair in pairing.pairs if not _flaky(*pair))) if pairing else None
    must = {row.case for row in run if row.must_not_support}
    if pairing:
        must.update(after.case for before, after in pairing.pairs if before.must_not_support)
    bad = tuple(row.case for row in run if row.case in must and row.verdict == "supported")
    if bad:
        broken.append(Broken(rule="must_not_support", says=f"{len(bad)} must not be supported and are", cases=bad))
    if errors is not None and errors > rules.max_errors:
        says = f"{len(failed)} of {len(run)} ended in an error; {percent(rules.max_errors)} may"
        broken.append(Broken(rule="errors", says=says, cases=failed))
    differ = ", ".join(_differences(held.manifest, manifest or {})) if held else ""
    notes = [f"unlike the baseline: {differ}"] if differ else []
    broken.extend(_unfit(run, held, steady, manifest, measures, rules, must, edited=edited))
    if pairing is None or steady is None or any(one.rule in ("cases", "suite", "baseline") for one in broken):
        return _conclude(rules, broken, run=run, errors=errors, notes=notes)
    assert held is not None
    broken.extend(_unrepeated(pairing, rules))
    both = list(zip(*pairing.pairs, strict=True)) if edited else [held.results, run]
    coverage = _coverage(*both)
    if coverage is None:
        broken.append(Broken(rule="baseline", says="the baseline answered nothing; bless a run that did"))
    elif coverage < rules.min_coverage:
        says = f"answers {percent(coverage)} of what the baseline answered; the floor is {percent(rules.min_coverage)}"
        broken.append(Broken(rule="coverage", says=says, cases=tuple(row.case for row in pairing.missing)))
    if edited and steady.unmatched_share > rules.max_unmatched:
        says = f"{_edits(pairing)}, {percent(steady.unmatched_share)} unmatched, {percent(rules.max_unmatched)} may be; bless again"
        broken.append(Broken(rule="suite", says=says))  # which they are stands in the decision
    elif steady.unmatched_share > rules.max_unmatched:
        says = f"{len(pairing.vanished)} claims vanished and {len(pairing.new)} are new: {percent(steady.unmatched_share)} unmatched; {percent(rules.max_unmatched)} may be"
        broken.append(
            Broken(rule="unmatched", says=says, cases=tuple(row.case for row in (*pairing.vanished, *pairing.new)))
        )
    gated = [one for one in measures if any(one.asks(row) for row in (*held.results, *run))]
    notes += [f"{one.name}: there are no {one.of}; not gated" for one in measures if one not in gated]
    if measures and not gated:
        says = "no case has a label that a gated measure is of; label cases, or gate another measure"
        broken.append(Broken(rule="measures", says=says))
    try:
        results = _weigh_all(steady, pairing, gated, rules)
    except ValueError as exc:
        broken.append(Broken(rule="measures", says=str(exc)))
        results = ()
    return _conclude(
        rules,
        broken,
        run=run,
        errors=errors,
        pairing=pairing,
        coverage=coverage,
        measures=results,
        held=held,
        edited=edited,
        notes=notes,
    )


def _edited(held: Baseline, run: Sequence[CaseResult], manifest: Mapping[str, Any]) -> bool:
    """Says whether the suite is another one than the baseline's, and each row says what was asked, so that what is the same can be told.

    With a stage taken over by an oracle, which stands before the suite's hash, every case is another question.
    """
    suites = [str(one.get("suite") or "") for one in (held.manifest, manifest)]
    if "" in suites or suites[0] == suites[1] or len({one.rpartition(":")[0] for one in suites}) > 1:
        return False
    return all(row.digest for row in (*held.results, *run))


def _differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """Gives what else a run depends on than its baseline, where both say it: parts, weights, settings, versions."""
    for key in DEPENDS:
        if key in theirs and key in ours:
            name = "" if key in ("models", "config") else key  # what is in these is named by itself
            # Through JSON, as the baseline went: it has lists where a run at hand has tuples.
            before, now = (dict(_leaves(name, json.loads(json.dumps(one[key])))) for one in (theirs, ours))
            for part in dict.fromkeys((*before, *now)):
                if before.get(part) != now.get(part):
                    yield f"{part} {_brief(before.get(part))} -> {_brief(now.get(part))}"


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield name, value
        return
    for key, one in value.items():
        yield from _leaves(f"{name} {key}".strip(), one)


def _brief(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text[:8] if re.fullmatch(r"[0-9a-f]{12,}", text) else text[:60]


def _edits(pairing: Pairing) -> str:
    """Gives in what a suite is not the baseline's."""
    return f"the suite is another: {len(pairing.vanished)} gone, {len(pairing.new)} new, {len(pairing.changed)} changed"


def _held(baseline: Baseline | Sequence[CaseResult] | Path | str | None, broken: list[Broken]) -> Baseline | None:
    """Gives the baseline, or says why there is none."""
    if baseline is None:
        broken.append(Broken(rule="baseline", says="there is no baseline; bless a run first"))
        return None
    if isinstance(baseline, (str, Path)):
        try:
            return read_baseline(baseline)
        except BaselineError as exc:
            broken.append(Broken(rule="baseline", says=str(exc)))
            return None
    return baseline if isinstance(baseline, Baseline) else Baseline(results=tuple(baseline), manifest={})


def _unfit(
    run: Sequence[CaseResult],
    held: Baseline | None,
    pairing: Pairing | None,
    manifest: Mapping[str, Any] | None,
    measures: Sequence[GatedMeasure],
    rules: Rules,
    must: set[str],
    *,
    edited: bool,
) -> Iterator[Broken]:
    """Gives what makes a comparison impossible."""
    if not run:
        yield Broken(rule="cases", says="the run has no cases")
    if repeated := repeated_ids(run):
        yield Broken(rule="cases", says=f"{len(repeated)} ids stand twice in the run", cases=tuple(repeated))
    names = [measure.name for measure in measures]
    if not names or len(set(names)) < len(names):
        yield Broken(
            rule="measures",
            says=f"nothing is gated, or one name twice: {', '.join(names)}" if names else "no measure is gated",
        )
    if held is None:
        return
    if held.manifest:
        yield from _other_run(held.manifest, manifest or {}, names, edited=edited)
    if not held.results:
        yield Broken(rule="cases", says="the baseline has no cases")
    if repeated := repeated_ids(held.results):
        yield Broken(rule="baseline", says=f"{len(repeated)} ids stand twice in the baseline", cases=tuple(repeated))
    if pairing is None:
        return
    if pairing.changed and not edited:
        says = f"{len(pairing.changed)} cases have another claim or label than in the baseline: the suite is not the same; bless again"
        yield Broken(rule="suite", says=says, cases=pairing.changed)
    if held.results and run and len(pairing.pairs) < rules.min_cases:
        says = wording.fill("{n} case[/s] can be compared", n=len(pairing.pairs))
        yield Broken(rule="cases", says=f"{says}; {rules.min_cases} must be")
    changed = set(pairing.changed)
    lost = [row.case for row in held.results if row.must_not_support and row.case in changed]
    lost += [row.case for row in (*pairing.missing, *pairing.vanished) if row.must_not_support]
    lost += [row.case for row in run if row.case in must and not _answered(row)]
    if lost:
        yield Broken(
            rule="unanswered",
            says=f"{len(lost)} must not be supported and were not answered"
            + (", or are no longer what they were" if edited else ""),
            cases=tuple(lost),
        )


def _flaky(before: CaseResult, after: CaseResult) -> bool:
    return before.flaky or after.flaky


def _unrepeated(pairing: Pairing, rules: Rules) -> Iterator[Broken]:
    """Gives what keeps repeats from telling anything."""
    times = [max((len(pair[side].repeats) for pair in pairing.pairs), default=0) or 1 for side in (0, 1)]
    if times[0] != times[1]:  # the rarer judged would be let off where the other is not: not the same question
        told = ["once" if number == 1 else f"{number} times" for number in times]
        says = f"each case was judged {told[0]} in the baseline and {told[1]} in the run; repeat as the baseline did, or bless again"
        yield Broken(rule="repeats", says=says)
    flaky = sum(_flaky(*pair) for pair in pairing.pairs)
    if flaky > rules.max_flaky * len(pairing.pairs):
        share = percent(flaky / len(pairing.pairs))
        says = (
            f"{flaky} of {len(pairing.pairs)} cases have repeats that disagree: {share}; {percent(rules.max_flaky)} may"
        )
        yield Broken(rule="flaky", says=says)


def _other_run(
    theirs: Mapping[str, Any], ours: Mapping[str, Any], names: Sequence[str], *, edited: bool
) -> Iterator[Broken]:
    """Gives what says that a baseline is of another suite, of which nothing can be told, or was measured by other measures."""
    if not edited and (not theirs.get("suite") or theirs.get("suite") != ours.get("suite")):
        says = f"the baseline is of suite {theirs.get('suite')!s:.12} and the run of {ours.get('suite')!s:.12}; bless again"
        yield Broken(rule="suite", says=says)
    before, now = ({str(name) for name in one.get("measures") or ()} for one in (theirs, ours))
    if before != now or not set(names) <= before:
        says = f"the baseline has the measures {_list(before)}, the run {_list(now)}, gated are {_list(names)}; bless again"
        yield Broken(rule="measures", says=says)


def _coverage(baseline: Sequence[CaseResult], run: Sequence[CaseResult]) -> float | None:
    """Gives the share of what the baseline answered that the run answers, an article by the number of its claims."""
    before, now = (Counter(article_of(row) or row.case for row in rows if _answered(row)) for rows in (baseline, run))
    total = sum(before.values())
    return sum(min(count, now[case]) for case, count in before.items()) / total if total else None


def _answered(row: CaseResult) -> bool:
    return row.verdict != "error" and (row.verdict != "not_checkable" or row.gold == "not_checkable")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """One measure on both runs, row by row; NaN where there is none."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    sign: float
    clusters: NDArray[np.intp]

    @property
    def losses(self) -> NDArray[np.float64]:
        return self.sign * (self.before - self.after)

    def weighed(self, measure: GatedMeasure, rules: Rules) -> Weight:
        """Weighs the losses, as shares of the largest one a case can have; what is given back is in the measure's units again."""
        sums, sizes = cluster_sums(self.losses[None, :] / measure.reach, self.clusters)
        one = weigh(
            sums, sizes, binary=measure.binary, reach=1.0, alpha=rules.alpha, flips=rules.flips, seed=rules.seed
        )
        return Weight(loss=one.loss * measure.reach, limit=one.limit * measure.reach, p=one.p)


def _values(
    measure: GatedMeasure, pairing: Pairing, fill: Literal["none", "for", "against"], *, shares: bool = False
) -> tuple[_Values, int, int]:
    """Gives a measure on all pairs, and how many of the run's values are filled in and how many pairs dropped.

    A case with an id of its own that the run has no row for counts as the worst value. Claims of articles without a counterpart are left out,
    or are given the value that speaks most for the run or against it. With `shares` a row whose repeats disagree has their mean.
    """

    def read(row: CaseResult) -> float:
        if not (shares and row.flaky):
            return measure.read(row)
        told = [
            measure.read(
                replace(row, verdict=one.verdict, probabilities=one.probabilities, error=one.error, repeats=())
            )
            for one in row.repeats
        ]
        held = [value for value in told if not math.isnan(value)]
        return sum(held) / len(held) if held else math.nan

    rows: list[tuple[str, float, float]] = []
    unanswered = dropped = 0
    both = [(before, after) for before, after in pairing.pairs] + [(before, None) for before in pairing.missing]
    for before, after in both:
        # What the baseline failed on sets no bar: to get it right is no gain that could outweigh a loss.
        old = math.nan if before.verdict == "error" else read(before)
        new = math.nan if after is None else read(after)
        if math.isnan(new) and not math.isnan(old):
            new, unanswered = measure.worst, unanswered + 1
        elif math.isnan(old) and not math.isnan(new):
            dropped += 1
        rows.append((cluster_of(before), old, new))
    if fill != "none":
        ours, theirs = (measure.best, measure.worst) if fill == "for" else (measure.worst, measure.best)
        rows += [(cluster_of(row), measure.read(row), ours) for row in pairing.vanished]
        rows += [(cluster_of(row), theirs, measure.read(row)) for row in pairing.new]
    names: dict[str, int] = {}
    clusters = np.array([names.setdefault(cluster, len(names)) for cluster, _, _ in rows], dtype=np.intp)
    before_values, after_values = (np.array([row[column] for row in rows], dtype=np.float64) for column in (1, 2))
    sign = 1.0 if measure.best > measure.worst else -1.0
    return _Values(before=before_values, after=after_values, sign=sign, clusters=clusters), unanswered, dropped


def _limit_with_flaky(measure: GatedMeasure, pairing: Pairing, rules: Rules) -> float:
    """Gives the largest loss that is not excluded with the cases counted whose repeats disagree, by the mean of these."""
    values = _values(measure, pairing, "none", shares=True)[0]
    sums, sizes = cluster_sums(values.losses[None, :] / measure.reach, values.clusters)
    return float(loss_limit(sums, sizes, alpha=rules.alpha, reach=1.0)[0]) * measure.reach


def _weigh_all(
    pairing: Pairing, whole: Pairing, measures: Sequence[GatedMeasure], rules: Rules
) -> tuple[MeasureResult, ...]:
    """Weighs each measure on the pairs; of the `whole` only to see whether a pass holds there too."""
    if not measures:
        return ()
    flaky = len(whole.pairs) - len(pairing.pairs)
    read = [_values(measure, pairing, "none") for measure in measures]
    weighed = [values.weighed(measure, rules) for measure, (values, _, _) in zip(measures, read, strict=True)]
    deciding = weighed
    too_many = pairing.unmatched_share > rules.max_unmatched
    if too_many:
        deciding = [_values(measure, pairing, "for")[0].weighed(measure, rules) for measure in measures]
    loss, limit, p = (np.array([getattr(one, name)[0] for one in deciding]) for name in ("loss", "limit", "p"))
    verdicts: list[MeasureVerdict] = decide(
        loss, limit, holm(p), margins=[measure.margin for measure in measures], alpha=rules.alpha
    ).tolist()
    adjusted = holm(np.array([one.p[0] for one in weighed]))
    results: list[MeasureResult] = []
    for number, measure in enumerate(measures):
        values, unanswered, dropped = read[number]
        held = np.isfinite(values.losses)
        there = bool(held.any())
        one, verdict = weighed[number], verdicts[number]
        if too_many and verdict == "pass":
            verdict = "inconclusive"
        shown, farthest = float(one.loss[0]), float(one.limit[0])
        says = ""
        if flaky and verdict == "pass" and (reach := _limit_with_flaky(measure, whole, rules)) > measure.margin:
            verdict = "inconclusive"
            says = f"with the {flaky} that stand aside a loss of up to {reach:.4g} is not excluded, more than {measure.margin:g}"
        results.append(
            MeasureResult(
                name=measure.name,
                cases=int(held.sum()),
                clusters=len(set(values.clusters[held].tolist())),
                baseline=float(values.before[held].mean()) if there else None,
                run=float(values.after[held].mean()) if there else None,
                difference=-values.sign * shown + 0.0 if there else None,  # + 0.0: no minus before a zero
                limit=-values.sign * farthest + 0.0 if there else None,
                p=float(one.p[0]) if there else None,
                adjusted_p=float(adjusted[number]) if there else None,
                margin=measure.margin,
                bounds=_bounds(measure, pairing) if there else None,
                unanswered=unanswered,
                dropped=dropped,
                verdict=verdict,
                says=says
                or _says(verdict, shown, farthest, float(adjusted[number]), measure.margin, rules, too_many=too_many),
            )
        )
    return tuple(results)


def _bounds(measure: GatedMeasure, pairing: Pairing) -> tuple[float, float] | None:
    """Gives the worst and the best difference that the unmatched claims leave possible."""
    if not pairing.vanished and not pairing.new:
        return None
    against, favour = (_values(measure, pairing, fill)[0] for fill in ("against", "for"))
    return _mean_difference(against), _mean_difference(favour)


def _mean_difference(values: _Values) -> float:
    return -values.sign * float(np.nanmean(values.losses)) + 0.0


def _says(
    verdict: MeasureVerdict, loss: float, limit: float, adjusted: float, margin: float, rules: Rules, *, too_many: bool
) -> str:
    """Gives the sentence that explains a verdict."""
    if verdict == "cannot_decide":
        return "no pair has a value on both sides"
    if verdict == "regression":
        also = ", even with every unmatched claim counted for the run" if too_many else ""
        return f"a loss of {loss:.4g} is shown and is larger than {margin:g}{also}"
    if verdict == "pass":
        within = "; a smaller one is shown" if adjusted <= rules.alpha else ""
        return f"a loss larger than {margin:g} is excluded{within}"
    if too_many:
        return "too many claims are unmatched"
    beyond = f"a loss of up to {limit:.4g} is not excluded, more than {margin:g}"
    if adjusted <= rules.alpha:
        return f"a loss is shown, and {beyond}"
    return f"{beyond}, and none is shown"


def _conclude(
    rules: Rules,
    broken: Sequence[Broken],
    *,
    run: Sequence[CaseResult],
    errors: float | None,
    pairing: Pairing | None = None,
    coverage: float | None = None,
    measures: tuple[MeasureResult, ...] = (),
    held: Baseline | None = None,
    edited: bool = False,
    notes: Sequence[str] = (),
) -> Decision:
    """Puts the decision together: the first rule that applies gives the outcome."""
    found = {one.rule for one in broken}
    verdicts = {one.verdict for one in measures}
    same = pairing is not None and _unchanged(pairing)
    outcome: MeasureVerdict
    if "must_not_support" in found:
        outcome = "regression"
    elif found & {"errors", "cases", "baseline", "suite", "measures", "unanswered", "repeats", "flaky"}:
        outcome = "cannot_decide"
    elif "coverage" in found or "regression" in verdicts:
        outcome = "regression"
    elif "cannot_decide" in verdicts or not verdicts:
        outcome = "cannot_decide"
    elif "unmatched" in found or "inconclusive" in verdicts:
        outcome = "inconclusive"
    else:
        outcome = "pass"
    code = EXIT_CODES[outcome]
    if outcome == "cannot_decide" and "errors" in found:
        code = 4
    elif outcome == "inconclusive" and rules.strict and not same:
        code = 1
    reasons = [one.says for one in broken]
    reasons += [f"{one.name}: {one.says}" for one in measures if one.verdict == outcome or one.verdict != "pass"]
    if outcome == "pass":
        reasons = [f"{one.name}: {one.says}" for one in measures]
    notes = [*notes]
    if held and held.manifest.get("forced"):
        notes.append("the baseline was forced: " + "; ".join(map(str, held.manifest["forced"])))
    if pairing and edited and "suite" not in found:
        notes.append(f"{_edits(pairing)}; the {len(pairing.pairs)} that are the same decide")
    flaky = [pair for pair in pairing.pairs if _flaky(*pair)] if pairing else []
    if flaky:
        new = sum(not before.flaky for before, _ in flaky)
        notes.append(
            f"{len(flaky)} cases stand aside, their repeats disagree: {len(flaky) - new} did in the baseline, {new} do now and did not"
        )
    if same:
        notes.append("verdicts, scores and evidence are all the same as the baseline's")
    changes = _changes(pairing) if pairing else ((), (), ())
    return Decision(
        outcome=outcome,
        exit_code=code,
        reasons=tuple(reasons),
        rules=rules,
        cases=len(run),
        pairs=len(pairing.pairs) if pairing else 0,
        errors=errors,
        coverage=coverage,
        churn=sum(map(len, changes)) / len(pairing.pairs) if pairing and pairing.pairs else None,
        unmatched=pairing.unmatched_share if pairing else None,
        unchanged=same,
        broken=tuple(broken),
        measures=measures,
        worse=changes[0],
        better=changes[1],
        other=changes[2],
        flaky=tuple(after.case for _, after in flaky),
        missing=tuple(row.case for row in pairing.missing) if pairing else (),
        vanished=tuple(row.case for row in pairing.vanished) if pairing else (),
        new=tuple(row.case for row in pairing.new) if pairing else (),
        changed=pairing.changed if pairing else (),
        notes=tuple(notes),
    )


def _unchanged(pairing: Pairing) -> bool:
    """Says whether a run gives the baseline's answers, to the last digit."""
    return not (pairing.missing or pairing.vanished or pairing.new or pairing.changed) and all(
        (before.verdict, before.probabilities, before.evidence, before.error, before.repeats)
        == (after.verdict, after.probabilities, after.evidence, after.error, after.repeats)
        for before, after in pairing.pairs
    )


def _changes(pairing: Pairing) -> tuple[tuple[Change, ...], tuple[Change, ...], tuple[Change, ...]]:
    """Gives the cases with another verdict: worse, better, and neither."""
    worse: list[Change] = []
    better: list[Change] = []
    other: list[Change] = []
    for before, after in pairing.pairs:
        if before.verdict == after.verdict or _flaky(before, after):
            continue
        change = Change(text=after.text, gold=before.gold, before=_side(before), after=_side(after))
        was, now = before.as_asked is True, after.as_asked is True
        (other if was == now else worse if was else better).append(change)
    return tuple(worse), tuple(better), tuple(other)


def _side(row: CaseResult) -> Side:
    support = row.probabilities.supported if row.probabilities else None
    return Side(case=row.case, verdict=row.verdict, support=support, evidence=row.evidence)


def _list(names: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
