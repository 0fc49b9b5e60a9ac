"""Finds numbers with their units in Indonesian and English text and says whether two of them can be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bukti.claims.article import Span
from bukti.claims.claim import Bound, Quantity
from bukti.claims.dates import find_dates
from bukti.claims.language import ASCII_TWINS
from bukti.claims.times import find_times

__all__ = ["base_value", "find_quantities", "find_scores", "quantities_agree", "unit_dimension"]

LOOK_BACK = 60
"""Characters around a number that may say what it is."""

ABOUT = 0.1
"""How far "about" reaches, as a share of the number: reports round to one or two figures."""

NEAR = 0.03
"""How far off a number of one figure may be, as a share of the greater, to be the other one rounded."""

VAGUE = 1.6
"""A range that reaches from a number to so many times it says only how large something is, as "belasan" and "dozens" do."""

FAR = 1.5
"""A number this many times as large is no longer what "more than" would be said of."""

_MAGNITUDES: dict[str, Decimal] = {
    **dict.fromkeys(("ribu", "rb", "thousand", "k"), Decimal(10) ** 3),
    **dict.fromkeys(("juta", "jt", "million", "mn", "m"), Decimal(10) ** 6),
    **dict.fromkeys(("miliar", "milyar", "billion", "bn", "b"), Decimal(10) ** 9),
    **dict.fromkeys(("triliun", "trilyun", "trillion", "tn"), Decimal(10) ** 12),
    "hundred": Decimal(100),
    "ratus": Decimal(100),
    "dozen": Decimal(12),
    "lusin": Decimal(12),
}
_ATTACHED = {"k", "m", "mn", "b", "bn", "tn", "rb", "jt"}

_ONES = {
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split(),
    "en": """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen""".split(),
}
_TENS_EN = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}

_WORD_NUMBER: dict[str, str] = {
    "id": r"(?:(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)\s+setengah|se(?:ratus|ribu|juta|miliar)|(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)(?:\s+(?:belas|puluh(?:\s+(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))?))?"
    r"|sepuluh|sebelas|satu|setengah)",
    "en": r"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten)\s+and\s+a\s+half|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|half\s+an?|an?(?=\s+(?:hundred|thousand|million|billion|dozen)\b))",
}
MAX_DIGITS = 60
"""A longer row of digits and separators counts nothing: with the largest word after it, it would not fit a float either."""

_DIGITS = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"

_CURRENCY_BEFORE = {
    "rp": "IDR",
    "idr": "IDR",
    "us$": "USD",
    "usd": "USD",
    "$": "USD",
    "s$": "SGD",
    "a$": "AUD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "¥": "JPY",
    "rm": "MYR",
}
_UNITS: dict[str, str] = {
    **dict.fromkeys(("%", "persen", "percent", "per cent"), "percent"),
    **dict.fromkeys(
        ("persentase poin", "poin persentase", "percentage point", "percentage points"), "percentage_point"
    ),
    **dict.fromkeys(("basis poin", "basis point", "basis points"), "basis_point"),
    **dict.fromkeys(("rupiah",), "IDR"),
    **dict.fromkeys(
        (
            "dolar as",
            "dollar as",
            "dolar amerika",
            "dolar amerika serikat",
            "us dollars",
            "us dollar",
            "u.s. dollars",
            "dollars",
            "dollar",
            "dolar",
        ),
        "USD",
    ),
    **dict.fromkeys(("euro", "euros"), "EUR"),
    **dict.fromkeys(("pounds", "pound", "pound sterling", "pounds sterling", "poundsterling"), "GBP"),
    **dict.fromkeys(("pence", "penny", "p"), "pence"),
    **dict.fromkeys(("yen",), "JPY"),
    **dict.fromkeys(("yuan",), "CNY"),
    **dict.fromkeys(("ringgit",), "MYR"),
    **dict.fromkeys(("detik", "second", "seconds"), "second"),
    **dict.fromkeys(("menit", "minute", "minutes"), "minute"),
    **dict.fromkeys(("jam", "hour", "hours"), "hour"),
    **dict.fromkeys(("hari", "day", "days"), "day"),
    **dict.fromkeys(("pekan", "minggu", "week", "weeks"), "week"),
    **dict.fromkeys(("bulan", "month", "months"), "month"),
    **dict.fromkeys(("tahun", "year", "years"), "year"),
    **dict.fromkeys(("dekade", "dasawarsa", "decade", "decades"), "decade"),
    **dict.fromkeys(("abad", "century", "centuries"), "century"),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometres", "kilometre"), "kilometer"),
    **dict.fromkeys(("meter", "meters", "metres", "metre"), "meter"),
    **dict.fromkeys(("cm", "sentimeter", "centimeters", "centimetres"), "centimeter"),
    **dict.fromkeys(("mil", "mile", "miles"), "mile"),
    **dict.fromkeys(("mil laut", "nautical mile", "nautical miles"), "nautical_mile"),
    **dict.fromkeys(("kaki", "foot", "feet"), "foot"),
    **dict.fromkeys(("mm", "milimeter", "millimetre", "millimetres", "millimeters"), "millimeter"),
    **dict.fromkeys(("meter persegi", "square metres", "square meters", "square metre", "m2", "m²"), "square_meter"),
    **dict.fromkeys(
        ("kilometer persegi", "km persegi", "square kilometres", "square kilometers", "square kilometre", "km2", "km²"),
        "square_kilometer",
    ),
    **dict.fromkeys(("acre", "acres"), "acre"),
    **dict.fromkeys(("liter", "litre", "litres", "liters"), "liter"),
    **dict.fromkeys(("meter kubik", "cubic metres", "cubic meters", "cubic metre", "m3", "m³"), "cubic_meter"),
    **dict.fromkeys(("kw", "kilowatt", "kilowatts"), "kilowatt"),
    **dict.fromkeys(("mw", "megawatt", "megawatts"), "megawatt"),
    **dict.fromkeys(("gw", "gigawatt", "gigawatts"), "gigawatt"),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), "kilogram"),
    **dict.fromkeys(("gram", "grams"), "gram"),
    **dict.fromkeys(("kuintal", "quintal", "quintals"), "quintal"),
    **dict.fromkeys(("ton", "tons", "tonne", "tonnes"), "tonne"),
    **dict.fromkeys(("hektare", "hektar", "hectare", "hectares"), "hectare"),
    **dict.fromkeys(("derajat celsius", "degrees celsius", "°c"), "degree_celsius"),
}
# Unit -> (what it measures, how many of that measure's smallest unit it is). Months and years are counted, not converted.
_MEASURES: dict[str, tuple[str, float]] = {
    "second": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0), "day": ("time", 86400.0), "week": ("time", 604800.0),
    "month": ("months", 1.0), "year": ("months", 12.0), "decade": ("months", 120.0), "century": ("months", 1200.0),
    "millimeter": ("length", 0.001), "centimeter": ("length", 0.01), "meter": ("length", 1.0), "kilometer": ("length", 1000.0),
    "mile": ("length", 1609.344), "nautical_mile": ("length", 1852.0), "foot": ("length", 0.3048),
    "square_meter": ("area", 1.0), "hectare": ("area", 1e4), "acre": ("area", 4046.86), "square_kilometer": ("area", 1e6),
    "liter": ("volume", 1.0), "cubic_meter": ("volume", 1000.0),
    "gram": ("mass", 0.001), "kilogram": ("mass", 1.0), "quintal": ("mass", 100.0), "tonne": ("mass", 1000.0),
    "kilowatt": ("power", 1.0), "megawatt": ("power", 1e3), "gigawatt": ("power", 1e6),
    "percentage_point": ("points", 1.0), "basis_point": ("points", 0.01),
}  # fmt: skip

_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (
        "more_than",
        r"lebih\s+dari|di\s+atas|melebihi|melampaui|lebih\s+(?=\d)|more\s+than|over|above|exceed(?:ed|ing|s)?|upwards?\s+of|lebih",
    ),
    (
        "at_least",
        r"setidaknya|sedikitnya|setidak-tidaknya|minimal|paling\s+sedikit|paling\s+tidak|at\s+least|no\s+fewer\s+than|minimum\s+of",
    ),
    ("less_than", r"kurang\s+dari|di\s+bawah|less\s+than|fewer\s+than|under|below"),
    ("at_most", r"paling\s+banyak|maksimal|hingga|up\s+to|at\s+most|no\s+more\s+than|as\s+many\s+as|within"),
    (
        "about",
        r"sekitar|kira-kira|kurang\s+lebih|hampir|mendekati|about|around|approximately|roughly|some|nearly|almost|an\s+estimated|close\s+to|diperkirakan",
    ),
)
_BOUND_BEFORE = re.compile(
    r"(?:" + "|".join(f"(?P<{bound}>\\b(?:{words}))" for bound, words in _BOUNDS) + r")\s+(?:sebanyak\s+|the\s+)?$",
    re.IGNORECASE,
)

_PLACES = "pasal|bab|halaman|article|chapter|page"  # of a text, numbered in digits or words
# What stands before or after digits that name something or tell the time, and count nothing.
_NAMED_BEFORE = re.compile(
    rf"(?:\b(?:{_PLACES}|ayat|nomor|no\.?|hlm\.?|pukul|jam|section|number|version|versi|route|flight|boeing|airbus|iphone|android|windows"
    r"|galaxy|covid|formula|pokok|angka|kamar|room|ke|the\s+top|top|pp|uu|rt|rw|km\s*/|negeri|sdn|smpn|sman|district|distrik|zone|zona|group|grup|gate|call|hotline|liga|league|pekan|lap|game|round|ronde)\s*|ke-|[A-Za-z]-?|[#:/.,\d]|\b(?:salah|one\s+of)\s*)$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"^(?:st|nd|rd|th)\b|^(?:-an|an)\b|^[:/]\d|^\.\d{1,2}\s*(?:WIB|WITA|WIT|GMT|UTC|am|pm)\b|^\s*(?:WIB|WITA|WIT|GMT|UTC|[ap]\.?m\.?)\b|^(?!p\b)[A-Z]\b|^-\d{1,2}(?!\d)\b(?!\s*(?:persen|percent|%|jam|hari|hours|days|menit|orang|people|tahun|years?|months?|bulan|kilometer|km|pekan|weeks?|meter|juta|million|billion|miliar|triliun))",
    re.IGNORECASE,
)
_LINES = frozenset("240 360 480 720 1080 1440 2160".split())
"""Lines of a picture, where a "p" follows: "1080p"."""
_SCORE = re.compile(
    rf"(?<![\d.,/:-])\d{{1,2}}[-–]\d{{1,2}}(?![\d.,]*\d|-|\s*(?:%|°|[A-Za-z]?\d)|\s+(?:{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})\b)"
    r"(?=\s*(?:[.,;:)!?\"”]|$|[A-Z]|(?:di|pada|atas|bagi|untuk|dari|kontra|lawan|melawan|dalam|lewat|usai|setelah|saat|dan|berkat|in|at|on|over|against|to|for|with|win|loss|victory"
    r"|defeat|draw|lead|vote|by|after|when|as|and|but|home|away|late|early|thanks|through)\b))"
)
"""What two sides won or voted, "3-2": it counts nothing by itself."""
_AGE = (
    re.compile(r"\b[A-Z][\w'’.-]+\s+(?:is|was|turned)\s+$"),
    re.compile(r"\b[A-Z][\w'’.-]+(?:,\s|\s\()$"),
)
"""What stands before a bare age: "Ann Lee is 44", "Ann Lee, 44, ...", "Rina Sari (44)"."""
_YEAR = re.compile(r"19\d\d|20\d\d")  # "the 2021 outage": read as a count it would only ever mislead
_DETERMINER = re.compile(
    rf"(?:salah|no|any|every|some|each|the|this|that|which|nomor|kelas|grade|peringkat|{_PLACES})\s*$",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:every|each)\s+$", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged|age|berusia|berumur|usia|umur)\s+$", re.IGNORECASE)
_IN_A_NAME = re.compile(r"[\w,;]\s[A-Z][\w.'-]*\s$")
"""A word with a capital, not the sentence's first: "Daop 6", "Terminal 3"."""
_MODEL = re.compile(r"\b(?:ATR|CRJ|KRI|PLTU|SMA|SMP|MI|CN|KTT|AS|KM|JT|GA|QZ|SJ)\s$")
"""Letters whose number names one thing of a kind: "ATR 72"."""
_NOT_COUNTED = re.compile(
    r"^(?:[-–]satunya|\s*(?:of\b|sama\b|per\s+satu|lagi\b|another\b|day\b|by\s+one|or\s+more\b|thing\b|pun\b|dari\b|di\s+antara\b))",
    re.IGNORECASE,
)
_STOP_NOUNS = frozenset(
    """dan atau yang di ke dari pada untuk dengan oleh dalam ini itu adalah telah sudah akan karena saat ketika per lebih kurang lagi menjadi and or of in on at to
    for from with by the a an is are was were has have had that this as than more less after before when while per into its his her their it he she they""".split()
)
_ADJECTIVES = frozenset(
    "new baru active aktif total different additional tambahan other lain monthly daily registered terdaftar people-year unique global "
    "local foreign big major small large great separate young old more nearby neighbouring neighboring extra spare injured elderly empty damaged flooded wooden electric".split()
)


