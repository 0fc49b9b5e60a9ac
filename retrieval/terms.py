"""Words as terms: tokens, stems, and word translations between Indonesian and English."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from bukti.claims.article import Span

__all__ = [
    "TERMS",
    "Token",
    "beginnings",
    "best_matches",
    "index_terms",
    "match_matrix",
    "query_terms",
    "term_groups",
    "tokenize",
    "translations",
]

TERMS = "stems/1"
"""Name and version of the way a passage becomes terms; what is kept of another is worked out anew."""

MIN_TRANSLATION = 0.05
"""Translations with a lower mean of both directions' probabilities do not expand a query."""

MAX_TRANSLATIONS = 4
"""How many translations of one word expand a query."""

BEGINNING = 5
"""Letters by which the words of a whole source are known: "Portugal" and "Portuguese", "Taiwan" and "Taiwanese" begin alike."""

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)

_STOP: dict[str, frozenset[str]] = {
    "id": frozenset(
        """yang dan di ke dari pada untuk dengan oleh dalam ini itu adalah ialah merupakan telah sudah akan sedang masih juga atau
        saat ketika karena sehingga agar supaya bahwa para sebuah seorang suatu ada tersebut ia dia mereka kami kita saya aku anda
        nya antara hingga sampai sejak setelah sebelum secara seperti sebagai serta maka lalu kemudian namun tetapi tapi jika kalau bila
        bagi terhadap tentang atas bawah lagi lain hanya saja pun lah kah dapat bisa harus menjadi jadi hal dimana yakni yaitu
        sebanyak sekitar lebih kurang per si sang oleh-oleh tahun hari tanggal pukul""".split()
    ),
    "en": frozenset(
        """the a an of to in on at for from by with and or as is are was were be been being it its this that these those he she they them
        his her their we our us you your i my who whom which what when where while after before since until than then so such also into
        about over under between during through up down out off there here has have had do does did will would can could may might
        shall should must just more most less some any each other s year years day date""".split()
    ),
}
"""Function words. Negations are not among them: they turn a claim round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or number in a text."""

    span: Span
    """Where it stands in the text."""

    text: str
    """As written."""

    stem: str
    """Its stem in its language; a number and an unknown language's word stay as they are, in lower case."""

    surface: str
    """The word in lower case without accents of compatibility: what names are compared by."""

    stop: bool
    """Whether it is a function word."""


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer({"id": "indonesian", "en": "english"}[language])


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    if language not in _STOP or not word[0].isalpha():
        return word
    if language == "id" and "-" in word:
        first, _, second = word.partition("-")
        word = first if second.startswith(first[:3]) else word  # kupu-kupu, obat-obatan: one word said twice
    return str(_stemmer(language).stemWord(word))


