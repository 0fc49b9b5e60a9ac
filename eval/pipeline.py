"""The pipeline: an article and an index in, a report out."""

from __future__ import annotations

import logging
import platform
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bukti.claims.article import CLAIM_ROLES, Article, Span
from bukti.claims.claim import Claim, Splitter
from bukti.claims.errors import BuktiError, StageError, cause_of
from bukti.claims.stages import Stages
from bukti.eval.judging import Setting, judge, outlets_of
from bukti.eval.report import (
    Assessment,
    CitedSource,
    Failure,
    LedgerRow,
    Outcome,
    Report,
    Verdict,
)
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Probabilities, Verifier
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import Evidence, Query, Retriever
from bukti.retrieval.sources import Source

__all__ = [
    "assess_claims",
    "build_ledger",
    "check_claims",
    "copies_of",
    "fingerprint_of",
    "remarks_of",
    "verify_article",
]

_LOG = logging.getLogger(__name__)

COPY_SHARE = 0.5
"""A source that holds at least this share of the article's sentences word for word is the article, or was made from it."""

MIN_COPIED = 5
"""Fewer sentences than this make no copy: a single claim may well stand word for word in its best source."""

MAX_EVIDENCE = 5
"""How many judged passages a report keeps for one claim, beside those that decided."""

Progress = Callable[[str, int, int], None]
"""Told of (step, done, of)."""


