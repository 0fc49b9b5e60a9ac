from __future__ import annotations

import pytest

from bukti.eval.alignment import read_text
from bukti.eval.comparison import compare

PLANT = "PT Sinar Logam membuka pabrik di Tegal pada Oktober 2021."
PLAN = "The council approved the plan on Monday."


@pytest.mark.parametrize(
    ("claim", "evidence", "language"),
    [
        (PLANT, "PT Sinar Logam membuka pabrik baru di Tegal pada 4 Oktober 2021.", "id"),
        (PLANT, "Hujan turun. Menurut bupati, PT Sinar Logam membuka pabrik di Tegal tadi pagi, pada 4 Oktober 2021.", "id"),
        ("PT Sinar Logam membuka pabrik di Tegal.", "Pada 4 Oktober 2021 PT Sinar Logam membuka pabrik baru di Tegal.", "id"),
        (PLAN, "The council approved the new plan on Monday, to loud applause.", "en"),
        ("The council has not approved the plan.", "The council has not approved the new plan.", "en"),
    ],
)  # fmt: skip
def test_a_sentence_with_words_left_out_is_known(claim: str, evidence: str, language: str) -> None:
    assert compare(read_text(claim, language), read_text(evidence, language)).shortened


@pytest.mark.parametrize(
    ("claim", "evidence", "language"),
    [
        (PLAN, "The council has not approved the plan on Monday.", "en"),
        (PLAN, "The council would have approved the plan on Monday.", "en"),
        (PLAN, "Had the council approved the plan on Monday?", "en"),
        (PLAN, "Rumours that the council approved the plan on Monday are rife.", "en"),
        (PLAN, "The council met. The board approved the plan on Monday.", "en"),
        (PLAN, "The council committee approved the plan on Monday.", "en"),
        ("Mark Lee paid the firm.", "Mark Lee was accused of having paid the firm.", "en"),
        ("The firm built a school.", "The firm built a school bus.", "en"),
        ("Nurses are retested every year.", "Nurses are retested every five years.", "en"),
        ("Last year salt cost Rp3,700 a kilogram.", "Salt cost Rp3,700 a kilogram; last year it was Rp450.", "en"),
        ("The Poltava is a container ship.", "The Poltava and the container ship Mistral collided.", "en"),
        ("Pesawat itu mengangkut bantuan dari Pidie.", "Pesawat itu mengangkut bantuan ke Pidie.", "id"),
        ("Polisi menangkap dua pelaku di Garut.", "Polisi membantah menangkap dua pelaku di Garut.", "id"),
        ("Budi Santoso membuka warung di Garut.", "Budi Santoso dilarang membuka warung di Garut.", "id"),
        ("Budi Santoso membuka warung di Garut.", "Anak Budi Santoso membuka warung di Garut.", "id"),
        ("Budi Santoso membuka warung di Garut.", "Warga mengira Budi Santoso membuka warung di Garut.", "id"),
        ("Budi Santoso membuka warung di Garut.", "Unggahan palsu: Budi Santoso membuka warung di Garut.", "id"),
        ("Vita tersengat ubur-ubur saat pemanasan.", "Vita dan Ester tersengat ubur-ubur saat pemanasan.", "id"),
    ],
)  # fmt: skip
def test_what_is_left_out_may_turn_the_rest(claim: str, evidence: str, language: str) -> None:
    assert not compare(read_text(claim, language), read_text(evidence, language)).shortened
