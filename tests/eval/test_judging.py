from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from bukti.claims.article import Span
from bukti.claims.claim import Claim
from bukti.claims.documents import read_text
from bukti.claims.segments import segment
from bukti.eval.judging import Setting, judge, outlets_of
from bukti.eval.verdict import Merged, Thresholds
from bukti.eval.verifier import Pair, Probabilities
from bukti.retrieval.retriever import Evidence
from bukti.retrieval.sources import Passage, Source
from bukti.retrieval.terms import beginnings


def claim_of(text: str, language: str = "id") -> Claim:
    return Claim(
        text=text, span=Span(0, len(text)), sentence_span=Span(0, len(text)), language=language, check_worthy=1.0
    )


class Says:
    """A verifier that answers by a rule."""

    name = "says/1"
    reads_passages = False

    def __init__(self, rule: Callable[[str], float]) -> None:
        self.rule = rule
        self.premises: list[str] = []

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        self.premises += [pair.premise for pair in pairs]
        scores = [self.rule(pair.premise) for pair in pairs]
        return [Probabilities.of(supported=max(score, 0.0), refuted=max(-score, 0.0)) for score in scores]


def judged(
    claim: str,
    texts: Sequence[str],
    rule: Callable[[str], float],
    *,
    days: Sequence[date | None] = (),
    outlets: Sequence[str] = (),
) -> Merged:
    sources = {
        f"s-{number}": Source(
            id=f"s-{number}", title=f"Judul {number}", path=f"{number}.txt", location=f"/{number}.txt", sha256="", language="id",
            published=days[number] if days else None,
        )
        for number in range(len(texts))
    }  # fmt: skip
    found = [
        Evidence(
            passage=Passage(
                id=f"p-{number}", source_id=f"s-{number}", span=Span(0, len(text)), text=text, language="id"
            ),
            score=1.0,
        )
        for number, text in enumerate(texts)
    ]
    verifier = Says(rule)
    setting = Setting(verifier=verifier, thresholds=Thresholds(), sources=sources, outlets=outlets)
    return judge(claim_of(claim), found, setting)


def test_a_sentence_is_read_under_its_sources_title_and_day() -> None:
    verifier = Says(lambda premise: 0.0)
    text = "Hujan turun. Ia pergi."
    source = Source(
        id="s", title="Banjir di Demak", path="a.txt", location="/a.txt", sha256="", language="id",
        published=date(2025, 3, 14),
    )  # fmt: skip
    passage = Passage(id="p", source_id="s", span=Span(0, len(text)), text=text, language="id")
    setting = Setting(verifier=verifier, thresholds=Thresholds(), sources={"s": source})
    judge(claim_of("Hujan turun, lalu ia pergi."), [Evidence(passage=passage, score=1.0)], setting)
    assert verifier.premises[:3] == [
        "Banjir di Demak (14 Maret 2025). Hujan turun.",
        "Banjir di Demak (14 Maret 2025). Ia pergi.",
        "Banjir di Demak (14 Maret 2025). Hujan turun. Ia pergi.",
    ]


@pytest.mark.parametrize(
    ("claim", "language", "whole", "asked"),
    [
        ("Banjir besar merendam Demak.", "id", False, 2),
        ("Heavy floods hit Demak.", "en", False, 2),
        ("La crecida llegó hasta el pueblo.", "es", False, 3),
        ("Gempa kuat mengguncang kota.", "id", True, 1),
        ("Gempa kuat mengguncang kota.", "id", False, 0),
        ("Tidak ada korban jiwa.", "id", False, 3),
    ],
    ids=["its word", "a translation", "a language without translations", "whole passages", "no word", "few words"],
)
def test_a_window_without_a_word_of_the_claim_is_not_put_to_the_verifier(
    claim: str, language: str, whole: bool, asked: int
) -> None:
    text = "Rapat dibuka pagi ini. Demak terendam banjir."
    verifier = Says(lambda premise: 0.9)
    verifier.reads_passages = whole
    passage = Passage(id="p", source_id="s", span=Span(0, len(text)), text=text, language="id")
    found = [Evidence(passage=passage, score=1.0)]
    merged = judge(claim_of(claim, language), found, Setting(verifier=verifier, thresholds=Thresholds()))
    assert len(verifier.premises) == asked
    assert merged.verdict == ("supported" if asked else "not_enough_evidence")


