"""The report as one self-contained HTML page."""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
import os
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from bukti.claims.article import Span
from bukti.eval.report import VERDICTS, Assessment, CitedSource, JudgedEvidence, Reason, Report, Verdict
from bukti.eval.review import REVIEW_VERDICTS, Review, evidence_key, held_of
from bukti.eval.showing import clean, one_line
from bukti.eval.wording import (
    PAGE_LANGUAGES,
    WORDS,
    fill,
    page_language,
    tell_day,
    tell_days,
    tell_decimal,
    tell_note,
    tell_share,
    tell_stage,
    tell_whole,
)

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = [
    "MARKS",
    "Bar",
    "Card",
    "Desk",
    "Draft",
    "Mark",
    "Piece",
    "Quote",
    "Segment",
    "asset",
    "bars_of",
    "common_of",
    "csp_hash",
    "cut_pieces",
    "environment",
    "inline_of",
    "link_of",
    "mark_spans",
    "render_html",
]

MARKS = {
    "supported": "✔",
    "refuted": "✘",
    "conflicting": "≠",
    "not_enough_evidence": "?",
    "not_checkable": "·",
    "error": "!",
}
"""Each verdict's sign where there are no pictures."""

LANES = 3
"""So many underlines are drawn below each other; claims that overlap further share the lowest."""

NEAREST = 2
"""So many passages are shown of a claim that none of them decides; the rest is folded away."""

MAX_TEXT = 4000
"""Characters of a claim or a passage that its card shows; the article itself is always shown whole."""

MAX_LINKS = 30
"""A source names so many of the claims that cite it."""

MAX_PATH = 2000
"""A longer path or address becomes no link: no file has one."""

Kind = Literal["", "agrees", "differs"]
"""How a stretch of a quotation bears on the claim: not by itself, by agreeing, by differing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A claim's underline below a stretch of the article."""

    claim: str
    """Its id."""

    verdict: Verdict
    """Its verdict."""

    lane: int
    """How far below the text the line is drawn, from 0; the same all along the claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the article's text that is marked in one way."""

    text: str
    """The text."""

    marks: tuple[Mark, ...] = ()
    """The claims that it belongs to, the longest first; at most as many as there are lanes."""

    ends: tuple[str, ...] = ()
    """Ids of the claims that end with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a quotation or of a claim."""

    text: str
    """The text."""

    kind: Kind
    """Whether it decided, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A passage as a card shows it."""

    evidence: JudgedEvidence
    """The passage."""

    segments: tuple[Segment, ...]
    """Its text, cut where what decided begins and ends."""

    left_out: int
    """How many characters of it are not shown."""

    source: CitedSource
    """Where it is from."""

    href: str
    """Where that can be opened; empty if nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A claim as the page shows it, with its evidence parted into what decides and what does not."""

    number: int
    """Its place among the claims, from 1."""

    item: Assessment
    """The claim and its verdict."""

    segments: tuple[Segment, ...]
    """The claim's text, cut where what decided begins and ends."""

    left_out: int
    """How many characters of it are not shown."""

    deciding: tuple[Quote, ...]
    """The passages that take a side."""

    near: tuple[Quote, ...]
    """The nearest of the rest, where none decides."""

    rest: tuple[Quote, ...]
    """What is folded away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision as it was typed, which could not be taken."""

    claim: str
    """The claim's id."""

    says: str
    """Why it was not taken."""

    verdict: str
    """The verdict that was chosen; it may be none."""

    wrong: Collection[str]
    """Evidence that was marked as wrong."""

    note: str
    """The note."""

    reviewer: str
    """The name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a page needs whose claims can be reviewed: it is then served, and has forms."""

    base: str
    """The page's address, without its host; what is decided goes to addresses below it."""

    token: str
    """What the forms must give back, so that no other site can send them."""

    reviewer: str
    """The name to begin with."""

    reviews: Mapping[str, Sequence[Review]]
    """All decisions about each claim in their order, by its id."""

    texts: Collection[str]
    """Ids of the sources whose texts can be opened below `base`."""

    remove: str
    """Where the article can be removed."""

    draft: Draft | None = None
    """A decision that was refused, shown again where it was made."""


