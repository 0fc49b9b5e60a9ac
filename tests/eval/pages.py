"""Reports that a page must bear: a thousand claims, and text that tries to get out of its place."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from bukti.claims.article import Article, Sentence, Span
from bukti.claims.claim import Attribution, Claim
from bukti.eval.overview import Overview, Row
from bukti.eval.pipeline import build_ledger
from bukti.eval.report import Assessment, CitedSource, Failure, JudgedEvidence, Reason, Report, Stance, Verdict
from bukti.eval.verifier import Probabilities

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Shown

VOID = {"meta", "link", "input", "path", "polyline"}
"""Elements that have no end."""


class Page(HTMLParser):
    """Collects a page's elements, attributes and text, and holds that what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.article = ""
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "article" in self.open:
            self.article += data

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


STANCES: dict[Verdict, tuple[Stance, ...]] = {
    "supported": ("supports", "supports", "neutral", "neutral", "neutral"),
    "refuted": ("refutes", "neutral", "neutral", "neutral", "neutral"),
    "conflicting": ("supports", "refutes", "neutral", "neutral", "neutral"),
    "not_enough_evidence": ("neutral",) * 5,
    "not_checkable": (),
    "error": (),
}

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=data:,alert(1)></ScRiPt>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror='window.hit=1'>",
    "<image href=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    "<math><mtext></mtext><mglyph><style></math><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button autofocus>go</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='javascript:alert(1)' autofocus onfocus=alert(1)>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:/a/'>",
    "<link rel=stylesheet href='data:text/css,*{x:y}'>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)',
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '` onclick=alert(1) x=`',
    "{{ 7*7 }}{% raw %}<script>alert(1)</script>",
    "${alert(1)} #{alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;script&#62;alert(1)",
    "\u003cscript\u003ealert(1)\u003c/script\u003e\\u003cscript\\u003e",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//http://x",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "https://example.org/\"onmouseover=\"alert(1)",
    "https://user:pass@example.org/<svg/onload=alert(1)>",
    "//evil.example/<script>alert(1)</script>",
    "../../<script>alert(1)</script>.html",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e<script>alert(1)</script>\ufeff",
)  # fmt: skip

AWKWARD = {
    "right to left": "هذه جملة عربية طويلة تقول إن سبعين مليون شخص انضموا. " * 6,
    "turned around": "\u202eabc\u2066def\u2069\u202c " * 40,
    "controls": "abc\x00\x01\x08\x1b[31m\x7f\x9b def " * 40,
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufeff" * 400,
    "stacked": "z" + "\u0301\u0327\u0489" * 300 + " ends",
    "no space": "x" * 20_000,
    "wide": "測試" * 3_000,
}
"""Lines that break layouts."""


def made_report(lines: Sequence[str], verdicts: Sequence[Verdict], *, language: str = "id") -> Report:
    """Gives a report with a claim a line: the claim is the line, and its evidence, its sources and all that is said of it repeat its words."""
    text = "\n".join(lines)
    sentences, assessments, sources, at = [], [], [], 0
    for number, (line, verdict) in enumerate(zip(lines, verdicts, strict=True)):
        span = Span(at, at + len(line))
        at = span.end + 1
        sentences.append(Sentence(span=span, paragraph=number, role="body"))
        assessments.append(assessed(line, span, verdict, number))
        sources.append(
            CitedSource(
                id=f"s-{number}", title=line, path=line, sha256="0" * 64, language=language, passages=3, cited=1,
                excluded=line if verdict == "not_checkable" else None,
            )
        )  # fmt: skip
    article = Article(
        text=text, sentences=tuple(sentences), language=language, path=lines[0], sha256="0" * 64, title=" ".join(lines)[:5000],
        published=date(2021, 10, 6),
    )  # fmt: skip
    return Report(
        article=article,
        assessments=tuple(assessments),
        ledger=build_ledger(
            article,
            [item.claim for item in assessments],
            {sentence.span: line for sentence, line in zip(sentences, lines, strict=True)},
        ),
        sources=tuple(sources),
        skipped=tuple((line, line) for line in lines[:100]),
        fingerprint={
            "bukti": lines[0],
            "splitter": lines[0],
            "models": {"verifier": lines[0]},
            "config": {"as_of": lines[0]},
        },
    )


