from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from bukti.claims.article import Span
from bukti.claims.errors import UsageError
from bukti.eval.baselines import baselines
from bukti.eval.matching import EVIDENCE_SETS
from bukti.eval.measures import (
    GATED,
    MEASURES,
    Confusion,
    Value,
    as_table,
    by,
    confusion,
    measure,
    measure_by,
)
from bukti.eval.report import VERDICTS, Failure, Verdict
from bukti.eval.results import CaseResult, FoundEvidence, Repeat
from bukti.eval.sample import DRAWS, LABELS, Draws, Sample, draw
from bukti.eval.scores import scores_of, table
from bukti.eval.verifier import Probabilities

ROOT = Path(__file__).resolve().parents[2]


def result(
    gold: Verdict | None,
    verdict: Verdict,
    *,
    support: float | None = 0.5,
    found: Sequence[tuple[str, str]] = (),
    wanted: Sequence[tuple[str, str]] = (),
    case: str = "c",
    cluster: str = "",
    seconds: float = 0.0,
    language: str = "id",
    tags: Sequence[str] = (),
    sets: Sequence[Sequence[tuple[str, str]]] | None = None,
    repeats: Sequence[Verdict] = (),
) -> CaseResult:
    scored = support is not None and verdict != "error"
    return CaseResult(
        case=case,
        text="x",
        gold=gold,
        verdict=verdict,
        probabilities=Probabilities.of(supported=support, refuted=(1 - support) / 2)
        if scored and support is not None
        else None,
        evidence=tuple(
            FoundEvidence(source=source, span=Span(0, len(text)), text=text, stance="neutral", score=0.5)
            for source, text in found
        ),
        gold_evidence=tuple(wanted),
        language=language,
        tags=tuple(tags),
        cluster=cluster,
        seconds=seconds,
        error=Failure(stage="verify", cause="gone") if verdict == "error" else None,
        extra={} if sets is None else {EVIDENCE_SETS: sets},
        repeats=tuple(Repeat(verdict=one) for one in repeats),
    )


def random_results(n: int, seed: int, *, clusters: int = 12) -> list[CaseResult]:
    """Results of every kind: without gold, failed, without evidence, without time, with equal probabilities."""
    rng = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(12)]

    def text(length: int) -> str:
        return " ".join(rng.choice(words, length))

    rows = []
    for number in range(n):
        gold = None if rng.random() < 0.1 else LABELS[rng.choice(5, p=[0.35, 0.3, 0.1, 0.2, 0.05])]
        verdict = VERDICTS[rng.choice(6, p=[0.35, 0.3, 0.1, 0.1, 0.05, 0.1])]
        wanted = [(f"s{rng.integers(2)}", text(4)) for _ in range(rng.integers(4))]
        found = [
            (source, f"{text(3)} {quote}") if rng.random() < 0.5 else (f"s{rng.integers(2)}", text(6))
            for source, quote in wanted
        ]
        rows.append(
            result(
                gold,
                verdict,
                support=None if verdict == "not_checkable" else round(float(rng.random()), 1),
                found=found,
                wanted=wanted,
                case=f"c{number}",
                cluster=f"k{rng.integers(clusters)}",
                seconds=float(rng.choice([0.0, 0.5, 1.0, rng.random()])),
                language=str(rng.choice(["id", "en"])),
                repeats=[VERDICTS[code] for code in rng.choice(4, rng.integers(6))],
            )
        )
        if gold is None and number % 2:
            rows[-1] = replace(rows[-1], extra={**rows[-1].extra, "not_supported": True})
    return rows


AWKWARD: dict[str, list[CaseResult]] = {
    "empty": [],
    "one": [result("supported", "supported")],
    "one label": [result("refuted", "refuted", case=f"c{number}") for number in range(5)],
    "all errors": [result(gold, "error", case=gold, wanted=[("s", "a b")]) for gold in LABELS],
    "no gold": [result(None, "supported", case=f"c{number}") for number in range(3)],
    "never right": [result("refuted", "supported", case=f"c{number}", support=1.0) for number in range(4)],
    "nothing found": [result("supported", "supported", case=f"c{number}", wanted=[("s", "a")]) for number in range(3)],
}


