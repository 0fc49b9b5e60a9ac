"""What stands between the desk and other sites, other machines and bodies without end."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Collection
from pathlib import PurePosixPath

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bukti.eval.page import csp_hash
from bukti.eval.showing import one_line

__all__ = ["Guard", "allowed_host", "is_loopback", "new_session", "policy", "safe_name", "seal", "sealed"]

BODY_S = 60.0
"""A body that takes longer is given up."""

SMALL_BODY = 200_000
"""Largest body of a form that uploads nothing."""

MAX_NAME = 120
"""Longest name that a file keeps."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: the browser would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What every answer says."""


def is_loopback(host: str) -> bool:
    """Says whether a host to listen on is this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def allowed_host(host: str, *, remote: bool, names: Collection[str] = ()) -> bool:
    """Says whether a request's Host may be answered.

    Rebinding needs a name that a stranger's DNS gives: an address as such is none. So names are answered only if they were given.

    Args:
        host: The header.
        remote: Whether addresses other than this machine's own are answered.
        names: Names that were given.

    >>> [allowed_host(host, remote=False) for host in ("127.0.0.1:8765", "localhost", "[::1]:1", "10.0.0.1", "evil.example")]
    [True, True, True, False, False]
    """
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?", host)
    if not found:
        return False
    name = found[1].lower().rstrip(".")
    if name in names or is_loopback(name):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return remote


def policy(style: str, *scripts: str) -> str:
    """Gives the content security policy of a page with this style and these scripts, all inline, and nothing else."""
    run = " ".join(f"'{csp_hash(script)}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; style-src '{csp_hash(style)}'; script-src {run}; img-src data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def safe_name(name: str) -> str:
    r"""Gives a file's name as it can be shown and kept: no folder, no control character, not too long.

    >>> safe_name("../../etc/pass\x00wd.txt"), safe_name("C:\\x\\a.md"), safe_name("..")
    ('passwd.txt', 'a.md', '')
    """
    last = one_line(re.split(r"[/\\]", name)[-1], 1000).strip(". ")
    ending = PurePosixPath(last).suffix[:12]
    return last if len(last) <= MAX_NAME else last[: MAX_NAME - len(ending)] + ending


# Forms -------------------------------------------------------------------------------------------------------------


def new_session() -> str:
    """Gives what a browser is known by."""
    return secrets.token_urlsafe(24)


def seal(session: str, secret: bytes) -> str:
    """Gives what the forms of a browser must hold: another site can neither read nor make it."""
    return hmac.new(secret, session.encode(), hashlib.sha256).hexdigest()


def sealed(token: str, session: str | None, secret: bytes) -> bool:
    """Says whether a form's token is that of the browser that sends it."""
    return bool(session) and hmac.compare_digest(token.encode(), seal(str(session), secret).encode())


class Guard:
    """Answers only what may be answered, and reads no more than it must.

    Args:
        app: The application.
        allowed: Says whether a Host may be answered.
        max_upload: Largest upload, in bytes.
        body_s: How long a body may take.
    """

    def __init__(
        self, app: ASGIApp, *, allowed: Callable[[str], bool], max_upload: int, body_s: float = BODY_S
    ) -> None:
        self._app = app
        self._allowed = allowed
        self._max_upload = max_upload
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        most = self._max_upload if scope["path"] == "/jobs" else SMALL_BODY
        refusal = self._refusal(scope, most)
        if refusal:
            await refusal(scope, receive, _with_headers(send))
        else:
            await self._app(scope, _bounded(receive, most, self._body_s), _with_headers(send))

    def _refusal(self, scope: Scope, most: int) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._allowed(hosts[0]):
            shown = one_line(hosts[0], 80) if hosts else "none"
            says = f"This desk does not answer to the host {shown}. Open it at the address that bukti serve printed.\n"
            return PlainTextResponse(says, status_code=421)
        if scope["method"] in ("GET", "HEAD"):
            return None
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        # Not the scheme: a proxy in front may speak https to the browser and http to us.
        if (
            origin is not None and origin not in (f"http://{hosts[0]}", f"https://{hosts[0]}")
        ) or site != "same-origin":
            return PlainTextResponse("This form was sent from another site.\n", status_code=403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            return PlainTextResponse(f"Too large: at most {most / 1e6:g} MB are read.\n", status_code=413)
        return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            # What has no policy of its own may do nothing at all.
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
        await send(message)

    return sending


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """Gives what reads a body up to its bounds: also one that does not say how long it is, or never ends."""
    read = 0
    ends: float | None = None
    whole = False

    async def receiving() -> Message:
        nonlocal read, ends, whole
        if whole:  # only the end of the connection can follow
            return await receive()
        now = asyncio.get_running_loop().time()
        ends = now + seconds if ends is None else ends
        try:
            message = await asyncio.wait_for(receive(), max(0.0, ends - now))
        except (TimeoutError, asyncio.TimeoutError) as exc:  # two classes on Python 3.10
            raise HTTPException(408, "The upload took too long; try again.") from exc
        read += len(message.get("body", b""))
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        if read > most:
            raise HTTPException(413, f"Too large: at most {most / 1e6:g} MB are read.")
        return message

    return receiving
