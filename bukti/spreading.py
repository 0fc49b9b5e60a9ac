"""Articles verified by the workers of a cluster."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from bukti.api import Bench, Progress, open_bench
from bukti.claims.article import Article
from bukti.claims.errors import (
    BuktiError,
    ConfigError,
    IndexUnusableError,
    ModelError,
    OutputError,
    StageError,
    UsageError,
    cause_of,
)
from bukti.claims.files import location_of
from bukti.cluster import Fatal, index_for_workers, spread
from bukti.config import Config
from bukti.eval.report import Failure, Report
from bukti.retrieval.stores import is_store

__all__ = ["FATAL", "failure_of", "judge_article", "spread_articles"]

_LOG = logging.getLogger(__name__)

FATAL = (ConfigError, IndexUnusableError, ModelError, OutputError, UsageError)
"""What would befall every other article too: the run stops, and goes on once it is mended."""

Item = TypeVar("Item")

_held: dict[str, Bench] = {}
"""What a worker has opened, by what it was told to open; the latest only."""


def judge_article(bench: Bench, article: Article, progress: Progress | None = None) -> Report | Failure:
    """Verifies one article; what breaks on it alone is its failure, and is not raised.

    Raises:
        BuktiError: What would befall every other article too (`FATAL`).
    """
    try:
        return bench.verify(article, progress=progress)
    except FATAL:
        raise
    except Exception as exc:  # noqa: BLE001 (one article's border: what breaks on one must not take the rest with it)
        return failure_of(exc, "verify")


def failure_of(exc: Exception, stage: str) -> Failure:
    """Gives what is reported of an exception that befell one article at this stage."""
    if isinstance(exc, BuktiError):
        return Failure(stage=exc.stage if isinstance(exc, StageError) else stage, cause=cause_of(exc, 500))
    _LOG.debug("an article failed", exc_info=True)
    return Failure(stage=stage, cause=f"{type(exc).__name__}: {cause_of(exc, 500)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What a worker opens to verify articles."""

    index: str
    config: Config
    as_of: date | None
    given: frozenset[str] | None
    skipped: tuple[tuple[str, str], ...]
    fingerprint: Mapping[str, Any]

    def open(self) -> Bench:
        """Opens it, once in a process.

        Raises:
            IndexUnusableError: The index is not there.
            ConfigError: This worker would answer otherwise than the one that asks.
        """
        key = repr(self)
        if key not in _held:
            try:
                bench = open_bench(index=self.index, as_of=self.as_of, config=self.config)
            except IndexUnusableError as exc:
                raise index_for_workers(exc) from exc
            own = bench.fingerprint()
            differing = sorted(
                name for name in {*own, *self.fingerprint} if own.get(name) != self.fingerprint.get(name)
            )
            if differing:
                message = f"a worker would answer otherwise: its {', '.join(differing)} differ; give all nodes one bukti, one Python and one index"
                raise ConfigError(message)
            _held.clear()
            _held[key] = replace(bench, given=self.given, skipped=self.skipped)
        return _held[key]


def _verify(desk: _Desk, article: Article) -> Report | Failure | Fatal:
    """Verifies an article on a worker."""
    try:
        return judge_article(desk.open(), article)
    except FATAL as exc:
        return Fatal(exc)
    except Exception as exc:  # noqa: BLE001 (a worker's border: exceptions do not travel whole)
        return failure_of(exc, "index")


def spread_articles(
    items: Iterable[Item], bench: Bench, config: Config, *, article: Callable[[Item], Article | None]
) -> Iterator[tuple[Item, Report | Failure | None]]:
    """Has a cluster verify articles.

    Args:
        items: What the articles are of.
        bench: What they are verified with; each worker opens its like.
        config: Settings.
        article: Gives an item's article; None where there is none to verify.

    Yields:
        Each item, in order, with its report, what failed, or None.

    Raises:
        BuktiError: There is no cluster, or a worker cannot open the index or would answer otherwise.
    """
    where = bench.index.where
    desk = _Desk(
        index=where if is_store(where) else location_of(where),
        config=config,
        as_of=bench.as_of,
        given=bench.given,
        skipped=bench.skipped,
        fingerprint=json.loads(json.dumps(bench.fingerprint())),
    )
    for item, answer in spread(_verify, desk, items, task=article):
        yield item, failure_of(answer, "ray") if isinstance(answer, StageError) else answer
