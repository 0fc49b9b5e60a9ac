"""Sensitivity: what share of the mutants of supported claims is noticed, by what was changed, with intervals.

A mutant is **caught** where its verdict is another one than supported, and **refuted** where that is refuted; where it was judged several times, in every
repeat: support in one of them is not noticed. One without a verdict is not caught: it counts among all, and beside them as
failed. That a mutant is refuted is more than can be asked of those whose invented name is just not the true one (`bukti.eval.mutation.BY_NAME`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bukti.claims.errors import printable
from bukti.eval.mutation import OPERATORS, Operator
from bukti.eval.results import CaseResult

__all__ = ["SCHEMA", "Mutant", "Sensitivity", "Share", "share_of", "wilson"]

SCHEMA = "bukti.mutation/1"
"""Name and version of the JSON form."""

LEVEL = 0.95
"""How often an interval is meant to hold the true share."""


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """Gives the 95% interval of a share; None of nothing.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference. Journal of the American Statistical Association
    22:209-212; without correction for continuity.

    >>> [round(bound, 4) for bound in wilson(9, 10)]
    [0.5958, 0.9821]
    """
    if not of:
        return None
    from scipy.stats import binomtest

    found = binomtest(hits, of).proportion_ci(confidence_level=LEVEL, method="wilson")
    return float(found.low), float(found.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mutant with what became of it."""

    operator: Operator
    """What was changed."""

    of: str
    """The id of the claim's row that it was made of."""

    before: str
    """The part that was changed, as it was."""

    after: str
    """The same as it is."""

    row: CaseResult
    """What became of it."""

    @property
    def caught(self) -> bool:
        """Whether it has a verdict, and that is not supported."""
        return not self.row.failed and "supported" not in self.row.verdicts

    @property
    def refuted(self) -> bool:
        """Whether it is refuted, in every repeat."""
        return not self.row.failed and set(self.row.verdicts) == {"refuted"}

    @property
    def often(self) -> str:
        """In how many repeats it is supported, in words; empty where it is in all of them or in none."""
        supported, of = self.row.verdicts.count("supported"), len(self.row.verdicts)
        return f"in {supported} of {of} repeats" if 0 < supported < of else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of some mutants were noticed."""

    mutants: int
    """All of them."""

    caught: int
    """Those with another verdict than supported."""

    refuted: int
    """Those of them that are refuted."""

    failed: int
    """Those without a verdict."""

    def to_dict(self) -> dict[str, Any]:
        """Gives the counts and both shares with their intervals; None for shares of nothing."""
        return {
            "mutants": self.mutants, "caught": self.caught, "refuted": self.refuted, "failed": self.failed,
            "caught_share": _told(self.caught, self.mutants), "refuted_share": _told(self.refuted, self.mutants),
        }  # fmt: skip


def share_of(mutants: Iterable[Mutant]) -> Share:
    """Counts mutants."""
    held = list(mutants)
    return Share(
        mutants=len(held),
        caught=sum(one.caught for one in held),
        refuted=sum(one.refuted for one in held),
        failed=sum(one.row.failed for one in held),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What became of all mutants of a run's supported claims."""

    claims: int
    """Claims that may be mutated: those that are supported, in every repeat, and rightly as far as the suite says."""

    mutants: tuple[Mutant, ...]
    """Their mutants, in the order of the claims and of `OPERATORS`."""

    minimum: float | None = None
    """The least share of all mutants that must be caught."""

    folder: Path | None = None
    """Where the run lies that judged them; None where there was nothing to judge."""

    @property
    def all(self) -> Share:
        """All mutants."""
        return share_of(self.mutants)

    @property
    def operators(self) -> dict[Operator, Share]:
        """Mutants by what was changed; every operator, those without a mutant too."""
        return {name: share_of(one for one in self.mutants if one.operator == name) for name in OPERATORS}

    @property
    def languages(self) -> dict[str, Share]:
        """Mutants by the language of the claim."""
        names = sorted({one.row.language for one in self.mutants})
        return {name: share_of(one for one in self.mutants if one.row.language == name) for name in names}

    @property
    def missed(self) -> tuple[Mutant, ...]:
        """Those that are supported all the same."""
        return tuple(one for one in self.mutants if not one.row.failed and not one.caught)

    def exit_code(self) -> tuple[int, str]:
        """Gives what the command line exits with, and why in one line.

        3 where there are no mutants, for nothing was shown then; 1 where too few are caught, even with the failed ones counted as caught; 4 where
        one has no verdict.
        """
        found = self.all
        if not found.mutants:
            if not self.claims:
                return 3, "there are no mutants: no claim is supported as it should be, so nothing was shown"
            return (
                3,
                f"there are no mutants: nothing in the {self.claims} supported claims can be changed with certainty",
            )
        low = self.minimum is not None and found.caught < self.minimum * found.mutants - 1e-9
        if low and self.minimum is not None and found.caught + found.failed < self.minimum * found.mutants - 1e-9:
            return (
                1,
                f"{found.caught} of {found.mutants} mutants are caught ({found.caught / found.mutants:.4f}); {self.minimum:g} must be",
            )
        if found.failed:
            failed = [one.row for one in self.mutants if one.row.failed]
            cause = failed[0].error
            says = f" ({cause.stage}: {cause.cause})" if cause else ""
            return 4, f"{found.failed} of {found.mutants} mutants ended in an error: {failed[0].case}{says}"
        return 0, ""

    def to_dict(self) -> dict[str, Any]:
        """Gives the JSON form, ``bukti.mutation/1``; the same run gives the same."""
        return {
            "schema": SCHEMA,
            "claims": self.claims,
            "mutated": len({one.of for one in self.mutants}),
            "minimum": self.minimum,
            "all": self.all.to_dict(),
            "operators": {name: share.to_dict() for name, share in self.operators.items()},
            "languages": {name: share.to_dict() for name, share in self.languages.items()},
            "missed": [_missed(one) for one in self.missed],
            "failed": [
                {"case": one.row.case, "of": one.of, "operator": one.operator, "error": _error(one.row)}
                for one in self.mutants
                if one.row.failed
            ],
        }

    def to_text(self, *, most: int = 20) -> str:
        """Gives it in plain lines for a terminal or a log; at most `most` of the missed mutants."""
        return "\n".join(_lines(self, most)) + "\n"


