from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.article import Span
from bukti.claims.errors import BaselineError, NotBlessedError, OutputError
from bukti.eval.baseline import SCHEMA, bless, faults_of, read_baseline, read_row, render_row, write_baseline
from bukti.eval.report import Failure
from bukti.eval.results import CaseResult, FoundEvidence
from bukti.eval.verifier import Probabilities

MANIFEST = {"suite": "s" * 64, "measures": ["right"], "config": {"k": 5}}
FULL = CaseResult(
    case="a/1",
    text="Kapal “itu” tenggelam\u2028",
    gold="supported",
    verdict="supported",
    probabilities=Probabilities(supported=0.7000000000000001, refuted=0.1, not_enough_evidence=0.2, quote=Span(1, 4)),
    evidence=(FoundEvidence(source="s", span=Span(0, 3), text="abc", stance="supports", score=1 / 3, title="Judul"),),
    gold_evidence=(("s", "abc"),),
    must_not_support=False,
    language="id",
    tags=("angka",),
    cluster="a",
    span=Span(5, 9),
    extra={"id": 7, "deep": {"x": [1, None]}},
)
PLAIN = CaseResult(case="b", text="t", gold=None, verdict="refuted", probabilities=None)
FAILED = CaseResult(
    case="c", text="t", gold="refuted", verdict="error", probabilities=None, error=Failure(stage="verify", cause="gone")
)
FORBIDDEN = CaseResult(
    case="d", text="t", gold="refuted", verdict="supported", probabilities=None, must_not_support=True
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "baseline.json"


def edit(path: Path, change: Any, *, sign: bool = True) -> None:
    """Changes the file's content and makes the hash fit, as one does who means it."""
    from bukti.eval.baseline import _hash

    told = json.loads(path.read_text())
    change(told)
    if sign:
        told["sha256"] = _hash(told.get("manifest"), told.get("results"))
    path.write_text(json.dumps(told))


def test_what_was_written_is_read(path: Path) -> None:
    write_baseline([FULL, PLAIN, FAILED], MANIFEST, path)
    read = read_baseline(path)
    assert read.results == (FULL, PLAIN, FAILED)
    assert read.manifest == MANIFEST


@pytest.mark.parametrize("row", [FULL, PLAIN, FAILED, FORBIDDEN], ids=lambda row: row.case)
def test_one_row_is_read_as_it_was_dumped_on_one_line(row: CaseResult) -> None:
    assert "\n" not in render_row(row)
    assert read_row(render_row(row)) == row


def test_a_sources_title_is_kept_and_makes_no_other_evidence_of_it() -> None:
    kept = read_row(render_row(FULL)).evidence[0]
    assert (kept.title, kept) == ("Judul", replace(kept, title=""))


def test_how_long_it_took_is_left_out(path: Path) -> None:
    write_baseline([replace(FULL, seconds=1.5)], MANIFEST, path)
    first = path.read_bytes()
    write_baseline([replace(FULL, seconds=2.5)], MANIFEST, path)
    assert path.read_bytes() == first
    assert read_baseline(path).results == (FULL,)


def test_the_file_has_a_row_a_line_and_is_plain_json(path: Path) -> None:
    write_baseline([FULL, PLAIN], MANIFEST, path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(lines) == 5
    assert json.loads(lines[2])["case"] == "b"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert list(told) == ["schema", "sha256", "manifest", "results"]
    assert told["schema"] == SCHEMA


def test_keys_that_are_no_text_are_read_as_they_were_hashed(path: Path) -> None:
    write_baseline([replace(PLAIN, extra={"n": {9: "a", 10: "b"}})], MANIFEST, path)
    assert read_baseline(path).results[0].extra == {"n": {"9": "a", "10": "b"}}


def test_an_empty_run_can_be_written_and_read(path: Path) -> None:
    write_baseline([], MANIFEST, path)
    assert read_baseline(path).results == ()


def test_a_layout_that_was_changed_is_no_edit(path: Path) -> None:
    write_baseline([FULL], MANIFEST, path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=4))
    assert read_baseline(path).results == (FULL,)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "no such baseline; bless a run first"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read (Is a directory)"),
        (lambda path: path.write_text(""), "is torn or no JSON"),
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), "is torn or no JSON"),
        (lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff"), "is no text"),
        (lambda path: path.write_text("[" * 100_000), "is torn or no JSON"),
        (lambda path: path.write_text("[1]"), "is no baseline"),
        (lambda path: path.write_text("{}"), "is no baseline"),
        (lambda path: path.write_text('{"schema": 3}'), "is no baseline"),
        (lambda path: path.write_text(path.read_text().replace('"gold": null', '"gold": NaN')), "NaN is no number"),
        (lambda path: path.write_text(path.read_text().replace('"refuted"', '"supported"')), "was edited"),
        (lambda path: edit(path, lambda told: told["results"].pop(), sign=False), "was edited"),
        (lambda path: edit(path, lambda told: told["manifest"].update(suite="other"), sign=False), "was edited"),
        (lambda path: edit(path, lambda told: told.pop("sha256"), sign=False), "was edited"),
        (lambda path: edit(path, lambda told: told.update(schema="bukti.baseline/2")), "reads bukti.baseline/1"),
        (lambda path: edit(path, lambda told: told.pop("results")), "has results wrong"),
        (lambda path: edit(path, lambda told: told.update(more=1)), "has more wrong"),
        (lambda path: edit(path, lambda told: told["results"][0].update(more=1)), "has results.0.more wrong"),
        (lambda path: edit(path, lambda told: told["results"][0].update(verdict="maybe")), "has results.0.verdict wrong"),
        (lambda path: edit(path, lambda told: told["results"][0].update(gold="error")), "has a row that cannot be"),
        (lambda path: edit(path, lambda told: told["results"][0]["probabilities"].update(supported=1.7)), "has a row that cannot be"),
        (lambda path: edit(path, lambda told: told["results"][0].update(must_not_support=0)), "must_not_support wrong"),
        (lambda path: edit(path, lambda told: told["results"].append(told["results"][0])), "has the id 'a/1' twice"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_was_written_is_refused_in_one_line(path: Path, spoil: Any, says: str) -> None:
    write_baseline([FULL, PLAIN], MANIFEST, path)
    spoil(path)
    with pytest.raises(BaselineError) as caught:
        read_baseline(path)
    message = str(caught.value)
    assert says in message
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < 300
    assert caught.value.exit_code == 3
    assert caught.value.path == str(path)


def test_every_torn_length_is_refused(path: Path) -> None:
    write_baseline([PLAIN], MANIFEST, path)
    whole = path.read_bytes()
    for length in range(len(whole) - 2):  # without its last line end it is whole
        path.write_bytes(whole[:length])
        with pytest.raises(BaselineError):
            read_baseline(path)


@pytest.mark.parametrize("extra", [{"x": float("nan")}, {"x": {1, 2}}, {"x": "\ud800"}])
def test_what_json_has_not_is_refused_and_the_old_file_stays(path: Path, extra: dict[str, Any]) -> None:
    write_baseline([PLAIN], MANIFEST, path)
    with pytest.raises(OutputError, match="holds what a JSON file cannot"):
        write_baseline([replace(PLAIN, extra=extra)], MANIFEST, path)
    assert read_baseline(path).results == (PLAIN,)
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_baseline([PLAIN], MANIFEST, tmp_path / "none" / "b.json")
    assert str(caught.value).startswith(str(tmp_path))


def test_a_crash_while_writing_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_baseline([PLAIN], MANIFEST, path)

    def crash(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OutputError, match="No space left"):
        write_baseline([FULL], MANIFEST, path)
    assert read_baseline(path).results == (PLAIN,)
    assert list(path.parent.iterdir()) == [path]


def test_a_clean_run_is_blessed(path: Path) -> None:
    assert faults_of([FULL, PLAIN]) == ()
    bless([FULL, PLAIN], MANIFEST, path)
    assert read_baseline(path).manifest == MANIFEST


@pytest.mark.parametrize(
    ("results", "fault"),
    [
        ([], "has no case"),
        ([FULL, FAILED], "1 ended in an error: c"),
        ([FULL, FORBIDDEN], "1 must not be supported and are: d"),
    ],
)
def test_a_run_with_faults_is_blessed_by_force_only_and_says_so(
    path: Path, results: list[CaseResult], fault: str
) -> None:
    with pytest.raises(NotBlessedError, match="or force it") as caught:
        bless(results, MANIFEST, path)
    assert caught.value.faults == (fault,)
    assert not path.exists()
    bless(results, MANIFEST, path, force=True)
    assert read_baseline(path).manifest == {**MANIFEST, "forced": [fault]}


def test_an_id_that_stands_twice_is_never_blessed(path: Path) -> None:
    for force in (False, True):
        with pytest.raises(NotBlessedError, match="1 have an id that another has: b"):
            bless([PLAIN, PLAIN], MANIFEST, path, force=force)
    assert not path.exists()
