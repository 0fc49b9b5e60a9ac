"""Averages the weights of checkpoints that came of one another: ``python -m training.average A B --to C``.

Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from safetensors.torch import load_file, save_file

FILE = "model.safetensors"


def average(folders: Sequence[Path], to: Path) -> None:
    """Writes the mean of checkpoints, weight by weight, beside the first one's configuration and tokenizer.

    Args:
        folders: Folders of one architecture, each with its weights.
        to: A folder for the mean; made if it is not there.
    """
    weights = [load_file(folder / FILE) for folder in folders]
    mean = {
        name: (sum(each[name].float() for each in weights) / len(weights)).to(first.dtype)
        if first.is_floating_point()
        else first
        for name, first in weights[0].items()
    }
    to.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(folders[0] / name, to / name)
    save_file(mean, to / FILE, metadata={"format": "pt"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--to", required=True, type=Path)
    given = parser.parse_args()
    average(given.folders, given.to)
