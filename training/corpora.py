"""Reads the training data, and keeps whatever stands in an evaluation set out of it.

The data folder holds gzipped JSON lines: `parallel/` (id, en), `nli/` and `qa/`, and `dev/`, which is only measured on.
"""

from __future__ import annotations

import ast
import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SHINGLE = 6
"""Words a shingle; a text of which half the shingles stand in a dev set is taken for a copy of it."""

LABELS = ("entailment", "contradiction", "neutral")
"""In the order of the verifier's outputs: supported, refuted, not enough evidence."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Gives the rows of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def plain(text: str) -> str:
    """Gives the words of a text, for comparison: no case, no punctuation."""
    return " ".join(re.findall(r"\w+", text.lower()))


def shingles(text: str) -> list[str]:
    words = plain(text).split()
    return [" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)]


class Seen:
    """Texts of evaluation sets, found again word for word or by half of their shingles."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts: set[str] = set()
        self.shingles: set[str] = set()
        for text in texts:
            self.texts.add(plain(text))
            self.shingles.update(shingles(text))

    def has(self, text: str) -> bool:
        if plain(text) in self.texts:
            return True
        own = shingles(text)
        return bool(own) and 2 * sum(shingle in self.shingles for shingle in own) > len(own)


def read_parallel(data: Path) -> list[tuple[str, str]]:
    """Gives (Indonesian, English) without pairs of which a side stands in a dev set, and without lines that cannot be translations."""
    dev = [
        row
        for name in ("bitext_news_valid", "bitext_general_valid")
        for row in read_rows(data / f"dev/{name}.jsonl.gz")
    ]
    seen = {side: Seen(row[side] for row in dev) for side in ("id", "en")}
    pairs = []
    for name in ("open_licence", "unclear_licence"):
        for row in read_rows(data / f"parallel/{name}.jsonl.gz"):
            a, b = row["id"].strip(), row["en"].strip()
            words = len(a.split()), len(b.split())
            if not min(words) >= 1 or max(words) > 120 or max(words) > 3 * min(words) + 3:
                continue
            if seen["id"].has(a) or seen["en"].has(b):
                continue
            pairs.append((a, b))
    return list(dict.fromkeys(pairs))


def indonesian_texts(data: Path) -> Iterator[str]:
    """Gives Indonesian text of every training set, for the vocabulary."""
    for a, _ in read_parallel(data):
        yield a
    for name in ("indonli_train", "mnli_id_mt_train", "mnli_id_mt_dev", "paws_id_dev"):
        for row in read_rows(data / f"nli/{name}.jsonl.gz"):
            yield row["premise"]
            yield row["hypothesis"]
    yield from sorted({row["context"] for row in read_rows(data / "qa/idk_mrc_train.jsonl.gz")})
    for row in read_rows(data / "claims/id_ner_sentences.jsonl.gz"):
        yield " ".join(row["tokens"])


def numbers_in(text: str) -> list[int]:
    """Reads a list of whole numbers as SciFact's rows write it: ``[ 4 12]``."""
    return [int(digits) for digits in re.findall(r"\d+", text)]


def read_abstracts(data: Path) -> dict[str, tuple[str, list[str]]]:
    """Gives SciFact's abstracts by id: title and sentences."""
    found = {}
    for row in read_rows(data / "scifact/corpus_train.jsonl.gz"):
        sentences = ast.literal_eval(re.sub(r"(['\"])\s*\n\s*(['\"])", r"\1, \2", row["abstract"]))
        found[str(row["doc_id"])] = (row["title"], list(sentences))
    return found


def shuffled(rows: Iterable[Any], seed: int) -> list[Any]:
    """Gives the rows in an order made by the seed alone."""
    rows = list(rows)
    random.Random(seed).shuffle(rows)
    return rows
