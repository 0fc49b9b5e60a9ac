from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bukti.claims import pages
from bukti.claims.documents import read_document
from bukti.claims.errors import InputError
from bukti.claims.pages import fetch_page

PAGE = (
    "<html><head><title>Pabrik baru</title></head><body><article><h1>Pabrik baru</h1><p>PT Sinar Logam membuka pabrik baru di Tegal "
    "pada Senin. Perusahaan itu merekrut 350 pekerja dari tiga kecamatan di sekitar pabrik.</p></article></body></html>"
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "moved":
            self.send_response(302)
            self.send_header("Location", "/page")
            self.end_headers()
            return
        if name.startswith("round"):
            self.send_response(302)
            self.send_header("Location", "/round" + name[5:] + "x")
            self.end_headers()
            return
        if name == "away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        body: bytes = PAGE.encode()
        kind = "text/html; charset=utf-8"
        if name == "picture":
            kind = "image/png"
        if name == "bomb":
            body = gzip.compress(b"a" * 30_000_000)
        self.send_response(404 if name == "gone" else 200)
        self.send_header("Content-Type", kind)
        if name == "bomb":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if name == "slow":
            for at in range(0, len(body), 10):
                self.wfile.write(body[at : at + 10])
                time.sleep(0.2)
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_a_page_is_read_as_an_article_and_keeps_its_last_address(server: str) -> None:
    document = read_document(f"{server}/moved", allow_private=True)
    assert "PT Sinar Logam membuka pabrik baru" in document.text
    assert (document.media, document.path, document.url) == ("html", f"{server}/moved", f"{server}/page")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gone", "the server answered 404"),
        ("picture", "is image/png, not a page"),
        ("round", "redirected more than 5 times"),
        ("away", "only https:// addresses are fetched"),
        ("bomb", "larger than 1 MB"),
        ("slow", "no whole page within 0.8 s"),
    ],
)
def test_what_is_no_page_is_one_clear_error(server: str, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        fetch_page(
            f"{server}/{name}", max_bytes=1_000_000, allow_private=True, timeout_s=0.8 if name == "slow" else 60.0
        )


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/", "https://172.16.0.9/",
        "https://169.254.169.254/latest/meta-data/", "https://[::ffff:127.0.0.1]/", "https://[fd00::1]/", "https://0.0.0.0/",
        "https://100.64.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[64:ff9b::7f00:1]/", "https://224.0.0.1/",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises(InputError, match=r"leads into a private network|no such host|cannot be fetched"):
        fetch_page(url, max_bytes=1000, timeout_s=2)


@pytest.mark.parametrize("url", ["http://example.org/", "file:///etc/passwd", "ftp://example.org/a", "gopher://x/"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="only https:// addresses are fetched"):
        read_document(url)


def test_a_public_page_cannot_lead_into_the_private_network(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page's own host counts as public, what it redirects to does not: each hop passes the same door.
    monkeypatch.setattr(pages, "_is_public", lambda address: address != "10.0.0.1")
    found = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        return found("10.0.0.1" if host == "inside.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(InputError, match=r"leads into a private network \(10.0.0.1\)"):
        fetch_page("https://inside.example/", max_bytes=1000, timeout_s=2)


def test_the_connection_goes_to_the_address_that_was_looked_at(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(server.rsplit(":", 1)[1])
    asked: list[str] = []
    found = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(str(host))
        return found("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    data, _, url = fetch_page(f"http://berita.example:{port}/page", max_bytes=10_000, allow_private=True)
    assert b"Sinar Logam" in data
    assert url == f"http://berita.example:{port}/page"
    assert asked.count("berita.example") == 1
