from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bukti.claims.article import Span
from bukti.eval.baseline import Baseline, write_baseline
from bukti.eval.decision import Decision, Rules
from bukti.eval.gate import BRIER_SUPPORT, DEFAULT_MEASURES, FALSE_SUPPORT, RIGHT, GatedMeasure, gate
from bukti.eval.report import Failure, Verdict
from bukti.eval.results import CaseResult, FoundEvidence, Repeat
from bukti.eval.verifier import Probabilities

MANIFEST = {"suite": "5" * 64, "measures": ["right", "false_support", "brier_support"]}
ONLY_RIGHT = (RIGHT,)
SCORES = {"supported": 0.9, "refuted": 0.1, "not_enough_evidence": 0.1, "conflicting": 0.1}


def scored(verdict: str) -> Probabilities | None:
    return Probabilities.of(supported=SCORES[verdict], refuted=0.0) if verdict in SCORES else None


def row(number: int, *, right: bool = True, **changes: Any) -> CaseResult:
    """A case: the even ones are labelled supported, the others refuted."""
    gold: Verdict = "refuted" if number % 2 else "supported"
    wrong: Verdict = "supported" if number % 2 else "not_enough_evidence"
    verdict = changes.pop("verdict", gold if right else wrong)
    made = CaseResult(
        case=f"case-{number:04}",
        text=f"claim {number}",
        gold=gold,
        verdict=verdict,
        probabilities=scored(verdict),
        evidence=(FoundEvidence(source="s", span=Span(0, 4), text="kata", stance="supports" if verdict == "supported" else "refutes", score=0.9),),
        error=Failure(stage="verify", cause="gone") if verdict == "error" else None,
    )  # fmt: skip
    return replace(made, **changes)


def rows(count: int, *, wrong: Sequence[int] = (), **changes: Any) -> list[CaseResult]:
    return [row(number, right=number not in wrong, **changes) for number in range(count)]


def errors(count: int, failed: int) -> list[CaseResult]:
    return [row(number, **({"verdict": "error"} if number < failed else {})) for number in range(count)]


def article(count: int, *, first: int = 0, wrong: Sequence[int] = (), **changes: Any) -> list[CaseResult]:
    """An article's claims, each with other words."""
    return [
        row(number, right=number not in wrong, case=f"a/{number}", text=f"word{number} alpha{number}", span=Span(20 * number, 20 * number + 15), **changes)
        for number in range(first, first + count)
    ]  # fmt: skip


# The outcomes and their exit codes ---------------------------------------------------------------------------------

SIZE = 1000
BEFORE = rows(SIZE, wrong=range(200))
FORBIDDEN = [replace(BEFORE[301], must_not_support=True)]


def with_forbidden(verdict: str) -> list[CaseResult]:
    return [replace(one, must_not_support=True, verdict=verdict, probabilities=scored(verdict)) if one.case == "case-0301" else one for one in BEFORE]  # type: ignore[arg-type] # fmt: skip


