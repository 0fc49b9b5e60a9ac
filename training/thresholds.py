"""Chooses where the verifier's probabilities become stances: end to end, on written passages that were held out.

A claim is held against some fifty windows, so that a threshold chosen on single pairs is met too often. Here each claim is judged as
`bukti verify` judges it, with all held-out passages as its sources.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from bukti.claims.article import Span
from bukti.claims.claim import Claim
from bukti.eval import judging
from bukti.eval.alignment import Text, read_text
from bukti.eval.comparison import Comparison, compare
from bukti.eval.pipeline import assess_claims
from bukti.eval.verdict import Thresholds, log_probabilities
from bukti.eval.verifier import Pair, Probabilities, Verifier
from bukti.retrieval.embedder import load_embedder
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import Evidence, HybridRetriever, Query, reranking_retriever

FALSE_SUPPORT = 0.09
"""Share of the held-out claims without support that may be supported: all of them were written to be taken for true, those of `p?` and `q?`,
half of the false ones a reporter's slip in free wording, more than any before."""

FALSE_REFUTATION = 0.175
"""Share of the held-out true claims that may be refuted. Of what an ordinary article says most is true: this is the error that an editor meets most."""

GRID = (0.5, 0.55, 0.6, 0.65, 0.7)
VERDICTS = {"S": "supported", "R": "refuted", "N": "not_enough_evidence"}


class Remembering:
    """A verifier that answers a pair it was asked before from memory."""

    def __init__(self, inner: Verifier, *, whole: bool = False) -> None:
        self._inner = inner
        self._known: dict[Pair, Probabilities] = {}
        self.reads_passages = whole or bool(getattr(inner, "reads_passages", False))

    @property
    def name(self) -> str:
        """The verifier's own."""
        return self._inner.name

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges pairs; see `Verifier`."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        self._known.update(zip(new, self._inner.verify(new), strict=True))
        return [self._known[pair] for pair in pairs]


class Retrieved:
    """A retriever that finds for a query what it found for it before."""

    def __init__(self, inner: HybridRetriever) -> None:
        self._inner = inner
        self._known: dict[Any, list[list[Evidence]]] = {}

    @property
    def name(self) -> str:
        """The retriever's own."""
        return self._inner.name

    def retrieve(self, queries: Sequence[Query], *, k: int, exclude: Any = ()) -> list[list[Evidence]]:
        """Finds evidence; see `Retriever`."""
        key = (tuple(queries), k, tuple(sorted(exclude)))
        if key not in self._known:
            self._known[key] = self._inner.retrieve(queries, k=k, exclude=exclude)
        return self._known[key]


def remembered(compare: Callable[[Text, Text], Comparison]) -> Callable[[Text, Text], Comparison]:
    """Gives a comparison that remembers."""
    known: dict[Any, Comparison] = {}

    def compared(claim: Text, evidence: Text) -> Comparison:
        key = (claim.text, claim.day, evidence.text, evidence.day, evidence.context)
        if key not in known:
            known[key] = compare(claim, evidence)
        return known[key]

    return compared


def claim_of(text: str, language: str) -> Claim:
    """Gives a claim of which nothing but the text is known."""
    whole = Span(0, len(text))
    return Claim(text=text, span=whole, sentence_span=whole, language=language, check_worthy=1.0)


def write_sources(rows: Sequence[dict[str, Any]], folder: Path) -> None:
    """Writes passages as sources with a title and a day."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        head = yaml.safe_dump({"title": row["title"], "date": row["date"]}, allow_unicode=True)
        (folder / f"{row['id']}.md").write_text(f"---\n{head}---\n{' '.join(row['sentences'])}\n", encoding="utf-8")


def choose(rows: Sequence[dict[str, Any]], verifier: Verifier, *, k: int = 8) -> tuple[Thresholds, dict[str, float]]:
    """Gives the thresholds with the best macro-F1 among those that keep false support and false refutation within bounds, and the calibration there.

    Args:
        rows: Held-out passages with their claims.
        verifier: What is asked.
        k: Passages judged for each claim.

    Returns:
        The thresholds, and what they give on these claims.
    """
    claims = [claim_of(claim["text"], claim["language"]) for row in rows for claim in row["claims"]]
    gold = [VERDICTS[claim["label"]] for row in rows for claim in row["claims"]]
    known = Remembering(verifier)
    # No threshold changes what a text holds or what two have in common.
    read, compared = cache(read_text), remembered(compare)
    best: tuple[tuple[bool, float], Thresholds, dict[str, float]] | None = None
    merged: list[Probabilities] = []
    with tempfile.TemporaryDirectory() as folder:
        write_sources(rows, Path(folder) / "sources")
        embedder = load_embedder("embedded")
        index = Index(Path(folder) / "index", embedder=embedder, create=True)
        index.add([Path(folder) / "sources"], max_bytes=10**6)
        retriever = Retrieved(reranking_retriever(index, embedder))
        for support in GRID:
            for alone in GRID:
                thresholds = Thresholds(support=support, refute_alone=alone)
                with patch.multiple(judging, compare=compared, read_text=read):
                    answers = assess_claims(
                        claims, retriever=retriever, verifier=known, thresholds=thresholds, sources=index.sources, k=k
                    )
                given = [str(item.verdict) for item in answers]
                wrong = [one == "supported" for one, right in zip(given, gold, strict=True) if right != "supported"]
                lost = [one == "refuted" for one, right in zip(given, gold, strict=True) if right == "supported"]
                figures = {
                    "claims": len(gold),
                    "macro_f1": float(
                        f1_score(gold, given, average="macro", labels=sorted(set(gold)), zero_division=0)
                    ),
                    "false_support": float(np.mean(wrong)),
                    "false_refutation": float(np.mean(lost)),
                }
                within = figures["false_support"] <= FALSE_SUPPORT and figures["false_refutation"] <= FALSE_REFUTATION
                key = (within, figures["macro_f1"])
                if best is None or key > best[0]:
                    best, merged = (key, thresholds, figures), [item.probabilities for item in answers]
    assert best is not None
    return replace(best[1], calibration=calibration_of(merged, gold)), best[2]


def calibration_of(merged: Sequence[Probabilities], gold: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """Gives the weights of `bukti.eval.verdict.recalibrated` that make these probabilities of whole claims likeliest.

    Args:
        merged: Of each claim, uncalibrated.
        gold: Its verdict.
    """
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit([log_probabilities(each) for each in merged], gold)
    rows = {
        name: (*weights, constant)
        for name, weights, constant in zip(
            fitted.classes_, fitted.coef_.tolist(), fitted.intercept_.tolist(), strict=True
        )
    }
    return tuple(tuple(round(value, 4) for value in rows[name]) for name in VERDICTS.values())
