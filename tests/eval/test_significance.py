from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, permutation_test

from bukti.eval.significance import (
    cluster_sums,
    decide,
    holm,
    loss_limit,
    mcnemar_midp,
    sign_flip_exact,
    sign_flip_midp,
    sign_flip_random,
    weigh,
)


def test_mid_p_is_the_published_one() -> None:
    # Fagerland, Lydersen and Laake (2013), table 1: airway hyper-responsiveness before and after a transplantation, 1 and 7 of 8
    # discordant pairs; two-sided mid-p 0.039, exact 0.070.
    assert 2 * mcnemar_midp(7, 1).item() == pytest.approx(0.0390625)
    assert 2 * binom.sf(6, 8, 0.5) == pytest.approx(0.0703125)


def test_mid_p_over_all_ways_sums_to_its_share() -> None:
    # Under the null its mean is 1/2 for any number of discordant pairs.
    for n in (1, 2, 7, 30):
        lost = np.arange(n + 1)
        assert float(binom.pmf(lost, n, 0.5) @ mcnemar_midp(lost, n - lost)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("lost", "gained"), [(0, 0), (1, 0), (0, 1), (5, 0), (12, 3), (3, 12), (400, 370), (5000, 4700)]
)
def test_sign_flips_of_single_cases_are_mcnemar(lost: int, gained: int) -> None:
    sums = np.array([1.0] * lost + [-1.0] * gained + [0.0] * 5)
    assert sign_flip_midp(sums) == pytest.approx(mcnemar_midp(lost, gained).item(), abs=1e-12)


def test_sign_flips_of_clusters_are_what_counting_gives() -> None:
    sums = np.array([3.0, -1.0, 2.0, 2.0, 0.0, -2.0, 1.0])
    totals = np.array([sum(signs) for signs in product(*[(s, -s) for s in sums if s])])
    assert sign_flip_midp(sums) == pytest.approx(np.mean(totals > 5) + np.mean(totals == 5) / 2)


def test_graded_flips_agree_with_scipy() -> None:
    values = np.random.default_rng(3).normal(0.3, 1.0, 11)
    theirs = permutation_test(
        (values,), np.sum, permutation_type="samples", alternative="greater", n_resamples=np.inf, vectorized=False
    )
    assert sign_flip_exact(values) == pytest.approx(theirs.pvalue)
    assert sign_flip_random(values[None, :], flips=40_000)[0] == pytest.approx(theirs.pvalue, abs=0.01)


def test_random_flips_are_the_same_every_time_and_never_zero() -> None:
    sums = np.full((1, 40), 0.5)
    assert sign_flip_random(sums).tolist() == sign_flip_random(sums).tolist() == [1 / 10_001]


def test_nothing_changed_shows_nothing() -> None:
    nothing = np.zeros((1, 30))
    for binary in (True, False):
        assert weigh(nothing, np.ones((1, 30)), binary=binary, reach=1.0, alpha=0.05).p.tolist() == [1.0]


def test_holm_steps_down() -> None:
    # Worked by hand: 0.01 x 4, 0.02 x 3, 0.03 x 2 = 0.06, and the largest not below it.
    assert holm(np.array([[0.03, 0.01, 0.04, 0.02]])).tolist() == [[0.06, 0.04, 0.06, 0.06]]
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


def test_the_limit_is_the_formula_worked_by_hand() -> None:
    # 100 cases, none changed: a = 1.3528 imagined losses, M = a / (100 + a).
    limit = loss_limit(np.zeros((1, 100)), np.ones((1, 100)), alpha=0.05, reach=1.0)[0]
    assert limit == pytest.approx(0.03233, abs=5e-5)
    # and above what is exact for no event in 100 independent ones
    assert limit > 1 - 0.05 ** (1 / 100)


def test_the_limit_scales_with_the_measure() -> None:
    generator = np.random.default_rng(5)
    sums, sizes = generator.normal(0.0, 0.2, (3, 60)), np.ones((3, 60))
    one = loss_limit(sums, sizes, alpha=0.05, reach=1.0)
    assert np.allclose(100 * one, loss_limit(100 * sums, sizes, alpha=0.05, reach=100.0))


def test_clusters_widen_the_limit() -> None:
    losses = np.array([[1.0] * 5 + [0.0] * 195])
    alone = loss_limit(*cluster_sums(losses, np.arange(200)), alpha=0.05, reach=1.0)[0]
    together = loss_limit(*cluster_sums(losses, np.arange(200) // 5), alpha=0.05, reach=1.0)[0]
    assert together > alone > 0.025


def test_a_cluster_that_is_lost_as_a_whole_is_one_event() -> None:
    losses = np.array([[1.0] * 6 + [0.0] * 94])
    alone, together = (
        weigh(*cluster_sums(losses, clusters), binary=True, reach=1.0, alpha=0.05).p[0]
        for clusters in (np.arange(100), np.array([0] * 6 + list(range(1, 95))))
    )
    assert alone == pytest.approx(0.5**7)
    assert together == pytest.approx(0.25)


def test_the_order_of_cases_and_clusters_makes_no_difference() -> None:
    generator = np.random.default_rng(9)
    losses, clusters = generator.choice([-1.0, 0.0, 0.0, 1.0], (1, 200)), np.arange(200) // 4
    order = generator.permutation(200)
    one = weigh(*cluster_sums(losses, clusters), binary=True, reach=1.0, alpha=0.05)
    two = weigh(*cluster_sums(losses[:, order], clusters[order]), binary=True, reach=1.0, alpha=0.05)
    assert one.p == pytest.approx(two.p)
    assert one.limit == pytest.approx(two.limit)


@pytest.mark.parametrize(
    ("loss", "limit", "p", "verdict"),
    [
        (0.05, 0.08, 0.001, "regression"),
        (0.05, 0.08, 0.20, "inconclusive"),
        (0.02, 0.04, 0.001, "inconclusive"),  # shown, but not larger than the margin
        (0.01, 0.015, 0.001, "pass"),  # shown, and all of it within the margin
        (0.00, 0.02, 1.0, "pass"),
        (-0.05, -0.02, 1.0, "pass"),
        (0.00, 0.021, 1.0, "inconclusive"),
        (np.nan, np.nan, 1.0, "cannot_decide"),
        (0.00, np.nan, 1.0, "cannot_decide"),
        (0.05, 0.08, np.nan, "cannot_decide"),
    ],
)
def test_what_follows(loss: float, limit: float, p: float, verdict: str) -> None:
    assert decide(np.array([loss]), np.array([limit]), np.array([p]), margins=[0.02], alpha=0.05).tolist() == [verdict]


def test_no_case_at_all_is_no_pass() -> None:
    one = weigh(np.zeros((1, 1)), np.zeros((1, 1)), binary=True, reach=1.0, alpha=0.05)
    assert decide(one.loss, one.limit, one.p, margins=[0.02], alpha=0.05).tolist() == ["cannot_decide"]


def test_one_more_loss_never_helps() -> None:
    """Neither the limit nor the p of a run gets better by losing one more case, at any number of gains."""
    for n in (20, 100, 300):
        for gained in (0, 1, 5, 15):
            lost = np.arange(n - gained + 1)
            sums = np.array([[1.0] * bad + [-1.0] * gained + [0.0] * (n - gained - bad) for bad in lost])
            one = weigh(sums, np.ones_like(sums), binary=True, reach=1.0, alpha=0.05)
            assert (np.diff(one.limit) >= 0.0).all()
            assert (np.diff(one.p) <= 1e-12).all()
