from __future__ import annotations

from datetime import date

import pytest

from bukti.eval.alignment import read_text
from bukti.eval.comparison import compare

PUBLISHED = date(2021, 10, 6)


@pytest.mark.parametrize(
    ("claim", "evidence", "languages", "found"),
    [
        ("Telegram melewati 5 miliar pengguna.", "Telegram melewati 500 juta pengguna.", "id id", [("quantity", False)]),
        ("Telegram melewati 500 juta pengguna.", "Telegram passed 500 million users.", "id en", [("quantity", True)]),
        ("Facebook membeli WhatsApp pada 2016.", "Facebook membeli WhatsApp pada 2014.", "id id", [("date", False)]),
        ("Facebook bought WhatsApp after 2012.", "Facebook bought WhatsApp in 2014.", "en en", [("date", True)]),
        ("Facebook membeli WhatsApp pada 2016.", "Facebook membeli Instagram pada 2012.", "id id", []),
        ("Telegram didirikan oleh Mark Zuckerberg.", "Telegram was founded by Pavel Durov.", "id en", [("name", False)]),
        ("Telegram didirikan oleh Pavel Durov.", "Telegram was founded by the brothers Pavel and Nikolai Durov.", "id en", [("name", True)]),
        ("Telegram didirikan oleh Pavel Durov.", "Facebook was founded by Mark Zuckerberg.", "id en", []),
        ("Gangguan disebabkan oleh serangan siber.", "Gangguan itu bukan disebabkan oleh serangan siber.", "id id", [("negation", False)]),
        ("The outage was caused by an attack.", "The outage was not caused by an attack.", "en en", [("negation", False)]),
        ("The outage was not caused by an attack.", "The outage was caused by an attack.", "en en", [("negation", False)]),
        ("The outage was not caused by an attack.", "The outage was never caused by an attack.", "en en", [("negation", True)]),
        ("The outage hit users.", "The outage hit not only users.", "en en", []),
        ("Ann Lee met Sue Ray in the women's singles final.", "Ann Lee denied Sue Ray in the women's singles final.", "en en", []),
        ("The mayor took the bribes.", "The mayor denied that he took the bribes.", "en en", [("negation", False)]),
        ("Engineers have not yet tested the pump.", "Para insinyur belum menguji pompa itu.", "en id", []),
        ("Engineers tested the pump.", "Para insinyur belum menguji pompa itu.", "en id", [("negation", False)]),
        ("Gempa itu tidak berpotensi tsunami.", "Gempa Guncang Laut Banda, Tidak Berpotensi Tsunami", "id id", [("negation", True)]),
        ("Gempa itu berpotensi tsunami.", "Gempa Guncang Laut Banda, Tidak Berpotensi Tsunami", "id id", [("negation", False)]),
        ("Keluarga tidak perlu mengganti sertifikat.", "Families need not replace certificates.", "id en", []),
        ("Chile belum mengumumkan langkah itu.", "Chile has announced no such step.", "id en", []),
        ("Keluarga itu tidak menerima hasil lelang.", "The family will receive nothing from the auction.", "id en", []),
        ("Gangguan itu berlangsung enam jam.", "Gangguan pada Maret 2019 itu berlangsung 14 jam.", "id id", []),
    ],
)  # fmt: skip
def test_a_difference_counts_only_where_both_speak_of_the_same(
    claim: str, evidence: str, languages: str, found: list[tuple[str, bool]]
) -> None:
    own, other = languages.split()
    answer = compare(read_text(claim, own, anchor=PUBLISHED), read_text(evidence, other))
    assert [(reason.check, reason.agrees) for reason in answer.reasons] == found


def test_reasons_quote_both_sides() -> None:
    answer = compare(
        read_text("Gangguan berlangsung enam jam.", "id"), read_text("Gangguan itu berlangsung tujuh jam.", "id")
    )
    assert [(reason.claim, reason.evidence) for reason in answer.reasons] == [("enam jam", "tujuh jam")]


def test_texts_without_words_have_no_coverage() -> None:
    assert compare(read_text("", "id"), read_text("", "en")).alignment.coverage == 0.0


def test_what_only_the_title_shares_with_a_claim_denies_nothing_of_it() -> None:
    claim = read_text("Gempa dipicu deformasi batuan dalam lempeng Laut Banda.", "id")
    evidence = read_text(
        "Belum ada gempa susulan yang terekam.", "id", context="Gempa di Laut Banda: Deformasi Batuan Lempeng"
    )
    assert not compare(claim, evidence).differs("negation")


def test_the_figure_that_differs_is_none_that_answers_another() -> None:
    claim = read_text("Pusat gempa berjarak 113 kilometer dari Tual dengan kedalaman 68 kilometer.", "id")
    evidence = read_text("Pusat gempa berjarak 113 km dari Tual dengan kedalaman 86 km.", "id")
    differing = [reason for reason in compare(claim, evidence).reasons if not reason.agrees]
    assert [(reason.claim_span.of(claim.text), reason.evidence_span.of(evidence.text)) for reason in differing] == [
        ("68 kilometer", "86 km")
    ]
