"""The reranker seam, and the one that looks at the sentences of each candidate.

A passage of several sentences is as near to a claim as its nearest sentence; its own vector is a mean of them all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bukti.claims.segments import sentence_spans
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.sources import Passage
from bukti.retrieval.terms import index_terms, term_groups

__all__ = ["Reranker", "SentenceReranker"]

COVERAGE_WEIGHT = 0.7
"""What the share of the claim's words counts beside the cosine. Chosen on SciFact's and WiCE's claims: see docs/design/retrieval.md."""


@runtime_checkable
class Reranker(Protocol):
    """Scores retrieved passages against the query they were retrieved for."""

    @property
    def name(self) -> str:
        """A name with a version, for the report's fingerprint."""
        ...

    def rerank(self, queries: Sequence[tuple[str, str]], candidates: Sequence[Sequence[Passage]]) -> list[list[float]]:
        """Scores candidates.

        Args:
            queries: (text, language) each.
            candidates: For each query its passages.

        Returns:
            For each query a score for each of its passages, higher is nearer. Comparable within one query only.
        """
        ...


class SentenceReranker:
    """Scores a passage by its best sentence: cosine with the claim, and the share of the claim's words, rare ones counting more.

    Args:
        embedder: What sentences and claims are embedded with.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """Name and version."""
        return "sentences/1"

    def rerank(self, queries: Sequence[tuple[str, str]], candidates: Sequence[Sequence[Passage]]) -> list[list[float]]:
        """Scores candidates; see `Reranker`."""
        sentences = {
            passage.id: [span.of(passage.text) for span in sentence_spans(passage.text, passage.language)]
            for each in candidates
            for passage in each
        }
        self._embed([sentence for each in sentences.values() for sentence in each] + [text for text, _ in queries])
        terms = {
            passage.id: [frozenset(index_terms(sentence, passage.language)) for sentence in sentences[passage.id]]
            for each in candidates
            for passage in each
        }
        scores = []
        for (text, language), passages in zip(queries, candidates, strict=True):
            groups = term_groups(text, language)
            # How rare a word is among this claim's candidates: a word that all of them hold tells none of them apart.
            seen = Counter(term for passage in passages for term in frozenset().union(*terms[passage.id]))
            weights = [
                math.log(1 + len(passages) / (1 + max((seen[term] for term in group), default=0))) for group in groups
            ]
            whole = sum(weights) or 1.0
            own = self._vectors[text]
            row = []
            for passage in passages:
                best = -1.0
                for sentence, held in zip(sentences[passage.id], terms[passage.id], strict=True):
                    covered = sum(
                        weight for group, weight in zip(groups, weights, strict=True) if not group.isdisjoint(held)
                    )
                    cosine = round(float(own @ self._vectors[sentence]), 5)
                    best = max(best, cosine + COVERAGE_WEIGHT * covered / whole)
                row.append(best)
            scores.append(row)
        # Sources' sentences are met again, claims are not: what is kept does not grow with the articles.
        for text, _ in queries:
            self._vectors.pop(text, None)
        return scores

    def _embed(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.embed(new), strict=True))
