"""A run as JUnit XML: what continuous-integration servers show as tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from bukti.eval.decision import Decision
from bukti.eval.results import CaseResult
from bukti.eval.showing import clean, is_wrong, one_line, suite_of
from bukti.eval.wording import fill

if TYPE_CHECKING:
    from bukti.eval.measures import Value
    from bukti.eval.sensitivity import Sensitivity

__all__ = ["GATE", "render_junit"]

GATE = "bukti.gate"
"""Class name of the test cases that stand for the run as a whole."""

_LONG = 2000
"""No claim and no passage is shown with more characters."""

_PASSAGES = 5
"""So many passages are shown for a case."""


def render_junit(
    results: Sequence[CaseResult],
    values: Mapping[str, Value],
    decision: Decision | None,
    manifest: Mapping[str, Any],
    *,
    mutation: Sensitivity | None = None,
    scores: Mapping[str, Any] | None = None,
) -> str:
    """Gives a run as JUnit XML.

    A case is a test case: it fails where its verdict is wrong, is an error where there is no verdict, and is skipped where the suite says
    nothing of what is right. Where it was compared with a baseline only a case that got worse fails, and one that must not be supported and is: what
    was wrong before too is skipped and says so. The decision is one more, `GATE`, which fails where the command line would exit with another code than 0. A run without
    a case has one that is an error: it is never a pass.

    Args:
        results: The run's results.
        values: Its measures, which stand among the properties.
        decision: The gate's; None where nothing was gated.
        manifest: The run's.
        scores: What the measures were read from; the majority's are properties too.
        mutation: What became of mutants, one more test case that fails where the command line would; None where there were none asked for.
    """
    name = suite_of(manifest)
    suite = ET.Element("testsuite", name=name)
    properties = ET.SubElement(suite, "properties")
    for key, text in _properties(values, decision, manifest, (scores or {}).get("majority", {})):
        ET.SubElement(properties, "property", name=key, value=text)
    excused = _excused(results, decision)
    for row in results:
        case = ET.SubElement(
            suite, "testcase", classname=name, name=one_line(row.case) or "-", time=_seconds(row.seconds)
        )
        _outcome(case, row, excused.get(row.case, ""))
    if not results:
        case = ET.SubElement(suite, "testcase", classname=GATE, name="cases", time=_seconds(0))
        ET.SubElement(case, "error", message="the run has no cases", type="cannot_decide")
    if decision is not None:
        case = ET.SubElement(suite, "testcase", classname=GATE, name="gate", time=_seconds(0))
        _decided(case, decision)
    if mutation is not None:
        case = ET.SubElement(suite, "testcase", classname=GATE, name="mutants", time=_seconds(0))
        code, says = mutation.exit_code()
        if code:
            message, text = one_line(says), clean(mutation.to_text())
            ET.SubElement(case, "failure", message=message, type="mutants").text = text
        else:
            ET.SubElement(case, "system-out").text = clean(mutation.to_text())
    counts = {
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
        "time": _seconds(sum(row.seconds for row in results)),
    }
    suite.attrib.update(counts)
    root = ET.Element("testsuites", name="bukti", attrib=counts)
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _properties(
    values: Mapping[str, Value], decision: Decision | None, manifest: Mapping[str, Any], majority: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if decision is not None:
        yield "outcome", decision.outcome
        yield "exit_code", str(decision.exit_code)
    if manifest.get("suite"):
        yield "suite", one_line(str(manifest["suite"]))
    for name, one in values.items():
        yield one_line(f"measure.{name}"), one_line(one.why) if one.value is None else f"{one.value:.6g}"
    for name, told in majority.items():
        if told["value"] is not None:
            yield one_line(f"majority.{name}"), f"{told['value']:.6g}"


def _excused(results: Sequence[CaseResult], decision: Decision | None) -> dict[str, str]:
    """Gives the cases that are wrong and no worse than in the baseline, each with why it does not fail."""
    if decision is None or not decision.pairs:
        return {}
    whys = {
        **dict.fromkeys(decision.new, "wrong, and not in the baseline"),
        **dict.fromkeys(decision.changed, "wrong, and another case than in the baseline"),
        **dict.fromkeys(decision.flaky, "wrong, and its repeats disagree"),
    }
    worse = {change.after.case for change in decision.worse}
    return {
        row.case: whys.get(row.case, "wrong in the baseline too")
        for row in results
        if row.as_asked is False
        and row.case not in worse
        and row.verdict != "error"
        and not (row.must_not_support and row.verdict == "supported")
    }


def _outcome(case: ET.Element, row: CaseResult, excused: str) -> None:
    if excused:
        found = ET.SubElement(case, "skipped", message=excused)
    elif row.failed:
        stage, cause = (row.error.stage, row.error.cause) if row.error else ("error", "no verdict")
        found = ET.SubElement(case, "error", message=one_line(f"{stage}: {cause}"), type=one_line(stage) or "error")
    elif is_wrong(row):
        told = (
            f"right is {row.gold}"
            if row.right is False
            else "must not be supported"
            if row.must_not_support
            else "is not supported"
        )
        says = f"{row.verdict}, {told}"
        found = ET.SubElement(case, "failure", message=says, type=row.verdict)
    elif row.as_asked is None:
        ET.SubElement(case, "skipped", message="the suite gives no verdict for it")
        return
    else:
        return
    found.text = "\n".join(_lines(row))


def _lines(row: CaseResult) -> Iterator[str]:
    yield f"claim: {_passage(row.text)}"
    yield f"verdict: {row.verdict}"
    yield f"gold: {row.gold or 'none'}"
    if row.must_not_support:
        yield "must not be supported"
    if row.probabilities:
        yield f"support: {row.probabilities.supported:.4f}"
    if not row.evidence:
        yield "evidence: none"
    for found in row.evidence[:_PASSAGES]:
        place = f"{found.source} {found.span.start}-{found.span.end}"
        yield f"evidence: {found.stance} {found.score:.4f}, {one_line(place)}: {_passage(found.text)}"
    if len(row.evidence) > _PASSAGES:
        yield fill("and {n} more passage[/s]", n=len(row.evidence) - _PASSAGES)
    for source, text in row.gold_evidence[:_PASSAGES]:
        yield f"gold evidence: {one_line(source)}: {_passage(text)}"


def _passage(text: str) -> str:
    return one_line(text, _LONG)


def _decided(case: ET.Element, decision: Decision) -> None:
    text = clean(decision.to_text())
    if decision.exit_code:
        message = one_line(f"{decision.outcome}: {'; '.join(decision.reasons)}")
        ET.SubElement(case, "failure", message=message, type=decision.outcome).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _seconds(value: float) -> str:
    return f"{value if math.isfinite(value) and value > 0 else 0.0:.3f}"
