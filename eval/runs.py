"""Runs: a suite's cases answered by one configuration, kept in a numbered folder that nothing is ever written over.

::

    bukti-runs/0001/
        manifest.json    bukti.run/1: the suite and its hash, models, configuration, command, versions, when it began and ended, a hash of its rows
        results.jsonl    one row a claim (`CaseResult`), written as the cases are answered, in the end in the suite's order
        measures.json    what the rows are worth

A run that was cut off goes on when it is started again with the same command: same suite, configuration, models, parts of one's own, version of bukti,
commit and edits since.
What was answered is kept; a torn last line, and a case of which some rows are missing, are answered again. In the end `results.jsonl` and
`measures.json` are those of a run that nothing disturbed, byte for byte but for ``seconds``, the last key of each row.
"""

from __future__ import annotations

import errno
import hashlib
import inspect
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from bukti.claims.errors import InputError, NotBlessedError, OutputError, UsageError
from bukti.claims.files import read_regular
from bukti.eval.answers import ORACLES, Oracle, Parts, answer_group
from bukti.eval.baseline import bless, digest_of, read_row, render_row
from bukti.eval.cases import Case, Suite, gold_claims, group_by_sources, make_suite
from bukti.eval.decision import Decision
from bukti.eval.gate import DEFAULT_MEASURES
from bukti.eval.output import UNFINISHED, write_text
from bukti.eval.results import CaseResult
from bukti.eval.scores import latency_of, scores_of

if TYPE_CHECKING:
    from bukti.eval.sensitivity import Sensitivity

__all__ = [
    "RUN_FORMATS",
    "SCHEMA",
    "Run",
    "bless_run",
    "exit_code",
    "join_suites",
    "limited",
    "read_run",
    "run_suite",
    "write_run",
]

SCHEMA = "bukti.run/1"
"""Name and version of a run's form."""

LOCK = ".lock"
"""Name of the file by which a process has a run's folder for itself."""

SYNC_S = 1.0
"""A machine that goes down loses the answers of about the last second; a process that is killed loses none."""

MACHINE = (
    *(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM)),
    "disk is full",  # SQLite's words
    "MemoryError",
    "Unable to allocate",  # NumPy's
)
"""What failures say that are the machine's: the case was not answered, and would be once there is room."""

Progress = Callable[[str, int, int], None]
"""Told of (step, done, of)."""