def _surface(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower().replace("’", "'").removesuffix("'s")


@lru_cache(maxsize=20_000)
def tokenize(text: str, language: str) -> tuple[Token, ...]:
    """Gives the words and numbers of a text.

    Args:
        text: Any text.
        language: ISO 639-1 code; words of a language other than Indonesian and English are not stemmed.
    """
    stop = _STOP.get(language, frozenset())
    tokens = []
    for match in _TOKEN.finditer(text):
        word = _surface(match.group())
        tokens.append(
            Token(
                span=Span(*match.span()),
                text=match.group(),
                stem=_stem(word, language),
                surface=word,
                stop=word in stop,
            )
        )
    return tuple(tokens)


@cache
def _lexicon() -> dict[tuple[str, str], dict[str, float]]:
    """Gives for (stem, its language) the stems of the other language with their probabilities."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    with files("bukti.retrieval").joinpath("data/lexicon.tsv.gz").open("rb") as raw:
        for line in gzip.decompress(raw.read()).decode().splitlines():
            indonesian, english, forward, backward = line.split("\t")
            found.setdefault((indonesian, "id"), {})[english] = float(forward)
            found.setdefault((english, "en"), {})[indonesian] = float(backward)
    return found


def translations(stem: str, language: str) -> Mapping[str, float]:
    """Gives the translations of a stem from Indonesian into English or the reverse.

    Args:
        stem: A stem as `tokenize` gives it.
        language: Its language, ``id`` or ``en``; any other has no translations.

    Returns:
        Stems of the other language, each with its probability in [0, 1].
    """
    return _lexicon().get((stem, language), {})


def index_terms(text: str, language: str) -> list[str]:
    """Gives the terms that a passage is found by: its stems, marked with its language, and its words as written."""
    terms = []
    for token in tokenize(text, language):
        if not token.stop:
            terms.append(f"{language}:{token.stem}")
            terms.append(token.surface)
    return terms


def beginnings(text: str) -> frozenset[str]:
    """Gives the first five letters of every word of a text, in lower case.

    >>> sorted(beginnings("Kabupaten Bima"))
    ['bima', 'kabup']
    """
    return frozenset(_surface(match.group())[:BEGINNING] for match in _TOKEN.finditer(text))


def query_terms(text: str, language: str) -> list[str]:
    """Gives the terms a query is looked up by: those of `index_terms`, and the best translations of its stems."""
    terms = index_terms(text, language)
    for token in tokenize(text, language):
        if not token.stop:
            terms += _translated_terms(token.stem, language)
    return terms


def term_groups(text: str, language: str) -> list[frozenset[str]]:
    """Gives, for each content word of a query, the terms that stand for it: as written, its stem, and its best translations."""
    return [
        frozenset((f"{language}:{token.stem}", token.surface, *_translated_terms(token.stem, language)))
        for token in tokenize(text, language)
        if not token.stop
    ]


@lru_cache(maxsize=50_000)
def _translated_terms(stem: str, language: str) -> tuple[str, ...]:
    other = {"id": "en", "en": "id"}.get(language)
    if other is None:
        return ()
    # Both directions count: "pengguna" and "gunakan" share a stem, so that each English word for it is one of many,
    # while "user" says "pengguna" nearly always.
    both = {
        word: (forward * translations(word, other).get(stem, 0.0)) ** 0.5
        for word, forward in translations(stem, language).items()
    }
    likely = sorted(both.items(), key=lambda item: (-item[1], item[0]))
    return tuple(f"{other}:{word}" for word, weight in likely[:MAX_TRANSLATIONS] if weight >= MIN_TRANSLATION)


@lru_cache(maxsize=50_000)
def _likely(stem: str, language: str, other: str) -> Mapping[str, float]:
    """Gives the stems of the other language that a stem may be put into, each with the higher of both directions' probabilities."""
    return {
        word: max(weight, translations(word, other).get(stem, 0.0))
        for word, weight in translations(stem, language).items()
    }


def best_matches(a: Sequence[Token], a_language: str, b: Sequence[Token], b_language: str) -> list[tuple[float, int]]:
    """Gives for each token of `a` the highest weight of its row in `match_matrix`, and which token of `b` is the first to have it.

    A weight of 0 comes with the place -1: no token matches. The matrix itself is not made, for most of it is noughts.
    """
    same = a_language == b_language
    surfaces: dict[str, int] = {}
    stems: dict[str, int] = {}
    for at, token in enumerate(b):
        surfaces.setdefault(token.surface, at)
        stems.setdefault(token.stem, at)
    none = len(b)
    found = []
    for token in a:
        at = surfaces.get(token.surface, none)
        if same:
            at = min(at, stems.get(token.stem, none))
        weight = 1.0 if at < none else 0.0
        if not same:
            for word, likely in _likely(token.stem, a_language, b_language).items():
                place = stems.get(word, none)
                if place < none and (likely**0.5 > weight or (likely**0.5 == weight and place < at)):
                    weight, at = likely**0.5, place
        found.append((weight, at if weight else -1))
    return found


def match_matrix(a: Sequence[Token], a_language: str, b: Sequence[Token], b_language: str) -> list[list[float]]:
    """Gives how well each token of `a` matches each of `b`.

    Returns:
        len(a) rows of len(b) weights in [0, 1]: 1 for the same stem or word; across the two languages the square root of
        the higher translation probability, for a rare right translation is right all the same.
    """
    same = a_language == b_language
    rows = []
    for token in a:
        words = {} if same else translations(token.stem, a_language)
        row = []
        for other in b:
            if token.surface == other.surface or (same and token.stem == other.stem):
                row.append(1.0)
            elif same:
                row.append(0.0)
            else:
                likely = max(words.get(other.stem, 0.0), translations(other.stem, b_language).get(token.stem, 0.0))
                row.append(likely**0.5)
        rows.append(row)
    return rows
