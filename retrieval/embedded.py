"""The models that are part of the package: their files, checked before use, and how they are run.

They run on onnxruntime and tokenizers alone. Batches are made of rows of one rounded length and are shared out among threads, each of
which runs its batch on one core: that is faster than many threads in one batch, and the answer is the same for any number.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bukti.claims.errors import ModelError, cause_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["EmbeddedModel", "ModelCard", "batches_of", "load_model", "model_cards", "read_card", "tokenizer"]

BATCH_TOKENS = 1024
"""Tokens a batch, padding included: as much as stays in a core's cache."""

BATCH_ROWS = 32
"""Rows a batch at most."""

BUCKET = 8
"""Lengths are rounded up to a multiple of this, so that few shapes occur."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known of one embedded model."""

    name: str
    """``encoder`` or ``verifier``."""

    version: str
    """Goes up when the weights change."""

    file: str
    """The weights' file name."""

    size: int
    """In bytes."""

    sha256: str
    """Of the weights."""

    parameters: int
    """How many weights there are."""

    summary: str
    """What it is, in a line."""

    command: str
    """What made it."""

    limits: str
    """What it is not for."""

    settings: dict[str, Any]
    """What belongs to the weights: calibration, lengths."""

    @property
    def identity(self) -> str:
        """A name that changes with the weights: version and the start of their sha256."""
        return f"embedded/{self.version}-{self.sha256[:8]}"


def _content(file: str) -> bytes:
    try:
        return (files("bukti") / "models" / file).read_bytes()
    except OSError as exc:
        message = f"the embedded model file {file} cannot be read ({exc.strerror or exc}); install bukti again"
        raise ModelError(message) from exc


@cache
def _manifest() -> dict[str, Any]:
    try:
        return dict(json.loads(_content("models.json")))
    except ValueError as exc:
        message = "the list of embedded models, models.json, is damaged; install bukti again"
        raise ModelError(message) from exc


def model_cards() -> list[ModelCard]:
    """Gives the cards of all embedded models.

    Raises:
        ModelError: The list of models is missing or damaged.
    """
    return [ModelCard(name=name, **card) for name, card in _manifest()["models"].items()]


def read_card(name: str) -> str:
    """Gives a model's whole card as Markdown: data and licences, figures, limits.

    Raises:
        ModelError: It is missing.
    """
    return _content(f"{name.upper()}.md").decode("utf-8")


def _checked(file: str, sha256: str) -> bytes:
    content = _content(file)
    if hashlib.sha256(content).hexdigest() != sha256:
        message = (
            f"the embedded model file {file} is not the one that was shipped (its sha256 differs); install bukti again"
        )
        raise ModelError(message)
    return content


@cache
def tokenizer() -> Tokenizer:
    """Gives the tokenizer that all embedded models share.

    Raises:
        ModelError: Its file is missing or is not the one that was shipped.
    """
    from tokenizers import Tokenizer

    stored = _manifest()["tokenizer"]
    return Tokenizer.from_str(_checked(stored["file"], stored["sha256"]).decode("utf-8"))


@cache
def _words() -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Gives the word embedding that all embedded models share: a row of int8 a token, and each row's scale."""
    from safetensors.numpy import load

    stored = _manifest()["words"]
    table = load(_checked(stored["file"], stored["sha256"]))
    return table["rows"], table["scales"]


@cache
def load_model(name: str) -> EmbeddedModel:
    """Gives an embedded model, loaded once.

    Raises:
        ModelError: There is none of this name, or its files are missing or damaged.
    """
    for card in model_cards():
        if card.name == name:
            return EmbeddedModel(card)
    message = f"there is no embedded model {name!r}"
    raise ModelError(message)


def batches_of(lengths: Sequence[int]) -> list[list[int]]:
    """Cuts rows into batches of one length, rounded up to `BUCKET`, none of which is much longer than `BATCH_TOKENS`.

    No row is filled up further for the sake of its neighbours: that costs time, and may change last bits of its answer.

    >>> batches_of([3, 900, 5, 900, 12])
    [[0, 2], [4], [1], [3]]
    """
    cut: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        rounded = _rounded(lengths[row])
        if (
            not cut
            or _rounded(lengths[cut[-1][0]]) != rounded
            or len(cut[-1]) >= BATCH_ROWS
            or (len(cut[-1]) + 1) * rounded > BATCH_TOKENS
        ):
            cut.append([])
        cut[-1].append(row)
    return cut


def _rounded(length: int) -> int:
    return -(-length // BUCKET) * BUCKET


def _cores() -> int:
    """Gives the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class EmbeddedModel:
    """One model on onnxruntime; safe to call from several threads.

    Args:
        card: Which.
        threads: Batches at a time; as many as this process may use cores if None.
    """

    def __init__(self, card: ModelCard, *, threads: int | None = None) -> None:
        self.card = card
        self._threads = threads or _cores()

    @property
    def identity(self) -> str:
        """The hashes of all the weights that it runs."""
        return f"{self.card.sha256} {_manifest()['words']['sha256']}"

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised; nothing is printed
        # The graph is already what is to be run; further fusing puts slower operators in.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        content = _checked(self.card.file, self.card.sha256)
        try:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as exc:
            cause = cause_of(exc, 160)
            message = f"the embedded {self.card.name} cannot be run by onnxruntime {onnxruntime.__version__} ({cause}); install onnxruntime 1.20 or newer"
            raise ModelError(message) from exc

    def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> NDArray[np.float32]:
        """Runs the model.

        Args:
            ids: Token ids of each row, special tokens included; none is empty.
            types: Token types of each row, for a model that takes them.

        Returns:
            A row of outputs for each, in the same order. The verifier's do not depend on the other rows at all, the encoder's in
            the last bits of the final mean only.
        """
        session = self._session
        if not ids:
            return np.zeros((0, int(session.get_outputs()[0].shape[1])), dtype=np.float32)
        cut = batches_of([len(row) for row in ids])
        vectors, scales = _words()

        def one(rows: list[int]) -> NDArray[np.float32]:
            longest = _rounded(len(ids[rows[0]]))
            tokens = np.zeros((len(rows), longest), dtype=np.int64)
            feed: dict[str, NDArray[Any]] = {"attention_mask": np.zeros_like(tokens)}
            if types is not None:
                feed["token_type_ids"] = np.zeros_like(tokens)
            for at, row in enumerate(rows):
                tokens[at, : len(ids[row])] = ids[row]
                feed["attention_mask"][at, : len(ids[row])] = 1
                if types is not None:
                    feed["token_type_ids"][at, : len(ids[row])] = types[row]
            feed["words"] = vectors[tokens] * scales[tokens, None]
            return np.asarray(session.run(None, feed)[0], dtype=np.float32)

        if self._threads == 1 or len(cut) == 1:
            answers = [one(rows) for rows in cut]
        else:
            with ThreadPoolExecutor(min(self._threads, len(cut))) as pool:
                # The longest first: the last batches to end are then short ones.
                answers = list(pool.map(one, reversed(cut)))[::-1]
        out = np.zeros((len(ids), answers[0].shape[1]), dtype=np.float32)
        for rows, answer in zip(cut, answers, strict=True):
            out[rows] = answer
        return out
