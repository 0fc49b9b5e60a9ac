"""The report on a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bukti.eval.report import Assessment, Report, Verdict

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["render_terminal"]

_LOOK: dict[Verdict, tuple[str, str, str]] = {
    "supported": ("✔", "+", "green"),
    "refuted": ("✘", "x", "red"),
    "conflicting": ("≠", "!", "magenta"),
    "not_enough_evidence": ("?", "?", "yellow"),
    "not_checkable": ("·", ".", "dim"),
    "error": ("⚠", "E", "bold red"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
MAX_QUOTE = 200


def _plain(text: str, limit: int = 0) -> str:
    """Gives text without control characters, shortened: articles come from anywhere."""
    text = _CONTROL.sub(" ", text).strip()
    return text if not limit or len(text) <= limit else text[: limit - 3].rstrip() + "..."


def render_terminal(report: Report, console: Console) -> None:
    """Prints the report.

    Args:
        report: The report.
        console: Where to; a console without colour or Unicode gets plain marks.
    """
    from rich.padding import Padding
    from rich.text import Text

    fancy = (console.encoding or "").lower().startswith("utf")

    def say(text: str, style: str = "", indent: int = 0) -> None:
        console.print(Padding(Text(text, style=style), (0, 0, 0, indent)), highlight=False, soft_wrap=False)

    counts = report.counts
    sources = {source.id: source for source in report.sources}
    say(_plain(report.article.title or report.article.path, 120), "bold")
    say(
        ", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in counts.items() if number)
        or "NO CLAIMS: nothing was verified"
    )
    say("")
    said = report.said
    for item in report.assessments:
        mark, ascii_mark, style = _LOOK[item.verdict]
        score = "" if item.support is None else f" ({item.support:.2f})"
        say(f"{mark if fancy else ascii_mark} {item.verdict.replace('_', ' ')}{score}", style)
        say(_plain(item.claim.text), indent=2)
        if item.claim.attribution and item.claim.kind == "statement":
            whether = said.get(item.claim.attribution.span, "not_checked").replace("_", " ")
            say(
                f"said by {_plain(item.claim.attribution.speaker)} (whether they said it: {whether})",
                "dim",
                indent=2,
            )
        for line in _details(item):
            say(line, "dim", indent=4)
        for evidence in item.evidence:
            if evidence.stance != "neutral":
                source = sources[evidence.source]
                say(f'{evidence.stance}: "{_plain(evidence.text, MAX_QUOTE)}"', indent=4)
                say(f"-- {_plain(source.title, 80)}, {_plain(source.path)}", "dim", indent=6)
        say("")
    rows = report.ledger
    outcomes = {name: sum(row.outcome == name for row in rows) for name in ("claims", "repeat", "role", "no_claim")}
    say(
        f"{len(rows)} sentences: {outcomes['claims']} gave {len(report.assessments)} claims, {outcomes['repeat']} repeat an earlier one, "
        f"{outcomes['role']} are captions, links, bylines and the like, {outcomes['no_claim']} state nothing to check"
    )
    used = [source for source in report.sources if not source.excluded]
    say(f"{len(used)} sources, {sum(source.cited > 0 for source in used)} cited")
    for source in report.sources:
        if source.excluded:
            say(f"not used: {_plain(source.path)}: {source.excluded}", "yellow")
    as_of = report.fingerprint.get("config", {}).get("as_of")
    undated = [source.path for source in used if source.published is None]
    if as_of and undated:
        listed = ", ".join(map(_plain, undated[:3])) + (", ..." if len(undated) > 3 else "")
        say(
            f"{len(undated)} sources do not say when they were published and may be later than {as_of}: {listed}",
            "yellow",
        )
    if "judge_calls" in report.timing:
        tokens = (
            f"{report.timing['judge_input_tokens']:,.0f} tokens in, {report.timing['judge_output_tokens']:,.0f} out"
        )
        cost = f", cost {report.timing['judge_cost']:.4f}" if "judge_cost" in report.timing else ""
        say(f"the judge was asked {report.timing['judge_calls']:,.0f} times: {tokens}{cost}", "dim")
    for _, cause in report.skipped:
        say(f"not read: {_plain(cause)}", "yellow")
    if str(report.fingerprint.get("models", {}).get("verifier", "")).startswith("lexical"):
        say(
            "The lexical verifier compares words, numbers, dates, names and denials: a first reading, not a last word.",
            "dim",
        )


def _details(item: Assessment) -> list[str]:
    """Gives the lines that say why."""
    lines = [
        f"{reason.check}: {_plain(reason.claim, 60)} | {_plain(reason.evidence, 60)}: {reason.note}"
        for reason in item.reasons
        if reason.check != "entailment"
    ]
    if item.quote:
        lines.append(f"quotation: {item.quote.replace('_', ' ')}")
    if item.verdict == "not_checkable" and item.claim.note:
        lines.append(_plain(item.claim.note))
    if item.error:
        lines.append(f"{item.error.stage} failed: {_plain(item.error.cause)}")
    return lines
