from __future__ import annotations

from datetime import date

import pytest

from bukti.eval.alignment import align, read_text
from bukti.eval.figures import compare_figures, other_time

DAY = date(2025, 3, 14)


def found(claim: str, evidence: str, languages: str = "id id") -> list[tuple[str, bool | None, bool]]:
    own, other = languages.split()
    read, told = read_text(claim, own, anchor=DAY), read_text(evidence, other, anchor=DAY)
    return [
        (item.check, item.agrees, item.worked_out)
        for item in compare_figures(read, told, align(read, told), elsewhen=other_time(read, told))
    ]


@pytest.mark.parametrize(
    ("claim", "evidence", "languages"),
    [
        ("Listrik padam hampir empat jam.", "Listrik padam pukul 09.10 WIB dan menyala lagi pukul 13.05 WIB.", "id id"),
        ("The strike lasted 14 days.", "Pemogokan dimulai 16 Februari 2025 dan berakhir 1 Maret 2025.", "en id"),
        ("Sebanyak 75 persen peserta lulus.", "Of the 400 participants, 300 passed.", "id en"),
        ("Coverage fell by 23 percentage points.", "Cakupan 81 persen pada 2019 dan 58 persen pada 2024.", "en id"),
        ("Pengunjung naik tiga kali lipat.", "Visitors went from 45,000 to 135,000.", "id en"),
        ("Bus itu membawa 29 orang.", "The bus carried 25 pupils and 4 teachers.", "id en"),
        ("Masa sewa 90 hari.", "Sewa berlaku tiga bulan.", "id id"),
        (
            "Some 260 tonnes become fertiliser.",
            "Kapal mengangkat 520 ton gulma, dan separuhnya diolah menjadi pupuk.",
            "en id",
        ),
        ("Dana itu menanggung Rp16,4 miliar.", "The fund pays 40 percent of the Rp41 billion.", "id en"),
        ("Coverage fell by seven percentage points.", "Cakupan turun dari 91 menjadi 84 persen.", "en id"),
        ("The count lasted three hours.", "Sensus dilakukan pukul 06.00 sampai 09.00.", "en id"),
        ("The meeting lasts five days.", "Konferensi digelar pada 12–16 Oktober 2026.", "en id"),
        ("Sebanyak 30 persen harga naik.", "The price rose from 10 to 13 dollars.", "id en"),
    ],
)
def test_what_follows_from_the_evidence_agrees(claim: str, evidence: str, languages: str) -> None:
    assert ("quantity", True, True) in found(claim, evidence, languages)


@pytest.mark.parametrize(
    ("claim", "evidence", "languages"),
    [
        ("Lahan yang terbakar 1,2 kilometer persegi.", "Api menghanguskan 120 hektare lahan.", "id id"),
        ("The dam holds 1.1 billion litres.", "Bendungan itu menampung 1,1 juta meter kubik.", "en id"),
        ("Sekitar tujuh dari sepuluh kamar terisi.", "Hotel occupancy was 69 percent.", "id en"),
        ("Pabrik itu berjalan setengah abad.", "The mill ran for 50 years.", "id en"),
        ("Suku bunga naik 25 basis poin.", "The rate rose by 0.25 percentage points.", "id en"),
        ("Suku bunga naik 25 basis poin.", "The rate rose by a quarter of a percentage point to 5.5%.", "id en"),
        ("The bank made a half-percent cut.", "Bank itu memangkas setengah persen.", "en id"),
        ("Suku bunga turun seperempat poin persentase.", "It announced a quarter-point cut.", "id en"),
        ("Sebanyak 26 penumpang tewas.", "Korban meninggal menjadi 26 orang.", "id id"),
        ("Bintang itu meredup setiap lima jam.", "The star dimmed every five hours.", "id en"),
        ("Produksi kopi turun seperempat.", "Coffee output fell by a quarter in the spring.", "id en"),
        ("Dua reaktor yang lebih baru tetap buka.", "The two newer reactors are to stay open.", "id en"),
        ("Two people are still missing.", "Sebanyak 31 orang selamat dan dua lainnya belum ditemukan.", "en id"),
        ("There was hoarding at 12 feedlots.", "Ada penimbunan di 12 tempat penggemukan.", "en id"),
        ("Penghematan itu 420.000 pound.", "The cut saves £420,000.", "id en"),
        ("Ribuan penerbangan batal.", "More than 12,000 flights were cancelled.", "id en"),
        ("Teenagers aged 16 can vote.", "Sixteen-year-olds can vote.", "en en"),
        ("Tidak ada sopir yang berusia di bawah 30 tahun.", "None of the drivers is under 30.", "id en"),
        ("It was over within five minutes.", "Laga itu selesai dalam empat menit.", "en id"),
        ("Film itu menembus dua juta penonton.", "Film itu menembus 2,04 juta penonton.", "id id"),
        ("Sebanyak 94 rumah hanyut.", "Sebanyak 1.286 rumah terendam, 94 di antaranya hanyut.", "id id"),
        ("Sebanyak 62 persen dapur tidak tahu aturan itu.", "Only 38 percent of kitchens knew the rule.", "id en"),
        ("Biaya itu dua kali perkiraan.", "The cost was roughly twice the estimate.", "id en"),
        ("The stars have names in two languages.", "The stars have names in both languages.", "en en"),
        ("Ferries resume with two crossings.", "Ferries resume with two sailings.", "en en"),
        ("Pendaki berusia 91 tahun.", "The climber is a man of 91.", "id en"),
        ("A woman of 91 is among the pilgrims.", "Seorang jemaah berumur 91 tahun.", "en id"),
        ("A total of 22 shops will close.", "Twenty-two of its 67 stores will close.", "en en"),
    ],
)
def test_figures_agree_across_units_words_and_languages(claim: str, evidence: str, languages: str) -> None:
    assert found(claim, evidence, languages) == [("quantity", True, False)]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Nearly 94,000 spectators came.", "There were 46,850 visitors, above the target of 40,000."),
        ("The programme reached about 31 percent of the children.", "There were 40 and 52 children."),
    ],
)
def test_what_is_worked_out_is_not_stretched(claim: str, evidence: str) -> None:
    assert found(claim, evidence, "en en") == [("quantity", None, False)]


