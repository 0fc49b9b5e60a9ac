from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import bukti.api
import bukti.eval.output
from bukti.batch import find_articles, names_of, verify_articles
from bukti.claims.errors import InputError, UsageError
from bukti.config import Config
from bukti.eval.report import Report
from tests.bukti.test_cli import run

SCHEMA = json.loads(files("bukti.eval").joinpath("data/reports.schema.json").read_text(encoding="utf-8"))
LIGHT = ("--verifier", "lexical", "--embedder", "tests.conftest:HashEmbedder")
"""Parts without a model."""

TEXTS = {
    "benar.txt": "Telegram didirikan oleh Pavel Durov pada 2013.",
    "salah.txt": "Telegram didirikan oleh Pavel Durov pada 2019.",
    "lagi.txt": "Telegram didirikan oleh Pavel Durov pada 2013 di Rusia.",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUKTI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for folder, texts in {
        "berita": TEXTS,
        "sources": {"a.txt": "Menurut catatan, Telegram didirikan oleh Pavel Durov pada 2013 di Rusia."},
    }.items():
        (tmp_path / folder).mkdir()
        for name, text in texts.items():
            (tmp_path / folder / name).write_text(text)


def go(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return run(capsys, "verify", *words, *LIGHT)


def index() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path("out/index.json").read_text())
    jsonschema.validate(data, SCHEMA)
    return data


def written() -> dict[str, bytes]:
    """Every file of the folder, without what the clock says."""
    found = {}
    for path in sorted(Path("out").iterdir()):
        data = path.read_bytes()
        if path.suffix == ".json" and path.name != "index.json":
            data = json.dumps({**json.loads(data), "timing": 0}).encode()
        found[path.name] = data
    return found


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the articles that were verified, as they are."""
    done: list[str] = []
    real = bukti.api.verify_article

    def counting(article: Any, **kwargs: Any) -> Report:
        done.append(Path(article.path).name)
        return real(article, **kwargs)

    monkeypatch.setattr(bukti.api, "verify_article", counting)
    return done


def test_a_folder_becomes_a_page_and_a_report_each_and_an_index(
    capsys: pytest.CaptureFixture[str], verified: list[str]
) -> None:
    code, out, err = go(capsys, "berita/", "-s", "sources", "-o", "out/")
    assert (code, out, err) == (0, "", "wrote out/index.html: 3 of 3 articles verified, 0 of them before\n")
    assert verified == ["benar.txt", "lagi.txt", "salah.txt"]
    names = names_of([f"berita/{name}" for name in sorted(TEXTS)])
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(
        ["index.html", "index.json", *(f"{name}{ending}" for name in names for ending in (".html", ".json"))]
    )
    data = index()
    assert data["articles"][0]["path"] == "berita/salah.txt"
    for one in data["articles"]:
        report = json.loads((Path("out") / one["report"]).read_text())
        assert (one["summary"], one["sha256"]) == (report["summary"], report["article"]["sha256"])
        assert f'href="{one["page"]}"' in Path("out/index.html").read_text()
    assert data["totals"]["claims"] == 3
    assert data["sources"][0]["articles"] >= 1


def test_a_second_run_verifies_nothing_and_writes_the_same(
    capsys: pytest.CaptureFixture[str], verified: list[str]
) -> None:
    go(capsys, "berita/", "-s", "sources", "-o", "out/")
    before, clocks = written(), {path.name: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    verified.clear()
    code, _, err = go(capsys, "berita/", "-s", "sources", "-o", "out/")
    assert (code, err, verified) == (0, "wrote out/index.html: 3 of 3 articles verified, 3 of them before\n", [])
    assert written() == before
    assert {name for name, clock in clocks.items() if (Path("out") / name).stat().st_mtime_ns != clock} <= {
        "index.html",
        "index.json",
    }
    go(capsys, "berita/", "-s", "sources", "-o", "out/", "--fresh")
    assert len(verified) == 3
    assert written() == before


def _another_text() -> tuple[str, ...]:
    Path("berita/benar.txt").write_text("Telegram didirikan oleh Pavel Durov pada 2014.")
    return ()


def _another_source() -> tuple[str, ...]:
    Path("sources/b.txt").write_text("WhatsApp berdiri pada 2009.")
    return ()


def _torn_report() -> tuple[str, ...]:
    path = next(Path("out").glob("benar*.json"))
    path.write_text(path.read_text()[:100])
    return ()


def _page_gone() -> tuple[str, ...]:
    next(Path("out").glob("benar*.html")).unlink()
    return ()


def _failed_claim() -> tuple[str, ...]:
    path = next(Path("out").glob("benar*.json"))
    data = json.loads(path.read_text())
    data["summary"]["error"] = 1
    path.write_text(json.dumps(data))
    return ()


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (_another_text, 1),
        (_torn_report, 1),
        (_page_gone, 1),
        (_failed_claim, 1),
        (_another_source, 3),
        (lambda: ("-k", "3"), 3),
        (lambda: ("--as-of", "2024-01-01"), 3),
        (lambda: ("--published", "2024-01-01"), 3),
        (lambda: ("--language", "en"), 3),
        (lambda: ("--lang", "en"), 3),
    ],
    ids=["text", "torn", "page", "failed claim", "source", "k", "as of", "published", "language", "lang"],
)
def test_what_would_come_out_otherwise_is_verified_again(
    change: Any, again: int, capsys: pytest.CaptureFixture[str], verified: list[str]
) -> None:
    go(capsys, "berita/", "-s", "sources", "-o", "out/")
    words = change()
    verified.clear()
    go(capsys, "berita/", "-s", "sources", "-o", "out/", *words)
    assert len(verified) == again


def test_a_run_that_is_stopped_anywhere_goes_on_and_loses_and_doubles_nothing(
    capsys: pytest.CaptureFixture[str], verified: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(capsys, "berita/", "-s", "sources", "-o", "out/")
    whole = written()
    real = bukti.batch.write_text
    for stop in range(8):  # a page and a report of three articles, and the index's two
        for path in Path("out").iterdir():
            path.unlink()
        left = [stop]

        def stopping(text: str, path: Path, left: list[int] = left) -> None:
            if not left[0]:
                (path.parent / f".{path.name}.x.tmp").write_text(text[:50])  # as a kill leaves it
                raise KeyboardInterrupt
            left[0] -= 1
            real(text, path)

        with monkeypatch.context() as patch:
            patch.setattr(bukti.batch, "write_text", stopping)
            assert go(capsys, "berita/", "-s", "sources", "-o", "out/")[::2] == (
                130,
                "bukti: interrupted; the same command goes on from here\n",
            )
        verified.clear()
        assert go(capsys, "berita/", "-s", "sources", "-o", "out/")[0] == 0
        assert len(verified) == 3 - min(3, stop // 2)
        assert written() == whole


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str], verified: list[str]) -> None:
    for number in range(40):
        (tmp_path / "berita" / f"n{number:02}.txt").write_text(
            f"Telegram didirikan oleh Pavel Durov pada {1990 + number}."
        )
    words = ["verify", "berita/", "-s", "sources", "-o", "out/", *LIGHT]
    root = {"PYTHONPATH": str(Path(__file__).parents[2])}  # where the embedder of the tests is found
    process = subprocess.Popen(
        [sys.executable, "-m", "bukti", *words], stderr=subprocess.DEVNULL, env={**os.environ, **root}
    )
    while len(list(Path("out").glob("*.json"))) < 5:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = len(list(Path("out").glob("*.json")))
    assert go(capsys, *words[1:-4])[0] == 0
    assert len(verified) == 43 - there
    assert index()["totals"]["articles"] == 43
    assert [path.name for path in Path("out").iterdir() if path.name.startswith(".")] == []


def test_an_article_that_fails_is_named_with_its_stage_and_the_rest_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("berita/kosong.txt").write_text("")
    Path("berita/arsip.txt").write_bytes(b"PK\x03\x04")
    real = bukti.api.verify_article

    def breaking(article: Any, **kwargs: Any) -> Report:
        if article.path.endswith("lagi.txt"):
            raise ZeroDivisionError("division by zero")
        return real(article, **kwargs)

    monkeypatch.setattr(bukti.api, "verify_article", breaking)
    code, _, err = go(capsys, "berita/", "-s", "sources", "-o", "out/", "--fail-on", "refuted")
    assert code == 4
    assert "berita/kosong.txt: read failed: berita/kosong.txt: empty" in err
    assert "berita/lagi.txt: verify failed: ZeroDivisionError: division by zero" in err
    assert "2 of 5 articles verified" in err
    data = index()
    assert [(one["path"], one["error"]["stage"], one["page"]) for one in data["articles"] if one["error"]] == [
        ("berita/arsip.txt", "read", None), ("berita/kosong.txt", "read", None), ("berita/lagi.txt", "verify", None),
    ]  # fmt: skip
    assert (data["totals"]["failed"], data["totals"]["articles"]) == (3, 5)


def test_a_link_that_leads_nowhere_is_an_article_that_fails_and_the_others_are_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("berita/hilang.txt").symlink_to("tidak-ada.txt")
    code, _, err = go(capsys, *sorted(map(str, Path("berita").glob("*.txt"))), "-s", "sources", "-o", "out/")
    assert (code, "berita/hilang.txt: read failed" in err) == (4, True)
    first = index()["articles"][0]
    assert (first["path"], first["error"]["stage"]) == ("berita/hilang.txt", "read")
    assert index()["totals"] == {**index()["totals"], "articles": 4, "failed": 1}


def test_fail_on_looks_at_all_and_nothing_checkable_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = go(capsys, "berita/benar.txt", "berita/salah.txt", "-s", "sources", "--fail-on", "refuted")
    assert (code, out) == (1, "berita/benar.txt: 1 supported\nberita/salah.txt: 1 refuted\n")
    Path("berita/salah.txt").write_text("Apakah itu benar adanya?")
    code, out, err = go(capsys, "berita/benar.txt", "berita/salah.txt", "-s", "sources", "--fail-on", "refuted")
    assert (code, out.split("\n")[1]) == (3, "berita/salah.txt: 1 not checkable")
    assert "1 of 2 articles have no checkable claim" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["berita/", "-s", "sources", "-o", "r.html"], "need a folder; give -o FOLDER/"),
        (["berita/benar.txt", "berita/salah.txt", "-s", "sources", "-o", "r.json"], "need a folder"),
        (["berita/", "-s", "sources", "-o", "a/", "-o", "b/"], "reports go to one folder"),
        (["berita/", "-s", "sources", "-o", "sources/out/"], "lies within the sources"),
        (["berita/", "-s", "sources", "-o", "sources"], "lies within the sources"),
        (["berita/", "gone.txt", "-s", "sources", "-o", "out/"], "gone.txt: no such file"),
        (["berita/", "-", "-s", "sources", "-o", "out/"], "standard input is one article"),
        (["-", "-s", "sources", "-o", "out/"], "standard input is one article"),
        (["empty", "-s", "sources", "-o", "out/"], "no readable article in this folder"),
        (["berita/", "-o", "out/"], "nothing to verify against"),
        (["berita/", "-s", "sources", "-o", "berita/salah.txt/out/"], "berita/salah.txt stands in the way"),
        (["berita/benar.txt", "-s", "sources", "--fresh"], "give -o FOLDER/ too"),
        (["berita/", "-s", "sources", "--fresh"], "give -o FOLDER/ too"),
        (["berita/", "-s", "sources", "-o", "out/", "--review-url", "https://example.org"], "for one article"),
        (
            ["berita/benar.txt", "-s", "sources", "-o", "r.md", "--review-url", "https://example.org"],
            "give -o FILE.jsonld too",
        ),
        (
            ["berita/benar.txt", "-s", "sources", "-o", "r.jsonld", "--review-url", "example.org"],
            "no address of a page",
        ),
        (["berita/benar.txt", "-s", "sources", "-o", "r.jsonld", "--review-day", "today"], "not a day"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_call_is_one_line_and_writes_nothing(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    before = sorted(str(path) for path in Path().rglob("*"))
    code, out, err = go(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert sorted(str(path) for path in Path().rglob("*")) == before


def test_reports_within_the_articles_folder_are_no_articles_the_next_time(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert go(capsys, "berita", "-s", "sources", "-o", "berita/out/")[0] == 0
    assert json.loads(Path("berita/out/index.json").read_text())["totals"]["articles"] == 3
    with pytest.raises(InputError, match="nothing but the reports"):
        find_articles(["berita/out"], into=Path("berita"))


def test_names_are_plain_unique_and_do_not_depend_on_the_others() -> None:
    paths = ["a/x.txt", "b/x.txt", "../../etc/passwd", "<img src=x>.txt", "con.txt", "index.txt", ".txt", "測試.txt", "X" * 300 + ".txt", "caf\udce9.txt",
             "https://example.org/a/?q=../x"]  # fmt: skip
    names = names_of(paths)
    assert len(set(names)) == len(names)
    assert all(
        name.isascii() and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(name) <= 69
        for name in names
    )
    assert names_of(reversed(paths))[::-1] == names
    assert names_of(["./a/x.txt"]) == names[:1]
    assert not {"index", "con"} & set(names)


def test_an_article_given_twice_is_one_and_standard_input_stands_alone() -> None:
    assert find_articles(["berita/benar.txt", "./berita/benar.txt", "berita"]) == [
        f"berita/{name}" for name in sorted(TEXTS)
    ]
    with pytest.raises(UsageError):
        find_articles(["-", "berita"])


def test_one_report_at_a_time_is_in_memory() -> None:
    config = Config(verifier="lexical", embedder="tests.conftest:HashEmbedder", cache_dir="cache")
    for number in range(6):
        Path(f"berita/n{number}.txt").write_text(f"Telegram didirikan oleh Pavel Durov pada {2001 + number}.")
    done: Iterator[Any] = verify_articles(
        find_articles(["berita"]), sources=["sources"], into=Path("out"), config=config
    )
    alive = []
    for _ in done:
        gc.collect()
        alive.append(sum(type(one) is Report for one in gc.get_objects()))
    assert len(alive) == 9
    assert max(alive) <= alive[0] <= 1


def test_an_article_not_named_in_utf_8_fails_alone(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        Path("berita/caf\udce9.txt").write_text("Telegram didirikan oleh Pavel Durov pada 2013.")
    except OSError:
        pytest.skip("this file system has no such names")
    code, _, err = go(capsys, "berita", "-s", "sources", "-o", "out/")
    assert (code, "its name is not UTF-8; rename it" in err) == (4, True)
    assert (index()["totals"]["failed"], index()["totals"]["articles"]) == (1, 4)


def test_a_verdict_does_not_depend_on_the_articles_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    go(capsys, "berita", "-s", "sources", "-o", "out/")
    for name in TEXTS:
        go(capsys, f"berita/{name}", "-s", "sources", "-o", "one.json")
        alone = json.loads(Path("one.json").read_text())
        among = json.loads(next(Path("out").glob(f"{Path(name).stem}-*.json")).read_text())
        assert {**alone, "timing": 0} == {**among, "timing": 0}


def test_several_outputs_verify_once_and_render_once_each(
    capsys: pytest.CaptureFixture[str], verified: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    real = bukti.eval.output.write_text

    def counting(text: str, path: Path | str) -> None:
        rendered.append(str(path))
        real(text, path)

    monkeypatch.setattr(bukti.eval.output, "write_text", counting)
    wanted = ["r.html", "r.json", "r.md", "r.jsonld"]
    words = [word for path in [*wanted, "-", "r.md"] for word in ("-o", path)]
    code, out, err = go(capsys, "berita/benar.txt", "-s", "sources", *words)
    assert (code, verified, rendered) == (0, ["benar.txt"], wanted)
    assert out.count("1 supported\n") == 1
    assert err == "".join(f"wrote {path}\n" for path in wanted)


def test_what_a_shell_unfolds_after_sources_are_sources_and_articles_may_follow_other_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("sources/b.txt").write_text("WhatsApp berdiri pada 2009.")
    unfolded = ["sources/a.txt", "sources/b.txt"]
    assert go(capsys, "berita/benar.txt", "--sources", *unfolded, "-o", "out/")[0] == 0
    assert [one["path"] for one in index()["articles"]] == ["berita/benar.txt"]
    assert len(index()["sources"]) == 2
    out = go(capsys, "-s", "sources", "berita/benar.txt", "berita/lagi.txt")[1]
    assert [line.split(":")[0] for line in out.splitlines()] == ["berita/benar.txt", "berita/lagi.txt"]