@pytest.mark.parametrize("seed", range(5))
def test_verdicts_are_measured_as_scikit_learn_does(seed: int) -> None:
    rows = [row for row in random_results(150, seed) if row.gold]
    gold, given = [row.gold for row in rows], [row.verdict for row in rows]
    labels = [label for label in LABELS if label in gold]
    values = {name: MEASURES[name](rows) for name in MEASURES}
    f1 = metrics.f1_score(gold, given, labels=labels, average="macro", zero_division=0.0)
    assert values["macro_f1"] == pytest.approx(f1, abs=1e-9)
    assert values["accuracy"] == pytest.approx(metrics.accuracy_score(gold, given), abs=1e-9)
    with pytest.warns(UserWarning, match="y_pred contains classes not in y_true"):
        recall = metrics.balanced_accuracy_score(gold, given)
    assert values["balanced_accuracy"] == pytest.approx(recall, abs=1e-9)
    report = metrics.classification_report(gold, given, labels=labels, output_dict=True, zero_division=0.0)
    for label in labels:
        for kind, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            value = values[f"{kind}_{label}"]
            assert (0.0 if value is None else value) == pytest.approx(report[label][key], abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_probabilities_are_measured_as_scikit_learn_does(seed: int) -> None:
    rows = [row for row in random_results(150, seed) if row.gold and row.probabilities and not row.failed]
    gold = [row.gold == "supported" for row in rows]
    support = [row.probabilities.supported for row in rows if row.probabilities]
    assert MEASURES["brier"](rows) == pytest.approx(metrics.brier_score_loss(gold, support), abs=1e-9)
    clipped = np.clip(support, 1e-6, 1 - 1e-6)
    assert MEASURES["log_loss"](rows) == pytest.approx(metrics.log_loss(gold, clipped), abs=1e-9)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("seed", range(2))
def test_a_draw_is_measured_as_its_results_written_out(name: str, seed: int) -> None:
    rows = random_results(60, seed)
    sample = Sample(rows)
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 3, size=(6, sample.clusters)).astype(float)
    weights[0] = 1.0
    weights[1] = 0.0
    drawn = MEASURES[name].arithmetic.draws(sample)(Draws(sample, weights))
    for values, counts in zip(drawn, weights, strict=True):
        written_out = [
            row for row, cluster in zip(rows, sample.cluster, strict=True) for _ in range(int(counts[cluster]))
        ]
        expected = MEASURES[name](written_out)
        assert (None if math.isnan(values) else values) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rows", AWKWARD.values(), ids=AWKWARD)
def test_no_measure_gives_nan_or_leaves_its_range(rows: list[CaseResult]) -> None:
    groups = [measure(rows, MEASURES), *baselines(rows, MEASURES).values(), *measure_by(rows, MEASURES, "tag").values()]
    for values in groups:
        json.dumps([asdict(value) for value in values.values()], allow_nan=False)
        for name, value in values.items():
            assert bool(value.why) or None not in (value.value, value.low, value.high)
            assert (value.low is None) is (value.high is None)
            if value.value is not None:
                top = MEASURES[name].high
                assert MEASURES[name].low - 1e-12 <= value.value <= (math.inf if top is None else top + 1e-12)


def test_an_empty_set_has_no_value_and_says_why() -> None:
    assert measure([], MEASURES) == {
        name: Value(name=name, value=None, low=None, high=None, n=0, why=item.empty) for name, item in MEASURES.items()
    }


