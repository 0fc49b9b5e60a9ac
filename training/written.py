"""Passages written for this project with true, false and undecided claims, as pairs: what the verifier meets at run time.

``training/passages/*.jsonl.gz`` holds one passage a line: language, title, day, sentences, and claims in both languages with their label
(S, R or N) and the sentences that decide. All of it is invented, and none of it is of the evaluation sets.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from bukti.eval.mutation import BY_NAME, Mutation, mutate
from bukti.eval.premises import headed
from bukti.retrieval.embedder import Embedder, load_embedder
from training.loop import batches, set_up
from training.pairs import ALLOWED, TrainingPair
from training.verifier import STEP_TOKENS, dev_sets, encode, encoded_pairs, taught

LABELS = {"S": ALLOWED["entailment"], "R": ALLOWED["contradiction"], "N": ALLOWED["neutral"]}
HELD_OUT = 12
"""One passage in so many is held out."""


def read_written(folder: Path) -> list[dict[str, Any]]:
    """Gives the passages, in the order of their files."""
    rows: list[dict[str, Any]] = []
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows += [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
    return rows


def held_out(row: dict[str, Any]) -> bool:
    """Says whether a passage is kept for measuring: by its id, so that it stays so when passages are added."""
    return digest_of(row["id"]) % HELD_OUT == 0


def digest_of(name: str) -> int:
    """Gives a number made of a name, the same on every machine."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16)


def written_pairs(
    rows: Sequence[dict[str, Any]],
    chance: random.Random,
    *,
    windows: int = 1,
    mutants: float = 0.0,
    apart: float = 0.7,
    lead: float = 0.0,
    elsewhere: dict[tuple[str, int], list[tuple[int, int]]] | None = None,
    strangers: float = 0.2,
    clutter: float = 0.0,
) -> list[TrainingPair]:
    """Gives pairs of a claim and a window of its passage.

    Args:
        rows: Passages.
        chance: Where the choices come from.
        windows: How many windows of what decides a claim that is true or false is given with.
        mutants: Share of the true claims of which a mutant is given besides, where one can be made.
        apart: Share of the true and the false claims that are held against a window without what decides them.
        lead: Share of the windows from further down that the passage's first sentence is put before: it names what the rest speaks of.
        elsewhere: What `nearest_elsewhere` gave.
        strangers: Share of the claims that are held against one or two of these sentences of other passages, if given.
        clutter: Share of the pairs whose window has what stands on a page and is no part of its text before or behind it: this changes nothing.
    """

    def led(window: list[int]) -> list[int]:
        return [0, *window] if window[0] > 0 and lead and chance.random() < lead else window

    made = []
    for row in rows:
        count = len(row["sentences"])
        for number, claim in enumerate(row["claims"]):
            allowed, text, language = LABELS[claim["label"]], claim["text"], claim["language"]
            deciding = sorted(at for at in claim["deciding"] if 0 <= at < count)
            made += [
                _pair(row, led(_around(deciding, count, chance)), text, language, allowed, chance)
                for _ in range(windows if claim["label"] != "N" else 1)
            ]
            if claim["label"] == "S" and chance.random() < mutants:
                found = mutants_of(text, language)
                # One operator first, then one of its mutants: dates and numbers would crowd out the rest.
                operators = sorted({mutant.operator for mutant in found})
                if operators:
                    operator = chance.choice(operators)
                    mutant = chance.choice([each for each in found if each.operator == operator])
                    answers = ALLOWED["not_entailment"] if operator in BY_NAME else LABELS["R"]
                    made.append(
                        _pair(row, led(_around(deciding, count, chance)), mutant.text, language, answers, chance)
                    )
            if deciding and claim["label"] != "N" and chance.random() < apart:
                # A window without what decides says nothing of the claim, however much it speaks of the same.
                others = [at for at in range(count) if at not in deciding]
                if others:
                    start = chance.choice(others)
                    window = [at for at in (start, start + 1) if at in others][: chance.choice((1, 2))]
                    made.append(
                        _pair(row, window if 0 in deciding else led(window), text, language, LABELS["N"], chance)
                    )
            near = elsewhere.get((row["id"], number)) if elsewhere else None
            if near and chance.random() < strangers:
                which, at = chance.choice(near)
                window = list(range(at, min(at + chance.choice((1, 2)), len(rows[which]["sentences"]))))
                made.append(_pair(rows[which], led(window), text, language, LABELS["N"], chance))
    return [_cluttered(pair, chance) if clutter and chance.random() < clutter else pair for pair in made]


def _cluttered(pair: TrainingPair, chance: random.Random) -> TrainingPair:
    """Puts page furniture, markup or what tells a reader how to judge before the window, behind it, or on both sides."""
    before, behind = (chance.choice(_clutter()) for _ in range(2))
    draw = chance.random()
    # What stands before is put between title and text, as on a page, where the title ends with the first full stop.
    head, stop, text = pair.premise.partition(". ")
    if not stop:
        head, text = "", pair.premise
    if draw < 0.7:
        text = f"{before} {text}"
    if draw > 0.4:
        text = f"{text} {behind}"
    return replace(pair, premise=f"{head}{stop}{text}")


