from __future__ import annotations

import math
from itertools import pairwise

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.article import Span
from bukti.claims.claim import Bound, Quantity
from bukti.claims.quantities import find_quantities, quantities_agree


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("lebih dari 70 juta pengguna", "id", [("lebih dari 70 juta pengguna", 70e6, "pengguna", "more_than")]),
        ("sebanyak 3,5 miliar orang", "id", [("3,5 miliar orang", 3.5e9, "orang", "exact")]),
        ("harganya Rp15.000", "id", [("Rp15.000", 15000.0, "IDR", "exact")]),
        ("nilai Rp 1,5 triliun", "id", [("Rp 1,5 triliun", 1.5e12, "IDR", "exact")]),
        ("19 miliar dolar AS", "id", [("19 miliar dolar AS", 19e9, "USD", "exact")]),
        ("turun 4,9 persen", "id", [("4,9 persen", 4.9, "percent", "exact")]),
        ("selama enam jam", "id", [("enam jam", 6.0, "hour", "exact")]),
        ("dua puluh lima orang", "id", [("dua puluh lima orang", 25.0, "orang", "exact")]),
        ("sekitar 1.234.567,89 ton", "id", [("sekitar 1.234.567,89 ton", 1234567.89, "tonne", "about")]),
        ("3.5 juta orang", "id", [("3.5 juta orang", 3.5e6, "orang", "exact")]),
        ("it paid $3.5bn", "en", [("$3.5bn", 3.5e9, "USD", "exact")]),
        ("nearly 70,000 people", "en", [("nearly 70,000 people", 70000.0, "people", "about")]),
        ("half a million users", "en", [("half a million users", 500000.0, "users", "exact")]),
        ("70 million new users", "en", [("70 million new users", 70e6, "users", "exact")]),
        ("twenty-five ships", "en", [("twenty-five ships", 25.0, "ships", "exact")]),
        ("up to 12 percent", "en", [("up to 12 percent", 12.0, "percent", "at_most")]),
        (
            "turun dari 91 menjadi 84 persen",
            "id",
            [("91", 91.0, "percent", "exact"), ("84 persen", 84.0, "percent", "exact")],
        ),
        (
            "from 540 to 190 workers",
            "en",
            [("540", 540.0, "workers", "exact"), ("190 workers", 190.0, "workers", "exact")],
        ),
        ("kembali ke 90 persen", "id", [("90 persen", 90.0, "percent", "exact")]),
        ("HUT ke 80", "id", []),
        (
            "Twenty-two of its 67 stores",
            "en",
            [("Twenty-two", 22.0, None, "exact"), ("67 stores", 67.0, "stores", "exact")],
        ),
        ("pilgrims aged over 75", "en", [("over 75", 75.0, "year", "more_than")]),
        ("Presiden Costa Lima pergi", "id", []),
        ("kata Sari. Dua orang tewas", "id", [("Dua orang", 2.0, "orang", "exact")]),
        ("ujian kelas enam ditunda", "id", []),
        ("pada 4 Oktober 2021 pukul 10.07 WIB", "id", []),
        ("salah satu dari mereka", "id", []),
        ("one of them", "en", []),
        ("COVID-19, iPhone 13 and Article 5", "en", []),
        ("the 3rd time", "en", []),
        ("Pasal 27 ayat 3", "id", []),
        ("in 2013", "en", []),
        ("the 2021 outage", "en", []),
        ("a dividend of 7.5p a share, in 1080p", "en", [("7.5p", 7.5, "pence", "exact")]),
        ("35 nearby houses", "en", [("35 nearby houses", 35.0, "houses", "exact")]),
        ("Ann Lee is 44.", "en", [("44", 44.0, "year", "exact")]),
        ("Ann Lee, 52, resigned", "en", [("52", 52.0, "year", "exact")]),
        ("Rina Sari (41) menolak", "id", [("41", 41.0, "year", "exact")]),
        ("The total is 44.", "en", [("44", 44.0, None, "exact")]),
        ("menang 3-2 atas tamunya", "id", []),
        ("the council voted 5-2 on Monday", "en", []),
        ("10-15 orang", "id", [("10-15 orang", 10.0, "orang", "exact")]),
        ("Nilainya 0,75 PT Sinar Logam", "id", [("0,75", 0.75, None, "exact")]),
        ("sebanyak 12 PT di Tegal", "id", [("12 PT", 12.0, "pt", "exact")]),
    ],
)
def test_quantities_are_read_with_unit_and_bound(
    text: str, language: str, found: list[tuple[str, float, str | None, Bound]]
) -> None:
    read = find_quantities(text, language)
    assert [(item.span.of(text), item.value, item.unit, item.bound) for item in read] == found


