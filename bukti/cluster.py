"""Spreads work over a Ray cluster. Workers only answer: what is read, kept and written stays with the process that asks.

A worker that dies is replaced and its task done again, which changes nothing: the same input gives the same answer, and an answer counts once, where
it arrives.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bukti.claims import errors
from bukti.claims.errors import BuktiError, IndexUnusableError, StageError, UsageError, cause_of

__all__ = ["Fatal", "spread"]

_LOG = logging.getLogger(__name__)

RETRIES = 3
"""How often a task is done again whose worker died: one that no worker survives must come to an end."""

AHEAD = 2
"""How many tasks are under way for each processor of the cluster; the rest waits here, unread."""

KNOCK_S = 20.0
"""How long a cluster may take to be reached."""

Item = TypeVar("Item")


class Fatal:
    """What a worker says would befall every other task too; exceptions of one's own do not travel whole.

    Args:
        exc: What was raised.
    """

    def __init__(self, exc: BuktiError) -> None:
        self.kind = type(exc).__name__
        self.message = f"{exc} (on worker {socket.gethostname()})"
        self.path = getattr(exc, "path", "")

    def again(self) -> BuktiError:
        """Gives the error to raise where the work was asked for."""
        kind: Any = getattr(errors, self.kind, UsageError)
        try:
            made = kind(self.message, path=self.path) if self.path else kind(self.message)
        except TypeError:  # one that carries more
            made = UsageError(self.message)
        return made if isinstance(made, BuktiError) else UsageError(self.message)


def spread(
    answer: Callable[[Any, Any], Any],
    common: Any,
    items: Iterable[Item],
    *,
    task: Callable[[Item], Any] = lambda item: item,
) -> Iterator[tuple[Item, Any]]:
    """Has a cluster answer tasks, and gives the answers in the order of the items.

    Args:
        answer: A function of a module, called on a worker with `common` and a task. It should raise nothing.
        common: What all tasks share; sent once to each machine.
        items: What is to be done; read no further ahead than the cluster can work.
        task: Gives an item's task; None where there is nothing to ask.

    Yields:
        Each item with its answer; None where nothing was asked; a `StageError` where its task could not be done.

    Raises:
        UsageError: Ray is not installed.
        StageError: There is no cluster.
        BuktiError: A worker gave a `Fatal`.
    """
    with _cluster() as ray:
        shared = ray.put(common)
        remote = ray.remote(num_cpus=1, max_retries=RETRIES)(answer)
        processors = int(ray.cluster_resources().get("CPU", 0))
        if processors < 1:
            raise StageError(
                "the Ray cluster has no processor to give; add a node: ray start --address ...", stage="ray"
            )
        waiting: deque[tuple[Item, Any]] = deque()

        def take() -> tuple[Item, Any]:
            item, asked = waiting.popleft()
            if asked is None:
                return item, None
            try:
                given = ray.get(asked)
            except ray.exceptions.RayError as exc:
                _LOG.debug("a task was lost", exc_info=True)
                given = StageError(f"no worker of the Ray cluster could do it ({cause_of(exc, 160)})", stage="ray")
            if isinstance(given, Fatal):
                raise given.again()
            return item, given

        try:
            for item in items:
                wanted = task(item)
                waiting.append((item, None if wanted is None else remote.remote(shared, wanted)))
                if len(waiting) > AHEAD * processors:
                    yield take()
            while waiting:
                yield take()
        finally:
            for _, asked in waiting:
                if asked is not None:
                    ray.cancel(asked)


@contextmanager
def _cluster() -> Iterator[Any]:
    """Gives Ray, joined to the cluster that ``RAY_ADDRESS`` names, or else to the one that this machine is a node of."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as exc:
        raise UsageError("--engine ray needs Ray, which is not installed; install bukti[ray]") from exc
    if ray.is_initialized():  # whoever calls bukti as a library has joined one
        yield ray
        return
    address = os.environ.get("RAY_ADDRESS") or "auto"
    try:
        _knock(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as exc:
        message = f"no Ray cluster at {address} ({cause_of(exc, 120)}); start one: ray start --head, or set RAY_ADDRESS"
        raise StageError(message, stage="ray") from exc
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Sees whether anybody is there at all: Ray itself tries for minutes.

    Raises:
        OSError: Nobody is.
    """
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), timeout=KNOCK_S).close()


def index_for_workers(exc: IndexUnusableError) -> IndexUnusableError:
    """Adds to an error about an index what a worker's user has to know."""
    return IndexUnusableError(f"{exc}; workers need it on a file system that they share, or in a store", path=exc.path)
