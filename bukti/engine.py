"""Judges the claims of suites and of texts at hand, and keeps what many of them share: models, and an index of each set of sources."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bukti.claims.article import Article
from bukti.claims.claim import Claim
from bukti.claims.documents import find_documents, read_bytes, read_text
from bukti.claims.errors import BuktiError, InputError, StageError, UsageError, cause_of
from bukti.claims.files import location_of
from bukti.claims.segments import segment
from bukti.config import Config
from bukti.eval.answers import asked_claim, row_of
from bukti.eval.cases import Case, CaseSource, GoldClaim, inline_text, read_article, write_sources
from bukti.eval.judging import outlets_of
from bukti.eval.lexical import for_day
from bukti.eval.pipeline import assess_claims, copies_of
from bukti.eval.report import Assessment, Failure
from bukti.eval.results import CaseResult
from bukti.eval.verifier import Verifier
from bukti.loading import load_splitter, load_verifier, thresholds_for
from bukti.retrieval.embedder import Embedder, load_embedder
from bukti.retrieval.index import Index, passing_index
from bukti.retrieval.retriever import Retriever, reranking_retriever

__all__ = ["Engine"]

_ENDINGS = (".txt", ".md", ".html", ".htm", ".pdf")
"""What a line of text that ends so means to name: a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What claims are checked against."""

    index: Index
    retriever: Retriever
    names: dict[str, str]
    """What whoever gave the sources calls each of them, by the index's id."""


class Engine:
    """Judges claims.

    Args:
        config: Settings.
        root: What relative paths of sources start from.
    """

    def __init__(self, config: Config, root: Path) -> None:
        self._config = config
        self._root = root
        self._folder = TemporaryDirectory(prefix="bukti-", ignore_cleanup_errors=True)
        self._grounds: dict[object, _Ground] = {}

    def close(self) -> None:
        """Removes the indexes that were made."""
        self._grounds.clear()
        self._folder.cleanup()

    def answer(self, case: Case, gold: GoldClaim) -> CaseResult:
        """Answers one labelled claim of a case.

        Returns:
            Its row. What fails is the outcome ``error`` with its stage; nothing is raised for it.
        """
        began = perf_counter()
        names: dict[str, str] = {}
        found: Assessment | Failure
        try:
            ground = self._ground_of(case)
            index, names = ground.index, ground.names
            article = read_article(case) if case.article else None
            exclude = copies_of(article, index, index.sources) if article else ()
            splitter = load_splitter(self._config.splitter) if gold.label == "not_checkable" else None
            claim = asked_claim(gold, splitter, article.published if article else case.published)
            found = self._assess([claim], ground, case.published, article=article, exclude=exclude)[0]
        except BuktiError as exc:
            found = Failure(stage=exc.stage if isinstance(exc, StageError) else "sources", cause=cause_of(exc))
        row = row_of(gold, found, called=lambda source: names.get(source, source))
        return replace(row, seconds=perf_counter() - began)

    def check(self, text: str, sources: Sequence[Path | str] | Path | str, *, language: str | None) -> list[Assessment]:
        """Judges the claims of a text. Evidence calls its source by its path, or by its first words.

        Args:
            text: The text, such as a generated answer. A source that it was copied from counts as evidence.
            sources: Files, folders and texts. A string of more than one word that is neither a file nor a folder, nor ends as a file
                does, is a text.
            language: The text's language, ``id`` or ``en``; recognised if None.

        Raises:
            BuktiError: A source cannot be read, or the text holds no sentence.
        """
        given = [sources] if isinstance(sources, str | Path) else list(sources)
        if not given:
            raise UsageError("nothing to check against; give sources: files, folders or texts")
        files = [file for one in given for file in self._files_of(one)]
        shown = {location_of(file): name for file, name in files}
        # By their content too: a test may write another text to the same path.
        key = tuple((path, hashlib.sha256(read_bytes(Path(path), self._config.max_bytes)).digest()) for path in shown)
        ground = self._ground_at(key, shown)
        article = segment(read_text(text), language=language)
        claims = load_splitter(self._config.splitter).split([article])[0]
        found = self._assess(claims, ground, article.published)
        return [
            replace(
                item,
                evidence=tuple(replace(one, source=ground.names.get(one.source, one.source)) for one in item.evidence),
            )
            for item in found
        ]

    def _assess(
        self,
        claims: Sequence[Claim],
        ground: _Ground,
        published: date | None,
        *,
        article: Article | None = None,
        exclude: Collection[str] = (),
    ) -> list[Assessment]:
        return assess_claims(
            claims,
            retriever=ground.retriever,
            verifier=for_day(self._verifier, published),
            thresholds=thresholds_for(self._verifier, self._config),
            sources=ground.index.sources,
            k=self._config.k,
            exclude=exclude,
            published=article.published if article else published,
            outlets=outlets_of(article) if article else (),
        )

    @cached_property
    def _embedder(self) -> Embedder:
        return load_embedder(self._config.embedder)

    @cached_property
    def _verifier(self) -> Verifier:
        return load_verifier(self._config.verifier, config=self._config)

    # Indexes -------------------------------------------------------------------------------------------------------

    def _ground_of(self, case: Case) -> _Ground:
        """Gives what a case is checked against."""
        if case.index is None:
            return self._ground_at(case.sources, self._shown(case.sources))
        if case.index not in self._grounds:
            index = Index(case.index, embedder=self._embedder)
            self._keep(case.index, index, {source.id: source.path for source in index.sources})
        return self._grounds[case.index]

    def _shown(self, sources: Sequence[CaseSource]) -> dict[str, str]:
        files = write_sources(sources, Path(self._folder.name) / "sources")
        return {location_of(path): name for name, path in files.items()}

    def _ground_at(self, key: object, shown: dict[str, str]) -> _Ground:
        if key not in self._grounds:
            folder = Path(self._folder.name) / f"index-{len(self._grounds)}"
            index = passing_index(folder, [Path(path) for path in shown], embedder=self._embedder)
            skipped = index.add(list(shown), max_bytes=self._config.max_bytes).skipped
            if skipped:  # what was left out might have been what refutes
                path, cause = skipped[0]
                raise InputError(cause, path=path)
            self._keep(key, index, {source.id: shown.get(source.location, source.path) for source in index.sources})
        return self._grounds[key]

    def _keep(self, key: object, index: Index, names: dict[str, str]) -> None:
        # With its retriever, which keeps the vectors of the sentences that it has seen.
        retriever = reranking_retriever(index, self._embedder)
        self._grounds[key] = _Ground(index=index, retriever=retriever, names=names)

    def _files_of(self, source: Path | str) -> list[tuple[Path, str]]:
        """Gives the files of a source and what each is called."""
        if isinstance(source, str) and self._is_text(source):
            made = inline_text(source, name=" ".join(source.split()[:6]))
            return [(path, name) for name, path in write_sources([made], Path(self._folder.name) / "sources").items()]
        path = self._root / source
        return [
            (file, file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else str(file))
            for file in find_documents([path])
        ]

    def _is_text(self, source: str) -> bool:
        if "\n" in source.strip():
            return True
        if len(source.split()) < 2 or source.lower().endswith(_ENDINGS):
            return False
        try:
            return not (self._root / source).exists()
        except OSError:  # too long for a path
            return True
