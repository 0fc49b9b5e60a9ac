from __future__ import annotations

import pytest

from bukti.claims.times import find_times, times_agree


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Gempa terjadi pukul 22.30 WIB dan 23.05 WIB.", "id", [("pukul 22.30 WIB", 1350, 7), ("23.05 WIB", 1385, 7)]),
        ("mulai pukul tiga sore waktu Indonesia bagian barat", "id", [("pukul tiga sore waktu Indonesia bagian barat", 900, 7)]),
        ("pukul 06.00 sampai 09.00 WIB", "id", [("pukul 06.00", 360, None), ("09.00 WIB", 540, 7)]),
        ("pukul 06.00 hingga 09.30", "id", [("pukul 06.00", 360, None), ("09.30", 570, None)]),
        ("pada pukul setengah sebelas malam", "id", [("pukul setengah sebelas malam", 1350, None)]),
        ("It opened at 9.40 am and closed at 10:30 p.m. western Indonesian time.", "en", [("9.40 am", 580, None), ("10:30 p.m. western Indonesian time", 1350, 7)]),
        ("at twenty past six in the evening, UTC", "en", [("twenty past six in the evening, UTC", 1100, 0)]),
        ("Harga naik 3.50 persen dan skor 21-18.", "id", []),
        ("at ſix o'clock", "en", [("at six o'clock", 360, None)]),
        ("It sailed at 1810 with 184 people and was secured at 0208.", "en", [("at 1810", 1090, None), ("at 0208", 128, None)]),
        ("Half of it is due by 2025 and 1200 homes by 2030.", "en", []),
        ("between 12 and 2 in the morning", "en", [("between 12", 0, None), ("and 2 in the morning", 120, None)]),
    ],
)  # fmt: skip
def test_times_of_day_are_read_with_their_zones(
    text: str, language: str, found: list[tuple[str, int, int | None]]
) -> None:
    read = find_times(text, language)
    assert [(time.span.of(text).replace("ſ", "s"), time.minute, time.zone) for time in read] == found


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ("pukul 17.00 WIT", "pukul tiga sore waktu Indonesia barat", True),
        ("pukul 22.30 WIB", "pukul 22.30 WITA", False),
        ("pukul 22.30", "pukul 22.30 WITA", True),
        ("pukul enam", "pukul 18.00", True),
        ("pukul enam pagi", "pukul 18.00", False),
    ],
)
def test_times_agree_by_the_clocks_of_their_zones(a: str, b: str, agree: bool) -> None:
    assert times_agree(find_times(a, "id")[0], find_times(b, "id")[0]) is agree
