"""Every value that can be set, and where it came from: flag, environment, file or default, in this order."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from bukti.claims.errors import ConfigError
from bukti.claims.files import read_regular

__all__ = ["Config", "Setting", "read_config"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings of one run."""

    embedder: str = "embedded"
    """The embedder: "embedded", any sentence-transformers model by name or path, or "module:Class"."""

    verifier: str = "embedded"
    """The verifier. The first of these that fits:

    1. ``embedded`` or ``lexical``: a part of the package.
    2. ``module:Class``, the class with a capital: one's own.
    3. A folder that is there, or anything that begins with ``.``, ``/`` or ``~``: a sentence-transformers cross-encoder.
    4. ``provider:model``: a chat model as LangChain names it, which is sent the claims and the passages found for them.
    5. Any other name with a ``/``: a cross-encoder of this name in the local cache of its hub.
    """

    judge_votes: int = 1
    """How often a chat model is asked each question, in [1, 15]; the shares of its votes are the probabilities."""

    judge_temperature: float = 0.0
    """How freely a chat model judges, in [0, 2]; at 0 several votes mostly repeat each other."""

    judge_record: str = ""
    """File that a chat model's answers are kept in and taken from again; none if empty."""

    judge_replay: bool = False
    """Whether the answers in `judge_record` are all there is: nothing is asked, and one that is missing is an error."""

    splitter: str = "rules"
    """The splitter: "rules", a chat model as LangChain names it ("openai:gpt-4.1-mini"), or "module:Class"."""

    k: int = 8
    """How many passages are judged for each claim."""

    support_threshold: float | None = None
    """Least probability of support at which a passage supports, in [0.5, 1]; the verifier's own if None."""

    refute_threshold: float | None = None
    """Least probability of refutation at which a passage refutes where a compared figure, date, name or negation differs,
    in [0.5, 1]; the verifier's own if None."""

    refute_alone_threshold: float | None = None
    """The same where none differs; the verifier's own if None."""

    gate_alpha: float = 0.05
    """How often the gate may call a run worse that is not, in (0, 0.5); one minus the confidence of its limits."""

    gate_max_errors: float = 0.0
    """Share of a run's cases that may end in an error, in [0, 1]."""

    gate_min_coverage: float = 0.95
    """Of what the baseline answered, the share that a run must answer, in [0, 1]."""

    gate_min_cases: int = 20
    """Least number of cases that are compared; fewer decide nothing."""

    gate_max_unmatched: float = 0.02
    """Share of an article's claims that may have no counterpart in the baseline, in [0, 1]."""

    gate_max_flaky: float = 0.05
    """Share of the compared cases whose repeats may disagree, in [0, 1]; see ``bukti eval --repeat``."""

    gate_strict: bool = False
    """Whether an inconclusive gate exits with 1."""

    gate_measures: str = ""
    """What is gated, with commas: right, false_support, brier_support; all of them if empty."""

    gate_margins: str = ""
    """The loss that nobody minds: one number for all measures, or ``right=0.01,false_support=0.005``; 0.02 each if empty."""

    min_caught: float | None = None
    """Of the mutants that ``bukti eval --mutate`` makes, the least share that must be caught, in (0, 1]; none is asked for if None."""

    engine: str = "local"
    """Where the work of many articles or cases is done: ``local``, one after the other in this process, or ``ray``, over a Ray cluster."""

    max_mb: float = 20.0
    """Largest file that is read, in megabytes."""

    allow_private: bool = False
    """Whether an article may be fetched from one's own machine and network."""

    lang: str = ""
    """What a report's page speaks, ``id`` or ``en``; the article's language if empty, English if that is neither."""

    publisher: str = ""
    """The organisation that publishes reviews, in ClaimReview; left out there if empty."""

    publisher_url: str = ""
    """Its address."""

    store_options: dict[str, Any] = field(default_factory=dict)
    """What ``--index module:Class`` or ``module:function`` is called with, or a Chroma server's ``headers``, ``tenant`` and ``database``; a table in
    the file, JSON in the environment. ``bukti config`` shows the names only: a password may be among the values."""

    cache_dir: str = ""
    """Where default indexes and the embedded models' answers are kept; the user's cache folder if empty."""

    keep_answers: bool = True
    """Whether what the embedded models answered is kept there, so that the same question is computed once; no text is stored."""

    def __post_init__(self) -> None:
        for name in ("support_threshold", "refute_threshold", "refute_alone_threshold"):
            value = getattr(self, name)
            if value is not None and not 0.5 <= value <= 1.0:
                message = f"{name} is {value}; it must lie in [0.5, 1]"
                raise ConfigError(message)
        if not 0.0 < self.gate_alpha < 0.5:
            message = f"gate_alpha (--alpha) is {self.gate_alpha}; it must lie between 0 and 0.5"
            raise ConfigError(message)
        for name in ("max_errors", "min_coverage", "max_unmatched", "max_flaky"):
            value = getattr(self, f"gate_{name}")
            if not 0.0 <= value <= 1.0:
                message = f"gate_{name} (--{name.replace('_', '-')}) is {value}; it must lie in [0, 1]"
                raise ConfigError(message)
        if self.min_caught is not None and not 0.0 < self.min_caught <= 1.0:
            message = f"min_caught (--min-caught) is {self.min_caught}; it must lie in (0, 1]"
            raise ConfigError(message)
        if self.gate_min_cases < 1:
            message = f"gate_min_cases (--min-cases) is {self.gate_min_cases}; it must be 1 at least"
            raise ConfigError(message)
        if self.engine not in ("local", "ray"):
            message = f"engine is {self.engine!r}; known are local and ray"
            raise ConfigError(message)
        if self.engine == "ray" and self.judge_record:
            message = "engine is ray and judge_record is set; workers on several machines cannot keep one file of answers, so unset one of them"
            raise ConfigError(message)
        if self.lang not in ("", "id", "en"):
            message = f"lang is {self.lang!r}; a report's page speaks id or en"
            raise ConfigError(message)
        if self.publisher_url and not (self.publisher and re.fullmatch(r"https?://\S+", self.publisher_url)):
            message = f"publisher_url (--publisher-url) is {self.publisher_url!r}; it must be the http or https address of a publisher that is named"
            raise ConfigError(message)
        if not 1 <= self.judge_votes <= 15:
            message = f"judge_votes is {self.judge_votes}; it must lie in [1, 15]"
            raise ConfigError(message)
        if not 0 <= self.judge_temperature <= 2:
            message = f"judge_temperature is {self.judge_temperature}; it must lie in [0, 2]"
            raise ConfigError(message)
        if self.judge_replay and not self.judge_record:
            message = "judge_replay is set and judge_record is not; name the file of recorded answers"
            raise ConfigError(message)
        if not 1 <= self.k <= 200:
            message = f"k is {self.k}; it must lie in [1, 200]"
            raise ConfigError(message)
        if not 0 < self.max_mb <= 10_000:
            message = f"max_mb is {self.max_mb}; it must lie in (0, 10000]"
            raise ConfigError(message)

    @property
    def max_bytes(self) -> int:
        """`max_mb` in bytes."""
        return int(self.max_mb * 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value and where it came from."""

    name: str
    """The field of `Config`."""

    value: object
    """Its value."""

    origin: str
    """``default``, a file's path, an environment variable's name, or ``flag``."""


def read_config(
    flags: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> tuple[Config, list[Setting]]:
    """Reads the configuration.

    Args:
        flags: Values from the command line; None stands for "not given".
        environment: The environment; the process's own if None.
        folder: Where the search for ``bukti.toml`` or ``pyproject.toml`` starts and goes upwards; the current one if None.

    Returns:
        The configuration, and each value with its origin.

    Raises:
        ConfigError: A file cannot be read, a key is unknown, or a value has the wrong type.
    """
    environment = os.environ if environment is None else environment
    file_values, file_origin = _read_file(folder or Path.cwd())
    settings = []
    for one in fields(Config):
        default: object = one.default if one.default is not MISSING else {}
        value, origin = default, "default"
        if one.name in file_values:
            value, origin = _typed(one.name, file_values[one.name], default, file_origin), file_origin
        variable = f"BUKTI_{one.name.upper()}"
        if environment.get(variable):
            value, origin = _typed(one.name, environment[variable], default, variable), variable
        if flags and flags.get(one.name) is not None:
            value, origin = flags[one.name], "flag"
        settings.append(Setting(name=one.name, value=value, origin=origin))
    return Config(**{setting.name: setting.value for setting in settings}), settings  # type: ignore[arg-type]


def _read_file(start: Path) -> tuple[dict[str, Any], str]:
    for folder in (start, *start.parents):
        for name in ("bukti.toml", "pyproject.toml"):
            path = folder / name
            if not os.path.lexists(path) or path.is_dir():
                continue
            table = _load(path)
            if name == "pyproject.toml":
                table = table.get("tool", {}).get("bukti")
                if table is None:
                    continue
            known = {one.name for one in fields(Config)}
            unknown = sorted(set(table) - known)
            if unknown:
                message = f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}"
                raise ConfigError(message)
            return table, str(path)
    return {}, ""


def _load(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return dict(tomllib.loads(read_regular(path).decode("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        message = f"{path} cannot be read as TOML ({str(exc).splitlines()[0]}); correct it"
        raise ConfigError(message) from exc


def _typed(name: str, value: object, default: object, origin: str) -> object:
    if isinstance(default, dict):
        return _table(name, value, origin)
    wanted = float if default is None else type(default)
    if wanted is bool:
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if str(value).lower() not in known:
            message = f"{origin}: {name} is {value!r}; it must be true or false"
            raise ConfigError(message)
        return known[str(value).lower()]
    try:
        if isinstance(value, bool) or (wanted is str and not isinstance(value, str)):
            raise ValueError
        return wanted(value)  # type: ignore[call-arg]
    except (TypeError, ValueError) as exc:
        message = f"{origin}: {name} is {value!r}; it must be {'a number' if wanted is not str else 'text'}"
        raise ConfigError(message) from exc


def _table(name: str, value: object, origin: str) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict):  # which is not shown: it may hold a password
        message = f"{origin}: {name} is no table of names and values; write it as a table in the file, as JSON in the environment"
        raise ConfigError(message)
    return {str(key): item for key, item in value.items()}
