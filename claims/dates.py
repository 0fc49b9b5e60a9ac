"""Finds dates in Indonesian and English text and says whether two of them can be one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from bukti.claims.article import Span
from bukti.claims.claim import DateMention, Precision
from bukti.claims.language import ASCII_TWINS

__all__ = ["dates_agree", "find_dates"]


@cache
def _names(kind: str, language: str) -> dict[str, int]:
    """Gives lower-case month names (1-12) or day names (0-6, from Monday) of a language, wide and abbreviated."""
    from babel.dates import get_day_names, get_month_names

    read = get_month_names if kind == "month" else get_day_names
    found: dict[str, int] = {}
    for code in ("id", "en") if language == "id" else ("en", "id"):
        for width in ("wide", "abbreviated"):
            for number, name in read(width, locale=code).items():
                found.setdefault(str(name).lower().rstrip("."), int(number))
    if kind == "month":
        found |= {"agt": 8, "agst": 8, "sept": 9, "pebruari": 2, "nopember": 11}  # spellings that the press still uses
        return found
    return {name: number for name, number in (found | {"jum'at": 4, "ahad": 6}).items() if len(name) > 3}


_CENTURY_WORDS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first".split(),
        start=1,
    )
}
_ROMAN = {
    numeral: number
    for number, numeral in enumerate(
        "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI".split(), start=1
    )
}


def _any_of(words: Iterable[str]) -> str:
    """Gives a pattern of any of some words, the longest that fits; what several begin with is looked at once.

    >>> _any_of(["mar", "maret", "mei"])
    'm(?:ar(?:et)?|ei)'
    """
    rest: dict[str, list[str]] = {}
    for word in sorted(words):
        rest.setdefault(word[:1], []).append(word[1:])
    branches = [re.escape(first) + _any_of(ends) for first, ends in rest.items() if first]
    if not branches:
        return ""
    plain = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return plain if "" not in rest else f"{plain if len(branches) > 1 else f'(?:{plain})'}?"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A way to write a date."""

    kind: str
    pattern: re.Pattern[str]
    marks: frozenset[str]
    """Names of `_marks` without which it matches nothing."""
    words: frozenset[str]
    """Words in lower case without any of which it matches nothing; none if it needs none."""


