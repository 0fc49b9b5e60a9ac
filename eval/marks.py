"""What a small model need not find out by itself: which words of claim and passage have a counterpart on the other side.

Each piece of a pair gets a token type: whether its word stands on the other side as well, as written, by its stem or by a
translation of the bilingual lexicon. A word or number without a counterpart is where a claim and a passage part, and six
layers see it better when they are told. The idea is that of exact-match marking (Boualili, Moreno and Boughanem,
"MarkedBERT", SIGIR 2020), put into the type embedding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bukti.retrieval.terms import tokenize, translations

__all__ = ["MAX_CLAIM_TOKENS", "MAX_TOKENS", "TYPES", "MarkedText", "mark_pair", "read_texts"]

PLAIN, SAME, TRANSLATED, ALONE, ALONE_NUMBER, LESS, GREATER = range(0, 14, 2)
"""Types of a claim's pieces: function words and punctuation; content words with a counterpart as written or by stem, and numbers
with an equal one; words with a translated counterpart; words without one; numbers without any to compare them with; numbers
less than the nearest of the other side; numbers greater than it. The passage's are each one higher."""

TYPES = 14
"""How many token types there are."""

MAX_TOKENS = 256
"""Most tokens of a pair, the three special ones included."""

MAX_CLAIM_TOKENS = 96
"""Most tokens of a claim within a pair."""

MAGNITUDES = {
    "id": {"ribu": 1e3, "juta": 1e6, "miliar": 1e9, "milyar": 1e9, "triliun": 1e12},
    "en": {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12},
}
"""Words that multiply the number before them."""

COMPARABLE = 20.0
"""Numbers further apart than by this factor are of different things."""

MIN_TRANSLATION = 0.1
"""A translation counts as a counterpart from this probability on."""

_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text as pieces and words."""

    ids: list[int]
    """The pieces, special tokens left out."""

    words: list[int]
    """The word that each piece belongs to, or -1."""

    stems: list[str]
    """Each word's stem with its language in front, ``id:kata``; of function words, numbers and names too."""

    surfaces: list[str]
    """Each word as written, in lower case; a number by its value."""

    kinds: list[int]
    """Each word: 0 function word, 1 content word, 2 number."""

    translated: list[frozenset[str]]
    """The stems that each word is translated by, with their language in front."""

    values: list[float | None]
    """Each number's value, a magnitude word after it counted in; None for other words, times and the like."""

    def cut(self, start: int, stop: int) -> MarkedText:
        """Gives the pieces from `start` to before `stop`, with the words they are of."""
        within = [word for word in self.words[start:stop] if word >= 0]
        first, last = (min(within), max(within) + 1) if within else (0, 0)
        return MarkedText(
            ids=self.ids[start:stop],
            words=[word - first if word >= 0 else -1 for word in self.words[start:stop]],
            stems=self.stems[first:last],
            surfaces=self.surfaces[first:last],
            kinds=self.kinds[first:last],
            translated=self.translated[first:last],
            values=self.values[first:last],
        )


def _value(digits: str, language: str) -> float | None:
    """Gives a number's value in its language's way of writing: Indonesian writes 1.250,5 for the English 1,250.5."""
    thousands, decimal = (".", ",") if language == "id" else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", digits):
        digits = digits.replace(thousands, "")
    if re.fullmatch(rf"\d+(?:{re.escape(decimal)}\d+)?", digits) and len(digits) < 16:
        return float(digits.replace(decimal, "."))
    # The other language's decimal mark is read as one where it cannot be this one's thousands.
    return float(digits.replace(",", ".")) if re.fullmatch(r"\d+[.,]\d{1,2}", digits) else None


@lru_cache(maxsize=50_000)
def _translated(stem: str, language: str) -> frozenset[str]:
    other = {"id": "en", "en": "id"}.get(language)
    if other is None:
        return frozenset()
    return frozenset(
        f"{other}:{word}" for word, weight in translations(stem, language).items() if weight >= MIN_TRANSLATION
    )


