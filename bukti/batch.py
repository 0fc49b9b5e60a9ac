"""Many articles against one set of sources: a page and a JSON report each, an index of them, and no work done twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bukti.api import Bench, Progress, check_sources, open_bench, read_article
from bukti.claims.article import Article
from bukti.claims.documents import find_documents
from bukti.claims.errors import InputError, OutputError, UsageError
from bukti.claims.files import location_of, read_regular
from bukti.claims.pages import is_address
from bukti.config import Config
from bukti.eval.output import render_json, write_text
from bukti.eval.overview import Overview, Row, render_overview, render_overview_json
from bukti.eval.page import render_html
from bukti.eval.report import SCHEMA, Failure, Report
from bukti.eval.showing import plain_name
from bukti.eval.wording import page_language
from bukti.spreading import FATAL, failure_of, judge_article, spread_articles

__all__ = ["Done", "find_articles", "names_of", "verify_articles"]

How = Literal["verified", "kept", "failed"]
"""What became of an article: it was verified now, its report was there already, or it could not be verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One article that is done with."""

    path: str
    """The article, as it was given."""

    how: How
    """What became of it."""

    row: Row
    """What its report came to, or why there is none."""

    number: int
    """Which it is, from 1."""

    of: int
    """How many there are."""


def find_articles(paths: Sequence[Path | str], *, into: Path | None = None) -> list[str]:
    """Gives the articles among `paths` and in the folders among them.

    Args:
        paths: Files, kept whatever their ending; folders, walked for readable endings; ``https://`` addresses.
        into: The folder that reports are written to: what lies in it is no article.

    Returns:
        Paths and addresses in the order given, those of a folder by their paths; one given twice stands there once.

    Raises:
        InputError: A path does not exist, or a folder holds no article.
        UsageError: Standard input is among several.
    """
    found: dict[object, str] = {}
    own = Path(location_of(into)) if into else None
    for given in map(str, paths):
        if given == "-":
            raise UsageError("-: standard input is one article; give it alone, and -o a file")
        if is_address(given):
            found.setdefault(given, given)
            continue
        files = [Path(given)]
        if Path(given).is_dir():
            try:
                files = find_documents([given])
            except InputError as exc:
                raise InputError(str(exc).replace("readable source", "readable article"), path=given) from exc
            files = [file for file in files if own is None or own not in Path(location_of(file)).parents]
            if not files:
                raise InputError(f"{given}: holds nothing but the reports in {into}; give the articles", path=given)
        elif not os.path.lexists(given):  # a link that leads nowhere is an article that cannot be read
            raise InputError(f"{given}: no such file or folder; check the path", path=given)
        for file in files:
            found.setdefault(location_of(file), str(file))
    return list(found.values())


def names_of(paths: Sequence[str]) -> list[str]:
    """Gives each article a name for its files: plain letters, its own, and the same whichever others are verified with it.

    >>> names_of(["berita/Gempa di Cianjur!.txt", "x/con.txt"])
    ['gempa-di-cianjur-8551445e', 'con-0d1684ed']
    """
    names: dict[str, None] = {}
    for path in paths:
        stem = path.rstrip("/").rsplit("/", 1)[-1] if is_address(path) else Path(path).stem
        slug = plain_name(stem)
        given = path if is_address(path) else Path(os.path.normpath(path)).as_posix()
        digest = hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()
        length = next(size for size in range(8, 65) if f"{slug}-{digest[:size]}" not in names)
        names[f"{slug}-{digest[:length]}"] = None
    return list(names)


def verify_articles(
    articles: Sequence[str],
    *,
    sources: Sequence[Path | str] = (),
    index: Path | str | None = None,
    into: Path | None = None,
    as_of: date | None = None,
    published: date | None = None,
    language: str | None = None,
    config: Config | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Iterator[Done]:
    """Verifies articles one after the other with one index and one set of models; one report at a time is in memory.

    With a folder, each article gets ``NAME.html`` and ``NAME.json`` there, the second written last and whole: an article whose JSON
    report is there, made of the same text from the same sources by the same models and settings and without a failed claim, is not
    verified again. At the end come ``index.html`` and ``index.json``.

    Args:
        articles: As `find_articles` gives them.
        sources: As for `bukti.verify`.
        index: As for `bukti.verify`.
        into: The folder; made if it is not there. Nothing is written if None.
        as_of: As for `bukti.verify`.
        published: The day of publication of all of them.
        language: The language of all of them; recognised in each if None.
        config: Settings; the defaults if None.
        fresh: Whether to verify those too whose reports are there.
        progress: Told of each step.

    Yields:
        Each article once it is done with. One that cannot be read or verified is ``failed`` with stage and cause, and the others go on.

    Raises:
        BuktiError: What would befall every article: no sources, an unusable index or model, a folder that cannot be written.
    """
    config = config or Config()
    check_sources(sources, index)
    if into is not None:
        _check_folder(into)
    names = names_of(articles)
    bench = open_bench(sources, index=index, as_of=as_of, config=config, progress=progress)
    if into is not None:
        _make_folder(into)
        _sweep(into, names)
    overview = Overview(fingerprint=bench.fingerprint(), skipped=bench.skipped)
    # The reports that are there are looked for, and articles read, as their turn comes.
    todo = (
        _read(
            path, name, bench, into, published, language, config, fresh,
            _within(progress, f"{number}/{len(articles)} {Path(path).name[:40]}"),
        )
        for number, (path, name) in enumerate(zip(articles, names, strict=True), start=1)
    )  # fmt: skip
    if config.engine == "ray":
        judged = spread_articles(todo, bench, config, article=lambda one: one.article)
    else:
        judged = ((one, _judge(one, bench)) for one in todo)
    for number, (one, answer) in enumerate(judged, start=1):
        row, how = _finish(one, answer, into, config)
        path = one.path
        del one, answer  # or two reports would be in memory while the next article is verified
        overview.add(row)
        yield Done(path=path, how=how, row=row, number=number, of=len(articles))
    if into is not None:
        write_text(render_overview_json(overview), into / "index.json")
        write_text(
            render_overview(overview, language=config.lang or None, folder=Path(location_of(into))), into / "index.html"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Todo:
    """An article that was looked at."""

    path: str
    name: str
    tell: Progress
    article: Article | None = None
    """The article, if it has yet to be verified."""
    row: Row | None = None
    """What its report came to that is there already, or why it cannot be read."""
    how: How = "verified"


def _read(
    path: str,
    name: str,
    bench: Bench,
    into: Path | None,
    published: date | None,
    language: str | None,
    config: Config,
    fresh: bool,
    tell: Progress,
) -> _Todo:
    try:
        tell("read", 0, 1)
        if path != path.encode("utf-8", "replace").decode():
            raise InputError(f"{path}: its name is not UTF-8; rename it", path=path)
        article = bench.dated(read_article(path, published=published, language=language, config=config))
        kept = None if into is None or fresh else _kept(into, name, article, bench, config)
        row = Row.of(kept, name=name) if kept is not None else None
    except FATAL:
        raise
    except Exception as exc:  # noqa: BLE001 (one article's border: what breaks on one must not take the rest with it)
        return _Todo(path=path, name=name, tell=tell, row=Row.failure(path, failure_of(exc, "read")), how="failed")
    if row is not None:
        return _Todo(path=path, name=name, tell=tell, row=row, how="kept")
    return _Todo(path=path, name=name, tell=tell, article=article)


def _judge(one: _Todo, bench: Bench) -> Report | Failure | None:
    return judge_article(bench, one.article, one.tell) if one.article is not None else None


def _finish(one: _Todo, answer: Report | Failure | None, into: Path | None, config: Config) -> tuple[Row, How]:
    """Writes an article's report and gives its row."""
    if one.row is not None:
        return one.row, one.how
    try:
        if isinstance(answer, Report):
            if into is not None:
                _write(answer, one.name, into, config)
            return Row.of(answer.to_dict(), name=one.name if into else ""), "verified"
        failure = answer or Failure(stage="verify", cause="there is no report")
    except FATAL:
        raise
    except Exception as exc:  # noqa: BLE001 (one article's border)
        failure = failure_of(exc, "verify")
    return Row.failure(one.path, failure), "failed"


