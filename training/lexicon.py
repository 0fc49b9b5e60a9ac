"""Makes the word-translation lexicon from sentence pairs, and measures what it does for retrieval.

    python training/lexicon.py train --parallel open.jsonl.gz --parallel more.jsonl.gz --out retrieval/data/lexicon.tsv.gz
    python training/lexicon.py measure --pairs dev.jsonl.gz

Method: IBM Model 1 by expectation maximisation in both directions over stems without function words (Brown et al., 1993,
"The Mathematics of Statistical Machine Translation"); a pair of stems is kept where both directions give it weight.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np

from bukti.retrieval.terms import index_terms, query_terms, tokenize

EPOCHS = 8
MIN_COUNT = 3
MIN_BOTH = 0.02
KEEP = 5
MAX_TOKENS = 60


def read_pairs(paths: list[Path]) -> list[tuple[str, str]]:
    """Gives (Indonesian, English) of every row."""
    pairs = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            pairs.extend((row["id"], row["en"]) for row in map(json.loads, file))
    return pairs


def stems(text: str, language: str) -> list[str]:
    """Gives the distinct content stems of a sentence, numbers left out."""
    found = [token.stem for token in tokenize(text, language) if not token.stop and token.stem[0].isalpha()]
    return list(dict.fromkeys(found))[:MAX_TOKENS]


def model1(
    sources: np.ndarray, targets: np.ndarray, sentence_target: np.ndarray, cells: np.ndarray, size: int
) -> np.ndarray:
    """Gives p(target | source) for every cell: `cells` maps each co-occurrence to its (source, target) cell."""
    cell_source = np.zeros(size, dtype=np.int64)
    cell_source[cells] = sources
    probability = np.ones(size)
    for _ in range(EPOCHS):
        weight = probability[cells]
        share = weight / np.bincount(sentence_target, weights=weight)[sentence_target]
        counts = np.bincount(cells, weights=share, minlength=size)
        probability = counts / np.bincount(cell_source, weights=counts)[cell_source]
    return probability


def train(paths: list[Path], out: Path) -> None:
    pairs = [(stems(a, "id"), stems(b, "en")) for a, b in read_pairs(paths)]
    counts_id = Counter(stem for a, _ in pairs for stem in a)
    counts_en = Counter(stem for _, b in pairs for stem in b)
    vocabulary_id = {
        stem: n for n, stem in enumerate(sorted(stem for stem, count in counts_id.items() if count >= MIN_COUNT))
    }
    vocabulary_en = {
        stem: n for n, stem in enumerate(sorted(stem for stem, count in counts_en.items() if count >= MIN_COUNT))
    }
    left, right, sentence_left, sentence_right = [], [], [], []
    position_left = position_right = 0
    for a, b in pairs:
        ids = np.array([vocabulary_id[stem] for stem in a if stem in vocabulary_id], dtype=np.int64)
        ens = np.array([vocabulary_en[stem] for stem in b if stem in vocabulary_en], dtype=np.int64)
        if len(ids) == 0 or len(ens) == 0:
            continue
        left.append(np.repeat(ids, len(ens)))
        right.append(np.tile(ens, len(ids)))
        sentence_left.append(np.repeat(np.arange(len(ids)) + position_left, len(ens)))
        sentence_right.append(np.tile(np.arange(len(ens)) + position_right, len(ids)))
        position_left += len(ids)
        position_right += len(ens)
    ids, ens = np.concatenate(left), np.concatenate(right)
    keys = ids * len(vocabulary_en) + ens
    unique, cells = np.unique(keys, return_inverse=True)
    forward = model1(ids, ens, np.concatenate(sentence_right), cells, len(unique))
    backward = model1(ens, ids, np.concatenate(sentence_left), cells, len(unique))
    both = np.sqrt(forward * backward)
    names_id, names_en = list(vocabulary_id), list(vocabulary_en)
    best: dict[str, list[tuple[float, str, str, float, float]]] = {}
    for number in np.flatnonzero(both >= MIN_BOTH):
        a, b = names_id[unique[number] // len(names_en)], names_en[unique[number] % len(names_en)]
        row = (float(both[number]), a, b, float(forward[number]), float(backward[number]))
        best.setdefault("id:" + a, []).append(row)
        best.setdefault("en:" + b, []).append(row)
    kept = {row for rows in best.values() for row in sorted(rows, reverse=True)[:KEEP]}
    lines = sorted(f"{a}\t{b}\t{p:.3f}\t{q:.3f}" for _, a, b, p, q in kept if a != b and max(p, q) >= 0.03)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0))
    print(f"{len(pairs)} pairs, {len(lines)} translations, {out.stat().st_size} bytes")


def measure(paths: list[Path], rows: int, skip: int) -> None:
    """Prints accuracy at 1 and recall at 10 of BM25 from each language into the other, with and without the lexicon."""
    import bm25s

    pairs = read_pairs(paths)[skip : skip + rows]
    for source, target, side in (("id", "en", 0), ("en", "id", 1)):
        bm25 = bm25s.BM25(k1=1.2, b=0.75)
        bm25.index([index_terms(pair[1 - side], target) or [""] for pair in pairs], show_progress=False)
        known = set(bm25.vocab_dict)
        for name, terms in (("without", index_terms), ("with", query_terms)):
            first = tenth = 0
            for number, pair in enumerate(pairs):
                query = [term for term in terms(pair[side], source) if term in known]
                if query:
                    scores = bm25.get_scores(query)
                    rank = int((scores > scores[number]).sum())
                    first += rank == 0 and scores[number] > 0
                    tenth += rank < 10 and scores[number] > 0
            print(
                f"{source}->{target} {name} lexicon: acc@1 {first / len(pairs):.3f} recall@10 {tenth / len(pairs):.3f} (n={len(pairs)})"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "measure"):
        command = commands.add_parser(name)
        command.add_argument(
            "--parallel" if name == "train" else "--pairs", dest="paths", type=Path, action="append", required=True
        )
        if name == "train":
            command.add_argument("--out", type=Path, required=True)
        else:
            command.add_argument("--rows", type=int, default=1000)
            command.add_argument("--skip", type=int, default=0)
    given = parser.parse_args()
    if given.command == "train":
        train(given.paths, given.out)
    else:
        measure(given.paths, given.rows, given.skip)
