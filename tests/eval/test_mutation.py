from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bukti.claims.article import Span
from bukti.claims.claim import Attribution
from bukti.eval.mutation import OPERATORS, Mutation, Operator, mutate


@pytest.mark.parametrize(
    ("operator", "language", "claim", "changes"),
    [
    ("number", "id", "Kebakaran itu menghanguskan 1.250 rumah.", [("1.250", "2.000")]),
    ("number", "id", "Anggaran pendidikan naik 12,5 persen.", [("12,5", "18,8")]),
    ("number", "id", "Sidang itu berlangsung enam jam.", [("enam", "sepuluh")]),
    ("number", "id", "Harga beras berkisar 12 sampai 14 persen di atas normal.", [("12 sampai 14", "20 sampai 23")]),
    ("number", "id", "Lebih dari 200 orang tewas.", [("Lebih dari 200", "Hanya 100")]),
    ("number", "id", "Perusahaan itu membayar denda Rp3,5 miliar.", [("3,5", "5,2")]),
    ("number", "en", "The fire destroyed 1,250 homes.", [("1,250", "2,500")]),
    ("number", "en", "The budget rose 12.5% last year.", [("12.5", "18.8")]),
    ("number", "en", "The hearing lasted six hours.", [("six", "twelve")]),
    ("number", "en", "The trip takes 6 to 7 hours.", [("6 to 7", "14 to 16")]),
    ("number", "en", "More than 200 people died.", [("More than 200", "Only 100")]),
    ("number", "en", "The company paid a fine of more than $3.5 million.", [("more than $3.5", "only $1.4")]),
    ("unit", "id", "Sidang itu berlangsung enam jam.", [("jam", "menit")]),
    ("unit", "id", "Perusahaan itu membayar denda Rp3,5 miliar.", [("Rp", "US$"), ("miliar", "juta")]),
    ("unit", "id", "Jalan tol itu panjangnya 62 kilometer.", [("kilometer", "meter")]),
    ("unit", "id", "Cadangan devisa mencapai 145,4 miliar dolar AS.", [("miliar", "juta"), ("dolar AS", "rupiah")]),
    ("unit", "id", "Polisi menyita 87 kilogram sabu.", [("kilogram", "ton")]),
    ("unit", "en", "The hearing lasted six hours.", [("hours", "minutes")]),
    ("unit", "en", "The company paid a fine of $3.5 million.", [("$", "Rp"), ("million", "billion")]),
    ("unit", "en", "The road is 62 kilometres long.", [("kilometres", "metres")]),
    ("unit", "en", "The deal is worth 2.2 billion euros.", [("billion", "million"), ("euros", "rupiah")]),
    ("unit", "en", "Police seized 87 kilograms of ivory.", [("kilograms", "tonnes")]),
    ("unit", "en", "Fitloop had revenue of $190m last year.", [("$", "Rp"), ("m", "bn")]),
    ("date", "id", "Pabrik itu didirikan pada 12 Maret 2014.", [("12", "26"), ("Maret", "Juni"), ("2014", "2008")]),
    ("date", "id", "Bank Lestari didirikan pada 1987.", [("1987", "1981")]),
    ("date", "id", "Rapat itu digelar di Balai Kota, Selasa (14/5).", [("14", "28")]),
    ("date", "id", "Ekspor turun tajam pada kuartal II 2023.", [("kuartal II", "kuartal IV"), ("2023", "2019")]),
    ("date", "id", "Suhartini mengajar sejak 2006.", [("2006", "2000")]),
    ("date", "en", "The bridge was opened on March 12, 2014.", [("12", "19"), ("March", "October"), ("2014", "2007")]),
    ("date", "en", "Nordkorn was founded in 1934.", [("1934", "1928")]),
    ("date", "en", "The Senate approved the budget on Tuesday.", [("Tuesday", "Saturday")]),
    ("date", "en", "Sales fell 4% in the first quarter of 2023.", [("first quarter", "third quarter"), ("2023", "2020")]),
    ("date", "en", "The wind farm has been on hold since 2017.", [("2017", "2011")]),
    ("date", "en", "She flew with the team in the 1970s.", [("1970s", "1940s")]),
    ("name", "id", "Djoko Suseno adalah pelatih Laskar Bahari.", [("Djoko Suseno", "Nur Sadewara")]),
    ("name", "id", "PT Nusa Pangan Tbk. didirikan di Karawang.", [("Nusa Pangan", "Tirta Kencanapura"), ("Karawang", "Marandika")]),
    ("name", "id", "Kabupaten Kerinci mencatat inflasi tertinggi.", [("Kerinci", "Marandika")]),
    ("name", "id", "Udang itu dikirim ke Jepang, dan Jepang mengembalikannya.", [("Jepang, dan Jepang", "Lembayung Asri, dan Lembayung Asri")]),
    ("name", "en", "Ann Lee is the chief executive.", [("Ann Lee", "Jordan Wexcombe")]),
    ("name", "en", "Kestrel Energy was founded in Hamburg.", [("Kestrel", "Pellingford"), ("Hamburg", "Brackenvale")]),
    ("name", "en", "The company has plants in Poland and sells most of its cars in Poland.", [("Poland and sells most of its cars in Poland", "Eastmarrow and sells most of its cars in Eastmarrow")]),
    ("negation", "id", "Pabrik itu sudah beroperasi.", [("sudah", "belum")]),
    ("negation", "id", "Ratna Sari tidak menghadiri rapat.", [("tidak menghadiri", "menghadiri")]),
    ("negation", "id", "Vaksin itu belum tersedia di Kupang.", [("belum tersedia", "sudah tersedia")]),
    ("negation", "id", "Gempa itu dipicu oleh sesar lokal.", [("dipicu", "tidak dipicu")]),
    ("negation", "id", "Hendra Wiraguna adalah direktur utama.", [("adalah", "bukan")]),
    ("negation", "id", "Pemerintah akan membangun gudang.", [("akan", "tidak akan")]),
    ("negation", "id", "Harga beras masih tinggi.", [("masih", "tidak lagi")]),
    ("negation", "en", "The fire destroyed 1,250 homes.", [("destroyed", "did not destroy")]),
    ("negation", "en", "The bridge was built in 1931.", [("was", "was not")]),
    ("negation", "en", "The dam did not collapse.", [("did not", "did")]),
    ("negation", "en", "The city has at least 14 markets.", [("has", "does not have")]),
    ("negation", "en", "The company has closed its factory.", [("has", "has not")]),
    ("negation", "en", "The district serves 14,600 students.", [("serves", "does not serve")]),
    ('negation', 'en', "The wall wasn't painted.", [("wasn't", 'was')]),
    ("antonym", "id", "Anggaran pendidikan naik 12,5 persen.", [("naik", "turun")]),
    ("antonym", "id", "Gubernur membuka pasar itu.", [("membuka", "menutup")]),
    ("antonym", "id", "Kabupaten Kerinci mencatat inflasi tertinggi.", [("tertinggi", "terendah")]),
    ("antonym", "id", "Pemerintah melarang ekspor bijih nikel.", [("melarang", "mengizinkan")]),
    ("antonym", "id", "Persekat Muda menang.", [("menang", "kalah")]),
    ("antonym", "id", "Warga melapor setelah harga naik tajam.", [("setelah", "sebelum"), ("naik", "turun")]),
    ("antonym", "en", "The budget rose 12.5% last year.", [("rose", "fell")]),
    ("antonym", "en", "The Senate approved the budget on Tuesday.", [("approved", "rejected")]),
    ("antonym", "en", "The mayor rejected the offer.", [("rejected", "accepted")]),
    ("antonym", "en", "The company closed its factory in Ohio.", [("closed", "opened")]),
    ("antonym", "en", "It was the hottest July on record.", [("hottest", "coldest")]),
    ("antonym", "en", "Rovers won the match.", [("won", "lost")]),
    ("antonym", "en", "The government failed to pay its debts.", [("failed to", "managed to")]),
    ("antonym", "en", "The bank closed after the audit.", [("after", "before")]),
    ("quantifier", "id", "Semua penumpang selamat.", [("Semua", "Hanya sebagian kecil")]),
    ("quantifier", "id", "Bantuan dibagikan kepada seluruh warga.", [("kepada seluruh", "hanya kepada sebagian kecil")]),
    ("quantifier", "id", "Sebagian besar penumpang adalah pelajar.", [("Sebagian besar", "Hanya sebagian kecil")]),
    ("quantifier", "id", "Setiap siswa menerima buku.", [("Setiap", "Hanya sebagian kecil")]),
    ("quantifier", "id", "Banyak warga bekerja di Malaysia.", [("Banyak", "Sedikit")]),
    ("quantifier", "en", "All the passengers survived.", [("All", "Few of")]),
    ("quantifier", "en", "Every student passed the test.", [("Every", "Almost no")]),
    ("quantifier", "en", "Most of the passengers were children.", [("Most of", "Few of")]),
    ("quantifier", "en", "Both companies denied the report.", [("Both", "Neither of the")]),
    ("quantifier", "en", "No deaths have been reported.", [("No", "Several")]),
    ("quantifier", "en", "Many of the residents are retirees.", [("Many of", "Few of")]),
    ("speaker", "id", "Stok beras, kata Eko Prasojo, cukup untuk lima bulan.", [("Eko Prasojo", "Nur Sadewara")]),
    ('speaker', 'en', '"The road is open," said Mayor Ann Lee.', [('Ann Lee', 'Jordan Wexcombe')]),
    ("speaker", "en", "Superintendent Maria Espinoza told the board that scores improved.", [("Maria Espinoza", "Alex Penhurle")]),
    ("ordinal", "id", "Dia adalah juara dunia untuk ketiga kalinya.", [("ketiga", "keenam")]),
    ("ordinal", "id", "Ia mencetak gol pada babak kedua.", [("kedua", "keempat")]),
    ("ordinal", "id", "Peringkat dunia Galih naik dari urutan ke-14.", [("14", "8")]),
    ("ordinal", "en", "She was the second woman to win the prize.", [("second", "fourth")]),
    ("ordinal", "en", "He finished in the 14th place.", [("14th", "7th")]),
    ("ordinal", "en", "The fine is the fourth largest ever imposed.", [("fourth", "sixth")]),
    ("comparison", "id", "Lebih dari 200 orang tewas.", [("Lebih dari", "Kurang dari")]),
    ("comparison", "id", "Inflasi Jambi lebih rendah daripada inflasi nasional.", [("rendah", "tinggi")]),
    ("comparison", "id", "Kota itu memiliki setidaknya 14 pasar.", [("setidaknya", "kurang dari")]),
    ("comparison", "id", "Ekspor itu melampaui 500 juta ton.", [("melampaui", "tidak mencapai")]),
    ("comparison", "en", "More than 200 people died.", [("More than", "Fewer than")]),
    ("comparison", "en", "The river is longer than the Rhine.", [("longer", "shorter")]),
    ("comparison", "en", "The city has at least 14 markets.", [("at least", "fewer than")]),
    ("comparison", "en", "The fine exceeded $3 million.", [("exceeded", "fell short of")]),
    ("comparison", "en", "The deal is worth less than €2 billion.", [("less than", "more than")]),
    ],
)  # fmt: skip
def test_an_operator_changes_what_cannot_be_true_with_the_claim(
    operator: Operator, language: str, claim: str, changes: list[tuple[str, str]]
) -> None:
    assert [(made.before, made.after) for made in mutate(claim, language) if made.operator == operator] == changes


