"""The embedder seam: texts in, unit vectors out; the model that is part of the package, and any sentence-transformers model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bukti.claims.errors import ConfigError, UsageError, cause_of
from bukti.claims.parts import load_part
from bukti.retrieval.embedded import EmbeddedModel, load_model, tokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = [
    "DEFAULT_EMBEDDER",
    "EmbeddedEmbedder",
    "Embedder",
    "SentenceTransformerEmbedder",
    "hash_model",
    "load_embedder",
]

DEFAULT_EMBEDDER = "embedded"
"""The embedder that is part of the package."""

WINDOW = 254
"""Tokens that the embedded encoder reads at a time, the two special ones not counted."""

BATCH_SIZE = 64
"""Texts a step; sorted by length inside the model."""

MODEL_FILES = frozenset({".json", ".txt", ".safetensors", ".bin", ".model"})
"""Endings of the files that make a model what it is."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near they are in meaning."""

    @property
    def name(self) -> str:
        """A name that changes when the vectors do: an index remembers it."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts.

        Args:
            texts: Any number of texts, none included.

        Returns:
            Array of shape (len(texts), dimension), each row of length 1.
        """
        ...


class EmbeddedEmbedder:
    """The bilingual encoder that is part of the package, loaded when first used.

    A text longer than a window is read in windows, and its vector is their mean: nothing is cut off. A text without a
    token has a vector all the same, that of nothing.

    Args:
        model: The model; the embedded one if None.
    """

    def __init__(self, model: EmbeddedModel | None = None) -> None:
        self._given = model

    @property
    def _model(self) -> EmbeddedModel:
        return self._given or load_model("encoder")

    @property
    def name(self) -> str:
        """Name, version and the start of the weights' sha256."""
        return self._model.card.identity

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; see `Embedder`.

        Raises:
            ModelError: The model's files are missing or damaged.
        """
        rows: list[list[int]] = []
        owners: list[int] = []
        for number, encoding in enumerate(tokenizer().encode_batch(list(texts))):
            first, *ids, last = encoding.ids
            for start in range(0, max(1, len(ids)), WINDOW):
                rows.append([first, *ids[start : start + WINDOW], last])
                owners.append(number)
        vectors = self._model.run(rows)
        if len(rows) == len(texts):
            return vectors
        lengths = np.array([len(row) for row in rows], dtype=np.float32)
        out = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        np.add.at(out, owners, vectors * lengths[:, None])
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, loaded when first used.

    Args:
        model: The path of a model folder, or a model's name in the local cache of its hub.
    """

    def __init__(self, model: str) -> None:
        self._model_name = model
        self._model: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """The model's name or path."""
        return self._model_name

    @property
    def sha256(self) -> str:
        """Hash of the model's files.

        Raises:
            ConfigError: The model cannot be loaded.
        """
        folder = Path(self._model_name).expanduser()
        if not folder.is_dir():
            from transformers.utils.hub import cached_file

            self._load()  # what is not in the cache of the hub yet is then
            folder = Path(str(cached_file(self._model_name, "modules.json", local_files_only=True))).parent
        return hash_model(folder)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; see `Embedder`.

        Raises:
            ConfigError: The model cannot be loaded.
        """
        model = self._load()
        if not texts:
            return np.zeros((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        vectors = model.encode(
            list(texts),
            batch_size=BATCH_SIZE,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> SentenceTransformer:
        if self._model is None:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            # The bar shows milliseconds of reading weights, on stderr, whoever calls.
            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            try:
                location = (
                    str(Path(self._model_name).expanduser()) if self._model_name.startswith("~") else self._model_name
                )
                self._model = SentenceTransformer(location, device="cpu")
            except (OSError, ValueError, RuntimeError) as exc:
                message = (
                    f"embedder {self._model_name!r} cannot be loaded ({cause_of(exc, 200)}); "
                    f"give the path of a sentence-transformers model, or {DEFAULT_EMBEDDER}"
                )
                raise ConfigError(message) from exc
        return self._model


def hash_model(folder: Path) -> str:
    """Gives a hash of the files of a model's folder: weights, vocabulary and configuration."""
    total = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in MODEL_FILES}
    for name, file in sorted(files.items()):
        total.update(name.encode() + b"\0")
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def load_embedder(name: str) -> Embedder:
    """Gives the embedder of this name.

    Args:
        name: ``embedded`` for the one that is part of the package, a sentence-transformers model by name or path, or
            ``"module:Class"`` for one's own `Embedder`.

    Raises:
        UsageError: The folder or the class cannot be found, or the class is no embedder.
    """
    if name == DEFAULT_EMBEDDER:
        return EmbeddedEmbedder()
    if not name:
        message = f"the embedder has no name; give {DEFAULT_EMBEDDER}, or a sentence-transformers model's"
        raise UsageError(message)
    if name.startswith((".", "/", "~")) and not Path(name).expanduser().is_dir():
        message = f"embedder {name!r}: no such folder; give a sentence-transformers model's, or {DEFAULT_EMBEDDER}"
        raise UsageError(message)
    if ":" not in name or Path(name).exists():
        return SentenceTransformerEmbedder(name)
    made: Embedder = load_part(name, Embedder, kind="embedder", known="a sentence-transformers model")
    return made
