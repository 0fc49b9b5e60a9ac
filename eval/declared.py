"""The measures, each declared once: what it is, between what it lies, which way is better, how a failed result counts.

Values come from scikit-learn and rankings from ir-measures, where they have them. Draws are worked out from counts and sums of clusters, all
at once; tests hold both to the same numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bukti.claims.errors import UsageError
from bukti.eval.calibration import (
    BINS,
    CLIP,
    aurc,
    best_aurc,
    calibrated_rows,
    calibration_errors,
    is_supported,
    log_losses,
)
from bukti.eval.matching import ADEQUATE
from bukti.eval.report import VERDICTS
from bukti.eval.results import CaseResult
from bukti.eval.sample import ERROR, LABELS, BoolArray, Draws, FloatArray, Sample, quantiles, ratio

__all__ = ["DEPTHS", "MEASURES", "NO_ANSWER", "REFUTED", "SUPPORTED", "TRIALS", "Arithmetic", "Measure", "find_measure"]

DEPTHS = (1, 3, 5, 10)
"""At which ranks the measures of ranking stand in the registry; any other can be asked for."""

TRIALS = (1, 2, 3, 5)
"""For how many repeats the measures of repeats stand in the registry; any other number can be asked for."""

SUPPORTED, REFUTED, NOTHING = (VERDICTS.index(name) for name in ("supported", "refuted", "not_enough_evidence"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """How a measure is worked out."""

    rows: Callable[[Sample], BoolArray]
    """Which results it is worked out over. Where there is none of them there is no value."""

    value: Callable[[Sample], float]
    """The value over a sample that has such results."""

    draws: Callable[[Sample], Callable[[Draws], FloatArray]]
    """Gives what works it out for draws of the sample's clusters: one number a draw, NaN where the draw has no such result."""

    of_counts: Callable[[FloatArray], FloatArray] | None = None
    """The same out of counts of verdicts, (draws, gold, given), where it rests on nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A declared quantity."""

    name: str
    """As it is asked for."""

    family: str
    """The name with what varies in it open: measures of one family differ in nothing else."""

    what: str
    """What it is, in a phrase."""

    low: float
    """Least possible value."""

    high: float | None
    """Greatest possible value; None where there is none."""

    better: Literal["higher", "lower", "neither"]
    """Which way is better; ``neither`` for what only describes a run."""

    unit: str
    """Of the value; ``share`` for a part of a whole."""

    source: str
    """The paper or definition it comes from."""

    errors: str
    """How a failed result counts."""

    empty: str
    """Why there is no value where there is none."""

    arithmetic: Arithmetic
    """How it is worked out."""

    def __call__(self, results: Sequence[CaseResult]) -> float | None:
        """Gives the value alone; None where there is none."""
        return self.of(Sample(results))

    def of(self, sample: Sample) -> float | None:
        """Gives the value of a sample; None where there is none."""
        return float(self.arithmetic.value(sample)) if self.arithmetic.rows(sample).any() else None


def _mean(values: Callable[[Sample], FloatArray], rows: Callable[[Sample], BoolArray]) -> Arithmetic:
    """Gives the arithmetic of a mean over some results."""

    def draws(sample: Sample) -> Callable[[Draws], FloatArray]:
        there = rows(sample)
        above = sample.cluster_sums(np.where(there, values(sample), 0.0))
        below = sample.cluster_sums(there.astype(np.float64))
        return lambda drawn: ratio(drawn.weights @ above, drawn.weights @ below)

    return Arithmetic(rows=rows, value=lambda sample: float(np.mean(values(sample)[rows(sample)])), draws=draws)


def _counted(
    of_counts: Callable[[FloatArray], FloatArray],
    rows: Callable[[Sample], BoolArray],
    value: Callable[[Sample], float],
) -> Arithmetic:
    """Gives the arithmetic of what rests on counts of verdicts; `value` is the library's, to which tests hold `of_counts`."""
    return Arithmetic(
        rows=rows, value=value, draws=lambda sample: lambda drawn: of_counts(drawn.counts), of_counts=of_counts
    )


