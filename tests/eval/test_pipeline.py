from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.claim import Claim
from bukti.claims.documents import read_text
from bukti.claims.errors import StageError
from bukti.claims.rules import RuleSplitter
from bukti.claims.segments import segment
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.pipeline import verify_article
from bukti.eval.report import Report
from bukti.eval.verifier import Pair, Probabilities, Verifier
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import HybridRetriever

ARTICLE = "Telegram didirikan oleh Pavel Durov pada 2013.\nApakah itu benar adanya?"


def run(
    tmp_path: Path,
    embedder: Any,
    *,
    article: str = ARTICLE,
    sources: Sequence[str],
    verifier: Any = None,
    splitter: Any = None,
) -> Report:
    (tmp_path / "sources").mkdir(exist_ok=True)
    for number, text in enumerate(sources):
        (tmp_path / "sources" / f"{number}.txt").write_text(text)
    index = Index(tmp_path / "index", embedder=embedder, create=True)
    index.add([tmp_path / "sources"], max_bytes=1_000_000)
    return verify_article(
        segment(read_text(article), language="id"),
        index=index,
        splitter=splitter or RuleSplitter(),
        retriever=HybridRetriever(index),
        verifier=verifier or LexicalVerifier(),
    )


class Answer:
    """A verifier that always gives one answer."""

    name = "always/1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer] * len(pairs)


def test_the_lexical_verifier_is_a_verifier() -> None:
    assert isinstance(LexicalVerifier(), Verifier)
    assert LexicalVerifier().verify([]) == []


def test_a_claim_is_supported_by_a_located_passage(tmp_path: Path, embedder: Any) -> None:
    text = "Catatan.\nTelegram was founded by Pavel Durov in 2013 in Russia."
    report = run(tmp_path, embedder, sources=[text])
    first, second = report.assessments
    assert (first.verdict, second.verdict) == ("supported", "not_checkable")
    evidence = first.evidence[0]
    assert (evidence.stance, evidence.span.of(text)) == ("supports", evidence.text)


def test_a_figure_that_differs_overrules_a_verifier_that_is_sure(tmp_path: Path, embedder: Any) -> None:
    sure = Answer(Probabilities.of(supported=1.0, refuted=0.0))
    report = run(tmp_path, embedder, sources=["Telegram didirikan oleh Pavel Durov pada 2014."], verifier=sure)
    refuted = report.assessments[0]
    assert (refuted.verdict, refuted.support, refuted.reasons[-1].check) == ("refuted", 0.0, "date")


def test_a_figure_that_the_evidence_does_not_give_is_never_support(tmp_path: Path, embedder: Any) -> None:
    sure = Answer(Probabilities.of(supported=1.0, refuted=0.0))
    report = run(tmp_path, embedder, sources=["Telegram didirikan oleh Pavel Durov di Rusia."], verifier=sure)
    assert report.assessments[0].verdict == "not_enough_evidence"


def test_a_verifier_refutes_alone_where_the_passage_speaks_of_the_same(tmp_path: Path, embedder: Any) -> None:
    sure = Answer(Probabilities.of(supported=0.0, refuted=0.9))
    sources = ["Bukan Pavel Durov yang mengelola Telegram pada 2013."]
    refuted = run(tmp_path, embedder, sources=sources, verifier=sure).assessments[0]
    assert (refuted.verdict, [reason.agrees for reason in refuted.reasons][-1]) == ("refuted", False)


class AboutReports:
    """A verifier that refutes whatever says that somebody said something, and what was said as it is told to."""

    name = "reports/1"

    def __init__(self, content: Probabilities) -> None:
        self.content = content

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        refuted = Probabilities.of(supported=0.05, refuted=0.9)
        return [refuted if "mengatakan" in pair.hypothesis else self.content for pair in pairs]


@pytest.mark.parametrize(
    ("content", "verdicts"),
    [
        (Probabilities.of(supported=0.9, refuted=0.05), ["not_enough_evidence", "supported"]),
        (Probabilities.of(supported=0.1, refuted=0.1), ["not_enough_evidence", "not_enough_evidence"]),
        (Probabilities.of(supported=0.05, refuted=0.9), ["refuted", "refuted"]),
    ],
)
def test_that_something_was_said_is_refuted_on_the_verifiers_word_only_with_what_was_said(
    content: Probabilities, verdicts: list[str], tmp_path: Path, embedder: Any
) -> None:
    report = run(
        tmp_path,
        embedder,
        article="Bupati mengatakan bahwa jembatan di Tegal itu selesai.",
        sources=["Bupati datang ke Tegal dan meninjau jembatan itu."],
        verifier=AboutReports(content),
    )
    assert [item.verdict for item in report.assessments] == verdicts


def test_what_speaks_of_something_else_refutes_nothing(tmp_path: Path, embedder: Any) -> None:
    sure = Answer(Probabilities.of(supported=0.0, refuted=1.0))
    report = run(tmp_path, embedder, sources=["Telegram adalah aplikasi perpesanan."], verifier=sure)
    assert report.assessments[0].verdict == "not_enough_evidence"


@pytest.mark.parametrize("answer", [RuntimeError("model gone\nmore"), TimeoutError("late")])
def test_a_verifier_that_fails_gives_an_error_and_no_score(answer: Exception, tmp_path: Path, embedder: Any) -> None:
    report = run(tmp_path, embedder, sources=["Telegram berdiri pada 2013."], verifier=Answer(answer))
    failed = report.assessments[0]
    assert (failed.verdict, failed.support, failed.error.cause if failed.error else "") == (
        "error",
        None,
        str(answer).split("\n")[0],
    )
    assert report.counts["error"] == 1
    assert report.strict_precision is None


def test_a_verifier_that_answers_too_few_pairs_is_an_error(tmp_path: Path, embedder: Any) -> None:
    class Short(Answer):
        def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
            return []

    report = run(tmp_path, embedder, sources=["Telegram berdiri pada 2013."], verifier=Short(None))
    assert report.assessments[0].verdict == "error"


def test_the_article_is_no_evidence_for_itself(tmp_path: Path, embedder: Any) -> None:
    lines = [
        f"Kota nomor {number} memiliki penduduk sebanyak {number} juta orang pada tahun 2020." for number in range(2, 9)
    ]
    article = "\n".join(lines)
    report = run(tmp_path, embedder, article=article, sources=[article, "Disalin: " + article + "\nTamat sudah."])
    assert [bool(source.excluded) for source in report.sources] == [True, True]
    assert report.counts["not_enough_evidence"] == len(lines)


def test_a_splitter_that_writes_its_own_text_is_refused(tmp_path: Path, embedder: Any) -> None:
    class Inventing(RuleSplitter):
        def split(self, articles: Any) -> list[list[Claim]]:
            from dataclasses import replace

            return [
                [replace(claim, text="Telegram is great") for claim in claims] for claims in super().split(articles)
            ]

    with pytest.raises(StageError, match="was not cut out of the article"):
        run(tmp_path, embedder, sources=["Telegram berdiri pada 2013."], splitter=Inventing())


def test_the_ledger_sums_and_no_checkable_claim_has_no_precision(tmp_path: Path, embedder: Any) -> None:
    data = run(tmp_path, embedder, article="Apakah itu benar adanya?", sources=["Telegram."]).to_dict()
    coverage = data["coverage"]
    assert (
        coverage["sentences"]
        == sum(coverage["by_role"].values())
        == sum(coverage["by_outcome"].values())
        == len(coverage["ledger"])
    )
    assert (data["summary"]["precision"], data["summary"]["strict_precision"]) == (None, None)
