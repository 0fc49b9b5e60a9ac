from __future__ import annotations

import random

import numpy as np
import pytest

from bukti.claims.article import Span
from bukti.eval.pairing import article_of, cluster_of, pair_results, repeated_ids, similarity
from bukti.eval.results import CaseResult

TEXTS = [
    "Kapal itu tenggelam pada 8 Februari 2025.",
    "Sebanyak 26 orang meninggal dalam kecelakaan itu.",
    "Sebanyak 27 orang meninggal dalam kecelakaan itu.",
    "Presiden Joko Widodo meresmikan bendungan di Nusa Tenggara Timur.",
]


def claim(
    number: int, text: str, start: int, *, case: str = "a", gold: str | None = None, language: str = "id"
) -> CaseResult:
    return CaseResult(
        case=f"{case}/{number}", text=text, gold=gold, verdict="supported", probabilities=None,  # type: ignore[arg-type]
        span=Span(start, start + len(text)), language=language,
    )  # fmt: skip


def article(texts: list[str], *, first: int = 1, shift: int = 0) -> list[CaseResult]:
    return [claim(first + number, text, 100 * number + shift) for number, text in enumerate(texts)]


def names(pairing: object) -> list[tuple[str, str]]:
    return [(before.case, after.case) for before, after in pairing.pairs]  # type: ignore[attr-defined]


def plain(case: str, text: str = "t", gold: str | None = "supported") -> CaseResult:
    return CaseResult(case=case, text=text, gold=gold, verdict="supported", probabilities=None)  # type: ignore[arg-type]


def test_cases_are_paired_by_id_in_any_order() -> None:
    pairing = pair_results([plain("x"), plain("y"), plain("gone")], [plain("y"), plain("fresh"), plain("x")])
    assert names(pairing) == [("x", "x"), ("y", "y")]
    assert [row.case for row in pairing.missing] == ["gone"]
    assert [row.case for row in pairing.new] == ["fresh"]
    assert pairing.vanished == ()


@pytest.mark.parametrize("other", [plain("x", text="another"), plain("x", gold="refuted"), plain("x", gold=None)])
def test_an_id_with_another_claim_or_label_is_another_suite(other: CaseResult) -> None:
    pairing = pair_results([plain("x")], [other])
    assert pairing.changed == ("x",)
    assert pairing.pairs == pairing.missing == pairing.new == ()


def test_claims_are_paired_though_their_ids_moved() -> None:
    pairing = pair_results(article(TEXTS), article(TEXTS, first=7))
    assert names(pairing) == [("a/1", "a/7"), ("a/2", "a/8"), ("a/3", "a/9"), ("a/4", "a/10")]
    assert pairing.unmatched_share == 0.0


def test_an_old_id_on_another_claim_is_not_paired_by_it() -> None:
    pairing = pair_results(article(TEXTS[:2]), [claim(1, TEXTS[3], 300), claim(2, TEXTS[0], 0)])
    assert names(pairing) == [("a/1", "a/2")]
    assert [row.case for row in pairing.vanished] == ["a/2"]
    assert [row.case for row in pairing.new] == ["a/1"]
    assert pairing.unmatched_share == 0.5


def test_claims_that_count_differently_are_different_claims() -> None:
    assert not pair_results([claim(1, TEXTS[1], 0)], [claim(1, TEXTS[2], 0)]).pairs
    assert not pair_results([claim(1, TEXTS[0], 0)], [claim(1, TEXTS[0].replace("8", "9"), 0)]).pairs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sebanyak 70 juta orang pindah ke Telegram.", "Sebanyak 70.000.000 orang pindah ke Telegram."),
        ("About 1.5 million people left the capital city.", "About 1,500,000 people left the capital city."),
    ],
)
def test_one_number_written_in_two_ways_is_one(before: str, after: str) -> None:
    language = "id" if before.startswith("S") else "en"
    assert pair_results([claim(1, before, 0, language=language)], [claim(1, after, 0, language=language)]).pairs


def test_the_digits_count_in_a_language_without_number_words() -> None:
    assert not pair_results(
        [claim(1, "Es waren 26 Menschen.", 0, language="de")], [claim(1, "Es waren 27 Menschen.", 0, language="de")]
    ).pairs
    assert pair_results(
        [claim(1, "Es waren 26 Menschen.", 0, language="de")], [claim(1, "Es waren nur 26 Menschen.", 0, language="de")]
    ).pairs


def test_a_reworded_claim_is_paired_at_its_place_only() -> None:
    before, after = "Kapal itu tenggelam pada malam hari.", "Kapal itu karam pada malam hari."
    assert pair_results([claim(1, before, 0)], [claim(9, after, 2)]).pairs
    assert not pair_results([claim(1, before, 0)], [claim(9, after, 500)]).pairs


def test_another_label_is_another_claim() -> None:
    assert not pair_results([claim(1, TEXTS[0], 0, gold="supported")], [claim(1, TEXTS[0], 0, gold="refuted")]).pairs


def test_the_same_sentence_twice_is_paired_by_its_place() -> None:
    before = [claim(1, TEXTS[3], 0), claim(2, TEXTS[3], 400)]
    after = [claim(1, TEXTS[3], 400), claim(2, TEXTS[3], 0)]
    assert names(pair_results(before, after)) == [("a/1", "a/2"), ("a/2", "a/1")]


def test_claims_of_two_articles_are_never_paired() -> None:
    pairing = pair_results([claim(1, TEXTS[0], 0, case="a")], [claim(1, TEXTS[0], 0, case="b")])
    assert not pairing.pairs
    assert len(pairing.vanished) == len(pairing.new) == 1


def test_the_whole_is_matched_best_not_each_by_itself() -> None:
    # The first old claim is nearest to the first new one, but the second old one has no other.
    before = [claim(1, "a b c d e f", 0), claim(2, "a b c d", 0)]
    after = [claim(1, "a b c d e", 0), claim(2, "a b c d e f g", 0)]
    assert len(pair_results(before, after).pairs) == 2


def test_pairs_are_one_to_one_and_do_not_hang_on_the_order() -> None:
    generator = random.Random(11)
    words = "kapal tenggelam malam hari di laut utara jawa banyak orang selamat".split()
    before, after = (
        [claim(n, " ".join(generator.sample(words, 6)), 40 * (n % 7)) for n in range(25)] for _ in range(2)
    )
    wanted = names(pair_results(before, after))
    assert len({b for _, b in wanted}) == len({a for a, _ in wanted}) == len(wanted) > 0
    for _ in range(5):
        generator.shuffle(before)
        generator.shuffle(after)
        assert sorted(names(pair_results(before, after))) == sorted(wanted)


def test_similarity_is_the_formula_worked_by_hand() -> None:
    # Four of five words each: Dice 0.8. Spans 0-9 and 3-12: 6 of 12.
    a, b = claim(1, "a b c d e", 0), claim(2, "a b c d f", 3)
    assert similarity([a], [b]) == pytest.approx(np.array([[(2 * 0.8 + 0.5) / 3]]))


def test_what_a_row_belongs_to() -> None:
    assert article_of(claim(3, "t", 0, case="news/1")) == "news/1"
    assert article_of(plain("x/y")) is None
    assert cluster_of(plain("x/y")) == "x/y"
    assert cluster_of(claim(3, "t", 0)) == "a"
    assert repeated_ids([plain("x"), plain("y"), plain("x")]) == ["x"]
