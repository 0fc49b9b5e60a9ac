from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from bukti.claims.documents import MAX_TITLE, find_documents, read_document, read_text
from bukti.claims.errors import InputError


def make_pdf(path: Path, *paragraphs: str, password: str = "") -> Path:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for paragraph in paragraphs:
        pdf.multi_cell(0, 6, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(4)
    pdf.output(str(path))
    if password:
        writer = PdfWriter(clone_from=path)
        writer.encrypt(password, algorithm="AES-256")
        writer.write(path)
    return path


def _empty(folder: Path) -> Path:
    (folder / "a.txt").write_text("")
    return folder / "a.txt"


def _blank(folder: Path) -> Path:
    (folder / "a.txt").write_text(" \n\t\n")
    return folder / "a.txt"


def _binary(folder: Path) -> Path:
    (folder / "a.txt").write_bytes(bytes(range(256)) * 20)
    return folder / "a.txt"


def _word(folder: Path) -> Path:
    (folder / "a.docx").write_bytes(b"PK\x03\x04rest")
    return folder / "a.docx"


def _broken_pdf(folder: Path) -> Path:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\nnot really")
    return folder / "a.pdf"


def _undecodable(folder: Path) -> Path:
    (folder / "a.txt").write_bytes(bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFE, 0xFF, 0xC0, 0xC1]) * 40)
    return folder / "a.txt"


def _large(folder: Path) -> Path:
    with (folder / "a.txt").open("wb") as file:
        file.truncate(200_000_000)
    return folder / "a.txt"


def _navigation_only(folder: Path) -> Path:
    (folder / "a.html").write_text("<html><head><title>x</title></head><body></body></html>")
    return folder / "a.html"


BAD = {
    "missing": (lambda folder: folder / "none.txt", "no such file"),
    "folder": (lambda folder: folder, "is a folder"),
    "empty": (_empty, "empty"),
    "blank": (_blank, "empty"),
    "binary": (_binary, "binary"),
    "word": (_word, "Word"),
    "broken pdf": (_broken_pdf, "cannot be read"),
    "encrypted pdf": (lambda folder: make_pdf(folder / "a.pdf", "Secret.", password="x"), "encrypted"),
    "pdf without text": (lambda folder: make_pdf(folder / "a.pdf"), "no text"),
    "undecodable": (_undecodable, ""),
    "200 MB": (_large, "too large (200 MB"),
    "no main text": (_navigation_only, "no main text"),
    "address": (lambda folder: "ftp://example.com/a", "only https:// addresses are fetched"),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_input_is_one_line_that_names_the_file_and_what_to_do(case: str, tmp_path: Path) -> None:
    make, says = BAD[case]
    path = make(tmp_path)
    with pytest.raises(InputError) as caught:
        read_document(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    assert says in message
    assert caught.value.path == str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_reads_the_same_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    text = "Kafé di Jakarta menjual kopi “tubruk” seharga 5 € – begitu kata pemiliknya. Harganya naik pada tahun ini."
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read_document(path).text == text


def test_mojibake_is_undone_and_typographic_quotes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ia berkata – “baik. Kafé itu tutup.".encode().decode("cp1252"), encoding="utf-8")
    assert read_document(path).text == "Ia berkata – “baik. Kafé itu tutup."


def test_hard_wrapped_paragraphs_become_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Layanan itu lumpuh pada hari Senin dan baru pulih enam jam\nkemudian setelah para teknisi datang ke pusat data yang\n"
        "terdampak.\n\nPerusahaan meminta maaf kepada seluruh pengguna yang tidak\ndapat memakai layanannya.\n"
    )
    assert read_document(path).text.split("\n") == [
        "Layanan itu lumpuh pada hari Senin dan baru pulih enam jam kemudian setelah para teknisi datang ke pusat data yang terdampak.",
        "Perusahaan meminta maaf kepada seluruh pengguna yang tidak dapat memakai layanannya.",
    ]


def test_lines_of_a_pasted_page_stay_paragraphs() -> None:
    text = "Judul berita\n6 Oktober 2021\nIsi paragraf pertama yang cukup panjang.\nBaca juga: yang lain"
    assert read_text(text).text == text


def test_markdown_gives_text_title_and_date(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: Kota\ndate: 2021-10-05\n---\n\n# Kota\n\nIsi [tautan](http://x) **tebal**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    read = read_document(path)
    assert (read.text, read.title, str(read.published)) == (
        "Kota\nIsi tautan tebal.\na | b\n1 | 2",
        "Kota",
        "2021-10-05",
    )


def test_html_gives_the_main_text_without_navigation(example: Path) -> None:
    read = read_document(example / "sources" / "durov-channel.html")
    assert read.text.startswith("Durov: a record day for Telegram\nTelegram gained")
    assert "Subscribe" not in read.text
    assert str(read.published) == "2021-10-05"


def test_pdf_lines_are_joined_into_paragraphs(tmp_path: Path) -> None:
    long = "This sentence goes on for more than one line of the page, so that the reader has to join the lines that belong together."
    assert read_document(make_pdf(tmp_path / "a.pdf", long, "A second paragraph.")).text.split("\n")[0] == long


def test_standard_input_is_read_as_text() -> None:
    assert read_document("-", stdin=io.BytesIO(b"Satu kalimat.")).text == "Satu kalimat."


def test_folders_are_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.txt", "c.png", "sub/d.html", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.relative_to(tmp_path).as_posix() for path in find_documents([tmp_path, tmp_path / "b.txt"])] == [
        "a.md",
        "b.txt",
        "sub/d.html",
    ]


def test_a_folder_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no readable source"):
        find_documents([tmp_path])


@given(st.text(min_size=1, max_size=300))
def test_reading_is_idempotent_and_leaves_no_blank_lines(text: str) -> None:
    try:
        first = read_text(text).text
    except InputError:
        return
    assert all(line and line == line.strip() for line in first.split("\n"))
    assert read_text(first).text == first


def test_of_a_million_marks_on_a_letter_as_many_are_read_as_any_writing_has() -> None:
    assert read_text("a" + "\u0301\u0323" * 500_000).text == unicodedata.normalize("NFC", "a" + "\u0301\u0323" * 15)
    assert read_text("“…”" * 50 + " é").text == "“…”" * 50 + " é"


def test_a_title_as_long_as_the_page_is_cut(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        f"<html><body><article><h1>{'judul ' * 20_000}</h1><p>{'Pabrik itu dibuka. ' * 30}</p></article></body></html>"
    )
    assert len(read_document(page).title or "") == MAX_TITLE
