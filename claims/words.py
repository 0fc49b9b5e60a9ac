"""Tokens of a text and their parts of speech, by a small linear tagger that is part of the package."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["BUCKETS", "Tagged", "Word", "feature_rows", "tag_names", "tag_texts", "tokenize"]

BUCKETS = 1 << 16
"""Rows of a tagger's table; features are hashed into them."""

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S., a.n.
    r"|(?:Rp|US\$|USD|IDR|[$€£¥])(?=\s?\d)"
    r"|\d+(?:[.,:/-]\d+)*(?:st|nd|rd|th|an)?(?![^\W\d_])"
    r"|[^\W\d_]+?(?=n[’']t\b)|n[’']t\b"
    r"|[^\W_]+(?:[-'’.&/](?!s\b|t\b|ll\b|re\b|ve\b|d\b|m\b)[^\W_]+)*"
    r"|[’'](?:s|ll|re|ve|d|m)\b"
    r"|\s+|."
)
_CLITIC = re.compile(r"(?i)^(.+?)(n[’']t)$")


@dataclass(frozen=True, slots=True)
class Word:
    """One token."""

    start: int
    end: int
    text: str
    tag: str = ""

    @property
    def low(self) -> str:
        """The token in lower case."""
        return self.text.lower()


Tagged = list[Word]


def tokenize(text: str) -> list[tuple[int, int]]:
    """Gives the spans of words, numbers and marks in `text`, in order; white space is in none of them.

    >>> [ "Dr. Ani isn't 3,5% off"[a:b] for a, b in tokenize("Dr. Ani isn't 3,5% off")]
    ['Dr', '.', 'Ani', 'is', "n't", '3,5', '%', 'off']
    """
    found = []
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece.isspace():
            continue
        clitic = _CLITIC.match(piece)
        if clitic and clitic.group(1):
            cut = match.start() + len(clitic.group(1))
            found += [(match.start(), cut), (cut, match.end())]
        else:
            found.append(match.span())
    return found


def _shape(word: str, first: bool) -> str:
    if not word[0].isalpha():
        return "9" if word[0].isdigit() else word[0]
    if word.isupper() and len(word) > 1:
        return "AA"
    return ("^" if first else "") + ("Aa" if word[0].isupper() else "a")


def _hash(*parts: str) -> int:
    return zlib.crc32("\0".join(parts).encode()) % BUCKETS


@cache
def _own_features(word: str) -> tuple[int, ...]:
    low = word.lower() if not word[0].isdigit() else re.sub(r"\d", "0", word)
    return (
        _hash("w", low),
        _hash("s2", low[-2:]),
        _hash("s3", low[-3:]),
        _hash("s4", low[-4:]),
        _hash("p2", low[:2]),
        _hash("p3", low[:3]),
        # What the word tells its neighbours.
        _hash("-1", low),
        _hash("+1", low),
        _hash("-2", low),
        _hash("+2", low),
        _hash("-s", low[-3:]),
        _hash("+s", low[-3:]),
        _hash("-h", _shape(word, False)),
        _hash("+h", _shape(word, False)),
    )


_EDGE = tuple(_hash(f"edge{number}") for number in range(14))


def feature_rows(words: Sequence[str]) -> Any:
    """Gives the table rows of each token's features, (tokens, 15), for the tokens of one sentence."""
    own = np.array([_EDGE, _EDGE, *map(_own_features, words), _EDGE, _EDGE], dtype=np.int64)
    here = slice(2, -2)
    count = len(words)
    before, after = own[1 : 1 + count], own[3 : 3 + count]
    shapes = np.array([[_hash("h", _shape(word, at == 0))] for at, word in enumerate(words)], dtype=np.int64)
    return np.concatenate(
        [
            own[here, :6],
            before[:, 6:7],
            after[:, 7:8],
            own[:count, 8:9],
            own[4 : 4 + count, 9:10],
            before[:, 10:11],
            after[:, 11:12],
            before[:, 12:13],
            after[:, 13:14],
            shapes,
        ],
        axis=1,
    )


@cache
def _table(language: str) -> tuple[Any, tuple[str, ...]]:
    path = Path(__file__).with_name("data") / "tagger.npz"
    with np.load(path) as kept:
        return kept[language].astype(np.int32), tuple(str(tag) for tag in kept[f"{language}_tags"])


def tag_texts(texts: Sequence[str], language: str) -> list[Tagged]:
    """Gives the tokens of each text with their parts of speech.

    Args:
        texts: Sentences.
        language: ``id``; any other is read as English.

    Returns:
        One list of tokens for each text.
    """
    table, tags = _table("id" if language == "id" else "en")
    spans = [tokenize(text) for text in texts]
    filled = [number for number, cut in enumerate(spans) if cut]
    out: list[Tagged] = [[] for _ in texts]
    if not filled:
        return out
    rows = np.concatenate(
        [feature_rows([texts[number][start:end] for start, end in spans[number]]) for number in filled]
    )
    best = table[rows].sum(axis=1).argmax(axis=1)
    at = 0
    for number in filled:
        for start, end in spans[number]:
            out[number].append(Word(start, end, texts[number][start:end], tags[best[at]]))
            at += 1
    return out


def tag_names(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """Gives the kind of name each word of an Indonesian sentence belongs to: PERSON, PLACE, ORG or O."""
    table, kinds = _table("id_names")
    return [
        [kinds[best] for best in table[feature_rows([word.lower() for word in words])].sum(axis=1).argmax(axis=1)]
        for words in sentences
        if words
    ]