def _drawn(of_draws: Callable[[Draws], FloatArray], rows: Callable[[Sample], BoolArray]) -> Arithmetic:
    """Gives the arithmetic of what is worked out for a sample as it is for a draw in which every cluster is there once."""

    def value(sample: Sample) -> float:
        return float(of_draws(Draws(sample, np.ones((1, sample.clusters))))[0])

    return Arithmetic(rows=rows, value=value, draws=lambda sample: of_draws)


def _labelled(sample: Sample) -> BoolArray:
    return sample.labelled


# Of verdicts. In counts (draws, gold, given) the last column holds the results that failed.


def _recalls(counts: FloatArray) -> FloatArray:
    return ratio(np.diagonal(counts, axis1=1, axis2=2), counts.sum(axis=2))


def _f1s(counts: FloatArray) -> FloatArray:
    both = counts.sum(axis=2) + counts.sum(axis=1)[:, : len(LABELS)]
    return ratio(2 * np.diagonal(counts, axis1=1, axis2=2), both)


def _over_present(scores: FloatArray, counts: FloatArray) -> FloatArray:
    """Gives the mean over the labels present in gold."""
    present = counts.sum(axis=2) > 0
    return ratio(np.where(present, np.nan_to_num(scores), 0.0).sum(axis=1), present.sum(axis=1).astype(np.float64))


def _share_right(counts: FloatArray) -> FloatArray:
    return ratio(np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2)))


def _false_support(counts: FloatArray) -> FloatArray:
    others = np.delete(counts, SUPPORTED, axis=1)
    return ratio(others[:, :, SUPPORTED].sum(axis=1), others[:, :, :ERROR].sum(axis=(1, 2)))


def _missed_refutation(counts: FloatArray) -> FloatArray:
    refuted = counts[:, REFUTED]
    return ratio(refuted.sum(axis=1) - refuted[:, REFUTED], refuted.sum(axis=1))


def _scikit(name: str, label: int | None = None) -> Callable[[Sample], float]:
    """Gives a score of scikit-learn's over the labels present in gold, or over one label."""

    def value(sample: Sample) -> float:
        from sklearn import metrics

        gold, given = sample.gold[sample.labelled], sample.given[sample.labelled]
        labels = sorted(set(gold.tolist())) if label is None else [label]
        score = getattr(metrics, name)
        return float(score(gold, given, labels=labels, average="macro", zero_division=0.0))

    return value


def _of_label(label: int) -> tuple[Arithmetic, Arithmetic, Arithmetic]:
    """Gives the arithmetic of precision, recall and F1 of one label."""

    def precisions(counts: FloatArray) -> FloatArray:
        return ratio(counts[:, label, label], counts[:, :, label].sum(axis=1))

    def given(sample: Sample) -> BoolArray:
        rows: BoolArray = sample.labelled & (sample.given == label)
        return rows

    def gold(sample: Sample) -> BoolArray:
        return sample.is_of(label)

    return (
        _counted(precisions, given, _scikit("precision_score", label)),
        _counted(lambda counts: _recalls(counts)[:, label], gold, _scikit("recall_score", label)),
        _counted(
            lambda counts: _f1s(counts)[:, label],
            lambda sample: given(sample) | gold(sample),
            _scikit("f1_score", label),
        ),
    )


def _asked(sample: Sample) -> BoolArray:
    return sample.asked


def _of_several(sample: Sample) -> BoolArray:
    """Says which results measures over four verdicts are of.

    They are of none where supported is the only gold verdict beside claims only known not to be supported: the mean over one label would be
    best for a run that supports everything.
    """
    both = (sample.asked & ~sample.labelled).any()
    return np.zeros_like(sample.labelled) if both and (sample.gold <= SUPPORTED).all() else sample.labelled


