"""A corpus of bad files: each gives, as an article and as a source, a report or one clear error, within bounds of memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.documents import find_documents, read_document
from bukti.claims.errors import InputError
from tests.hostile.batch import SECONDS
from tests.hostile.corpus import bad_bytes, drawn_often, make_corpus

ROOT = Path(__file__).resolve().parent.parent.parent
MEMORY = 512_000_000
"""Most memory that one try may hold beyond what an honest one does: models and libraries are some 500 MB."""

AT_ONCE = 2
PATHS = 75
"""So many are tried in one process, which keeps some of what each took."""
SAMPLE = """cut-0.txt utf8-then-utf16.txt surrogates.txt overlong.txt encoded-utf-16-le.txt digits-superscript.txt between-zero-width.txt between-nul.txt
figures-overflow.txt figures-decimals.txt figures-last-day.txt figures-first.md figures-dateline.md zalgo.txt million-quotes.txt million-rtl-override.txt
deep-div.html billion-laughs.xhtml external-entity.xhtml references.html jsonld-deep.html nul.html attributes.html front-aliases.md front-recursive.md
front-hex.md front-flow-deep.md front-timestamp-low.md bomb-flate.pdf form-doubling.pdf pages-loop.pdf encrypted-AES-256-secret.pdf
length-loop.pdf xref-self.pdf arrays-deep.pdf title-list.pdf font-map.pdf word.pdf zip-bomb.txt gzip-bomb.html""".split()  # fmt: skip
"""A little of every kind, for every day."""


def outcome(path: Path) -> str:
    """Reads a file; gives ``text`` or the error."""
    try:
        text = read_document(path).text
    except InputError as exc:
        return str(exc)
    assert text
    return "text"


@pytest.mark.parametrize("name", SAMPLE)
def test_a_bad_file_is_read_or_is_one_line(name: str, tmp_path: Path, corpus: dict[str, bytes]) -> None:
    path = tmp_path / name
    path.write_bytes(corpus[name])
    found = outcome(path)
    assert found == "text" or (found.startswith(str(path)) and found.isprintable())


@pytest.mark.parametrize(
    "name",
    "billion-laughs.xhtml hidden.html nul-far-away.txt marks-brackets.md front-aliases.md front-recursive.md title-list.pdf hidden-white.pdf form-loop.pdf named-text.txt digits-bold.txt".split(),
)
def test_a_file_with_something_wrong_in_it_is_still_read(name: str, tmp_path: Path, corpus: dict[str, bytes]) -> None:
    (tmp_path / name).write_bytes(corpus[name])
    assert outcome(tmp_path / name) == "text"


@pytest.mark.slow
def test_the_corpus_is_large_and_the_same_each_time(corpus: dict[str, bytes]) -> None:
    assert len(corpus) >= 300
    again = bad_bytes()
    assert [name for name in corpus if corpus[name] != again[name] and not name.startswith("encrypted")] == []


@pytest.mark.parametrize(
    "name",
    [
        "loop.txt",
        "dangling.txt",
        "pipe.txt",
        "folder.txt",
        "zero.txt",
        "below/a.txt",
        "a" * 5000 + ".txt",
        "nul\x00.txt",
    ],
)
def test_what_is_no_file_is_one_line_and_is_not_waited_for(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "below").write_text("no folder")
    os.mkfifo(tmp_path / "pipe.txt")
    assert outcome(tmp_path / name).isprintable()


def test_a_pdf_that_was_made_to_be_slow_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bukti.claims.documents.READ_S", 0.3)
    (tmp_path / "a.pdf").write_bytes(drawn_often())
    assert "s of work to read; save it as text" in outcome(tmp_path / "a.pdf")


def test_a_folder_of_odd_things_is_walked_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "new\nline.txt").write_text("Pabrik itu dibuka.")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [path.name for path in find_documents([tmp_path])] == ["loop.txt", "new\nline.txt", "pipe.txt"]
    assert outcome(tmp_path / "new\nline.txt") == "text"


def test_an_error_about_a_name_with_a_line_end_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "new\nline\x1b[31m.txt"
    path.write_bytes(b"")
    assert outcome(path).isprintable()
    odd = tmp_path / os.fsdecode(b"\xff.txt")
    odd.write_bytes(b"Pabrik itu dibuka.")
    assert "its name is not UTF-8; rename it" in outcome(odd)


@pytest.mark.slow
@pytest.mark.model
def test_every_bad_file_gives_a_report_or_one_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    paths = [os.fspath(path) for path in make_corpus(folder)]
    assert len(paths) >= 400
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = [pool.submit(try_all, paths[part::AT_ONCE], tmp_path / f"{part}") for part in range(AT_ONCE)]
    tried = [row for part in parts for row in part.result()]
    print(f"{len(paths)} paths, {len(tried)} tries; the slowest and the largest, in s and MB more than an honest one:")
    for what, unit in (("seconds", 1), ("more", 1e6)):
        most = sorted(tried, key=lambda row: -row.get(what, 0))[:5]
        print(", ".join(f"{Path(row['path']).name[:40]} ({row['as']}) {row.get(what, 0) / unit:.1f}" for row in most))
    wrong = [row for row in tried if problem(row)]
    assert [(row["path"], row["as"], problem(row)) for row in wrong] == []
    assert {row["path"] for row in tried} == set(paths)


def try_all(paths: list[str], work: Path) -> list[dict[str, Any]]:
    """Tries paths in a process of their own; one that takes it down is told, and the rest is tried in another."""
    work.mkdir(exist_ok=True)
    tried: list[dict[str, Any]] = []
    left = list(paths)
    while left:
        results = work / f"results-{len(left)}.jsonl"
        some = left[:PATHS]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.hostile.batch", str(work / "work"), str(results)],
            input=json.dumps(some), text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
        )  # fmt: skip
        rows = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
        done = [row for row in rows if "code" in row]
        tried += done
        if ended.returncode == 0:
            left = left[left.index(rows[-1]["path"]) + 1 :]
            continue
        assert rows, ended.stderr
        tried.append(
            {**rows[-1], "code": None, "stderr": f"the process ended by {ended.returncode} {ended.stderr[-300:]}"}
        )
        left = left[left.index(rows[-1]["path"]) + 1 :]
    return tried


def problem(row: dict[str, Any]) -> str:
    """Says what is wrong with what became of a try; nothing if all is as promised."""
    said = row["stderr"].strip()
    if row["code"] not in (0, 2, 3):
        return f"exit code {row['code']}: {said[:300]}"
    if "unexpected" in said or "Traceback" in said or not said.replace("\n", "").isprintable():
        return f"says {said[:300]!r}"
    if row["code"] == 2 and (said.count("\n") or any(row["written"])):
        return f"an error of more than one line, or with something written: {said[:300]!r}"
    if row["code"] != 2 and not (all(row["written"]) and row["whole"]):
        return "no whole report"
    if row["more"] > MEMORY:
        return f"{row['more'] / 1e6:.0f} MB"
    return f"{row['seconds']} s" if row["seconds"] > SECONDS else ""
