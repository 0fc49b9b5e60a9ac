"""The retriever seam, and the one that fuses dense and lexical rankings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bukti.retrieval.duplicates import first_of_each
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.index import Index
from bukti.retrieval.reranker import Reranker, SentenceReranker
from bukti.retrieval.sources import Passage
from bukti.retrieval.terms import beginnings

__all__ = ["Evidence", "HybridRetriever", "Query", "Retriever", "fuse_rankings", "reranking_retriever"]

DEPTH = 30
"""How many passages are reranked."""

RRF_K = 60
"""Rank constant of reciprocal-rank fusion. Source: Cormack, Clarke and Buettcher, SIGIR 2009."""

CANDIDATES = 50
"""How deep each ranking is read before fusion."""

KNOWN_SOURCES = 2_000
"""Of how many sources a retriever keeps the words at hand."""


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
    """Sum over rankings of 1 / (60 + rank), higher is better. Comparable within one query only."""

    words: frozenset[str] | None = None
    """What all words of its source begin with (see `bukti.retrieval.terms.beginnings`); None where the retriever does not know the rest of it."""


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

    Of passages that are copies of each other the first alone is evidence, so that a report which five papers printed takes one place.

    Args:
        index: The index to search.
        reranker: Scores the best `depth` passages anew; None leaves them as they are.
        depth: How many passages are reranked.
    """

    def __init__(self, index: Index, *, reranker: Reranker | None = None, depth: int = DEPTH) -> None:
        self._index = index
        self._reranker = reranker
        self._depth = depth
        self._words: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """Name and version, the reranker's too."""
        searched = f"@{self._index.search}" if self._index.search else ""
        return "hybrid-rrf/2" + searched + (f"+{self._reranker.name}@{self._depth}" if self._reranker else "")

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
        depth = max(k, self._depth)
        fused = [
            [(self._index.passage(name), score) for name, score in fuse_rankings(ranking)[:depth]]
            for ranking in rankings
        ]
        if self._reranker is not None:
            several = [number for number, row in enumerate(fused) if len(row) > 1]  # one has no order
            scores = self._reranker.rerank(
                [(queries[number].text, queries[number].language) for number in several],
                [[passage for passage, _ in fused[number]] for number in several],
            )
            told = dict(zip(several, scores, strict=True))
            fused = [_both_orders(row, told.get(number, [0.0] * len(row))) for number, row in enumerate(fused)]
        return [
            [
                Evidence(passage=passage, score=score, words=self._words_of(passage.source_id))
                for passage, score in _without_copies(row)[:k]
            ]
            for row in fused
        ]

    def _words_of(self, source_id: str) -> frozenset[str]:
        if source_id not in self._words:
            if len(self._words) >= KNOWN_SOURCES:
                self._words.clear()
            passages = self._index.passages_of(source_id)
            self._words[source_id] = frozenset().union(*(beginnings(passage.text) for passage in passages))
        return self._words[source_id]


def reranking_retriever(index: Index, embedder: Embedder) -> HybridRetriever:
    """Gives what finds evidence unless something else is asked for: both rankings, reranked by sentences.

    Args:
        index: The index to search.
        embedder: What sentences and claims are embedded with; what it gave is kept, so one retriever for all claims is best.
    """
    return HybridRetriever(index, reranker=SentenceReranker(embedder))


def _both_orders(row: Sequence[tuple[Passage, float]], scores: Sequence[float]) -> list[tuple[Passage, float]]:
    """Fuses the order before reranking with that of the reranker, which counts twice."""
    anew = [row[at][0].id for at in sorted(range(len(row)), key=lambda at: (-round(scores[at], 5), row[at][0].id))]
    passages = {passage.id: passage for passage, _ in row}
    return [(passages[name], score) for name, score in fuse_rankings([[p.id for p, _ in row], anew, anew])]


def _without_copies(row: Sequence[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
    firsts = first_of_each([passage.text for passage, _ in row])
    return [item for at, item in enumerate(row) if firsts[at] == at]