OUTCOMES: dict[str, tuple[list[CaseResult], Any, dict[str, Any], str, int]] = {
    # name: run, baseline, what else, outcome, exit code
    "the same again": (BEFORE, BEFORE, {}, "pass", 0),
    "better": (rows(SIZE, wrong=range(100)), BEFORE, {}, "pass", 0),
    "one case lost of a thousand": (rows(SIZE, wrong=range(201)), BEFORE, {}, "pass", 0),
    "5 points lost": (rows(SIZE, wrong=range(250)), BEFORE, {}, "regression", 1),
    "everything lost": (rows(SIZE, wrong=range(SIZE)), BEFORE, {}, "regression", 1),
    "1.5 points lost is neither excluded nor too much": (rows(SIZE, wrong=range(215)), BEFORE, {}, "inconclusive", 0),
    "the same, strict": (rows(SIZE, wrong=range(215)), BEFORE, {"rules": Rules(strict=True)}, "inconclusive", 1),
    "a small suite unchanged": (rows(40), rows(40), {}, "inconclusive", 0),
    "a small suite unchanged, strict": (rows(40), rows(40), {"rules": Rules(strict=True)}, "inconclusive", 0),
    "a small suite changed, strict": (rows(40, wrong=[3]), rows(40), {"rules": Rules(strict=True)}, "inconclusive", 1),
    "a small suite with half of it lost": (rows(40, wrong=range(20)), rows(40), {}, "regression", 1),
    "must not support": (with_forbidden("supported"), with_forbidden("refuted"), {}, "regression", 1),
    "must not support, by the baseline's word": ([replace(one, must_not_support=False) for one in with_forbidden("supported")], with_forbidden("refuted"), {}, "regression", 1),
    "must not support, and did not before either": (with_forbidden("supported"), with_forbidden("supported"), {}, "regression", 1),
    "must not support, without a baseline": (with_forbidden("supported"), None, {}, "regression", 1),
    "must not support, and few cases": ([replace(row(1, right=False), must_not_support=True)], rows(3), {}, "regression", 1),
    "must not support, and errors": ([*errors(30, 9), *FORBIDDEN[:0], replace(row(31, right=False), must_not_support=True)], rows(32), {}, "regression", 1),
    "must not support, and not answered": (with_forbidden("error"), with_forbidden("refuted"), {"rules": Rules(max_errors=0.1)}, "cannot_decide", 3),
    "must not support, and the splitter dropped it": ([replace(one, verdict="not_checkable", error=Failure(stage="split", cause="the splitter gave no such claim")) if one.case == "case-0301" else one for one in with_forbidden("refuted")], with_forbidden("refuted"), {}, "cannot_decide", 3),
    "must not support, and not run": ([one for one in BEFORE if one.case != "case-0301"], with_forbidden("refuted"), {}, "cannot_decide", 3),
    "one error": (errors(SIZE, 1), rows(SIZE), {}, "cannot_decide", 4),
    "errors above the rate": (errors(SIZE, 11), rows(SIZE), {"rules": Rules(max_errors=0.01)}, "cannot_decide", 4),
    "errors within the rate": (errors(SIZE, 2), rows(SIZE), {"rules": Rules(max_errors=0.01)}, "pass", 0),
    "errors within the rate are a loss": (errors(SIZE, 60), rows(SIZE), {"rules": Rules(max_errors=0.1)}, "regression", 1),
    "nothing but errors": (errors(SIZE, SIZE), rows(SIZE), {}, "cannot_decide", 4),
    "errors, without a baseline": (errors(SIZE, 1), None, {}, "cannot_decide", 4),
    "errors, strict": (errors(SIZE, 1), rows(SIZE), {"rules": Rules(strict=True)}, "cannot_decide", 4),
    "no cases": ([], BEFORE, {}, "cannot_decide", 3),
    "a baseline without cases": (BEFORE, [], {}, "cannot_decide", 3),
    "neither": ([], [], {}, "cannot_decide", 3),
    "no baseline": (BEFORE, None, {}, "cannot_decide", 3),
    "a baseline of errors": (BEFORE, errors(SIZE, SIZE), {"measures": ONLY_RIGHT}, "cannot_decide", 3),
    "a loss behind the baseline's errors": (rows(SIZE, wrong=range(100, 150)), errors(SIZE, 100), {"measures": ONLY_RIGHT}, "regression", 1),
    "few cases": (rows(19), rows(19), {}, "cannot_decide", 3),
    "few in common": (rows(19), BEFORE, {}, "cannot_decide", 3),
    "an id twice": ([*BEFORE, BEFORE[0]], BEFORE, {}, "cannot_decide", 3),
    "an id twice in the baseline": (BEFORE, [*BEFORE, BEFORE[0]], {}, "cannot_decide", 3),
    "another label": ([replace(BEFORE[0], gold="refuted"), *BEFORE[1:]], BEFORE, {}, "cannot_decide", 3),
    "another claim": ([replace(BEFORE[0], text="other"), *BEFORE[1:]], BEFORE, {}, "cannot_decide", 3),
    "another suite": (BEFORE, Baseline(results=tuple(BEFORE), manifest={**MANIFEST, "suite": "6" * 64}), {"manifest": MANIFEST}, "cannot_decide", 3),
    "a suite without a hash": (BEFORE, Baseline(results=tuple(BEFORE), manifest={**MANIFEST, "suite": ""}), {"manifest": {**MANIFEST, "suite": ""}}, "cannot_decide", 3),
    "a run without a manifest": (BEFORE, Baseline(results=tuple(BEFORE), manifest=MANIFEST), {}, "cannot_decide", 3),
    "other measures": (BEFORE, Baseline(results=tuple(BEFORE), manifest={**MANIFEST, "measures": ["right"]}), {"manifest": MANIFEST}, "cannot_decide", 3),
    "fewer measures than were blessed": (BEFORE, Baseline(results=tuple(BEFORE), manifest=MANIFEST), {"manifest": {**MANIFEST, "measures": ["right"]}, "measures": ONLY_RIGHT}, "cannot_decide", 3),
    "some of the measures gated": (BEFORE, Baseline(results=tuple(BEFORE), manifest=MANIFEST), {"manifest": MANIFEST, "measures": ONLY_RIGHT}, "pass", 0),
    "no measures": (BEFORE, BEFORE, {"measures": ()}, "cannot_decide", 3),
    "a measure twice": (BEFORE, BEFORE, {"measures": (RIGHT, RIGHT)}, "cannot_decide", 3),
    "a measure that applies to nothing": (BEFORE, BEFORE, {"measures": (replace(RIGHT, name="none", value=lambda _: None), RIGHT)}, "cannot_decide", 3),
    "a measure that is NaN": (BEFORE, BEFORE, {"measures": (replace(RIGHT, value=lambda _: math.nan),)}, "cannot_decide", 3),
    "a measure out of its range": (BEFORE, BEFORE, {"measures": (replace(RIGHT, value=lambda _: 1.5, binary=False),)}, "cannot_decide", 3),
    "half a point right": (BEFORE, BEFORE, {"measures": (replace(RIGHT, value=lambda _: 0.5),)}, "cannot_decide", 3),
    "no labels": ([replace(one, gold=None) for one in BEFORE], [replace(one, gold=None) for one in BEFORE], {}, "cannot_decide", 3),
    "cases not run": (BEFORE[:900], BEFORE, {}, "regression", 1),
    "not checkable any more": ([replace(one, verdict="not_checkable", probabilities=None) for one in BEFORE[:60]] + BEFORE[60:], BEFORE, {"measures": (BRIER_SUPPORT,)}, "regression", 1),
    "claims that vanished": (article(SIZE)[30:], article(SIZE), {}, "inconclusive", 0),
    "claims that are new": (article(SIZE + 30), article(SIZE), {}, "inconclusive", 0),
    "claims that vanished, strict": (article(SIZE)[30:], article(SIZE), {"rules": Rules(strict=True)}, "inconclusive", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_has_its_exit_code(name: str) -> None:
    run, baseline, more, outcome, code = OUTCOMES[name]
    decision = gate(run, baseline, **more)
    assert (decision.outcome, decision.exit_code) == (outcome, code), decision.to_text()
    assert decision.reasons
    json.dumps(decision.to_dict(), allow_nan=False)
    assert all(len(line) <= 100 for line in decision.to_text().split("\n"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_text(path.read_text().replace('"supported"', '"refuted"', 1)),
        lambda path: path.write_text("{}"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["missing", "torn", "edited", "no baseline", "a folder"],
)
def test_a_baseline_file_that_cannot_be_read_decides_nothing(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "b.json"
    write_baseline(BEFORE, MANIFEST, path)
    assert gate(BEFORE, path, manifest=MANIFEST).exit_code == 0
    spoil(path)
    decision = gate(BEFORE, str(path), manifest=MANIFEST)
    assert (decision.outcome, decision.exit_code) == ("cannot_decide", 3)
    assert decision.reasons[0].startswith(str(path))


def test_a_measure_that_no_case_can_have_by_its_label_is_named_and_not_gated() -> None:
    def said(held: Sequence[CaseResult]) -> tuple[str, list[str], tuple[str, ...]]:
        decision = gate(held, held)
        return decision.outcome, [one.name for one in decision.measures], decision.notes[:-1]

    good = [replace(one, gold="supported", verdict="supported", probabilities=scored("supported")) for one in BEFORE]
    assert said(good) == (
        "pass", ["right", "brier_support"], ("false_support: there are no cases for which support is wrong; not gated",),
    )  # fmt: skip
    red_team = [
        replace(one, gold=None, must_not_support=True, verdict="refuted", probabilities=scored("refuted"))
        for one in BEFORE
    ]
    assert said(red_team) == ("pass", ["right", "false_support", "brier_support"], ())
    # A score that the run lost is another thing than one that no label asks for.
    assert gate([replace(one, probabilities=None) for one in good], good).outcome == "regression"
    assert (
        gate(
            [replace(one, probabilities=None) for one in good], [replace(one, probabilities=None) for one in good]
        ).exit_code
        == 3
    )
    decision = gate(good, good, measures=(FALSE_SUPPORT,))
    assert (decision.exit_code, decision.reasons) == (
        3, ("no case has a label that a gated measure is of; label cases, or gate another measure",),
    )  # fmt: skip


def test_the_decision_says_what_differs_from_the_baseline() -> None:
    before = {
        **MANIFEST, "models": {"splitter": "rules/9", "verifier": "a/1"}, "weights": {"encoder": "0" * 64}, "commit": "1" * 40, "edits": None,
        "config": {"k": 8, "thresholds": {"support": 0.5, "calibration": [[1.0]]}}, "bukti": "1.0", "started": "then",
    }  # fmt: skip
    now = {
        **before, "models": {"splitter": "rules/9", "verifier": "b/1"}, "weights": {"encoder": "2" * 64}, "commit": "3" * 40, "edits": "4" * 12,
        "config": {"k": 5, "thresholds": {"support": 0.6, "calibration": ((1.0,),)}}, "bukti": "2.0", "started": "now",
    }  # fmt: skip
    held = Baseline(results=tuple(BEFORE), manifest=before)
    assert gate(BEFORE, held, manifest=now).notes[0] == (
        "unlike the baseline: verifier a/1 -> b/1, weights encoder 00000000 -> 22222222, k 8 -> 5, thresholds support 0.5 -> 0.6, bukti 1.0 -> 2.0, "
        "commit 11111111 -> 33333333, edits none -> 44444444"
    )
    told = gate(BEFORE, held, manifest=now).to_text()
    assert ("edits none -> 44444444" in " ".join(told.split()), max(map(len, told.split("\n"))) <= 100) == (True, True)
    assert not [note for note in gate(BEFORE, held, manifest=before).notes if "unlike" in note]
    assert gate(BEFORE[:3], held, manifest=now).notes[0].startswith("unlike the baseline: verifier a/1 -> b/1")


# Another suite -----------------------------------------------------------------------------------------------------

OTHER = {**MANIFEST, "suite": "6" * 64}


def asked(held: Sequence[CaseResult]) -> list[CaseResult]:
    """Rows that say what was asked."""
    return [replace(one, digest=f"asked {one.case}") for one in held]


def against(run: Sequence[CaseResult], before: Sequence[CaseResult] | None = None, **rules: Any) -> Decision:
    held = Baseline(results=tuple(asked(BEFORE) if before is None else before), manifest=MANIFEST)
    return gate(run, held, manifest=OTHER, rules=Rules(**rules))


def test_of_an_edited_suite_the_cases_that_are_the_same_decide() -> None:
    edited = [*asked(BEFORE)[2:], replace(row(2000), digest="a new case")]
    edited[5] = replace(edited[5], digest="another source")
    decision = against(edited)
    assert (decision.outcome, decision.exit_code, decision.pairs) == ("pass", 0, SIZE - 3)
    assert (decision.vanished, decision.new, decision.changed) == (
        ("case-0000", "case-0001"),
        ("case-2000",),
        ("case-0007",),
    )
    assert "2 gone, 1 new, 1 changed; the 997 that are the same decide" in decision.to_text()
    assert [line for line in decision.to_text().splitlines() if line.startswith("Changed: 1")]
    lost = [
        replace(one, verdict="not_enough_evidence") if number % 2 == 0 else one
        for number, one in enumerate(edited[:400])
    ]
    assert against([*lost, *edited[400:]]).outcome == "regression"


def test_of_a_suite_that_is_edited_too_much_nothing_is_decided() -> None:
    decision = against(asked(BEFORE)[30:])
    assert (decision.outcome, decision.exit_code, len(decision.vanished)) == ("cannot_decide", 3, 30)
    assert "30 gone, 0 new, 0 changed, 3.0% unmatched, 2.0% may be; bless again" in decision.to_text()
    assert "Vanished: 30\n  case-0000\n" in decision.to_text()
    assert against(asked(BEFORE)[30:], max_unmatched=0.05).outcome == "pass"


@pytest.mark.parametrize("edit", ["removed", "changed", "no longer forbidden"])
def test_a_case_that_must_not_be_supported_never_leaves_an_edited_suite_in_silence(edit: str) -> None:
    before = asked(with_forbidden("refuted"))
    run = [one for one in before if one.case != "case-0301" or edit != "removed"]
    if edit != "removed":
        run[301] = replace(run[301], digest="another", must_not_support=edit == "changed")
    decision = against(run, before)
    assert (decision.outcome, decision.exit_code) == ("cannot_decide", 3)
    assert [one.cases for one in decision.broken] == [("case-0301",)]


def test_rows_alone_are_compared_by_claim_and_label_whatever_they_were_checked_against() -> None:
    elsewhere = [replace(one, digest="other sources") for one in BEFORE]
    assert gate(elsewhere, asked(BEFORE)).pairs == SIZE
    assert gate(elsewhere, Baseline(results=tuple(asked(BEFORE)), manifest=MANIFEST), manifest=MANIFEST).exit_code == 3


def test_another_suite_decides_nothing_where_rows_do_not_say_what_was_asked_or_an_oracle_answered() -> None:
    assert against(BEFORE).exit_code == against(asked(BEFORE), BEFORE).exit_code == 3
    held = Baseline(results=tuple(asked(BEFORE)), manifest=MANIFEST)
    assert gate(asked(BEFORE), held, manifest={**OTHER, "suite": f"claims:{'5' * 64}"}).exit_code == 3


def test_no_subset_of_a_bad_run_is_ever_a_pass() -> None:
    """Whatever a run leaves out of a loss of everything, it does not pass."""
    before = rows(300)
    after = rows(300, wrong=range(300))
    for kept in (0, 1, 19, 20, 150, 285, 290, 300):
        assert gate(after[:kept], before).exit_code in (1, 3)


def test_whatever_is_done_to_a_run_it_passes_only_if_all_that_a_pass_means_holds() -> None:
    """Runs spoilt at random: a pass has no violation, no error, all cases, and a limit within every margin."""
    generator = np.random.default_rng(23)
    before = [*rows(300), *[replace(one, cluster=one.case) for one in article(60)]]
    before[7] = replace(before[7], must_not_support=True)
    seen = set()
    for _ in range(150):
        after = list(before)
        for number in generator.choice(len(after), int(generator.integers(0, 12)), replace=False).tolist():
            old = after[number]
            verdict = ["supported", "refuted", "not_enough_evidence", "not_checkable", "error"][
                generator.integers(0, 5)
            ]
            spoilt = [
                replace(old, verdict=verdict, probabilities=scored(verdict)),
                replace(old, text=old.text + " 9"),
                replace(old, case=old.case + "x"),
                replace(old, probabilities=None),
                replace(old, must_not_support=False),
                replace(old, gold=None),
            ]
            after[number] = spoilt[min(int(generator.integers(0, 40)), 5)] if number % 9 == 0 else spoilt[0]
        after = after[: len(after) - int(generator.integers(0, 3))]
        decision = gate(after, before, measures=ONLY_RIGHT, rules=Rules(max_errors=0.02))
        seen.add(decision.outcome)
        codes = {"pass": {0}, "inconclusive": {0}, "regression": {1}, "cannot_decide": {3, 4}}
        assert decision.exit_code in codes[decision.outcome]
        if decision.outcome == "pass":
            assert not decision.broken
            assert after[7].verdict not in ("supported", "error")
            assert decision.errors <= 0.02  # type: ignore[operator]
            assert all(one.difference - one.limit >= 0 and -one.limit <= one.margin for one in decision.measures)  # type: ignore[operator]
            assert decision.unmatched <= 0.02  # type: ignore[operator]
    assert seen == {"pass", "inconclusive", "regression", "cannot_decide"}


# What is weighed ---------------------------------------------------------------------------------------------------


def measured(decision: Decision, name: str) -> Any:
    return next(one for one in decision.measures if one.name == name)


def test_a_measure_shows_all_it_rests_on() -> None:
    before, after = rows(400, wrong=range(100)), rows(400, wrong=range(4, 124))
    one = measured(gate(after, before), "right")
    assert (one.cases, one.clusters, one.unanswered, one.dropped) == (400, 400, 0, 0)
    assert (one.baseline, one.run) == (0.75, 0.7)
    assert one.difference == pytest.approx(-0.05)
    assert one.limit == pytest.approx(-0.0747, abs=1e-3)
    # 24 lost, 4 gained
    assert one.p == pytest.approx(4.9e-5, rel=0.1)
    assert one.p <= one.adjusted_p <= 3 * one.p + 1e-12
    assert (one.margin, one.verdict, one.bounds) == (0.02, "regression", None)


def test_a_loss_of_a_measure_whose_best_is_low_is_a_rise() -> None:
    before, after = rows(1000), rows(1000, wrong=range(100))
    for name in ("false_support", "brier_support"):
        one = measured(gate(after, before), name)
        assert one.run > one.baseline
        assert 0 < one.difference < one.limit
        assert one.verdict == "regression"
    assert measured(gate(before, after), "false_support").verdict == "pass"


def test_the_default_measures_worked_by_hand() -> None:
    assert [RIGHT.read(one) for one in (row(0), row(0, right=False), row(0, verdict="error"))] == [1.0, 0.0, 0.0]
    assert [FALSE_SUPPORT.read(one) for one in (row(1), row(1, right=False))] == [0.0, 1.0]
    assert math.isnan(FALSE_SUPPORT.read(row(0)))
    assert FALSE_SUPPORT.read(row(1, right=False, gold=None, must_not_support=True)) == 1.0
    assert math.isnan(FALSE_SUPPORT.read(row(1, verdict="error")))
    assert [round(BRIER_SUPPORT.read(one), 4) for one in (row(0), row(1), row(0, right=False))] == [0.01, 0.01, 0.81]
    assert math.isnan(BRIER_SUPPORT.read(row(0, gold=None)))
    assert math.isnan(BRIER_SUPPORT.read(row(0, verdict="error")))


def test_false_support_without_a_gold_verdict_is_a_loss_and_stands_among_the_worse() -> None:
    before = rows(400, gold=None, verdict="refuted", extra={"not_supported": True})
    after = [replace(one, verdict="supported") if number < 40 else one for number, one in enumerate(before)]
    decision = gate(after, before, measures=(FALSE_SUPPORT,))
    assert (decision.outcome, len(decision.worse), len(decision.other)) == ("regression", 40, 0)
    assert len(gate(before, after, measures=(FALSE_SUPPORT,)).better) == 40


def test_what_the_run_has_no_answer_for_counts_as_the_worst() -> None:
    before = rows(1000)
    decision = gate(errors(1000, 40), before, rules=Rules(max_errors=0.5))
    assert [one.unanswered for one in decision.measures] == [0, 20, 40]  # an error is wrong by itself
    assert measured(decision, "brier_support").difference == pytest.approx(0.04 * 0.99)
    assert measured(decision, "false_support").difference == pytest.approx(0.04)


def test_a_case_that_was_not_run_counts_as_the_worst() -> None:
    decision = gate(rows(1000)[40:], rows(1000))
    assert decision.missing == tuple(f"case-{number:04}" for number in range(40))
    assert measured(decision, "right").difference == pytest.approx(-0.04)
    assert decision.outcome == "regression"


def test_a_pair_that_only_the_run_has_a_value_for_is_no_gain() -> None:
    before = errors(1000, 40)
    one = measured(gate(rows(1000), before), "brier_support")
    assert (one.cases, one.dropped, one.difference) == (960, 40, 0.0)


def test_holm_is_over_the_gated_measures() -> None:
    before, after = rows(120), rows(120, wrong=range(0, 12, 2))  # 6 lost, none of them falsely supported
    alone = gate(after, before, measures=ONLY_RIGHT)
    others = tuple(replace(FALSE_SUPPORT, name=f"m{number}") for number in range(9))
    assert measured(alone, "right").adjusted_p == measured(alone, "right").p
    assert alone.outcome == "regression"
    among = gate(after, before, measures=(RIGHT, *others))
    assert measured(among, "right").adjusted_p == pytest.approx(10 * 0.5**7)
    assert among.outcome == "inconclusive"


def test_claims_of_one_article_are_one_event() -> None:
    before, after = rows(400), rows(400, wrong=range(16))
    assert gate(after, before, measures=ONLY_RIGHT).outcome == "regression"
    held = [
        [replace(one, cluster=f"article {number // 16}") for number, one in enumerate(side)] for side in (before, after)
    ]
    decision = gate(held[1], held[0], measures=ONLY_RIGHT)
    assert measured(decision, "right").clusters == 25
    assert measured(decision, "right").p == 0.25
    assert decision.outcome == "inconclusive"


def test_any_units_give_the_same_decision() -> None:
    percent = GatedMeasure(
        name="percent", value=lambda one: 100.0 * bool(one.right), margin=2.0, binary=True, best=100.0
    )
    lower = GatedMeasure(name="wrong", value=lambda one: not one.right, margin=0.02, binary=True, best=0.0, worst=1.0)
    before, after = rows(400, wrong=range(30)), rows(400, wrong=range(5, 48))
    one, two, three = (gate(after, before, measures=(measure,)).measures[0] for measure in (RIGHT, percent, lower))
    assert one.p == two.p == three.p
    assert two.limit == pytest.approx(100 * one.limit)
    assert three.limit == pytest.approx(-one.limit)
    assert one.verdict == two.verdict == three.verdict


@pytest.mark.parametrize("n", [20, 50, 100, 150])
def test_small_samples_are_inconclusive_and_never_pass(n: int) -> None:
    for lost in (0, 1):
        assert gate(rows(n, wrong=range(lost)), rows(n)).outcome == "inconclusive"


def test_rows_in_any_order_give_the_same_decision() -> None:
    before, after = rows(300, wrong=range(50)), rows(300, wrong=range(9, 70))
    held = gate(after, before).to_dict()
    order = np.random.default_rng(1).permutation(300).tolist()
    again = gate([after[number] for number in order], before).to_dict()
    assert again == held


# Claims without a counterpart --------------------------------------------------------------------------------------


def test_claims_that_were_numbered_anew_are_compared() -> None:
    before = article(500)
    after = [replace(one, case=f"a/{900 - number}") for number, one in enumerate(article(500, wrong=[7]))]
    decision = gate(after, before, measures=ONLY_RIGHT, rules=Rules(max_unmatched=0.0))
    assert (decision.pairs, decision.unmatched, decision.vanished, decision.new) == (500, 0.0, (), ())
    assert [(one.before.case, one.after.case) for one in decision.worse] == [("a/7", "a/893")]


def test_a_few_unmatched_claims_are_named_and_bounded() -> None:
    before, after = article(1000, cluster=""), article(1000)[5:] + article(4, first=2000)
    held = [[replace(one, cluster=f"c{number}") for number, one in enumerate(side)] for side in (before, after)]
    held[1] = [replace(one, cluster=f"c{one.case}") for one in after]
    held[0] = [replace(one, cluster=f"c{one.case}") for one in before]
    decision = gate(held[1], held[0], measures=ONLY_RIGHT)
    assert decision.outcome == "pass"
    assert decision.vanished == ("a/0", "a/1", "a/2", "a/3", "a/4")
    assert decision.new == ("a/2000", "a/2001", "a/2002", "a/2003")
    # Against the run: five right ones lost, four new ones no gain. For it: four gained.
    assert decision.measures[0].bounds == (pytest.approx(-5 / 1004), pytest.approx(4 / 1004))


def test_too_many_unmatched_claims_are_a_regression_only_if_the_losses_prove_it() -> None:
    def alone(side: list[CaseResult]) -> list[CaseResult]:
        return [replace(one, cluster=one.case) for one in side]

    before = alone(article(1000))
    few, many = (
        alone(article(1000, wrong=range(100, 100 + lost)))[60:] + alone(article(30, first=2000)) for lost in (40, 200)
    )
    assert (
        gate(few, before, measures=ONLY_RIGHT, rules=Rules(min_coverage=0.5, max_unmatched=0.1)).outcome == "regression"
    )
    assert gate(few, before, measures=ONLY_RIGHT, rules=Rules(min_coverage=0.5)).outcome == "inconclusive"
    proved = gate(many, before, measures=ONLY_RIGHT, rules=Rules(min_coverage=0.5))
    assert proved.outcome == "regression"
    assert "counted for the run" in proved.measures[0].says


def test_too_many_unmatched_claims_never_pass() -> None:
    before = article(1000, wrong=range(500))
    after = article(1000)[:900] + article(100, first=3000)
    assert gate(after, before).outcome == "inconclusive"


# What is shown -----------------------------------------------------------------------------------------------------


def test_what_got_worse_and_better_is_named_with_both_sides() -> None:
    before, after = rows(100, wrong=[3]), rows(100, wrong=[4])
    decision = gate(after, before)
    worse, better = decision.worse[0], decision.better[0]
    assert (worse.before.case, worse.gold) == ("case-0004", "supported")
    assert (worse.before.verdict, worse.after.verdict) == ("supported", "not_enough_evidence")
    assert (worse.before.support, worse.after.support) == (0.9, 0.1)
    assert worse.before.evidence == before[4].evidence
    assert worse.after.evidence == after[4].evidence
    assert better.before.case == "case-0003"
    assert decision.churn == 0.02
    assert not decision.other


def test_verdicts_that_changed_without_right_or_wrong_are_other() -> None:
    before = [*rows(50), replace(row(60), gold=None), row(61, verdict="supported")]
    after = [*rows(50), replace(row(60, right=False), gold=None), row(61, verdict="not_enough_evidence")]
    decision = gate(after, before)
    assert [one.after.case for one in decision.other] == ["case-0060", "case-0061"]
    assert not decision.worse
    assert not decision.better


def test_the_json_form_is_whole() -> None:
    told = gate(rows(100, wrong=[4]), rows(100, wrong=[3])).to_dict()
    assert told["schema"] == "bukti.gate/1"
    assert list(told) == [
        "schema", "outcome", "exit_code", "reasons", "broken", "measures", "cases", "pairs", "errors", "coverage", "churn",
        "unmatched", "unchanged", "worse", "better", "other", "flaky", "missing", "vanished", "new", "changed", "notes", "rules",
    ]  # fmt: skip
    assert told["worse"][0]["before"]["evidence"] == [
        {"source": "s", "span": [0, 4], "text": "kata", "stance": "supports", "score": 0.9}
    ]
    assert told["rules"]["alpha"] == 0.05
    assert told == gate(rows(100, wrong=[4]), rows(100, wrong=[3])).to_dict()


def test_the_text_says_it_all_in_short_lines() -> None:
    text = gate(rows(400, wrong=range(60)), rows(400, wrong=range(20))).to_text(most=2)
    lines = text.split("\n")
    assert lines[0] == "REGRESSION (exit 1)"
    assert "  right: a loss of 0.1 is shown and is larger than 0.02" in lines
    assert "400 cases, 400 pairs, errors 0.0%, coverage 100.0%, churn 10.0%, unmatched 0.0%" in lines
    assert "Worse: 40" in lines
    assert "  case-0020: supported -> not_enough_evidence (right: supported)" in lines
    assert "    before: supports 0.90, s 0-4: kata" in lines
    assert "  and 38 more" in lines


def test_the_text_steers_no_terminal() -> None:
    before = rows(50)
    after = [
        *before[:-1],
        replace(row(49, right=False), evidence=(replace(before[0].evidence[0], text="\x1b[31m\nX" + "y" * 300),)),
    ]
    text = gate(after, before).to_text()
    assert "\x1b" not in text
    assert max(map(len, text.split("\n"))) <= 100


def test_a_forced_baseline_is_said_to_be() -> None:
    manifest = {**MANIFEST, "forced": ["1 ended in an error: x"]}
    decision = gate(BEFORE, Baseline(results=tuple(BEFORE), manifest=manifest), manifest=MANIFEST)
    assert decision.notes[0] == "the baseline was forced: 1 ended in an error: x"


# What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin", [0.0, -0.1, 1.0, math.nan, math.inf])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="a margin of"):
        replace(RIGHT, margin=margin)


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": 0.0}, {"alpha": 0.5}, {"alpha": math.nan}, {"max_errors": -0.1}, {"max_errors": math.nan}, {"min_coverage": 1.1}, {"min_cases": 0}, {"flips": 99}],
    ids=str,
)  # fmt: skip
def test_rules_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no shares|at least one"):
        Rules(**wrong)


# How well it does --------------------------------------------------------------------------------------------------


def drawn(n: int, lost: float, gained: float, generator: np.random.Generator) -> list[list[CaseResult]]:
    """Two runs on cases of which three in four are right; a share of all is lost and a share gained."""
    right = generator.random(n) < 0.75
    chance = generator.random(n)
    after = np.where(right, chance >= lost / 0.75, chance < gained / 0.25)
    return [[row(number, right=bool(held[number])) for number in range(n)] for held in (right, after)]


@pytest.mark.slow
def test_whole_gate_cries_wolf_and_catches_losses_as_it_says() -> None:
    """The simulation of benchmarks/gate.py draws losses; this one goes the whole way, from rows to exit codes."""
    generator = np.random.default_rng(17)
    null = [gate(after, before).exit_code for before, after in (drawn(400, 0.01, 0.01, generator) for _ in range(1000))]
    lost = [gate(after, before).exit_code for before, after in (drawn(400, 0.06, 0.01, generator) for _ in range(200))]
    assert set(null) <= {0, 1}
    assert np.mean(np.array(null) == 1) <= 0.05
    assert np.mean(np.array(lost) == 1) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("claims", [1, 5])
def test_no_change_fails_and_a_loss_of_the_margin_passes_in_few_of_a_thousand_draws(claims: int) -> None:
    from benchmarks.gate import World, outcomes

    for n in (50, 100, 200, 400, 1000):
        for churn in (0.02, 0.05):
            assert outcomes(World(n=n, churn=churn, claims=claims))["regression"] <= 0.05
        # Right or wrong alone; all three together pass more rarely still.
        assert outcomes(World(n=n, loss=0.02, claims=claims))["right"] <= 0.06


@pytest.mark.slow
def test_a_loss_of_five_points_is_caught_at_four_hundred_cases() -> None:
    from benchmarks.gate import World, outcomes

    for churn in (0.02, 0.05):
        assert outcomes(World(n=400, churn=churn, loss=0.05))["regression"] >= 0.8
    assert outcomes(World(n=1000, loss=0.05, claims=5))["regression"] >= 0.8


def test_the_default_measures_have_other_names() -> None:
    assert len({measure.name for measure in DEFAULT_MEASURES}) == len(DEFAULT_MEASURES)


# Repeats -----------------------------------------------------------------------------------------------------------


def repeated(made: Sequence[CaseResult], *, flaky: Sequence[int] = (), times: int = 3) -> list[CaseResult]:
    """The same cases verified several times: the flaky ones gave something else the last time."""
    return [
        replace(
            one,
            repeats=(Repeat(verdict=one.verdict),) * (times - 1)
            + (Repeat(verdict="conflicting" if number in flaky else one.verdict),),
        )
        for number, one in enumerate(made)
    ]


def test_cases_that_disagree_with_themselves_stand_aside_and_are_named() -> None:
    before = repeated(BEFORE, flaky=[0])
    # All that got worse is flaky: nothing to tell from chance, and never silent.
    after = repeated(rows(SIZE, wrong=range(205)), flaky=range(200, 205))
    decision = gate(after, before)
    assert (decision.outcome, len(decision.flaky), decision.worse) == ("pass", 6, ())
    assert [one.cases for one in decision.measures if one.name == "right"] == [SIZE - 6]
    assert decision.notes == (
        "6 cases stand aside, their repeats disagree: 1 did in the baseline, 5 do now and did not",
    )
    assert "Flaky: 6\n  case-0000\n  case-0200\n" in decision.to_text()
    # So many may stand aside, and none of them lets the run fail; but a loss among them is not passed over either.
    many = gate(repeated(rows(SIZE, wrong=range(240)), flaky=range(200, 240)), before)
    assert (many.outcome, many.exit_code, many.worse) == ("inconclusive", 0, ())
    assert "right: with the 41 that stand aside a loss of up to" in many.to_text()
    # The same loss in cases that agree with themselves is one.
    assert gate(repeated(rows(SIZE, wrong=range(250))), before).outcome == "regression"


@pytest.mark.parametrize(
    ("after", "rules", "rule", "outcome", "code"),
    [
        (repeated(BEFORE, flaky=range(51)), {}, "flaky", "cannot_decide", 3),
        (repeated(BEFORE, flaky=range(50)), {}, "", "pass", 0),
        (repeated(BEFORE, flaky=range(1)), {"max_flaky": 0.0}, "flaky", "cannot_decide", 3),
        (repeated(BEFORE, flaky=range(SIZE)), {"max_flaky": 1.0}, "cases", "cannot_decide", 3),
        (repeated(rows(SIZE, wrong=range(SIZE)), flaky=range(200)), {}, "flaky", "cannot_decide", 3),
        (BEFORE, {}, "repeats", "cannot_decide", 3),
        (repeated(BEFORE, times=5), {}, "repeats", "cannot_decide", 3),
        (repeated(with_forbidden("supported"), flaky=[301]), {}, "must_not_support", "regression", 1),
        (repeated(with_forbidden("supported"), flaky=range(SIZE)), {}, "must_not_support", "regression", 1),
        (repeated(errors(SIZE, 3), flaky=range(3)), {}, "errors", "cannot_decide", 4),
    ],
    ids=["above the cap", "at the cap", "none allowed", "all of them", "a loss above the cap", "once and three times", "five and three times",
         "must not support", "must not support above the cap", "errors"],
)  # fmt: skip
def test_what_disagrees_with_itself_has_a_cap_and_hides_from_no_hard_rule(
    after: list[CaseResult], rules: dict[str, Any], rule: str, outcome: str, code: int
) -> None:
    before = repeated(BEFORE)
    decision = gate(after, before, rules=Rules(**rules))
    assert (decision.outcome, decision.exit_code) == (outcome, code)
    assert not rule or rule in [one.rule for one in decision.broken]
