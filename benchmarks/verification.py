"""Measures verdicts on the gold set written for this repository: ``make bench-verify DATA=FOLDER``.

``python -m benchmarks.verification --part dev --show`` prints what is wrong on the part that rules may be written by.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score

from bukti.api import load_verifier, thresholds_for
from bukti.claims.article import Span
from bukti.claims.claim import Claim
from bukti.claims.documents import read_document
from bukti.claims.segments import publication_day, segment
from bukti.config import Config
from bukti.eval.judging import outlets_of
from bukti.eval.pipeline import assess_claims
from bukti.eval.report import Assessment
from bukti.retrieval.embedder import load_embedder
from bukti.retrieval.index import Index
from bukti.retrieval.reranker import SentenceReranker
from bukti.retrieval.retriever import HybridRetriever

GOLD = Path(__file__).parent / "verification" / "gold"
LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")


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
    tags: tuple[str, ...]
    row: dict[str, Any]


def read_cases(part: str) -> list[Case]:
    cases = []
    for folder in sorted((GOLD / part).iterdir()):
        article = read_document(folder / "article.txt", max_bytes=10**6)
        for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            evidence = tuple((item["source"], item["quote"]) for item in row.get("evidence", []))
            near = [name for name, _ in evidence] or [row["near"]]
            languages = {_language(folder / name) for name in near}
            pair = f"{row['language']}-{languages.pop()}" if len(languages) == 1 else "both"
            claim = Claim(
                text=row["claim"],
                span=Span(0, len(row["claim"])),
                sentence_span=Span(0, len(row["claim"])),
                language=row["language"],
                check_worthy=1.0,
            )
            cases.append(
                Case(
                    id=row["id"],
                    claim=claim,
                    label=row["label"],
                    published=publication_day(article, row["language"]),
                    folder=folder,
                    evidence=evidence,
                    pair=pair,
                    tags=tuple(row["tags"]),
                    row=row,
                )
            )
    return cases


def _language(path: Path) -> str:
    from bukti.claims.language import detect_language

    return detect_language(read_document(path, max_bytes=10**6).text)


def assess(cases: Sequence[Case], *, config: Config, pooled: bool = False) -> tuple[list[Assessment], Index]:
    """Assesses each case by its folder's sources, or by all folders' sources at once."""
    folder = Path(tempfile.mkdtemp())
    index = Index(folder / "index", embedder=load_embedder(config.embedder), create=True)
    index.add(sorted({case.folder / "sources" for case in cases}), max_bytes=10**6)
    verifier = load_verifier(config.verifier)
    reranker = SentenceReranker(load_embedder(config.embedder))
    found: dict[str, Assessment] = {}
    for own in sorted({case.folder for case in cases}):
        mine = [case for case in cases if case.folder == own]
        outside = {
            source.id for source in index.sources if not pooled and own.resolve() not in Path(source.location).parents
        }
        answers = assess_claims(
            [case.claim for case in mine],
            retriever=HybridRetriever(index, reranker=reranker),
            verifier=verifier,
            thresholds=thresholds_for(verifier, config),
            sources=index.sources,
            k=config.k,
            exclude=outside,
            published=mine[0].published,
            outlets=outlets_of(segment(read_document(own / "article.txt", max_bytes=10**6))),
        )
        found.update(zip((case.id for case in mine), answers, strict=True))
    return [found[case.id] for case in cases], index


def figures(cases: Sequence[Case], answers: Sequence[str]) -> dict[str, float]:
    gold = [case.label for case in cases]
    wrong_support = [given == "supported" for given, label in zip(answers, gold, strict=True) if label != "supported"]
    refuted = [given == "refuted" for given, label in zip(answers, gold, strict=True) if label == "refuted"]
    return {
        "n": len(gold),
        "macro_f1": float(f1_score(gold, answers, average="macro", labels=sorted(set(gold)), zero_division=0)),
        "accuracy": float(np.mean([a == b for a, b in zip(answers, gold, strict=True)])),
        "false_support": float(np.mean(wrong_support)) if wrong_support else float("nan"),
        "refuted_recall": float(np.mean(refuted)) if refuted else float("nan"),
    }


def recall_at(cases: Sequence[Case], index: Index, k: int, *, pooled: bool = False) -> float:
    """Gives the share of gold evidence rows whose quote overlaps one of the first `k` passages."""
    retriever = HybridRetriever(index)
    from bukti.retrieval.retriever import Query

    hits = []
    for case in cases:
        if not case.evidence:
            continue
        outside = {
            source.id
            for source in index.sources
            if not pooled and case.folder.resolve() not in Path(source.location).parents
        }
        found = retriever.retrieve([Query(text=case.claim.text, language=case.claim.language)], k=k, exclude=outside)[0]
        texts = [item.passage.text for item in found]
        for _, quote in case.evidence:
            start = " ".join(quote.split())[:60]
            hits.append(any(start in " ".join(text.split()) for text in texts))
    return float(np.mean(hits))


def show(cases: Sequence[Case], answers: Sequence[Assessment]) -> None:
    for case, item in zip(cases, answers, strict=True):
        if item.verdict == case.label:
            continue
        print(f"\n{case.id} [{case.pair}] gold {case.label}, given {item.verdict} {case.tags}")
        print("  claim:", case.claim.text)
        for name, quote in case.evidence:
            print(f"  gold:  {quote}  ({Path(name).name})")
        print("  why:  ", case.row["why"])
        for evidence in item.evidence[:3]:
            notes = "; ".join(
                f"{r.check}:{'=' if r.agrees else '#'} {r.claim[:30]} ~ {r.evidence[:30]}"
                for r in evidence.reasons
                if r.check != "entailment"
            )
            print(f"  {evidence.stance} {evidence.score:.2f}: {evidence.text[:200]}  [{notes}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--pooled", action="store_true")
    options = parser.parse_args()
    cases = read_cases(options.part)
    answers, index = assess(cases, config=Config(), pooled=options.pooled)
    verdicts = [str(item.verdict) for item in answers]
    if options.show:
        show(cases, answers)
    for pair in ("all", "id-id", "id-en", "en-en", "en-id", "both"):
        chosen = [n for n, case in enumerate(cases) if pair in ("all", case.pair)]
        print(
            pair,
            {k: round(v, 3) for k, v in figures([cases[n] for n in chosen], [verdicts[n] for n in chosen]).items()},
        )
    print(confusion_matrix([case.label for case in cases], verdicts, labels=LABELS))
    print("recall", {k: round(recall_at(cases, index, k, pooled=options.pooled), 3) for k in (1, 3, 5, 8, 12, 20)})
    wrong = Counter(tag for case, v in zip(cases, verdicts, strict=True) if v != case.label for tag in case.tags)
    total = Counter(tag for case in cases for tag in case.tags)
    print({tag: f"{total[tag] - wrong[tag]}/{total[tag]}" for tag in sorted(total)})


if __name__ == "__main__":
    main()
