"""Fetches an article's page from the web, within bounds, and never from inside one's own network unless allowed.

Every address that a name stands for is looked at before anything is sent, and the connection is made to the address that was
looked at: a name that changes its mind between the two (DNS rebinding) gains nothing. Redirects pass the same door.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING

from bukti.claims.errors import InputError, cause_of

if TYPE_CHECKING:
    import httpx

__all__ = ["MAX_REDIRECTS", "TIMEOUT_S", "fetch_page", "is_address"]

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
                headers={"User-Agent": "bukti", "Accept": ", ".join(MEDIA), "Accept-Encoding": "gzip, deflate"},
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
            data = bytearray()
            for part in response.iter_bytes():
                data += part
                if len(data) > max_bytes:
                    raise InputError(f"{url}: larger than {max_bytes / 1e6:g} MB; save the part that matters", path=url)
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the page comes too slowly")
            return bytes(data), MEDIA[kind], str(response.url)
    except InputError:
        raise
    except httpx.TooManyRedirects as exc:
        raise InputError(f"{url}: redirected more than {MAX_REDIRECTS} times; give the last address", path=url) from exc
    except httpx.TimeoutException as exc:
        raise InputError(f"{url}: no whole page within {timeout_s:g} s; try again or save it", path=url) from exc
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
        cause = cause_of(exc, 120)
        raise InputError(f"{url}: cannot be fetched ({cause}); check the address and the connection", path=url) from exc


def _open_address(url: httpx.URL, *, allow_private: bool) -> str:
    """Gives the address to connect to for a URL.

    Raises:
        InputError: The scheme is not allowed, the name stands for no address, or for one that is not public.
    """
    shown = str(url)
    schemes = ("https", "http") if allow_private else ("https",)
    if url.scheme not in schemes:
        raise InputError(f"{shown}: only https:// addresses are fetched; save the page and give the file", path=shown)
    try:
        found = socket.getaddrinfo(
            url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as exc:
        raise InputError(f"{shown}: no such host; check the address", path=shown) from exc
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allow_private and not _is_public(address):
            message = f"{shown}: leads into a private network ({address}); --allow-private permits it"
            raise InputError(message, path=shown)
    return addresses[0]


def _is_public(address: str) -> bool:
    """Says whether an IP address is one of the open internet; addresses that wrap an IPv4 one are judged by that."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped: ipaddress.IPv4Address | None = (
            found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        )
        if wrapped is None and found in ipaddress.ip_network("64:ff9b::/96"):
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)  # NAT64
        if wrapped is not None:
            return wrapped.is_global and not wrapped.is_multicast
    return found.is_global and not found.is_multicast


def _guarded(*, allow_private: bool, deadline: float) -> httpx.BaseTransport:
    """Gives a transport that looks at where a request leads before it is sent, and sends it there and nowhere else."""
    import httpx

    class Guarded(httpx.BaseTransport):
        inner = httpx.HTTPTransport(trust_env=False)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            left = deadline - time.monotonic()
            if left <= 0:
                raise httpx.ConnectTimeout("no time left", request=request)
            asked = request.url
            address = _open_address(asked, allow_private=allow_private)
            request.extensions = {
                **request.extensions,
                "sni_hostname": asked.host,
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), left),
            }
            request.url = asked.copy_with(host=address)
            try:
                return self.inner.handle_request(request)
            finally:
                request.url = asked

        def close(self) -> None:
            self.inner.close()

    return Guarded()
