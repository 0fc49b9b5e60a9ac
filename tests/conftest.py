"""Fixtures that all tests share."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

# The same examples every time, and no clock: a slow machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent


class HashEmbedder:
    """An embedder without a model: each word adds a direction of its own. Counts what it embeds."""

    name = "words-by-hash"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1.0
            row[0] += 1e-3
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def example() -> Path:
    return ROOT / "examples" / "telegram"


@pytest.fixture(scope="session")
def seed_article() -> Path:
    path = ROOT.parent / "shared" / "seed" / "article.txt"
    if not path.exists():
        pytest.skip("the seed article is not here")
    return path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every try to reach another machine fail."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


class ChatServer:
    """A model behind the OpenAI protocol, on this machine, that answers as it is told."""

    reply: Callable[[dict[str, Any], int], str | tuple[int, str]]
    """Given what was asked and the how-manieth question it is: what the model says, or status and body to send instead."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.reply = lambda body, count: (500, "nothing to say")
        outer, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:  # two questions at once have two numbers
                    outer.asked.append(body)
                    count = len(outer.asked)
                reply = outer.reply(body, count)
                status, text = (200, outer.message(reply)) if isinstance(reply, str) else reply
                data = text.encode()
                with suppress(OSError):  # whoever asked may have gone
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    @staticmethod
    def message(content: str) -> str:
        """Gives what is sent where the model says `content`: 100 tokens read, 10 written."""
        return json.dumps({
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        })  # fmt: skip


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    made = ChatServer()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def chat(chat_server: ChatServer) -> Any:
    """A LangChain client of the server that asks again once."""
    from langchain.chat_models import init_chat_model

    return init_chat_model(
        "openai:m",
        api_key="none",
        base_url=f"http://127.0.0.1:{chat_server.http.server_port}/v1",
        timeout=1.5,
        max_retries=1,
    )
