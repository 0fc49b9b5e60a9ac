"""Figures compared: what a claim counts, dates and times, against what the evidence does.

A figure of the claim agrees with the evidence, differs from it, can be worked out of it (a duration from two times, a share from two
counts), or the evidence has nothing to compare it with. What was worked out or agrees never supports by itself: two
numbers may be equal by chance. What differs counts only where both speak of the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Literal

from bukti.claims.article import Span
from bukti.claims.claim import DateMention, Quantity
from bukti.claims.dates import dates_agree
from bukti.claims.quantities import base_value, find_scores, quantities_agree, unit_dimension
from bukti.claims.times import ClockTime, minutes_between, times_agree
from bukti.eval.alignment import MATCH, Alignment, Text
from bukti.retrieval.terms import Token, match_matrix

__all__ = ["Finding", "compare_figures", "other_time"]

AGED = 13
"""From this number on a bare number may be an age: "a woman of 91"."""

NEAR_DAYS = 10
"""A report speaks of what happened up to this many days before it without saying the date again."""

DAYS_OF_MONTH = 30.44

RATIO_UNITS = frozenset({"kali", "times"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one figure of the claim."""

    check: Literal["quantity", "date"]
    """What was compared."""

    claim: Span
    """The figure in the claim."""

    evidence: Span | None
    """What it was compared with, or None where the evidence has nothing to compare it with."""

    agrees: bool | None
    """Whether they agree; None where nothing could be compared."""

    worked_out: bool = False
    """Whether it was worked out of several figures of the evidence."""

    converted: bool = False
    """Whether it is given in another unit there."""


def other_time(claim: Text, evidence: Text) -> bool:
    """Says whether the evidence is dated to another time than the claim: then its numbers are another event's."""
    if claim.dates and evidence.dates:
        if any(_year_in(own, evidence) for own in claim.dates):
            return False
        return all(_same_time(own, claim, other, evidence) is False for own in claim.dates for other in evidence.dates)
    if claim.dates and evidence.day:  # what was written before cannot know
        return all(own.start > _later(evidence.day, 1) for own in claim.dates)
    # What gives no date is of its text's year, unless it tells of the past: then it differs from nothing by that.
    if claim.dates or claim.day is None:
        return False
    years = [mention.end.year for mention in evidence.dates] or ([evidence.day.year] if evidence.day else [])
    return bool(years) and all(year < claim.day.year - 1 for year in years)


def compare_figures(claim: Text, evidence: Text, alignment: Alignment, *, elsewhen: bool) -> list[Finding]:
    """Compares every quantity, date and time of the claim with the evidence.

    Args:
        claim: The claim.
        evidence: The evidence.
        alignment: Their words.
        elsewhen: Whether the evidence is of another time, so that its numbers differ from nothing.
    """
    spans = (
        [item.span for item in claim.quantities]
        + [item.span for item in claim.dates]
        + [item.span for item in claim.times]
    )
    same_topic = alignment.same_topic(spans)

    def differs(span: Span) -> bool:
        return same_topic and not elsewhen and alignment.holds_around(span, claim.text)

    return [
        *(_quantity(item, claim, evidence, differs=differs(item.span)) for item in claim.quantities),
        *_scores(claim, evidence, differs),
        *(_date(item, claim, evidence, differs=same_topic) for item in claim.dates),
        *(_time(item, claim, evidence, differs=differs(item.span)) for item in claim.times),
    ]


def _scores(claim: Text, evidence: Text, differs: Callable[[Span], bool]) -> Iterator[Finding]:
    """Compares what two sides won or voted: the only score of the evidence is another one, or the same."""
    taken = [item.span for item in claim.dates] + [item.span for item in claim.times]
    own = [each for each in find_scores(claim.text) if not any(each[0].overlaps(span) for span in taken)]
    others = find_scores(evidence.text) if own else []
    for span, score in own:
        same = next((other for other, each in others if each == score), None)
        another = others[0][0] if len(others) == len(own) == 1 and differs(span) else None
        yield Finding(
            check="quantity",
            claim=span,
            evidence=same or another,
            agrees=True if same else False if another else None,
        )


# Quantities --------------------------------------------------------------------------------------------------------