@lru_cache(maxsize=8192)
def find_quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Finds numbers that count or measure something.

    Dates, clock times, ordinals, scores and numbers in names (COVID-19, Pasal 27) are not quantities.

    Args:
        text: One or more sentences.
        language: ISO 639-1 code: says what comma and full stop mean where the digits leave it open.

    Returns:
        Quantities in the order of the text, without overlap. The unit of a counted noun is the first word after the
        number that is no adjective of the few that are known, lower-cased as written.
    """
    text = text.translate(ASCII_TWINS)
    taken = [mention.span for mention in find_dates(text, language, anchor=date(2000, 1, 1))]
    taken += [time.span for time in find_times(text, language)]
    taken += [span for span, _ in find_scores(text)]
    found = [share for share in _shares(text, language) if not any(share.span.overlaps(o) for o in taken)]
    taken += [share.span for share in found]
    position = 0
    while match := _pattern(language).search(text, position):
        span = Span(*match.span("number"))
        position = span.end
        if any(span.overlaps(other) for other in taken):
            continue
        quantity = _read(text, match, language)
        if quantity is None or any(quantity.span.overlaps(other.span) for other in found):
            continue
        position = max(position, quantity.span.end)
        found.append(quantity)
    busy = [*taken, *(quantity.span for quantity in found)]
    found += [
        quantity for quantity in _vague(text, language) if not any(quantity.span.overlaps(other) for other in busy)
    ]
    return tuple(_with_units(text, sorted(found, key=lambda quantity: quantity.span)))


def find_scores(text: str) -> list[tuple[Span, tuple[int, int]]]:
    """Finds what two sides won, lost or voted, with the greater number first.

    >>> find_scores("Persib menang 3-2 atas tamunya, the council voted 2-5")
    [(Span(start=14, end=17), (3, 2)), (Span(start=50, end=53), (5, 2))]
    """
    found = []
    for match in _SCORE.finditer(text.translate(ASCII_TWINS)):
        a, b = map(int, re.findall(r"\d+", match.group()))
        found.append((Span(*match.span()), (max(a, b), min(a, b))))
    return found


_RANGE_OF_CHANGE = re.compile(r"\s*(?:menjadi|ke|to|into)\s*", re.IGNORECASE)


def _with_units(text: str, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Gives "from 91" the unit of "to 84 percent"."""
    for at, quantity in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if after and quantity.unit is None and _RANGE_OF_CHANGE.fullmatch(text[quantity.span.end : after.span.start]):
            scaled = any(word in _MAGNITUDES for word in re.findall(r"[a-z]+", after.span.of(text).lower()))
            if after.unit and not scaled:
                yield replace(quantity, unit=after.unit)
                continue
        yield quantity


