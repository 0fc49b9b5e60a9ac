"""Whether what a run found is the evidence it should have found.

A found passage holds a piece of gold evidence when it is from the same source and `holds` its words; a piece without a quotation is its source
as a whole, which any passage of that source holds. From that follow recall, precision,
nDCG and reciprocal rank (by ir-measures), whether a complete set of evidence was found (FEVER), and how near the found texts come to the
wanted ones (AVeriTeC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bukti.eval.meteor import meteor
from bukti.eval.results import CaseResult

__all__ = [
    "ADEQUATE",
    "EVIDENCE_SETS",
    "HELD_FROM",
    "adequacy",
    "evidence_sets",
    "found_complete",
    "held",
    "holds",
    "overlap",
    "ranking_scores",
    "tokens",
]

EVIDENCE_SETS = "evidence_sets"
"""Key of `CaseResult.extra` with the sets of which any one is enough: a sequence of sequences of (source, words). Without it all of
`gold_evidence` is one set."""

HELD_FROM = 0.5
"""From which `overlap` on a passage holds a quotation: half of its words, so that a quotation cut in two by a passage's end counts once at least."""

FIRST_FOUND = 5
"""Among how many passages a complete set is looked for. Source: Thorne et al., NAACL 2018."""

MOST_COMPARED = 10
"""How many passages are compared with the wanted texts. Source: the scorer of Schlichtkrull et al., NeurIPS 2023."""

ADEQUATE = 0.25
"""From which `adequacy` on the evidence is adequate. Source: Schlichtkrull et al., NeurIPS 2023 (their scorer asks for more than 0.25, not for as much)."""

_WORD = re.compile(r"\w+")

_Piece = tuple[str, str]


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Gives the words and figures of a text, in compatibility form (NFKC) and without case; marks between them are dropped.

    >>> tokens("Rp1,5 triliun — kata B.")
    ('rp1', '5', 'triliun', 'kata', 'b')
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def overlap(quote: str, text: str) -> float:
    """Gives the token overlap: the share of a quotation's tokens in its longest unbroken run of tokens that the text holds too, in [0, 1].

    Words that stand apart, or in another order, do not add up: two sentences about the same thing share many.

    >>> overlap("Enam orang tewas, kata polisi.", "Polisi: enam orang tewas di jalan.")
    0.6
    >>> overlap("", "anything")
    0.0
    """
    wanted, there = tokens(quote), tokens(text)
    if not wanted or not there:
        return 0.0
    run = SequenceMatcher(None, wanted, there, autojunk=False).find_longest_match()
    return run.size / len(wanted)


def holds(quote: str, text: str) -> bool:
    """Says whether the `overlap` is `HELD_FROM` at least. A quotation without a word is held by nothing."""
    wanted = tokens(quote)
    if not wanted:
        return False
    size = -(
        -len(wanted) // 2
    )  # the fewest tokens that are half of them: looked for as text, which is quicker than the longest run
    there = _spaced(tokens(text))
    return any(_spaced(wanted[start : start + size]) in there for start in range(len(wanted) - size + 1))


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def held(result: CaseResult, pieces: Sequence[_Piece]) -> list[frozenset[int]]:
    """Gives for each found passage, best first, the numbers of the pieces of evidence that it holds. A result that failed found nothing."""
    if result.failed:
        return []
    return [
        frozenset(
            number
            for number, (source, quote) in enumerate(pieces)
            if source == found.source and (not quote or holds(quote, found.text))
        )
        for found in result.evidence
    ]


def evidence_sets(result: CaseResult) -> list[tuple[_Piece, ...]]:
    """Gives the sets of evidence of which any one is enough; none where the suite names no evidence."""
    given = result.extra.get(EVIDENCE_SETS)
    if given is None:
        return [result.gold_evidence] if result.gold_evidence else []
    return [tuple((source, quote) for source, quote in pieces) for pieces in given if pieces]


def found_complete(result: CaseResult) -> bool:
    """Says whether one complete set of evidence was found among the first five passages, or none is asked for.

    None is asked for where the gold verdict is not enough evidence, or the suite names none.

    Source: Thorne et al., "FEVER: a Large-scale Dataset for Fact Extraction and VERification", NAACL 2018.
    """
    wanted = evidence_sets(result)
    if not wanted or result.gold == "not_enough_evidence":
        return True
    return any(len(frozenset().union(*held(result, pieces)[:FIRST_FOUND])) == len(pieces) for pieces in wanted)


