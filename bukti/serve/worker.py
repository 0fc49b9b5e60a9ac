"""Runs the desk's jobs, one at a time, in a thread of its own."""

from __future__ import annotations

import logging
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bukti.claims.article import Document
from bukti.claims.documents import find_documents, read_document
from bukti.claims.errors import BuktiError, IndexUnusableError, StageError, UsageError, cause_of
from bukti.claims.files import location_of
from bukti.claims.pages import is_address
from bukti.config import Config
from bukti.eval.output import render_json
from bukti.eval.report import Report
from bukti.retrieval.sources import source_id
from bukti.serve.store import NewJob, Store

if TYPE_CHECKING:
    from bukti.retrieval.index import Index

__all__ = ["Ground", "Progress", "Worker", "grounds_of"]

_LOG = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""How long the end waits for a running job to notice it."""

RETRY_S = 5.0
"""How long the queue rests where its state cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an article can be checked against: named when the desk was started, never by a browser."""

    key: str
    """What a form calls it, and what it is called from one start to the next."""

    kind: Literal["index", "sources"]
    """Whether it is an index, or files to be indexed."""

    name: str
    """The path as it was given."""

    path: Path | str
    """The same, absolute; a store's name as it is."""


def grounds_of(indexes: Sequence[Path | str], sources: Sequence[Path]) -> dict[str, Ground]:
    """Gives what can be chosen, by key.

    Raises:
        UsageError: Nothing is given.
        IndexUnusableError: An index is missing or damaged.
        InputError: A path of sources holds nothing that can be read.
    """
    from bukti.retrieval.index import sources_in
    from bukti.retrieval.stores import is_store

    found: dict[str, Ground] = {}
    for given in indexes:
        if is_store(given):  # opened with the first article: it may be down now and up then
            found[f"index:{given}"] = Ground(key=f"index:{given}", kind="index", name=str(given), path=given)
            continue
        path = Path(given)
        sources_in(path)
        place = location_of(path)
        found[f"index:{place}"] = Ground(key=f"index:{place}", kind="index", name=str(path), path=Path(place))
    for path in sources:
        find_documents([path])
        place = location_of(path)
        found[f"sources:{place}"] = Ground(key=f"sources:{place}", kind="sources", name=str(path), path=Path(place))
    if not found:
        raise UsageError("nothing to verify against; give --sources PATH or --index DIR")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running job is."""

    step: str
    """What is being done."""

    done: int
    """How much of it is done."""

    of: int
    """How much there is."""


_Tell = Callable[[str, int, int], None]
"""Told of (step, done, of)."""


class _StoppedError(Exception):
    """The desk is being closed, or nobody wants the job any more."""


class Worker:
    """Takes jobs from the store's queue.

    Args:
        store: The store.
        grounds: What jobs may be checked against.
        config: Settings; the cache they name is where indexes of sources are kept.
    """

    def __init__(self, store: Store, grounds: Mapping[str, Ground], config: Config) -> None:
        self._store = store
        self._grounds = grounds
        self._config = config
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._progress: tuple[str, Progress] | None = None
        self._thread = threading.Thread(target=self._run, name="bukti-serve", daemon=True)

    def start(self) -> None:
        """Begins, with what an earlier process left unfinished first."""
        self._store.requeue()
        self._thread.start()

    def wake(self) -> None:
        """Says that there is a new job."""
        self._wake.set()

    def stop(self) -> None:
        """Ends after the step that is being done. A running job goes back into the queue."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def progress(self, job: str) -> Progress | None:
        """Gives how far a job is; None where it is not running."""
        held = self._progress
        return held[1] if held and held[0] == job else None

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                taken = self._store.next_job()
                if taken:
                    self._do(*taken)
            except sqlite3.Error:  # such as a full disk: what was running is begun again at the next start
                if self._stop.is_set():
                    return
                _LOG.exception("the desk's state cannot be written; the queue goes on in %g seconds", RETRY_S)
                self._stop.wait(RETRY_S)
                continue
            if taken is None:
                self._wake.wait()
        # What is left unfinished when the process ends is put back at the next start.

    def _do(self, job: str, new: NewJob) -> None:
        step = "read"

        def tell(name: str, done: int, of: int) -> None:
            nonlocal step
            step = name
            self._progress = job, Progress(step=name, done=done, of=of)
            if self._stop.is_set() or not self._store.is_running(job):
                raise _StoppedError

        try:
            tell("read", 0, 1)
            report, texts = self._verified(new, tell)
            tell("verify", 1, 1)
            self._store.end_job(job, report, render_json(report), texts)
        except _StoppedError:
            self._store.put_back(job)  # unless it was cancelled
        except Exception as exc:  # noqa: BLE001 (one job's border: whatever fails must be told, and the next job begun)
            _LOG.debug("a job failed", exc_info=True)
            stage = (
                exc.stage if isinstance(exc, StageError) else "index" if isinstance(exc, IndexUnusableError) else step
            )
            cause = str(exc) if isinstance(exc, BuktiError) else cause_of(exc)
            self._store.fail_job(job, stage, cause)
        finally:
            self._progress = None

    def _verified(self, new: NewJob, tell: _Tell) -> tuple[Report, dict[str, str]]:
        from bukti.api import verify

        ground = self._grounds.get(new.ground)
        if ground is None:
            raise UsageError(f"{new.ground.partition(':')[2]}: was not named when the desk was started; name it again")
        document = self._read(new)
        if ground.kind == "sources":
            # What cannot be found again is told before anything is done; what is in the folder may have changed.
            find_documents([ground.name])
        report = verify(
            document,
            # As it was given: reports then name their sources as its user does.
            sources=[ground.name] if ground.kind == "sources" else (),
            index=ground.path if ground.kind == "index" else None,
            as_of=new.as_of,
            published=new.published,
            language=new.language,
            config=self._config,
            progress=tell,
        )
        return report, _texts_of(report, self._opened(ground), max_bytes=self._config.max_bytes)

    def _read(self, new: NewJob) -> Document:
        """Reads the article from a file without a name of its own that is gone at once."""
        with tempfile.TemporaryDirectory(prefix="article-", dir=self._store.folder) as folder:
            file = Path(folder) / f"article{new.ending}"
            file.write_bytes(new.article)
            try:
                return replace(read_document(file, max_bytes=self._config.max_bytes), path=new.name)
            except BuktiError as exc:
                raise StageError(str(exc).replace(str(file), new.name), stage="read") from exc

    def _opened(self, ground: Ground) -> Index | None:
        """Gives an index that an article was checked against; None for sources, which are read where they lie."""
        if ground.kind != "index":
            return None
        from bukti.retrieval.embedder import load_embedder
        from bukti.retrieval.stores import open_index

        embedder = load_embedder(self._config.embedder)
        return open_index(ground.path, embedder=embedder, options=self._config.store_options)


