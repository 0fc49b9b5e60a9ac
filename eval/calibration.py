"""Whether probabilities mean what they say, and whether confidence tells right from wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bukti.eval.report import VERDICTS
from bukti.eval.results import CaseResult
from bukti.eval.sample import BoolArray, Draws, FloatArray, IntArray, Sample, quantiles, ratio

__all__ = [
    "BINS",
    "CLIP",
    "Bin",
    "RiskPoint",
    "aurc",
    "best_aurc",
    "calibrated_rows",
    "calibration_errors",
    "is_supported",
    "log_losses",
    "reliability",
    "risk_coverage",
]

BINS = 10
"""How many bins of equal mass."""

CLIP = 1e-6
"""A probability is taken as no nearer to 0 or 1 than this for the log loss, so that one row costs 13.8 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One bin of a reliability diagram."""

    low: float
    """Least support in it."""

    high: float
    """Greatest support in it."""

    n: int
    """How many results."""

    support: float
    """Their mean support."""

    supported: float
    """The share of them whose gold verdict is supported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """One point of a risk-coverage curve: what answering only from some confidence on would give."""

    confidence: float | None
    """The least confidence answered; None for results without one, which come last."""

    coverage: float
    """The share of results answered."""

    risk: float
    """The share of those that is wrong."""


def calibrated_rows(sample: Sample) -> BoolArray:
    """Says which results calibration is about: those with probabilities of which the suite says whether support is right."""
    rows: BoolArray = sample.asked & sample.scored
    return rows


def is_supported(sample: Sample) -> FloatArray:
    """Gives 1 where the gold verdict is supported, else 0."""
    return sample.is_of(VERDICTS.index("supported")).astype(np.float64)


def log_losses(sample: Sample) -> FloatArray:
    """Gives the log loss of each result's support, probabilities clipped to [`CLIP`, 1 - `CLIP`]; NaN without support."""
    support = np.clip(sample.probabilities[:, 0], CLIP, 1 - CLIP)
    losses: FloatArray = -np.log(np.where(is_supported(sample) == 1, support, 1 - support))
    return losses


def reliability(results: Sequence[CaseResult], bins: int = BINS) -> tuple[Bin, ...]:
    """Gives the data of a reliability diagram of support.

    Bins hold the same number of results, or as near as equal probabilities, which are never parted, allow: those of
    `sklearn.calibration.calibration_curve` with strategy "quantile".

    Args:
        results: Of which those with probabilities count, where the suite says whether support is right.
        bins: How many bins; fewer come back where probabilities are equal or results few.

    Returns:
        The bins that hold something, by rising support.
    """
    sample = Sample(results)
    rows = calibrated_rows(sample)
    support, gold = _sorted(sample, rows)
    if not len(support):
        return ()
    edges = _edges(support, np.ones((1, len(support))), bins)[0]
    made = []
    for start, end in pairwise(edges):
        if start < end:
            there, right = support[start:end], gold[start:end]
            made.append(
                Bin(
                    low=float(there[0]),
                    high=float(there[-1]),
                    n=int(end - start),
                    support=float(there.mean()),
                    supported=float(right.mean()),
                )
            )
    return tuple(made)


def calibration_errors(draws: Draws, bins: int = BINS) -> FloatArray:
    """Gives the expected calibration error of support for each draw; NaN where a draw has no result to score.

    The mean over results of the gap between their bin's mean support and its share of supported ones (`reliability`).
    """
    sample = draws.sample
    rows = calibrated_rows(sample)
    support, gold = _sorted(sample, rows)
    weights = draws.of_rows[:, rows][:, _order(sample, rows)]
    edges = _edges(support, weights, bins)
    gap = _until(weights * (support - gold))
    in_bins = np.diff(np.take_along_axis(gap, edges, axis=1), axis=1)
    return ratio(np.abs(in_bins).sum(axis=1), weights.sum(axis=1))


def _order(sample: Sample, rows: BoolArray) -> IntArray:
    return np.argsort(sample.probabilities[rows, 0], kind="stable")


