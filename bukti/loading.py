"""Loads the replaceable parts by their names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bukti.claims.article import Article
from bukti.claims.claim import Splitter
from bukti.claims.errors import UsageError
from bukti.claims.parts import load_part
from bukti.claims.rules import RuleSplitter
from bukti.config import Config
from bukti.eval.embedded import EmbeddedVerifier
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Verifier
from bukti.retrieval.embedded import EmbeddedModel, load_model
from bukti.retrieval.embedder import DEFAULT_EMBEDDER, EmbeddedEmbedder, Embedder, load_embedder

if TYPE_CHECKING:
    from bukti.eval.answers import Parts

__all__ = ["cache_root", "load_splitter", "load_verifier", "own_embedder", "parts_of", "thresholds_for"]

_CLASS = re.compile(r"[\w.]+:[A-Z]\w*")
"""``module:Class``, not ``provider:model``: a class begins with a capital, a model's name hardly ever does."""


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


def own_embedder(config: Config) -> Embedder:
    """Gives the configured embedder; the embedded one keeps its answers.

    Raises:
        UsageError: There is none of this name.
    """
    if config.embedder == DEFAULT_EMBEDDER and config.keep_answers:
        return EmbeddedEmbedder(_kept_model("encoder", config))
    return load_embedder(config.embedder)


def _kept_model(name: str, config: Config) -> EmbeddedModel:
    """Gives an embedded model that keeps its answers, where they are to be kept."""
    model = load_model(name)
    if not config.keep_answers:
        return model
    from bukti.retrieval.kept import KeptModel

    return KeptModel(model, cache_root(config) / "answers.sqlite3")


def cache_root(config: Config) -> Path:
    """Gives the folder of what is kept to be faster: default indexes, and the embedded models' answers."""
    if config.cache_dir:
        return Path(config.cache_dir).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("bukti", appauthor=False))


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


def parts_of(config: Config, *, repeat: int = 1) -> Parts:
    """Loads what answers the cases of suites.

    Raises:
        UsageError: A part's name is none, or the verifier cannot be repeated.
    """
    from bukti.eval.answers import Parts

    verifier = load_verifier(config.verifier, config=config)
    return Parts(
        splitter=load_splitter(config.splitter),
        embedder=own_embedder(config),
        verifier=verifier,
        thresholds=thresholds_for(verifier, config),
        k=config.k,
        max_bytes=config.max_bytes,
        repeat=repeat,
    )
