"""An embedder as LangChain's stores know it: apart, since LangChain takes longer to load than a small index to search."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from bukti.retrieval.embedder import Embedder

__all__ = ["LangChainEmbeddings", "StoreEmbeddings"]


class LangChainEmbeddings(Embeddings):
    """Shows an embedder to LangChain.

    Args:
        embedder: The embedder.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embeds passages."""
        once = list(dict.fromkeys(texts))  # boilerplate stands in many sources
        rows = {
            text: [float(value) for value in row] for text, row in zip(once, self._embedder.embed(once), strict=True)
        }
        return [rows[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Embeds one query."""
        return self.embed_documents([text])[0]


class StoreEmbeddings(LangChainEmbeddings):
    """Embeds passages, and gives the records of a store's manifest a vector that means nothing."""

    blank = False
    """Whether what comes now is no passage."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embeds passages; see `LangChainEmbeddings.embed_documents`."""
        if not self.blank:
            return super().embed_documents(texts)
        size = int(self._embedder.embed(["bukti"]).shape[1])
        return [[1.0, *[0.0] * (size - 1)] for _ in texts]
