"""What people decide about a report's claims.

A decision is never changed: whoever thinks better of it makes another one, and to undo is a decision too. What holds of a claim is found by
going through its decisions in their order (`current`). `bukti.eval.reviewcases` makes labelled cases of what holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bukti.eval.report import Assessment, JudgedEvidence

__all__ = ["REVIEW_VERDICTS", "Review", "ReviewVerdict", "borne_out", "current", "evidence_key", "held_of"]

ReviewVerdict = Literal["supported", "refuted", "conflicting", "not_enough_evidence", "not_checkable"]
"""A verdict that a reviewer can give."""

REVIEW_VERDICTS: tuple[ReviewVerdict, ...] = get_args(ReviewVerdict)
"""All of them, in the order in which they are offered."""

_STANCES = {"supported": ("supports",), "refuted": ("refutes",), "conflicting": ("supports", "refutes")}
"""Whose passages bear a verdict out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One decision about one claim."""

    id: int
    """Its number; later ones are higher."""

    claim: str
    """Id of the claim."""

    verdict: ReviewVerdict | None
    """The right verdict; None takes the decision before it back."""

    wrong: tuple[str, ...]
    """Evidence that is wrong, as `evidence_key` names it."""

    note: str
    """What the reviewer says to it."""

    reviewer: str
    """Who decided."""

    made: str
    """When, as ISO 8601 in UTC."""


def evidence_key(evidence: JudgedEvidence) -> str:
    """Gives what a piece of evidence is called within its claim: its source and place."""
    return f"{evidence.source}:{evidence.span.start}-{evidence.span.end}"


def current(reviews: Sequence[Review]) -> Review | None:
    """Gives the decision that holds, of all those about one claim in their order; None where none does."""
    held: list[Review] = []
    for review in reviews:
        if review.verdict is not None:
            held.append(review)
        elif held:
            held.pop()
    return held[-1] if held else None


def held_of(reviews: Mapping[str, Sequence[Review]]) -> dict[str, Review]:
    """Gives the decisions that hold, by the claim's id, of all those about each claim."""
    return {claim: review for claim, made in reviews.items() if (review := current(made))}


def borne_out(item: Assessment, review: Review) -> list[JudgedEvidence]:
    """Gives the passages that bear a decision out: those on its verdict's side that were not marked as wrong.

    One on the other side that nobody marked is none: that the reviewer reads it the other way is not said by a changed verdict.
    """
    wanted = _STANCES.get(str(review.verdict), ())
    return [one for one in item.evidence if one.stance in wanted and evidence_key(one) not in review.wrong]
