"""The one-call interface: an article and sources in, a report out."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bukti.claims.article import Article, Document
from bukti.claims.claim import Splitter
from bukti.claims.documents import find_sources, place_of, read_document
from bukti.claims.errors import InputError, UsageError
from bukti.claims.files import read_regular
from bukti.claims.segments import segment
from bukti.claims.stages import span
from bukti.config import Config
from bukti.eval.lexical import for_day
from bukti.eval.pipeline import fingerprint_of, verify_article
from bukti.eval.report import Report
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Verifier
from bukti.loading import cache_root, load_splitter, load_verifier, own_embedder, parts_of, thresholds_for
from bukti.retrieval.embedded import model_cards
from bukti.retrieval.embedder import Embedder, SentenceTransformerEmbedder
from bukti.retrieval.index import Change, Index
from bukti.retrieval.retriever import Retriever, reranking_retriever
from bukti.retrieval.sources import CUTTING
from bukti.retrieval.stores import open_index

if TYPE_CHECKING:
    from bukti.eval.answers import Oracle
    from bukti.eval.cases import Suite
    from bukti.eval.decision import Rules
    from bukti.eval.gate import GatedMeasure
    from bukti.eval.runs import Run
    from bukti.eval.sensitivity import Sensitivity

__all__ = [
    "Bench",
    "default_index",
    "evaluate",
    "gate_settings",
    "load_splitter",
    "load_verifier",
    "open_bench",
    "read_article",
    "verify",
]

MAX_DEFAULT_INDEXES = 20
"""How many default indexes the cache keeps; the longest unused go."""

Progress = Callable[[str, int, int], None]
"""Told of (step, done, of)."""


def verify(
    article: Path | str | Document,
    *,
    sources: Sequence[Path | str] | Path | str = (),
    index: Path | str | None = None,
    as_of: date | None = None,
    published: date | None = None,
    language: str | None = None,
    config: Config | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verifies an article against reference sources.

    Args:
        article: The article's file, ``-`` for standard input, or a `Document`, such as ``read_text("...")`` gives.
        sources: Files and folders of reference sources, and ``https://`` addresses. Without `index` they are indexed in a cache folder that is found
            again for the same content.
        index: An index: its folder, or a store as `bukti.retrieval.stores.open_index` names it. `sources` are added to it, and only they count as
            evidence if any are given.
        as_of: Sources published after this day are no evidence; those that do not say their day are kept, and named in the report.
        published: The article's day of publication, where it does not say it or says it wrong; `as_of` where neither is known.
        language: The article's language, ``id`` or ``en``; recognised if None.
        config: Settings; the defaults if None. No file and no environment variable is read here.
        progress: Told of each step.

    Returns:
        The report.

    Raises:
        UsageError: Neither `sources` nor `index` is given.
        InputError: The article or all of the sources cannot be read.
        IndexUnusableError: The index is damaged or was made with another embedder.

    Example:
        >>> report = verify("examples/telegram/article.txt", sources="examples/telegram/sources")  # doctest: +SKIP
        >>> report.counts["refuted"]  # doctest: +SKIP
        4
    """
    config = config or Config()
    paths = [sources] if isinstance(sources, (str, Path)) else list(sources)
    check_sources(paths, index)
    # Before anything is indexed for it.
    read = read_article(article, published=published, language=language, config=config)
    bench = open_bench(paths, index=index, as_of=as_of, config=config, progress=progress)
    return bench.verify(read, progress=progress)


