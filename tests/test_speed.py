"""The benchmark of speed runs: its parts on tiny input, without clocks being judged."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from benchmarks import speed

CLAIMS: list[speed.Asked] = [
    (f"Telegram memiliki {number} juta pengguna.", "id", "supported") for number in range(speed.WARM + 3)
]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    sources = [(f"Laporan {number}", f"Telegram memiliki {number} juta pengguna. Itu banyak.") for number in range(8)]
    return speed.World(sources=sources, claims=CLAIMS).write(tmp_path / "world")


@pytest.mark.model
def test_a_pass_of_the_pipeline_gives_a_verdict_for_each_claim_that_is_measured(world: Path, tmp_path: Path) -> None:
    row = speed.pipeline_pass("ours", world, tmp_path)
    assert len(row["verdicts"]) == 3
    assert "error" not in row["verdicts"]
    assert row["both"]["cpu"] == row["indexing"]["cpu"] + row["judging"]["cpu"]


@pytest.mark.model
@pytest.mark.slow
def test_the_peer_runs_the_same_weights(world: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the weights are written out by what `make train` installs")
    from benchmarks.peers.langchain_pipeline import write_models

    write_models(tmp_path / "models")
    row = speed.pipeline_pass("peer", world, tmp_path / "models")
    assert set(row["verdicts"]) <= {"supported", "refuted", "not_enough_evidence"}
    assert len(row["verdicts"]) == 3


@pytest.mark.model
def test_indexes_and_numbers_of_claims_are_measured(world: Path) -> None:
    assert speed.index_pass(world, 2)["passages"] == 8
    assert [clock["wall"] > 0 for clock in speed.claims_pass(world, [1, 2])] == [True, True]


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    clock, memory = speed.command([speed.sys.executable, "-c", "pass"], cache=tmp_path)
    assert clock["cpu"] > 0 < memory
    with pytest.raises(SystemExit, match="failed:\nno such thing"):
        speed.command([speed.sys.executable, "-c", "raise SystemExit('no such thing')"], cache=tmp_path)


def test_the_page_has_a_place_for_every_table() -> None:
    template = Path(speed.__file__).with_name("speed.md.in").read_text(encoding="utf-8")
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    assert names == {*speed.PARTS, "accuracy", "machine", "versions", "load", "times", "note"}
