from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bukti.eval.results import Repeat
from bukti.eval.summary import MOST_BYTES, escape, render_summary
from tests.eval.runs import LONG, MANIFEST, RESULTS, VALUES, change, decision, row

ROOT = Path(__file__).resolve().parents[2]
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


SCORES = {
    "majority": {"macro_f1": {"value": 0.125}},
    "by_tag": {
        "": {"accuracy": {"value": 0.5}},
        "a|b": {"accuracy": {"value": 0.75}},
        "c": {"accuracy": {"value": None}},
    },
}


def test_the_decision_comes_first_then_what_changed_then_measures_then_the_rest() -> None:
    text = render_summary(RESULTS, VALUES, decision(), MANIFEST, scores=SCORES)
    order = [
        "## bukti: regression (exit 1)",
        "### Against the baseline",
        "### Worse: 2",
        "**c-false**",
        "**c-missed**",
        "### Better: 1",
        "### Measures",
        "### Failed: 1",
        "### New: 1",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert text.index("| right | **regression**") < text.index("| support | pass")
    assert "| macro&#95;f1 | 0.5000 | 0.2500 to 0.7500 | 0.1250 | 6 |" in text
    assert "aurc" not in text  # it has no value
    assert "| tag | accuracy |\n|---|--:|\n| a&#124;b | 0.7500 |\n| c | – |\n" in text


def test_what_got_worse_has_its_name_both_verdicts_and_both_evidence() -> None:
    text = render_summary(RESULTS, VALUES, decision(), MANIFEST)
    assert "**c-false**: refuted → supported (right: refuted)" in text
    assert "evidence before c-false" in text
    assert "evidence now c-false" in text


def test_without_a_decision_the_wrong_cases_are_listed_and_nothing_is_called_a_pass() -> None:
    text = render_summary(RESULTS, VALUES, None, MANIFEST)
    assert text.startswith("## bukti: measured, not gated\n")
    assert "### Wrong: 3" in text
    assert "nothing was measured" in render_summary([], {}, None, {})
    assert "pass" not in render_summary([], {}, None, {})


def test_hostile_text_breaks_no_table_and_makes_no_markup() -> None:
    text = render_summary(RESULTS, VALUES, decision(), MANIFEST)
    assert not set("\x00\x1b\u202e\u200f\ud800") & set(text)
    tokens = [child for token in MARKDOWN.parse(text) for child in [token, *(token.children or [])]]
    assert not {"html_block", "html_inline", "link_open", "image", "code_inline", "fence"} & {
        token.type for token in tokens
    }
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h2", "h3"}
    for line in text.splitlines():
        if line.startswith("| "):
            assert line.count("|") in (6, 10)
    shown = MARKDOWN.render(text)
    for word in ("@someone", "#12", "http://evil", "www.evil", "GH-7", "<script", "</td></table>"):
        assert word not in shown


@given(st.text(max_size=60))
def test_any_text_is_one_line_of_plain_words(text: str) -> None:
    shown = MARKDOWN.render(f"- **x**: “{escape(text)}”")
    assert not re.sub(r"</?(?:ul|li|strong)>", "", shown).count("<")


def test_it_stays_below_the_limit_and_says_what_was_left_out() -> None:
    changes = tuple(
        replace(change(f"c-{number}", "refuted", "refuted", "supported"), text="@" * 900) for number in range(3000)
    )
    results = [row(f"{number} {LONG[:300]}", "refuted", "error") for number in range(3000)]
    reasons = tuple("@" * 999 for _ in range(3000))
    text = render_summary(results, VALUES, decision(worse=changes, other=changes, reasons=reasons), MANIFEST)
    assert 100_000 < len(text.encode()) < MOST_BYTES
    assert re.search(r"### Worse: 3000\n.*?\n\d+ more are left out here", text, re.DOTALL)
    assert "2901 more reasons are left out" in text


# The action --------------------------------------------------------------------------------------------------------


def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


def test_the_action_has_what_a_composite_action_needs() -> None:
    found = action()
    assert {"name", "description", "inputs", "runs"} <= set(found)
    assert {name: one["required"] for name, one in found["inputs"].items()} == {
        "suite": True,
        "baseline": False,
        "args": False,
    }
    assert found["runs"]["using"] == "composite"
    for step in found["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an input in a script is a command; it comes in by the environment"


@pytest.mark.parametrize(("code", "writes"), [(0, True), (1, True), (3, False)])
def test_the_action_shows_the_summary_and_keeps_the_exit_code(code: int, writes: bool, tmp_path: Path) -> None:
    fake = tmp_path / "bukti"
    fake.write_text(
        '#!/bin/bash\nprintf "%s\\n" "$@" > "$SEEN"\nfor one in "$@"; do [[ $one == *summary.md && -n $WRITES ]] && echo "# ok" > "$one"; done\nexit $CODE\n'
    )
    fake.chmod(0o755)
    names = {"GITHUB_STEP_SUMMARY": "summary", "GITHUB_OUTPUT": "output", "SEEN": "seen"}
    env = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), "CODE": str(code), "WRITES": "yes" if writes else "",
        "SUITE": "a b.yaml\n$(touch pwned)\n", "BASELINE": "base line.json", "ARGS": "--strict\n--top-k 5",
    } | {key: str(tmp_path / name) for key, name in names.items()}  # fmt: skip
    script = action()["runs"]["steps"][-1]["run"]
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], env=env, cwd=tmp_path, check=False
    )
    assert done.returncode == code
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen[0] == "eval"
    assert [one.rpartition("/")[2] for one in seen[2:11:2]] == [
        "junit.xml",
        "summary.md",
        "page.html",
        "run.sarif",
        "run.json",
    ]
    assert seen[11:] == ["--baseline", "base line.json", "--strict", "--top-k", "5", "--", "a b.yaml", "$(touch pwned)"]
    assert ("# ok" in (tmp_path / "summary").read_text()) is writes
    assert f"exit-code={code}" in (tmp_path / "output").read_text()


@pytest.mark.parametrize("gated", [True, False])
def test_cases_whose_repeats_disagree_are_named(gated: bool) -> None:
    shaky = replace(RESULTS[0], repeats=(Repeat(verdict="supported"), Repeat(verdict="refuted")))
    text = render_summary([shaky, *RESULTS[1:]], VALUES, decision(flaky=("right",)) if gated else None, MANIFEST)
    assert "### Flaky: repeats disagree: 1\n\n- right\n" in text
