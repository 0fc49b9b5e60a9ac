"""What reports say in their own words, in Indonesian and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from bukti.claims.errors import UsageError

__all__ = [
    "PAGE_LANGUAGES",
    "WORDS",
    "fill",
    "page_language",
    "tell_day",
    "tell_days",
    "tell_decimal",
    "tell_note",
    "tell_share",
    "tell_stage",
    "tell_whole",
]

PAGE_LANGUAGES = ("id", "en")
"""Languages that reports speak."""

_TABLE = """
report | Laporan verifikasi | Verification report
article | Artikel | Article
claims | Klaim | Claims
claim | Klaim | Claim
evidence | Bukti | Evidence
sources | Sumber | Sources
coverage | Nasib setiap kalimat | What became of every sentence
fingerprints | Sidik jari | Fingerprints
skip | Langsung ke klaim | Skip to the claims
parts | Bagian halaman | Parts of the page
summary | Ringkasan | Summary
supported | didukung | supported
refuted | terbantah | refuted
conflicting | bertentangan | conflicting
not_enough_evidence | bukti belum cukup | not enough evidence
not_checkable | tidak dapat diperiksa | not checkable
error | galat | error
not_checked | tidak diperiksa | not checked
supports | mendukung | supports
refutes | membantah | refutes
support | dukungan | support
verdict | putusan | verdict
score | skor | score
entailment | makna | meaning
quantity | angka | number
date | tanggal | date
name | nama | name
negation | sangkalan | denial
quote | kutipan | quotation
superseded | diperbarui | superseded
why | Alasan | Why
whole_claim | seluruh klaim | the whole claim
said_by | Menurut | Said by
said_note | apakah ia mengatakannya | whether they said it
quotation | Kutipan | Quotation
found | ditemukan dalam sumber | found in a source
other_words | ditemukan dengan kata lain | found in other words
other_speaker | ucapan orang lain | credited to someone else
not_found | tidak ditemukan | not found
superseded_by | Sumber yang lebih baru menggantikan yang lebih lama | A later source supersedes an earlier one
unresolved | Rujukan yang tetap terbuka | References left open
in_article | Lihat dalam artikel | Show in the article
nearest | Tidak satu pun sumber memutuskannya. Kutipan yang paling dekat: | No source decides it. The nearest passages:
nothing_near | Tidak ada kutipan yang dekat dengan klaim ini. | No passage comes near this claim.
more_neutral | {n} kutipan lain yang tidak memutuskan | {n} more that [says/say] neither
side_supports | Yang mendukung | For it
side_refutes | Yang membantah | Against it
characters | karakter | characters
left_out | … dan {n} karakter lagi; lengkapnya dalam laporan JSON | … and {n} more character[/s]; the JSON report has them
filters | Saring menurut putusan | Filter by verdict
all_claims | Semua | All
search | Cari dalam klaim | Search the claims
previous | Sebelumnya | Previous
following | Berikutnya | Next
shown | {n} dari {all} klaim ditampilkan | {n} of {all} claim[/s] shown
shown_all | {all} klaim | {all} claim[/s]
shown_none | Tidak ada klaim yang cocok; hapus saringan atau pencarian. | No claim fits; clear the filters or the search.
dark | Tampilan gelap | Dark view
keys | Tombol pintas | Keyboard shortcuts
keys_on | Aktif | On
key_next | klaim berikutnya | next claim
key_previous | klaim sebelumnya | previous claim
key_search | cari | search
key_close | tutup klaim | close the claim
legend | Klaim digarisbawahi dan bernomor. Teks abu-abu tidak memberi klaim; ↻ mengulang kalimat sebelumnya. | Claims are underlined and numbered. Grey text gave none; ↻ repeats an earlier sentence.
no_claims | Tidak ada klaim: tidak ada yang diperiksa. | No claim was found: nothing was verified.
no_sources | Tidak ada sumber. | There are no sources.
caveat | Pemeriksa leksikal membandingkan kata, angka, tanggal, nama, dan sangkalan. Anggaplah ini pembacaan awal. | The lexical verifier compares words, numbers, dates, names and denials. Take this as a first reading.
precision | Presisi | Precision
precision_note | didukung / (didukung + terbantah + bertentangan) | supported / (supported + refuted + conflicting)
strict | Presisi ketat | Strict precision
strict_note | didukung / semua yang dapat diperiksa | supported / all that can be checked
role | peran | role
outcome | hasil | outcome
count | kalimat | sentences
total | jumlah | total
sentence | kalimat | sentence
remark | catatan | remark
every_sentence | Semua {n} kalimat | [The/All] {n} sentence[/s]
headline | judul | headline
dateline | baris tanggal | dateline
caption | keterangan gambar | caption
byline | nama penulis | byline
related-link | tautan terkait | related link
boilerplate | teks tetap | boilerplate
quote_role | kutipan | quotation
body | isi | body
outcome_claims | memberi klaim | gave claims
outcome_repeat | mengulang | repeats
outcome_role | perannya bukan pernyataan | its role states nothing
outcome_no_claim | tidak menyatakan apa pun | states nothing
day | tanggal | day
undated | tanpa tanggal | undated
maybe_later | tanpa tanggal: mungkin terbit setelah {day} | undated: may be later than {day}
as_of | Sumber sampai | Sources up to
cited | dikutip oleh {n} klaim | cited by {n} claim[/s]
cited_none | tidak dikutip oleh satu klaim pun | cited by no claim
n_passages | {n} potongan | {n} passage[/s]
not_used | tidak dipakai | not used
not_read | tidak terbaca | not read
and_more | dan {n} lagi | and {n} more
published | terbit | published
stdin | masukan standar | standard input
made_with | Dibuat dengan | Made with
settings | Semua yang menentukan jawaban (JSON) | All that the answer depends on (JSON)
hashes | SHA-256 setiap sumber | SHA-256 of every source
splitter | pemecah klaim | splitter
retriever | pencari | retriever
verifier | pemeriksa | verifier
embedder | penyemat | embedder
index | indeks | index
overview | Laporan verifikasi: {n} artikel | Verification report[/s]: {n} article[/s]
articles | Artikel | Articles
worst_first | Yang paling perlu dilihat ada di atas. | What needs to be looked at most comes first.
stage_read | membaca | read
stage_embed | mengindeks | index
stage_index | mengindeks | index
stage_split | memecah menjadi klaim | split
stage_retrieve | mencari bukti | retrieve
stage_verify | menimbang bukti | verify
stage_oracle | jawaban yang diberikan | oracle
stage_ray | klaster Ray | ray
stage_desk | antrean meja | desk
failed | Gagal diperiksa | Not verified
failed_note | Artikel ini tidak selesai diperiksa. Ini bukan tanda bahwa isinya benar. | These articles were not verified; that says nothing good of them.
failed_at | gagal pada tahap | failed at stage
nothing_verified | tidak ada yang diperiksa | nothing was verified
all_of_them | semua artikel | all articles
sources_used | Sumber yang dipakai | Sources used
in_articles | dalam {n} artikel | in {n} article[/s]
no_articles | Tidak ada artikel yang selesai diperiksa. | No article was verified.
review | Tinjauan | Review
reviewed | ditinjau | reviewed
not_reviewed | belum ditinjau | not yet reviewed
reviewed_count | {n} dari {all} klaim sudah ditinjau, {k} putusannya diubah | {n} of {all} claim[/s] reviewed, {k} verdict[/s] changed
right_verdict | Putusan yang benar | The right verdict
reviewer | Nama Anda | Your name
review_note | Catatan (boleh kosong) | Note (may be empty)
save_review | Simpan tinjauan | Save the review
reviewers_verdict | Putusan peninjau | The reviewer's verdict
marked_wrong | Ditandai keliru oleh peninjau | Marked as wrong by the reviewer
mark_wrong | Bukti ini keliru | This evidence is wrong
wrong_count | {n} bukti keliru | {n} passage[/s] marked as wrong
history | Riwayat | History
undone | dibatalkan | taken back
other_language | English | Bahasa Indonesia
save_as | Simpan sebagai | Save as
remove_article | Hapus artikel | Remove the article
undo | Batalkan keputusan terakhir | Take the last decision back
"""

_ROWS = tuple(tuple(line.split(" | ")) for line in _TABLE.strip().split("\n"))

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType({row[0]: row[column] for row in _ROWS})
        for column, language in enumerate(PAGE_LANGUAGES, start=1)
    }
)
"""What a page says, by language and key."""

_NOTES = {
    "the numbers agree": "angkanya sesuai",
    "the numbers differ": "angkanya berbeda",
    "the number follows from what the evidence gives": "angkanya dapat dihitung dari bukti",
    "the dates agree": "tanggalnya sesuai",
    "the dates differ": "tanggalnya berbeda",
    "the same name stands in this role": "nama yang sama memegang peran ini",
    "another name stands in this role": "nama lain memegang peran ini",
    "both deny it": "keduanya menyangkalnya",
    "one denies what the other says": "yang satu menyangkal yang dikatakan yang lain",
    "one is the opposite of the other": "yang satu kebalikan dari yang lain",
    "the evidence says otherwise": "bukti mengatakan yang lain",
    "the evidence says it in the claim's own words": "bukti mengatakannya dengan kata-kata klaim itu sendiri",
    "the words are quoted there": "kata-katanya dikutip di sana",
    "a question states nothing": "pertanyaan tidak menyatakan apa pun",
    "it is the article itself": "ini artikel itu sendiri",
}

_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), says)
    for pattern, says in (
        (
            r"the evidence bears it out; it holds (\d+%) of the claim's words or their translations",
            r"bukti menyatakannya; \1 kata klaim atau padanannya ada di sana",
        ),
        (r"there they are the words of (.+)", r"di sana itu ucapan \1"),
        (r"the source of (\S+) supersedes the one of (\S+)", r"sumber tertanggal \1 menggantikan yang tertanggal \2"),
        (r"a greeting (\(.+\))", r"sapaan \1"),
        (r"an instruction (\(.+\))", r"anjuran \1"),
        (r"an opinion (\(.+\))", r"pendapat \1"),
        (r"a wish (\(.+\))", r"harapan \1"),
        (r"a prediction (\(.+\))", r"ramalan \1"),
        (
            r"what (.+) reports is thought, asked or denied: that it was said is the claim",
            r"yang dilaporkan \1 dipikirkan, ditanyakan, atau disangkal: klaimnya ialah bahwa itu diucapkan",
        ),
        (
            r"it holds (\d+) of the article's (\d+) sentences word for word",
            r"\1 dari \2 kalimat artikel ada di sana kata demi kata",
        ),
        (r"it was published on (\S+), after (\S+)", r"terbit pada \1, sesudah \2"),
    )
)

_TOGETHER = " (two sentences together)"


def page_language(wanted: str | None, article: str) -> str:
    """Gives the language that a report speaks: the one that is wanted, else the article's, else English.

    Raises:
        UsageError: There are no words in the language that is wanted.
    """
    if wanted and wanted not in PAGE_LANGUAGES:
        message = f"{wanted}: no report speaks it; give {' or '.join(PAGE_LANGUAGES)}"
        raise UsageError(message)
    return wanted or (article if article in PAGE_LANGUAGES else "en")


def tell_note(note: str, language: str) -> tuple[str, str]:
    """Gives a note of the report and the language it is in: the one that is wanted where a translation is known, else English.

    >>> tell_note("the numbers differ", "id")
    ('angkanya berbeda', 'id')
    >>> tell_note("dropped a claim of the model", "id")
    ('dropped a claim of the model', 'en')
    >>> tell_note("it was published on 2021-10-06, after 2021-10-05", "id")
    ('terbit pada 6 Oktober 2021, sesudah 5 Oktober 2021', 'id')
    """
    if language == "en":
        return tell_days(language, note), "en"
    bare = note.removesuffix(_TOGETHER)
    tail = " (dua kalimat bersama)" if bare != note else ""
    if bare in _NOTES:
        return _NOTES[bare] + tail, "id"
    for pattern, says in _PATTERNS:
        found = pattern.fullmatch(bare)
        if found:
            return tell_days(language, found.expand(says)) + tail, "id"
    return note, "en"


_PLACE = re.compile(r"\[([^\[\]/]*)/([^\[\]/]*)\]|\{(\w+)\}")


def fill(says: str, **values: object) -> str:
    """Puts values into words; of what stands in brackets, one form or the other, as the last number before it asks, or the first of all.

    >>> fill("{n} claim[/s] of {m} article[/s] [is/are] shown", n=2, m=1)
    '2 claims of 1 article is shown'
    """
    names = [found[3] for found in _PLACE.finditer(says) if found[3]]
    last = values.get(names[0]) if names else None

    def put(found: re.Match[str]) -> str:
        nonlocal last
        if not found[3]:
            return found[1] if str(last) == "1" else found[2]
        if found[3] not in values:
            return found[0]
        last = values[found[3]]
        return str(last)

    return _PLACE.sub(put, says)


_LOCALES = {"id": "id", "en": "en_GB"}
"""How numbers and days are written, by the report's language."""