Spread = Callable[[Sequence[Sequence[Case]]], Iterator[tuple[Case, list[CaseResult]]]]
"""Answers groups of cases elsewhere, and gives each case with its rows as `bukti.eval.answers.answer_group` would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One configuration's answers to a suite, with all that they depend on."""

    results: tuple[CaseResult, ...]
    """A row for each labelled claim, in the suite's order."""

    manifest: Mapping[str, Any]
    """What they depend on."""

    scores: Mapping[str, Any]
    """What they are worth, as `bukti.eval.scores.scores_of` gives it."""

    folder: Path
    """Where it lies."""

    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of its suite's file on which each row's claim stands, where that is known; of a run that was read back it is not."""

    mutation: Sensitivity | None = None
    """What became of the mutants of its supported claims, where they were asked for."""


# Suites ------------------------------------------------------------------------------------------------------------


def join_suites(suites: Sequence[Suite]) -> Suite:
    """Gives one suite of several: ids and clusters have the suite's name and a colon before them. A single one stays as it is.

    Raises:
        UsageError: Two of them have the same name and ids.
    """
    if len(suites) == 1:
        return suites[0]
    cases = [
        replace(case, id=f"{suite.name}:{case.id}", cluster=f"{suite.name}:{case.cluster}" if case.cluster else "")
        for suite in suites
        for case in suite.cases
    ]
    try:
        joined = make_suite("+".join(suite.name for suite in suites), " ".join(suite.path for suite in suites), cases)
        return replace(joined, files=tuple((suite.name, suite.path) for suite in suites))
    except ValueError as exc:
        raise UsageError(
            f"the suites cannot be run together: {exc}; give each its own name (`name` in YAML, else the file's: rename one), or run them apart"
        ) from exc


def limited(suite: Suite, most: int | None) -> Suite:
    """Gives the suite of the first cases: another suite, with another hash."""
    if most is None or most >= len(suite.cases):
        return suite
    return replace(make_suite(suite.name, suite.path, suite.cases[:most]), files=suite.files)


# Running -----------------------------------------------------------------------------------------------------------


def run_suite(
    suite: Suite,
    parts: Parts,
    *,
    runs: Path | str,
    oracle: Collection[Oracle] = (),
    fresh: bool = False,
    command: Sequence[str] = (),
    models: Mapping[str, Any] | None = None,
    mutants: Callable[[Run], Sensitivity] | None = None,
    spread: Spread | None = None,
    progress: Progress | None = None,
) -> Run:
    """Answers a suite, or goes on with a run of it that was cut off.

    Args:
        suite: The suite.
        parts: What answers it.
        runs: Folder of the numbered runs; made if it is missing.
        oracle: Stages whose place the right answer takes; see `bukti.eval.answers`.
        fresh: Whether to begin anew in any case.
        command: What was called, for the manifest; it makes no run another one.
        models: Hashes of their weights and the like, beside the parts' names.
        mutants: What judges the run's mutants. The run ends only after that: cut off there, it goes on there.
        spread: What answers the cases in place of this process; it makes no run another one.
        progress: Told of (``cases``, done, of).

    Raises:
        OutputError: The folder cannot be written, or the machine has no room, no memory or no files left.
        InputError: A run that was cut off is damaged in the middle.
    """
    tell = progress or (lambda step, done, of: None)
    told = _manifest(suite, parts, oracle, models or {})
    try:
        with _folder_for(Path(runs), told, fresh=fresh) as (folder, before):
            manifest = {**told, "command": list(command), **before}
            _write_json(folder / "manifest.json", manifest)
            kept = _kept(folder / "results.jsonl", suite)
            rows = _answer_rest(suite, parts, folder, oracle, kept, spread, tell)
            _write_rows(folder / "results.jsonl", rows)
            scores = scores_of(rows)
            _write_json(folder / "measures.json", scores)
            lines = {gold.id: gold.line for case in suite.cases for gold in gold_claims(case) if gold.line}
            run = Run(results=tuple(rows), manifest=manifest, scores=scores, folder=folder, lines=lines)
            run = replace(run, mutation=mutants(run) if mutants else None)
            ends = {"ended": _now(), "latency": latency_of(rows), "results": digest_of(rows)}
            run = replace(run, manifest={**manifest, **ends})
            _write_json(folder / "manifest.json", run.manifest)
    except OSError as exc:
        raise OutputError(f"{runs}: cannot be written ({exc.strerror}); give another --runs", path=runs) from exc
    return run


def _answer_rest(
    suite: Suite,
    parts: Parts,
    folder: Path,
    oracle: Collection[Oracle],
    kept: Mapping[str, list[CaseResult]],
    spread: Spread | None,
    tell: Progress,
) -> list[CaseResult]:
    """Answers the cases that have no rows yet, and gives all rows in the suite's order."""
    found = dict(kept)
    work = folder / "work"
    tell("cases", len(found), len(suite.cases))
    synced = monotonic()
    with (folder / "results.jsonl").open("a", encoding="utf-8", newline="\n") as file:
        groups = [[case for case in group if case.id not in found] for group in group_by_sources(suite.cases)]
        for case, rows in spread(groups) if spread else _answer_here(groups, parts, work, oracle):
            _check_machine(rows)
            file.write("".join(render_row(row) + "\n" for row in rows))
            file.flush()
            found[case.id] = rows
            tell("cases", len(found), len(suite.cases))
            if monotonic() - synced >= SYNC_S:
                os.fsync(file.fileno())
                synced = monotonic()
    shutil.rmtree(work, ignore_errors=True)
    return [row for case in suite.cases for row in found[case.id]]


def _check_machine(rows: Sequence[CaseResult]) -> None:
    """Ends the run where the machine gave out: what is kept as a row is never asked again.

    It goes by what the failures say, for some are told by libraries, and some by workers of a cluster.
    """
    for row in rows:
        for cause in (error.cause for error in (row.error, *(one.error for one in row.repeats)) if error):
            if any(said.casefold() in cause.casefold() for said in MACHINE):
                message = f"the machine gave out at case {row.case!r} ({cause}); make room and start the run again, it goes on from there"
                raise OutputError(message, path="-")


