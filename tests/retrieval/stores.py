"""Stores that the tests keep indexes in; `--index tests...:open_memory` names one as a user would."""

from __future__ import annotations

from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

KEPT: dict[str, dict[str, Any]] = {}
"""What each store in memory holds, from one opening to the next."""


def open_memory(embedding: Embeddings, collection: str = "news") -> InMemoryVectorStore:
    store = InMemoryVectorStore(embedding)
    store.store = KEPT.setdefault(collection, {})
    return store


def open_nothing(embedding: Embeddings) -> str:
    return "no store"


def open_without_embedder(connection: str) -> str:
    return connection


class WithoutIds(InMemoryVectorStore):
    """A store that gives nothing by its id, as some of LangChain's."""

    def get_by_ids(self, ids: Any, /) -> Any:
        raise NotImplementedError("WithoutIds does not yet support get_by_ids.")