def _quantity(quantity: Quantity, claim: Text, evidence: Text, *, differs: bool) -> Finding:
    answers = [
        (other, quantities_agree(quantity, other))
        for other in evidence.quantities
        if _same_unit(quantity, claim, other, evidence) and _is_shift(quantity, claim) == _is_shift(other, evidence)
    ]
    agreeing = next((other for other, answer in answers if answer), None)
    known = None if agreeing else _in_passing(quantity, evidence) or _of_the_rest(quantity, claim, evidence)
    if known:
        return Finding(check="quantity", claim=quantity.span, evidence=known, agrees=True)
    differing = [other for other, answer in answers if answer is False]
    differs = differs and quantity.unit not in RATIO_UNITS
    # "two of the 14 huts" counts two things at once: a whole differs from a whole only, and what is counted of it from another count.
    whole = _is_whole(quantity, claim)
    if any(_is_whole(other, evidence) != whole for other in differing):
        differs = False
    if agreeing is None and differs and differing and len(differing) == len(answers) == 1:
        # The one figure of this kind is another: that some sum of others comes out right is chance.
        return Finding(check="quantity", claim=quantity.span, evidence=differing[0].span, agrees=False)
    agreeing = agreeing or _equal_number(quantity, evidence)
    if agreeing is not None:
        measured = unit_dimension(quantity.unit) is not None
        # Rounding is reckoning: "55 percent" for 54.6, "nearly 89,000" for 88,966.
        converted = (measured and agreeing.unit != quantity.unit) or agreeing.value != quantity.value
        return Finding(check="quantity", claim=quantity.span, evidence=agreeing.span, agrees=True, converted=converted)
    closely = _closely(quantity, claim)
    for worked, span in _worked_out(quantity, claim, evidence):
        if quantities_agree(closely, worked):
            return Finding(check="quantity", claim=quantity.span, evidence=span, agrees=True, worked_out=True)
    if differs and differing and len(differing) == len(answers):
        # "113 km away, 86 km deep" beside "113 km away, 68 km deep": the figure that is no other one's answer.
        free = [other for other in differing if not any(quantities_agree(each, other) for each in claim.quantities)]
        return Finding(check="quantity", claim=quantity.span, evidence=(free or differing)[0].span, agrees=False)
    return Finding(check="quantity", claim=quantity.span, evidence=None, agrees=None)


_OF_MORE = re.compile(
    r"(?:\b(?:of|among)(?:\s+(?:the|all|those))?|\bdari(?:\s+(?:total|sebanyak|jumlah|seluruhnya|keseluruhan|semua))*)\s+$",
    re.IGNORECASE,
)


_SHIFT = re.compile(
    r"\s+(?:late|early|earlier|later|ago|ahead|behind|before|after|overdue|(?:yang\s+)?lalu|kemudian|silam|terlambat|lebih\s+(?:cepat|lambat|awal)|sebelum\w*|setelah|sesudah)\b",
    re.IGNORECASE,
)


def _is_shift(quantity: Quantity, text: Text) -> bool:
    """Says whether a length of time tells how far off something was, not how long it took: "three months late"."""
    return (
        unit_dimension(quantity.unit) in ("time", "months") and _SHIFT.match(text.text, quantity.span.end) is not None
    )


def _is_whole(quantity: Quantity, text: Text) -> bool:
    """Says whether a figure is of what the figure before it is a part: the 14 of "two of the 14 huts"."""
    return _OF_MORE.search(text.text[: quantity.span.start]) is not None


def _same_unit(a: Quantity, a_text: Text, b: Quantity, b_text: Text) -> bool:
    """Says whether two quantities count the same."""
    left, right = unit_dimension(a.unit), unit_dimension(b.unit)
    if left is not None or right is not None:
        return left == right
    if a.unit is None or b.unit is None:
        # A bare number may be compared with a bare number only: "10 fires" is no answer to "10".
        return a.unit == b.unit
    rows = match_matrix(_counted(a, a_text), a_text.language, _counted(b, b_text), b_text.language)
    return any(weight >= MATCH for row in rows for weight in row)


def _counted(quantity: Quantity, text: Text) -> list[Token]:
    """Gives the counted noun and the word after it: "problem reports" counts what "laporan masalah" counts."""
    start = quantity.span.end - len(quantity.unit or "")
    found: list[Token] = []
    for token in text.tokens:
        if token.span.start < start:
            continue
        if found and re.search(r"[,.;:()]", text.text[found[-1].span.end : token.span.start]):
            break
        if len(found) == 2:
            break
        found.append(token)
    return [token for token in found if not token.stop]


