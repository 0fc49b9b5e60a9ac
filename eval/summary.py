"""A run as a Markdown summary for the page of a GitHub Actions run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bukti.eval.decision import Change, Decision, percent
from bukti.eval.results import CaseResult, FoundEvidence
from bukti.eval.sensitivity import Mutant, Sensitivity, wilson
from bukti.eval.showing import number, one_line, suite_of, worst_first, wrong_of

if TYPE_CHECKING:
    from bukti.eval.measures import Value

__all__ = ["MOST_BYTES", "escape", "render_summary"]

MOST_BYTES = 1_000_000
"""A summary is smaller than this: GitHub refuses one of more than 1,024 KiB."""

_RESERVE = 10_000
"""Bytes kept for titles and for saying what was left out."""

_MOST = 200
"""So many cases are listed of each kind."""

_ROWS = 100
"""So many measures and reasons are listed."""

_PASSAGES = 3
"""So many passages are shown for a case."""

_CODES = {ord(char): f"&#{ord(char)};" for char in "&<>\"'\\`*_[]|~$"} | {
    ord(char): f"&#{ord(char)};&#8203;" for char in "@#"
}


def escape(text: str, most: int = 300) -> str:
    """Gives text for Markdown: on one line, in which nothing is markup, an address, a mention or a reference.

    >>> escape("| <b> @you")
    '&#124; &#60;b&#62; &#64;&#8203;you'
    """
    line = one_line(text, most).translate(_CODES)
    line = re.sub(r"(?i)\b(https?|ftp)://", r"\1:&#8203;//", line)
    return re.sub(r"(?i)\b(www|gh)([.-])", r"\1&#8203;\2", line)


def render_summary(
    results: Sequence[CaseResult],
    values: Mapping[str, Value],
    decision: Decision | None,
    manifest: Mapping[str, Any],
    *,
    mutation: Sensitivity | None = None,
) -> str:
    """Gives a run as Markdown: the decision, the measures, then the cases, the worst first; what does not fit is counted.

    Args:
        results: The run's results.
        values: Its measures.
        decision: The gate's; None where nothing was gated.
        manifest: The run's.
        mutation: What became of mutants; None where there were none asked for.
    """
    text = "\n".join([*_head(results, values, decision, manifest), *_mutation(mutation)]) + "\n"
    room = MOST_BYTES - _RESERVE - len(text.encode())
    missed = [_missed(one) for one in mutation.missed] if mutation else []
    for title, items in (*_sections(results, decision), ("Mutants that are supported all the same", missed)):
        if not items:
            continue
        text += f"\n### {title}: {len(items)}\n\n"
        shown = 0
        for item in items[:_MOST]:
            room -= len(item.encode()) + 1
            if room < 0:
                break
            text += item + "\n"
            shown += 1
        if shown < len(items):
            text += f"\n{len(items) - shown} more are left out here; the other outputs have them.\n"
    return text


# The head ----------------------------------------------------------------------------------------------------------


def _head(
    results: Sequence[CaseResult], values: Mapping[str, Value], decision: Decision | None, manifest: Mapping[str, Any]
) -> Iterator[str]:
    failed = sum(row.failed for row in results)
    facts = [escape(suite_of(manifest)), f"{len(results)} cases", f"{failed} failed"]
    if decision is None:
        yield "## bukti: " + ("measured, not gated" if results else "nothing was measured: the run has no cases")
    else:
        yield f"## bukti: {decision.outcome.replace('_', ' ')} (exit {decision.exit_code})"
        facts.append(f"{decision.pairs} pairs")
        shares = {"coverage": decision.coverage, "churn": decision.churn, "unmatched": decision.unmatched}
        facts += [f"{name} {percent(share)}" for name, share in shares.items() if share is not None]
    yield ""
    yield ", ".join(facts)
    if decision is not None:
        yield ""
        says = [*decision.reasons, *decision.notes]
        yield from (f"- {escape(one)}" for one in says[:_ROWS])
        if len(says) > _ROWS:
            yield f"- {len(says) - _ROWS} more reasons are left out"
        yield from _gated(decision)
    yield from _measured(values)


def _gated(decision: Decision) -> Iterator[str]:
    if not decision.measures:
        return
    yield from ("", "### Against the baseline", "")
    yield "| measure | verdict | baseline | run | difference | not excluded | margin | adjusted p | cases |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    order = {"regression": 0, "cannot_decide": 1, "inconclusive": 2, "pass": 3}
    for one in sorted(decision.measures, key=lambda one: order[one.verdict])[:_ROWS]:
        cells = (
            escape(one.name, 60), f"**{one.verdict.replace('_', ' ')}**" if one.verdict != "pass" else "pass", number(one.baseline),
            number(one.run), number(one.difference, "+"), number(one.limit, "+"), f"{one.margin:g}", number(one.adjusted_p), str(one.cases),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _measured(values: Mapping[str, Value]) -> Iterator[str]:
    if not values:
        return
    yield from ("", "### Measures", "", "| measure | value | 95% interval | cases | |", "|---|--:|:-:|--:|---|")
    for one in list(values.values())[:_ROWS]:
        between = "–" if one.low is None or one.high is None else f"{number(one.low)} to {number(one.high)}"
        yield f"| {escape(one.name, 60)} | {number(one.value)} | {between} | {one.n} | {escape(one.why, 150)} |"
    if len(values) > _ROWS:
        yield f"\n{len(values) - _ROWS} more measures are left out."


def _mutation(held: Sensitivity | None) -> Iterator[str]:
    if held is None:
        return
    found, (code, says) = held.all, held.exit_code()
    yield from ("", f"### Mutants{f': exit {code}' if code else ''}", "")
    yield f"{found.mutants} mutants of {held.claims} supported claims, {found.failed} failed." + (
        f" {escape(says)}" if says else ""
    )
    if not found.mutants:
        return
    yield from (
        "",
        "| changed | mutants | caught | 95% interval | refuted | 95% interval |",
        "|---|--:|--:|:-:|--:|:-:|",
    )
    for name, share in (
        *held.operators.items(),
        ("all", found),
        *((f"in {name}", one) for name, one in held.languages.items()),
    ):
        cells = [escape(name, 60), str(share.mutants)]
        for hits in (share.caught, share.refuted):
            bounds = wilson(hits, share.mutants)
            cells += (
                [number(hits / share.mutants), f"{number(bounds[0])} to {number(bounds[1])}"] if bounds else ["–", "–"]
            )
        yield f"| {' | '.join(cells)} |"


# The cases ---------------------------------------------------------------------------------------------------------


def _sections(results: Sequence[CaseResult], decision: Decision | None) -> Iterator[tuple[str, list[str]]]:
    """Gives titles and their cases, what matters most first."""
    if decision is not None:
        for broken in decision.broken:
            yield f"Broken rule {escape(broken.rule)}", [f"- {escape(case)}" for case in broken.cases]
        yield "Worse", [_change(one) for one in worst_first(decision.worse)]
    failed = [row for row in results if row.failed]
    yield (
        "Failed",
        [
            f"- **{escape(row.case)}**: "
            + (escape(f"{row.error.stage}: {row.error.cause}") if row.error else "no verdict")
            for row in failed
        ],
    )
    if decision is None:
        yield "Wrong", [_wrong(row) for row in wrong_of(results)]
        yield "Flaky: repeats disagree", [f"- {escape(row.case)}" for row in results if row.flaky]
        return
    yield "Flaky: repeats disagree", [f"- {escape(case)}" for case in decision.flaky]
    yield "Not answered", [f"- {escape(case)}" for case in decision.missing]
    yield "Other verdicts, wrong as before or without a label", [_change(one) for one in worst_first(decision.other)]
    yield "Better", [_change(one) for one in worst_first(decision.better)]
    yield "Vanished", [f"- {escape(case)}" for case in decision.vanished]
    yield "New", [f"- {escape(case)}" for case in decision.new]
    yield "Changed", [f"- {escape(case)}" for case in decision.changed]


def _change(one: Change) -> str:
    before, after = one.before, one.after
    name = before.case if before.case == after.case else f"{before.case} = {after.case}"
    right = f" (right: {one.gold})" if one.gold else ""
    lines = [f"- **{escape(name)}**: {_words(before.verdict)} → {_words(after.verdict)}{_words(right)}"]
    lines.append(f"  - claim: {escape(one.text, 500)}")
    lines += _passages("before", before.evidence)
    lines += _passages("now", after.evidence)
    return "\n".join(lines)


def _wrong(row: CaseResult) -> str:
    right = _words(row.gold) if row.gold and row.gold != row.verdict else "not supported"
    lines = [f"- **{escape(row.case)}**: {_words(row.verdict)} (right: {right})", f"  - claim: {escape(row.text, 500)}"]
    return "\n".join([*lines, *_passages("found", row.evidence)])


def _missed(one: Mutant) -> str:
    lines = [
        f"- **{escape(one.row.case)}**: {one.operator}, {escape(one.before)} → {escape(one.after)}{', ' * bool(one.often)}{one.often}",
        f"  - claim: {escape(one.row.text, 500)}",
    ]
    return "\n".join([*lines, *_passages("found", one.row.evidence)])


def _words(label: str) -> str:
    return label.replace("_", " ")


def _passages(title: str, evidence: Sequence[FoundEvidence]) -> Iterator[str]:
    if not evidence:
        yield f"  - {title}: no evidence"
    for found in evidence[:_PASSAGES]:
        where = f"{escape(found.source, 120)} {found.span.start}–{found.span.end}"
        yield f"  - {title}: {found.stance} {found.score:.2f}, {where}: “{escape(found.text, 500)}”"