def read_texts(texts: Sequence[str], languages: Sequence[str], tokenizer: Any) -> list[MarkedText]:
    """Reads texts once, for any number of pairs.

    Args:
        texts: Claims or passages.
        languages: Their ISO 639-1 codes.
        tokenizer: The model's `tokenizers.Tokenizer`.
    """
    read = []
    for text, language, encoding in zip(
        texts, languages, tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True
    ):
        found = tokenize(text, language)
        words, number = [], 0
        for start, _ in encoding.offsets:
            while number < len(found) and found[number].span.end <= start:
                number += 1
            words.append(number if number < len(found) and found[number].span.start <= start else -1)
        numbers = [token.surface[0].isdigit() for token in found]
        plain = [
            _value(token.surface, language) if digits else None for token, digits in zip(found, numbers, strict=True)
        ]
        magnitudes = MAGNITUDES.get(language, {})
        following = [magnitudes.get(token.surface, 1.0) for token in (*found[1:], *found[-1:])]
        read.append(
            MarkedText(
                ids=encoding.ids,
                words=words,
                stems=[f"{language}:{token.stem}" for token in found],
                surfaces=[
                    token.surface if value is None else f"{value:g}" for token, value in zip(found, plain, strict=True)
                ],
                kinds=[2 if digits else 0 if token.stop else 1 for token, digits in zip(found, numbers, strict=True)],
                translated=[_translated(token.stem, language) for token in found],
                values=[
                    None if value is None else value * times for value, times in zip(plain, following, strict=True)
                ],
            )
        )
    return read


def _is_year(value: float) -> bool:
    return 1000 <= value <= 2100 and value == int(value)


def _compared(value: float | None, others: Sequence[float]) -> int:
    """Gives a number's type by the nearest of the other side's numbers; a year is compared with years only."""
    alike = [other for other in others if other and value and _is_year(other) == _is_year(value)]
    ratios = [max(value / other, other / value) for other in alike if value]
    if value is None or not ratios or min(ratios) > COMPARABLE:
        return ALONE_NUMBER
    nearest = alike[ratios.index(min(ratios))]
    return SAME if nearest == value else LESS if value < nearest else GREATER


def _types(text: MarkedText, other: MarkedText, words: range, other_words: range) -> list[int]:
    """Gives the type of each of the words, as a claim's."""
    stems = {other.stems[word] for word in other_words}
    surfaces = {other.surfaces[word] for word in other_words}
    values = [value for word in other_words if (value := other.values[word]) is not None]
    expanded = {stem for word in other_words for stem in other.translated[word]}
    found = []
    for word in words:
        kind = text.kinds[word]
        if kind == 0:
            found.append(PLAIN)
        elif kind == 2 and text.values[word] is not None:
            found.append(_compared(text.values[word], values))
        elif text.surfaces[word] in surfaces or (kind == 1 and text.stems[word] in stems):
            found.append(SAME)
        elif kind == 1 and (text.stems[word] in expanded or not text.translated[word].isdisjoint(stems)):
            found.append(TRANSLATED)
        else:
            found.append(ALONE if kind == 1 else ALONE_NUMBER)
    return found


def mark_pair(
    claim: MarkedText, premise: MarkedText, *, start: int = 0, stop: int | None = None
) -> tuple[list[int], list[int]]:
    """Gives the ids and token types of ``[CLS] claim [SEP] premise [SEP]``.

    Args:
        claim: The claim; pieces past `MAX_CLAIM_TOKENS` are left out: cut claims before.
        premise: The passage.
        start: The first piece of the passage that is taken.
        stop: The piece after the last one; as many as fit unless given.
    """
    ids = claim.ids[:MAX_CLAIM_TOKENS]
    room = MAX_TOKENS - len(ids) - 3
    stop = min(start + room, len(premise.ids)) if stop is None else stop
    words = [word for word in premise.words[start:stop] if word >= 0]
    within = range(min(words), max(words) + 1) if words else range(0)
    whole = range(len(claim.kinds))
    mine = _types(claim, premise, whole, within)
    theirs = _types(premise, claim, within, whole)
    types = [PLAIN, *(mine[word] if word >= 0 else PLAIN for word in claim.words[: len(ids)]), PLAIN]
    types += [(theirs[word - within.start] if word >= 0 else PLAIN) + 1 for word in premise.words[start:stop]]
    return [_CLS, *ids, _SEP, *premise.ids[start:stop], _SEP], [*types, PLAIN + 1]
