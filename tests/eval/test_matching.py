from __future__ import annotations

from collections.abc import Sequence

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.article import Span
from bukti.eval.matching import (
    EVIDENCE_SETS,
    HELD_FROM,
    adequacy,
    evidence_sets,
    found_complete,
    held,
    holds,
    overlap,
    ranking_scores,
    tokens,
)
from bukti.eval.meteor import meteor
from bukti.eval.report import Failure
from bukti.eval.results import CaseResult, FoundEvidence

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=9).map(" ".join)


def passage(text: str, source: str = "s") -> FoundEvidence:
    return FoundEvidence(source=source, span=Span(0, len(text)), text=text, stance="neutral", score=0.5)


def result(
    found: Sequence[FoundEvidence] = (),
    gold: Sequence[tuple[str, str]] = (),
    *,
    sets: Sequence[Sequence[tuple[str, str]]] | None = None,
    failed: bool = False,
) -> CaseResult:
    return CaseResult(
        case="c",
        text="x",
        gold="supported",
        verdict="error" if failed else "supported",
        probabilities=None,
        evidence=tuple(found),
        gold_evidence=tuple(gold),
        language="en",
        error=Failure(stage="verify", cause="gone") if failed else None,
        extra={} if sets is None else {EVIDENCE_SETS: sets},
    )


@pytest.mark.parametrize(
    ("quote", "text", "share"),
    [
        ("Enam orang tewas.", "Polisi: enam orang TEWAS di jalan.", 1.0),
        ("“Enam” — orang, tewas!", "enam orang tewas", 1.0),
        ("ﬁve people died", "five people died", 1.0),
        ("a b c d", "x a b", 0.5),
        ("a b c d", "a x b x c x d", 0.25),
        ("a b c d", "d c b a", 0.25),
        ("a b c", "a b", 2 / 3),
        ("ab", "a b", 0.0),
        ("a", "b", 0.0),
        ("...", "...", 0.0),
        ("", "a", 0.0),
        ("a", "", 0.0),
    ],
)
def test_overlap_is_the_share_of_the_quotation_in_one_run(quote: str, text: str, share: float) -> None:
    assert overlap(quote, text) == pytest.approx(share, abs=1e-12)


@given(WORDS, WORDS)
def test_a_passage_holds_a_quotation_from_half_of_it_on(quote: str, text: str) -> None:
    assert holds(quote, text) is (overlap(quote, text) >= HELD_FROM)


@given(st.text(max_size=30))
def test_every_text_with_a_word_holds_itself(text: str) -> None:
    assert holds(text, text) is bool(tokens(text))


def test_evidence_is_held_by_its_own_source_only() -> None:
    pieces = [("s", "one two three"), ("t", "one two three"), ("s", "four five")]
    found = [passage("one two three four five"), passage("one two three", "t"), passage("six")]
    assert held(result(found), pieces) == [{0, 2}, {1}, set()]


def test_evidence_without_a_quotation_is_its_source_as_a_whole() -> None:
    row = result([passage("one two"), passage("three", "t")], [("t", "")])
    assert held(row, row.gold_evidence) == [set(), {0}]
    assert (found_complete(row), adequacy(row)) == (True, 1.0)


def test_a_failed_result_found_nothing() -> None:
    row = result([passage("one two")], [("s", "one two")], failed=True)
    assert held(row, row.gold_evidence) == []
    assert (found_complete(row), adequacy(row)) == (False, 0.0)


def test_any_one_set_of_evidence_is_enough_and_must_be_complete() -> None:
    first, second, third = ("s", "one two"), ("s", "three four"), ("s", "five six")
    sets = [[first, second], [third]]
    assert not found_complete(result([passage("one two")], [first, second]))
    assert found_complete(result([passage("one two"), passage("three four")], [first, second]))
    assert not found_complete(result([passage("one two")], [first, second, third], sets=sets))
    assert found_complete(result([passage("five six")], [first, second, third], sets=sets))
    assert evidence_sets(result(gold=[first])) == [(first,)]
    assert evidence_sets(result()) == evidence_sets(result(sets=[])) == []
    assert found_complete(result())


def test_a_set_is_looked_for_among_the_first_five_passages() -> None:
    fill = [passage("nothing here")] * 4
    assert found_complete(result([*fill, passage("one two")], [("s", "one two")]))
    assert not found_complete(result([*fill, passage("nope"), passage("one two")], [("s", "one two")]))


