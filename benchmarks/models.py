"""Measures the embedded models on the dev sets and writes docs/benchmarks.md: ``make bench-models DATA=FOLDER``.

Everything is measured with the shipped int8 files on the CPU. Nothing here was trained on; thresholds of the similarity
baseline are tuned on the very rows they are measured on, which flatters the baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, f1_score

from bukti.eval.alignment import read_text
from bukti.eval.comparison import compare
from bukti.eval.embedded import EmbeddedVerifier, calibrated
from bukti.eval.marks import MAX_TOKENS, mark_pair, read_texts
from bukti.eval.verifier import Pair
from bukti.retrieval.embedded import load_model, model_cards, tokenizer
from bukti.retrieval.embedder import EmbeddedEmbedder
from bukti.retrieval.lexical import make_bm25
from bukti.retrieval.retriever import fuse_rankings
from bukti.retrieval.sources import Source, cut_passages
from bukti.retrieval.terms import index_terms, query_terms
from training.corpora import numbers_in, read_abstracts, read_rows
from training.devsets import SETS, DevSet, halves, pages, read_dev_set, translated_items
from training.finish import CALIBRATED_ON, PASSAGES, expected_calibration_error
from training.shipped import unpack
from training.vocabulary import starting_model
from training.written import held_out, read_written, written_pairs

SAMPLE = 600
"""Rows of a set that the similarity baseline is measured on."""

DEPTH = 100
"""How deep a ranking is read."""


def probabilities_of(verifier: EmbeddedVerifier, pairs: Sequence[Pair]) -> np.ndarray:
    return np.array([(0.0, 0.0, 1.0) if row is None else tuple(row) for row in verifier.probabilities(pairs)])


def claim_only(pairs: Sequence[Pair]) -> np.ndarray:
    """Gives the same model's answers where it is shown no passage."""
    claims = read_texts([pair.hypothesis for pair in pairs], [pair.hypothesis_language for pair in pairs], tokenizer())
    empty = read_texts([""], ["en"], tokenizer())[0]
    rows = [mark_pair(claim, empty) for claim in claims]
    logits = load_model("verifier").run([ids for ids, _ in rows], [types for _, types in rows])
    return calibrated(logits, 1.0)


def similarity_accuracy(dev: DevSet, model: Any) -> float:
    """Gives the best accuracy of "supported from this cosine on, else the most common other answer"."""
    rows = random.Random(3).sample(range(len(dev.pairs)), min(SAMPLE, len(dev.pairs)))
    left, right = (
        model.encode(
            [getattr(dev.pairs[row], side) for row in rows],
            normalize_embeddings=True,
            batch_size=64,
            show_progress_bar=False,
        )
        for side in ("premise", "hypothesis")
    )
    cosines, gold = (left * right).sum(axis=1), np.array([dev.gold[row] for row in rows])
    others = gold[gold != 0]
    other = np.bincount(others).argmax() if len(others) else 2
    return max(
        float((np.where(cosines >= at, 0, other) == gold).mean()) for at in np.quantile(cosines, np.linspace(0, 1, 101))
    )


def verdict_rows(data: Path) -> list[str]:
    from sentence_transformers import SentenceTransformer

    verifier, similarity = EmbeddedVerifier(), SentenceTransformer(starting_model(), device="cpu")
    rows = []
    for name, language, answers, published in SETS:
        dev = read_dev_set(data, name)
        gold = np.array(dev.gold)
        predicted = dev.predicted(probabilities_of(verifier, dev.pairs))
        right = int((predicted == gold).sum())
        low, high = binomtest(right, len(gold)).proportion_ci(method="wilson")
        alone = dev.predicted(claim_only(dev.pairs))
        rows.append(
            f"| {name} | {language} | {len(gold)} | {answers} | {right / len(gold):.3f} [{low:.3f}, {high:.3f}] | "
            f"{balanced_accuracy_score(gold, predicted):.3f} | {f1_score(gold, predicted, average='macro', labels=sorted(set(dev.gold)), zero_division=0):.3f} | "
            f"{np.bincount(gold).max() / len(gold):.3f} | {(alone == gold).mean():.3f} | {similarity_accuracy(dev, similarity):.3f} | {published or '-'} |"
        )
        print(rows[-1], flush=True)
    return rows


