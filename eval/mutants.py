"""Runs the mutants of a run's supported claims: each against the sources, or in the article, of the claim that it was made of.

Mutated is what the run found supported, where the suite does not say that this is wrong: a claim and its mutant cannot both be true, so
that who accepts both has not read what was changed, whatever the label. Of a labelled claim in an article the run judged what the splitter made
of it; here its own words are judged first, and it is mutated only where those are supported too.

Where each claim is judged several times, only what is supported in every repeat is mutated: of a claim that is doubtful as it stands, a mutant that is
not supported shows nothing. A mutant is judged as often, and support in any repeat is support.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bukti.claims.language import detect_language
from bukti.eval.answers import ORACLES, Oracle, Parts
from bukti.eval.cases import Case, GoldClaim, Suite, gold_claims, make_suite
from bukti.eval.mutation import Mutation, mutate
from bukti.eval.results import CaseResult
from bukti.eval.runs import Progress, Run, run_suite
from bukti.eval.sensitivity import Mutant, Sensitivity

__all__ = ["MutantSuite", "make_mutants", "run_mutants"]

MARK = "~"
"""Stands between a claim's id and what its mutant is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantSuite:
    """The mutants of a run's supported claims as cases."""

    suite: Suite
    """The cases: mutants, and beside those of an article's claim the claim itself."""

    made: dict[str, tuple[str, Mutation]]
    """By the id of a mutant's row, the claim's row id and what was changed."""

    controls: dict[str, str]
    """By the id of an article's claim, that of the row that judges its own words."""

    claims: tuple[str, ...]
    """The ids of the claims that may be mutated."""


def make_mutants(suite: Suite, results: Sequence[CaseResult], *, oracle: Collection[Oracle] = ()) -> MutantSuite:
    """Makes a suite of the mutants of what a run found supported.

    Args:
        suite: The suite that was run.
        results: The run's rows.
        oracle: The run's oracles: with those of claims, an article's claims were judged by their own words already.
    """
    supported = {row.case: row for row in results if _surely_supported(row) and not row.not_supported}
    made: dict[str, tuple[str, Mutation]] = {}
    controls: dict[str, str] = {}
    taken = {case.id for case in suite.cases}
    cases: list[Case] = []
    for case in suite.cases:
        claims: list[GoldClaim] = []
        for gold in gold_claims(case):
            if gold.id not in supported:
                continue
            mutants = _mutants(gold, made, taken)
            claims += mutants
            if mutants and case.article is not None and "claims" not in oracle:
                control = replace(gold, id=_free(gold.id, "claim", taken), extra={**gold.extra, "mutant": None})
                controls[gold.id] = control.id
                claims.append(control)
        cases += _cases(case, claims)
    named = make_suite(f"{suite.name}{MARK}mutants", suite.path, cases)
    return MutantSuite(suite=named, made=made, controls=controls, claims=tuple(supported))


def _surely_supported(row: CaseResult) -> bool:
    """Says whether a row is supported, in every repeat where there are several."""
    return not row.failed and set(row.verdicts) == {"supported"}


def _mutants(gold: GoldClaim, made: dict[str, tuple[str, Mutation]], taken: set[str]) -> list[GoldClaim]:
    """Gives a claim's mutants as labelled claims, known only not to be supported."""
    found = []
    for mutation in mutate(gold.text, gold.language or detect_language(gold.text)):
        name = _free(gold.id, mutation.operator, taken)
        made[name] = (gold.id, mutation)
        told: dict[str, Any] = {
            "of": gold.id, "operator": mutation.operator, "before": mutation.before, "after": mutation.after,
        }  # fmt: skip
        extra = {**gold.extra, "mutant": told}
        # That it must not be supported makes of several repeats the row that supports it, with its evidence.
        changed = replace(
            gold, id=name, text=mutation.text, label=None, not_supported=True, must_not_support=True, extra=extra
        )
        found.append(changed)
    return found


def _free(claim: str, kind: str, taken: set[str]) -> str:
    """Gives an id that no row has yet, and takes it."""
    name, number = f"{claim}{MARK}{kind}", 2
    while name in taken:
        name, number = f"{claim}{MARK}{kind}{number}", number + 1
    taken.add(name)
    return name


def _cases(case: Case, claims: Sequence[GoldClaim]) -> list[Case]:
    """Gives cases of a case's mutants, with all else as it is there."""
    if not claims:
        return []
    if case.article is not None:
        own = [replace(claim, id=claim.id.removeprefix(f"{case.id}/")) for claim in claims]
        return [replace(case, claims=tuple(own))]
    return [
        replace(
            case, id=claim.id, claim=claim.text, label=claim.label, not_supported=claim.not_supported,
            must_not_support=claim.must_not_support, cluster=claim.cluster, extra=claim.extra,
        )
        for claim in claims
    ]  # fmt: skip


def run_mutants(
    suite: Suite,
    run: Run,
    parts: Parts,
    *,
    runs: Path | str,
    oracle: Collection[Oracle] = (),
    minimum: float | None = None,
    fresh: bool = False,
    command: Sequence[str] = (),
    models: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Judges the mutants of what a run found supported; they are a run of their own, which goes on where it was cut off.

    Args:
        suite: The suite that was run.
        run: The run.
        parts: What answered it.
        runs: Folder of the numbered runs.
        oracle: The run's oracles; an article's mutants take the place of the splitter's claims in any case.
        minimum: The least share of mutants that must be caught.
        fresh: Whether to begin anew in any case.
        command: What was called.
        models: Hashes of weights and the like.
        progress: Told of (``mutants``, done, of).

    Raises:
        OutputError: The folder cannot be written.
    """
    mutants = make_mutants(suite, run.results, oracle=oracle)
    if not mutants.made:
        return Sensitivity(claims=len(mutants.claims), mutants=(), minimum=minimum)
    tell = progress or (lambda step, done, of: None)
    judged = run_suite(
        mutants.suite, parts, runs=runs, oracle=[name for name in ORACLES if name == "claims" or name in oracle], fresh=fresh,
        command=command, models=models, progress=lambda step, done, of: tell("mutants", done, of),
    )  # fmt: skip
    rows = {row.case: row for row in judged.results}
    lost = {claim for claim, control in mutants.controls.items() if not _surely_supported(rows[control])}
    found = tuple(
        Mutant(operator=mutation.operator, of=claim, before=mutation.before, after=mutation.after, row=rows[name])
        for name, (claim, mutation) in mutants.made.items()
        if claim not in lost
    )
    return Sensitivity(claims=len(mutants.claims) - len(lost), mutants=found, minimum=minimum, folder=judged.folder)
