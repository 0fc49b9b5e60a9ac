"""SARIF 2.1.0: refuted claims of a report, or wrong cases of a run, as what code scanning shows beside the text."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bukti.claims.article import Span
from bukti.eval.decision import Decision
from bukti.eval.report import Assessment, Report
from bukti.eval.results import CaseResult
from bukti.eval.showing import one_line, suite_of, wrong_of

if TYPE_CHECKING:
    from bukti.eval.measures import Value

__all__ = ["RULES", "render_run_sarif", "render_sarif"]

_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|$)", re.DOTALL)

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"

RULES: Mapping[str, tuple[str, str]] = {
    "refuted": ("error", "A source refutes this claim."),
    "conflicting": ("warning", "Sources say different things about this claim."),
    "false-support": ("error", "A claim was given support that it must not have."),
    "wrong-verdict": ("warning", "A claim was given another verdict than the right one."),
}
"""Each rule's level and what it says."""

_QUOTES = 3
"""So many passages are quoted in a message."""


def render_sarif(report: Report, *, original: str | None = None) -> str:
    """Gives the refuted and conflicting claims of a report as SARIF 2.1.0.

    Columns count Unicode code points, as ``columnKind`` says, from 1. Fingerprints are those of the claim's words and not of its place. A
    claim without a verdict is a notification, and the invocation then was no success.

    Args:
        report: The report.
        original: The article's file as text. Lines are its lines then, and line 1 for a claim whose words do not stand in it as they were
            read; without it they are those of the text as read, which has one paragraph a line.
    """
    uri = _uri(report.article.path)
    seen: Counter[str] = Counter()
    results = []
    for item in report.assessments:
        if item.verdict not in ("refuted", "conflicting"):
            continue
        region = _region(report.article.text, item.claim.span, original)
        results.append(
            _result(
                item.verdict,
                " ".join(_report_message(item, report)),
                locations=[{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
                fingerprint=_fingerprint(item.verdict, item.claim.text, seen),
                properties={
                    "claim": item.claim.id,
                    "support": None if item.support is None else round(item.support, 4),
                },
            )
        )
    failed = [
        f"{one_line(item.claim.text)}: {item.error.stage}: {item.error.cause}" if item.error else item.claim.text
        for item in report.assessments
        if item.verdict == "error"
    ]
    if not report.assessments:
        failed.append("no claim was found: nothing was verified")
    return _log(("refuted", "conflicting"), results, failed, str(report.fingerprint.get("bukti", "")))


def render_run_sarif(
    results: Sequence[CaseResult],
    values: Mapping[str, Value],
    decision: Decision | None,
    manifest: Mapping[str, Any],
    *,
    lines: Mapping[str, int] = MappingProxyType({}),
) -> str:
    """Gives the wrong cases of a run as SARIF 2.1.0, each in its suite's file.

    The file is the manifest's ``suite_path``, or of several suites that one of ``suite_files`` whose name begins the case's id.

    Args:
        results: The run's results.
        values: Its measures, which stand among the run's properties.
        decision: The gate's, likewise; None where nothing was gated.
        manifest: The run's.
        lines: Where each case stands in its file; the first line where that is not known.
    """
    path = str(manifest.get("suite_path") or suite_of(manifest))
    files = [(f"{name}:", str(file)) for name, file in manifest.get("suite_files") or ()]
    seen: Counter[str] = Counter()
    found = []
    for row in wrong_of(results):
        rule = "false-support" if row.verdict == "supported" else "wrong-verdict"
        uri = _uri(next((file for start, file in files if row.case.startswith(start)), path))
        place = {
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": lines.get(row.case, 1)}},
            "logicalLocations": [{"name": one_line(row.case) or "-", "kind": "member"}],
        }
        found.append(
            _result(
                rule,
                " ".join(_run_message(row)),
                locations=[place],
                fingerprint=_fingerprint(rule, f"{row.case} {row.text}", seen),
                properties={"case": one_line(row.case), "verdict": row.verdict, "gold": row.gold},
            )
        )
    failed = [
        f"{one_line(row.case)}: " + (f"{row.error.stage}: {row.error.cause}" if row.error else "no verdict")
        for row in results
        if row.failed
    ]
    if not results:
        failed.append("the run has no cases")
    properties: dict[str, Any] = {
        "measures": {one_line(name): None if one.value is None else round(one.value, 6) for name, one in values.items()}
    }
    if decision is not None:
        properties |= {"outcome": decision.outcome, "exitCode": decision.exit_code}
    return _log(("false-support", "wrong-verdict"), found, failed, str(manifest.get("bukti") or ""), properties)


# Parts -------------------------------------------------------------------------------------------------------------


def _log(
    rules: Sequence[str],
    results: Sequence[Mapping[str, Any]],
    failed: Sequence[str],
    version: str,
    properties: Mapping[str, Any] | None = None,
) -> str:
    driver: dict[str, Any] = {"name": "bukti"}
    if version:
        driver["version"] = one_line(version)
    driver["rules"] = [
        {
            "id": rule,
            "shortDescription": {"text": RULES[rule][1]},
            "defaultConfiguration": {"level": RULES[rule][0]},
        }
        for rule in rules
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not failed}
    if failed:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": _inert(one_line(text))}} for text in failed
        ]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [{**one, "ruleIndex": list(rules).index(one["ruleId"])} for one in results],
    }
    if properties:
        run["properties"] = dict(properties)
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _result(
    rule: str,
    message: str,
    *,
    locations: list[dict[str, Any]],
    fingerprint: Mapping[str, str],
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": RULES[rule][0],
        "message": {"text": _inert(message)},
        "locations": locations,
        "partialFingerprints": dict(fingerprint),
        "properties": dict(properties),
    }


