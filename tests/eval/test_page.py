from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.article import Span
from bukti.claims.claim import Claim
from bukti.claims.errors import UsageError
from bukti.claims.worth import why_not_checkable
from bukti.eval.comparison import _NOTES as COMPARED
from bukti.eval.markdown import render_markdown
from bukti.eval.page import LANES, asset, csp_hash, cut_pieces, link_of, mark_spans, render_html
from bukti.eval.report import Assessment, Report, Verdict
from bukti.eval.showing import clean
from bukti.eval.wording import PAGE_LANGUAGES, WORDS, page_language, tell_note
from tests.eval.pages import Page, awkward_report, hostile_report, long_report, made_report

OURS = {
    "html", "head", "meta", "title", "link", "style", "script", "body", "svg", "symbol", "circle", "path", "use", "desc", "g", "rect", "text",
    "a", "header", "main", "footer", "section", "nav", "div", "article", "p", "span", "h1", "h2", "h3", "h4", "ul", "li", "dl", "dt", "dd", "b",
    "em", "q", "small", "mark", "blockquote", "bdi", "time", "code", "kbd", "pre", "button", "form", "fieldset", "legend", "label", "input",
    "details", "summary", "table", "thead", "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip


@pytest.mark.parametrize("made", ["by hand", "long", "hostile", "awkward"])
def test_the_page_shows_the_article_word_for_word_and_every_inner_link_leads_somewhere(
    made: str, report: Report
) -> None:
    shown = {"long": lambda: long_report(50), "hostile": hostile_report, "awkward": awkward_report}.get(
        made, lambda: report
    )()
    page = Page(render_html(shown, folder=Path()))
    assert page.article.split() == clean(shown.article.text).split()
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    for name in ("for", "aria-labelledby", "aria-describedby"):
        assert {word for value in page.values(name) for word in value.split()} <= set(ids)


def test_the_page_needs_nothing_from_outside_and_its_policy_names_all_that_may_run(report: Report) -> None:
    page = Page(render_html(report))
    style, early, script = (
        asset("base.css") + asset("report.css"),
        asset("early.js"),
        asset("theme.js") + asset("report.js"),
    )
    assert page.values("src") == []
    assert "url(" not in style
    assert page.values("content")[0] == (
        f"default-src 'none'; style-src '{csp_hash(style)}'; script-src '{csp_hash(early)}' '{csp_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_hostile_text_adds_no_element_no_handler_and_no_link_of_another_kind(language: str) -> None:
    page = Page(render_html(hostile_report(), language=language, folder=Path()))
    assert page.tags.keys() <= OURS
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("style", "srcdoc")]
    links = [value for tag, name, value in page.attributes if tag == "a" and name == "href"]
    schemes = {link.partition(":")[0].lower() for link in links if ":" in link.partition("/")[0].partition("#")[0]}
    assert schemes <= {"http", "https"}
    assert "alert(1)" in page.text


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("HTTP://example.org/", "HTTP://example.org/"),
        ("sources/a b#c?.txt", "sources/a%20b%23c%3F.txt"),
        ("", ""), ("-", ""), ("//evil.example/x", ""), ("\\\\evil\\x", ""),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"), ("java\tscript:x", ""), ("\x01javascript:x", ""),
        ("data:text/html,x", "data%3Atext/html%2Cx"), ("https://user@bank.example/", ""), ("https://", ""),
        ("https://[broken", ""), ("https://x:y/", ""), ("https://example.org/\"x", ""), ("https://a b/", ""),
    ],
)  # fmt: skip
def test_only_web_addresses_and_relative_paths_become_links(path: str, link: str) -> None:
    assert link_of(path, folder=Path()) == link
    assert link_of(path) == (link if link.lower().startswith("http") else "")  # nobody knows from where


