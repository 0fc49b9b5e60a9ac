"""Teaches the verifier: claim and passage in, one of three answers out, in stages from large and noisy to small and clean."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertForSequenceClassification

from bukti.eval.marks import TYPES, mark_pair, read_texts
from training.corpora import read_rows
from training.loop import batches, pad, set_dropout, set_up, train
from training.pairs import ALLOWED, TrainingPair, all_pairs

STEP_TOKENS = 4000
SMOOTHING = 0.05
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pairs as the model reads them."""

    ids: list[Any]
    types: list[Any]
    allowed: Any


def encode(pairs: Sequence[TrainingPair], tokenizer: Tokenizer) -> Encoded:
    """Gives ids and token types of every pair, as small as they fit."""
    ids, types = [], []
    for start in range(0, len(pairs), CHUNK):
        part = pairs[start : start + CHUNK]
        claims = read_texts([pair.hypothesis for pair in part], [pair.languages[1] for pair in part], tokenizer)
        premises = read_texts([pair.premise for pair in part], [pair.languages[0] for pair in part], tokenizer)
        for claim, premise in zip(claims, premises, strict=True):
            own_ids, own_types = mark_pair(claim, premise)
            ids.append(np.array(own_ids, dtype=np.uint16))
            types.append(np.array(own_types, dtype=np.uint8))
    return Encoded(ids=ids, types=types, allowed=np.array([pair.allowed for pair in pairs], dtype=np.uint8))


def starting_verifier(encoder: Path) -> BertForSequenceClassification:
    """Gives the encoder with a head of three answers and a type embedding for `bukti.eval.marks`."""
    model = BertForSequenceClassification.from_pretrained(encoder, num_labels=3, attn_implementation="eager")
    old = model.bert.embeddings.token_type_embeddings.weight.detach()
    new = torch.nn.Embedding(TYPES, old.shape[1])
    with torch.no_grad():
        for number in range(TYPES):
            new.weight[number] = old[number % 2] + 0.02 * torch.randn(old.shape[1]) * (number > 1)
    model.bert.embeddings.token_type_embeddings = new
    model.config.type_vocab_size = TYPES
    model.config.id2label = {0: "entailment", 1: "contradiction", 2: "neutral"}
    model.config.label2id = {name: number for number, name in model.config.id2label.items()}
    return model


def logits_of(
    model: BertForSequenceClassification, ids: Sequence[Any], types: Sequence[Any], device: torch.device
) -> torch.Tensor:
    """Gives logits, (pairs, 3), in float32."""
    tokens, mask = pad([row.tolist() for row in ids], device)
    kinds, _ = pad([row.tolist() for row in types], device)
    return model(input_ids=tokens, attention_mask=mask, token_type_ids=kinds).logits.float()


