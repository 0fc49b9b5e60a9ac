"""The pytest plugin: suites as tests, a fixture that checks texts against sources, and a baseline for the session (docs/pytest.md).

Under pytest-xdist each worker judges its cases and hands the rows over in its reports; what suites there were it says when it ends. The
baseline is decided by once, in the process that has all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # nothing of it is imported before a suite is collected or the fixture is used
    from bukti.config import Config
    from bukti.engine import Engine
    from bukti.eval.baseline import Baseline
    from bukti.eval.cases import Case, GoldClaim
    from bukti.eval.report import Assessment, JudgedEvidence
    from bukti.eval.results import CaseResult, FoundEvidence

__all__ = ["Checker"]

SUITES = (".claims.jsonl", ".claims.yaml", ".claims.yml")
"""How the names of suites end that are collected."""

MAX_SHOWN = 3
"""How many pieces of evidence a failure shows."""


# What a session knows ----------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)  # pytest keeps its plugins in sets
class _Session:
    """What the plugin knows of a session: in each worker of its own part, in the controlling process of all."""

    config: pytest.Config
    baseline: Baseline | None = None
    suites: dict[str, dict[str, Any]] = field(default_factory=dict)  # by node id: its hash, and the ids of its rows
    rows: dict[str, str] = field(default_factory=dict)  # by node id
    lines: list[str] = field(default_factory=list)  # for the summary
    made: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine; made when first used."""
        if self.made is None:
            from bukti.engine import Engine

            self.made = Engine(self.settings, self.config.rootpath)
        return self.made

    @property
    def settings(self) -> Config:
        """The settings, the options of this session among them."""
        from bukti.config import read_config

        flags = {"verifier": self.config.getoption("bukti_verifier")}
        return read_config(flags, folder=self.config.rootpath)[0]

    @property
    def expected(self) -> list[str]:
        """Node ids of all labelled claims of the suites."""
        return [f"{suite}::{case}" for suite, told in sorted(self.suites.items()) for case in told["cases"]]

    @property
    def manifest(self) -> dict[str, Any]:
        """What the session's rows depend on."""
        from bukti.eval.gate import DEFAULT_MEASURES

        hashes = sorted(f"{name}={told['sha256']}" for name, told in self.suites.items())
        whole = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
        suite = next(iter(self.suites.values()))["sha256"] if len(self.suites) == 1 else whole
        return {"suite": suite, "measures": sorted(measure.name for measure in DEFAULT_MEASURES)}

    def case_id(self, suite: str, case: str) -> str:
        """Gives a row's id: as the suite has it, behind the suite's node id where the session has several."""
        return case if len(self.suites) == 1 else f"{suite}::{case}"

    def results(self) -> list[CaseResult]:
        """Gives the session's rows, in the order of the suites."""
        from dataclasses import replace

        from bukti.eval.baseline import read_row

        found = []
        for suite, told in sorted(self.suites.items()):
            for case in told["cases"]:
                if text := self.rows.get(f"{suite}::{case}"):
                    row = read_row(text)
                    name = self.case_id(suite, case)
                    cluster = row.cluster if len(self.suites) == 1 else f"{suite}::{row.cluster}"
                    found.append(replace(row, case=name, cluster=cluster))
        return found

    def before(self, suite: str, case: str, digest: str) -> CaseResult | None:
        """Gives the baseline's row of a case; None where it asked something else."""
        if self.baseline is None:
            return None
        name = self.case_id(suite, case)
        found = next((row for row in self.baseline.results if row.case == name), None)
        return found if found and found.digest in ("", digest) else None

    # Hooks: this object is registered as a plugin, since not all of them are told the configuration.

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the row of a report; of a test that was run again, the last."""
        row = getattr(report, "bukti_row", None)
        if row is not None:
            self.rows[report.nodeid] = row

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuses a verifier that cannot be used once, and not at each case. Nothing is loaded where no test asks for it.

        Raises:
            pytest.UsageError: There is none of this name.
        """
        name = self.config.getoption("bukti_verifier")
        asked = any(
            isinstance(item, ClaimItem) or "bukti" in getattr(item, "fixturenames", ()) for item in session.items
        )
        if not name or not asked or hasattr(self.config, "workerinput"):
            return
        from bukti.claims.errors import BuktiError
        from bukti.loading import load_verifier

        try:
            load_verifier(name, config=self.settings)
        except BuktiError as exc:
            raise pytest.UsageError(f"--bukti-verifier: {exc}") from exc

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes over what suites a worker saw."""
        self.suites.update(getattr(node, "workeroutput", {}).get("bukti_suites", {}))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Decides by the baseline, saves, and fails the session where there is reason to."""
        if hasattr(self.config, "workerinput"):
            self.config.workeroutput["bukti_suites"] = self.suites  # type: ignore[attr-defined]
            return
        stopped = exitstatus not in (
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        )
        if stopped or self.config.getoption("collectonly"):
            return
        fine = True
        if self.baseline is not None:
            fine = self._decide(self.baseline)
        if path := self.config.getoption("bukti_save"):
            fine = self._save(path, fine=fine) and fine
        if not fine and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows the decision."""
        if self.lines:
            terminalreporter.section("bukti")
            for line in self.lines:
                terminalreporter.write_line(line)

    def _left_out(self) -> str:
        """Says which cases did not run; empty where all did, and there are any."""
        missing = [case for case in self.expected if case not in self.rows]
        if not self.expected:
            return "no labelled case was collected; give the suites"
        if missing:
            some = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
            return f"{len(missing)} of {len(self.expected)} cases did not run ({some}); run all of them"
        return ""

    def _decide(self, baseline: Baseline) -> bool:
        """Holds the session against the baseline; False where that fails it."""
        from bukti.api import gate_settings
        from bukti.eval.gate import gate

        measures, rules = gate_settings(self.settings)
        if left_out := self._left_out():
            self.lines.append(f"CANNOT DECIDE: {left_out}, or leave out --bukti-baseline")
            return False
        results = self.results()
        decision = gate(results, baseline, manifest=self.manifest, measures=measures, rules=rules)
        self.lines += decision.to_text().splitlines()
        if decision.exit_code:
            return False
        if decision.outcome == "inconclusive" and decision.worse:
            self.lines.append(
                f"The session fails: {len(decision.worse)} right before and wrong now, and no pass of the gate to outweigh it"
            )
            return False
        return True

    def _save(self, path: str, *, fine: bool) -> bool:
        """Writes the session as a baseline; False where it is not fit to be one."""
        from bukti.claims.errors import BuktiError
        from bukti.eval.baseline import bless

        if not fine:
            self.lines.append(
                "Not saved: it fails against the baseline; leave out --bukti-baseline to save it all the same"
            )
            return False
        if left_out := self._left_out():
            self.lines.append(f"Not saved: {left_out}")
            return False
        results = self.results()
        try:
            bless(results, self.manifest, path)
        except BuktiError as exc:
            self.lines.append(f"--bukti-save: {exc}")
            return False
        self.lines.append(f"{len(results)} cases saved to {path}")
        return True


_SESSION = pytest.StashKey[_Session]()


# Options -----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("bukti", "claims checked against sources")
    group.addoption("--bukti-baseline", metavar="FILE", help="hold the cases of this session against this baseline")
    group.addoption("--bukti-save", metavar="FILE", help="write the cases of this session as a baseline")
    group.addoption("--bukti-verifier", metavar="NAME", help="the verifier; as the setting of this name if left out")


def pytest_configure(config: pytest.Config) -> None:
    """Reads the baseline: one that cannot be read ends the session before it begins."""
    session = config.stash[_SESSION] = _Session(config)
    for option in ("bukti_baseline", "bukti_save"):
        given = config.getoption(option)
        if given:  # absolute, so that the workers find it too
            setattr(config.option, option, str(config.invocation_params.dir / Path(given).expanduser()))
    if config.getoption("bukti_baseline"):
        from bukti.api import gate_settings
        from bukti.claims.errors import BuktiError
        from bukti.eval.baseline import read_baseline

        try:
            gate_settings(session.settings)
            session.baseline = read_baseline(config.getoption("bukti_baseline"))
        except BuktiError as exc:
            raise pytest.UsageError(f"--bukti-baseline {exc}") from exc
    config.pluginmanager.register(session, "bukti-session")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes what was made."""
    session = config.stash.get(_SESSION, None)
    if session and session.made:
        session.made.close()


