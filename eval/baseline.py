"""Baselines: the blessed run's rows in one file that says when it is not what was written.

The file is JSON, ``bukti.baseline/1``, one row a line so that a change reads well in a diff::

    {"schema": "bukti.baseline/1", "sha256": "...", "manifest": {...}, "results": [
    {"case": ..., "text": ..., "gold": ..., "verdict": ..., ...},
    ...
    ]}

``sha256`` is that of ``{"manifest", "results", "schema"}`` as JSON with sorted keys, no white space and no escapes. The manifest says what the run
depends on; two of its keys are read: ``suite``, the suite's hash, and ``measures``, the names of its measures. How long a
case took is left out: it differs between two runs on the same input.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bukti.claims.article import Span
from bukti.claims.errors import BaselineError, NotBlessedError, OutputError
from bukti.claims.files import read_regular
from bukti.eval.output import write_text
from bukti.eval.pairing import repeated_ids
from bukti.eval.report import Failure, Stance, Verdict
from bukti.eval.results import CaseResult, FoundEvidence, Repeat
from bukti.eval.verifier import Probabilities

__all__ = [
    "SCHEMA",
    "Baseline",
    "bless",
    "digest_of",
    "faults_of",
    "read_baseline",
    "read_row",
    "render_row",
    "write_baseline",
]

SCHEMA = "bukti.baseline/1"
"""Name and version of the file's form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A blessed run."""

    results: tuple[CaseResult, ...]
    """Its rows."""

    manifest: Mapping[str, Any]
    """What it depends on; ``suite`` and ``measures`` are read by the gate."""