@lru_cache(maxsize=4096)
def tell_decimal(language: str, value: float) -> str:
    """Gives a number with two places."""
    from babel.numbers import format_decimal

    return str(format_decimal(round(value, 2), format="0.00", locale=_LOCALES[language]))


def tell_share(language: str, value: float | None) -> str:
    """Gives a share in percent; a dash where there is none."""
    from babel.numbers import format_percent

    return "–" if value is None else str(format_percent(value, locale=_LOCALES[language]))


@lru_cache(maxsize=4096)
def tell_whole(language: str, value: int) -> str:
    """Gives a whole number."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=_LOCALES[language]))


@lru_cache(maxsize=4096)
def tell_day(language: str, value: date) -> str:
    """Gives a day, the month as a word."""
    from babel.dates import format_date

    return str(format_date(value, format="long", locale=_LOCALES[language]))


def tell_days(language: str, text: str) -> str:
    """Gives a text in which a day that stands there as 2026-01-31 has its month as a word."""

    def told(found: re.Match[str]) -> str:
        try:
            return tell_day(language, date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return re.sub(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])", told, text, flags=re.ASCII)


def tell_stage(language: str, stage: str) -> str:
    """Gives a step that failed in words; one without words by its name."""
    return WORDS[language].get(f"stage_{stage}", stage)
