"""A sentence under work: its tokens, and claims put together from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bukti.claims.article import Span
from bukti.claims.grammar import GRAMMARS, MONTH_ID, WEEKDAY_ID, Grammar
from bukti.claims.words import Tagged, Word

__all__ = [
    "Atom",
    "Frame",
    "MAX_DEPTH",
    "MIN_WORDS",
    "NOMINAL",
    "Part",
    "after_connector",
    "compose",
    "frame_of",
    "trimmed",
    "without_connector",
    "without_ends",
]

Part = int | Span | str
"""A token of the sentence by its number, a piece of a token, or a word put between them."""


Atom = tuple[Part, ...]
"""What one claim is made of, in order."""


MIN_WORDS = 3


MAX_DEPTH = 6


_OPEN = {"(": ")", "[": "]", "“": "”", "«": "»"}


NOMINAL = frozenset({"NOUN", "NAME", "ADJ", "NUM", "DET", "GEN", "POSS", "X"})


@dataclass(slots=True)
class Frame:
    """A sentence under work."""

    text: str
    words: Tagged
    grammar: Grammar
    language: str
    inside: list[bool] = field(default_factory=list)
    """Whether a token stands between quotation marks or brackets, where nothing is cut."""

    def within(self, held: Sequence[int]) -> Frame:
        """Gives the same sentence for work on some of its tokens: quotation marks around them no longer shut them off."""
        inside = [True] * len(self.words)
        for at, shut in zip(held, _inside([self.words[at] for at in held]), strict=True):
            inside[at] = shut
        return Frame(self.text, self.words, self.grammar, self.language, inside)

    def pieces(self, atom: Sequence[Part]) -> list[Span | str]:
        """Gives the pieces of the sentence that an atom is made of, neighbours joined."""
        out: list[Span | str] = []
        last = -2
        for part in atom:
            if not isinstance(part, int):
                out.append(part)
                last = -2
                continue
            word = self.words[part]
            before = out[-1] if out else None
            if part == last + 1 and isinstance(before, Span):
                out[-1] = Span(before.start, word.end)
            else:
                out.append(Span(word.start, word.end))
            last = part
        return out

    def low(self, at: int) -> str:
        """Gives a token in lower case."""
        return self.words[at].low

    def said(self, tokens: Sequence[int]) -> str:
        """Gives tokens as words parted by spaces."""
        return " ".join(self.words[at].text for at in tokens)


def frame_of(text: str, words: Tagged, language: str) -> Frame | None:
    """Gives a sentence ready for work, or None for a language without rules."""
    grammar = GRAMMARS.get(language)
    if grammar is None:
        return None
    parts = _join_titles(text, words)
    joined = [
        _retagged(word, language, parts[at + 1] if at + 1 < len(parts) else None) for at, word in enumerate(parts)
    ]
    return Frame(text, joined, grammar, language, _inside(joined))


_COUNTING = re.compile(
    r"(?i)se(?:buah|orang|ekor|bidang|pasang|jumlah|kelompok|unit|helai|batang|butir|kilogram|liter)$"
)


_SUPERLATIVE = re.compile(
    r"(?i)ter(?:banyak|besar|kecil|tinggi|rendah|baik|buruk|parah|luas|panjang|pendek|tua|muda|dekat|jauh|akhir|mahal|murah|cepat|lambat|kuat|lemah)$"
)


_NO_VERBS = frozenset(
    """terdakwa tersangka terduga terpidana tergugat terlapor wali bupati jaksa juri pemilih pendaki api ikan babi pakan balai panti bengkel becak cukai
    uji bicara tumpukan tunggakan rujukan tabrakan kenaikan perbaikan hibah limbah pandemi pilkada tsunami tenggat pajak bangkai rilis jamu tulis berdarah berkas""".split()
)
"""Nouns that the tagger takes for verbs as often as not."""

_BALINESE = frozenset("gusti made wayan nyoman ketut dewa putu kadek komang gede gde nengah ngurah".split())
"""Names behind which "I" is no pronoun: "I Gusti Ngurah Rai"."""


_DAY_OR_HOUR = re.compile(rf"(?i)(?:{WEEKDAY_ID}|{MONTH_ID}|hari|tanggal|pukul|tahun|pekan|bulan|besok|lusa|\d)")
"""What "mulai" stands before as "from" does."""


def _retagged(word: Word, language: str, following: Word | None) -> Word:
    """Puts right what the tagger takes for something else as a rule."""
    if word.text == "I" and following is not None and following.low in _BALINESE and following.text[0].isupper():
        return Word(word.start, word.end, word.text, "NAME")
    if language == "id":
        if word.low in ("jebol", "ambles", "ambrol"):
            return Word(word.start, word.end, word.text, "VERB")
        if word.low in _NO_VERBS and word.tag != "NAME":
            return Word(word.start, word.end, word.text, "NOUN")
        if word.low == "kini":
            return Word(word.start, word.end, word.text, "ADV")
        if word.low == "lalu" and following is not None and following.low == "lintas":
            return Word(word.start, word.end, word.text, "NAME" if word.text[0].isupper() else "NOUN")
        if word.low == "mulai" and following is not None and _DAY_OR_HOUR.match(following.text):
            return Word(word.start, word.end, word.text, "ADP")
        if word.tag == "VERB" and _SUPERLATIVE.match(word.text):
            return Word(word.start, word.end, word.text, "ADJ")
        if _COUNTING.match(word.text):
            return Word(word.start, word.end, word.text, "DET")
    return word


_SHORT = re.compile(
    r"(?i)(?:dr|drs|drg|drh|dra|prof|ir|h|hj|kh|tbk|mr|mrs|ms|st|jr|sr|inc|corp|ltd|co|hi|ust|tgk|moh|muh|abd|gen|lt|col|sgt|gov|sen|rep|rev|jend|letjen|mayjen|brigjen"
    r"|kol|kompol|akbp|kombes|irjen|no|vs|jan|feb|aug|sept?|oct|nov|dec|[a-z])$"
)


_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,3}\.){1,3}[A-Za-z]{0,4}\.?")


def _join_titles(text: str, words: Tagged) -> Tagged:
    """Makes "Dr.", "Tbk." and ", S.H., M.Si." one token each with what they belong to."""
    out: Tagged = []
    at = 0
    while at < len(words):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else None
        if (
            following is not None
            and following.text == "."
            and following.start == word.end
            and _SHORT.match(word.text)
            and at + 2 < len(words)
        ):
            word = Word(
                word.start,
                following.end,
                text[word.start : following.end],
                "NAME" if word.text[0].isupper() or word.low in ("dr", "drg", "drh") else word.tag,
            )
            at += 1
        elif (
            word.text == "-"
            and out
            and following is not None
            and following.low in ("year-old", "month-old")
            and out[-1].end == word.start
            and following.start == word.end
        ):
            aged = out.pop()  # "The 41-year-old, who ..."
            word = Word(aged.start, following.end, text[aged.start : following.end], following.tag)
            at += 1
        elif word.text == "," and out and out[-1].tag == "NAME" and following is not None:
            degree = _DEGREE.match(text, following.start)
            if degree and "." in degree.group():
                end = at + 1
                while end < len(words) and words[end].start < degree.end():
                    end += 1
                before = out.pop()
                stop = words[end - 1].end
                out.append(Word(before.start, stop, text[before.start : stop], "NAME"))
                at = end
                continue
        out.append(word)
        at += 1
    return out


def without_connector(frame: Frame, tokens: Sequence[int]) -> list[int]:
    """Gives a piece of a sentence without what only joins it to the one before."""
    kept = list(tokens)
    while kept and frame.words[kept[0]].text in ",;:-–—":
        kept = kept[1:]
    return kept[after_connector(frame, kept) :]


def compose(text: str, pieces: Sequence[Span | str], *, opening: int = -1) -> str:
    """Gives pieces of a text as a sentence: capital first, one full stop at the end.

    Args:
        text: The text.
        pieces: Its pieces, and words between them.
        opening: Where a capital stands that only opens a sentence.
    """
    held = [part if isinstance(part, str) else part.of(text) for part in pieces]
    held = [
        piece[0].lower() + piece[1:] if number and isinstance(part, Span) and part.start == opening and piece else piece
        for number, (part, piece) in enumerate(zip(pieces, held, strict=True))
    ]
    joined = " ".join(piece.strip() for piece in held if piece.strip())
    joined = re.sub(r"\s+", " ", joined)
    joined = re.sub(r"\s+([,.;:!?%)])", r"\1", joined)
    joined = re.sub(r" 's(?![\w-])", "'s", joined)
    joined = re.sub(r"^[\s,;:.–—-]+", "", joined)
    joined = re.sub(r"[\s,;:–—-]+$", "", joined)
    joined = re.sub(r",\s*,", ",", joined)
    if not joined:
        return ""
    if not (len(joined) > 1 and joined[1].isupper()):
        joined = joined[0].upper() + joined[1:]
    return joined if joined[-1] in '.!?…"”' else joined + "."


def _inside(words: Tagged) -> list[bool]:
    """Says for each token whether it stands within quotation marks or brackets."""
    out: list[bool] = []
    stack: list[str] = []
    for word in words:
        if stack and word.text == stack[-1]:
            stack.pop()
            out.append(True)
        elif word.text in _OPEN:
            stack.append(_OPEN[word.text])
            out.append(True)
        elif word.text == '"':
            stack.append('"')
            out.append(True)
        else:
            out.append(bool(stack))
    return out if not stack else [False] * len(words)


def without_ends(frame: Frame, tokens: list[int]) -> list[int]:
    """Drops marks at both ends."""
    while tokens and frame.words[tokens[0]].text in ",;:-–—…":
        tokens = tokens[1:]
    while tokens and frame.words[tokens[-1]].text in ",;:-–—….!":
        tokens = tokens[:-1]
    return tokens


def after_connector(frame: Frame, tokens: list[int]) -> int:
    """Gives how many tokens at the beginning only join the sentence to the one before."""
    if not tokens:
        return 0
    start = frame.words[tokens[0]].start
    match = frame.grammar.connectors.match(frame.text, start)
    if match is None or frame.said(tokens[:2]).lower() == "lalu lintas":
        return 0
    kept = sum(frame.words[at].start < match.end() for at in tokens)
    return kept if len(tokens) - kept >= MIN_WORDS else 0


def trimmed(frame: Frame, tokens: list[int]) -> list[int]:
    """Drops marks at the end."""
    while tokens and frame.words[tokens[-1]].text in ",;:–—-":
        tokens = tokens[:-1]
    return tokens
