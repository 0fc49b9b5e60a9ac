from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from bukti.claims.errors import OutputError, UsageError
from bukti.eval.output import FORMATS, check_apart, check_output, render_json, write_report
from bukti.eval.report import Report
from bukti.eval.terminal import render_terminal
from tests.eval.pages import awkward_report, hostile_report

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


def test_the_terminal_shows_every_claim_the_ledger_and_no_control_characters(report: Report) -> None:
    out = StringIO()
    console = Console(file=out, width=80, color_system=None)
    render_terminal(report, console)
    shown = " ".join(out.getvalue().split())
    for item in report.assessments:
        assert item.claim.text in shown
    assert "8 sentences: 6 gave 6 claims, 1 repeats an earlier one, 1 is a caption" in shown
    assert "[red]lain[/red]" in shown
    assert "\x1b" not in out.getvalue()
    assert "not read: x.pdf: is encrypted" in shown
    assert max(len(line) for line in out.getvalue().splitlines()) <= 80


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("width", [80, 24])
@pytest.mark.parametrize("made", [awkward_report, hostile_report])
def test_no_text_makes_a_line_of_the_terminal_too_wide_or_ends_it_in_blanks(
    made: Callable[[], Report], width: int, encoding: str
) -> None:
    from rich.cells import cell_len

    raw = BytesIO()
    out = TextIOWrapper(raw, encoding=encoding)
    render_terminal(made(), Console(file=out, width=width))
    out.flush()
    lines = raw.getvalue().decode(encoding).split("\n")
    assert max(cell_len(line) for line in lines) <= width
    assert [line for line in lines if line != line.rstrip()] == []
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(lines))


def test_without_colour_the_terminal_gets_no_colour_and_every_verdict_its_word(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> str:
        out = StringIO()
        render_terminal(report, Console(file=out, width=80, force_terminal=True, color_system="standard"))
        return out.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\dm", shown())
    assert [verdict for verdict in report.counts if verdict.replace("_", " ") not in shown()] == []


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


def test_an_output_that_is_read_is_refused(tmp_path: Path) -> None:
    kept, linked = tmp_path / "folder" / "a.md", tmp_path / "link.md"
    kept.parent.mkdir()
    kept.write_text("kept")
    linked.symlink_to(kept)
    for path, read in (
        (kept, kept),
        (linked, kept),
        (kept, kept.parent),
        (tmp_path / "new.md", tmp_path / "x" / ".." / "new.md"),
    ):
        with pytest.raises(UsageError, match="would be written over; give another name"):
            check_apart(path, [read])
    check_apart(tmp_path / "folder" / "b.md", [kept, kept.parent])


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


def test_every_format_is_written_and_a_name_that_is_not_utf_8_is_told(report: Report, tmp_path: Path) -> None:
    for ending in FORMATS:
        write_report(report, tmp_path / f"r{ending}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.json", "r.jsonld", "r.md", "r.sarif"]
    strange = replace(report, article=replace(report.article, path="caf\udce9.txt"))
    with pytest.raises(OutputError, match="not UTF-8"):
        write_report(strange, tmp_path / "x.json")
    assert not (tmp_path / "x.json").exists()


def test_a_written_report_is_whole_and_alone(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "report.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == render_json(report)