def loss_for(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Gives the mean loss: that of the probability given to all allowed answers, with smoothing where there is just one."""
    rights = (allowed.unsqueeze(1) >> torch.arange(3, device=allowed.device)) & 1
    log = functional.log_softmax(logits, dim=-1)
    right = -torch.logsumexp(log.masked_fill(rights == 0, float("-inf")), dim=-1)
    smooth = -log.mean(dim=-1)
    one = rights.sum(1) == 1
    return torch.where(one, (1 - SMOOTHING) * right + SMOOTHING * smooth, right).mean()


def dev_sets(data: Path) -> dict[str, list[TrainingPair]]:
    """Gives the dev sets that the curve shows: some of each."""
    found = {}
    for name, language, most in (
        ("indonli_val", "id", 1200),
        ("vitaminc_real_dev", "en", 1200),
        ("fever_symmetric_dev", "en", 708),
        ("fm2_dev", "en", 1169),
        ("breaking_nli", "en", 1000),
        ("cad_nli_dev", "en", 800),
    ):
        rows = read_rows(data / f"dev/{name}.jsonl.gz")
        rows = random.Random(5).sample(rows, min(most, len(rows)))
        found[name] = [
            TrainingPair(
                premise=r["premise"],
                hypothesis=r["hypothesis"],
                languages=(language, language),
                allowed=ALLOWED[r["label"]],
                source=name,
            )
            for r in rows
        ]
    return found


@torch.no_grad()
def predict(model: BertForSequenceClassification, encoded: Encoded, device: torch.device) -> torch.Tensor:
    """Gives logits of encoded pairs, (pairs, 3), on the CPU."""
    out = torch.zeros(len(encoded.ids), 3)
    for batch in batches([len(row) for row in encoded.ids], tokens=6000, most=256, seed=0):
        out[batch] = logits_of(
            model, [encoded.ids[row] for row in batch], [encoded.types[row] for row in batch], device
        ).cpu()
    return out


def measure(model: BertForSequenceClassification, sets: dict[str, Encoded], device: torch.device) -> dict[str, float]:
    """Gives accuracy for each set; over two answers where the set has two."""
    figures = {}
    for name, encoded in sets.items():
        logits = predict(model, encoded, device)
        if not (encoded.allowed == 4).any():
            logits[:, 2] = -1e9
        gold = torch.from_numpy(np.log2(encoded.allowed).astype(np.int64))
        figures[name] = round((logits.argmax(1) == gold).float().mean().item(), 4)
    figures["mean"] = round(sum(figures.values()) / len(figures), 4)
    return figures


def schedule(
    sizes: dict[str, int], stages: Sequence[dict[str, Any]], seed: int
) -> list[tuple[float, list[tuple[str, int]]]]:
    """Gives, for each epoch, its dropout and the rows it takes: a stage says its epochs and each source's share of an epoch."""
    epochs: list[tuple[float, list[tuple[str, int]]]] = []
    for stage in stages:
        for _ in range(stage["epochs"]):
            chance = random.Random(seed * 1000 + len(epochs))
            rows: list[tuple[str, int]] = []
            for name, size in sizes.items():
                share = stage["shares"].get(name, stage["shares"].get("*", 0.0))
                rows += [(name, row) for row in chance.sample(range(size), min(size, round(share * size)))]
            epochs.append((stage["dropout"], rows))
    return epochs


def encoded_pairs(data: Path, tokenizer: Tokenizer, work: Path, *, seed: int) -> dict[str, Encoded]:
    """Gives all training pairs by source, made with what the stage ``alignment`` left in `work`, and encoded once for each set of marks."""
    kept = work / f"pairs-{TYPES}.pt"
    if kept.exists():
        return {name: Encoded(*parts) for name, parts in torch.load(kept, weights_only=False).items()}
    rows = {
        name: encode(pairs, tokenizer)
        for name, pairs in all_pairs(data, seed, work / "alignment/alignment.json").items()
    }
    torch.save({name: (part.ids, part.types, part.allowed) for name, part in rows.items()}, kept)
    return rows


def train_verifier(data: Path, encoder: Path, out: Path, settings: dict[str, Any], *, seed: int) -> dict[str, float]:
    """Writes the verifier to `out`; gives the stage's figures."""
    device = set_up(seed)
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    dev = {name: encode(rows, tokenizer) for name, rows in dev_sets(data).items()}
    rows = encoded_pairs(data, tokenizer, out.parent, seed=seed)
    if not settings["marks"]:
        for part in (*rows.values(), *dev.values()):
            part.types[:] = [row % 2 for row in part.types]
    steps: list[tuple[float, list[tuple[str, int]]]] = []
    for number, (dropout, epoch) in enumerate(
        schedule({name: len(part.ids) for name, part in rows.items()}, settings["stages"], seed)
    ):
        lengths = [len(rows[name].ids[row]) for name, row in epoch]
        steps += [
            (dropout, [epoch[at] for at in batch])
            for batch in batches(lengths, tokens=STEP_TOKENS, most=96, seed=seed + number)
        ]
    print({name: len(part.ids) for name, part in rows.items()}, len(steps), "steps", flush=True)
    model = starting_verifier(encoder).to(device)
    return taught(model, steps, rows, dev, tokenizer, out, settings)


def taught(
    model: BertForSequenceClassification,
    steps: Sequence[tuple[float, list[tuple[str, int]]]],
    rows: dict[str, Encoded],
    dev: dict[str, Encoded],
    tokenizer: Tokenizer,
    out: Path,
    settings: dict[str, Any],
) -> dict[str, float]:
    """Teaches `model` these steps of rows and writes it to `out`; gives its figures on `dev`."""
    device = next(model.parameters()).device
    # The words stay where the encoder has them, in both languages; it is the layers that learn to compare.
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)

    def loss_of(step: tuple[float, list[tuple[str, int]]], _: int) -> torch.Tensor:
        dropout, batch = step
        set_dropout(model, dropout)
        logits = logits_of(
            model, [rows[name].ids[row] for name, row in batch], [rows[name].types[row] for name, row in batch], device
        )
        return loss_for(logits, torch.tensor([int(rows[name].allowed[row]) for name, row in batch], device=device))

    log: Callable[[int], dict[str, float]] = lambda _: measure(model, dev, device)  # noqa: E731
    train(
        model,
        steps=steps,
        loss_of=loss_of,
        out=out,
        rate=settings["rate"],
        fast=("classifier", "token_type"),
        fast_factor=4.0,
        average_from=settings["average_from"],
        log=log,
        log_every=1500,
    )
    model.save_pretrained(out)
    tokenizer.save(str(out / "tokenizer.json"))
    return measure(model, dev, device)
