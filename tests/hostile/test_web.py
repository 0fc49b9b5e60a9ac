"""The web as an enemy: servers that answer with anything, names and addresses that lead inside. Only this machine is asked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from bukti.claims import pages
from bukti.claims.errors import InputError
from bukti.claims.pages import fetch_page

PAGE = b"<html><body><p>Pabrik itu dibuka di Tegal.</p></body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
Answer = Callable[[socket.socket], None]


def _endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")


def _drip(before: bytes, piece: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return answer


def _forever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"X-More: " + b"a" * 60_000 + b"\r\n")


def _says(data: bytes) -> Answer:
    return lambda connection: connection.sendall(data)


def _packed(how: bytes, body: bytes, kind: bytes = b"text/html") -> Answer:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
    return _says(head % (kind, how, len(body)) + body)


def _leads(to: str) -> Answer:
    def answer(connection: socket.socket) -> None:
        target = to.replace("{port}", str(connection.getsockname()[1]))
        connection.sendall(
            f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: {target}\r\n\r\n".encode()
        )

    return answer


BOMB = gzip.compress(gzip.compress(bytes(50_000_000), mtime=0), mtime=0)
ANSWERS: dict[str, Answer] = {
    "good": _says(HEAD + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE),
    "zipped": _packed(b"gzip", gzip.compress(PAGE)),
    "deflated": _packed(b"deflate", zlib.compress(PAGE)),
    "endless": _endless,
    "endless-head": lambda connection: (connection.sendall(HEAD), _forever(connection))[0],
    "slow-head": _drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "slow-body": _drip(HEAD + b"\r\n", b"a"),
    "slow-packed": _drip(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE)[:10], b""),
    "silent": lambda connection: time.sleep(5),
    "closes": lambda connection: None,
    "no-http": _says(b"\x00\xff\x00\xff not http at all\r\n\r\n"),
    "cut": _says(HEAD + b"Content-Length: 99999\r\n\r\n" + PAGE),
    "length-lie": _says(HEAD + b"Content-Length: -5\r\n\r\n" + PAGE),
    "length-huge": _says(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n" + PAGE),
    "bomb": _packed(b"gzip", gzip.compress(bytes(50_000_000))),
    "bomb-twice": _packed(b"gzip, gzip", BOMB),
    "packed-unknown": _packed(b"br", b"\x0b\x02\x80"),
    "packed-broken": _packed(b"gzip", b"\x1f\x8b\x08 this is no gzip"),
    "kind-none": _says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    "kind-json": _says(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
    "kind-odd": _says(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\x01;;;\xff\r\nContent-Length: 2\r\n\r\n{}"),
    "status-700": _says(b"HTTP/1.1 700 What\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"),
    "status-206": _says(b"HTTP/1.1 206 Partial\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"),
    "empty": _says(HEAD + b"Content-Length: 0\r\n\r\n"),
}
for _name, _target in {
    "to-file": "file:///etc/passwd", "to-gopher": "gopher://127.0.0.1/", "to-nowhere": "//", "to-user": "http://a:b@127.0.0.1:{port}/good",
    "to-itself": "/to-itself", "to-control": "http://127.0.0.1:{port}/a%0d%0aX: y", "to-bad-port": "http://127.0.0.1:99999/", "to-colons": "http://[::1/",
}.items():  # fmt: skip
    ANSWERS[_name] = _leads(_target)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that sends bytes, not HTTP: what it says may be anything."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:  # closed: the tests are over
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            asked = connection.recv(65536).split(b" ")
            name = asked[1].decode("latin-1").strip("/") if len(asked) > 1 else ""
            ANSWERS.get(name, ANSWERS["empty"])(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    listening.close()


@pytest.mark.parametrize("name", ["good", "zipped", "deflated"])
def test_an_honest_page_is_fetched_packed_or_not(server: str, name: str) -> None:
    assert fetch_page(f"{server}/{name}", max_bytes=10_000, allow_private=True)[0] == PAGE


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("endless", "larger than 1 MB"),
        ("endless-head", "cannot be fetched"),
        ("slow-head", "no whole page within 0.5 s"),
        ("slow-body", "no whole page within 0.5 s"),
        ("slow-packed", "no whole page within 0.5 s"),
        ("silent", "no whole page within 0.5 s"),
        ("closes", "cannot be fetched"),
        ("no-http", "cannot be fetched"),
        ("cut", "cannot be fetched"),
        ("length-lie", "cannot be fetched"),
        ("length-huge", "cannot be fetched"),
        ("bomb", "larger than 1 MB"),
        ("bomb-twice", "is packed as gzip, gzip"),
        ("packed-unknown", "is packed as br"),
        ("packed-broken", "cannot be fetched"),
        ("kind-none", "is of no stated kind"),
        ("kind-json", "is application/json"),
        ("kind-odd", "is text/html|cannot be fetched"),
        ("status-700", "answered 700|cannot be fetched"),
        ("status-206", "answered 206"),
        ("to-file", "only https"),
        ("to-gopher", "only https"),
        ("to-nowhere", "redirected more than 5 times"),
        ("to-user", "has a user's name before its host"),
        ("to-itself", "redirected more than 5 times"),
        ("to-control", "larger|answered|cannot be fetched|is of no|redirected"),
        ("to-bad-port", "cannot be fetched|no such host"),
        ("to-colons", "cannot be fetched"),
    ],
)
def test_whatever_a_server_says_is_one_clear_error(server: str, name: str, says: str) -> None:
    if name == "to-control":
        # What it leads to is asked for as it stands, on one line: the answer there is an empty page, and no header was slipped in.
        assert fetch_page(f"{server}/{name}", max_bytes=10, allow_private=True)[0] == b""
        return
    slow = says.startswith("no whole page")
    with pytest.raises(InputError, match=says) as caught:
        fetch_page(f"{server}/{name}", max_bytes=1_000_000, allow_private=True, timeout_s=0.5 if slow else 60.0)
    assert "\n" not in str(caught.value)


INSIDE = [
    # IPv4 in every form that a resolver takes.
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0x7f.1", "127.000.000.001", "127.0.0.1.",
    "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0xa9fea9fe", "2852039166", "100.64.0.1", "0.0.0.0", "0",
    "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①",
    # IPv6, and IPv4 within it.
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]",
    "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[::ffff:0:127.0.0.1]", "[2001:0:7f00:1::]", "[4000::1]",
    "localhost", "LOCALHOST", "localhost.", "example.org@127.0.0.1", "example.org%40127.0.0.1", "127.0.0.1#@example.org", "127.0.0.1?@example.org", "127.0.0.1\\@example.org",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_no_way_to_write_an_address_leads_inside(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket.socket, "connect", never)
    look_up = socket.getaddrinfo

    def here(name: Any, *rest: Any, **more: Any) -> Any:
        # Numbers and this machine's own names are looked up as ever; for any other name nobody is asked.
        kept = {"flags": socket.AI_NUMERICHOST} if "localhost" not in str(name).lower() else {}
        return look_up(name, *rest, **more, **kept)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    with pytest.raises(InputError, match=r"private network|no such host|cannot be fetched|user's name"):
        fetch_page(f"https://{host}/", max_bytes=1000, timeout_s=5)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert pages._is_public(address)


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["2606:2800:220:1::1", "fd00::1"]]
)
def test_a_name_with_one_address_inside_is_refused(answers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(InputError, match="leads into a private network"):
        fetch_page("https://berita.example/", max_bytes=1000, timeout_s=2)


def test_a_name_that_changes_its_mind_is_asked_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(server.rsplit(":", 1)[1])
    given = iter(["127.0.0.1"])  # a second question would end the test

    def look_up(host: Any, *_: Any, **__: Any) -> Any:
        address = next(given) if host == "berubah.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert fetch_page(f"http://berubah.example:{port}/good", max_bytes=1000, allow_private=True)[0] == PAGE


def test_a_password_in_an_address_is_refused_and_not_repeated(server: str) -> None:
    with pytest.raises(InputError, match="has a user's name") as caught:
        fetch_page(server.replace("//", "//budi:rahasia@") + "/good", max_bytes=1000, allow_private=True)
    assert "rahasia" not in str(caught.value)
