"""Measures verdicts: ``make bench-verify DATA=FOLDER`` writes docs/benchmarks-verification.md.

On the gold set written for this repository (`benchmarks/verification`) and on public sets that come with sources, beside what is
usually done: the similarity of sentences with a threshold, and the same model over whole passages. ``python -m
benchmarks.verification --part dev --show`` prints what is wrong on the part that rules may be written by.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from benchmarks.suite import GOLD, SPLITS
from bukti.api import load_verifier, thresholds_for
from bukti.claims.claim import Claim
from bukti.claims.documents import read_document
from bukti.claims.language import detect_language
from bukti.claims.segments import publication_day, segment, sentence_spans
from bukti.config import Config
from bukti.eval import judging
from bukti.eval.alignment import read_text
from bukti.eval.comparison import Comparison, compare
from bukti.eval.judging import outlets_of
from bukti.eval.measures import Value, measure
from bukti.eval.mutation import BY_NAME, mutate
from bukti.eval.pipeline import assess_claims
from bukti.eval.report import Assessment
from bukti.eval.results import CaseResult
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Pair, Probabilities, Verifier
from bukti.retrieval.embedder import Embedder, load_embedder
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import HybridRetriever, Query, Retriever, reranking_retriever
from bukti.retrieval.sources import Passage
from training.corpora import numbers_in, read_abstracts, read_rows
from training.thresholds import Remembering, claim_of

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
PAIRS = ("id-id", "en-en", "id-en", "en-id", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One labelled claim with the sources it is judged by."""

    id: str
    claim: Claim
    label: str
    published: date | None
    folder: Path
    evidence: tuple[tuple[str, str], ...]
    pair: str
    """Language of the claim and of what decides it (or comes nearest); ``both`` where sources of both languages do."""
    tags: tuple[str, ...]
    why: str


@cache
def language_of(path: Path) -> str:
    return detect_language(read_document(path, max_bytes=10**6).text)


def read_cases(part: str) -> list[Case]:
    cases = []
    for folder in sorted((GOLD / part).iterdir()):
        article = read_document(folder / "article.txt", max_bytes=10**6)
        for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            evidence = tuple((item["source"], item["quote"]) for item in row.get("evidence", []))
            languages = {language_of(folder / name) for name in ([name for name, _ in evidence] or [row["near"]])}
            cases.append(
                Case(
                    id=row["id"],
                    claim=claim_of(row["claim"], row["language"]),
                    label=row["label"],
                    published=publication_day(article, row["language"]),
                    folder=folder,
                    evidence=evidence,
                    pair=f"{row['language']}-{languages.pop()}" if len(languages) == 1 else "both",
                    tags=tuple(row["tags"]),
                    why=row["why"],
                )
            )
    return cases


class Bench:
    """An index of all sources of some cases, and what is asked of it; the same pair is judged once."""

    def __init__(self, cases: Sequence[Case], config: Config | None = None) -> None:
        self.cases = cases
        self.config = config or Config()
        self.embedder: Embedder = load_embedder(self.config.embedder)
        self.index = Index(Path(tempfile.mkdtemp()) / "index", embedder=self.embedder, create=True)
        self.index.add(sorted({case.folder / "sources" for case in cases}), max_bytes=10**6)
        self.verifier: Verifier = Remembering(load_verifier(self.config.verifier))
        self.thresholds: Thresholds = thresholds_for(load_verifier(self.config.verifier), self.config)
        self.retriever: Retriever = reranking_retriever(self.index, self.embedder)

    def outside(self, folder: Path) -> set[str]:
        """The sources that are another article's."""
        return {source.id for source in self.index.sources if folder.resolve() not in Path(source.location).parents}

    def assess(self, cases: Sequence[Case] | None = None, *, pooled: bool = False) -> list[Assessment]:
        """Assesses each case by its own article's sources, or by all of them."""
        cases = self.cases if cases is None else cases
        found: dict[str, Assessment] = {}
        for folder in sorted({case.folder for case in cases}):
            mine = [case for case in cases if case.folder == folder]
            answers = assess_claims(
                [case.claim for case in mine],
                retriever=self.retriever,
                verifier=self.verifier,
                thresholds=self.thresholds,
                sources=self.index.sources,
                k=self.config.k,
                exclude=() if pooled else self.outside(folder),
                published=mine[0].published,
                outlets=outlets_of(segment(read_document(folder / "article.txt", max_bytes=10**6))),
            )
            found.update(zip((case.id for case in mine), answers, strict=True))
        return [found[case.id] for case in cases]

    def found(self, case: Case, k: int | None = None, *, pooled: bool = False) -> list[Passage]:
        """The passages retrieved for a case."""
        query = Query(text=case.claim.text, language=case.claim.language)
        exclude = () if pooled else self.outside(case.folder)
        found = self.retriever.retrieve([query], k=k or self.config.k, exclude=exclude)[0]
        return [item.passage for item in found]

    def recall(self, k: int, *, pooled: bool = False) -> float:
        """The share of gold evidence rows whose quotation begins in one of the first `k` passages."""
        hits = []
        for case in self.cases:
            if not case.evidence:
                continue
            texts = [" ".join(passage.text.split()) for passage in self.found(case, k, pooled=pooled)]
            hits += [any(" ".join(quote.split())[:60] in text for text in texts) for _, quote in case.evidence]
        return float(np.mean(hits))


