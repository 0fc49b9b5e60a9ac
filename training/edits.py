"""Edits a sentence so that what it says is no longer borne out by the sentence it was, or is still borne out though it says less.

Every function takes (text, language, chance) and gives (edited text, label) or None where it finds nothing to edit. Labels are
`entailment`, `contradiction`, `neutral` and `not_entailment` (it is one of the latter two, and which one hangs on the world).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from training.wordclasses import EXCLUSIVE, SAME

Edit = Callable[[str, str, random.Random], tuple[str, str] | None]

NUMBER = re.compile(
    r"(?<![\w.,/-])\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?(?![\w/-])|(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w/-]|[.,]\d)"
)
MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
WEEKDAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
WORDS = {
    "id": {
        "dua": 2,
        "tiga": 3,
        "empat": 4,
        "lima": 5,
        "enam": 6,
        "tujuh": 7,
        "delapan": 8,
        "sembilan": 9,
        "sepuluh": 10,
    },
    "en": {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
}
ORDINALS = {
    "id": "pertama kedua ketiga keempat kelima keenam".split(),
    "en": "first second third fourth fifth sixth".split(),
}
MAGNITUDES = {"id": "ribu juta miliar triliun".split(), "en": "thousand million billion trillion".split()}
OPPOSITES = {
    "id": "naik/turun meningkat/menurun kenaikan/penurunan peningkatan/penurunan menang/kalah sebelum/setelah sebelum/sesudah "
    "pertama/terakhir terbesar/terkecil tertinggi/terendah tinggi/rendah besar/kecil banyak/sedikit lebih/kurang "
    "menerima/menolak setuju/menolak mendukung/menentang berhasil/gagal membuka/menutup dibuka/ditutup untung/rugi maksimal/minimal "
    "mulai/berakhir utara/selatan timur/barat kuat/lemah bertambah/berkurang masuk/keluar ekspor/impor pria/wanita laki-laki/perempuan "
    "lama/baru tua/muda hidup/mati benar/salah positif/negatif menguat/melemah untung/rugi cepat/lambat semua/sebagian mudah/sulit "
    "legal/ilegal aman/berbahaya siang/malam ayah/ibu suami/istri",
    "en": "rose/fell rise/fall rising/falling increase/decrease increased/decreased increasing/decreasing won/lost before/after first/last "
    "largest/smallest highest/lowest high/low higher/lower big/small large/small more/less most/least above/below over/under "
    "accepted/rejected approved/rejected supported/opposed support/oppose succeeded/failed success/failure opened/closed open/closed "
    "profit/loss maximum/minimum began/ended north/south northern/southern east/west eastern/western strong/weak gained/lost "
    "export/import exports/imports male/female men/women man/woman boy/girl old/new older/younger alive/dead true/false positive/negative "
    "up/down fast/slow all/some many/few always/never easy/difficult public/private domestic/foreign legal/illegal safe/dangerous "
    "day/night father/mother husband/wife best/worst better/worse early/late earlier/later",
}
AUXILIARIES = "is are was were has have had will would can could should must does did do may might".split()
NEGATIVE = {
    "id": re.compile(r"\b(tidak|bukan|belum|tak) ", re.IGNORECASE),
    "en": re.compile(r"\b(not|never) |n't\b", re.IGNORECASE),
}
ID_VERB = re.compile(
    r"(?<![-\w])(?<!tidak )(?<!bukan )(?<!belum )(?<!tak )(?<!untuk )(?<!yang )(?:me(?:m|n|ng|ny|l|r)[a-z]{4,}|di(?!a\b|ri\b|an)[a-z]{4,}|ber(?:ada|asal|henti|akhir|main|temu|kembang|hasil|tugas|kunjung|langsung|jalan)[a-z]*|akan|telah|sudah|bisa|dapat|adalah|merupakan)\b"
)


def _match_case(word: str, like: str) -> str:
    return word.upper() if like.isupper() and len(like) > 1 else word.capitalize() if like[:1].isupper() else word


def _swap(text: str, span: tuple[int, int], word: str) -> str:
    return text[: span[0]] + word + text[span[1] :]


def _value(digits: str, language: str) -> tuple[float, str, str] | None:
    """Gives value, thousands mark and decimal mark."""
    thousands, decimal = (".", ",") if language == "id" else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", digits):
        return float(digits.replace(thousands, "").replace(decimal, ".")), thousands, decimal
    if re.fullmatch(rf"\d+(?:{re.escape(decimal)}\d+)?", digits):
        return float(digits.replace(decimal, ".")), "", decimal
    return None


def _written(value: float, places: int, thousands: str, decimal: str) -> str:
    whole, _, part = f"{value:.{places}f}".partition(".")
    if thousands:
        whole = f"{int(whole):,}".replace(",", thousands)
    return whole + (decimal + part if part else "")


def _numbers(text: str, language: str) -> list[tuple[re.Match[str], float, int, str, str]]:
    found = []
    for match in NUMBER.finditer(text):
        read = _value(match.group(), language)
        if read:
            value, thousands, decimal = read
            places = len(match.group().rpartition(decimal)[2]) if decimal in match.group() else 0
            found.append((match, value, places, thousands, decimal))
    return found


def _is_year(match: re.Match[str], value: float) -> bool:
    return bool(re.fullmatch(r"1[5-9]\d\d|20[0-3]\d", match.group())) and 1500 <= value <= 2039


def another_number(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    found = _numbers(text, language)
    if not found:
        return None
    match, value, places, thousands, decimal = chance.choice(found)
    if _is_year(match, value):
        other = value + chance.choice((-20, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10))
    elif value == int(value) and value <= 31:
        other = value + chance.choice((-3, -2, -1, 1, 2, 3, 5, 10))
    else:
        other = value * chance.choice((0.1, 0.25, 0.5, 0.6, 0.8, 0.9, 1.1, 1.25, 1.5, 2, 3, 10))
        if chance.random() < 0.3:
            digits = list(match.group())
            at = [i for i, c in enumerate(digits) if c.isdigit()]
            spot = chance.choice(at[: max(1, len(at) // 2)])
            digits[spot] = chance.choice([c for c in "123456789" if c != digits[spot]])
            return _swap(text, match.span(), "".join(digits)), "contradiction"
    if other <= 0:
        other = value + 4
    written = _written(other, places, thousands, decimal)
    return None if written == match.group() else (_swap(text, match.span(), written), "contradiction")


def another_word_number(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    found = [
        m
        for m in re.finditer(r"\b\w+\b", text)
        if m.group().lower() in WORDS[language] or m.group().lower() in ORDINALS[language]
    ]
    if not found:
        return None
    match = chance.choice(found)
    word = match.group().lower()
    pool = ORDINALS[language] if word in ORDINALS[language] else list(WORDS[language])
    return _swap(
        text, match.span(), _match_case(chance.choice([w for w in pool if w != word]), match.group())
    ), "contradiction"


def another_magnitude(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    words = MAGNITUDES[language]
    found = [m for m in re.finditer(r"(?<=\d )\w+\b", text) if m.group().lower() in words]
    if not found:
        return None
    match = chance.choice(found)
    other = chance.choice([w for w in words if w != match.group().lower()])
    return _swap(text, match.span(), _match_case(other, match.group())), "contradiction"


def another_date(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    names = MONTHS[language] + WEEKDAYS[language]
    found = [m for m in re.finditer(r"\b[A-Z]\w+\b", text) if m.group() in names and m.group() not in ("May", "March")]
    if not found:
        return None
    match = chance.choice(found)
    pool = MONTHS[language] if match.group() in MONTHS[language] else WEEKDAYS[language]
    return _swap(text, match.span(), chance.choice([w for w in pool if w != match.group()])), "contradiction"


def opposite(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    found = []
    for pair in OPPOSITES[language].split():
        a, _, b = pair.partition("/")
        for word, other in ((a, b), (b, a)):
            found += [(m, other) for m in re.finditer(rf"(?<![-\w]){re.escape(word)}(?![-\w])", text, re.IGNORECASE)]
    if not found:
        return None
    match, other = chance.choice(found)
    return _swap(text, match.span(), _match_case(other, match.group())), "contradiction"


def negated(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Adds or takes away one negation."""
    there = NEGATIVE[language].search(text)
    if there:
        if language == "en" and there.group() == "n't":
            return None
        taken = _swap(text, there.span(), "")
        return (taken[:1].upper() + taken[1:], "contradiction") if len(taken) > 10 else None
    if language == "en":
        match = re.search(rf"\b(?:{'|'.join(AUXILIARIES)})\b(?! (?:not|been not))", text)
        if match is None:
            return None
        word = chance.choice(("not", "not", "not", "never"))
        return _swap(text, (match.end(), match.end()), f" {word}"), "contradiction"
    match = ID_VERB.search(text)
    if match is None:
        return None
    word = "bukan" if match.group() in ("adalah", "merupakan") else "tidak"
    if match.group() == "adalah":
        return _swap(text, match.span(), "bukan"), "contradiction"
    if match.group() in ("telah", "sudah"):
        return _swap(text, match.span(), "belum"), "contradiction"
    return _swap(text, (match.start(), match.start()), f"{word} "), "contradiction"