_PARTS = {
    "half": 1 / 2, "tengah": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10,
    "pertiga": 1 / 3, "perempat": 1 / 4, "perlima": 1 / 5, "perenam": 1 / 6, "persepuluh": 1 / 10,
}  # fmt: skip
_SHARES: dict[str, re.Pattern[str]] = {
    "id": re.compile(
        r"(?<![\w-])(?:(?P<one>se)(?P<part>pertiga|perempat|perlima|perenam|persepuluh)|(?P<some>dua|tiga|empat)\s+(?P<parts>pertiga|perempat|perlima)"
        r"|(?P<half>separuh(?:nya)?|setengah(?:nya|\s+dari|(?=\s+\w+nya\b)))|(?P<few>\w+)\s+dari\s+(?:setiap\s+)?(?P<many>tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)(?=\s+\w))(?![\w-])",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<![\w-])(?:(?P<one>an?|one)[\s-](?P<part>third|quarter|fifth|tenth)(?:(?<=\bby\s[ao]\s\w{5})|(?<=\bby\sa\s\w{7})|(?=\s+(?:of(?!\s+a\b)|more|less|higher|lower|as)\b|\s*(?:[.,;]|$)))|(?P<some>two|three|four)[\s-](?P<parts>third|quarter|fifth)s"
        r"|(?P<half>half\s+(?:of|the|its|his|her|their|all))|(?P<few>\w+)\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<many>three|four|five|six|seven|eight|nine|ten)(?=\s+\w))(?![\w-])",
        re.IGNORECASE,
    ),
}
"""A share of a whole in words: "sepertiga", "two thirds", "seven in ten"."""