def _sorted(sample: Sample, rows: BoolArray) -> tuple[FloatArray, FloatArray]:
    order = _order(sample, rows)
    return sample.probabilities[rows, 0][order], is_supported(sample)[rows][order]


def _edges(support: FloatArray, weights: FloatArray, bins: int) -> IntArray:
    """Gives where bins begin and end in rising support, (draws, bins + 1)."""
    shares = np.linspace(0, 1, bins + 1) * 100 / 100  # the same rounding as scikit-learn's percentiles
    inner = quantiles(support, weights, shares)[:, 1:-1]
    edges = np.zeros((len(weights), bins + 1), dtype=np.int64)
    edges[:, 1:-1] = np.searchsorted(support, np.nan_to_num(inner), side="right")
    edges[:, -1] = len(support)
    return edges


def _until(values: FloatArray) -> FloatArray:
    """Gives running sums along the rows, with a 0 before them."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


def risk_coverage(results: Sequence[CaseResult]) -> tuple[RiskPoint, ...]:
    """Gives the risk-coverage curve: one point for each confidence that a result has, from the greatest down.

    Confidence is the probability of the verdict given (of conflicting, that of supported or refuted). A result that failed is wrong, and comes
    last. Results with one confidence are answered together.

    Source: Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019.
    """
    sample = Sample(results)
    levels, seen, wrong = _levels(Draws(sample, np.ones((1, sample.clusters))))
    answered, errors = np.cumsum(seen[0]), np.cumsum(wrong[0])
    return tuple(
        RiskPoint(confidence=None if level < 0 else float(level), coverage=float(n / answered[-1]), risk=float(k / n))
        for level, n, k in zip(levels, answered, errors, strict=True)
    )


def _levels(draws: Draws) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gives the confidences there are, falling, and for each draw how many results have each and how many of those are wrong."""
    sample = draws.sample
    rows = sample.asked
    confidence = sample.confidence[rows]
    order = np.argsort(-confidence, kind="stable")
    levels, starts = np.unique(-confidence[order], return_index=True)
    if not len(levels):
        return levels, np.zeros((len(draws.weights), 0)), np.zeros((len(draws.weights), 0))
    weights = draws.of_rows[:, rows][:, order]
    wrong = weights * ~sample.as_asked[rows][order]
    return -levels, np.add.reduceat(weights, starts, axis=1), np.add.reduceat(wrong, starts, axis=1)


def aurc(draws: Draws) -> FloatArray:
    """Gives the area under the risk-coverage curve for each draw: the mean risk over every number of results answered.

    Results of one confidence have no order: the mean over all their orders. NaN where a draw has no result of which the suite says what is right.
    """
    _, seen, wrong = _levels(draws)
    before, errors = _until(seen)[:, :-1], _until(wrong)[:, :-1]
    # The j-th of m equal ones adds (errors + j e / m) / (before + j) in the mean; the sum over j, with harmonic numbers:
    share = np.divide(wrong, seen, out=np.zeros_like(wrong), where=seen > 0)
    harmonic = _harmonic(int(seen.sum(axis=1).max(initial=0)))
    start = before.astype(np.int64)
    area = wrong + (errors - before * share) * (harmonic[start + seen.astype(np.int64)] - harmonic[start])
    return ratio(area.sum(axis=1), seen.sum(axis=1))


def best_aurc(draws: Draws) -> FloatArray:
    """Gives, for each draw, the area under the curve where every right result is surer than every wrong one."""
    _, seen, wrong = _levels(draws)
    all_of, bad = seen.sum(axis=1).astype(np.int64), wrong.sum(axis=1).astype(np.int64)
    good = all_of - bad
    harmonic = _harmonic(int(all_of.max(initial=0)))
    return ratio(bad - good * (harmonic[all_of] - harmonic[good]), all_of.astype(np.float64))


def _harmonic(most: int) -> FloatArray:
    """Gives the harmonic numbers from that of 0 to that of `most`."""
    return np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, most + 1))])
