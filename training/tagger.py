"""Makes the part-of-speech tagger: ``python -m training.tagger --indonesian FILE --english FILE --data FOLDER``.

Indonesian: ``dataset_postag.txt`` of the package nlp-id (kumparan's news, 32,000 sentences tagged by hand, MIT; install it
with ``--no-deps``, only the file is read). English: what ``training/tag_english.py`` wrote. A file holds a token and its tag a
line, parted by a tab, and an empty line after each sentence. The tagger is linear over hashed features of a token and its
neighbours, int8, about 1 MB a language. A third table tells Indonesian names of people, places and organisations apart
(NERP and NERGrit news, Apache-2.0 and MIT, lower-case as they are given).
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch

from bukti.claims.words import BUCKETS, feature_rows
from training.corpora import read_rows
from training.loop import set_up

INDONESIAN = {
    "NN": "NOUN", "NNP": "NAME", "VB": "VERB", "IN": "ADP", "PR": "PRON", "ADV": "ADV", "JJ": "ADJ", "SC": "SUB", "DT": "DET",
    "NUM": "NUM", "CC": "CC", "NEG": "NEG", "RP": "ADV", "FW": "NOUN", "UH": "X", "SYM": "MARK",
}  # fmt: skip
ENGLISH = {
    "NN": "NOUN", "NNS": "NOUN", "NNP": "NAME", "NNPS": "NAME", "VB": "BASE", "VBD": "PAST", "VBZ": "PRES", "VBP": "PRES",
    "VBN": "PART", "VBG": "ING", "MD": "MODAL", "TO": "TO", "IN": "ADP", "PRP": "PRON", "PRP$": "POSS", "RB": "ADV", "RBR": "ADV",
    "RBS": "ADV", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "DT": "DET", "PDT": "DET", "CD": "NUM", "CC": "CC", "WDT": "WH", "WP": "WH",
    "WP$": "WH", "WRB": "WH", "EX": "PRON", "RP": "ADV", "POS": "GEN",
}  # fmt: skip
NAMES = {
    "PPL": "PERSON", "PERSON": "PERSON", "PLC": "PLACE", "PLACE": "PLACE", "IND": "ORG", "ORGANISATION": "ORG",
}  # fmt: skip
CLITICS = {"nya", "lah", "kah", "pun", "ku", "mu"}
"""What the Indonesian data cuts off, and text does not."""

EPOCHS = 4


def read_tagged(path: Path, tags: dict[str, str]) -> list[list[tuple[str, str]]]:
    """Gives the sentences of a file as (token, tag)."""
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, tag = line.partition("\t")
        if not word.strip():
            sentences.append([])
            continue
        name = tags.get(tag.strip().upper(), "MARK" if not any(c.isalnum() for c in word) else "X")
        before = sentences[-1]
        if (
            tags is INDONESIAN
            and word.lower() in CLITICS
            and before
            and before[-1][1] in ("NOUN", "VERB", "ADJ", "ADP")
        ):
            before[-1] = (before[-1][0] + word, before[-1][1])
        else:
            before.append((word.strip(), name))
    return [list(sentence) for sentence in dict.fromkeys(map(tuple, sentences)) if sentence]


def read_names(data: Path) -> list[list[tuple[str, str]]]:
    """Gives sentences as (token, kind of name or O)."""
    rows = read_rows(data / "claims/id_ner_sentences.jsonl.gz")
    return [
        [
            (part, NAMES.get(tag.partition("-")[2], "O"))
            for token, tag in zip(row["tokens"], row["tags"], strict=True)
            for part in token.lower().split()
        ]
        for row in rows
    ]


def learn(sentences: list[list[tuple[str, str]]], seed: int) -> tuple[np.ndarray, list[str], float]:
    """Gives table, tags, and accuracy on a held-out twentieth."""
    set_up(seed)
    torch.set_num_threads(1)
    random.Random(seed).shuffle(sentences)
    tags = sorted({tag for sentence in sentences for _, tag in sentence})
    number = {tag: at for at, tag in enumerate(tags)}
    rows = [torch.from_numpy(feature_rows([word for word, _ in sentence])) for sentence in sentences]
    gold = [torch.tensor([number[tag] for _, tag in sentence]) for sentence in sentences]
    held = len(sentences) // 20
    x, y = torch.cat(rows[held:]), torch.cat(gold[held:])
    dev_x, dev_y = torch.cat(rows[:held]), torch.cat(gold[:held])
    table = torch.nn.EmbeddingBag(BUCKETS, len(tags), mode="sum", sparse=True)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.Adagrad(table.parameters(), lr=0.1)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(x))
        for at in range(0, len(order), 512):
            batch = order[at : at + 512]
            # A feature dropped now and then keeps the model from resting on the word alone.
            keep = (torch.rand(len(batch), x.shape[1]) > 0.1).float()
            loss = torch.nn.functional.cross_entropy(table(x[batch], per_sample_weights=keep), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            print(epoch, (table(dev_x).argmax(1) == dev_y).float().mean().item(), flush=True)
    weights = table.weight.detach().numpy()
    scale = 127 / np.quantile(np.abs(weights[weights != 0]), 0.999)
    made = np.clip(np.rint(weights * scale), -127, 127).astype(np.int8)
    shown = made[dev_x.numpy()].astype(np.int32).sum(axis=1).argmax(axis=1)
    return made, tags, float((shown == dev_y.numpy()).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--indonesian", type=Path, required=True)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "claims/data/tagger.npz")
    given = parser.parse_args()
    parts: dict[str, np.ndarray] = {}
    for language, sentences in (
        ("id", read_tagged(given.indonesian, INDONESIAN)),
        ("en", read_tagged(given.english, ENGLISH)),
        ("id_names", read_names(given.data)),
    ):
        table, tags, accuracy = learn(sentences, 7)
        parts |= {language: table, f"{language}_tags": np.array(tags)}
        print(
            json.dumps({"language": language, "sentences": len(sentences), "accuracy": round(accuracy, 4)}), flush=True
        )
    np.savez_compressed(given.out, **parts)


if __name__ == "__main__":
    main()