_OF_A_PERCENT: dict[str, re.Pattern[str]] = {
    "id": re.compile(
        r"(?<![\w-])(?:(?P<three>tiga)\s+|(?:se(?=per|t)))(?P<part>pertiga|perempat|perlima|persepuluh|tengah)\s+(?P<unit>(?:poin\s+)?persen(?:tase)?(?:\s+poin)?)(?!\w)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<![\w-])(?:(?P<three>three)[\s-]|(?:an?|one)[\s-])?(?P<part>half|quarter|third|fifth|tenth)s?(?:\s+of\s+(?:an?|one)|\s+an?)?"
        r"[\s-](?P<unit>percentage[\s-]point|per\s?cent|(?<=quarter[\s-])point)(?!\w)",
        re.IGNORECASE,
    ),
}
"""Less than one of a hundred: "a quarter of a percentage point", "quarter-point", "seperempat poin persentase", "half a percent"."""

_AND_A_HALF = re.compile(
    r"\b(?:an?|one)\s+(minute|hour|day|week|month|year|decade|century)\s+and\s+a\s+half\b", re.IGNORECASE
)


def _shares(text: str, language: str) -> list[Quantity]:
    """Finds shares in words, as percentages; "a third" is a rounded one, "seven in ten" is not."""
    found = [
        Quantity(span=Span(*match.span()), value=1.5, unit=_UNITS[match[1].lower()])
        for match in _AND_A_HALF.finditer(text)
        if language == "en"
    ]
    for match in _OF_A_PERCENT.get(language, _OF_A_PERCENT["en"]).finditer(text):
        value = _PARTS[match["part"].lower()] * (3 if match["three"] else 1)
        unit = "percentage_point" if "poin" in match["unit"].lower() else "percent"
        start, name = _bound_before(text, match.start())
        found.append(Quantity(span=Span(start, match.end()), value=value, unit=unit, bound=name or "exact"))
    taken = [quantity.span for quantity in found]
    for match in _SHARES.get(language, _SHARES["en"]).finditer(text):
        if any(span.overlaps(Span(*match.span())) for span in taken):
            continue
        if match["few"]:
            few, many = _words(match["few"].lower(), language), _words(match["many"].lower(), language)
            if few is None or many is None or not 0 < few < many:
                continue
            share = float(few / many)
        elif match["half"]:
            share = 0.5
        elif match["one"]:
            share = _PARTS[match["part"].lower()]
        else:
            share = float(_words(match["some"].lower(), language) or 1) * _PARTS[match["parts"].lower()]
        start, name = _bound_before(text, match.start())
        exact: Bound = "exact" if match["few"] else "about"
        found.append(Quantity(span=Span(start, match.end()), value=100 * share, unit="percent", bound=name or exact))
    return found


