"""Quotations checked: are the words in a source between quotation marks, and are they the same person's there?

Only a name that stands right beside the verb of saying is a speaker; a pronoun, an office or a place is none, and then whose words
they are is left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bukti.claims.article import Span
from bukti.claims.names import find_names, same_name
from bukti.claims.segments import sentence_spans
from bukti.claims.speech import QUOTED, quotation_of
from bukti.retrieval.sources import Passage

__all__ = ["QuoteFinding", "check_quote", "says_only"]

_VERB = (
    r"(?:said|says|told|added|recalled|insisted|explained|wrote|noted|stressed|warned|admitted|kata|ujar|ucap|tutur|tukas|ungkap|jelas|imbuh|lanjut|tegas|sebut|papar|"
    r"tulis|mengatakan|menyatakan|menegaskan|menjelaskan|mengungkapkan|menambahkan|menyebut(?:kan)?|according\s+to|menurut)"
)
_SAYS = re.compile(rf"\b{_VERB}(?:nya)?\b", re.IGNORECASE)
_TITLES = (
    r"(?:(?:[a-z][\w-]*|Gubernur|Bupati|Wali|Kota|Menteri|Presiden|Direktur|Utama|Ketua|Kepala|Kapten|Pelatih|Juru|Bicara|Governor|"
    r"Mayor|Minister|President|Director|Chief|Executive|Captain|Coach|Dr\.?|Prof\.?)\s+){0,4}"
)
_BEHIND = re.compile(rf"\b(?!told\b){_VERB}\s+{_TITLES}$", re.IGNORECASE)
"""What stands before a name that follows the verb: "kata Gubernur ", "said the agency's head "."""
_AHEAD = re.compile(rf"^(?:,[^,\"“”]{{1,60}},)?\s+(?:juga\s+|also\s+|kemudian\s+)?{_VERB}\b", re.IGNORECASE)
"""What follows a name that stands before the verb: " said", ", ketua panitia, mengatakan"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFinding:
    """What became of a quotation."""

    state: Literal["found", "other_speaker", "not_found"]
    """The words stand in a source as said by the same speaker (or by nobody it names); they stand there as another's; they do not."""

    claim: Span
    """The quoted words in the claim's text."""

    passage: Passage | None = None
    """Where they stand, or None."""

    span: Span | None = None
    """The sentences they stand in, in the source's text."""

    speaker: str = ""
    """Who said them there, where the source names one."""


def check_quote(text: str, passages: Sequence[Passage]) -> QuoteFinding | None:
    """Looks for a claim's quotation, word for word, in passages.

    Args:
        text: The claim.
        passages: Where it is looked for.

    Returns:
        What was found; None for a claim without a quotation. Found with the same speaker goes before found with another.
    """
    quoted = quotation_of(text)
    if quoted is None:
        return None
    wanted = _words(quoted.of(text))
    speaker = _speaker(text, quoted)
    other: QuoteFinding | None = None
    for passage in sorted(passages, key=lambda item: item.id):
        for match in QUOTED.finditer(passage.text):
            if not _opens_or_closes(wanted, _words(match["words"])):
                continue
            around = _around(passage, Span(*match.span()))
            place = Span(passage.span.start + around.start, passage.span.start + around.end)
            said = _speaker(around.of(passage.text), Span(match.start() - around.start, match.end() - around.start))
            # "she said": the sentences before name her, and the claim's speaker must be among them.
            if (
                not speaker
                or (said and same_name(speaker, said))
                or (not said and _named(speaker, passage.text[: around.end]))
            ):
                return QuoteFinding(state="found", claim=quoted, passage=passage, span=place, speaker=said)
            if said and other is None:
                other = QuoteFinding(state="other_speaker", claim=quoted, passage=passage, span=place, speaker=said)
    return other or QuoteFinding(state="not_found", claim=quoted)


def says_only(text: str) -> bool:
    """Says whether a claim tells nothing but that somebody said what it quotes: beside the quotation a name and a verb of saying."""
    quoted = quotation_of(text)
    if quoted is None:
        return False
    rest = text[: quoted.start] + " " + text[quoted.end :]
    for name in sorted(find_names(rest), key=lambda item: -item.span.start):
        rest = rest[: name.span.start] + rest[name.span.end :]
    words = re.findall(r"[\w'-]+", _SAYS.sub(" ", rest))
    return not any(word[0].isdigit() for word in words) and len([word for word in words if len(word) > 3]) <= 3


def _named(speaker: str, text: str) -> bool:
    """Says whether a part of the speaker's name stands in a text."""
    return any(re.search(rf"\b{re.escape(part)}\b", text) for part in speaker.split() if len(part) > 2)


def _words(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,:/]\d+)*|\w+", text.casefold())


def _opens_or_closes(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Says whether a quotation begins or ends with these words: from its middle they may mean the contrary."""
    count = len(wanted)
    return list(words[:count]) == list(wanted) or list(words[-count:]) == list(wanted)


def _speaker(text: str, quoted: Span) -> str:
    """Gives the name right beside the verb of saying, outside the quotation; nothing where there is none or the verb has "-nya"."""
    names = [name for name in find_names(text) if not quoted.overlaps(name.span)]
    for name in names:
        if _BEHIND.search(text[max(0, name.span.start - 80) : name.span.start]):
            return name.text
    for name in names:
        if _AHEAD.match(text[name.span.end :]):
            return name.text
    return ""


def _around(passage: Passage, quotation: Span) -> Span:
    """Gives the sentences that a quotation stands in, with the next one where that tells who speaks."""
    cuts = sentence_spans(passage.text, passage.language)
    holding = [cut for cut in cuts if cut.overlaps(quotation)]
    if not holding:
        return quotation
    best = Span(holding[0].start, holding[-1].end)
    after = next((cut for cut in cuts if cut.start >= best.end), None)
    if after and not _SAYS.search(QUOTED.sub(" ", best.of(passage.text))) and _SAYS.match(after.of(passage.text)):
        best = Span(best.start, after.end)
    return best
