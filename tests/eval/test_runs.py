from __future__ import annotations

import errno
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from filelock import FileLock

from bukti.claims.claim import Claim, Splitter
from bukti.claims.errors import BuktiError, InputError, NotBlessedError, OutputError, UsageError
from bukti.claims.parts import load_part
from bukti.claims.rules import RuleSplitter
from bukti.eval.answers import ORACLES, Parts, answer_group, match_claims
from bukti.eval.baseline import read_baseline
from bukti.eval.cases import GoldClaim, Suite, read_article, to_claim
from bukti.eval.decision import Rules
from bukti.eval.gate import gate
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.runs import _folder_for, bless_run, exit_code, join_suites, limited, read_run, run_suite, write_run
from bukti.eval.suites import read_suite
from bukti.eval.verifier import UNDECIDED, Pair, Probabilities

SUITE = """
name: dewan
defaults:
  language: id
  tags: [désa]
  sources:
    - id: notulen
      text: Dewan menyetujui 12 sumur pada 2013. Sumur itu dibangun oleh warga desa.
cases:
  - {id: benar, claim: Dewan menyetujui 12 sumur pada 2013., label: supported, evidence: [{source: notulen, quote: Dewan menyetujui 12 sumur}]}
  - {id: salah, claim: Dewan menyetujui 15 sumur pada 2013., label: refuted, evidence: [{source: notulen, quote: Dewan menyetujui 12 sumur pada 2013.}]}
  - {id: lain, claim: Dewan menyetujui 7 sumur pada 2013., label: refuted}
  - id: berita
    article: {text: "Dewan menyetujui 12 sumur pada 2013. Warga desa membangun 3 jembatan."}
    claims:
      - {id: a, text: Dewan menyetujui 12 sumur pada 2013., label: supported}
      - {id: b, text: Gubernur meresmikan pasar baru., label: not_enough_evidence}
      - {id: c, text: Indah sekali., label: not_checkable}
"""


class Stub:
    """A verifier that says what a function of the pair says."""

    name = "stub/1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        return [self.answer(pair) for pair in pairs]


def suite_of(folder: Path, text: str = SUITE) -> Suite:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path)


def parts_of(embedder: Any, verifier: Any = None, splitter: Any = None) -> Parts:
    return Parts(splitter=splitter or RuleSplitter(), embedder=embedder, verifier=verifier or LexicalVerifier())


