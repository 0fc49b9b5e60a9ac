"""Writes the gold set for verdicts as a suite: ``python -m benchmarks.suite --part dev -o dev.jsonl``, then
``bukti eval dev.jsonl --oracle claims``.

A case is an article with its own sources and its labelled claims, all of them as files where they lie: the suite names them from where it is
written.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from bukti.eval.output import write_text

GOLD = Path(__file__).parent / "verification" / "gold"
SPLITS = ("dev", "validation", "test")


def case_of(folder: Path, start: Path) -> dict[str, Any]:
    """Gives an article of the gold set as a case of a suite that lies in `start`."""
    here = os.path.relpath(folder, start)
    rows = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    return {
        "id": folder.name,
        "article": f"{here}/article.txt",
        "sources": [f"{here}/sources"],
        "language": rows[0]["language"],
        "claims": [
            {
                "id": row["id"].removeprefix(f"{folder.name}-"),
                "text": row["claim"],
                "label": row["label"],
                "evidence": [
                    {"source": f"{here}/{item['source']}", "quote": item["quote"]} for item in row.get("evidence", [])
                ],
                "tags": row["tags"],
                "note": row["why"],
            }
            for row in rows
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=SPLITS, default="dev")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    start = options.output.resolve().parent
    cases = [case_of(folder, start) for folder in sorted((GOLD / options.part).iterdir())]
    write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), options.output)
    print(f"wrote {options.output}: {len(cases)} articles, {sum(len(case['claims']) for case in cases)} claims")


if __name__ == "__main__":
    main()
