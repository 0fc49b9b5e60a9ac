"""Texts as they are compared: read once, and a claim's words held against the evidence's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bukti.claims.article import Span
from bukti.claims.claim import DateMention, Quantity
from bukti.claims.dates import find_dates
from bukti.claims.quantities import find_quantities
from bukti.claims.times import ClockTime, find_times
from bukti.eval.lists import other_names
from bukti.retrieval.terms import Token, best_matches, tokenize

__all__ = ["MATCH", "SAME_TOPIC", "Alignment", "Text", "align", "read_text"]

SAME_TOPIC = 0.7
"""Least share of the claim's other content words that the evidence must hold before a difference counts as one."""

MATCH = 0.3
"""Two words match from this weight on; translations below it are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with all that is compared in it, read once."""

    text: str
    """The text."""

    language: str
    """ISO 639-1 code."""

    tokens: tuple[Token, ...]
    """Its words and numbers, function words included."""

    quantities: tuple[Quantity, ...]
    """Its numbers; spans count this text."""

    dates: tuple[DateMention, ...]
    """Its dates; spans count this text."""

    times: tuple[ClockTime, ...]
    """Its times of day; spans count this text."""

    context: tuple[Token, ...] = ()
    """Words that stand around it and say what it speaks of: its source's title, the sentence before."""

    day: date | None = None
    """The day it was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Which content words of a claim an evidence text holds."""

    weights: tuple[float, ...]
    """For each content token of the claim its best match in the evidence or its context, 0 or 1."""

    partners: tuple[int, ...]
    """For each content token of the claim the evidence token it matches best; -1 where none does, or one of the context only."""

    content: tuple[Token, ...]
    """The claim's content tokens."""

    @property
    def coverage(self) -> float:
        """Mean match of the claim's content words, in [0, 1]; 0 for a claim without any."""
        return sum(self.weights) / len(self.weights) if self.weights else 0.0

    @property
    def held(self) -> float:
        """Share of the claim's content words that the evidence itself holds, its context left out, in [0, 1]."""
        return sum(partner >= 0 for partner in self.partners) / len(self.partners) if self.partners else 0.0

    def coverage_without(self, spans: Sequence[Span]) -> float:
        """Gives the coverage of the content words outside `spans` of the claim; 0 where none is left."""
        kept = [
            weight
            for weight, token in zip(self.weights, self.content, strict=True)
            if not any(span.overlaps(token.span) for span in spans)
        ]
        return sum(kept) / len(kept) if kept else 0.0

    def holds_around(self, span: Span, text: str, *, words: int = 3) -> bool:
        """Says whether the evidence holds the content words next to `span` in the claim: they say what a figure is of.

        Args:
            span: A figure in the claim.
            text: The claim.
            words: How many words on either side count, up to the next break.
        """
        before = re.split(r"[,;:()]", text[: span.start])[-1]
        after = re.split(r"[,;:()]|\.(?:\s|$)", text[span.end :])[0]
        first = span.start - sum(map(len, re.findall(r"\s*\S+\s*", before)[-words:]))
        last = span.end + sum(map(len, re.findall(r"\s*\S+\s*", after)[:words]))
        return all(
            weight > 0
            for weight, token in zip(self.weights, self.content, strict=True)
            if first <= token.span.start < last and not span.overlaps(token.span)
        )

    def same_names(self) -> bool:
        """Says whether the evidence holds every name in the claim."""
        return all(
            weight > 0 for weight, token in zip(self.weights, self.content, strict=True) if token.text[0].isupper()
        )

    def same_topic(self, spans: Sequence[Span]) -> bool:
        """Says whether the evidence speaks of what the claim speaks of outside `spans`: most words, and every name."""
        names = all(
            weight > 0
            for weight, token in zip(self.weights, self.content, strict=True)
            if token.text[0].isupper() and not any(span.overlaps(token.span) for span in spans)
        )
        return names and self.coverage_without(spans) >= SAME_TOPIC


@lru_cache(maxsize=4096)  # the claims of an article are held against the same windows
def read_text(text: str, language: str, *, anchor: date | None = None, context: str = "") -> Text:
    """Reads all that is compared in a text.

    Args:
        text: One or a few sentences.
        language: ISO 639-1 code.
        anchor: The day it was published, which "Monday" or "4/10" are counted from.
        context: What stands around it.
    """
    return Text(
        text=text,
        language=language,
        tokens=tuple(tokenize(text, language)),
        quantities=find_quantities(text, language),
        dates=find_dates(text, language, anchor=anchor),
        times=find_times(text, language),
        # A body goes by its letters here and by its name there, in either language.
        context=tuple(tokenize(" ".join((context, *other_names(f"{text} {context}"))), language)),
        day=anchor,
    )


def align(claim: Text, evidence: Text) -> Alignment:
    """Finds for each content word of the claim its best match in the evidence, across the two languages."""
    content = [token for token in claim.tokens if not token.stop]
    others = [(number, token) for number, token in enumerate(evidence.tokens) if not token.stop]
    others += [(-1, token) for token in evidence.context if not token.stop]
    if not content or not others:
        return Alignment(weights=(0.0,) * len(content), partners=(-1,) * len(content), content=tuple(content))
    matches = best_matches(content, claim.language, [token for _, token in others], evidence.language)
    weights, partners = [], []
    for weight, best in matches:
        found = weight >= MATCH
        # A translation that is likely enough is a match like any other: its probability says how many ways there are to
        # put the word, not how near the two are.
        weights.append(1.0 if found else 0.0)
        partners.append(others[best][0] if found else -1)
    return Alignment(weights=tuple(weights), partners=tuple(partners), content=tuple(content))
