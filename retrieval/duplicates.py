"""Near-duplicates: one text that several sources carry is one piece of evidence, however often it was copied.

The comparison is exact, not estimated: at most a few dozen retrieved texts are held against each other, so that signatures
(MinHash) would cost more than they save.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["first_of_each", "near_duplicates"]

SHINGLE = 3
"""Words of a shingle."""

MIN_SHARED = 0.8
"""Two texts are copies from this share of the shorter one's shingles on: Broder's containment."""

MIN_LENGTH_RATIO = 0.5
"""A text less than half as long as another is no copy of it, but a part."""


_TELLING = frozenset(
    """tidak tak belum sudah telah bukan tanpa batal not no never none without yet nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh
    sebelas belas puluh ratus zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred""".split()
)
"""Words of which one makes an update out of a copy."""


@lru_cache(maxsize=20_000)
def _shingles(text: str) -> tuple[frozenset[tuple[str, ...]], tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    # The figures are kept beside: a later version of a report differs from the earlier in nothing else, and is no copy.
    figures = tuple(sorted(set(re.findall(r"\d+(?:[.,]\d+)*", text))))
    size = min(SHINGLE, len(words))
    return frozenset(tuple(words[at : at + size]) for at in range(len(words) - size + 1)), figures


def near_duplicates(a: str, b: str) -> bool:
    """Says whether two texts are copies: nearly the same words in the same order, and the same figures.

    Source: Broder, "On the resemblance and containment of documents", SEQUENCES 1997.

    >>> near_duplicates("Banjir melanda dua desa di Demak pada Senin.", "Banjir melanda dua desa di Demak pada Senin")
    True
    >>> near_duplicates("Korban tewas menjadi 12 orang di dua desa itu.", "Korban tewas menjadi 15 orang di dua desa itu.")
    False
    """
    (left, left_figures), (right, right_figures) = _shingles(a), _shingles(b)
    small, large = sorted((len(left), len(right)))
    if not small or left_figures != right_figures or small < MIN_LENGTH_RATIO * large:
        return False
    if len(left & right) < MIN_SHARED * small:
        return False
    words = [frozenset(word for shingle in side for word in shingle) for side in (left, right)]
    return not (words[0] ^ words[1]) & _TELLING


def first_of_each(texts: Sequence[str]) -> list[int]:
    """Gives for each text the number of the first that it is a copy of; its own number where it is none."""
    firsts: list[int] = []
    for number, text in enumerate(texts):
        known = (other for other in range(number) if firsts[other] == other and near_duplicates(text, texts[other]))
        firsts.append(next(known, number))
    return firsts