def cut_pieces(text: str, span: Span, assessments: Sequence[Assessment]) -> list[Piece]:
    """Cuts a stretch of the article so that every piece lies in the same claims from end to end.

    Args:
        text: The article's text.
        span: The stretch.
        assessments: The claims to be marked in it, in any order; they may overlap.

    Returns:
        Pieces whose texts together are exactly the stretch. Every claim ends at one of them, a full stop and closing quotation
        marks after it included.
    """
    parts = {item.claim.id: _parts(item, span) for item in assessments}
    order = sorted(assessments, key=lambda item: _extent(parts[item.claim.id], span))
    ends: dict[int, list[str]] = {}
    for item in assessments:
        own = parts[item.claim.id]
        ends.setdefault(_after(text, own[-1].end, span.end) if own else span.end, []).append(item.claim.id)
    marks = {}
    free = [span.start] * LANES
    for item in order:
        own = parts[item.claim.id]
        if not own:
            continue
        lane = next((number for number, end in enumerate(free) if end <= own[0].start), LANES - 1)
        free[lane] = max(free[lane], own[-1].end)
        marks[item.claim.id] = Mark(claim=item.claim.id, verdict=item.verdict, lane=lane)
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for item in order:
        for part in parts[item.claim.id]:
            opening.setdefault(part.start, []).append(item.claim.id)
            closing.setdefault(part.end, []).append(item.claim.id)
    length = {name: sum(part.end - part.start for part in own) for name, own in parts.items()}
    pieces = []
    active: dict[str, None] = {}
    for start, end in pairwise(sorted({span.start, span.end, *opening, *closing, *ends})):
        for name in closing.get(start, ()):
            active.pop(name, None)
        for name in opening.get(start, ()):
            active[name] = None
        # Where more overlap than can be drawn, the shortest are the ones a reader means.
        shown = heapq.nsmallest(LANES, active, key=lambda name: (length[name], name))
        pieces.append(
            Piece(
                text=text[start:end],
                marks=tuple(marks[name] for name in reversed(shown)),
                ends=tuple(ends.get(end, ())),
            )
        )
    return pieces


def _parts(item: Assessment, span: Span) -> list[Span]:
    """Gives the pieces of a claim that lie in a stretch, in the text's order and without overlaps."""
    inside = sorted(
        Span(max(part.start, span.start), min(part.end, span.end)) for part in item.claim.pieces if part.overlaps(span)
    )
    joined: list[Span] = []
    for part in inside:
        if joined and part.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, part.end))
        else:
            joined.append(part)
    return joined


def _after(text: str, end: int, last: int) -> int:
    """Gives the place behind the marks that close a claim."""
    while end < last and text[end] in ".,;:!?…\"'”’»)]":
        end += 1
    return end


def _extent(parts: Sequence[Span], span: Span) -> tuple[int, int]:
    return (parts[0].start, -parts[-1].end) if parts else (span.end, 0)


def mark_spans(text: str, marked: Iterable[tuple[Span, bool]]) -> tuple[Segment, ...]:
    """Cuts a text at the borders of spans in it.

    Args:
        text: The text.
        marked: Spans, in any order, overlapping or not, each with whether it agrees; one that differs covers one that agrees.

    Returns:
        Segments whose texts together are exactly the text.
    """
    inside = [(Span(max(0, at.start), min(len(text), at.end)), agrees) for at, agrees in marked]
    inside = [(at, agrees) for at, agrees in inside if at.start < at.end]
    edges = sorted({0, len(text), *(edge for at, _ in inside for edge in at)})
    segments: list[Segment] = []
    for start, end in pairwise(edges):
        over = [agrees for at, agrees in inside if at.start <= start and end <= at.end]
        kind: Kind = "" if not over else "agrees" if all(over) else "differs"
        if segments and segments[-1].kind == kind:
            segments[-1] = Segment(text=segments[-1].text + text[start:end], kind=kind)
        else:
            segments.append(Segment(text=text[start:end], kind=kind))
    return tuple(segments)


def link_of(path: str, *, folder: Path | None = None, words: str = "") -> str:
    """Gives where a source can be opened, as a link that can do nothing else.

    Args:
        path: The source's path or address, as it was given.
        folder: Where the page will stand, from which a path is told. Where that is not known no path leads anywhere.
        words: A passage of it that the browser should scroll to.

    Returns:
        An ``http`` or ``https`` address, a relative path, or an empty string: nothing else ever becomes a link.

    >>> link_of("sources/a b.txt", folder=Path()), link_of("sources/a b.txt"), link_of("https://example.org/a")
    ('sources/a%20b.txt', '', 'https://example.org/a')
    """
    if not path or path == "-" or len(path) > MAX_PATH or clean(path) != path or re.search(r"[^\S ]", path):
        return ""
    if re.match(r"https?://", path, re.IGNORECASE):
        try:
            address = urlsplit(path)
            host, user, _ = address.hostname, address.username, address.port
        except ValueError:
            return ""
        if not host or user is not None or re.search(r"[\s\"'<>\\^`{|}]", path):
            return ""
        return path if address.fragment else path + _fragment(words)
    if folder is None or path.startswith(("//", "\\\\")):
        return ""
    try:
        path = os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return ""
    if Path(path).is_absolute():
        return ""
    readable = Path(path).suffix.lower() in (".html", ".htm", ".txt", ".md")
    return quote(Path(path).as_posix(), safe="/") + (_fragment(words) if readable else "")


