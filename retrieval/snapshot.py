"""A snapshot of a small index: its passages and vectors in one file beside Chroma's, since opening Chroma takes longer than a search.

It stands in the store's folder and holds what Chroma gave when it was written. It counts only while Chroma's own file is, by size and
time, the one that it was taken of, and while it names exactly the passages that the manifest names; otherwise Chroma is asked.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bukti.claims.article import Span
from bukti.claims.files import read_regular
from bukti.retrieval.sources import Passage

__all__ = ["read_snapshot", "write_snapshot"]

_LOG = logging.getLogger(__name__)

NAME = "snapshot.npz"


def write_snapshot(store: Path, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
    """Writes a snapshot; what goes wrong leaves none, and is no error.

    Args:
        store: Chroma's folder.
        passages: All passages, in their order.
        vectors: A row for each.
    """
    rows = [[item.id, item.source_id, *item.span, item.text, item.language] for item in passages]
    content = json.dumps(rows, ensure_ascii=False).encode(errors="surrogatepass")
    temporary = store / (NAME + ".tmp")
    try:
        (store / NAME).unlink(missing_ok=True)
        with temporary.open("wb") as file:
            np.savez(
                file,
                passages=np.frombuffer(content, dtype=np.uint8),
                vectors=vectors,
                sha256=np.frombuffer(_hash(content, vectors), dtype=np.uint8),
                stamp=np.array(_stamp(store), dtype=np.int64),
            )
        os.replace(temporary, store / NAME)  # noqa: PTH105 (Path.replace is the same call; the atomicity is what matters here)
    except OSError:
        _LOG.debug("no snapshot of %s", store, exc_info=True)
        try:
            temporary.unlink(missing_ok=True)
        except OSError:
            _LOG.debug("and what is left cannot be removed", exc_info=True)


def read_snapshot(store: Path, wanted: Sequence[str]) -> tuple[dict[str, Passage], NDArray[np.float32]] | None:
    """Gives the passages by id and their vectors; None where there is no snapshot that counts.

    Args:
        store: Chroma's folder.
        wanted: The ids that the manifest names, in their order.
    """
    try:
        # Read first: numpy leaves a file that is cut open.
        with np.load(BytesIO(read_regular(store / NAME)), allow_pickle=False) as held:
            if held["stamp"].tolist() != list(_stamp(store)):
                return None
            content, vectors = held["passages"].tobytes(), np.asarray(held["vectors"], dtype=np.float32)
            if held["sha256"].tobytes() != _hash(content, vectors):
                return None
        rows = json.loads(content.decode(errors="surrogatepass"))
    except Exception:  # noqa: BLE001 (a damaged archive raises as it likes; whatever it is, Chroma is asked)
        return None
    if [row[0] for row in rows] != list(wanted) or len(vectors) != len(rows):
        return None
    passages = {
        name: Passage(id=name, source_id=source, span=Span(start, end), text=text, language=language)
        for name, source, start, end, text, language in rows
    }
    return passages, vectors


def _hash(content: bytes, vectors: NDArray[np.float32]) -> bytes:
    return sha256(content + np.ascontiguousarray(vectors).tobytes()).digest()


def _stamp(store: Path) -> tuple[int, int]:
    """Gives size and time of the file in which Chroma keeps the passages."""
    status = (store / "chroma.sqlite3").stat()
    return status.st_size, status.st_mtime_ns
