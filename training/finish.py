"""Exports both models in int8, calibrates the verifier, and writes the package's files."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from tokenizers import Tokenizer
from transformers import AutoModel, BertForSequenceClassification

from bukti.eval.embedded import EmbeddedVerifier, calibrated
from bukti.eval.marks import TYPES
from bukti.retrieval import embedded
from bukti.retrieval.embedded import load_model, tokenizer
from training.corpora import read_parallel
from training.devsets import DevSet, halves, pages, read_dev_set
from training.encoder import embed, tokens_of
from training.export import activation_scales, build, write, write_tokenizer, write_words
from training.pairs import TrainingPair
from training.shipped import was_unpacked
from training.thresholds import choose
from training.verifier import Encoded, encode, encoded_pairs, predict
from training.written import digest_of, held_out, read_written, written_pairs

CALIBRATED_ON = ("indonli_val", "vitaminc_real_dev")
"""Dev sets, one a language, of which one half of the pages calibrates and the other reports."""

PASSAGES = Path(__file__).parent / "passages"

CHOSEN_ON = 80
"""Held-out passages that the thresholds are chosen on: some thousand claims, each against all of these passages."""

CPU = torch.device("cpu")


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, *, bins: int = 15) -> float:
    """Gives the mean gap between confidence and accuracy over bins of equal mass.

    Source: Nixon et al., "Measuring Calibration in Deep Learning", 2019 (adaptive calibration error, of the top answer).
    """
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    return float(sum(len(part) * abs(confidence[part].mean() - right[part].mean()) for part in parts) / len(order))


def best_temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """Gives the temperature of the least log loss."""
    loss = lambda at: -log_softmax(logits / at, axis=1)[np.arange(len(gold)), gold].mean()  # noqa: E731
    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(data: Path, encoder: Path, verifier: Path, shipped: Path) -> None:
    """Writes both models, what they share, and the list of them without the verifier's calibration."""
    own_tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    shipped.mkdir(parents=True, exist_ok=True)
    torch_encoder = AutoModel.from_pretrained(encoder, attn_implementation="eager").eval()
    if not was_unpacked(encoder):  # what was unpacked is shipped already, and would lose by being rounded again
        sentences = [side for pair in read_parallel(data)[:4000:10] for side in pair]
        tokens = tokens_of(own_tokenizer, sentences)
        scales = activation_scales(torch_encoder, lambda: embed(torch_encoder, tokens, CPU))
        write(build(torch_encoder, scales, head="mean"), shipped / "encoder.onnx")
        write_words(torch_encoder, shipped / "words.safetensors")
        write_tokenizer(encoder / "tokenizer.json", shipped / "tokenizer.json")

    torch_verifier = BertForSequenceClassification.from_pretrained(verifier, attn_implementation="eager").eval()
    same = [model.get_input_embeddings().weight for model in (torch_encoder, torch_verifier)]
    if not torch.equal(same[0].to(torch.bfloat16), same[1].to(torch.bfloat16)):
        raise SystemExit("the verifier's word embedding is not the encoder's: they cannot share one file")
    parts = encoded_pairs(data, own_tokenizer, verifier.parent, seed=7).values()
    sample = Encoded(
        ids=[row for part in parts for row in part.ids[:60]],
        types=[row for part in parts for row in part.types[:60]],
        allowed=np.concatenate([part.allowed[:60] for part in parts]),
    )
    scales = activation_scales(torch_verifier, lambda: predict(torch_verifier, sample, CPU))
    write(build(torch_verifier, scales, head="logits"), shipped / "verifier.onnx")

    manifest = json.loads((Path(__file__).parent / "cards.json").read_text(encoding="utf-8"))
    for part, file in (("tokenizer", "tokenizer.json"), ("words", "words.safetensors")):
        manifest[part] = {"file": file, "sha256": digest(shipped / file)}
    for name, model in (("encoder", torch_encoder), ("verifier", torch_verifier)):
        file = shipped / f"{name}.onnx"
        weights = sum(parameter.numel() for parameter in model.parameters())
        manifest["models"][name].update(
            file=file.name, size=file.stat().st_size, sha256=digest(file), parameters=weights
        )
    write_manifest(manifest, shipped)


