"""Reads a report back from its JSON form, so that a page can be made of one that was kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bukti.claims.article import Article, Sentence, Span
from bukti.claims.claim import Attribution, Claim, DateMention, Quantity
from bukti.claims.errors import InputError
from bukti.claims.names import Name
from bukti.eval.report import SCHEMA, Assessment, CitedSource, Failure, JudgedEvidence, LedgerRow, Reason, Report
from bukti.eval.verifier import Probabilities

__all__ = ["read_report"]


def read_report(text: str, *, path: str = "the report") -> Report:
    """Reads a report from the JSON that `bukti.eval.output.render_json` gives.

    Args:
        text: The JSON.
        path: What it is called where it cannot be read.

    Returns:
        The report. What the JSON leaves out is as a claim without it has it: the words that only helped to find evidence.

    Raises:
        InputError: It is no such report.
    """
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError(f"its form is {data['schema']}, and this bukti reads {SCHEMA}")
        return _report(data)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        cause = (str(exc) or type(exc).__name__).splitlines()[0]
        raise InputError(f"{path}: is no report ({cause}); give one that verify -o wrote", path=path) from exc


def _report(data: Mapping[str, Any]) -> Report:
    ledger = tuple(
        LedgerRow(
            span=Span(*row["span"]),
            role=row["role"],
            outcome=row["outcome"],
            claims=tuple(row["claims"]),
            repeat_of=_span(row["repeat_of"]),
            note=row["note"],
        )
        for row in data["coverage"]["ledger"]
    )
    article = data["article"]
    return Report(
        article=Article(
            text=article["text"],
            sentences=_sentences(article["text"], ledger),
            language=article["language"],
            path=article["path"],
            sha256=article["sha256"],
            title=article["title"],
            published=_day(article["published"]),
        ),
        assessments=tuple(_assessment(claim) for claim in data["claims"]),
        ledger=ledger,
        sources=tuple(CitedSource(**{**one, "published": _day(one["published"])}) for one in data["sources"]),
        fingerprint=data["fingerprint"],
        timing=data["timing"],
        skipped=tuple((one["path"], one["cause"]) for one in data["skipped"]),
    )


def _sentences(text: str, ledger: Sequence[LedgerRow]) -> tuple[Sentence, ...]:
    sentences, paragraph, last = [], 0, 0
    for row in ledger:
        paragraph += "\n" in text[last : row.span.start]
        last = row.span.end
        sentences.append(Sentence(span=row.span, paragraph=paragraph, role=row.role, repeat_of=row.repeat_of))
    return tuple(sentences)


def _assessment(data: Mapping[str, Any]) -> Assessment:
    span, said, scores = Span(*data["span"]), data["attribution"], data["probabilities"]
    spans = tuple(Span(*one) for one in data["spans"])
    claim = Claim(
        text=data["text"],
        span=span,
        sentence_span=Span(*data["sentence_span"]),
        language=data["language"],
        check_worthy=data["check_worthy"],
        checkable=data["verdict"] != "not_checkable",
        attribution=Attribution(speaker=said["speaker"], cue=said["cue"], span=Span(*said["span"])) if said else None,
        quantities=tuple(Quantity(**{**one, "span": Span(*one["span"])}) for one in data["quantities"]),
        dates=tuple(
            DateMention(**{
                **one,
                "span": Span(*one["span"]),
                "start": date.fromisoformat(one["start"]),
                "end": date.fromisoformat(one["end"]),
            })
            for one in data["dates"]
        ),
        names=tuple(Name(span=Span(*one["span"]), text=one["text"]) for one in data["names"]),
        spans=() if spans == (span,) else spans,
        kind=data["kind"],
        unresolved=tuple(data["unresolved"]),
        note=data["note"],
    )  # fmt: skip
    return Assessment(
        claim=claim,
        verdict=data["verdict"],
        # Rounded to four places the three may miss 1 by a little: the third is what the two leave.
        probabilities=Probabilities.of(
            supported=scores["supported"], refuted=min(scores["refuted"], 1.0 - scores["supported"])
        )
        if scores
        else None,
        evidence=tuple(
            JudgedEvidence(**{
                **one,
                "span": Span(*one["span"]),
                "reasons": tuple(_reason(reason) for reason in one["reasons"]),
            })
            for one in data["evidence"]
        ),
        reasons=tuple(_reason(reason) for reason in data["reasons"]),
        error=Failure(**data["error"]) if data["error"] else None,
    )  # fmt: skip


def _reason(data: Mapping[str, Any]) -> Reason:
    return Reason(**{**data, "claim_span": _span(data["claim_span"]), "evidence_span": _span(data["evidence_span"])})


def _span(value: Sequence[int] | None) -> Span | None:
    return Span(*value) if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