def test_a_claim_put_together_from_two_sources_is_supported_by_both() -> None:
    texts = ["Kapal berangkat dari Ternate pada malam hari.", "Kapal itu tenggelam di dekat Makian."]
    merged = judged(
        "Kapal yang berangkat dari Ternate tenggelam di dekat Makian.",
        texts,
        lambda premise: 0.9 if "Ternate" in premise and "Makian" in premise else 0.1,
    )
    assert merged.verdict == "supported"
    assert {item.source for item in merged.evidence if item.stance == "supports"} == {"s-0", "s-1"}


@pytest.mark.parametrize(("days", "verdict"), [((7, 8), "supported"), ((8, 7), "refuted"), ((8, 8), "conflicting")])
def test_a_later_count_supersedes_an_earlier_one(days: tuple[int, int], verdict: str) -> None:
    texts = ["Korban tewas menjadi 17 orang di Halmahera.", "Korban tewas menjadi 26 orang di Halmahera."]
    merged = judged(
        "Korban tewas menjadi 26 orang di Halmahera.",
        texts,
        lambda premise: 0.9 if "26" in premise else -0.9,
        days=[date(2025, 2, day) for day in days],
    )
    assert merged.verdict == verdict
    assert any(reason.check == "superseded" for reason in merged.reasons) == (verdict != "conflicting")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("Tim menghitung 39 orang berada di kapal Sinar Jaya.", "refuted"),
        (
            "Sebanyak 171 orang berada di kapal Sinar Jaya. Tim menghitung 39 orang berada di kapal lain.",
            "not_enough_evidence",
        ),
        ("Sebanyak 171 orang menonton di dermaga. Tim menghitung 39 orang berada di kapal Sinar Jaya.", "refuted"),
    ],
)
def test_another_figure_refutes_nothing_beside_the_claims_own(source: str, verdict: str) -> None:
    assert judged("Sebanyak 171 orang berada di kapal Sinar Jaya.", [source], lambda premise: 0.0).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "source", "verdict"),
    [
        ("Kami mengirim mobil ke Batang.", "Dinas Kebakaran mengirim mobil ke Batang.", "not_enough_evidence"),
        ("Kami mengirim mobil ke Batang.", "Kami mengirim mobil rusak ke Batang.", "refuted"),
        ("Dinas itu mengirim mobil ke Batang.", "Dinas Kebakaran mengirim mobil ke Batang.", "refuted"),
        ("We sent trucks to Batang.", "The fire service sent trucks to Batang.", "not_enough_evidence"),
        ("She sent trucks to Batang.", "Ann Lee sent trucks to Batang.", "not_enough_evidence"),
        ("I Made Sana sent trucks to Batang.", "I Made Sana sent old trucks to Batang.", "refuted"),
    ],
)
def test_a_verifier_alone_refutes_nothing_of_somebody_unnamed_by_what_names_others(
    claim: str, source: str, verdict: str
) -> None:
    assert judged(claim, [source], lambda premise: -0.9).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "source", "verdict"),
    [
        ("Menara Batang dibuka kembali pada Selasa, 2 Mei 2023, setelah perbaikan.", "Menara Batang dibuka kembali pada 2 Mei 2023 setelah perbaikan.",
         "not_enough_evidence"),
        ("Menara Batang dibuka kembali sebelum perbaikan.", "Menara Batang dibuka kembali setelah perbaikan.", "refuted"),
        ("Menara Batang dibuka untuk umum.", "Menara Batang batal dibuka untuk umum.", "refuted"),
        ("Rina Sari mengalahkan Ann Lee.", "Ann Lee mengalahkan Rina Sari.", "refuted"),
        ("Rina Sari adalah bupati.", "Bupati Batang Rina Sari membuka menara.", "not_enough_evidence"),
        ("Rina Sari adalah bupati.", "Wakil bupati Rina Sari membuka menara.", "refuted"),
    ],
)  # fmt: skip
def test_a_verifier_alone_refutes_nothing_by_a_sentence_that_says_it(claim: str, source: str, verdict: str) -> None:
    assert judged(claim, [source], lambda premise: -0.9).verdict == verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("Menara di Batang itu berdiri selama 24 bulan.", "not_enough_evidence"),
        ("Menara di Batang itu berdiri selama 2,1 tahun.", "not_enough_evidence"),
        ("Menara di Batang itu berdiri tegak selama dua tahun.", "refuted"),
    ],
)
def test_a_verifier_that_cannot_reckon_refutes_nothing_by_another_unit(source: str, verdict: str) -> None:
    claim = "Menara di Batang itu berdiri selama sekitar dua tahun."
    assert judged(claim, [source], lambda premise: -0.9).verdict == verdict