def crossing_rows(data: Path) -> list[str]:
    verifier = EmbeddedVerifier()
    rows = []
    for same, crossed in translated_items(data):
        a, b = (probabilities_of(verifier, dev.pairs).argmax(axis=1) for dev in (same, crossed))
        gold = np.array(same.gold)
        rows.append(
            f"| {same.name.removeprefix('translated ')} / {crossed.name.removeprefix('translated ')} | {len(gold)} | {(a == gold).mean():.3f} | "
            f"{(b == gold).mean():.3f} | {(a != b).mean():.3f} |"
        )
        print(rows[-1], flush=True)
    return rows


def written_rows() -> list[str]:
    """Gives accuracy on claims on written passages that are held out, for each pair of languages."""
    verifier = EmbeddedVerifier()
    made = written_pairs([row for row in read_written(PASSAGES) if held_out(row)], random.Random(1))
    rows = []
    for languages in (("id", "id"), ("en", "en"), ("en", "id"), ("id", "en")):
        own = [pair for pair in made if pair.languages == languages]
        pairs = [
            Pair(
                premise=pair.premise,
                hypothesis=pair.hypothesis,
                premise_language=languages[0],
                hypothesis_language=languages[1],
            )
            for pair in own
        ]
        gold = np.log2(np.array([pair.allowed for pair in own])).astype(int)
        shown = probabilities_of(verifier, pairs)
        given = shown.argmax(axis=1)
        rows.append(
            f"| {languages[0]} passage, {languages[1]} claim | {len(own)} | {(given == gold).mean():.3f} | "
            f"{f1_score(gold, given, average='macro'):.3f} | {np.bincount(gold).max() / len(gold):.3f} | "
            f"{(claim_only(pairs).argmax(axis=1) == gold).mean():.3f} |"
        )
        print(rows[-1], flush=True)
    return rows


def barred(dev: DevSet) -> np.ndarray:
    """Gives the pairs that the comparison lets no verifier support."""
    texts = (
        (read_text(p.hypothesis, p.hypothesis_language), read_text(p.premise, p.premise_language)) for p in dev.pairs
    )
    return np.array([compare(claim, evidence).bars_support for claim, evidence in texts])


def calibration_rows(data: Path) -> list[str]:
    verifier, thresholds = EmbeddedVerifier(), EmbeddedVerifier().thresholds
    rows = []
    for name in CALIBRATED_ON:
        dev = read_dev_set(data, name)
        _, held = halves(pages(data, dev))
        shown, gold = probabilities_of(verifier, dev.pairs)[held], np.array(dev.gold)[held]
        supports = (shown[:, 0] >= thresholds.support) & ~barred(dev)[held]
        refutes = shown[:, 1] >= thresholds.refute_alone
        rows.append(
            f"| {name} | {len(held)} | {expected_calibration_error(shown.max(axis=1), shown.argmax(axis=1) == gold):.3f} | "
            f"{supports[gold != 0].mean():.3f} | {(gold[supports] == 0).mean():.3f} | {supports[gold == 0].mean():.3f} | "
            f"{refutes[gold != 1].mean():.3f} | {(gold[refutes] == 1).mean():.3f} | {refutes[gold == 1].mean():.3f} |"
        )
        print(rows[-1], flush=True)
    return rows


def ranks(scores: np.ndarray) -> tuple[float, float]:
    """Gives accuracy at 1 and MRR@10 where row i's right answer is column i."""
    own = scores[np.arange(len(scores)), np.arange(len(scores))]
    place = (scores > own[:, None]).sum(axis=1) + 1
    return float((place == 1).mean()), float(np.where(place <= 10, 1 / place, 0).mean())


def bm25_scores(
    queries: Sequence[tuple[str, str]], documents: Sequence[tuple[str, str]], *, lexicon: bool = True
) -> np.ndarray:
    """Gives BM25 scores, (queries, documents), as the product's index computes them."""
    engine = make_bm25(documents)
    return np.stack(
        [engine.get_scores((query_terms if lexicon else index_terms)(text, language)) for text, language in queries]
    )


def fused(*scores: np.ndarray) -> np.ndarray:
    """Gives reciprocal-rank fusion of score matrices, as scores."""
    out = np.zeros_like(scores[0])
    for row in range(len(out)):
        rankings = [[str(at) for at in np.argsort(-each[row], kind="stable")[:DEPTH]] for each in scores]
        for at, score in fuse_rankings(rankings):
            out[row, int(at)] = score
    return out


