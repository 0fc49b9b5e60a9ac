"""Every reader, the splitter, what finds figures, and suite files under made-up input: the same examples each time."""

from __future__ import annotations

import io
import json
import math
import os
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bukti.claims.article import Document, Span
from bukti.claims.dates import find_dates
from bukti.claims.documents import read_document, read_text
from bukti.claims.errors import BuktiError, InputError, NoCasesError
from bukti.claims.quantities import find_quantities, quantities_agree
from bukti.claims.rules import RuleSplitter
from bukti.claims.segments import segment
from bukti.claims.times import find_times, minutes_between
from bukti.eval.judge import find_quote
from bukti.eval.pipeline import build_ledger
from bukti.eval.suites import read_suite
from bukti.retrieval.sources import MAX_PASSAGE_CHARACTERS, Source, cut_passages
from tests.hostile.corpus import GOOD, make_pdf

PIECES = ["\n", "\n\n", *"""PT Sinar Logam|Bupati Umi Azizah|pabrik|kota|membuka|mempekerjakan|said|kata|ujar|mengatakan bahwa|that|yang|dan|and|,|.|?|!|;|:|(|)|“|”|"|«|'|-|–|…
|350|3,5|3.5|1.234.567|12/10/2021|31 Februari|31 Desember 9999|1 Januari 0001|2021-13-45|Senin|kemarin|besok|next week|last month|minggu depan|5 tahun lalu
|abad ke-21|abad ke-99|Q4 2021|kuartal IV 2021|akhir 2023|awal|pukul 10.07 WIB|24.00|99:99|12 p.m.|setengah sebelas malam|Rp|$|juta|miliar|triliun|percent|persen|orang|people
|½|٣٥٠|²|①|Ⅻ|१२|𝟑|ſ|ı|İ|ß|K|ﬁ|e\u0301\u0323|\u202e|\u200b|\u2066|\x00|\x1b[31m|\x85|\u2028|\ufeff|\ufffd|\U0001f469\u200d\U0001f52c|\u3164|ا
|sepertiga|two thirds|seven in ten|1/0|satu|nine hundred|Dr.|No.|A.|Baca juga:|Foto: ANTARA/Budi|Jakarta (ANTARA) -|dia|he|ia|mereka|itu|the|not|tidak|belum
|hari|km|°C|hektare|- |–  |\n|\n\n|\r|\t| |http://a.b/c|@budi|#tagar|50.000-an|ke-3|ber-350|10x|x2|-5|+7|0,0|00|1e9""".replace("\n|", "|").split("|")]  # fmt: skip
prose = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=40).map(" ".join)
anything = st.text(max_size=200) | prose | prose.map(lambda text: f"{GOOD}{text}")
languages = st.sampled_from(["id", "en", "ar", "xx"])
days = st.none() | st.dates() | st.sampled_from([date.min, date.max])

TAGS = "p div article h1 table tr td ul li br script style template title meta time a b blockquote span svg pre".split()
markup = st.lists(
    prose
    | st.sampled_from(TAGS).map(lambda tag: f"<{tag}>")
    | st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
    | st.sampled_from(
        ["<!--", "-->", "<![CDATA[", "]]>", "&#0;", "&#xD800;", "&nosuch;", "<p hidden>", "<td colspan=99999>", "<", ">", '"', '<meta charset="utf-16">',
         '<time datetime="99999-99-99">', '<script type="application/ld+json">{"datePublished":', "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<html>", "<body>", '<a href="']
    ),
    max_size=30,
).map("".join)  # fmt: skip
marks = st.lists(
    prose
    | st.sampled_from(
        ["---\n", "title: ", "date: ", "url: ", "&a ", "*a", "[", "]", "{", "}", "!!python/object:x ", "!!set ", "# ", "> ", "- ", "1. ", "**", "`", "```\n", "|", "|-|\n",
         "[a]: <b>\n", "![", "](", "<div>", "\\", "    ", "\n", "\n\n", "~~~", "- - - -\n", "? ", "<<: ", ".nan", "0x1F", "9999-99-99", "2021-10-05T99:99"]
    ),
    max_size=30,
).map("".join)  # fmt: skip
fronted = st.builds("---\n{}\n---\n\n{}".format, marks, marks)
encoded = st.builds(
    lambda text, how: text.encode(how, "replace" if how.startswith(("cp", "latin")) else "surrogatepass"),
    anything,
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp437", "latin-1"]),
)
octets = st.binary(max_size=300) | encoded | st.builds(bytes.__add__, encoded, st.binary(max_size=30))

