from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.article import Span
from bukti.claims.claim import DateMention
from bukti.claims.dates import _matches, _patterns, dates_agree, find_dates
from bukti.claims.language import ASCII_TWINS

WEDNESDAY = date(2021, 10, 6)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("pada Senin, 4 Oktober 2021", "id", [("Senin, 4 Oktober 2021", "2021-10-04", "2021-10-04")]),
        ("hari Senin, (4/10)", "id", [("hari Senin, (4/10)", "2021-10-04", "2021-10-04")]),
        ("(4/10/2021)", "id", [("(4/10/2021)", "2021-10-04", "2021-10-04")]),
        ("on Monday, October 4, 2021,", "en", [("Monday, October 4, 2021", "2021-10-04", "2021-10-04")]),
        ("4 Oct. 2021", "en", [("4 Oct. 2021", "2021-10-04", "2021-10-04")]),
        ("2021-10-04", "en", [("2021-10-04", "2021-10-04", "2021-10-04")]),
        ("pada Oktober 2021", "id", [("Oktober 2021", "2021-10-01", "2021-10-31")]),
        ("in 2013", "en", [("2013", "2013-01-01", "2013-12-31")]),
        ("pada tahun 2016.", "id", [("2016", "2016-01-01", "2016-12-31")]),
        ("on Monday", "en", [("Monday", "2021-10-04", "2021-10-04")]),
        ("Rabu", "id", [("Rabu", "2021-10-06", "2021-10-06")]),
        ("kemarin", "id", [("kemarin", "2021-10-05", "2021-10-05")]),
        ("lusa", "id", [("lusa", "2021-10-08", "2021-10-08")]),
        ("pada Jum'at lalu", "id", [("Jum'at", "2021-10-01", "2021-10-01")]),
        ("pada Rabu", "id", [("Rabu", "2021-10-06", "2021-10-06")]),
        ("25 December", "en", [("25 December", "2021-12-25", "2021-12-25")]),
        ("25 January", "en", [("25 January", "2021-01-25", "2021-01-25")]),
        ("12–16 Oktober 2026", "id", [("12–16 Oktober 2026", "2026-10-12", "2026-10-16")]),
        ("from 3 to 5 September", "en", [("3 to 5 September", "2021-09-03", "2021-09-05")]),
        ("October 12-16, 2020", "en", [("October 12-16, 2020", "2020-10-12", "2020-10-16")]),
        ("menang 3-1 Oktober", "id", [("1 Oktober", "2021-10-01", "2021-10-01")]),
        ("mulai Desember", "id", [("Desember", "2021-12-01", "2021-12-31")]),
        ("sepanjang Januari", "id", [("Januari", "2021-01-01", "2021-01-31")]),
        ("kuartal ketiga 2020", "id", [("kuartal ketiga 2020", "2020-07-01", "2020-09-30")]),
        ("paruh pertama 2020", "id", [("paruh pertama 2020", "2020-01-01", "2020-06-30")]),
        ("delapan tahun lalu", "id", []),
        ("31 Februari 2021", "id", [("Februari 2021", "2021-02-01", "2021-02-28")]),
        ("4/5/2021", "en", []),
        ("sebanyak 2000 orang", "id", []),
    ],
)
def test_dates_are_read_against_the_day_of_publication(
    text: str, language: str, found: list[tuple[str, str, str]]
) -> None:
    read = find_dates(text, language, anchor=WEDNESDAY)
    assert [(item.span.of(text), item.start.isoformat(), item.end.isoformat()) for item in read] == found


@pytest.mark.parametrize("text", ["Senin", "4/10", "(4/10)", "kemarin"])
def test_partial_dates_without_an_anchor_are_left_out(text: str) -> None:
    assert find_dates(text, "id", anchor=None) == ()


@pytest.mark.parametrize("language", ["ace", "zxx", "fr"])
def test_dates_of_another_language_are_read_by_the_names_that_are_known(language: str) -> None:
    text = "4 May 2020"
    assert [item.span.of(text) for item in find_dates(text, language, anchor=None)] == [text]


def span_of_days(start: str, end: str) -> DateMention:
    return DateMention(span=Span(0, 1), start=date.fromisoformat(start), end=date.fromisoformat(end), precision="day")


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        (("2021-10-04", "2021-10-04"), ("2021-10-04", "2021-10-04"), True),
        (("2021-10-04", "2021-10-04"), ("2021-01-01", "2021-12-31"), True),
        (("2021-10-04", "2021-10-04"), ("2021-10-11", "2021-10-11"), False),
        (("2016-01-01", "2016-12-31"), ("2014-01-01", "2014-12-31"), False),
        (("2021-01-01", "2021-06-30"), ("2021-06-01", "2021-12-31"), None),
    ],
)
def test_dates_agree_when_one_lies_in_the_other(a: tuple[str, str], b: tuple[str, str], answer: bool | None) -> None:
    assert dates_agree(span_of_days(*a), span_of_days(*b)) is answer


@given(st.text(max_size=100), st.sampled_from(["id", "en"]))
def test_any_text_gives_dates_in_order_without_overlap(text: str, language: str) -> None:
    spans = [item.span for item in find_dates(text, language, anchor=WEDNESDAY)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_letters_that_only_look_like_ascii_raise_nothing() -> None:
    assert find_dates("on 3 ſeptember 2024", "en", anchor=None)[0].start == date(2024, 9, 3)
    assert find_dates("Aprıl 2024", "en", anchor=None)[0].precision == "month"


PARTS = """awal akhir mid late tahun bulan pekan ini lalu depan silam last next year month first second half quarter kuartal IV Q3 abad ke-19 XIX 19th
nineteenth century semester II Senin Minggu hari minggu Monday jum'at (4/10) 4/10/2021 2021-10-04 4 Oktober, May may 2021 1998. (2013) pada in since the
end of start today kemarin İni ſenin sebanyak orang .""".split()


@given(text=st.lists(st.sampled_from(PARTS), max_size=9).map(" ".join), language=st.sampled_from(["id", "en", "de"]))
def test_no_form_of_a_date_matches_where_its_marks_are_missing(text: str, language: str) -> None:
    text = text.translate(ASCII_TWINS)
    everywhere = [
        match.groupdict() for form in _patterns(language, with_days=True) for match in form.pattern.finditer(text)
    ]
    assert [group for _, _, group in _matches(text, language)] == everywhere


@pytest.mark.parametrize("anchor", [date.min, date.max])
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tahun lalu, tahun depan, minggu lalu, minggu depan, bulan depan, Desember lalu", "id"),
        ("last year, next year, last week, next week, yesterday, tomorrow", "en"),
    ],
)
def test_days_beyond_the_calendar_are_left_out(text: str, language: str, anchor: date) -> None:
    found = find_dates(text, language, anchor=anchor)
    assert all(mention.start <= mention.end for mention in found)
    assert len(found) < 6