def _fragment(text: str) -> str:
    """Gives a text fragment: browsers that know it scroll to the words and mark them, others open the page."""
    lines = [line.split() for line in clean(text).split("\n") if line.strip()]
    if not lines:
        return ""
    first, last = lines[0], lines[-1]
    short = len(lines) == 1 and len(first) <= 8
    ends = [first] if short else [first[:4], last[-4:]]
    return "#:~:text=" + ",".join(quote(" ".join(words), safe="").replace("-", "%2D") for words in ends)


def render_html(
    report: Report,
    *,
    language: str | None = None,
    folder: Path | None = None,
    desk: Desk | None = None,
    held: Mapping[str, Review] = MappingProxyType({}),
) -> str:
    """Gives the report as a page that needs no other file and no network, and that can be read without script.

    Args:
        report: The report.
        language: Of the page's own words, ``en`` or ``id``; the article's if None, English if that is neither.
        folder: Where the page will stand, so that links to sources on this machine lead there; only addresses are linked if None.
        desk: Where its claims are reviewed, if anywhere.
        held: The decisions that hold, by the claim's id: what a page without forms shows beside the verdicts.

    Raises:
        UsageError: The page does not speak that language.
    """
    spoken = page_language(language, report.article.language)
    cards = _cards(report, folder, desk)
    held = held_of(desk.reviews) if desk else held
    as_of = report.fingerprint.get("config", {}).get("as_of")
    return _template().render(
        **common_of(spoken, *inline_of(reviewed=bool(desk or held))),
        report=report,
        said=report.said,
        paragraphs=_paragraphs(report),
        cards=cards,
        numbers={card.item.claim.id: card.number for card in cards},
        bars=bars_of(report.counts),
        sources=sorted(report.sources, key=lambda source: -source.cited),
        hrefs={source.id: _href(source, folder, desk) for source in report.sources},
        cites=_cites(cards),
        most_cited=max((source.cited for source in report.sources), default=0),
        article_name=WORDS[spoken]["stdin"] if report.article.path == "-" else report.article.path,
        article_href=link_of(report.article.path, folder=folder),
        desk=desk,
        draft=desk.draft if desk else None,
        other=next(one for one in PAGE_LANGUAGES if one != spoken),
        reviews=desk.reviews if desk else {},
        held=held,
        day_of=lambda moment: tell_day(spoken, date.fromisoformat(moment[:10])),
        overruled=sum(
            held[card.item.claim.id].verdict != card.item.verdict for card in cards if card.item.claim.id in held
        ),
        review_verdicts=REVIEW_VERDICTS,
        key_of=evidence_key,
        verdicts=VERDICTS,
        as_of=tell_days(spoken, str(as_of)) if as_of else "",
        fingerprint=json.dumps(report.to_dict()["fingerprint"], ensure_ascii=False, indent=1),
        coverage=report.to_dict()["coverage"],
        max_links=MAX_LINKS,
        lexical=str(report.fingerprint.get("models", {}).get("verifier", "")).startswith("lexical"),
        decimal=partial(tell_decimal, spoken),
        note=partial(tell_note, language=spoken),
    )


def _href(source: CitedSource, folder: Path | None, desk: Desk | None, words: str = "") -> str:
    """Gives where a source can be opened: its own address, its file, or the text that the desk keeps."""
    if desk is None or re.match(r"https?://", source.path, re.IGNORECASE):
        return link_of(source.path, folder=folder, words=words)
    return f"{desk.base}/sources/{quote(source.id, safe='')}{_fragment(words)}" if source.id in desk.texts else ""


def _cards(report: Report, folder: Path | None, desk: Desk | None) -> list[Card]:
    sources = {source.id: source for source in report.sources}
    cards = []
    for number, item in enumerate(report.assessments, start=1):
        quotes = [_quote(evidence, sources[evidence.source], folder, desk) for evidence in item.evidence]
        neutral = [one for one in quotes if one.evidence.stance == "neutral"]
        near = NEAREST if item.verdict == "not_enough_evidence" else 0
        text = item.claim.text
        cards.append(
            Card(
                number=number,
                item=item,
                segments=mark_spans(text[:MAX_TEXT], _telling(item.reasons, "claim_span", Span(0, len(text)))),
                left_out=max(0, len(text) - MAX_TEXT),
                deciding=tuple(one for one in quotes if one.evidence.stance != "neutral"),
                near=tuple(neutral[:near]),
                rest=tuple(neutral[near:]),
            )
        )
    return cards


