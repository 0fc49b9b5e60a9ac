"""The report as one self-contained HTML page."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from bukti.claims.article import Span
from bukti.eval.report import VERDICTS, Assessment, Report

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Piece", "asset", "csp_hash", "cut_pieces", "render_html"]

LABELS = {
    "en": {
        "supported": "supported", "refuted": "refuted", "conflicting": "conflicting", "not_enough_evidence": "not enough evidence",
        "not_checkable": "not checkable", "error": "error", "not_checked": "not checked", "report": "Verification report", "claims": "Claims", "sources": "Sources",
        "coverage": "What became of every sentence", "supports": "supports", "refutes": "refutes", "neutral": "says neither",
        "evidence": "Evidence", "said_by": "Said by", "said_note": "whether they said it", "support": "support",
        "made_with": "Made with", "no_claims": "No claim was found: nothing was verified.", "score": "score", "why": "Why", "repeat": "repeats an earlier sentence",
        "quotation": "Quotation", "found": "found in a source", "other_words": "found in other words", "other_speaker": "credited to someone else", "not_found": "not found",
        "superseded": "A later source supersedes an earlier one",
        "pick": "Choose a marked claim in the article to see its evidence.", "differs": "differs", "agrees": "agrees", "cited": "cited by", "not_used": "not used",
        "not_read": "not read", "role": "role", "outcome": "outcome", "count": "sentences",
        "caveat": "The lexical verifier compares words, numbers, dates, names and denials. Take this as a first reading.",
        "precision": "Precision", "precision_note": "supported / (supported + refuted + conflicting)", "strict": "Strict precision", "strict_note": "supported / all checkable",
    },
    "id": {
        "supported": "didukung", "refuted": "terbantah", "conflicting": "bertentangan", "not_enough_evidence": "bukti belum cukup",
        "not_checkable": "tidak dapat diperiksa", "error": "galat", "not_checked": "tidak diperiksa", "report": "Laporan verifikasi", "claims": "Klaim", "sources": "Sumber",
        "coverage": "Nasib setiap kalimat", "supports": "mendukung", "refutes": "membantah", "neutral": "netral",
        "evidence": "Bukti", "said_by": "Menurut", "said_note": "apakah ia mengatakannya", "support": "dukungan",
        "made_with": "Dibuat dengan", "no_claims": "Tidak ada klaim: tidak ada yang diperiksa.", "score": "skor", "why": "Alasan", "repeat": "mengulang kalimat sebelumnya",
        "quotation": "Kutipan", "found": "ditemukan dalam sumber", "other_words": "ditemukan dengan kata lain", "other_speaker": "ucapan orang lain", "not_found": "tidak ditemukan",
        "superseded": "Sumber yang lebih baru menggantikan yang lebih lama",
        "pick": "Pilih klaim yang ditandai dalam artikel untuk melihat buktinya.", "differs": "berbeda", "agrees": "sesuai", "cited": "dikutip oleh", "not_used": "tidak dipakai",
        "not_read": "tidak terbaca", "role": "peran", "outcome": "hasil", "count": "kalimat",
        "caveat": "Pemeriksa leksikal membandingkan kata, angka, tanggal, nama, dan sangkalan. Anggaplah ini pembacaan awal.",
        "precision": "Presisi", "precision_note": "didukung / (didukung + terbantah + bertentangan)", "strict": "Presisi ketat", "strict_note": "didukung / semua yang dapat diperiksa",
    },
}  # fmt: skip
"""What the page says, by language."""

MARKS = {
    "supported": "✔",
    "refuted": "✘",
    "conflicting": "≠",
    "not_enough_evidence": "?",
    "not_checkable": "·",
    "error": "!",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the article's text that is marked in one way."""

    text: str
    """The text."""

    claim: str
    """Id of the claim it belongs to, or an empty string."""

    verdict: str
    """That claim's verdict, or an empty string."""

    first: bool
    """Whether it opens the claim."""


def cut_pieces(text: str, span: Span, assessments: list[Assessment]) -> list[Piece]:
    """Cuts a stretch of the article so that every piece lies in one claim or none.

    Args:
        text: The article's text.
        span: The stretch.
        assessments: Claims, in any order; where several cover a piece the shortest has it.

    Returns:
        Pieces whose texts together are exactly the stretch.
    """
    inside = [item for item in assessments if item.claim.span.start < span.end and span.start < item.claim.span.end]
    edges = sorted(
        {
            span.start,
            span.end,
            *(edge for item in inside for part in item.claim.pieces for edge in part if span.start < edge < span.end),
        }
    )
    pieces = []
    opened: set[str] = set()
    for start, end in pairwise(edges):
        covering = [
            item for item in inside if any(part.start <= start and end <= part.end for part in item.claim.pieces)
        ]
        owner = min(
            covering,
            key=lambda item: (sum(part.end - part.start for part in item.claim.pieces), item.claim.span.start),
            default=None,
        )
        name = owner.claim.id if owner else ""
        pieces.append(
            Piece(
                text=text[start:end],
                claim=name,
                verdict=owner.verdict if owner else "",
                first=bool(name) and name not in opened,
            )
        )
        opened.add(name)
    return pieces


def render_html(report: Report, *, language: str | None = None) -> str:
    """Gives the report as a page that needs no other file, no network and no script.

    Args:
        report: The report.
        language: Of the page's own words, ``en`` or ``id``; the article's if None, English if that is neither.
    """
    chosen = language or report.article.language
    labels = LABELS.get(chosen, LABELS["en"])
    text = report.article.text
    assessments = list(report.assessments)
    sentences = [
        {
            "row": row,
            "pieces": cut_pieces(text, row.span, assessments),
            "gap": text[row.span.end : following],
            "line": "\n" in text[row.span.end : following],
        }
        for row, following in zip(
            report.ledger, [*(row.span.start for row in report.ledger[1:]), len(text)], strict=True
        )
    ]
    style, script = asset("report.css"), asset("report.js")
    return _template().render(
        report=report,
        said=report.said,
        data=report.to_dict(),
        labels=labels,
        page_language=chosen if chosen in LABELS else "en",
        sentences=sentences,
        sources={source.id: source for source in report.sources},
        verdicts=VERDICTS,
        marks=MARKS,
        style=style,
        script=script,
        style_hash=csp_hash(style),
        script_hash=csp_hash(script),
        lexical=str(report.fingerprint.get("models", {}).get("verifier", "")).startswith("lexical"),
    )


def asset(name: str) -> str:
    """Gives a template, style or script of this package."""
    return files("bukti.eval").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def csp_hash(text: str) -> str:
    """Gives what a content security policy calls an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["asset"] = Markup  # our own style and script; nothing read from outside passes this filter
    return environment.from_string(asset("report.html.j2"))
