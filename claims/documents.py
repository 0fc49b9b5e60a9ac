"""Reads articles and sources from files: txt, md, html, pdf and standard input."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import stat
import struct
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from bukti.claims.article import Document
from bukti.claims.errors import InputError
from bukti.claims.files import location_of, read_regular
from bukti.claims.pages import fetch_page, is_address
from bukti.claims.patience import SpentError, within

__all__ = [
    "MAX_BYTES",
    "READABLE",
    "clean_text",
    "find_documents",
    "find_sources",
    "place_of",
    "read_bytes",
    "read_document",
    "read_original",
    "read_text",
]

Media = Literal["txt", "md", "html", "pdf"]

READABLE: dict[str, Media] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
"""File endings that are read, and how."""

MAX_BYTES = 20_000_000
"""Largest file that is read unless told otherwise: a newspaper page is a thousandth of it."""

MAX_CHARACTERS = 10_000_000
"""Most text that is read from one file, whatever its kind: a small one may unpack to anything."""

MAX_TITLE = 1_000
"""A longer title is cut: a page's heading may be as long as the page."""

MAX_FRONT_MATTER = 50_000
"""Longest front matter of a Markdown file that is read for its title and day."""

MAX_ATTRIBUTES = 2_000
"""Most attributes of one HTML tag: the parser compares each with all before it."""

MAX_PDF_PAGES = 2_000
"""Most pages of one PDF."""

MAX_PDF_CONTENT = 20_000_000
"""Most bytes of drawing instructions that the pages of one PDF may unpack to, with the forms that they draw: some 15 seconds of work."""

PDF_BOUNDS: dict[str, Any] = {
    "zlib_maximum_output_length": MAX_PDF_CONTENT,
    "lzw_maximum_output_length": MAX_PDF_CONTENT,
    "run_length_maximum_output_length": MAX_PDF_CONTENT,
    "brotli_maximum_output_length": MAX_PDF_CONTENT,
    "array_based_stream_maximum_output_length": MAX_PDF_CONTENT,
    "stream_decoding_work_maximum_length": 3 * MAX_PDF_CONTENT,
    "stream_parsing_work_maximum_count": 1_000_000,
    "page_tree_maximum_entries": 10_000,
    "xform_maximum_invocations_per_extraction": 200,
}
"""What the PDF library may spend on one stream or page; its own bounds are made for pictures."""

READ_S, READ_S_PER_MB = 10.0, 5.0
"""Most seconds of the processor's time that reading a file may take, and how many more for each megabyte of it: an honest page of a PDF takes
some hundredths of a second and stands in some thousand bytes, so that none comes near."""

SMALL_BYTES = 100_000
"""Plain text up to so many bytes is read in no time, and nothing watches over it."""

WRAP_COLUMNS = (50, 110)
"""The longest line of a hard-wrapped text lies between these."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a Word, Excel or zip file; save it as PDF or text"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file; save it as PDF or text"),
    (b"{\\rtf", "a rich text file; save it as PDF or text"),
    (b"\x89PNG", "an image; give the text itself"),
    (b"\xff\xd8\xff", "an image; give the text itself"),
    (b"GIF8", "an image; give the text itself"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
)
_STUMBLES = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What parsers that were written for whole files raise on broken ones."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that show nothing: they part words that look whole, turn their order round, or hold words that no reader sees."""
MAX_MARKS = 30
"""Most combining marks on one letter. Source: Unicode Standard Annex 15, section 13, Stream-Safe Text Format."""
_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
_BLANKS = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CLOSES = re.compile(r"[.!?:…][\"”’»')\]]*$")