def adequacy(result: CaseResult) -> float:
    """Gives how near the first ten found texts come to the wanted ones, in [0, 1].

    Each wanted text is given the found one that makes the sum of METEOR scores greatest, no text twice; the sum is divided by how many are
    wanted. Sources are not compared, but for a piece without a quotation, which any passage of its source meets. Stems are those of the claim's language.

    Source: Schlichtkrull, Guo and Vlachos, "AVeriTeC: A Dataset for Real-world Claim Verification with Evidence from the Web", NeurIPS 2023.
    """
    if result.failed or not result.evidence or not result.gold_evidence:
        return 0.0
    from scipy.optimize import linear_sum_assignment

    found = [(item.source, tokens(item.text)) for item in result.evidence[:MOST_COMPARED]]
    wanted = [(source, tokens(quote)) for source, quote in result.gold_evidence]
    scores = np.array([
        [meteor(text, quote, language=result.language) if quote else float(source == own) for own, quote in wanted]
        for source, text in found
    ])  # fmt: skip
    return float(scores[linear_sum_assignment(scores, maximize=True)].sum() / len(wanted))


def ranking_scores(
    found: Sequence[Sequence[frozenset[int]]], pieces: Sequence[int], name: str, k: int | None = None
) -> NDArray[np.float64]:
    """Gives a measure of ranking for each result, by ir-measures.

    What is judged:

    - ``P``: a passage is relevant where it holds a piece of the gold evidence. Missing passages count as wrong ones: divided by `k`.
    - ``RR``: the same passages; 0 where none is relevant.
    - ``R``: the pieces, not the passages: a passage may hold two, and two passages the same one. The share of the pieces that one of the first
      `k` passages holds.
    - ``nDCG``: a passage gains as many as the pieces that it is the first to hold; the ideal ranks these gains, and one for each piece that
      was not found, from the greatest down.

    Args:
        found: For each result, what each of its passages holds, best first (`held`).
        pieces: How many pieces of gold evidence each result has, one at least.
        name: ``P``, ``R``, ``nDCG`` or ``RR``.
        k: How many passages are looked at; None, all of them, for ``RR``.

    Returns:
        One score for each result.
    """
    import ir_measures

    # Most results look alike, the one piece found by the first passage, and what looks alike scores alike: each look is asked about once.
    looks = [(tuple(passages), count) for passages, count in zip(found, pieces, strict=True)]
    numbers = {look: number for number, look in enumerate(dict.fromkeys(looks))}
    wanted: dict[str, dict[str, int]] = {}
    ranked: dict[str, dict[str, float]] = {}
    for (passages, count), number in numbers.items():
        wanted[str(number)], ranked[str(number)] = _judged(passages, count, name, k)
    deepest = (
        max([1, *pieces]) if name == "R" else k
    )  # for R, what stands behind the first k passages is left out already
    asked = ir_measures.parse_measure(name if k is None else f"{name}@{deepest}")
    scores = np.zeros(len(numbers))
    for row in ir_measures.iter_calc([asked], wanted, ranked):
        scores[int(row.query_id)] = row.value
    return scores[[numbers[look] for look in looks]] if looks else scores


def _judged(
    passages: Sequence[frozenset[int]], count: int, name: str, k: int | None
) -> tuple[dict[str, int], dict[str, float]]:
    """Gives what is relevant and what was ranked, for one result."""
    first: list[frozenset[int]] = []
    seen: frozenset[int] = frozenset()
    for pieces in passages:
        first.append(pieces - seen)
        seen |= pieces
    if name == "R":
        ranked = {f"piece {number}": -float(rank) for rank, new in enumerate(first[:k]) for number in new}
        return {f"piece {number}": 1 for number in range(count)}, ranked
    gains = [len(new) for new in first] if name == "nDCG" else [min(1, len(pieces)) for pieces in passages]
    relevant = {f"passage {rank}": gain for rank, gain in enumerate(gains) if gain}
    missing = {f"piece {number}": 1 for number in range(count) if number not in seen}
    return relevant | missing, {f"passage {rank}": -float(rank) for rank in range(len(passages))}