def _bound_before(text: str, start: int) -> tuple[int, Bound | None]:
    """Gives where a figure that starts here begins with its bound word ("more than"), and what that word says."""
    bound = _BOUND_BEFORE.search(text[:start])
    return (bound.start() if bound else start), next((each for each, _ in _BOUNDS if bound and bound[each]), None)


_VAGUE: dict[str, tuple[re.Pattern[str], dict[str, tuple[float, float]]]] = {
    "id": (
        re.compile(r"(?<![\w-])(?P<word>belasan|puluhan|ratusan|ribuan|jutaan)(?:\s+(?P<mag>ribu|juta|miliar|triliun))?(?![\w-])", re.IGNORECASE),
        {"belasan": (11, 19), "puluhan": (20, 99), "ratusan": (100, 999), "ribuan": (1000, 99_999), "jutaan": (10**6, 10**9 - 1)},
    ),
    "en": (
        re.compile(
            r"(?<![\w-])(?P<word>dozens|scores|tens|hundreds|thousands|millions)\s+of\s+(?:(?P<mag>thousands|millions|billions)\s+of\s+)?(?:(?:its|their|the|his|her|our|these|those)\s+)?(?=[a-z])",
            re.IGNORECASE,
        ),
        {
            "dozens": (24, 99), "scores": (40, 199), "tens": (20, 99), "hundreds": (100, 999), "thousands": (1000, 99_999),
            "millions": (10**6, 10**9 - 1),
        },
    ),
}  # fmt: skip
"""Words that count within a power of ten, and how far they reach."""


