"""Calls the command line in forked processes, of which some are killed: what is loaded once is loaded before.

Reads one JSON object a line, ``{"arguments": [...], "kill_after": seconds, "most_bytes": n, "user": id}``, and writes what became of it:
exit code (negative for a signal), output and seconds. ``"start": true`` writes nothing and goes on; ``"wait": true`` waits for those.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray


class WordEmbedder:
    """An embedder without a model: each word adds a direction of its own."""

    name = "words-by-hash"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


def contents(folder: str) -> dict[str, Any]:
    """Gives all that an index holds, in a form that two indexes of the same sources share."""
    from bukti.retrieval.index import Index

    index = Index(folder, embedder=WordEmbedder())
    return {
        "sources": [[source.id, source.path, source.sha256] for source in index.sources],
        "passages": {source.id: [[*passage.span, passage.text] for passage in index.passages_of(source.id)] for source in index.sources},
        "vectors": index._vectors.shape[0],
        "found": index.rank_lexical([("kota nomor 7", "id")], k=3)[0] and len(index.rank_dense([("kota nomor 7", "id")], k=3)[0]),
    }  # fmt: skip


def child(order: dict[str, Any], output: int) -> None:
    """Does what is ordered, and ends the process."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    if "most_bytes" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["most_bytes"],) * 2)
    if "user" in order and os.geteuid() == 0:
        os.setgid(order["user"])
        os.setuid(order["user"])
    if "contents" in order:
        print(json.dumps(contents(order["contents"])), flush=True)
        os._exit(0)
    from bukti.cli import main

    code = 99
    try:
        main(order["arguments"])
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def start(order: dict[str, Any]) -> tuple[int, int, float]:
    """Starts what is ordered; gives process, where its output is read, and when. A pipe has room where a disk has none."""
    said, output = os.pipe()
    began = time.monotonic()
    process = os.fork()
    if not process:
        child(order, output)
    os.close(output)
    return process, said, began


def end(process: int, said: int, began: float) -> dict[str, Any]:
    """Waits for a process; gives what became of it."""
    with os.fdopen(said, errors="replace") as output:
        text = output.read()
    _, status = os.waitpid(process, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "said": text,
        "seconds": time.monotonic() - began,
    }


def serve() -> None:
    """Answers orders until there are no more."""
    for name in (
        "chromadb",
        "langchain_chroma",
        "langchain_text_splitters",
        "sentencex",
        "tomllib" if sys.version_info >= (3, 11) else "tomli",  # another user may not read the interpreter's folder
        "bukti.cli",
        "bukti.retrieval.index",
    ):
        import_module(name)
    started = []
    for line in sys.stdin:
        order = json.loads(line)
        if order.get("wait"):
            print(json.dumps([end(*each) for each in started]), flush=True)
            started = []
            continue
        each = start(order)
        if order.get("start"):
            started.append(each)
            continue
        if "kill_after" in order:
            time.sleep(order["kill_after"])
            os.kill(each[0], signal.SIGKILL)
        print(json.dumps(end(*each)), flush=True)


if __name__ == "__main__":
    serve()