@cache
def _patterns(language: str, *, with_days: bool) -> tuple[_Form, ...]:
    """Gives the forms of dates, the fullest first, so that a part of one is never read as another.

    Args:
        language: ISO 639-1 code.
        with_days: Whether a weekday may stand before a date; without, they are quicker and match the same in a text that names none.
    """
    month = rf"(?P<month>{_any_of(_names('month', language))})\.?"
    weekday = _any_of(_names("day", language))
    day = r"(?P<day>0?[1-9]|[12]\d|3[01])"
    year = r"(?P<year>1[5-9]\d\d|20\d\d)"
    part = r"(?P<part>awal|pertengahan|akhir|early|mid|late)[-\s]+(?:bulan\s+|tahun\s+|in\s+)?"
    lead = rf"(?:\b(?:hari\s+)?{weekday}\s*,?\s*(?:tanggal\s+)?)?" if with_days else ""
    hours = (
        rf"(?:\b(?:hari\s+)?{weekday}(?:\s+(?:pagi|siang|sore|malam|petang|dini\s+hari))?\s*,?\s*)?"
        if with_days
        else ""
    )
    cue = r"(?:pada|tahun|sejak|hingga|sampai|awal|akhir|pertengahan|in|since|by|until|during|from|of|year|early|late|mid-?)"
    parts = "awal pertengahan akhir early mid late"
    days = " ".join(_names("day", language))
    forms = [
        # kind, marks that must all stand in the text, words of which one must, form
        (
            "iso",
            "year /",
            "",
            r"(?<![\d.,/-])(?P<year>1[5-9]\d\d|20\d\d)[-/](?P<month>0[1-9]|1[0-2])[-/](?P<day>0[1-9]|[12]\d|3[01])(?![\d-])",
        ),
        (
            "range",
            "month digit",
            "",
            rf"\b(?P<first>0?[1-9]|[12]\d|3[01])\s?(?:[-–]|\s(?:sampai(?:\s+dengan)?|hingga|to|until)\s)\s?{day}(?:st|nd|rd|th)?\s+{month}(?:,?\s+{year})?(?!\w)",
        ),
        (
            "range",
            "month digit",
            "",
            rf"\b{month}\s+(?P<first>0?[1-9]|[12]\d|3[01])\s?[-–]\s?{day}(?:,?\s+{year})?(?![\w%])",
        ),
        ("words", "month year", "", rf"\b{lead}{day}(?:st|nd|rd|th)?(?:\s+of)?\s+{month},?\s+{year}\b"),
        ("words", "month year", "", rf"\b{lead}{month}\s+{day}(?:st|nd|rd|th)?,?\s+{year}\b"),
        ("numeric", "year /", "", rf"{lead}\(?(?<![\d.,/-])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{year}(?![\d/])\)?"),
        ("partial", "month digit", "", rf"\b{lead}{day}(?:st|nd|rd|th)?(?:\s+of)?\s+{month}(?!\s*\d)(?=\W|$)"),
        (
            "partial",
            "month digit",
            "",
            rf"\b{lead}{month}\s+{day}(?:st|nd|rd|th)?(?![\d%]|[.,]\d|\s*(?:percent|persen|juta|ribu|million))(?=\W|$)",
        ),
        (
            "partial_numeric",
            "( /",
            "",
            rf"{hours}\((?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})\)",
        ),
        (
            "quarter",
            "",
            "kuartal triwulan q",
            rf"\b(?:kuartal|triwulan|quarter|Q)\s*-?(?:ke-?)?(?P<quarter>IV|III|II|I|[1-4])(?:[/\s]+(?:tahun\s+)?{year})?(?!\w)",
        ),
        (
            "quarter",
            "",
            "kuartal triwulan",
            rf"\b(?:kuartal|triwulan)\s+(?P<quarter_word>pertama|kedua|ketiga|keempat)(?:\s+(?:tahun\s+)?{year})?(?!\w)",
        ),
        (
            "quarter",
            "",
            "quarter",
            rf"\b(?P<quarter_word>first|second|third|fourth)[-\s]quarter(?:\s+(?:of\s+)?{year})?(?!\w)",
        ),
        ("century", "", "abad", r"\babad\s+(?:ke-?\s?)?(?P<century>\d{1,2}|[XVI]{1,5})(?!\w)"),
        (
            "century",
            "",
            "century",
            rf"\b(?P<century>\d{{1,2}})(?:st|nd|rd|th)[-\s]century\b|\b(?P<century_word>{'|'.join(_CENTURY_WORDS)})[-\s]century\b",
        ),
        ("half", "", "semester", rf"\bsemester\s+(?P<half>II|I|[12])(?:[/\s]+(?:tahun\s+)?{year})?(?!\w)"),
        (
            "half",
            "year",
            "semester paruh",
            rf"\b(?:semester|paruh)\s+(?P<half_word>pertama|kedua)\s+(?:tahun\s+)?{year}(?!\w)",
        ),
        ("half", "year", "half", rf"\b(?:the\s+)?(?P<half_word>first|second)\s+half\s+(?:of\s+)?{year}(?!\w)"),
        ("part", "month", parts, rf"\b{part}{month}(?:,?\s+{year})?(?!\d)"),
        ("part", "year", parts, rf"\b{part}(?P<part_year>1[5-9]\d\d|20\d\d)(?!\d)"),
        ("month", "month year", "", rf"\b{month},?\s+{year}\b"),
        ("month_of", "month", "last next", rf"\b(?P<last_en>last|next)\s+{month}\b(?!\s*\d)"),
        (
            "month_of",
            "month",
            "lalu silam mendatang last",
            rf"\b{month}\s+(?P<last_id>tahun\s+lalu|lalu|silam|mendatang|last\s+year)\b",
        ),
        (
            "turn",
            "",
            "akhir awal end start",
            r"\b(?P<turn>akhir|awal|the\s+end\s+of\s+(?:the|this)|the\s+start\s+of\s+(?:the|this))\s+(?P<turn_unit>tahun|bulan|pekan|year|month|week)(?:\s+ini)?\b(?!\s*(?:lalu|depan|\d))",
        ),
        (
            "ago",
            "",
            "lalu ini depan kemarin silam berjalan sebelumnya",
            r"\b(?P<ago_unit>tahun|bulan|pekan|minggu)\s+(?P<ago>lalu|ini|depan|kemarin|silam|berjalan|sebelumnya)\b(?!\s+sebelum)",
        ),
        (
            "ago",
            "",
            "last this next previous",
            r"\b(?P<ago>last|this|next|the\s+previous)\s+(?P<ago_unit>year|month|week)\b",
        ),
        # "minggu" is a week as well as Sunday: the day has a capital, or "hari" before it.
        ("weekday", "", days, rf"\b(?:hari\s+)?(?!(?<!hari\s)(?-i:minggu\b))(?P<weekday>{weekday})\b(?!\s*\d)"),
        (
            "relative",
            "",
            "ini kemarin besok lusa today yesterday tomorrow",
            r"\b(?P<relative>hari ini|kemarin|besok|lusa|today|yesterday|tomorrow)\b",
        ),
        (
            "bare_month",
            "month",
            "",
            rf"\b(?:pada|bulan|sejak|hingga|sampai|dibandingkan|dari|selama|mulai|sepanjang|sebelum|setelah|sesudah|menjelang|per|in|since|by|until|during|from|through|throughout|before|after|of|for|the(?=\s\S+\s+[a-z]))\s+(?P<bare>{month})(?![\w\d])(?!\s+\d|\s+(?:be|have|not|also|still))",
        ),
        (
            "year",
            "year",
            "",
            rf"\b{cue}\s+(?:the\s+year\s+|tahun\s+)?(?P<span>{year})(?![\d-]|[.,/]\d|\s*(?:persen|percent|juta|ribu|orang|people))",
        ),
        (
            "year",
            "year",
            "",
            rf"\b(?!sebanyak|sekitar|dari|hampir|total|about|than|over|some|nearly|all)[a-z]{{3,}}\s+(?P<span>{year})(?=[\s,.;)]+(?!orang|people|users|pengguna|unit|kali)|$)",
        ),
        ("year", "year (", "", rf"\((?P<span>{year})\)"),
        ("year", "year", "", rf"(?<![\d.,/-])(?P<span>{year})(?=\s*[.,;)]?\s*$)"),
    ]
    return tuple(
        _Form(
            kind=kind,
            pattern=re.compile(form, re.IGNORECASE),
            marks=frozenset(marks.split()),
            words=frozenset(words.split()),
        )
        for kind, marks, words, form in forms
    )


