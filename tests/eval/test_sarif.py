from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bukti.claims.article import Span
from bukti.eval.output import write_report
from bukti.eval.report import Report
from bukti.eval.sarif import render_run_sarif, render_sarif
from tests.eval.runs import HOSTILE, MANIFEST, RESULTS, VALUES, decision

SCHEMA = json.loads(Path(__file__).with_name("sarif.schema.json").read_text(encoding="utf-8"))


def run_of(text: str) -> dict[str, Any]:
    log = json.loads(text)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(log, SCHEMA)
    run: dict[str, Any] = log["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def region(result: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = result["locations"][0]["physicalLocation"]["region"]
    return found


def of_text(report: Report, text: str, words: str, path: str = "berita/x.txt") -> Report:
    """The report with its refuted claim alone, in another article."""
    item = next(item for item in report.assessments if item.verdict == "refuted")
    start = text.index(words)
    claim = replace(item.claim, text=words, span=Span(start, start + len(words)))
    article = replace(report.article, text=text, path=path)
    return replace(report, article=article, assessments=(replace(item, claim=claim),))


def test_refuted_and_conflicting_claims_stand_where_the_text_has_them(report: Report) -> None:
    run = run_of(render_sarif(report))
    assert [(one["ruleId"], one["level"], region(one)["startLine"]) for one in run["results"]] == [
        ("refuted", "error", 3),
        ("conflicting", "warning", 4),
    ]
    assert region(run["results"][0])["snippet"]["text"] == "Kalimat kedua menyebut 7 juta orang."
    assert "Sumber 0 refutes: “Bukti <script>" in run["results"][0]["message"]["text"]
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert "the model is gone" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_columns_count_code_points_and_the_run_says_so(report: Report) -> None:
    run = run_of(render_sarif(of_text(report, "Baris.\n😀 é 7 juta orang.", "7 juta")))
    assert run["columnKind"] == "unicodeCodePoints"
    assert [region(run["results"][0])[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [
        2,
        5,
        2,
        11,
    ]


def test_lines_are_the_files_where_it_is_given(report: Report) -> None:
    one = of_text(report, "Satu 7 juta. Dua 7 juta orang.", "7 juta orang")
    [found] = run_of(render_sarif(one, original="\ufeff\r\nSatu 7 juta. Dua 7\r\njuta orang."))["results"]
    assert [region(found)[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [2, 18, 3, 11]
    [lost] = run_of(render_sarif(one, original="Lain sama sekali."))["results"]
    assert region(lost) == {"startLine": 1}


def test_front_matter_is_no_line_of_the_text(report: Report) -> None:
    words = "Dewan menyetujui 7 juta orang."
    changed = of_text(report, words, words, "berita/x.md")
    original = f"---\ntitle: {words}\ndate: 2026-01-31\n---\n\n{words}\n"
    assert region(run_of(render_sarif(changed, original=original))["results"][0])["startLine"] == 6


def test_the_second_of_two_equal_claims_is_found_as_the_second(report: Report) -> None:
    one = of_text(report, "7 juta.\n7 juta.", "7 juta")
    item = one.assessments[0]
    both = replace(one, assessments=(item, replace(item, claim=replace(item.claim, span=Span(8, 14)))))
    found = run_of(render_sarif(both, original="7 juta.\n\n\n7 juta."))["results"]
    assert [region(result)["startLine"] for result in found] == [1, 4]
    assert len({result["partialFingerprints"]["buktiClaim/v1"] for result in found}) == 2


def test_a_fingerprint_stays_when_the_claim_moves(report: Report) -> None:
    here, there = (
        run_of(render_sarif(of_text(report, text, "7 juta orang")))["results"][0]["partialFingerprints"]
        for text in ("7 juta orang.", "Baru.\n\nAda 7 juta orang.")
    )
    assert here == there
    assert here["primaryLocationLineHash"].endswith(":1")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("berita/satu dua.txt", "berita/satu%20dua.txt"),
        ("/x/é.txt", "file:///x/%C3%A9.txt"),
        ("a:b.txt", "a%3Ab.txt"),
        ("https://x.example/a b?c=1#d", "https://x.example/a%20b?c=1#d"),
        ("-", "article"),
        ("\ud800.txt", "%ED%A0%80.txt"),
    ],
)
def test_a_path_is_an_address(path: str, uri: str, report: Report) -> None:
    [found] = run_of(render_sarif(of_text(report, "7 juta", "7 juta", path)))["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_written_report_has_the_lines_of_the_articles_file(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "berita.txt"
    path.write_text("\n\nSatu.\n7 juta\norang.")
    one = of_text(report, "Satu. 7 juta orang.", "7 juta orang", str(path))
    known = replace(one, article=replace(one.article, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    lines = []
    for held in (known, one):
        write_report(held, tmp_path / "x.sarif")
        [found] = run_of((tmp_path / "x.sarif").read_text())["results"]
        lines.append((region(found)["startLine"], region(found)["endLine"]))
    assert lines == [(4, 5), (1, 1)]  # a file that is another one now says nothing


def test_a_report_without_claims_is_no_success(report: Report) -> None:
    run = run_of(render_sarif(replace(report, assessments=())))
    assert not run["invocations"][0]["executionSuccessful"]


def test_wrong_cases_of_a_run_stand_in_the_suite_worst_first() -> None:
    run = run_of(render_run_sarif(RESULTS, VALUES, decision(), MANIFEST))
    assert [(one["ruleId"], one["properties"]["case"]) for one in run["results"]] == [
        ("false-support", "forbidden"),
        ("false-support", "wrong"),
        ("wrong-verdict", "missed"),
    ]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "suites/my%20suite.yaml"
    assert run["properties"] == {"measures": {"macro_f1": 0.5, "aurc": None}, "outcome": "regression", "exitCode": 1}
    assert not run["invocations"][0]["executionSuccessful"]
    assert not run_of(render_run_sarif([], {}, None, {}))["invocations"][0]["executionSuccessful"]


def test_hostile_text_stays_text(report: Report) -> None:
    article = HOSTILE.replace("\ud800", "")  # no article holds one: it could not be read
    for text in (
        render_run_sarif(RESULTS, VALUES, decision(), MANIFEST),
        render_sarif(of_text(report, article, article)),
    ):
        run = run_of(text)
        text.encode("utf-8")
        for bad in ("\x00", "\\u0000", "\x1b", "\\u001b", "\u202e"):
            assert bad not in text
        for result in run["results"]:
            assert "](" not in result["message"]["text"]
            assert " {0}" not in result["message"]["text"]
        assert len(text) < 20_000