def test_a_path_is_told_from_where_the_page_stands_and_leads_to_the_words(tmp_path: Path) -> None:
    source = tmp_path / "sources" / "a.html"
    assert link_of(str(source), folder=tmp_path / "out") == "../sources/a.html"
    words = "One two three-four five six, seven eight nine ten.\nLast line of this & that."
    assert (
        link_of("a.html", folder=Path(), words=words)
        == "a.html#:~:text=One%20two%20three%2Dfour%20five,of%20this%20%26%20that."
    )
    assert link_of("a.pdf", folder=Path(), words=words) == "a.pdf"
    assert link_of("https://x.org/p", words="short words") == "https://x.org/p#:~:text=short%20words"


def _claim(a: int, b: int, verdict: Verdict = "not_checkable", *more: Span) -> Assessment:
    text = f"{a} {b}"
    spans = (Span(a, b), *more) if more else ()
    return Assessment(
        claim=Claim(
            text=text, span=Span(a, b), sentence_span=Span(0, 21), language="id", check_worthy=0.5, spans=spans
        ),
        verdict=verdict,
        probabilities=None,
    )


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8, unique=True))
def test_pieces_of_overlapping_claims_are_the_text_itself_and_every_claim_ends_once(
    spans: list[tuple[int, int]],
) -> None:
    text = 'abcde. fghij "klm" nop'[:21]
    assessments = [_claim(a, b) for a, b in spans if a < b]
    pieces = cut_pieces(text, Span(2, 19), assessments)
    assert "".join(piece.text for piece in pieces) == text[2:19]
    assert sorted(name for piece in pieces for name in piece.ends) == sorted(item.claim.id for item in assessments)
    assert all(len(piece.marks) <= LANES for piece in pieces)
    lanes: dict[str, set[int]] = {}
    for piece in pieces:
        for mark in piece.marks:
            lanes.setdefault(mark.claim, set()).add(mark.lane)
    assert all(len(found) == 1 for found in lanes.values())


def test_each_of_several_claims_of_one_sentence_has_its_own_line() -> None:
    text = "Budi mengatakan harga naik."
    said, what = _claim(0, 26, "supported"), _claim(16, 26, "refuted")
    pieces = cut_pieces(text, Span(0, 27), [said, what])
    assert [(piece.text, [(mark.verdict, mark.lane) for mark in piece.marks], len(piece.ends)) for piece in pieces] == [
        ("Budi mengatakan ", [("supported", 0)], 0),
        ("harga naik", [("supported", 0), ("refuted", 1)], 0),
        (".", [], 2),
    ]


def test_what_differs_shows_over_what_agrees() -> None:
    marked = [(Span(0, 6), True), (Span(4, 9), False), (Span(-3, 1), True), (Span(50, 60), False)]
    assert [(one.text, one.kind) for one in mark_spans("0123456789", marked)] == [
        ("0123", "agrees"),
        ("45678", "differs"),
        ("9", ""),
    ]
    assert mark_spans("", []) == ()


def test_the_words_that_decided_are_marked_in_the_passage_and_in_the_claim() -> None:
    page = render_html(made_report(["enam jam atau tujuh jam"], ["refuted"]))
    assert '<mark class="differs">enam jam at</mark>au tujuh jam' in page
    assert 'en<mark class="differs">am jam at</mark>au tujuh jam' in page


def test_of_passages_that_decide_nothing_the_nearest_are_shown_and_the_rest_is_counted() -> None:
    page = render_html(made_report(["satu dua tiga"], ["not_enough_evidence"]), language="en")
    shown, _, folded = page.partition('<details class="rest">')
    assert (shown.count('class="q neutral"'), folded.count('class="q neutral"')) == (2, 3)
    assert "3 more that say neither" in folded


def test_the_sides_of_a_conflict_stand_side_by_side() -> None:
    page = render_html(made_report(["satu dua tiga"], ["conflicting"]), language="en")
    sides = page.split('<div class="sides">')[1].split('<details class="rest">')[0]
    assert [sides.index(words) for words in ("For it", 'class="q supports"', "Against it", 'class="q refutes"')] == (
        sorted(sides.index(words) for words in ("For it", 'class="q supports"', "Against it", 'class="q refutes"'))
    )


