from __future__ import annotations

import pytest

from bukti.claims.article import Span
from bukti.claims.speech import quotation_of
from bukti.eval.quotes import check_quote
from bukti.retrieval.sources import Passage


def passage(text: str, language: str = "id") -> Passage:
    return Passage(id="p-1", source_id="s-1", span=Span(100, 100 + len(text)), text=text, language=language)


CLAIM = 'Gubernur Harsa Wicaksana mengatakan, "Kenaikan ini kami tempuh agar rupiah tetap stabil."'


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("“Kenaikan ini kami tempuh agar rupiah tetap stabil,” kata Harsa Wicaksana. Rapat usai.", "found"),
        ('Harsa hadir. "Kenaikan ini kami tempuh agar rupiah tetap stabil," ujarnya.', "found"),
        ('"Kenaikan ini kami tempuh agar rupiah tetap stabil," kata Maharani Sudiro.', "other_speaker"),
        ("Harsa Wicaksana menyebut kenaikan itu menjaga rupiah.", "not_found"),
    ],
)
def test_a_quote_is_found_with_its_speaker_with_another_or_not_at_all(text: str, state: str) -> None:
    found = check_quote(CLAIM, [passage(text)])
    assert found is not None
    assert found.state == state
    if found.span:
        assert "Kenaikan ini" in text[found.span.start - 100 : found.span.end - 100]


def test_who_is_quoted_by_the_right_name_anywhere_is_found() -> None:
    wrong = passage('"Kenaikan ini kami tempuh agar rupiah tetap stabil," kata Maharani Sudiro.')
    right = Passage(
        id="p-2", source_id="s-2", span=Span(0, 80), language="id",
        text='"Kenaikan ini kami tempuh agar rupiah tetap stabil," kata Harsa.',
    )  # fmt: skip
    for order in ([wrong, right], [right, wrong]):
        found = check_quote(CLAIM, order)
        assert found is not None
        assert (found.state, found.passage) == ("found", right)


def test_a_few_words_in_marks_are_no_quotation() -> None:
    assert quotation_of('Operasi "Sapu Bersih" dimulai.') is None
    assert check_quote("Tanpa kutipan.", [passage("x")]) is None
