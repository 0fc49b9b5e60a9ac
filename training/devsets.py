"""The dev sets: what is measured, never trained on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bukti.eval.verifier import Pair
from training.corpora import read_rows
from training.edits import EDITS, word_in_class
from training.pairs import one_of

Answers = Literal["three", "support or refute", "support or not"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DevSet:
    """A labelled set of pairs."""

    name: str
    pairs: list[Pair]
    gold: list[int]
    """0 supported, 1 refuted, 2 neither; where the set only knows "not supported", that is 2."""
    answers: Answers
    """What the set tells apart."""
    published: str = ""
    """Figures of others on the same set."""

    def predicted(self, probabilities: np.ndarray) -> np.ndarray:
        """Gives the answers of probabilities, (pairs, 3), among those that the set tells apart."""
        if self.answers == "three":
            return np.asarray(probabilities.argmax(axis=1))
        if self.answers == "support or refute":
            return np.asarray(probabilities[:, :2].argmax(axis=1))
        return np.where(probabilities.argmax(axis=1) == 0, 0, 2)


THREE: Answers = "three"
GOLD = {
    "entailment": 0, "contradiction": 1, "neutral": 2, "not_entailment": 2, "paraphrase": 0, "not_paraphrase": 2,
    "supported": 0, "unsupported": 2, "not_supported": 2, "partially_supported": 2,
}  # fmt: skip

SETS: tuple[tuple[str, str, Answers, str], ...] = (
    ("indonli_val", "id", THREE, ""),
    ("indonli_test_lay", "id", THREE, "mBERT 0.735, IndoBERT-lite 0.754, IndoBERT-large 0.779, XLM-R-large 0.828"),
    ("wrete_id", "id", "support or not", ""),
    ("paws_id_test", "id", "support or not", ""),
    ("vitaminc_real_dev", "en", THREE, ""),
    ("fever_symmetric_dev", "en", "support or refute", "BERT-base trained on FEVER 0.575 (v0.1)"),
    ("fm2_dev", "en", "support or refute", ""),
    ("breaking_nli", "en", THREE, ""),
    ("cad_nli_dev", "en", THREE, ""),
    ("cad_nli_test", "en", THREE, ""),
    ("conjnli_dev", "en", THREE, ""),
    ("scone_test", "en", "support or not", ""),
    (
        "summedits_news_scitldr",
        "en",
        "support or not",
        "balanced: SummaC-Conv 0.619, QAFactEval 0.744, GPT-4 0.833 (news)",
    ),
    (
        "wice_claim_dev",
        "en",
        "support or not",
        "balanced, test: AlignScore 0.660, MiniCheck-RoBERTa-large 0.676, GPT-4o 0.785",
    ),
)


def read_dev_set(data: Path, name: str) -> DevSet:
    """Gives one of the labelled sets."""
    language, answers, published = next((row[1], row[2], row[3]) for row in SETS if row[0] == name)
    pairs, gold = [], []
    for row in read_rows(data / f"dev/{name}.jsonl.gz"):
        premise = " ".join(row["evidence"]) if name == "wice_claim_dev" else row["premise"]
        hypothesis = row["claim"] if name == "wice_claim_dev" else row["hypothesis"]
        pairs.append(
            Pair(premise=premise, hypothesis=hypothesis, premise_language=language, hypothesis_language=language)
        )
        gold.append(GOLD[row["label"]])
    return DevSet(name=name, pairs=pairs, gold=gold, answers=answers, published=published)


def halves(rows: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Gives the rows of each half, cut by a hash of what `rows` names: a page, or a premise."""
    first = np.array([int(sha256(key.encode()).hexdigest(), 16) % 2 == 0 for key in rows])
    return np.flatnonzero(first), np.flatnonzero(~first)


def pages(data: Path, dev: DevSet) -> list[str]:
    """Gives what tells a set's pages apart: the page's name, or the premise."""
    rows: list[dict[str, Any]] = read_rows(data / f"dev/{dev.name}.jsonl.gz")
    return [row.get("page") or row.get("premise", "") for row in rows]


def translated_items(data: Path, *, most: int = 1500) -> list[tuple[DevSet, DevSet]]:
    """Gives the same items twice: (premise and claim in one language, premise translated), in either direction.

    Made of the held-out news pairs with the edit functions of `training.edits`: a claim is the sentence, edited or not.
    """
    chance = random.Random(11)
    edit = one_of([*EDITS, word_in_class, word_in_class])
    rows = read_rows(data / "dev/bitext_news_valid.jsonl.gz")[:most]
    made = []
    for language, other in (("en", "id"), ("id", "en")):
        same, crossed, gold = [], [], []
        for number, row in enumerate(rows):
            draw = chance.random()
            if draw < 0.3:
                claim, label = row[language], "entailment"
            elif draw < 0.5:
                claim, label = rows[number - 1][language], "neutral"
            else:
                found = edit(row[language], language, chance)
                if found is None:
                    continue
                claim, label = found
            for kept, premise_language in ((same, language), (crossed, other)):
                kept.append(
                    Pair(
                        premise=row[premise_language],
                        hypothesis=claim,
                        premise_language=premise_language,
                        hypothesis_language=language,
                    )
                )
            gold.append(GOLD[label])
        made.append(
            (
                DevSet(name=f"translated {language}-{language}", pairs=same, gold=gold, answers=THREE),
                DevSet(name=f"translated {other}-{language}", pairs=crossed, gold=gold, answers=THREE),
            )
        )
    return made
