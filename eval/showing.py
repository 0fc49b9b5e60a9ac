"""What outputs have in common: text that does nothing where it is shown, and which cases come first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from bukti.eval.decision import Change
from bukti.eval.report import Verdict
from bukti.eval.results import CaseResult

__all__ = [
    "WORST_FIRST",
    "clean",
    "is_wrong",
    "number",
    "one_line",
    "plain_name",
    "suite_of",
    "worst_first",
    "wrong_of",
]

WORST_FIRST: tuple[Verdict, ...] = (
    "refuted",
    "conflicting",
    "error",
    "not_enough_evidence",
    "supported",
    "not_checkable",
)
"""Verdicts in the order in which a reader has to look at them."""

_UNSHOWN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
    "|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Controls, lone surrogates and noncharacters, which XML refuses; marks that turn the direction of what stands beside them."""


def clean(text: str) -> str:
    r"""Gives text without control characters, lone surrogates and marks of direction.

    >>> clean("bukti\x00\ud800\u202e!")
    'bukti!'
    """
    return _UNSHOWN.sub("", text)


def one_line(text: str, most: int = 300) -> str:
    """Gives clean text on one line; at most `most` characters of it, and three dots."""
    line = " ".join(clean(text[: 8 * most]).split())
    return line if len(line) <= most and len(text) <= 8 * most else line[:most].rstrip() + "..."


def plain_name(text: str, most: int = 60) -> str:
    """Gives a name in letters that every file system and address takes; ``article`` where the text has none of them.

    >>> plain_name("Gempa di Cianjur: 5,6 M!"), plain_name("地震")
    ('gempa-di-cianjur-5-6-m', 'article')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-") or "article"


def number(value: float | None, sign: str = "") -> str:
    """Gives a measure's value for a reader: four places, a dash where there is none."""
    return "–" if value is None else f"{value:{sign}.4f}"


def suite_of(manifest: Mapping[str, Any]) -> str:
    """Gives what a run's suite is called: the manifest's ``name``, else the beginning of its hash."""
    name = manifest.get("name")
    return one_line(str(name), 120) if name else str(manifest.get("suite") or "")[:12] or "suite"


def is_wrong(row: CaseResult) -> bool:
    """Says whether a result has a verdict that it should not have; one that failed has none."""
    if row.failed:
        return False
    return row.as_asked is False


def wrong_of(results: Iterable[CaseResult]) -> list[CaseResult]:
    """Gives the results with a wrong verdict, the worst first."""
    return sorted(
        (row for row in results if is_wrong(row)),
        key=lambda row: (not row.must_not_support, _badness(row.gold, row.verdict), row.case),
    )


def worst_first(changes: Iterable[Change]) -> list[Change]:
    """Gives changes with the worst mistakes first: false support, then refutations missed, then the rest."""
    return sorted(changes, key=lambda one: (_badness(one.gold, one.after.verdict), one.after.case))


def _badness(gold: Verdict | None, given: Verdict) -> int:
    """Gives the place of a mistake among mistakes; 0 is the worst."""
    if given == "supported" and gold != "supported":
        return 0 if gold == "refuted" else 1
    return 2 if gold == "refuted" else 3 if given == "refuted" else 4