def test_copies_are_one_voice() -> None:
    text = "Bupati menyatakan jalan itu rampung pada bulan ini juga."
    merged = judged("Jalan itu rampung.", [text, text + " (ant)"], lambda premise: 0.9)
    assert sum(item.stance == "supports" for item in merged.evidence) == 2
    assert len(merged.reasons) == 1


def test_the_order_of_passages_changes_nothing() -> None:
    texts = ["Harga naik di Demak.", "Harga tidak naik di Demak.", "Harga beras di Demak naik pekan ini."]
    rule = lambda premise: -0.8 if "tidak" in premise else 0.8  # noqa: E731
    verdicts = set()
    for order in itertools.permutations(texts):
        merged = judged("Harga naik di Demak.", order, rule)
        verdicts.add((merged.verdict, merged.probabilities))
    assert len(verdicts) == 1


def test_what_only_cites_the_article_is_no_evidence() -> None:
    article = segment(
        read_text(
            "Retakan dilaporkan\nDEMAK, 1 Mei 2025 - Warga resah. Kepada Kabar Serayu, warga mengaku sudah melapor."
        ),
        language="id",
    )
    outlets = outlets_of(article)
    assert outlets == ("Kabar Serayu",)
    citing = "Menurut laporan Kabar Serayu, warga mengaku sudah melapor."
    always = lambda premise: 0.9  # noqa: E731
    assert judged("Warga sudah melapor.", [citing], always, outlets=outlets).verdict == "not_enough_evidence"
    assert judged("Warga sudah melapor.", [citing], always).verdict == "supported"


@pytest.mark.parametrize(("speaker", "verdict"), [("Harsa Wicaksana", "supported"), ("Maharani Sudiro", "refuted")])
def test_a_quotation_is_judged_by_whose_words_it_is(speaker: str, verdict: str) -> None:
    text = f'"Kenaikan ini kami tempuh agar rupiah tetap stabil," kata {speaker}.'
    claim = 'Gubernur Harsa Wicaksana mengatakan, "Kenaikan ini kami tempuh agar rupiah tetap stabil."'
    merged = judged(claim, [text], lambda premise: 0.0)
    assert merged.verdict == verdict
    assert merged.reasons[0].check == "quote"


def test_no_source_that_gives_the_words_to_another_supports_by_a_slip_of_the_verifier() -> None:
    words = '"Kenaikan ini kami tempuh agar rupiah tetap stabil,"'
    texts = [
        f"{words} kata Maharani Sudiro.",
        f"Di Jakarta pasar tenang. {words} ujar Maharani Sudiro kepada wartawan.",
    ]
    merged = judged(
        f"Gubernur Harsa Wicaksana mengatakan, {words[:-2]}.”".replace('"', "“"), texts, lambda premise: 0.9
    )
    assert merged.verdict == "refuted"


