"""Finds clock times in Indonesian and English text and says whether two of them can be one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bukti.claims.article import Span
from bukti.claims.language import ASCII_TWINS

__all__ = ["ClockTime", "find_times", "minutes_between", "times_agree"]

DAY = 24 * 60

ZONES = {
    "wib": 7, "wita": 8, "wit": 9, "utc": 0, "gmt": 0, "bst": 1, "cet": 1, "cest": 2, "jst": 9,
    "waktu indonesia barat": 7, "waktu indonesia bagian barat": 7, "western indonesian time": 7, "western indonesia time": 7,
    "waktu indonesia tengah": 8, "waktu indonesia bagian tengah": 8, "central indonesian time": 8, "central indonesia time": 8,
    "waktu indonesia timur": 9, "waktu indonesia bagian timur": 9, "eastern indonesian time": 9, "eastern indonesia time": 9,
    "jakarta time": 7,
}  # fmt: skip
"""Hours ahead of UTC."""

_ZONE = r"(?:,?\s*\(?(?P<zone>" + "|".join(sorted(map(re.escape, ZONES), key=len, reverse=True)) + r")\b\)?)?"
_HOURS = {
    "id": "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua\x00belas".split(),
    "en": "one two three four five six seven eight nine ten eleven twelve".split(),
}
_HOUR_WORD = {
    language: {word.replace("\x00", " "): number for number, word in enumerate(words, start=1)}
    for language, words in _HOURS.items()
}
_PART = {
    "id": r"(?:\s+(?P<part>pagi|siang|sore|petang|malam|dini\s+hari|subuh))?",
    "en": r"(?:\s*(?P<part>a\.?m\b\.?|p\.?m\b\.?|o'clock|in\s+the\s+(?:morning|afternoon|evening)|at\s+night))?",
}


def _word(language: str) -> str:
    return "|".join(sorted(_HOUR_WORD[language], key=len, reverse=True)).replace(" ", r"\s+")


_FORMS: dict[str, tuple[re.Pattern[str], ...]] = {
    "id": tuple(
        re.compile(form, re.IGNORECASE)
        for form in (
            rf"\b(?:pukul|jam)\s+(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d{{2}}))?(?!\d|[.,]\d){_PART['id']}{_ZONE}",
            rf"\b(?:pukul|jam)\s+(?P<half>setengah\s+)?(?P<word>{_word('id')})(?!\w){_PART['id']}{_ZONE}",
            r"(?<![\d.,:])(?P<hour>\d{1,2})[.:](?P<minute>\d{2})\s*(?P<zone>WIB|WITA|WIT|UTC|GMT)\b",
        )
    ),
    "en": tuple(
        re.compile(form, re.IGNORECASE)
        for form in (
            rf"(?<![\d.,:$])(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d{{2}}))?\s*(?P<part>[ap]\.?m\b\.?){_ZONE}",
            r"(?<![\d.,:$])(?P<hour>\d{1,2})[.:](?P<minute>\d{2})\s*(?P<zone>WIB|WITA|WIT|UTC|GMT|BST|CET|CEST|JST)\b",
            r"(?<![\d.,:$-])(?<!won\s)(?<!lost\s)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:-])",
            r"\b(?:at|by|from|until|till|to|around|about|since)\s+(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?:\s*(?P<zone>hours|hrs|WIB|WITA|WIT|UTC|GMT|BST|CET|CEST|JST)\b"
            r"|(?=\s*(?:[.,;)]|$)|\s+(?:with|and|on|in|the|to|for|by|after|when|as|but|while|local|that|yesterday|today|next)\b))",
            r"\b(?:between|from)\s+(?P<hour>\d{1,2})(?=\s+(?:and|to|until)\s+\d{1,2}\s+(?P<part>in\s+the\s+(?:morning|afternoon|evening)|at\s+night|[ap]\.?m\b))",
            r"\b(?:at|by|and|to|until|till|around|about)\s+(?P<hour>\d{1,2})\s+(?P<part>in\s+the\s+(?:morning|afternoon|evening)|at\s+night)\b",
            rf"\b(?:(?P<step>five|ten|a?\s*quarter|twenty-five|twenty|half)\s+(?P<way>past|to)\s+)(?P<word>{_word('en')})\b{_PART['en']}{_ZONE}",
            rf"\b(?:at|by|from|until|around)\s+(?P<word>{_word('en')})\s*(?P<part>o'clock(?:\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night))?|[ap]\.?m\b\.?|in\s+the\s+(?:morning|afternoon|evening)|at\s+night){_ZONE}",
        )
    ),
}
_STEPS = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time of day as it stands in a text."""

    span: Span
    """Where it stands in the text that was searched."""

    minute: int
    """Minutes since midnight, in [0, 1440)."""

    zone: int | None = None
    """Hours ahead of UTC, where the text says the zone."""

    half_day: bool = False
    """Whether it may as well be meant twelve hours later: "six o'clock", "pukul enam"."""


