"""Mutation: makes of a true claim others that cannot be true together with it.

A harness that accepts the claim and accepts a mutant of it too has not read what was changed. Every operator knows the places
it can change with certainty, by closed lists, and leaves the others: a mutant that is no sentence or may still be true would
count against a harness that is right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeVar, get_args

from bukti.claims.article import Span
from bukti.claims.claim import Attribution, DateMention, Quantity
from bukti.claims.dates import dates_agree, find_dates
from bukti.claims.frame import Frame, frame_of
from bukti.claims.grammar import INVERTED
from bukti.claims.names import Name, find_names
from bukti.claims.predicates import find_predicate
from bukti.claims.quantities import find_quantities, unit_dimension
from bukti.claims.speech import find_report, find_speech
from bukti.claims.words import Word, tag_names, tag_texts

__all__ = ["BY_NAME", "OPERATORS", "Mutation", "Operator", "mutate"]

Operator = Literal[
    "number",
    "unit",
    "date",
    "name",
    "negation",
    "antonym",
    "quantifier",
    "speaker",
    "ordinal",
    "comparison",
]
"""What is changed."""

OPERATORS: tuple[Operator, ...] = get_args(Operator)
"""All operators, in the order of their mutants."""

BY_NAME: frozenset[Operator] = frozenset({"name", "speaker"})
"""Operators whose mutants are false because nobody and no place has the invented name. Their mutants are not supported by what
supports the claim; that they are refuted by it holds only where the claim is true of one alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One mutant of a claim."""

    operator: Operator
    """What was changed."""

    text: str
    """The mutant: the claim with `after` in the place of `span`."""

    span: Span
    """The part of the claim that was changed; from the first mention to the last where a name was changed everywhere."""

    before: str
    """That part as it was."""

    after: str
    """That part as it is."""


_Edit = tuple[Span, str]
_T = TypeVar("_T")


def mutate(text: str, language: str, *, attribution: Attribution | None = None, seed: int = 0) -> tuple[Mutation, ...]:
    """Makes mutants of a claim.

    Args:
        text: The claim, one sentence that is true.
        language: ISO 639-1 code; none but ``id`` and ``en`` has mutants.
        attribution: Who is said to have said it, where that is known; found in the text otherwise.
        seed: Another seed gives other numbers, dates and names in the same places.

    Returns:
        Mutants without repetition, in the order of `OPERATORS`, then of the text; none where nothing can be changed with
        certainty. One text, language, attribution and seed give one result.
    """
    claim = _read(text, language, attribution, seed)
    if claim is None:
        return ()
    found: dict[str, Mutation] = {}
    for operator in OPERATORS:
        for span, after in _EDITS[operator](claim):
            before = span.of(text)
            mutant = text[: span.start] + after + text[span.end :]
            if before and mutant != text and mutant not in found and _article_agrees(claim, span, after):
                found[mutant] = Mutation(operator=operator, text=mutant, span=span, before=before, after=after)
    return tuple(found.values())


# The claim --------------------------------------------------------------------------------------------------------

_ANCHOR = date(2024, 6, 12)
"""A day to read "Monday" and "4/10" from: only whether two dates can be one is asked."""

_FOLDED = re.compile(r"[\u017f\u0131\u0130\u212a]")
"""Letters that a pattern takes for s, i or k and a table of words does not know."""

_DENIAL = {
    "id": re.compile(r"(?i)\b(?:tidak|tak|bukan(?:lah)?|belum|tanpa|jangan|tiada|enggan|mustahil)\b"),
    "en": re.compile(
        r"(?i)\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|hardly|barely|scarcely)\b|n['’]t\b"
    ),
}
"""Words under which a changed figure or name may be as true as the one before."""

_CONDITION = {
    "id": re.compile(r"(?i)\b(?:jika|apabila|bila|kalau|seandainya|andaikan|asalkan|kecuali|mungkin|barangkali)\b|\?"),
    "en": re.compile(r"\b(?:[Ii]f|[Uu]nless|[Ww]hether|[Pp]rovided|[Ee]xcept|may|might|[Pp]erhaps)\b|\?"),
}
"""Words of claims whose contradiction is not that of their parts."""

_INDEFINITE = {
    "id": frozenset(
        """sebagian beberapa banyak sejumlah seorang sebuah seekor salah semua seluruh setiap tiap segelintir sedikit sebanyak sebesar
        lebih kurang sekitar hampir hanya cuma baru kedua ketiga keempat belasan puluhan ratusan ribuan jutaan para-para sebidang
        masing-masing separuh setengah sepertiga mayoritas siapa lain lainnya""".split()
    ),
    "en": frozenset(
        """a an some many few several most all both each every another other others any half one only just among more less fewer about
        nearly around dozens hundreds thousands millions there who what neither either everyone everybody everything someone somebody certain
        various part third quarter""".split()
    ),
}
"""Words of subjects of which the claim and its contrary may hold at once: "some died", "some did not"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A claim with all that is looked at in it."""

    text: str
    language: str
    seed: int
    frame: Frame
    predicate: int | None
    """Place of the main predicate among the tokens."""
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    names: tuple[Name, ...]
    speaker: Span | None
    """The words that say who said it."""
    denied: bool
    conditional: bool

    @property
    def plain(self) -> bool:
        """Whether it states something without denial or condition."""
        return not (self.denied or self.conditional)

    @property
    def words(self) -> list[Word]:
        return self.frame.words

    def pick(self, options: Sequence[_T], place: int) -> list[_T]:
        """Gives the options, beginning with the one that the text, the seed and the place choose."""
        key = hashlib.sha256(f"{self.seed}:{place}:{self.text}".encode("utf-8", "replace")).digest()
        first = int.from_bytes(key[:4], "big") % len(options)
        return [*options[first:], *options[:first]]

    def named(self, span: Span) -> bool:
        """Says whether a span lies in a proper name."""
        return any(name.span.overlaps(span) for name in self.names)

    @property
    def definite(self) -> bool:
        """Whether its subject is one of which the claim and its contrary cannot hold at once."""
        if not self.predicate:
            return False
        at = 0
        if self.words[0].tag == "ADP":  # "In those years, ..."
            comma = next((n for n in range(self.predicate) if self.words[n].text == ","), None)
            at = 0 if comma is None else comma + 1
        subject = [
            word
            for number, word in enumerate(self.words[at : self.predicate], start=at)
            if not self.frame.inside[number]
            and not any(mention.span.start <= word.start < mention.span.end for mention in self.dates)
        ]
        return any(word.tag in ("NOUN", "NAME", "PRON", "X", "POSS") or word.text[0].isupper() for word in subject) and not any(
            word.tag == "NUM" or word.text[0].isdigit() or word.low in _INDEFINITE[self.language] for word in subject
        )  # fmt: skip

    def certain(self, place: int) -> bool:
        """Says whether another figure at this place cannot be true as well: it is of the subject itself, or the subject is definite."""
        if not self.predicate or place >= self.words[self.predicate].start:
            return self.definite if self.predicate else not re.search(r"(?i)\bada yang\b", self.text)
        return not re.search(r"(?i)\ban?\b", self.text[:place]) or self.language == "id"


def _read(text: str, language: str, attribution: Attribution | None, seed: int) -> _Claim | None:
    if language not in _DENIAL or _FOLDED.search(text):
        return None
    frame = frame_of(text, tag_texts([text], language)[0], language)
    if frame is None or not frame.words:
        return None
    tokens = list(range(len(frame.words)))
    return _Claim(
        text=text,
        language=language,
        seed=seed,
        frame=frame,
        predicate=find_predicate(frame, tokens),
        quantities=find_quantities(text, language),
        dates=find_dates(text, language, anchor=_ANCHOR),
        names=find_names(text),
        speaker=_find_speaker(frame, tokens, attribution),
        denied=bool(_DENIAL[language].search(text)),
        conditional=bool(_CONDITION[language].search(text)),
    )


def _find_speaker(frame: Frame, tokens: list[int], attribution: Attribution | None) -> Span | None:
    if attribution is not None:
        start = frame.text.find(attribution.speaker) if attribution.speaker else -1
        return Span(start, start + len(attribution.speaker)) if start >= 0 else None
    speech = find_speech(frame, tokens) or find_report(frame, tokens)
    if speech is None or not speech.speaker or speech.wish:
        return None
    return Span(frame.words[min(speech.speaker)].start, frame.words[max(speech.speaker)].end)


_VOWEL_SOUND = re.compile(r"(?i)[aeiou]|8|1[18](?!\d)|11,|18,")
"""What "an" stands before: eight and eleven, not one hundred and ten."""


def _article_agrees(claim: _Claim, span: Span, after: str) -> bool:
    article = re.search(r"(?i)\b(an?)\s+$", claim.text[: span.start])
    if claim.language != "en" or article is None:
        return True
    followed = after + claim.text[span.end :]
    old = bool(_VOWEL_SOUND.match(claim.text[span.start :]))
    return old == bool(_VOWEL_SOUND.match(followed))


def _like(word: str, model: str) -> str:
    """Gives a word the capital of another."""
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


# Numbers and units ------------------------------------------------------------------------------------------------

_ONES = {
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan".split(),
    "en": """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen""".split(),
}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _cardinal(number: int, language: str) -> str:
    """Writes a number below 100 in words.

    >>> _cardinal(25, "id"), _cardinal(12, "id"), _cardinal(25, "en")
    ('dua puluh lima', 'dua belas', 'twenty-five')
    """
    ones = _ONES[language]
    if number < len(ones):
        return ones[number]
    if language == "en":
        return _TENS[number // 10 - 2] + (f"-{ones[number % 10]}" if number % 10 else "")
    if number < 20:
        return {10: "sepuluh", 11: "sebelas"}.get(number) or f"{ones[number - 10]} belas"
    return f"{ones[number // 10]} puluh" + (f" {ones[number % 10]}" if number % 10 else "")


@cache
def _cardinals(language: str) -> dict[str, int]:
    return {_cardinal(number, language): number for number in range(1, 100)}


@cache
def _numeral(language: str) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, _cardinals(language)), key=len, reverse=True))
    return re.compile(rf"(?i)(?<![\w.,-])(?:\d+(?:[.,]\d+)*|(?:{words})(?![\w]))|(?<=[$€£p.-])\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numeral:
    """A number as written."""

    span: Span
    value: float
    spelled: bool
    places: int = 0
    marked: bool = False
    """Whether it has marks of thousands."""

    def write(self, value: float, language: str) -> str | None:
        """Writes another number in the same way."""
        if self.spelled:
            return _cardinal(round(value), language) if 1 < round(value) < 100 else None
        thousands, decimal = (".", ",") if language == "id" else (",", ".")
        whole, _, part = f"{value:.{self.places}f}".partition(".")
        if self.marked or (self.value < 1000 <= value):
            whole = f"{int(whole):,}".replace(",", thousands)
        return whole + (decimal + part if part else "")

    def times(self, factor: float) -> float:
        """Gives a multiple with about as many figures."""
        if self.places:
            return round(self.value * factor, self.places)
        digits = str(int(self.value))
        zeros = len(digits) - len(digits.rstrip("0"))
        return float(round(self.value * factor, -zeros))


def _numerals(claim: _Claim, quantity: Quantity) -> list[_Numeral]:
    """Gives the number of a quantity, or the two of a range; none where one is not written in the language's own way."""
    found = []
    for match in _numeral(claim.language).finditer(claim.text, quantity.span.start, quantity.span.end):
        read = _read_numeral(match, claim.language)
        if read is None:
            return []
        found.append(read)
    return found if len(found) == (1 if quantity.upper is None else 2) else []


