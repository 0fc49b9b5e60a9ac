"""Every example in a docstring is true."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import bukti
import bukti.claims
import bukti.eval
import bukti.retrieval

MODULES = sorted(
    module.name
    for package in (bukti, bukti.claims, bukti.retrieval, bukti.eval)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    if not module.ispkg and not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
