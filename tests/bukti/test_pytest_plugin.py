from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., pytest.RunResult]

PARTS = '''
import hashlib
import numpy as np
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.verifier import UNDECIDED


class Words:
    """An embedder without a model."""

    name = "words-by-hash"

    def embed(self, texts):
        rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


class Mute:
    name = "mute"

    def verify(self, pairs):
        return [UNDECIDED for _ in pairs]


class Broken:
    name = "broken"

    def verify(self, pairs):
        raise OSError("the model is gone")


class Forgetful(LexicalVerifier):
    """Knows nothing of farm 3."""

    name = "forgetful"

    def verify(self, pairs):
        return [UNDECIDED if "farm 3 " in pair.hypothesis else told for pair, told in zip(pairs, super().verify(pairs))]
'''

COUNCIL = {
    "id": "minutes",
    "title": "Minutes",
    "text": "The council approved 12 wells. The work costs 3.5 billion rupiah.",
}
CASES = [
    {"id": "wells", "claim": "The council approved 12 wells.", "label": "supported"},
    {"id": "dearer", "claim": "The work costs 5 billion rupiah.", "label": "supported"},
    {"id": "mayor", "claim": "The mayor voted against it.", "label": "not_supported"},
    {"id": "never", "claim": "The work costs 3.5 billion rupiah.", "must_not_support": True},
    {"id": "open", "claim": "The council meets again on Friday."},
]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest in a folder of its own, with this plugin, words compared, and no model."""
    pytester.makepyfile(parts=PARTS)
    paths = (str(ROOT), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("BUKTI_EMBEDDER", "parts:Words")

    def start(*args: str, verifier: str = "lexical") -> pytest.RunResult:
        return pytester.runpytest_subprocess("-p", "bukti.pytest_plugin", "--bukti-verifier", verifier, *args)

    return start


def write_suite(folder: Path, name: str, cases: list[dict[str, object]]) -> None:
    lines = [json.dumps({"sources": [COUNCIL], "language": "en", **case}) for case in cases]
    (folder / name).write_text("\n".join(lines) + "\n")


def write_farms(folder: Path) -> None:
    """Writes a suite of 24 cases, of which the last is wrong."""
    text = " ".join(f"The farm {number} has {number + 30} cows." for number in range(24))
    source = {"id": "farms", "text": text}
    cases = [
        {
            "id": f"farm {number}",
            "claim": f"The farm {number} has {number + 30} cows.",
            "label": "supported" if number < 23 else "refuted",
            "sources": [source],
        }
        for number in range(24)
    ]
    write_suite(folder, "farms.claims.jsonl", cases)


# Suites as tests ---------------------------------------------------------------------------------------------------


def test_each_labelled_case_is_a_test_and_a_failure_shows_what_was_found(pytester: pytest.Pytester, run: Run) -> None:
    write_suite(pytester.path, "council.claims.jsonl", CASES)
    result = run("-rA")
    result.assert_outcomes(passed=2, failed=2, skipped=1)
    result.stdout.fnmatch_lines(["*never be supported)"])
    result.stdout.re_match_lines_random([r"PASSED council.claims.jsonl::mayor", r"SKIPPED .*has no label"])
    result.stdout.fnmatch_lines([
        "_* dearer _*",
        "refuted, not supported",
        "claim:    The work costs 5 billion rupiah.",
        "verdict:  refuted (support *",
        "gold:     supported",
        'evidence: minutes, refutes (*): "*The work costs 3.5 billion rupiah."',
    ])  # fmt: skip
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py:" not in result.stdout.str()


def test_a_claim_labelled_not_checkable_passes_where_the_splitter_finds_nothing_to_check(
    pytester: pytest.Pytester, run: Run
) -> None:
    claims = [
        ("question", "Did the council approve 12 wells?"),
        ("opinion", "The council should approve more wells."),
        ("fact", "The council approved 12 wells."),
    ]
    article = {
        "id": "story",
        "article": {"text": "The council approved 12 wells. The council should approve more wells."},
        "claims": [{"id": "wish", "text": "The council should approve more wells.", "label": "not_checkable"}],
    }
    cases = [{"id": name, "claim": claim, "label": "not_checkable"} for name, claim in claims]
    write_suite(pytester.path, "council.claims.jsonl", [*cases, article])
    result = run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["_* fact _*", "supported, not not_checkable"])


def test_cases_are_chosen_by_name_and_by_node_id(pytester: pytest.Pytester, run: Run) -> None:
    article = {
        "id": "story",
        "article": {"text": "The council met. It approved 12 wells."},
        "claims": [{"id": "wells", "text": "It approved 12 wells.", "span": [17, 38], "label": "supported"}],
    }
    write_suite(pytester.path, "council.claims.jsonl", [*CASES, article])
    run("council.claims.jsonl::wells", "council.claims.jsonl::story/wells").assert_outcomes(passed=2)
    run("-k", "dearer", "--collect-only", "-q").stdout.fnmatch_lines(["council.claims.jsonl::dearer"])


def test_a_suite_that_cannot_be_read_is_one_line(pytester: pytest.Pytester, run: Run) -> None:
    write_suite(pytester.path, "council.claims.jsonl", [{"id": "a", "claim": "It is.", "label": "perhaps"}])
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*council.claims.jsonl:1: case 'a': 'label': 'perhaps' is no label*"])
    assert "Traceback" not in result.stdout.str()


def test_a_claim_that_cannot_be_judged_is_an_error_with_its_stage(pytester: pytest.Pytester, run: Run) -> None:
    write_suite(pytester.path, "council.claims.jsonl", CASES[:1])
    result = run("--bukti-save", "saved.json", verifier="parts:Broken")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["verify: the model is gone", "verdict:  error*", "--bukti-save: not blessed: 1 ended in an error*"]
    )
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py:" not in result.stdout.str()
    assert not (pytester.path / "saved.json").exists()


# The fixture -------------------------------------------------------------------------------------------------------


def test_the_fixture_checks_texts_against_files_folders_and_texts(pytester: pytest.Pytester, run: Run) -> None:
    (pytester.mkdir("sources") / "minutes.txt").write_text(str(COUNCIL["text"]))
    pytester.makepyfile(
        test_answers="""
        import pytest
        from bukti import BuktiError

        RIGHT, WRONG = "The council approved 12 wells.", "The work costs 5 billion rupiah."

        @pytest.mark.parametrize("sources", ["sources", "sources/minutes.txt", [RIGHT]])
        def test_right(bukti, sources):
            bukti.assert_supported(RIGHT, sources, language="en")
            bukti.assert_not_refuted("The mayor voted against it.", sources)

        def test_wrong(bukti):
            with pytest.raises(AssertionError, match="1 of 2 claims(?s:.)*refutes.*3.5 billion"):
                bukti.assert_supported(f"{RIGHT} {WRONG}", ["sources"])
            with pytest.raises(AssertionError, match="not free of refuted claims"):
                bukti.assert_not_refuted(WRONG, ["sources"])
            assert [one.verdict for one in bukti.check(f"{RIGHT} {WRONG}", "sources")] == ["supported", "refuted"]
            assert bukti.check(WRONG, "sources")[0].evidence[0].source == "sources/minutes.txt"

        def test_nothing_is_no_pass(bukti):
            for holds in (bukti.assert_supported, bukti.assert_not_refuted):
                with pytest.raises(AssertionError, match="no claim"):
                    holds("Is it so?", ["sources"])
                with pytest.raises(BuktiError, match="no such file"):
                    holds(RIGHT, "sources/minute.txt")
                with pytest.raises(BuktiError, match="nothing to check against"):
                    holds(RIGHT, [])

        def test_a_file_is_read_anew(bukti, tmp_path):
            file = tmp_path / "a.txt"
            for text in (RIGHT, "The council approved 15 wells."):
                file.write_text(text)
                bukti.assert_supported(text, file)

        def test_shown(bukti):
            bukti.assert_supported(WRONG, ["sources"])
        """
    )
    result = run()
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(
        ["E*AssertionError: not supported: 1 of 1 claims", "E*claim:*5 billion*", "E*evidence: sources/minutes.txt*"]
    )


# Baselines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "workers",
    [
        pytest.param((), id="plain"),
        pytest.param(("-p", "xdist", "-n", "2"), id="xdist", marks=pytest.mark.slow),  # each worker loads all anew
    ],
)
def test_a_session_is_saved_and_later_ones_are_held_against_it(
    pytester: pytest.Pytester, run: Run, workers: tuple[str, ...]
) -> None:
    if workers:
        pytest.importorskip("xdist")
    write_farms(pytester.path)
    saved = run(*workers, "--bukti-save", "saved.json")
    saved.assert_outcomes(passed=23, failed=1)
    saved.stdout.fnmatch_lines(["24 cases saved to *saved.json"])

    same = run(*workers, "--bukti-baseline", "saved.json", "-rx")
    same.assert_outcomes(passed=23, xfailed=1)
    assert same.ret == pytest.ExitCode.OK
    same.stdout.fnmatch_lines(["*= bukti =*", "INCONCLUSIVE*", "*verdicts, scores and evidence are all the same*"])
    same.stdout.fnmatch_lines(["XFAIL *farm 23 - *supported, not refuted: wrong in the baseline too"])
    assert same.stdout.str().count("INCONCLUSIVE") == 1

    worse = run(*workers, "--bukti-baseline", "saved.json", "--bukti-save", "new.json", verifier="parts:Mute")
    assert worse.ret == pytest.ExitCode.TESTS_FAILED
    worse.stdout.fnmatch_lines(["REGRESSION*", "Worse: 23", "Not saved: *"])
    assert not (pytester.path / "new.json").exists()


def test_one_case_that_got_worse_fails_a_session_that_the_gate_cannot_pass(pytester: pytest.Pytester, run: Run) -> None:
    write_farms(pytester.path)
    run("--bukti-save", "saved.json")
    result = run("--bukti-baseline", "saved.json", verifier="parts:Forgetful")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=22, xfailed=2)
    result.stdout.fnmatch_lines(["INCONCLUSIVE*", "The session fails: 1 right before and wrong now*"])
    part = run("--bukti-baseline", "saved.json", "-k", "farm and not 3")
    assert part.ret == pytest.ExitCode.TESTS_FAILED
    part.stdout.fnmatch_lines(["CANNOT DECIDE: * of 24 cases did not run (*"])


def test_a_baseline_that_is_not_there_ends_the_session_before_it_begins(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run("--bukti-baseline", "none.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --bukti-baseline *none.json: no such baseline; bless a run first"])


@pytest.mark.parametrize("name", ["nothing", "parts:Nothing", "nowhere:Verifier"])
def test_a_verifier_that_cannot_be_used_is_one_usage_error(name: str, pytester: pytest.Pytester, run: Run) -> None:
    write_farms(pytester.path)
    result = run(verifier=name)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --bukti-verifier: verifier '{name}'*"])
    result.stdout.fnmatch_lines(["*no tests ran*"])


def test_the_gates_settings_hold_here_too(pytester: pytest.Pytester, run: Run) -> None:
    write_farms(pytester.path)
    run("--bukti-save", "saved.json")
    settings = pytester.path / "bukti.toml"
    settings.write_text("gate_min_cases = 25")
    result = run("--bukti-baseline", "saved.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["CANNOT DECIDE*", "*24 cases can be compared; 25 must be"])
    settings.write_text("gate_alpha = 2")
    result = run("--bukti-baseline", "saved.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*gate_alpha*is 2.0; it must lie between 0 and 0.5"])


def test_two_suites_may_have_the_same_ids(pytester: pytest.Pytester, run: Run) -> None:
    for name in ("one", "two"):
        write_suite(pytester.path, f"{name}.claims.jsonl", CASES[:1])
    run("--bukti-save", "saved.json").assert_outcomes(passed=2)
    rows = json.loads((pytester.path / "saved.json").read_text())["results"]
    assert [row["case"] for row in rows] == ["one.claims.jsonl::wells", "two.claims.jsonl::wells"]


# Beside other tests ------------------------------------------------------------------------------------------------


def test_a_session_without_suites_loads_nothing_heavy_and_says_nothing(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        test_other="""
        import sys

        def test_light():
            heavy = {"torch", "chromadb", "langchain", "langchain_core", "onnxruntime", "sklearn", "numpy", "pydantic", "bukti.engine"}
            assert not heavy & set(sys.modules)
        """
    )
    for name in ("one", "two"):  # pytest sorts its plugins anew for each folder with a conftest
        folder = pytester.mkdir(name)
        (folder / "conftest.py").write_text("")
        (folder / f"test_{name}.py").write_text("def test_it(): pass")
    result = run()
    result.assert_outcomes(passed=3)
    assert "bukti" not in result.stdout.str().replace(str(pytester.path), "")


def test_the_documentation_is_true(pytester: pytest.Pytester, run: Run) -> None:
    text = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(yaml|python|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[::-1])
    (pytester.path / "council.claims.yaml").write_text(blocks["yaml"])
    (pytester.path / "test_answer.py").write_text(blocks["python"])
    result = run()
    result.assert_outcomes(passed=6, failed=1, skipped=1)
    shown = blocks["console"].splitlines()[1:]
    result.stdout.fnmatch_lines([f"{shown[0]} *", f"*_ {shown[1]} _*", *shown[2:5], shown[5], f"*{shown[6][-40:]}"])


@pytest.mark.slow
def test_the_wheel_runs_in_a_repository_with_folders_of_the_same_names(pytester: pytest.Pytester, run: Run) -> None:
    # From a copy: a build leaves folders behind.
    copy, built = pytester.path / "copy", pytester.mkdir("built")
    for name in ("bukti", "claims", "retrieval", "eval"):
        shutil.copytree(ROOT / name, copy / name, symlinks=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(built),
        str(copy),
    ]
    subprocess.run(command, check=True, capture_output=True)
    site = pytester.mkdir("site")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    home = pytester.mkdir("home")
    for name in ("eval", "claims"):
        (home / name).mkdir()
        (home / name / "__init__.py").write_text(f"WHOSE = {'my ' + name!r}\n")
    (home / "parts.py").write_text(PARTS)
    write_suite(home, "council.claims.jsonl", CASES[:1])
    (home / "test_own.py").write_text(
        "import bukti.eval, claims, eval\n"
        "def test_own(): assert (eval.WHOSE, claims.WHOSE) == ('my eval', 'my claims')\n"
        f"def test_wheel(): assert bukti.eval.__file__.startswith({str(site)!r})\n"
    )
    # As installed: found by its entry point, with no -p.
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--bukti-verifier", "lexical", "-p", "no:cacheprovider"],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(site), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in result.stdout, result.stdout + result.stderr
