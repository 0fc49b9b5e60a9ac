"""How near two texts are by METEOR: words in common, exactly and by their stems, and how far they stand in the same order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from Stemmer import Stemmer

__all__ = ["ALPHA", "BETA", "GAMMA", "meteor"]

ALPHA = 0.9
"""Weight of recall against precision. Source: Lavie and Agarwal, WMT 2007; so are the next two."""

BETA = 3.0
"""How steeply broken order is punished."""

GAMMA = 0.5
"""The greatest punishment of broken order."""

_STEMMERS = {"en": "porter", "id": "indonesian"}


def meteor(found: Sequence[str], wanted: Sequence[str], *, language: str = "en") -> float:
    """Gives the METEOR score of the found words against the wanted ones, in [0, 1].

    Words match exactly, then by their stems (Porter's for English, Snowball's Indonesian one; no stems for another language), each the last
    free one of the other side, as in nltk. Synonyms do not match: WordNet would be a download, and there is none for both languages.

    >>> round(meteor("the cat sat".split(), "the cats sat down".split()), 4)
    0.755

    Args:
        found: Words in lower case.
        wanted: The same.
        language: ISO 639-1 code of both.

    Source: Lavie and Agarwal, "METEOR: An Automatic Metric for MT Evaluation with High Levels of Correlation with Human Judgments", WMT 2007.
    """
    pairs, free_found, free_wanted = _match(list(enumerate(found)), list(enumerate(wanted)))
    stemmer = _stemmer(language)
    if stemmer and free_found and free_wanted:
        more, _, _ = _match(_stems(free_found, stemmer), _stems(free_wanted, stemmer))
        pairs += more
    if not pairs:
        return 0.0
    pairs.sort()
    precision, recall = len(pairs) / len(found), len(pairs) / len(wanted)
    mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
    follows = sum(b[0] == a[0] + 1 and b[1] == a[1] + 1 for a, b in pairwise(pairs))
    return mean * float(1 - GAMMA * ((len(pairs) - follows) / len(pairs)) ** BETA)


_Words = list[tuple[int, str]]


def _match(found: _Words, wanted: _Words) -> tuple[list[tuple[int, int]], _Words, _Words]:
    """Pairs the places of equal words, from the last to the first; gives the pairs and what is left of both."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, (_, word) in enumerate(wanted):
        places[word].append(number)
    pairs, left, taken = [], [], set()
    for place, word in reversed(found):
        if places.get(word):
            number = places[word].pop()
            taken.add(number)
            pairs.append((place, wanted[number][0]))
        else:
            left.append((place, word))
    return pairs, left[::-1], [item for number, item in enumerate(wanted) if number not in taken]


def _stems(words: _Words, stemmer: Stemmer) -> _Words:
    stems = stemmer.stemWords([word for _, word in words])
    return [(place, stem) for (place, _), stem in zip(words, stems, strict=True)]


@cache
def _stemmer(language: str) -> Stemmer | None:
    import Stemmer

    return Stemmer.Stemmer(_STEMMERS[language]) if language in _STEMMERS else None
