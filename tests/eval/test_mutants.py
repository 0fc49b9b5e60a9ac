from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bukti.claims.rules import RuleSplitter
from bukti.eval.answers import Parts
from bukti.eval.cases import Suite
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.mutants import make_mutants, run_mutants
from bukti.eval.mutation import OPERATORS
from bukti.eval.results import CaseResult, Repeat
from bukti.eval.runs import Run, exit_code, run_suite, write_run
from bukti.eval.sensitivity import Mutant, Sensitivity, share_of, wilson
from bukti.eval.suites import read_suite
from bukti.eval.verifier import Pair, Probabilities

SUITE = """
name: dewan
defaults:
  language: id
  sources: [{id: notulen, text: "Dewan menyetujui 12 sumur pada 2013. Warga desa membangun 3 jembatan. The council approved 12 wells."}]
cases:
  - {id: benar, claim: Dewan menyetujui 12 sumur pada 2013., label: supported}
  - {id: english, claim: The council approved 12 wells., language: en, label: supported}
  - {id: bebas, claim: Warga desa membangun 3 jembatan., label: null}
  - {id: salah, claim: Dewan menyetujui 15 sumur pada 2013., label: refuted}
  - {id: tanpa, claim: Warga desa membangun 3 jembatan., label: not_supported}
  - id: berita
    article: {text: "Dewan menyetujui 12 sumur pada 2013. Warga desa membangun 3 jembatan."}
    claims:
      - {id: a, text: Dewan menyetujui 12 sumur pada 2013., label: supported}
      - {id: b, text: Warga desa membangun 3 jembatan., label: supported}
"""


class Stub:
    """A verifier that says what a function of the pair says."""

    name = "stub/1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        return [self.answer(pair) for pair in pairs]


YES = Probabilities.of(supported=0.95, refuted=0.0)
NO = Probabilities.of(supported=0.0, refuted=0.0)


def suite_of(folder: Path, text: str = SUITE) -> Suite:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path)


def measured(folder: Path, embedder: Any, verifier: Any, *, text: str = SUITE, **more: Any) -> tuple[Run, Sensitivity]:
    suite = suite_of(folder, text)
    parts = Parts(splitter=RuleSplitter(), embedder=embedder, verifier=verifier)
    run = run_suite(suite, parts, runs=folder / "runs")
    mutation = run_mutants(suite, run, parts, runs=folder / "runs", **more)
    return replace(run, mutation=mutation), mutation


def test_what_is_supported_is_changed_in_every_way_and_judged_against_its_own_sources(
    tmp_path: Path, embedder: Any
) -> None:
    run, held = measured(tmp_path, embedder, LexicalVerifier())
    assert {one.of for one in held.mutants} == {"benar", "english", "bebas", "berita/a", "berita/b"}
    assert held.claims == 5
    assert {one.operator for one in held.mutants} >= {"number", "date", "negation"}
    for one in held.mutants:
        assert one.before != one.after
        assert one.row.case.startswith(f"{one.of}~{one.operator}")
        assert {found.source for found in one.row.evidence} == {"notulen"}
    assert sum(share.mutants for share in held.operators.values()) == held.all.mutants == len(held.mutants)
    assert held.operators["number"].caught == held.operators["number"].mutants
    assert set(held.languages) == {"id", "en"}
    assert held.exit_code() == (0, "")
    assert (run.folder.name, held.folder and held.folder.name) == ("0001", "0002")


def test_a_mutant_that_is_supported_all_the_same_is_named_wherever_the_run_is_shown(
    tmp_path: Path, embedder: Any
) -> None:
    # The pipeline compares figures, dates and denials itself; an opposite is the verifier's to see.
    run, held = measured(tmp_path, embedder, Stub(lambda pair: YES), minimum=0.99)
    assert [one.row.case for one in held.missed] == ["english~antonym"]
    # What is labelled as wrong is no claim to mutate, however it is judged.
    assert not {one.of for one in held.mutants} & {"salah", "tanpa"}
    assert held.exit_code() == (1, "12 of 13 mutants are caught (0.9231); 0.99 must be")
    assert exit_code(run)[0] == 1
    told = held.to_dict()
    assert list(told["operators"]) == list(OPERATORS)
    assert told["all"]["caught_share"] == {"value": 0.923077, "low": 0.66686, "high": 0.98629}
    assert [(one["case"], one["before"], one["after"]) for one in told["missed"]] == [
        ("english~antonym", "approved", "rejected")
    ]
    assert told["missed"][0]["evidence"][0]["text"] == "The council approved 12 wells."
    for name in ("run.json", "summary.md", "page.html", "junit.xml"):
        write_run(run, tmp_path / name)
        text = (tmp_path / name).read_text()
        assert "The council rejected 12 wells." in text, name
    assert json.loads((tmp_path / "run.json").read_text())["mutation"] == json.loads(json.dumps(told))
    case = ET.parse(tmp_path / "junit.xml").find(".//testcase[@name='mutants']")
    assert case is not None
    assert [child.tag for child in case] == ["failure"]


def test_a_mutant_that_fails_is_never_caught(tmp_path: Path, embedder: Any) -> None:
    claims = {
        "Dewan menyetujui 12 sumur pada 2013.",
        "The council approved 12 wells.",
        "Warga desa membangun 3 jembatan.",
    }

    def answer(pair: Pair) -> Probabilities:
        if pair.hypothesis.rstrip(".") + "." not in claims:
            raise RuntimeError("model gone")
        return YES

    for minimum in (None, 0.5):  # that too few are caught is not known: they may have been
        run, held = measured(tmp_path, embedder, Stub(answer), minimum=minimum)
        assert (held.all.caught, held.all.failed) == (0, held.all.mutants)
        assert held.exit_code()[0] == exit_code(run)[0] == 4
        assert "verify: model gone" in held.exit_code()[1]
        assert len(held.to_dict()["failed"]) == held.all.mutants


