from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from bukti.eval.junit import GATE, render_junit
from tests.eval.runs import HOSTILE, MANIFEST, RESULTS, VALUES, change, decision

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def parsed(text: str) -> etree._Element:
    root = etree.fromstring(text.encode("utf-8"))
    SCHEMA.assertValid(root)
    return root


def outcomes(root: etree._Element) -> dict[str, str]:
    return {case.get("name", ""): case[0].tag if len(case) else "passed" for case in root.iter("testcase")}


def test_each_case_is_a_test_case_with_what_became_of_it() -> None:
    root = parsed(render_junit(RESULTS, VALUES, decision(pairs=0), MANIFEST))
    found = outcomes(root)
    hostile = next(name for name in found if name.startswith("hostile"))
    assert found == {
        "right": "passed", "wrong": "failure", "missed": "failure", "failed": "error", "unlabelled": "skipped", "forbidden": "failure",
        hostile: "passed", "gate": "failure",
    }  # fmt: skip
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped", "time")] == [
        "8",
        "4",
        "1",
        "1",
        "1.750",
    ]


def test_beside_a_baseline_only_what_got_worse_fails() -> None:
    dropped = replace(RESULTS[3], case="dropped", verdict="not_checkable")
    unsure = replace(RESULTS[2], case="unsure")
    fresh, edited = replace(RESULTS[1], case="fresh"), replace(RESULTS[1], case="edited")
    held = decision(
        worse=(change("missed", "refuted", "refuted", "not_enough_evidence"),),
        new=("fresh",),
        changed=("edited",),
        flaky=("unsure",),
    )
    root = parsed(render_junit([*RESULTS, dropped, unsure, fresh, edited], VALUES, held, MANIFEST))
    told = {case.get("name"): case.find("skipped") for case in root.iter("testcase")}
    assert {name: one.get("message") for name, one in told.items() if one is not None} == {
        "wrong": "wrong in the baseline too", "dropped": "wrong in the baseline too", "unsure": "wrong, and its repeats disagree",
        "fresh": "wrong, and not in the baseline", "edited": "wrong, and another case than in the baseline",
        "unlabelled": "the suite gives no verdict for it",
    }  # fmt: skip
    assert [name for name, tag in outcomes(root).items() if tag == "failure"] == ["missed", "forbidden", "gate"]
    assert outcomes(root)["failed"] == "error"


def test_the_measures_and_the_majoritys_are_properties() -> None:
    root = parsed(
        render_junit(
            RESULTS, VALUES, None, MANIFEST, scores={"majority": {"accuracy": {"value": 0.25}, "ece": {"value": None}}}
        )
    )
    found = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert (found["measure.macro_f1"], found["majority.accuracy"], "majority.ece" in found) == ("0.5", "0.25", False)


def test_a_failure_says_claim_verdict_gold_and_evidence_and_stays_short() -> None:
    root = parsed(render_junit(RESULTS, VALUES, None, MANIFEST))
    wrong, missed = root.findall(".//failure")[:2]
    assert wrong.get("message") == "supported, right is refuted"
    for word in (
        "claim: claim <script>",
        "verdict: supported",
        "gold: refuted",
        "evidence: refutes 0.9000",
        "gold evidence: s",
    ):
        assert word in (wrong.text or "")
    assert len(missed.text or "") < 20_000
    assert "and 2 more passages" in (missed.text or "")


def test_support_that_must_not_be_fails_whatever_the_suite_says_is_right() -> None:
    rows = [
        replace(row, gold="supported", verdict="supported", error=None, must_not_support=True) for row in RESULTS[:1]
    ]
    assert "must not be supported" in render_junit(rows, {}, None, {})


def test_a_label_that_only_rules_support_out_is_held() -> None:
    rows = [
        replace(RESULTS[0], case=verdict, gold=None, verdict=verdict, extra={"not_supported": True})
        for verdict in ("supported", "refuted")
    ]
    root = parsed(render_junit(rows, {}, None, {}))
    assert outcomes(root) == {"supported": "failure", "refuted": "passed"}


@pytest.mark.parametrize(
    ("outcome", "code", "tag"),
    [
        ("pass", 0, "system-out"),
        ("regression", 1, "failure"),
        ("inconclusive", 0, "system-out"),
        ("inconclusive", 1, "failure"),
        ("cannot_decide", 3, "failure"),
        ("cannot_decide", 4, "failure"),
    ],
)
def test_the_gate_fails_where_the_command_line_does(outcome: str, code: int, tag: str) -> None:
    root = parsed(render_junit(RESULTS, VALUES, decision(outcome=outcome, exit_code=code), MANIFEST))
    [case] = root.findall(f".//testcase[@classname='{GATE}']")
    assert [child.tag for child in case] == [tag]


def test_a_run_without_a_case_is_an_error() -> None:
    root = parsed(render_junit([], {}, None, {}))
    assert [root.get("tests"), root.get("errors")] == ["1", "1"]


def test_hostile_text_stays_text_and_the_same_run_gives_the_same_file() -> None:
    text = render_junit(RESULTS, VALUES, decision(), MANIFEST)
    assert text == render_junit(RESULTS, VALUES, decision(), MANIFEST)
    assert not {"\x00", "\x1b", "\u202e", "\u200f", "\ufffe", "\ud800"} & set(text)
    assert "<script" not in text
    assert "]]>" not in text
    assert "<script>alert(1)</script> ]]>" in "".join(parsed(text).itertext())
    assert HOSTILE not in text
