"""The text under examination: articles, their sentences and the role each sentence plays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

__all__ = ["CLAIM_ROLES", "ROLES", "Article", "Document", "Role", "Sentence", "Span"]

Role = Literal["headline", "dateline", "caption", "byline", "related-link", "boilerplate", "quote", "body"]
"""What a sentence is for."""

ROLES: tuple[Role, ...] = get_args(Role)
"""All roles, in the order a page shows them."""

CLAIM_ROLES: frozenset[Role] = frozenset({"body", "quote"})
"""Roles whose sentences are the article's own assertions; the others never give a claim."""


class Span(NamedTuple):
    """A half-open range of Unicode code points, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Gives the piece of `text` that this span covers.

        >>> Span(2, 5).of("bukti")
        'kti'
        """
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Says whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Says whether a character lies within both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as read: clean text, and what the file says of itself."""

    text: str
    """The text as read: NFC, ``\\n`` line ends, one paragraph a line. All offsets count code points of it."""

    path: str
    """Where it came from, as it was given; ``-`` for standard input."""

    sha256: str
    """Hash of the file's bytes, in hexadecimal."""

    media: Literal["txt", "md", "html", "pdf"]
    """How it was read."""

    title: str | None = None
    """The title, where the file gives one."""

    published: date | None = None
    """The day of publication, where the file gives one."""

    url: str | None = None
    """The canonical address, where the file gives one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an article."""

    span: Span
    """Where it stands in the article's text."""

    paragraph: int
    """Which paragraph it stands in, from 0."""

    role: Role
    """What it is for."""

    repeat_of: Span | None = None
    """Where the same sentence stood before, or None the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article, segmented."""

    text: str
    """The text as read; every span of sentences and claims counts its code points."""

    sentences: tuple[Sentence, ...]
    """Every sentence in the order of the text. Together they cover all of it but white space."""

    language: str
    """ISO 639-1 code of the main language: ``id`` or ``en``, or another that was recognised."""

    path: str
    """Where it was read from; ``-`` for standard input or text given in a call."""

    sha256: str
    """Hash of the file's bytes, in hexadecimal."""

    title: str | None = None
    """The headline, where one was found."""

    published: date | None = None
    """The day of publication: the reader's, the dateline's, or the one given by the user."""

    @property
    def id(self) -> str:
        """The article's id: hash of its text, so the same text has the same id wherever it came from."""
        return "a-" + hashlib.sha256(self.text.encode()).hexdigest()[:12]
