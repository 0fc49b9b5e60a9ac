"""The same answers over a Ray cluster of two nodes as in one process, though a worker is killed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.errors import ConfigError
from bukti.config import Config
from tests.bukti.test_cli import run

ROOT = Path(__file__).resolve().parents[2]
LIGHT = ("--verifier", "tests.bukti.dying:Dying", "--embedder", "tests.conftest:HashEmbedder")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cluster of two nodes with a processor each; gives the folder in which its workers leave their marks."""
    pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    marks = tmp_path_factory.mktemp("marks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUKTI_TEST_MARKS", str(marks))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = Cluster()
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=80_000_000)
        patch.setenv("RAY_ADDRESS", made.address)
        yield marks
        made.shutdown()


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Path) -> None:
    monkeypatch.setenv("BUKTI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for mark in cluster.iterdir():
        mark.unlink()
    (tmp_path / "berita").mkdir()
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text(
        "\n".join(
            f"Menurut catatan, jembatan nomor {year} dibuka pada {year} oleh warga." for year in range(2000, 2012)
        )
    )
    for year in range(2000, 2012):
        (tmp_path / "berita" / f"{year}.txt").write_text(f"Jembatan nomor {year} dibuka pada {year + year % 2}.")


def go(*words: str) -> subprocess.CompletedProcess[str]:
    """Runs bukti in a process of its own: what Ray leaves in one is no other test's."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "bukti", *words, *LIGHT],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )


def written(folder: str) -> dict[str, Any]:
    """Every file of the folder, without what the clock says."""
    found: dict[str, Any] = {}
    for path in sorted(Path(folder).iterdir()):
        text = path.read_text(encoding="utf-8")
        found[path.name] = {**json.loads(text), "timing": 0} if path.suffix == ".json" else text.replace(folder, "")
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("_here")
def test_articles_are_verified_as_in_one_process_though_a_worker_is_killed(cluster: Path) -> None:
    alone = go("verify", "berita/", "-s", "sources", "-o", "one/")
    spread = go("verify", "berita/", "-s", "sources", "-o", "two/", "--engine", "ray")
    assert (alone.returncode, spread.returncode) == (0, 0), spread.stderr
    assert spread.stderr == "wrote two/index.html: 12 of 12 articles verified, 0 of them before\n"
    assert (cluster / "killed").exists()
    assert len(list(cluster.glob("node-*"))) == 2
    assert written("two/") == written("one/")
    again = go("verify", "berita/", "-s", "sources", "-o", "two/", "--engine", "ray")
    assert again.stderr == "wrote two/index.html: 12 of 12 articles verified, 12 of them before\n"


@pytest.mark.slow
@pytest.mark.usefixtures("_here")
def test_an_article_that_no_worker_survives_is_a_failure_and_the_others_go_on() -> None:
    Path("berita/2003.txt").write_text("Jembatan ini tak selamat pada 2003.")
    spread = go("verify", "berita/", "-s", "sources", "-o", "two/", "--engine", "ray")
    assert spread.returncode == 4
    assert re.search(r"berita/2003\.txt: ray failed: no worker of the Ray cluster could do it", spread.stderr)
    assert "11 of 12 articles verified" in spread.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("_here")
def test_cases_are_answered_as_in_one_process_though_a_worker_is_killed(cluster: Path) -> None:
    Path("suite.yaml").write_text(
        "name: jembatan\ndefaults: {language: id}\ncases:\n"
        + "".join(
            f"  - {{id: c{year}, claim: 'Jembatan nomor {year} dibuka pada {year + year % 2}.', label: {'refuted' if year % 2 else 'supported'}, "
            f"sources: [{'sources/a.txt' if year % 3 else f'{{id: s{year}, text: Jembatan nomor {year} dibuka pada {year}.}}'}]}}\n"
            for year in range(2000, 2012)
        )
    )
    alone = go("eval", "suite.yaml", "--runs", "one")
    spread = go("eval", "suite.yaml", "--runs", "two", "--engine", "ray")
    assert spread.returncode == alone.returncode, spread.stderr
    assert (cluster / "killed").exists()
    rows = [
        re.sub(r', "seconds": [0-9.e-]+}$', "}", Path(f"{runs}/0001/results.jsonl").read_text(), flags=re.MULTILINE)
        for runs in ("one", "two")
    ]
    assert rows[0] == rows[1]
    assert rows[0].count("\n") == 12
    manifests = [json.loads(Path(f"{runs}/0001/manifest.json").read_text()) for runs in ("one", "two")]
    assert manifests[0]["identity"] == manifests[1]["identity"]
    assert Path("one/0001/measures.json").read_bytes() == Path("two/0001/measures.json").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("_here")
def test_a_cluster_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    lost = go("verify", "berita/", "-s", "sources", "-o", "two/", "--engine", "ray")
    assert lost.returncode == 4
    assert lost.stderr == (
        "bukti: no Ray cluster at 127.0.0.1:1 ([Errno 111] Connection refused); start one: ray start --head, or set RAY_ADDRESS\n"
    )


def test_an_engine_that_is_none_and_one_file_of_answers_for_many_machines_are_refused() -> None:
    with pytest.raises(ConfigError, match="engine is 'dask'; known are local and ray"):
        Config(engine="dask")
    with pytest.raises(ConfigError, match="cannot keep one file of answers"):
        Config(engine="ray", judge_record="answers.jsonl")


def test_without_ray_the_extra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUKTI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "ray", None)
    for name in ("a", "b", "s"):
        (tmp_path / f"{name}.txt").write_text("Jembatan dibuka pada 2003.")
    code, _, err = run(
        capsys, "verify", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "-s", str(tmp_path / "s.txt"), "--engine", "ray",
        "--verifier", "lexical", "--embedder", "tests.conftest:HashEmbedder",
    )  # fmt: skip
    assert (code, err) == (2, "bukti: --engine ray needs Ray, which is not installed; install bukti[ray]\n")