def write_manifest(manifest: dict[str, Any], shipped: Path) -> None:
    """Writes the list of the models."""
    (shipped / "models.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def calibrate(data: Path, verifier: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gives the verifier's settings, and what was measured on the way: the cost of int8, and the calibration error."""
    torch_verifier = BertForSequenceClassification.from_pretrained(verifier, attn_implementation="eager").eval()
    temperatures: dict[str, float] = {}
    figures: dict[str, Any] = {}
    written = _written_logits()
    for name in CALIBRATED_ON:
        dev = read_dev_set(data, name)
        language = dev.pairs[0].premise_language
        first, second = halves(pages(data, dev))
        encoded, gold = encode_dev(dev), np.array(dev.gold)
        logits = load_model("verifier").run(encoded.ids, encoded.types)
        own_logits, own_gold = written[f"{language}-{language}"]
        at = best_temperature(np.concatenate([logits[first], own_logits]), np.concatenate([gold[first], own_gold]))
        temperatures[f"{language}-{language}"] = round(at, 3)
        shown = calibrated(logits, at)
        exact = predict(torch_verifier, encoded, CPU).numpy()
        right = shown.argmax(axis=1) == gold
        figures[name] = {
            "calibrated_on": len(first),
            "reported_on": len(second),
            "calibration_error": expected_calibration_error(shown[second].max(axis=1), right[second]),
            "accuracy": float(right[second].mean()),
            "int8_accuracy_lost": float((exact.argmax(axis=1) == gold).mean() - right.mean()),
            "int8_mean_difference": float(
                np.abs(np.exp(log_softmax(exact, axis=1)) - np.exp(log_softmax(logits, axis=1))).mean()
            ),
        }
    for pair in ("id-en", "en-id"):
        temperatures[pair] = round(best_temperature(*written[pair]), 3)
    settings = {"token_types": TYPES, "temperature": temperatures, "support_threshold": 0.5, "refute_threshold": 0.5}
    return settings, figures


def _written_logits() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Gives, for each pair of languages, the shipped verifier's logits on the held-out written passages, and the right answers."""
    pairs = written_pairs([row for row in read_written(PASSAGES) if held_out(row)], random.Random(1))
    found = {}
    for languages in {pair.languages for pair in pairs}:
        own = [pair for pair in pairs if pair.languages == languages]
        encoded = encode(own, tokenizer())
        gold = np.log2(np.array([pair.allowed for pair in own])).astype(int)
        found["-".join(languages)] = (load_model("verifier").run(encoded.ids, encoded.types), gold)
    return found


def finish(data: Path, encoder: Path, verifier: Path, shipped: Path) -> dict[str, Any]:
    """Writes the shipped files; gives what was lost on the way and how the verifier was calibrated."""
    torch.set_num_threads(2)
    export(data, encoder, verifier, shipped)
    settings, figures = calibrate(data, verifier)
    manifest = json.loads((shipped / "models.json").read_text(encoding="utf-8"))

    def keep() -> None:
        manifest["models"]["verifier"]["settings"] = settings
        write_manifest(manifest, shipped)
        embedded._manifest.cache_clear()  # it is read once, and has just changed
        load_model.cache_clear()

    keep()
    rows = sorted((row for row in read_written(PASSAGES) if held_out(row)), key=lambda row: digest_of(row["id"]))
    chosen, found = choose(rows[:CHOSEN_ON], EmbeddedVerifier())
    settings |= {
        "support_threshold": chosen.support,
        "refute_threshold": chosen.refute_alone,
        "calibration": chosen.calibration,
    }
    keep()
    write_cards(shipped)
    return {**figures, **settings, "end_to_end": found}


def encode_dev(dev: DevSet) -> Encoded:
    """Gives a dev set's pairs as the models read them; what does not fit a window is left out."""
    return encode(
        [
            TrainingPair(
                premise=pair.premise,
                hypothesis=pair.hypothesis,
                languages=(pair.premise_language, pair.hypothesis_language),
                allowed=1,
                source=dev.name,
            )
            for pair in dev.pairs
        ],
        tokenizer(),
    )


def write_cards(shipped: Path) -> None:
    """Writes each model's card from its template, what models.json says and the figures of figures.json."""
    here = Path(__file__).parent
    figures = json.loads((here / "figures.json").read_text(encoding="utf-8"))
    for name, card in json.loads((shipped / "models.json").read_text(encoding="utf-8"))["models"].items():
        template = (here / f"{name.upper()}.md.in").read_text(encoding="utf-8")
        values = {
            **card,
            **card["settings"],
            "figures": "\n".join(figures[name]),
        }
        if "temperature" in values:
            values["temperatures"] = ", ".join(
                f"{pair} {value}" for pair, value in sorted(values["temperature"].items())
            )
        (shipped / f"{name.upper()}.md").write_text(template.format(**values), encoding="utf-8")


if __name__ == "__main__":
    write_cards(Path(__file__).resolve().parent.parent / "bukti" / "models")
