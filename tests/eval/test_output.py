from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from bukti.claims.errors import OutputError, UsageError
from bukti.eval.output import check_output, render_json, write_report
from bukti.eval.report import Report
from bukti.eval.terminal import render_terminal

SCHEMA = json.loads(files("bukti.eval").joinpath("data/report.schema.json").read_text(encoding="utf-8"))


def test_the_json_form_keeps_the_shipped_schema(report: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(render_json(report)), SCHEMA)


def _without_evidence(data: dict[str, Any]) -> None:
    data["claims"][0]["evidence"] = []


def _refuted_by_support(data: dict[str, Any]) -> None:
    data["claims"][0]["verdict"] = "refuted"


def _scored_error(data: dict[str, Any]) -> None:
    data["claims"][4]["support"] = 0.0


def _silent_error(data: dict[str, Any]) -> None:
    data["claims"][4]["error"] = None


def _unknown_key(data: dict[str, Any]) -> None:
    data["claims"][0]["mood"] = "good"


def _out_of_range(data: dict[str, Any]) -> None:
    data["claims"][0]["support"] = 1.2


@pytest.mark.parametrize(
    "break_it", [_without_evidence, _refuted_by_support, _scored_error, _silent_error, _unknown_key, _out_of_range]
)
def test_the_schema_refuses_a_verdict_without_what_it_rests_on(
    break_it: Callable[[dict[str, Any]], None], report: Report
) -> None:
    data = copy.deepcopy(json.loads(render_json(report)))
    break_it(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_terminal_shows_every_claim_the_ledger_and_no_control_characters(encoding: str, report: Report) -> None:
    out = StringIO()
    console = Console(file=out, width=80, color_system=None)
    render_terminal(report, console)
    shown = " ".join(out.getvalue().split())
    for item in report.assessments:
        assert item.claim.text in shown
    assert "8 sentences: 6 gave 6 claims, 1 repeat an earlier one, 1 are captions" in shown
    assert "[red]lain[/red]" in shown
    assert "\x1b" not in out.getvalue()
    assert "not read: x.pdf: is encrypted" in shown
    assert max(len(line) for line in out.getvalue().splitlines()) <= 80


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("report.doc", UsageError),
        ("report", UsageError),
        ("nowhere/report.json", OutputError),
        ("folder.json", OutputError),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_beforehand(
    path: str, error: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(error) as caught:
        check_output(tmp_path / path)
    assert "\n" not in str(caught.value)


def test_a_failed_write_leaves_the_old_report_and_nothing_beside_it(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_report(report, path)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("report.json", "old")]


def test_a_written_report_is_whole_and_alone(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "report.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == render_json(report)