# What is measured --------------------------------------------------------------------------------------------------


MEASURED = ("macro_f1", "accuracy", "false_support", "recall_refuted")
"""What a row of a table shows."""


def measured(cases: Sequence[Case], answers: Sequence[str], names: Sequence[str] = MEASURED) -> dict[str, Value]:
    """Gives measures of verdicts without probabilities, with intervals over articles."""
    return measure([result_of(case, given) for case, given in zip(cases, answers, strict=True)], names)


def result_of(case: Case, verdict: str, probabilities: Probabilities | None = None) -> CaseResult:
    return CaseResult(
        case=case.id,
        text=case.claim.text,
        gold=case.label,  # type: ignore[arg-type]
        verdict=verdict,  # type: ignore[arg-type]
        probabilities=probabilities,
        language=case.claim.language,
        cluster=case.folder.name,
    )


def by_similarity(nearest: Sequence[float], threshold: float) -> list[str]:
    """Supported where a retrieved sentence is near enough, else not enough evidence."""
    return ["supported" if score >= threshold else "not_enough_evidence" for score in nearest]


def nearest_sentences(bench: Bench) -> list[float]:
    """The cosine of each claim with the nearest sentence that was retrieved for it."""
    nearest = []
    for case in bench.cases:
        sentences = [
            span.of(passage.text)
            for passage in bench.found(case)
            for span in sentence_spans(passage.text, passage.language)
        ]
        vectors = bench.embedder.embed([case.claim.text, *sentences])
        nearest.append(float((vectors[1:] @ vectors[0]).max()))
    return nearest


def by_passages(bench: Bench) -> list[str]:
    """The same model over whole passages, the likeliest answer of the most decided one."""
    answers = []
    for case in bench.cases:
        rows = bench.verifier.verify(
            [
                Pair(
                    premise=passage.text,
                    hypothesis=case.claim.text,
                    premise_language=passage.language,
                    hypothesis_language=case.claim.language,
                )
                for passage in bench.found(case)
            ]
        )
        best = max(rows, key=lambda row: max(row.supported, row.refuted))
        answers.append(max(("supported", "refuted", "not_enough_evidence"), key=lambda name: getattr(best, name)))
    return answers


@contextmanager
def without(bench: Bench, part: str) -> Iterator[None]:
    """Takes one part of the pipeline out."""
    retriever, verifier = bench.retriever, bench.verifier
    with ExitStack() as stack:
        if part == "reranker":
            bench.retriever = HybridRetriever(bench.index)
        elif part in ("dense ranking", "lexical ranking"):
            name = "rank_dense" if part == "dense ranking" else "rank_lexical"
            nothing: Callable[..., Any] = lambda queries, **_: [[] for _ in queries]  # noqa: E731
            stack.enter_context(patch.object(bench.index, name, nothing))
        elif part == "comparators":

            def bare(claim: Any, evidence: Any) -> Comparison:
                found = compare(claim, evidence)
                return replace(found, reasons=(), missing_figures=0, other_time=False)

            stack.enter_context(patch.object(judging, "compare", bare))
            stack.enter_context(patch.object(judging, "names_of", lambda _: []))
        elif part == "sentence windows":
            bench.verifier = Remembering(verifier, whole=True)
        elif part == "title and day":
            stack.enter_context(patch.object(judging, "headed", lambda texts, **_: " ".join(texts)))
        elif part == "two sentences together":
            stack.enter_context(patch.object(judging, "PAIRS", 0))
        elif part == "quotations":
            stack.enter_context(patch.object(judging, "check_quote", lambda *_: None))
        try:
            yield
        finally:
            bench.retriever, bench.verifier = retriever, verifier


