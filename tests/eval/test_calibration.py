from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from bukti.eval.calibration import Bin, RiskPoint, reliability, risk_coverage
from bukti.eval.measures import MEASURES
from bukti.eval.report import Verdict
from bukti.eval.results import CaseResult
from bukti.eval.sample import quantiles
from bukti.eval.verifier import Probabilities


def result(support: float | None, *, gold: Verdict = "supported", verdict: Verdict = "supported") -> CaseResult:
    return CaseResult(
        case="c",
        text="x",
        gold=gold,
        verdict="error" if support is None else verdict,
        probabilities=None if support is None else Probabilities.of(supported=support, refuted=0.0),
    )


def random_results(n: int, places: int, seed: int) -> list[CaseResult]:
    rng = np.random.default_rng(seed)
    return [
        result(round(float(support), places), gold="supported" if rng.random() < support else "refuted")
        for support in rng.random(n)
    ]


@pytest.mark.parametrize(("n", "places"), [(1000, 9), (1000, 1), (37, 2), (3, 9), (1, 9)])
def test_bins_are_those_of_scikit_learn(n: int, places: int) -> None:
    rows = random_results(n, places, seed=n)
    gold = [row.gold == "supported" for row in rows]
    support = [row.probabilities.supported for row in rows if row.probabilities]
    share, mean = calibration_curve(gold, support, n_bins=10, strategy="quantile")
    bins = reliability(rows)
    assert [made.supported for made in bins] == pytest.approx(share.tolist(), abs=1e-9)
    assert [made.support for made in bins] == pytest.approx(mean.tolist(), abs=1e-9)
    assert sum(made.n for made in bins) == n
    gaps = sum(made.n * abs(made.support - made.supported) for made in bins) / n
    assert MEASURES["ece"](rows) == pytest.approx(gaps, abs=1e-9)


def test_a_reliability_diagram_by_hand() -> None:
    rows = [result(0.2, gold="refuted"), result(0.2), result(0.8), result(0.9), result(None)]
    assert reliability(rows, bins=2) == (
        Bin(low=0.2, high=0.2, n=2, support=0.2, supported=0.5),
        Bin(low=0.8, high=0.9, n=2, support=pytest.approx(0.85), supported=1.0),
    )
    assert reliability([result(None)]) == reliability([]) == ()


def test_equal_probabilities_are_one_bin() -> None:
    rows = [result(0.75)] * 3 + [result(0.75, gold="refuted")]
    assert reliability(rows) == (Bin(low=0.75, high=0.75, n=4, support=0.75, supported=0.75),)
    assert MEASURES["ece"](rows) == 0.0


def test_risk_and_coverage_by_hand() -> None:
    rows = [
        result(0.9),
        result(0.8, gold="refuted"),
        result(0.8),
        CaseResult(
            case="c",
            text="x",
            gold="conflicting",
            verdict="conflicting",
            probabilities=Probabilities.of(supported=0.3, refuted=0.2),
        ),
        result(None),
    ]
    assert risk_coverage(rows) == (
        RiskPoint(confidence=0.9, coverage=0.2, risk=0.0),
        RiskPoint(confidence=0.8, coverage=0.6, risk=pytest.approx(1 / 3)),
        RiskPoint(confidence=0.5, coverage=0.8, risk=0.25),
        RiskPoint(confidence=None, coverage=1.0, risk=0.4),
    )
    assert risk_coverage([]) == ()
    # Two orders of the equal ones: risks 0, (1/2 or 0), 1/3, 1/4, 2/5. The best order puts both wrong ones last.
    area = (0 + 1 / 4 + 1 / 3 + 1 / 4 + 2 / 5) / 5
    assert MEASURES["aurc"](rows) == pytest.approx(area, abs=1e-12)
    assert MEASURES["excess_aurc"](rows) == pytest.approx(area - (1 / 4 + 2 / 5) / 5, abs=1e-12)


def test_equal_confidences_count_as_the_mean_of_their_orders() -> None:
    wrong = np.array([1, 0, 0, 1, 0])
    rows = [result(0.7, gold="refuted" if bad else "supported") for bad in wrong]
    areas = [np.mean(np.cumsum(order) / np.arange(1, 6)) for order in permutations(wrong)]
    assert MEASURES["aurc"](rows) == pytest.approx(np.mean(areas), abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_weighted_quantiles_are_those_of_the_values_written_out(share: float) -> None:
    rng = np.random.default_rng(3)
    values = np.sort(np.round(rng.random(30), 1))
    weights = rng.integers(0, 4, size=(20, 30)).astype(float)
    expected = [np.quantile(np.repeat(values, row.astype(int)), share) for row in weights]
    assert quantiles(values, weights, np.array([share]))[:, 0].tolist() == pytest.approx(expected, abs=1e-12)


def test_no_values_have_no_quantile() -> None:
    assert np.isnan(quantiles(np.array([1.0]), np.zeros((2, 1)), np.array([0.5]))).all()
    assert np.isnan(quantiles(np.array([]), np.zeros((2, 0)), np.array([0.5]))).all()