def timeless(path: Path) -> str:
    return re.sub(r', "seconds": [0-9.e-]+}$', "}", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_a_run_keeps_all_it_depends_on_and_no_run_is_written_over(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    first = run_suite(suite, parts_of(embedder), runs=tmp_path / "runs", command=["bukti", "eval"])
    second = run_suite(suite, parts_of(embedder), runs=tmp_path / "runs")
    assert [first.folder.name, second.folder.name] == ["0001", "0002"]
    assert sorted(path.name for path in first.folder.iterdir()) == ["manifest.json", "measures.json", "results.jsonl"]
    told = json.loads((first.folder / "manifest.json").read_text())
    assert (told["schema"], told["suite"], told["suite_name"], told["command"]) == (
        "bukti.run/1", suite.sha256, "dewan", ["bukti", "eval"],
    )  # fmt: skip
    assert told["ended"] >= told["started"]
    assert told["models"]["verifier"] == LexicalVerifier().name
    assert [(row.case, row.verdict) for row in first.results[:4]] == [
        ("benar", "supported"), ("salah", "refuted"), ("lain", "refuted"), ("berita/a", "supported"),
    ]  # fmt: skip
    assert {found.source for row in first.results for found in row.evidence} == {"notulen"}
    assert timeless(first.folder / "results.jsonl") == timeless(second.folder / "results.jsonl")
    assert read_run(first.folder).results == tuple(replace(row, seconds=round(row.seconds, 4)) for row in first.results)


def test_a_run_that_was_cut_anywhere_goes_on_to_the_same_rows(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    whole = run_suite(suite, parts_of(embedder), runs=tmp_path / "whole")
    wanted, measures = timeless(whole.folder / "results.jsonl"), (whole.folder / "measures.json").read_bytes()
    data = (whole.folder / "results.jsonl").read_bytes()
    ends = [number + 1 for number, byte in enumerate(data) if byte == 10]
    inside_a_letter = data.index("é".encode()) + 1
    for cut in (
        0,
        1,
        ends[0] - 1,
        ends[0],
        ends[1] + 7,
        inside_a_letter,
        ends[3],
        ends[4] + 1,
        len(data) - 1,
        len(data),
    ):
        runs = tmp_path / f"cut{cut}"
        folder = runs / "0001"
        folder.mkdir(parents=True)
        manifest = {**whole.manifest, "ended": None}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "results.jsonl").write_bytes(data[:cut])
        again = run_suite(suite, parts_of(embedder), runs=runs)
        assert again.folder == folder
        assert (timeless(folder / "results.jsonl"), (folder / "measures.json").read_bytes()) == (wanted, measures), cut
        assert len(again.manifest["resumed"]) == 1
        assert [path.name for path in runs.iterdir()] == ["0001"]


def test_what_was_answered_before_a_kill_is_not_asked_again(tmp_path: Path, embedder: Any) -> None:
    suite, asked = suite_of(tmp_path), []

    def answer(pair: Pair) -> Probabilities:
        asked.append(pair.hypothesis)
        if "7 sumur" in pair.hypothesis and not healed:
            raise KeyboardInterrupt
        return Probabilities.of(supported=0.9, refuted=0.0)

    healed: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        run_suite(suite, parts_of(embedder, Stub(answer)), runs=tmp_path / "runs")
    assert len((tmp_path / "runs/0001/results.jsonl").read_text().splitlines()) == 2
    with pytest.raises(NotBlessedError, match="has not ended"):
        bless_run(tmp_path / "runs/0001", tmp_path / "b.json", force=True)
    asked.clear()
    healed.append(True)
    run = run_suite(suite, parts_of(embedder, Stub(answer)), runs=tmp_path / "runs")
    assert (run.folder.name, len(run.results)) == ("0001", 6)
    assert not [text for text in asked if "15 sumur" in text]


def test_another_configuration_or_fresh_never_goes_on_with_a_run(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    run = run_suite(suite, parts_of(embedder), runs=tmp_path)
    path = run.folder / "manifest.json"
    path.write_text(json.dumps({**run.manifest, "ended": None}))
    assert run_suite(suite, replace(parts_of(embedder), k=3), runs=tmp_path).folder.name == "0002"
    assert run_suite(limited(suite, 2), parts_of(embedder), runs=tmp_path).folder.name == "0003"
    assert run_suite(suite, parts_of(embedder), runs=tmp_path, fresh=True).folder.name == "0004"
    assert run_suite(suite, parts_of(embedder), runs=tmp_path).folder.name == "0001"


def test_a_run_never_goes_on_with_another_version_of_a_part_or_of_the_working_folder(
    tmp_path: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@y", *words], cwd=tmp_path, check=True, capture_output=True
        )

    def part(more: str) -> Any:
        (tmp_path / "ownpart.py").write_text(
            f"from bukti.claims.rules import RuleSplitter\nclass Own(RuleSplitter):\n    {more}\n"
        )
        (tmp_path / "ownpart.pyc").unlink(missing_ok=True)
        monkeypatch.delitem(sys.modules, "ownpart", raising=False)
        importlib.invalidate_caches()
        return load_part("ownpart:Own", Splitter, kind="splitter", known="rules")

    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    suite = limited(suite_of(tmp_path), 1)

    def identity(more: str) -> str:
        return str(
            run_suite(suite, parts_of(embedder, splitter=part(more)), runs=tmp_path / "runs").manifest["identity"]
        )

    first = identity("pass")
    assert identity("pass") == first != identity("x = 1")
    git("init")
    (tmp_path / "code.py").write_text("a")
    git("add", "code.py")
    git("commit", "-m", "x")
    clean = identity("pass")
    (tmp_path / "code.py").write_text("b")
    edited = identity("pass")
    (tmp_path / "code.py").write_text("c")
    assert len({first, clean, edited, identity("pass")}) == 4


def test_a_run_that_another_process_is_at_is_left_alone(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    run = run_suite(suite, parts_of(embedder), runs=tmp_path)
    (run.folder / "manifest.json").write_text(json.dumps({**run.manifest, "ended": None}))
    with FileLock(run.folder / ".lock"):
        assert run_suite(suite, parts_of(embedder), runs=tmp_path).folder.name == "0002"


def test_a_folder_that_a_killed_process_left_before_it_wrote_is_taken_and_what_was_torn_removed(
    tmp_path: Path, embedder: Any
) -> None:
    suite, folder = suite_of(tmp_path), tmp_path / "runs/0001"
    folder.mkdir(parents=True)
    for name in (".lock", ".manifest.json.abc.tmp"):
        (folder / name).write_text('{"schema": "buk')
    with FileLock(folder / ".lock"):
        assert run_suite(suite, parts_of(embedder), runs=tmp_path / "runs").folder.name == "0002"
    shutil.rmtree(tmp_path / "runs/0002")
    run = run_suite(suite, parts_of(embedder), runs=tmp_path / "runs")
    (run.folder / "manifest.json").write_text(json.dumps({**run.manifest, "ended": None}))
    (run.folder / ".results.jsonl.def.tmp").write_text("torn")
    again = run_suite(suite, parts_of(embedder), runs=tmp_path / "runs")
    assert run.folder == again.folder == folder
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "measures.json", "results.jsonl"]


def test_runs_that_begin_at_once_have_a_folder_each(tmp_path: Path) -> None:
    together = Barrier(8)

    def take(_: int) -> Path:
        together.wait(timeout=60)
        with _folder_for(tmp_path / "runs", {}, fresh=True) as (folder, _told):
            (folder / "manifest.json").write_text("{}")
            return folder

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 8


def test_a_claim_with_a_line_separator_in_it_stays_one_row(tmp_path: Path, embedder: Any) -> None:
    path = tmp_path / "s.jsonl"
    row = {
        "id": "x\u2028y",
        "claim": "Dewan menyetujui 12 sumur.",
        "label": None,
        "sources": [{"text": "Dewan\u2028menyetujui 12 sumur."}],
    }
    path.write_text(json.dumps(row))
    run = run_suite(read_suite(path), parts_of(embedder), runs=tmp_path)
    assert [row.case for row in read_run(run.folder).results] == ["x\u2028y"]


def test_a_line_damaged_in_the_middle_is_told_and_nothing_is_guessed(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    run = run_suite(suite, parts_of(embedder), runs=tmp_path)
    (run.folder / "manifest.json").write_text(json.dumps({**run.manifest, "ended": None}))
    lines = (run.folder / "results.jsonl").read_text().splitlines()
    (run.folder / "results.jsonl").write_text("\n".join([lines[0], lines[1][:40], *lines[2:]]) + "\n")
    with pytest.raises(InputError, match=r"results\.jsonl:2: is damaged.*--fresh"):
        run_suite(suite, parts_of(embedder), runs=tmp_path)


def test_a_verifier_that_raises_gives_failure_rows_and_no_scores(tmp_path: Path, embedder: Any) -> None:
    def answer(pair: Pair) -> Probabilities:
        if "15 sumur" in pair.hypothesis:
            raise RuntimeError("model gone\nmore")
        return Probabilities.of(supported=0.9, refuted=0.0)

    run = run_suite(suite_of(tmp_path), parts_of(embedder, Stub(answer)), runs=tmp_path)
    rows = {row.case: row for row in run.results}
    failed = rows["salah"]
    assert (failed.verdict, failed.probabilities, failed.error and (failed.error.stage, failed.error.cause)) == (
        "error", None, ("verify", "model gone"),
    )  # fmt: skip
    assert rows["benar"].verdict == "supported"
    assert run.scores["failed"] == {"split": 1, "verify": 1}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENOMEM])
def test_a_machine_that_gives_out_ends_the_run_and_leaves_no_row(number: int, tmp_path: Path, embedder: Any) -> None:
    def answer(pair: Pair) -> Probabilities:
        if "15 sumur" in pair.hypothesis and not healed:
            raise OSError(number, os.strerror(number))
        return Probabilities.of(supported=0.9, refuted=0.0)

    healed: list[bool] = []
    suite = suite_of(tmp_path)
    with pytest.raises(OutputError, match=f"gave out at case 'salah' .*{os.strerror(number)}.*make room"):
        run_suite(suite, parts_of(embedder, Stub(answer)), runs=tmp_path / "runs")
    healed.append(True)
    run = run_suite(suite, parts_of(embedder, Stub(answer)), runs=tmp_path / "runs")
    assert (run.folder.name, [row.verdict for row in run.results[:2]]) == ("0001", ["supported", "refuted"])


def test_whatever_breaks_is_a_row_with_its_stage(tmp_path: Path, embedder: Any) -> None:
    class Inventing(RuleSplitter):
        def split(self, articles: Any) -> list[list[Claim]]:
            return [[replace(claim, text="Presiden datang") for claim in given] for given in super().split(articles)]

    class Deaf:
        name = "deaf/1"

        def embed(self, texts: Sequence[str]) -> Any:
            raise OSError("no such device")

    suite = suite_of(tmp_path)
    told = {
        row.case: row.error for row in run_suite(suite, parts_of(embedder, splitter=Inventing()), runs=tmp_path).results
    }
    assert [told[name] and told[name].stage for name in ("benar", "berita/a", "berita/c")] == [None, "split", "split"]
    two = "sources: [{text: Dewan menyetujui 12 sumur.}, {text: Dewan menolak 3 sumur.}]"
    suite = suite_of(tmp_path, f"- {{id: x, claim: Dewan menyetujui 12 sumur., label: supported, {two}}}")
    failed = run_suite(suite, parts_of(Deaf()), runs=tmp_path).results
    assert {(row.verdict, row.error.stage if row.error else "") for row in failed} == {("error", "index")}


def test_an_unread_source_is_a_failure_and_not_fewer_sources(tmp_path: Path, embedder: Any) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"Dewan {name} menyetujui 12 sumur.")
    suite = suite_of(
        tmp_path, "- {id: x, claim: Dewan menyetujui 12 sumur., label: supported, sources: [a.txt, b.txt]}"
    )
    (tmp_path / "b.txt").write_bytes(b"\x00\x01")
    run = run_suite(suite, parts_of(embedder), runs=tmp_path)
    assert run.results[0].error is not None
    assert (run.results[0].error.stage, "b.txt" in run.results[0].error.cause) == ("index", True)


def test_two_sources_of_one_text_keep_the_name_that_the_case_asks_for(tmp_path: Path, embedder: Any) -> None:
    text = """
- id: x
  claim: Dewan menyetujui 12 sumur.
  label: supported
  sources: [{id: satu, text: Dewan menyetujui 12 sumur.}, {id: dua, text: Dewan menyetujui 12 sumur.}]
  evidence: [{source: dua, quote: 12 sumur}]
"""
    run = run_suite(suite_of(tmp_path, text), parts_of(embedder), runs=tmp_path)
    assert [found.source for found in run.results[0].evidence] == ["dua"]


def test_a_claim_that_the_splitter_missed_is_neither_an_error_nor_a_verdict(tmp_path: Path, embedder: Any) -> None:
    rows = {row.case: row for row in run_suite(suite_of(tmp_path), parts_of(embedder), runs=tmp_path).results}
    missed = rows["berita/b"]
    assert (missed.verdict, missed.failed, missed.right, missed.error and missed.error.stage) == (
        "not_checkable", True, False, "split",
    )  # fmt: skip
    assert rows["berita/c"].right
    assert rows["berita/a"].extra["split"]["claim"].startswith("Dewan menyetujui 12 sumur")


def test_the_oracle_of_claims_takes_the_place_of_the_splitter(tmp_path: Path, embedder: Any) -> None:
    class Broken(RuleSplitter):
        def split(self, articles: Any) -> list[list[Claim]]:
            raise RuntimeError("no")

    suite = suite_of(tmp_path)
    run = run_suite(suite, parts_of(embedder, splitter=Broken()), runs=tmp_path, oracle=["claims"])
    assert [row.error for row in run.results] == [None] * 6
    assert run.results[4].verdict == "not_enough_evidence"
    assert run.manifest["suite"] == f"claims:{suite.sha256}"


def test_the_oracle_of_evidence_shows_the_verifier_the_quotations_alone(tmp_path: Path, embedder: Any) -> None:
    seen: list[str] = []

    def answer(pair: Pair) -> Probabilities:
        seen.append(pair.premise)
        return Probabilities.of(supported=0.9, refuted=0.0)

    suite = limited(suite_of(tmp_path), 3)
    run = run_suite(suite, parts_of(embedder, Stub(answer)), runs=tmp_path, oracle=["evidence"])
    assert not any("warga" in text for text in seen)
    first, second, third = run.results
    assert [(found.source, found.text, found.span) for found in first.evidence] == [
        ("notulen", "Dewan menyetujui 12 sumur", (0, 25))
    ]
    assert second.evidence[0].text == "Dewan menyetujui 12 sumur pada 2013."
    assert third.error is not None
    assert (third.verdict, third.error.stage) == ("error", "oracle")
    assert embedder.embedded == []


def test_the_oracle_of_evidence_reads_an_index_too(tmp_path: Path, embedder: Any) -> None:
    from bukti.retrieval.index import Index

    (tmp_path / "a.txt").write_text("Dewan menyetujui 12 sumur. Warga senang.")
    Index(tmp_path / "idx", embedder=embedder, create=True).add([tmp_path / "a.txt"], max_bytes=1000)
    text = """
- {id: x, claim: Dewan menyetujui 12 sumur., label: supported, index: idx, evidence: [{source: a.txt, quote: Dewan menyetujui 12 sumur.}]}
- {id: y, claim: Dewan menyetujui 12 sumur., label: supported, index: idx, evidence: [{source: b.txt, quote: Dewan}]}
"""
    suite = suite_of(tmp_path, text)
    plain = run_suite(suite, parts_of(embedder), runs=tmp_path).results
    assert [row.verdict for row in plain] == ["supported", "supported"]
    gold = run_suite(suite, parts_of(embedder), runs=tmp_path, oracle=ORACLES).results
    assert [(row.verdict, row.error and row.error.stage) for row in gold] == [("supported", None), ("error", "oracle")]
    assert [(found.source, found.text) for found in gold[0].evidence] == [("a.txt", "Dewan menyetujui 12 sumur.")]


@pytest.mark.parametrize("damaged", ["", "manifest.json"])
def test_an_index_of_an_earlier_try_is_used_and_a_damaged_one_made_anew(
    damaged: str, tmp_path: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bukti.retrieval.index.MEMORY_BYTES", 0)  # every source is a large one
    case = suite_of(tmp_path).cases[0]

    def stop(pair: Pair) -> Probabilities:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(answer_group([case], parts_of(embedder, Stub(stop)), work=tmp_path / "work"))
    if damaged:
        (tmp_path / "work/index" / damaged).write_bytes(b"{torn")
    rows = list(answer_group([case], parts_of(embedder), work=tmp_path / "work"))
    assert [row.verdict for row in rows[0]] == ["supported"]
    assert not (tmp_path / "work/index").exists()
    passage = "Dewan menyetujui 12 sumur pada 2013. Sumur itu dibangun oleh warga desa."
    assert embedder.embedded.count(passage) == (2 if damaged else 1)


def test_claims_are_matched_one_to_one_and_never_across_a_figure(tmp_path: Path) -> None:
    case = suite_of(tmp_path).cases[3]
    article = read_article(case)

    def gold(text: str) -> GoldClaim:
        return GoldClaim(id=text, text=text, language="id")

    given = [
        to_claim(gold(text)) for text in ("Dewan menyetujui 12 sumur pada 2013.", "Warga desa membangun 3 jembatan.")
    ]
    golds = [
        gold("Dewan menyetujui 13 sumur pada 2013."),
        gold("Dewan itu menyetujui 12 sumur pada 2013."),
        gold("Dewan menyetujui 12 sumur pada 2013."),
    ]
    found = match_claims(golds, given, article)
    assert [claim and claim.text for claim in found] == [None, None, given[0].text]
    assert match_claims([golds[1]], given, article) == [given[0]]
    assert match_claims([], given, article) == []


def test_a_run_is_blessed_from_its_folder_or_its_file_and_held_against_itself(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    run = run_suite(suite, parts_of(embedder), runs=tmp_path)
    write_run(run, tmp_path / "run.json")
    bless_run(run.folder, tmp_path / "a.json")
    bless_run(tmp_path / "run.json", tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    same = gate(run.results, tmp_path / "a.json", manifest=run.manifest, rules=Rules(min_cases=1))
    assert (same.unchanged, same.exit_code) == (True, 0)
    oracle = run_suite(suite, parts_of(embedder), runs=tmp_path, oracle=["claims"])
    assert gate(oracle.results, read_baseline(tmp_path / "a.json"), manifest=oracle.manifest).exit_code == 3
    with pytest.raises(UsageError, match="is no baseline"):
        bless_run(run.folder, tmp_path / "suite.yaml")
    for nothing in (tmp_path / "none", tmp_path / "suite.yaml", tmp_path / "a.json"):
        with pytest.raises(BuktiError, match=r"no such run|is no run"):
            bless_run(nothing, tmp_path / "c.json")


def test_a_run_that_was_cut_or_edited_since_it_ended_is_not_blessed(tmp_path: Path, embedder: Any) -> None:
    run = run_suite(suite_of(tmp_path), parts_of(embedder), runs=tmp_path)
    write_run(run, tmp_path / "run.json")
    rows, manifest = run.folder / "results.jsonl", run.folder / "manifest.json"
    whole, told, text = (
        json.loads((tmp_path / "run.json").read_text()),
        json.loads(manifest.read_text()),
        rows.read_text(),
    )

    def refused(path: Path, says: str) -> None:
        with pytest.raises(NotBlessedError, match=f"{says}.*run it again"):
            bless_run(path, tmp_path / "b.json", force=True)
        assert read_run(path).results  # it can be looked at all the same

    rows.write_text("".join(text.splitlines(keepends=True)[:3]))
    refused(run.folder, "it has 3 of the 6 rows it ended with")
    rows.write_text(text.replace('"verdict": "refuted"', '"verdict": "supported"', 1))
    refused(run.folder, "its rows were edited since it ended")
    (tmp_path / "cut.json").write_text(json.dumps({**whole, "results": whole["results"][:3]}))
    refused(tmp_path / "cut.json", "it has 3 of the 6 rows")
    rows.write_text(re.sub(r'"seconds": [0-9.e-]+', '"seconds": 9.0', text))
    bless_run(run.folder, tmp_path / "b.json")
    del told["results"]
    manifest.write_text(json.dumps(told))
    refused(run.folder, "it does not say what rows it ended with")


def test_suites_are_run_together_under_their_names(tmp_path: Path) -> None:
    suite = suite_of(tmp_path)
    both = join_suites([suite, replace(suite, name="lain")])
    assert [case.id for case in both.cases][::4] == ["dewan:benar", "lain:benar"]
    with pytest.raises(UsageError, match=r"cannot be run together.*rename one\), or run them apart"):
        join_suites([suite, suite])


# Repeats -----------------------------------------------------------------------------------------------------------


class Moody:
    """A verifier whose answers are told by the number of the repeat; counts what it is asked."""

    name = "moody/1"

    def __init__(self, told: Any, number: int = 0, asked: list[int] | None = None) -> None:
        self.told, self.number = told, number
        self.asked: list[int] = [] if asked is None else asked

    def repeated(self, number: int) -> Moody:
        return Moody(self.told, number, self.asked)

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        self.asked += [self.number] * bool(pairs)
        return [self.told(self.number, pair) for pair in pairs]


YES, NO = Probabilities.of(supported=1.0, refuted=0.0), Probabilities.of(supported=0.0, refuted=1.0)


def moods(number: int, pair: Pair) -> Probabilities:
    if "15" in pair.hypothesis and number == 1:
        raise OSError("model gone")
    return (YES, UNDECIDED, YES)[number] if "12" in pair.hypothesis else YES


def test_each_claim_is_verified_so_often_and_one_row_keeps_all_of_it(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    verifier = Moody(moods)
    run = run_suite(suite, replace(parts_of(embedder, verifier), repeat=3), runs=tmp_path / "runs")
    rows = {row.case: row for row in run.results}
    assert {len(row.repeats) for row in run.results} == {3}
    assert {number: verifier.asked.count(number) for number in range(3)} == dict.fromkeys(
        range(3), len(verifier.asked) // 3
    )
    assert [one.verdict for one in rows["benar"].repeats] == ["supported", "not_enough_evidence", "supported"]
    assert (rows["benar"].verdict, rows["benar"].flaky) == ("supported", True)
    # A repeat that fails is no answer less: the claim has failed.
    failed = rows["salah"]
    assert (failed.verdict, failed.flaky) == ("error", False)
    assert failed.error is not None
    assert failed.error.cause == "repeat 2 of 3: model gone"
    # What the splitter did not give was verified in no repeat.
    assert [one.verdict for one in rows["berita/b"].repeats] == ["not_checkable"] * 3
    assert (run.scores["repeats"], run.scores["flaky"]) == (3, ["benar", "berita/a"])
    assert run.scores["measures"]["pass^3"]["value"] is not None
    assert read_run(run.folder).results == tuple(replace(row, seconds=round(row.seconds, 4)) for row in run.results)
    assert run.manifest["config"]["repeat"] == 3
    again = run_suite(suite, parts_of(embedder, verifier), runs=tmp_path / "runs")
    assert (again.manifest["identity"] != run.manifest["identity"], "repeats" in again.scores) == (True, False)


def test_repeats_differ_in_the_verifier_alone(tmp_path: Path, embedder: Any) -> None:
    two = "sources: [{text: Dewan menyetujui 12 sumur.}, {text: Dewan menolak 3 sumur.}]"
    suite = suite_of(tmp_path, f"- {{id: x, claim: Dewan menyetujui 12 sumur., label: supported, {two}}}")
    run_suite(suite, parts_of(embedder, Moody(moods)), runs=tmp_path)
    once = list(embedder.embedded)
    embedder.embedded.clear()
    run_suite(suite, replace(parts_of(embedder, Moody(moods)), repeat=3), runs=tmp_path)
    assert embedder.embedded == once  # found once


def test_a_run_with_repeats_that_was_cut_off_goes_on(tmp_path: Path, embedder: Any) -> None:
    suite, parts = suite_of(tmp_path), replace(parts_of(embedder, Moody(moods)), repeat=3)
    whole = run_suite(suite, parts, runs=tmp_path / "whole")
    cut = run_suite(suite, parts, runs=tmp_path / "cut")
    manifest = cut.folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "ended": None}))
    (cut.folder / "results.jsonl").write_bytes((cut.folder / "results.jsonl").read_bytes()[:2500])
    assert run_suite(suite, parts, runs=tmp_path / "cut").folder == cut.folder
    assert timeless(cut.folder / "results.jsonl") == timeless(whole.folder / "results.jsonl")
    assert (cut.folder / "measures.json").read_bytes() == (whole.folder / "measures.json").read_bytes()


def test_one_support_in_any_repeat_is_support_where_there_must_be_none(tmp_path: Path, embedder: Any) -> None:
    text = "- {id: x, claim: Dewan menyetujui 12 sumur., sources: [{text: Dewan menyetujui 12 sumur.}], must_not_support: true}"

    def told(number: int, pair: Pair) -> Probabilities:
        if number == 1:
            raise OSError("model gone")
        return YES if number == 2 else UNDECIDED

    suite = suite_of(tmp_path, text)
    run = run_suite(suite, replace(parts_of(embedder, Moody(told)), repeat=3), runs=tmp_path)
    assert [one.verdict for one in run.results[0].repeats] == ["not_enough_evidence", "error", "supported"]
    assert (run.results[0].verdict, exit_code(run)[0]) == ("supported", 1)


def test_a_verifier_that_answers_the_same_every_time_is_refused_before_anything_runs(embedder: Any) -> None:
    with pytest.raises(UsageError, match="leave out --repeat"):
        replace(parts_of(embedder), repeat=3)


# What cannot be checked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("Apakah dewan menyetujui 12 sumur?", "not_checkable"), ("Dewan menyetujui 12 sumur.", "supported")],
)
def test_of_a_claim_labelled_not_checkable_the_splitter_says_whether_it_is(
    claim: str, verdict: str, tmp_path: Path, embedder: Any
) -> None:
    case = f'{{claim: "{claim}", language: id, label: not_checkable, sources: [{{text: Dewan menyetujui 12 sumur.}}]'
    suite = suite_of(tmp_path, f"- {{id: x, {case[1:]}}}")
    row = run_suite(suite, parts_of(embedder), runs=tmp_path).results[0]
    assert (row.verdict, row.right, row.error) == (verdict, verdict == "not_checkable", None)
    told = run_suite(suite, parts_of(embedder), runs=tmp_path, oracle=["claims"]).results[0]
    assert (told.verdict, told.right) == ("not_checkable", True)


def test_a_claim_with_another_label_is_judged_as_it_stands(tmp_path: Path, embedder: Any) -> None:
    claim = "Kejadian luar biasa ditetapkan di Bima."  # reads as an opinion, and is none
    text = f"- {{id: x, claim: {claim}, language: id, label: supported, sources: [{{text: {claim}}}]}}"
    assert run_suite(suite_of(tmp_path, text), parts_of(embedder), runs=tmp_path).results[0].verdict == "supported"
