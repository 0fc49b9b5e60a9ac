"""The one-call interface: an article and sources in, a report out."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bukti.claims.article import Article, Document
from bukti.claims.claim import Splitter
from bukti.claims.documents import find_documents, read_document
from bukti.claims.errors import InputError, UsageError
from bukti.claims.parts import load_part
from bukti.claims.rules import RuleSplitter
from bukti.claims.segments import segment
from bukti.config import Config
from bukti.eval.embedded import EmbeddedVerifier
from bukti.eval.lexical import LexicalVerifier, for_day
from bukti.eval.pipeline import fingerprint_of, verify_article
from bukti.eval.report import Report
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Verifier
from bukti.retrieval.embedded import EmbeddedModel, load_model, model_cards
from bukti.retrieval.embedder import DEFAULT_EMBEDDER, EmbeddedEmbedder, Embedder, load_embedder
from bukti.retrieval.index import Change, Index
from bukti.retrieval.retriever import Retriever, reranking_retriever
from bukti.retrieval.sources import CUTTING

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

_CLASS = re.compile(r"[\w.]+:[A-Z]\w*")
"""``module:Class``, not ``provider:model``: a class begins with a capital, a model's name hardly ever does."""

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
        sources: Files and folders of reference sources. Without `index` they are indexed in a cache folder that is found
            again for the same content.
        index: Folder of an index; `sources` are added to it, and only they count as evidence if any are given.
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
    embedder = _embedder_of(config)
    skipped: tuple[tuple[str, str], ...] = ()
    given: frozenset[str] | None = None
    if index is None:
        opened, change = default_index(paths, embedder=embedder, config=config, progress=progress)
        skipped = change.skipped
    else:
        opened = Index(index, embedder=embedder, create=bool(paths))
        if paths:
            skipped = opened.add(paths, max_bytes=config.max_bytes, progress=progress).skipped
            locations = {str(file.resolve()) for file in find_documents(paths)}
            given = frozenset(source.id for source in opened.sources if source.location in locations)
    if not opened.sources:
        message = (
            f"the index at {opened.folder} holds no sources; add some: bukti index add PATH... --index {opened.folder}"
        )
        raise InputError(message, path=opened.folder)
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
    from bukti.eval.answers import Parts
    from bukti.eval.runs import run_suite

    config = config or Config()
    verifier = load_verifier(config.verifier, config=config)
    parts = Parts(
        splitter=load_splitter(config.splitter),
        embedder=_embedder_of(config),
        verifier=verifier,
        thresholds=thresholds_for(verifier, config),
        k=config.k,
        max_bytes=config.max_bytes,
        repeat=repeat,
    )
    models = (
        {card.name: card.sha256 for card in model_cards()} if "embedded" in (config.embedder, config.verifier) else {}
    )
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
        progress=progress,
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


def load_splitter(name: str) -> Splitter:
    """Gives the splitter of this name: ``rules``, a chat model as ``"provider:model"``, or one's own as ``"module:Class"``.

    Raises:
        UsageError: There is none of this name.
    """
    if name == "rules":
        return RuleSplitter()
    if _CLASS.fullmatch(name):
        made: Splitter = load_part(name, Splitter, kind="splitter", known="rules, provider:model")
        return made
    if ":" not in name:
        raise UsageError(f"splitter {name!r}: no splitter of this name; give rules, provider:model or module:Class")
    from bukti.claims.chat import ChatSplitter

    return ChatSplitter(name)


def load_verifier(name: str, article: Article | None = None, *, config: Config | None = None) -> Verifier:
    """Gives the verifier of this name; `Config.verifier` says which names there are and which wins.

    Args:
        name: The name.
        article: What is verified, if anything yet; its day of publication anchors dates.
        config: Says how a chat model is asked, and where the embedded one's answers are kept; nothing is kept if None.

    Raises:
        UsageError: There is none of this name, or it cannot be used.
        OutputError: A chat model's answers cannot be recorded.
    """
    if name == "embedded":
        return EmbeddedVerifier(_kept_model("verifier", config) if config else None)
    if name == "lexical":
        return LexicalVerifier(published=article.published if article else None)
    if _CLASS.fullmatch(name):
        made: Verifier = load_part(
            name, Verifier, kind="verifier", known="embedded, lexical, provider:model, a model's path"
        )
        return made
    is_folder = name.startswith((".", "/", "~")) or (bool(name) and Path(name).is_dir())
    if ":" in name and not is_folder:
        from bukti.eval.judge import ChatJudge

        config = config or Config()
        return ChatJudge(
            name,
            votes=config.judge_votes,
            temperature=config.judge_temperature,
            record=Path(config.judge_record) if config.judge_record else None,
            replay=config.judge_replay,
        )
    if "/" in name or is_folder:
        from bukti.eval.crossencoder import CrossEncoderVerifier

        return CrossEncoderVerifier(name)
    raise UsageError(
        f"verifier {name!r}: no verifier of this name; give embedded, lexical, provider:model, module:Class, "
        "or a cross-encoder's folder or name with a /"
    )


def _embedder_of(config: Config) -> Embedder:
    """Gives the configured embedder; the embedded one keeps its answers."""
    if config.embedder == DEFAULT_EMBEDDER and config.keep_answers:
        return EmbeddedEmbedder(_kept_model("encoder", config))
    return load_embedder(config.embedder)


def _kept_model(name: str, config: Config) -> EmbeddedModel:
    """Gives an embedded model that keeps its answers, where they are to be kept."""
    model = load_model(name)
    if not config.keep_answers:
        return model
    from bukti.retrieval.kept import KeptModel

    return KeptModel(model, _cache_root(config) / "answers.sqlite3")


def thresholds_for(verifier: Verifier, config: Config) -> Thresholds:
    """Gives the configured thresholds, and the verifier's own where none are set."""
    own = verifier.thresholds if isinstance(verifier, EmbeddedVerifier) else Thresholds()

    def chosen(given: float | None, default: float) -> float:
        return default if given is None else given

    return replace(
        own,
        support=chosen(config.support_threshold, own.support),
        refute=chosen(config.refute_threshold, own.refute),
        refute_alone=chosen(config.refute_alone_threshold, own.refute_alone),
    )


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
    files = find_documents(paths)
    key = hashlib.sha256(f"{embedder.name}\n{CUTTING}\n".encode())
    for file in sorted(files, key=str):
        # What cannot be read is told by the index, file by file; here it only has to make no difference.
        try:
            if file.stat().st_size <= config.max_bytes:
                key.update(str(file.resolve()).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
        except OSError:
            continue
    folder = _cache_root(config) / "indexes" / key.hexdigest()[:24]
    index = Index(folder, embedder=embedder, create=True)
    change = index.add(paths, max_bytes=config.max_bytes, progress=progress)
    folder.touch()
    _prune(folder.parent, keep=folder)
    return index, change


def _cache_root(config: Config) -> Path:
    if config.cache_dir:
        return Path(config.cache_dir).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("bukti", appauthor=False))


def _prune(folder: Path, *, keep: Path) -> None:
    """Removes the longest unused default indexes: a cache that only grows is found out when the disk is full."""
    kept = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.stat().st_mtime, reverse=True
    )
    for entry in kept[MAX_DEFAULT_INDEXES:]:
        if entry != keep:
            shutil.rmtree(entry, ignore_errors=True)