def verify_article(
    article: Article,
    *,
    index: Index,
    splitter: Splitter,
    retriever: Retriever,
    verifier: Verifier,
    thresholds: Thresholds | None = None,
    k: int = 8,
    sources: Collection[str] | None = None,
    as_of: date | None = None,
    skipped: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Report:
    """Verifies an article's claims against an index.

    Args:
        article: The article, segmented.
        index: What is searched; its sources are listed in the report.
        splitter: Article to claims.
        retriever: Claims to evidence.
        verifier: Evidence and claim to probabilities.
        thresholds: Where a probability becomes a stance.
        k: How many passages are judged for each claim.
        sources: Ids of the sources that count as evidence; all of the index if None.
        as_of: Sources published after this day are no evidence.
        skipped: Sources that could not be read, for the report.
        progress: Told of each step.

    Returns:
        The report. A claim whose retrieval or verification failed has the outcome ``error`` and its cause.

    Raises:
        BuktiError: The index cannot be used, or the article cannot be split.
    """
    thresholds = thresholds or Thresholds()
    tell = progress or (lambda step, done, of: None)
    before = _account(verifier)
    stages = Stages()
    tell("split", 0, 1)
    with stages.stage("split", sentences=len(article.sentences)):
        claims = splitter.split([article])[0]
        check_claims(article, claims)
    known = index.sources
    with stages.stage("copies", sources=len(known)):
        copies = copies_of(article, index, known)
    outside = {
        source.id: "not among the sources that were given"
        for source in known
        if sources is not None and source.id not in sources
    }
    later = {
        source.id: f"it was published on {source.published.isoformat()}, after {as_of.isoformat()}"
        for source in known
        if as_of and source.published and source.published > as_of
    }
    excluded = {**outside, **later, **copies}
    assessments = assess_claims(
        claims,
        retriever=retriever,
        verifier=verifier,
        thresholds=thresholds,
        sources=known,
        k=k,
        exclude=excluded,
        published=article.published,
        outlets=outlets_of(article),
        progress=tell,
        stages=stages,
    )
    listed = [source for source in known if source.id not in outside]
    ledger = build_ledger(article, claims, remarks_of(splitter, article))
    cited = _cited(listed, {**later, **copies}, assessments, index)
    # What a chat model was asked and took: beside the seconds, since it too may differ from run to run.
    asked = {f"judge_{name}": value - before.get(name, 0.0) for name, value in _account(verifier).items()}
    return Report(
        article=article,
        assessments=tuple(assessments),
        ledger=ledger,
        sources=cited,
        skipped=tuple(skipped),
        fingerprint=fingerprint_of(index, splitter, retriever, verifier, thresholds, k, as_of),
        timing=stages.timing() | asked,
    )


def _account(verifier: Verifier) -> dict[str, float]:
    """Gives the sums of what a verifier was asked and took since it was made, where it counts them."""
    account = getattr(verifier, "account", None)
    counted = account.items() if isinstance(account, Mapping) else ()
    return {str(name): float(value) for name, value in counted if isinstance(value, int | float)}


def assess_claims(
    claims: Sequence[Claim],
    *,
    retriever: Retriever,
    verifier: Verifier,
    thresholds: Thresholds,
    sources: Sequence[Source] = (),
    k: int = 8,
    exclude: Collection[str] = (),
    published: date | None = None,
    outlets: Collection[str] = (),
    progress: Progress | None = None,
    stages: Stages | None = None,
) -> list[Assessment]:
    """Finds evidence for claims and judges them.

    Args:
        claims: The claims.
        retriever: Claims to evidence.
        verifier: Evidence and claim to probabilities.
        thresholds: Where a probability becomes a stance.
        sources: What the evidence is from: a passage is read under its source's title and day.
        k: How many passages are judged for each claim.
        exclude: Ids of sources that are no evidence.
        published: The day the claims are of.
        outlets: What the paper that they are from calls itself.
        progress: Told of each step.
        stages: Told of what it took.

    Returns:
        An assessment for each claim, in the same order; one whose retrieval or verification failed has the outcome ``error``.
    """
    tell = progress or (lambda step, done, of: None)
    setting = Setting(
        verifier=verifier,
        thresholds=thresholds,
        sources={source.id: source for source in sources},
        published=published,
        outlets=outlets,
    )
    checkable = [claim for claim in claims if claim.checkable]
    stages = stages or Stages()
    tell("retrieve", 0, len(checkable))
    with stages.stage("retrieve", claims=len(checkable)):
        found = _retrieve(checkable, retriever, k=k, exclude=exclude)
    assessments = []
    done = 0
    with stages.stage("judge", claims=len(checkable)):
        for claim in claims:
            if not claim.checkable:
                assessments.append(Assessment(claim=claim, verdict="not_checkable", probabilities=None))
                continue
            tell("verify", done, len(checkable))
            done += 1
            assessments.append(_assess(claim, found[claim.id], setting))
    tell("verify", done, len(checkable))
    return _by_what_was_said(assessments)


def _by_what_was_said(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Takes back that somebody did not say something, where the verifier alone says so and refutes nothing of what they said.

    A source that is silent about what a minister said, or tells something else of them, does not deny it; a verifier takes it for a denial now and then.
    """
    contents: dict[Span, list[Verdict]] = {}
    for item in assessments:
        if item.claim.kind == "statement" and item.claim.attribution:
            contents.setdefault(item.claim.attribution.span, []).append(item.verdict)
    return [_undecided(item) if _alone_against(item, contents) else item for item in assessments]


def _undecided(item: Assessment) -> Assessment:
    """Gives an assessment without what refuted its claim: the passages stay, and decide nothing."""
    evidence = tuple(
        replace(each, stance="neutral", score=1.0 - each.score, reasons=()) if each.stance == "refutes" else each
        for each in item.evidence
    )
    left = Probabilities.of(supported=item.support or 0.0, refuted=0.0)
    return replace(item, verdict="not_enough_evidence", probabilities=left, evidence=evidence, reasons=())


def _alone_against(item: Assessment, contents: Mapping[Span, Sequence[Verdict]]) -> bool:
    """Says whether nothing but the verifier's word stands against a report of speech, and nothing against what was said."""
    said = contents.get(item.claim.attribution.span, ()) if item.claim.attribution else ()
    return (
        item.claim.kind == "said"
        and item.verdict == "refuted"
        and all(reason.check == "entailment" for reason in item.reasons)
        and bool(said)
        and not {"refuted", "conflicting"} & set(said)
    )


def check_claims(article: Article, claims: Sequence[Claim]) -> None:
    """Holds every splitter to the contract: a claim is cut out of the article, never written.

    Raises:
        StageError: One is not, or stands there twice.
    """
    seen: set[str] = set()
    for claim in claims:
        try:
            claim.check(article)
        except ValueError as exc:
            message = f"the splitter gave a claim that was not cut out of the article ({exc}): {claim.text[:60]!r}"
            raise StageError(message, stage="split") from exc
        if claim.id in seen:
            message = f"the splitter gave one claim twice: {claim.text[:60]!r}"
            raise StageError(message, stage="split")
        seen.add(claim.id)


def _retrieve(
    claims: Sequence[Claim], retriever: Retriever, *, k: int, exclude: Collection[str]
) -> dict[str, list[Evidence] | Failure]:
    queries = [Query(text=claim.text, language=claim.language, context=claim.context) for claim in claims]
    try:
        answers = retriever.retrieve(queries, k=k, exclude=exclude)
        if len(answers) != len(claims):
            message = f"the retriever answered {len(answers)} of {len(claims)} queries"
            raise StageError(message, stage="retrieve")
        return {claim.id: answer for claim, answer in zip(claims, answers, strict=True)}
    except BuktiError as exc:
        if exc.exit_code == StageError.exit_code:
            return {claim.id: Failure(stage="retrieve", cause=str(exc)) for claim in claims}
        raise


def _assess(claim: Claim, found: list[Evidence] | Failure, setting: Setting) -> Assessment:
    if isinstance(found, Failure):
        return Assessment(claim=claim, verdict="error", probabilities=None, error=found)
    try:
        merged = judge(claim, found, setting)
    except Exception as exc:  # noqa: BLE001 (one claim's border: a verifier is foreign code, and its failure must not be the report's)
        _LOG.debug("verification failed", exc_info=True)
        cause = cause_of(exc)
        return Assessment(claim=claim, verdict="error", probabilities=None, error=Failure(stage="verify", cause=cause))
    deciding = [item for item in merged.evidence if item.stance != "neutral"]
    neutral = [item for item in merged.evidence if item.stance == "neutral"]
    return Assessment(
        claim=claim,
        verdict=merged.verdict,
        probabilities=merged.probabilities,
        evidence=(*deciding, *neutral[: max(0, MAX_EVIDENCE - len(deciding))]),
        reasons=merged.reasons,
    )


def copies_of(article: Article, index: Index, sources: Sequence[Source]) -> dict[str, str]:
    """Finds sources that are the article itself or a copy of it, each with the reason.

    An article is no evidence for itself, and neither is a page that was copied from it.
    """
    sentences = {
        _key(sentence.span.of(article.text))
        for sentence in article.sentences
        if sentence.role in CLAIM_ROLES and sentence.repeat_of is None and sentence.span.end - sentence.span.start >= 30
    }
    found = {source.id: "it is the article itself" for source in sources if source.sha256 == article.sha256}
    given = {source.id for source in sources}
    suspected = index.like(sorted(sentences), article.language) if len(sentences) >= MIN_COPIED else []
    for source in suspected:
        if source.id in found or source.id not in given:
            continue
        text = _key(" ".join(passage.text for passage in index.passages_of(source.id)))
        copied = sum(sentence in text for sentence in sentences)
        if copied >= MIN_COPIED and copied >= COPY_SHARE * len(sentences):
            found[source.id] = f"it holds {copied} of the article's {len(sentences)} sentences word for word"
    return found


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def remarks_of(splitter: Splitter, article: Article) -> Mapping[Span, str]:
    """Gives what a splitter has to say of an article's sentences, where it is one that says anything."""
    said = getattr(splitter, "remarks", None)
    return said(article) if callable(said) else {}


def build_ledger(
    article: Article, claims: Sequence[Claim], remarks: Mapping[Span, str] | None = None
) -> tuple[LedgerRow, ...]:
    """Gives one row for each sentence of the article: what became of it.

    Args:
        article: The article.
        claims: Its claims.
        remarks: What the splitter says of sentences.
    """
    by_sentence: dict[Span, list[str]] = {}
    for claim in claims:
        by_sentence.setdefault(claim.sentence_span, []).append(claim.id)
    rows = []
    for sentence in article.sentences:
        given = tuple(by_sentence.get(sentence.span, ()))
        outcome: Outcome = (
            "claims"
            if given
            else "role"
            if sentence.role not in CLAIM_ROLES
            else "repeat"
            if sentence.repeat_of
            else "no_claim"
        )
        rows.append(
            LedgerRow(
                span=sentence.span,
                role=sentence.role,
                outcome=outcome,
                claims=given,
                repeat_of=sentence.repeat_of,
                note=(remarks or {}).get(sentence.span, ""),
            )
        )
    return tuple(rows)


def _cited(
    sources: Sequence[Source], excluded: Mapping[str, str], assessments: Sequence[Assessment], index: Index
) -> tuple[CitedSource, ...]:
    cited = Counter(
        source
        for item in assessments
        for source in {evidence.source for evidence in item.evidence if evidence.stance != "neutral"}
    )
    return tuple(
        CitedSource(
            id=source.id,
            title=source.title,
            path=source.path,
            sha256=source.sha256,
            language=source.language,
            passages=index.count_of(source.id),
            cited=cited[source.id],
            excluded=excluded.get(source.id),
            published=source.published,
        )
        for source in sources
    )


def fingerprint_of(
    index: Index,
    splitter: Splitter,
    retriever: Retriever,
    verifier: Verifier,
    thresholds: Thresholds,
    k: int,
    as_of: date | None,
) -> dict[str, Any]:
    """Gives all that a report depends on beside the article: versions, models, thresholds, the index's content."""
    try:
        own = version("bukti")
    except PackageNotFoundError:
        own = "unknown"
    return {
        "bukti": own,
        "python": platform.python_version(),
        "splitter": splitter.name,
        "retriever": retriever.name,
        "models": {"embedder": index.embedder_name, "verifier": verifier.name},
        "index": index.content_id,
        "config": {
            "k": k,
            "support_threshold": thresholds.support,
            "refute_threshold": thresholds.refute,
            "refute_alone_threshold": thresholds.refute_alone,
            "as_of": as_of.isoformat() if as_of else None,
        },
    }