def _equal_number(quantity: Quantity, evidence: Text) -> Quantity | None:
    """Gives a count of the evidence that is the same number, whatever noun it has: "two crossings" are "two sailings"."""
    if unit_dimension(quantity.unit) is not None:
        return None
    return next(
        (
            other
            for other in evidence.quantities
            if unit_dimension(other.unit) is None and quantities_agree(quantity, other)
        ),
        None,
    )


def _in_passing(quantity: Quantity, evidence: Text) -> Span | None:
    """Gives a number that the evidence gives without counting anew: "the two newer reactors", "dua lainnya", "twice", "none is under 30"."""
    if quantity.unit in RATIO_UNITS:
        found = _RATIOS[quantity.value].search(evidence.text) if quantity.value in _RATIOS else None
        return Span(*found.span()) if found else None
    if quantity.unit == "year":  # an age is often given without its unit
        bare = (other for other in evidence.quantities if other.unit is None)
        return next((other.span for other in bare if quantities_agree(replace(quantity, unit=None), other)), None)
    if unit_dimension(quantity.unit) is not None:
        return None
    if quantity.unit is None and quantity.value >= AGED:  # "a woman of 91"
        aged = (other for other in evidence.quantities if other.unit == "year" and other.value == quantity.value)
        if found_age := next(aged, None):
            return found_age.span
    # "1,286 houses stood in water, 94 of them were carried off": the second number has no noun of its own.
    bare = (other for other in evidence.quantities if other.unit is None and other.value == quantity.value)
    if found_bare := next(bare, None):
        return found_bare.span
    for match in _DEFINITE.finditer(evidence.text):
        word = next(filter(None, match.group("both", "en", "id", "en_others", "id_others")))
        if word.lower() in _SMALL.get(quantity.value, ()):
            return Span(*match.span())
    return None


def _of_the_rest(quantity: Quantity, claim: Text, evidence: Text) -> Span | None:
    """Gives the share of those that did, where a claim gives the share of those that did not: 62 percent for 38, or the reverse."""
    if quantity.unit != "percent" or bool(_DENYING.search(claim.text)) == bool(_DENYING.search(evidence.text)):
        return None
    for other in evidence.quantities:
        rest = replace(other, value=100 - other.value)
        if (
            other.unit == "percent"
            and other.upper is None
            and 0 < other.value < 100
            and quantities_agree(quantity, rest)
        ):
            return other.span
    return None


_DENYING = re.compile(
    r"\b(?:tidak|tak|belum|bukan|tanpa|not|never|without|no|none|\w+n['’]t|stay\w*\s+(?:away|at\s+home))\b",
    re.IGNORECASE,
)

_SMALL: dict[float, tuple[str, ...]] = {
    float(number): words
    for number, words in enumerate(
        zip(
            "one two three four five six seven eight nine ten".split(),
            "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh".split(),
            strict=True,
        ),
        start=1,
    )
}
_FEW = {name: "|".join(words[at] for words in list(_SMALL.values())[1:]) for at, name in enumerate(("en", "id"))}
_SMALL[2.0] = (*_SMALL[2.0], "both")
_DEFINITE = re.compile(
    rf"\b(?:(?P<both>both)(?=\s+(?!the\b)[a-z])|(?:the|these|those|all|its|their|his|her|our)\s+(?P<en>{_FEW['en']})(?=\s+[a-z])|ke(?P<id>{_FEW['id']})(?:nya\b|(?=\s+[a-z]))"
    rf"|(?P<en_others>one|{_FEW['en']})\s+(?:others?|more|of\s+(?:them|which|whom))\b"
    rf"|(?P<id_others>satu|{_FEW['id']})\s+(?:\w+\s+)?(?:lainnya|di\s+antaranya)\b)",
    re.IGNORECASE,
)
_RATIOS = {
    2.0: re.compile(r"\b(?:twice|twofold|doubl(?:e|ed|es|ing)|dua\s+kali|berlipat\s+ganda)\b", re.IGNORECASE),
    3.0: re.compile(r"\b(?:threefold|tripl(?:e|ed|es|ing)|tiga\s+kali)\b", re.IGNORECASE),
    4.0: re.compile(r"\b(?:fourfold|quadrupl(?:e|ed|es|ing)|empat\s+kali)\b", re.IGNORECASE),
}


CLOSELY = 0.05
"""How far what is worked out of two figures may be off "about 34 percent": two figures of a text give a dozen results, one of which is always near."""