def assessed(line: str, span: Span, verdict: Verdict, number: int) -> Assessment:
    claim = Claim(
        text=line,
        span=span,
        sentence_span=span,
        language="id",
        check_worthy=0.5,
        checkable=verdict != "not_checkable",
        attribution=Attribution(speaker=line, cue="kata", span=Span(span.start, span.start + 1)),
        unresolved=(line,),
        note=line if verdict == "not_checkable" else "",
    )
    evidence = tuple(
        JudgedEvidence(
            source=f"s-{number}",
            passage_id=f"p-{number}-{place}",
            span=Span(100, 100 + len(line)),
            text=line,
            stance=stance,
            score=0.8,
            language="id",
            reasons=(
                Reason(check="quantity", claim=line, evidence=line, agrees=stance == "supports", note=line,
                       claim_span=Span(0, len(line) // 2), evidence_span=Span(102, 100 + len(line) // 2)),
            ),
        )
        for place, stance in enumerate(STANCES[verdict])
    )  # fmt: skip
    return Assessment(
        claim=claim,
        verdict=verdict,
        probabilities=Probabilities.of(supported=0.5, refuted=0.1) if STANCES[verdict] else None,
        evidence=evidence,
        reasons=tuple(reason for one in evidence for reason in one.reasons if one.stance != "neutral"),
        error=Failure(stage="verify", cause=line) if verdict == "error" else None,
    )


def long_report(claims: int = 1000) -> Report:
    """Gives a report of many claims, with passages as long as real ones."""
    kinds: list[Verdict] = ["supported", "refuted", "conflicting", "not_enough_evidence", "not_checkable"]
    lines = [
        f"Pada hari ke-{number} jumlah pengguna aplikasi itu mencapai {number * 7} ribu orang di seluruh negeri, kata juru bicara perusahaan."
        for number in range(claims)
    ]
    return made_report(lines, [kinds[number % len(kinds)] for number in range(claims)])


def hostile_report() -> Report:
    """Gives a report whose every text is a payload."""
    kinds: list[Verdict] = [*STANCES]
    return made_report(PAYLOADS, [kinds[number % len(kinds)] for number in range(len(PAYLOADS))])


def awkward_report() -> Report:
    """Gives a report of lines that break layouts."""
    kinds: list[Verdict] = ["supported", "conflicting", "not_enough_evidence"]
    return made_report(list(AWKWARD.values()), [kinds[number % len(kinds)] for number in range(len(AWKWARD))])


def endless_report() -> Report:
    """Gives a report on an article whose one line has a million characters and no space."""
    return made_report(["y" * 1_000_000], ["conflicting"])


def hostile_overview() -> Overview:
    """Gives an index of reports whose every text is a payload, with articles that failed."""
    report = hostile_report().to_dict()
    made = Overview(fingerprint=report["fingerprint"], skipped=[(line, line) for line in PAYLOADS])
    for number, line in enumerate(PAYLOADS):
        article = {**report["article"], "title": line, "path": line}
        made.add(Row.of({**report, "article": article}, name=f"article-{number:08x}"))
        made.add(Row.failure(line, Failure(stage=line, cause=line)))
    return made


def chromium() -> Iterator[Browser]:
    """Starts Debian's Chromium for a module's tests, and ends it; skips them where it is not installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def until(page: Shown, condition: str) -> None:
    """Waits until a JavaScript condition holds in a page, for ten seconds at most.

    Playwright's own `wait_for_function` looks a second time by `eval` in the page, which its content security policy forbids.
    """
    end = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)