def recall_at_5(scores: np.ndarray, right: Sequence[int]) -> float:
    return float(
        np.mean([answer in np.argsort(-row, kind="stable")[:5] for row, answer in zip(scores, right, strict=True)])
    )


def retrieval_rows(data: Path) -> tuple[list[str], list[str]]:
    from ir_measures import RR, Qrel, ScoredDoc, calc_aggregate, nDCG
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(starting_model(), device="cpu")
    own = EmbeddedEmbedder()

    def start(texts: list[str]) -> np.ndarray:
        return np.asarray(model.encode(texts, normalize_embeddings=True, batch_size=64, show_progress_bar=False))

    across = []
    for name in ("bitext_news_valid", "bitext_general_valid"):
        pairs = read_rows(data / f"dev/{name}.jsonl.gz")
        texts = {side: [row[side] for row in pairs] for side in ("id", "en")}
        mine = {side: own.embed(texts[side]) for side in texts}
        theirs = {side: start(texts[side]) for side in texts}
        for a, b in (("id", "en"), ("en", "id")):
            words = bm25_scores([(text, a) for text in texts[a]], [(text, b) for text in texts[b]])
            plain = bm25_scores([(text, a) for text in texts[a]], [(text, b) for text in texts[b]], lexicon=False)
            dense = mine[a] @ mine[b].T
            figures = [ranks(scores) for scores in (dense, theirs[a] @ theirs[b].T, plain, words, fused(dense, words))]
            across.append(
                f"| {name} | {a} to {b} | {len(pairs)} | " + " | ".join(f"{x:.3f} / {y:.3f}" for x, y in figures) + " |"
            )
            print(across[-1], flush=True)
    passages = []
    rows = [row for name in ("idk_mrc_valid", "idk_mrc_test") for row in read_rows(data / f"dev/{name}.jsonl.gz")]
    contexts = list(dict.fromkeys(row["context"] for row in rows))
    asked = [row for row in rows if not row["is_impossible"]]
    right = [contexts.index(row["context"]) for row in asked]
    questions = [row["question"] for row in asked]
    words = bm25_scores([(text, "id") for text in questions], [(text, "id") for text in contexts])
    dense = own.embed(questions) @ own.embed(contexts).T
    older = start(questions) @ start(contexts).T
    passages.append(
        f"| IDK-MRC valid and test, {len(questions)} questions, {len(contexts)} passages | recall@5 | "
        + " | ".join(f"{recall_at_5(scores, right):.3f}" for scores in (dense, older, words, fused(dense, words)))
        + " |"
    )
    abstracts = read_abstracts(data)
    claims = read_rows(data / "scifact/claims_validation.jsonl.gz")
    qrels = sorted({(str(row["id"]), str(doc)) for row in claims for doc in numbers_in(row["cited_doc_ids"])})
    names, texts_ = list(abstracts), [f"{title}.\n{' '.join(sentences)}" for title, sentences in abstracts.values()]
    queries = {str(row["id"]): row["claim"] for row in claims}
    words = bm25_scores([(text, "en") for text in queries.values()], [(text, "en") for text in texts_])
    # As the index has them: an abstract is as near as the nearest of its passages. BM25 reads whole abstracts, as published.
    cut = [
        [passage.text for passage in cut_passages(_source(name), text)]
        for name, text in zip(names, texts_, strict=True)
    ]
    owners = np.repeat(np.arange(len(cut)), [len(each) for each in cut])
    pieces = [text for each in cut for text in each]

    def nearest(scores: np.ndarray) -> np.ndarray:
        out = np.full((len(scores), len(cut)), -2.0)
        np.maximum.at(out, (slice(None), owners), scores)
        return out

    dense = nearest(own.embed(list(queries.values())) @ own.embed(pieces).T)
    older = nearest(start(list(queries.values())) @ start(pieces).T)
    for measure in (nDCG @ 10, RR @ 10):
        figures = []
        for scores in (dense, older, words, fused(dense, words)):
            run = [
                ScoredDoc(query, names[at], float(row[at]))
                for query, row in zip(queries, scores, strict=True)
                for at in np.argsort(-row, kind="stable")[:DEPTH]
            ]
            figures.append(calc_aggregate([measure], [Qrel(query, doc, 1) for query, doc in qrels], run)[measure])
        passages.append(
            f"| SciFact validation, {len(queries)} claims, {len(names)} abstracts | {measure} | "
            + " | ".join(f"{value:.3f}" for value in figures)
            + " |"
        )
    print("\n".join(passages), flush=True)
    return across, passages


