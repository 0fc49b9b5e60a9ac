"""Pairs the rows of two runs: which row of the one is the same question as which row of the other.

A case with an id of its own is paired by that id. A claim of an article is whatever the splitter made of it that day: its id may be another
next time, and an old id may name another claim. So claims are paired by where they stand, what they say and what they count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bukti.claims.dates import find_dates
from bukti.claims.language import LANGUAGES
from bukti.claims.quantities import base_value, find_quantities
from bukti.eval.results import CaseResult

__all__ = ["Pairing", "article_of", "cluster_of", "pair_results", "repeated_ids", "similarity"]

SAME_WORDS = 0.5
"""From this share of common words on (Dice) two claims can be one."""

SAME_CLAIM = 0.6
"""From this similarity on they are: at one place half the words do, at another place nine in ten must be common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two runs, row by row."""

    pairs: tuple[tuple[CaseResult, CaseResult], ...]
    """Baseline's row and run's row of one question, in the baseline's order."""

    missing: tuple[CaseResult, ...]
    """Cases of the baseline, each with an id of its own, that the run has no row for: they were not answered."""

    vanished: tuple[CaseResult, ...]
    """Claims of the baseline's articles that the run has not."""

    new: tuple[CaseResult, ...]
    """Rows of the run that the baseline has not."""

    changed: tuple[str, ...]
    """Ids that ask something else now, another claim, label or source: the suite is not the same."""

    @property
    def unmatched_share(self) -> float:
        """The larger of two shares: of the baseline's rows that vanished, of the run's that are new; what changed is in both."""
        both, changed = len(self.pairs), len(self.changed)
        most = max(len(self.vanished), len(self.new)) + changed
        return most / (both + most) if most else 0.0


def article_of(row: CaseResult) -> str | None:
    """Gives the id of the article case that a row is a claim of; None for a case with an id of its own."""
    return None if row.span is None else row.case.rpartition("/")[0] or row.case


def cluster_of(row: CaseResult) -> str:
    """Gives what a row's draws are not independent of: its article, or the case itself."""
    return row.cluster or article_of(row) or row.case


def repeated_ids(rows: Sequence[CaseResult]) -> list[str]:
    """Gives the ids that more than one row has."""
    return sorted(case for case, count in Counter(row.case for row in rows).items() if count > 1)


