"""Any sentence-transformers cross-encoder as verifier, from this machine: no network is tried.

What each of the model's outputs means is read from its own configuration (``id2label``), never assumed: models that were taught
on the same data give their labels in different orders. A model whose labels say nothing is refused.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bukti.claims.errors import StageError, UsageError, cause_of
from bukti.eval.embedded import calibrated
from bukti.eval.verifier import UNDECIDED, Pair, Probabilities
from bukti.retrieval.embedder import hash_model

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

__all__ = ["CrossEncoderVerifier", "Meaning", "read_labels"]

_LOG = logging.getLogger(__name__)

BATCH_SIZE = 32
"""Pairs a step."""

Meaning = Literal["supported", "refuted", "neutral", "not_supported"]
"""What an output of a model says of the claim; `not_supported` is refuted or neutral, and taken for neutral."""

MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(("entailment", "entail", "entails", "entailed", "support", "supports", "supported"), "supported"),
    **dict.fromkeys(("contradiction", "contradict", "contradicts", "contradicted"), "refuted"),
    **dict.fromkeys(("refute", "refutes", "refuted"), "refuted"),
    **dict.fromkeys(("neutral", "neither", "nei", "notenoughinfo", "notenoughinformation"), "neutral"),
    **dict.fromkeys(("notenoughevidence", "insufficientevidence"), "neutral"),
    **dict.fromkeys(("notentailment", "notentailed", "nonentailment"), "not_supported"),
    **dict.fromkeys(("notsupport", "notsupported", "unsupported"), "not_supported"),
}
"""Labels by their letters, in small ones."""

COMPLETE: tuple[frozenset[Meaning], ...] = (
    frozenset({"supported", "refuted", "neutral"}),
    frozenset({"supported", "refuted"}),
    frozenset({"supported", "not_supported"}),
    frozenset({"supported"}),
)
"""Sets of meanings with which a model is a verifier."""


def read_labels(labels: Mapping[int, str]) -> list[Meaning] | None:
    """Gives the meaning of each output of a model; None if the labels do not say it.

    Args:
        labels: Label by the output's number, as ``id2label`` of a configuration has them.

    >>> read_labels({0: "contradiction", 1: "entailment", 2: "neutral"})
    ['refuted', 'supported', 'neutral']
    >>> read_labels({0: "LABEL_0", 1: "LABEL_1"}) is None
    True
    """
    if sorted(labels) != list(range(len(labels))):
        return None
    found = [MEANINGS.get(re.sub(r"[\W\d_]+", "", str(labels[at])).lower()) for at in range(len(labels))]
    meanings = [meaning for meaning in found if meaning is not None]
    if len(set(meanings)) != len(found) or frozenset(meanings) not in COMPLETE:
        return None
    return meanings


class CrossEncoderVerifier:
    """Judges with a cross-encoder; see `Verifier`. It is asked with the premise first.

    A pair that is too long for the model is answered with not enough evidence: a claim that was read by half was not judged.

    Args:
        model: The path of a model's folder, or a model's name in the local cache of its hub.

    Raises:
        UsageError: It is not on this machine, or its labels do not say what they mean.
    """

    def __init__(self, model: str) -> None:
        self._model_name = model
        self._location = str(Path(model).expanduser()) if model.startswith("~") else model
        self._config = self._read_config()
        labels: dict[int, str] = dict(self._config.id2label or {})
        meanings = read_labels(labels)
        if meanings is None:
            told = ", ".join(str(label) for label in list(labels.values())[:5])
            message = (
                f"verifier {model!r}: its labels ({told}) do not say what supports and what refutes a claim; "
                "name them in id2label of its config.json, such as entailment, neutral, contradiction"
            )
            raise UsageError(message)
        self._meanings = meanings

    def _read_config(self) -> Any:
        from transformers import AutoConfig

        is_path = self._model_name.startswith((".", "/", "~")) or Path(self._location).is_dir()
        try:
            # A folder that is missing would be taken for a name.
            if is_path and not Path(self._location).is_dir():
                raise FileNotFoundError("no such folder")
            return AutoConfig.from_pretrained(self._location, local_files_only=True)
        except (OSError, ValueError) as exc:
            # Of a name the library says that it could not connect, which it was told not to.
            cause = cause_of(exc, 120) if is_path else "no such folder, and not in the cache of the hub"
            message = (
                f"verifier {self._model_name!r} is not a model on this machine ({cause}); "
                "give the folder of a cross-encoder, or download it first: nothing is downloaded here"
            )
            raise UsageError(message) from exc

    @cached_property
    def name(self) -> str:
        """The model's name or path, and the start of its files' sha256."""
        from transformers.utils.hub import cached_file

        # The folder itself, or the one that the cache keeps for a name.
        found = cached_file(self._location, "config.json", local_files_only=True)
        return f"crossencoder/1 {self._model_name}@{hash_model(Path(str(found)).parent)[:12]}"

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges each pair by itself; see `Verifier`.

        Raises:
            UsageError: The model's files cannot be loaded.
            StageError: The model gave something that is no number.
        """
        answers = [UNDECIDED] * len(pairs)
        asked = [number for number, pair in enumerate(pairs) if pair.has_words]
        asked = [number for number, fits in zip(asked, self._fit([pairs[at] for at in asked]), strict=True) if fits]
        if not asked:
            return answers
        logits = self._logits([(pairs[at].premise, pairs[at].hypothesis) for at in asked])
        for number, row in zip(asked, self._probabilities(logits), strict=True):
            answers[number] = row
        return answers

    def _fit(self, pairs: Sequence[Pair]) -> list[bool]:
        """Says of each pair whether the model reads all of it."""
        if not pairs:
            return []
        model = self._loaded
        most = model.max_seq_length
        ids = model.tokenizer([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs], verbose=False)
        fits = [most is None or len(row) <= most for row in ids["input_ids"]]
        if not all(fits):
            _LOG.warning("%d pairs are longer than the %s tokens of %s", fits.count(False), most, self._model_name)
        return fits

    def _logits(self, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
        from torch.nn import Identity

        given = self._loaded.predict(
            pairs, batch_size=BATCH_SIZE, activation_fn=Identity(), apply_softmax=False, show_progress_bar=False
        )
        logits = np.asarray(given, dtype=np.float32).reshape(len(pairs), -1)
        if logits.shape[1] != len(self._meanings):
            message = f"{self._model_name} has {logits.shape[1]} outputs and {len(self._meanings)} labels"
            raise StageError(message, stage="verify")
        if not np.isfinite(logits).all():
            raise StageError(f"{self._model_name} gave an answer that is no number", stage="verify")
        return logits

    def _probabilities(self, logits: NDArray[np.float32]) -> list[Probabilities]:
        if logits.shape[1] == 1:  # one output: the other is taken for 0, which makes softmax the sigmoid
            logits = np.hstack([logits, np.zeros_like(logits)])
        rows = calibrated(logits, 1.0)
        at = {meaning: column for column, meaning in enumerate(self._meanings)}
        refuted = rows[:, at["refuted"]] if "refuted" in at else np.zeros(len(rows))
        return [
            Probabilities.of(supported=float(yes), refuted=float(no))
            for yes, no in zip(rows[:, at["supported"]], refuted, strict=True)
        ]

    @cached_property
    def _loaded(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging as transformers_logging

        # The bar shows milliseconds of reading weights, on stderr, whoever calls.
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            loaded: CrossEncoder = CrossEncoder(self._location, device="cpu", local_files_only=True)
            missing = self._missing_weights() if len(loaded) == 1 else []
        except Exception as exc:  # each format of weights has its own errors
            message = f"verifier {self._model_name!r} cannot be loaded ({cause_of(exc, 160)}); give the folder of a cross-encoder"
            raise UsageError(message) from exc
        if missing:
            message = f"verifier {self._model_name!r} has no weights for {missing[0]}; give a cross-encoder, not the model that one was made from"
            raise UsageError(message)
        return loaded

    def _missing_weights(self) -> list[str]:
        """Names weights that the files lack: the library makes them up, and with them every answer."""
        from transformers import AutoModelForSequenceClassification

        _, told = AutoModelForSequenceClassification.from_pretrained(
            self._location, local_files_only=True, output_loading_info=True
        )
        return sorted(told["missing_keys"])
