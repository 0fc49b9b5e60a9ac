"""What the embedded models answered, kept on disk: the same question to the same weights is computed once.

A question is known by a hash of all that its answer depends on: the weights, the pieces and types that they read, the runtime and
the kind of processor. The verifier's answers do not depend on what else is asked, so that one that was kept is the one that would be
computed, to the bit; of the encoder's the last bits may, which is why cosines are rounded wherever they are compared. No text is stored.
Nothing that goes wrong here is an error: what cannot be read or is damaged is computed.
"""

from __future__ import annotations

import logging
import platform
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bukti.retrieval.embedded import EmbeddedModel

__all__ = ["KeptModel"]

_LOG = logging.getLogger(__name__)

MAX_BYTES = 256_000_000
"""A file that has grown beyond this is begun anew."""

ASKED = 500
"""Answers looked up at a time."""

TIMEOUT_S = 1.0
"""How long another process is waited for before the answers are computed."""


class KeptModel(EmbeddedModel):
    """An embedded model that looks for its answers in a file first.

    Args:
        model: What computes the answers that are not there.
        path: The file; made with its folder when there is something to keep.
    """

    def __init__(self, model: EmbeddedModel, path: Path) -> None:
        super().__init__(model.card)
        self._model = model
        self._path = path
        self._start = "\0".join((model.identity, version("onnxruntime"), platform.machine())).encode()

    def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> NDArray[np.float32]:
        """Gives the model's outputs; see `EmbeddedModel.run`."""
        keys = [self._key(row, types[number] if types is not None else ()) for number, row in enumerate(ids)]
        known = self._read(keys)
        missing = [number for number, key in enumerate(keys) if key not in known]
        if missing or not keys:
            answers = self._model.run(
                [ids[number] for number in missing], None if types is None else [types[number] for number in missing]
            )
            if len(missing) == len(keys):
                self._write(dict(zip(keys, answers, strict=True)))
                return answers
            fresh = dict(zip((keys[number] for number in missing), answers, strict=True))
            self._write(fresh)
            known |= fresh
        return np.stack([known[key] for key in keys])

    def _key(self, ids: Sequence[int], types: Sequence[int]) -> bytes:
        digest = blake2b(self._start, digest_size=16)
        for part in (ids, types):
            digest.update(len(part).to_bytes(4, "little") + np.asarray(part, dtype="<i4").tobytes())
        return digest.digest()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found: dict[bytes, NDArray[np.float32]] = {}
        if not keys or not self._path.exists():
            return found

        def look(database: sqlite3.Connection) -> None:
            for start in range(0, len(keys), ASKED):
                some = keys[start : start + ASKED]
                marks = ",".join("?" * len(some))
                for key, value in database.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", some):  # noqa: S608 (question marks)
                    if len(value) > 4 and len(value) % 4 == 0 and _sum(value[4:]) == value[:4]:
                        found[key] = np.frombuffer(value, dtype="<f4", offset=4).astype(np.float32)

        self._use(look)
        if len({row.shape for row in found.values()}) > 1:  # no model gives rows of two lengths
            found.clear()
        return found

    def _write(self, rows: dict[bytes, NDArray[np.float32]]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > MAX_BYTES:
                self._path.unlink()
        except OSError:
            _LOG.debug("answers cannot be kept", exc_info=True)
            return

        def keep(database: sqlite3.Connection) -> None:
            values = ((key, row.astype("<f4").tobytes()) for key, row in rows.items())
            database.executemany(
                "INSERT OR REPLACE INTO kept VALUES (?, ?)", ((key, _sum(value) + value) for key, value in values)
            )
            database.commit()

        self._use(keep)

    def _use(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Opens the file for one use; what goes wrong ends the use and nothing else."""
        try:
            with closing(sqlite3.connect(self._path, timeout=TIMEOUT_S)) as database:
                database.execute("PRAGMA synchronous = OFF")  # what a crash damages is found by its sums
                database.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
                work(database)
        except sqlite3.OperationalError:  # locked, full, not writable
            _LOG.debug("kept answers cannot be used", exc_info=True)
        except (sqlite3.DatabaseError, TypeError):  # damaged, or not ours
            _LOG.debug("kept answers are damaged", exc_info=True)
            try:
                self._path.unlink(missing_ok=True)
            except OSError:
                _LOG.debug("and cannot be removed", exc_info=True)


def _sum(value: bytes) -> bytes:
    return zlib.crc32(value).to_bytes(4, "little")