def _answer_here(
    groups: Sequence[Sequence[Case]], parts: Parts, work: Path, oracle: Collection[Oracle]
) -> Iterator[tuple[Case, list[CaseResult]]]:
    """Answers the cases one after the other."""
    for number, group in enumerate(groups):
        if group:
            yield from zip(
                group, answer_group(group, parts, work=work, name=f"{number:06}", oracle=oracle), strict=True
            )


def _kept(path: Path, suite: Suite) -> dict[str, list[CaseResult]]:
    """Gives the rows of the cases that were answered in full, by case, and leaves only them in the file."""
    rows: dict[str, CaseResult] = {}
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    for number, line in enumerate(lines[:-1], start=1):  # what has no line end is torn
        try:
            row = read_row(line.decode("utf-8"))
        except ValueError as exc:
            if number == len(lines) - 1:  # a machine that went down may leave a whole line of nothing
                break
            message = (
                f"{path}:{number}: is damaged, so the run cannot go on; remove its folder, or begin anew with --fresh"
            )
            raise InputError(message, path=path) from exc
        rows.setdefault(row.case, row)
    whole: dict[str, list[CaseResult]] = {}
    for case in suite.cases:
        wanted = [gold.id for gold in gold_claims(case)]
        if wanted and all(name in rows for name in wanted):
            whole[case.id] = [rows[name] for name in wanted]
    _write_rows(path, [row for held in whole.values() for row in held])
    return whole


def _write_rows(path: Path, rows: Sequence[CaseResult]) -> None:
    _write("".join(render_row(row) + "\n" for row in rows), path)


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    _write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", path)


def _write(text: str, path: Path) -> None:
    try:
        write_text(text, path)
    except OutputError as exc:
        raise OutputError(str(exc).removeprefix("-o "), path=path) from exc


# Folders -----------------------------------------------------------------------------------------------------------