def _two_ways() -> Arithmetic:
    """Gives the arithmetic of the mean of two recalls: of what is supported, and of what is not."""

    def value(sample: Sample) -> float:
        from sklearn.metrics import recall_score

        rows = sample.asked
        gold = sample.is_of(SUPPORTED)[rows].astype(int)
        # What failed is neither.
        given = np.where(sample.answered, sample.given == SUPPORTED, -1)[rows]
        return float(recall_score(gold, given, labels=sorted(set(gold.tolist())), average="macro", zero_division=0.0))

    def draws(sample: Sample) -> Callable[[Draws], FloatArray]:
        yes = sample.given == SUPPORTED
        sides = ((sample.is_of(SUPPORTED), yes), (sample.not_supported, sample.answered & ~yes))
        parts = [
            (sample.cluster_sums((rows & right).astype(np.float64)), sample.cluster_sums(rows.astype(np.float64)))
            for rows, right in sides
        ]

        def of_draws(drawn: Draws) -> FloatArray:
            recalls = np.array([ratio(drawn.weights @ right, drawn.weights @ there) for right, there in parts])
            there = ~np.isnan(recalls)
            return ratio(np.where(there, recalls, 0.0).sum(axis=0), there.sum(axis=0).astype(np.float64))

        return of_draws

    return Arithmetic(rows=_asked, value=value, draws=draws)


def _unsupported(sample: Sample) -> BoolArray:
    rows: BoolArray = sample.not_supported & sample.answered
    return rows


def _refuted(sample: Sample) -> BoolArray:
    return sample.is_of(REFUTED)


_DEFINITION = "definition"
_WRONG = "wrong"
_LEFT_OUT = "left out"
NO_GOLD = "no result has a gold verdict"
ONE_GOLD = "no gold verdict, or supported alone beside not_supported"
NO_ANSWER = "the suite says of no result what is right"


def _shares(
    name: str,
    what: str,
    arithmetic: Arithmetic,
    *,
    better: Literal["higher", "lower", "neither"] = "higher",
    source: str = _DEFINITION,
    errors: str = _WRONG,
    empty: str = NO_GOLD,
    family: str = "",
    unit: str = "share",
) -> Measure:
    """Gives a measure between 0 and 1."""
    return Measure(
        name=name, family=family or name, what=what, low=0.0, high=1.0, better=better, unit=unit, source=source, errors=errors, empty=empty,
        arithmetic=arithmetic,
    )  # fmt: skip


