"""The arithmetic of the gate: is a loss shown, how large may it be, and what follows from both.

Everything works on sums of losses by cluster, one row a comparison, so that one call weighs a measure and another a thousand
simulated ones. A *loss* is what the run is worse by: positive is worse, whatever the measure's direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FLIPS",
    "SEED",
    "MeasureVerdict",
    "Weight",
    "cluster_sums",
    "decide",
    "holm",
    "loss_limit",
    "mcnemar_midp",
    "sign_flip_exact",
    "sign_flip_midp",
    "sign_flip_random",
    "weigh",
]

Floats = NDArray[np.float64]
MeasureVerdict = Literal["pass", "regression", "inconclusive", "cannot_decide"]
"""What is decided on one measure."""

FLIPS = 10_000
"""Random sign flips where the clusters are too many to go through all."""

SEED = 20_130_611
"""Seed of the flips: the same runs give the same decision."""

_ENUMERATED = 13
"""Up to this many clusters that differ, all their sign flips are gone through: 8,192."""

_BLOCK = 1 << 23
"""How many signs are held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What was found out on some comparisons, one entry each."""

    loss: Floats
    """Mean loss of a case; positive is worse."""

    limit: Floats
    """The largest mean loss that is not excluded, at confidence 1 - alpha."""

    p: Floats
    """One-sided p of "the run is no worse"."""


def cluster_sums(losses: Floats, clusters: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Gives for each cluster the sum of its losses and how many cases it has; NaN is no case.

    >>> sums, sizes = cluster_sums(np.array([[1.0, 0.0, np.nan, -1.0]]), np.array([0, 0, 1, 2]))
    >>> sums.tolist(), sizes.tolist()
    ([[1.0, 0.0, -1.0]], [[2.0, 0.0, 1.0]])
    """
    held = np.isfinite(losses)
    count = int(clusters.max()) + 1 if len(clusters) else 0
    sums, sizes = np.zeros((len(losses), count)), np.zeros((len(losses), count))
    for row, (values, there) in enumerate(zip(losses, held, strict=True)):
        sums[row] = np.bincount(clusters[there], values[there], count)
        sizes[row] = np.bincount(clusters[there], minlength=count)
    return sums, sizes


# Is a loss shown? --------------------------------------------------------------------------------------------------


def mcnemar_midp(lost: ArrayLike, gained: ArrayLike) -> Floats:
    """Gives the one-sided mid-p of McNemar's exact conditional test of "the run is no worse".

    Of the ``n = lost + gained`` cases that changed sides, the lost ones are Binomial(n, 1/2) if the run is as good::

        p = P(X > lost) + P(X = lost) / 2        X ~ Binomial(n, 1/2)

    Where nothing changed sides nothing is shown: p = 1. The cases must be independent of each other.

    Source: Fagerland, Lydersen and Laake (2013), The McNemar test for binary matched-pairs data: mid-p and asymptotic are better
    than exact conditional. BMC Medical Research Methodology 13:91.

    >>> mcnemar_midp(5, 0).item() == 0.5**5 / 2
    True
    """
    from scipy.stats import binom

    lost, gained = np.asarray(lost, dtype=np.float64), np.asarray(gained, dtype=np.float64)
    both = lost + gained
    p = binom.sf(lost, both, 0.5) + binom.pmf(lost, both, 0.5) / 2
    return np.asarray(np.where(both == 0, 1.0, p), dtype=np.float64)


def sign_flip_midp(sums: Floats) -> float:
    """Gives the same for right and wrong in clusters: the one-sided mid-p over all sign flips of whole clusters, exactly.

    If the run is as good as the baseline, which of the two gave a cluster's answers is a toss of a coin: its sum of lost minus gained
    cases keeps its size and takes either sign. The clusters of one size v add v times a Binomial(c, 1/2), so that the whole
    distribution is a convolution of a few binomial ones. Where all sizes are 1 it is `mcnemar_midp`.

    Source: Fisher (1935), The Design of Experiments, section 21; Winkler, Webster, Vidaurre, Nichols and Smith (2015),
    Multi-level block permutation, NeuroImage 123:253-268, for whole blocks as the units.

    >>> sign_flip_midp(np.array([1.0, 1.0, 1.0, -1.0])) == mcnemar_midp(3, 1).item()
    True
    """
    from scipy.stats import binom

    whole = np.rint(sums).astype(np.int64)
    sizes, counts = np.unique(np.abs(whole[whole != 0]), return_counts=True)
    if not len(sizes):
        return 1.0
    chances = np.ones(1)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        step = np.zeros(size * count + 1)
        step[::size] = binom.pmf(np.arange(count + 1), count, 0.5)
        chances = np.convolve(chances, step)
    seen = int(whole[whole > 0].sum())
    return float(min(1.0, chances[seen + 1 :].sum() + chances[seen] / 2))


def sign_flip_exact(sums: Floats) -> float:
    """Gives the one-sided p of a graded measure over all sign flips of its clusters: the share that loses as much or more."""
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    bits = np.arange(1 << len(sums))[:, None] >> np.arange(len(sums)) & 1
    flipped = (1.0 - 2.0 * bits) @ sums
    return float(np.mean(flipped >= sums.sum() - 1e-9 * np.abs(sums).sum()))


