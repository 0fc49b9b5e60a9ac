"""The first verifier: shared words across the two languages, and the number, date, name or negation that differs.

It reads no grammar, so its confidence is low on purpose: its probabilities are those of two logistic regressions over a
handful of features, fitted to human judgements (`training/lexical_verifier.py`). One estimates support where nothing
differs, the other refutation where something does; every other pair is not enough evidence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from bukti.eval.alignment import read_text
from bukti.eval.comparison import Comparison, compare
from bukti.eval.verifier import Pair, Probabilities, Verifier

__all__ = [
    "REFUTE_FEATURES",
    "SUPPORT_FEATURES",
    "LexicalVerifier",
    "for_day",
    "refutation",
    "refute_features",
    "support_features",
]

SUPPORT_FEATURES: tuple[str, ...] = ("coverage", "coverage_squared", "full", "names_missing", "agreements", "short")
"""What is seen of a pair in which nothing differs and no figure is missing; estimates P(supported)."""

REFUTE_FEATURES: tuple[str, ...] = ("coverage", "quantity_differs", "date_differs", "negation_differs")
"""What is seen of a pair in which something differs; estimates P(refuted). Names that differ are too few in what it was fitted
to for a coefficient of their own: they take the common bias."""


def support_features(comparison: Comparison) -> list[float]:
    """Gives the features of a pair in which nothing differs, in the order of `SUPPORT_FEATURES`; each lies in [0, 3]."""
    coverage = comparison.alignment.coverage
    return [
        coverage,
        coverage**2,
        float(coverage >= 0.9),
        float(min(comparison.missing_names, 3)),
        float(min(sum(reason.agrees for reason in comparison.reasons), 3)),
        float(len(comparison.alignment.content) <= 4),
    ]


def refute_features(comparison: Comparison) -> list[float]:
    """Gives the features of a pair in which something differs, in the order of `REFUTE_FEATURES`; each lies in [0, 1]."""
    return [
        comparison.alignment.coverage,
        *(float(comparison.differs(check)) for check in ("quantity", "date", "negation")),
    ]


def refutation(comparison: Comparison) -> float:
    """Gives the fitted probability, in [0, 1], that a pair in which something differs is refuted."""
    return _probability(_model()["refute"], refute_features(comparison))


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
        return str(_model()["name"])

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges each pair by itself; see `Verifier`."""
        return [self._judge(pair) for pair in pairs]

    def _judge(self, pair: Pair) -> Probabilities:
        claim = read_text(pair.hypothesis, pair.hypothesis_language, anchor=self._published)
        comparison = compare(claim, read_text(pair.premise, pair.premise_language))
        if comparison.differs():
            return Probabilities.of(supported=0.0, refuted=refutation(comparison))
        if comparison.missing_figures or comparison.other_time or comparison.negated:
            # Words alone say neither yes nor no where a figure is missing or only one of the two denies something.
            return Probabilities.of(supported=0.0, refuted=0.0)
        return Probabilities.of(supported=_probability(_model()["support"], support_features(comparison)), refuted=0.0)


def for_day(verifier: Verifier, published: date | None) -> Verifier:
    """Gives the verifier for claims of this day: the lexical one has to be told it; one made from it is its maker's business."""
    return LexicalVerifier(published=published) if type(verifier) is LexicalVerifier else verifier


def _probability(model: Mapping[str, Any], row: Sequence[float]) -> float:
    logit = model["bias"] + sum(weight * value for weight, value in zip(model["coefficients"], row, strict=True))
    return 1.0 / (1.0 + math.exp(-logit))


@cache
def _model() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(
        files("bukti.eval").joinpath("data/lexical_verifier.json").read_text(encoding="utf-8")
    )
    fitted = (tuple(stored["support"]["features"]), tuple(stored["refute"]["features"]))
    if fitted != (SUPPORT_FEATURES, REFUTE_FEATURES):
        msg = "lexical_verifier.json was fitted to other features; run training/lexical_verifier.py"
        raise ValueError(msg)
    return stored