def _told(hits: int, of: int) -> dict[str, float | None]:
    bounds = wilson(hits, of)
    if bounds is None:
        return {"value": None, "low": None, "high": None}
    return {"value": round(hits / of, 6), "low": round(bounds[0], 6), "high": round(bounds[1], 6)}


def _missed(one: Mutant) -> dict[str, Any]:
    row = one.row
    return {
        "case": row.case, "of": one.of, "operator": one.operator, "before": one.before, "after": one.after, "text": row.text,
        "verdicts": list(row.verdicts),
        "support": round(row.probabilities.supported, 6) if row.probabilities else None,
        "evidence": [
            {
                "source": found.source, "span": list(found.span), "text": found.text, "stance": found.stance, "score": round(found.score, 6),
            }
            for found in row.evidence
        ],
    }  # fmt: skip


def _error(row: CaseResult) -> dict[str, str] | None:
    return {"stage": row.error.stage, "cause": row.error.cause} if row.error else None


def _lines(held: Sensitivity, most: int) -> Iterator[str]:
    found = held.all
    where = f"mutants: {held.folder}, " if held.folder else ""
    of = f"{found.mutants} mutants of {len({one.of for one in held.mutants})} of {held.claims} supported claims"
    yield printable(where + of + (f", {found.failed} failed" if found.failed else ""))
    if not found.mutants:
        return
    yield f"{'changed':<14}{'mutants':>8}{'caught':>9}  {'95% interval':<18}{'refuted':>9}  95% interval"
    for name, share in held.operators.items():
        if share.mutants:
            yield _row(name, share)
    yield _row("all", found)
    groups = held.languages
    for language, share in groups.items() if len(groups) > 1 else ():
        yield _row(f"in {printable(language) or 'none'}", share)
    yield from _some("Supported all the same", held.missed, most, _shown)


def _row(name: str, share: Share) -> str:
    cells = "".join(
        f"{hits / share.mutants:>9.4f}  {low:.4f} to {high:.4f}  "
        for hits in (share.caught, share.refuted)
        for low, high in [wilson(hits, share.mutants) or (0.0, 0.0)]
    )
    return f"{name:<14.14}{share.mutants:>8}{cells}".rstrip()


def _some(title: str, mutants: Sequence[Mutant], most: int, show: Callable[[Mutant], Iterable[str]]) -> Iterator[str]:
    if mutants:
        yield f"{title}: {len(mutants)}"
    for one in mutants[:most]:
        yield from show(one)
    if len(mutants) > most:
        yield f"  and {len(mutants) - most} more"


def _shown(one: Mutant) -> Iterator[str]:
    yield _cut(f"  {one.row.case}: {one.operator}, {one.before!r} -> {one.after!r}{', ' * bool(one.often)}{one.often}")
    yield _cut(f"    {one.row.text}")
    for found in one.row.evidence[:1]:
        yield _cut(
            f"    {found.stance} {found.score:.2f}, {found.source} {found.span.start}-{found.span.end}: {found.text}"
        )


def _cut(line: str) -> str:
    line = printable(line)
    return line if len(line) <= 100 else line[:97] + "..."
