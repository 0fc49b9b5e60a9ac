"""A run's results as arrays, and draws of them: what measures and their intervals are worked out of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bukti.eval.matching import adequacy, found_complete, held, ranking_scores
from bukti.eval.report import VERDICTS, Verdict
from bukti.eval.results import CaseResult

__all__ = [
    "DRAWS",
    "ERROR",
    "LABELS",
    "SEED",
    "BoolArray",
    "Draws",
    "FloatArray",
    "IntArray",
    "Sample",
    "draw",
    "quantiles",
    "ratio",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ERROR = VERDICTS.index("error")
"""Code of a result that failed."""

LABELS: tuple[Verdict, ...] = VERDICTS[:ERROR]
"""What a gold verdict may be; codes are places in it, and in `VERDICTS`."""

DRAWS = 1000
"""How many times the clusters are drawn for an interval."""

SEED = 20240607
"""Of those draws."""

_CHUNK = 50
"""How many draws are in memory at once."""


class Sample:
    """Results as arrays, one element a result."""

    def __init__(self, results: Sequence[CaseResult]) -> None:
        self.results = tuple(results)
        self.gold: IntArray = np.array(
            [-1 if row.gold is None else VERDICTS.index(row.gold) for row in self.results], dtype=np.int64
        )
        """Code of the gold verdict; -1 where there is none."""
        self.given: IntArray = np.array(
            [ERROR if row.failed else VERDICTS.index(row.verdict) for row in self.results], dtype=np.int64
        )
        """Code of the verdict given; `ERROR` where the result failed."""
        names = [row.cluster or row.case for row in self.results]
        places = {name: place for place, name in enumerate(sorted(set(names)))}
        self.cluster: IntArray = np.array([places[name] for name in names], dtype=np.int64)
        """Number of its cluster, in the order of their names: an interval does not depend on the order of the rows."""
        self.clusters = len(places)
        """How many clusters there are."""
        self._rankings: dict[tuple[str, int | None], FloatArray] = {}

    def is_of(self, label: int) -> BoolArray:
        """Says which gold verdicts are a label."""
        found: BoolArray = self.gold == label
        return found

    @cached_property
    def labelled(self) -> BoolArray:
        """Whether there is a gold verdict."""
        return np.greater_equal(self.gold, 0)

    @cached_property
    def answered(self) -> BoolArray:
        """Whether it did not fail."""
        return np.not_equal(self.given, ERROR)

    @cached_property
    def not_supported(self) -> BoolArray:
        """Whether support would be wrong (`CaseResult.not_supported`)."""
        return np.array([row.not_supported for row in self.results], dtype=np.bool_)

    @cached_property
    def right(self) -> BoolArray:
        """Whether the verdict is the gold one."""
        return np.equal(self.gold, self.given)

    @cached_property
    def asked(self) -> BoolArray:
        """Whether the suite says what is right: a gold verdict, or only that support is wrong."""
        return self.labelled | self.not_supported

    @cached_property
    def as_asked(self) -> BoolArray:
        """Whether the verdict is what the suite asks for (`CaseResult.as_asked`)."""
        return np.array([row.as_asked is True for row in self.results], dtype=np.bool_)

    @cached_property
    def with_evidence(self) -> BoolArray:
        """Whether there is gold evidence."""
        return np.array([bool(row.gold_evidence) for row in self.results], dtype=np.bool_)

    @cached_property
    def probabilities(self) -> FloatArray:
        """Of supported, refuted and not enough evidence, (n, 3); NaN where nothing was scored or the result failed."""
        nothing = (np.nan, np.nan, np.nan)
        rows = [
            nothing
            if row.probabilities is None or row.failed
            else (row.probabilities.supported, row.probabilities.refuted, row.probabilities.not_enough_evidence)
            for row in self.results
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    @cached_property
    def scored(self) -> BoolArray:
        """Whether there are probabilities."""
        return ~np.isnan(self.probabilities[:, 0])

    @cached_property
    def confidence(self) -> FloatArray:
        """The probability of the verdict given; of conflicting, that of supported or refuted; -1 where there is none."""
        supported, refuted, nothing = self.probabilities.T
        of_verdict = np.select(
            [
                self.given == VERDICTS.index(name)
                for name in ("supported", "refuted", "conflicting", "not_enough_evidence")
            ],
            [supported, refuted, supported + refuted, nothing],
            default=-1.0,
        )
        return np.where(self.scored, of_verdict, -1.0)

    @cached_property
    def seconds(self) -> FloatArray:
        """How long it took; 0 where that is not known."""
        seconds = np.array([row.seconds for row in self.results], dtype=np.float64)
        return np.where(np.isfinite(seconds), seconds, 0.0)

    @cached_property
    def trials(self) -> IntArray:
        """How many repeats there are; 0 where it was judged once."""
        return np.array([len(row.repeats) for row in self.results], dtype=np.int64)

    @cached_property
    def right_trials(self) -> IntArray:
        """How many repeats have the gold verdict."""
        counts = [sum(one.verdict == row.gold and not one.failed for one in row.repeats) for row in self.results]
        return np.array(counts, dtype=np.int64)

    @cached_property
    def agreement(self) -> FloatArray:
        """The share of pairs of repeats with the same verdict; 0 where there are not two."""
        shares = np.zeros(len(self.results))
        for place, row in enumerate(self.results):
            if (n := len(row.repeats)) > 1:
                counts = Counter(one.verdict for one in row.repeats).values()
                shares[place] = sum(count * (count - 1) for count in counts) / (n * (n - 1))
        return shares

    @cached_property
    def complete(self) -> BoolArray:
        """Whether a complete set of evidence was found (`found_complete`)."""
        return np.array([found_complete(row) for row in self.results], dtype=np.bool_)

    @cached_property
    def adequacy(self) -> FloatArray:
        """How near the found texts come to the wanted ones; 0 where the verdict is wrong, where it is not asked for."""
        return np.array(
            [adequacy(row) if right else 0.0 for row, right in zip(self.results, self.right, strict=True)],
            dtype=np.float64,
        )

    def ranking(self, name: str, k: int | None = None) -> FloatArray:
        """Gives a measure of ranking for each result with gold evidence (`ranking_scores`); 0 for the others."""
        if (name, k) not in self._rankings:
            scores = np.zeros(len(self.results))
            scores[self.with_evidence] = ranking_scores(*self._found, name, k)
            self._rankings[name, k] = scores
        return self._rankings[name, k]

    @cached_property
    def _found(self) -> tuple[list[list[frozenset[int]]], list[int]]:
        rows = [row for row in self.results if row.gold_evidence]
        return [held(row, row.gold_evidence) for row in rows], [len(row.gold_evidence) for row in rows]

    @cached_property
    def cluster_counts(self) -> FloatArray:
        """How many results of each cluster have each gold verdict and each verdict given, (clusters, labels, verdicts)."""
        shape = (self.clusters, len(LABELS), len(VERDICTS))
        if not self.results:
            return np.zeros(shape)
        place = np.ravel_multi_index(
            (self.cluster[self.labelled], self.gold[self.labelled], self.given[self.labelled]), shape
        )
        return np.bincount(place, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)

    def cluster_sums(self, values: FloatArray) -> FloatArray:
        """Gives the sum of some values over each cluster's results."""
        return np.bincount(self.cluster, weights=values, minlength=self.clusters).astype(np.float64)


