"""The gold set for verdicts keeps its own rules: what is measured with it hangs on them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.suite import GOLD, SPLITS, case_of
from bukti.eval.suites import read_suite

FOLDERS = sorted(folder for part in SPLITS for folder in (GOLD / part).iterdir())
STANCES = {
    "supported": {"supports"},
    "refuted": {"refutes"},
    "conflicting": {"supports", "refutes"},
    "not_enough_evidence": set(),
}


def plain(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return " ".join((re.sub(r"<[^>]+>", " ", text) if path.suffix == ".html" else text).split())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_case_quotes_its_article_and_its_sources(folder: Path) -> None:
    article = plain(folder / "article.txt")
    rows = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) >= 16
    for row in rows:
        assert " ".join(row["sentence"].split()) in article, row["id"]
        evidence = row.get("evidence", [])
        assert {item["stance"] for item in evidence} == STANCES[row["label"]], row["id"]
        assert evidence or (folder / row["near"]).is_file(), row["id"]
        for item in evidence:
            assert " ".join(item["quote"].split()) in plain(folder / item["source"]), row["id"]


@pytest.mark.parametrize("part", ["dev", "test"])
def test_paraphrases_cross_the_languages_evenly(part: str) -> None:
    lines = (GOLD / "paraphrases" / part / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [(row["claim_language"], row["evidence_language"]) for row in map(json.loads, lines)]
    assert {pair: pairs.count(pair) for pair in set(pairs)} == {(a, b): 50 for a in ("id", "en") for b in ("id", "en")}


def write_dev(folders: list[Path], to: Path) -> Path:
    to.write_text("".join(json.dumps(case_of(folder, to.parent), ensure_ascii=False) + "\n" for folder in folders))
    return to


def test_the_gold_set_is_a_suite(tmp_path: Path) -> None:
    suite = read_suite(write_dev([folder for folder in FOLDERS if folder.parent.name == "dev"], tmp_path / "dev.jsonl"))
    assert [len(case.claims) for case in suite.cases] == [20] * 8
    assert {len(case.sources) for case in suite.cases} == {8}


@pytest.mark.slow
def test_a_run_of_the_suite_gives_the_verdicts_of_the_benchmark(tmp_path: Path) -> None:
    from benchmarks.verification import Bench, read_cases
    from bukti.api import evaluate

    folder = next(folder for folder in FOLDERS if folder.parent.name == "dev")
    bench = Bench([case for case in read_cases("dev") if case.folder == folder])
    suite = read_suite(write_dev([folder], tmp_path / "dev.jsonl"))
    run = evaluate(suite, runs=tmp_path / "runs", oracle=("claims",))
    assert [row.verdict for row in run.results] == [item.verdict for item in bench.assess()]