PARTS = (
    "reranker",
    "dense ranking",
    "lexical ranking",
    "comparators",
    "sentence windows",
    "title and day",
    "two sentences together",
    "quotations",
)


def mutants(bench: Bench, answers: Sequence[Assessment]) -> dict[str, tuple[int, int, int]]:
    """For each operator: mutants of supported claims that were found supported; how many were caught, and how many refuted."""
    made: list[tuple[str, Case]] = []
    for case, answer in zip(bench.cases, answers, strict=True):
        if case.label == answer.verdict == "supported":
            for number, mutant in enumerate(mutate(case.claim.text, case.claim.language)):
                claim = claim_of(mutant.text, case.claim.language)
                made.append((mutant.operator, replace(case, id=f"{case.id}/{number}", claim=claim)))
    verdicts = [item.verdict for item in bench.assess([case for _, case in made])]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (operator, _), verdict in zip(made, verdicts, strict=True):
        found[operator][0] += 1
        found[operator][1] += verdict != "supported"
        found[operator][2] += verdict in ("refuted", "conflicting")
    return {name: (n, caught, refuted) for name, (n, caught, refuted) in sorted(found.items())}


def paraphrases(part: str) -> list[dict[str, Any]]:
    """A part's true claims in other words, each with its evidence; none where the part has none."""
    path = GOLD / "paraphrases" / part / "pairs.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def false_differences(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The true claims in other words at which the comparators alone find a difference."""
    day, wrong = date(2025, 4, 1), []
    for row in rows:
        claim = read_text(row["claim"], row["claim_language"], anchor=day)
        if compare(claim, read_text(row["evidence"], row["evidence_language"], anchor=day)).differs():
            wrong.append(row["id"])
    return wrong


def paraphrase_verdicts(rows: Sequence[dict[str, Any]], verifier: Verifier, thresholds: Thresholds) -> dict[str, float]:
    """The share of true claims in other words that their evidence supports and refutes, read as a source of its own."""
    answers = verifier.verify(
        [
            Pair(
                premise=row["evidence"],
                hypothesis=row["claim"],
                premise_language=row["evidence_language"],
                hypothesis_language=row["claim_language"],
            )
            for row in rows
        ]
    )
    return {
        "supported": float(np.mean([row.supported >= thresholds.support for row in answers])),
        "refuted": float(np.mean([row.refuted >= thresholds.refute_alone for row in answers])),
    }


def scifact(data: Path, folder: Path) -> dict[str, Any]:
    """SciFact's validation claims against all abstracts, end to end; a claim is judged by the whole collection."""
    abstracts = read_abstracts(data)
    sources = folder / "scifact"
    sources.mkdir(parents=True, exist_ok=True)
    for name, (title, sentences) in abstracts.items():
        (sources / f"{name}.txt").write_text(f"{title}\n\n{' '.join(sentences)}\n", encoding="utf-8")
    config = Config()
    embedder = load_embedder(config.embedder)
    index = Index(folder / "scifact-index", embedder=embedder, create=True)
    index.add([sources], max_bytes=10**6)
    gold: dict[str, set[str]] = defaultdict(set)
    cited: dict[str, set[str]] = defaultdict(set)
    names = {"SUPPORT": "supported", "CONTRADICT": "refuted"}
    for row in read_rows(data / "scifact/claims_validation.jsonl.gz"):
        gold[row["claim"]].add(names.get(row["evidence_label"], "not_enough_evidence"))
        cited[row["claim"]] |= {str(number) for number in numbers_in(row["cited_doc_ids"])}
    verifier = load_verifier(config.verifier)
    answers = assess_claims(
        [claim_of(text, "en") for text in gold],
        retriever=reranking_retriever(index, embedder),
        verifier=verifier,
        thresholds=thresholds_for(verifier, config),
        sources=index.sources,
        k=config.k,
    )
    labels = [
        "conflicting" if {"supported", "refuted"} <= each else next(iter(sorted(each - {"not_enough_evidence"})), "not_enough_evidence")
        for each in gold.values()
    ]  # fmt: skip
    verdicts = [str(item.verdict) for item in answers]
    paths = {source.id: Path(source.path).stem for source in index.sources}
    found = [
        bool({paths[item.source] for item in answer.evidence} & cited[text])
        for text, answer in zip(gold, answers, strict=True)
    ]
    return {
        "n": len(labels),
        "macro_f1": f1_score(labels, verdicts, average="macro", labels=sorted(set(labels)), zero_division=0),
        "majority": f1_score(
            labels,
            [Counter(labels).most_common(1)[0][0]] * len(labels),
            average="macro",
            labels=sorted(set(labels)),
            zero_division=0,
        ),
        "false_support": float(
            np.mean([given == "supported" for given, label in zip(verdicts, labels, strict=True) if label != "supported"])
        ),
        "cited_among_evidence": float(np.mean(found)),
    }  # fmt: skip


