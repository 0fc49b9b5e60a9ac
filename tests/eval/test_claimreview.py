from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bukti.claims.documents import read_text
from bukti.claims.errors import UsageError
from bukti.claims.segments import segment
from bukti.eval.claimreview import check_review_url, render_claimreview
from bukti.eval.report import Assessment, Report
from bukti.eval.review import Review, ReviewVerdict
from tests.eval.pages import awkward_report, hostile_report

SCHEMA = json.loads(Path(__file__).with_name("claimreview.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def reviews_of(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(found)
    return found


def test_what_was_decided_has_one_review_each_and_nothing_else_has_any(report: Report) -> None:
    found = reviews_of(render_claimreview(report, language="en"))
    assert [(one["claimReviewed"], one["reviewRating"]["ratingValue"], one["reviewRating"]["alternateName"]) for one in found] == [
        ("Kalimat pertama menyebut 70 juta orang.", 5, "supported"),
        ("Kalimat kedua menyebut 7 juta orang.", 1, "refuted"),
        ("Kalimat ketiga menyebut enam jam.", 3, "conflicting"),
    ]  # fmt: skip
    undecided = tuple(
        item for item in report.assessments if item.verdict not in ("supported", "refuted", "conflicting")
    )
    assert len(undecided) == 3
    assert reviews_of(render_claimreview(replace(report, assessments=undecided))) == []


def test_a_review_cites_the_passages_that_decided(report: Report) -> None:
    conflict = reviews_of(render_claimreview(report, language="en"))[2]
    assert [(one["description"], one["isPartOf"]["name"]) for one in conflict["citation"]] == [
        ("supports", "Sumber 0"),
        ("refutes", "Sumber 1"),
    ]
    assert "“70 juta” ↔ “<i>7 juta</i>”: the numbers differ" in conflict["reviewRating"]["ratingExplanation"]


def test_what_somebody_said_is_theirs_and_the_rest_is_the_papers_or_nobodys(report: Report) -> None:
    found = reviews_of(render_claimreview(report))
    assert [one["itemReviewed"].get("author") for one in found] == [{"@type": "Person", "name": "Budi"}, None, None]
    text = "\n".join(["Judul berita", "Oleh Sri Wahyuni", *(line for line in report.article.text.split("\n")[1:])])
    written = replace(report, article=segment(read_text(text), language="id"))
    assert reviews_of(render_claimreview(written))[1]["itemReviewed"]["author"] == {
        "@type": "Person",
        "name": "Sri Wahyuni",
    }
    text = text.replace("Kalimat pertama", "Jakarta (ANTARA) - Kalimat pertama", 1)
    printed = replace(report, article=segment(read_text(text), language="id"))
    assert reviews_of(render_claimreview(printed))[1]["itemReviewed"]["author"] == {
        "@type": "Organization",
        "name": "ANTARA",
    }


def test_the_article_is_named_by_its_address_where_it_has_one(report: Report) -> None:
    online = replace(report, article=replace(report.article, path="https://example.org/berita?x=1"))
    appearance = reviews_of(render_claimreview(online))[0]["itemReviewed"]["appearance"]
    assert appearance["url"] == "https://example.org/berita?x=1"
    assert appearance["datePublished"] == "2021-10-06"
    here = reviews_of(render_claimreview(report))[0]["itemReviewed"]["appearance"]
    assert (here["name"], "url" in here) == ("Judul <b>berita</b> & [red]lain[/red]", False)


def test_address_and_day_stand_there_only_if_they_are_given(report: Report) -> None:
    assert render_claimreview(report) == render_claimreview(report)
    assert [
        name for one in reviews_of(render_claimreview(report)) for name in ("url", "datePublished") if name in one
    ] == []
    found = reviews_of(render_claimreview(report, url="https://example.org/cek.html", day=date(2024, 2, 29)))
    assert [one["url"] for one in found] == [
        f"https://example.org/cek.html#{item.claim.id}" for item in report.assessments[:3]
    ]
    assert {one["datePublished"] for one in found} == {"2024-02-29"}


def test_a_persons_verdict_is_the_rating_with_the_passages_on_its_side_and_says_the_note(report: Report) -> None:
    supported, refuted, conflicting, undecided = report.assessments[:4]
    decisions: list[tuple[Assessment, ReviewVerdict, tuple[str, ...]]] = [
        (supported, "not_enough_evidence", ()), (refuted, "supported", ()), (conflicting, "refuted", ()), (undecided, "refuted", ()),
    ]  # fmt: skip
    held = {
        item.claim.id: Review(
            id=1, claim=item.claim.id, verdict=verdict, wrong=wrong, note="sebabnya", reviewer="Ani", made="2026-11-28T10:00:00+00:00"
        )
        for item, verdict, wrong in decisions
    }  # fmt: skip
    found = json.loads(render_claimreview(report, language="en", held=held))
    assert [(one["claimReviewed"], one["reviewRating"]["ratingValue"]) for one in found] == [
        (refuted.claim.text, 5), (conflicting.claim.text, 1), (undecided.claim.text, 1),
    ]  # fmt: skip
    assert {one["reviewRating"]["ratingExplanation"] for one in found} == {"sebabnya"}
    cited = [[quote["description"] for quote in one.get("citation", ())] for one in found]
    assert cited == [[], ["refutes"], []]


def test_the_publisher_is_the_reviews_author_where_one_is_named(report: Report) -> None:
    assert [one for one in reviews_of(render_claimreview(report)) if "author" in one] == []
    named = reviews_of(render_claimreview(report, publisher=("Cek <Fakta>", "https://cek.example/")))
    assert {json.dumps(one["author"]) for one in named} == {
        json.dumps({"@type": "Organization", "name": "Cek <Fakta>", "url": "https://cek.example/"})
    }
    assert reviews_of(render_claimreview(report, publisher=("Cek", "")))[0]["author"] == {
        "@type": "Organization",
        "name": "Cek",
    }


@pytest.mark.parametrize(
    "address",
    ["", "cek.html", "ftp://example.org", "javascript:alert(1)", "https://", "https://example.org/#x", "https://a b"],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="--review-url"):
        check_review_url(address)


@pytest.mark.parametrize("made", [hostile_report, awkward_report])
def test_no_text_leaves_its_place_not_even_between_script_tags(made: Callable[[], Report]) -> None:
    text = render_claimreview(made())
    reviews_of(text)
    assert not set(text) & set("<>&\u2028\u2029\u202e\x00\x1b")


def _without_rating(data: list[dict[str, Any]]) -> None:
    del data[0]["reviewRating"]["ratingValue"]


def _out_of_scale(data: list[dict[str, Any]]) -> None:
    data[0]["reviewRating"]["ratingValue"] = 6


def _without_evidence(data: list[dict[str, Any]]) -> None:
    data[0]["citation"] = []


def _nameless(data: list[dict[str, Any]]) -> None:
    data[0]["itemReviewed"]["author"] = {"@type": "Person", "name": " "}


@pytest.mark.parametrize("break_it", [_without_rating, _out_of_scale, _without_evidence, _nameless])
def test_the_schema_refuses_a_review_that_is_none(
    break_it: Callable[[list[dict[str, Any]]], None], report: Report
) -> None:
    data = json.loads(render_claimreview(report))
    break_it(data)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data)