def _of_verdicts() -> list[Measure]:
    made = [
        _shares(
            "macro_f1",
            "mean of F1 over the labels present in gold",
            _counted(lambda counts: _over_present(_f1s(counts), counts), _of_several, _scikit("f1_score")),
            source="Yang and Liu, SIGIR 1999; scikit-learn f1_score",
            errors="wrong: a miss for its gold label, a false alarm for none",
            empty=ONE_GOLD,
        ),
        _shares(
            "balanced_accuracy",
            "mean of recall over the labels present in gold",
            _counted(lambda counts: _over_present(_recalls(counts), counts), _of_several, _scikit("recall_score")),
            source="Brodersen et al., ICPR 2010; scikit-learn balanced_accuracy_score",
            empty=ONE_GOLD,
        ),
        _shares(
            "two_way_balanced_accuracy",
            "mean of two recalls: of supported, and of any other verdict where support is wrong (by the gold verdict, as `not_supported`, or by "
            "`must_not_support`)",
            _two_ways(),
            source="Laban et al., SummaC, TACL 2022; Tang et al., LLM-AggreFact, 2024; scikit-learn balanced_accuracy_score",
            empty=NO_ANSWER,
        ),
        _shares(
            "accuracy",
            "share of verdicts that are what the suite asks for: the gold one, or any but supported where it says no more than that support is wrong",
            replace(_mean(lambda sample: sample.as_asked.astype(np.float64), _asked), of_counts=_share_right),
            source="definition; scikit-learn accuracy_score",
            empty=NO_ANSWER,
        ),
        _shares(
            "false_support",
            "share of supported among results for which that is wrong: by their gold verdict, as `not_supported`, or by `must_not_support`",
            replace(
                _mean(lambda sample: (sample.given == SUPPORTED).astype(np.float64), _unsupported),
                of_counts=_false_support,
            ),
            better="lower",
            errors="left out: a run that fails is not a run that supports nothing",
            empty="no result for which support is wrong has an answer",
        ),
        _shares(
            "missed_refutation",
            "share of other verdicts among results whose gold verdict is refuted",
            _counted(_missed_refutation, _refuted, lambda sample: float((~sample.right)[_refuted(sample)].mean())),
            better="lower",
            errors="missed",
            empty="no result has refuted as its gold verdict",
        ),
        _shares(
            "coverage",
            "share of results that did not fail",
            _mean(
                lambda sample: sample.answered.astype(np.float64),
                lambda sample: np.ones(len(sample.gold), dtype=np.bool_),
            ),
            errors="not covered",
            empty="there is no result",
        ),
        _shares(
            "abstention",
            "share of not_enough_evidence among the verdicts given, whether right or wrong",
            _mean(lambda sample: (sample.given == NOTHING).astype(np.float64), lambda sample: sample.answered),
            better="neither",
            errors=_LEFT_OUT,
            empty="no result has a verdict",
        ),
    ]
    for code, label in enumerate(LABELS):
        precision, recall, f1 = _of_label(code)
        made += [
            _shares(
                f"precision_{label}",
                "share of right ones among the verdicts that are the label",
                precision,
                family="precision_LABEL",
                source="scikit-learn precision_score",
                errors="left out: it is not the label",
                empty=f"{label} was never given to a result with a gold verdict",
            ),
            _shares(
                f"recall_{label}",
                "share of right verdicts among results whose gold verdict is the label",
                recall,
                family="recall_LABEL",
                source="scikit-learn recall_score",
                empty=f"no result has {label} as its gold verdict",
            ),
            _shares(
                f"f1_{label}",
                "harmonic mean of both: 2 right / (gold + given)",
                f1,
                family="f1_LABEL",
                source="scikit-learn f1_score",
                errors="a miss for its gold label",
                empty=f"{label} is no result's gold verdict, and was never given",
            ),
        ]
    return made


# Of evidence.

_FOUND_NOTHING = "found nothing"
_NO_EVIDENCE = "no result has gold evidence"


def _with_evidence(sample: Sample) -> BoolArray:
    return sample.with_evidence


def _ranking(name: str, what: str, family: str, k: int | None = None) -> Measure:
    return _shares(
        family.replace("@k", f"@{k}"),
        what,
        _mean(lambda sample: sample.ranking(name, k), _with_evidence),
        family=family,
        source=f"ir-measures {name}{'' if k is None else '@k'}",
        errors=_FOUND_NOTHING,
        empty=_NO_EVIDENCE,
        unit="share" if name in {"R", "P"} else "score",
    )


_RANKINGS = {
    "evidence_recall@k": ("R", "share of the gold evidence that the first k passages hold, mean over results"),
    "evidence_precision@k": ("P", "share of the first k passages that hold gold evidence, mean over results; fewer than k found count as wrong"),
    "evidence_ndcg@k": ("nDCG", "nDCG of the first k passages, mean over results: each gains the pieces of gold evidence it is the first to hold"),
}  # fmt: skip