def _vague(text: str, language: str) -> list[Quantity]:
    """Finds "belasan rumah" and "dozens of people", which count within bounds."""
    pattern, reach = _VAGUE.get(language, _VAGUE["en"])
    found = []
    for match in pattern.finditer(text):
        low, high = reach[match["word"].lower()]
        times = float(_MAGNITUDES[match["mag"].lower().removesuffix("s")]) if match["mag"] else 1.0
        unit, end = _unit(text, match.end() if language == "id" else len(text[: match.end()].rstrip()))
        if unit is None or (match["word"].lower() == "tens" and not match["mag"]):
            continue
        found.append(
            Quantity(span=Span(match.start(), end), value=low * times, unit=unit, bound="about", upper=high * times)
        )
    return found


@lru_cache(maxsize=8)
def _pattern(language: str) -> re.Pattern[str]:
    words = _WORD_NUMBER.get(language, _WORD_NUMBER["en"])
    number = rf"(?:{_DIGITS}|(?<![\w-]){words}(?![\w]))"
    magnitude = "|".join(sorted((word for word in _MAGNITUDES if word not in _ATTACHED), key=len, reverse=True))
    attached = "|".join(sorted(_ATTACHED, key=len, reverse=True))
    mag = rf"(?:\s*(?P<mag%s>{magnitude})\b|(?P<att%s>{attached})\b)"
    currency = "|".join(sorted(map(re.escape, _CURRENCY_BEFORE), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![\w])(?P<currency>{currency})\s?\.?\s?)?(?P<number>{number})(?:{mag % ('1', '1')})?"
        rf"(?:\s*(?:-|–|sampai|hingga|to|dan|and)\s*(?P<upper>{number})(?:{mag % ('2', '2')})?)?",
        re.IGNORECASE,
    )


def _read(text: str, match: re.Match[str], language: str) -> Quantity | None:
    digits = match["number"][0].isdigit()
    # What is looked for before a number is short; the whole text before each would be quadratic.
    before, start = text[max(0, match.start() - LOOK_BACK) : match.start()], match.start()
    currency = _CURRENCY_BEFORE.get((match["currency"] or "").lower())
    number_start = match.start("number")
    named = _NAMED_BEFORE.search(text[max(0, number_start - LOOK_BACK) : number_start])
    if digits and not currency and named and not _measured_to(named, match, text):
        return None
    end = _end_of(match)
    if (
        digits
        and _NAMED_AFTER.match(text[match.end("number") : match.end("number") + LOOK_BACK])
        and not (match["upper"] or match["att1"] or match["mag1"])
    ):
        return None
    value = _value(match["number"], match["mag1"] or match["att1"], language)
    if value is None or (_YEAR.fullmatch(match["number"]) and not (currency or match["mag1"] or match["att1"])):
        return None
    bound_match = _BOUND_BEFORE.search(before)
    upper: Decimal | None = None
    if match["upper"] and _is_range(match, bound_match, before):
        upper = _value(match["upper"], match["mag2"] or match["att2"] or match["mag1"] or match["att1"], language)
        if upper is not None and match["mag2"] and not match["mag1"]:
            value = _value(match["number"], match["mag2"], language) or value
        if upper is not None and upper > value:
            end = match.end()
        else:
            upper = None
    unit, unit_end = (currency, end) if currency else _unit(text, end)
    if unit == "pence" and match["number"] in _LINES:
        return None
    if unit is None and digits and _is_age(text, match, language):
        unit = "year"
    if unit not in _MEASURES and _AGED.search(before[: bound_match.start()] if bound_match else before):
        unit, unit_end = "year", end
    plain = digits and not (match["mag1"] or match["att1"] or upper)
    if plain and (_MODEL.search(before) or (unit is None and _IN_A_NAME.search(before))):
        return None
    if not digits:
        word = match["number"].lower()
        single = word in ("satu", "one") and not (match["mag1"] or (unit in _MEASURES or unit == "percent"))
        often = _EVERY.search(before) and unit in _MEASURES  # "every five hours" is a length of time
        partly = value > 10 and re.match(r"\s*(?:of|dari)\b", text[end : end + LOOK_BACK])  # "twenty-two of its stores"
        if (
            single
            or (_DETERMINER.search(before) and not often)
            or (_NOT_COUNTED.match(text[end : end + LOOK_BACK]) and not partly)
            or (match["number"][0].isupper() and re.search(r"\b[A-Z][\w'-]*\s$", before))  # "Costa Lima"
        ):
            return None
        if unit is None and not match["mag1"] and not partly:
            return None
    bound: Bound = next((name for name, _ in _BOUNDS if bound_match and bound_match[name]), "exact")
    if bound_match:
        start += bound_match.start() - len(before)
    elif not currency:
        start = number_start
    if re.match(
        r"\s+(?:lebih|or\s+more|or\s+so)\b(?!\s+(?:besar|tinggi|banyak|kecil|rendah|dari))",
        text[unit_end : unit_end + LOOK_BACK],
    ):
        bound = "at_least" if bound == "exact" else bound
    return Quantity(
        span=Span(start, unit_end),
        value=float(value),
        unit=unit,
        bound=bound,
        upper=None if upper is None else float(upper),
    )