def pair_results(baseline: Sequence[CaseResult], run: Sequence[CaseResult], *, asked: bool = True) -> Pairing:
    """Pairs each row with at most one of the other run; the order of the rows makes no difference to who is paired with whom.

    Args:
        baseline: The one run's rows.
        run: The other's.
        asked: Whether rows that are known to ask different things are no pair, such as of a claim that is checked against other sources now.
    """
    ours: dict[str, CaseResult] = {row.case: row for row in run if row.span is None}
    claims: dict[str, tuple[list[CaseResult], list[CaseResult]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((baseline, run)):
        for row in rows:
            if (article := article_of(row)) is not None:
                claims[article][side].append(row)
    partner: dict[str, CaseResult] = {}
    changed: list[str] = []
    for row in baseline:
        if row.span is not None or row.case not in ours:
            continue
        other = ours[row.case]
        partner[row.case] = other
        if (row.text, row.gold) != (other.text, other.gold) or (asked and _asks_else(row, other)):
            changed.append(row.case)
    for old, new in claims.values():
        pairs = _pair_claims(old, new)
        partner.update((a.case, b) for a, b in pairs)
        changed += [a.case for a, b in pairs if asked and _asks_else(a, b)]
    taken, other_suite = {id(row) for row in partner.values()}, set(changed)
    return Pairing(
        pairs=tuple(
            (row, partner[row.case]) for row in baseline if row.case in partner and row.case not in other_suite
        ),
        missing=tuple(row for row in baseline if row.span is None and row.case not in partner),
        vanished=tuple(row for row in baseline if row.span is not None and row.case not in partner),
        new=tuple(row for row in run if id(row) not in taken),
        changed=tuple(changed),
    )


def _asks_else(row: CaseResult, other: CaseResult) -> bool:
    """Says whether two rows are known to ask different things."""
    return "" not in (row.digest, other.digest) and row.digest != other.digest


def _pair_claims(old: list[CaseResult], new: list[CaseResult]) -> list[tuple[CaseResult, CaseResult]]:
    """Pairs the claims of one article: those that are the same first, then those whose similarity sums to most."""
    pairs: list[tuple[CaseResult, CaseResult]] = []
    old, new = (sorted(rows, key=lambda row: (row.span, row.text, row.case)) for rows in (old, new))
    waiting: dict[Hashable, list[CaseResult]] = defaultdict(list)
    for row in reversed(new):
        waiting[row.span, row.text, row.gold].append(row)
    rest: list[CaseResult] = []
    for row in old:
        if same := waiting[row.span, row.text, row.gold]:
            pairs.append((row, same.pop()))
        else:
            rest.append(row)
    taken = {id(row) for _, row in pairs}
    new = [row for row in new if id(row) not in taken]
    if not rest or not new:
        return pairs
    from scipy.optimize import linear_sum_assignment

    likeness = similarity(rest, new)
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    pairs.extend((rest[a], new[b]) for a, b in zip(rows, columns, strict=True) if likeness[a, b] > 0.0)
    return pairs


def similarity(old: Sequence[CaseResult], new: Sequence[CaseResult]) -> NDArray[np.float64]:
    """Gives how alike claims of one article are, old x new; 0 where two cannot be one.

    Two thirds are the words both have (Dice) and one third is the overlap of their spans (intersection over union). Claims that count or
    date differently are different claims, however alike they look, and so are claims with another label.
    """
    words = [[_words(row.text) for row in rows] for rows in (old, new)]
    known = {
        word: number for number, word in enumerate(sorted({word for side in words for own in side for word in own}))
    }
    a, b = (_incidence(side, known) for side in words)
    sizes = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :]
    dice = 2.0 * (a @ b.T) / np.maximum(sizes, 1.0)
    starts, ends = zip(*(_bounds(rows) for rows in (old, new)), strict=True)
    common = np.minimum(ends[0][:, None], ends[1]) - np.maximum(starts[0][:, None], starts[1])
    covered = np.maximum(ends[0][:, None], ends[1]) - np.minimum(starts[0][:, None], starts[1])
    overlap = np.maximum(0.0, common) / np.maximum(1.0, covered)
    total = (2.0 * dice + overlap) / 3.0
    marks: dict[Hashable, int] = {}
    of = [
        np.array([marks.setdefault((row.gold, _figures(row.text, row.language)), len(marks)) for row in rows])
        for rows in (old, new)
    ]
    possible = (of[0][:, None] == of[1]) & (dice >= SAME_WORDS) & (total >= SAME_CLAIM)
    return np.where(possible, total, 0.0)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _incidence(texts: Iterable[frozenset[str]], known: dict[str, int]) -> NDArray[np.float64]:
    rows = list(texts)
    found = np.zeros((len(rows), len(known)))
    for number, own in enumerate(rows):
        found[number, [known[word] for word in own]] = 1.0
    return found


def _bounds(rows: Sequence[CaseResult]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    spans = np.array([row.span or (0, 0) for row in rows], dtype=np.float64)
    return spans[:, 0], spans[:, 1]


@lru_cache(maxsize=1 << 15)
def _figures(text: str, language: str) -> tuple[Hashable, ...]:
    """Gives what a claim counts and when, in no order; the digits alone for a language whose numbers are not known."""
    if language not in LANGUAGES:
        return tuple(sorted(re.findall(r"\d+(?:[.,]\d+)*", text)))
    counts = [(round(base_value(item), 6), item.upper or 0.0, item.bound) for item in find_quantities(text, language)]
    days = [(mention.start.isoformat(), mention.end.isoformat()) for mention in find_dates(text, language, anchor=None)]
    return (*sorted(counts), *sorted(days))