# Suites as tests ---------------------------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collects suites."""
    if file_path.name.endswith(SUITES):
        made: pytest.Collector = SuiteFile.from_parent(parent, path=file_path)
        return made
    return None


class SuiteFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterable[pytest.Item]:
        """Gives a test for each labelled claim."""
        from bukti.claims.errors import BuktiError, SuiteError
        from bukti.eval.cases import gold_claims
        from bukti.eval.suites import read_suite

        try:
            suite = read_suite(self.path)
        except SuiteError as exc:
            raise self.CollectError("\n".join(exc.lines)) from exc
        except BuktiError as exc:
            raise self.CollectError(str(exc)) from exc
        items = [
            ClaimItem.from_parent(self, name=gold.id, case=case, gold=gold)
            for case in suite.cases
            for gold in gold_claims(case)
        ]
        for item in items:
            if not item.asked:
                item.add_marker(pytest.mark.skip(reason="has no label"))
        asked = [item.name for item in items if item.asked]
        self.config.stash[_SESSION].suites[self.nodeid] = {"sha256": suite.sha256, "cases": asked}
        return items


class ClaimItem(pytest.Item):
    """A labelled claim as a test."""

    def __init__(self, *, case: Case, gold: GoldClaim, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case
        self.gold = gold
        self.row: CaseResult | None = None

    @property
    def asked(self) -> bool:
        """Whether there is anything to hold the verdict against."""
        return self.gold.label is not None or self.gold.not_supported or self.gold.must_not_support

    def setup(self) -> None:
        """Judges the claim: what goes wrong here is an error, not a failure."""
        self.row = self.config.stash[_SESSION].engine.answer(self.case, self.gold)
        if self.row.failed:
            raise _Told(_shown(self.row))

    def runtest(self) -> None:
        """Holds the verdict against the label."""
        row = self.row
        assert row is not None
        if row.as_asked:
            return
        assert self.parent is not None
        before = self.config.stash[_SESSION].before(self.parent.nodeid, self.name, row.digest)
        promised = row.must_not_support and row.verdict == "supported"
        if before is not None and not promised:
            told = f"{row.verdict}, not {row.gold or 'not_supported'}"
            if not before.as_asked:
                pytest.xfail(f"{told}: wrong in the baseline too")
            pytest.xfail(f"{told}: right in the baseline; the gate weighs it")
        raise _Told(_shown(row))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Shows what was found; a traceback only for what nobody expected."""
        from bukti.claims.errors import BuktiError

        if isinstance(excinfo.value, _Told | BuktiError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Gives where the test stands."""
        return self.path, 0, self.name


class _Told(Exception):  # noqa: N818 (it is a failed test, whose whole message is to be shown)
    """A test that failed, with all there is to say of it."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Puts the row into the report, in which it reaches the controlling process."""
    report = yield
    if isinstance(item, ClaimItem) and call.when == "setup" and call.excinfo and report.failed:
        report.longrepr = item.repr_failure(call.excinfo)  # pytest itself asks only for failures of the call
    if isinstance(item, ClaimItem) and item.row is not None and call.when != "teardown":
        from bukti.eval.baseline import render_row

        report.__dict__["bukti_row"] = render_row(item.row)
    return report


# Showing -----------------------------------------------------------------------------------------------------------


def _shown(row: CaseResult) -> str:
    """Gives what a failed case has to say."""
    gold = row.gold or "not_supported"
    first = f"{row.error.stage}: {row.error.cause}" if row.error else f"{row.verdict}, not {gold}"
    promise = " (it must never be supported)" if row.must_not_support else ""
    lines = [first, f"claim:    {row.text}", f"verdict:  {_verdict(row)}", f"gold:     {gold}{promise}"]
    return "\n".join([*lines, *([] if row.error else _evidence_lines(row.evidence))])


def _verdict(told: CaseResult | Assessment) -> str:
    return f"{told.verdict} (support {told.probabilities.supported:.2f})" if told.probabilities else told.verdict


def _evidence_lines(evidence: Sequence[FoundEvidence] | Sequence[JudgedEvidence]) -> Iterator[str]:
    if not evidence:
        yield "evidence: none"
    for one in evidence[:MAX_SHOWN]:
        yield f'evidence: {one.source}, {one.stance} ({one.score:.2f}): "{" ".join(one.text.split())}"'


# The fixture -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Checker:
    """Checks texts against sources. Sources are files, folders and texts: a string of more than one word that names none is a text."""

    _session: _Session

    def check(
        self, text: str, sources: Sequence[Path | str] | Path | str, language: str | None = None
    ) -> list[Assessment]:
        """Gives each claim of a text with its verdict and evidence.

        Args:
            text: The text.
            sources: What to check against; relative paths start from pytest's root folder.
            language: The text's language, ``id`` or ``en``; recognised if None.

        Raises:
            BuktiError: A source cannot be read, or the text holds no sentence.
        """
        return self._session.engine.check(text, sources, language=language)

    def assert_supported(
        self, text: str, sources: Sequence[Path | str] | Path | str, language: str | None = None
    ) -> None:
        """Fails unless every claim of a text is supported, and there is one.

        Raises:
            AssertionError: One isn't, or there is none.
            BuktiError: As `check`.
        """
        __tracebackhide__ = True
        self._hold(text, sources, language, "supported", lambda verdict: verdict == "supported")

    def assert_not_refuted(
        self, text: str, sources: Sequence[Path | str] | Path | str, language: str | None = None
    ) -> None:
        """Fails if a source refutes a claim of a text, whatever other sources say, and if there is no claim.

        Raises:
            AssertionError: One does, a claim could not be judged, or there is none.
            BuktiError: As `check`.
        """
        __tracebackhide__ = True
        self._hold(
            text,
            sources,
            language,
            "free of refuted claims",
            lambda verdict: verdict in ("supported", "not_enough_evidence"),
        )

    def _hold(
        self,
        text: str,
        sources: Sequence[Path | str] | Path | str,
        language: str | None,
        wanted: str,
        is_fine: Callable[[str], bool],
    ) -> None:
        __tracebackhide__ = True
        found = [item for item in self.check(text, sources, language) if item.verdict != "not_checkable"]
        if not found:
            raise AssertionError(f"not {wanted}: the text holds no claim that can be checked\ntext:     {text}")
        bad = [item for item in found if not is_fine(item.verdict)]
        if bad:
            lines = [f"not {wanted}: {len(bad)} of {len(found)} claims"]
            for item in bad:
                lines += ["", f"claim:    {item.claim.text}", f"verdict:  {_verdict(item)}"]
                if item.error:
                    lines.append(f"stage:    {item.error.stage}: {item.error.cause}")
                else:
                    lines += _evidence_lines(item.evidence)
            raise AssertionError("\n".join(lines))


@pytest.fixture(scope="session")
def bukti(pytestconfig: pytest.Config) -> Checker:
    """Checks texts against sources: `check`, `assert_supported`, `assert_not_refuted`."""
    return Checker(pytestconfig.stash[_SESSION])