def _closely(quantity: Quantity, claim: Text) -> Quantity:
    """Gives a quantity with what "about" allows drawn in where it is given by two figures or more: "about a third" and "about 30" are rough."""
    figures = re.sub(r"[^\d]", "", quantity.span.of(claim.text)).strip("0")
    if quantity.bound != "about" or quantity.upper is not None or len(figures) < 2:
        return quantity
    low, high = quantity.value * (1 - CLOSELY), quantity.value * (1 + CLOSELY)
    return replace(quantity, value=low, upper=high, bound="exact")


_CHANGE = re.compile(
    r"\b(?:naik|turun|tumbuh|susut|kenaikan|penurunan|pertumbuhan|peningkatan|(?:me|ber)?(?:ningkat|tambah|kurang)\w*|(?:me|mem)(?:bengkak|lonjak|nurun|lesat|rosot|nanjak|nguat|lemah|nyusut|mangkas|naik)\w*|anjlok"
    r"|lonjakan|lebih|di\s*(?:naik|turun|kurang|pangkas|tambah|potong)\w*|rise|rises|rose|risen|rising|fall|falls|fell|fallen|falling|grow\w*|grew|increas\w*|decreas\w*|declin\w*|drop\w*|gain\w*|lost|lose|loses"
    r"|cut|cuts|cutting|reduc\w*|rais\w*|lower\w*|up|down|higher|more|less|fewer|bigger|larger|smaller|jump\w*|surg\w*|soar\w*|slump\w*|shr[aiu]nk\w*|slid|climb\w*|widen\w*|expan\w*"
    r"|chang\w*|ubah|berubah|perubahan|slash\w*|plung\w*|advanc\w*|improv\w*|add\w*)\b",
    re.IGNORECASE,
)
"""What a percentage that is no share of something tells: that something became more or less, or is so beside another."""


def _worked_out(quantity: Quantity, claim: Text, evidence: Text) -> Iterator[tuple[Quantity, Span]]:
    """Gives what can be worked out of two figures of the evidence in the claim's unit, each with the span of the two."""
    dimension = unit_dimension(quantity.unit)
    others = evidence.quantities
    changes = dimension == "percent" and bool(
        _CHANGE.search(claim.text[: quantity.span.start] + claim.text[quantity.span.end :])
    )

    def made(value: float, unit: str | None, a: Span, b: Span) -> tuple[Quantity, Span]:
        return Quantity(span=a, value=value, unit=unit), Span(min(a.start, b.start), max(a.end, b.end))

    def loosely(value: float, unit: str, a: Span, b: Span) -> tuple[Quantity, Span]:
        worked, span = made(0.97 * value, unit, a, b)
        return replace(worked, upper=1.03 * value), span

    if dimension in ("time", "months"):
        for a, b in combinations(evidence.times, 2):
            yield made(minutes_between(a, b), "minute", a.span, b.span)
        days = [(mention.start, mention.span) for mention in evidence.dates if mention.precision == "day"]
        known = [*days, *((mention.start, None) for mention in claim.dates if mention.precision == "day")]
        known += [(evidence.day, None)] if evidence.day else []
        for (first, span), (second, other) in combinations(known, 2):
            place = span or other
            if place is None:
                continue
            apart = abs((second - first).days)
            for value in (apart, apart + 1):  # "from 16 to 18 March" is two days, or three with both of them
                yield made(float(value), "day", place, other or place)
                if value > 25:
                    yield loosely(value / DAYS_OF_MONTH, "month", place, other or place)
        for mention in evidence.dates:
            if mention.precision == "week":  # "12–16 Oktober"
                apart = (mention.end - mention.start).days
                for value in (apart, apart + 1):
                    yield made(float(value), "day", mention.span, mention.span)
        long = [mention for mention in evidence.dates if mention.precision in ("year", "month", "day")]
        for first_, second_ in combinations(long, 2):
            months = abs((second_.start.year - first_.start.year) * 12 + second_.start.month - first_.start.month)
            yield made(float(months), "month", first_.span, second_.span)
        # A month is no fixed number of days, but 90 days are three months to whoever reports them.
        for other_ in others:
            if unit_dimension(other_.unit) in ("time", "months"):
                yield loosely(_days(other_), "day", other_.span, other_.span)
                yield loosely(_days(other_) / DAYS_OF_MONTH, "month", other_.span, other_.span)
    for one, two in combinations(others, 2):
        left, right = unit_dimension(one.unit), unit_dimension(two.unit)
        if "percent" in (left, right) and left != right:
            share, whole = (one, two) if left == "percent" else (two, one)
            if unit_dimension(whole.unit) == dimension:  # "520 tonnes, half of it": 260, and the rest
                unit = quantity.unit if dimension is None else whole.unit
                for part in (share.value, 100 - share.value):
                    yield made(whole.value * part / 100, unit, one.span, two.span)
        if left != right:
            continue
        a_, b_ = base_value(one), base_value(two)
        if dimension == "points" and left == "percent":
            yield made(abs(a_ - b_), "percentage_point", one.span, two.span)
        elif left == dimension != "percent" and (dimension is not None or quantity.unit not in RATIO_UNITS):
            unit = quantity.unit if dimension is None else one.unit
            scale = 1.0 if dimension is None else one.value / a_ if a_ else 1.0
            yield made((a_ + b_) * scale, unit, one.span, two.span)
            yield made(abs(a_ - b_) * scale, unit, one.span, two.span)
        if a_ and b_ and (dimension == "percent" or quantity.unit in RATIO_UNITS):
            low, high = sorted((a_, b_))
            if dimension == "percent" and left != "percent":
                yield made(round(100 * low / high, 1), "percent", one.span, two.span)
                yield made(round(100 * (high - low) / high, 1), "percent", one.span, two.span)
                if changes:
                    yield made(round(100 * (high - low) / low, 1), "percent", one.span, two.span)
            elif quantity.unit in RATIO_UNITS:
                yield made(round(high / low, 1), quantity.unit, one.span, two.span)