def wice(data: Path, folder: Path) -> dict[str, Any]:
    """WiCE's development claims, each against the page it cites."""
    rows = read_rows(data / "dev/wice_claim_dev.jsonl.gz")
    sources = folder / "wice"
    sources.mkdir(parents=True, exist_ok=True)
    pages: dict[str, str] = {}
    for row in rows:
        text = "\n".join(row["evidence"])
        if text not in pages:
            pages[text] = f"{len(pages)}.txt"
            (sources / pages[text]).write_text(text, encoding="utf-8")
    config = Config()
    embedder = load_embedder(config.embedder)
    index = Index(folder / "wice-index", embedder=embedder, create=True)
    index.add([sources], max_bytes=10**7)
    by_name = {Path(source.path).name: source.id for source in index.sources}
    everything = set(by_name.values())
    verifier = load_verifier(config.verifier)
    retriever = reranking_retriever(index, embedder)
    gold, given = [], []
    for row in rows:
        name = pages["\n".join(row["evidence"])]
        if name not in by_name:
            continue  # a copy of another page: kept once
        answer = assess_claims(
            [claim_of(row["claim"], "en")],
            retriever=retriever,
            verifier=verifier,
            thresholds=thresholds_for(verifier, config),
            sources=index.sources,
            k=config.k,
            exclude=everything - {by_name[name]},
        )[0]
        gold.append(row["label"] == "supported")
        given.append(answer.verdict == "supported")
    return {
        "n": len(gold),
        "balanced_accuracy": balanced_accuracy_score(gold, given),
        "false_support": float(np.mean([a for a, b in zip(given, gold, strict=True) if not b])),
    }


def show(cases: Sequence[Case], answers: Sequence[Assessment]) -> None:
    for case, item in zip(cases, answers, strict=True):
        if item.verdict == case.label:
            continue
        print(f"\n{case.id} [{case.pair}] gold {case.label}, given {item.verdict} {case.tags}")
        print("  claim:", case.claim.text)
        for name, quote in case.evidence:
            print(f"  gold:  {quote}  ({Path(name).name})")
        print("  why:  ", case.why)
        for evidence in item.evidence[:3]:
            notes = "; ".join(
                f"{reason.check}:{'=' if reason.agrees else '#'} {reason.claim[:30]} ~ {reason.evidence[:30]}"
                for reason in evidence.reasons
                if reason.check != "entailment"
            )
            print(f"  {evidence.stance} {evidence.score:.2f}: {evidence.text[:200]}  [{notes}]")


def row_of(name: str, cases: Sequence[Case], answers: Sequence[str]) -> str:
    found = measured(cases, answers)
    cells = [f"{value.value:.3f}" if value.value is not None else "-" for value in found.values()]
    return f"| {name} | {len(cases)} | " + " | ".join(cells) + " |"


HEAD = "| | claims | macro-F1 | accuracy | false support | refuted recall |\n|---|---|---|---|---|---|"


