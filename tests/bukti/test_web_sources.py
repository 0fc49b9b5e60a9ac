"""Pages as sources: the same door as for articles, and an index that outlives a page that is gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bukti.cli import main
from tests.retrieval.stores import KEPT

PAGE = "<html><head><title>{}</title></head><body><article><h1>{}</h1><p>{}</p></article></body></html>"
EMBEDDER = ["--embedder", "tests.hostile.adding:WordEmbedder"]
VERIFY = [*EMBEDDER, "--verifier", "lexical"]
WHERE = ["idx", "tests.retrieval.stores:open_memory"]
"""An index in a folder, and one in a store."""


class Site:
    """A site on this machine."""

    def __init__(self) -> None:
        self.pages = {
            "/pabrik": "PT Sinar Logam membuka pabrik baru di Tegal pada 4 Oktober 2021. Pabrik itu mempekerjakan 350 orang."
        }
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                text = outer.pages.get(self.path)
                leads = text is not None and text.startswith("file:")
                self.send_response(404 if text is None else 302 if leads else 200)
                self.send_header("Content-Type", "text/html")
                if leads:
                    self.send_header("Location", str(text))
                self.end_headers()
                self.wfile.write(PAGE.format("Pabrik", "Pabrik", text or "gone").encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUKTI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    KEPT.clear()
    (tmp_path / "article.txt").write_text("PT Sinar Logam membuka pabrik baru di Tegal pada 4 Oktober 2021.\n")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(words))
    out, err = capsys.readouterr()
    return int(str(caught.value.code or 0)), out, err


def report(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_a_page_is_a_source_by_its_address(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"{site.address}/pabrik"
    told = run(
        capsys, "verify", "article.txt", "-s", address, "--allow-private", "-o", "r.json", "-o", "r.html", *VERIFY
    )
    assert told[0] == 0, told
    found = report(tmp_path / "r.json")
    assert [(source["path"], source["title"]) for source in found["sources"]] == [(address, "Pabrik")]
    assert found["claims"][0]["evidence"][0]["source"] == found["sources"][0]["id"]
    assert f'href="{address}' in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("where", WHERE)
def test_an_index_keeps_a_page_and_takes_what_is_new_of_it(
    where: str, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{site.address}/pabrik"
    add = ["index", "add", address, "--index", where, "--allow-private", *EMBEDDER]
    assert run(capsys, *add)[2] == f"added {address}\n0 unchanged, 1 passage embedded\n"
    assert run(capsys, *add)[2] == "1 unchanged, 0 passages embedded\n"
    site.pages["/pabrik"] = "Pabrik di Tegal ditutup pada 2023."
    asked = len(site.asked)
    assert run(capsys, "index", "status", "--index", where, *EMBEDDER)[1].count("\n") == 1  # nothing is said to be gone
    assert len(site.asked) == asked  # and nobody was asked
    assert run(capsys, *add)[2].startswith(f"changed {address}\n")
    assert run(capsys, "index", "rebuild", "--index", where, "--allow-private", *EMBEDDER)[2].startswith(
        f"added {address}\n"
    )
    assert run(capsys, "index", "remove", address, "--index", where, *EMBEDDER) == (0, "", f"removed {address}\n")


@pytest.mark.parametrize("where", WHERE)
def test_a_page_that_is_gone_leaves_what_was_read_of_it(
    where: str, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{site.address}/pabrik"
    run(capsys, "index", "add", address, "--index", where, "--allow-private", *EMBEDDER)
    del site.pages["/pabrik"]
    code, _, said = run(capsys, "index", "add", address, "--index", where, "--allow-private", *EMBEDDER)
    assert (code, said) == (
        0,
        f"not read: {address}: the server answered 404; open it in a browser and save it\n0 unchanged, 0 passages embedded\n",
    )
    code, _, said = run(capsys, "index", "rebuild", "--index", where, "--allow-private", *EMBEDDER)
    assert (code, said.count("\n")) == (2, 1)
    assert "answered 404" in said
    assert address in run(capsys, "index", "list", "--index", where, *EMBEDDER)[1]


def test_a_password_in_a_source_that_is_not_read_is_in_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.txt").write_text("Pabrik itu dibuka di Tegal pada 2021.")
    sources = ["-s", "https://budi:rahasia@127.0.0.1/a", "-s", "other.txt"]
    code, _, said = run(capsys, "verify", "article.txt", *sources, "-o", "r.json", *VERIFY)
    assert code == 0
    assert "https://127.0.0.1/a" in said
    assert "rahasia" not in said + (tmp_path / "r.json").read_text()


@pytest.mark.parametrize("command", ["verify", "add", "rebuild"])
@pytest.mark.parametrize(
    ("address", "flags", "says"),
    [
        ("{site}/pabrik", [], "only https:// addresses are fetched"),
        ("https://127.0.0.1/a", [], "leads into a private network (127.0.0.1)"),
        ("https://[::ffff:10.0.0.1]/a", [], "leads into a private network"),
        ("file:///etc/passwd", ["--allow-private"], "only https:// addresses are fetched"),
        ("{site}/away", ["--allow-private"], "only https:// addresses are fetched"),
        ("{site}/none", ["--allow-private"], "the server answered 404"),
        ("{name}@127.0.0.1/a", ["--allow-private"], "has a user's name before its host"),
    ],
)  # fmt: skip
def test_no_page_of_a_source_passes_another_door(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, address: str, flags: list[str], says: str
) -> None:  # fmt: skip
    site.pages["/away"] = "file:///etc/passwd"
    address = address.format(site=site.address, name="https://budi:rahasia")
    words = {
        "verify": ["verify", "article.txt", "-s", address, "-o", "r.json", *VERIFY],
        "add": ["index", "add", address, "--index", "idx", *EMBEDDER],
        "rebuild": ["index", "rebuild", address, "--index", "idx", *EMBEDDER],
    }[command]
    code, out, said = run(capsys, *words, *flags)
    assert (code, out, said.count("\n")) == (2, "", 1), said
    assert says in said
    assert "rahasia" not in said
    assert not (tmp_path / "r.json").exists()
    assert not (tmp_path / "idx").exists()