def _days(quantity: Quantity) -> float:
    return (
        base_value(quantity) / 86400.0
        if unit_dimension(quantity.unit) == "time"
        else base_value(quantity) * DAYS_OF_MONTH
    )


# Dates -------------------------------------------------------------------------------------------------------------

_FROM = re.compile(
    r"\b(?:after|since|from|setelah|sesudah|sejak|mulai|dari)\s+(?:the\s+|year\s+|tahun\s+|pada\s+|tanggal\s+)*$",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"\b(?:before|until|till|by|as of|sebelum|hingga|sampai|menjelang)\s+(?:the\s+|year\s+|tahun\s+|pada\s+|tanggal\s+)*$",
    re.IGNORECASE,
)


def _opened(mention: DateMention, text: str) -> DateMention:
    """Gives the time that is meant: "after 1998" reaches on from there, "before 2017" up to there."""
    before = text[: mention.span.start]
    if _FROM.search(before):
        return replace(mention, end=date.max)
    if _UP_TO.search(before):
        return replace(mention, start=date.min)
    return mention


def _weekday_only(mention: DateMention, text: Text) -> bool:
    """Says whether a text gives no more than "Monday": which one that is hangs on the day of publication."""
    return mention.anchored and mention.precision == "day" and not any(map(str.isdigit, mention.span.of(text.text)))


def _same_time(own: DateMention, claim: Text, other: DateMention, evidence: Text) -> bool | None:
    """Says whether two dates can be one; None where that is open."""
    weekdays = _weekday_only(own, claim), _weekday_only(other, evidence)
    if weekdays == (False, False):
        mine, theirs = _opened(own, claim.text), _opened(other, evidence.text)
        if (mine.end, theirs.end) == (date.max, date.max) or (mine.start, theirs.start) == (date.min, date.min):
            return dates_agree(own, other)  # "since 2013" is not "since 2019", though both reach on
        return dates_agree(mine, theirs)
    answer = dates_agree(own, other)
    if answer or all(weekdays):
        return answer
    if own.precision == other.precision == "day":
        if own.start.weekday() == other.start.weekday():
            # It is the last Monday before the day of publication or the next one, as its sentence has it.
            full, told = (other, claim.day) if weekdays[0] else (own, evidence.day)
            return True if told and abs((full.start - told).days) <= 7 else None
        return None if abs((own.start - other.start).days) > 7 else False
    return answer or None


def _date(mention: DateMention, claim: Text, evidence: Text, *, differs: bool) -> Finding:
    answers = [(other, _same_time(mention, claim, other, evidence)) for other in evidence.dates]
    agreeing = next((other for other, answer in answers if answer), None)
    if agreeing is not None:
        return Finding(check="date", claim=mention.span, evidence=agreeing.span, agrees=True)
    if year := _year_in(mention, evidence):
        return Finding(check="date", claim=mention.span, evidence=year, agrees=True)
    if counted := _date_from(mention, evidence):
        return Finding(check="date", claim=mention.span, evidence=counted, agrees=True, worked_out=True)
    day = evidence.day
    if day and not evidence.dates and mention.start <= _later(day, 1) and day <= _later(mention.end, NEAR_DAYS):
        return Finding(check="date", claim=mention.span, evidence=None, agrees=True)
    differing = [other for other, answer in answers if answer is False]
    if not differs or not differing or len(differing) < len(answers):
        return Finding(check="date", claim=mention.span, evidence=None, agrees=None)
    once = bool(_ONCE.search(claim.text))
    for other in differing:
        # The day on which somebody said it is not the day on which it happened; and what happens every year happens on other days.
        told = _weekday_only(other, evidence) and _TOLD.search(evidence.text)
        near = abs((other.start - mention.start).days) <= SAME_EVENT_DAYS
        if not told and (near or once):
            return Finding(check="date", claim=mention.span, evidence=other.span, agrees=False)
    return Finding(check="date", claim=mention.span, evidence=None, agrees=None)