@pytest.mark.parametrize(
    ("verifier", "text", "says"),
    [
        (Stub(lambda pair: NO), SUITE, "no claim is supported as it should be"),
        (Stub(lambda pair: YES), "- {id: x, claim: Sumur itu, label: supported, sources: [{text: Sumur itu indah.}]}", "nothing in the 1 supported claims"),
    ],
)  # fmt: skip
def test_without_a_mutant_nothing_is_shown(verifier: Any, text: str, says: str, tmp_path: Path, embedder: Any) -> None:
    run, held = measured(tmp_path, embedder, verifier, text=text, minimum=0.1)
    code, told = held.exit_code()
    assert (code, says in told, held.mutants) == (3, True, ())
    assert exit_code(run)[0] == 3
    assert held.to_dict()["all"]["caught_share"] == {"value": None, "low": None, "high": None}
    assert "0 mutants" in held.to_text()


def test_a_claim_of_an_article_is_mutated_where_its_own_words_are_supported(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    parts = Parts(splitter=RuleSplitter(), embedder=embedder, verifier=Stub(lambda pair: YES))
    run = run_suite(suite, parts, runs=tmp_path / "runs")
    assert set(make_mutants(suite, run.results).controls) == {"berita/a", "berita/b"}
    assert make_mutants(suite, run.results, oracle=["claims"]).controls == {}
    judged = replace(parts, verifier=Stub(lambda pair: NO if "jembatan" in pair.hypothesis else YES))
    held = run_mutants(suite, run, judged, runs=tmp_path / "runs")
    assert "berita/a" in {one.of for one in held.mutants}
    assert "berita/b" not in {one.of for one in held.mutants}


def test_mutants_that_were_cut_off_go_on_to_the_same_figures(tmp_path: Path, embedder: Any) -> None:
    suite = suite_of(tmp_path)
    parts = Parts(splitter=RuleSplitter(), embedder=embedder, verifier=LexicalVerifier())
    run = run_suite(suite, parts, runs=tmp_path / "runs")
    whole = run_mutants(suite, run, parts, runs=tmp_path / "runs")
    assert whole.folder is not None
    manifest = whole.folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "ended": None}))
    rows = whole.folder / "results.jsonl"
    rows.write_bytes(rows.read_bytes()[:2000])
    again = run_mutants(suite, run, parts, runs=tmp_path / "runs")
    assert (again.folder, again.to_dict()) == (whole.folder, whole.to_dict())


class Repeated(Stub):
    """A verifier whose answers are told by the number of the repeat."""

    def __init__(self, answer: Any, number: int = 0) -> None:
        super().__init__(answer)
        self.number = number

    def repeated(self, number: int) -> Repeated:
        return Repeated(self.answer, number)

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        return [self.answer(self.number, pair) for pair in pairs]


def test_of_several_repeats_one_that_supports_a_mutant_has_not_noticed_it(tmp_path: Path, embedder: Any) -> None:
    source = "sources: [{text: Dewan menyetujui 12 sumur pada 2013. The council approved 12 wells.}], language: en, label: supported"
    text = f"""
- {{id: sure, claim: The council approved 12 wells., {source}}}
- {{id: unsure, claim: The council approved 12 good wells., {source}}}
"""

    def told(number: int, pair: Pair) -> Probabilities:
        if "good" in pair.hypothesis:
            return YES if number else NO
        if "rejected" in pair.hypothesis and number == 1:
            raise RuntimeError("model gone")  # what another repeat supports is missed all the same
        return NO if "rejected" in pair.hypothesis and number == 0 else YES

    suite = suite_of(tmp_path, text)
    parts = Parts(splitter=RuleSplitter(), embedder=embedder, verifier=Repeated(told), repeat=3)
    run = run_suite(suite, parts, runs=tmp_path / "runs")
    held = run_mutants(suite, run, parts, runs=tmp_path / "runs")
    assert (held.claims, {one.of for one in held.mutants}) == (1, {"sure"})  # the other is not sure as it stands
    [missed] = held.missed
    assert (missed.operator, missed.row.verdicts) == ("antonym", ("refuted", "error", "supported"))
    assert (held.all.failed, held.all.caught) == (0, held.all.mutants - 1)
    assert held.to_dict()["missed"][0]["evidence"][0]["stance"] == "supports"
    run = replace(run, mutation=held)
    for name in ("junit.xml", "summary.md", "page.html"):
        write_run(run, tmp_path / name)
        shown = (tmp_path / name).read_text()
        assert "in 1 of 3 repeats" in shown, name
    assert "unsure" in shown.partition("Flaky: repeats disagree: 1")[2]


def test_a_mutant_is_refuted_where_every_repeat_refutes_it() -> None:
    def made(*verdicts: Any) -> Mutant:
        row = CaseResult(
            case="m", text="t", gold=None, verdict=verdicts[0], probabilities=None, repeats=tuple(Repeat(verdict=one) for one in verdicts)
        )  # fmt: skip
        return Mutant(operator="number", of="c", before="1", after="2", row=row)

    share = share_of([made("refuted", "refuted"), made("refuted", "not_enough_evidence"), made("refuted", "supported")])
    assert (share.caught, share.refuted) == (2, 1)


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (7, 10), (10, 10), (190, 200)])
def test_the_interval_is_the_formula_worked_by_hand(hits: int, of: int) -> None:
    z, share = 1.959963984540054, hits / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    assert wilson(hits, of) == pytest.approx((middle - half, middle + half), abs=1e-9)
    assert wilson(0, 0) is None
