"""What became of each case of a run: one row a claim, kept as one JSON line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bukti.claims.article import Span
from bukti.eval.report import CHECKABLE_VERDICTS, VERDICTS, Failure, Stance, Verdict
from bukti.eval.verifier import Probabilities

__all__ = ["NOT_SUPPORTED", "CaseResult", "FoundEvidence", "Repeat"]

NOT_SUPPORTED = "not_supported"
"""Key of `CaseResult.extra` that is True where the suite says that the claim is not supported, and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvidence:
    """A passage that a run found for a claim, in its rank."""

    source: str
    """The source as the suite names it."""

    span: Span
    """Where it stands in the source's text."""

    text: str
    """Exactly that span."""

    stance: Stance
    """What it does to the claim."""

    score: float
    """Probability of that stance, in [0, 1]."""

    title: str = field(default="", compare=False)
    """What the source is called for a reader; empty where it has no title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What one of several verifications of a claim gave."""

    verdict: Verdict
    """The verdict; ``error`` where it failed."""

    probabilities: Probabilities | None = None
    """Of supported, refuted and not enough evidence; None where nothing was scored."""

    error: Failure | None = None
    """Why there is no verdict, where there is none."""

    @property
    def failed(self) -> bool:
        """Whether there is no verdict."""
        return self.verdict == "error" or self.error is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What became of one claim of a suite."""

    case: str
    """The case's id; for a claim of an article case the case's id, a slash and the claim's own."""

    text: str
    """The claim."""

    gold: Verdict | None
    """The right verdict; None where the suite gives none."""

    verdict: Verdict
    """What the run gave; ``error`` where it failed."""

    probabilities: Probabilities | None
    """Of supported, refuted and not enough evidence; None where nothing was scored."""

    evidence: tuple[FoundEvidence, ...] = ()
    """What was found, best first."""

    gold_evidence: tuple[tuple[str, str], ...] = ()
    """What should be found: (source, its words) each."""

    must_not_support: bool = False
    """Whether support is a failure of the gate whatever else happens."""

    language: str = ""
    """ISO 639-1 code of the claim."""

    tags: tuple[str, ...] = ()
    """The case's tags."""

    cluster: str = ""
    """What its draws are not independent of: its article, or the case itself."""

    span: Span | None = None
    """Where the claim stands in its article, for a claim of an article case."""

    seconds: float = 0.0
    """How long it took."""

    error: Failure | None = None
    """Why there is no verdict, where there is none."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """Whatever a reader of a format kept for its own score."""

    digest: str = ""
    """Hash of what was asked (`bukti.eval.cases.Case.digests`); empty where that is not known."""

    repeats: tuple[Repeat, ...] = ()
    """What each verification gave where there were several. The row itself is then the first of them; an error where one of them is,
    and supported where one of them is and must not be."""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or (
            self.gold is not None and self.gold not in CHECKABLE_VERDICTS | {"not_checkable"}
        ):
            msg = f"{self.case}: no verdict {self.verdict!r} against {self.gold!r}"
            raise ValueError(msg)

    @property
    def failed(self) -> bool:
        """Whether there is no verdict: it is an error, or the result names one."""
        return self.verdict == "error" or self.error is not None

    @property
    def not_supported(self) -> bool:
        """Whether support is wrong: another verdict is the gold one, or the suite says no more than that (its label, or `must_not_support`)."""
        if self.gold is not None and self.gold != "supported":
            return True
        return self.must_not_support or (self.gold is None and self.extra.get(NOT_SUPPORTED) is True)

    @property
    def as_asked(self) -> bool | None:
        """Whether the verdict is what the suite asks for: the gold one, or any but support where it asks for no more; None where it asks nothing."""
        if self.verdict == "supported" and self.not_supported:
            return False
        return not self.failed if self.gold is None and self.not_supported else self.right

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What each repeat gave; the verdict alone where it was judged once."""
        return tuple(one.verdict for one in self.repeats) or (self.verdict,)

    @property
    def flaky(self) -> bool:
        """Whether its repeats disagree. Where one of them failed it is an error, and that is told instead."""
        return len(set(self.verdicts)) > 1 and "error" not in self.verdicts

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the gold one; None where there is no gold one. An error is wrong."""
        return None if self.gold is None else self.verdict == self.gold and not self.failed
