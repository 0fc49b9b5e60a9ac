"""An embedder as LangChain's stores know it: apart, since LangChain takes longer to load than a small index to search."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from bukti.retrieval.embedder import Embedder

__all__ = ["LangChainEmbeddings"]


class LangChainEmbeddings(Embeddings):
    """Shows an embedder to LangChain.

    Args:
        embedder: The embedder.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embeds passages."""
        return [[float(value) for value in row] for row in self._embedder.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Embeds one query."""
        return self.embed_documents([text])[0]
