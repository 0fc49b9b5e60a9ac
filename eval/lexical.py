"""The first verifier: shared words across the two languages, and the number, date, name or negation that differs.

It reads no grammar, so its confidence is low on purpose: the probabilities are those of a logistic regression over a
handful of features, fitted to human judgements (`training/lexical_verifier.py`), not a feeling of certainty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from bukti.eval.comparison import Comparison, compare, read_text
from bukti.eval.verifier import Pair, Probabilities

__all__ = ["FEATURES", "LexicalVerifier", "features"]

FEATURES: tuple[str, ...] = (
    "coverage",
    "coverage_squared",
    "full",
    "figures_missing",
    "names_missing",
    "agreements",
    "quantity_differs",
    "date_differs",
    "name_differs",
    "negation_differs",
    "negation_somewhere",
)
"""What the regression sees of a pair, in the order of its coefficients."""

CLASSES = ("supported", "refuted", "not_enough_evidence")


def features(comparison: Comparison) -> list[float]:
    """Gives the features of one compared pair, in the order of `FEATURES`; each lies in [0, 3]."""
    coverage = comparison.alignment.coverage
    return [
        coverage,
        coverage**2,
        float(coverage >= 0.9),
        float(min(comparison.missing_figures, 3)),
        float(min(comparison.missing_names, 3)),
        float(min(sum(reason.agrees for reason in comparison.reasons), 3)),
        float(comparison.differs("quantity")),
        float(comparison.differs("date")),
        float(comparison.differs("name")),
        float(comparison.differs("negation")),
        float(comparison.negated),
    ]


class LexicalVerifier:
    """Judges pairs by shared words and compared details.

    Args:
        published: The article's day of publication, from which "Monday" is counted.
    """

    def __init__(self, published: date | None = None) -> None:
        self._published = published

    @property
    def name(self) -> str:
        """Name and version of the fitted coefficients."""
        return str(_model()[2])

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges each pair by itself; see `Verifier`."""
        if not pairs:
            return []
        rows = [features(self._compare(pair)) for pair in pairs]
        return [_probabilities(row) for row in _softmax(np.asarray(rows, dtype=np.float64))]

    def _compare(self, pair: Pair) -> Comparison:
        claim = read_text(pair.hypothesis, pair.hypothesis_language, anchor=self._published)
        return compare(claim, read_text(pair.premise, pair.premise_language), published=self._published)


def _softmax(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    weights, bias, _ = _model()
    logits = rows @ weights.T + bias
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), dtype=np.float64)


def _probabilities(row: NDArray[np.float64]) -> Probabilities:
    supported, refuted, neither = (float(value) for value in row)
    return Probabilities(supported=supported, refuted=refuted, not_enough_evidence=neither)


@cache
def _model() -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    """Gives coefficients of shape (3, features), biases of shape (3,) and the name."""
    stored = json.loads(files("bukti.eval").joinpath("data/lexical_verifier.json").read_text(encoding="utf-8"))
    if tuple(stored["features"]) != FEATURES or tuple(stored["classes"]) != CLASSES:
        msg = "lexical_verifier.json was fitted to other features; run training/lexical_verifier.py"
        raise ValueError(msg)
    return np.asarray(stored["coefficients"], dtype=np.float64), np.asarray(stored["biases"], dtype=np.float64), stored["name"]
