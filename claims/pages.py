"""Fetches an article's page from the web, within bounds, and never from inside one's own network unless allowed.

Every address that a name stands for is looked at before anything is sent, and the connection is made to the address that was
looked at: a name that changes its mind between the two (DNS rebinding) gains nothing. Redirects pass the same door.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bukti.claims.errors import InputError, cause_of

if TYPE_CHECKING:
    import httpcore
    import httpx

__all__ = ["MAX_REDIRECTS", "TIMEOUT_S", "fetch_page", "is_address", "without_login"]

TIMEOUT_S = 20.0
"""Seconds for the whole page, redirects included."""

MAX_REDIRECTS = 5

MEDIA = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
}
"""What is read, and the ending of a file of its kind."""


def is_address(name: str) -> bool:
    """Says whether an article is named by an address: anything with ``scheme://``.

    >>> is_address("https://example.org/a"), is_address("berita.txt"), is_address("file:///etc/passwd")
    (True, False, True)
    """
    return "://" in name.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0][:40]


def without_login(name: str) -> str:
    """Gives an address without the user's name and password that may stand in it; any other name as it is.

    >>> without_login("https://ana:s3cret@example.org/a@b"), without_login("folder/a@b.txt")
    ('https://example.org/a@b', 'folder/a@b.txt')
    """
    return re.sub(r"^([^/?#]*://)[^/?#]*@", r"\1", name)


def fetch_page(
    url: str, *, max_bytes: int, allow_private: bool = False, timeout_s: float = TIMEOUT_S
) -> tuple[bytes, str, str]:
    """Fetches a page.

    Args:
        url: An ``https://`` address; ``http://`` too where private addresses are allowed.
        max_bytes: Largest page that is read, unpacked.
        allow_private: Whether addresses of one's own machine and network may be asked.
        timeout_s: Seconds for all of it.

    Returns:
        The bytes, the ending of a file of their kind (``.html``), and the address that gave them after redirects.

    Raises:
        InputError: Another scheme, a private address, too large, too slow, too many redirects, no text, or no answer.
    """
    import httpcore
    import httpx

    deadline = time.monotonic() + timeout_s
    try:
        with (
            httpx.Client(
                transport=_guarded(allow_private=allow_private, deadline=deadline),
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                timeout=timeout_s,
                trust_env=False,  # a proxy would look up names itself, past the door
                headers={"User-Agent": "bukti", "Accept": ", ".join(MEDIA), "Accept-Encoding": "gzip"},
            ) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != 200:
                raise InputError(
                    f"{url}: the server answered {response.status_code}; open it in a browser and save it", path=url
                )
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in MEDIA:
                raise InputError(
                    f"{url}: is {kind or 'of no stated kind'}, not a page, text or PDF; give another", path=url
                )
            packed = response.headers.get("content-encoding", "").strip().lower()
            if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
                # Layers of packing in one answer unpack to anything before a byte of it can be counted.
                raise InputError(f"{url}: is packed as {packed}, which is not read; save the page", path=url)
            data = bytearray()
            for part in _unpacked(response.iter_raw(), packed=packed not in ("", "identity"), most=max_bytes + 1):
                data += part
                if len(data) > max_bytes:
                    raise InputError(f"{url}: larger than {max_bytes / 1e6:g} MB; save the part that matters", path=url)
            return bytes(data), MEDIA[kind], str(response.url)
    except InputError:
        raise
    except httpx.TooManyRedirects as exc:
        raise InputError(f"{url}: redirected more than {MAX_REDIRECTS} times; give the last address", path=url) from exc
    except (httpx.TimeoutException, httpcore.TimeoutException) as exc:
        raise InputError(f"{url}: no whole page within {timeout_s:g} s; try again or save it", path=url) from exc
    except _failures() as exc:
        cause = cause_of(exc, 120)
        raise InputError(f"{url}: cannot be fetched ({cause}); check the address and the connection", path=url) from exc


def _failures() -> tuple[type[Exception], ...]:
    import httpcore
    import httpx

    return (
        httpx.HTTPError, httpx.InvalidURL, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, zlib.error,
    )  # fmt: skip


def _unpacked(parts: Iterable[bytes], *, packed: bool, most: int) -> Iterator[bytes]:
    """Gives the parts of an answer, unpacked if they are packed; of one part never more than `most` bytes at once."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its first bytes
    for part in parts:
        left = part
        while packed and left:
            yield unpack.decompress(left, most)
            left = unpack.unconsumed_tail
        if not packed:
            yield part


