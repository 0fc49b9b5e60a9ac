"""The index of many reports: a page and its JSON form, ``bukti.reports/1``, both made of the reports' JSON form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bukti.eval.page import asset, bars_of, common_of, environment, link_of
from bukti.eval.report import CHECKABLE_VERDICTS, VERDICTS, Failure, Verdict
from bukti.eval.showing import one_line
from bukti.eval.wording import page_language

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Overview", "Row", "UsedSource", "render_overview", "render_overview_json"]

SCHEMA = "bukti.reports/1"
"""Name and version of the JSON form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSource:
    """A source, and what rests on it."""

    id: str
    """Its id."""

    title: str
    """Its title, or its file's name."""

    path: str
    """Where it was read from."""

    language: str
    """ISO 639-1 code."""

    published: date | None
    """Its day of publication, where it says one."""

    claims: int
    """How many claims have a deciding passage from it."""

    articles: int
    """How many articles these claims are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the report of one article came to, or why there is none."""

    path: str
    """The article, as it was given."""

    name: str
    """Its files' name without ending; empty where nothing was written."""

    title: str
    """Its headline; empty where none was found."""

    language: str
    """ISO 639-1 code; empty where it could not be read."""

    published: date | None
    """Its day of publication."""

    sha256: str
    """Hash of its bytes; empty where it could not be read."""

    counts: Mapping[Verdict, int]
    """How many claims have each verdict; all verdicts are keys."""

    sources: Sequence[Mapping[str, Any]]
    """The report's sources; taken by `Overview.add` and not kept."""

    error: Failure | None = None
    """Why there is no report, where there is none."""

    @classmethod
    def of(cls, report: Mapping[str, Any], *, name: str) -> Row:
        """Makes a row of a report's JSON form.

        Raises:
            KeyError, TypeError, ValueError: It is none.
        """
        article = report["article"]
        counts: dict[Verdict, int] = {verdict: int(report["summary"][verdict]) for verdict in VERDICTS}
        return cls(
            path=str(article["path"]),
            name=name,
            title=one_line(article["title"] or ""),
            language=str(article["language"]),
            published=_day(article["published"]),
            sha256=str(article["sha256"]),
            counts=counts,
            sources=report["sources"],
        )

    @classmethod
    def failure(cls, path: str, error: Failure) -> Row:
        """Makes the row of an article that has no report."""
        return cls(
            path=path, name="", title="", language="", published=None, sha256="", counts=dict.fromkeys(VERDICTS, 0), sources=(),
            error=error,
        )  # fmt: skip

    @property
    def claims(self) -> int:
        """How many claims it has."""
        return sum(self.counts.values())

    @property
    def verified(self) -> bool:
        """Whether any claim has a verdict: an article without one is not clean, it was not verified."""
        return any(self.counts[verdict] for verdict in CHECKABLE_VERDICTS)

    @property
    def precision(self) -> float | None:
        """As of a report."""
        return _precision(self.counts)

    @property
    def place(self) -> tuple[object, ...]:
        """Where it stands among rows: those that failed, then those with most refuted claims, and so on."""
        worst = (-self.counts["refuted"], -self.counts["conflicting"], -self.counts["error"])
        return self.error is None, *worst, self.verified, -self.counts["not_enough_evidence"], self.path


