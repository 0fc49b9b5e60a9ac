from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bukti.claims.article import Span
from bukti.eval.cases import GoldClaim, text_of
from bukti.eval.report import Report, Verdict
from bukti.eval.review import Review, ReviewVerdict, current, evidence_key
from bukti.eval.reviewcases import case_of, render_cases
from bukti.eval.suites import read_suite
from tests.eval.pages import awkward_report, hostile_report, made_report

LINES = ["Dewan menyetujui 12 sumur pada hari itu juga.", "Wali kota menolak usul tersebut."]


def decided(claim: str, verdict: ReviewVerdict | None, *, wrong: tuple[str, ...] = (), number: int = 1) -> Review:
    return Review(id=number, claim=claim, verdict=verdict, wrong=wrong, note="", reviewer="Ani", made="2026-11-28T10:00:00+00:00")  # fmt: skip


def gold_of(folder: Path, verdict: Verdict, right: ReviewVerdict, *, wrong: tuple[int, ...] = ()) -> GoldClaim:
    """Gives the labelled claim that one decided claim becomes, read back from its suite; `wrong` are places of its evidence."""
    report = made_report(LINES, [verdict, "supported"])
    item = report.assessments[0]
    marked = tuple(evidence_key(item.evidence[place]) for place in wrong)
    case, left = case_of(
        report, {item.claim.id: decided(item.claim.id, right, wrong=marked)}, texts_of(report), name="n"
    )
    assert (case is not None, left) == (True, [])
    (folder / "s.jsonl").write_text(render_cases([case] if case else []))
    (made,) = read_suite(folder / "s.jsonl").cases
    assert text_of(made.article).text == report.article.text if made.article else False
    return made.claims[0]


def texts_of(report: Report) -> dict[str, str]:
    return {one.source: one.text for item in report.assessments for one in item.evidence}


def test_the_decision_that_holds_is_the_last_that_was_not_taken_back() -> None:
    one, two, back = decided("c", "refuted"), decided("c", "conflicting", number=2), decided("c", None, number=3)
    assert [current(made) for made in ([], [one], [one, two], [one, two, back], [one, back], [one, back, back], [one, back, two])] == [
        None, one, two, one, None, None, two,
    ]  # fmt: skip


def test_a_confirmed_verdict_keeps_its_evidence_and_a_place(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, "refuted", "refuted")
    assert (gold.label, gold.must_not_support, gold.evidence) == ("refuted", False, (("s-0", LINES[0]),))
    assert gold.span == Span(0, len(LINES[0]))


def test_support_that_was_wrong_must_not_come_again(tmp_path: Path) -> None:
    gold = gold_of(tmp_path, "supported", "not_enough_evidence")
    assert (gold.label, gold.must_not_support, gold.evidence) == ("not_enough_evidence", True, ())


def test_only_unmarked_passages_on_the_side_of_the_reviewers_verdict_are_gold(tmp_path: Path) -> None:
    assert gold_of(tmp_path, "supported", "refuted").evidence == ()
    assert gold_of(tmp_path, "conflicting", "refuted").evidence == (("s-0", LINES[0]),)
    assert gold_of(tmp_path, "supported", "supported", wrong=(0, 1)).evidence == ()
    assert gold_of(tmp_path, "refuted", "supported").must_not_support is False


def test_what_cannot_be_a_case_is_left_out_and_said() -> None:
    report = made_report(["x" * 3000], ["supported"])
    name = report.assessments[0].claim.id
    held = {name: decided(name, "refuted")}
    assert case_of(report, held, texts_of(report), name="n") == (None, [f"n/{name}: longer than 2,000 characters, which no suite takes"])  # fmt: skip
    bare = replace(report, assessments=(replace(report.assessments[0], evidence=()),))
    assert case_of(made_report(LINES, ["supported"] * 2), {}, {"s-0": "a", "s-1": "b"}, name="n") == (None, [])
    assert case_of(bare, held, {}, name="n")[0] is None


def test_a_source_whose_text_was_not_kept_stands_in_with_its_passages_and_the_case_says_so(tmp_path: Path) -> None:
    report = made_report(LINES, ["refuted", "supported"])
    item = report.assessments[0]
    first, second = (next(one for one in found.evidence) for found in report.assessments)
    more = replace(first, span=Span(10, 10 + len(LINES[1])), text=LINES[1], passage_id="p-before", stance="neutral")
    inner = replace(first, span=Span(first.span.start, first.span.start + 5), text=first.text[:5], passage_id="p-inner")
    report = replace(report, assessments=(replace(item, evidence=(first, inner, more)), report.assessments[1]))
    case, left = case_of(
        report,
        {item.claim.id: decided(item.claim.id, "refuted")},
        {second.source: "Teks utuh.\n" + second.text},
        name="n",
    )
    assert case
    assert left == []
    assert [one["text"] for one in case["sources"]] == [f"{LINES[1]}\n\n{LINES[0]}", "Teks utuh.\n\n" + second.text]
    path = report.sources[0].path
    assert case["note"] == f"the whole text was not kept, only the passages that claims were judged by: {path}"
    (tmp_path / "s.jsonl").write_text(render_cases([case]))
    assert read_suite(tmp_path / "s.jsonl").cases[0].claims[0].evidence == (
        (first.source, LINES[0]),
        (first.source, LINES[0][:5]),
    )


def test_hostile_and_awkward_reports_become_cases_that_are_read(tmp_path: Path) -> None:
    for report in (hostile_report(), awkward_report()):
        held = {
            item.claim.id: decided(item.claim.id, "refuted")
            for item in report.assessments
            if len(item.claim.text) < 2000 and "\x00" not in item.claim.text
        }
        case, _ = case_of(report, held, texts_of(report), name="n")
        assert case
        assert len(case["claims"]) == len(held)
