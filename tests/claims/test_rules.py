from __future__ import annotations

from pathlib import Path

import pytest

from bukti.claims.claim import Splitter
from bukti.claims.documents import read_document, read_text
from bukti.claims.rules import RuleSplitter
from bukti.claims.segments import segment


def split(text: str, language: str) -> list[tuple[str, str | None]]:
    article = segment(read_text(text), language=language)
    claims = RuleSplitter().split([article])[0]
    return [(claim.text, claim.attribution.speaker if claim.attribution else None) for claim in claims]


def test_the_rules_are_a_splitter() -> None:
    assert isinstance(RuleSplitter(), Splitter)


@pytest.mark.parametrize(
    ("text", "language", "claims"),
    [
        ("Facebook mengatakan, gangguan terjadi karena perubahan konfigurasi.", "id", [("gangguan terjadi karena perubahan konfigurasi.", "Facebook")]),
        ("Melihat itu, Rusia mengatakan bahwa langkahnya sudah dimulai sejak lama.", "id", [("langkahnya sudah dimulai sejak lama.", "Rusia")]),
        ('"Kami menyambut 70 juta pengguna," tulis Durov, dikutip dari Reuters.', "id", [("Kami menyambut 70 juta pengguna", "Durov")]),
        ("Menurut polisi, tiga orang terluka dalam kejadian itu.", "id", [("tiga orang terluka dalam kejadian itu.", "polisi")]),
        ("Jumlah korban terus bertambah, kata polisi.", "id", [("Jumlah korban terus bertambah", "polisi")]),
        ("The company said that the outage lasted six hours.", "en", [("the outage lasted six hours.", "The company")]),
        ("According to police, three people were hurt.", "en", [("three people were hurt.", "police")]),
        ("Three people were hurt, police said on Monday.", "en", [("Three people were hurt", "police")]),
        ('"We are sorry for this," said Jane Doe.', "en", [("We are sorry for this", "Jane Doe")]),
        ("Facebook membantah bahwa data pengguna bocor.", "id", [("Facebook membantah bahwa data pengguna bocor.", None)]),
        ("Toko itu tutup pada hari Senin; kantor pos buka sampai sore.", "id", [("Toko itu tutup pada hari Senin", None), ("kantor pos buka sampai sore.", None)]),
        ("Sales rose by two percent, while profits fell by half.", "en", [("Sales rose by two percent", None), ("profits fell by half.", None)]),
    ],
)  # fmt: skip
def test_a_sentence_gives_its_claims_with_their_speakers(
    text: str, language: str, claims: list[tuple[str, str | None]]
) -> None:
    assert split(text, language) == claims


def test_commas_within_a_name_do_not_end_the_speaker() -> None:
    text = "Menurut Badan Meteorologi, Klimatologi, dan Geofisika, gempa itu berpusat di darat."
    assert split(text, "id") == [("gempa itu berpusat di darat.", "Badan Meteorologi, Klimatologi, dan Geofisika")]


def test_an_opening_phrase_is_no_part_of_the_speaker() -> None:
    text = "Sementara itu, Kepala Badan Contoh Budi Teladan mengatakan bahwa 2.272 rumah rusak."
    assert split(text, "id") == [
        ("Kepala Badan Contoh Budi Teladan", None),
        ("2.272 rumah rusak.", "Kepala Badan Contoh Budi Teladan"),
    ]


def test_who_a_speaker_is_is_a_claim_of_its_own() -> None:
    text = '"Kami menyambut 70 juta pengguna," tulis Pavel Durov, pendiri Telegram, di kanalnya.'
    assert split(text, "id") == [
        ("Kami menyambut 70 juta pengguna", "Pavel Durov, pendiri Telegram"),
        ("Pavel Durov, pendiri Telegram", None),
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Apakah layanan itu akan pulih?", "id"),
        ("Sebaiknya semua orang bersiap sejak dini.", "id"),
        ("I think that they are right.", "en"),
    ],
)
def test_questions_and_opinions_are_not_checkable(text: str, language: str) -> None:
    article = segment(read_text(text), language=language)
    assert [(claim.checkable, claim.check_worthy) for claim in RuleSplitter().split([article])[0]] == [(False, 0.0)]


def check_contract(path: Path) -> None:
    article = segment(read_document(path))
    claims = RuleSplitter().split([article])[0]
    roles = {sentence.span: sentence for sentence in article.sentences}
    assert claims
    assert len({claim.id for claim in claims}) == len(claims)
    for claim in claims:
        sentence = roles[claim.sentence_span]
        assert claim.text == claim.span.of(article.text)
        assert claim.sentence_span.covers(claim.span)
        assert sentence.role in ("body", "quote")
        assert sentence.repeat_of is None
        for mention in (*claim.quantities, *claim.dates):
            assert claim.span.covers(mention.span)
    assert len({claim.text for claim in claims}) == len(claims)


def test_claims_of_the_example_are_cut_out_of_sentences_that_state(example: Path) -> None:
    check_contract(example / "article.txt")


def test_a_real_news_page_gives_no_claim_from_captions_links_bylines_or_repeats(seed_article: Path) -> None:
    check_contract(seed_article)
