"""The report: what became of every claim and of every sentence, with all it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from bukti.claims.article import ROLES, Article, Role, Span
from bukti.claims.claim import Claim, DateMention, Quantity
from bukti.claims.speech import quotation_of
from bukti.eval.verifier import Probabilities

__all__ = [
    "CHECKABLE_VERDICTS",
    "OUTCOMES",
    "QuoteState",
    "SCHEMA",
    "VERDICTS",
    "Assessment",
    "Check",
    "CitedSource",
    "Failure",
    "JudgedEvidence",
    "LedgerRow",
    "Outcome",
    "Reason",
    "Report",
    "Stance",
    "Verdict",
]

SCHEMA = "bukti.report/1"
"""Name and version of the JSON form."""

Verdict = Literal["supported", "refuted", "conflicting", "not_enough_evidence", "not_checkable", "error"]
"""The verdict of a claim, or the outcome that stands in its place."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""All verdicts and outcomes, in the order summaries show them."""

CHECKABLE_VERDICTS: frozenset[Verdict] = frozenset({"supported", "refuted", "conflicting", "not_enough_evidence"})
"""The verdicts proper; ``not_checkable`` and ``error`` are never scored."""

Stance = Literal["supports", "refutes", "neutral"]
"""What one passage does to one claim."""

Check = Literal["entailment", "quantity", "date", "name", "negation", "quote", "superseded"]
"""What was compared; ``superseded`` puts what a later source says beside what an earlier one said."""

QuoteState = Literal["found", "other_words", "other_speaker", "not_found"]
"""What became of a quotation: its words stand in a source as the same speaker's, the source says so in other words, its words stand there as
another's, or nothing of the kind was found."""