class Overview:
    """What many reports come to; it keeps a row of each and not the reports.

    Args:
        fingerprint: What all reports have in common.
        skipped: Sources that could not be read, each with the reason.
    """

    def __init__(self, *, fingerprint: Mapping[str, Any], skipped: Sequence[tuple[str, str]] = ()) -> None:
        self.fingerprint = fingerprint
        self.skipped = tuple(skipped)
        self._rows: list[Row] = []
        self._sources: dict[str, UsedSource] = {}

    def add(self, row: Row) -> None:
        """Counts an article in."""
        for source in row.sources:
            before = self._sources.get(source["id"])
            cited = int(source["cited"])
            self._sources[source["id"]] = UsedSource(
                id=str(source["id"]),
                title=str(source["title"]),
                path=str(source["path"]),
                language=str(source["language"]),
                published=_day(source["published"]),
                claims=cited + (before.claims if before else 0),
                articles=(cited > 0) + (before.articles if before else 0),
            )
        self._rows.append(replace(row, sources=()))

    @property
    def rows(self) -> list[Row]:
        """The articles, the worst first."""
        return sorted(self._rows, key=lambda row: row.place)

    @property
    def sources(self) -> list[UsedSource]:
        """All sources, those that most claims rest on first."""
        return sorted(self._sources.values(), key=lambda one: (-one.claims, one.path, one.id))

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many claims of all articles have each verdict."""
        return {verdict: sum(row.counts[verdict] for row in self._rows) for verdict in VERDICTS}

    def to_dict(self) -> dict[str, Any]:
        """Gives the JSON form, ``bukti.reports/1``; the same input gives the same."""
        rows = self.rows
        return {
            "schema": SCHEMA,
            "articles": [
                {
                    "path": row.path,
                    "title": row.title or None,
                    "language": row.language or None,
                    "published": row.published.isoformat() if row.published else None,
                    "sha256": row.sha256 or None,
                    "page": f"{row.name}.html" if row.name else None,
                    "report": f"{row.name}.json" if row.name else None,
                    "claims": row.claims,
                    "summary": _summary(row.counts) if row.error is None else None,
                    "error": None if row.error is None else {"stage": row.error.stage, "cause": row.error.cause},
                }
                for row in rows
            ],
            "totals": {
                "articles": len(rows),
                "failed": sum(row.error is not None for row in rows),
                "nothing_verified": sum(row.error is None and not row.verified for row in rows),
                "claims": sum(row.claims for row in rows),
                **_summary(self.counts),
            },
            "sources": [
                {
                    "id": one.id,
                    "title": one.title,
                    "path": one.path,
                    "language": one.language,
                    "published": one.published.isoformat() if one.published else None,
                    "claims": one.claims,
                    "articles": one.articles,
                }
                for one in self.sources
            ],
            "skipped": [{"path": path, "cause": cause} for path, cause in self.skipped],
            "fingerprint": dict(self.fingerprint),
        }


def render_overview_json(overview: Overview) -> str:
    """Gives the index as JSON, ``bukti.reports/1``."""
    # The name of an article that failed may not be UTF-8: it is the reason why it failed.
    text = json.dumps(overview.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "replace").decode()


def render_overview(overview: Overview, *, language: str | None = None, folder: Path | None = None) -> str:
    """Gives the index as a page that needs no other file but the reports beside it, and no network.

    Args:
        overview: What the reports come to.
        language: Of the page's own words, ``en`` or ``id``; the language of most articles if None, English if that is neither.
        folder: Where the page will stand, so that links to sources on this machine lead there; only addresses are linked if None.

    Raises:
        UsageError: The page does not speak that language.
    """
    rows = overview.rows
    languages = [row.language for row in rows if row.language]
    spoken = page_language(language, max(sorted(set(languages)), key=languages.count, default=""))
    counts = overview.counts
    sources = overview.sources
    style = asset("base.css") + asset("report.css") + asset("overview.css")
    return _template().render(
        **common_of(spoken, style, asset("early.js"), asset("theme.js")),
        rows=[row for row in rows if row.error is None],
        failed=[row for row in rows if row.error is not None],
        total=len(rows),
        counts=counts,
        shown=[verdict for verdict in VERDICTS if counts[verdict]],
        bars=bars_of(counts),
        precision=_precision(counts),
        strict=_strict(counts),
        sources=sources,
        hrefs={one.id: link_of(one.path, folder=folder) for one in sources},
        skipped=overview.skipped,
        fingerprint=overview.fingerprint,
        settings=json.dumps(dict(overview.fingerprint), ensure_ascii=False, indent=1),
    )


def _precision(counts: Mapping[Verdict, int]) -> float | None:
    decided = counts["supported"] + counts["refuted"] + counts["conflicting"]
    return counts["supported"] / decided if decided else None


def _strict(counts: Mapping[Verdict, int]) -> float | None:
    checkable = sum(counts[verdict] for verdict in CHECKABLE_VERDICTS)
    return counts["supported"] / checkable if checkable else None


def _summary(counts: Mapping[Verdict, int]) -> dict[str, Any]:
    shares = {"precision": _precision(counts), "strict_precision": _strict(counts)}
    told: dict[str, Any] = {str(verdict): count for verdict, count in counts.items()}
    return told | {name: None if share is None else round(share, 4) for name, share in shares.items()}


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


@cache
def _template() -> Template:
    return environment().from_string(asset("overview.html.j2"))