@cache
def _marks(language: str) -> dict[str, re.Pattern[str]]:
    """Gives what forms may need to stand in a text, by name."""
    month = rf"\b{_any_of(_names('month', language))}"
    forms = {"digit": r"\d", "year": r"1[5-9]\d\d|20\d\d", "month": month, "/": r"[-/]", "(": r"\("}
    return {name: re.compile(form, re.IGNORECASE) for name, form in forms.items()}


@cache
def _words(language: str) -> tuple[str, ...]:
    """Gives all words of which some form needs one."""
    return tuple(sorted(frozenset().union(*(form.words for form in _patterns(language, with_days=True)))))


_COUNTED = re.compile(
    r"(?:\d|\b(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|belas|puluh|seratus|ratus|beberapa|setengah))\s+$",
    re.IGNORECASE,
)

_Found = tuple[str, Span, dict[str, str | None]]
"""A form's kind, where it stands, and the groups of its pattern."""


@lru_cache(maxsize=4096)
def _matches(text: str, language: str) -> tuple[_Found, ...]:
    """Gives all that has the form of a date, the fullest form first.

    No form is looked for in a text without the marks that it needs: there are many, and most texts have none of most.
    """
    lowered = text.lower()
    there = {name for name, mark in _marks(language).items() if mark.search(text)}
    found: list[_Found] = []
    said = {word for word in _words(language) if word in lowered}
    for form in _patterns(language, with_days=not said.isdisjoint(_names("day", language))):
        if not form.marks <= there or (form.words and form.words.isdisjoint(said)):
            continue
        for match in form.pattern.finditer(text):
            start, end = match.span({"year": "span", "bare_month": "bare"}.get(form.kind, 0))
            if form.kind == "ago" and _COUNTED.search(text[max(0, start - 20) : start]):
                continue  # "delapan tahun lalu" is not last year
            span = Span(start, end - text[start:end].endswith("."))
            found.append((form.kind, span, match.groupdict()))
    return tuple(found)


@lru_cache(maxsize=4096)
def find_dates(text: str, language: str, *, anchor: date | None) -> tuple[DateMention, ...]:
    """Finds dates.

    Args:
        text: One or more sentences.
        language: ISO 639-1 code; numeric dates are day first in any language but English, where one that could be
            month first is left out.
        anchor: The day the text is of. Dates without a year mean the latest such day up to it, or one of the three months after it; without an anchor
            they are left out.

    Returns:
        Dates in the order of the text, without overlap. Days that no calendar has are left out.
    """
    text = text.translate(ASCII_TWINS)
    found: list[DateMention] = []
    for kind, span, group in _matches(text, language):
        if any(span.overlaps(other.span) for other in found):
            continue
        try:
            mention = _read(kind, group, span, language, anchor)
        except (ValueError, OverflowError):  # before the year 1 or after 9999, counted from an anchor near there
            continue
        if mention is not None:
            found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.span))