@pytest.mark.parametrize(
    ("operators", "language", "claim"),
    [
        ("number unit date name antonym", "en", "The company did not pay $3 million on Tuesday."),
        ("number unit date name antonym", "id", "Perusahaan itu tidak membayar Rp3 miliar pada Selasa."),
        ("number date negation antonym", "en", "If prices fall 4%, the bank will cut rates in May."),
        ("number date negation antonym", "id", "Jika harga turun 4 persen, bank memangkas bunga pada Mei."),
        ("negation antonym date number", "en", "Some residents lost 4 cows in 2012."),
        ("negation antonym date", "id", "Sebagian warga menolak tawaran itu pada 2012."),
        ("number unit", "en", "She became director within eight years."),
        ("number unit", "id", "Gedung itu selesai dalam waktu delapan bulan."),
        ("number", "en", "The fine was at most 30 million."),
        ("date", "en", "The village was the hottest place since 2003."),
        ("date", "id", "Warga mengungsi hingga Rabu."),
        ("date", "en", "The firm was sold by Monday."),
        ("antonym", "en", "The storm was named after a saint."),
        ("antonym", "en", "She lost her brother."),
        ("ordinal", "en", "A third of the houses burned."),
        ("ordinal", "id", "Kedua tim bertemu."),
        ("quantifier", "en", "He works every day."),
        ("quantifier", "id", "Toko itu buka setiap hari."),
        ("comparison", "en", "The talks stretched over two days."),
        ("name", "en", "Shares in Tsukimi fell 20%."),
        ("name", "id", "Bank Semesta (BS) didirikan pada 1987."),
        ("number", "en", "The council voted 6-1 for the plan."),
        ("number unit", "en", "Boeing 737 jets fly to Rome."),
    ],
)  # fmt: skip
def test_what_might_still_be_true_or_is_no_sentence_is_not_made(operators: str, language: str, claim: str) -> None:
    assert [made for made in mutate(claim, language) if made.operator in operators.split()] == []


