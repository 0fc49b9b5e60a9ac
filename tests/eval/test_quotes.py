from __future__ import annotations

import pytest

from bukti.claims.article import Span
from bukti.claims.speech import quotation_of
from bukti.eval.quotes import check_quote, says_only
from bukti.retrieval.sources import Passage


def passage(text: str, language: str = "id", name: str = "p-1") -> Passage:
    return Passage(id=name, source_id=name, span=Span(100, 100 + len(text)), text=text, language=language)


CLAIM = 'Gubernur Harsa Wicaksana mengatakan, "Kenaikan ini kami tempuh agar rupiah tetap stabil."'
WORDS = "Kenaikan ini kami tempuh agar rupiah tetap stabil"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"“{WORDS},” kata Harsa Wicaksana. Rapat usai.", "found"),
        (f'Harsa hadir. "{WORDS}," ujarnya.', "found"),
        (f'Harsa Wicaksana meninjau pasar. "{WORDS}," ujarnya di Jakarta, Senin.', "found"),
        (f'"{WORDS}. Kami menunggu hasilnya," kata Harsa.', "found"),
        (f'"{WORDS}," kata Maharani Sudiro.', "other_speaker"),
        (f'Maharani Sudiro hadir. "{WORDS}," ujarnya.', "not_found"),
        (f'"Tidak benar {WORDS} dan kuat," kata Harsa Wicaksana.', "not_found"),
        (f"{WORDS}, menurut Harsa Wicaksana.", "not_found"),
        ("Harsa Wicaksana menyebut kenaikan itu menjaga rupiah.", "not_found"),
    ],
)
def test_a_quote_is_found_with_its_speaker_with_another_or_not_at_all(text: str, state: str) -> None:
    found = check_quote(CLAIM, [passage(text)])
    assert found is not None
    assert found.state == state
    if found.span:
        assert WORDS in text[found.span.start - 100 : found.span.end - 100]


def test_a_place_or_a_reporter_is_no_speaker() -> None:
    claim = '"We will rebuild the whole city," said Ann Lee in London.'
    for text, state in (
        ('"We will rebuild the whole city," said Bob Roy in London.', "other_speaker"),
        ('Ann Lee spoke. "We will rebuild the whole city," she told Reuters in London.', "found"),
    ):
        found = check_quote(claim, [passage(text, "en")])
        assert found is not None
        assert found.state == state


def test_a_figure_in_a_quote_is_not_cut_out_of_another() -> None:
    claim = 'Harsa mengatakan, "5 persen warga akan pindah tahun ini."'
    for figure in ("25 persen", "0,5 persen"):
        found = check_quote(claim, [passage(f'"{figure} warga akan pindah tahun ini," kata Harsa.')])
        assert found is not None
        assert found.state == "not_found"


def test_who_is_quoted_by_the_right_name_anywhere_is_found() -> None:
    wrong = passage(f'"{WORDS}," kata Maharani Sudiro.')
    right = passage(f'"{WORDS}," kata Harsa.', name="p-2")
    for order in ([wrong, right], [right, wrong]):
        found = check_quote(CLAIM, order)
        assert found is not None
        assert (found.state, found.passage) == ("found", right)


def test_a_few_words_in_marks_are_no_quotation() -> None:
    assert quotation_of('Operasi "Sapu Bersih" dimulai.') is None
    assert check_quote("Tanpa kutipan.", [passage("x")]) is None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        (CLAIM, True),
        ('Ann Lee said on 3 May 2024, after 500 people died in Leeds, "We will rebuild the whole city."', False),
    ],
)
def test_what_a_claim_tells_beside_its_quotation_is_not_borne_out_by_it(text: str, only: bool) -> None:
    assert says_only(text) is only