def _is_age(text: str, match: re.Match[str], language: str) -> bool:
    """Says whether a bare number is how old somebody is, by the name before it and what closes it."""
    number, start, end = match["number"], match.start("number"), match.end("number")
    if not re.fullmatch(r"1[3-9]|[2-9]\d|10\d", number) or match["upper"]:
        return False
    before, after = text[max(0, start - LOOK_BACK) : start], text[end : end + 1]
    if _AGE[0].search(before):
        return language == "en" and after in ("", ".", ",", ";")
    return bool(_AGE[1].search(before)) and after == (")" if before.endswith("(") else ",")


def _measured_to(named: re.Match[str], match: re.Match[str], text: str) -> bool:
    """Says whether "ke" before a number means "to": "kembali ke 90 persen", unlike "HUT ke 80"."""
    if named.group().strip().lower() != "ke":
        return False
    unit, _ = _unit(text, _end_of(match))
    return unit in _MEASURES or unit == "percent"


def _end_of(match: re.Match[str]) -> int:
    """Gives where a number's first value ends, its "million" or "jt" included."""
    return match.end("att1") if match["att1"] else match.end("mag1") if match["mag1"] else match.end("number")


def _is_range(match: re.Match[str], bound: re.Match[str] | None, before: str) -> bool:
    joint = match.string[_end_of(match) : match.start("upper")].strip().lower()
    if joint in ("dan", "and"):
        return bool(re.search(r"\b(?:antara|between)\s+$", before, re.IGNORECASE))
    if joint in ("to", "hingga", "sampai"):
        return not re.search(r"\b(?:dari|from)\s+$", before, re.IGNORECASE)
    return bound is None or bound.lastgroup != "at_most"


_FIRM = re.compile(r"(?:PT|CV|UD)\.?\s+[A-Z]")
"""A firm's name begins here; it is nothing that is counted."""


def _unit(text: str, end: int) -> tuple[str | None, int]:
    """Gives the unit after a number and where it ends: a known measure, or the counted noun."""
    rest = text[end : end + 60]
    for words in range(3, 0, -1):
        match = re.match(rf"[\s-]*((?:[^\W\d_][\w.]*|%|°[cC])(?:\s+[^\W\d_][\w.]*){{{words - 1}}})", rest)
        if match:
            for candidate in (match.group(1), match.group(1).rstrip(".")):
                unit = _UNITS.get(candidate.lower())
                if unit:
                    return unit, end + match.start(1) + len(candidate)
    position = end
    for word in re.finditer(r"[^\W\d_][\w-]*", rest):
        gap = rest[position - end : word.start()]
        if gap.strip() or (not gap and position != end):
            break
        lowered = word.group().lower()
        if lowered in _STOP_NOUNS or _FIRM.match(rest, word.start()):
            break
        position = end + word.end()
        if lowered in _ADJECTIVES:
            continue
        if not gap:
            break
        return lowered, position
    return None, end


def _value(number: str, magnitude: str | None, language: str) -> Decimal | None:
    base = _decimal(number, language) if number[0].isdigit() else _words(number.lower(), language)
    if base is None:
        return None
    return base * _MAGNITUDES[magnitude.lower()] if magnitude else base


@lru_cache(maxsize=4096)
def _decimal(digits: str, language: str) -> Decimal | None:
    """Reads digits by their language's convention, or by the other one where only that makes sense of them."""
    from babel.numbers import NumberFormatError, parse_decimal

    if len(digits) > MAX_DIGITS:
        return None
    locales = ("id_ID", "en_US") if language == "id" else ("en_US", "id_ID")
    for locale in locales:
        try:
            return Decimal(parse_decimal(digits, locale=locale, strict=True))
        except NumberFormatError:
            continue
    return None