def test_a_mutant_says_what_was_changed_and_where() -> None:
    claim = "Nordkorn was founded in 1934."
    assert mutate(claim, "en")[0] == Mutation(
        operator="date", text="Nordkorn was founded in 1928.", span=Span(24, 28), before="1934", after="1928"
    )


def test_the_date_of_another_mention_is_never_taken() -> None:
    claim = "The bridge, built in 1934, was rebuilt in 1928."
    made = [other.after for seed in range(20) for other in mutate(claim, "en", seed=seed) if other.operator == "date"]
    assert made
    assert not {"1934", "1928"} & set(made)


def test_an_attribution_that_is_given_says_who_speaks() -> None:
    claim = "Mayor Ann Lee promised a bridge."
    attribution = Attribution(speaker="Mayor Ann Lee", cue="promised", span=Span(0, 22))
    operators = {made.operator for made in mutate(claim, "en", attribution=attribution)}
    assert "speaker" in operators
    assert "name" not in operators


def test_a_speaker_outside_the_claim_is_not_changed() -> None:
    attribution = Attribution(speaker="Ann Lee", cue="said", span=Span(0, 12))
    made = mutate("The bridge was built in 1931.", "en", attribution=attribution)
    assert "speaker" not in {other.operator for other in made}


def test_another_seed_gives_other_mutants_in_the_same_places() -> None:
    claim = "Kestrel Energy was founded in Hamburg in 1934."
    places = [{(made.operator, made.span) for made in mutate(claim, "en", seed=seed)} for seed in range(5)]
    assert all(other == places[0] for other in places)
    assert len({made.text for seed in range(5) for made in mutate(claim, "en", seed=seed)}) > len(places[0])


def test_other_languages_have_no_mutants() -> None:
    assert mutate("La dette a augmenté de 12 millions en 2014.", "fr") == ()


PIECES = st.sampled_from(
    """The the Ann Lee PT Nusa Tbk. said kata tidak not belum adalah is was 12 3,5 1.250 1,250 14/5 2014 $3 Rp3 miliar million jam hours percent persen
    lebih dari more than Maret March Selasa Tuesday pertama third ke-14 14th semua all setiap every naik rose menang won , . " ( ) - ſ K İ ² ٣ 💧""".split()
)


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join)), st.sampled_from(["id", "en"]))
def test_any_text_gives_exact_spans_different_mutants_and_the_same_again(text: str, language: str) -> None:
    made = mutate(text, language)
    assert made == mutate(text, language)
    assert len({other.text for other in made} | {text}) == len(made) + 1
    assert [OPERATORS.index(other.operator) for other in made] == sorted(OPERATORS.index(o.operator) for o in made)
    for other in made:
        assert other.span.of(text) == other.before
        assert text[: other.span.start] + other.after + text[other.span.end :] == other.text
