"""Real stores on this machine, each started once."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class ChromaServer:
    """``chroma run`` on a loopback port, over a folder; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [
            str(Path(sys.executable).with_name("chroma")),
            "run",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(
            [*command, "--path", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/api/v2/heartbeat", timeout=5).is_success:
                    return
            except httpx.HTTPError:
                assert self._process.poll() is None, "chroma run ended at once"
            time.sleep(0.1)
        raise AssertionError("chroma run did not come up")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def address(self, collection: str) -> str:
        return f"chroma://127.0.0.1:{self.port}/{collection}"


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    with pytest.MonkeyPatch.context() as patch:
        # Chroma's client never closes the connections that it keeps at hand, which a later test would be blamed for.
        patch.setenv("CHROMA_HTTP_MAX_KEEPALIVE_CONNECTIONS", "0")
        yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL with pgvector."""
    pytest.importorskip("langchain_postgres", reason="langchain-postgres is not installed")
    pgserver = pytest.importorskip(
        "pgserver", reason="pgserver, a PostgreSQL with pgvector in a wheel, is not installed"
    )
    # Not below pytest's own folder, which is root's alone where root runs the tests: PostgreSQL runs as somebody else then.
    folder = Path(tempfile.mkdtemp(prefix="bukti-postgres-"))
    folder.chmod(0o777)
    server = pgserver.get_server(folder / "data")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