def _texts_of(report: Report, index: Index | None, *, max_bytes: int) -> dict[str, str]:
    """Gives the texts of the sources that claims were judged by, by id: as they are read, or else as the index has them.

    A file may have changed or gone since it was indexed, and the desk fetches no page.
    """
    used = {one.source for item in report.assessments for one in item.evidence}
    locations = {source.id: source.location for source in index.sources} if index else {}
    texts = {}
    for source in report.sources:
        if source.id not in used:
            continue
        place = locations.get(source.id, source.path)
        text = None if is_address(place) else _as_read(place, source.id, max_bytes)
        if text is None and index is not None:
            text = _as_indexed(index, source.id, max_bytes)
        if text is not None:
            texts[source.id] = text
    return texts


def _as_read(place: str, source: str, max_bytes: int) -> str | None:
    """Gives the text of a source's file; None where it holds another one by now, or cannot be read."""
    try:
        document = read_document(place, max_bytes=max_bytes)
    except BuktiError:
        return None
    return document.text if source_id(document) == source else None


def _as_indexed(index: Index, source: str, max_bytes: int) -> str | None:
    """Gives a source's text as its passages have it, which is all of it but the white space between them."""
    try:
        passages = index.passages_of(source)
    except BuktiError:  # such as a server that has gone since: the report is made, and has the passages that count
        return None
    text = "\n".join(one.text for one in sorted(passages, key=lambda one: one.span))
    return text if 0 < len(text.encode()) <= max_bytes else None
