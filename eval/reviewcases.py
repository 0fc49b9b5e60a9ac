"""Labelled cases of reviewed reports: every correction guards the next release.

A reviewed report becomes one case: its article with the reviewed claims. The gold verdict is the reviewer's. Gold evidence is the passages on
that verdict's side that were not marked wrong (`bukti.eval.review.borne_out`); where a changed verdict has none on its side, there is none. A
claim that came out supported and is not gets `must_not_support`: the gate fails if that ever happens again. The case's sources are all those
that any claim of the article was judged by, whole, so that what misled is there to mislead again; of one whose text was not kept, the passages
that the claims were judged by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bukti.claims.documents import clean_text
from bukti.eval.report import Assessment, CitedSource, JudgedEvidence, Report
from bukti.eval.review import Review, borne_out
from bukti.eval.showing import one_line
from bukti.eval.suites import MAX_CLAIM_CHARACTERS

__all__ = ["case_of", "render_cases"]


def case_of(
    report: Report, reviews: Mapping[str, Review], texts: Mapping[str, str], *, name: str
) -> tuple[dict[str, Any] | None, list[str]]:
    """Gives the case that a reviewed report makes.

    Args:
        report: The report.
        reviews: The decisions that hold, by the claim's id.
        texts: The texts of the sources, by their id; of one that is missing the report's own passages stand in.
        name: The case's id.

    Returns:
        The case as a suite has it, None where nothing of it can be one, and what had to be left out, one line each.
    """
    left: list[str] = []
    used = dict.fromkeys(one.source for item in report.assessments for one in item.evidence)
    parts = {source: _passages(report, source) for source in used if source not in texts}
    texts = {**texts, **parts}
    claims = []
    for item in report.assessments:
        review = reviews.get(item.claim.id)
        if review is None:
            continue
        if len(item.claim.text) > MAX_CLAIM_CHARACTERS:
            left.append(
                f"{name}/{item.claim.id}: longer than {MAX_CLAIM_CHARACTERS:,} characters, which no suite takes"
            )
            continue
        claims.append(_claim(item, review, texts))
    if not claims:
        return None, left
    if not used:
        return None, [*left, f"{name}: no source was read for it, and a case needs one; verify against others"]
    by_id = {source.id: source for source in report.sources}
    article = report.article
    return {
        "id": name,
        "article": {
            **({"title": one_line(article.title, 900)} if article.title and one_line(article.title) else {}),
            "text": _paragraphs(article.text),
        },
        **({"published": article.published.isoformat()} if article.published else {}),
        **({"language": article.language} if re.fullmatch("[a-z]{2,3}", article.language) else {}),
        "claims": claims,
        "sources": [_source(by_id[source], texts[source]) for source in used],
        "tags": ["reviewed"],
        "cluster": article.id,
        **({"note": _in_part([by_id[source] for source in parts])} if parts else {}),
    }, left  # fmt: skip


def _claim(item: Assessment, review: Review, texts: Mapping[str, str]) -> dict[str, Any]:
    claim = item.claim
    changed = review.verdict != item.verdict
    evidence = [
        {"source": one.source, "quote": one.text}
        for one in borne_out(item, review)
        if _squeezed(clean_text(one.text)) in _squeezed(texts[one.source])
    ]
    note = f"{item.verdict} -> {review.verdict}" if changed else "confirmed"
    said = f": {review.note}" if review.note else ""
    return {
        "id": claim.id,
        "text": " ".join(claim.text.split()),
        "span": list(claim.span),
        "label": review.verdict,
        **({"evidence": evidence} if evidence else {}),
        "tags": ["corrected" if changed else "confirmed"],
        **({"must_not_support": True} if item.verdict == "supported" and changed else {}),
        "note": f"{note} by {review.reviewer or 'a reviewer'} on {review.made[:10]}{said}",
    }


def _passages(report: Report, source: str) -> str:
    """Gives what a report knows of a source: the passages that its claims were judged by, in the source's order."""
    kept: list[JudgedEvidence] = []
    found = [one for item in report.assessments for one in item.evidence if one.source == source]
    for one in sorted(found, key=lambda one: (one.span.start, -one.span.end)):
        if not kept or not kept[-1].span.covers(one.span):
            kept.append(one)
    return "\n".join(one.text for one in kept)


def _in_part(sources: Sequence[CitedSource]) -> str:
    """Says which sources of a case are not whole."""
    named = ", ".join(one_line(source.path, 200) or source.id for source in sources)
    return f"the whole text was not kept, only the passages that claims were judged by: {named}"


def _source(source: CitedSource, text: str) -> dict[str, Any]:
    title = one_line(source.title, 900)
    return {
        "id": source.id,
        **({"title": title} if title else {}),
        "text": _paragraphs(text),
        **({"published": source.published.isoformat()} if source.published else {}),
    }


def _paragraphs(text: str) -> str:
    """Gives a text so that it is read as it stands: a suite's text is a text file's, where lines that look wrapped are joined."""
    return text.replace("\n", "\n\n")


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def render_cases(cases: Sequence[Mapping[str, Any]]) -> str:
    """Gives cases as JSON lines."""
    return "".join(json.dumps(case, ensure_ascii=False, allow_nan=False) + "\n" for case in cases)