@contextmanager
def _folder_for(runs: Path, told: Mapping[str, Any], *, fresh: bool) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Gives the folder of a run that was cut off, or the next one, for this process alone, and when it began."""
    runs.mkdir(parents=True, exist_ok=True)
    for folder in [] if fresh else reversed(_numbered(runs)):
        if not _goes_on(folder, told):
            continue
        with _alone(folder) as mine:
            before = _goes_on(folder, told) if mine else None  # another process may have ended it meanwhile
            if before:
                yield folder, {"started": before["started"], "resumed": [*before["resumed"], _now()], "ended": None}
                _unlock(folder)
                return
    while True:
        folder = _next(runs)
        with _alone(folder) as mine:
            if mine and _untouched(folder):  # another process may have taken it
                yield folder, {"started": _now(), "resumed": [], "ended": None}
                _unlock(folder)
                return


def _unlock(folder: Path) -> None:
    """Removes the lock of a run that has ended; of no other, for a process that waits at the file would then have it for itself alone."""
    with suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Says whether this process has the folder for itself, and keeps others out until it has done with it.

    The lock is the operating system's: it goes with the process, however that ends, and the file that is left behind locks nothing.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        for torn in folder.glob(f".*{UNFINISHED}"):  # what a killed process was writing
            torn.unlink(missing_ok=True)
        yield True
    finally:
        lock.release()


def _numbered(runs: Path) -> list[Path]:
    return sorted(
        (entry for entry in runs.iterdir() if entry.name.isdigit() and entry.is_dir()), key=lambda one: int(one.name)
    )


def _next(runs: Path) -> Path:
    """Gives the next folder: the last one where a process was killed before it had written anything into it, else one more."""
    while True:
        held = _numbered(runs)
        if held and _untouched(held[-1]) and not _locked(held[-1]):
            return held[-1]
        folder = runs / f"{int(held[-1].name) + 1 if held else 1:04}"
        with suppress(FileExistsError):  # another process may have made it
            folder.mkdir()
            return folder


def _untouched(folder: Path) -> bool:
    """Says whether nothing of a run is in a folder yet."""
    return all(entry.name == LOCK or entry.name.endswith(UNFINISHED) for entry in folder.iterdir())


def _locked(folder: Path) -> bool:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _goes_on(folder: Path, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """Gives the manifest of a run of this identity that has not ended."""
    try:
        held = json.loads(read_regular(folder / "manifest.json"))
        same = held["schema"] == SCHEMA and held["identity"] == told["identity"] and held["ended"] is None
        return dict(held) if same and held["started"] and isinstance(held["resumed"], list) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _manifest(
    suite: Suite, parts: Parts, oracle: Collection[Oracle], models: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """Gives all that a run's answers depend on, with a hash of it: runs of one identity give the same answers."""
    try:
        own = version("bukti")
    except PackageNotFoundError:
        own = "unknown"
    chosen = [name for name in ORACLES if name in oracle]
    depends = {
        # With a stage taken over by an oracle it is another question: the gate must not compare the two.
        "suite": "+".join(chosen) + ":" + suite.sha256 if chosen else suite.sha256,
        "measures": [one.name for one in DEFAULT_MEASURES],
        "oracle": chosen,
        "models": {
            "splitter": parts.splitter.name,
            "embedder": parts.embedder.name,
            "verifier": parts.verifier.name,
        },
        "weights": dict(models),
        "sources": {
            name: digest
            for name, part in (("splitter", parts.splitter), ("embedder", parts.embedder), ("verifier", parts.verifier))
            if (digest := _source_of(part))
        },
        "config": {
            "k": parts.k,
            "max_bytes": parts.max_bytes,
            "thresholds": asdict(parts.thresholds),
            "repeat": parts.repeat,
        },
        "bukti": own,
        "commit": _git("rev-parse", "HEAD").decode().strip() or None,
        # Of a working folder with edits that are in no commit, what they are: with others it is another version of the code.
        "edits": _short(_git("diff", "HEAD", "--no-ext-diff", "--no-textconv")),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    text = json.dumps(depends, sort_keys=True)
    return {
        "schema": SCHEMA,
        "identity": hashlib.sha256(text.encode()).hexdigest(),
        "suite_name": suite.name,
        "suite_path": suite.path,
        "suite_files": [list(one) for one in suite.files],
        "suite_sha256": suite.sha256,
        "cases": len(suite.cases),
        **depends,
    }


def _source_of(part: object) -> str:
    """Gives a hash of the file that a part's class stands in; empty of our own, which the version is of, and where there is no file."""
    if type(part).__module__.partition(".")[0] == "bukti":
        return ""
    try:
        return _short(Path(inspect.getfile(type(part))).read_bytes()) or ""
    except (OSError, TypeError):  # a class that was typed in has no file
        return ""


def _short(data: bytes) -> str | None:
    return hashlib.sha256(data).hexdigest()[:12] if data else None


def _git(*words: str) -> bytes:
    """Gives what git says of the working folder; nothing where that is in no repository, or where it takes long."""
    call = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(call, capture_output=True, timeout=10, check=False)  # noqa: S603 (fixed words)
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


# Using runs --------------------------------------------------------------------------------------------------------


def exit_code(run: Run, decision: Decision | None = None) -> tuple[int, str]:
    """Gives what the command line exits with, and why in one line; nothing where all went well or the decision says it.

    Without a baseline: 1 where a claim that must not be supported is, 4 where a claim ended in an error, 3 where nothing ran. Of the run's and its
    mutants' the one that stands first in 1, 4, 3: what is known to be bad before what could not be told.
    """
    ends = [_own_exit(run, decision), *([run.mutation.exit_code()] if run.mutation else [])]
    return min(ends, key=lambda end: (1, 4, 3, 0).index(end[0]))


def _own_exit(run: Run, decision: Decision | None) -> tuple[int, str]:
    if decision is not None:
        return decision.exit_code, ""
    bad = [row.case for row in run.results if row.must_not_support and row.verdict == "supported"]
    if bad:
        return 1, f"{len(bad)} must not be supported and are: {_some(bad)}"
    failed = [row for row in run.results if row.verdict == "error"]
    if failed:
        cause = failed[0].error
        says = f" ({cause.stage}: {cause.cause})" if cause else ""
        return 4, f"{len(failed)} of {len(run.results)} ended in an error: {_some([row.case for row in failed])}{says}"
    return (0, "") if run.results else (3, "there are no cases: nothing ran")


def _some(cases: Sequence[str]) -> str:
    return ", ".join(cases[:3]) + (", ..." if len(cases) > 3 else "")


RUN_FORMATS = (".json", ".xml", ".md", ".html", ".sarif")
"""Endings of the files that a run can be written to."""


def write_run(run: Run, path: Path | str, decision: Decision | None = None, *, language: str | None = None) -> None:
    """Writes a run as one file, with the gate's decision: JSON, or what the ending of the file says.

    Args:
        run: The run.
        path: The file.
        decision: The gate's decision, where there is one.
        language: What a page speaks, ``en`` or ``id``; English if None. The other forms are English.

    Raises:
        OutputError: It cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending != ".json":
        write_text(_rendered(run, ending, decision, language), path)
        return
    whole = {
        "schema": SCHEMA,
        "manifest": run.manifest,
        "measures": run.scores,
        "decision": decision.to_dict() if decision else None,
        "mutation": run.mutation.to_dict() if run.mutation else None,
        "results": [json.loads(render_row(row)) for row in run.results],
    }
    write_text(json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n", path)


def _rendered(run: Run, ending: str, decision: Decision | None, language: str | None) -> str:
    from bukti.eval.junit import render_junit
    from bukti.eval.runpage import render_run
    from bukti.eval.sarif import render_run_sarif
    from bukti.eval.scores import values_of
    from bukti.eval.summary import render_summary

    told = run.results, values_of(run.scores), decision, {"name": run.manifest.get("suite_name"), **run.manifest}
    if ending == ".sarif":
        return render_run_sarif(*told, lines=run.lines)
    if ending == ".html":
        return render_run(*told, mutation=run.mutation, scores=run.scores, language=language)
    return {".xml": render_junit, ".md": render_summary}[ending](*told, mutation=run.mutation, scores=run.scores)


def read_run(path: Path | str) -> Run:
    """Reads a run: its folder, or the file that `write_run` wrote.

    Raises:
        InputError: It is none, or cannot be read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            manifest = json.loads(read_regular(path / "manifest.json"))
            lines = read_regular(path / "results.jsonl").decode("utf-8").split("\n")
            scores = (
                json.loads(read_regular(path / "measures.json")) if manifest.get("ended") else {}
            )  # fmt: skip
        else:
            whole = json.loads(read_regular(path))
            manifest, scores = whole["manifest"], whole["measures"]
            lines = [json.dumps(row, ensure_ascii=False) for row in whole["results"]]
        if manifest["schema"] != SCHEMA:
            raise ValueError(f"its form is {manifest['schema']}, and this bukti reads {SCHEMA}")
        rows = tuple(read_row(line) for line in lines if line) if manifest["ended"] else ()
    except OSError as exc:
        message = f"{path}: no such run ({exc.strerror}); give a run's folder, or the file that eval -o wrote"
        raise InputError(message, path=path) from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        message = f"{path}: is no run ({(str(exc) or type(exc).__name__).splitlines()[0]}); give a run's folder, or the file that eval -o wrote"
        raise InputError(message, path=path) from exc
    return Run(results=rows, manifest=manifest, scores=scores, folder=path)


def bless_run(path: Path | str, to: Path | str, *, force: bool = False) -> Run:
    """Makes a run the baseline that later ones are held against.

    Args:
        path: The run's folder or file.
        to: The baseline's file; an older baseline there is replaced.
        force: Whether to take a run with faults too. One that has not ended, or was cut or edited since, is never taken.

    Raises:
        InputError: There is no such run.
        UsageError: There is another file at `to`.
        NotBlessedError: The run is not clean.
        OutputError: The baseline cannot be written.
    """
    run, to = read_run(path), Path(to)
    if not run.manifest["ended"]:
        raise NotBlessedError(
            f"{path}: not blessed: the run has not ended; start it again, it goes on", faults=("not ended",)
        )  # fmt: skip
    if run.manifest.get("results") != (told := digest_of(run.results)):
        held = run.manifest.get("results")
        says = "it does not say what rows it ended with"
        if held:
            cut = told["rows"] != held["rows"]
            says = (
                f"it has {told['rows']} of the {held['rows']} rows it ended with"
                if cut
                else "its rows were edited since it ended"
            )
        raise NotBlessedError(f"{path}: not blessed: {says}; run it again", faults=("not as it ended",))
    if to.exists() and not (to.is_file() and to.read_bytes()[:40].startswith(b'{"schema": "bukti.baseline/')):
        raise UsageError(f"--to {to}: is there and is no baseline; give another name")
    bless(run.results, run.manifest, to, force=force)
    return run