operators = st.lists(
    st.sampled_from(
        [b"BT", b"ET", b"/F1 12 Tf", b"/F9 0 Tf", b"72 700 Td", b"(plant opened) Tj", b"[(a) -900 (b)] TJ", b"<41> Tj", b"T*", b"q", b"Q", b"/X Do", b"1e99 0 0 1 0 0 cm", b"Tj", b"[",
         b"]", b"<<", b">>", b"(", b")", b"(\\", b"'", b'"', b"BI", b"ID", b"EI", b"0 0 Td", b"-9e9 TL", b"/A", b"null", b"%", b"3 Tr", b"1 0 0 1 72 nan Tm"]
    )
    | st.binary(max_size=6),
    max_size=30,
).map(b" ".join)  # fmt: skip
WHOLE = make_pdf(b"BT /F1 12 Tf 72 700 Td (The plant opened in 2021.) Tj ET")


def _edited(edits: list[tuple[int, int, bytes]]) -> bytes:
    data = WHOLE
    for place, length, new in edits:
        at = place % len(data)
        data = data[:at] + new + data[at + length :]
    return data


edited = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.integers(0, 12),
        st.binary(max_size=4)
        | st.sampled_from(
            [b"obj", b"endobj", b"-1", b"99999", b"<<", b">>", b"[", b"2 0 R", b"/Kids", b"stream", b"null"]
        ),
    ),
    min_size=1,
    max_size=6,
).map(_edited)
pdfs = operators.map(make_pdf) | edited

