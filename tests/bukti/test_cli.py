from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import bukti
from bukti.api import verify
from bukti.cli import app, index_app, main


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUKTI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(words))
    out, err = capsys.readouterr()
    return int(str(caught.value.code or 0)), out, err


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text("Telegram didirikan oleh Pavel Durov pada 2013.")
    return path


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.txt").write_text("Menurut catatan, Telegram didirikan oleh Pavel Durov pada 2013 di Rusia.")
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["verify", "none.txt", "--sources", "sources"], "none.txt: no such file"),
        (["verify", "article.txt"], "nothing to verify against"),
        (["verify", "article.txt", "--sources", "nowhere"], "nowhere: no such file or folder"),
        (["verify", "article.txt", "--sources", "sources", "-o", "x.doc"], "unknown ending '.doc'"),
        (["verify", "article.txt", "--sources", "sources", "-o", "no/x.json"], "does not exist"),
        (["verify", "article.md", "--sources", "sources", "-o", "article.md"], "would be written over"),
        (["verify", "article.txt", "--sources", "sources", "-o", "sources/b.html"], "would be written over"),
        (["verify", "article.txt", "--sources", "sources", "--as-of", "yesterday"], "not a day"),
        (["verify", "article.txt", "--sources", "sources", "--fail-on", "lies"], "no such verdict"),
        (["verify", "article.txt", "--sources", "sources", "--language", "fr"], "not a language bukti reads"),
        (["verify", "article.txt", "--sources", "sources", "--lang", "fr"], "speaks id or en"),
        (["verify", "article.txt", "--sorces", "x"], "No such option"),
        (["verify", "article.txt", "other.txt"], "nothing to verify against"),
        (["verify", "article.txt", "--sources", "sources", "--embedder", "/nowhere"], "no such folder"),
        (
            ["verify", "article.txt", "--sources", "sources", "--verifier", "oracle"],
            "give embedded, lexical, provider:model, module:Class",
        ),
        (["verify", "article.txt", "--index", "nowhere"], "no index at nowhere"),
        (["index", "status", "--index", "nowhere"], "no index at nowhere"),
        (["index", "add", "empty", "--index", "new"], "no readable source"),
        (["search", " ", "--index", "nowhere"], "nothing to search for"),
        (["frobnicate"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_one_line_and_exit_2(
    words: list[str], says: str, article: Path, sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "article.md").write_text(article.read_text())
    (sources / "b.html").write_text("<p>Telegram didirikan pada 2013.</p>")
    before = sorted(str(path) for path in tmp_path.iterdir())
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("bukti: ")
    assert says in err
    assert sorted(str(path) for path in tmp_path.iterdir()) == before


@pytest.mark.model
def test_verify_prints_writes_and_fails_as_asked(
    article: Path, sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "verify", str(article), "--sources", str(sources))
    assert (code, err) == (0, "")
    assert "supported" in out
    article.write_text("Telegram didirikan oleh Pavel Durov pada 2019.")
    code, out, err = run(
        capsys,
        "verify",
        str(article),
        "--sources",
        str(sources),
        "-o",
        "r.json",
        "-o",
        "r.html",
        "--lang",
        "en",
        "--fail-on",
        "refuted",
    )
    assert (code, out, err) == (1, "", "wrote r.json\nwrote r.html\n")
    assert "<title>Verification report: " in Path("r.html").read_text()
    assert 'href="sources/a.txt#' in Path("r.html").read_text()
    assert json.loads(Path("r.json").read_text())["claims"][0]["verdict"] == "refuted"
    code, out, err = run(capsys, "verify", str(article), "--sources", str(sources), "-o", "r.json", "-o", "-")
    assert ("refuted" in out, err) == (True, "wrote r.json\n")


@pytest.mark.model
def test_an_article_without_a_checkable_claim_is_never_a_pass(
    article: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article.write_text("Apakah itu benar adanya?")
    code, _, err = run(
        capsys, "verify", str(article), "--sources", str(sources), "--fail-on", "refuted", "-o", "r.json"
    )
    assert (code, err) == (3, "wrote r.json\nno checkable claim was found: nothing was verified\n")


@pytest.mark.model
def test_a_shells_list_of_files_is_a_list_of_sources(
    article: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "b.txt").write_text("WhatsApp berdiri pada 2009.")
    run(capsys, "verify", str(article), "--sources", str(sources / "a.txt"), str(sources / "b.txt"), "-o", "r.json")
    assert [source["title"] for source in json.loads(Path("r.json").read_text())["sources"]] == ["a.txt", "b.txt"]


@pytest.mark.model
def test_the_index_commands_tell_what_they_did(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(sources / "a.txt")
    assert run(capsys, "index", "add", str(sources), "--index", "idx") == (
        0,
        "",
        f"added {path}\n0 unchanged, 1 passage embedded\n",
    )
    assert run(capsys, "index", "add", str(sources), "--index", "idx") == (0, "", "1 unchanged, 0 passages embedded\n")
    assert path in run(capsys, "index", "list", "--index", "idx")[1]
    assert "1 source, 1 passage," in run(capsys, "index", "status", "--index", "idx")[1]
    assert "Pavel Durov" in run(capsys, "search", "Who founded Telegram?", "--index", "idx")[1]
    assert run(capsys, "index", "rebuild", "--index", "idx") == (
        0,
        "",
        f"added {path}\n0 unchanged, 1 passage embedded\n",
    )
    assert run(capsys, "index", "remove", path, "--index", "idx") == (0, "", f"removed {path}\n")
    code, _, err = run(capsys, "verify", path, "--index", "idx")
    assert (code, "holds no sources" in err) == (2, True)


def test_claims_shows_the_ledger_and_writes_lines(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "claims", str(article))[1] == (
        "[body: claims] Telegram didirikan oleh Pavel Durov pada 2013.\n  - Telegram didirikan oleh Pavel Durov pada 2013.\n"
    )
    assert run(capsys, "claims", str(article), "-o", "c.jsonl")[2] == "wrote c.jsonl\n"
    assert [json.loads(line)["span"] for line in Path("c.jsonl").read_text().splitlines()] == [[0, 45]]


def test_models_shows_what_is_embedded_and_the_card_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    from bukti.retrieval.embedded import model_cards

    code, out, _ = run(capsys, "models")
    assert (code, [card.sha256 in out for card in model_cards()]) == (0, [True, True])
    assert run(capsys, "models", "verifier")[1].startswith("# Model card: verifier")
    assert run(capsys, "models", "none") == (2, "", "bukti: no embedded model none; there are encoder, verifier\n")


def test_the_readme_names_every_command() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    names = [command.name for command in app.registered_commands]
    groups = [f"index {command.name}" for command in index_app.registered_commands]
    assert [name for name in names if f"bukti {name}" not in readme] == []
    assert [name for name in groups if name.removeprefix("index ") not in readme] == []


def test_config_says_where_each_value_comes_from(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = run(capsys, "config")[1]
    assert "k = 8  (default)" in out
    assert f"cache_dir = '{tmp_path / 'cache'}'  (BUKTI_CACHE_DIR)" in out


@pytest.fixture(scope="session")
def demo(example: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo gives."""
    config = bukti.Config(cache_dir=str(tmp_path_factory.mktemp("cache")))
    return verify(example / "article.txt", sources=example / "sources", config=config).to_dict()


@pytest.mark.model
def test_the_demo_gives_every_claim_its_verdict_for_the_right_reason(example: Path, demo: dict[str, Any]) -> None:
    paths = {source["id"]: Path(source["path"]).name for source in demo["sources"]}
    found, wanted = [], json.loads((example / "expected.json").read_text())
    # One claim's support is found in a headline and a share price, where another source says it outright: it stands in the file.
    assert len([row for row in wanted if "better_source" in row]) <= 1
    for row in wanted:
        claim = next(claim for claim in demo["claims"] if claim["text"].startswith(row["claim"]))
        deciding = [paths[item["source"]] for item in claim["evidence"] if item["stance"] != "neutral"]
        checks = [reason["check"] for reason in claim["reasons"]]
        found.append({
            **row,
            "verdict": claim["verdict"],
            "check": row["check"] if row["check"] in checks else None,
            "source": row["source"] if row["source"] in deciding else None,
        })  # fmt: skip
        assert row.get("better_source") not in deciding
    assert found == wanted


@pytest.mark.model
def test_two_runs_give_one_answer_but_for_the_timing(example: Path, demo: dict[str, Any], tmp_path: Path) -> None:
    schema = json.loads(files("bukti.eval").joinpath("data/report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(demo, schema)
    words = [
        sys.executable,
        "-m",
        "bukti",
        "verify",
        str(example / "article.txt"),
        "-s",
        str(example / "sources"),
        "-o",
        str(tmp_path / "r.json"),
    ]
    # Another hash seed: nothing may depend on the order of a set.
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    again = json.loads((tmp_path / "r.json").read_text())
    assert {**again, "timing": 0} == {**json.loads(json.dumps(demo)), "timing": 0}


@pytest.mark.model
def test_a_second_run_embeds_no_passage_again(example: Path, tmp_path: Path) -> None:
    from bukti.api import default_index
    from bukti.retrieval.embedder import EmbeddedEmbedder

    config = bukti.Config(cache_dir=str(tmp_path))
    first = verify(example / "article.txt", sources=example / "sources", config=config)
    _, change = default_index([example / "sources"], embedder=EmbeddedEmbedder(), config=config)
    assert (change.embedded, change.added, change.changed) == (0, (), ())
    second = verify(example / "article.txt", sources=example / "sources", config=config)
    assert {**second.to_dict(), "timing": 0} == {**first.to_dict(), "timing": 0}


@pytest.mark.model
def test_a_real_news_page_runs_through(example: Path, seed_article: Path, tmp_path: Path) -> None:
    config = bukti.Config(cache_dir=str(tmp_path))
    data = verify(seed_article, sources=example / "sources", config=config).to_dict()
    text = data["article"]["text"]
    assert data["summary"]["error"] == 0
    for claim in data["claims"]:
        held = " ".join(text[slice(*span)] for span in claim["spans"]).casefold()
        assert [
            word for word in re.findall(r"\w+", claim["text"].casefold()) if word not in held and word != "adalah"
        ] == []
    roles = {tuple(row["span"]): row["role"] for row in data["coverage"]["ledger"]}
    assert {roles[tuple(claim["sentence_span"])] for claim in data["claims"]} == {"body", "quote"}
    assert len({claim["text"] for claim in data["claims"]}) == len(data["claims"])
    assert data["coverage"]["by_outcome"]["repeat"] == 7