Outcome = Literal["claims", "repeat", "role", "no_claim"]
"""What became of a sentence: it gave claims, it repeats an earlier one, its role gives none, or it states nothing."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""All outcomes of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One comparison that a verdict rests on."""

    check: Check
    """What was compared."""

    claim: str
    """The words of the claim that were compared."""

    evidence: str
    """The words of the evidence they were compared with."""

    agrees: bool
    """Whether they agree."""

    note: str
    """One sentence for a reader."""

    claim_span: Span | None = None
    """Where those words stand in the claim's text."""

    evidence_span: Span | None = None
    """Where those words stand in the source's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEvidence:
    """One passage that was judged against one claim."""

    source: str
    """Id of its source."""

    passage_id: str
    """Id of the passage."""

    span: Span
    """Where the judged text stands in the source's text."""

    text: str
    """The judged text: exactly that span of the source."""

    stance: Stance
    """What it does to the claim."""

    score: float
    """Probability of that stance, in [0, 1]."""

    language: str
    """ISO 639-1 code."""

    reasons: tuple[Reason, ...] = ()
    """The comparisons behind the stance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a claim has no verdict."""

    stage: str
    """The step that failed."""

    cause: str
    """One line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A claim with its verdict and what the verdict rests on."""

    claim: Claim
    """The claim."""

    verdict: Verdict
    """The verdict, or the outcome that stands in its place."""

    probabilities: Probabilities | None
    """Of supported, refuted and not enough evidence; None where nothing was scored."""

    evidence: tuple[JudgedEvidence, ...] = ()
    """The judged passages: those that decided first, then the rest, those that hold most of the claim first."""

    reasons: tuple[Reason, ...] = ()
    """The comparisons that decided."""

    error: Failure | None = None
    """Why there is no verdict, where there is none."""

    @property
    def quote(self) -> QuoteState | None:
        """What became of the claim's quotation; None for a claim without one, and where nothing was scored."""
        if self.probabilities is None or quotation_of(self.claim.text) is None:
            return None
        told = next((reason.agrees for reason in self.reasons if reason.check == "quote"), None)
        if told is None:
            return "other_words" if self.verdict == "supported" else "not_found"
        return "found" if told else "other_speaker"

    @property
    def support(self) -> float | None:
        """Probability in [0, 1] that the claim is supported; None where nothing was scored."""
        return self.probabilities.supported if self.probabilities else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What became of one sentence of the article."""

    span: Span
    """Where it stands in the article's text."""

    role: Role
    """What it is for."""

    outcome: Outcome
    """What became of it."""

    claims: tuple[str, ...] = ()
    """Ids of the claims it gave."""

    repeat_of: Span | None = None
    """Where the same sentence stood first, where it is a repeat."""

    note: str = ""
    """What the splitter says of it: claims that were dropped, another splitter that took over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A source the article was checked against."""

    id: str
    """Its id."""

    title: str
    """Its title, or its file's name."""

    path: str
    """Where it was read from, as it was given."""

    sha256: str
    """Hash of its bytes."""

    language: str
    """ISO 639-1 code."""

    passages: int
    """How many passages it was cut into."""

    cited: int
    """How many claims have a deciding passage from it."""

    excluded: str | None = None
    """Why nothing of it counts as evidence (it is the article itself), or None."""

    published: date | None = None
    """Its day of publication, where it says one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything `bukti verify` found out about one article."""

    article: Article
    """The article."""

    assessments: tuple[Assessment, ...]
    """One for each claim, in the order of the text."""

    ledger: tuple[LedgerRow, ...]
    """One row for each sentence, in the order of the text."""

    sources: tuple[CitedSource, ...]
    """All sources, in the order of their paths."""

    fingerprint: Mapping[str, Any]
    """All that the answer depends on: versions, models, thresholds, the index's content."""

    timing: Mapping[str, float] = field(default_factory=dict)
    """Seconds by step. The only part that differs between two runs on the same input."""

    skipped: tuple[tuple[str, str], ...] = ()
    """Sources that could not be read, each with the reason."""

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many claims have each verdict; all verdicts are keys."""
        found = Counter(item.verdict for item in self.assessments)
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def precision(self) -> float | None:
        """Share of the decided claims that is supported: supported / (supported + refuted + conflicting), or None."""
        counts = self.counts
        decided = counts["supported"] + counts["refuted"] + counts["conflicting"]
        return counts["supported"] / decided if decided else None

    @property
    def strict_precision(self) -> float | None:
        """Share of all checkable claims that is supported, or None where there is none."""
        counts = self.counts
        checkable = sum(counts[verdict] for verdict in CHECKABLE_VERDICTS)
        return counts["supported"] / checkable if checkable else None

    @property
    def said(self) -> dict[Span, Verdict]:
        """What became of the claims that somebody said something, by the span of speaker and cue."""
        return {
            item.claim.attribution.span: item.verdict
            for item in self.assessments
            if item.claim.kind == "said" and item.claim.attribution
        }

    def to_dict(self) -> dict[str, Any]:
        """Gives the JSON form, ``bukti.report/1``, as plain dicts and lists in a fixed order."""
        article = self.article
        roles = Counter(row.role for row in self.ledger)
        outcomes = Counter(row.outcome for row in self.ledger)
        said = self.said
        return {
            "schema": SCHEMA,
            "article": {
                "id": article.id,
                "title": article.title,
                "language": article.language,
                "published": article.published.isoformat() if article.published else None,
                "path": article.path,
                "text": article.text,
                "sha256": article.sha256,
            },
            "claims": [_claim(item, said) for item in self.assessments],
            "coverage": {
                "sentences": len(self.ledger),
                "by_role": {role: roles[role] for role in ROLES},
                "by_outcome": {outcome: outcomes[outcome] for outcome in OUTCOMES},
                "claims": len(self.assessments),
                "ledger": [
                    {
                        "span": list(row.span),
                        "role": row.role,
                        "outcome": row.outcome,
                        "claims": list(row.claims),
                        "repeat_of": list(row.repeat_of) if row.repeat_of else None,
                        "note": row.note,
                    }
                    for row in self.ledger
                ],
            },
            "summary": {
                **self.counts,
                "precision": _rounded(self.precision),
                "strict_precision": _rounded(self.strict_precision),
            },
            "sources": [
                {
                    "id": source.id,
                    "title": source.title,
                    "path": source.path,
                    "sha256": source.sha256,
                    "language": source.language,
                    "passages": source.passages,
                    "cited": source.cited,
                    "excluded": source.excluded,
                    "published": source.published.isoformat() if source.published else None,
                }
                for source in self.sources
            ],
            "skipped": [{"path": path, "cause": cause} for path, cause in self.skipped],
            "fingerprint": dict(self.fingerprint),
            "timing": {stage: round(seconds, 3) for stage, seconds in self.timing.items()},
        }


def _rounded(value: float | None) -> float | None:
    """Rounds to four places: enough to compare, and free of the last bits that differ between processors."""
    return None if value is None else round(value, 4)


def _claim(item: Assessment, said: Mapping[Span, Verdict]) -> dict[str, Any]:
    claim = item.claim
    scores = item.probabilities
    return {
        "id": claim.id,
        "text": claim.text,
        "span": list(claim.span),
        "spans": [list(span) for span in claim.pieces],
        "kind": claim.kind,
        "unresolved": list(claim.unresolved),
        "sentence_span": list(claim.sentence_span),
        "language": claim.language,
        "check_worthy": round(claim.check_worthy, 4),
        "attribution": None
        if claim.attribution is None
        else {
            "speaker": claim.attribution.speaker,
            "cue": claim.attribution.cue,
            "span": list(claim.attribution.span),
            "said": said.get(claim.attribution.span, "not_checked"),
        },
        "quantities": [_quantity(quantity) for quantity in claim.quantities],
        "dates": [_date(mention) for mention in claim.dates],
        "names": [{"span": list(name.span), "text": name.text} for name in claim.names],
        "verdict": item.verdict,
        "support": _rounded(item.support),
        "probabilities": None
        if scores is None
        else {
            "supported": round(scores.supported, 4),
            "refuted": round(scores.refuted, 4),
            "not_enough_evidence": round(scores.not_enough_evidence, 4),
        },
        "evidence": [
            {
                "source": evidence.source,
                "passage_id": evidence.passage_id,
                "span": list(evidence.span),
                "text": evidence.text,
                "stance": evidence.stance,
                "score": round(evidence.score, 4),
                "language": evidence.language,
                "reasons": [_reason(reason) for reason in evidence.reasons],
            }
            for evidence in item.evidence
        ],
        "reasons": [_reason(reason) for reason in item.reasons],
        "quote": item.quote,
        "note": claim.note,
        "error": None if item.error is None else {"stage": item.error.stage, "cause": item.error.cause},
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "check": reason.check,
        "claim": reason.claim,
        "evidence": reason.evidence,
        "agrees": reason.agrees,
        "note": reason.note,
        "claim_span": list(reason.claim_span) if reason.claim_span else None,
        "evidence_span": list(reason.evidence_span) if reason.evidence_span else None,
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "span": list(quantity.span),
        "value": quantity.value,
        "upper": quantity.upper,
        "unit": quantity.unit,
        "bound": quantity.bound,
    }


def _date(mention: DateMention) -> dict[str, Any]:
    return {
        "span": list(mention.span),
        "start": mention.start.isoformat(),
        "end": mention.end.isoformat(),
        "precision": mention.precision,
        "anchored": mention.anchored,
    }
