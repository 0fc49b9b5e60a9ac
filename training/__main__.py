"""Makes the embedded models: ``python -m training --data FOLDER``, or ``make train DATA=FOLDER``.

Stages, each in a folder of its own below `work`, each going on from its last checkpoint: vocabulary, encoder, alignment,
verifier, written, export. A stage that ended is not run again; its figures stand in ``figures.json`` of its folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.alignment import align
from training.encoder import train_encoder
from training.finish import finish
from training.shipped import unpack
from training.verifier import train_verifier
from training.vocabulary import make_vocabulary
from training.written import teach_written

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with nli/, qa/, parallel/, claims/, scifact/ and dev/"
    )
    parser.add_argument("--config", type=Path, default=HERE / "config.toml")
    parser.add_argument(
        "--until", default="export", choices=("vocabulary", "encoder", "alignment", "verifier", "written", "export")
    )
    parser.add_argument(
        "--from-shipped",
        action="store_true",
        help="go on from the shipped models instead of making encoder and verifier",
    )
    given = parser.parse_args()
    config: dict[str, Any] = tomllib.loads(given.config.read_text(encoding="utf-8"))
    work, seed, data = Path(config["work"]), config["seed"], given.data
    if given.from_shipped:
        unpack(HERE.parent / "bukti" / "models", work)
    stages: dict[str, Callable[[Path], dict[str, Any]]] = {
        "vocabulary": lambda out: dict(make_vocabulary(data, out, size=config["vocabulary"]["size"])),
        "encoder": lambda out: dict(train_encoder(data, work / "vocabulary", out, config["encoder"], seed=seed)),
        "alignment": lambda out: dict(align(data, work / "encoder", out / "alignment.json")),
        "verifier": lambda out: dict(train_verifier(data, work / "encoder", out, config["verifier"], seed=seed)),
        "written": lambda out: dict(
            teach_written(data, work / "verifier", out, config["written"], seed=seed, passages=HERE / "passages")
        ),
        "export": lambda out: finish(data, work / "encoder", work / "written", HERE.parent / "bukti" / "models"),
    }
    for name, run in stages.items():
        out = work / name
        done = out / "figures.json"
        if not done.exists():
            began = time.monotonic()
            out.mkdir(parents=True, exist_ok=True)
            figures = run(out)
            done.write_text(
                json.dumps({**figures, "seconds": round(time.monotonic() - began)}, indent=1), encoding="utf-8"
            )
        print(name, done.read_text(encoding="utf-8"), flush=True)
        if name == given.until:
            return


main()