def _write(report: Report, name: str, into: Path, config: Config) -> None:
    """Writes the page and then the JSON report, which says that both are there."""
    page = into / f"{name}.html"
    write_text(render_html(report, language=config.lang or None, folder=Path(location_of(into))), page)
    write_text(render_json(report), into / f"{name}.json")


def _kept(into: Path, name: str, article: Article, bench: Bench, config: Config) -> dict[str, Any] | None:
    """Gives the report that is there, if verifying the article again could give no other."""
    try:
        head = read_regular(into / f"{name}.html", 200).decode("utf-8", "ignore")
        data = json.loads(read_regular(into / f"{name}.json"))
        # The same sources under other paths would be cited and linked elsewhere.
        known = {(source["id"], source["path"], source["sha256"]) for source in data["sources"]}
        same = (
            data["schema"] == SCHEMA
            and data["article"]["sha256"] == article.sha256
            and data["article"]["text"] == article.text
            and data["article"]["path"] == article.path
            and data["article"]["title"] == article.title
            and data["article"]["language"] == article.language
            and data["article"]["published"] == (article.published.isoformat() if article.published else None)
            and data["fingerprint"] == json.loads(json.dumps(bench.fingerprint()))
            and known == {(one.id, one.path, one.sha256) for one in bench.index.sources if _counts(one.id, bench)}
            and [(row["path"], row["cause"]) for row in data["skipped"]] == list(bench.skipped)
            and data["summary"]["error"] == 0
        )
        Row.of(data, name=name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # not there, torn, edited, or of another version
        return None
    spoken = page_language(config.lang or None, article.language)
    return data if same and f'<html lang="{spoken}">' in head else None


def _counts(source: str, bench: Bench) -> bool:
    return bench.given is None or source in bench.given


def _check_folder(folder: Path) -> None:
    """Checks that a folder can be made or written, before any work is done for it."""
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), Path())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        message = f"-o {folder}: cannot be made or written ({nearest} stands in the way); choose another folder"
        raise OutputError(message, path=folder)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        message = f"-o {folder}: cannot be made ({exc.strerror}); choose another folder"
        raise OutputError(message, path=folder) from exc


def _sweep(folder: Path, names: Sequence[str]) -> None:
    """Removes what a run that was killed while it wrote has left."""
    own = {*names, "index"}
    for file in folder.glob(".*.tmp"):
        if file.name[1:].split(".", 1)[0] in own:
            file.unlink(missing_ok=True)


def _within(progress: Progress | None, where: str) -> Callable[[str, int, int], None]:
    if progress is None:
        return lambda step, done, of: None
    return lambda step, done, of: progress(f"{where}: {step}", done, of)
