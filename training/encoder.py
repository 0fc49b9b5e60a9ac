"""Teaches the encoder Indonesian: a sentence in either language shall lie where the starting model puts its English side.

Knowledge distillation across languages (Reimers and Gurevych, 2020), with a softmax over the teacher's vectors of a
good part of the corpus in place of in-batch negatives: thousands of negatives at the price of one matrix product.
Beside it, steps in which a question or claim finds its own passage among those of the batch.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel

from training.corpora import Seen, numbers_in, read_abstracts, read_parallel, read_rows
from training.loop import batches, pad, set_dropout, set_up, train
from training.vocabulary import extended_tokenizer, starting_model

MAX_TOKENS = 160
TEMPERATURE = 0.05
SAME = 0.93
"""Teacher vectors nearer than this are the same sentence said again, and no negatives of each other."""
NEGATIVES = 16_384
"""Vectors of the corpus that a step's rows are told apart from."""
ENGLISH = ("mnli_dev", "vitaminc_real_train", "fever_dev_symmetric_safe", "snli_dev")
"""English text beside the parallel text, so that the encoder stays what it was there."""
STEP_TOKENS = 2400


def mean_vector(model: torch.nn.Module, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Gives unit vectors, (rows, dimensions)."""
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    weight = mask.unsqueeze(-1).float()
    return functional.normalize((states * weight).sum(1) / weight.sum(1), dim=-1)


@torch.no_grad()
def embed(model: torch.nn.Module, rows: list[list[int]], device: torch.device) -> torch.Tensor:
    """Gives the unit vectors of tokenized texts, on the CPU."""
    out: torch.Tensor | None = None
    for batch in batches([len(row) for row in rows], tokens=6000, most=256, seed=0):
        vectors = mean_vector(model, *pad([rows[row] for row in batch], device)).cpu()
        if out is None:
            out = torch.zeros(len(rows), vectors.shape[1])
        out[batch] = vectors
    assert out is not None
    return out


def tokens_of(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [
        [*e.ids[: MAX_TOKENS - 1], e.ids[-1]] if len(e.ids) > MAX_TOKENS else e.ids
        for e in tokenizer.encode_batch(texts)
    ]


def retrieval_accuracy(left: torch.Tensor, right: torch.Tensor) -> tuple[float, float]:
    """Gives accuracy at 1 of each side's vectors into the other's."""
    scores = left @ right.T
    own = torch.arange(len(scores))
    return (scores.argmax(1) == own).float().mean().item(), (scores.argmax(0) == own).float().mean().item()


def longer(pairs: list[tuple[str, str]], share: float, seed: int) -> list[tuple[str, str]]:
    """Gives neighbours joined: passages are longer than sentences."""
    chance = random.Random(seed)
    made = []
    for number in range(0, len(pairs) - 3, 3):
        if chance.random() < 3 * share:
            size = chance.choice((2, 2, 3))
            part = pairs[number : number + size]
            made.append((" ".join(a for a, _ in part), " ".join(b for _, b in part)))
    return [pair for pair in made if len(pair[0].split()) < 110]


def questions(data: Path) -> list[tuple[str, str]]:
    """Gives (question or claim, passage that answers it): IDK-MRC and SciFact, training parts."""
    seen = Seen(
        row["context"] for name in ("idk_mrc_valid", "idk_mrc_test") for row in read_rows(data / f"dev/{name}.jsonl.gz")
    )
    found = [
        (row["question"], row["context"])
        for row in read_rows(data / "qa/idk_mrc_train.jsonl.gz")
        if str(row["is_impossible"]) == "False" and not seen.has(row["context"])
    ]
    abstracts = {doc: f"{title} {' '.join(sentences)}" for doc, (title, sentences) in read_abstracts(data).items()}
    held = {
        str(doc)
        for row in read_rows(data / "scifact/claims_validation.jsonl.gz")
        for doc in (*map(str, numbers_in(row["cited_doc_ids"])), row["evidence_doc_id"])
    }
    for row in read_rows(data / "scifact/claims_train.jsonl.gz"):
        doc = str(row["evidence_doc_id"])
        if doc in abstracts and doc not in held:
            found.append((row["claim"], abstracts[doc]))
    return list(dict.fromkeys(found))


def train_encoder(data: Path, start: Path, out: Path, settings: dict[str, Any], *, seed: int) -> dict[str, float]:
    """Writes the encoder to `out`; gives the stage's figures."""
    device = set_up(seed)
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    pairs = read_parallel(data)
    pairs += longer(pairs, 0.1, seed)
    english = sorted({row["premise"] for name in ENGLISH for row in read_rows(data / f"nli/{name}.jsonl.gz")})
    random.Random(seed).shuffle(english)
    english = english[:12_000]
    teacher = AutoModel.from_pretrained(starting_model(), attn_implementation="eager").to(device)
    goals = teacher_vectors(
        teacher, extended_tokenizer([]), [b for _, b in pairs] + english, out / "teacher.npy", device
    )
    del teacher
    corpus = goals.clone().to(device)
    student = AutoModel.from_pretrained(start, attn_implementation="eager").to(device)
    set_dropout(student, 0.0)
    rows = {
        "id": tokens_of(tokenizer, [a for a, _ in pairs]),
        "en": tokens_of(tokenizer, [b for _, b in pairs] + english),
    }
    asked = questions(data)
    asked_rows = [tokens_of(tokenizer, [pair[side] for pair in asked]) for side in (0, 1)]
    dev = read_rows(data / "dev/bitext_news_valid.jsonl.gz")
    dev_rows = [tokens_of(tokenizer, [row[side] for row in dev]) for side in ("id", "en")]
    steps: list[tuple[str, list[int]]] = []
    for epoch in range(settings["epochs"]):
        chance = random.Random(seed * 1000 + epoch)
        own = [
            ("id", batch)
            for batch in batches([len(row) for row in rows["id"]], tokens=STEP_TOKENS, most=96, seed=seed + epoch)
        ]
        chosen = chance.sample(range(len(rows["en"])), int(settings["share_english"] * len(rows["en"])))
        lengths = [len(rows["en"][row]) for row in chosen]
        own += [
            ("en", [chosen[at] for at in batch])
            for batch in batches(lengths, tokens=STEP_TOKENS, most=96, seed=seed + epoch)
        ]
        if epoch >= settings["questions_from_epoch"]:
            order = chance.sample(range(len(asked)), len(asked))
            own += [("asked", order[at : at + 24]) for at in range(0, len(order), 24)]
        chance.shuffle(own)
        steps += own

    def loss_of(step: tuple[str, list[int]], number: int) -> torch.Tensor:
        side, batch = step
        if side == "asked":
            batch = list(
                {asked[row][1]: row for row in batch}.values()
            )  # a passage once: it is nobody's negative twice
            a, b = (mean_vector(student, *pad([asked_rows[at][row] for row in batch], device)) for at in (0, 1))
            scores = a @ b.T / TEMPERATURE
            own = torch.arange(len(batch), device=device)
            return 0.5 * (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own))
        vectors = mean_vector(student, *pad([rows[side][row] for row in batch], device))
        goal = corpus[batch]
        near = (vectors * goal).sum(-1, keepdim=True)
        # Another part of the corpus at each step, and the batch itself: rows of one length are hard negatives of each other.
        at = number * NEGATIVES % max(1, len(corpus) - NEGATIVES)
        others = torch.cat([corpus[at : at + NEGATIVES], goal])
        scores = (vectors @ others.T).masked_fill(goal @ others.T > SAME, -1.0)
        contrast = functional.cross_entropy(
            torch.cat([near, scores], dim=1) / TEMPERATURE, torch.zeros(len(batch), dtype=torch.long, device=device)
        )
        return 4.0 * (1 - near).mean() + contrast

    def log(_: int) -> dict[str, float]:
        forward, back = retrieval_accuracy(*(embed(student, each, device) for each in dev_rows))
        return {"id_en": round(forward, 4), "en_id": round(back, 4)}

    train(
        student,
        steps=steps,
        loss_of=loss_of,
        out=out,
        rate=settings["rate"],
        fast=("embeddings.word",),
        fast_factor=settings["fast_factor"],
        log=log,
        log_every=500,
    )
    go_back(student, AutoModel.from_pretrained(start), settings["go_back"])
    student.save_pretrained(out)
    tokenizer.save(str(out / "tokenizer.json"))
    return log(0)


@torch.no_grad()
def go_back(model: torch.nn.Module, start: torch.nn.Module, share: float) -> None:
    """Moves the model's weights `share` of the way back to where they started.

    What was learned holds on most of the way, and what the start could do comes back (Wortsman et al., "Robust fine-tuning
    of zero-shot models", CVPR 2022).
    """
    for weight, old in zip(model.parameters(), start.parameters(), strict=True):
        weight.lerp_(old.to(weight.device), share)


def teacher_vectors(
    teacher: torch.nn.Module, tokenizer: Tokenizer, texts: list[str], kept: Path, device: torch.device
) -> torch.Tensor:
    """Gives the teacher's vectors, made once."""
    if kept.exists():
        made = np.load(kept)
        if len(made) == len(texts):
            return torch.from_numpy(made).float()
    teacher.to(torch.bfloat16).eval()
    vectors = embed(teacher, tokens_of(tokenizer, texts), device)
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.save(kept, vectors.numpy().astype(np.float16))
    return vectors
