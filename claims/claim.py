"""Claims and what stands in them: attribution, quantities, dates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, runtime_checkable

from bukti.claims.article import Article, Span
from bukti.claims.names import Name

__all__ = ["GLUE", "Attribution", "Bound", "Claim", "ClaimKind", "DateMention", "Precision", "Quantity", "Splitter"]

Bound = Literal["exact", "about", "at_least", "at_most", "more_than", "less_than"]
"""How a quantity is bounded in the text: "70", "about 70", "at least 70", "at most 70", "more than 70", "fewer than 70"."""

Precision = Literal["day", "week", "month", "quarter", "half_year", "year", "century"]
"""The finest unit a date gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number in a text, with its unit."""

    span: Span
    """Where it stands in the text that was searched, bound words and unit included."""

    value: float
    """The number in base units: 3,5 miliar is 3.5e9, 2 persen is 2 with unit ``percent``, six hours is 6 with unit ``hour``."""

    unit: str | None
    """``percent``, a currency (ISO 4217), a unit of time, length, mass..., the counted noun as written, or None."""

    bound: Bound = "exact"
    """How the text bounds it."""

    upper: float | None = None
    """The other end of a range ("6-7 jam"), in the same units, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date in a text, resolved as far as the text and its anchor allow."""

    span: Span
    """Where it stands in the text that was searched."""

    start: date
    """First day of the time meant."""

    end: date
    """Last day of the time meant; equals `start` for a day."""

    precision: Precision
    """The finest unit the text gives."""

    anchored: bool = False
    """Whether the day of publication was needed to resolve it ("Senin", "4/10", "yesterday")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who is said to have said a claim."""

    speaker: str
    """The speaker as the sentence names them; by name where it has a pronoun whose meaning is beyond doubt."""

    cue: str
    """The words that report the speech: ``mengatakan``, ``said``, ``menurut``."""

    span: Span
    """The speaker and the cue in the article's text."""


ClaimKind = Literal["statement", "said"]
"""Whether a claim is what the article states, or that somebody said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of the article, with the pieces of the text that it is made of."""

    text: str
    """The claim as a sentence that reads alone. Its words are those of `spans`, in this order, but for a copula (``adalah``,
    ``is``, ``was``) put between them, a capital at the beginning and a full stop at the end."""

    span: Span
    """Where it stands in the article's text: from its first piece within the sentence to its last."""

    sentence_span: Span
    """The sentence it was split from."""

    language: str
    """ISO 639-1 code."""

    check_worthy: float
    """How much the claim is worth checking, in [0, 1]; 0 for what cannot be checked."""

    checkable: bool = True
    """False for questions, opinions and wishes: reported as not_checkable and never scored."""

    attribution: Attribution | None = None
    """Who is said to have said it, if anyone."""

    quantities: tuple[Quantity, ...] = ()
    """The numbers in it; spans count the article's text."""

    dates: tuple[DateMention, ...] = ()
    """The dates in it; spans count the article's text."""

    names: tuple[Name, ...] = ()
    """The proper names in it; spans count the article's text."""

    context: str = ""
    """Words that help to find evidence but are not part of the claim: the speaker, the subject of the sentence before."""

    spans: tuple[Span, ...] = ()
    """The pieces it is made of, in the claim's order, where it is not just `span`. One outside `sentence_span` is what a
    pronoun of the sentence means."""

    kind: ClaimKind = "statement"
    """``said`` for the claim that somebody said what another claim states."""

    unresolved: tuple[str, ...] = ()
    """Pronouns and bare references ("dia", "the company") whose meaning the text before does not settle."""

    note: str = ""
    """Why it cannot be checked, where it cannot."""

    @property
    def id(self) -> str:
        """The claim's id: a hash of its text and place, stable from run to run."""
        return "c-" + hashlib.sha256(f"{self.span.start}:{self.span.end}:{self.text}".encode()).hexdigest()[:12]

    @property
    def pieces(self) -> tuple[Span, ...]:
        """The pieces of the article's text that it is made of, in the claim's order. At least one."""
        return self.spans or (self.span,)

    def check(self, article: Article) -> None:
        """Holds the claim to its contract.

        Raises:
            ValueError: A span lies outside the article, or a word of the claim stands in none of its pieces.
        """
        if any(not 0 <= span.start < span.end <= len(article.text) for span in self.pieces):
            raise ValueError("it has a piece outside the article")
        if not self.sentence_span.covers(self.span):
            raise ValueError("it does not lie within its sentence")
        held = set(_words(" ".join(span.of(article.text) for span in self.pieces)))
        for word in _words(self.text):
            if word not in held and word not in GLUE:
                raise ValueError(f"{word!r} does not stand in its pieces")


GLUE = frozenset({"adalah", "is", "are", "was", "were", "s"})
"""The only words that a splitter may put between pieces of the text: a copula, and the possessive's s."""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@runtime_checkable
class Splitter(Protocol):
    """Claim splitting: articles in, claims out."""

    @property
    def name(self) -> str:
        """A name with a version, for the report's fingerprint."""
        ...

    def split(self, articles: Sequence[Article]) -> list[list[Claim]]:
        """Splits each article into claims.

        Args:
            articles: Segmented articles, any number.

        Returns:
            For each article its claims in the order of the text. A sentence whose role is not in `CLAIM_ROLES`, or
            which repeats an earlier one, gives none.
        """
        ...