def read_document(
    path: Path | str, *, max_bytes: int = MAX_BYTES, stdin: BinaryIO | None = None, allow_private: bool = False
) -> Document:
    """Reads one file or page.

    Args:
        path: A txt, md, html or pdf file, an ``https://`` address, or ``-`` for standard input, which is read as text.
        max_bytes: Largest file that is read.
        stdin: What ``-`` reads; the process's own if None.
        allow_private: Whether a page may be fetched from one's own machine and network.

    Raises:
        InputError: It is missing, empty, too large, binary, encrypted, in no encoding that can be told, or holds no text.
    """
    name = str(path)
    if is_address(name):
        page, ending, address = fetch_page(name, max_bytes=max_bytes, allow_private=allow_private)
        return replace(_document(name, page, READABLE[ending]), url=address)
    if name == "-":
        data = (stdin or sys.stdin.buffer).read(max_bytes + 1)
        _check_size(name, len(data), max_bytes)
        return _document(name, data, "txt")
    file = Path(path)
    media = READABLE.get(file.suffix.lower())
    return _document(name, read_bytes(file, max_bytes), media or "txt")


def read_original(path: str, sha256: str) -> str | None:
    """Gives a document's file as text, so that its own lines can be told.

    Args:
        path: `Document.path`.
        sha256: `Document.sha256`.

    Returns:
        None where it was no file, where the file is another one now, or where it is not text.
    """
    try:
        data = read_bytes(Path(path), sys.maxsize) if path != "-" and not is_address(path) else b""
        return _decode(path, data) if hashlib.sha256(data).hexdigest() == sha256 and data[:5] != b"%PDF-" else None
    except (OSError, ValueError, InputError):
        return None


def read_text(text: str, *, path: str = "-") -> Document:
    """Reads text that is at hand.

    Raises:
        InputError: It is empty.
    """
    return _document(path, text.encode("utf-8", "replace"), "txt")


def clean_text(text: str) -> str:
    r"""Gives words that are at hand as they would be read from a text file: NFC, one paragraph a line; nothing of what holds no words.

    >>> clean_text("One\u00a0 thing.\r\n\r\n\tAnother.")
    'One thing.\nAnother.'
    """
    import ftfy

    return _without_blanks(_paragraphs_of_txt(_clean(ftfy.fix_encoding(text))))


def find_documents(paths: Sequence[Path | str]) -> list[Path]:
    """Gives the files among `paths` and in the folders among them.

    Args:
        paths: Files, kept whatever their ending, and folders, walked for readable endings; hidden ones are passed over.

    Returns:
        Files without repeats: in the order given, those of a folder by their paths.

    Raises:
        InputError: A path does not exist, or a folder holds no readable file.
    """
    found: dict[str, Path] = {}
    for given in paths:
        if re.match(r"https?://", str(given)):
            raise InputError(
                f"{given}: addresses are not read; save the page as .html and give the file", path=str(given)
            )
        path = Path(given)
        try:
            files = _walk(path) if path.is_dir() else [path]
            exists = path.exists()
        except OSError as exc:
            raise InputError(f"{path}: {exc.strerror}; check its permissions", path=path) from exc
        if not exists:
            raise InputError(f"{path}: no such file or folder; check the path", path=path)
        if not files:
            endings = " ".join(READABLE)
            raise InputError(
                f"{path}: no readable source in this folder; it needs files ending in {endings}", path=path
            )
        for file in files:
            found.setdefault(location_of(file), file)
    return list(found.values())


def find_sources(paths: Sequence[Path | str]) -> list[Path | str]:
    """Gives what `find_documents` does, with the addresses among `paths` as they are, in the order given.

    Raises:
        InputError: A path does not exist, or a folder holds no readable file.
    """
    found: dict[str, Path | str] = {}
    for given in paths:
        for source in [str(given)] if is_address(str(given)) else find_documents([given]):
            found.setdefault(place_of(source), source)
    return list(found.values())


def place_of(source: Path | str) -> str:
    """Gives what a source is known by: its address, or its file's absolute path."""
    return str(source) if is_address(str(source)) else location_of(source)


