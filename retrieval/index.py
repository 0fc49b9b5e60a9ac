"""The index: a folder with a manifest, the passages and their vectors in Chroma, and BM25 beside them.

The manifest says which sources the index holds, how it was made and in which folder Chroma keeps their passages; it is replaced
in one step after Chroma has taken a change, so that an interrupted change leaves the index as it was, plus passages or a whole
store that nothing refers to and that the next change removes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bukti.claims.article import Span
from bukti.claims.documents import find_sources, place_of
from bukti.claims.errors import BuktiError, IndexUnusableError, InputError, OutputError, UsageError, cause_of, printable
from bukti.claims.files import location_of, open_regular, read_regular
from bukti.claims.pages import is_address, without_login
from bukti.claims.stages import span
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.lexical import kept_bm25
from bukti.retrieval.snapshot import read_snapshot, write_snapshot
from bukti.retrieval.sources import CUTTING, Passage, Source, cut_passages, read_source
from bukti.retrieval.terms import query_terms

if TYPE_CHECKING:
    import bm25s
    from langchain_chroma import Chroma

__all__ = [
    "Change",
    "Index",
    "IndexStatus",
    "Manifest",
    "MemoryIndex",
    "SourceRecord",
    "discard_index",
    "passing_index",
    "rebuild_paths",
    "sources_in",
]

_LOG = logging.getLogger(__name__)

COLLECTION = "passages"
"""The one collection an index has."""

BATCH = 512
"""Passages written to Chroma at a time; also how often progress is told."""

ASKED = 5_000
"""Passages asked of Chroma at a time. SQLite takes 32,766 names in one question."""

LOCK_TIMEOUT_S = 60.0
"""How long a change waits for another process's change to end."""

EXACT_PASSAGES = 100_000
"""Up to this many passages every one is compared with the query. Chroma's graph is built in an order that differs from run to run,
and its answers with it: on 3,931 passages two builds gave 38 of 300 queries another top 50."""

SNAPSHOT_PASSAGES = 20_000
"""Up to this many passages an index is also kept in one file that opens without Chroma."""

MEMORY_BYTES = 200_000
"""Sources of at most so many bytes, asked about once, are embedded anew sooner than Chroma opens a folder."""

STORE = "chroma"
"""The folder of an index's first store; one that is rebuilt gets another with a number, until the manifest names it."""

Progress = Callable[[str, int, int], None]
"""Told of (step, done, of)."""


class SourceRecord(BaseModel):
    """One source in a manifest."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    title: str
    path: str
    location: str
    sha256: str
    language: str
    published: date | None = None
    passages: list[str]


class Manifest(BaseModel):
    """What an index holds and how it was made."""

    model_config = ConfigDict(extra="forbid", strict=True)
    schema_: Literal["bukti.index/1"] = "bukti.index/1"
    embedder: str
    cutting: str
    store: str = Field(default=STORE, pattern=rf"^{STORE}(-\d+)?$")
    sources: list[SourceRecord] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one `Index.add` did."""

    added: tuple[str, ...] = ()
    """Paths that are new in the index."""

    changed: tuple[str, ...] = ()
    """Paths whose passages were replaced."""

    unchanged: tuple[str, ...] = ()
    """Paths that were left as they are: nothing was embedded for them."""

    removed: tuple[str, ...] = ()
    """Paths that went: their files are gone from a folder that was given."""

    duplicates: tuple[tuple[str, str], ...] = ()
    """Paths with the same text as another source, each with that source's path; kept once."""

    skipped: tuple[tuple[str, str], ...] = ()
    """Paths that could not be read, each with the reason."""

    embedded: int = 0
    """How many passages were embedded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What an index holds."""

    path: str
    """Its folder."""

    embedder: str
    """The embedder it was made with."""

    cutting: str
    """How its sources were cut."""

    sources: int
    """How many sources it holds."""

    passages: int
    """How many passages it holds."""

    stale: tuple[str, ...]
    """Paths whose files have changed since; pages are not asked."""

    missing: tuple[str, ...]
    """Paths whose files are gone."""