@lru_cache(maxsize=4096)
def find_times(text: str, language: str) -> tuple[ClockTime, ...]:
    """Finds times of day.

    Args:
        text: One or more sentences.
        language: ISO 639-1 code; any but Indonesian is read as English.

    Returns:
        Times in the order of the text, without overlap.

    >>> [time.minute for time in find_times("dari pukul 09.17 hingga pukul setengah sebelas malam", "id")]
    [557, 1350]
    """
    text = text.translate(ASCII_TWINS)
    found: list[ClockTime] = []
    for form in _FORMS.get(language, _FORMS["en"]):
        for match in form.finditer(text):
            if any(match.start() < other.span.end and other.span.start < match.end() for other in found):
                continue
            time = _read(match, language if language in _FORMS else "en")
            if time is not None:
                found.append(time)
    if language == "id":
        found += [
            end for time in found if (end := _up_to(text, time)) and not any(end.span.overlaps(o.span) for o in found)
        ]
    return tuple(sorted(found, key=lambda time: time.span))


_UP_TO = re.compile(
    rf"\s*(?:sampai(?:\s+dengan)?|hingga|s\.?[/]?d\.?|dan|[-–])\s*(?P<hour>\d{{1,2}})[.:](?P<minute>\d{{2}})(?!\d|[.,]\d){_PART['id']}{_ZONE}",
    re.IGNORECASE,
)


def _up_to(text: str, time: ClockTime) -> ClockTime | None:
    """Reads the end of "pukul 06.00 sampai 09.00", which has no word of its own that makes it a time."""
    match = _UP_TO.match(text, time.span.end)
    end = _read(match, "id") if match else None
    return replace(end, span=Span(match.start("hour"), end.span.end)) if match and end else None


def _read(match: re.Match[str], language: str) -> ClockTime | None:
    group = match.groupdict()
    word = group.get("word")
    hour = _HOUR_WORD[language][" ".join(word.lower().split())] if word else int(group["hour"] or 0)
    minute = int(group.get("minute") or 0)
    if group.get("half"):  # "setengah sebelas" is half an hour before eleven
        hour, minute = hour - 1, 30
    if group.get("step"):
        step = _STEPS[str(group["step"]).lower().removeprefix("a").strip()]
        hour, minute = (hour, step) if str(group["way"]).lower() == "past" else (hour - 1, 60 - step)
    if not 0 <= hour <= 24 or minute > 59 or _is_year(match, 100 * hour + minute):
        return None
    part = re.sub(r"[\s.]+", " ", (group.get("part") or "").lower()).strip()
    night = part.startswith(("malam", "dini", "at night"))
    later = (
        part in ("p m", "pm", "siang", "sore", "petang") or part.endswith(("afternoon", "evening", "night")) or night
    )
    if hour == 12 and (part in ("a m", "am") or part.endswith("morning") or night):
        hour = 0
    # "jam 3 malam" is in the small hours.
    elif later and hour < 12 and not (part == "siang" and hour in (10, 11)) and not (night and hour < 6):
        hour += 12
    said = (
        bool(part and part != "o'clock")
        or bool(group.get("minute") and hour > 12)
        or bool(group.get("zone") and not word)
    )
    # Indonesian print counts to twenty-four; only a word without a part of the day may be meant either way.
    half_day = not said and hour <= 12 and (language == "en" or bool(word))
    zone = ZONES.get(" ".join((group.get("zone") or "").lower().split()))
    return ClockTime(
        span=Span(match.start(), len(match.string[: match.end()].rstrip())),
        minute=(60 * hour + minute) % DAY,
        zone=zone,
        half_day=half_day,
    )


def _is_year(match: re.Match[str], number: int) -> bool:
    """Says whether four digits without a mark between them may be a year: "by 2025", unlike "at 0208" and "at 2340"."""
    group = match.groupdict()
    plain = group.get("minute") and f"{group['hour']}{group['minute']}" in match.group() and not group.get("zone")
    return bool(plain) and 1860 <= number <= 2099


def minutes_between(a: ClockTime, b: ClockTime) -> int:
    """Gives the minutes from `a` to the next `b`, in [0, 1440)."""
    ahead = 60 * ((a.zone or 0) - (b.zone or 0)) if a.zone is not None and b.zone is not None else 0
    return (b.minute - a.minute + ahead) % DAY


def times_agree(a: ClockTime, b: ClockTime, *, slack: int = 0) -> bool:
    """Says whether two times can be one, by the clock of their zones; without both zones, by what they say.

    Args:
        a: One time.
        b: Another.
        slack: Minutes that they may be apart.
    """
    apart = minutes_between(a, b)
    apart = min(apart, DAY - apart)
    if a.half_day or b.half_day:
        apart = min(apart, abs(apart - DAY // 2))
    return apart <= slack
