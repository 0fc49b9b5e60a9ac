"""The command line of suites: what each end of a run exits with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bukti.cli import main
from bukti.eval.baseline import digest_of, read_row
from tests.eval.runs import WORDS

PARTS = (
    WORDS
    + """
class Broken:
    name = "broken/1"

    def verify(self, pairs):
        raise RuntimeError("model gone")

class Yes:
    name = "yes/1"

    def verify(self, pairs):
        from bukti.eval.verifier import Probabilities
        return [Probabilities.of(supported=0.95, refuted=0.0) for _ in pairs]

class CutLate(Yes):
    name = "cut-late/1"

    def verify(self, pairs):
        from pathlib import Path
        if any("tidak" in pair.hypothesis or "2013" not in pair.hypothesis for pair in pairs) and not Path("healed").exists():
            raise KeyboardInterrupt
        return super().verify(pairs)

class Cut:
    name = "cut/1"

    def verify(self, pairs):
        raise KeyboardInterrupt
"""
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    Path("evalparts.py").write_text(PARTS)
    monkeypatch.setenv("BUKTI_EMBEDDER", "evalparts:Words")
    monkeypatch.setenv("BUKTI_VERIFIER", "lexical")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(words))
    out, err = capsys.readouterr()
    return int(str(caught.value.code or 0)), out, err


def one_source(name: str, *, label: str = "supported", must_not: bool = False, cases: int = 24) -> None:
    """Writes a suite whose cases share one source, so that one index does for all."""
    source = {"id": "s", "text": "Dewan menyetujui 12 sumur pada 2013."}
    rows = [
        {
            "id": f"c{number}", "claim": f"Dewan menyetujui 12 sumur pada 2013{'.' * (number + 1)}", "language": "id" if number % 2 else "en",
            "label": label, "sources": [source], **({"must_not_support": True} if must_not else {}),
        }
        for number in range(cases)
    ]  # fmt: skip
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_run_shows_measures_beside_the_majority_and_by_language(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("s.jsonl")
    code, out, err = run(capsys, "eval", "s.jsonl", "-o", "run.json")
    assert (code, err) == (0, "wrote run.json\n")
    assert out.startswith("s: bukti-runs/0001\n24 claims, 24 with a verdict to compare\n")
    for line in ("accuracy ", "macro_f1 ", "language en", "language id", "\nseconds a claim: median "):
        assert line in out
    whole = json.loads(Path("run.json").read_text())
    assert (whole["schema"], len(whole["results"]), whole["decision"]) == ("bukti.run/1", 24, None)
    # Two runs on one input have the same measures, and take another time.
    latency = whole["manifest"]["latency"]
    assert 0 < latency["p50"] <= latency["p95"]
    assert "latency" not in Path("bukti-runs/0001/measures.json").read_text()


def test_a_run_is_blessed_and_the_same_run_passes(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("s.jsonl")
    one_source("r.jsonl", label="refuted")
    rows = (
        Path("r.jsonl")
        .read_text()
        .replace("12 sumur pada 2013.", "13 sumur pada 2013.")
        .replace('"id": "c', '"id": "r')
    )
    Path("s.jsonl").write_text(
        Path("s.jsonl").read_text() + rows.replace('"text": "Dewan menyetujui 13', '"text": "Dewan menyetujui 12')
    )
    run(capsys, "eval", "s.jsonl")
    assert run(capsys, "bless", "bukti-runs/0001", "--to", "b.json") == (0, "", "wrote b.json: 48 claims of s\n")
    code, out, _ = run(capsys, "eval", "s.jsonl", "--baseline", "b.json", "--strict", "-o", "run.json")
    assert (code, "(exit 0)" in out, "all the same as the baseline's" in out) == (0, True, True)
    assert json.loads(Path("run.json").read_text())["decision"]["exit_code"] == 0


def lose(path: str, cases: int) -> None:
    """Makes a run's file say that it supported cases which it did not: its next run is a loss against that."""
    whole = json.loads(Path(path).read_text())
    for row in whole["results"][:cases]:
        row["verdict"] = "refuted"
        row["probabilities"] = {"supported": 0.0, "refuted": 1.0, "not_enough_evidence": 0.0, "quote": None}
    whole["manifest"]["results"] = digest_of([read_row(json.dumps(row)) for row in whole["results"]])
    Path(path).write_text(json.dumps(whole))


