"""An index outlives what is done to it: kill -9 at any moment, two at once, no room, no rights."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
EMBEDDER = ["--embedder", "tests.hostile.adding:WordEmbedder"]
KILLS = 100
AT_ONCE = 2
"""So many are killed side by side, each with an index of its own."""


class Caller:
    """Runs commands in processes that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.adding"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def order(self, **order: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"folder": str(self.folder), **order}) + "\n")
        self.process.stdin.flush()
        return None if order.get("start") else json.loads(self.process.stdout.readline())

    def call(self, *arguments: str, **more: Any) -> Any:
        return self.order(arguments=[*arguments, *EMBEDDER], **more)

    def contents(self, index: Path) -> Any:
        told = self.order(contents=str(index))
        assert told["code"] == 0, told["said"]
        return json.loads(told["said"].splitlines()[-1])


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="bukti-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def calling(folder: Path) -> Iterator[Caller]:
    folder.mkdir(exist_ok=True)
    made = Caller(folder)
    with made.process:  # its pipes are closed, and its end is waited for
        yield made
    assert made.process.returncode == 0


@pytest.fixture
def caller(place: Path) -> Iterator[Caller]:
    with calling(place) as made:
        yield made


def write_sources(folder: Path, *, changed: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(60):
        path = folder / f"{number:02}.txt"
        if changed and number % 10 == 3:
            path.unlink(missing_ok=True)
            continue
        again = " Jumlahnya kini berubah." if changed and number % 5 == 1 else ""
        path.write_text(
            "\n".join(
                f"Kota nomor {number} punya {part} jembatan dan {number * part} taman.{again} " * 4 for part in range(5)
            )
        )
    return folder


def test_an_index_killed_at_any_moment_loses_and_doubles_nothing(place: Path, caller: Caller) -> None:
    sources = write_sources(place / "sources")
    older, whole = place / "older", place / "whole"
    assert caller.call("index", "add", str(sources), "--index", str(older))["code"] == 0
    write_sources(sources, changed=True)
    first = caller.call("index", "add", str(sources), "--index", str(whole))
    assert first["code"] == 0
    expected = caller.contents(whole)
    assert len(expected["sources"]) == 54
    chance = random.Random(9)
    moments = [chance.uniform(0.0, 1.2 * first["seconds"]) for _ in range(KILLS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = [
            pool.submit(
                kill_often, place, f"index-{part}", dict(list(enumerate(moments))[part::AT_ONCE]), sources, expected
            )
            for part in range(AT_ONCE)
        ]
    outcomes = sum((each.result() for each in told), Counter())
    assert outcomes.total() == KILLS
    assert sum(count for name, count in outcomes.items() if " -9 " in name) > KILLS / 3, outcomes


def kill_often(place: Path, name: str, moments: dict[int, float], sources: Path, expected: Any) -> Counter[str]:
    """Kills a change of an index at each of these moments and looks at what it left; gives how they ended."""
    older, whole, index = place / "older", place / "whole", place / name
    outcomes: Counter[str] = Counter()
    with calling(place / f"{name}-said") as caller:
        for number, moment in moments.items():
            shutil.rmtree(index, ignore_errors=True)
            how = ("new", "changed", "rebuilt")[number % 3]
            if how != "new":
                shutil.copytree(older if how == "changed" else whole, index)
            command = ["rebuild"] if how == "rebuilt" else ["add", str(sources)]
            killed = caller.call("index", *command, "--index", str(index), kill_after=moment)
            assert killed["code"] in (0, -9), killed
            status = caller.call("index", "status", "--index", str(index))
            outcomes[f"{how} {killed['code']} {status['code']}"] += 1
            if status["code"]:
                assert status["code"] == 2
                assert status["said"].count("\n") == 1
                named = re.findall(r"bukti (index (?:add|rebuild) .*)", status["said"])
                assert len(named) == 1, status
                repaired = caller.call(*shlex.split(named[0].replace("PATH...", shlex.quote(str(sources)))))
                assert repaired["code"] == 0, (status, repaired)
            again = caller.call("index", "add", str(sources), "--index", str(index))
            assert again["code"] == 0, (how, killed, status, again)
            assert caller.contents(index) == expected, (how, killed, status)
            left = {entry.name for entry in index.iterdir()}
            assert {"manifest.json", ".lock"} < left
            assert len(left) == 3, left
    return outcomes


def test_two_processes_take_turns(place: Path, caller: Caller) -> None:
    sources = write_sources(place / "sources")
    halves = [[str(path) for path in sorted(sources.iterdir())][at::2] for at in range(2)]
    for half in halves:
        caller.call("index", "add", *half, "--index", str(place / "index"), start=True)
    assert [told["code"] for told in caller.order(wait=True)] == [0, 0]
    caller.call("index", "add", str(sources), "--index", str(place / "whole"))
    assert caller.contents(place / "index") == caller.contents(place / "whole")


@pytest.mark.parametrize("most", [0, 20_000, 200_000, 1_000_000])
def test_without_room_there_is_one_clear_error_and_no_damage(place: Path, caller: Caller, most: int) -> None:
    sources = write_sources(place / "sources")
    index = place / "index"
    assert caller.call("index", "add", str(sources / "00.txt"), "--index", str(index))["code"] == 0
    before = caller.contents(index)
    told = caller.call("index", "add", str(sources), "--index", str(index), most_bytes=most)
    if told["code"]:  # the largest may be room enough
        assert (told["code"], told["said"].count("\n")) == (2, 1), told
        assert "cannot be written" in told["said"]
        assert caller.contents(index) == before
    assert told["code"] or most > 200_000
    assert caller.call("index", "add", str(sources), "--index", str(index))["code"] == 0
    assert len(caller.contents(index)["sources"]) == 60


def test_a_folder_that_may_not_be_written_is_one_clear_error(place: Path, caller: Caller) -> None:
    sources = write_sources(place / "sources")
    index = place / "index"
    assert caller.call("index", "add", str(sources / "00.txt"), "--index", str(index))["code"] == 0
    before = caller.contents(index)
    for path in (index, *index.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    told = caller.call("index", "add", str(sources), "--index", str(index), user=65534)
    assert (told["code"], told["said"].count("\n")) == (2, 1), told
    assert "cannot be written" in told["said"]
    assert "rebuild" not in told["said"]
    for path in (index, *index.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert caller.contents(index) == before
