"""Whether a source speaks of what a claim is about: a sentence on another flood with the same number of dead is no evidence.

A claim is about what its rare names name: words with a capital that the word translations do not know, such as "Sidarata" or "Minakawa", unlike
"Regency" or "German". A source that has none of them anywhere, title included, speaks of something else, however much one sentence of it resembles the claim.
"""

from __future__ import annotations

from collections.abc import Collection

from bukti.claims.names import find_names
from bukti.eval.alignment import Text
from bukti.eval.lists import other_names
from bukti.retrieval.terms import beginnings, translations

__all__ = ["speaks_of", "subject_of"]

MIN_NAME = 3
"""Shorter words are no rare names."""


def subject_of(claim: Text) -> frozenset[str]:
    """Gives the beginnings of the rare names in a claim and of what these are called elsewhere; empty where it has none.

    Args:
        claim: The claim, read.
    """
    figures = [*(date.span for date in claim.dates), *(quantity.span for quantity in claim.quantities)]
    rare = [
        token
        for token in claim.tokens
        if token.text[0].isupper()
        and not token.stop
        and len(token.surface) >= MIN_NAME
        and not any(span.overlaps(token.span) for span in figures)
        and not translations(token.stem, claim.language).keys() - {token.stem}
    ]
    names = [name.span for name in find_names(claim.text)]
    if not any(span.covers(token.span) for span in names for token in rare):
        return frozenset()  # the capital of a sentence's first word alone makes no name; beside others it may be what the sentence is about
    return beginnings(" ".join([*(token.surface for token in rare), *other_names(claim.text)]))


def speaks_of(subject: Collection[str], words: Collection[str]) -> bool:
    """Says whether a source names what a claim is about.

    Args:
        subject: What `subject_of` gave; nothing in particular is spoken of everywhere.
        words: The beginnings of all words of the source.
    """
    return not subject or any(name in words for name in subject)