class _Row(BaseModel):
    """A row as the file has it."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Evidence(_Row):
    source: str
    span: tuple[int, int]
    text: str
    stance: Stance
    score: float
    title: str = ""


class _Probabilities(_Row):
    supported: float
    refuted: float
    not_enough_evidence: float
    quote: tuple[int, int] | None = None


class _Error(_Row):
    stage: str
    cause: str


class _Repeat(_Row):
    verdict: Verdict
    probabilities: _Probabilities | None
    error: _Error | None


class _Result(_Row):
    case: str
    text: str
    gold: Verdict | None
    verdict: Verdict
    probabilities: _Probabilities | None
    evidence: list[_Evidence]
    gold_evidence: list[tuple[str, str]]
    must_not_support: bool
    language: str
    tags: list[str]
    cluster: str
    span: tuple[int, int] | None
    error: _Error | None
    extra: dict[str, Any]
    digest: str = ""
    repeats: list[_Repeat] = []


class _TimedResult(_Result):
    seconds: float


class _File(_Row):
    form: str = Field(alias="schema")
    sha256: str
    manifest: dict[str, Any]
    results: list[_Result]


# Blessing ----------------------------------------------------------------------------------------------------------


def faults_of(results: Sequence[CaseResult]) -> tuple[str, ...]:
    """Gives what keeps a run from being a baseline, one short sentence each."""
    failed = [row.case for row in results if row.verdict == "error"]
    supported = [row.case for row in results if row.must_not_support and row.verdict == "supported"]
    found = [
        ("has no case", [""] if not results else []),
        ("ended in an error", failed),
        ("must not be supported and are", supported),
        ("have an id that another has", repeated_ids(results)),
    ]
    return tuple(says if cases == [""] else f"{len(cases)} {says}: {_some(cases)}" for says, cases in found if cases)


def _some(cases: Sequence[str]) -> str:
    return ", ".join(cases[:3]) + (", ..." if len(cases) > 3 else "")


def bless(results: Sequence[CaseResult], manifest: Mapping[str, Any], path: Path | str, *, force: bool = False) -> None:
    """Writes a run as the baseline that later runs are held against.

    With `force` a run with faults is taken too, and the manifest names them under ``forced``. An id that two rows have is
    never taken: nothing could be paired with it.

    Raises:
        NotBlessedError: The run has errors, no cases, or supports what must not be supported.
        OutputError: The file cannot be written.
    """
    faults = faults_of(results)
    if faults and (not force or repeated_ids(results)):
        message = f"not blessed: {'; '.join(faults)}. Mend the run" + ("" if force else ", or force it")
        raise NotBlessedError(message, faults=faults)
    write_baseline(results, {**manifest, "forced": list(faults)} if faults else manifest, path)


# Files -------------------------------------------------------------------------------------------------------------


def write_baseline(results: Sequence[CaseResult], manifest: Mapping[str, Any], path: Path | str) -> None:
    """Writes a baseline file; it is there whole or not at all. `bless` asks first whether the run is fit for it.

    Raises:
        OutputError: It cannot be written: the place, or a value that JSON has not, such as NaN.
    """
    try:
        # Through JSON and back: what is hashed is what will be read.
        rows = json.loads(json.dumps([_row(result) for result in results], allow_nan=False))
        kept = json.loads(json.dumps(dict(manifest), allow_nan=False))
        opening = _dump({"schema": SCHEMA, "sha256": _hash(kept, rows), "manifest": kept}).removesuffix("}")
        text = f'{opening}, "results": [\n' + ",\n".join(_dump(row) for row in rows) + "\n]}\n"
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as exc:
        message = f"{path}: holds what a JSON file cannot ({_first_line(exc)}); mend the run's extra or manifest"
        raise OutputError(message, path=path) from exc
    try:
        write_text(text, path)
    except OutputError as exc:
        raise OutputError(str(exc).removeprefix("-o "), path=path) from exc


def read_baseline(path: Path | str) -> Baseline:
    """Reads a baseline file.

    Raises:
        BaselineError: It is missing, torn, edited, of another version, or no baseline.
    """
    path = Path(path)

    def refuse(what: str, exc: Exception | None = None) -> NoReturn:
        message = f"{path}: {what}"
        raise BaselineError(message, path=path) from exc

    try:
        text = read_regular(path).decode("utf-8")
    except FileNotFoundError as exc:
        refuse("no such baseline; bless a run first", exc)
    except OSError as exc:
        refuse(f"cannot be read ({exc.strerror}); give a baseline file", exc)
    except UnicodeDecodeError as exc:
        refuse("is no text; restore it or bless again", exc)
    try:
        told = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        refuse(f"is torn or no JSON ({_first_line(exc)}); restore it or bless again", exc)
    if not isinstance(told, dict) or not str(told.get("schema", "")).startswith("bukti.baseline/"):
        refuse("is no baseline; give a file that bless wrote")
    if told["schema"] != SCHEMA:
        refuse(f"has the form {told['schema']}, and this bukti reads {SCHEMA}; bless again")
    if told.get("sha256") != _hash(told.get("manifest"), told.get("results")):
        refuse("was edited: its sha256 does not fit; restore it or bless again")
    try:
        read = _File.model_validate_json(text)
        results = tuple(_result(row) for row in read.results)
    except ValidationError as exc:
        first = exc.errors()[0]
        refuse(f"has {'.'.join(map(str, first['loc']))} wrong ({first['msg']}); bless again", exc)
    except ValueError as exc:
        refuse(f"has a row that cannot be ({_first_line(exc)}); bless again", exc)
    if repeated := repeated_ids(results):
        refuse(f"has the id {repeated[0]!r} twice; bless again")
    return Baseline(results=results, manifest=read.manifest)


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is no number"
    raise ValueError(msg)


def _first_line(exc: BaseException) -> str:
    return (str(exc) or type(exc).__name__).splitlines()[0]


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _hash(manifest: object, rows: object) -> str:
    whole = {"schema": SCHEMA, "manifest": manifest, "results": rows}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(results: Sequence[CaseResult]) -> dict[str, Any]:
    """Gives how many rows there are and a hash of what they say, how long they took left out: rows that were cut or edited have another."""
    text = "".join(f"{_dump(_row(result))}\n" for result in results)
    return {"rows": len(results), "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()}


def render_row(result: CaseResult) -> str:
    """Gives a row as one line of JSON. How long it took stands at its end, so that what is before can be compared.

    Raises:
        ValueError: It holds what JSON has not, such as NaN.
    """
    return _dump({**_row(result), "seconds": round(result.seconds, 4)})


def read_row(text: str) -> CaseResult:
    """Reads a row that `render_row` gave.

    Raises:
        ValueError: It is none.
    """
    read = _TimedResult.model_validate_json(text)
    return replace(_result(read), seconds=read.seconds)


def _row(result: CaseResult) -> dict[str, Any]:
    return {
        "case": result.case,
        "text": result.text,
        "gold": result.gold,
        "verdict": result.verdict,
        "probabilities": _told(result.probabilities),
        "evidence": [
            {"source": one.source, "span": list(one.span), "text": one.text, "stance": one.stance, "score": one.score}
            | ({"title": one.title} if one.title else {})
            for one in result.evidence
        ],
        "gold_evidence": [list(one) for one in result.gold_evidence],
        "must_not_support": result.must_not_support,
        "language": result.language,
        "tags": list(result.tags),
        "cluster": result.cluster,
        "span": None if result.span is None else list(result.span),
        "error": _caused(result.error),
        "extra": dict(result.extra),
        **({"digest": result.digest} if result.digest else {}),
        # Only where there are any: a row that was judged once is written as it always was.
        **({"repeats": [_repeat(one) for one in result.repeats]} if result.repeats else {}),
    }


def _repeat(one: Repeat) -> dict[str, Any]:
    return {"verdict": one.verdict, "probabilities": _told(one.probabilities), "error": _caused(one.error)}


def _told(scores: Probabilities | None) -> dict[str, Any] | None:
    if scores is None:
        return None
    return {
        "supported": scores.supported,
        "refuted": scores.refuted,
        "not_enough_evidence": scores.not_enough_evidence,
        "quote": None if scores.quote is None else list(scores.quote),
    }


def _caused(error: Failure | None) -> dict[str, Any] | None:
    return None if error is None else {"stage": error.stage, "cause": error.cause}


def _probabilities(scores: _Probabilities | None) -> Probabilities | None:
    if scores is None:
        return None
    return Probabilities(
        supported=scores.supported,
        refuted=scores.refuted,
        not_enough_evidence=scores.not_enough_evidence,
        quote=None if scores.quote is None else Span(*scores.quote),
    )


def _failure(error: _Error | None) -> Failure | None:
    return None if error is None else Failure(stage=error.stage, cause=error.cause)


def _result(row: _Result) -> CaseResult:
    return CaseResult(
        case=row.case,
        text=row.text,
        gold=row.gold,
        verdict=row.verdict,
        probabilities=_probabilities(row.probabilities),
        evidence=tuple(
            FoundEvidence(
                source=one.source,
                span=Span(*one.span),
                text=one.text,
                stance=one.stance,
                score=one.score,
                title=one.title,
            )
            for one in row.evidence
        ),
        gold_evidence=tuple(row.gold_evidence),
        must_not_support=row.must_not_support,
        language=row.language,
        tags=tuple(row.tags),
        cluster=row.cluster,
        span=None if row.span is None else Span(*row.span),
        error=_failure(row.error),
        extra=row.extra,
        digest=row.digest,
        repeats=tuple(
            Repeat(verdict=one.verdict, probabilities=_probabilities(one.probabilities), error=_failure(one.error))
            for one in row.repeats
        ),
    )