def _read(
    kind: str, group: Mapping[str, str | None], span: Span, language: str, anchor: date | None
) -> DateMention | None:
    def said(name: str) -> str:
        return str(group[name])

    if kind == "year":
        year = int(said("year"))
        return _mention(span, date(year, 1, 1), date(year, 12, 31), "year")
    if kind == "century":
        figure = group.get("century") or ""
        number = (
            int(figure)
            if figure.isdigit()
            else _ROMAN.get(figure.upper(), 0) or _CENTURY_WORDS.get((group.get("century_word") or "").lower(), 0)
        )
        return (
            _mention(span, date(100 * number - 99, 1, 1), date(100 * number, 12, 31), "century")
            if 1 <= number <= 21
            else None
        )
    if kind == "month":
        year, month = int(said("year")), _names("month", language)[said("month").lower()]
        return _mention(span, date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")
    if kind in ("quarter", "half", "part", "month_of", "turn", "ago", "bare_month"):
        return _stretch(kind, group, span, language, anchor)
    if kind == "iso":
        return _day(span, int(said("year")), int(said("month")), int(said("day")))
    if kind == "words":
        return _day(span, int(said("year")), _names("month", language)[said("month").lower()], int(said("day")))
    if kind == "range":
        return _range(group, span, language, anchor)
    if kind == "numeric":
        order = _day_and_month(int(said("a")), int(said("b")), language)
        return _day(span, int(said("year")), order[1], order[0]) if order else None
    if anchor is None:
        return None
    if kind == "partial":
        return _latest(span, _names("month", language)[said("month").lower()], int(said("day")), anchor)
    if kind == "partial_numeric":
        order = _day_and_month(int(said("a")), int(said("b")), language)
        return _latest(span, order[1], order[0], anchor) if order else None
    resolved = _relative(said("weekday" if kind == "weekday" else "relative").lower(), language, anchor)
    return _mention(span, resolved, resolved, "day", anchored=True) if resolved else None


_NUMBER = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4,
    "pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4,
}  # fmt: skip


def _months(span: Span, year: int, first: int, last: int, precision: Precision, *, anchored: bool) -> DateMention:
    return _mention(
        span, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), precision, anchored=anchored
    )