def _quote(evidence: JudgedEvidence, source: CitedSource, folder: Path | None, desk: Desk | None) -> Quote:
    start, text = evidence.span.start, evidence.text
    marked: list[tuple[Span, bool]] = []
    if evidence.stance != "neutral":
        found = _telling(evidence.reasons, "evidence_span", Span(start, start + len(text)))
        # Where no figure, date or name decided, the passage as a whole did.
        found = found or [(Span(start, start + len(text)), evidence.stance == "supports")]
        marked = [(Span(at.start - start, at.end - start), agrees) for at, agrees in found]
    return Quote(
        evidence=evidence,
        segments=mark_spans(text[:MAX_TEXT], marked),
        left_out=max(0, len(text) - MAX_TEXT),
        source=source,
        href=_href(source, folder, desk, text[:MAX_TEXT]),
    )


def _telling(
    reasons: Iterable[Reason], where: Literal["claim_span", "evidence_span"], whole: Span
) -> list[tuple[Span, bool]]:
    """Gives the spans that say more than "all of it"."""
    found = [(getattr(reason, where), reason) for reason in reasons if reason.check not in ("entailment", "superseded")]
    return [(at, reason.agrees) for at, reason in found if at is not None and not at.covers(whole)]


def _paragraphs(report: Report) -> list[list[dict[str, Any]]]:
    """Gives the article by its lines: in each its sentences, with the pieces of each and the white space after it."""
    text, rows = report.article.text, report.ledger
    starts = [row.span.start for row in rows]
    within: dict[int, list[Assessment]] = {}
    for item in report.assessments:
        within.setdefault(bisect_right(starts, item.claim.span.start) - 1, []).append(item)
    lines: list[list[dict[str, Any]]] = [[]]
    for number, row in enumerate(rows):
        gap = text[row.span.end : starts[number + 1] if number + 1 < len(rows) else len(text)]
        lines[-1].append({"row": row, "pieces": cut_pieces(text, row.span, within.get(number, [])), "gap": gap})
        if "\n" in gap:
            lines.append([])
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of the chart."""

    verdict: Verdict
    """The verdict it counts."""

    count: int
    """How many claims have it."""

    start: float
    """Where it begins, in percent of the width."""

    width: float
    """How wide it is, in percent."""


def bars_of(counts: Mapping[Verdict, int]) -> list[Bar]:
    """Gives the parts of the chart that shows how many claims have each verdict."""
    bars = []
    done, total = 0, sum(counts.values())
    for verdict, count in counts.items():
        if count:
            bars.append(
                Bar(
                    verdict=verdict,
                    count=count,
                    start=round(100 * done / total, 3),
                    width=round(100 * count / total, 3),
                )
            )
        done += count
    return bars


def _cites(cards: Sequence[Card]) -> dict[str, list[Card]]:
    """Gives the claims that rest on each source, by its id."""
    cites: dict[str, list[Card]] = {}
    for card in cards:
        for source in dict.fromkeys(one.source.id for one in card.deciding):
            cites.setdefault(source, []).append(card)
    return cites


def asset(name: str) -> str:
    """Gives a template, style or script of this package."""
    return files("bukti.eval").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def csp_hash(text: str) -> str:
    """Gives what a content security policy calls an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def inline_of(*, reviewed: bool) -> tuple[str, str, str]:
    """Gives a report's style, the script that runs before it is shown, and the one that runs after.

    Args:
        reviewed: Whether it shows what was decided about its claims.
    """
    style = asset("base.css") + asset("report.css") + (asset("review.css") if reviewed else "")
    return style, asset("early.js"), asset("theme.js") + asset("report.js")


def common_of(spoken: str, style: str, early: str, script: str) -> dict[str, Any]:
    """Gives what the templates of all reports take: words, how numbers are written, what is inline and its hashes."""
    return {
        "words": WORDS[spoken],
        "spoken": spoken,
        "share": partial(tell_share, spoken),
        "whole": partial(tell_whole, spoken),
        "day": partial(tell_day, spoken),
        "stage": partial(tell_stage, spoken),
        "sprite": asset("sprite.svg"),
        "style": style,
        "early": early,
        "script": script,
        "style_hash": csp_hash(style),
        "early_hash": csp_hash(early),
        "script_hash": csp_hash(script),
    }


def environment(**filters: Callable[..., object]) -> Environment:
    """Gives what pages are made with: it escapes all text, and drops what controls the screen or turns the text around.

    Args:
        filters: Filters beside the common ones, by name.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    # Our own style and script; nothing read from outside passes the filter `asset`.
    made.filters |= {"asset": Markup, "cut": one_line, **filters}
    made.globals["fill"] = fill
    return made


@cache
def _template() -> Template:
    return environment().from_string(asset("report.html.j2"))
