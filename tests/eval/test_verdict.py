from __future__ import annotations

import math

import pytest

from bukti.claims.article import Span
from bukti.eval.report import JudgedEvidence, Reason, Stance
from bukti.eval.verdict import Judgement, Thresholds, merge_stances, recalibrated
from bukti.eval.verifier import Probabilities

DIFFERS = Reason(check="quantity", claim="7", evidence="70", agrees=False, note="")


def judged(
    stance: Stance, *, source: str = "a", score: float = 0.8, nearness: float = 0.5, differs: bool = False
) -> Judgement:
    probabilities = {
        "supports": Probabilities.of(supported=score, refuted=0.0),
        "refutes": Probabilities.of(supported=0.0, refuted=score),
        "neutral": Probabilities.of(supported=1 - score, refuted=0.0),
    }[stance]
    evidence = JudgedEvidence(
        source=source,
        passage_id=f"p-{source}-{stance}",
        span=Span(0, 1),
        text=f"kata {source}",
        stance=stance,
        score=score,
        language="id",
        reasons=(DIFFERS,) if differs else (),
    )
    return Judgement(evidence=evidence, probabilities=probabilities, nearness=nearness)


@pytest.mark.parametrize(
    ("judgements", "verdict", "support"),
    [
        ([], "not_enough_evidence", 0.0),
        ([judged("neutral")], "not_enough_evidence", 0.2),
        ([judged("supports")], "supported", 0.8),
        ([judged("refutes")], "refuted", 0.0),
        ([judged("supports"), judged("neutral", source="b")], "supported", 0.8),
        ([judged("refutes"), judged("neutral", source="b", score=0.5)], "not_enough_evidence", 0.5),
        ([judged("refutes"), judged("neutral", source="b", score=0.51)], "refuted", 0.0),
        ([judged("refutes", differs=True), judged("neutral", source="b", score=0.5)], "refuted", 0.0),
        (
            [judged("refutes"), judged("supports", source="c"), judged("neutral", source="b", score=0.5)],
            "conflicting",
            0.4,
        ),
        ([judged("supports"), judged("refutes", source="b", score=0.6)], "conflicting", 0.4),
        ([judged("supports", nearness=0.9), judged("refutes", nearness=0.5)], "supported", 0.8),
        ([judged("supports", nearness=0.5), judged("refutes", nearness=0.9)], "refuted", 0.0),
    ],
)
def test_stances_merge_by_the_written_rule(judgements: list[Judgement], verdict: str, support: float) -> None:
    merged = merge_stances(judgements)
    assert (merged.verdict, round(merged.probabilities.supported, 6)) == (verdict, support)
    assert merge_stances(judgements[::-1]) == merged


@pytest.mark.parametrize("values", [(math.nan, 0.5, 0.5), (0.5, 0.5, 0.5), (-0.1, 0.6, 0.5), (2.0, -0.5, -0.5)])
def test_what_is_no_distribution_is_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not a distribution"):
        Probabilities(supported=values[0], refuted=values[1], not_enough_evidence=values[2])


def test_thresholds_below_one_half_are_refused() -> None:
    with pytest.raises(ValueError, match="lie in"):
        Thresholds(support=0.4)


class TestRecalibrated:
    AS_IT_IS = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))

    def test_each_logarithm_counted_once_changes_nothing(self) -> None:
        given = Probabilities.of(supported=0.6, refuted=0.3)
        shown = recalibrated(given, self.AS_IT_IS)
        assert (shown.supported, shown.refuted) == pytest.approx((0.6, 0.3))

    def test_half_of_each_logarithm_is_a_temperature_of_two(self) -> None:
        halved = tuple(tuple(value / 2 for value in row) for row in self.AS_IT_IS)
        shown = recalibrated(Probabilities.of(supported=0.8, refuted=0.0), halved)
        assert shown.supported == pytest.approx(0.8**0.5 / (0.8**0.5 + 0.1**0.5 + 0.2**0.5))


def test_what_decides_nothing_stands_in_the_order_of_what_it_holds_of_the_claim() -> None:
    far, near = (
        judged("neutral", source="far", score=0.99, nearness=0.1),
        judged("neutral", source="near", nearness=0.6),
    )
    merged = merge_stances([far, near, judged("supports", source="decides", nearness=0.3)])
    assert [item.source for item in merged.evidence] == ["decides", "near", "far"]
