"""Says how long each stage of the work took, to the report, to the log, and to OpenTelemetry where that is installed.

A span is opened through OpenTelemetry's API alone: without a provider, which whoever calls bukti sets up, it goes nowhere. Spans carry counts and
names, never a word of an article or a source.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any

__all__ = ["Stages", "span"]

_LOG = logging.getLogger(__name__)


@cache
def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer("bukti")


@contextmanager
def span(name: str, **attributes: str | float) -> Iterator[None]:
    """Opens an OpenTelemetry span where its API is installed; an exception that leaves it is recorded there.

    Args:
        name: What is done; ``bukti.`` is put before it.
        attributes: Counts and names; ``bukti.`` is put before them too.
    """
    tracer = _tracer()
    if tracer is None:
        yield
        return
    told = {f"bukti.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(f"bukti.{name}", attributes=told):
        yield


class Stages:
    """The seconds of each stage, from when it is made."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, **attributes: str | float) -> Iterator[None]:
        """Times a stage and opens its span; one that is entered again is added up. Stages do not lie within each other."""
        started = perf_counter()
        try:
            with span(name, **attributes):
                yield
        finally:
            took = perf_counter() - started
            self._spent[name] = self._spent.get(name, 0.0) + took
            _LOG.debug("%s took %.3f s %s", name, took, attributes or "")

    def timing(self) -> dict[str, float]:
        """Gives the seconds of each stage, of ``other``, and the ``total``, which is their sum to the last digit; in whole milliseconds."""
        spent = {name: int(seconds * 1000) for name, seconds in self._spent.items()}
        total = max(int((perf_counter() - self._began) * 1000), sum(spent.values()))
        spent |= {"other": total - sum(spent.values()), "total": total}
        return {name: milliseconds / 1000 for name, milliseconds in spent.items()}
