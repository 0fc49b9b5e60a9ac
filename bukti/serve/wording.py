"""What the desk says in its own words, in Indonesian and English; reports have `bukti.eval.wording`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bukti.eval.wording import PAGE_LANGUAGES, WORDS

__all__ = ["DESK_WORDS"]

_TABLE = """
desk | Meja periksa | Verification desk
nav | Menu utama | Main menu
skip_main | Langsung ke isi | Skip to the content
verify | Periksa | Verify
runs | Evaluasi | Runs
export | Ekspor | Export
new_article | Periksa sebuah artikel | Verify an article
paste | Tempel artikelnya | Paste the article
or_upload | atau unggah berkas, boleh beberapa | or upload files, one or several
upload_hint | txt, md, html, atau pdf; seluruhnya paling besar {mb} MB | txt, md, html or pdf; {mb} MB at most in all
against | Periksa terhadap | Check against
against_short | terhadap | against
kind_index | indeks | index
kind_sources | sumber | sources
more_options | Pilihan lain | More options
article_language | Bahasa artikel | The article's language
recognised | dikenali sendiri | recognised by itself
indonesian | Bahasa Indonesia | Indonesian
english | Bahasa Inggris | English
published_on | Tanggal terbit artikel | Day the article was published
as_of_day | Abaikan sumber sesudah tanggal | Leave out sources after
start | Periksa klaimnya | Verify its claims
pasted | teks tempelan | pasted text
jobs | Artikel | Articles
no_jobs | Belum ada artikel. Tempel atau unggah satu untuk memulai. | No article yet. Paste or upload one to begin.
queued | menunggu | waiting
running | sedang diperiksa | being verified
done | selesai | done
failed | gagal | failed
reviewed_short | {n} ditinjau | {n} reviewed
ahead | artikel sebelum ini: {n} | articles before it: {n}
ahead_none | segera dimulai | begins at once
step_read | membaca | reading
step_embed | mengindeks sumber | indexing the sources
step_split | memecah menjadi klaim | splitting into claims
step_retrieve | mencari bukti | finding evidence
step_verify | menimbang bukti | judging the evidence
step_other | bekerja | working
of | {n} dari {all} | {n} of {all}
wait_hint | Halaman ini menyegarkan diri; boleh ditutup, pemeriksaannya jalan terus. | This page keeps itself up to date; you may close it, the work goes on.
failed_at | Gagal pada tahap | Failed at the stage
cause | Sebab | Cause
again | Coba lagi | Try again
cancel | Batalkan | Cancel
cancelled | dibatalkan | cancelled
cancelled_what | Pemeriksaan ini dibatalkan; tidak ada laporannya. | This was cancelled; there is no report of it.
remove | Hapus | Remove
remove_title | Hapus artikel ini? | Remove this article?
remove_what | Artikel, laporannya, dan teks sumber yang hanya dipakai olehnya dihapus untuk selamanya. | The article, its report and the texts of sources that only it uses are erased for good.
remove_reviewed | Klaim yang sudah ditinjau: {n}. Putusannya tetap tercatat tanpa teksnya, tetapi tidak ikut diekspor lagi; ekspor dulu bila masih diperlukan. | Claims reviewed: {n}. The decisions stay on record without their text but are exported no more; export them first if they are still needed.
remove_button | Hapus untuk selamanya | Remove for good
keep | Jangan hapus | Keep it
older | Artikel yang lebih lama | Older articles
newer | Artikel yang lebih baru | Newer articles
back | Kembali | Back
export_title | Suite dari tinjauan | A suite of what was reviewed
export_what | Setiap laporan yang ditinjau menjadi satu kasus untuk bukti eval: artikelnya, klaim yang ditinjau dengan putusan Anda, dan sumber-sumbernya. | Each reviewed report becomes a case for bukti eval: its article, the reviewed claims with your verdicts, and its sources.
export_counts | Kasus: {cases} · klaim berlabel: {claims} | Cases: {cases} · labelled claims: {claims}
export_none | Belum ada klaim yang ditinjau. Buka sebuah laporan dan putuskan sebuah klaim. | No claim was reviewed yet. Open a report and decide about a claim.
export_nothing | Yang sudah ditinjau tidak dapat dijadikan kasus; sebabnya di bawah. | Nothing of what was reviewed can become a case; the reasons stand below.
export_left | Tidak ikut | Left out
export_button | Unduh reviews.claims.jsonl | Download reviews.claims.jsonl
export_command | Di terminal | In a terminal
export_guard | Setelah semuanya benar dan hasilnya disahkan dengan bukti bless, gagal bila ada yang salah lagi | Once they come out right and the run was blessed with bukti bless, this fails if one goes wrong again
runs_title | Hasil bukti eval | Runs of bukti eval
runs_none | Belum ada hasil dalam folder ini. | There are no runs in this folder yet.
runs_unnamed | Tidak ada folder evaluasi yang disebut; mulai dengan bukti serve --runs FOLDER. | No folder of runs was named; start with bukti serve --runs FOLDER.
run | Nomor | Run
suite | Suite | Suite
cases | Kasus | Cases
labelled | Klaim berlabel | Labelled claims
started | Mulai | Started
accuracy | Akurasi | Accuracy
not_ended | belum selesai | not ended
damaged | tidak terbaca | cannot be read
compare | Bandingkan | Compare
compare_title | Apa yang berubah | What changed
before | Sebelum | Before
after | Sesudah | After
error_title | Tidak bisa | That did not work
e_both | Tempel artikel atau unggah berkas, jangan keduanya. | Paste an article or upload a file, not both.
e_address | Itu sebuah alamat, dan meja ini tidak membuka alamat. Tempel teks artikelnya, atau unggah halamannya. | That is an address, and the desk opens none. Paste the article's text, or upload its page.
e_file_again | Pilih berkasnya lagi: peramban tidak menyimpannya. | Choose the file again: the browser does not keep it.
e_neither | Belum ada artikel: tempel teksnya atau pilih berkasnya. | There is no article: paste its text or choose its file.
e_empty | Berkas {name} kosong; tidak ada yang diterima. | The file {name} is empty; nothing was taken.
e_ending | Berkas {name} tidak dibaca; beri txt, md, html, atau pdf. | Files such as {name} are not read; give txt, md, html or pdf.
e_large | Terlalu besar: paling banyak {mb} MB yang dibaca sekaligus. | Too large: at most {mb} MB are read at once.
e_ground | Sumber itu tidak disebut ketika meja ini dimulai. | Those sources were not named when the desk was started.
e_day | Bukan tanggal: {day}; tulis seperti 2026-01-31. | Not a day: {day}; write it as 2026-01-31.
e_language | Bahasa itu tidak dibaca; pilih Indonesia atau Inggris. | That language is not read; choose Indonesian or English.
e_token | Formulir ini kedaluwarsa atau bukan dari halaman ini. Muat ulang halamannya dan kirim lagi. | This form is out of date or not of this page. Reload the page and send it again.
e_verdict | Pilih salah satu putusan yang ada. | Choose one of the verdicts there are.
e_reviewer | Isi nama Anda: setiap keputusan mencatat siapa yang membuatnya. | Give your name: every decision says whose it is.
e_evidence | Bukti itu bukan milik klaim ini. | That evidence is none of this claim's.
e_note | Catatan terlalu panjang: paling banyak 2.000 karakter. | The note is too long: 2,000 characters at most.
e_meanwhile | Orang lain memutuskan klaim ini lebih dulu. Lihat keputusannya, lalu putuskan lagi. | Somebody else decided about this claim first. Look at what was decided, then decide again.
e_two_runs | Pilih dua evaluasi: satu sebelum, satu sesudah. | Choose two runs: one before, one after.
e_state | Meja ini tidak dapat memakai simpanannya ({cause}); tidak ada yang disimpan. Coba lagi sebentar lagi. | The desk cannot use what it keeps ({cause}); nothing was saved. Try again in a moment.
e_missing | Tidak ada apa-apa di alamat ini. | There is nothing at this address.
e_method | Alamat ini tidak menerima permintaan semacam itu. | This address does not take such a request.
e_form | Formulir ini tidak bisa dibaca. | This form cannot be read.
"""

_ROWS = tuple(tuple(line.split(" | ")) for line in _TABLE.strip().split("\n"))

DESK_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType({**WORDS[language], **{row[0]: row[column] for row in _ROWS}})
        for column, language in enumerate(PAGE_LANGUAGES, start=1)
    }
)
"""What the desk says, by language and key; the words of reports among them."""
