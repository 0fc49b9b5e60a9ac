"""An index that is kept in a vector store of its own: a Chroma server, or any other that LangChain speaks to.

The store holds the passages, and beside them the manifest in pieces. Two records, the heads, take turns in naming the manifest that counts: the
one that does not count is replaced, last of all, so a change that is cut off leaves what was there before. What the store gives back is never
taken at its word: it must be a passage that the manifest names, with the text that was put in. docs/design/stores.md says what is left to trust.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import re
import secrets
import tempfile
import uuid
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from bukti.claims.article import Span
from bukti.claims.errors import BuktiError, ConfigError, IndexUnusableError, StageError, UsageError, cause_of
from bukti.claims.stages import span
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.index import (
    BATCH,
    EXACT_PASSAGES,
    LOCK_TIMEOUT_S,
    Change,
    Index,
    Manifest,
    Progress,
    SourceRecord,
    rebuild_paths,
)
from bukti.retrieval.sources import CUTTING, Passage, Source, passage_at

if TYPE_CHECKING:
    import numpy as np
    from langchain_core.documents import Document
    from langchain_core.vectorstores import VectorStore

    from bukti.retrieval.langchain import StoreEmbeddings

__all__ = ["StoreIndex", "is_store", "open_index", "rebuild_index"]

_LOG = logging.getLogger(__name__)

_NAMED = re.compile(r"[A-Za-z_][\w.]+:[A-Za-z_]\w*")
"""``module:Class`` or ``module:function``."""

_EMBEDDINGS = ("embedding", "embeddings", "embedding_function")
"""What LangChain's stores call the argument that they are given an embedder by."""

_COLLECTION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")
"""What Chroma lets a collection be called."""

CHROMA_OPTIONS = ("database", "headers", "tenant")
"""What ``store_options`` may say about a Chroma server."""

CHROMA_PORT = 8000
"""Where ``chroma run`` listens."""

PATIENCE_S = 60.0
"""How long a Chroma server may take to answer."""

HEADS = ("bukti-head-0", "bukti-head-1")
"""The two records that take turns in naming the manifest."""

SPACES = ("collection_name", "index_name", "table_name", "namespace")
"""Options that say which of several collections in one store is meant."""

PIECE = 30_000
"""Characters of the manifest in one record; some stores take no text above 64 kB."""

CACHED_PASSAGES = 50_000
"""Of an index that is too large to be held, how many passages are kept at hand."""

MOST_ASKED = 10_000
"""Of an index that is too large to be held, how many passages are looked through for a query at most."""

LIKELY = 20
"""Sentences of an article by which its copies are looked for in an index that is too large to look at every source."""


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    number: int
    token: str
    pieces: int
    sha256: str


Opener = Callable[["StoreEmbeddings", bool], "VectorStore | None"]
"""Opens a store with these embeddings; where it is missing, makes it if told to, and gives None if not."""