def _read_numeral(match: re.Match[str], language: str) -> _Numeral | None:
    written, span = match.group(), Span(*match.span())
    if not written[0].isdigit():
        value = _cardinals(language).get(written.lower())
        return _Numeral(span=span, value=value, spelled=True) if value else None
    thousands, decimal = (r"\.", ",") if language == "id" else (",", r"\.")
    form = re.fullmatch(rf"([1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}})+|0|[1-9][0-9]*)(?:{decimal}([0-9]+))?", written)
    if form is None:
        return None
    whole, part = form.groups()
    number = float(re.sub(r"\D", "", whole) + (f".{part}" if part else ""))
    if not number:
        return None
    return _Numeral(
        span=span, value=number, spelled=False, places=len(part or ""), marked=not whole.isdigit()
    )  # fmt: skip


_UPWARDS = (1.5, 1.6, 1.8, 2.0, 1.4)
_DOWNWARDS = (0.6, 0.5, 0.4, 0.55, 0.45)

_WITHIN = re.compile(
    r"(?i)\b(?:within|in|into|over|every|each|the\s+(?:next|last|past)|per|dalam(?:\s+waktu)?|setiap|tiap|selama)\s+$"
)
"""Words before a span of time that holds for longer ones too."""

_MORE: dict[str, tuple[tuple[str, str], ...]] = {
    "id": (("lebih dari", "hanya"), ("di atas", "hanya"), ("setidaknya", "hanya"), ("sedikitnya", "hanya"), ("minimal", "hanya")),
    "en": (("more than", "only"), ("at least", "only"), ("over", "only"), ("no fewer than", "only")),
}  # fmt: skip
"""Bounds from below, and what stands before a smaller number that they exclude."""

_NOT_UNITS = frozenset("pertiga perempat perlima thirds quarters fifths belas puluh".split())


