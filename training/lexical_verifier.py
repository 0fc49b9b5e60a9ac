"""Fits the lexical verifier's coefficients to human judgements, and measures it on sets that it was not fitted to.

python training/lexical_verifier.py fit --train indonli_train.jsonl.gz:id --train vitaminc.jsonl.gz:en --out eval/data/lexical_verifier.json
python training/lexical_verifier.py measure --dev vitaminc_dev.jsonl.gz:en
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bukti.eval.alignment import read_text
from bukti.eval.comparison import compare
from bukti.eval.lexical import REFUTE_FEATURES, SUPPORT_FEATURES, LexicalVerifier, refute_features, support_features
from bukti.eval.verifier import Pair

LABELS = {"entailment": 0, "contradiction": 1, "neutral": 2}
MAX_ROWS = 10_000
SEED = 13


def read_rows(given: str) -> list[tuple[str, str, str, int]]:
    """Gives (premise, hypothesis, language, label) of at most MAX_ROWS rows, evenly spread over the file."""
    path, _, language = given.rpartition(":")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            (row["premise"], row["hypothesis"], language, LABELS[row["label"]])
            for row in map(json.loads, file)
            if row["label"] in LABELS
        ]
    order = np.random.default_rng(SEED).permutation(len(rows))[:MAX_ROWS]
    return [rows[number] for number in sorted(order.tolist())]


def fit(given: list[str], out: Path) -> None:
    rows: dict[str, list[list[float]]] = {"support": [], "refute": []}
    labels: dict[str, list[bool]] = {"support": [], "refute": []}
    for source in given:
        for premise, hypothesis, language, label in read_rows(source):
            found = compare(read_text(hypothesis, language), read_text(premise, language))
            if found.differs():
                rows["refute"].append(refute_features(found))
                labels["refute"].append(label == LABELS["contradiction"])
            elif not (found.missing_figures or found.other_time or found.negated):
                rows["support"].append(support_features(found))
                labels["support"].append(label == LABELS["entailment"])
    stored: dict[str, object] = {
        "name": "lexical/1",
        "fitted_to": [Path(source.rpartition(":")[0]).name.removesuffix(".jsonl.gz") for source in given],
    }
    for part, names in (("support", SUPPORT_FEATURES), ("refute", REFUTE_FEATURES)):
        model = LogisticRegression(max_iter=2000).fit(np.asarray(rows[part]), labels[part])
        stored[part] = {
            "features": list(names),
            "coefficients": np.round(model.coef_[0], 4).tolist(),
            "bias": round(float(model.intercept_[0]), 4),
            "rows": len(labels[part]),
        }
        print(
            part,
            f"n={len(labels[part])} share {np.mean(labels[part]):.3f}",
            dict(zip(names, np.round(model.coef_[0], 2).tolist(), strict=True)),
            model.intercept_,
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def measure(given: list[str]) -> None:
    for source in given:
        rows = read_rows(source)
        pairs = [
            Pair(premise=p, hypothesis=h, premise_language=lang, hypothesis_language=lang) for p, h, lang, _ in rows
        ]
        answers = LexicalVerifier().verify(pairs)
        scores = np.array([[a.supported, a.refuted, a.not_enough_evidence] for a in answers])
        labels = np.array([label for *_, label in rows])
        guesses = scores.argmax(axis=1)
        recalls = [float((guesses[labels == label] == label).mean()) for label in sorted(set(labels.tolist()))]
        sure, denied = scores[:, 0] >= 0.5, scores[:, 1] >= 0.5
        print(f"{source}: accuracy {(guesses == labels).mean():.3f} balanced {np.mean(recalls):.3f} "
              f"precision of support at 0.5 {(labels[sure] == 0).mean() if sure.any() else 0:.3f} on {sure.mean():.1%}, "
              f"of refutation {(labels[denied] == 1).mean() if denied.any() else 0:.3f} on {denied.mean():.1%} (n={len(rows)})")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("fit")
    command.add_argument("--train", action="append", required=True, help="FILE:LANGUAGE")
    command.add_argument("--out", type=Path, required=True)
    command = commands.add_parser("measure")
    command.add_argument("--dev", action="append", required=True, help="FILE:LANGUAGE")
    arguments = parser.parse_args()
    if arguments.command == "fit":
        fit(arguments.train, arguments.out)
    else:
        measure(arguments.dev)
