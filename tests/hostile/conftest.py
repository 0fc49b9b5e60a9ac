from __future__ import annotations

import pytest

from tests.hostile.corpus import bad_bytes


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """The bad files by name: they take some seconds to make."""
    return bad_bytes()
