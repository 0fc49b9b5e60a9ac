"""The embedded verifier: a small model that reads claim and passage together, Indonesian and English and across the two.

What it does with what does not fit:

* A premise or hypothesis without a word, or in a language other than Indonesian and English: not enough evidence. It was
  neither taught nor measured there.
* A premise longer than a window is read in overlapping windows; the one that decides most speaks for it.
* A hypothesis longer than `MAX_CLAIM_TOKENS` is read in parts; all of them must be supported, and one refuted part is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bukti.claims.errors import ModelError
from bukti.claims.language import LANGUAGES
from bukti.eval.marks import MAX_CLAIM_TOKENS, MAX_TOKENS, TYPES, MarkedText, mark_pair, read_texts
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import UNDECIDED, Pair, Probabilities
from bukti.retrieval.embedded import EmbeddedModel, load_model, tokenizer

__all__ = ["EmbeddedVerifier", "calibrated", "windows_of"]

OVERLAP = 48
"""Tokens that two neighbouring windows share."""


def windows_of(length: int, room: int) -> list[tuple[int, int]]:
    """Gives windows of at most `room` pieces that cover `length` pieces, neighbours sharing `OVERLAP`.

    >>> windows_of(100, 160), windows_of(300, 160)
    ([(0, 100)], [(0, 160), (112, 272), (224, 300)])
    """
    windows = [(0, min(room, length))]
    while windows[-1][1] < length:
        start = windows[-1][0] + room - OVERLAP
        windows.append((start, min(start + room, length)))
    return windows


def calibrated(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Gives probabilities: softmax of logits divided by a temperature.

    Args:
        logits: Shape (pairs, 3).
        temperature: Above 0.

    Returns:
        Shape (pairs, 3); each row sums to 1.

    Source: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
    """
    scaled = logits.astype(np.float64) / temperature
    exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


class EmbeddedVerifier:
    """Judges pairs with the model that is part of the package; see `Verifier`.

    Args:
        model: The model; the embedded one if None.

    Raises:
        ModelError: The model's files are missing, or it was taught with other marks than `bukti.eval.marks` makes.
    """

    def __init__(self, model: EmbeddedModel | None = None) -> None:
        self._model = model or load_model("verifier")
        if self._model.card.settings.get("token_types") != TYPES:
            message = "the embedded verifier was taught with other marks than these; install bukti again"
            raise ModelError(message)

    @property
    def name(self) -> str:
        """Name, version and the start of the weights' sha256."""
        return self._model.card.identity

    @property
    def thresholds(self) -> Thresholds:
        """Where this model's probabilities become stances, chosen for how often they may do so wrongly, and what they are worth then."""
        settings = self._model.card.settings
        return Thresholds(
            support=settings["support_threshold"],
            refute_alone=settings["refute_threshold"],
            calibration=tuple(tuple(row) for row in settings.get("calibration", ())),
        )

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges each pair by itself; see `Verifier`.

        Raises:
            ModelError: The model's files are missing or damaged.
        """
        return [
            UNDECIDED if row is None else Probabilities.of(supported=float(row[0]), refuted=float(row[1]))
            for row in self.probabilities(pairs)
        ]

    def probabilities(self, pairs: Sequence[Pair]) -> list[NDArray[np.float64] | None]:
        """Gives supported, refuted and neither for each pair; None where the model has no answer."""
        readable = [
            number
            for number, pair in enumerate(pairs)
            if {pair.premise_language, pair.hypothesis_language} <= set(LANGUAGES) and pair.has_words
        ]
        texts = list(
            dict.fromkeys(
                text
                for number in readable
                for text in (
                    (pairs[number].premise, pairs[number].premise_language),
                    (pairs[number].hypothesis, pairs[number].hypothesis_language),
                )
            )
        )
        marked = read_texts([text for text, _ in texts], [language for _, language in texts], tokenizer())
        read = dict(zip(texts, marked, strict=True))
        # One row for each part of the claim and window of the premise; the same question is asked once.
        owners: list[tuple[int, int, int]] = []
        asked: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        for number in readable:
            pair = pairs[number]
            claim = read[pair.hypothesis, pair.hypothesis_language]
            premise = read[pair.premise, pair.premise_language]
            for part, piece in enumerate(_parts(claim)):
                for start, stop in windows_of(len(premise.ids), MAX_TOKENS - 3 - len(piece.ids)):
                    ids, types = mark_pair(piece, premise, start=start, stop=stop)
                    owners.append((number, part, asked.setdefault((tuple(ids), tuple(types)), len(asked))))
        logits = self._model.run([ids for ids, _ in asked], [types for _, types in asked])
        answers: list[NDArray[np.float64] | None] = [None] * len(pairs)
        settings = self._model.card.settings["temperature"]
        for number, group in groupby(owners, key=lambda owner: owner[0]):
            pair = pairs[number]
            parts = []
            for _, windows in groupby(group, key=lambda owner: owner[1]):
                rows = logits[[row for _, _, row in windows]]
                temperature = settings[f"{pair.premise_language}-{pair.hypothesis_language}"]
                each = calibrated(rows, temperature)
                parts.append(each[int(each[:, :2].max(axis=1).argmax())])
            answers[number] = _all_parts(parts)
        return answers


def _parts(claim: MarkedText) -> list[MarkedText]:
    """Cuts a claim that is too long for the model into parts of whole words."""
    if len(claim.ids) <= MAX_CLAIM_TOKENS:
        return [claim]
    parts, start = [], 0
    while start < len(claim.ids):
        stop = min(start + MAX_CLAIM_TOKENS, len(claim.ids))
        while (
            stop < len(claim.ids)
            and stop > start + 1
            and claim.words[stop] >= 0
            and claim.words[stop] == claim.words[stop - 1]
        ):
            stop -= 1
        parts.append(claim.cut(start, stop))
        start = stop
    return parts


def _all_parts(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Joins the answers on a claim's parts: supported if all are, refuted if one is."""
    if len(parts) == 1:
        return parts[0]
    supported = min(float(part[0]) for part in parts)
    refuted = min(max(float(part[1]) for part in parts), 1.0 - supported)
    return np.array([supported, refuted, max(0.0, 1.0 - supported - refuted)])
