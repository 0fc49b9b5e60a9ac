from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from bukti.claims.errors import UsageError
from bukti.eval.overview import Overview, Row, render_overview, render_overview_json
from bukti.eval.report import VERDICTS, Failure, Report, Verdict
from tests.eval.pages import hostile_overview

SCHEMA = json.loads(files("bukti.eval").joinpath("data/reports.schema.json").read_text(encoding="utf-8"))


def row(path: str, **counts: int) -> Row:
    known: dict[Verdict, int] = {verdict: counts.get(verdict, 0) for verdict in VERDICTS}
    return Row(path=path, name=path, title=path, language="en", published=None, sha256="0", counts=known, sources=())


@pytest.fixture
def overview(report: Report) -> Overview:
    made = Overview(fingerprint=report.fingerprint, skipped=report.skipped)
    made.add(Row.of(report.to_dict(), name="one-12345678"))
    made.add(row("clean", supported=3))
    made.add(row("two refuted", refuted=2))
    made.add(row("nothing", not_checkable=1))
    made.add(Row.failure("gone.txt", Failure(stage="read", cause="gone.txt: no such file")))
    return made


def test_what_failed_stands_first_then_the_worst_and_nothing_verified_before_clean(overview: Overview) -> None:
    assert [row.path for row in overview.rows] == ["gone.txt", "two refuted", "-", "nothing", "clean"]


def test_the_json_form_keeps_the_shipped_schema_and_sums(overview: Overview, report: Report) -> None:
    data = json.loads(render_overview_json(overview))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(data, SCHEMA)
    totals = data["totals"]
    assert (totals["articles"], totals["failed"], totals["nothing_verified"]) == (5, 1, 1)
    assert (
        totals["claims"]
        == sum(totals[verdict] for verdict in VERDICTS)
        == sum(one["claims"] for one in data["articles"])
    )
    assert (totals["supported"], totals["refuted"], totals["precision"]) == (4, 3, 0.5)
    assert [(one["title"], one["claims"], one["articles"]) for one in data["sources"]] == [
        (f"Sumber {number}", 2, 1) for number in range(3)
    ]
    one = next(one for one in data["articles"] if one["path"] == "-")
    summary = report.to_dict()["summary"]
    assert one["summary"] == summary
    for wrong in ({"summary": None}, {"error": {"stage": "s", "cause": "c"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**data, "articles": [{**one, **wrong}]}, SCHEMA)


def test_a_source_that_serves_two_articles_is_counted_over_both(overview: Overview, report: Report) -> None:
    overview.add(Row.of(report.to_dict(), name="two"))
    assert [(one.claims, one.articles) for one in overview.sources] == [(4, 2)] * 3


def test_reports_are_not_kept(overview: Overview) -> None:
    assert [one.sources for one in overview.rows] == [()] * 5


def test_the_page_speaks_both_languages_links_every_report_and_names_what_failed(overview: Overview) -> None:
    page = render_overview(overview, language="en")
    assert '<html lang="en">' in page
    assert "<h1>Verification reports: 5 articles</h1>" in page
    assert 'href="one-12345678.html"' in page
    assert "gone.txt</bdi>: failed at stage <b>read</b>" in page
    assert "nothing was verified" in page
    assert 'href="gone' not in page
    indonesian = render_overview(overview, language="id")
    assert "<h1>Laporan verifikasi: 5 artikel</h1>" in indonesian
    assert "gone.txt</bdi>: gagal pada tahap <b>membaca</b>" in indonesian
    assert '<html lang="en">' in render_overview(overview), "most articles are English"
    with pytest.raises(UsageError):
        render_overview(overview, language="fr")


def test_an_index_of_nothing_but_failures_says_so() -> None:
    made = Overview(fingerprint={})
    made.add(Row.failure("x", Failure(stage="read", cause="gone")))
    page = render_overview(made, language="en")
    assert "No article was verified." in page
    assert "No claim was found: nothing was verified." in page
    jsonschema.validate(json.loads(render_overview_json(made)), SCHEMA)


def test_hostile_text_is_inert_in_the_page() -> None:
    page = render_overview(hostile_overview(), folder=Path())
    assert page.count("<script>") == 2
    assert "<img" not in page
    assert "onerror=alert(1)&gt;" in page
