from __future__ import annotations

import pytest

from bukti.eval.alignment import read_text
from bukti.eval.subject import names_of, speaks_of, subject_of
from bukti.retrieval.terms import beginnings


@pytest.mark.parametrize(
    ("claim", "source", "speaks"),
    [
        ("Semua jenazah korban longsor di Sidarata sudah dikenali.", "Longsor Kalirata: semua jenazah sudah dikenali.", False),
        ("Semua jenazah korban longsor di Sidarata sudah dikenali.", "Longsor di desa Sidarata. Tiga jenazah belum dikenali.", True),
        ("The ferry Halmahera sank off Makian.", "Kapal feri tenggelam di barat Pulau Makian.", True),
        ("Harga beras di Jerman naik.", "Rice got dearer in Germany.", True),
        ("Sebuah kapal tenggelam pada Selasa, 4 Februari 2025.", "A ship sank.", True),
        ("Ekspor nikel ke Taiwan turun.", "Exports to the Taiwanese market fell.", True),
        ("Telegram didirikan oleh Pavel Durov.", "Telegram berdiri pada 2013.", True),
        ("Wakil ketua KNKT mengatakan kapal kelebihan muatan.", "The National Transportation Safety Committee said the ship was overloaded.", True),
    ],
)  # fmt: skip
def test_a_source_speaks_of_a_claim_if_it_has_one_of_its_rare_names(claim: str, source: str, speaks: bool) -> None:
    language = "en" if claim.startswith("The") else "id"
    assert speaks_of(subject_of(read_text(claim, language)), beginnings(source)) is speaks


@pytest.mark.parametrize(
    ("claim", "language", "names"),
    [
        ("Pabrik di Gresik milik Puspa Laut.", "id", [{"gresi"}, {"puspa"}]),
        ("The state hospital RSUD Bumi Ardhanari is open.", "en", [{"ardha"}]),
        ("Most of the soybeans are grown in Indonesia.", "en", []),
        ("Presiden Jokowi tiba pada Kamis.", "id", [{"jokow", "joko", "widod"}]),
        ("Sebuah kapal tenggelam.", "id", []),
    ],
)
def test_the_rare_names_of_a_claim_are_those_that_no_lexicon_translates(
    claim: str, language: str, names: list[set[str]]
) -> None:
    assert [set(name) for name in names_of(read_text(claim, language))] == names