@pytest.mark.parametrize(
    ("found", "wanted", "score"),
    # As nltk 3.10.4 gives them with its Porter stemmer and without WordNet; the first is nltk's own example.
    [
        (
            "it is a guide to action which ensures that the military always obeys the commands of the party",
            "it is a guide to action that ensures that the military will forever heed party commands",
            0.6944444444444445,
        ),
        (
            "it is to insure the troops forever hearing the activity guidebook that party direct",
            "it is a guide to action that ensures that the military will forever heed party commands",
            0.3035391371738569,
        ),
        ("the cat sat", "the cats sat down", 0.754985754985755),
        ("non matching hypothesis", "this is a cat", 0.0),
        ("", "a", 0.0),
        ("a", "", 0.0),
    ],
)
def test_meteor_is_that_of_nltk(found: str, wanted: str, score: float) -> None:
    assert meteor(found.split(), wanted.split()) == pytest.approx(score, abs=1e-12)


def test_meteor_by_hand() -> None:
    # Three of four words match, in two chunks: P = 3/4, R = 3/5; mean = PR / (0.9 P + 0.1 R); punished by 0.5 (2/3)^3.
    mean = 0.75 * 0.6 / (0.9 * 0.75 + 0.1 * 0.6)
    assert meteor("a b x c".split(), "a b y c z".split()) == pytest.approx(mean * (1 - 0.5 * (2 / 3) ** 3), abs=1e-12)


def test_stems_are_those_of_the_language() -> None:
    assert meteor(["makanan"], ["makan"], language="id") == 0.5
    assert meteor(["makanan"], ["makan"], language="en") == 0.0
    assert meteor(["cats"], ["cat"], language="xx") == 0.0


def test_adequacy_matches_each_wanted_text_with_another_found_one() -> None:
    one, two = "alpha beta gamma delta", "epsilon zeta eta theta"
    full = 1 - 0.5 * (1 / 4) ** 3  # all four words in one chunk
    wanted = [("s", one), ("t", two)]
    assert adequacy(result([passage(two), passage(one)], wanted)) == pytest.approx(full)
    assert adequacy(result([passage(one), passage(one)], wanted)) == pytest.approx(full / 2)
    assert adequacy(result([passage("other"), passage(one)], [("s", one)])) == pytest.approx(full)
    assert adequacy(result([passage("other")] * 10 + [passage(one)], [("s", one)])) == 0.0
    assert adequacy(result([], wanted)) == adequacy(result([passage(one)], [])) == 0.0


@pytest.mark.parametrize(
    ("name", "k"), [("P", 1), ("P", 5), ("R", 1), ("R", 5), ("nDCG", 3), ("nDCG", 10), ("RR", None)]
)
def test_rankings_agree_with_ir_measures_where_each_passage_holds_one_piece_at_most(name: str, k: int | None) -> None:
    rng = np.random.default_rng(5)
    found, pieces, wanted, ranked = [], [], {}, {}
    for number in range(200):
        count = int(rng.integers(1, 5))
        ids = [int(item) for item in rng.permutation(12)[: rng.integers(0, 9)]]  # those below `count` are right
        found.append([frozenset({item} if item < count else ()) for item in ids])
        pieces.append(count)
        wanted[str(number)] = {str(item): 1 for item in range(count)}
        ranked[str(number)] = {str(item): 1.0 / (rank + 1) for rank, item in enumerate(ids)}
    asked = ir_measures.parse_measure(name if k is None else f"{name}@{k}")
    expected = {row.query_id: row.value for row in ir_measures.iter_calc([asked], wanted, ranked)}
    scores = ranking_scores(found, pieces, name, k)
    assert scores.tolist() == pytest.approx([expected[str(number)] for number in range(200)], abs=1e-9)


def test_a_passage_may_hold_two_pieces_and_two_passages_one() -> None:
    both, again, nothing = frozenset({0, 1}), frozenset({0}), frozenset[int]()

    def score(passages: list[frozenset[int]], name: str, k: int | None = None, pieces: int = 3) -> float:
        return float(ranking_scores([passages], [pieces], name, k)[0])

    assert score([both, again], "R", 1) == pytest.approx(2 / 3)
    assert score([nothing, both], "R", 1) == 0.0
    assert score([both, again], "P", 2) == 1.0
    assert score([both], "P", 2) == 0.5
    assert score([nothing, again], "RR") == 0.5
    assert score([both], "nDCG", 5, pieces=2) == 1.0
    # Gains 0, 2, 0 of the ideal 2, 1: what is held again gains nothing.
    assert score([nothing, both, again], "nDCG", 5) == pytest.approx((2 / np.log2(3)) / (2 + 1 / np.log2(3)))


def test_no_result_has_no_ranking() -> None:
    assert ranking_scores([], [], "R", 5).tolist() == ranking_scores([], [], "RR").tolist() == []