def _open_address(host: str, port: int, *, allow_private: bool) -> str:
    """Gives the IP address to connect to for a host.

    Raises:
        InputError: The name stands for no address, or for one that is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as exc:
        raise InputError(f"{host}: no such host; check the address", path=host) from exc
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allow_private and not _is_public(address):
            message = f"{host}: leads into a private network ({address}); --allow-private permits it"
            raise InputError(message, path=host)
    return addresses[0]


def _is_public(address: str) -> bool:
    """Says whether an IP address is one of the open internet; addresses that wrap an IPv4 one are judged by that."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped: ipaddress.IPv4Address | None = (
            found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        )
        if wrapped is None and (found in _NAT64 or found in _COMPATIBLE):
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is None:
            return found in _GLOBAL_UNICAST and found.is_global and not found.is_multicast
        found = wrapped
    return found.is_global and not found.is_multicast


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that was given out. Source: IANA, Internet Protocol Version 6 Address Space."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
"""Two more ways to write an IPv4 address as an IPv6 one. Source: RFC 6052 and RFC 4291, section 2.5.5.1."""


def _guarded(*, allow_private: bool, deadline: float) -> httpx.BaseTransport:
    """Gives a transport that connects only where it may, and has until `deadline` for all it does, headers and handshake included."""
    import httpcore
    import httpx

    def left() -> float:
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the page comes too slowly")
        return seconds

    class Timed(httpcore.NetworkStream):
        """A connection whose every step has what is left of the time."""

        def __init__(self, inner: httpcore.NetworkStream) -> None:
            self.inner = inner

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return self.inner.read(max_bytes, left())

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self.inner.write(buffer, left())

        def close(self) -> None:
            self.inner.close()

        def start_tls(
            self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            return Timed(self.inner.start_tls(ssl_context, server_hostname, left()))

        def get_extra_info(self, info: str) -> Any:
            return self.inner.get_extra_info(info)

    class Door(httpcore.NetworkBackend):
        """Looks at every address of a host and connects to the first that was looked at."""

        inner = httpcore.SyncBackend()

        def connect_tcp(
            self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
        ) -> httpcore.NetworkStream:  # fmt: skip
            address = _open_address(host, port, allow_private=allow_private)
            return Timed(self.inner.connect_tcp(address, port, left(), local_address, socket_options))

    class Body(httpx.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            yield from self.stream

        def close(self) -> None:
            self.stream.close()

    class Guarded(httpx.BaseTransport):
        pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=Door(), max_keepalive_connections=0
        )

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            shown = without_login(str(request.url))
            if request.url.scheme not in (("https", "http") if allow_private else ("https",)):
                message = f"{shown}: only https:// addresses are fetched; save the page and give the file"
                raise InputError(message, path=shown)
            if request.url.userinfo:
                # "https://example.org@10.0.0.1/" reads as another host than it is, and a password would stand in the report.
                raise InputError(f"{shown}: has a user's name before its host; leave it out", path=shown)
            url = httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            )
            try:
                answer = self.pool.handle_request(
                    httpcore.Request(
                        method=request.method, url=url, headers=request.headers.raw, content=request.stream
                    )
                )
            except InputError as exc:
                raise InputError(f"{shown}: {str(exc).partition(': ')[2]}", path=shown) from exc
            return httpx.Response(status_code=answer.status, headers=answer.headers, stream=Body(answer.stream))

        def close(self) -> None:
            self.pool.close()

    return Guarded()