def _stretch(
    kind: str, group: Mapping[str, str | None], span: Span, language: str, anchor: date | None
) -> DateMention | None:
    """Reads what is longer than a day: quarters, halves, "akhir 2023", "last month"."""
    year = int(str(group["year"])) if group.get("year") else None
    if year is None and anchor is None and not group.get("part_year"):
        return None
    anchored = year is None
    if kind in ("quarter", "half"):
        word = (
            group.get("quarter") or group.get("quarter_word") or group.get("half") or group.get("half_word") or ""
        ).lower()
        number = _NUMBER[word] if word in _NUMBER else int(word)
        size = 3 if kind == "quarter" else 6
        if year is None and anchor is not None:
            # The latest that had begun by the anchor.
            year = anchor.year if (number - 1) * size + 1 <= anchor.month else anchor.year - 1
        assert year is not None
        return _months(
            span,
            year,
            (number - 1) * size + 1,
            number * size,
            "quarter" if kind == "quarter" else "half_year",
            anchored=anchored,
        )
    if kind == "part":
        third = {"awal": 0, "early": 0, "pertengahan": 1, "mid": 1, "akhir": 2, "late": 2}[str(group["part"]).lower()]
        if group.get("part_year"):
            return _months(span, int(str(group["part_year"])), 4 * third + 1, 4 * third + 4, "quarter", anchored=False)
        month = _names("month", language)[str(group["month"]).lower()]
        if year is None:
            assert anchor is not None
            year = _year_of(month, anchor)
        last = calendar.monthrange(year, month)[1]
        return _mention(
            span,
            date(year, month, (1, 11, 21)[third]),
            date(year, month, (10, 20, last)[third]),
            "week",
            anchored=anchored,
        )
    assert anchor is not None
    if kind in ("month_of", "bare_month"):
        name = group.get("month") or ""
        month = _names("month", language)[name.lower()]
        says = (group.get("last_en") or group.get("last_id") or "").lower()
        if says in ("next", "mendatang"):
            year = anchor.year + (month <= anchor.month)
        elif says in ("tahun lalu", "last year"):
            year = anchor.year - 1
        elif says:
            year = anchor.year - (month >= anchor.month)
        else:
            year = _year_of(month, anchor)
        return _months(span, year, month, month, "month", anchored=True)
    unit = str(group.get("ago_unit") or group.get("turn_unit")).lower()
    if kind == "turn":
        first = bool(re.match(r"(?i)awal|the\s+start", str(group["turn"])))
        if unit in ("tahun", "year"):
            return _months(span, anchor.year, *((1, 4) if first else (9, 12)), "quarter", anchored=True)
        if unit in ("bulan", "month"):
            last = calendar.monthrange(anchor.year, anchor.month)[1]
            days = (1, 10) if first else (21, last)
            return _mention(span, anchor.replace(day=days[0]), anchor.replace(day=days[1]), "week", anchored=True)
        return None
    word = " ".join(str(group["ago"]).lower().split())
    step = 0 if word in ("ini", "this", "berjalan") else 1 if word in ("depan", "next") else -1
    if unit in ("tahun", "year"):
        return _months(span, anchor.year + step, 1, 12, "year", anchored=True)
    if unit in ("bulan", "month"):
        number = anchor.year * 12 + anchor.month - 1 + step
        return _months(span, number // 12, number % 12 + 1, number % 12 + 1, "month", anchored=True)
    monday = anchor - timedelta(days=anchor.weekday() - 7 * step)
    return _mention(span, monday, monday + timedelta(days=6), "week", anchored=True)


def _mention(span: Span, start: date, end: date, precision: Precision, *, anchored: bool = False) -> DateMention:
    return DateMention(span=span, start=start, end=end, precision=precision, anchored=anchored)


def _day(span: Span, year: int, month: int, day: int, *, anchored: bool = False) -> DateMention | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return _mention(span, found, found, "day", anchored=anchored)


def _day_and_month(a: int, b: int, language: str) -> tuple[int, int] | None:
    """Gives (day, month) of a numeric date, or None where English could mean either."""
    if language != "en" or a > 12 or a == b:
        return (a, b)
    return (b, a) if b > 12 else None


def _range(group: Mapping[str, str | None], span: Span, language: str, anchor: date | None) -> DateMention | None:
    """Reads "12–16 Oktober 2026"."""
    year, month = group["year"], _names("month", language)[str(group["month"]).lower()]

    def read(day: int) -> DateMention | None:
        if year:
            return _day(span, int(year), month, day)
        return _latest(span, month, day, anchor) if anchor else None

    first, last = read(int(str(group["first"]))), read(int(str(group["day"])))
    if first is None or last is None or first.start >= last.start:
        return None
    return replace(first, end=last.end, precision="week")


AHEAD = 92
"""How many days ahead of its text a day or month without a year may lie: hearings, elections and openings are told of before."""


def _year_of(month: int, anchor: date) -> int:
    """Gives the year of a month that is named without one."""
    return anchor.year - (month > anchor.month + AHEAD // 30)


def _latest(span: Span, month: int, day: int, anchor: date) -> DateMention | None:
    mention = _day(span, anchor.year, month, day, anchored=True)
    following = _day(span, anchor.year + 1, month, day, anchored=True)
    if following and following.start <= anchor + timedelta(days=31):  # in late December, 5 January is the next one
        return following
    # A few months ahead is an announcement; further ahead is last year's.
    if mention and mention.start > anchor + timedelta(days=AHEAD):
        mention = _day(span, anchor.year - 1, month, day, anchored=True)
    return mention


_SHIFTS = {"hari ini": 0, "kemarin": -1, "besok": 1, "lusa": 2, "today": 0, "yesterday": -1, "tomorrow": 1}
"""Days from the anchor."""


def _relative(words: str, language: str, anchor: date) -> date | None:
    """Reads "Monday" or "kemarin" against the anchor: a day of the week is the last one, on a Monday "Monday" is that day.

    None for a day beyond the calendar.
    """
    shift = _SHIFTS.get(words)
    if shift is None:
        shift = -((anchor.weekday() - _names("day", language)[words]) % 7)
    try:
        return anchor + timedelta(days=shift)
    except OverflowError:
        return None


def dates_agree(a: DateMention, b: DateMention) -> bool | None:
    """Says whether two dates can be one.

    Returns:
        True if one lies within the other, False if they have no day in common, None if they overlap in part.
    """
    if a.end < b.start or b.end < a.start:
        return False
    within = (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)
    return True if within else None
