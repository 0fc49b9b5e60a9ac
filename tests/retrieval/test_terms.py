from __future__ import annotations

import pytest

from bukti.retrieval.terms import best_matches, index_terms, match_matrix, query_terms, tokenize, translations


@pytest.mark.parametrize(
    ("text", "language", "stems"),
    [
        ("Penggunanya terganggu", "id", ["guna", "ganggu"]),
        ("kupu-kupu", "id", ["kupu"]),
        ("3,5 miliar", "id", ["3,5", "miliar"]),
        ("the users' founders", "en", ["the", "user", "founder"]),
        ("Facebook's", "en", ["facebook"]),
        ("", "en", []),
    ],
)
def test_words_have_stems(text: str, language: str, stems: list[str]) -> None:
    assert [token.stem for token in tokenize(text, language)] == stems


@pytest.mark.parametrize(
    ("word", "language", "translation"),
    [("pendiri", "id", "founder"), ("pengguna", "id", "user"), ("attack", "en", "serangan")],
)
def test_the_lexicon_translates_both_ways(word: str, language: str, translation: str) -> None:
    other = "en" if language == "id" else "id"
    assert tokenize(translation, other)[0].stem in translations(tokenize(word, language)[0].stem, language)


def test_negations_are_no_function_words() -> None:
    tokens = [*tokenize("tidak bukan belum tanpa", "id"), *tokenize("not no never without", "en")]
    assert not any(token.stop for token in tokens)


def test_a_name_matches_itself_across_languages() -> None:
    assert match_matrix(tokenize("Facebook", "id"), "id", tokenize("Facebook", "en"), "en") == [[1.0]]


def test_index_terms_leave_function_words_out_and_queries_add_translations() -> None:
    assert index_terms("yang pengguna", "id") == ["id:guna", "pengguna"]
    assert index_terms("the users", "en") == ["en:user", "users"]
    assert "en:user" in query_terms("pengguna", "id")


@pytest.mark.parametrize("languages", [("id", "id"), ("id", "en"), ("en", "id"), ("en", "fr"), ("id", "fr")])
def test_the_best_matches_are_the_first_highest_of_each_row_of_the_matrix(languages: tuple[str, str]) -> None:
    texts = {
        "id": "Pengguna Telegram naik 70 juta pada Senin, kata pendiri Telegram; penggunanya naik lagi",
        "en": "The founder of Telegram said users rose by 70 million on Monday; its user base rose again, rise by rise",
        "fr": "Telegram: 70 million user, le founder",
    }
    sides = [tokenize(texts[language], language) for language in languages]
    matrix = match_matrix(sides[0], languages[0], sides[1], languages[1])
    expected = [(max(row), row.index(max(row)) if max(row) else -1) for row in matrix]
    assert best_matches(sides[0], languages[0], sides[1], languages[1]) == expected
    assert best_matches(sides[0], languages[0], [], languages[1]) == [(0.0, -1)] * len(sides[0])