def test_text_of_a_card_is_cut_and_says_so_and_the_article_is_whole() -> None:
    page = render_html(made_report(["kata " * 2000], ["supported"]), language="en")
    assert "and 6,000 more characters" in page
    assert Page(page).article.count("kata") == 2000
    assert len(page) < 120_000


def test_a_page_of_more_claims_grows_no_faster_than_they_do() -> None:
    small, large = (len(render_html(long_report(count))) for count in (100, 400))
    assert large < 4.2 * small


def test_the_same_report_gives_the_same_page_whatever_it_took(report: Report) -> None:
    assert render_html(report) == render_html(replace(report, timing={"total": 9.9}))


def test_a_report_without_claims_or_sources_says_so(report: Report) -> None:
    page = Page(render_html(replace(report, assessments=(), sources=(), ledger=()), language="en"))
    assert "No claim was found: nothing was verified." in page.text
    assert "There are no sources." in page.text


def test_the_page_speaks_the_language_that_is_asked_for_else_the_articles_else_english(report: Report) -> None:
    assert "Laporan verifikasi" in render_html(report)
    assert "Verification report" in render_html(report, language="en")
    assert [page_language(None, article) for article in ("id", "en", "fr")] == ["id", "en", "en"]
    with pytest.raises(UsageError, match="give id or en"):
        render_html(report, language="fr")


def test_stages_and_days_are_told_in_the_pages_language(report: Report) -> None:
    dated = replace(report, fingerprint={**report.fingerprint, "config": {"as_of": "2022-11-30"}})
    for text in (render_html(dated, language="id"), render_markdown(dated, language="id")):
        assert "menimbang bukti" in text
        assert "Sumber sampai 30 November 2022" in text


def test_one_of_a_thing_is_told_as_one() -> None:
    report = made_report(["satu dua tiga"], ["supported"])
    one = replace(report, sources=tuple(replace(source, passages=1, cited=1) for source in report.sources))
    page, text = render_html(one, language="en"), render_markdown(one, language="en")
    for sign in ('data-all="1 claim"', "1 passage<", "cited by 1 claim:", "The 1 sentence<"):
        assert sign in " ".join(page.split()), sign
    assert "cited by 1 claim\n" in text
    assert 'data-all="2 claims"' in render_html(
        made_report(["satu dua", "tiga empat"], ["supported"] * 2), language="en"
    )


def test_both_languages_have_words_for_everything_with_the_same_gaps() -> None:
    gaps = [{key: sorted(set(word.split("{")[1:]), key=str) for key, word in words.items()} for words in WORDS.values()]
    assert all(word for words in WORDS.values() for word in words.values())
    for key in WORDS["en"]:
        assert {gap.partition("}")[0] for gap in gaps[0][key]} == {gap.partition("}")[0] for gap in gaps[1][key]}


@pytest.mark.parametrize(
    "note",
    [
        *COMPARED.values(),
        "the number follows from what the evidence gives",
        "one is the opposite of the other",
        "the evidence says otherwise",
        "the evidence bears it out; it holds 77% of the claim's words or their translations",
        "the evidence bears it out; it holds 77% of the claim's words or their translations (two sentences together)",
        "the words are quoted there",
        "there they are the words of Budi",
        "the source of 2021-10-06 supersedes the one of 2021-10-05",
        "it is the article itself",
        "it holds 7 of the article's 9 sentences word for word",
        "it was published on 2021-10-06, after 2021-10-05",
        why_not_checkable("Apakah itu benar?", "id"),
        why_not_checkable("Sebaiknya setiap orang pergi.", "id"),
        "what 'ingin' reports is thought, asked or denied: that it was said is the claim",
    ],
)
def test_every_note_of_the_report_is_told_in_indonesian(note: str) -> None:
    told, language = tell_note(note, "id")
    assert language == "id"
    assert told != note
    assert not re.search(r"\d{4}-\d\d-\d\d", told)
    assert tell_note(note, "en") == (
        note.replace("2021-10-06", "6 October 2021").replace("2021-10-05", "5 October 2021"),
        "en",
    )
