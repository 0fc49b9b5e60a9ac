from __future__ import annotations

import pytest

from bukti.eval.marks import (
    ALONE,
    ALONE_NUMBER,
    GREATER,
    LESS,
    MAX_CLAIM_TOKENS,
    MAX_TOKENS,
    PLAIN,
    SAME,
    TRANSLATED,
    mark_pair,
    read_texts,
)
from bukti.retrieval.embedded import tokenizer


def marks(claim: tuple[str, str], premise: tuple[str, str]) -> dict[str, int]:
    """Gives the mark of each piece of the claim."""
    a, b = read_texts([claim[0], premise[0]], [claim[1], premise[1]], tokenizer())
    ids, types = mark_pair(a, b)
    pieces = [tokenizer().id_to_token(number) for number in ids]
    return dict(zip(pieces[1 : pieces.index("[SEP]")], types[1:], strict=False))


def test_a_word_is_marked_by_whether_the_other_side_has_it_too() -> None:
    found = marks(("The ministry approved 70 permits.", "en"), ("Permits: the ministry granted 71.", "en"))
    assert found == {
        "the": PLAIN, "ministry": SAME, "approved": ALONE, "70": LESS, "permits": SAME, ".": PLAIN,
    }  # fmt: skip


def test_a_translation_of_the_lexicon_is_a_counterpart() -> None:
    found = marks(("Users rose.", "en"), ("Jumlah pengguna naik.", "id"))
    assert found["users"] == TRANSLATED


@pytest.mark.parametrize(
    ("claim", "premise", "mark"),
    [
        (("1,250,000 people", "en"), ("1.250.000 orang", "id"), SAME),
        (("1,250,000 people", "en"), ("1,25 juta orang", "id"), SAME),
        (("3.5 percent", "en"), ("3,5 persen", "id"), SAME),
        (("3.5 percent", "en"), ("3.5 persen", "id"), SAME),  # written the English way in Indonesian
        (("1.250 people", "en"), ("1.250 orang", "id"), ALONE_NUMBER),
        (("12 people", "en"), ("13 orang dan 40 mobil", "id"), LESS),
        (("70 million people", "en"), ("7 juta orang", "id"), GREATER),
        (("1999 it rose", "en"), ("2.000 orang", "id"), LESS),
        (("12 people", "en"), ("5.000 orang", "id"), ALONE_NUMBER),
        (("12 people", "en"), ("banyak orang", "id"), ALONE_NUMBER),
        (("0 people", "en"), ("12 orang", "id"), ALONE_NUMBER),
        (("22.30 it rose", "en"), ("22.30 WIB", "id"), SAME),
    ],
)
def test_a_number_is_compared_by_value_with_the_nearest_of_the_other_side(
    claim: tuple[str, str], premise: tuple[str, str], mark: int
) -> None:
    assert next(iter(marks(claim, premise).values())) == mark


def test_the_passage_has_the_claims_marks_plus_one() -> None:
    a, b = read_texts(["Gold fell.", "Gold rose."], ["en", "en"], tokenizer())
    assert mark_pair(a, b)[1] == [0, SAME, ALONE, PLAIN, 0, SAME + 1, ALONE + 1, PLAIN + 1, PLAIN + 1]


def test_a_cut_keeps_each_piece_with_its_word() -> None:
    text = read_texts(["Gubernur Bank Indonesia berpidato"], ["id"], tokenizer())[0]
    half = text.cut(1, 3)
    assert [half.surfaces[word] for word in half.words] == ["bank", "indonesia"]


def test_a_text_without_words_is_a_text() -> None:
    empty, dots = read_texts(["", "..."], ["id", "en"], tokenizer())
    assert mark_pair(empty, dots)[1] == [0, 0, 1, 1, 1, 1]


def test_a_pair_is_never_longer_than_the_model_reads() -> None:
    long = " ".join(["kata"] * 400)
    a, b = read_texts([long, long], ["id", "id"], tokenizer())
    ids, types = mark_pair(a, b)
    assert len(ids) == len(types) == MAX_TOKENS
    assert ids.index(102) == MAX_CLAIM_TOKENS + 1
