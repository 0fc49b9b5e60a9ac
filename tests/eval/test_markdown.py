from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bukti.claims.errors import UsageError
from bukti.eval.markdown import escape, render_markdown
from bukti.eval.page import link_of
from bukti.eval.report import Report
from tests.eval.pages import PAYLOADS, awkward_report, hostile_report, long_report, made_report

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])

MARKUP = (
    "# Judul", "1. satu", "- satu", "> kutip", "***", "===", "    kode", "```sh", "~~~", "**tebal** _miring_ ~~coret~~ `kode`",
    "[klik](https://evil.example)", "![gambar](https://evil.example/x.png)", "[klik][x]", "[x]: https://evil.example", "<https://evil.example>",
    "https://evil.example/x", "http://evil.example", "www.evil.example", "mailto:a@evil.example", "xmpp:a@evil.example", "a@evil.example",
    "@admin @org/team", "#12 GH-12 org/repo#12 !12 &3", ":rocket: :+1:", "| sel | lain |", "a | b", r"a \| b \\| c \*d*", "$x^2$ $$y$$",
    "[^1] dan [^1]: catatan", "- [x] tugas", "<!-- komentar -->", "&lt;b&gt; &amp; &#60;", "<details><summary>x</summary>", "<img src=x>",
    "{{ site.x }} {% raw %}", "*[HTML]: x", "==tanda== ++sisip++ H~2~O x^2^", "\u200b@admin @\u200badmin ht\u200btps://evil.example",
    "![[wiki]] [[wiki]]", "javascript:alert(1)", "\\", "a\\",
)  # fmt: skip
"""What some Markdown or other makes markup, a link, a picture, a mention or a reference of."""

AUTOLINK = re.compile(
    r"(?i)(?:https?|ftp)://|\bwww\.|(?:mailto|xmpp):\S|[\w.+-]+@[\w-]+\.\w|(?<![\w/])@\w|#\d|\bGH-\d|(?<!\w):\w+:"
)
"""What GitHub makes a link, a mention, a reference or a picture of in a text without markup.

Source: https://github.github.com/gfm/#autolinks-extension-, and GitHub's documentation of mentions, references and emoji.
"""


def shown(text: str) -> tuple[str, set[str], set[str]]:
    """Gives what Markdown shows as text, the kinds of what it makes, and where links lead."""
    texts, kinds, links = [], set(), set()
    for block in GITHUB.parse(text):
        kinds.add(block.type)
        for one in block.children or ():
            kinds.add(one.type)
            texts.append(
                one.content if one.type in ("text", "code_inline") else "\n" if one.type == "softbreak" else ""
            )
            if one.type == "link_open":
                links.add(str(one.attrs["href"]))
        texts.append("\n")
    return "".join(texts), kinds, links


@pytest.mark.parametrize("text", [*MARKUP, *PAYLOADS])
def test_escaped_text_is_shown_as_it_is_and_is_nothing_else(text: str) -> None:
    for written in (f"**x:** {escape(text)}", f"- “{escape(text)}”", f"| a |\n|---|\n| {escape(text)} |"):
        seen, kinds, links = shown(written)
        assert " ".join(text.replace("\u200b", "").split())[:20].strip("\x00\x01\u202e\ufeff").replace(
            "\x00", ""
        ) in seen.replace("\u200b", "")
        assert not AUTOLINK.search(seen)
        assert links == set()
        assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "strong_open", "strong_close", "bullet_list_open",
                         "bullet_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close",
                         "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"}  # fmt: skip


def test_plain_text_stays_as_it_reads() -> None:
    for text in (
        'Harga naik 4,9 persen (dari Rp12.500) pada 10:30; "ya," kata Budi-Santo.',
        "50% of $3bn!",
        "Éa – “ß” 測試",
    ):
        assert escape(text).replace("&#36;", "$") == text


@pytest.mark.parametrize("made", ["hostile", "markup", "awkward"])
def test_no_text_of_article_or_source_becomes_markup(made: str) -> None:
    verdicts = ["conflicting", "supported", "error", "not_checkable", "not_enough_evidence", "refuted"]
    report = {
        "hostile": hostile_report,
        "markup": lambda: made_report(MARKUP, [verdicts[number % 6] for number in range(len(MARKUP))]),  # type: ignore[misc]
        "awkward": awkward_report,
    }[made]()
    text = render_markdown(report, folder=Path())
    seen, kinds, links = shown(text)
    assert not AUTOLINK.search(seen)
    assert (
        kinds
        & {"html_block", "html_inline", "image", "fence", "code_block", "hr", "blockquote_open", "s_open", "em_open"}
        == set()
    )
    ours = {GITHUB.normalizeLink(link_of(source.path, folder=Path())) for source in report.sources}
    assert links <= ours
    assert [line for line in text.split("\n") if line.startswith("# ")] == text.split("\n")[:1]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_claims_stand_worst_first_with_the_evidence_that_decided(report: Report) -> None:
    text = render_markdown(report, language="en", folder=Path())
    rows = re.findall(r"^\| (\d) \| . ([a-z ]+) \|", text, re.MULTILINE)
    assert rows == [
        ("2", "refuted"), ("3", "conflicting"), ("5", "error"), ("4", "not enough evidence"), ("1", "supported"), ("6", "not checkable"),
    ]  # fmt: skip
    conflict = text[text.index("### 3.") : text.index("### 5.")]
    assert conflict.index("**For it**") < conflict.index("supports (0.80): “Bukti") < conflict.index("**Against it**")
    assert "— [Sumber 1](<s1.txt>), undated, characters 0–12" in conflict
    assert "number “70 juta” ↔ “&lt;i&gt;7 juta&lt;/i&gt;”: the numbers differ" in conflict
    assert "**verify**: the model is gone" in text
    assert "| repeats | 1 |" in text
    assert "| **total** | 8 |" in text
    assert "it is the article itself" in text
    assert f"`sha256 {report.article.sha256}`" in text


def test_it_speaks_both_languages_and_no_other(report: Report) -> None:
    assert "## Nasib setiap kalimat" in render_markdown(report)
    assert "angkanya berbeda" in render_markdown(report, language="id")
    assert "## What became of every sentence" in render_markdown(report, language="en")
    with pytest.raises(UsageError):
        render_markdown(report, language="fr")


def test_an_article_from_standard_input_is_called_so(report: Report) -> None:
    piped = replace(report, article=replace(report.article, path="-", title=None))
    lines = render_markdown(piped, language="en").split("\n")
    assert lines[0] == "# Verification report: standard input"
    assert lines[2].startswith("standard input · published ")


def test_links_lead_to_sources_from_where_the_file_stands(report: Report, tmp_path: Path) -> None:
    away = replace(report.sources[0], path=str(tmp_path / "a b.txt"))
    online = replace(report.sources[1], path="https://example.org/a?b=1&copy=2#x")
    text = render_markdown(replace(report, sources=(away, online, *report.sources[2:])), folder=tmp_path / "out")
    assert {"../a%20b.txt", "https://example.org/a?b=1&copy=2#x"} <= shown(text)[2]


def test_a_report_without_claims_says_that_nothing_was_verified(report: Report) -> None:
    assert "**No claim was found: nothing was verified.**" in render_markdown(
        replace(report, assessments=()), language="en"
    )


def test_a_thousand_claims_are_all_there() -> None:
    text = render_markdown(long_report(1001))
    assert len(re.findall(r"^### ", text, re.MULTILINE)) == 1001
    assert "dan 1 lagi" in text
