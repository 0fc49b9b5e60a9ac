"""A report with every kind of verdict, made by hand."""

from __future__ import annotations

from datetime import date

import pytest

from bukti.claims.article import Span
from bukti.claims.claim import Attribution, Claim
from bukti.claims.documents import read_text
from bukti.claims.segments import segment
from bukti.eval.pipeline import build_ledger
from bukti.eval.report import Assessment, CitedSource, Failure, JudgedEvidence, Reason, Report, Stance, Verdict
from bukti.eval.verifier import Probabilities

LINES = [
    "Judul <b>berita</b> & [red]lain[/red]",
    "Kalimat pertama menyebut 70 juta orang.",
    "Kalimat kedua menyebut 7 juta orang.",
    "Kalimat ketiga menyebut enam jam.",
    "Kalimat keempat tidak ada buktinya.",
    "Kalimat kelima gagal diperiksa.",
    "Apakah kalimat keenam bertanya?",
    "Kalimat pertama menyebut 70 juta orang.",
]
VERDICTS: list[Verdict] = ["supported", "refuted", "conflicting", "not_enough_evidence", "error", "not_checkable"]


def judged(stance: Stance, source: str) -> JudgedEvidence:
    reason = Reason(
        check="quantity",
        claim="70 juta",
        evidence="<i>7 juta</i>",
        agrees=stance == "supports",
        note="the numbers differ",
    )
    return JudgedEvidence(
        source=source,
        passage_id=f"p-{source}",
        span=Span(0, 12),
        text="Bukti <script>alert(1)</script>\x1b[31m",
        stance=stance,
        score=0.8,
        language="id",
        reasons=(reason,),
    )


@pytest.fixture
def report() -> Report:
    article = segment(read_text("\n".join(LINES)), language="id", published=date(2021, 10, 6))
    assessments = []
    for verdict, line in zip(VERDICTS, LINES[1:], strict=False):
        start = article.text.index(line)
        claim = Claim(
            text=line,
            span=Span(start, start + len(line)),
            sentence_span=Span(start, start + len(line)),
            language="id",
            check_worthy=0.5,
            checkable=verdict != "not_checkable",
            attribution=Attribution(speaker="Budi", cue="kata", span=Span(start, start + 4))
            if verdict == "supported"
            else None,
            note="a question states nothing" if verdict == "not_checkable" else "",
        )
        stances: list[Stance] = {
            "supported": ["supports", "neutral"],
            "refuted": ["refutes"],
            "conflicting": ["supports", "refutes"],
        }.get(verdict, [])  # type: ignore[assignment]
        evidence = tuple(judged(stance, f"s-{number}") for number, stance in enumerate(stances))
        scored = verdict not in ("error", "not_checkable")
        assessments.append(
            Assessment(
                claim=claim,
                verdict=verdict,
                probabilities=Probabilities.of(supported=0.8 if verdict == "supported" else 0.0, refuted=0.0)
                if scored
                else None,
                evidence=evidence,
                reasons=tuple(reason for item in evidence for reason in item.reasons),
                error=Failure(stage="verify", cause="the model is gone") if verdict == "error" else None,
            )
        )
    sources = tuple(
        CitedSource(
            id=f"s-{number}", title=f"Sumber {number}", path=f"s{number}.txt", sha256="0" * 64, language="id", passages=1, cited=2,
            excluded="it is the article itself" if number == 2 else None,
        )
        for number in range(3)
    )  # fmt: skip
    claims = [item.claim for item in assessments]
    return Report(
        article=article,
        assessments=tuple(assessments),
        ledger=build_ledger(article, claims),
        sources=sources,
        skipped=(("x.pdf", "x.pdf: is encrypted; give a copy without a password"),),
        fingerprint={
            "bukti": "0",
            "splitter": "s",
            "retriever": "r",
            "models": {"verifier": "lexical/1"},
            "index": "i",
            "config": {},
        },
        timing={"total": 0.1},
    )
