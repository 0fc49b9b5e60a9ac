"""What a run would score that looks at no evidence: the least that a verifier must beat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from bukti.eval.declared import NO_ANSWER, REFUTED, SUPPORTED, Measure, find_measure
from bukti.eval.measures import Value, interval, measure
from bukti.eval.report import VERDICTS, Verdict
from bukti.eval.results import CaseResult
from bukti.eval.sample import DRAWS, LABELS, SEED, FloatArray, IntArray, Sample
from bukti.eval.verifier import Probabilities

__all__ = ["baselines"]


def baselines(results: Sequence[CaseResult], names: Iterable[str]) -> dict[str, dict[str, Value]]:
    """Gives what two runs would score on these cases that look at no evidence.

    - ``majority`` gives every case the most frequent gold verdict (of equally frequent ones the first of `VERDICTS`), and the shares of the
      gold verdicts as probabilities. It finds no evidence and takes no time. Where more are only known not to be supported it gives not enough
      evidence; they count in the shares.
    - ``prior`` deals out the gold verdicts at random, each as often as there are. The value is the mean of 1,000 deals, the interval holds
      95% of them. Only for measures that rest on counts of gold verdicts.

    Returns:
        By ``majority`` and ``prior``: a value for each name.

    Raises:
        UsageError: There is no such measure.
    """
    asked = {name: find_measure(name) for name in names}
    sample = Sample(results)
    counts = np.bincount(sample.gold[sample.labelled], minlength=len(LABELS))
    only_not = int((sample.asked & ~sample.labelled).sum())
    if not sample.asked.any():
        nothing = {name: Value(name=name, value=None, low=None, high=None, n=0, why=NO_ANSWER) for name in asked}
        return {"majority": nothing, "prior": nothing}
    share = counts / (counts.sum() + only_not)
    prior = Probabilities.of(supported=float(share[SUPPORTED]), refuted=float(share[REFUTED]))
    most: Verdict = LABELS[int(np.argmax(counts))] if counts.max() >= only_not else "not_enough_evidence"
    guessed = [replace(row, verdict=most, error=None, evidence=(), seconds=0.0, probabilities=prior) for row in results]
    right = Sample([replace(row, verdict=row.gold or most, error=None) for row in results])
    deals = _deals(counts)
    return {
        "majority": measure(guessed, asked),
        "prior": {name: _dealt(item, right, deals) for name, item in asked.items()},
    }


def _deals(counts: IntArray) -> FloatArray:
    """Gives counts of verdicts of 1,000 random deals of the gold verdicts, (deals, gold, given)."""
    from scipy.stats import random_table

    there = np.flatnonzero(counts)
    deals = np.zeros((DRAWS, len(LABELS), len(VERDICTS)))
    dealt = random_table(counts[there], counts[there]).rvs(DRAWS, random_state=np.random.default_rng(SEED))
    deals[np.ix_(np.arange(DRAWS), there, there)] = dealt
    return deals


def _dealt(item: Measure, right: Sample, deals: FloatArray) -> Value:
    rows = item.arithmetic.rows(right)
    n = int(rows.sum())
    if item.arithmetic.of_counts is None or (rows & ~right.labelled).any():
        why = "a random deal of gold verdicts has nothing else to measure"
        return Value(name=item.name, value=None, low=None, high=None, n=n, why=why)
    drawn = item.arithmetic.of_counts(deals)
    if not n or np.isnan(drawn).all():
        return Value(name=item.name, value=None, low=None, high=None, n=n, why=item.empty)
    low, high, why = interval(drawn)
    return Value(name=item.name, value=float(np.nanmean(drawn)), low=low, high=high, n=n, why=why)