def _of_evidence() -> list[Measure]:
    made = [_ranking(name, what, family, k) for family, (name, what) in _RANKINGS.items() for k in DEPTHS]
    return [
        *made,
        _ranking("RR", "1 / rank of the first passage that holds gold evidence, mean over results (MRR)", "evidence_mrr"),
        _shares(
            "fever_score",
            "share of right verdicts with one complete set of gold evidence among the first five passages; none is asked for where the suite gives "
            "none or the gold verdict is not_enough_evidence",
            _mean(lambda sample: (sample.right & sample.complete).astype(np.float64), _labelled),
            source="Thorne et al., NAACL 2018",
        ),
        _shares(
            "averitec_score",
            f"share of right verdicts whose first ten passages come near the gold evidence: METEOR, matched one to one, {ADEQUATE} or more",
            _mean(
                lambda sample: (sample.right & (sample.adequacy >= ADEQUATE)).astype(np.float64),
                lambda sample: sample.labelled & sample.with_evidence,
            ),
            source="Schlichtkrull et al., NeurIPS 2023",
            empty="no result has a gold verdict and gold evidence",
        ),
    ]  # fmt: skip


# Of probabilities.


def _brier(sample: Sample) -> float:
    from sklearn.metrics import brier_score_loss

    rows = calibrated_rows(sample)
    return float(brier_score_loss(is_supported(sample)[rows], sample.probabilities[rows, 0], pos_label=1))


def _log_loss(sample: Sample) -> float:
    from sklearn.metrics import log_loss

    rows = calibrated_rows(sample)
    support = np.clip(sample.probabilities[rows, 0], CLIP, 1 - CLIP)
    return float(log_loss(is_supported(sample)[rows], support, labels=[0, 1]))


def _of_probabilities() -> list[Measure]:
    unscored = "left out: it has no probability; coverage counts it"
    empty = "no result with a probability of which support is right or wrong"
    squares = _mean(lambda sample: (sample.probabilities[:, 0] - is_supported(sample)) ** 2, calibrated_rows)
    losses = _mean(log_losses, calibrated_rows)
    return [
        _shares(
            "ece",
            f"mean gap between support and the share that is supported, over {BINS} bins of equal mass; equal probabilities stay together",
            _drawn(calibration_errors, calibrated_rows),
            better="lower",
            source="Nixon et al., CVPR workshops 2019; bins of scikit-learn calibration_curve (quantile)",
            errors=unscored,
            empty=empty,
        ),
        _shares(
            "brier",
            "mean squared gap between support and whether supported is right",
            replace(squares, value=_brier),
            better="lower",
            source="Brier 1950; scikit-learn brier_score_loss",
            errors=unscored,
            empty=empty,
            unit="squared probability",
        ),
        Measure(
            name="log_loss",
            family="log_loss",
            what=f"mean of -log of the support given to what is right (supported or not), clipped to [{CLIP:g}, 1 - {CLIP:g}]",
            low=0.0,
            high=-float(np.log(CLIP)),
            better="lower",
            unit="nats",
            source="Good 1952; scikit-learn log_loss",
            errors=unscored,
            empty=empty,
            arithmetic=replace(losses, value=_log_loss),
        ),
        _shares(
            "aurc",
            "area under the risk-coverage curve: the mean share of wrong verdicts among the surest 1, 2, ... n; equal confidences in the mean of all "
            "orders",
            _drawn(aurc, _asked),
            better="lower",
            source="Geifman et al., ICLR 2019",
            errors="wrong, and the least sure",
            empty=NO_ANSWER,
        ),
        _shares(
            "excess_aurc",
            "AURC less that of the same verdicts in the best order",
            _drawn(lambda draws: np.maximum(aurc(draws) - best_aurc(draws), 0.0), _asked),
            better="lower",
            source="Geifman et al., ICLR 2019 (E-AURC)",
            errors="wrong, and the least sure",
            empty=NO_ANSWER,
        ),
    ]  # fmt: skip


# Of repeats.


