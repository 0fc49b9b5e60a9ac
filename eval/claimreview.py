"""The report as schema.org's ClaimReview: what fact-check sites put into their pages for others to find.

Source: https://schema.org/ClaimReview (a `CreativeWork`), https://schema.org/Claim, https://schema.org/Rating, and the rules for
publishers at https://developers.google.com/search/docs/appearance/structured-data/factcheck: 1 is the lowest rating and false, the
highest is true; ``alternateName`` is what is shown; ``author`` of ``itemReviewed`` is whoever made the claim; several reviews of one
page have addresses with a fragment each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from bukti.claims.errors import UsageError
from bukti.eval.judging import outlets_of
from bukti.eval.page import link_of
from bukti.eval.report import Assessment, CitedSource, JudgedEvidence, Report, Verdict
from bukti.eval.review import Review, borne_out
from bukti.eval.showing import one_line
from bukti.eval.wording import WORDS, page_language, tell_note

__all__ = ["RATINGS", "check_review_url", "render_claimreview"]

RATINGS: dict[Verdict, int] = {"refuted": 1, "conflicting": 3, "supported": 5}
"""The verdicts that decide something, on a scale from 1 to 5; the others get no review."""

_LONG = 5000
"""Characters of any text."""

_BYLINE = re.compile(
    r"(?i)^\s*(?:(?:oleh|penulis|pewarta|reporter|wartawan|by|author|written by)\s*:?\s+)(?P<name>[^|/;(]{2,80})"
)
"""A line that names who wrote the article."""

_BODY = re.compile(
    r"(?i)\b(?:kementerian|badan|dinas|lembaga|komisi|bank|pt|cv|polri|tni|universitas|perusahaan|pemerintah|partai|yayasan|"
    r"ministry|agency|bureau|department|commission|company|corporation|corp|inc|ltd|university|government|party|council|institute|"
    r"association|organi[sz]ation|foundation|police)\b"
)
"""Words of what is no person."""


def check_review_url(address: str) -> str:
    """Gives the address of a page that reviews stand on, if it is one.

    Raises:
        UsageError: It is no http or https address, or has a fragment: each claim gets its own.
    """
    if not re.match(r"https?://", address, re.IGNORECASE) or not link_of(address) or urlsplit(address).fragment:
        message = (
            f"--review-url {address}: no address of a page; give one as https://example.org/check.html, without a #"
        )
        raise UsageError(message)
    return address


def render_claimreview(
    report: Report,
    *,
    language: str | None = None,
    url: str | None = None,
    day: date | None = None,
    held: Mapping[str, Review] = MappingProxyType({}),
    publisher: tuple[str, str] = ("", ""),
) -> str:
    """Gives a list of ClaimReviews as JSON-LD: one for each claim on which something was decided, none for the others.

    Args:
        report: The report.
        language: Of its own words, ``en`` or ``id``; the article's if None, English if that is neither.
        url: Where the report's page will stand; each review's address is that with its claim's id. Left out if None.
        day: The day that the reviews are published. Left out if None: the day of the run would make two runs on the same input
            differ, and the article's day is not the review's.
        held: What a person decided about its claims, by their ids: that verdict is the rating then, with the passages on its side that were
            not marked as wrong.
        publisher: Name and address of the organisation that publishes the reviews; each is left out if empty.

    Raises:
        UsageError: There is no such language.
    """
    spoken = page_language(language, report.article.language)
    sources = {source.id: source for source in report.sources}
    appearance, maker = _appearance(report), _maker(report)
    name, home = publisher
    by = _known({"@type": "Organization", "name": one_line(name, 200), "url": _address(home)})
    reviews = []
    for item in report.assessments:
        claim = item.claim
        decision = held.get(claim.id)
        verdict = decision.verdict if decision and decision.verdict else item.verdict
        if verdict not in RATINGS:
            continue
        evidence = item.evidence if decision is None else borne_out(item, decision)
        # What somebody said is theirs; that they said it is the article's.
        theirs = claim.attribution if claim.kind == "statement" else None
        author = _speaker(theirs.speaker) if theirs else maker
        review: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "url": f"{url}#{claim.id}" if url else None,
            "datePublished": day.isoformat() if day else None,
            "author": by if "name" in by else None,
            "claimReviewed": one_line(claim.text, _LONG),
            "itemReviewed": _known({"@type": "Claim", "author": author, "appearance": appearance}),
            "reviewRating": _known({
                "@type": "Rating",
                "ratingValue": RATINGS[verdict],
                "bestRating": max(RATINGS.values()),
                "worstRating": min(RATINGS.values()),
                "alternateName": WORDS[spoken][verdict],
                "ratingExplanation": one_line(decision.note, _LONG) if decision else _explanation(item, spoken),
            }),
            "citation": [_citation(one, sources[one.source], spoken) for one in evidence if one.stance != "neutral"],
        }  # fmt: skip
        reviews.append(_known(review))
    text = json.dumps(reviews, ensure_ascii=False, indent=2, allow_nan=False)
    # It will be pasted between script tags: nothing in it may end them.
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text + "\n"


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what is not known: an empty field says something that is not so."""
    return {name: value for name, value in fields.items() if value not in (None, "", {}, [])}