def _walk(folder: Path) -> list[Path]:
    files: list[Path] = []
    for root, folders, names in os.walk(folder):  # does not follow links to folders, so loops end
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files.extend(
            Path(root, name) for name in names if not name.startswith(".") and Path(name).suffix.lower() in READABLE
        )
    return sorted(files)


def read_bytes(file: Path, max_bytes: int) -> bytes:
    """Gives a file's bytes.

    Raises:
        InputError: It is missing, no regular file, too large, or may not be read.
    """
    if _is_odd(str(file)):
        raise InputError(f"{file}: its name is not UTF-8; rename it", path=file)
    try:
        info = file.stat()
        if stat.S_ISDIR(info.st_mode):
            raise InputError(f"{file}: is a folder; give a file", path=file)
        if not stat.S_ISREG(info.st_mode):
            raise InputError(f"{file}: is not a regular file; give a file, or - for standard input", path=file)
        _check_size(str(file), info.st_size, max_bytes)
        return read_regular(file)
    except FileNotFoundError as exc:
        raise InputError(f"{file}: no such file; check the path", path=file) from exc
    except OSError as exc:
        raise InputError(f"{file}: {exc.strerror or exc}; check the path and its permissions", path=file) from exc
    except ValueError as exc:  # a NUL byte in the path
        raise InputError(f"{str(file)!r}: is no path; check it", path=file) from exc


