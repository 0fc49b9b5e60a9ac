"""Writes reports to files: the ending names the format, and a file is there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from bukti.claims.documents import find_documents, read_original
from bukti.claims.errors import OutputError, UsageError
from bukti.claims.files import location_of
from bukti.eval.claimreview import render_claimreview
from bukti.eval.markdown import render_markdown
from bukti.eval.page import render_html
from bukti.eval.report import Report
from bukti.eval.sarif import render_sarif

__all__ = ["FORMATS", "UNFINISHED", "check_apart", "check_output", "render_json", "write_report", "write_text"]


UNFINISHED = ".tmp"
"""Ending of a file that is being written: one that is left is a killed process's."""


def render_json(report: Report) -> str:
    """Gives the report as JSON, ``bukti.report/1``; the same input gives the same text but for ``timing``."""
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _sarif(report: Report) -> str:
    return render_sarif(report, original=read_original(report.article.path, report.article.sha256))


FORMATS: dict[str, Callable[[Report], str]] = {
    ".html": render_html,
    ".json": render_json,
    ".md": render_markdown,
    ".jsonld": render_claimreview,
    ".sarif": _sarif,
}
"""File endings and what writes them. What people read is written with its language, its place or its address besides."""


def check_output(path: Path | str, *, endings: tuple[str, ...] = tuple(FORMATS)) -> None:
    """Checks that a file can be written, before any work is done for it.

    Raises:
        UsageError: Its ending names no format.
        OutputError: Its folder is missing or cannot be written, or it is a folder itself.
    """
    path = Path(path)
    if path.suffix.lower() not in endings:
        message = f"-o {path}: unknown ending {path.suffix!r}; known are {' '.join(endings)}"
        raise UsageError(message)
    folder = path.parent
    if path.is_dir():
        message = f"-o {path}: is a folder; give a file name in it"
    elif not folder.is_dir():
        message = f"-o {path}: the folder {folder} does not exist; make it first"
    elif not os.access(folder, os.W_OK | os.X_OK):
        message = f"-o {path}: the folder {folder} cannot be written; choose another"
    else:
        return
    raise OutputError(message, path=path)


def check_apart(path: Path | str, inputs: Iterable[Path | str]) -> None:
    """Checks that writing a file would not destroy one that is read.

    Args:
        path: The file that is to be written.
        inputs: Files that are read, and folders of which all readable files are.

    Raises:
        UsageError: It is one of them.
    """
    place = Path(location_of(path))
    for given in inputs:
        read = Path(location_of(given))
        files = [read]
        if place.exists() and read in place.parents and read.is_dir():
            files = find_documents([read])
        if any(file == place or (place.exists() and file.exists() and file.samefile(place)) for file in files):
            message = f"-o {path}: is read by this command as {given}, and would be written over; give another name"
            raise UsageError(message)


def write_report(
    report: Report,
    path: Path | str,
    *,
    language: str | None = None,
    review_url: str | None = None,
    review_day: date | None = None,
    publisher: tuple[str, str] = ("", ""),
) -> None:
    """Writes a report in the format of the file's ending.

    Args:
        report: The report.
        path: The file.
        language: Of the report's own words, ``id`` or ``en``; the article's if None, English if that is neither.
        review_url: Where the page will stand, for ClaimReview.
        review_day: The day it is published, for ClaimReview.
        publisher: Name and address of the organisation that publishes it, for ClaimReview.

    Raises:
        UsageError: The ending names no format, or there is no such language.
        OutputError: The file cannot be written; an older file of that name is then as it was.
    """
    check_output(path)
    render = FORMATS[Path(path).suffix.lower()]
    folder = Path(location_of(path)).parent
    if render is render_html:
        text = render_html(report, language=language, folder=folder)
    elif render is render_markdown:
        text = render_markdown(report, language=language, folder=folder)
    elif render is render_claimreview:
        text = render_claimreview(report, language=language, url=review_url, day=review_day, publisher=publisher)
    else:
        text = render(report)
    write_text(text, path)


def write_text(text: str, path: Path | str) -> None:
    """Writes text to a temporary name beside `path` and renames it.

    Raises:
        OutputError: It cannot be written.
    """
    path = Path(path)
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # a temporary file is private; a report is as any other file
        Path(temporary).replace(path)
    except (OSError, UnicodeEncodeError) as exc:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        if isinstance(exc, UnicodeEncodeError):  # a file's name that is not UTF-8
            message = f"-o {path}: cannot be written (a name in it is not UTF-8); rename the article or source"
        else:
            message = f"-o {path}: cannot be written ({exc.strerror}); choose another place"
        raise OutputError(message, path=path) from exc