@pytest.mark.parametrize(
    ("text", "language"), [("6-7 jam", "id"), ("antara 6 dan 7 jam", "id"), ("between 6 and 7 hours", "en")]
)
def test_ranges_have_two_ends(text: str, language: str) -> None:
    assert [(item.value, item.upper, item.unit) for item in find_quantities(text, language)] == [(6.0, 7.0, "hour")]


def quantity(value: float, unit: str | None = None, bound: Bound = "exact", upper: float | None = None) -> Quantity:
    return Quantity(span=Span(0, 1), value=value, unit=unit, bound=bound, upper=upper)


@pytest.mark.parametrize(
    ("claim", "evidence", "answer"),
    [
        (quantity(70e6), quantity(70e6), True),
        (quantity(70e6), quantity(7e6), False),
        (quantity(70e6, bound="more_than"), quantity(70e6), True),
        (quantity(10e6, bound="more_than"), quantity(10.6e6), True),
        (quantity(10e6, bound="more_than"), quantity(200e6), None),
        (quantity(10e6, bound="more_than"), quantity(5e6), False),
        (quantity(10e6), quantity(10e6, bound="more_than"), True),
        (quantity(171), quantity(129, bound="at_least"), None),
        (quantity(40), quantity(60, bound="less_than"), None),
        (quantity(94_000), quantity(1000, upper=99_999), None),
        (quantity(1000, upper=99_999), quantity(94_000), True),
        (quantity(10e6, bound="about"), quantity(10.6e6), True),
        (quantity(10e6, bound="about"), quantity(12e6), False),
        (quantity(25e6, bound="less_than"), quantity(15e6), None),
        (quantity(6, "hour"), quantity(360, "minute"), True),
        (quantity(6, "hour"), quantity(7, "hour"), False),
        (quantity(6, "hour"), quantity(6, "hour", upper=7), True),
        (quantity(8, "hour"), quantity(6, "hour", upper=7), False),
        (quantity(4.9, "percent"), quantity(4.88, "percent"), True),
        (quantity(5, "percent"), quantity(4.88, "percent"), False),
    ],
)
def test_numbers_agree_by_the_written_rule(claim: Quantity, evidence: Quantity, answer: bool | None) -> None:
    assert quantities_agree(claim, evidence) is answer


@given(st.integers(min_value=1, max_value=10**12), st.sampled_from(["id", "en"]))
def test_a_number_written_by_its_locale_is_read_back(value: int, language: str) -> None:
    text = f"total {format_decimal(value, locale=language)} kg"
    found = [item.value for item in find_quantities(text, language)]
    if not 1900 <= value <= 2099:
        assert found == [value]


@given(st.text(max_size=100), st.sampled_from(["id", "en"]))
def test_any_text_gives_spans_in_order_without_overlap(text: str, language: str) -> None:
    spans = [item.span for item in find_quantities(text, language)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "language", "value", "upper", "unit"),
    [
        ("Belasan rumah hanyut.", "id", 11, 19, "rumah"),
        ("It drowned thousands of its people.", "en", 1000, 99_999, "people"),
        ("Puluhan ribu warga mengungsi.", "id", 20_000, 99_000, "warga"),
        ("Dozens of people were hurt.", "en", 24, 99, "people"),
        ("Hundreds of thousands of homes lost power.", "en", 100_000, 999_000, "homes"),
    ],
)
def test_words_that_count_within_bounds_are_ranges(
    text: str, language: str, value: float, upper: float, unit: str
) -> None:
    (quantity,) = find_quantities(text, language)
    assert (quantity.value, quantity.upper, quantity.unit, quantity.bound) == (value, upper, unit, "about")


@pytest.mark.parametrize(
    "digits", ["9" * 5000, "0," + "0" * 5000 + "1", "1" + ".000" * 3000], ids=["whole", "decimals", "thousands"]
)
def test_a_row_of_digits_without_end_counts_nothing_and_harms_nothing(digits: str) -> None:
    assert [item.value for item in find_quantities(f"Sebanyak {digits} orang dan 5 kota", "id")][-1:] == [5.0]
    assert all(math.isfinite(item.value) for item in find_quantities("9" * 55 + " triliun rupiah", "id"))