def _is_odd(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return True
    return False


def _check_size(name: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        shown = f"{size / 1e6:.0f} MB" if name != "-" else f"more than {max_bytes / 1e6:.0f} MB"
        raise InputError(f"{name}: too large ({shown}, at most {max_bytes / 1e6:g} MB are read); split it", path=name)


def _document(name: str, data: bytes, media: Media) -> Document:
    if not data.strip():
        raise InputError(f"{name}: empty; give a file with text in it", path=name)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InputError(f"{name}: is {what}", path=name)
    if media != "pdf" and data.startswith(b"%PDF-"):
        media = "pdf"
    text, meta = _read_in_time(name, data, media)
    if not text:
        raise InputError(f"{name}: no text found in it; give a file with text", path=name)
    return Document(
        text=text,
        path=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media=media,
        title=(_one_line(meta.get("title")) or "")[:MAX_TITLE] or None,
        published=meta.get("published"),
        url=_one_line(meta.get("url")),
    )


def _read_in_time(name: str, data: bytes, media: Media) -> tuple[str, dict[str, Any]]:
    """Gives a document's text and what it says of itself; a file that was made to be slow is an error."""
    if media == "txt" and len(data) <= SMALL_BYTES:
        return _parse(name, data, media)
    seconds = READ_S + READ_S_PER_MB * len(data) / 1e6
    try:
        with _quiet("pypdf"), _quiet("trafilatura"):  # out here, where nothing is ended midway
            return within(seconds, lambda: _parse(name, data, media))
    except SpentError as exc:
        raise InputError(
            f"{name}: takes more than {seconds:.0f} s of work to read; save it as text and give that", path=name
        ) from exc


def _parse(name: str, data: bytes, media: Media) -> tuple[str, dict[str, Any]]:
    meta: dict[str, Any] = {}
    if media == "pdf":
        text, meta = _read_pdf(name, data)
    elif media == "html":
        text, meta = _read_html(name, data)
    else:
        decoded = _clean(_decode(name, data))
        text, meta = _read_markdown(decoded) if media == "md" else (_paragraphs_of_txt(decoded), {})
    return _without_blanks(_clean(text)), meta


def _without_blanks(text: str) -> str:
    """Gives the lines that hold something, with single blanks."""
    return "\n".join(line for line in (_BLANKS.sub(" ", line).strip() for line in text.split("\n")) if line)


def _one_line(value: object) -> str | None:
    text = _BLANKS.sub(" ", _clean(str(value)).replace("\n", " ")).strip() if value else ""
    return text or None


def _clean(text: str) -> str:
    r"""Gives NFC text with ``\n`` line ends, plain spaces and no invisible or control characters."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]", "\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\t", " ")))
    return unicodedata.normalize("NFC", _MARKS.sub(_fewer_marks, text))


def _fewer_marks(run: re.Match[str]) -> str:
    """Leaves so many combining marks in a row as any writing has: putting more of them in order takes the square of their number."""
    kept: list[str] = []
    row = 0
    for sign in run.group():
        row = row + 1 if unicodedata.combining(sign) else 0
        if row <= MAX_MARKS:
            kept.append(sign)
    return "".join(kept)


def _decode(name: str, data: bytes) -> str:
    import ftfy

    try:
        return ftfy.fix_encoding(_decode_raw(name, data))
    except UnicodeError as exc:
        raise InputError(f"{name}: cannot be decoded; save it as UTF-8", path=name) from exc


def _decode_raw(name: str, data: bytes) -> str:
    from charset_normalizer import from_bytes

    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\x00" in data[:100_000]:
        raise InputError(f"{name}: binary, not text; give a txt, md, html or pdf file", path=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data[:1_000_000]).best()
        # What "decodes" in some exotic page of code is noise more often than text.
        if best is None or best.encoding is None or best.chaos > 0.1:
            raise InputError(f"{name}: cannot tell its encoding; save it as UTF-8", path=name) from None
        # Latin text in a Windows page decodes in dozens of pages alike; cp1252 is the one that people have.
        latin = best.encoding.startswith(
            ("cp125", "latin", "iso8859", "cp85", "cp43", "cp77", "mac", "hp_", "cp10", "cp50", "cp112", "cp114")
        )
        text = data.decode(
            "cp1252" if latin and best.encoding not in ("cp1251", "cp1253", "cp1255", "cp1256") else best.encoding,
            "strict",
        )
    odd = len(_CONTROL.findall(text))
    if odd > 0.02 * len(text):
        raise InputError(f"{name}: binary, not text; give a txt, md, html or pdf file", path=name)
    return text


# Text --------------------------------------------------------------------------------------------------------------


def _paragraphs_of_txt(text: str) -> str:
    """Gives one paragraph a line: joins the lines of hard-wrapped paragraphs, leaves other lines as they are."""
    blocks = [[line.strip() for line in block.split("\n") if line.strip()] for block in re.split(r"\n\s*\n", text)]
    lines = [line for block in blocks for line in block]
    inner = [line for block in blocks for line in block[:-1]]
    if not inner:
        return "\n".join(lines)
    longest = max(len(line) for line in lines)
    full = sum(len(line) >= 0.7 * longest for line in inner)
    open_ended = sum(not _CLOSES.search(line) for line in inner)
    wrapped = (
        WRAP_COLUMNS[0] <= longest <= WRAP_COLUMNS[1] and full >= 0.7 * len(inner) and open_ended >= 0.6 * len(inner)
    )
    return "\n".join(" ".join(block) for block in blocks if block) if wrapped else "\n".join(lines)


# Markdown ----------------------------------------------------------------------------------------------------------


def _read_markdown(text: str) -> tuple[str, dict[str, Any]]:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    lines: list[str] = []
    meta: dict[str, Any] = {}
    row: list[str] | None = None
    heading = ""
    for token in parser.parse(text):
        if token.type == "front_matter":
            meta = _front_matter(token.content)
        elif token.type == "heading_open":
            heading = token.tag
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(" | ".join(cell for cell in row if cell))
            row = None
        elif token.type == "inline":
            content = "".join(_inline(token.children or [])).strip()
            if row is not None:
                row.append(content)
            else:
                lines.append(content)
            if heading == "h1":
                meta.setdefault("title", content)
            heading = ""
    return "\n".join(lines), meta


def _inline(children: Sequence[Any]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "


def _front_matter(content: str) -> dict[str, Any]:
    import yaml

    if len(content) > MAX_FRONT_MATTER:
        return {}
    try:
        # Everything in it is text to this loader: no day that no calendar has, no number without end, no type of anybody's.
        loaded = yaml.load(content, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, *_STUMBLES):
        return {}
    if not isinstance(loaded, dict):
        return {}
    # A list may stand for as many others as its aliases say.
    said = {key: value for key, value in loaded.items() if isinstance(value, str)}
    found: dict[str, Any] = {key: said[key] for key in ("title",) if said.get(key)}
    published = _as_date(said.get("date") or said.get("published"))
    if published:
        found["published"] = published
    url = said.get("url") or said.get("canonical") or said.get("source")
    return {**found, "url": url} if url else found


def _as_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.match(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", str(value or ""))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


# HTML --------------------------------------------------------------------------------------------------------------


def _read_html(name: str, data: bytes) -> tuple[str, dict[str, Any]]:
    import trafilatura
    from trafilatura.utils import load_html

    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    if b"\x00" in data:
        raise InputError(f"{name}: binary, not HTML; give a txt, md, html or pdf file", path=name)
    if any(_attributes(tag.group()) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(data)):
        raise InputError(f"{name}: has a tag with more than {MAX_ATTRIBUTES:,} attributes; save the text", path=name)
    heading = found = None
    try:
        tree = load_html(data)
        if tree is not None:
            _drop_hidden(tree)
            heading = next((" ".join(node.itertext()) for node in tree.iter("h1")), None)
            found = trafilatura.bare_extraction(
                tree,
                include_comments=False,
                include_tables=True,
                with_metadata=True,
                date_extraction_params={"extensive_search": False, "original_date": True},
            )
    except _STUMBLES as exc:
        raise InputError(
            f"{name}: this page cannot be read; save the article as text and give that", path=name
        ) from exc
    text = getattr(found, "text", None) or ""
    if not text.strip():
        raise InputError(f"{name}: no main text found in this page; save the article as text and give that", path=name)
    title = getattr(found, "title", None)
    heading = _one_line(heading)
    # The headline is part of what is read; the extractor leaves it out of the main text now and then.
    if heading and heading not in text:
        text = f"{heading}\n{text}"
    return text, {
        "title": heading or title,
        "published": _as_date(getattr(found, "date", None)),
        "url": getattr(found, "url", None),
    }


_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{4000,}")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def _attributes(tag: bytes) -> int:
    """Gives about how many attributes a tag has; what stands in quotes counts once."""
    return len(_QUOTED.sub(b"", tag).split())


def _drop_hidden(tree: Any) -> None:
    """Takes out what a page holds but does not show: a reader could not check it, so it is no evidence."""
    hidden = "//*[@hidden or contains(translate(@style, 'DISPLAYNOEVBTHC ', 'displaynoevbthc'), 'display:none') or contains(translate(@style, 'DISPLAYNOEVBTHC ', 'displaynoevbthc'), 'visibility:hidden')]"
    for node in [*tree.iter("template"), *tree.xpath(hidden)]:
        # A page that hides all of itself shows it by script a moment later.
        if node.tag not in ("html", "body", "main", "article") and node.getparent() is not None:
            node.drop_tree()


# PDF ---------------------------------------------------------------------------------------------------------------


def _read_pdf(name: str, data: bytes) -> tuple[str, dict[str, Any]]:
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        with apply_configuration(**PDF_BOUNDS):
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise InputError(f"{name}: is encrypted; give a copy without a password", path=name)
            if len(reader.pages) > MAX_PDF_PAGES:
                raise InputError(
                    f"{name}: has {len(reader.pages)} pages, at most {MAX_PDF_PAGES} are read; split it", path=name
                )
            pages: list[list[str]] = []
            size = content = 0
            seen: set[int] = set()
            for page in reader.pages:
                content += _content_size(page, seen)
                if content > MAX_PDF_CONTENT:
                    raise InputError(
                        f"{name}: its pages unpack to more than {MAX_PDF_CONTENT / 1e6:g} MB of drawing; split it, or save it as text",
                        path=name,
                    )
                text = _clean(page.extract_text())
                size += len(text)
                if size > MAX_CHARACTERS:
                    raise InputError(f"{name}: holds more than {MAX_CHARACTERS:,} characters; split it", path=name)
                pages.append([line.strip() for line in text.split("\n")])
            title = reader.metadata.title if reader.metadata else None
            title = title if isinstance(title, str) else None  # it may be anything that a PDF can say
    except InputError:
        raise
    except FileNotDecryptedError as exc:
        raise InputError(f"{name}: is encrypted; give a copy without a password", path=name) from exc
    except (PyPdfError, DependencyError, *_STUMBLES) as exc:
        # A broken file makes the parser stumble anywhere; whatever it raised, the file is what is wrong.
        raise InputError(f"{name}: this PDF cannot be read; it may be damaged: export it again", path=name) from exc
    if not any(line for page in pages for line in page):
        raise InputError(
            f"{name}: this PDF has no text, only images; run text recognition (OCR) on it first", path=name
        )
    junk = title is None or re.match(r"(?i)\s*(untitled|microsoft word|document\d*)\b", title)
    return _join_pdf_lines(_without_running_lines(pages)), {} if junk else {"title": title}


def _content_size(page: Any, seen: set[int]) -> int:
    """Gives how many bytes a page's instructions unpack to, with those of the forms that it draws and that are not in `seen` yet."""
    contents = page.get_contents()
    size = len(contents.get_data()) if contents is not None else 0
    waiting = [page]
    while waiting:
        drawn = _entry(_entry(waiting.pop(), "/Resources"), "/XObject")
        for name in drawn if isinstance(drawn, dict) else ():
            form = _entry(drawn, name)
            if _entry(form, "/Subtype") == "/Form" and id(form) not in seen:
                seen.add(id(form))
                size += len(form.get_data())
                waiting.append(form)
    return size


def _entry(found: Any, name: str) -> Any:
    """Gives what a PDF's dictionary says under a name; None where it says nothing, or is none."""
    value = found.get(name) if isinstance(found, dict) else None
    return value.get_object() if value is not None else None


def _without_running_lines(pages: list[list[str]]) -> list[str]:
    """Gives all lines but page numbers and those that head or foot most pages."""
    edges = Counter(
        re.sub(r"\d+", "#", line)
        for page in pages
        for line in {*[line for line in page if line][:1], *[line for line in page if line][-1:]}
    )
    running = {line for line, count in edges.items() if len(pages) >= 3 and count > len(pages) / 2}
    return [
        line
        for page in pages
        for line in page
        if re.sub(r"\d+", "#", line) not in running and not re.fullmatch(r"(?:[Pp]age |Halaman )?\d{1,4}", line)
    ]


def _join_pdf_lines(lines: list[str]) -> str:
    """Joins the lines of each paragraph: one goes on until a line ends short after a full stop."""
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[int(len(lengths) * 0.8)] if lengths else 0
    out: list[str] = []
    current = ""
    for line in [*lines, ""]:
        if not line:
            out.append(current)
            current = ""
            continue
        if current.endswith("-") and re.search(r"\w{2}-$", current) and line[0].islower():
            stem = re.findall(r"(\w+)-$", current)[0]
            # "kupu-" + "kupu" is one reduplicated word with its hyphen; "konfigu-" + "rasi" was broken by the line.
            current = current + line if line.startswith(stem) else current[:-1] + line
        else:
            current = f"{current} {line}".strip()
        if len(line) < 0.75 * usual and (_CLOSES.search(line) or len(current) == len(line)):
            out.append(current)
            current = ""
    return "\n".join(paragraph for paragraph in out if paragraph)


@contextmanager
def _quiet(logger_name: str) -> Iterator[None]:
    """Keeps a library's remarks about odd files off the terminal, and puts its logger back as it was."""
    logger = logging.getLogger(logger_name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
