"""A run as a Markdown summary for the page of a GitHub Actions run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bukti.eval.decision import Change, Decision, percent
from bukti.eval.results import CaseResult, FoundEvidence
from bukti.eval.sensitivity import Mutant, Sensitivity, wilson
from bukti.eval.showing import number, one_line, suite_of, worst_first, wrong_of
from bukti.eval.wording import fill

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
    scores: Mapping[str, Any] | None = None,
) -> str:
    """Gives a run as Markdown: the decision, what changed, the measures, then the other cases, the worst first; what does not fit is counted.

    Args:
        results: The run's results.
        values: Its measures.
        decision: The gate's; None where nothing was gated.
        manifest: The run's.
        mutation: What became of mutants; None where there were none asked for.
        scores: What the measures were read from: the majority's and those by tag are shown beside them.
    """
    text = "\n".join(_head(results, decision, manifest)) + "\n"
    measured = "\n".join([*_measured(values, scores or {}), *_mutation(mutation)])
    measured = f"{measured}\n" if measured else ""
    room = MOST_BYTES - _RESERVE - len((text + measured).encode())
    missed = [_missed(one) for one in mutation.missed] if mutation else []
    others = (*_sections(results, decision), ("Mutants that are supported all the same", missed))
    for title, items in (*_changed(decision), (None, []), *others):
        if title is None:
            text += measured
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
            text += fill("\n{n} more [is/are] left out here; the other outputs have them.\n", n=len(items) - shown)
    return text


# The head ----------------------------------------------------------------------------------------------------------


def _head(results: Sequence[CaseResult], decision: Decision | None, manifest: Mapping[str, Any]) -> Iterator[str]:
    failed = sum(row.failed for row in results)
    facts = [escape(suite_of(manifest)), fill("{n} claim[/s]", n=len(results)), f"{failed} failed"]
    if decision is None:
        yield "## bukti: " + ("measured, not gated" if results else "nothing was measured: the run has no cases")
    else:
        yield f"## bukti: {decision.outcome.replace('_', ' ')} (exit {decision.exit_code})"
        facts.append(fill("{n} pair[/s]", n=decision.pairs))
        shares = {"coverage": decision.coverage, "churn": decision.churn, "unmatched": decision.unmatched}
        facts += [f"{name} {percent(share)}" for name, share in shares.items() if share is not None]
    yield ""
    yield ", ".join(facts)
    if decision is not None:
        yield ""
        says = [*decision.reasons, *decision.notes]
        yield from (f"- {escape(one)}" for one in says[:_ROWS])
        if len(says) > _ROWS:
            yield fill("- {n} more reason[/s] [is/are] left out", n=len(says) - _ROWS)
        yield from _gated(decision)


def _gated(decision: Decision) -> Iterator[str]:
    if not decision.measures:
        return
    yield from ("", "### Against the baseline", "")
    yield "| measure | verdict | baseline | run | difference | not excluded | margin | adjusted p | pairs |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    order = {"regression": 0, "cannot_decide": 1, "inconclusive": 2, "pass": 3}
    for one in sorted(decision.measures, key=lambda one: order[one.verdict])[:_ROWS]:
        cells = (
            escape(one.name, 60), f"**{one.verdict.replace('_', ' ')}**" if one.verdict != "pass" else "pass", number(one.baseline),
            number(one.run), number(one.difference, "+"), number(one.limit, "+"), f"{one.margin:g}", number(one.adjusted_p), str(one.cases),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _measured(values: Mapping[str, Value], scores: Mapping[str, Any]) -> Iterator[str]:
    there = [one for one in values.values() if one.value is not None]
    if not there:
        return
    majority = scores.get("majority", {})
    yield from (
        "",
        "### Measures",
        "",
        "| measure | value | 95% interval | majority | cases |",
        "|---|--:|:-:|--:|--:|",
    )
    for one in there[:_ROWS]:
        between = "–" if one.low is None or one.high is None else f"{number(one.low)} to {number(one.high)}"
        most = number(majority.get(one.name, {}).get("value"))
        yield f"| {escape(one.name, 60)} | {number(one.value)} | {between} | {most} | {one.n} |"
    if len(there) > _ROWS:
        yield fill("\n{n} more measure[/s] [is/are] left out.", n=len(there) - _ROWS)
    tags = {tag: held for tag, held in scores.get("by_tag", {}).items() if tag}
    if tags:
        names = list(next(iter(tags.values())))
        yield from ("", f"| tag | {' | '.join(escape(name, 60) for name in names)} |", f"|---|{'--:|' * len(names)}")
        for tag, held in list(tags.items())[:_ROWS]:
            yield f"| {escape(tag, 60)} | {' | '.join(number(held[name]['value']) for name in names)} |"
    if len(tags) > _ROWS:
        yield fill("\n{n} more tag[/s] [is/are] left out.", n=len(tags) - _ROWS)


def _mutation(held: Sensitivity | None) -> Iterator[str]:
    if held is None:
        return
    found, (code, says) = held.all, held.exit_code()
    yield from ("", f"### Mutants{f': exit {code}' if code else ''}", "")
    yield fill(
        "{n} mutant[/s] of {claims} supported claim[/s], {failed} failed.",
        n=found.mutants,
        claims=held.claims,
        failed=found.failed,
    ) + (f" {escape(says)}" if says else "")
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


def _changed(decision: Decision | None) -> Iterator[tuple[str, list[str]]]:
    """Gives titles and cases that a decision rests on, what matters most first."""
    if decision is None:
        return
    for broken in decision.broken:
        yield f"Broken rule {escape(broken.rule)}", [f"- {escape(case)}" for case in broken.cases]
    yield "Worse", [_change(one) for one in worst_first(decision.worse)]
    yield "Better", [_change(one) for one in worst_first(decision.better)]
    yield "Other verdicts, wrong as before or without a label", [_change(one) for one in worst_first(decision.other)]


def _sections(results: Sequence[CaseResult], decision: Decision | None) -> Iterator[tuple[str, list[str]]]:
    """Gives titles and their cases, what matters most first."""
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
    lists = (
        ("Flaky: repeats disagree", decision.flaky), ("Not answered", decision.missing), ("Vanished", decision.vanished), ("New", decision.new),
        ("Changed", decision.changed),
    )  # fmt: skip
    for title, cases in lists:
        yield title, [f"- {escape(case)}" for case in cases]


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