def _numbers(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    for number, quantity in enumerate(claim.quantities):
        numerals = _numerals(claim, quantity)
        if not numerals or _unclear(claim, number) or _score(claim, numerals):
            continue
        edit = _another_number(claim, quantity, numerals)
        if edit is not None:
            yield edit


def _unclear(claim: _Claim, number: int) -> bool:
    """Says whether another value of a quantity could be true of the same, or the number is part of a larger form."""
    quantity = claim.quantities[number]
    before = claim.text[: quantity.span.start]
    timed = unit_dimension(quantity.unit) in ("time", "months")
    if not claim.certain(quantity.span.start) or re.search(r"(?i)\ban?\s+$", before):
        return True  # "a 62-year-old man": there may be another
    if re.search(r"(?i)\b(?:past|last|previous|next)\s+$", before):
        return True  # "four of the past five": perhaps of the past eight, too
    if quantity.bound in ("at_most", "less_than") or quantity.unit in _NOT_UNITS or (timed and _WITHIN.search(before)):
        return True
    if timed and number:  # "2 hours and 51 minutes": the first of the two is changed
        former = claim.quantities[number - 1]
        gap = claim.text[former.span.end : quantity.span.start]
        if unit_dimension(former.unit) in ("time", "months") and re.fullmatch(r"\s*(?:,|and|dan)?\s*", gap):
            return True
    named = re.search(r"(\w+)\s+$", before)  # "Formula 1", "Night 10K"
    lettered = bool(re.search(r"\d[A-Z]", quantity.span.of(claim.text)))
    return bool(
        (quantity.unit is None or lettered) and named and named.start() > 0 and named.group(1)[0].isupper() and quantity.bound == "exact"
    )  # fmt: skip


def _score(claim: _Claim, numerals: list[_Numeral]) -> bool:
    """Says whether numbers are one side of a score or vote: "6-1"."""
    before, after = claim.text[: numerals[0].span.start], claim.text[numerals[-1].span.end :]
    return bool(
        re.match(r"[-–]\d", after)
        or re.search(r"\d[-–]$", before)
        or (len(numerals) == 2 and re.match(r"\s*(?:[,.]|pada|in|on|to)", after))
    )


def _another_number(claim: _Claim, quantity: Quantity, numerals: list[_Numeral]) -> _Edit | None:
    first, last = numerals[0], numerals[-1]
    bounded = quantity.bound in ("more_than", "at_least")
    head = claim.text[quantity.span.start : first.span.start]
    opening = ""
    if bounded:
        for words, only in _MORE[claim.language]:
            if head.lower().startswith(words):
                opening = _like(only, head) + head[len(words) :]
        if not opening or re.search(r"(?i)\b(?:the|these|those|its|their|a)\s+$", claim.text[: quantity.span.start]):
            return None
    start = quantity.span.start if bounded else first.span.start
    for factor in _factors(claim, quantity, numerals, down=bounded):
        made = [_written_another(claim, quantity, numeral, factor) for numeral in numerals]
        if any(one is None for one in made):
            continue
        if len(numerals) == 2 and not _apart(numerals, factor):
            continue
        middle = claim.text[first.span.end : last.span.start] if len(numerals) == 2 else ""
        return Span(start, last.span.end), opening + middle.join(str(one) for one in made)
    return None


def _factors(claim: _Claim, quantity: Quantity, numerals: list[_Numeral], *, down: bool) -> list[float]:
    """Gives what to multiply a number by, the best first: upwards, for who has twenty has ten too, where so much can be."""
    place = numerals[0].span.start
    smaller, larger = claim.pick(_DOWNWARDS, place), claim.pick(_UPWARDS, place)
    if down:
        return smaller
    if len(numerals) == 2:
        wide = numerals[1].value / numerals[0].value
        larger, smaller = [factor * wide for factor in larger], [factor / wide for factor in smaller]
    most = {"percent": 60.0, "month": 10.0, "hour": 20.0, "day": 30.0}.get(quantity.unit or "", 1e18)
    share = re.match(r"\s*(?:of|out\s+of|dari|di\s+antara)\s+(?:the\s+)?\d", claim.text[quantity.span.end :])
    aged = numerals[-1].value > 35 and re.search(
        r"(?i)(?:\bage(?:d|s)?(?: of)?|\bberusia|\bumur|\busia|\bis|,)\s+$|\($", claim.text[: numerals[0].span.start]
    )
    old = aged and quantity.unit in (None, "year")
    return [*smaller, *larger] if share or old or numerals[-1].value * 1.5 > most else [*larger, *smaller]


def _written_another(claim: _Claim, quantity: Quantity, numeral: _Numeral, factor: float) -> str | None:
    value = numeral.times(factor)
    least = 0.4 if quantity.bound == "about" else 0.25
    taken = {other.value for other in claim.quantities} | {other.value for other in _all_numerals(claim)}
    one = 1.0 in (value, numeral.value) and claim.language == "en"  # "one person", "two people"
    if value <= 0 or abs(value - numeral.value) < least * numeral.value or one or value in taken:
        return None
    if not numeral.spelled and not numeral.places and not numeral.marked and 1500 <= value < 2100:
        return None  # it would read as a year
    written = numeral.write(value, claim.language)
    return None if written is None else _like(written, numeral.span.of(claim.text))


def _all_numerals(claim: _Claim) -> list[_Numeral]:
    read = (_read_numeral(match, claim.language) for match in _numeral(claim.language).finditer(claim.text))
    return [numeral for numeral in read if numeral is not None]


def _apart(numerals: list[_Numeral], factor: float) -> bool:
    low, high = (numeral.value for numeral in numerals)
    return numerals[0].times(factor) > 1.25 * high or numerals[1].times(factor) < 0.75 * low


_UNITS = {
    "id": """ribu/juta juta/miliar miliar/juta triliun/miliar jam/menit menit/jam detik/menit hari/pekan pekan/hari minggu/hari bulan/tahun
    tahun/bulan kilometer/meter km/meter meter/kilometer cm/meter sentimeter/meter kg/ton kilogram/ton ton/kilogram gram/kilogram
    hektare/meter_persegi hektar/meter_persegi rupiah/dolar_AS dolar_AS/rupiah dolar_Amerika_Serikat/rupiah euro/rupiah""",
    "en": """thousand/million million/billion billion/million trillion/billion hour/minute hours/minutes minute/hour minutes/hours
    second/minute seconds/minutes day/week days/weeks week/day weeks/days month/year months/years year/month years/months
    kilometers/meters kilometres/metres kilometer/meter kilometre/metre km/meters meters/kilometers metres/kilometres meter/kilometer
    metre/kilometre miles/feet mile/foot kg/tonnes kilograms/tonnes tonnes/kilograms tons/kilograms grams/kilograms
    hectares/square_metres euros/rupiah rupiah/dollars""",
}
"""What stands in the place of a unit or a power of ten: never so near that the same number could be meant."""

_CURRENCIES = {"US$": "Rp", "$": "Rp", "USD": "IDR", "€": "Rp", "EUR": "IDR", "£": "Rp", "Rp": "US$", "IDR": "USD"}
"""What stands in the place of a currency before a number. Dollars and euros are too near each other."""

_ATTACHED = {"m": "bn", "bn": "m", "mn": "bn"}


@cache
def _unit_table(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    table = dict(pair.replace("_", " ").split("/") for pair in _UNITS[language].split())
    known = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    return re.compile(rf"(?i)(?<![\w])(?:{known})(?![\w])"), {word.lower(): other for word, other in table.items()}


def _units(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    pattern, table = _unit_table(claim.language)
    for number, quantity in enumerate(claim.quantities):
        numerals = _numerals(claim, quantity)
        if (
            not numerals
            or quantity.bound not in ("exact", "about")
            or _unclear(claim, number)
            or _joined(claim, number)
        ):
            continue
        start, end = numerals[-1].span.end, quantity.span.end
        if len(numerals) == 2 and (
            re.search(
                r"\w",
                re.sub(
                    r"(?i)\b(?:dan|and|to|hingga|sampai)\b",
                    "",
                    claim.text[numerals[0].span.end : numerals[1].span.start],
                ),
            )
        ):
            continue  # "14 billion to 16 billion": the unit stands twice
        if numerals[0].value == 1 or claim.text[end:].startswith("-old"):
            continue
        attached = re.compile(r"(?:mn?|bn)\b").match(claim.text, start)
        currency = _currency(claim, numerals[0]) if len(numerals) == 1 else None
        if currency is not None:
            yield currency, _CURRENCIES[currency.of(claim.text)]
            if attached:
                yield Span(*attached.span()), _ATTACHED[attached.group()]
        for match in pattern.finditer(claim.text, start, end):
            yield Span(*match.span()), _like(table[match.group().lower()], match.group())


def _currency(claim: _Claim, numeral: _Numeral) -> Span | None:
    match = re.search(r"(?<![\w$])(US\$|\$|USD|€|EUR|£|Rp|IDR)\s?$", claim.text[: numeral.span.start])
    return Span(*match.span(1)) if match else None


def _joined(claim: _Claim, number: int) -> bool:
    """Says whether a second part of the same span of time follows: "4 tahun 6 bulan"."""
    if number + 1 == len(claim.quantities):
        return False
    quantity, following = claim.quantities[number : number + 2]
    timed = {unit_dimension(quantity.unit), unit_dimension(following.unit)} <= {"time", "months"}
    return timed and bool(
        re.fullmatch(r"\s*(?:,|and|dan)?\s*", claim.text[quantity.span.end : following.span.start])
    )  # fmt: skip


# Dates ------------------------------------------------------------------------------------------------------------

_MONTHS = {
    "id": (
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
        "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(),
    ),
    "en": (
        "January February March April May June July August September October November December".split(),
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    ),
}
_WEEKDAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
_PARTS = {
    "id": (("kuartal", "I", "III"), ("kuartal", "II", "IV"), ("kuartal", "III", "I"), ("kuartal", "IV", "II"),
           ("semester", "I", "II"), ("semester", "II", "I")),
    "en": (("quarter", "first", "third"), ("quarter", "second", "fourth"), ("quarter", "third", "first"),
           ("quarter", "fourth", "second"), ("half", "first", "second"), ("half", "second", "first")),
}  # fmt: skip
"""Parts of a year, and the part that stands in the place of one."""

_OPEN_TIME = re.compile(
    r"(?i)(?:\b(?:hingga|sampai|sebelum|setelah|sesudah|menjelang|usai|antara|dari|dan|mulai|setiap|tiap|by|before|after|until|till|through|between"
    r"|from|to|and|every|each|within|than|with|dibandingkan|dibanding|daripada)\s+(?:early\s+|late\s+|mid-?|awal\s+|akhir\s+|tahun\s+|bulan\s+)?|[-–/(]\s*)$"
)
"""Words before a date at which something holds at other dates too."""

_SINCE = re.compile(r"(?i)\b(?:sejak|since)\s+(?:early\s+|late\s+|awal\s+|akhir\s+|tahun\s+|bulan\s+)?$")
_EXTREME = re.compile(r"(?i)\b(?:ter[a-z]{4,}|pertama|first|only|\w+est|record|rekor|most|least)\b")


def _dates(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    for mention in claim.dates:
        if not claim.certain(mention.span.start):
            continue
        before, after = claim.text[: mention.span.start], claim.text[mention.span.end :]
        since = bool(_SINCE.search(before))
        shares = any(quantity.unit == "percent" for quantity in claim.quantities)
        if (
            (since and (shares or _EXTREME.search(claim.text)))
            or _OPEN_TIME.search(before)
            or re.match(r"\s*[-–/]\s*\w", after)
        ):
            continue
        if re.match(r"(?i)(?:sejak|since|dari|from)\b", mention.span.of(claim.text)):
            continue
        for span, new in _date_edits(claim, mention):
            if _another_time(claim, mention, span, new, since=since):
                yield span, new
    for match in re.finditer(r"\bin the (1[6-9]|20)([0-9])0s\b", claim.text):
        decade = int(match.group(1) + match.group(2))
        yield Span(match.start() + 7, match.end()), f"{decade - claim.pick((2, 3, 4), match.start())[0]}0s"


def _date_edits(claim: _Claim, mention: DateMention) -> Iterator[_Edit]:
    text, start, end, language = claim.text, mention.span.start, mention.span.end, claim.language
    weekday = re.compile("|".join(_WEEKDAYS[language])).search(text, start, end)
    year = re.compile(r"(?<!\d)(?:1[5-9]|20)[0-9]{2}(?!\d)").search(text, start, end)
    month = re.compile(r"\b(?:" + "|".join(_MONTHS[language][0] + _MONTHS[language][1]) + r")\b").search(
        text, start, end
    )
    for kind, part, other in _PARTS[language]:
        match = re.compile(rf"(?i)\b{kind} {part}\b|\b{part}[- ]{kind}\b").search(text, start, end)
        if match:
            yield Span(*match.span()), re.sub(rf"(?i)\b{part}\b", other, match.group())
    if mention.precision == "day":
        day = _day_of(claim, mention)
        if day is not None:
            yield from _other_days(claim, day)
        elif weekday:
            days = _WEEKDAYS[language]
            at = days.index(weekday.group())
            yield Span(*weekday.span()), days[(at + claim.pick((2, 3, 4, 5), start)[0]) % 7]
    if weekday:
        return  # another month or year would give the day another name
    if month:
        yield from _other_months(claim, month)
    if year and not re.search(r"\b[A-Z]\w+\s+$", text[: year.start()] if year.start() == start else ""):
        yield from (
            (Span(*year.span()), str(int(year.group()) + step)) for step in claim.pick((-3, -4, -6, -7), start)[:1]
        )


def _day_of(claim: _Claim, mention: DateMention) -> re.Match[str] | None:
    """Finds the day of the month in a date; numeric dates are read where only one reading is possible."""
    start, end = mention.span.start, mention.span.end
    numeric = re.compile(r"(?<![\d/])([0-9]{1,2})/([0-9]{1,2})(?![0-9])").search(claim.text, start, end)
    if numeric is None:
        return re.compile(r"(?<![\d/-])[0-9]{1,2}(?=(?:st|nd|rd|th)?\b)(?![/:]|-[0-9])").search(claim.text, start, end)
    if claim.language == "id":
        return re.compile(r"[0-9]{1,2}").match(claim.text, numeric.start(1))
    return None


def _other_days(claim: _Claim, day: re.Match[str]) -> Iterator[_Edit]:
    """Gives days a week away, which have the same name."""
    written = day.group()
    suffix = re.compile("st|nd|rd|th").match(claim.text, day.end())
    for step in claim.pick((7, -7, 14, -14), day.start()):
        other = int(written) + step
        if 1 <= other <= 28:
            after = f"{other:02}" if written[0] == "0" else str(other)
            yield Span(day.start(), suffix.end() if suffix else day.end()), after + (_suffix(other) if suffix else "")
            return


def _other_months(claim: _Claim, month: re.Match[str]) -> Iterator[_Edit]:
    full, short = _MONTHS[claim.language]
    names = full if month.group() in full else short
    dotted = claim.text[month.end() : month.end() + 1] == "."
    at = names.index(month.group())
    for step in claim.pick((3, 4, 5, 7), month.start()):
        other = names[(at + step) % 12]
        if names is full or not dotted or other not in ("Mar", "Apr", "May", "Jun", "Jul", "Mei"):
            yield Span(*month.span()), other
            return


def _another_time(claim: _Claim, mention: DateMention, span: Span, new: str, *, since: bool) -> bool:
    """Says whether a changed date is read as one that no date of the claim can be."""
    mutant = claim.text[: span.start] + new + claim.text[span.end :]
    read = [
        other
        for other in find_dates(mutant, claim.language, anchor=_ANCHOR)
        if other.span.start <= span.start < other.span.end
    ]
    if len(read) != 1 or read[0].precision != mention.precision:
        return False
    return all(dates_agree(read[0], other) is False for other in claim.dates) and (
        not since or read[0].start < mention.start
    )  # fmt: skip


def _suffix(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


# Names ------------------------------------------------------------------------------------------------------------

_PEOPLE = {
    "id": ("Eka Wirasta Dwi Handaru Tri Lesmara Nur Sadewara Wahyu Pranandika", "Wirasta Handaru Lesmara Sadewara Pranandika"),
    "en": ("Robin Ashdell Morgan Tarrowby Alex Penhurle Jordan Wexcombe Casey Brindlow", "Ashdell Tarrowby Penhurle Wexcombe Brindlow"),
}  # fmt: skip
"""Invented people, whose first names tell no sex; then the last names alone."""

_PLACES = {
    "id": "Marandika Sukalaras Tanjung_Wirada Lembayung_Asri Bukit_Sentani_Jaya".split(),
    "en": "Ardelmoor Brackenvale Costermere Dunholloway Eastmarrow".split(),
}
"""Invented places."""

_BRANDS = {
    "id": "Cakra_Wanadipa Surya_Lokamandala Bumi_Ardhanari Tirta_Kencanapura Gema_Nirwasita".split(),
    "en": "Harrowick Northbrindle Velmarth Castlemoore Pellingford".split(),
}
"""Invented proper parts of the names of organisations."""

_ORGANISATION = {
    "id": re.compile(r"(?P<head>(?:PT|CV|Bank|Universitas|Yayasan|Partai|Klub|Stasiun|RSUD|RS|Politeknik|Museum) )(?P<own>[A-Z][\w ]+?)(?P<tail> Tbk| FC|)"),
    "en": re.compile(
        r"(?P<head>(?:University of |Bank of |PT |))(?P<own>[A-Z][\w ]+?)(?P<tail> (?:Inc|Corp|Ltd|LLC|PLC|plc|Group|Airlines|Airways|Holdings|Motors|Energy"
        r"|Foundation|University|Institute|Bank|Systems|Technologies|Labs|Metals|Interiors|Markets|Hospital|School|FC|United|City|Athletic|Rovers|Securities|Capital|Analytics)|)"
    ),
}  # fmt: skip
"""Names of organisations by the word that says what they are, which is kept."""

_PLACE = {
    "id": re.compile(r"(?P<head>(?:Kota|Kabupaten|Kecamatan|Kelurahan|Desa|Provinsi|Pulau|Sungai|Gunung|Jalan) |)(?P<own>[A-Z]\w+(?: [A-Z]\w+)?)"),
    "en": re.compile(r"(?P<head>(?:Lake |Mount |Port |)|)(?P<own>[A-Z]\w+)"),
}  # fmt: skip
_PLACE_BEFORE = {
    "id": re.compile(r"(?:\b[Dd]i|\b[Kk]e|\bkota|\bkabupaten|\bdesa|\bkecamatan|\bprovinsi|\bkelurahan)\s+$"),
    "en": re.compile(
        r"(?<!hares )(?<!take )(?<!tock )(?<!nvest )(?<!nvested )(?<!nterest )(?<!rust )(?<!onfidence )(?<!elief )\b(?:in|near|[Bb]orn in|capital of|city of|town of|village of)\s+$"
    ),
}
_NO_PLACES = frozenset(
    """Parliament Congress Instagram Facebook Twitter English Indonesian Dutch French German Spanish Chinese Japanese Arabic Court
    Christmas Easter Ramadan Islam Latin Greek Mandarin Malay Internet Google YouTube Telegram WhatsApp DPR MPR KPK Pengadilan Polda
    Polres Polsek Kejaksaan Kantor Gedung Stadion Rumah Hotel Bandara Pelabuhan Jalan Tol Km Mapolda Mapolres Selat Laut Teluk Masjid Museum Istana Bank
    PT CV RSUD RS Liga Universitas Sekolah SD SMP SMA Pasar Tribun Balai Mahkamah Museum House Senate Commons Lords State""".split()
)
"""Words that follow "in" and are no place, or say what kind of place it is."""

_HUMAN = {
    "id": re.compile(r"\s+(?:adalah\s+|lahir\b|meninggal\b|tewas\b|menikah\b|dilantik\b|ditangkap\b|ditahan\b|terpilih\b|mengundurkan\b|divonis\b|didakwa\b|pensiun\b|bertemu\b|dituntut\b)"),
    "en": re.compile(
        r"\s+(?:was\s+born|died|has\s+died|was\s+(?:first\s+)?elected|was\s+appointed|was\s+arrested|was\s+jailed|was\s+hired|was\s+convicted|was\s+sentenced|resigned|retired|married"
        r"|testified|voted|taught|studied|pleaded|is\s+\d|quit|was\s+charged|is\s+(?:a|an|the)\s|is\s+(?=[\w ]+(?:\.|$))|was\s+(?:a|an|the)\s)"
    ),
}  # fmt: skip
"""What stands behind somebody's name."""

_TITLES = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|dr|drg|Prof|Gov|Sen|Rep|Sir|Judge|Pak|Bu|Bapak|Ibu|Haji|Ir|Drs|Hj?)\.?\s+)$"
)


def _names(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    for name in claim.names:
        if claim.speaker is not None and claim.speaker.covers(name.span):
            continue
        yield from _renamed(claim, name)


def _speakers(claim: _Claim) -> Iterator[_Edit]:
    if claim.speaker is None:
        return
    for name in claim.names:
        if not claim.speaker.covers(name.span):
            continue
        person = _speaking_person(claim, name)
        if person is not None:
            yield from _everywhere(claim, person, _invented_person(claim, person))


_NO_PEOPLE = frozenset(
    """County Survey Justice Institute Instituto Institut Sekuritas Securities Union Council Court Office Service Services News Post Times Press
    House Bank Group City State University Ministry Department Police Party League Capital Markets Center Centre Association Green Red Cross
    Pengadilan Kementerian Dinas Badan Komisi Majelis Dewan Polda Polres Polri Lembaga Yayasan Partai Universitas Presiden Gubernur Provinsi
    Kota Kabupaten Jawa Sulawesi Sumatra Sumatera Kalimantan Papua Utara Selatan Barat Timur Tengah Indonesia Jakarta Nusantara""".split()
)
"""Words of names that are nobody's."""


def _speaking_person(claim: _Claim, name: Name) -> str | None:
    """Gives the part of a speaker's name that is a person's: two words at its end, without the office before them."""
    words = re.sub(r"['’]s?$", "", name.text).split()
    before, after = claim.text[: name.span.start].rstrip(), claim.text[name.span.end :]
    if len(words) < 2 or re.match(r"['’/&-]|\s*[a-z]+(?<!said)(?<!told)s\b(?<!says)", after):
        return None
    person = words[-2:]
    if set(person) & _NO_PEOPLE or any(not re.fullmatch(r"[A-Z][^\W\d_]*[a-z][^\W\d_]*", word) for word in person):
        return None
    if claim.frame.grammar.roles.search(" ".join(person)):
        return None
    if claim.language == "id":
        kinds = tag_names([words])[0]
        if kinds[-2:] != ["PERSON", "PERSON"] or (len(words) > 2 and kinds[-3] == "PERSON"):
            return None
        return " ".join(person)
    if len(words) > 2 and not claim.frame.grammar.roles.fullmatch(words[-3]):
        return None
    if re.search(r"(?i)\b(?:the|of|U\.S\.)$", before):
        return None
    # A name alone before "said" may be a company's.
    office = len(words) > 2 or any(match.end() == len(before) for match in claim.frame.grammar.roles.finditer(before))
    titled = _TITLES.search(claim.text[: name.span.start]) or re.search(r",$", before)
    inverted = re.search(rf"\b(?:{'|'.join(INVERTED['en'])})$", before)
    human = re.search(r"(?i)\b(?:he|she|his|her|i)\b", claim.text)
    return " ".join(person) if office or titled or inverted or human else None


def _renamed(claim: _Claim, name: Name) -> Iterator[_Edit]:
    """Gives the claim's text with one name changed wherever it stands, where its kind is beyond doubt."""
    after = claim.text[name.span.end :]
    if re.match(r"\s*(?:Tbk)?\.?\s*\((?!\d)|[/&-]|\s*&|,? [SM]\.\w|’?'?\w|\s+\d", after) or re.search(
        r"[/&-]$", claim.text[: name.span.start]
    ):
        return  # "Bank Indonesia (BI)", "A/B": part of a longer name
    own = re.sub(r"['’]s?$", "", name.text)
    language = claim.language
    person = _person(claim, name, own)
    if person is not None:
        yield from _everywhere(claim, person, _invented_person(claim, person))
        return
    group = _ORGANISATION[language].fullmatch(own)
    if group and (group["head"] or group["tail"]) and len(group["own"].split()) <= 4:
        yield from _everywhere(
            claim, group["own"], claim.pick(_BRANDS[language], claim.text.find(own))[0].replace("_", " "), whole=own
        )
        return
    place = _PLACE[language].fullmatch(own)
    if place and (place["head"] or _PLACE_BEFORE[language].search(claim.text[: name.span.start])):
        if set(own.split()) & _NO_PLACES and not place["head"]:
            return
        yield from _everywhere(
            claim, place["own"], claim.pick(_PLACES[language], claim.text.find(own))[0].replace("_", " "), whole=own
        )


def _person(claim: _Claim, name: Name, own: str) -> str | None:
    """Gives the part of a name that is somebody's, without the office before it; None where it may be anything else."""
    words = own.split()
    roles = claim.frame.grammar.roles
    titled = bool(_TITLES.search(claim.text[: name.span.start]))
    before = claim.text[: name.span.start].rstrip()
    office = any(match.end() == len(before) for match in roles.finditer(before))
    while words and roles.fullmatch(words[0]) and len(words) > 2:
        words, office = words[1:], True
    if claim.language == "id" and len(words) > 1:
        kinds = tag_names([words])[0]
        if any(kind != "PERSON" for kind in kinds):
            return None
    if not 1 <= len(words) <= 3 or any(not re.fullmatch(r"[A-Z][^\W\d_]*[a-z][^\W\d_]*", word) for word in words):
        return None
    group = _ORGANISATION[claim.language].fullmatch(own)
    if group and (group["head"] or group["tail"]):
        return None
    if roles.search(" ".join(words)):
        return None
    human = bool(_HUMAN[claim.language].match(claim.text[name.span.end :])) and claim.frame.grammar.roles.search(
        claim.text[name.span.end :]
    )
    lived = bool(
        re.match(
            r"\s+(?:was\s+born|died|lahir|meninggal|was\s+(?:first\s+)?elected|was\s+hired|was\s+arrested|ditahan|is\s+\d)",
            claim.text[name.span.end :],
        )
    )
    if titled or ((office or human or lived) and (len(words) > 1 or (lived and claim.language == "en"))):
        return " ".join(words)
    return None


def _invented_person(claim: _Claim, person: str) -> str:
    count = len(person.split())
    names = _PEOPLE[claim.language][0].split()
    pairs = [(names[at], names[at + 1]) for at in range(0, len(names), 2)]
    free = [pair for pair in pairs if not any(word in claim.text for word in pair)] or pairs
    first, last = claim.pick(free, claim.text.find(person))[0]
    return last if count == 1 else f"{first} {last}"


def _everywhere(claim: _Claim, own: str, other: str, *, whole: str = "") -> Iterator[_Edit]:
    """Puts a name in the place of another in all its mentions; nothing where a part of it stands alone."""
    mentions = [Span(*match.span()) for match in re.finditer(rf"(?<![\w-]){re.escape(own)}(?![\w-])", claim.text)]
    rest = re.sub(rf"(?<![\w-]){re.escape(own)}(?![\w-])", "", claim.text)
    if not mentions or other in claim.text or any(re.search(rf"\b{re.escape(word)}\b", rest) for word in own.split()):
        return
    hull = Span(mentions[0].start, mentions[-1].end)
    yield hull, hull.of(claim.text).replace(own, other)


# Denial -----------------------------------------------------------------------------------------------------------

_DENIED_ID = {
    "adalah": "bukan", "ialah": "bukan", "merupakan": "bukan merupakan", "telah": "belum", "sudah": "belum", "masih": "tidak lagi",
    "akan": "tidak akan", "bakal": "tidak bakal", "bisa": "tidak bisa", "dapat": "tidak dapat", "mampu": "tidak mampu",
    "harus": "tidak harus", "wajib": "tidak wajib", "boleh": "tidak boleh", "pernah": "tidak pernah", "sedang": "tidak sedang",
    "ada": "tidak ada", "naik": "tidak naik", "turun": "tidak turun", "tumbuh": "tidak tumbuh", "lahir": "tidak lahir",
}  # fmt: skip
"""Words that begin an Indonesian predicate, and how it is denied."""

_PASSED = frozenset("juga kini kemudian lalu akhirnya also now later then".split())
"""Adverbs that may stand before a denial."""

_ID_VERB = re.compile(r"(?:me|di|ber|ter)[a-z]{4,}|(?:mem|men|meng|meny)[a-z]{3,}")
_NAMING = re.compile(
    r"(?:ber(?:nama|ulang|judul|tajuk|kapasitas|nilai|usia|umur|kekuatan|kecepatan|magnitudo|inisial|ukuran)|terdampak|terakhir|diperkirakan|medium|media|berikutnya|merah|meter|\w+ensis|\w+us)$"
)
"""Verbs that rather tell which is meant, or are part of an adverb."""

_FIXED = {
    "id": re.compile(
        r"(?i)\b(?:hanya|cuma|sekadar|melainkan|tetapi juga|tapi juga|satu pun|sedikit pun|apa pun|siapa pun|sama sekali|lagi|kecuali|terlalu|begitu|hampir)\b"
    ),
    "en": re.compile(
        r"(?i)\b(?:only|any|anyone|anything|anywhere|yet|ever|at all|either|anymore|nor|longer|but|until|because|even|just|nearly|almost|merely|necessarily|some|someone"
        r"|something|already|too|still)\b"
    ),
}
"""Words that a denial put in or taken out would leave without sense, or would not reach."""

_AUXILIARIES = frozenset("is are was were will would can could should must".split())

_REGULAR = """
    accept accuse achieve acquire activate add admit_ advance affect agree aim alert allow announce answer appeal appear apply appoint
    approve argue arrest arrive ask attack attend attract award back base believe belong borrow burn call cancel capture care carry
    cause challenge change charge check claim clash clear climb close collapse collect compete complete confirm connect consider
    contain continue contract convict cook cost_ count cover crash create criticise criticize cross damage dance deal_ declare decline
    defeat delay deliver demand deny depart describe design destroy develop dictate die discover discuss dismiss display donate double
    dress elect employ end enjoy enter escape establish estimate evacuate examine exceed expand expect explain export express extend
    face fail fear feature fill finance fine finish fire follow force form fund gain gather guard guarantee guide halt handle happen
    help hire host identify impose improve include increase inform injure injure insist inspect install introduce invest investigate
    invite issue jail join kill land last launch lead_ learn like list live locate lock look lower maintain manage mark marry measure
    move name need negotiate note obtain occur offer open operate order organise organize own paint pass pay_ perform phase play
    plead pledge point post postpone praise predict prepare present prevent produce promise promote propose protect prove provide
    publish pull purchase push qualify question race raise rank rate reach receive recognise recognize recommend record recover
    reduce refuse reject release rely remain remember remove rename renew rent reopen repair repay_ replace reply report represent
    request require rescue resign resolve respond restore result resume retire return reveal review rule save score search seem
    serve settle share shift show_ sign smash spark sponsor stage start state stay store strengthen strike_ study succeed suffer suggest supply support
    suspend target taste test thank threaten touch tour trade train transfer_ travel treat trigger try turn unveil urge use value
    visit vote wait walk want warn warned watch weaken welcome work worry wound cut_ manufacture activate confirm
""".split()
_IRREGULAR = """
    be-was beat-beat become-became begin-began break-broke bring-brought build-built buy-bought catch-caught choose-chose come-came
    cost-cost cut-cut deal-dealt do-did draw-drew drink-drank drive-drove eat-ate fall-fell feel-felt fight-fought find-found fly-flew
    forget-forgot get-got give-gave go-went grow-grew hang-hung hear-heard hide-hid hit-hit hold-held keep-kept know-knew lay-laid
    lead-led leave-left lend-lent let-let lose-lost make-made mean-meant meet-met pay-paid put-put quit-quit read-read ride-rode
    rise-rose run-ran say-said see-saw sell-sold send-sent set-set shake-shook shoot-shot shrink-shrank shut-shut sing-sang sink-sank
    sit-sat sleep-slept speak-spoke spend-spent spread-spread stand-stood steal-stole strike-struck swear-swore swim-swam take-took
    teach-taught tear-tore tell-told think-thought throw-threw understand-understood wear-wore win-won withdraw-withdrew
    write-wrote drop-dropped plan-planned stop-stopped admit-admitted commit-committed ban-banned grab-grabbed trap-trapped
    transfer-transferred refer-referred repay-repaid have-had occur-occurred prefer-preferred step-stepped slip-slipped
    control-controlled permit-permitted submit-submitted travel-travelled cancel-cancelled rebuild-rebuilt overtake-overtook outlaw-outlawed
    confer-conferred equip-equipped show-showed undergo-underwent overcome-overcame
""".split()
"""English verbs whose other forms are known: regular ones, then those with their past."""


@cache
def _verb_forms() -> dict[str, tuple[str, str]]:
    """Gives for each form of a verb how it is denied, "did not" or "does not", and its base."""
    forms: dict[str, tuple[str, str]] = {}
    pairs = [tuple(pair.split("-")) for pair in _IRREGULAR]
    for base in (verb for verb in _REGULAR if not verb.endswith("_")):
        past = base + "d" if base.endswith("e") else re.sub(r"(?<=[^aeiou])y$", "i", base) + "ed"
        pairs.append((base, past))
    for base, past in pairs:
        third = re.sub(r"(?<=[^aeiou])y$", "ie", base) + ("es" if re.search(r"(?:s|x|z|ch|sh|[^o]o)$", base) else "s")
        forms.setdefault(past, ("did not", base))
        forms.setdefault(third, ("does not", base))
    del forms["was"]
    forms["has"] = ("does not", "have")
    return forms


def _denials(claim: _Claim) -> Iterator[_Edit]:
    if claim.conditional or re.match(r"[\"“‘']", claim.text):
        return
    if claim.denied:
        yield from _affirmed(claim)
    elif claim.definite and claim.predicate is not None and not _FIXED[claim.language].search(claim.text):
        yield from (_denied_id if claim.language == "id" else _denied_en)(claim, claim.predicate)


def _denied_id(claim: _Claim, place: int) -> Iterator[_Edit]:
    words = claim.words
    while place < len(words) - 1 and words[place].low in _PASSED:
        place += 1
    if place >= len(words) - 1 and words[place].low not in _DENIED_ID and words[place].tag not in ("VERB", "ADJ"):
        return
    word = words[place]
    if words[place - 1].low in ("yang", "untuk", "dan", "atau", "dengan", "agar"):
        return
    span = Span(word.start, word.end)
    if word.text != word.low or claim.frame.inside[place]:
        return
    if word.low in _DENIED_ID:
        following = words[place + 1] if place + 1 < len(words) else None
        if following is None or (word.low == "masih" and following.tag not in ("VERB", "ADJ", "ADP")):
            return
        yield span, _DENIED_ID[word.low]
    elif (word.tag == "VERB" and _ID_VERB.fullmatch(word.low) and not _NAMING.match(word.low)) or (
        word.tag == "ADJ" and (place + 1 == len(words) or words[place + 1].text in ".,")
    ):
        yield span, f"tidak {word.text}"


def _denied_en(claim: _Claim, place: int) -> Iterator[_Edit]:
    words = claim.words
    at = place
    while at < len(words) - 1 and words[at].low in _PASSED:
        at += 1
    word = words[at]
    following = [other for other in words[at + 1 :] if other.tag != "ADV" and other.low not in ("since", "also")]
    if not following or word.text != word.low or claim.frame.inside[at] or _reduced_relative(claim, place):
        return
    span = Span(word.start, word.end)
    if word.low in _AUXILIARIES:
        yield span, "cannot" if word.low == "can" else f"{word.text} not"
    elif word.low in ("has", "have", "had"):
        if following[0].tag == "PART" or following[0].low == "been":
            yield span, f"{word.text} not"
        elif following[0].tag in ("DET", "NUM", "NOUN", "ADJ", "NAME", "POSS", "TO"):
            yield span, {"has": "does not have", "have": "do not have", "had": "did not have"}[word.low]
    elif word.tag in ("PAST", "PRES") and word.low in _verb_forms():
        helper, base = _verb_forms()[word.low]
        yield span, f"{helper} {base}"


def _reduced_relative(claim: _Claim, place: int) -> bool:
    """Says whether the verb belongs to a clause that tells which noun is meant: "the book Ann Lee wrote"."""
    at = place - 1
    while at > 0 and claim.words[at].tag in ("NAME", "PRON"):
        at -= 1
    noun = claim.words[at]
    return at < place - 1 and noun.tag == "NOUN" and not claim.frame.grammar.roles.fullmatch(noun.text)


_TAKEN_ID = {"tidak": "", "tak": "", "belum": "sudah ", "bukan": "adalah "}
_NOT_TAKEN = frozenset("semua banyak selalu lama mungkin sepenuhnya kurang lebih pula seorang satu".split())
"""Words behind an Indonesian denial that it reaches and the predicate does not."""
_CONTRACTED = {"ca": "can", "wo": "will", "sha": "shall"}


def _affirmed(claim: _Claim) -> Iterator[_Edit]:
    """Takes the one denial of a claim out of its main predicate."""
    found = list(_DENIAL[claim.language].finditer(claim.text))
    if len(found) != 1 or _FIXED[claim.language].search(claim.text) or claim.predicate is None:
        return
    words = claim.words
    at = next((number for number, word in enumerate(words) if word.start <= found[0].start() < word.end), None)
    if at is None or at + 1 >= len(words) or claim.frame.inside[at]:
        return
    following = words[at + 1]
    if claim.language == "id":
        word = words[at]
        there = at == 0 and following.low in ("ada", "terdapat")  # "Tidak ada korban"
        if word.low not in _TAKEN_ID or not (
            there or (claim.definite and at in (claim.predicate, claim.predicate + 1))
        ):
            return
        if following.low in _NOT_TAKEN:
            return
        if word.low == "bukan" and following.tag not in ("NOUN", "NAME"):
            return
        after = _TAKEN_ID[word.low] + following.text
        yield Span(word.start, following.end), _like(after, word.text)
    elif claim.definite and 0 < at - claim.predicate <= 2:
        before = words[at - 1]
        if found[0].group().lower() not in ("not", "never", "n't", "n’t") or before.low in ("do", "may", "might") or before.low not in (
            *_AUXILIARIES, "has", "have", "had", "did", "does", "do", *_CONTRACTED
        ):  # fmt: skip
            return
        yield Span(before.start, found[0].end()), _CONTRACTED.get(before.low, before.text)


# Closed lists of words --------------------------------------------------------------------------------------------

_OPPOSITES = {
    "id": """meningkat/menurun kenaikan/penurunan peningkatan/penurunan kemenangan/kekalahan diterima/ditolak disetujui/ditolak
    mendukung/menentang didukung/ditentang bertambah/berkurang menguat/melemah surplus/defisit tertinggi/terendah terbesar/terkecil
    terluas/tersempit terpanjang/terpendek termahal/termurah tertua/termuda terbaik/terburuk terkuat/terlemah
    menaikkan/menurunkan melarang/mengizinkan dilarang/diizinkan memperkuat/memperlemah mempercepat/memperlambat
    memperbesar/memperkecil optimistis/pesimistis setelah/sebelum sesudah/sebelum sebelum/sesudah sering/jarang ilegal/legal
    memulai/mengakhiri dimulai/berakhir terbuka/tertutup menang/kalah untung/rugi terdekat/terjauh terbanyak/tersedikit""",
    "en": """increased/decreased increases/decreases increasing/decreasing
    accepted/rejected approved/rejected largest/smallest biggest/smallest highest/lowest longest/shortest
    oldest/youngest hottest/coldest richest/poorest fastest/slowest heaviest/lightest strongest/weakest
    strengthened/weakened improved/worsened widened/narrowed victory/defeat majority/minority legal/illegal northern/southern
    eastern/western often/rarely always/never before/after wins/loses nearest/farthest
    tallest/shortest cheapest/dearest""",
}
"""Words of which only one can be true of a thing at a time, and which stand in the same places."""

_OPPOSITES_AT = {
    "id": (
        (r"\bnaik(?= (?:\d|tipis|tajam|sebesar|dari (?:\d|Rp|US|urutan|posisi)|menjadi \d|secara|signifikan))", "turun"),
        (r"(?<=ikut )naik\b", "turun"),
        (r"\bturun(?= (?:\d|tipis|tajam|sebesar|dari (?:\d|Rp|US|urutan|posisi)|menjadi \d|secara|signifikan))", "naik"),
        (r"\bmenerima(?= [a-z]+\b)(?! (?:kasih|di|sekitar|lebih|kurang)\b)", "menolak"),
        (r"\bmembuka(?= [a-z])(?! (?:diri|mata|suara|akun|lowongan))", "menutup"),
        (r"\bdibuka\b(?! (?:di level|pada level|di posisi|menguat|melemah|naik|turun|ke|kembali))", "ditutup"),
        (r"\bmenambah(?= \d| [a-z]+ [a-z]+)", "mengurangi"),
        (r"\bberhasil(?= me)", "gagal"),
        (r"\bgagal(?= me)", "berhasil"),
        (r"\blaba(?= bersih\b)", "rugi"),
        (r"\bLaba(?= bersih\b)", "Rugi"),
        (r"(?<=sisi )barat\b", "timur"),
        (r"(?<=sisi )timur\b", "barat"),
        (r"(?<=sisi )utara\b", "selatan"),
        (r"(?<=sisi )selatan\b", "utara"),
        (r"(?<!ucapkan )\bselamat(?=[.]?$)", "tewas"),
        (r"(?<=yang )tinggi\b", "rendah"),
        (r"(?<=yang )rendah\b", "tinggi"),
        (r"(?<=begitu )cepat\b", "lambat"),
        (r"\brendah(?=\.$)", "tinggi"),
    ),
    "en": (
        (r"\brose(?= (?:\$?\d|by\b|to\b|above|sharply|slightly|more than))", "fell"),
        (r"\bfell(?= (?:\$?\d|by\b|to \$?\d|below|sharply|slightly|more than))", "rose"),
        (r"\brising(?= (?:\$?\d|by\b|to\b|prices|sales|costs))", "falling"),
        (r"\bfalling(?= (?:\$?\d|by\b|to\b|prices|sales|costs))", "rising"),
        (r"\bwon\b(?! (?:by\b|\d|over\b|back\b))", "lost"),
        (r"\blost(?= (?:the|their|its|his|her|a|four|three|two|five|six)? ?(?:match|game|election|final|title|case|vote|race|seat|of their)\b)", "won"),
        (r"(?<!was )(?<!were )(?<!been )\bopened\b(?= (?:the|its|his|her|their|a|an)\b)", "closed"),
        (r"(?<!was )(?<!were )(?<!been )\bclosed\b(?= (?:the|its|his|her|their|a|an)\b)", "opened"),
        (r"\bfailed to(?= [a-z])", "managed to"),
        (r"\bmanaged to(?= [a-z])", "failed to"),
        (r"\bguilty\b", "not guilty"),
        (r"(?<=found )dead\b", "alive"),
        (r"(?<=found )alive\b", "dead"),
        (r"\bdown(?= \d[\d.,]*(?:%| percent| points))", "up"),
        (r"(?<!ed )(?<!made )(?<!make )(?<!makes )(?<!took )(?<!takes )(?<!set )\bup(?= \d[\d.,]*(?:%| percent| points))", "down"),
        (r"\bgrew(?= (?:by|to|\d))", "shrank"),
        (r"\bshrank(?= (?:by|to|\d))", "grew"),
        (r"\bjoined(?= (?:the|its|his|her|[A-Z]))", "left"),
        (r"(?<=the )best(?= [a-z]+ (?:in|of|since)\b)", "worst"),
        (r"(?<=the )worst(?= [a-z]+ (?:in|of|since)\b)", "best"),
        (r"\bbelow(?= average)", "above"),
        (r"\babove(?= average)", "below"),
        (r"(?<=net )profit\b", "loss"),
        (r"(?<=net )loss\b", "profit"),
        (r"\bbegan(?= (?:in|on|at)\b)", "ended"),
        (r"\bbegins(?= )(?! to\b)", "ends"),
        (r"\bopen(?=\.$)", "closed"),
        (r"\bsucceeded\b(?=[.,]| in)", "failed"),
    ),
}  # fmt: skip
"""Words that have an opposite only in some places, and the opposite."""

_NOT_OPPOSED = {
    "id": re.compile(
        r"(?i)\b(?:sehari|setahun|sebulan|seperti|paling|semakin|tak lama|tidak lama|hari|tahun|bulan|jika)\s+$"
    ),
    "en": re.compile(
        r"(?i)\b(?:named|even|just|were|was|minutes?|hours?|looks?|looked|looking|called|ever|never|long|day|year|week|month|years|days|weeks|months|the|as|at|soon|shortly|a)\s+$"
    ),
}
"""Words behind which "before" and "after" are not those of an event."""
_OF_TIME = frozenset("before after setelah sesudah sebelum".split())
_COURTS = re.compile(
    r"(?i)\s+(?:(?:a|the|an)\s+)?(?:\w+\s+)?(?:judges?|courts?|magistrates?|committee|parliament|lawmakers|senators?)\b|\s*[.,]|\s+all\b|\s+(?:tax|that|which|this|now|itu|ini)\b"
)


@cache
def _opposites(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    table: dict[str, str] = {}
    for pair in _OPPOSITES[language].split():
        word, _, other = pair.partition("/")
        table.setdefault(word, other)
    for pair in _OPPOSITES[language].split():
        word, _, other = pair.partition("/")
        if other not in ("loses", "defeat", "dearest", "berakhir", "lightest"):
            table.setdefault(other, word)
    known = "|".join(sorted(table, key=len, reverse=True))
    return re.compile(rf"(?i)(?<![\w-])(?:{known})(?![\w-])"), table


def _antonyms(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain or not claim.definite:
        return
    pattern, table = _opposites(claim.language)
    for match in pattern.finditer(claim.text):
        word, span = match.group(), Span(*match.span())
        before, after = claim.text[: span.start], claim.text[span.end :]
        if word[1:] != word[1:].lower() or (word != word.lower() and span.start) or (span.start and claim.named(span)):
            continue
        if word.lower() in _OF_TIME and (_NOT_OPPOSED[claim.language].search(before) or _COURTS.match(after)):
            continue
        if re.search(r"(?i)\b(?:lebih|more|less|paling|next|eceran|second|third|fourth|kedua|ketiga)\s+$", before):
            continue
        yield span, _like(table[word.lower()], word)
    for expression, other in _OPPOSITES_AT[claim.language]:
        for match in re.finditer(expression, claim.text):
            if not claim.named(Span(*match.span())):
                yield Span(*match.span()), other


_TIMES_OF = frozenset(
    """hari minggu pekan bulan tahun jam menit kali saat waktu malam pagi day week month year hour minute time morning night spring
    summer autumn fall winter season sunday monday tuesday wednesday thursday friday saturday evening weekend""".split()
)


def _quantifiers(claim: _Claim) -> Iterator[_Edit]:
    if claim.conditional:
        return
    yield from (_quantifiers_id if claim.language == "id" else _quantifiers_en)(claim)


def _quantifiers_id(claim: _Claim) -> Iterator[_Edit]:
    if claim.denied:
        return
    for match in re.finditer(
        r"(?i)(?<![\w-])(?P<at>(?:kepada|bagi|untuk|oleh|di|dari|pada|dengan|terhadap) )?(?P<word>semua|seluruh|setiap|sebagian besar|sebagian kecil|banyak)(?= (?P<next>[a-z][a-z-]+))",
        claim.text,
    ):
        word, lead = match["word"], match["at"] or ""
        if match["next"].lower() in (*_TIMES_OF, "yang", "itu", "ini", "dunia", "dari"):
            continue
        if word.lower() == "banyak":
            if re.search(
                r"(?i)\b(?:lebih|paling|sangat|terlalu|cukup|begitu|se|makin|semakin)\s+$",
                claim.text[: match.start("word")],
            ):
                continue
            tag = next((other.tag for other in claim.words if other.start == match.end("word") + 1), "")
            if tag != "NOUN":
                continue
            yield Span(*match.span("word")), _like("sedikit", word)
        elif word.lower() == "sebagian kecil":
            yield Span(*match.span("word")), _like("seluruh", word)
        else:
            yield Span(match.start(), match.end("word")), _like(f"hanya {lead.lower()}sebagian kecil", match.group())


def _quantifiers_en(claim: _Claim) -> Iterator[_Edit]:
    text = claim.text
    if claim.denied:
        if len(_DENIAL["en"].findall(text)) == 1:
            match = re.match(r"No(?= [a-z]+s (?:have|were|are|had|will|could|would)\b)", text)
            if match:
                yield Span(*match.span()), "Several"
            match = re.match(r"None(?= of (?:the|them|these|those|its|their|his|her)\b(?!.*\b(?:is|was|has)\b))", text)
            if match:
                yield Span(*match.span()), "All"
        return
    guard = r"(?<![\w-])(?<!nearly )(?<!almost )(?<!at )(?<!above )(?<!after )(?<!the )(?<!than )"
    for match in re.finditer(
        guard
        + r"(?i:all|most|many) of(?= (?:them\b|(?:the|its|their|his|her|these|those) (?:[\d.,]+ )?(?:[a-z]+ )?[a-z]+[^s\W]s\b))",
        text,
    ):
        yield Span(*match.span()), _like("few of", match.group())
    for match in re.finditer(guard + r"(?i:all)(?= (?:the|its|their|his|her|these|those) [a-z]+s\b)", text):
        yield Span(*match.span()), _like("few of", match.group())
    for match in re.finditer(
        guard + r"(?<!as )(?<!so )(?<!how )(?<!too )(?i:all|most|many)(?= (?:[a-z]+s|people|men|women|children)\b)",
        text,
    ):
        word = next((other for other in claim.words if other.start == match.end() + 1), None)
        if word is not None and word.tag == "NOUN" and not word.low.endswith("ss"):
            yield Span(*match.span()), _like("few", match.group())
    for match in re.finditer(guard + r"(?i:every|each)(?= ([a-z]+)\b)", text):
        word = next((other for other in claim.words if other.start == match.end() + 1), None)
        if word is not None and word.tag == "NOUN" and word.low not in _TIMES_OF:
            yield Span(*match.span()), _like("almost no", match.group())
    for match in re.finditer(
        guard + r"(?i:both)(?= ([a-z]+s) (?:said|had|will|would|could|won|lost|voted|agreed|[a-z]+ed)\b)", text
    ):
        yield Span(*match.span()), _like("neither of the", match.group())
    for match in re.finditer(r"\b[Ee]very(?:one|body)\b", text):
        yield Span(*match.span()), _like("no one", match.group())


_ORDINALS = {
    "id": "pertama kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh".split(),
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth".split(),
}
_ORDERED = (
    "hari babak kali tahun anak putaran gelar edisi orang peringkat urutan pekan bulan perempuan wanita tempat posisi gol laga fase tahap gelombang dosis "
    "periode kasus ronde seri korban putra putri lantai kelompok"
)
"""Indonesian nouns behind which "kedua" means second, not both."""


def _ordinals(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    names = _ORDINALS[claim.language]
    joined = "|".join(names)
    if claim.language == "id":
        found = [
            *re.finditer(rf"\b(?:{'|'.join(_ORDERED.split())}) (?P<word>{joined})\b(?! kali)", claim.text),
            *re.finditer(rf"\buntuk (?P<word>{joined})(?= kali)", claim.text),
        ]
    else:
        found = [
            match
            for match in re.finditer(
                rf"\b(?:[Tt]he|[Aa]|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Mm]y|[Oo]ur|\w+['’]s) (?P<word>{joined})(?= (?P<next>[a-z]+))",
                claim.text,
            )
            if _counted(claim, match)
        ]
    for match in found:
        span = Span(*match.span("word"))
        if not _told(claim, span):
            continue
        at = names.index(match["word"])
        yield span, claim.pick([names[(at + step) % 6 if at < 6 else at - step] for step in (2, 3)], span.start)[0]
    for match in re.finditer(r"(?<=\bke-)[0-9]+\b|(?<![\w.,])[0-9]+(?:st|nd|rd|th)\b", claim.text):
        span = Span(*match.span())
        if not _told(claim, span):
            continue
        number = int(re.sub(r"\D", "", match.group()))
        if not 0 < number < 10_000:
            continue
        other = (
            number + claim.pick((2, 3), span.start)[0]
            if number < 10
            else round(number * claim.pick((0.5, 0.6), span.start)[0])
        )
        yield span, str(other) + ("" if match.group().isdigit() else _suffix(other))


def _told(claim: _Claim, span: Span) -> bool:
    """Says whether an ordinal is told of a definite subject: with "the second match" another may have been played, too."""
    dated = any(mention.span.start <= span.start < mention.span.end for mention in claim.dates)
    if dated or not claim.predicate or not claim.certain(span.start):
        return False
    return span.start > claim.words[claim.predicate].start


def _counted(claim: _Claim, match: re.Match[str]) -> bool:
    """Says whether an English ordinal counts what follows: "the third lander", not "a third of" or "the first minister"."""
    word = next((other for other in claim.words if other.start == match.end() + 1), None)
    if (
        word is None
        or word.tag not in ("NOUN", "ADJ")
        or match["next"] in ("of", "half", "quarter", "minister", "lady", "aid", "hand", "person")
    ):
        return False
    article = match.group()[:2].lower() == "a "
    general = re.search(r"\b(?:will|would|can|must)\b", claim.text)  # "a second offense will mean": so may a third
    return not (article and (general or match["word"] in ("first", "eighth")))


_GREATER = {
    "id": """tinggi/rendah besar/kecil banyak/sedikit mahal/murah cepat/lambat berat/ringan tua/muda panjang/pendek luas/sempit kuat/lemah
    baik/buruk jauh/dekat dalam/dangkal sering/jarang sulit/mudah""",
    "en": """higher/lower larger/smaller bigger/smaller longer/shorter older/younger faster/slower better/worse stronger/weaker
    heavier/lighter warmer/colder hotter/colder richer/poorer wider/narrower deeper/shallower""",
}
_FLIPPED = {
    "id": (
        ("lebih dari", "kurang dari"), ("kurang dari", "lebih dari"), ("di atas", "di bawah"), ("di bawah", "di atas"),
        ("setidaknya", "kurang dari"), ("sedikitnya", "kurang dari"), ("minimal", "kurang dari"), ("paling sedikit", "kurang dari"),
        ("paling banyak", "lebih dari"), ("maksimal", "lebih dari"), ("melebihi", "tidak mencapai"), ("melampaui", "tidak mencapai"),
    ),
    "en": (
        ("more than", "fewer than"), ("fewer than", "more than"), ("less than", "more than"), ("at least", "fewer than"),
        ("at most", "more than"), ("no more than", "more than"), ("up to", "more than"), ("over", "under"), ("under", "over"),
        ("above", "below"), ("below", "above"), ("exceeded", "fell short of"), ("exceeds", "falls short of"),
    ),
}  # fmt: skip
"""Bounds of a number, and a bound that no number keeps together with them."""


def _comparisons(claim: _Claim) -> Iterator[_Edit]:
    if not claim.plain:
        return
    for quantity in claim.quantities:
        yield from _flipped(claim, quantity)
    if not claim.definite:
        return
    table: dict[str, str] = {}
    for pair in _GREATER[claim.language].split():
        word, _, other = pair.partition("/")
        table.setdefault(word, other)
        table.setdefault(other, word)
    known = "|".join(table)
    if claim.language == "id":
        pattern = (
            rf"(?<=\blebih )(?:{known})(?= (?:[a-z]+ ){{0,2}}(?:daripada|dari|dibandingkan|dibanding|ketimbang)\b)"
        )
    else:
        pattern = rf"\b(?:{known})(?= (?:[a-z]+ ){{0,2}}than\b)"
    for match in re.finditer(pattern, claim.text):
        yield Span(*match.span()), table[match.group()]
    if claim.language == "en":
        for match in re.finditer(r"\bmore(?= (?P<next>[a-z]+) than\b)", claim.text):
            degree = next((other for other in claim.words if other.start == match.start("next")), None)
            if degree is not None and degree.tag == "ADJ":
                yield Span(*match.span()), "less"


def _flipped(claim: _Claim, quantity: Quantity) -> Iterator[_Edit]:
    words = claim.text[quantity.span.start : quantity.span.end]
    if quantity.upper is not None or not claim.certain(quantity.span.start):
        return
    for bound, other in _FLIPPED[claim.language]:
        if not re.match(rf"{bound}\s", words.lower()):
            continue
        timed = unit_dimension(quantity.unit) in ("time", "months")
        if (timed or quantity.unit is None) and bound in ("over", "under", "above", "below", "di atas", "di bawah"):
            return  # "over two days" is during them, "under five years" an age
        measured = unit_dimension(quantity.unit) is not None or quantity.unit is None
        flipped = "less than" if other == "fewer than" and measured else other
        yield Span(quantity.span.start, quantity.span.start + len(bound)), _like(flipped, words)


_EDITS: dict[Operator, Callable[[_Claim], Iterator[_Edit]]] = {
    "number": _numbers,
    "unit": _units,
    "date": _dates,
    "name": _names,
    "negation": _denials,
    "antonym": _antonyms,
    "quantifier": _quantifiers,
    "speaker": _speakers,
    "ordinal": _ordinals,
    "comparison": _comparisons,
}