def test_a_loss_against_the_baseline_is_a_regression(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("s.jsonl", label="refuted")
    run(capsys, "eval", "s.jsonl", "-o", "run.json")
    lose("run.json", 24)
    run(capsys, "bless", "run.json", "--to", "b.json")
    code, out, _ = run(capsys, "eval", "s.jsonl", "--baseline", "b.json")
    assert (code, out.count("REGRESSION (exit 1)")) == (1, 1)


def test_the_gates_rules_are_options_and_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_source("s.jsonl", label="refuted")
    run(capsys, "eval", "s.jsonl", "-o", "run.json")
    lose("run.json", 3)
    run(capsys, "bless", "run.json", "--to", "b.json")
    asked = ["eval", "s.jsonl", "--baseline", "b.json", "-o", "run.json"]
    assert run(capsys, *asked)[0] == 0
    assert run(capsys, *asked, "--alpha", "0.2", "--measure", "right", "--margin", "right=0.1")[0] == 1
    told = json.loads(Path("run.json").read_text())["decision"]
    assert [(one["name"], one["margin"]) for one in told["measures"]] == [("right", 0.1)]
    assert told["rules"]["alpha"] == 0.2
    assert run(capsys, *asked, "--min-cases", "25")[0] == 3
    monkeypatch.setenv("BUKTI_GATE_STRICT", "true")
    assert run(capsys, *asked)[0] == 1
    monkeypatch.setenv("BUKTI_GATE_MIN_CASES", "25")
    assert run(capsys, *asked)[0] == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["s.jsonl"], 0, ""),
        (["none.jsonl"], 2, "none.jsonl"),
        (["s.jsonl", "--format", "fevr"], 2, "did you mean fever?"),
        (["s.jsonl", "--oracle", "answers"], 2, "no such oracle"),
        (["s.jsonl", "--strict"], 2, "give a --baseline"),
        (["s.jsonl", "--mutate"], 0, ""),
        (["s.jsonl", "--mutate", "--min-caught", "0.9"], 0, ""),
        (["en.jsonl", "--mutate", "--min-caught", "0.9", "--verifier", "evalparts:Yes"], 1, "2 of 3 mutants are caught (0.6667); 0.9 must be"),
        (["must.jsonl", "--mutate"], 1, "must not be supported"),
        (["s.jsonl", "--mutate", "--min-caught", "0.9", "--verifier", "evalparts:Broken"], 4, "24 of 24 ended in an error"),
        (["r.jsonl", "--mutate"], 3, "no claim is supported as it should be"),
        (["s.jsonl", "--min-caught", "0.9"], 2, "give --mutate too"),
        (["s.jsonl", "--mutate", "--min-caught", "90"], 2, "--min-caught) is 90.0; it must lie in (0, 1]"),
        (["s.jsonl", "--margin", "0.01"], 2, "--margin says how a gate decides; give a --baseline too"),
        (["s.jsonl", "--baseline", "s.jsonl", "--margin", "0"], 2, "a number between 0 and 1"),
        (["s.jsonl", "--baseline", "s.jsonl", "--margin", "wrong=0.1"], 2, "'wrong' is not gated"),
        (["s.jsonl", "--baseline", "s.jsonl", "--measure", "rigth"], 2, "known are right"),
        (["s.jsonl", "--baseline", "s.jsonl", "--alpha", "nan"], 2, "--alpha) is nan"),
        (["s.jsonl", "--baseline", "s.jsonl", "--max-errors", "2"], 2, "--max-errors) is 2.0"),
        (["s.jsonl", "--baseline", "s.jsonl", "--min-coverage", "-1"], 2, "--min-coverage) is -1.0"),
        (["s.jsonl", "--baseline", "s.jsonl", "--max-unmatched", "7"], 2, "--max-unmatched) is 7.0"),
        (["s.jsonl", "--baseline", "s.jsonl", "--min-cases", "0"], 2, "must be 1 at least"),
        (["s.jsonl", "-o", "run.pdf"], 2, "unknown ending"),
        (["s.jsonl", "--limit", "0"], 2, "--limit"),
        (["s.jsonl", "--repeat", "0"], 2, "--repeat"),
        (["s.jsonl", "--repeat", "3"], 2, "gives the same answer every time"),
        (["s.jsonl", "--repeat", "3", "--mutate"], 2, "gives the same answer every time"),
        (["s.jsonl", "--baseline", "s.jsonl", "--max-flaky", "2"], 2, "--max-flaky) is 2.0"),
        (["s.jsonl", "--max-flaky", "0.1"], 2, "give a --baseline"),
        (["s.jsonl", "--corpus", "s.jsonl"], 2, "has no corpus"),
        (["s.jsonl", "--verifier", "nothing"], 2, "no verifier of this name"),
        (["s.jsonl", "s.jsonl"], 2, "cannot be run together"),
        (["s.jsonl", "--runs", "s.jsonl"], 2, "give another --runs"),
        (["s.jsonl", "--baseline", "none.json"], 3, "nothing can be decided"),
        (["s.jsonl", "--baseline", "s.jsonl"], 3, ""),
        (["beir"], 3, "nothing ran"),
        (["beir", "--baseline", "none.json"], 3, ""),
        (["empty.jsonl"], 3, "holds no case"),
        (["blank.jsonl"], 3, "holds no case"),
        (["comments.yaml"], 3, "holds no case"),
        (["none.yaml"], 3, "holds no case"),
        (["rows.json"], 3, "holds no rows"),
        (["rows.csv"], 3, "holds no rows"),
        (["empty.jsonl", "--format", "pairs"], 3, "holds no rows"),
        (["s.jsonl", "--verifier", "evalparts:Broken"], 4, "24 of 24 ended in an error: c0, c1, c2, ... (verify: model gone)"),
        (["s.jsonl", "--oracle", "evidence"], 4, "names no evidence"),
        (["must.jsonl"], 1, "must not be supported"),
        (["must.jsonl", "--baseline", "none.json"], 1, "nothing can be decided"),
        (["s.jsonl", "--verifier", "evalparts:Cut"], 130, "goes on from here"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_each_end_of_a_run_has_its_exit_code(
    words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one_source("s.jsonl")
    one_source("must.jsonl", label="not_enough_evidence", must_not=True)
    one_source("r.jsonl", label="refuted", cases=3)
    case = {"id": "e", "claim": "The council approved 12 wells.", "language": "en", "label": "supported"}
    Path("en.jsonl").write_text(
        json.dumps(
            {**case, "sources": [{"text": "Dewan menyetujui 12 sumur pada 2013. The council approved 12 wells."}]}
        )
    )
    for name, text in (
        ("empty.jsonl", ""),
        ("blank.jsonl", " \n\n"),
        ("comments.yaml", "# none\n"),
        ("none.yaml", "cases: []"),
    ):
        Path(name).write_text(text)
    for name, text in (("rows.json", "[]"), ("rows.csv", "dataset,doc,claim,label\n")):
        Path(name).write_text(text)
    Path("beir/qrels").mkdir(parents=True)
    for name in ("corpus.jsonl", "queries.jsonl"):
        Path("beir", name).write_text('{"_id": "1", "title": "t", "text": "Dewan menyetujui 12 sumur."}\n')
    Path("beir/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n")
    given, out, err = run(capsys, "eval", *words)
    assert given == code
    assert says in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("taken", ["b.json", "s.json", "s.md"])
def test_what_is_read_is_never_written_over(taken: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.md").write_text("Dewan menyetujui 12 sumur pada 2013.")
    Path("s.yaml").write_text("[{id: a, claim: Dewan menyetujui 12 sumur., label: supported, sources: [s.md]}]")
    Path("s.json").write_text(
        json.dumps([{"claim": "Dewan menyetujui 12 sumur.", "label": "Supported", "questions": []}])
    )
    Path("b.json").write_text("{}")
    kept = Path(taken).read_bytes()
    code, _, err = run(capsys, "eval", "s.yaml" if taken == "s.md" else "s.json", "--baseline", "b.json", "-o", taken)
    assert (code, Path(taken).read_bytes()) == (2, kept)
    assert f"-o {taken}: is read by this command" in err


@pytest.mark.parametrize(("cases", "more"), [(3, []), (20, []), (22, ["bukti: and 2 more problems"])])
def test_what_is_wrong_in_a_suite_is_told_a_line_each(
    cases: int, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": f"c{number}", "claim": "x", "label": "maybe", "sources": []} for number in range(cases)]
    Path("s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, _, err = run(capsys, "eval", "s.jsonl")
    lines = err.splitlines()
    assert (code, len(lines), lines[20:]) == (2, min(cases, 20) + len(more), more)
    for number, line in enumerate(lines[:20]):
        assert line.startswith(f"bukti: s.jsonl:{number + 1}: case 'c{number}': 'label': 'maybe' is no label")


def test_a_run_that_is_not_clean_is_blessed_by_force_alone(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("must.jsonl", label="not_enough_evidence", must_not=True)
    run(capsys, "eval", "must.jsonl")
    code, _, err = run(capsys, "bless", "bukti-runs/0001", "--to", "b.json")
    assert (code, "not blessed: 24 must not be supported" in err, Path("b.json").exists()) == (1, True, False)
    assert run(capsys, "bless", "bukti-runs/0001", "--to", "b.json", "--force")[0] == 0
    assert run(capsys, "bless", "nowhere", "--to", "b.json")[0] == 2


def test_an_interrupted_run_goes_on_by_the_same_command(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("s.jsonl")
    run(capsys, "eval", "s.jsonl")
    manifest = Path("bukti-runs/0001/manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "ended": None}))
    rows = Path("bukti-runs/0001/results.jsonl")
    rows.write_bytes(rows.read_bytes()[:3000])
    assert "bukti-runs/0001" in run(capsys, "eval", "s.jsonl")[1]
    assert len(rows.read_text().splitlines()) == 24
    shutil.rmtree("bukti-runs/0001")
    assert "bukti-runs/0001" in run(capsys, "eval", "s.jsonl", "--fresh")[1]


def test_a_run_that_is_cut_off_among_its_mutants_goes_on_there(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("s.jsonl", cases=3)
    words = ["eval", "s.jsonl", "--mutate", "--verifier", "evalparts:CutLate"]
    assert run(capsys, *words)[0] == 130
    rows = Path("bukti-runs/0001/results.jsonl").read_bytes()
    Path("healed").touch()
    code, out, _ = run(capsys, *words, "-o", "run.json")
    assert (code, "bukti-runs/0001\n" in out, "mutants: bukti-runs/0002, " in out) == (0, True, True)
    assert Path("bukti-runs/0001/results.jsonl").read_bytes() == rows
    assert sorted(path.name for path in Path("bukti-runs").iterdir()) == ["0001", "0002"]
    assert json.loads(Path("run.json").read_text())["mutation"]["all"]["failed"] == 0


def test_a_wrong_case_is_told_in_the_file_that_it_stands_in(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sub").mkdir()
    one_source("sub/a.jsonl", label="refuted", cases=1)
    one_source("b.jsonl", label="refuted", cases=1)

    def uris(*suites: str) -> list[str]:
        run(capsys, "eval", *suites, "-o", "run.sarif")
        results = json.loads(Path("run.sarif").read_text())["runs"][0]["results"]
        return [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]

    assert uris("sub/a.jsonl") == ["sub/a.jsonl"]
    assert uris("sub/a.jsonl", "b.jsonl", "--limit", "2") == ["sub/a.jsonl", "b.jsonl"]


def test_a_wrong_case_is_told_on_the_line_that_it_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.yaml").write_text(
        "defaults: {sources: [{id: s, text: Dewan menyetujui 12 sumur.}]}\n"
        "cases:\n"
        "  - {id: a, claim: Dewan menyetujui 12 sumur., label: supported}\n"
        "  - id: b\n"
        "    claim: Dewan menyetujui 12 sumur.\n"
        "    label: refuted\n"
        "  - id: c\n"
        "    article: {text: Dewan menyetujui 12 sumur.}\n"
        "    claims:\n"
        "      - {id: d, text: Dewan menyetujui 12 sumur., label: refuted}\n"
    )
    one_source("t.jsonl", label="refuted", cases=2)
    run(capsys, "eval", "s.yaml", "t.jsonl", "-o", "run.sarif")
    found = [one["locations"][0] for one in json.loads(Path("run.sarif").read_text())["runs"][0]["results"]]
    lines = {one["logicalLocations"][0]["name"]: one["physicalLocation"]["region"]["startLine"] for one in found}
    assert lines == {"s:b": 4, "s:c/d": 10, "t:c0": 1, "t:c1": 2}


def test_a_run_is_written_in_every_form_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    one_source("suite.jsonl")
    outputs = ["run.json", "junit.xml", "summary.md", "page.html", "run.sarif"]
    asked = [word for name in outputs for word in ("-o", name)]
    assert run(capsys, "eval", "suite.jsonl", *asked, "--lang", "id")[0] == 0
    assert '<html lang="id">' in Path("page.html").read_text()
    for name, start in zip(outputs, ["{", "<?xml", "", "<!doctype html", "{"], strict=True):
        assert Path(name).read_text().lower().lstrip().startswith(start), name
    code, _, err = run(capsys, "eval", "suite.jsonl", "-o", "run.pdf")
    assert (code, "unknown ending" in err) == (2, True)


# A chat model as the verifier ----------------------------------------------------------------------------------------


def judged_by_chat(monkeypatch: pytest.MonkeyPatch, chat_server: Any) -> None:
    """Judges with a model on this machine, and keeps its answers."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{chat_server.http.server_port}/v1")
    monkeypatch.setenv("BUKTI_VERIFIER", "openai:m")
    monkeypatch.setenv("BUKTI_JUDGE_RECORD", "answers.jsonl")


def swaying(claim: str) -> Any:
    """A model that supports what the council did, and this claim every second time that it is asked."""
    asked: list[str] = []

    def reply(body: dict[str, Any], count: int) -> str:
        told = str(body["messages"][1]["content"])
        if claim in told:
            asked.append(told)
        supports = "Gubernur" not in told and (claim not in told or len(asked) % 2 == 1)
        quote = "Dewan menyetujui 12 sumur pada 2013." if supports else None
        return json.dumps({"verdict": "supports" if supports else "neutral", "quote": quote, "reason": None})

    return reply


def test_a_chat_models_answers_are_recorded_repeat_by_repeat_and_replayed_without_it(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    chat_server: Any,
    request: pytest.FixtureRequest,
) -> None:
    one_source("s.jsonl")
    other = json.loads(Path("s.jsonl").read_text().splitlines()[0])
    other |= {"id": "n", "claim": "Gubernur datang.", "label": "not_enough_evidence"}
    Path("s.jsonl").write_text(Path("s.jsonl").read_text() + json.dumps(other) + "\n")
    judged_by_chat(monkeypatch, chat_server)
    chat_server.reply = swaying("2013....\n")
    code, out, _ = run(capsys, "eval", "s.jsonl", "--repeat", "3")
    assert (code, len(chat_server.asked), len(Path("answers.jsonl").read_text().splitlines())) == (0, 75, 75)
    assert "1 of 25 answered disagree with themselves in 3 repeats: c3" in out
    assert "\npass^3                      0.9600" in out
    run(capsys, "bless", "bukti-runs/0001", "--to", "b.json")
    # In CI there is no model and no key: every answer is in the file.
    request.getfixturevalue("no_network")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("BUKTI_JUDGE_REPLAY", "true")
    told = ["eval", "s.jsonl", "--baseline", "b.json", "-o", "run.json"]
    code, out, _ = run(capsys, *told, "--repeat", "3")
    assert (code, "all the same as the baseline's" in out, "Flaky: 1\n  c3" in out) == (0, True, True)
    code, out, _ = run(capsys, *told, "--repeat", "3", "--max-flaky", "0.03")
    assert (code, "1 of 25 cases have repeats that disagree: 4.0%; 3.0% may" in out) == (3, True)
    assert json.loads(Path("run.json").read_text())["decision"]["flaky"] == ["c3"]
    monkeypatch.setenv("BUKTI_GATE_MAX_FLAKY", "0.03")
    assert run(capsys, *told, "--repeat", "3")[0] == 3
    assert run(capsys, *told, "--repeat", "3", "--max-flaky", "0.05")[0] == 0
    code, out, _ = run(capsys, *told)
    assert (code, "judged 3 times in the baseline and once in the run" in out) == (3, True)
    # What was never recorded is an error, and no pass.
    code, out, _ = run(capsys, *told, "--repeat", "4")
    assert code == 4
    rows = json.loads(Path("run.json").read_text())["results"]
    assert {(row["verdict"], row["error"]["stage"]) for row in rows} == {("error", "verify")}
    assert rows[0]["error"]["cause"].startswith("repeat 4 of 4: 1 answers are not recorded in answers.jsonl")
    Path("answers.jsonl").write_text("".join(Path("answers.jsonl").read_text().splitlines(keepends=True)[1:]))
    code, _, err = run(capsys, "eval", "s.jsonl", "--repeat", "3")
    assert (code, "1 of 25 ended in an error" in err) == (4, True)


def test_mutants_are_judged_repeat_by_repeat_and_replayed_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, chat_server: Any
) -> None:
    one_source("s.jsonl", cases=2)
    judged_by_chat(monkeypatch, chat_server)
    chat_server.reply = swaying("2013..")  # the second claim, and what is made of it
    words = ["eval", "s.jsonl", "--repeat", "3", "--mutate", "-o", "run.json"]
    code, out, _ = run(capsys, *words)
    asked, told = len(chat_server.asked), json.loads(Path("run.json").read_text())["mutation"]
    assert (code, {one["of"] for one in told["missed"]} <= {"c0"}, "of 1 of 1 supported claims" in out) == (
        0,
        True,
        True,
    )
    assert asked == 3 * (2 + told["all"]["mutants"])
    monkeypatch.setenv("BUKTI_JUDGE_REPLAY", "true")
    assert run(capsys, *words)[0] == 0
    assert (len(chat_server.asked), json.loads(Path("run.json").read_text())["mutation"]) == (asked, told)
