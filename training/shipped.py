"""Unpacks the shipped models into folders that training goes on from: what eight bits kept of them, in float32."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel

from bukti.eval.marks import TYPES
from training.export import restore


def unpack(shipped: Path, work: Path) -> None:
    """Writes ``encoder`` and ``verifier`` below `work` as the stages of these names would; the stages that ended are left as they are.

    Args:
        shipped: Folder of the shipped files.
        work: Folder of the stages.
    """
    words = Tokenizer.from_file(str(shipped / "tokenizer.json"))
    common = {
        "vocab_size": words.get_vocab_size(),
        "hidden_size": 384,
        "num_hidden_layers": 6,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
    }
    answers = {0: "entailment", 1: "contradiction", 2: "neutral"}
    labels = {"num_labels": 3, "id2label": answers, "label2id": {name: number for number, name in answers.items()}}
    for name, kind, extra in (
        ("encoder", BertModel, {}),
        ("verifier", BertForSequenceClassification, {"type_vocab_size": TYPES, **labels}),
    ):
        out = work / name
        if (out / "figures.json").exists():
            continue
        model = kind(BertConfig(**common, **extra))
        missing = model.load_state_dict(
            restore(shipped / f"{name}.onnx", shipped / "words.safetensors"), strict=False
        ).missing_keys
        # The encoder's pooler is not used, and not shipped.
        if any(not key.startswith("pooler.") for key in missing):
            raise SystemExit(f"{name}.onnx lacks {', '.join(missing)}")
        model.save_pretrained(out)
        words.save(str(out / "tokenizer.json"))
        _mark(out)
    # The vocabulary is that of the unpacked models: there is nothing to make.
    (work / "vocabulary").mkdir(exist_ok=True)
    _mark(work / "vocabulary")


def was_unpacked(folder: Path) -> bool:
    """Says whether a stage's folder holds what `unpack` wrote there."""
    done = folder / "figures.json"
    return done.exists() and bool(json.loads(done.read_text(encoding="utf-8")).get("unpacked"))


def _mark(folder: Path) -> None:
    (folder / "figures.json").write_text(json.dumps({"unpacked": True}), encoding="utf-8")
