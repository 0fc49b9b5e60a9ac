"""The retriever seam, and the one that fuses dense and lexical rankings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bukti.retrieval.index import Index
from bukti.retrieval.sources import Passage

__all__ = ["Evidence", "HybridRetriever", "Query", "Retriever", "fuse_rankings"]

RRF_K = 60
"""Rank constant of reciprocal-rank fusion. Source: Cormack, Clarke and Buettcher, SIGIR 2009."""

CANDIDATES = 50
"""How deep each ranking is read before fusion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What evidence is looked for."""

    text: str
    """The claim."""

    language: str
    """ISO 639-1 code."""

    context: str = ""
    """Words around the claim that help to find evidence: who said it, the headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that was retrieved for one query."""

    passage: Passage
    """The passage."""

    score: float
    """Fused score: the sum over rankings of 1 / (60 + rank), higher is better. Comparable within one query only."""


@runtime_checkable
class Retriever(Protocol):
    """Finds evidence."""

    @property
    def name(self) -> str:
        """A name with a version, for the report's fingerprint."""
        ...

    def retrieve(self, queries: Sequence[Query], *, k: int, exclude: Collection[str] = ()) -> list[list[Evidence]]:
        """Finds evidence for each query.

        Args:
            queries: Any number of queries.
            k: How many passages at most for each.
            exclude: Ids of sources whose passages are no evidence.

        Returns:
            For each query at most `k` different passages, best first.
        """
        ...


def fuse_rankings(rankings: Sequence[Sequence[str]], *, k: int = RRF_K) -> list[tuple[str, float]]:
    """Gives reciprocal-rank fusion of rankings of ids.

    Args:
        rankings: Any number of rankings, best first, without repeats within one.
        k: Rank constant.

    Returns:
        (id, score) by falling score; ties by id.

    Source: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods", SIGIR 2009.

    >>> [name for name, _ in fuse_rankings([["a", "b"], ["b", "c"]])]
    ['b', 'a', 'c']
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1.0 / (k + rank)
    return sorted(scores.items(), key=lambda item: (-round(item[1], 12), item[0]))


class HybridRetriever:
    """Fuses the index's dense and lexical rankings, each asked for the claim alone and for the claim in its context.

    Args:
        index: The index to search.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def name(self) -> str:
        """Name and version."""
        return "hybrid-rrf/1"

    def retrieve(self, queries: Sequence[Query], *, k: int, exclude: Collection[str] = ()) -> list[list[Evidence]]:
        """Finds evidence for each query; see `Retriever`."""
        asked: list[tuple[str, str]] = []
        owners: list[int] = []
        for number, query in enumerate(queries):
            texts = [query.text] + ([f"{query.text} {query.context}"] if query.context else [])
            asked.extend((text, query.language) for text in texts)
            owners.extend([number] * len(texts))
        rankings: list[list[list[str]]] = [[] for _ in queries]
        for ranked in (
            self._index.rank_dense(asked, k=CANDIDATES, exclude=exclude),
            self._index.rank_lexical(asked, k=CANDIDATES, exclude=exclude),
        ):
            for owner, ranking in zip(owners, ranked, strict=True):
                rankings[owner].append(ranking)
        return [
            [Evidence(passage=self._index.passage(name), score=score) for name, score in fuse_rankings(ranking)[:k]]
            for ranking in rankings
        ]
