"""Fixtures that all tests share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

# The same examples every time, and no clock: a slow machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent


class HashEmbedder:
    """An embedder without a model: each word adds a direction of its own. Counts what it embeds."""

    name = "words-by-hash"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1.0
            row[0] += 1e-3
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def example() -> Path:
    return ROOT / "examples" / "telegram"


@pytest.fixture(scope="session")
def seed_article() -> Path:
    path = ROOT.parent / "shared" / "seed" / "article.txt"
    if not path.exists():
        pytest.skip("the seed article is not here")
    return path
