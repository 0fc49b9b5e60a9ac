"""Starts the desk and ends it: its place in the network, its state, its thread."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from bukti.claims.errors import InputError, OutputError, UsageError
from bukti.config import Config

__all__ = ["serve"]

GRACE_S = 5
"""How long open connections may take to end."""


def serve(
    *,
    indexes: Sequence[Path | str],
    sources: Sequence[Path],
    state: Path,
    runs: Path | None,
    host: str,
    port: int,
    remote: bool,
    names: Collection[str],
    config: Config,
    say: Callable[[str], None],
) -> None:
    """Serves the desk until it is interrupted.

    Args:
        indexes: Folders and stores of indexes that articles can be checked against.
        sources: Files and folders of sources that they can be checked against.
        state: Folder of all that is kept; made if it is missing.
        runs: Folder of the runs of `bukti eval`.
        host: Where it listens.
        port: The port; any free one if 0.
        remote: Whether `host` may be other than this machine alone.
        names: Host names that it answers to beside ``localhost``.
        config: Settings.
        say: Told what the user should know.

    Raises:
        UsageError: The extra is not installed, the place is taken, or the call makes no sense.
        InputError: The state, an index, a source or the folder of runs cannot be read.
        OutputError: The state cannot be written.
    """
    try:
        import fastapi  # noqa: F401 (only whether it is there)
        import python_multipart  # noqa: F401
        import uvicorn
    except ImportError as exc:
        raise UsageError(f"bukti serve needs {exc.name}; install it: pip install 'bukti[serve]'") from exc
    from bukti.serve.app import Setup, make_app
    from bukti.serve.safety import is_loopback
    from bukti.serve.store import Store
    from bukti.serve.worker import Worker, grounds_of

    if not is_loopback(host) and not remote:
        raise UsageError(
            f"--host {host}: other machines could read and decide everything; say --allow-remote if that is meant"
        )
    if runs is not None and runs.exists() and not runs.is_dir():  # one that is not there yet has no runs yet
        raise InputError(f"--runs {runs}: is no folder; give the --runs of bukti eval", path=runs)
    grounds = grounds_of(indexes, sources)
    listening = _listen(host, port)
    with listening:
        store = Store(state, create=True)
        try:
            with _locked(state):
                # Indexes of sources lie beside the rest, so that nothing is kept anywhere else.
                kept = replace(config, cache_dir=str(state / "cache"))
                setup = Setup(
                    store=store, worker=Worker(store, grounds, kept), grounds=grounds, runs=runs, config=kept, remote=remote,
                    names=frozenset(name.lower() for name in names),
                )  # fmt: skip
                shown = f"[{host}]" if ":" in host else host
                say(f"http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C ends it; what is kept: {state})")
                if not is_loopback(host):
                    say("warning: whoever reaches this address can read and decide everything; there are no passwords")
                server = uvicorn.Server(
                    uvicorn.Config(
                        make_app(setup), log_level="warning", access_log=False, server_header=False, lifespan="on",
                        timeout_graceful_shutdown=GRACE_S, limit_concurrency=200, proxy_headers=False, ws="none",
                    )
                )  # fmt: skip
                with suppress(KeyboardInterrupt):
                    server.run(sockets=[listening])
                say("ended; what was not finished goes on at the next start")
        finally:
            store.close()


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    """Keeps other desks from the state."""
    lock = FileLock(state / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as exc:
        raise UsageError(f"--state {state}: another bukti serve is using it; end it, or give another --state") from exc
    except OSError as exc:
        message = f"--state {state}: cannot be written ({exc.strerror}); see to its permissions, or give another"
        raise OutputError(message, path=state) from exc
    try:
        yield
    finally:
        lock.release()


def _listen(host: str, port: int) -> socket.socket:
    made = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen()  # at once: two that only bound it could both believe that it is theirs
    except OSError as exc:
        if made is not None:
            made.close()
        raise UsageError(
            f"--host {host} --port {port}: cannot listen there ({exc.strerror or exc}); give another"
        ) from exc
    return made
