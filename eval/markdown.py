"""The report as Markdown: for pull requests, wikis and notes, and readable as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

from bukti.claims.article import Article
from bukti.eval.page import MARKS, link_of
from bukti.eval.report import Assessment, CitedSource, JudgedEvidence, Reason, Report
from bukti.eval.review import Review, evidence_key
from bukti.eval.showing import WORST_FIRST, one_line
from bukti.eval.wording import (
    WORDS,
    fill,
    page_language,
    tell_day,
    tell_days,
    tell_decimal,
    tell_note,
    tell_share,
    tell_stage,
)

__all__ = ["escape", "render_markdown"]

MAX_CLAIM = 1000
MAX_QUOTE = 600
"""Characters that are shown of a claim and of a passage; the JSON report has all of them."""

MAX_ROWS = 1000
"""So many claims stand in the table."""

NEAREST = 2
"""So many passages are shown of a claim that none of them decides."""

_BREAK = "\u200b"
"""Stands where a mention, a reference or an address would begin: it is not seen, and ends it."""

_REFERENCE = re.compile(
    r"@(?=\S)|#(?=\w)|(?<!\w)[!&~](?=\w)|:(?=//)|:(?=[\w+-]*[a-z+][\w+-]*:)|\b(?:www|gh|mailto|xmpp)(?=[.:-])",
    re.IGNORECASE,
)
"""Where GitHub, GitLab and their like begin a mention, a reference, an address or a picture for a word."""

# Backslashes where every Markdown knows them; entities where only some do, since those all of them read.
_CODES = (
    {ord(char): f"\\{char}" for char in "`*_[]"}
    | {ord(char): f"&#{ord(char)};" for char in "\\|$~{}"}
    | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
)


def escape(text: str, most: int = 300) -> str:
    r"""Gives text for Markdown, on one line: nothing in it is markup, HTML, a link, an image, a mention or a reference.

    Args:
        text: Text from anywhere.
        most: So many characters are kept.

    >>> escape("**Harga** <b> naik | 2_000")
    '\\*\\*Harga\\*\\* &lt;b&gt; naik &#124; 2\\_000'
    """
    line = one_line(text.replace(_BREAK, ""), most)
    line = _REFERENCE.sub(lambda found: found[0] + _BREAK, line)
    return line.translate(_CODES)


def render_markdown(
    report: Report,
    *,
    language: str | None = None,
    folder: Path | None = None,
    held: Mapping[str, Review] = MappingProxyType({}),
) -> str:
    """Gives the report as Markdown (GitHub's: CommonMark with tables).

    Args:
        report: The report.
        language: Of its own words, ``en`` or ``id``; the article's if None, English if that is neither.
        folder: Where the file will stand, so that links to sources on this machine lead there; only addresses are linked if None.
        held: What was decided about its claims, by their ids: it stands beside the verdicts.

    Raises:
        UsageError: It does not speak that language.
    """
    spoken = page_language(language, report.article.language)
    return "\n".join(_lines(report, spoken, folder, held)).rstrip("\n") + "\n"


def _lines(report: Report, spoken: str, folder: Path | None, held: Mapping[str, Review]) -> Iterator[str]:
    words = WORDS[spoken]
    article = report.article
    sources = {source.id: source for source in report.sources}
    numbered = list(enumerate(report.assessments, start=1))
    order = sorted(numbered, key=lambda one: (WORST_FIRST.index(one[1].verdict), one[0]))
    yield f"# {words['report']}: {escape(article.title or _name(article, words))}"
    yield ""
    yield " · ".join(_about(report, words, spoken, folder))
    yield ""
    if not numbered:
        yield f"**{words['no_claims']}**"
        yield ""
    else:
        counts = report.counts
        yield ", ".join(f"**{counts[name]}** {words[name]}" for name in WORST_FIRST if counts[name])
        yield ""
        yield f"{words['precision']}: {tell_share(spoken, report.precision)} ({words['precision_note']})."
        yield f"{words['strict']}: {tell_share(spoken, report.strict_precision)} ({words['strict_note']})."
        yield ""
    if held:
        changed = sum(held[item.claim.id].verdict != item.verdict for _, item in numbered if item.claim.id in held)
        yield fill(words["reviewed_count"], n=len(held), all=len(numbered), k=changed) + "."
        yield ""
    if str(report.fingerprint.get("models", {}).get("verifier", "")).startswith("lexical"):
        yield f"*{words['caveat']}*"
        yield ""
    if order:
        yield f"## {words['claims']}"
        yield ""
        beside = f" {words['reviewers_verdict']} |" if held else ""
        yield f"| # | {words['verdict']} | {words['support']} |{beside} {words['claim']} |"
        yield f"|--:|---|--:|{'---|' if held else ''}---|"
        for number, item in order[:MAX_ROWS]:
            support = "–" if item.support is None else tell_decimal(spoken, item.support)
            beside = f" {_verdict(held.get(item.claim.id), words)} |" if held else ""
            yield f"| {number} | {MARKS[item.verdict]} {words[item.verdict]} | {support} |{beside} {escape(item.claim.text, MAX_CLAIM)} |"
        yield ""
        if len(order) > MAX_ROWS:
            yield words["and_more"].replace("{n}", str(len(order) - MAX_ROWS))
            yield ""
        yield f"## {words['evidence']}"
        yield ""
        for number, item in order:
            yield from _claim(number, item, report, sources, spoken, folder, held.get(item.claim.id))
    yield from _coverage(report, words)
    yield from _sources(report, words, spoken, folder)
    yield from _fingerprint(report, words)


def _name(article: Article, words: Mapping[str, str]) -> str:
    """Gives where an article was read from, in a word that begins no list where that is standard input."""
    return words["stdin"] if article.path == "-" else article.path


def _about(report: Report, words: Mapping[str, str], spoken: str, folder: Path | None) -> Iterator[str]:
    article = report.article
    yield _link(_name(article, words), link_of(article.path, folder=folder))
    if article.published:
        yield f"{words['published']} {tell_day(spoken, article.published)}"
    as_of = report.fingerprint.get("config", {}).get("as_of")
    if as_of:
        yield f"{words['as_of']} {escape(tell_days(spoken, str(as_of)), 40)}"


def _verdict(review: Review | None, words: Mapping[str, str]) -> str:
    """Gives a reviewer's verdict with its sign; a dash where there is none."""
    return f"{MARKS[review.verdict]} {words[review.verdict]}" if review and review.verdict else "–"


def _claim(
    number: int,
    item: Assessment,
    report: Report,
    sources: Mapping[str, CitedSource],
    spoken: str,
    folder: Path | None,
    review: Review | None,
) -> Iterator[str]:
    words, claim = WORDS[spoken], item.claim
    yield f"### {number}. {MARKS[item.verdict]} {words[item.verdict]}"
    yield ""
    yield f"**{words['claim']}:** {escape(claim.text, MAX_CLAIM)}"
    yield ""
    if review:
        said = f": “{escape(review.note, 2000)}”" if review.note else ""
        day = tell_day(spoken, date.fromisoformat(review.made[:10]))
        yield f"**{words['reviewers_verdict']}: {_verdict(review, words)}** ({day}){said}"
        yield ""
    wrong = review.wrong if review else ()
    facts = list(_facts(item, report, spoken))
    yield from (f"- {fact}" for fact in facts)
    deciding = [one for one in item.evidence if one.stance != "neutral"]
    if item.verdict == "conflicting":
        for stance in ("supports", "refutes"):
            yield f"- **{words[f'side_{stance}']}**"
            for one in deciding:
                if one.stance == stance:
                    yield from _passage(one, sources[one.source], spoken, folder, "  ", wrong)
    else:
        for one in deciding:
            yield from _passage(one, sources[one.source], spoken, folder, "", wrong)
    if item.verdict == "not_enough_evidence":
        near = [one for one in item.evidence if one.stance == "neutral"][:NEAREST]
        yield f"- {words['nearest'] if near else words['nothing_near']}"
        for one in near:
            yield from _passage(one, sources[one.source], spoken, folder, "  ", wrong)
    if facts or deciding or item.verdict == "not_enough_evidence":
        yield ""


def _facts(item: Assessment, report: Report, spoken: str) -> Iterator[str]:
    """Gives what is to be said of a claim beside its evidence."""
    words, claim = WORDS[spoken], item.claim
    if claim.attribution and claim.kind == "statement":
        whether = words[report.said.get(claim.attribution.span, "not_checked")]
        yield f"{words['said_by']} **{escape(claim.attribution.speaker, 200)}** ({words['said_note']}: {whether})"
    if item.quote:
        yield f"{words['quotation']}: {words[item.quote]}"
    if claim.unresolved:
        yield f"{words['unresolved']}: “{escape(', '.join(claim.unresolved), 200)}”"
    if claim.note:
        yield escape(tell_note(claim.note, spoken)[0], 500)
    if item.error:
        yield f"**{escape(tell_stage(spoken, item.error.stage), 40)}**: {escape(item.error.cause, 500)}"
    for reason in item.reasons:
        if reason.check == "superseded":
            yield f"{words['superseded_by']}: “{escape(reason.claim)}” / “{escape(reason.evidence)}”"


def _passage(
    one: JudgedEvidence, source: CitedSource, spoken: str, folder: Path | None, indent: str, wrong: Collection[str]
) -> Iterator[str]:
    words = WORDS[spoken]
    stance = "" if one.stance == "neutral" else f"{words[one.stance]} ({tell_decimal(spoken, one.score)}): "
    day = tell_day(spoken, source.published) if source.published else words["undated"]
    where = f"{words['characters']} {one.span.start}–{one.span.end}"
    yield f"{indent}- {stance}“{escape(one.text, MAX_QUOTE)}”"
    title = _link(source.title, link_of(source.path, folder=folder))
    yield f"{indent}  — {title}, {day}, {where}"
    if evidence_key(one) in wrong:
        yield f"{indent}  - **{words['marked_wrong']}**"
    if one.stance != "neutral":
        for reason in one.reasons:
            if reason.check != "entailment":
                yield f"{indent}  - {_reason(reason, spoken)}"


def _reason(reason: Reason, spoken: str) -> str:
    compared = f"“{escape(reason.claim, 120)}” ↔ “{escape(reason.evidence, 120)}”"
    return f"{WORDS[spoken][reason.check]} {compared}: {escape(tell_note(reason.note, spoken)[0], 500)}"


def _coverage(report: Report, words: Mapping[str, str]) -> Iterator[str]:
    coverage = report.to_dict()["coverage"]
    yield f"## {words['coverage']}"
    yield ""
    roles = [(words["quote_role" if name == "quote" else name], n) for name, n in coverage["by_role"].items() if n]
    outcomes = [(words[f"outcome_{name}"], n) for name, n in coverage["by_outcome"].items()]
    for title, rows in ((words["role"], roles), (words["outcome"], outcomes)):
        yield from _table(title, words["count"], [*rows, (f"**{words['total']}**", coverage["sentences"])])


def _table(title: str, count: str, rows: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield f"| {title} | {count} |"
    yield "|---|--:|"
    yield from (f"| {name} | {number} |" for name, number in rows)
    yield ""


def _sources(report: Report, words: Mapping[str, str], spoken: str, folder: Path | None) -> Iterator[str]:
    yield f"## {words['sources']} ({len(report.sources)})"
    yield ""
    if not report.sources:
        yield words["no_sources"]
    for source in sorted(report.sources, key=lambda source: -source.cited):
        day = tell_day(spoken, source.published) if source.published else words["undated"]
        used = (
            f"{words['not_used']}: {escape(tell_note(source.excluded, spoken)[0], 500)}"
            if source.excluded
            else fill(words["cited"], n=source.cited)
            if source.cited
            else words["cited_none"]
        )
        yield f"- {_link(source.title, link_of(source.path, folder=folder))}, {day}: {used}"
    for _, cause in report.skipped:
        yield f"- {words['not_read']}: {escape(cause, 500)}"
    yield ""


def _fingerprint(report: Report, words: Mapping[str, str]) -> Iterator[str]:
    found = report.fingerprint
    yield f"## {words['fingerprints']}"
    yield ""
    yield f"- {words['made_with']}: bukti {escape(str(found.get('bukti', '')), 100)}"
    yield f"- {words['article']}: {_code('sha256 ' + report.article.sha256)}"
    named: Iterable[tuple[str, object]] = [
        *((name, found.get(name)) for name in ("splitter", "retriever", "index")),
        *found.get("models", {}).items(),
        *(("config", f"{name}={value}") for name, value in found.get("config", {}).items() if value is not None),
    ]
    yield from (f"- {escape(words.get(name, name), 60)}: {_code(str(value))}" for name, value in named if value)


def _link(text: str, address: str) -> str:
    """Gives a link whose address `link_of` made, or its text where there is none."""
    shown = escape(text or "-", 200)
    return f"[{shown}](<{address.replace('&', '&amp;')}>)" if address else shown


def _code(text: str) -> str:
    """Gives text as code, in which nothing is markup."""
    return f"`{one_line(text).replace('`', chr(39)) or '-'}`"
