"""Reference sources and the passages they are cut into."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bukti.claims.article import Document, Span
from bukti.claims.documents import place_of, read_document
from bukti.claims.language import detect_language
from bukti.claims.segments import cut_sentences, paragraphs, publication_day

__all__ = ["CUTTING", "Passage", "Source", "cut_passages", "passage_at", "read_source", "source_id", "text_id"]

CUTTING = "sentences-600/4"
"""Name and version of the way sources are read and cut; an index made in another way is not the same index."""

MAX_PASSAGE_CHARACTERS = 600
"""Passages stay below this: about 150 word pieces, well within the 256 that the default embedder reads."""

MIN_PASSAGE_CHARACTERS = 200
"""A shorter paragraph is joined with the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A reference document."""

    id: str
    """Hash of its text: two copies of one text are one source."""

    title: str
    """Its title, or its file's name."""

    path: str
    """Where it was read from, as it was given."""

    location: str
    """The same, absolute: what it is known by in an index. An address stays as it is."""

    sha256: str
    """Hash of the file's bytes."""

    language: str
    """ISO 639-1 code."""

    published: date | None = None
    """Its day of publication, where it says one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A retrievable piece of a source."""

    id: str
    """Hash of its source, its place and its text."""

    source_id: str
    """The source it was cut from."""

    span: Span
    """Where it stands in the source's text."""

    text: str
    """Exactly that span of the source's text."""

    language: str
    """ISO 639-1 code."""


def read_source(path: Path | str, *, max_bytes: int, allow_private: bool = False) -> tuple[Source, str]:
    """Reads one file or page as a source.

    Args:
        path: A txt, md, html or pdf file, or an ``https://`` address.
        max_bytes: Largest file that is read.
        allow_private: Whether a page may be fetched from one's own machine and network.

    Returns:
        The source, and its text as read.

    Raises:
        InputError: It cannot be read.
    """
    document = read_document(path, max_bytes=max_bytes, allow_private=allow_private)
    language = detect_language(document.text)
    source = Source(
        id=source_id(document),
        title=document.title or _first_line(document) or Path(path).name,
        path=str(path),
        location=place_of(path),
        sha256=document.sha256,
        language=language,
        published=publication_day(document, language),
    )
    return source, document.text


def source_id(document: Document) -> str:
    """Gives the id of a source with this text."""
    return text_id(document.text)


def text_id(text: str) -> str:
    """Gives the id of a source whose text as read is this."""
    return "s-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _first_line(document: Document) -> str | None:
    """Gives the first line where it reads as a title: short, and no sentence."""
    line = document.text.split("\n", 1)[0].strip()
    return line if line and len(line) <= 150 and not line.endswith((".", ":", ";", ",")) else None


def cut_passages(source: Source, text: str) -> list[Passage]:
    """Cuts a source into passages of whole sentences.

    Args:
        source: The source.
        text: Its text as read.

    Returns:
        Passages in the order of the text, below `MAX_PASSAGE_CHARACTERS` each. Together they cover all of the text but
        white space and what follows the first passage of an unbroken run of ASCII, which is data and no prose (base64, a
        bitmap's bytes); a sentence is cut only if it alone is too long.
    """
    return [passage_at(source, span, span.of(text)) for span in _join(_pieces(text, source.language))]


def passage_at(source: Source, span: Span, text: str) -> Passage:
    """Gives the passage at this place of a source; `text` is what stands there."""
    return Passage(
        id="p-" + hashlib.sha256(f"{source.id}:{span.start}:{span.end}".encode()).hexdigest()[:16],
        source_id=source.id,
        span=span,
        text=text,
        language=source.language,
    )


def _pieces(text: str, language: str) -> list[tuple[Span, bool]]:
    """Gives every sentence, the over-long ones in parts, and whether it opens a paragraph."""
    pieces: list[tuple[Span, bool]] = []
    for paragraph in paragraphs(text):
        for number, cut in enumerate(cut_sentences(paragraph.of(text), language)):
            span = Span(paragraph.start + cut.start, paragraph.start + cut.end)
            parts = [span] if span.end - span.start <= MAX_PASSAGE_CHARACTERS else _parts(text, span)
            pieces.extend((part, number == 0 and part.start == span.start) for part in parts)
    return pieces


def _parts(text: str, span: Span) -> list[Span]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=MAX_PASSAGE_CHARACTERS,
        chunk_overlap=0,
        separators=["; ", ", ", " ", ""],
        keep_separator="end",
        add_start_index=True,
    )
    parts: list[Span] = []
    for document in splitter.create_documents([span.of(text)]):
        start = span.start + document.metadata["start_index"]
        part = document.page_content
        if parts and part.isascii() and not any(map(str.isspace, text[start - 1] + part)):
            continue
        parts.append(Span(start, start + len(part)))
    return parts


def _join(pieces: Sequence[tuple[Span, bool]]) -> list[Span]:
    joined: list[Span] = []
    for span, opens in pieces:
        if joined:
            last = joined[-1]
            fits = span.end - last.start <= MAX_PASSAGE_CHARACTERS
            if fits and (not opens or last.end - last.start < MIN_PASSAGE_CHARACTERS):
                joined[-1] = Span(last.start, span.end)
                continue
        joined.append(span)
    return joined
