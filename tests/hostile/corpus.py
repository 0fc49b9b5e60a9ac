"""Makes the corpus of bad files: a few hundred, the same each time, none of them kept in the repository.

``python -m tests.hostile.corpus FOLDER`` writes them, to look at one that made trouble.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import random
import socket
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

__all__ = ["GOOD", "HIDDEN", "bad_bytes", "make_corpus", "make_pdf"]

GOOD = (
    "Pabrik baru di Tegal\n\nPT Sinar Logam membuka pabrik di Tegal pada 4 Oktober 2021. Pabrik itu mempekerjakan 350 orang dari tiga "
    "kecamatan. “Kami senang,” kata Bupati Tegal Umi Azizah. The plant opened at 10.07 WIB and cost Rp 1,5 triliun – café.\n"
)
"""A text that is read without trouble; most of the bad ones are made of it."""

MILLION = 1_000_000
HIDDEN = "RAHASIA tersembunyi"
"""Words that stand where no reader sees them."""

Made = dict[str, bytes]


def make_corpus(folder: Path, *, seed: int = 9) -> list[Path]:
    """Writes the whole corpus.

    Args:
        folder: An empty folder.
        seed: For what is cut or flipped at random.

    Returns:
        The paths to try, in order; some of them lead nowhere.
    """
    paths = []
    for name, data in bad_bytes(seed=seed).items():
        path = folder / name
        path.write_bytes(data)
        paths.append(path)
    return [*paths, *_odd_paths(folder)]


def bad_bytes(*, seed: int = 9) -> Made:
    """Gives the bad files by name."""
    chance = random.Random(seed)
    made: Made = {}
    for part in (_encodings, _lines, _characters, _figures, _pages, _markdown, _pdfs, _containers):
        for name, data in part(chance):
            assert name not in made, name
            made[name] = data
    return made


# Text --------------------------------------------------------------------------------------------------------------


def _encodings(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    good = GOOD.encode()
    yield "empty.txt", b""
    yield "blank.txt", b" \t\r\n" * 1000
    for kind in (
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "utf-7",
        "cp437",
        "cp500",
        "mac-roman",
        "cp1252",
    ):
        yield f"encoded-{kind}.txt", GOOD.encode(kind, "replace")
    for kind, text in (
        ("shift_jis", "工場は十月に開業した。従業員は三百五十人である。"),
        ("euc_kr", "공장은 시월에 문을 열었다. 직원은 삼백오십 명이다."),
        ("gb18030", "工厂于十月开业。员工有三百五十人。"),
        ("koi8-r", "Завод открылся в октябре. Работают 350 человек."),
        ("cp1251", "Завод открылся в октябре. Работают 350 человек."),
        ("iso2022_jp", "工場は十月に開業した。"),
        ("hz", "工厂于十月开业。"),
        ("big5", "工廠於十月開業。員工三百五十人。"),
    ):
        yield f"encoded-{kind}.txt", text.encode(kind) * 30
    for number in range(6):
        yield f"cut-{number}.txt", GOOD.encode()[: good.index(b"\xe2\x80\x9c") + 1 + number % 3] * (number + 1)
    yield "odd-utf16.txt", GOOD.encode("utf-16")[:-1]
    yield "utf16-lone-surrogates.txt", b"\xff\xfe" + "Pabrik itu dibuka. ".encode("utf-16-le") + b"\x00\xd8a\x00" * 50
    yield "utf8-then-utf16.txt", good + GOOD.encode("utf-16-le")
    yield "utf8-then-cp1252.txt", good + GOOD.encode("cp1252")
    yield "alternating.txt", b"".join(line.encode(("utf-8", "cp1252")[at % 2]) for at, line in enumerate([GOOD] * 40))
    yield "mojibake-4.txt", GOOD.encode().decode("latin-1").encode().decode("latin-1").encode()
    yield "surrogates.txt", good + b"\xed\xa0\x80\xed\xb0\x80" * 20
    yield "overlong.txt", good + b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf" * 20
    yield "five-bytes.txt", good + b"\xf8\x88\x80\x80\x80\xfc\x84\x80\x80\x80\x80" * 20
    yield "above-unicode.txt", good + b"\xf4\x90\x80\x80\xf7\xbf\xbf\xbf" * 20
    yield "marks-only.txt", b"\xef\xbb\xbf" * 1000
    yield "mark-utf16-only.txt", b"\xff\xfe"
    yield "marks-between.txt", good.replace(b" ", b"\xef\xbb\xbf ")
    yield "utf16-of-html.html", ("<html><body><p>" + GOOD + "</p></body></html>").encode("utf-16")
    yield "utf16-bare.html", ("<html><body><p>" + GOOD * 5 + "</p></body></html>").encode("utf-16-le")
    for number in range(8):
        yield f"noise-{number}.{('txt', 'md', 'html', 'pdf')[number % 4]}", chance.randbytes(20_000)
    for number in range(6):
        data = bytearray(good * 3)
        for _ in range(40):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield f"flipped-{number}.txt", bytes(data)


def _lines(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    words = "pabrik kota bupati yang membuka dan mengatakan bahwa pada tahun untuk dengan".split()
    pieces = {
        "letters": "a", "words": "kata ", "digits": "1", "digits-commas": "1,", "digits-dots": "1.", "brackets": "(", "quotes": '"', "curly": "“",
        "dots": ".", "initials": "A. ", "titles": "Dr. ", "newlines": "\n", "returns": "\r", "spaces": " ", "hyphens": "-", "words-hyphens": "a-",
        "less": "<", "entities": "&amp;", "addresses": "http://a.b/", "rupiah": "Rp", "dates": "1 Januari 2020 ", "times": "10.07 WIB ",
        "number-words": "satu ", "scales": "juta ", "said": "kata Budi, ", "that": "yang ", "commas": ",", "sentences-short": "A b. ",
        "capitals": "Budi Santoso ", "colons": "10:", "slashes": "1/", "percent": "5 persen ", "and": "dan ", "he-said": "He said that ",
        "apostrophes": "'", "underscores": "_", "tabs": "\t", "semicolons": "a; ", "stops-questions": "?!", "backslashes": "\\",
    }  # fmt: skip
    for name, piece in pieces.items():
        yield f"million-{name}.txt", (piece * (MILLION // len(piece))).encode()
    yield "million-marks.txt", ("a" + "\u0301\u0323" * (MILLION // 2)).encode()
    yield "million-jamo.txt", ("\u1112\u1161\u11ab" * (MILLION // 3)).encode()
    yield "million-emoji.txt", ("\U0001f469\u200d" * (MILLION // 2)).encode()
    yield "million-rtl-override.txt", ("\u202e" * MILLION).encode()
    yield "one-sentence.txt", (" ".join(chance.choices(words, k=MILLION // 70)) + ".").encode()
    # Ever new passages are paid for by the piece, whoever wrote them: so many are some seconds of embedding.
    yield "random-letters.txt", "".join(chance.choices("abcdefghij KLM.,", k=MILLION // 20)).encode()
    yield "random-unicode.txt", "".join(chr(chance.randrange(0x20, 0xD7FF)) for _ in range(MILLION // 20)).encode()
    yield "lines-of-one-letter.txt", b"a\n" * 500_000
    yield "too-large.txt", b"a" * 20_000_001


def _characters(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    spread = {
        "zero-width": "\u200b", "joiner": "\u200d", "soft-hyphen": "\u00ad", "word-joiner": "\u2060", "override": "\u202e", "isolate": "\u2066",
        "tags": "\U000e0041", "variation": "\ufe0f", "hangul-filler": "\u3164", "mongolian": "\u180e", "annotation": "\ufff9", "private": "\ue000",
        "nul": "\x00", "escape": "\x1b", "bell": "\x07", "backspace": "\x08", "nel": "\x85", "line-separator": "\u2028", "form-feed": "\x0c",
        "delete": "\x7f", "replacement": "\ufffd", "noncharacter": "\uffff", "combining": "\u0336", "braille-blank": "\u2800",
    }  # fmt: skip
    for name, mark in spread.items():
        yield f"between-{name}.txt", mark.join(GOOD).encode()
    yield "nul-at-end.txt", GOOD.encode() + b"\x00"
    yield "nul-far-away.txt", GOOD.encode() * 1000 + b"\x00" * 50
    yield "terminal.txt", ("\x1b]0;x\x07\x1b[2J\x1b[31m" + GOOD).encode()
    yield "arabic.txt", ("افتتح المصنع في أكتوبر. يعمل فيه ٣٥٠ شخصا. " * 20).encode()
    yield "hebrew-overrides.txt", ("\u202eהמפעל נפתח\u202c " * 50 + GOOD).encode()
    yield (
        "zalgo.txt",
        "".join(c + "".join(chr(chance.randrange(0x300, 0x36F)) for _ in range(30)) for c in GOOD).encode(),
    )
    digits = {
        "arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "devanagari": "०१२३४५६७८९", "fullwidth": "０１２３４５６７８９", "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
        "thai": "๐๑๒๓๔๕๖๗๘๙", "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹", "circled": "⓪①②③④⑤⑥⑦⑧⑨", "letters": "OlZЗ4SбT8g", "subscript": "₀₁₂₃₄₅₆₇₈₉",
    }  # fmt: skip
    for name, shapes in digits.items():
        text = (
            GOOD
            + "Harga naik 3,5 persen pada 12/10/2021 pukul 10:07. Rp 15.000 untuk 2 orang, 1/2 dari 70 juta, abad ke-21, 2021-10-05.\n"
        )
        yield f"digits-{name}.txt", text.translate({ord(str(at)): shape for at, shape in enumerate(shapes)}).encode()
    yield "homoglyphs.txt", GOOD.translate(str.maketrans("aeopcTP", "аеорсТР")).encode()
    yield (
        "fractions.txt",
        "Sebanyak ½ dari ⅓ orang dan ↉ persen serta Ⅻ kota, ㊿ orang, 二十 orang, ௰ orang, ༳ orang. ".encode() * 10,
    )


def _figures(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    rows = {
        "long-number": "Sebanyak " + "9" * 5000 + " orang datang.",
        "very-long-number": "Sebanyak " + "9" * 200_000 + " orang datang.",
        "overflow": "Nilainya " + "9" * 400 + " triliun rupiah. It cost $" + "9" * 310 + " million.",
        "exponent": "Nilainya 1e309 rupiah dan 1e-400 dolar, NaN orang, inf persen, -0 persen.",
        "decimals": "Nilainya 0," + "0" * 5000 + "1 persen dan 1." + "000." * 3000 + "000 rupiah.",
        "fractions": "Sebanyak 1/0 orang, 0/0 persen, 1 dari 0 orang, 0 dari 0, 5/00 dan 1 in 0 people.",
        "words": "Sebanyak " + "sembilan ratus " * 300 + "juta " * 300 + "orang datang.",
        "words-english": "Some " + "nine hundred " * 300 + "million " * 300 + "people came.",
        "scales": "Nilainya 5 " + "triliun " * 500 + "rupiah.",
        "ranges": "Antara 9 dan 1 orang, 5-" + "9" * 400 + " orang, between 1e400 and 0 people.",
        "days": "Pada 31 Februari 2021, 30 Februari 2020, 0 Januari 0, 99/99/9999, 32/13/2021, 2021-13-45 dan 29 Februari 1900.",
        "last-day": "Jakarta, 31 Desember 9999 - Besok, lusa, minggu depan, tahun depan dan 5 tahun lagi pabrik dibuka. Tomorrow, next week, next year.",
        "first-day": "Jakarta, 1 Januari 0001 - Kemarin, minggu lalu, bulan lalu dan 5 tahun lalu pabrik dibuka. Yesterday, last week, last year.",
        "ago": "Sekitar 10.000 tahun lalu, 99999999999 hari lalu, 999999 abad lalu. 99999999 years ago, 1000000 months ago.",
        "centuries": "Pada abad ke-99999, abad ke-0, abad ke-100, the 999th century, the 0th century, tahun 0, tahun 99999, 500 SM.",
        "clock": "Pukul 99:99, 25.61 WIB, 24.00 WIB, 00.00, 9999.9999 WIB, 13 pm, 0 am, 99 am, 12:60 p.m. UTC+99.",
        "quarters": "Kuartal 9 2021, Q9 2021, semester 7 2020, kuartal ke-0 tahun 0, Q1 9999, Q4 9999, akhir 9999, awal 0001.",
        "areas": "Luasnya 9999999999999999999999 km persegi, 0 x 0 meter, 1e999 hektare, -5 hektare persegi persegi.",
        "zones": "Pukul 23.59 WIT 31 Desember 9999 dan pukul 00.01 WIB 1 Januari 0001.",
    }  # fmt: skip
    for name, text in rows.items():
        yield f"figures-{name}.txt", f"{GOOD}\n{text}\n".encode()
    yield (
        "figures-dateline.md",
        f"---\ndate: 9999-12-31\n---\n{GOOD} Besok dan minggu depan pabrik lain dibuka.".encode(),
    )
    yield "figures-first.md", f"---\ndate: 0001-01-01\n---\n{GOOD} Kemarin dan minggu lalu pabrik lain dibuka.".encode()


# Pages -------------------------------------------------------------------------------------------------------------


def _page(body: str, head: str = "") -> bytes:
    return f"<html><head><title>Pabrik</title>{head}</head><body>{body}</body></html>".encode()


def _pages(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    words = f"<p>{GOOD}</p>"
    for tag in (
        "div",
        "b",
        "table><tr><td",
        "ul><li",
        "blockquote",
        "span",
        "font",
        "a",
        "p",
        "form",
        "select",
        "svg",
        "template",
    ):
        name = tag.replace(">", "-").replace("<", "")
        yield f"deep-{name}.html", _page(f"<{tag}>" * 20_000 + words)
    yield "deep-closed.html", _page("<div>" * 100_000 + words + "</div>" * 100_000)
    yield "deep-250.html", _page("<div><span>" * 120 + words * 3 + "</span></div>" * 120)
    yield "deep-close-only.html", _page("</div>" * 200_000 + words)
    yield "attributes.html", _page(f"<div {' '.join(f'a{at}=1' for at in range(100_000))}>{words}</div>")
    yield "attribute-long.html", _page(f'<div title="{"x" * 5_000_000}">{words}</div>')
    yield "script-only.html", _page(f"<script>document.write('{GOOD!r}')</script>")
    yield "script-million.html", _page(f"<script>{'var a=1;' * 125_000}</script>{words * 4}")
    yield (
        "hidden.html",
        _page(
            f"<article>{words * 4}<p style='display:none'>{HIDDEN} satu.</p><p hidden>{HIDDEN} dua.</p><script>{HIDDEN} tiga</script>"
            f"<template><p>{HIDDEN} empat.</p></template><!-- {HIDDEN} lima --><style>{HIDDEN} enam</style></article>"
        ),
    )
    yield "noscript.html", _page(f"<noscript>{words * 4}</noscript>")
    yield "comments.html", _page("<!--" * 100_000 + words)
    yield "cdata.html", _page(f"<![CDATA[{words}]]>" * 1000)
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
    yield (
        "billion-laughs.html",
        f'<!DOCTYPE html [<!ENTITY l0 "ha">{laughs}]><html><body><p>&l11;</p>{words}</body></html>'.encode(),
    )
    yield (
        "billion-laughs.xhtml",
        (
            f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{laughs}]><html xmlns="http://www.w3.org/1999/xhtml"><body><p>&l11;</p>'
            f"{words}</body></html>"
        ).encode(),
    )
    yield (
        "external-entity.xhtml",
        (
            '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html xmlns="http://www.w3.org/1999/xhtml"><body>'
            f"<p>&x;</p>{words * 3}</body></html>"
        ).encode(),
    )
    for charset in ("utf-16", "shift_jis", "x-nonsense", "utf-7", "", "ebcdic-cp-us"):
        yield f"charset-{charset or 'empty'}.html", _page(words * 3, f'<meta charset="{charset}">')
    yield "charsets.html", _page(words * 3, "".join(f'<meta charset="{kind}">' for kind in ("utf-8", "utf-16", "gbk")))
    yield "nul.html", _page(words.replace(" ", " \x00"))
    yield "bytes.html", _page(words * 3).replace(b"a", b"\xff", 20)
    for at in (10, 40, 55, 70, 90, 200):
        yield f"cut-{at}.html", _page(words)[:at]
    yield "cut-entity.html", _page(words + "<p>Tom &am")[:-14]
    yield "references.html", _page(f"<p>{GOOD}&#99999999999;&#0;&#xD800;&#xFFFFFFFF;&nosuch;&#x110000;&;&#;</p>" * 3)
    yield (
        "data-url.html",
        _page(f'<img src="data:image/png;base64,{base64.b64encode(bytes(3_000_000)).decode()}">{words * 3}'),
    )
    yield "frames.html", b"<html><frameset><frame src='file:///etc/passwd'></frameset></html>"
    yield (
        "refresh.html",
        _page(words * 3, '<meta http-equiv="refresh" content="0;url=file:///etc/passwd"><base href="file:///">'),
    )
    yield (
        "jsonld.html",
        _page(
            words * 3,
            '<script type="application/ld+json">'
            + json.dumps({"@type": "Article", "datePublished": "9999-99-99", "headline": [1]})
            + "</script>",
        ),
    )
    yield "jsonld-deep.html", _page(words * 3, '<script type="application/ld+json">' + "[" * 100_000 + "</script>")
    yield "time.html", _page(f"<time datetime='99999-99-99T99:99'>x</time><h1>Pabrik\x1b[31m\n\tbaru</h1>{words * 3}")
    yield "heading-million.html", _page(f"<h1>{'judul ' * 150_000}</h1>{words * 3}")
    yield (
        "canonical.html",
        _page(
            words * 3, '<link rel="canonical" href="javascript:alert(1)"><meta property="og:url" content="\x07//[::1">'
        ),
    )
    yield (
        "table-large.html",
        _page("<table>" + "<tr>" + "<td>Pabrik 1</td>" * 500 + "</tr>" * 1 + "</table>" + words * 3),
    )
    yield "table-rows.html", _page("<table>" + "<tr><td>Pabrik</td><td>350</td></tr>" * 30_000 + "</table>")
    yield "spans.html", _page("<table><tr><td colspan=999999999 rowspan=999999999>x</td></tr></table>" + words * 3)
    yield "paragraphs.html", _page("<p>Pabrik</p>" * 100_000)
    yield "links.html", _page("<a href='x'>Pabrik itu dibuka.</a> " * 50_000)
    yield "list.html", _page("<ul>" + "<li>Pabrik 1 dibuka.</li>" * 30_000 + "</ul>")
    yield "breaks.html", _page("<p>" + "Pabrik<br>" * 100_000 + "</p>")
    yield "not-html.html", GOOD.encode() * 3
    yield "only-less.html", b"<" * MILLION
    yield "only-entities.html", b"&" * MILLION
    yield "xml.xhtml", b'<?xml version="1.0" encoding="nonsense"?><html><body>' + words.encode() * 3
    yield "mhtml.html", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + _page(words)
    yield "svg.html", _page(f"<svg><foreignObject>{words * 3}</foreignObject><script>alert(1)</script></svg>")
    yield "gzipped.html", gzip.compress(_page(words), mtime=0)
    yield "gzip-bomb.html", gzip.compress(bytes(50 * MILLION), mtime=0)


# Markdown ----------------------------------------------------------------------------------------------------------


def _markdown(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    fronts = {
        "aliases": laughs + "title: *a11\ndate: *a11\n", "recursive": "title: &a [*a]\ndate: *a\n", "recursive-map": "title: &a {b: *a}\nurl: *a\n",
        "list": "- 1\n- 2\n", "scalar": "just words\n", "title-list": "title: [1, [2, [3]]]\n", "title-map": "title: {a: b}\n", "title-day": "title: 2021-10-05\n",
        "title-control": 'title: "a\\u0000\\u001b[31mb\\nc"\n', "title-long": f"title: {'x' * MILLION}\n", "day-list": "date: [2021, 10, 5]\n",
        "day-out": "date: 9999-99-99\n", "day-number": f"date: {'9' * 5000}\n", "day-float": "date: .nan\npublished: .inf\n", "url-number": "url: 123\n",
        "url-list": "url: [a, b]\n", "tag": "title: !!python/object/apply:os.system ['true']\n", "tag-unknown": "title: !nonsense {a: 1}\n",
        "flow-deep": "title: " + "[" * 50_000 + "\n", "flow-deep-closed": "title: " + "[" * 5000 + "]" * 5000 + "\n", "map-deep": "".join(" " * n + "a:\n" for n in range(2000)),
        "hex": f"title: 0x{'f' * 100_000}\n", "sexagesimal": f"title: 1{':59' * 5000}\n", "binary": "title: !!binary " + "A" * 1001 + "\n", "keys": "? [a, b]\n: c\n",
        "merge": "<<: [1, 2]\ntitle: x\n", "set": "title: !!set {a, b}\n", "tabs": "title:\t\tx\n\tdate: y\n", "twice": "title: a\ntitle: b\n",
        "time": "date: 2021-10-05T99:99:99\n", "day-first": "date: 0000-00-00\n", "timestamp": "date: 9999-12-31T23:59:59-23:59\n", "timestamp-low": "date: 0001-01-01T00:00:00+23:59\n",
        "offset": "date: 2021-10-05T10:00:00+99:99\n", "float": f"title: {'9' * 400}.5e999\n", "null": "title: ~\ndate: ~\n", "bool": "title: yes\ndate: no\nurl: true\n",
    }  # fmt: skip
    for name, front in fronts.items():
        yield f"front-{name}.md", f"---\n{front}---\n\n{GOOD}".encode()
    yield "front-open.md", f"---\ntitle: x\n{GOOD * 100}".encode()
    yield "front-only.md", b"---\ntitle: x\n---\n"
    pieces = {
        "quotes": "> ", "brackets": "[", "images": "![", "stars": "*", "ticks": "`", "underscores": "_a_", "stars-open": "**a ", "links": "[a](", "nested-links": "[a](b) ",
        "references": "[a]: b\n", "less": "<a ", "lists": "- ", "numbers": "1. ", "backslashes": "\\", "pipes": "|", "tildes": "~", "hashes": "# a\n", "entities": "&#x41;", "hard-breaks": "a\\\n",
        "autolinks": "<http://a.b> ", "comments": "<!-- ",
    }  # fmt: skip
    for name, piece in pieces.items():
        yield f"marks-{name}.md", (piece * (100_000 // len(piece)) + "\n\n" + GOOD).encode()
    yield "list-deep.md", "".join("  " * at + "- a\n" for at in range(1500)).encode()
    yield "table.md", (("|a" * 2000 + "|\n") + ("|-" * 2000 + "|\n") + ("|b" * 2000 + "|\n") * 20 + GOOD).encode()
    yield "ticks-growing.md", ("".join("e" + "`" * at for at in range(1500)) + "\n\n" + GOOD).encode()
    yield "html.md", f"<script>{HIDDEN}</script>\n\n<div hidden>{HIDDEN}</div>\n\n<!-- {HIDDEN} -->\n\n{GOOD}".encode()


# PDF ---------------------------------------------------------------------------------------------------------------


def make_pdf(
    content: bytes, *, extra: bytes = b"", dictionary: bytes = b"", pages: int = 1, trailer: bytes = b""
) -> bytes:
    """Writes a small PDF by hand, in which everything may be wrong.

    Args:
        content: The stream that each page shows.
        extra: Further objects, from number 10 on.
        dictionary: What the stream's dictionary says besides its length.
        pages: How many pages show it.
        trailer: What the trailer says besides size and root.
    """
    kids = b" ".join(b"%d 0 R" % (100 + at) for at in range(pages))
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[" + kids + b"]/Count %d>>\nendobj\n" % pages,
        b"4 0 obj\n<</Length %d %s>>\nstream\n" % (len(content), dictionary) + content + b"\nendstream\nendobj\n",
        b"5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n",
        *(
            b"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 10 0 R>>>>>>\nendobj\n"
            % (100 + at)
            for at in range(pages)
        ),
        extra,
    ]
    out = b"%PDF-1.7\n"
    places = {}
    for each in objects:
        number = each.split(b" ", 1)[0]
        if number.isdigit():
            places[int(number)] = len(out)
        out += each
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, at) for number, at in places.items())
    start = len(out)
    return out + b"xref\n0 1\n0000000000 65535 f \n" + rows + (
        b"trailer\n<</Size 9999/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    )  # fmt: skip


def _shown(text: str = "The plant opened in Tegal in 2021 with 350 workers.") -> bytes:
    return b"BT /F1 12 Tf 72 700 Td (" + text.encode() + b") Tj ET"


def drawn_often() -> bytes:
    """Gives a small PDF whose pages draw one large form as often as they may: hours of work, within all other bounds."""
    form = zlib.compress(b"q Q " * 400_000, 9)
    head = b"10 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</A 1>>/Filter/FlateDecode/Length %d>>\nstream\n"
    return make_pdf(_shown() + b" /X Do" * 200, pages=100, extra=head % len(form) + form + b"\nendstream\nendobj\n")


def _pdfs(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    from fpdf import FPDF
    from pypdf import PdfWriter

    pdf = FPDF()
    pdf.set_creation_date(datetime(2021, 10, 5, tzinfo=timezone.utc))
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, "The plant opened in Tegal in 2021. It has 350 workers from three districts.\n" * 20)
    good = bytes(pdf.output())
    for share in (1, 5, 20, 40, 60, 80, 95, 99):
        yield f"cut-{share}.pdf", good[: len(good) * share // 100]
    for number in range(10):
        data = bytearray(good)
        for _ in range(3 * (number + 1)):
            data[chance.randrange(9, len(data))] = chance.randrange(256)
        yield f"flipped-{number}.pdf", bytes(data)
    yield "head-only.pdf", b"%PDF-1.7\n"
    yield "junk-before.pdf", b"x" * 10_000 + good
    yield "junk-after.pdf", good + b"x" * 100_000
    yield "blank.pdf", b"%PDF-1.7\n" + b" " * 10_000
    yield "named-text.txt", good
    yield "named-page.html", good
    yield "polyglot.pdf", b"%PDF-1.7\n" + _page(f"<p>{GOOD * 3}</p>")
    for how in ("AES-256", "RC4-40"):
        for word in ("secret", ""):
            writer = PdfWriter(clone_from=io.BytesIO(good))
            writer.encrypt(word, owner_password="owner", algorithm=how)
            stream = io.BytesIO()
            writer.write(stream)
            yield f"encrypted-{how}-{word or 'open'}.pdf", stream.getvalue()
    yield "encrypted-unknown.pdf", make_pdf(_shown(), trailer=b"/Encrypt<</Filter/Nonsense/V 9/R 9/O(x)/U(x)/P -1>>")
    flate = b"/Filter/FlateDecode"
    zeros = zlib.compress(bytes(300 * MILLION), 9)
    yield "bomb-flate.pdf", make_pdf(zeros, dictionary=flate)
    yield "bomb-flate-pages.pdf", make_pdf(zlib.compress(bytes(40 * MILLION), 9), dictionary=flate, pages=200)
    yield "bomb-flate-twice.pdf", make_pdf(zlib.compress(zeros, 9), dictionary=b"/Filter[/FlateDecode/FlateDecode]")
    yield (
        "bomb-flate-predictor.pdf",
        make_pdf(zlib.compress(bytes(60 * MILLION), 9), dictionary=flate + b"/DecodeParms<</Predictor 12/Columns 5>>"),
    )
    yield "bomb-run-length.pdf", make_pdf(b"\x81 " * MILLION, dictionary=b"/Filter/RunLengthDecode")
    yield (
        "bomb-lzw.pdf",
        make_pdf(bytes(chance.randrange(256) for _ in range(200_000)), dictionary=b"/Filter/LZWDecode"),
    )
    yield "bomb-text.pdf", make_pdf(zlib.compress(_shown("plant " * 100) * 30_000, 9), dictionary=flate)
    yield "bomb-text-pages.pdf", make_pdf(zlib.compress(_shown("plant " * 100) * 300, 9), dictionary=flate, pages=1500)
    yield "ascii85.pdf", make_pdf(b"zzzz~~~~\xff" * 1000, dictionary=b"/Filter/ASCII85Decode")
    yield "filters-many.pdf", make_pdf(_shown(), dictionary=b"/Filter[" + b"/ASCIIHexDecode" * 10_000 + b"]")
    yield "filter-unknown.pdf", make_pdf(_shown(), dictionary=b"/Filter/Nonsense")
    yield "flate-broken.pdf", make_pdf(zlib.compress(_shown())[:-5] + b"junk!", dictionary=flate)
    yield "length-wrong.pdf", make_pdf(_shown()).replace(b"/Length 70", b"/Length 999999999")
    yield "length-negative.pdf", make_pdf(_shown()).replace(b"/Length ", b"/Length -")
    yield "length-loop.pdf", make_pdf(_shown()).replace(b"/Length 70 ", b"/Length 4 0 R ")
    yield (
        "form-loop.pdf",
        make_pdf(
            _shown() + b" /X Do",
            extra=b"10 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>/Length 5>>\nstream\n/X Do\nendstream\nendobj\n",
        ),
    )
    doubling = b"".join(
        b"%d 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 11>>\nstream\n/X Do /X Do\nendstream\nendobj\n"
        % (at, at + 1)
        for at in range(10, 40)
    )
    yield "form-doubling.pdf", make_pdf(_shown() + b" /X Do", extra=doubling)
    yield "form-drawn-often.pdf", drawn_often()
    yield "pages-loop.pdf", make_pdf(_shown()).replace(b"/Kids[100 0 R]", b"/Kids[002 0 R]")
    yield "pages-count.pdf", make_pdf(_shown()).replace(b"/Count 1", b"/Count 9999999999")
    yield "pages-5000.pdf", make_pdf(_shown(), pages=5000)
    yield "pages-none.pdf", make_pdf(_shown(), pages=0)
    yield "pages-repeated.pdf", make_pdf(_shown()).replace(b"/Kids[100 0 R]", b"/Kids[" + b"100 0 R " * 100_000 + b"]")
    yield "xref-loop.pdf", make_pdf(_shown(), trailer=b"/Prev 9")
    yield (
        "xref-self.pdf",
        (whole := make_pdf(_shown())).replace(b"/Size 9999", b"/Size 9999/Prev %d" % whole.rindex(b"xref\n0 1")),
    )
    yield "xref-huge.pdf", make_pdf(_shown()).replace(b"xref\n0 1\n", b"xref\n0 999999999\n")
    yield "start-nowhere.pdf", good.rsplit(b"startxref", 1)[0] + b"startxref\n99999999999999999999\n%%EOF"
    yield "start-negative.pdf", good.rsplit(b"startxref", 1)[0] + b"startxref\n-5\n%%EOF"
    yield "root-missing.pdf", make_pdf(_shown()).replace(b"/Root 1 0 R", b"/Root 77 0 R")
    yield "root-wrong.pdf", make_pdf(_shown()).replace(b"/Root 1 0 R", b"/Root (text)")
    yield "arrays-deep.pdf", make_pdf(b"[" * 200_000 + _shown())
    yield "dictionaries-deep.pdf", make_pdf(_shown(), extra=b"10 0 obj\n" + b"<</A " * 50_000 + b"\nendobj\n")
    yield "dictionaries-deep-root.pdf", make_pdf(_shown()).replace(b"/Type/Catalog", b"/Type/Catalog/A" + b"[" * 50_000)
    yield "strings-deep.pdf", make_pdf(b"BT /F1 12 Tf (" + b"(" * 500_000 + b") Tj ET")
    yield "hex-odd.pdf", make_pdf(b"BT /F1 12 Tf <4> Tj <zz> Tj <" + b"4" * 500_001 + b"> Tj ET")
    yield "operators.pdf", make_pdf(zlib.compress(b"q Q " * 1_000_000, 9), dictionary=flate)
    yield "save-deep.pdf", make_pdf(zlib.compress(b"q " * 500_000 + _shown(), 9), dictionary=flate)
    yield "text-blocks.pdf", make_pdf(zlib.compress(b"BT ET " * 300_000, 9), dictionary=flate)
    yield "font-sizes.pdf", make_pdf(b"BT /F1 1e308 Tf 1e308 1e308 Td 1e308 0 0 1e308 0 0 Tm (plant opened) Tj ET")
    yield "operands-wrong.pdf", make_pdf(b"BT Tf Td (a) Tm Tj [] TJ /F9 (x) Tf cm ET \" ' ET ET")
    yield "inline-image.pdf", make_pdf(b"BI /W 99999 /H 99999 /BPC 8 ID " + b"x" * 100_000)
    cmap = b"begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange 1 beginbfrange <00000000> <00FFFFFF> <0041> endbfrange endcmap"
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 11 0 R/DescendantFonts[12 0 R]>>"
    yield (
        "font-map.pdf",
        make_pdf(_shown())
        .replace(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", font)
        .replace(b"trailer", b"11 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\ntrailer" % (len(cmap), cmap)),
    )
    # Its map is where the table of places says it is, and it is as long as the parser lets it be.
    yield (
        "font-map-found.pdf",
        make_pdf(
            _shown(), extra=b"11 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(cmap), cmap)
        ).replace(
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/H/ToUnicode 11 0 R>>",
        ),
    )
    yield "media-box.pdf", make_pdf(_shown()).replace(b"[0 0 612 792]", b"[-1e99 0 /A (b)]")
    yield (
        "script.pdf",
        make_pdf(_shown()).replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
    )
    yield (
        "title.pdf",
        make_pdf(
            _shown(),
            extra=b"10 0 obj\n<</Title(\x1b[31m\x00\xff\xfeplant)/CreationDate(D:99999999)>>\nendobj\n",
            trailer=b"/Info 10 0 R",
        ),
    )
    yield "title-loop.pdf", make_pdf(_shown(), extra=b"10 0 obj\n<</Title 10 0 R>>\nendobj\n", trailer=b"/Info 10 0 R")
    yield "title-list.pdf", make_pdf(_shown(), extra=b"10 0 obj\n<</Title[1 2]>>\nendobj\n", trailer=b"/Info 10 0 R")
    yield (
        "hidden-white.pdf",
        make_pdf(b"1 1 1 rg " + _shown(HIDDEN) + b" 3 Tr " + _shown(HIDDEN) + b" 0 Tr 0 g " + _shown()),
    )
    yield "images-only.pdf", make_pdf(b"q 100 0 0 100 0 0 cm /X Do Q")
    yield (
        "lines-million.pdf",
        make_pdf(zlib.compress(b"BT /F1 9 Tf " + b"0 -9 Td (plant) Tj " * 200_000 + b"ET", 9), dictionary=flate),
    )


# Other kinds -------------------------------------------------------------------------------------------------------


def _containers(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    def zipped(entries: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in entries.items():
                file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return stream.getvalue()

    docx = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w>" + GOOD.encode() + b"</w>"})
    for ending in ("txt", "md", "html", "pdf", "docx"):
        yield f"word.{ending}", docx
    yield "zip-bomb.txt", zipped({f"{at}.txt": bytes(10 * MILLION) for at in range(5)})
    yield "zip-empty.txt", b"PK\x05\x06" + bytes(18)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as file:
        info = tarfile.TarInfo("../../etc/passwd")
        info.size = len(GOOD.encode())
        file.addfile(info, io.BytesIO(GOOD.encode()))
    yield "archive.txt", tar.getvalue()
    heads = {
        "gzip": gzip.compress(bytes(MILLION), mtime=0), "bzip2": bz2.compress(bytes(MILLION)), "xz": lzma.compress(bytes(MILLION)), "7z": b"7z\xbc\xaf\x27\x1c" + bytes(200),
        "zstd": b"\x28\xb5\x2f\xfd" + chance.randbytes(200), "png": b"\x89PNG\r\n\x1a\n" + chance.randbytes(500), "jpeg": b"\xff\xd8\xff\xe0" + chance.randbytes(500),
        "gif": b"GIF89a" + chance.randbytes(500), "webp": b"RIFF\x00\x00\x00\x00WEBP" + chance.randbytes(500), "mp3": b"ID3\x03" + chance.randbytes(500),
        "elf": b"\x7fELF\x02" + chance.randbytes(500), "exe": b"MZ\x90\x00" + chance.randbytes(500), "sqlite": b"SQLite format 3\x00" + bytes(500), "rtf": b"{\\rtf1 " + GOOD.encode(),
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "pickle": b"\x80\x04cposix\nsystem\n(S'true'\ntR.", "floats": struct.pack("<500d", *range(500)), "ps": b"%!PS-Adobe\n" + GOOD.encode(),
    }  # fmt: skip
    for name, data in heads.items():
        yield f"kind-{name}.txt", data
    yield "json.txt", b'{"a":' * 100_000
    yield "csv.txt", b"a,b,c\n1,2,3\n" * 20_000
    yield "base64.txt", base64.b64encode(chance.randbytes(300_000))
    yield "code.txt", Path(__file__).read_bytes()


def _odd_paths(folder: Path) -> list[Path]:
    def put(name: str, do: Callable[[Path], object]) -> Path:
        path = folder / name
        with suppress(OSError):  # a file system that has no such thing
            do(path)
        return path

    text = GOOD.encode()

    def sparse(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(3_000_000_000)

    def unreadable(path: Path) -> None:
        path.write_bytes(text)
        path.chmod(0)

    def listening(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(path))

    def folder_of_loops(path: Path) -> None:
        path.mkdir()
        (path / "again").symlink_to(path)
        (path / "loop.txt").symlink_to("loop.txt")
        (path / "pipe.txt").unlink(missing_ok=True)
        os.mkfifo(path / "pipe.txt")
        (path / "folder.txt").mkdir()
        (path / "new\nline.txt").write_bytes(text)

    return [
        put("loop.txt", lambda path: path.symlink_to("loop.txt")),
        put("loop-a.txt", lambda path: (path.symlink_to("loop-b.txt"), (folder / "loop-b.txt").symlink_to("loop-a.txt"))),
        put("dangling.txt", lambda path: path.symlink_to("nowhere.txt")),
        put("zero.txt", lambda path: path.symlink_to("/dev/zero")),
        put("null.txt", lambda path: path.symlink_to("/dev/null")),
        put("memory.txt", lambda path: path.symlink_to("/proc/self/mem")),
        put("proc.txt", lambda path: path.symlink_to("/proc/self/environ-no-such")),
        put("pipe.txt", os.mkfifo),
        put("folder.txt", Path.mkdir),
        put("folder.pdf", Path.mkdir),
        put("loops", folder_of_loops),
        put("unreadable.txt", unreadable),
        put("socket.txt", listening),
        put("sparse.txt", sparse),
        put("sparse.pdf", sparse),
        put("new\nline.txt", lambda path: path.write_bytes(text)),
        put("terminal\x1b[31m.txt", lambda path: path.write_bytes(text)),
        put("override\u202etxt.md", lambda path: path.write_bytes(text)),
        put(os.fsdecode(b"no-utf8-\xff\xfe.txt"), lambda path: path.write_bytes(text)),
        put("a" * 250 + ".txt", lambda path: path.write_bytes(text)),
        put("a" * 5000 + ".txt", lambda path: path.write_bytes(text)),
        put("--help.txt", lambda path: path.write_bytes(text)),
        put(" .txt", lambda path: path.write_bytes(text)),
        put("%2e%2e.txt", lambda path: path.write_bytes(text)),
        put("*.txt", lambda path: path.write_bytes(text)),
        put("no-ending", lambda path: path.write_bytes(text)),
        put("UPPER.PDF", lambda path: path.write_bytes(text)),
        folder / "a.txt" / "below-a-file.txt",
        folder / "loops" / "again" / "again" / "again" / "new\nline.txt",
        folder / ("deep/" * 500) / "a.txt",
    ]  # fmt: skip


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    print(len(make_corpus(target)))
