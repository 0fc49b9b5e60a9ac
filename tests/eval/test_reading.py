from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bukti.claims.errors import InputError
from bukti.eval.output import render_json
from bukti.eval.page import render_html
from bukti.eval.reading import read_report
from bukti.eval.report import Report
from tests.eval.pages import awkward_report, hostile_report, long_report


@pytest.mark.parametrize("made", [awkward_report, hostile_report, lambda: long_report(20)])
def test_a_report_that_was_kept_gives_the_same_json_and_the_same_page(made: Callable[[], Report]) -> None:
    report = made()
    kept = read_report(render_json(report))
    assert render_json(kept) == render_json(report)
    assert render_html(kept) == render_html(report)


def test_rounded_probabilities_that_miss_one_are_read() -> None:
    data = json.loads(render_json(long_report(1)))
    data["claims"][0]["probabilities"] = {"supported": 0.3237, "refuted": 0.6764, "not_enough_evidence": 0.0}
    scores = read_report(json.dumps(data)).assessments[0].probabilities
    assert scores
    assert scores.supported == 0.3237


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "bukti.report/2"}', '{"schema": "bukti.report/1"}', "\x00"]
)
def test_what_is_no_report_is_told(text: str) -> None:
    with pytest.raises(InputError, match=r"r\.json: is no report"):
        read_report(text, path="r.json")