def test_a_run_that_only_fails_never_looks_good() -> None:
    values = {name: value.value for name, value in measure(AWKWARD["all errors"], MEASURES).items()}
    assert {name: value for name, value in values.items() if value is not None} == {
        "macro_f1": 0.0, "balanced_accuracy": 0.0, "two_way_balanced_accuracy": 0.0, "accuracy": 0.0, "missed_refutation": 1.0, "coverage": 0.0,
        **{f"{kind}_{label}": 0.0 for label in LABELS for kind in ("recall", "f1")},
        **{f"evidence_{kind}@{k}": 0.0 for kind in ("recall", "precision", "ndcg") for k in (1, 3, 5, 10)},
        "evidence_mrr": 0.0, "fever_score": 0.0, "averitec_score": 0.0, "aurc": 1.0, "excess_aurc": 0.0,
    }  # fmt: skip


def only_not(case: str, verdict: Verdict, **changes: Any) -> CaseResult:
    """A result of a claim of which the suite says only that it is not supported."""
    return replace(result(None, verdict, case=case, **changes), extra={"not_supported": True})


def test_supporting_everything_in_a_set_with_two_labels_looks_no_better_than_it_is() -> None:
    rows = [result("supported", "supported", case=f"p{number}", support=1.0) for number in range(20)]
    rows += [only_not(f"n{number}", "supported", support=1.0) for number in range(20)]
    values = {name: value.value for name, value in measure(rows, MEASURES).items()}
    named = (
        "two_way_balanced_accuracy",
        "accuracy",
        "false_support",
        "brier",
        "ece",
        "aurc",
        "macro_f1",
        "balanced_accuracy",
    )
    assert {name: values[name] for name in named} == {
        "two_way_balanced_accuracy": 0.5, "accuracy": 0.5, "false_support": 1.0, "brier": 0.5, "ece": 0.5, "aurc": 0.5,
        "macro_f1": None, "balanced_accuracy": None,
    }  # fmt: skip
    assert baselines(rows, named)["majority"]["brier"].value == 0.25
    told = table(scores_of(rows))
    assert "40 claims, 20 with a verdict to compare, 20 only known not to be supported\n" in told
    assert "two_way_balanced_accuracy   0.5000" in told


@pytest.mark.parametrize("seed", range(3))
def test_two_way_balanced_accuracy_is_that_of_scikit_learn(seed: int) -> None:
    rows = [row for row in random_results(150, seed) if row.as_asked is not None]
    gold = [row.gold == "supported" for row in rows]
    # What failed is right on neither side.
    given = [(not right if row.failed else row.verdict == "supported") for row, right in zip(rows, gold, strict=True)]
    value = MEASURES["two_way_balanced_accuracy"](rows)
    assert value == pytest.approx(metrics.balanced_accuracy_score(gold, given), abs=1e-9)


def test_an_error_counts_as_declared() -> None:
    rows = [
        result("refuted", "refuted", seconds=1.0),
        result("refuted", "error", seconds=9.0),
        result("not_enough_evidence", "supported", seconds=3.0),
        replace(result("supported", "supported", seconds=9.0), error=Failure(stage="verify", cause="gone")),
    ]
    names = (
        "accuracy",
        "recall_refuted",
        "missed_refutation",
        "false_support",
        "coverage",
        "abstention",
        "latency_mean",
    )
    values = measure(rows, names)
    assert {name: (value.value, value.n) for name, value in values.items()} == {
        "accuracy": (0.25, 4),
        "recall_refuted": (0.5, 2),
        "missed_refutation": (0.5, 2),
        "false_support": (0.5, 2),
        "coverage": (0.5, 4),
        "abstention": (0.0, 2),
        "latency_mean": (2.0, 2),
    }


def test_support_is_false_wherever_the_suite_says_that_it_is_wrong() -> None:
    ruled_out = replace(result(None, "supported", case="a"), must_not_support=True)
    only_not = replace(result(None, "supported", case="b"), extra={"not_supported": True})
    rows = [
        ruled_out,
        replace(ruled_out, case="c", verdict="refuted"),
        only_not,
        replace(only_not, case="d", verdict="not_enough_evidence"),
        result("refuted", "supported", case="e"),
        result("supported", "supported", case="f"),
        result(None, "supported", case="g"),
        replace(result(None, "error", case="h"), must_not_support=True),
    ]
    value = measure(rows, ["false_support"])["false_support"]
    assert (value.value, value.n) == (0.6, 5)
    assert value.low is not None
    assert [row.as_asked for row in rows] == [False, True, False, True, False, True, None, False]
    assert measure(rows[:1], ["false_support"])["false_support"].value == 1.0