def denied(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Denies the whole sentence."""
    heads = {"id": ("Tidak benar bahwa ", "Keliru bahwa "), "en": ("It is not true that ", "It is false that ")}[
        language
    ]
    body = text[0].lower() + text[1:] if not re.match(r"[A-Z][a-z]* [A-Z]|[A-Z]{2}", text) else text
    return chance.choice(heads) + body, "contradiction"


def bounded(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Puts a bound or a rounding in the place of a number: true or false by arithmetic."""
    found = [
        item for item in _numbers(text, language)
        if item[1] >= 12 and not _is_year(item[0], item[1]) and not re.search(r"(?i)(?:tanggal|pukul|ke-|january|\bat|page|nomor|no\.?) ?$", text[: item[0].start()])
        and not re.match(r" (?:" + "|".join(MONTHS["id"] + MONTHS["en"]) + ")", text[item[0].end() :])
        and not re.search(r"(?i)\b(?:lebih dari|kurang dari|sekitar|hampir|about|over|nearly|than|around|almost|up to|hingga|sampai|(?:"
                          + "|".join(MONTHS["id"] + MONTHS["en"]) + r")|(?:to|-|antara|between|and|dan|dari|from)) $", text[: item[0].start()])
    ]  # fmt: skip
    if not found:
        return None
    match, value, _, thousands, decimal = chance.choice(found)
    size = 10 ** (len(str(int(value))) - 1)
    step = size / chance.choice((1, 2, 10))
    down, up = int(value / step) * step, (int(value / step) + 1) * step
    more, less, about, nearly = {
        "id": (
            ("lebih dari", "di atas", "sedikitnya"),
            ("kurang dari", "di bawah"),
            ("sekitar", "kira-kira"),
            ("hampir",),
        ),
        "en": (
            ("more than", "over", "at least"),
            ("less than", "fewer than", "under"),
            ("about", "around", "roughly"),
            ("nearly", "almost"),
        ),
    }[language]
    kind = chance.randrange(6)
    if kind == 0 and 0 < down < value:
        word, other, label = chance.choice(more), down, "entailment"
    elif kind == 1:
        word, other, label = chance.choice(less), up, "entailment"
    elif kind == 2:
        word, other, label = chance.choice(more), up * chance.choice((1, 1, 1.5, 2)), "contradiction"
    elif kind == 3 and 0 < down < value:
        word, other, label = chance.choice(less), down * chance.choice((1, 1, 0.5)), "contradiction"
    elif kind == 4:
        near = up if up - value < value - down else down
        if near <= 0 or abs(near - value) > 0.06 * value:
            return None
        word, other, label = chance.choice(about if near < value else about + nearly), near, "entailment"
    else:
        word, other, label = chance.choice(about), value * chance.choice((0.5, 1.6, 2, 10)), "contradiction"
    if other <= 0 or other == value:
        return None
    places = 0 if other == int(other) else 1
    return _swap(
        text,
        match.span(),
        f"{word} {_written(other, places, thousands or ('' if other < 1000 else {'id': '.', 'en': ','}[language]), decimal)}",
    ), label


def shortened(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Leaves out a bracket, a day before a month, or what follows the last comma: what is left is still borne out."""
    ways = []
    bracket = re.search(r" ?\([^()]{3,80}\)", text)
    if bracket:
        ways.append(_swap(text, bracket.span(), ""))
    months = "|".join(MONTHS[language])
    day = re.search(rf"\b(?:tanggal )?\d{{1,2}} (?=(?:{months}) \d{{4}})", text)
    if day:
        ways.append(_swap(text, day.span(), ""))
    aside = re.search(r", [^,]{8,70},(?= [a-z])", text)
    if aside:
        ways.append(_swap(text, aside.span(), ""))
    return (chance.choice(ways), "entailment") if ways else None


def names_of(text: str) -> list[re.Match[str]]:
    """Gives names that do not begin the sentence."""
    return [m for m in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+){0,2}\b", text) if m.group().split()[0] not in
            MONTHS["id"] + MONTHS["en"] + WEEKDAYS["id"] + WEEKDAYS["en"]]  # fmt: skip


def swapped_names(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Puts two names of the sentence in each other's place."""
    found = names_of(text)
    if len(found) < 2:
        return None
    a, b = sorted(chance.sample(found, 2), key=lambda m: m.start())
    if a.group() == b.group() or re.fullmatch(r",?\s*(?:dan|and|serta|,)?\s*", text[a.end() : b.start()]):
        return None
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :], "not_entailment"


def other_name(names: list[str]) -> Edit:
    """Gives the edit that puts one of these names in a name's place."""

    def edit(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
        found = names_of(text)
        if not found:
            return None
        match = chance.choice(found)
        pool = [
            name
            for name in chance.sample(names, 12)
            if len(name.split()) == len(match.group().split()) and name not in text
        ]
        return (_swap(text, match.span(), pool[0]), "not_entailment") if pool else None

    return edit


def _words_found(text: str, words: list[str]) -> list[re.Match[str]]:
    return list(re.finditer(rf"(?<![-\w])(?:{'|'.join(map(re.escape, words))})(?![-\w])", text, re.IGNORECASE))


def word_in_class(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Puts a word of the same class, which excludes it, in a word's place."""
    found = []
    for line in EXCLUSIVE[language]:
        words = line.split()
        proper = words[0][0].isupper()
        known = {word.lower(): word for word in words}
        if len({known[m.group().lower()] for m in _words_found(text, words)}) != 1:
            continue  # none, or several of a kind: then the swap may leave the sentence true
        found += [(m, words) for m in _words_found(text, words) if m.group()[0].isupper() or not proper]
    if not found:
        return None
    match, words = chance.choice(found)
    other = chance.choice([word for word in words if word.lower() != match.group().lower()])
    return _swap(
        text, match.span(), _match_case(other, match.group()) if words[0][0].islower() else other
    ), "contradiction"


def word_of_same_meaning(text: str, language: str, chance: random.Random) -> tuple[str, str] | None:
    """Puts a synonym in a word's place."""
    found = []
    for pair in SAME[language].split():
        a, _, b = pair.partition("/")
        for word, other in ((a, b), (b, a)):
            found += [(m, other.replace("-", " ")) for m in _words_found(text, [word.replace("-", " ")])]
    if not found:
        return None
    match, other = chance.choice(found)
    return _swap(text, match.span(), _match_case(other, match.group())), "entailment"


EDITS: tuple[Edit, ...] = (
    another_number,
    another_number,
    another_word_number,
    another_magnitude,
    another_date,
    opposite,
    opposite,
    negated,
    negated,
    denied,
    bounded,
    bounded,
    shortened,
    shortened,
    swapped_names,
)