def _date_from(mention: DateMention, evidence: Text) -> Span | None:
    """Gives where the evidence counts the claim's day from one of its own: "ten days after 18 August"."""
    if mention.precision != "day":
        return None
    for other in evidence.dates:
        for length in evidence.quantities:
            days = base_value(length) / 86400 if unit_dimension(length.unit) == "time" else 0.0
            if other.precision == "day" and days >= 1 and abs(abs((mention.start - other.start).days) - days) < 1:
                return Span(min(other.span.start, length.span.start), max(other.span.end, length.span.end))
    return None


SAME_EVENT_DAYS = 60
"""Dates further apart are of two events, unless the event can happen once only."""

_ONCE = re.compile(
    r"\b(?:didirikan|mendirikan|pendiri\w*|dibentuk|lahir|dilahirkan|wafat|meninggal|menikah|dibangun|membangun|diluncurkan|meluncurkan|disahkan|diresmikan|ditandatangani|diakuisisi|"
    r"mengakuisisi|dibeli|membeli|diciptakan|ditemukan|ditulis|diangkat|merdeka|founded|founders?|established|born|died|married|built|launched|enacted|inaugurated|signed|acquired|bought|"
    r"created|invented|discovered|written|appointed)\b",
    re.IGNORECASE,
)
"""What happens to a thing once."""

_TOLD = re.compile(
    r"\b(?:kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|papar|menurut|mengatakan|menyatakan|menjelaskan|menegaskan|mengungkapkan|dibicarakan|melaporkan|dilaporkan|mengumumkan|diumumkan|beredar|said|says|told|added|according|reported|announced)(?:nya)?\b",
    re.IGNORECASE,
)


def _year_in(mention: DateMention, evidence: Text) -> Span | None:
    """Gives where a year stands in the evidence, however it is put: "around 1932", "a 2021 survey"."""
    if mention.precision != "year" or mention.anchored:
        return None
    found = re.search(rf"(?<![\d.,]){mention.start.year}(?!\d|[.,]\d)", evidence.text)
    return Span(*found.span()) if found else None


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days) if day < date.max - timedelta(days=days) else date.max


def _time(time: ClockTime, claim: Text, evidence: Text, *, differs: bool) -> Finding:
    slack = max(
        [_slack(claim.text, time.span), *(_slack(evidence.text, other.span) for other in evidence.times)], default=0
    )
    same = next((other for other in evidence.times if times_agree(time, other, slack=slack)), None)
    if same is None:
        # "landed at 05:00, 90 minutes behind schedule": the schedule said 03:30.
        same = next(
            (
                other
                for other in evidence.times
                for length in evidence.quantities
                if unit_dimension(length.unit) == "time"
                for way in (-1, 1)
                if times_agree(time, replace(other, minute=(other.minute + way * int(base_value(length) // 60)) % 1440))
            ),
            None,
        )
    if same is not None:
        return Finding(check="date", claim=time.span, evidence=same.span, agrees=True)
    if differs and len(evidence.times) == 1:
        return Finding(check="date", claim=time.span, evidence=evidence.times[0].span, agrees=False)
    return Finding(check="date", claim=time.span, evidence=None, agrees=None)


_ABOUT_TIME = re.compile(
    r"(?:sekitar|kira-kira|menjelang|about|around|shortly|some|nearly)\s+(?:pukul\s+|before\s+|after\s+)?$",
    re.IGNORECASE,
)


def _slack(text: str, span: Span) -> int:
    """Gives the minutes that a time may be off by: "about four", "sekitar pukul 16.00"."""
    near = _ABOUT_TIME.search(text[max(0, span.start - 30) : span.start]) or re.match(
        r"(?i)sekitar|kira-kira", span.of(text)
    )
    return 15 if near else 0