@pytest.mark.parametrize(("place", "verdict"), [("Gresik", "supported"), ("Medan", "not_enough_evidence")])
def test_a_name_that_its_source_has_nowhere_is_not_supported(place: str, verdict: str) -> None:
    text = "Puspa Laut memenangkan tender. Garam itu dikirim ke Medan."
    passage = Passage(id="p", source_id="s", span=Span(0, len(text)), text=text, language="id")
    found = [Evidence(passage=passage, score=1.0, words=beginnings(text.replace("Medan", place)))]
    setting = Setting(verifier=Says(lambda premise: 0.9), thresholds=Thresholds())
    assert judge(claim_of("Garam Puspa Laut dikirim ke pabrik di Gresik."), found, setting).verdict == verdict


def test_a_source_on_something_else_decides_nothing_and_is_not_put_to_the_verifier() -> None:
    claim = "Semua jenazah korban longsor di Sidarata sudah dikenali."
    texts = ["Longsor di Kalirata: semua jenazah korban sudah dikenali.", "Di Sidarata semua jenazah sudah dikenali."]
    asked = Says(lambda premise: 0.9)
    found = [
        Evidence(
            passage=Passage(id=f"p-{at}", source_id=f"s-{at}", span=Span(0, len(text)), text=text, language="id"),
            score=1.0,
            words=beginnings(text),
        )
        for at, text in enumerate(texts)
    ]
    merged = judge(claim_of(claim), found, Setting(verifier=asked, thresholds=Thresholds()))
    assert [(item.source, item.stance) for item in merged.evidence] == [("s-1", "supports"), ("s-0", "neutral")]
    assert not any("Kalirata" in premise for premise in asked.premises)
    assert judge(claim_of(claim), found[:1], Setting(verifier=asked, thresholds=Thresholds())).verdict == (
        "not_enough_evidence"
    )


def test_reasons_say_where_in_the_source_they_stand() -> None:
    text = "Catatan lain. Korban tewas menjadi 17 orang di Halmahera."
    merged = judged("Korban tewas menjadi 26 orang di Halmahera.", [text], lambda premise: 0.0)
    reason = merged.reasons[0]
    assert (reason.check, merged.verdict) == ("quantity", "refuted")
    assert reason.evidence_span is not None
    assert reason.evidence_span.of(text) == reason.evidence == "17 orang"


class Unsure:
    """A verifier that gives every pair the same."""

    name = "unsure"

    def __init__(self, supported: float, *, whole: bool = False) -> None:
        self.supported, self.reads_passages = supported, whole

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        return [Probabilities.of(supported=self.supported, refuted=0.7) for _ in pairs]


@pytest.mark.parametrize(
    ("year", "verifier", "verdict"),
    [
        (2021, Unsure(0.2), "supported"),
        (2020, Unsure(0.2), "not_enough_evidence"),
        (2021, Unsure(0.05), "refuted"),
        (2021, Unsure(0.2, whole=True), "refuted"),
    ],
    ids=["its own words", "another year", "a verifier that is sure", "a judge that reads the whole passage"],
)
def test_a_claim_in_a_sources_own_words_is_supported_by_it(year: int, verifier: Unsure, verdict: str) -> None:
    text = f"PT Sinar Logam membuka pabrik baru di Tegal pada 4 Oktober {year}."
    passage = Passage(id="p", source_id="s", span=Span(0, len(text)), text=text, language="id")
    claim = claim_of("PT Sinar Logam membuka pabrik di Tegal pada Oktober 2021.")
    setting = Setting(verifier=verifier, thresholds=Thresholds())
    assert judge(claim, [Evidence(passage=passage, score=1.0)], setting).verdict == verdict