words = prose | st.text(max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.just("9" * 5000) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = "id claim article claims sources index label evidence language published tags must_not_support cluster note text span source quote title name cases defaults".split()  # fmt: skip
LABELS = st.sampled_from(
    ["supported", "refuted", "conflicting", "not_enough_evidence", "not_checkable", "Supported", ""]
)
inline = st.fixed_dictionaries({"text": words}, optional={"id": words, "title": words, "published": plain})
case = st.fixed_dictionaries(
    {"id": words | plain},
    optional={
        "claim": words | plain, "label": LABELS | plain, "sources": st.lists(inline | words | plain, max_size=3) | plain, "published": st.sampled_from(["2021-10-05", "0000-00-00"]) | plain,
        "language": st.sampled_from(["id", "en", "xx"]) | plain, "claims": st.lists(st.fixed_dictionaries({"id": words, "text": words}, optional={"span": plain, "label": LABELS}), max_size=2),
        "article": inline | plain, "evidence": st.lists(st.fixed_dictionaries({"source": words, "quote": words}), max_size=2) | plain, "tags": plain, "index": plain, "note": plain,
        "must_not_support": plain, "cluster": plain,
    },
) | st.dictionaries(st.sampled_from(KEYS), plain, max_size=6)  # fmt: skip
json_lines = st.lists(case.map(json.dumps) | words | st.just("{") | st.just("[" * 5000), max_size=4).map("\n".join)
yaml_text = (
    st.builds(
        lambda cases, head: json.dumps({**head, "cases": cases}),  # JSON is YAML
        st.lists(case, max_size=3),
        st.dictionaries(st.sampled_from(["name", "defaults", "other"]), plain, max_size=2),
    )
    | marks
    | st.lists(st.sampled_from(["cases:\n", "- id: a\n", "  claim: b c d\n", "  label: supported\n", "  sources: [{text: x}]\n", "&a ", "*a ", "<<: *a\n", "? ", "!!binary ", "\t", "{", "}"])).map("".join)
)  # fmt: skip


# What must hold ----------------------------------------------------------------------------------------------------


def _or_error(read: Callable[[], Any]) -> Any:
    """Gives what is read, or the one error that may be raised instead."""
    try:
        return read()
    except BuktiError as exc:
        error = exc
    assert str(error).isprintable()
    assert error.exit_code == (3 if isinstance(error, NoCasesError) else 2)
    return error


def _read(file: Path, data: bytes) -> Document | None:
    file.write_bytes(data)
    document = _or_error(lambda: read_document(file))
    if isinstance(document, BuktiError):
        assert isinstance(document, InputError)
        return None
    text = document.text
    assert text
    assert text == unicodedata.normalize("NFC", text)
    assert all(line and line == line.strip() for line in text.split("\n"))
    assert not any(unicodedata.category(mark) == "Cc" and mark != "\n" for mark in text)
    assert text.encode().decode() == text
    assert document.title is None or document.title.isprintable() or "\n" not in document.title
    return document


def reads_txt(folder: Path, data: bytes) -> None:
    document = _read(folder / "a.txt", data)
    if document is not None:
        assert read_document("-", stdin=io.BytesIO(data)).text == document.text


def reads_md(folder: Path, text: str) -> None:
    _read(folder / "a.md", text.encode("utf-8", "surrogatepass"))


def reads_html(folder: Path, text: str) -> None:
    _read(folder / "a.html", text.encode("utf-8", "surrogatepass"))


def reads_pdf(folder: Path, data: bytes) -> None:
    _read(folder / "a.pdf", data)


def splits(folder: Path, text: str) -> None:
    try:
        article = segment(read_text(text))
    except InputError:
        return
    sentences = [sentence.span for sentence in article.sentences]
    assert all(a.end <= b.start for a, b in pairwise(sentences))
    assert all(span.of(article.text) == span.of(article.text).strip() != "" for span in sentences)
    covered = "".join(span.of(article.text) for span in sentences)
    assert "".join(covered.split()) == "".join(article.text.split())
    claims = RuleSplitter().split([article])[0]
    for claim in claims:
        claim.check(article)
        for found in (*claim.quantities, *claim.dates, *claim.names):
            assert 0 <= found.span.start < found.span.end <= len(article.text)
        if not claim.spans:
            assert claim.text == claim.span.of(article.text)
    ledger = build_ledger(article, claims)
    assert [row.span for row in ledger] == sentences
    assert Counter(name for row in ledger for name in row.claims) == Counter(claim.id for claim in claims)


def cuts(folder: Path, text: str) -> None:
    try:
        read = read_text(text).text
    except InputError:
        return
    source = Source(id="s", title="t", path="p", location="/p", sha256="0", language="id")
    passages = cut_passages(source, read)
    assert all(passage.text == passage.span.of(read) and len(passage.text) <= MAX_PASSAGE_CHARACTERS for passage in passages)  # fmt: skip
    assert all(a.span.end <= b.span.start for a, b in pairwise(passages))
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(read.split())


def _inside(spans: list[Span], text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def finds(folder: Path, given: tuple[str, str, date | None]) -> None:
    text, language, anchor = given
    dates = find_dates(text, language, anchor=anchor)
    times = find_times(text, language)
    quantities = find_quantities(text, language)
    for found in (dates, times, quantities):
        _inside([item.span for item in found], text)
    assert all(item.start <= item.end for item in dates)
    assert all(0 <= item.minute < 1440 and 0 <= minutes_between(times[0], item) < 1440 for item in times)
    assert all(math.isfinite(item.value) and (item.upper is None or math.isfinite(item.upper)) for item in quantities)
    assert all(quantities_agree(item, item) is True for item in quantities)


def quotes(folder: Path, given: tuple[str, str]) -> None:
    premise, quote = given
    for each in (quote, premise[3:-3]):
        span = find_quote(premise, each)
        assert span is None or 0 <= span.start < span.end <= len(premise)


def _suite(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    suite = _or_error(lambda: read_suite(file))
    assert isinstance(suite, BuktiError) or suite.cases


def reads_jsonl(folder: Path, text: str) -> None:
    _suite(folder / "a.jsonl", text.encode("utf-8", "surrogatepass"))


def reads_yaml(folder: Path, text: str) -> None:
    _suite(folder / "a.yaml", text.encode("utf-8", "surrogatepass"))


CHECKS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Path, Any], None]]] = {
    "txt": (octets, reads_txt),
    "md": (marks | fronted, reads_md),
    "html": (markup, reads_html),
    "pdf": (pdfs, reads_pdf),
    "splitter": (anything, splits),
    "passages": (anything, cuts),
    "figures": (st.tuples(anything, languages, days), finds),
    "quotes": (st.tuples(anything, anything), quotes),
    "jsonl": (json_lines, reads_jsonl),
    "yaml": (yaml_text, reads_yaml),
}
ALLOWED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=15, suppress_health_check=ALLOWED)
@given(data=st.data())
def test_made_up_input_gives_what_is_promised_or_one_clear_error(folder: Path, name: str, data: st.DataObject) -> None:
    strategy, check = CHECKS[name]
    check(folder, data.draw(strategy))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=int(os.environ.get("BUKTI_EXAMPLES", "100")), suppress_health_check=ALLOWED)
@given(data=st.data())
def test_more_made_up_input_does_too(folder: Path, name: str, data: st.DataObject) -> None:
    strategy, check = CHECKS[name]
    check(folder, data.draw(strategy))