class Draws:
    """Some draws of a sample's clusters with replacement: how often each was drawn."""

    def __init__(self, sample: Sample, weights: FloatArray) -> None:
        self.sample = sample
        self.weights = weights
        """How often each cluster was drawn, (draws, clusters)."""

    @cached_property
    def of_rows(self) -> FloatArray:
        """How often each result was drawn, (draws, results)."""
        return np.take(self.weights, self.sample.cluster, axis=1)

    @cached_property
    def counts(self) -> FloatArray:
        """How many results have each gold verdict and each verdict given, (draws, labels, verdicts)."""
        counts = self.sample.cluster_counts
        return (self.weights @ counts.reshape(len(counts), -1)).reshape(-1, *counts.shape[1:])


def draw(sample: Sample, times: int = DRAWS, seed: int = SEED) -> Iterator[Draws]:
    """Draws a sample's clusters with replacement, as many as there are.

    Yields:
        `times` draws altogether, some at a time. The same for the same number of clusters, times and seed.
    """
    rng = np.random.default_rng(seed)
    size = sample.clusters
    for start in range(0, times, _CHUNK):
        count = min(_CHUNK, times - start)
        drawn = rng.integers(size, size=(count, size)) + np.arange(count)[:, None] * size
        yield Draws(sample, np.bincount(drawn.ravel(), minlength=count * size).reshape(count, size).astype(np.float64))


def quantiles(values: FloatArray, weights: FloatArray, shares: FloatArray) -> FloatArray:
    """Gives the quantiles of values that are each there as many times as their weight says.

    They are those of `numpy.quantile` (linear) over the values written out that often.

    Args:
        values: In rising order, (n,).
        weights: Whole numbers, (draws, n).
        shares: Each in [0, 1].

    Returns:
        One row for each draw, (draws, shares); NaN where all weights are 0.
    """
    until = np.cumsum(weights, axis=1)
    found = np.full((len(weights), len(shares)), np.nan)
    for row, ends in enumerate(until):
        if not len(ends) or not ends[-1]:
            continue
        place = (ends[-1] - 1) * shares
        below = np.floor(place)
        low = values[np.searchsorted(ends, below, side="right")]
        high = values[np.searchsorted(ends, np.minimum(below + 1, ends[-1] - 1), side="right")]
        part, gap = place - below, high - low
        found[row] = np.where(part >= 0.5, high - gap * (1 - part), low + gap * part)
    return found


def ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Gives the quotients; NaN where the divisor is 0."""
    quotients = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=quotients, where=below > 0)
    return quotients