def report(part: str, bench: Bench, threshold: float) -> list[str]:
    """The tables of one part of the gold set."""
    cases = bench.cases
    answers = bench.assess()
    verdicts = [str(item.verdict) for item in answers]
    scored = [result_of(case, str(item.verdict), item.probabilities) for case, item in zip(cases, answers, strict=True)]
    told = measure(scored, ("macro_f1", "ece", "brier"))
    lines = [f"### {part}", "", HEAD]
    lines.append(
        row_of(f"bukti (macro-F1 95% [{told['macro_f1'].low:.3f}, {told['macro_f1'].high:.3f}])", cases, verdicts)
    )
    for pair in PAIRS:
        chosen = [number for number, case in enumerate(cases) if case.pair == pair]
        lines.append(row_of(pair, [cases[n] for n in chosen], [verdicts[n] for n in chosen]))
    nearest = by_similarity(nearest_sentences(bench), threshold)
    lines.append(row_of(f"similarity, from {threshold:.2f} on", cases, nearest))
    lines.append(row_of("the model alone, most decided passage", cases, by_passages(bench)))
    majority = Counter(case.label for case in cases).most_common(1)[0][0]
    lines.append(row_of(f"always {majority}", cases, [majority] * len(cases)))
    for name in PARTS:
        with without(bench, name):
            lines.append(row_of(f"without {name}", cases, [str(item.verdict) for item in bench.assess()]))
    lines += ["", "Rows: gold; columns: given, both in the order " + ", ".join(LABELS) + ".", "", "```"]
    lines += [str(confusion_matrix([case.label for case in cases], verdicts, labels=LABELS)), "```", ""]
    recall = ", ".join(f"@{k} {bench.recall(k):.3f}" for k in (1, 3, 5, 8, 12))
    pooled_recall = ", ".join(f"@{k} {bench.recall(k, pooled=True):.3f}" for k in (1, 3, 5, 8, 12))
    lines.append(
        f"Evidence recall within an article's sources: {recall}. Within all articles' sources: {pooled_recall}."
    )
    pooled = [str(item.verdict) for item in bench.assess(pooled=True)]
    turned = [
        f"{case.id} ({before} to {after})"
        for case, before, after in zip(cases, verdicts, pooled, strict=True)
        if before != after and after in ("supported", "refuted", "conflicting")
    ]
    lines.append(
        f"With all other articles' sources added, {len(turned)} of {len(cases)} verdicts turned into another decision"
        + (f": {', '.join(turned)}." if turned else ".")
    )
    lines.append(
        f"Calibration of `support`: error {told['ece'].value:.3f} (10 bins of equal mass), Brier score {told['brier'].value:.3f}."
    )
    lines += ["", "| operator | mutants | caught | refuted |", "|---|---|---|---|"]
    total = np.zeros(3, dtype=int)
    hard = np.zeros(3, dtype=int)
    for operator, row in mutants(bench, answers).items():
        total += row
        hard += np.array(row) * (operator in ("number", "unit", "date", *BY_NAME))
        lines.append(f"| {operator} | {row[0]} | {row[1] / row[0]:.3f} | {row[2] / row[0]:.3f} |")
    lines.append(
        f"| numbers, units, dates, names | {hard[0]} | {hard[1] / max(1, hard[0]):.3f} | {hard[2] / max(1, hard[0]):.3f} |"
    )
    lines.append(f"| all | {total[0]} | {total[1] / max(1, total[0]):.3f} | {total[2] / max(1, total[0]):.3f} |")
    if rows := paraphrases(part):
        which = false_differences(rows)
        alone = paraphrase_verdicts(rows, bench.verifier, bench.thresholds)
        lines += [
            "",
            f"Of {len(rows)} true claims in other words the comparators alone find a difference at {len(which)}"
            + (f" ({', '.join(which)})" if which else "")
            + f"; the verifier alone supports {alone['supported']:.3f} of them and refutes {alone['refuted']:.3f}.",
        ]
    lines.append("")
    return lines


def best_similarity(bench: Bench) -> float:
    """The threshold of similarity with the best macro-F1."""
    nearest = nearest_sentences(bench)
    grid = np.quantile(nearest, np.linspace(0.02, 0.98, 49))

    def score(at: float) -> float:
        return measured(bench.cases, by_similarity(nearest, at), ("macro_f1",))["macro_f1"].value or 0.0

    return float(max(grid, key=score))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=SPLITS)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent.parent / "docs" / "benchmarks-verification.md"
    )
    options = parser.parse_args()
    if options.part:
        bench = Bench(read_cases(options.part))
        answers = bench.assess()
        if options.show and options.part == "dev":
            show(bench.cases, answers)
        verdicts = [str(item.verdict) for item in answers]
        print(HEAD, row_of(options.part, bench.cases, verdicts), sep="\n")
        for pair in PAIRS:
            chosen = [number for number, case in enumerate(bench.cases) if case.pair == pair]
            print(row_of(pair, [bench.cases[n] for n in chosen], [verdicts[n] for n in chosen]))
        print(confusion_matrix([case.label for case in bench.cases], verdicts, labels=LABELS))
        return
    dev = Bench(read_cases("dev"))
    threshold = best_similarity(dev)
    lines = [(Path(__file__).parent / "verification.md.in").read_text(encoding="utf-8")]
    for part in SPLITS:
        lines += report(part, dev if part == "dev" else Bench(read_cases(part)), threshold)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.data:
        with tempfile.TemporaryDirectory() as folder:
            lines += ["### Public sets", ""]
            for name, run in (
                ("SciFact validation, all 5,183 abstracts", scifact),
                ("WiCE dev, each claim's page", wice),
            ):
                found = run(options.data, Path(folder))
                lines.append(
                    f"* {name}: "
                    + ", ".join(
                        f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}"
                        for key, value in found.items()
                    )
                )
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