class Index:
    """A persistent index of reference sources.

    Args:
        folder: Where it is kept; made when first written to.
        embedder: Must be the one the index was made with.
        create: Whether a missing index is an empty one. Otherwise it is an error.

    Raises:
        IndexUnusableError: It is missing, damaged, or was made with another embedder or another way of cutting.
    """

    _in_folder = True
    """Whether what was worked out of the passages may be kept beside them."""

    def __init__(self, folder: Path | str, *, embedder: Embedder, create: bool = False) -> None:
        self.folder = Path(folder)
        self._embedder = embedder
        self._manifest = self._read_manifest(create=create)

    @property
    def where(self) -> str:
        """What the index is called: its folder, or the store it is kept in, as ``--index`` takes it."""
        return str(self.folder)

    # Reading -------------------------------------------------------------------------------------------------------

    @property
    def sources(self) -> list[Source]:
        """The sources, in the order of their paths."""
        return [
            Source(
                id=record.id,
                title=record.title,
                path=record.path,
                location=record.location,
                sha256=record.sha256,
                language=record.language,
                published=record.published,
            )
            for record in sorted(self._manifest.sources, key=lambda record: (record.path, record.id))
        ]

    @property
    def embedder(self) -> Embedder:
        """What the index embeds with."""
        return self._embedder

    @property
    def embedder_name(self) -> str:
        """The embedder the index was made with."""
        return self._manifest.embedder

    def passage(self, passage_id: str) -> Passage:
        """Gives the passage with this id.

        Raises:
            KeyError: There is none.
        """
        return self._passages[passage_id]

    def passages_of(self, source_id: str) -> list[Passage]:
        """Gives a source's passages in the order of its text."""
        return [self._passages[name] for name in self._named.get(source_id, ())]

    def count_of(self, source_id: str) -> int:
        """Gives how many passages a source has."""
        return len(self._named.get(source_id, ()))

    def like(self, sentences: Sequence[str], language: str) -> list[Source]:
        """Gives the sources that may hold many of these sentences: all of them, unless they are too many to look at each."""
        return self.sources

    @property
    def search(self) -> str:
        """What ranks the passages, where that is not the index itself; part of the report's fingerprint."""
        return ""

    @property
    def content_id(self) -> str:
        """A hash of what the index holds: equal for equal sources cut and embedded alike, wherever it lies."""
        ids = sorted(record.id for record in self._manifest.sources)
        return hashlib.sha256(json.dumps([self._manifest.embedder, self._manifest.cutting, ids]).encode()).hexdigest()[
            :16
        ]

    def status(self) -> IndexStatus:
        """Gives what the index holds and which of its files have changed since."""
        stale, missing = [], []
        for source in self.sources:
            if is_address(source.location):  # looking at what an index holds asks nobody
                continue
            try:
                if _sha256(Path(source.location)) != source.sha256:
                    stale.append(source.path)
            except OSError:
                missing.append(source.path)
        return IndexStatus(
            path=self.where,
            embedder=self._manifest.embedder,
            cutting=self._manifest.cutting,
            sources=len(self._manifest.sources),
            passages=self._check_all(),
            stale=tuple(stale),
            missing=tuple(missing),
        )

    def rank_dense(
        self, queries: Sequence[tuple[str, str]], *, k: int, exclude: Collection[str] = ()
    ) -> list[list[str]]:
        """Ranks passages by the cosine of their vectors with the queries'.

        Args:
            queries: (text, language) each.
            k: How many passages at most for each.
            exclude: Ids of sources that are left out.

        Returns:
            Ids of passages for each query, nearest first.
        """
        allowed = self._allowed(exclude)
        if not queries or not allowed.any():
            return [[] for _ in queries]
        if allowed.sum() == 1:  # nothing to compare, so nothing to embed
            return [[list(self._passages)[int(allowed.argmax())]][:k] for _ in queries]
        vectors = self._embedder.embed([text for text, _ in queries])
        if len(self._passages) > EXACT_PASSAGES:
            return self._search_graph(vectors, k=min(k, int(allowed.sum())), exclude=exclude)
        # Rounded, so that the last bits of a product, which depend on the batch, decide nothing.
        scores = np.round((vectors @ self._vectors.T).astype(np.float64), 5)
        candidates = np.flatnonzero(allowed)
        return [_best(row, self._names, candidates, k) for row in scores]

    def _search_graph(self, vectors: NDArray[np.float32], *, k: int, exclude: Collection[str]) -> list[list[str]]:
        """Asks Chroma's approximate graph: for indexes too large to compare with every passage."""
        keep: dict[str, Any] = {"where": {"source": {"$nin": sorted(exclude)}}} if exclude else {}
        with self._chroma_errors():
            answer = self._collection.query(query_embeddings=vectors, n_results=k, include=["distances"], **keep)
        return [
            [
                name
                for _, name in sorted(
                    (round(distance, 5), name)
                    for name, distance in zip(names, distances, strict=True)
                    if name in self._passages  # an interrupted change may have left others
                )
            ]
            for names, distances in zip(answer["ids"], answer["distances"], strict=True)
        ]

    def _allowed(self, exclude: Collection[str]) -> NDArray[np.bool_]:
        if not exclude:
            return np.ones(len(self._passages), dtype=np.bool_)
        return np.array([passage.source_id not in exclude for passage in self._passages.values()], dtype=np.bool_)

    def rank_lexical(
        self, queries: Sequence[tuple[str, str]], *, k: int, exclude: Collection[str] = ()
    ) -> list[list[str]]:
        """Ranks passages by BM25 over stems, with word translations between Indonesian and English; see `rank_dense`."""
        if not self._passages:
            return [[] for _ in queries]
        allowed = self._allowed(exclude)
        rankings: list[list[str]] = []
        for text, language in queries:
            terms = [term for term in query_terms(text, language) if term in self._bm25_vocabulary]
            if not terms:
                rankings.append([])
                continue
            scores = np.round(self._bm25.get_scores(terms).astype(np.float64), 5) * allowed
            rankings.append(_best(scores, self._names, np.flatnonzero(scores > 0), k))
        return rankings

    # Changing ------------------------------------------------------------------------------------------------------

    def add(
        self,
        paths: Sequence[Path | str],
        *,
        max_bytes: int,
        allow_private: bool = False,
        progress: Progress | None = None,
    ) -> Change:
        """Brings the index up to date with these files, folders and pages.

        Unchanged ones are not embedded again, changed ones replace their passages, and sources whose files are gone
        from a folder that is given go. Pages are fetched each time.

        Args:
            paths: Files, folders and ``https://`` addresses; folders are walked.
            max_bytes: Largest file that is read.
            allow_private: Whether pages may be fetched from one's own machine and network.
            progress: Told of each batch.

        Returns:
            What changed.

        Raises:
            InputError: A path is missing, or none of the files can be read; the index is then as it was.
            IndexUnusableError: The index is damaged.
            OutputError: The index cannot be written.
        """
        with self._changing(), span("index", paths=len(paths)):
            return self._add(paths, max_bytes=max_bytes, allow_private=allow_private, progress=progress)

    def remove(self, names: Sequence[str]) -> tuple[str, ...]:
        """Removes sources.

        Args:
            names: Paths or ids.

        Returns:
            The paths of the sources that went.

        Raises:
            UsageError: One of them is not in the index; nothing is removed then.
        """
        with self._changing():
            gone: list[SourceRecord] = []
            for name in names:
                location = location_of(name)
                found = [
                    record
                    for record in self._manifest.sources
                    if name in (record.id, record.path)
                    or location == record.location
                    or Path(location) in Path(record.location).parents
                ]
                if not found:
                    message = f"{name} is not in the index; `bukti index list --index {self.where}` shows what is"
                    raise UsageError(message)
                gone.extend(record for record in found if record not in gone)
            kept = [record for record in self._manifest.sources if record not in gone]
            self._commit(kept)
            return tuple(record.path for record in gone)

    @classmethod
    def rebuild(
        cls,
        folder: Path | str,
        *,
        embedder: Embedder,
        max_bytes: int,
        allow_private: bool = False,
        paths: Sequence[Path | str] = (),
        progress: Progress | None = None,
    ) -> Change:
        """Makes an index anew in place of the one in `folder`.

        Args:
            folder: The index's folder.
            embedder: The embedder of the new index.
            max_bytes: Largest file that is read.
            allow_private: Whether pages may be fetched from one's own machine and network.
            paths: Files, folders and addresses; those of the old index's manifest if none are given.
            progress: Told of each batch.

        Returns:
            What the new index holds, as additions and skips.

        Raises:
            IndexUnusableError: No paths are given and the old manifest cannot be read.
            InputError: A source's file is gone or cannot be read; the old index is then left as it was.
        """
        index = cls.__new__(cls)
        index.folder, index._embedder = Path(folder), embedder
        with index._locked(), span("index", paths=len(paths)):
            wanted = list(paths) or rebuild_paths(_load_manifest(index.folder), index.where)
            _check_foreign(index.folder)
            index._manifest = Manifest(embedder=embedder.name, cutting=CUTTING, store=_free_store(index.folder))
            try:
                change = index._add(
                    wanted, max_bytes=max_bytes, allow_private=allow_private, progress=progress, whole=not paths
                )
            except BaseException:
                if not index._committed():  # else the manifest names the new store already, and it stays
                    _forget_clients()
                    shutil.rmtree(index._store_folder, ignore_errors=True)
                raise
            _forget_clients()
            index._discard_leftovers()
        return change

    # Inside --------------------------------------------------------------------------------------------------------

    def _add(
        self,
        paths: Sequence[Path | str],
        *,
        max_bytes: int,
        allow_private: bool,
        progress: Progress | None,
        whole: bool = False,
    ) -> Change:
        """Does what `add` says; if it must be `whole`, a page that cannot be fetched is an error."""
        files = find_sources(paths)
        known = {record.location: record for record in self._manifest.sources}
        kept: dict[str, SourceRecord] = {record.id: record for record in self._manifest.sources}
        added: list[str] = []
        changed: list[str] = []
        unchanged: list[str] = []
        duplicates: list[tuple[str, str]] = []
        skipped: list[tuple[str, str]] = []
        passages: list[Passage] = []
        for number, file in enumerate(files):
            if progress:
                progress("read", number, len(files))
            location = place_of(file)
            old = known.get(location)
            try:
                same = old is not None and isinstance(file, Path) and old.sha256 == _sha256(file)
            except OSError as exc:
                skipped.append((printable(str(file)), printable(f"{file}: {exc.strerror or exc}; check the file")))
                continue
            if old is not None and same:
                kept[old.id] = old.model_copy(update={"path": str(file)})
                unchanged.append(str(file))
                continue
            # Any other OSError than an unreadable source is a lack of room or rights, and no source's fault.
            try:
                source, text = read_source(file, max_bytes=max_bytes, allow_private=allow_private)
                if old is not None and old.id == source.id and old.sha256 == source.sha256:  # a page as it was
                    unchanged.append(str(file))
                    continue
            except InputError as exc:
                if whole and isinstance(file, str):
                    raise
                # A source that was readable before keeps its old passages: better stale and listed than silently gone.
                skipped.append((printable(without_login(str(file))), str(exc)))
                continue
            if old is not None and old.id != source.id:
                kept.pop(old.id, None)
            twin = kept.get(source.id)
            if twin is not None and twin.location != location and _is_there(twin.location):
                duplicates.append((str(file), twin.path))
                continue
            (changed if old is not None else added).append(str(file))
            cut = cut_passages(source, text)
            passages.extend(cut)
            kept[source.id] = SourceRecord(**asdict(source), passages=[passage.id for passage in cut])
        folders = [Path(location_of(path)) for path in paths if Path(path).is_dir()]
        present = {place_of(file) for file in files}
        removed = [
            record
            for record in kept.values()
            if record.location not in present
            and any(folder in Path(record.location).parents for folder in folders)
            and not Path(record.location).exists()
        ]
        for record in removed:
            del kept[record.id]
        if not kept and skipped:
            listed = "; ".join(reason for _, reason in skipped[:3]) + ("; ..." if len(skipped) > 3 else "")
            message = f"none of the {len(skipped)} sources can be read ({listed})"
            raise InputError(message, path=skipped[0][0])
        new = self._write(passages, progress)
        if (
            passages
            or removed
            or len(kept) != len(self._manifest.sources)
            or not self._exists()
            or _paths_differ(kept, self._manifest)
        ):
            self._commit(list(kept.values()))
        return Change(
            added=tuple(added),
            changed=tuple(changed),
            unchanged=tuple(unchanged),
            removed=tuple(record.path for record in removed),
            duplicates=tuple(duplicates),
            skipped=tuple(skipped),
            embedded=new,
        )

    def _write(self, passages: Sequence[Passage], progress: Progress | None) -> int:
        """Embeds and stores the passages that Chroma does not hold yet."""
        if not passages:
            return 0
        with self._chroma_errors():
            held = {name for part in self._ask([passage.id for passage in passages]) for name in part["ids"]}
            new = [passage for passage in passages if passage.id not in held]
            for start in range(0, len(new), BATCH):
                batch = new[start : start + BATCH]
                if progress:
                    progress("embed", start, len(new))
                self._store.add_texts(
                    texts=[passage.text for passage in batch],
                    metadatas=[
                        {
                            "source": passage.source_id,
                            "start": passage.span.start,
                            "end": passage.span.end,
                            "language": passage.language,
                        }
                        for passage in batch
                    ],
                    ids=[passage.id for passage in batch],
                )
        if progress:
            progress("embed", len(new), len(new))
        return len(new)

    def _ask(self, names: Sequence[str], *what: str) -> Iterator[dict[str, Any]]:
        """Asks Chroma for passages, a part at a time: its database takes a bounded number of names in one question."""
        for start in range(0, len(names), ASKED):
            yield self._store.get(ids=list(names[start : start + ASKED]), include=list(what))

    def _commit(self, records: list[SourceRecord]) -> None:
        """Makes `records` what the index holds, then drops passages that nothing refers to."""
        manifest = self._manifest.model_copy(update={"sources": records})
        _write_manifest(self._manifest_path, manifest)
        self._manifest = manifest
        self._forget()
        with self._chroma_errors():
            wanted = {name for record in records for name in record.passages}
            orphans = sorted(set(self._store.get(include=[])["ids"]) - wanted)
            for start in range(0, len(orphans), BATCH):
                self._store.delete(ids=orphans[start : start + BATCH])
        if len(wanted) <= SNAPSHOT_PASSAGES:
            write_snapshot(self._store_folder, list(self._passages.values()), self._vectors)

    def _forget(self) -> None:
        """Drops what was worked out of the passages that were held before."""
        for stored in ("_passages", "_named", "_names", "_vectors", "_bm25", "_bm25_vocabulary"):
            self.__dict__.pop(stored, None)

    def _check_all(self) -> int:
        """Gives how many passages there are; each is looked at.

        Raises:
            IndexUnusableError: One is missing.
        """
        return len(self._passages)

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """The ids of each source's passages, in the order of its text."""
        return {record.id: record.passages for record in self._manifest.sources}

    def _wanted(self) -> list[str]:
        """Gives the ids of the passages that the manifest names, in their order."""
        return [
            name for record in sorted(self._manifest.sources, key=lambda record: record.id) for name in record.passages
        ]

    def _exists(self) -> bool:
        """Says whether a manifest was written."""
        return self._manifest_path.exists()

    @property
    def _manifest_path(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def _store_folder(self) -> Path:
        return self.folder / self._manifest.store

    def _read_manifest(self, *, create: bool) -> Manifest:
        if not self._manifest_path.exists():
            if not create:
                message = f"no index at {self.folder}; make one: bukti index add PATH... --index {self.folder}"
                raise IndexUnusableError(message, path=self.folder)
            if self.folder.is_file():
                message = f"{self.folder} is a file; give a folder for the index"
                raise IndexUnusableError(message, path=self.folder)
            _check_foreign(self.folder)
            return Manifest(embedder=self._embedder.name, cutting=CUTTING)
        return self._fitting(_load_manifest(self.folder))

    def _fitting(self, manifest: Manifest) -> Manifest:
        """Gives the manifest if the index was made as it would be made now."""
        if manifest.embedder != self._embedder.name:
            message = (
                f"the index at {self.where} was made with embedder {manifest.embedder!r}, not {self._embedder.name!r}; "
                f"use --embedder {manifest.embedder}, or: {self._remade()} --embedder {self._embedder.name}"
            )
            raise IndexUnusableError(message, path=self.where)
        if manifest.cutting != CUTTING:
            message = f"the index at {self.where} was cut by another version ({manifest.cutting}); rebuild it: {self._remade()}"
            raise IndexUnusableError(message, path=self.where)
        return manifest

    def _remade(self) -> str:
        """Gives the command that makes the index anew."""
        return f"bukti index rebuild --index {self.where}"

    @cached_property
    def _store(self) -> Chroma:
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma

        from bukti.retrieval.langchain import LangChainEmbeddings

        with self._chroma_errors():
            # The whole path: Chroma keeps what it opened by its name, and a process may change its folder.
            client = chromadb.PersistentClient(
                path=location_of(self._store_folder), settings=Settings(anonymized_telemetry=False)
            )
            return Chroma(
                client=client,
                collection_name=COLLECTION,
                embedding_function=LangChainEmbeddings(self._embedder),
                # A wide search, and one thread: of what an approximate search can promise, the most.
                collection_configuration={
                    "hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400, "num_threads": 1}
                },
            )

    @property
    def _collection(self) -> Any:
        # LangChain's wrapper asks one query at a time; the collection it wraps takes all of them at once.
        return self._store._collection

    @cached_property
    def _passages(self) -> dict[str, Passage]:
        snapshot = None if "_store" in self.__dict__ else read_snapshot(self._store_folder, self._wanted())
        if snapshot is not None:
            passages, self.__dict__["_vectors"] = snapshot
            return passages
        wanted = self._wanted()
        with self._chroma_errors():
            held = list(self._ask(wanted, "documents", "metadatas"))
        stored = {
            name: Passage(
                id=name,
                source_id=str(meta["source"]),
                span=Span(int(meta["start"]), int(meta["end"])),
                text=text,
                language=str(meta["language"]),
            )
            for part in held
            for name, text, meta in zip(part["ids"], part["documents"], part["metadatas"], strict=True)
        }
        lost = [name for name in wanted if name not in stored]
        if lost and self._read_manifest(create=False) != self._manifest:
            message = f"the index at {self.folder} was changed by another process meanwhile; run this again"
            raise IndexUnusableError(message, path=self.folder)
        if lost:
            message = f"the index at {self.folder} is damaged: {len(lost)} of {len(wanted)} passages are gone; {_rebuild(self.folder)}"
            raise IndexUnusableError(message, path=self.folder)
        return {name: stored[name] for name in wanted}

    @cached_property
    def _names(self) -> NDArray[np.str_]:
        """The passages' ids, in their order."""
        return np.array(list(self._passages))

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        """The passages' vectors, in their order; shape (passages, dimension)."""
        names = list(self._passages)
        if "_vectors" in self.__dict__:  # they came with the passages
            return np.asarray(self.__dict__["_vectors"], dtype=np.float32)
        with self._chroma_errors():
            held = list(self._ask(names, "embeddings"))
        rows = {name: row for part in held for name, row in zip(part["ids"], part["embeddings"], strict=True)}
        return np.asarray([rows[name] for name in names], dtype=np.float32)

    @cached_property
    def _bm25(self) -> bm25s.BM25:
        passages = list(self._passages.values())
        return kept_bm25(passages, self._store_folder if self._in_folder else None)

    @cached_property
    def _bm25_vocabulary(self) -> frozenset[str]:
        return frozenset(self._bm25.vocab_dict) - {""}

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Holds the index's lock, with the manifest read anew and without what an interrupted change left."""
        with self._locked():
            before = self.__dict__.get("_manifest")
            self._manifest = self._read_manifest(create=True)
            if before != self._manifest:  # another process was here
                self._forget()
                if before is not None and before.store != self._manifest.store:
                    self.__dict__.pop("_store", None)
            self._discard_leftovers()
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the index's lock; a folder made for a change that failed goes again."""
        existed = self.folder.exists()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock", timeout=LOCK_TIMEOUT_S):
                yield
        except Timeout as exc:
            message = f"the index at {self.folder} is being changed by another process; try again when that has ended"
            raise IndexUnusableError(message, path=self.folder) from exc
        except BuktiError:
            if not existed and not self._manifest_path.exists():
                _forget_clients()
                shutil.rmtree(self.folder, ignore_errors=True)
            raise
        except (OSError, NotImplementedError) as exc:  # the latter where a file system has no locks
            if isinstance(exc, ConnectionError | TimeoutError):  # an embedder's service, not the disk
                raise
            cause = getattr(exc, "strerror", None) or cause_of(exc)
            message = f"the index at {self.folder} cannot be written ({cause}); make room, check the folder's permissions, or give another --index"
            raise OutputError(message, path=self.folder) from exc

    def _committed(self) -> bool:
        """Says whether the manifest in the folder names this index's store."""
        try:
            return _load_manifest(self.folder).store == self._manifest.store
        except IndexUnusableError:
            return False

    def _discard_leftovers(self) -> None:
        """Removes what an interrupted change left: half a manifest, a store that no manifest names, a first store that cannot be opened."""
        self._manifest_path.with_name("manifest.json.tmp").unlink(missing_ok=True)
        for entry in self.folder.iterdir():
            if _is_store(entry.name) and entry.name != self._manifest.store:
                shutil.rmtree(entry, ignore_errors=True)
        if not self._manifest_path.exists() and self._store_folder.exists():
            try:
                self._store.get(include=[], limit=1)
            except IndexUnusableError:  # nothing refers to it yet, so nothing is lost by it
                _forget_clients()
                self.__dict__.pop("_store", None)
                shutil.rmtree(self._store_folder, ignore_errors=True)

    @contextmanager
    def _chroma_errors(self) -> Iterator[None]:
        """Maps what Chroma and its storage raise to errors of ours: no room, no rights, another process, or damage."""
        from chromadb.errors import ChromaError

        try:
            yield
        except BaseException as exc:
            # What its native part could not go on from is no `Exception`.
            panic = type(exc).__module__ == "pyo3_runtime"
            if isinstance(exc, BuktiError) or not (panic or isinstance(exc, _CHROMA_RAISES | ChromaError)):
                raise
            _LOG.debug("chroma failed", exc_info=True)
            cause = printable(cause_of(exc, 160))
            if re.search(
                r"disk is full|No space|quota|File too large|disk I/O|readonly|read-only|Permission|unable to open",
                cause,
                re.IGNORECASE,
            ):
                message = f"the index at {self.folder} cannot be written ({cause}); make room, check the folder's permissions, or give another --index"
                raise OutputError(message, path=self.folder) from exc
            if re.search(r"database is locked|database is busy", cause, re.IGNORECASE):
                message = (
                    f"the index at {self.folder} is being changed by another process; try again when that has ended"
                )
                raise IndexUnusableError(message, path=self.folder) from exc
            message = f"the index at {self.folder} is damaged ({cause}); {_rebuild(self.folder)}"
            raise IndexUnusableError(message, path=self.folder) from exc


_CHROMA_RAISES = ValueError | RuntimeError | KeyError
"""What Chroma raises besides errors of its own."""


class MemoryIndex(Index):
    """An index that is kept nowhere, for a few sources that are asked about once; it ranks as an `Index` of them does.

    Args:
        embedder: Asked only where there is more than one passage to choose from.
    """

    _in_folder = False

    def __init__(self, *, embedder: Embedder) -> None:
        self.folder = Path(":memory:")
        self._embedder = embedder
        self._manifest = Manifest(embedder=embedder.name, cutting=CUTTING)
        self._held: dict[str, Passage] = {}

    def _write(self, passages: Sequence[Passage], progress: Progress | None) -> int:
        self._held.update((passage.id, passage) for passage in passages)
        return 0

    def _commit(self, records: list[SourceRecord]) -> None:
        self._manifest = self._manifest.model_copy(update={"sources": records})
        self._forget()
        if (
            len(self._passages) > 1
        ):  # now, so that an embedder that fails fails here, as it does for an index in a folder
            _ = self._vectors

    @cached_property
    def _passages(self) -> dict[str, Passage]:
        return {name: self._held[name] for name in self._wanted()}

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self._embedder.embed([passage.text for passage in self._passages.values()])

    @contextmanager
    def _changing(self) -> Iterator[None]:
        yield


def _best(scores: NDArray[np.float64], names: NDArray[np.str_], candidates: NDArray[np.intp], k: int) -> list[str]:
    """Gives the names of the k candidates with the highest scores, ties by name."""
    own = scores[candidates]
    if 0 < k < len(own):  # only what may be among them is sorted, and by name at that
        candidates = candidates[own >= np.partition(own, len(own) - k)[len(own) - k]]
    found: list[str] = names[candidates[np.lexsort((names[candidates], -scores[candidates]))[:k]]].tolist()
    return found


def sources_in(folder: Path) -> tuple[str, ...]:
    """Gives the ids of the sources that the index in `folder` holds, sorted, whatever embedder it was made with.

    Raises:
        IndexUnusableError: There is no index, or it is damaged.
    """
    return tuple(sorted(record.id for record in _load_manifest(folder).sources))


def rebuild_paths(manifest: Manifest, where: str) -> list[Path | str]:
    """Gives the files and pages that an index was made of.

    Raises:
        IndexUnusableError: There are none.
    """
    if not manifest.sources:
        message = f"{where}: the index holds no sources; name them: bukti index rebuild PATH... --index {where}"
        raise IndexUnusableError(message, path=where)
    return [record.location if _is_there(record.location) else record.path for record in manifest.sources]


def _rebuild(folder: Path) -> str:
    return f"rebuild it: bukti index rebuild --index {folder}"


def _sha256(path: Path) -> str:
    """Gives the hash of a file's bytes.

    Raises:
        OSError: It cannot be read, or is no regular file: a pipe would be waited for, a device has no end.
    """
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


def _is_store(name: str) -> bool:
    return re.fullmatch(rf"{STORE}(-\d+)?", name) is not None


def _free_store(folder: Path) -> str:
    """Gives the name of a store that is not there yet."""
    taken = {entry.name for entry in folder.iterdir()}
    return next(name for name in (f"{STORE}-{number}" for number in count(1)) if name not in taken)


def _check_foreign(folder: Path) -> None:
    """Refuses a folder that holds anything but an index or what is left of one: it would be somebody's."""
    own = ("manifest.json", "manifest.json.tmp", ".lock")
    if folder.is_dir() and any(entry.name not in own and not _is_store(entry.name) for entry in folder.iterdir()):
        message = f"{folder} is not an index and not empty; give an empty or a new folder"
        raise IndexUnusableError(message, path=folder)


def _is_there(location: str) -> bool:
    """Says whether a source's file is still there; a page is taken to be, since nobody is asked."""
    return is_address(location) or Path(location).exists()


def _paths_differ(kept: dict[str, SourceRecord], manifest: Manifest) -> bool:
    return {(record.id, record.path) for record in kept.values()} != {
        (record.id, record.path) for record in manifest.sources
    }


def _load_manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(read_regular(path))
    except FileNotFoundError as exc:
        message = f"no index at {folder}; make one: bukti index add PATH... --index {folder}"
        raise IndexUnusableError(message, path=folder) from exc
    except (OSError, ValidationError) as exc:
        message = f"the index at {folder} is damaged (manifest.json cannot be read); rebuild it: bukti index rebuild PATH... --index {folder}"
        raise IndexUnusableError(message, path=folder) from exc


def _write_manifest(path: Path, manifest: Manifest) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())  # the name must not be there before the words
    os.replace(temporary, path)  # noqa: PTH105 (Path.replace is the same call; the atomicity is what matters here)


def passing_index(folder: Path, files: Sequence[Path], *, embedder: Embedder) -> Index:
    """Gives an empty index for these files and a single use: in memory where they are small, else in `folder`."""
    try:
        small = sum(file.stat().st_size for file in files) <= MEMORY_BYTES
    except OSError:  # what cannot be looked at is told when it is read
        small = True
    return MemoryIndex(embedder=embedder) if small else Index(folder, embedder=embedder, create=True)


def discard_index(folder: Path) -> None:
    """Removes a folder with an index that was made for a single use, whatever state it is in."""
    _forget_clients()
    shutil.rmtree(folder, ignore_errors=True)


def _forget_clients() -> None:
    """Lets go of Chroma's process-wide cache of open stores, so that a folder can be replaced under it."""
    if "chromadb" not in sys.modules:  # nothing was opened, and it takes seconds to load
        return
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
