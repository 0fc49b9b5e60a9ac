"""Whether a source speaks of what a claim is about: a sentence on another flood with the same number of dead is no evidence.

A claim is about what its rare names name: words with a capital that the word translations do not know, such as "Sidarata" or "Minakawa", unlike
"Regency" or "German". A source that has none of them anywhere, title included, speaks of something else, however much one sentence of it resembles the claim.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from bukti.claims.language import LANGUAGES
from bukti.claims.names import find_names
from bukti.eval.alignment import Text
from bukti.eval.lists import other_names
from bukti.retrieval.terms import Token, beginnings, translations

__all__ = ["names_of", "speaks_of", "subject_of"]

MIN_NAME = 3
"""Shorter words are no rare names."""


def subject_of(claim: Text) -> frozenset[str]:
    """Gives the beginnings of the rare names in a claim and of what these are called elsewhere; empty where it has none.

    Args:
        claim: The claim, read.
    """
    rare = _rare(claim)
    names = [name.span for name in find_names(claim.text)]
    if not any(span.covers(token.span) for span in names for token in rare):
        return frozenset()  # the capital of a sentence's first word alone makes no name; beside others it may be what the sentence is about
    return beginnings(" ".join([*(token.surface for token in rare), *other_names(claim.text)]))


def names_of(claim: Text) -> list[frozenset[str]]:
    """Gives for each rare name in a claim the beginnings of its words and of what it is called elsewhere.

    Names of countries are left out: a source of that country seldom gives them. Nor does an acronym before a name count: "RSUD Bima" is named by "Bima".

    Args:
        claim: The claim, read.
    """
    found = []
    rare = [token for token in _rare(claim) if not beginnings(token.surface) <= _countries()]
    for name in find_names(claim.text):
        words = [token for token in rare if name.span.covers(token.span)]
        proper = [token for token in words if not token.text.isupper()]
        if words:
            also = () if proper and any(word.isupper() for word in name.text.split()) else other_names(name.text)
            found.append(beginnings(" ".join([*(token.surface for token in proper or words), *also])))
    return found


def _rare(claim: Text) -> list[Token]:
    figures = [*(date.span for date in claim.dates), *(quantity.span for quantity in claim.quantities)]
    return [
        token
        for token in claim.tokens
        if token.text[0].isupper()
        and not token.stop
        and len(token.surface) >= MIN_NAME
        and not any(span.overlaps(token.span) for span in figures)
        and not translations(token.stem, claim.language).keys() - {token.stem}
    ]


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    return beginnings(" ".join(name for language in LANGUAGES for name in Locale(language).territories.values()))


def speaks_of(subject: Collection[str], words: Collection[str]) -> bool:
    """Says whether a source names what a claim is about.

    Args:
        subject: What `subject_of` gave; nothing in particular is spoken of everywhere.
        words: The beginnings of all words of the source.
    """
    return not subject or any(name in words for name in subject)