def test_the_confusion_matrix_keeps_every_result() -> None:
    rows = [
        result("supported", "supported"),
        result("supported", "error"),
        result("refuted", "not_checkable"),
        result("refuted", "supported"),
        result(None, "supported"),
    ]
    assert confusion(rows) == Confusion(
        gold=("supported", "refuted"), given=VERDICTS, counts=((1, 0, 0, 0, 0, 1), (1, 0, 0, 0, 1, 0))
    )
    assert confusion([]) == Confusion(gold=(), given=VERDICTS, counts=())


def test_macro_f1_is_over_the_labels_present_in_gold() -> None:
    rows = [result("supported", "supported"), result("supported", "refuted"), result("refuted", "refuted")]
    assert MEASURES["macro_f1"]([*rows, result("refuted", "conflicting")]) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert MEASURES["f1_conflicting"](rows) is None


def test_the_fever_score_by_hand() -> None:
    one, two = ("s", "alpha beta"), ("t", "gamma delta")
    rows = {
        "right, all found": (1, result("supported", "supported", found=[one, two], wanted=[one, two])),
        "right, half found": (0, result("supported", "supported", found=[one], wanted=[one, two])),
        "right, one of two sets": (
            1,
            result("refuted", "refuted", found=[one], wanted=[one, two], sets=[[one], [two]]),
        ),
        "right, from another source": (0, result("refuted", "refuted", found=[("t", one[1])], wanted=[one])),
        "right, found sixth": (0, result("refuted", "refuted", found=[("s", "x")] * 5 + [one], wanted=[one])),
        "right, none asked for": (1, result("supported", "supported")),
        "nothing to find": (1, result("not_enough_evidence", "not_enough_evidence", wanted=[one])),
        "wrong, all found": (0, result("supported", "refuted", found=[one], wanted=[one])),
        "failed": (0, result("supported", "error", found=[one], wanted=[one])),
    }
    for why, (score, row) in rows.items():
        assert (why, MEASURES["fever_score"]([row])) == (why, score)
    assert MEASURES["fever_score"]([row for _, row in rows.values()]) == pytest.approx(4 / 9)


def test_the_averitec_score_by_hand() -> None:
    quote, other = ("s", "alpha beta gamma delta"), ("s", "epsilon zeta eta theta")
    rows = {
        "right, same words, another source": (1, result("supported", "supported", found=[("t", quote[1])], wanted=[quote])),
        "right, one of two (0.496)": (1, result("supported", "supported", found=[quote], wanted=[quote, other])),
        "right, one of four (0.248)": (0, result("supported", "supported", found=[quote], wanted=[quote, other, other, other])),
        "right, nothing found": (0, result("supported", "supported", wanted=[quote])),
        "wrong": (0, result("supported", "refuted", found=[quote], wanted=[quote])),
        "failed": (0, result("supported", "error", found=[quote], wanted=[quote])),
    }  # fmt: skip
    for why, (score, row) in rows.items():
        assert (why, MEASURES["averitec_score"]([row])) == (why, score)
    unasked = result("supported", "supported", found=[quote])
    assert MEASURES["averitec_score"]([unasked]) is None
    assert measure([*(row for _, row in rows.values()), unasked], ["averitec_score"])["averitec_score"].n == 6


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_measures_of_repeats_count_every_choice_of_k_of_them(k: int) -> None:
    rows = [row for row in random_results(60, 5) if row.gold and len(row.repeats) >= k]
    choices = [list(combinations([one.verdict == row.gold for one in row.repeats], k)) for row in rows]
    found = measure(rows, [f"pass^{k}", f"pass@{k}"])
    for name, passes in (("^", all), ("@", any)):
        wanted = np.mean([np.mean([passes(chosen) for chosen in own]) for own in choices])
        assert found[f"pass{name}{k}"].value == pytest.approx(wanted, abs=1e-12)
        assert found[f"pass{name}{k}"].n == len(rows)