def _report_message(item: Assessment, report: Report) -> Iterator[str]:
    titles = {source.id: source.title or source.path for source in report.sources}
    yield f"{item.verdict}: {one_line(item.claim.text, 500)}"
    passages = [found for found in item.evidence if found.stance != "neutral"]
    yield from _quotes((found.stance, titles.get(found.source, found.source), found.text) for found in passages)


def _run_message(row: CaseResult) -> Iterator[str]:
    right = row.gold if row.gold and row.gold != row.verdict else "not supported"
    yield f"{row.verdict}, right is {right}: {one_line(row.text, 500)}"
    yield from _quotes((found.stance, found.source, found.text) for found in row.evidence)


def _quotes(passages: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for number, (stance, source, text) in enumerate(passages):
        if number < _QUOTES:
            yield f"{one_line(source, 200)} {stance}: “{one_line(text, 500)}”"


def _inert(text: str) -> str:
    """Gives text for a message: its braces are no placeholders and its brackets no links."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _fingerprint(rule: str, text: str, seen: Counter[str]) -> dict[str, str]:
    """Gives a name for a result that stays where its words stay, whatever line they move to; equal ones are counted."""
    words = " ".join(one_line(text, 10_000).casefold().split())
    digest = hashlib.sha256(f"{rule}\n{words}".encode()).hexdigest()
    seen[digest] += 1
    return {"buktiClaim/v1": f"{digest}:{seen[digest]}", "primaryLocationLineHash": f"{digest[:16]}:{seen[digest]}"}


def _uri(path: str) -> str:
    """Gives an address for a path: relative where the path is."""
    if re.match(r"https?://", path):
        return quote(path.encode("utf-8", "surrogatepass"), safe="/:?#[]@!$&'()*+,;=%~")
    plain = PurePath("article" if path == "-" else path)
    relative = quote(plain.as_posix().encode("utf-8", "surrogatepass"))
    return f"file://{relative}" if plain.is_absolute() else relative


def _region(text: str, span: Span, original: str | None) -> dict[str, Any]:
    """Gives where a span of the text as read stands, in lines and columns of it or of the file."""
    place: Span | None = span
    if original is not None:
        original = original.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        place = _find(text, span, original)
    if place is None:
        return {"startLine": 1}
    held = text if original is None else original
    (line, column), (last, end) = (_line_and_column(held, offset) for offset in place)
    snippet = one_line(place.of(held), 500)
    return {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end, "snippet": {"text": snippet}}


def _find(text: str, span: Span, original: str) -> Span | None:
    """Finds the words of a span in the file: as often before them as in the text as read, with any white space between them."""
    words = span.of(text).split()
    # What stands before a Markdown file's text is no part of it, though it may hold the same words, such as a title's.
    head = None if text.startswith("---") else _FRONT_MATTER.match(original)
    start = head.end() if head else 0
    for form in ("NFC", "NFD"):
        pattern = r"\s+".join(re.escape(unicodedata.normalize(form, word)) for word in words)
        if not pattern:
            return None
        before = len(re.findall(r"\s+".join(map(re.escape, words)), text[: span.start]))
        found = [match.span() for match in re.compile(pattern).finditer(original, start)]
        if found:
            return Span(*found[min(before, len(found) - 1)])
    return None


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1
