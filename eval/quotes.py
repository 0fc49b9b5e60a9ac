"""Quotations checked: are the words in a source, and are they the same person's there?"""

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

__all__ = ["QuoteFinding", "check_quote"]

_SAYS = re.compile(
    r"\b(?:said|says|told|added|adding|recalled|insisted|explained|wrote|noted|stressed|warned|admitted|according to|kata|ujar|ucap|tutur|tukas|ungkap|jelas|imbuh|"
    r"lanjut|tegas|sebut|papar|tulis|menurut|mengatakan|menyatakan|menegaskan|menjelaskan|mengungkapkan|menambahkan|menyebut\w*)(?:nya)?\b",
    re.IGNORECASE,
)


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
    """The sentence they stand in, in the source's text."""

    speaker: str = ""
    """Who said them there, where it is another."""


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
    wanted = " ".join(_words(quoted.of(text)))
    speakers = [name.text for name in find_names(text) if not quoted.covers(name.span)]
    other: QuoteFinding | None = None
    for passage in sorted(passages, key=lambda item: item.id):
        if wanted not in " ".join(_words(passage.text)):
            continue
        sentence, before = _sentence_with(passage, wanted)
        around = QUOTED.sub(" ", sentence.of(passage.text))
        names = [name.text for name in find_names(around)] if _SAYS.search(around) else []
        place = Span(passage.span.start + sentence.start, passage.span.start + sentence.end)
        if not speakers or not names or any(same_name(a, b) for a in speakers for b in names):
            # "she said": whoever the sentences before name.
            earlier = [name.text for name in find_names(before)]
            if names or not speakers or not earlier or any(same_name(a, b) for a in speakers for b in earlier):
                return QuoteFinding(state="found", claim=quoted, passage=passage, span=place)
            continue
        other = other or QuoteFinding(
            state="other_speaker", claim=quoted, passage=passage, span=place, speaker=names[0]
        )
    return other or QuoteFinding(state="not_found", claim=quoted)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _sentence_with(passage: Passage, wanted: str) -> tuple[Span, str]:
    """Gives the shortest run of sentences that holds the words, and what stands before it."""
    cuts = sentence_spans(passage.text, passage.language)
    runs = [
        Span(cuts[first].start, cuts[last].end)
        for first in range(len(cuts))
        for last in range(first, min(first + 4, len(cuts)))
    ]
    holding = [run for run in runs if wanted in " ".join(_words(run.of(passage.text)))]
    best = min(holding, key=lambda run: (run.end - run.start, run.start), default=Span(0, len(passage.text)))
    # Who speaks stands after the last quoted word as often as before the first: the next sentence belongs to it where it is open.
    after = next((cut for cut in cuts if cut.start >= best.end), None)
    if after and not _SAYS.search(QUOTED.sub(" ", best.of(passage.text))) and _SAYS.match(after.of(passage.text)):
        best = Span(best.start, after.end)
    return best, passage.text[: best.start]