def _source(name: str) -> Source:
    return Source(id=name, title=name, path=name, location=name, sha256="", language="en")


def timed(run: Callable[[], object], *, times: int = 3) -> float:
    """Gives the best of a few runs, in seconds."""
    run()
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - began)
    return best


def speed_rows(data: Path) -> list[str]:
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import PreTrainedTokenizerFast

    cores = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores)
    shipped = Path(__file__).resolve().parent.parent / "bukti" / "models"
    words = tokenizer()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        special = {
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "unk_token": "[UNK]",
            "mask_token": "[MASK]",
        }
        fast = PreTrainedTokenizerFast(tokenizer_object=words, model_max_length=256, **special)
        unpack(shipped, Path(folder))
        for name in ("encoder", "verifier"):
            fast.save_pretrained(f"{folder}/{name}")
        dev = read_dev_set(data, "vitaminc_real_dev")
        pairs = dev.pairs[:1000]
        verifier, peer = EmbeddedVerifier(), CrossEncoder(f"{folder}/verifier", device="cpu", max_length=256)
        ours = timed(lambda: verifier.probabilities(pairs))
        theirs = timed(
            lambda: peer.predict([(pair.hypothesis, pair.premise) for pair in pairs], show_progress_bar=False), times=2
        )
        rows.append(
            f"| verifier, {len(pairs)} pairs of vitaminc_real_dev | {len(pairs) / ours:.0f} | {len(pairs) / theirs:.0f} | {theirs / ours:.1f}x |"
        )
        texts = [
            row[side] for row in read_rows(data / "dev/bitext_news_valid.jsonl.gz")[:1000] for side in ("id", "en")
        ]
        embedder, model = EmbeddedEmbedder(), SentenceTransformer(f"{folder}/encoder", device="cpu")
        ours = timed(lambda: embedder.embed(texts))
        theirs = timed(lambda: model.encode(texts, show_progress_bar=False), times=2)
        rows.append(
            f"| encoder, {len(texts)} news sentences | {len(texts) / ours:.0f} | {len(texts) / theirs:.0f} | {theirs / ours:.1f}x |"
        )
    print("\n".join(rows), flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument(
        "--only", nargs="*", default=["speed", "retrieval", "verdicts", "crossings", "written", "calibration"]
    )
    given = parser.parse_args()
    parts: dict[str, Any] = {}
    if "speed" in given.only:
        parts["speed"] = speed_rows(given.data)
    if "calibration" in given.only:
        parts["calibration"] = calibration_rows(given.data)
    if "crossings" in given.only:
        parts["crossings"] = crossing_rows(given.data)
    if "written" in given.only:
        parts["written"] = written_rows()
    if "retrieval" in given.only:
        parts["retrieval"] = retrieval_rows(given.data)
    if "verdicts" in given.only:
        parts["verdicts"] = verdict_rows(given.data)
    if len(parts) < 6:
        return
    thresholds = EmbeddedVerifier().thresholds
    cards = "\n".join(
        f"* {card.name} {card.version}: {card.file}, {card.size / 1e6:.1f} MB, sha256 `{card.sha256[:16]}...`"
        for card in model_cards()
    )
    settings = json.dumps(load_model("verifier").card.settings["temperature"])
    template = (Path(__file__).parent / "models.md.in").read_text(encoding="utf-8")
    given.out.write_text(
        template.format(
            cards=cards,
            cores=len(os.sched_getaffinity(0)),
            verdicts="\n".join(parts["verdicts"]),
            crossings="\n".join(parts["crossings"]),
            calibration="\n".join(parts["calibration"]),
            written="\n".join(parts["written"]),
            across="\n".join(parts["retrieval"][0]),
            passages="\n".join(parts["retrieval"][1]),
            speed="\n".join(parts["speed"]),
            temperatures=settings,
            support=thresholds.support,
            refute=thresholds.refute_alone,
            max_tokens=MAX_TOKENS,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
