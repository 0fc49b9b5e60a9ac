from __future__ import annotations

import pytest

from bukti.retrieval.duplicates import first_of_each, near_duplicates

REPORT = "Banjir bandang melanda dua desa di Kabupaten Demak pada Senin malam dan merendam 412 rumah, kata kepala BPBD setempat."


@pytest.mark.parametrize(
    ("other", "copies"),
    [
        (REPORT, True),
        (REPORT.replace("kata kepala BPBD setempat", "ujar kepala BPBD setempat"), True),
        (f"DEMAK - {REPORT}", True),
        (REPORT.replace("412", "1.412"), False),
        (REPORT[:40], False),
        ("Kepala BPBD setempat mengatakan 412 rumah di dua desa terendam.", False),
        ("", False),
    ],
)
def test_copies_share_words_order_and_figures(other: str, copies: bool) -> None:
    assert near_duplicates(REPORT, other) is copies
    assert near_duplicates(other, REPORT) is copies


def test_each_text_is_counted_with_the_first_it_copies() -> None:
    assert first_of_each([REPORT, "Lain sama sekali.", REPORT + " (ant)", "Lain sama sekali."]) == [0, 1, 0, 1]