class StoreIndex(Index):
    """An index in a vector store.

    Up to `EXACT_PASSAGES` its passages are held in memory for BM25; the store alone is asked what is nearest. Above that nothing is held, and there is
    no ranking by BM25: the retriever's name says so.

    Args:
        where: What it is called, as ``--index`` takes it.
        opener: Opens the store.
        embedder: Must be the one the index was made with.
        create: Whether a missing index is an empty one. Otherwise it is an error.
        space: Which of several collections in the store it is: some stores, such as PGVector, let an id stand in one collection only.
        remaking: Whether it is opened to be made anew: then what it says it holds need not fit, nor be whole.

    Raises:
        IndexUnusableError: It is missing, damaged, or was made with another embedder or another way of cutting.
        StageError: The store does not answer.
        UsageError: The store cannot give records by their ids.
    """

    _in_folder = False

    def __init__(
        self,
        where: str,
        opener: Opener,
        *,
        embedder: Embedder,
        create: bool = False,
        remaking: bool = False,
        space: str = "",
    ) -> None:
        from bukti.retrieval.langchain import StoreEmbeddings

        self._where = where
        self._space = space
        self._remaking = remaking
        self._embedder = embedder
        self._embeddings = StoreEmbeddings(embedder)
        self._head: _Head | None = None
        self._cache: dict[str, Passage] = {}
        with self._asking():
            store = opener(self._embeddings, create)
        if store is None:
            raise self._missing()
        self._outside = store
        self._manifest = self._read_manifest(create=create)

    @property
    def where(self) -> str:
        """What it is called, as ``--index`` takes it."""
        return self._where

    @property
    def search(self) -> str:
        """The store, and what it is too large for."""
        return type(self._outside).__name__ + ("" if self._held else ", dense alone")

    # Reading -------------------------------------------------------------------------------------------------------

    def passage(self, passage_id: str) -> Passage:
        """Gives the passage with this id; see `Index.passage`."""
        return self._fetched([passage_id])[0]

    def passages_of(self, source_id: str) -> list[Passage]:
        """Gives a source's passages in the order of its text."""
        return self._fetched(self._named.get(source_id, []))

    def like(self, sentences: Sequence[str], language: str) -> list[Source]:
        """Gives the sources that may hold many of these sentences; above `EXACT_PASSAGES` those that are found by some of them."""
        if self._held:
            return self.sources
        step = max(1, len(sentences) // LIKELY)
        found = self.rank_dense([(sentence, language) for sentence in sentences[::step]], k=10)
        owners = {self._owners[name] for names in found for name in names}
        return [source for source in self.sources if source.id in owners]

    def rank_dense(
        self, queries: Sequence[tuple[str, str]], *, k: int, exclude: Collection[str] = ()
    ) -> list[list[str]]:
        """Asks the store for the nearest passages; see `Index.rank_dense`.

        Raises:
            StageError: The store does not answer, or finds nothing at all.
            IndexUnusableError: It gives a passage that is not what was put in.
        """
        left_out = frozenset(exclude)
        if not queries or not any(names for source, names in self._named.items() if source not in left_out):
            return [[] for _ in queries]
        vectors = self._embedder.embed([text for text, _ in queries])
        return [self._nearest(vector, k, left_out) for vector in vectors]

    def _nearest(self, vector: NDArray[np.float32], k: int, exclude: frozenset[str]) -> list[str]:
        # What is excluded is left out here, for each store has a language of its own for filters, and so is what nothing refers to. So more is
        # asked for until there is enough, or the store has no more.
        ask = k + 10
        asked = [float(value) for value in vector]
        while True:
            with self._asking("retrieve"):
                documents = self._outside.similarity_search_by_vector(asked, k=ask)
            found: dict[str, None] = {}
            for document in documents:
                passage = self._checked(document)
                if passage is not None and passage.source_id not in exclude:
                    found[passage.id] = None
            if not documents:
                message = f"{self._where} found nothing at all, though it holds {len(self._owners)} passages; see to its search index"
                raise StageError(message, stage="retrieve")
            if len(found) >= k or len(documents) < ask or (ask >= MOST_ASKED and not self._held):
                return list(found)[:k]
            ask *= 4

    def rank_lexical(
        self, queries: Sequence[tuple[str, str]], *, k: int, exclude: Collection[str] = ()
    ) -> list[list[str]]:
        """Ranks passages by BM25; see `Index.rank_lexical`. Gives nothing where the passages are too many to be held."""
        return super().rank_lexical(queries, k=k, exclude=exclude) if self._held else [[] for _ in queries]

    def remake(
        self,
        paths: Sequence[Path | str],
        *,
        max_bytes: int,
        allow_private: bool = False,
        progress: Progress | None = None,
    ) -> Change:
        """Puts in anew what is in these files, folders and pages, or in those that it holds, whatever the store says it holds already.

        Raises:
            UsageError: It was made with another embedder.
            InputError: A file is gone, a page that it holds cannot be fetched, or none can be read; the store is then left as it was.
            IndexUnusableError: No paths are given, and what it holds cannot be told.
        """
        with self._changing(), span("index", paths=len(paths)):
            if self._manifest.embedder != self._embedder.name:
                message = (
                    f"{self._where} was made with embedder {self._manifest.embedder!r}, and one store cannot hold vectors of two; "
                    "make the index in another one"
                )
                raise UsageError(message)
            wanted = list(paths) or rebuild_paths(self._manifest, self._where)
            self._forget()
            _ = self._owners  # what is dropped at the end
            self._manifest = Manifest(embedder=self._embedder.name, cutting=CUTTING)
            return self._add(
                wanted, max_bytes=max_bytes, allow_private=allow_private, progress=progress, whole=not paths
            )

    # Inside --------------------------------------------------------------------------------------------------------

    @property
    def _held(self) -> bool:
        """Whether the passages are held in memory."""
        return len(self._owners) <= EXACT_PASSAGES

    @cached_property
    def _owners(self) -> dict[str, str]:
        """Each passage's source."""
        return {name: record.id for record in self._manifest.sources for name in record.passages}

    @cached_property
    def _passages(self) -> dict[str, Passage]:
        wanted = self._wanted()
        return dict(zip(wanted, self._fetched(wanted), strict=True))

    def _forget(self) -> None:
        super()._forget()
        self._cache.clear()
        self.__dict__.pop("_owners", None)

    def _check_all(self) -> int:
        wanted = self._wanted()
        for start in range(0, len(wanted), BATCH):
            self._fetched(wanted[start : start + BATCH])
        return len(wanted)

    def _fetched(self, names: Sequence[str]) -> list[Passage]:
        """Gives passages that the manifest names."""
        missing = [name for name in names if name not in self._cache]
        if missing and not self._held and len(self._cache) > CACHED_PASSAGES:
            self._cache.clear()
            missing = list(names)
        for start in range(0, len(missing), BATCH):
            for document in self._by_ids(missing[start : start + BATCH]):
                passage = self._checked(document)
                if passage is not None:
                    self._cache[passage.id] = passage
        lost = [name for name in names if name not in self._cache]
        if lost:
            raise self._damaged(f"{len(lost)} of its passages are gone")
        return [self._cache[name] for name in names]

    def _checked(self, document: Document) -> Passage | None:
        """Gives the passage that a record holds; None where the manifest names none such.

        Raises:
            IndexUnusableError: It is not what was put in.
        """
        told = document.metadata or {}
        name = told.get("passage")
        if (
            not isinstance(name, str) or name not in self._owners
        ):  # a head, what a change left that was cut off, another's
            return None
        try:
            span = Span(int(told["start"]), int(told["end"]))
            language, seal = str(told["language"]), told["seal"]
        except (KeyError, TypeError, ValueError) as exc:
            raise self._damaged(f"passage {name} has lost what stood beside it") from exc
        source = Source(
            id=self._owners[name], title="", path="", location="", sha256="", language=language
        )  # of which a passage takes id and language
        passage = passage_at(source, span, document.page_content)
        if passage.id != name or seal != _seal(passage):
            raise self._damaged(f"passage {name} is not what was put in")
        return passage

    def _write(self, passages: Sequence[Passage], progress: Progress | None) -> int:
        held: set[str] = set()
        names = [passage.id for passage in passages]
        for start in range(0, 0 if self._remaking else len(names), BATCH):
            for document in self._by_ids(names[start : start + BATCH]):
                held.add(str((document.metadata or {}).get("passage")))
        new = [passage for passage in passages if passage.id not in held]
        for start in range(0, len(new), BATCH):
            if progress:
                progress("embed", start, len(new))
            batch = new[start : start + BATCH]
            if self._remaking:
                self._drop([passage.id for passage in batch])
            self._put(
                [passage.id for passage in batch], [passage.text for passage in batch], [_beside(one) for one in batch]
            )
        if progress and passages:
            progress("embed", len(new), len(new))
        return len(new)

    def _commit(self, records: list[SourceRecord]) -> None:
        """Makes `records` what the index holds, then drops the passages and the manifest of before."""
        before, old = self._head, self._owners
        if self._read_head() != before:
            raise self._contended()
        manifest = self._manifest.model_copy(update={"sources": records})
        text = manifest.model_dump_json()
        text = json.dumps(json.loads(text))  # plain ASCII: then a store's limit in bytes is one in characters
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        head = _Head(
            number=before.number + 1 if before else 1,
            token=secrets.token_hex(8),
            pieces=len(pieces),
            sha256=_sha256(text),
        )
        slot = HEADS[head.number % 2]
        self._embeddings.blank = True
        try:
            for start in range(0, len(pieces), BATCH):
                names = _piece_names(head)[start : start + BATCH]
                self._put(names, pieces[start : start + BATCH], [{"passage": name} for name in names])
            self._drop([slot])  # some stores keep both of two records with one id
            self._put([slot], [head.model_dump_json()], [{"passage": slot}])
        finally:
            self._embeddings.blank = False
        if self._read_head() != head:
            raise self._contended()
        self._manifest, self._head = manifest, head
        self._forget()
        self._drop(sorted(set(old) - set(self._owners)) + (_piece_names(before) if before else []))

    def _exists(self) -> bool:
        return self._head is not None

    def _read_manifest(self, *, create: bool) -> Manifest:
        for _ in range(3):  # a change may take the manifest away between its head and itself
            head = self._read_head()
            if head is None:
                self._head = None
                if not create:
                    raise self._missing()
                return Manifest(embedder=self._embedder.name, cutting=CUTTING)
            names = _piece_names(head)
            found = {}
            for start in range(0, len(names), BATCH):
                for document in self._by_ids(names[start : start + BATCH]):
                    found[str(document.metadata.get("passage"))] = document.page_content
            text = "".join(found.get(name, "") for name in names)
            self._head = head
            if _sha256(text) == head.sha256:
                try:
                    manifest = Manifest.model_validate_json(text)
                except ValidationError as exc:
                    raise self._damaged("its manifest cannot be read") from exc
                return manifest if self._remaking else self._fitting(manifest)
        if self._remaking:
            return Manifest(embedder=self._embedder.name, cutting=CUTTING)
        raise self._damaged("its manifest is torn")

    def _read_head(self) -> _Head | None:
        """Gives the newest head."""
        heads = []
        for document in self._by_ids(HEADS):
            try:
                heads.append(_Head.model_validate_json(document.page_content))
            except ValidationError as exc:
                if not self._remaking:
                    raise self._damaged("its head cannot be read") from exc
        return max(heads, key=lambda head: head.number, default=None)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Keeps other processes of this machine out, with the manifest read anew; those of other machines are noticed at the end."""
        lock = Path(tempfile.gettempdir()) / f"bukti-{hashlib.sha256(self._where.encode()).hexdigest()[:16]}.lock"
        try:
            with FileLock(lock, timeout=LOCK_TIMEOUT_S, mode=0o666):
                self._manifest = self._read_manifest(create=True)
                self._forget()
                yield
        except Timeout as exc:
            message = f"the index at {self._where} is being changed by another process; try again when that has ended"
            raise IndexUnusableError(message, path=self._where) from exc

    # The store -----------------------------------------------------------------------------------------------------

    def _by_ids(self, names: Sequence[str]) -> list[Document]:
        try:
            with self._asking():
                return list(self._outside.get_by_ids(self._keys(names)))
        except StageError as exc:
            if isinstance(exc.__cause__, NotImplementedError):
                message = (
                    f"{self._where}: {type(self._outside).__name__} does not give records by their ids, which an index needs; "
                    "give a factory that returns a subclass with get_by_ids"
                )
                raise UsageError(message) from exc
            raise

    def _put(self, names: list[str], texts: list[str], beside: list[dict[str, Any]]) -> None:
        with self._asking():
            self._outside.add_texts(texts, metadatas=beside, ids=self._keys(names))

    def _drop(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), BATCH):
            with self._asking():
                self._outside.delete(ids=self._keys(names[start : start + BATCH]))

    def _keys(self, names: Sequence[str]) -> list[str]:
        """Gives the ids of records in the store; as UUIDs, for some take no other."""
        return [str(uuid.uuid5(uuid.NAMESPACE_URL, f"bukti:{self._space}:{name}")) for name in names]

    @contextmanager
    def _asking(self, stage: str = "index") -> Iterator[None]:
        """Maps whatever a store raises to one error."""
        try:
            yield
        except BuktiError:
            raise
        except Exception as exc:
            _LOG.debug("a store failed", exc_info=True)
            message = (
                f"the store at {self._where} does not answer ({cause_of(exc, 160)}); see that it runs, and try again"
            )
            raise StageError(message, stage=stage) from exc

    def _missing(self) -> IndexUnusableError:
        message = f"no index at {self._where}; make one: bukti index add PATH... --index {self._where}"
        return IndexUnusableError(message, path=self._where)

    def _damaged(self, how: str) -> IndexUnusableError:
        message = f"the index at {self._where} is damaged ({how}); rebuild it: {self._remade()}"
        return IndexUnusableError(message, path=self._where)

    def _contended(self) -> IndexUnusableError:
        message = f"the index at {self._where} was changed by another process meanwhile; try again when that has ended"
        return IndexUnusableError(message, path=self._where)


def _beside(passage: Passage) -> dict[str, Any]:
    """Gives what is stored beside a passage's text."""
    return {
        "passage": passage.id,
        "source": passage.source_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "language": passage.language,
        "seal": _seal(passage),
    }


def _seal(passage: Passage) -> str:
    return _sha256(f"{passage.id}\n{passage.language}\n{passage.text}")[:16]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _piece_names(head: _Head) -> list[str]:
    return [f"bukti-manifest-{head.token}-{number}" for number in range(head.pieces)]


# Opening -----------------------------------------------------------------------------------------------------------


def is_store(where: Path | str) -> bool:
    """Says whether this names a store, and no folder.

    >>> [is_store(name) for name in ("chroma://127.0.0.1:8000/news", "my.stores:open_news", "indexes/news", "./a:b")]
    [True, True, False, False]
    """
    text = str(where)
    return isinstance(where, str) and (
        "://" in text or (_NAMED.fullmatch(text) is not None and not Path(text).exists())
    )


def open_index(
    where: Path | str, *, embedder: Embedder, create: bool = False, options: Mapping[str, Any] | None = None
) -> Index:
    """Opens an index.

    Args:
        where: A folder; ``chroma://host:port/collection`` (``chromas://`` by TLS); or a LangChain vector store's ``"module:Class"``, or a function's
            ``"module:function"`` that gives one.
        embedder: Must be the one the index was made with.
        create: Whether a missing index is an empty one.
        options: Arguments for the class or function; of a Chroma server its ``headers``, ``tenant`` and ``database``.

    Raises:
        IndexUnusableError: It is missing, damaged, or was made with another embedder or another way of cutting.
        StageError: The store does not answer.
        UsageError: `where` names nothing that can be opened.
        ConfigError: An option is not one.
    """
    if not is_store(where):
        return Index(where, embedder=embedder, create=create)
    name = str(where)
    opener = _opener(name, options or {})
    return StoreIndex(name, opener, embedder=embedder, create=create, space=_space(options or {}))


def rebuild_index(
    where: Path | str,
    *,
    embedder: Embedder,
    max_bytes: int,
    allow_private: bool = False,
    paths: Sequence[Path | str] = (),
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Change:
    """Makes an index anew; see `Index.rebuild`. A store is rewritten in place: who asks it meanwhile may be told that it is damaged.

    Raises:
        UsageError: A store was made with another embedder: vectors of two kinds do not go into one collection.
    """
    if not is_store(where):
        return Index.rebuild(
            where,
            embedder=embedder,
            max_bytes=max_bytes,
            allow_private=allow_private,
            paths=paths,
            progress=progress,
        )
    name = str(where)
    opener = _opener(name, options or {})
    opened = StoreIndex(name, opener, embedder=embedder, create=bool(paths), remaking=True, space=_space(options or {}))
    return opened.remake(paths, max_bytes=max_bytes, allow_private=allow_private, progress=progress)


def _space(options: Mapping[str, Any]) -> str:
    return "/".join(str(options[name]) for name in SPACES if name in options)


def _opener(name: str, options: Mapping[str, Any]) -> Opener:
    return _chroma(name, options) if "://" in name else _named(name, options)


def _named(name: str, options: Mapping[str, Any]) -> Opener:
    module, _, attribute = name.partition(":")
    try:
        maker = getattr(import_module(module), attribute)
        parameters = inspect.signature(maker).parameters
        takes = next(one for one in _EMBEDDINGS if one in parameters)
    except StopIteration as exc:
        message = f"--index {name}: takes no embedder; give a function with an argument 'embedding' that returns a LangChain vector store"
        raise UsageError(message) from exc
    except (ImportError, AttributeError, TypeError, ValueError) as exc:
        message = f"--index {name}: cannot be loaded ({cause_of(exc, 160)}); give module:Class, module:function, chroma://HOST:PORT/NAME or a folder"
        raise UsageError(message) from exc
    try:
        inspect.signature(maker).bind(**{takes: None}, **options)
    except TypeError as exc:
        message = (
            f"store_options do not fit --index {name} ({cause_of(exc, 160)}); correct them in the configuration file"
        )
        raise ConfigError(message) from exc

    def opener(embeddings: StoreEmbeddings, create: bool) -> VectorStore:
        from langchain_core.vectorstores import VectorStore

        made = maker(**{takes: embeddings}, **options)
        if not isinstance(made, VectorStore):
            raise UsageError(f"--index {name}: gives a {type(made).__name__}, which is no LangChain vector store")
        return made

    return opener


def _chroma(name: str, options: Mapping[str, Any]) -> Opener:
    address = urlsplit(name)
    collection = address.path.strip("/")
    try:
        port = address.port or CHROMA_PORT
    except ValueError:
        port = 0
    if address.scheme not in ("chroma", "chromas"):
        raise UsageError(
            f"--index {name}: bukti knows no {address.scheme}://; give chroma://HOST:PORT/NAME, module:Class or a folder"
        )
    if address.username or address.password:
        message = (
            "--index chroma://: no user and password here; put headers into store_options in the configuration file"
        )
        raise UsageError(message)
    if not address.hostname or not port or address.query or not _COLLECTION.fullmatch(collection):
        message = f"--index {name}: is no address of a collection; write chroma://HOST:PORT/NAME, the name of 3 or more of a-z A-Z 0-9 . _ -"
        raise UsageError(message)
    unknown = sorted(set(options) - set(CHROMA_OPTIONS))
    if unknown:
        message = f"store_options: {unknown[0]!r} is none for a Chroma server; known are {', '.join(CHROMA_OPTIONS)}"
        raise ConfigError(message)
    host, tls = str(address.hostname), address.scheme == "chromas"

    def opener(embeddings: StoreEmbeddings, create: bool) -> VectorStore | None:
        import chromadb
        import httpx
        from chromadb.config import Settings
        from chromadb.errors import NotFoundError
        from langchain_chroma import Chroma

        # Chroma's client waits for ever; so it is asked for a sign of life first, and then given a limit.
        shown = f"[{host}]" if ":" in host else host
        beat = httpx.get(
            f"http{'s' if tls else ''}://{shown}:{port}/api/v2/heartbeat",
            timeout=PATIENCE_S,
            headers=options.get("headers"),
        )
        beat.raise_for_status()
        client: Any = chromadb.HttpClient(
            host=host, port=port, ssl=tls, settings=Settings(anonymized_telemetry=False), **options
        )
        server = getattr(client, "_server", None)  # which clients of one address share
        session = getattr(server, "_session", None)
        if isinstance(session, httpx.Client):
            session.timeout = httpx.Timeout(PATIENCE_S)
            weakref.finalize(server, session.close)
        if not create:
            try:
                client.get_collection(collection, embedding_function=None)
            except NotFoundError:
                client.close()
                return None
        store = Chroma(
            client=client,
            collection_name=collection,
            embedding_function=embeddings,
            collection_configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}},
        )
        weakref.finalize(store, client.close)
        return store

    return opener
