"""Closed lists that comparisons go by: names that mean one body, and words of which only one can be true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from bukti.retrieval.terms import tokenize

__all__ = ["other_names", "poles_of"]


def _lines(name: str) -> list[str]:
    text = files("bukti.eval").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _aliases() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    groups: dict[str, tuple[str, ...]] = {}
    for line in _lines("aliases.txt"):
        names = tuple(name.strip() for name in line.split(" = "))
        for name in names:
            groups[name] = tuple(other for other in names if other != name)
    known = "|".join(sorted(map(re.escape, groups), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{known})(?![\w-])"), groups


def other_names(text: str) -> Iterator[str]:
    """Gives what the names in a text are called elsewhere.

    >>> sorted(other_names("Gubernur BI mengatakan"))
    ['Bank Indonesia']
    """
    pattern, groups = _aliases()
    for match in pattern.finditer(text):
        yield from groups[match.group()]


@cache
def _poles() -> dict[tuple[str, str], tuple[tuple[int, int], ...]]:
    """Gives for (stem, language) its pairs of opposites, each with the side it stands on."""
    found: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {}
    for number, line in enumerate(_lines("opposites.txt")):
        language, words = line.split(":")
        for side, pole in enumerate(words.split("|")):
            for token in tokenize(pole, language):
                key = (token.stem, language)
                # A pair's two languages stand on lines that follow each other.
                if (number // 2, side) not in found.get(key, ()):
                    found[key] = (*found.get(key, ()), (number // 2, side))
    return found


@lru_cache(maxsize=4096)
def poles_of(text: str, language: str) -> Mapping[int, Mapping[int, tuple[int, int]]]:
    """Finds words that have an opposite.

    Args:
        text: One or a few sentences.
        language: ISO 639-1 code.

    Returns:
        For each pair of opposites in it the sides (0 or 1) that stand there, each with its first place (start, end).
    """
    poles = _poles()
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for token in tokenize(text, language):
        # "Rose" within a sentence is a name.
        if token.text[0].isupper() and token.span.start:
            continue
        for number, side in poles.get((token.stem, language), ()):
            found.setdefault(number, {}).setdefault(side, (token.span.start, token.span.end))
    return found
