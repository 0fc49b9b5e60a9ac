"""A run that is killed again and again, each time at a moment that chance chooses, ends as one that nothing disturbed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.eval.runs import WORDS

KILLS = 50


def write_suite(folder: Path) -> None:
    """Writes 40 cases in 8 groups, each against a source of its own."""
    rows = []
    for number in range(40):
        group = number // 5
        text = f"Dewan désa {group} menyetujui {group + 12} sumur pada 2013. Warga desa {group} membangun {group + 3} jembatan."
        rows.append({
            "id": f"c{number}", "language": "id",
            "claim": f"Dewan désa {group} menyetujui {group + 12 + number % 2} sumur pada 2013{'.' * (number % 5 + 1)}",
            "label": "refuted" if number % 2 else "supported", "sources": [{"id": f"s{group}", "text": text}],
        })  # fmt: skip
    (folder / "suite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "killparts.py").write_text(WORDS)


def start(folder: Path, runs: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "bukti", "eval", "suite.jsonl", "--runs", runs, "--verifier", "lexical"]
    paths = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths, "BUKTI_EMBEDDER": "killparts:Words"}
    return subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err.decode()) == (0, "")


def ended(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    return manifest.is_file() and json.loads(manifest.read_text(encoding="utf-8"))["ended"] is not None


def kept(folder: Path) -> tuple[bytes, bytes]:
    """The rows but for how long they took, and the measures."""
    rows = re.sub(rb', "seconds": [0-9.e-]+}$', b"}", (folder / "results.jsonl").read_bytes(), flags=re.MULTILINE)
    return rows, (folder / "measures.json").read_bytes()


@pytest.mark.slow
def test_a_run_killed_at_fifty_random_moments_ends_as_one_that_nothing_disturbed(tmp_path: Path) -> None:
    seed = int(os.environ.get("BUKTI_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"BUKTI_KILL_SEED={seed}")
    moments = random.Random(seed)
    write_suite(tmp_path)
    began = time.monotonic()
    finish(start(tmp_path, "whole"))
    span_s = time.monotonic() - began
    wanted = kept(tmp_path / "whole" / "0001")
    assert wanted[0].count(b"\n") == 40
    runs = tmp_path / "runs"
    kills, seen = 0, set()
    while kills < KILLS:
        process, began = start(tmp_path, "runs"), time.monotonic()
        try:
            process.wait(timeout=moments.uniform(0.1, 1.0) * span_s)
            span_s = max(0.7 * span_s, time.monotonic() - began)  # the machine may be quicker now
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            assert process.stderr is not None
            assert process.stderr.read() == b""
        else:
            assert process.returncode == -signal.SIGKILL
            kills += 1
        assert process.stderr is not None
        process.stderr.close()
        seen.add(tuple(sorted(path.name for path in runs.glob("*/*"))) if runs.is_dir() else ())
    if runs.is_dir() and any(not ended(folder) for folder in runs.iterdir()):
        finish(start(tmp_path, "runs"))
    folders = sorted(runs.iterdir())
    assert [folder.name for folder in folders] == [f"{number:04}" for number in range(1, len(folders) + 1)]
    for folder in folders:
        assert ended(folder), folder.name
        assert kept(folder) == wanted, folder.name
        names = {path.name for path in folder.iterdir()} - {".lock"}  # it may be left by a kill after the end
        assert names == {"manifest.json", "measures.json", "results.jsonl"}
    assert len(seen) > 3, "the kills fell into one phase"
