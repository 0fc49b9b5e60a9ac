"""BM25 over stems, kept in a folder beside Chroma's: to cut and stem ten thousand passages takes longer than all else an index is opened for.

The folder is named by a hash of all that the ranking depends on, so that one of other passages, or of another way to stem, is not found.
What goes wrong with it is no error: BM25 is worked out anew.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bukti.claims.files import read_regular
from bukti.retrieval.sources import Passage
from bukti.retrieval.terms import TERMS, index_terms

if TYPE_CHECKING:
    import bm25s

__all__ = ["kept_bm25", "make_bm25"]

_LOG = logging.getLogger(__name__)

K1, B = 1.2, 0.75
"""BM25's saturation and length normalisation. Source: Robertson and Zaragoza, 2009, section 3.4."""

KEPT_PASSAGES = 500
"""Of fewer passages it is worked out anew each time: that takes a quarter of a second."""

PREFIX = "bm25-"
SUM = "sha256"


def make_bm25(texts: Iterable[tuple[str, str]]) -> bm25s.BM25:
    """Gives BM25 over texts and their languages, each by its place among them; none is not allowed."""
    import bm25s

    made = bm25s.BM25(k1=K1, b=B)
    made.index([index_terms(text, language) or [""] for text, language in texts], show_progress=False)
    return made


def kept_bm25(passages: Sequence[Passage], store: Path | None) -> bm25s.BM25:
    """Gives BM25 over passages, read from a store's folder where it is kept there, and else kept there.

    Args:
        passages: All passages, in their order.
        store: Chroma's folder; None where there is none.
    """
    import bm25s

    texts = ((item.text, item.language) for item in passages)
    if store is None or len(passages) < KEPT_PASSAGES:
        return make_bm25(texts)
    folder = store / (PREFIX + _key(passages))
    try:
        if folder.is_dir() and read_regular(folder / SUM) == _sum(folder):
            held: bm25s.BM25 = bm25s.BM25.load(folder, show_progress=False)
            return held
    except Exception:  # noqa: BLE001 (damaged files raise as they like)
        _LOG.debug("%s cannot be read", folder, exc_info=True)
    made = make_bm25(texts)
    try:
        _keep(made, folder)
    except OSError:
        _LOG.debug("BM25 cannot be kept in %s", folder, exc_info=True)
    return made


def _keep(made: bm25s.BM25, folder: Path) -> None:
    """Writes it under another name first; what other passages left goes, and what another process was writing, which then keeps nothing."""
    for other in folder.parent.glob(PREFIX + "*"):
        shutil.rmtree(other, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder.parent))
    try:
        made.save(temporary, show_progress=False)
        (temporary / SUM).write_bytes(_sum(temporary))
        os.rename(temporary, folder)  # noqa: PTH104 (Path.rename is the same call; the atomicity is what matters here)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _key(passages: Sequence[Passage]) -> str:
    """Gives a hash of the passages, whose ids are hashes of their texts, and of how they become terms and scores."""
    parts = [TERMS, version("bm25s"), version("PyStemmer"), str(K1), str(B)]
    digest = sha256("\0".join(parts).encode())
    for item in passages:
        digest.update(f"\0{item.id} {item.language}".encode())
    return digest.hexdigest()[:32]


def _sum(folder: Path) -> bytes:
    """Gives a hash of the files' names and contents."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        if path.name != SUM:
            digest.update(path.name.encode() + sha256(read_regular(path)).digest())
    return digest.digest()