def check_sources(sources: Sequence[Path | str], index: Path | str | None) -> None:
    """Checks that there is something to verify against.

    Raises:
        UsageError: Neither sources nor an index are given.
    """
    if not sources and index is None:
        message = "nothing to verify against; give --sources PATH... or --index DIR"
        raise UsageError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An open index and loaded models: what any number of articles are verified with, one after the other."""

    index: Index
    """What is searched."""

    splitter: Splitter
    """Article to claims."""

    retriever: Retriever
    """Claims to evidence."""

    verifier: Verifier
    """Evidence and claim to probabilities."""

    thresholds: Thresholds
    """Where a probability becomes a stance."""

    k: int
    """How many passages are judged for each claim."""

    as_of: date | None
    """Sources published after this day are no evidence."""

    given: frozenset[str] | None
    """Ids of the sources that count as evidence; all of the index if None."""

    skipped: tuple[tuple[str, str], ...]
    """Sources that could not be read, each with the reason."""

    def dated(self, article: Article) -> Article:
        """Gives the article with the day that it is verified as of, where it does not say its own."""
        undated = article.published is None and self.as_of is not None
        return replace(article, published=self.as_of) if undated else article

    def verify(self, article: Article, *, progress: Progress | None = None) -> Report:
        """Verifies one article; see `verify`."""
        read = self.dated(article)
        with span("verify", article=read.sha256, language=read.language):
            return verify_article(
                read,
                index=self.index,
                splitter=self.splitter,
                retriever=self.retriever,
                verifier=for_day(self.verifier, read.published),
                thresholds=self.thresholds,
                k=self.k,
                sources=self.given,
                skipped=self.skipped,
                as_of=self.as_of,
                progress=progress,
            )

    def fingerprint(self) -> dict[str, Any]:
        """Gives the fingerprint that every report of this bench has."""
        return fingerprint_of(
            self.index, self.splitter, self.retriever, self.verifier, self.thresholds, self.k, self.as_of
        )


def open_bench(
    sources: Sequence[Path | str] = (),
    *,
    index: Path | str | None = None,
    as_of: date | None = None,
    config: Config | None = None,
    progress: Progress | None = None,
) -> Bench:
    """Opens an index and loads the models, as `verify` would for one article.

    Args:
        sources: As for `verify`.
        index: As for `verify`.
        as_of: As for `verify`.
        config: Settings; the defaults if None.
        progress: Told of each step.

    Raises:
        UsageError: Neither `sources` nor `index` is given, or a part's name is none.
        InputError: None of the sources can be read.
        IndexUnusableError: The index is damaged or was made with another embedder.
    """
    config = config or Config()
    paths = list(sources)
    check_sources(paths, index)
    verifier = load_verifier(config.verifier, config=config)
    embedder = own_embedder(config)
    skipped: tuple[tuple[str, str], ...] = ()
    given: frozenset[str] | None = None
    if index is None:
        opened, change = default_index(paths, embedder=embedder, config=config, progress=progress)
        skipped = change.skipped
    else:
        opened = open_index(index, embedder=embedder, create=bool(paths), options=config.store_options)
        if paths:
            skipped = opened.add(
                paths, max_bytes=config.max_bytes, allow_private=config.allow_private, progress=progress
            ).skipped
            locations = {place_of(source) for source in find_sources(paths)}
            given = frozenset(source.id for source in opened.sources if source.location in locations)
    if not opened.sources:
        message = (
            f"the index at {opened.where} holds no sources; add some: bukti index add PATH... --index {opened.where}"
        )
        raise InputError(message, path=opened.where)
    return Bench(
        index=opened,
        splitter=load_splitter(config.splitter),
        retriever=reranking_retriever(opened, embedder),
        verifier=verifier,
        thresholds=thresholds_for(verifier, config),
        k=config.k,
        as_of=as_of,
        given=given,
        skipped=skipped,
    )


def evaluate(
    suite: Suite,
    *,
    runs: Path | str = "bukti-runs",
    oracle: Collection[Oracle] = (),
    mutate: bool = False,
    fresh: bool = False,
    command: Sequence[str] = (),
    repeat: int = 1,
    config: Config | None = None,
    progress: Progress | None = None,
) -> Run:
    """Answers a suite's cases and measures the answers; a run that was cut off goes on (`bukti.eval.runs`).

    Args:
        suite: The suite, as `bukti.eval.formats.read_cases` reads it.
        runs: Folder of the numbered runs.
        oracle: Stages whose place the right answer takes: ``claims``, ``evidence``.
        mutate: Whether to judge mutants of what is found supported too (`bukti.eval.mutants`); they are `Run.mutation`.
        fresh: Whether to begin anew in any case.
        command: What was called, for the run's manifest.
        repeat: How often each claim is verified; more than once only by a verifier that may answer differently.
        config: Settings; the defaults if None.
        progress: Told of the cases.

    Raises:
        UsageError: A part's name is none, or the verifier cannot be repeated.
        OutputError: The run cannot be written.
    """
    from bukti.eval.runs import run_suite

    config = config or Config()
    parts = parts_of(config, repeat=repeat)
    spread = None
    if config.engine == "ray":
        from bukti.casework import spread_cases

        spread = spread_cases(config, oracle=oracle, repeat=repeat)
    models = (
        {card.name: card.sha256 for card in model_cards()} if "embedded" in (config.embedder, config.verifier) else {}
    )
    if isinstance(parts.embedder, SentenceTransformerEmbedder):
        models |= {"embedder": parts.embedder.sha256}
    if config.verifier not in ("embedded", "lexical"):
        models |= {"judge": f"{config.judge_votes} votes, temperature {config.judge_temperature}"}

    def mutants(run: Run) -> Sensitivity:
        from bukti.eval.mutants import run_mutants

        return run_mutants(
            suite, run, parts, runs=runs, oracle=oracle, minimum=config.min_caught, fresh=fresh, command=command, models=models,
            progress=progress,
        )  # fmt: skip

    return run_suite(
        suite, parts, runs=runs, oracle=oracle, fresh=fresh, command=command, models=models, mutants=mutants if mutate else None,
        spread=spread, progress=progress,
    )  # fmt: skip


def gate_settings(config: Config) -> tuple[tuple[GatedMeasure, ...], Rules]:
    """Gives what the gate is to hold, and by which rules, as `bukti.eval.gate.gate` takes them.

    Raises:
        UsageError: A measure or a margin is none.
    """
    from bukti.eval.decision import Rules
    from bukti.eval.gate import read_measures

    rules = Rules(
        alpha=config.gate_alpha,
        max_errors=config.gate_max_errors,
        min_coverage=config.gate_min_coverage,
        min_cases=config.gate_min_cases,
        max_unmatched=config.gate_max_unmatched,
        max_flaky=config.gate_max_flaky,
        strict=config.gate_strict,
    )
    return read_measures(config.gate_measures, config.gate_margins), rules


def read_article(
    article: Path | str | Document,
    *,
    published: date | None = None,
    language: str | None = None,
    config: Config | None = None,
) -> Article:
    """Reads and segments an article.

    Raises:
        InputError: It cannot be read or holds no sentence.
    """
    config = config or Config()
    document = (
        article
        if isinstance(article, Document)
        else read_document(article, max_bytes=config.max_bytes, allow_private=config.allow_private)
    )
    return segment(document, language=language, published=published)


def default_index(
    paths: Sequence[Path | str], *, embedder: Embedder, config: Config, progress: Progress | None = None
) -> tuple[Index, Change]:
    """Gives an index of exactly these sources, kept in the cache folder under a name made of their content.

    Args:
        paths: Files and folders.
        embedder: The embedder.
        config: Says where the cache is and how large a file may be.
        progress: Told of each step.

    Returns:
        The index, and what was done: nothing is embedded for content that was indexed before.

    Raises:
        InputError: None of the sources can be read.
    """
    files = find_sources(paths)
    key = hashlib.sha256(f"{embedder.name}\n{CUTTING}\n".encode())
    for file in sorted(files, key=str):
        if isinstance(file, str):  # a page is fetched when the index is brought up to date, which it is each time
            key.update(file.encode(errors="surrogateescape") + b"\0")
            continue
        # What cannot be read is told by the index, file by file; here it only has to make no difference.
        try:
            if file.stat().st_size <= config.max_bytes:
                key.update(os.fsencode(place_of(file)) + b"\0" + hashlib.sha256(read_regular(file)).digest())
        except OSError:
            continue
    folder = cache_root(config) / "indexes" / key.hexdigest()[:24]
    index = Index(folder, embedder=embedder, create=True)
    change = index.add(paths, max_bytes=config.max_bytes, allow_private=config.allow_private, progress=progress)
    folder.touch()
    _prune(folder.parent, keep=folder)
    return index, change


def _prune(folder: Path, *, keep: Path) -> None:
    """Removes the longest unused default indexes: a cache that only grows is found out when the disk is full."""
    kept = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.stat().st_mtime, reverse=True
    )
    for entry in kept[MAX_DEFAULT_INDEXES:]:
        if entry != keep:
            shutil.rmtree(entry, ignore_errors=True)
