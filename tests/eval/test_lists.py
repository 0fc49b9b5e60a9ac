from __future__ import annotations

import pytest

from bukti.eval.alignment import read_text
from bukti.eval.comparison import compare


@pytest.mark.parametrize(
    ("claim", "evidence", "languages", "differs"),
    [
        ("Harga beras di Demak turun.", "Harga beras di Demak naik.", "id id", True),
        ("Rice prices in Demak fell.", "Harga beras di Demak naik.", "en id", True),
        ("Harga beras di Demak naik.", "Harga beras di Demak tidak turun.", "id id", False),
        ("Harga beras di Demak naik.", "Harga beras di Demak naik setelah turun pada Mei.", "id id", False),
        ("Harga beras di Demak naik.", "Harga minyak di Bima turun.", "id id", False),
        ("Arrow is the longest tunnel in Demak.", "Arrow is the shortest tunnel in Demak.", "en en", True),
    ],
)
def test_opposites_differ_where_both_speak_of_the_same(
    claim: str, evidence: str, languages: str, differs: bool
) -> None:
    own, other = languages.split()
    assert compare(read_text(claim, own), read_text(evidence, other)).differs("negation") is differs


def test_a_body_is_the_same_under_its_letters_and_its_name() -> None:
    claim = read_text("PBB membuka kantor di Bima.", "id")
    assert compare(claim, read_text("The United Nations opened an office in Bima.", "en")).alignment.same_names()