def _repeated(k: int, kind: str) -> Measure:
    def rows(sample: Sample) -> BoolArray:
        there: BoolArray = sample.labelled & (sample.trials >= k)
        return there

    def values(sample: Sample) -> FloatArray:
        shares = np.zeros(len(sample.results))
        for place in np.flatnonzero(rows(sample)):
            n, c = int(sample.trials[place]), int(sample.right_trials[place])
            shares[place] = (
                math.comb(c, k) / math.comb(n, k) if kind == "^" else 1 - math.comb(n - c, k) / math.comb(n, k)
            )
        return shares

    what, source = {
        "^": (
            "probability that all of k repeats are right: C(right, k) / C(repeats, k), mean over results",
            "Yao et al., tau-bench, 2024",
        ),
        "@": (
            "probability that one of k repeats is right: 1 - C(wrong, k) / C(repeats, k), mean over results",
            "Chen et al., HumanEval, 2021",
        ),
    }[kind]
    return _shares(
        f"pass{kind}{k}",
        what,
        _mean(values, rows),
        family=f"pass{kind}k",
        source=source,
        empty="no result has a gold verdict and k repeats",
    )


def _agreeing(sample: Sample) -> BoolArray:
    rows: BoolArray = sample.answered & (sample.trials > 1)
    return rows


def _of_repeats() -> list[Measure]:
    return [
        *(_repeated(k, kind) for kind in ("^", "@") for k in TRIALS),
        _shares(
            "self_agreement",
            "share of pairs of repeats with the same verdict, mean over results",
            _mean(lambda sample: sample.agreement, _agreeing),
            source="observed agreement of Fleiss, Psychological Bulletin 1971",
            errors="left out: coverage counts it",
            empty="no answered result was verified more than once",
        ),
    ]


# Of time.


def _timed(sample: Sample) -> BoolArray:
    return sample.answered & (sample.seconds > 0)


def _quantile(share: float) -> Arithmetic:
    def of_draws(draws: Draws) -> FloatArray:
        rows = _timed(draws.sample)
        seconds = draws.sample.seconds[rows]
        order = np.argsort(seconds, kind="stable")
        return quantiles(seconds[order], draws.of_rows[:, rows][:, order], np.array([share]))[:, 0]

    return replace(
        _drawn(of_draws, _timed), value=lambda sample: float(np.quantile(sample.seconds[_timed(sample)], share))
    )


def _of_time() -> list[Measure]:
    kinds = {
        "mean": ("mean time of a result", _mean(lambda sample: sample.seconds, _timed)),
        "p50": ("median time of a result", _quantile(0.5)),
        "p95": ("time that 95 of 100 results stay within", _quantile(0.95)),
    }
    return [
        Measure(
            name=f"latency_{kind}",
            family=f"latency_{kind}",
            what=what,
            low=0.0,
            high=None,
            better="lower",
            unit="seconds",
            source=_DEFINITION if kind == "mean" else "numpy.quantile, linear",
            errors="left out: failing at once is not fast",
            empty="no result with a verdict says how long it took",
            arithmetic=arithmetic,
        )
        for kind, (what, arithmetic) in kinds.items()
    ]


MEASURES: dict[str, Measure] = {
    item.name: item for item in (*_of_verdicts(), *_of_evidence(), *_of_probabilities(), *_of_repeats(), *_of_time())
}
"""Every measure by its name, in the order tables show them."""


def find_measure(name: str) -> Measure:
    """Gives the measure of a name; those of ranking at any depth, those of repeats for any number of them.

    Raises:
        UsageError: There is none.
    """
    if name in MEASURES:
        return MEASURES[name]
    deep = re.fullmatch(r"(.+)@([1-9][0-9]{0,3})", name)
    if deep and (family := f"{deep[1]}@k") in _RANKINGS:
        kind, what = _RANKINGS[family]
        return _ranking(kind, what, family, int(deep[2]))
    if repeated := re.fullmatch(r"pass([@^])([1-9][0-9]{0,3})", name):
        return _repeated(int(repeated[2]), repeated[1])
    msg = f"there is no measure {name!r}; there are {', '.join(MEASURES)}"
    raise UsageError(msg)