def sign_flip_random(sums: Floats, *, flips: int = FLIPS, seed: int = SEED) -> Floats:
    """Gives the same over random sign flips, for each row: ``p = (1 + flips that lose as much or more) / (1 + flips)``.

    Source: Phipson and Smyth (2010), Permutation p-values should never be zero. Statistical Applications in Genetics and
    Molecular Biology 9:39.
    """
    rows, clusters = sums.shape
    total, slack = sums.sum(axis=1), 1e-9 * np.abs(sums).sum(axis=1)
    reached = np.zeros(rows)
    generator = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // max(1, clusters))
    for start in range(0, flips, at_once):
        size = (min(at_once, flips - start), clusters)
        signs = generator.integers(0, 2, size=size, dtype=np.int8).astype(np.float64)
        # With t the sum over the clusters that keep their sign, a flip gives 2 t - total: no second array is needed for -1 and 1.
        flipped = 2.0 * (signs @ sums.T) - total
        reached += (flipped >= total - slack).sum(axis=0)
    return np.asarray((1.0 + reached) / (1.0 + flips))


def holm(p: Floats) -> Floats:
    """Gives the p values adjusted so that the chance of any false alarm among the last axis's stays below alpha.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6:65-70.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    count = p.shape[-1]
    order = np.argsort(p, axis=-1, kind="stable")
    stepped = np.take_along_axis(p, order, axis=-1) * (count - np.arange(count))
    stepped = np.minimum(1.0, np.maximum.accumulate(stepped, axis=-1))
    adjusted = np.empty_like(stepped)
    np.put_along_axis(adjusted, order, stepped, axis=-1)
    return adjusted


# How large may it be? ----------------------------------------------------------------------------------------------


def loss_limit(sums: Floats, sizes: Floats, *, alpha: float, reach: float) -> Floats:
    """Gives the upper confidence limit of the mean loss, for each row.

    With ``z`` the normal quantile of 1 - alpha, ``a = z**2 / 2`` imagined clusters (1.35 at 5%) that are lost altogether are added. Each
    holds ``b = sqrt(sum n_g**2 / N)`` cases, which is 1 where every case is a cluster of its own. Then, over the ``G`` real clusters
    and the imagined ones::

        M     = (sum s_g + a b reach) / (N + a b)
        V     = (sum (s_g - n_g M)**2 + a (b (reach - M))**2) / (N + a b)**2 * (G + a) / (G + a - 1)
        limit = M + t(1 - alpha; G + a - 1) sqrt(V)

    That is the mean of a ratio with the variance between clusters, and Agresti and Coull's device against what it does on rare
    events: without a loss seen, it would have no width. docs/design/gate.md has the others that were tried.

    Args:
        sums: Losses by cluster, one row a comparison.
        sizes: Cases by cluster.
        alpha: One minus the confidence.
        reach: The largest loss one case can have.

    Source: Agresti and Coull (1998), Approximate is better than "exact" for interval estimation of binomial proportions, The
    American Statistician 52:119-126; Cochran (1977), Sampling Techniques, 3rd edition, section 9A.7, for unequal clusters.
    """
    from scipy.stats import norm, t

    imagined = norm.isf(alpha) ** 2 / 2
    cases, clusters = sizes.sum(axis=1), (sizes > 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        held = np.sqrt((sizes**2).sum(axis=1) / cases)
        weight = cases + imagined * held
        mean = (sums.sum(axis=1) + imagined * held * reach) / weight
        squares = ((sums - sizes * mean[:, None]) ** 2).sum(axis=1) + imagined * (held * (reach - mean)) ** 2
        freedom = clusters + imagined - 1.0
        spread = np.sqrt(squares * (freedom + 1.0) / freedom) / weight
        return np.asarray(np.minimum(reach, mean + t.isf(alpha, freedom) * spread))


def weigh(
    sums: Floats, sizes: Floats, *, binary: bool, reach: float, alpha: float, flips: int = FLIPS, seed: int = SEED
) -> Weight:
    """Weighs one measure on one or many comparisons.

    Args:
        sums: Losses by cluster, one row a comparison.
        sizes: Cases by cluster.
        binary: Whether each case is right or wrong: then the test is exact, else by sign flips.
        reach: The largest loss one case can have.
        alpha: One minus the confidence of the limit.
        flips: Random flips, where not all are gone through.
        seed: Their seed.
    """
    if binary and sizes.max(initial=0.0) <= 1.0:
        p = mcnemar_midp((sums > 0).sum(axis=1), (sums < 0).sum(axis=1))
    elif binary:
        p = np.array([sign_flip_midp(row) for row in sums])
    else:
        few = (sums != 0).sum(axis=1) <= _ENUMERATED
        p = np.empty(len(sums))
        p[few] = [sign_flip_exact(row) for row in sums[few]]
        if not few.all():
            p[~few] = sign_flip_random(sums[~few], flips=flips, seed=seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = sums.sum(axis=1) / sizes.sum(axis=1)
    return Weight(loss=loss, limit=loss_limit(sums, sizes, alpha=alpha, reach=reach), p=p)


# What follows? -----------------------------------------------------------------------------------------------------


def decide(
    loss: Floats, limit: Floats, adjusted: Floats, *, margins: Sequence[float], alpha: float
) -> NDArray[np.object_]:
    """Gives the verdict on each measure, last axis, by the rule of `bukti.eval.gate`.

    >>> decide(np.array([0.05, 0.01, 0.01]), np.array([0.08, 0.015, 0.03]), np.array([0.001, 0.2, 0.2]), margins=[0.02] * 3, alpha=0.05).tolist()
    ['regression', 'pass', 'inconclusive']
    """
    margin = np.asarray(margins)
    verdicts = np.full(loss.shape, "inconclusive", dtype=object)
    verdicts[limit <= margin] = "pass"
    verdicts[(adjusted <= alpha) & (loss > margin + 1e-12)] = "regression"
    verdicts[~np.isfinite(loss) | ~np.isfinite(limit) | ~np.isfinite(adjusted)] = "cannot_decide"
    return verdicts