@pytest.mark.parametrize(
    ("claim", "agrees"),
    [("13 March 2025", True), ("6 March 2025", None), ("20 March 2025", True), ("27 February 2025", None)],
)
def test_a_day_of_the_week_is_the_last_or_the_next_one(claim: str, agrees: bool | None) -> None:
    assert found(f"The match was on Thursday, {claim}.", "The match was on Thursday.", "en en") == [
        ("date", agrees, False)
    ]


@pytest.mark.parametrize(
    ("claim", "evidence", "differs"),
    [
        ("Kapal tiba di Ternate pukul 15.00 WIB.", "Kapal tiba di Ternate pukul 17.00 WIT.", False),
        ("Kapal tiba di Ternate pukul 15.00 WIB.", "Kapal tiba di Ternate pukul 21.00 WIT.", True),
        ("Sebanyak 12 pondok di Demak buka.", "Hanya dua dari 14 pondok di Demak buka.", False),
        ("Sebanyak 12 pondok di Demak buka.", "Sebanyak 19 pondok di Demak buka.", True),
        ("Banjir melanda Demak pada Selasa.", "Banjir melanda Demak pada 11 Maret 2025.", False),
        ("Banjir melanda Demak pada Rabu.", "Banjir melanda Demak pada 11 Maret 2025.", True),
        (
            "Rapat di Demak dihadiri 31 dari 35 anggota.",
            "Rapat di Demak dihadiri 31 anggota dari jumlah keseluruhan 35 orang.",
            False,
        ),
        ("Rapat di Demak dihadiri 31 dari 35 anggota.", "Rapat di Demak dihadiri 31 dari 45 anggota.", True),
        ("Persib menang 3-2 atas Demak.", "Persib menang 3-2 atas Demak.", False),
        ("Persib menang 3-2 atas Demak.", "Persib menang 2-1 atas Demak.", True),
        ("Demak kalah 2-3 dari Persib.", "Demak kalah dari Persib, 3-2.", False),
        ("Pasar Demak tutup selama dua bulan.", "Pasar Demak tutup tiga bulan lebih cepat.", False),
    ],
)
def test_a_figure_differs_only_from_what_speaks_of_the_same(claim: str, evidence: str, differs: bool) -> None:
    assert any(agrees is False for _, agrees, _ in found(claim, evidence)) is differs


@pytest.mark.parametrize(
    ("claim", "evidence", "languages"),
    [
        (
            "The tunnel closed around 1932.",
            "Lubang itu dibuka pada 1898 dan ditutup sekitar 1932 karena rembesan.",
            "en id",
        ),
        ("Menteri memakai survei tahun 2021.", "The minister relied on a 2021 survey.", "id en"),
    ],
)
def test_a_year_is_a_year_however_it_is_put(claim: str, evidence: str, languages: str) -> None:
    assert found(claim, evidence, languages) == [("date", True, False)]


def test_a_day_may_be_counted_from_another() -> None:
    claim, evidence = (
        "The firm owned up on 28 August 2024.",
        "Firma itu mengaku sepuluh hari setelah peretasan pada 18 Agustus 2024.",
    )
    assert found(claim, evidence, "en id") == [("date", True, True)]


def test_a_number_in_a_name_counts_nothing() -> None:
    assert found("Kereta tambahan itu dari Daop 6.", "Kereta tambahan menuju Jakarta.") == []


def test_a_report_of_the_day_need_not_say_the_day() -> None:
    assert found("Banjir melanda Demak pada 13 Maret 2025.", "Banjir melanda Demak.") == [("date", True, False)]
    assert found("Banjir melanda Demak pada 13 Maret 2021.", "Banjir melanda Demak.") == [("date", None, False)]


def test_what_was_written_before_is_of_another_time() -> None:
    claim = read_text("Bank Indonesia memangkas proyeksi pertumbuhan pada Agustus 2026.", "id", anchor=None)
    for day, other in ((date(2026, 5, 21), True), (date(2026, 8, 20), False)):
        evidence = read_text("The bank left its growth forecast unchanged.", "en", anchor=day)
        assert other_time(claim, evidence) is other
