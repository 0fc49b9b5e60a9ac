"""Premises: what of a source a verifier is given to read.

A sentence alone has often lost what it speaks of ("The company said ..."), so that it is read under its source's title and day. How
a premise is put together is part of what the embedded verifier was taught: `training.written` puts its own together here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from bukti.claims.article import Span
from bukti.claims.language import LANGUAGES
from bukti.claims.segments import sentence_spans
from bukti.retrieval.sources import Passage, Source

__all__ = ["Window", "headed", "title_of", "windows_of"]

MAX_TITLE = 160
"""A longer title is cut: it must not crowd out what is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A piece of a passage that is judged."""

    passage: Passage
    """The passage."""

    span: Span
    """Where it stands in the passage."""

    before: str = ""
    """The sentence before it, for what "it" and "the company" mean."""

    @property
    def text(self) -> str:
        """The piece itself."""
        return self.span.of(self.passage.text)

    @property
    def place(self) -> Span:
        """Where it stands in its source's text."""
        start = self.passage.span.start
        return Span(start + self.span.start, start + self.span.end)


def windows_of(passage: Passage, *, whole: bool = False) -> list[Window]:
    """Gives every sentence of a passage, and every two neighbours: a claim is borne out by a sentence, seldom by a passage.

    Args:
        passage: The passage.
        whole: Gives the passage as one window.
    """
    if whole:
        return [Window(passage=passage, span=Span(0, len(passage.text)))]
    cuts = sentence_spans(passage.text, passage.language)
    befores = ["", *(cut.of(passage.text) for cut in cuts)]
    return [
        *(Window(passage=passage, span=cut, before=befores[at]) for at, cut in enumerate(cuts)),
        *(
            Window(passage=passage, span=Span(a.start, b.end), before=befores[at])
            for at, (a, b) in enumerate(pairwise(cuts))
        ),
    ]


def headed(texts: Sequence[str], *, title: str, published: date | None, language: str) -> str:
    """Puts sentences under the title and day of their source.

    >>> headed(["Korban menjadi 26 orang."], title="Kapal tenggelam", published=date(2025, 2, 8), language="id")
    'Kapal tenggelam (8 Februari 2025). Korban menjadi 26 orang.'
    """
    head = title.strip().rstrip(".")[:MAX_TITLE]
    if published:
        day = _day_in_words(published, language)
        head = f"{head} ({day})" if head else day
    return " ".join([f"{head}." if head else "", *texts]).strip()


@lru_cache(maxsize=4096)
def _day_in_words(day: date, language: str) -> str:
    from babel.dates import format_date

    return format_date(day, "d MMMM y", locale=language if language in LANGUAGES else "en")


def title_of(source: Source) -> str:
    """Gives a source's title; nothing where only its file's name stands for one."""
    return "" if source.path.endswith(source.title) else source.title