def test_agreement_with_oneself_by_hand() -> None:
    rows = [
        result("supported", "supported", repeats=["supported", "supported", "refuted"], case="a"),  # 1 pair of 3
        result(None, "refuted", repeats=["refuted"] * 3, case="b"),
        result("refuted", "error", repeats=["refuted", "refuted", "error"], case="c"),  # left out
        result("refuted", "refuted", repeats=["refuted"], case="d"),  # one alone agrees with nothing
    ]
    assert measure(rows, ["self_agreement"])["self_agreement"].value == pytest.approx((1 / 3 + 1) / 2)
    assert [row.flaky for row in rows] == [True, False, False, False]
    # c failed once: that time it was not right.
    assert measure(rows, ["pass^1"])["pass^1"].value == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert measure(rows, ["pass^3"])["pass^3"].value == 0.0


def test_rankings_can_be_asked_for_at_any_depth() -> None:
    rows = [result("supported", "supported", found=[("s", "x"), ("s", "a b")], wanted=[("s", "a b")])]
    values = measure(rows, ["evidence_recall@2", "evidence_precision@4", "evidence_mrr"])
    assert {name: value.value for name, value in values.items()} == {
        "evidence_recall@2": 1.0,
        "evidence_precision@4": 0.25,
        "evidence_mrr": 0.5,
    }


@pytest.mark.parametrize("name", ["f1", "evidence_recall@0", "evidence_recall@k", "evidence_mrr@3", "macro_f1@2", ""])
def test_an_unknown_measure_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="there is no measure"):
        measure([], [name])


def test_an_interval_draws_whole_clusters() -> None:
    rows = random_results(80, 4)
    sample = Sample(rows)
    shares = []
    for draws in draw(sample):
        for counts in draws.weights:
            assert counts.sum() == sample.clusters
            drawn = np.repeat(np.arange(len(rows)), counts[sample.cluster].astype(int))
            shares.append(np.mean([rows[place].as_asked for place in drawn if rows[place].as_asked is not None]))
    assert len(shares) == DRAWS
    value = measure(rows, ["accuracy"])["accuracy"]
    assert (value.low, value.high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=1e-9)


def test_claims_of_one_article_are_not_independent() -> None:
    rows = [
        result("supported", "supported" if article % 2 else "refuted", case=f"{article}/{claim}", cluster=f"{article}")
        for article in range(20)
        for claim in range(10)
    ]
    alone = [replace(row, cluster="") for row in rows]
    together, apart = (measure(given, ["accuracy"])["accuracy"] for given in (rows, alone))
    assert together.low is not None
    assert apart.low is not None
    assert together.value == apart.value == 0.5
    assert 0.5 - together.low > 2 * (0.5 - apart.low)


def test_the_same_results_in_another_order_give_the_same() -> None:
    rows = random_results(100, 6)
    first, second = measure(rows, MEASURES), measure(rows[::-1], MEASURES)
    for name, value in first.items():
        assert second[name].why == value.why
        for key in ("value", "low", "high"):
            assert getattr(second[name], key) == pytest.approx(getattr(value, key), abs=1e-9)
    assert measure(rows, MEASURES) == first


def test_there_is_no_interval_for_one_cluster_nor_for_what_most_draws_lack() -> None:
    one = measure([result("supported", "supported", cluster="k")] * 3, ["accuracy"])["accuracy"]
    assert one == Value(
        name="accuracy", value=1.0, low=None, high=None, n=3, why="no interval: there is one cluster only"
    )
    rows = [result("supported", "supported", case=f"c{number}") for number in range(9)]
    rare = measure([*rows, result("refuted", "refuted", case="r")], ["recall_refuted"])["recall_refuted"]
    assert (rare.value, rare.low, rare.high, rare.n) == (1.0, None, None, 1)
    assert rare.why.startswith("no interval: ")