def _words(words: str, language: str) -> Decimal | None:
    if words == "setengah" or words.startswith("half"):
        return Decimal("0.5")
    if half := re.fullmatch(r"(\w+)\s+(?:setengah|and\s+a\s+half)", words):
        whole = _words(half.group(1), language)
        return None if whole is None else whole + Decimal("0.5")
    if words in ("a", "an"):
        return Decimal(1)
    prefixed = {"seratus": 100, "seribu": 1000, "sejuta": 10**6, "semiliar": 10**9}
    if words in prefixed:
        return Decimal(prefixed[words])
    ones = {word: number for number, word in enumerate(_ONES["id"] if language == "id" else _ONES["en"])}
    parts = re.split(r"[-\s]+", words)
    total = 0
    for part in parts:
        if part == "belas":
            total += 10
        elif part == "puluh":
            total *= 10
        elif part in _TENS_EN:
            total += _TENS_EN[part]
        elif part in ones:
            total += ones[part]
        else:
            return None
    return Decimal(total)


def unit_dimension(unit: str | None) -> str | None:
    """Gives what a unit measures (time, length, a currency, percent), or None for a counted noun or no unit."""
    if unit is None:
        return None
    if unit in _MEASURES:
        return _MEASURES[unit][0]
    return unit if unit in _UNITS.values() or unit in _CURRENCY_BEFORE.values() else None


def quantities_agree(claim: Quantity, evidence: Quantity) -> bool | None:
    """Says whether what the evidence counts bears out what the claim counts. The caller knows they count the same.

    The rule: exact numbers agree if they are equal once both are rounded as the rounder of the two is. "About" reaches a
    tenth either way. "More than X" agrees with X itself (the press says "more than 70 million" and "70 million" of one
    figure) and with what lies above by up to half; what lies further above neither bears it out nor refutes it. The same
    downwards for "less than". Evidence that only bounds a number ("at least 129", "thousands") settles no number within its bounds
    but the one it names.

    Returns:
        True, False, or None where the evidence settles nothing.
    """
    low, high = _interval(claim)
    other_low, other_high = _interval(evidence)
    if low <= other_high and other_low <= high:
        return None if _too_wide(evidence, claim) else True
    a, b = _base(claim, claim.value), _base(evidence, evidence.value)
    if claim.upper is None and evidence.upper is None and _same_when_rounded(a, b):
        return True
    above = "more_than", "at_least"
    below = "less_than", "at_most"
    open_ended = (
        (claim.bound in above and b > a)
        or (claim.bound in below and b < a)
        or (evidence.bound in above and a > b)
        or (evidence.bound in below and a < b)
    )
    return None if open_ended else False


def base_value(quantity: Quantity) -> float:
    """Gives a quantity's value in the smallest unit of what it measures."""
    return _base(quantity, quantity.value)


def _base(quantity: Quantity, value: float) -> float:
    return value * _MEASURES[quantity.unit][1] if quantity.unit in _MEASURES else value


def _interval(quantity: Quantity) -> tuple[float, float]:
    low = _base(quantity, quantity.value)
    if quantity.upper is not None:
        return low, _base(quantity, quantity.upper)
    slack = 1e-9 * abs(low)
    if quantity.bound in ("more_than", "at_least"):
        return low - slack, low * FAR
    if quantity.bound in ("less_than", "at_most"):
        return low / FAR, low + slack
    if quantity.bound == "about":
        return low * (1 - ABOUT), low * (1 + ABOUT)
    return low - slack, low + slack


def _too_wide(evidence: Quantity, claim: Quantity) -> bool:
    """Says whether the evidence leaves open what the claim says: "thousands" is no evidence for 94,000, nor "at least 129" for 171."""
    if claim.bound not in ("exact", "about"):
        return False
    low, high = _interval(evidence)
    if evidence.upper is not None:
        own_low, own_high = _interval(claim)
        return high > VAGUE * low and own_high <= VAGUE * own_low
    a, b = _base(claim, claim.value), _base(evidence, evidence.value)
    reach = 1 + ABOUT
    if evidence.bound in ("more_than", "at_least"):
        return claim.upper is None and a > b * reach
    return claim.upper is None and evidence.bound in ("less_than", "at_most") and a * reach < b


def _same_when_rounded(a: float, b: float) -> bool:
    """Says whether the number with fewer figures is the other one rounded; one figure alone is no rounding below 10."""
    figures = min(_figures(a), _figures(b))
    if figures < 2:
        # "passed two million" of 2.04 million: from a thousand on, one figure is a rounding if it is near.
        return min(a, b) >= 1000 and abs(a - b) <= NEAR * max(a, b)
    return float(f"{a:.{figures - 1}e}") == float(f"{b:.{figures - 1}e}")


def _figures(value: float) -> int:
    return len(f"{value:.12g}".lower().split("e")[0].replace(".", "").replace("-", "").strip("0")) or 1
