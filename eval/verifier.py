"""The verifier seam: premise and hypothesis in, probabilities out, in batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bukti.claims.article import Span
from bukti.claims.errors import UsageError

__all__ = ["UNDECIDED", "Pair", "Probabilities", "Repeatable", "Verifier", "repeats_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One question to a verifier: does the premise bear out the hypothesis?"""

    premise: str
    """Evidence text: one or two sentences of a source, or a whole passage where the verifier `reads_passages`."""

    hypothesis: str
    """Claim text."""

    premise_language: str
    """ISO 639-1 code."""

    hypothesis_language: str
    """ISO 639-1 code."""

    @property
    def has_words(self) -> bool:
        """Whether there is something to judge: a word or figure on either side."""
        return all(any(char.isalnum() for char in text) for text in (self.premise, self.hypothesis))


@dataclass(frozen=True, slots=True, kw_only=True)
class Probabilities:
    """A distribution over the three answers. Each lies in [0, 1] and they sum to 1."""

    supported: float
    """That the claim is supported."""

    refuted: float
    """That the claim is refuted."""

    not_enough_evidence: float
    """That nothing was said either way."""

    quote: Span | None = None
    """The part of the premise that decides, where the verifier names one. It was found in the premise, not told."""

    def __post_init__(self) -> None:
        values = (self.supported, self.refuted, self.not_enough_evidence)
        # NaN fails both comparisons on purpose: an answer that cannot be read is never a score.
        if not all(0.0 <= value <= 1.0 for value in values) or not math.isclose(sum(values), 1.0, abs_tol=1e-6):
            msg = f"not a distribution: {values}"
            raise ValueError(msg)

    @classmethod
    def of(cls, *, supported: float, refuted: float, quote: Span | None = None) -> Probabilities:
        """Gives the distribution with these two and the rest for not enough evidence.

        Raises:
            ValueError: They are no probabilities, or sum to more than 1.
        """
        return cls(
            supported=supported,
            refuted=refuted,
            not_enough_evidence=min(1.0, max(0.0, 1.0 - supported - refuted)),
            quote=quote,
        )


UNDECIDED = Probabilities(supported=0.0, refuted=0.0, not_enough_evidence=1.0)
"""The answer where a verifier has none."""


@runtime_checkable
class Verifier(Protocol):
    """Judges evidence against claims.

    A verifier with an attribute ``reads_passages`` that is true is given whole passages; any other is given their sentences and
    pairs of neighbouring sentences.
    """

    @property
    def name(self) -> str:
        """A name with a version, for the report's fingerprint."""
        ...

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        """Judges each pair by itself.

        Args:
            pairs: Any number of pairs, none included.

        Returns:
            One distribution for each pair, in the same order. The answer for a pair does not depend on the others.
        """
        ...


@runtime_checkable
class Repeatable(Verifier, Protocol):
    """A verifier that may answer the same question differently when it is asked again, such as a chat model."""

    def repeated(self, number: int) -> Verifier:
        """Gives the verifier that answers for a repeat: asked anew, and recorded apart from the others.

        Args:
            number: Of the repeat, from 0 on; 0 gives the answers of the verifier itself.
        """
        ...


def repeats_of(verifier: Verifier, times: int) -> list[Verifier]:
    """Gives the verifier once for each repeat.

    Raises:
        UsageError: It is to be asked several times and always answers the same.
    """
    if times < 1:
        raise UsageError(f"{times} repeats; give 1 or more")
    if times == 1:
        return [verifier]
    if not isinstance(verifier, Repeatable):
        raise UsageError(
            f"verifier {verifier.name} gives the same answer every time, so repeats tell nothing; leave out --repeat, or judge with a chat model"
        )
    return [verifier.repeated(number) for number in range(times)]