def _appearance(report: Report) -> dict[str, Any]:
    """Gives the article as where the claim was made: by its address where it has one, else by its title."""
    article = report.article
    name = one_line(article.title or ("" if article.path == "-" else article.path), 300)
    return _known({
        "@type": "CreativeWork",
        "url": _address(article.path),
        "name": name or article.id,
        "datePublished": article.published.isoformat() if article.published else None,
        "inLanguage": article.language,
    })  # fmt: skip


def _maker(report: Report) -> dict[str, Any]:
    """Gives whom the article names as its paper, else as its writer; nothing where it names neither."""
    article = report.article
    outlets = outlets_of(article)
    if outlets:
        return {"@type": "Organization", "name": one_line(outlets[0], 200)}
    bylines = (row.span.of(article.text) for row in article.sentences if row.role == "byline")
    found = next((match for line in bylines if (match := _BYLINE.match(line))), None)
    name = one_line(found["name"], 80).strip(" .,-–—") if found else ""
    return {"@type": "Person", "name": name} if name else {}


def _speaker(name: str) -> dict[str, Any]:
    """Gives a speaker; nothing for one who has no name ("she", "the spokesman").

    Schema.org admits a person or an organisation and nothing between: a person, unless a word of the name is one of an organisation's.

    >>> _speaker("Kementerian Kesehatan")["@type"], _speaker("Pavel Durov")["@type"], _speaker("dia")
    ('Organization', 'Person', {})
    """
    shown = one_line(name, 200)
    if not any(char.isupper() or (char.isalpha() and char.lower() == char.upper()) for char in shown):
        return {}
    is_body = _BODY.search(shown) or re.fullmatch(r"[A-Z0-9&.-]{2,12}", shown)
    return {"@type": "Organization" if is_body else "Person", "name": shown}


def _explanation(item: Assessment, spoken: str) -> str:
    """Gives what decided, in a sentence or two."""
    told = [
        f"“{one_line(reason.claim, 120)}” ↔ “{one_line(reason.evidence, 120)}”: {one_line(tell_note(reason.note, spoken)[0])}"
        for reason in item.reasons
        if reason.check != "entailment"
    ]
    return "; ".join(told[:3])


def _citation(one: JudgedEvidence, source: CitedSource, spoken: str) -> dict[str, Any]:
    work = {
        "@type": "CreativeWork",
        "name": one_line(source.title or source.path, 300) or source.id,
        "url": _address(source.path),
        "datePublished": source.published.isoformat() if source.published else None,
        "inLanguage": source.language,
    }
    return {
        "@type": "Quotation",
        "text": one_line(one.text, _LONG),
        "description": WORDS[spoken][one.stance],
        "inLanguage": one.language,
        "isPartOf": _known(work),
    }


def _address(path: str) -> str:
    """Gives an http or https address; a place on this machine says nothing to others."""
    return path if re.match(r"https?://", path, re.IGNORECASE) and link_of(path) else ""