def test_results_are_grouped_by_language_and_by_each_tag() -> None:
    first = result("supported", "supported", language="id", tags=["a", "b", "a"])
    second = result("supported", "refuted", language="en", tags=["b"])
    third = result("supported", "error", language="en")
    rows = [first, second, third]
    assert by(rows, "language") == {"en": [second, third], "id": [first]}
    assert by(rows, "tag") == {"": [third], "a": [first], "b": [first, second]}
    shares = measure_by(rows, ["accuracy"], "tag")
    assert {tag: values["accuracy"].value for tag, values in shares.items()} == {"": 0.0, "a": 1.0, "b": 0.5}


def test_the_majority_baseline_by_hand() -> None:
    golds: list[Verdict] = ["refuted", "refuted", "supported", "not_enough_evidence"]
    rows = [
        result(gold, "error", case=f"c{number}", found=[("s", "a")], wanted=[("s", "a")], seconds=1.0)
        for number, gold in enumerate(golds)
    ]
    values = {name: value.value for name, value in baselines(rows, MEASURES)["majority"].items()}
    assert values["accuracy"] == 0.5
    assert values["balanced_accuracy"] == pytest.approx(1 / 3)
    assert values["macro_f1"] == pytest.approx((2 / 3) / 3)
    assert (values["false_support"], values["missed_refutation"], values["coverage"]) == (0.0, 0.0, 1.0)
    assert values["brier"] == pytest.approx(0.25 * 0.75)
    assert (values["ece"], values["aurc"]) == pytest.approx((0.0, 0.5))
    assert (values["evidence_recall@5"], values["fever_score"], values["latency_p50"]) == (0.0, 0.0, None)


def test_of_equally_frequent_verdicts_the_first_is_the_majority() -> None:
    rows = [result("refuted", "error", case="a"), result("supported", "error", case="b")]
    assert baselines(rows, ["recall_supported"])["majority"]["recall_supported"].value == 1.0


def test_the_prior_baseline_is_near_what_chance_expects() -> None:
    golds: list[Verdict] = ["supported"] * 60 + ["refuted"] * 30 + ["not_enough_evidence"] * 10
    rows = [result(gold, "error", case=f"c{number}") for number, gold in enumerate(golds)]
    values = baselines(
        rows, ["accuracy", "balanced_accuracy", "false_support", "precision_refuted", "ece", "recall_conflicting"]
    )
    prior = values["prior"]
    # A deal without putting back: a verdict meets its own label as often as its share says.
    assert prior["accuracy"].value == pytest.approx(0.6**2 + 0.3**2 + 0.1**2, abs=0.01)
    assert prior["balanced_accuracy"].value == pytest.approx(1 / 3, abs=0.01)
    assert prior["false_support"].value == pytest.approx(0.6, abs=0.01)
    assert prior["precision_refuted"].value == pytest.approx(0.3, abs=0.01)
    assert prior["precision_refuted"].n == 30
    assert (prior["ece"].value, prior["recall_conflicting"].value) == (None, None)
    assert baselines(rows, ["accuracy"]) == {kind: {"accuracy": item["accuracy"]} for kind, item in values.items()}


def test_without_gold_there_is_no_baseline() -> None:
    value = Value(
        name="accuracy", value=None, low=None, high=None, n=0, why="the suite says of no result what is right"
    )
    assert baselines(AWKWARD["no gold"], ["accuracy"]) == {
        "majority": {"accuracy": value},
        "prior": {"accuracy": value},
    }


def test_measures_are_declared_whole() -> None:
    assert set(GATED) <= set(MEASURES)
    for name, item in MEASURES.items():
        assert item.name == name
        assert all((item.what, item.unit, item.source, item.errors, item.empty, item.family))
        assert item.high is None or item.low < item.high


def test_the_documentation_lists_every_measure() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    hint = "put what `bukti.eval.measures.as_table()` gives at the end of docs/measures.md"
    assert page.endswith(f"\n\n{as_table()}"), hint