@cache
def _clutter() -> list[str]:
    return (Path(__file__).parent / "clutter.txt").read_text(encoding="utf-8").splitlines()


def nearest_elsewhere(
    rows: Sequence[dict[str, Any]], embedder: Embedder, *, most: int = 5
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """Gives for each claim the sentences of other passages that come nearest to it: what a search finds and what decides nothing.

    Args:
        rows: Passages.
        embedder: What finds them.
        most: How many sentences a claim gets.

    Returns:
        For each (passage id, number of the claim) pairs of a row and the number of a sentence.
    """
    places = [(which, at) for which, row in enumerate(rows) for at in range(len(row["sentences"]))]
    owner = np.array([which for which, _ in places])
    sentences = embedder.embed([rows[which]["sentences"][at] for which, at in places])
    found = {}
    for which, row in enumerate(rows):
        near = embedder.embed([claim["text"] for claim in row["claims"]]) @ sentences.T
        near[:, owner == which] = -1.0
        for number, best in enumerate(np.argsort(-near, axis=1, kind="stable")[:, :most].tolist()):
            found[row["id"], number] = [places[at] for at in best]
    return found


@cache
def mutants_of(text: str, language: str) -> tuple[Mutation, ...]:
    """Gives a claim's mutants."""
    return mutate(text, language)


def teach_written(
    data: Path, start: Path, out: Path, settings: dict[str, Any], *, seed: int, passages: Path
) -> dict[str, float]:
    """Goes on teaching the verifier in `start` with written passages, among pairs of the sets it was taught before; writes it to `out`.

    Args:
        data: The data folder.
        start: The verifier so far.
        out: Where the stage is kept.
        settings: Epochs, dropout, rate, windows, the shares of mutants, of windows apart, of first sentences, of strangers and of clutter, and
            each older set's share in an epoch.
        seed: Where the choices come from.
        passages: Folder of the written passages.

    Returns:
        Figures on the dev sets, and as ``written`` on the passages that are held out.
    """
    device = set_up(seed)
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    everything = read_written(passages)
    dev = {name: encode(pairs, tokenizer) for name, pairs in dev_sets(data).items()}
    dev["written"] = encode(written_pairs([row for row in everything if held_out(row)], random.Random(1)), tokenizer)
    rows = dict(encoded_pairs(data, tokenizer, out.parent, seed=seed))
    learnt = [row for row in everything if not held_out(row)]
    elsewhere = nearest_elsewhere(learnt, load_embedder("embedded"))
    steps: list[tuple[float, list[tuple[str, int]]]] = []
    for number in range(settings["epochs"]):
        chance = random.Random(seed * 1000 + number)
        pairs = written_pairs(
            learnt,
            chance,
            windows=settings["windows"],
            mutants=settings["mutants"],
            apart=settings["apart"],
            lead=settings["lead"],
            elsewhere=elsewhere,
            strangers=settings["strangers"],
            clutter=settings["clutter"],
        )
        own = encode(pairs, tokenizer)
        rows[f"written {number}"] = own
        epoch = [(f"written {number}", row) for row in range(len(own.ids))]
        for name, share in settings["shares"].items():
            size = len(rows[name].ids)
            epoch += [(name, row) for row in chance.sample(range(size), round(share * size))]
        lengths = [len(rows[name].ids[row]) for name, row in epoch]
        steps += [
            (settings["dropout"], [epoch[at] for at in batch])
            for batch in batches(lengths, tokens=STEP_TOKENS, most=96, seed=seed + number)
        ]
        print(f"epoch {number}: {len(own.ids)} written of {len(epoch)}", flush=True)
    model = BertForSequenceClassification.from_pretrained(start, attn_implementation="eager").to(device)
    return taught(model, steps, rows, dev, tokenizer, out, settings)


def _around(deciding: Sequence[int], count: int, chance: random.Random) -> list[int]:
    """Gives the sentences of a window that holds all that decides: alone, with a neighbour, now and then the whole passage."""
    draw = chance.random()
    if not deciding or draw > 0.93:
        return list(range(count))
    window = list(deciding)
    if draw > 0.45:
        if window[0] > 0 and (draw < 0.75 or window[-1] + 1 >= count):
            window.insert(0, window[0] - 1)
        elif window[-1] + 1 < count:
            window.append(window[-1] + 1)
    return window


def _pair(
    row: dict[str, Any], window: Sequence[int], text: str, language: str, allowed: int, chance: random.Random
) -> TrainingPair:
    day = date.fromisoformat(row["date"]) if row.get("date") and chance.random() < 0.85 else None
    title = row["title"] if chance.random() < 0.9 else ""
    return TrainingPair(
        premise=headed([row["sentences"][at] for at in window], title=title, published=day, language=row["language"]),
        hypothesis=text,
        languages=(row["language"], language),
        allowed=allowed,
        source="written",
    )
