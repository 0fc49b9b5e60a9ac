"""Uses the trained encoder on the training data: which parallel lines are no translations, and which Indonesian rows translate which English ones."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from training.corpora import read_parallel, read_rows
from training.encoder import embed, tokens_of
from training.loop import set_up
from training.pairs import ALLOWED

MUTUAL = 0.6
"""Likeness of both premise and hypothesis from which on two rows are translations of each other."""


def align(data: Path, encoder: Path, out: Path) -> dict[str, float]:
    """Writes the likeness of every parallel pair, and the rows of Indonesian MNLI with the English rows they translate."""
    device = set_up(0)
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    model = AutoModel.from_pretrained(encoder, attn_implementation="eager").to(device, torch.bfloat16).eval()
    vectors = lambda texts: embed(model, tokens_of(tokenizer, texts), device)  # noqa: E731
    pairs = read_parallel(data)
    near = (vectors([a for a, _ in pairs]) * vectors([b for _, b in pairs])).sum(1)
    english = read_rows(data / "nli/mnli_dev.jsonl.gz")
    indonesian = read_rows(data / "nli/mnli_id_mt_dev.jsonl.gz")
    sides = [
        vectors([row[side] for row in rows]) for rows in (english, indonesian) for side in ("premise", "hypothesis")
    ]
    both = torch.minimum(sides[2] @ sides[0].T, sides[3] @ sides[1].T)
    best = both.max(dim=1)
    crossed = []
    for row, (likeness, at) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
        a, b = indonesian[row], english[at]
        if likeness >= MUTUAL and a["label"] == b["label"]:
            crossed.append((a["premise"], b["hypothesis"], ["id", "en"], ALLOWED[a["label"]]))
            crossed.append((b["premise"], a["hypothesis"], ["en", "id"], ALLOWED[a["label"]]))
    out.write_text(
        json.dumps({"near": [round(value, 3) for value in near.tolist()], "crossed": crossed}), encoding="utf-8"
    )
    return {
        "pairs": len(pairs),
        "pairs_below_0.55": int((near < 0.55).sum()),
        "median": near.median().item(),
        "rows": len(indonesian),
        "rows_with_translation": len(crossed) / 2,
        "same_label_among_near": sum(
            indonesian[row]["label"] == english[at]["label"]
            for row, (v, at) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True))
            if v >= MUTUAL
        )
        / max(1, int((best.values >= MUTUAL).sum())),
    }
