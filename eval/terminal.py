"""The report on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bukti.eval.report import VERDICTS, Assessment, Report, Verdict
from bukti.eval.showing import one_line
from bukti.eval.wording import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

__all__ = ["render_terminal", "summary_line"]

_LOOK: dict[Verdict, tuple[str, str, str]] = {
    "supported": ("✔", "+", "green"),
    "refuted": ("✘", "x", "red"),
    "conflicting": ("≠", "!", "magenta"),
    "not_enough_evidence": ("?", "?", "yellow"),
    "not_checkable": ("·", ".", "dim"),
    "error": ("⚠", "E", "bold red"),
}
MAX_QUOTE = 200
MAX_CLAIM = 1000
"""Characters that are shown of a passage and of a claim."""


def summary_line(counts: Mapping[Verdict, int]) -> str:
    """Gives how many claims have each verdict, in words; of none, a warning.

    >>> summary_line({"refuted": 2, "supported": 1, "error": 0})
    '1 supported, 2 refuted'
    """
    told = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in VERDICTS if counts.get(name))
    return told or "NO CLAIMS: nothing was verified"


def render_terminal(report: Report, console: Console) -> None:
    """Prints the report: no line is wider than the console, none ends in blanks, and no text controls the terminal.

    Args:
        report: The report.
        console: Where to; one without colour or Unicode gets plain marks, and `?` for what it cannot show.
    """
    from rich.text import Text

    fancy = (console.encoding or "").lower().startswith("utf")

    def say(text: str, style: str = "", indent: int = 0) -> None:
        shown = text if fancy else text.encode(console.encoding or "ascii", "replace").decode(console.encoding)
        width = max(8, console.width - indent)
        for line in Text(shown, style=style).wrap(console, width, justify="left", overflow="fold") or [Text("")]:
            line.rstrip()
            # Wrapped here: the console itself would fill every line up with blanks.
            console.print(Text(" " * indent if line else "").append_text(line), highlight=False, soft_wrap=True)

    counts = report.counts
    sources = {source.id: source for source in report.sources}
    say(one_line(report.article.title or report.article.path, 120), "bold")
    say(summary_line(counts))
    say("")
    said = report.said
    for item in report.assessments:
        mark, ascii_mark, style = _LOOK[item.verdict]
        score = "" if item.support is None else f" ({item.support:.2f})"
        say(f"{mark if fancy else ascii_mark} {item.verdict.replace('_', ' ')}{score}", style)
        say(one_line(item.claim.text, MAX_CLAIM), indent=2)
        if item.claim.attribution and item.claim.kind == "statement":
            whether = said.get(item.claim.attribution.span, "not_checked").replace("_", " ")
            say(
                f"said by {one_line(item.claim.attribution.speaker)} (whether they said it: {whether})",
                "dim",
                indent=2,
            )
        for line in _details(item):
            say(line, "dim", indent=4)
        for evidence in item.evidence:
            if evidence.stance != "neutral":
                source = sources[evidence.source]
                say(f'{evidence.stance}: "{one_line(evidence.text, MAX_QUOTE)}"', indent=4)
                say(f"-- {one_line(source.title, 80)}, {one_line(source.path)}", "dim", indent=6)
        say("")
    rows = report.ledger
    outcomes = {name: sum(row.outcome == name for row in rows) for name in ("claims", "repeat", "role", "no_claim")}
    told = (
        "{all} sentence[/s]: {gave} gave {claims} claim[/s], {again} [repeats/repeat] an earlier one, "
        "{role} [is a caption, link, byline or/are captions, links, bylines and] the like, {nothing} [states/state] nothing to check"
    )
    say(
        fill(
            told,
            all=len(rows),
            gave=outcomes["claims"],
            claims=len(report.assessments),
            again=outcomes["repeat"],
            role=outcomes["role"],
            nothing=outcomes["no_claim"],
        )
    )
    used = [source for source in report.sources if not source.excluded]
    say(fill("{n} source[/s], {cited} cited", n=len(used), cited=sum(source.cited > 0 for source in used)))
    for source in report.sources:
        if source.excluded:
            say(f"not used: {one_line(source.path)}: {source.excluded}", "yellow")
    as_of = report.fingerprint.get("config", {}).get("as_of")
    undated = [source.path for source in used if source.published is None]
    if as_of and undated:
        listed = ", ".join(map(one_line, undated[:3])) + (", ..." if len(undated) > 3 else "")
        say(
            fill(
                "{n} source[/s] [does/do] not say when [it was/they were] published and may be later than ",
                n=len(undated),
            )
            + f"{as_of}: {listed}",
            "yellow",
        )
    if "judge_calls" in report.timing:
        tokens = (
            f"{report.timing['judge_input_tokens']:,.0f} tokens in, {report.timing['judge_output_tokens']:,.0f} out"
        )
        cost = f", cost {report.timing['judge_cost']:.4f}" if "judge_cost" in report.timing else ""
        say(f"the judge was asked {report.timing['judge_calls']:,.0f} times: {tokens}{cost}", "dim")
    for _, cause in report.skipped:
        say(f"not read: {one_line(cause)}", "yellow")
    if str(report.fingerprint.get("models", {}).get("verifier", "")).startswith("lexical"):
        say(
            "The lexical verifier compares words, numbers, dates, names and denials: a first reading, not a last word.",
            "dim",
        )


def _details(item: Assessment) -> list[str]:
    """Gives the lines that say why."""
    lines = [
        f"{reason.check}: {one_line(reason.claim, 60)} | {one_line(reason.evidence, 60)}: {one_line(reason.note)}"
        for reason in item.reasons
        if reason.check != "entailment"
    ]
    if item.quote:
        lines.append(f"quotation: {item.quote.replace('_', ' ')}")
    if item.verdict == "not_checkable" and item.claim.note:
        lines.append(one_line(item.claim.note))
    if item.error:
        lines.append(f"{item.error.stage} failed: {one_line(item.error.cause)}")
    return lines
