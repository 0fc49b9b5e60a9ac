from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from bukti.eval.page import asset, csp_hash
from bukti.eval.runpage import SIDE, reliability_plot, render_run, risk_plot
from tests.eval.runs import HOSTILE, MANIFEST, RESULTS, VALUES, decision, row

VOID = {"meta", "path", "polyline"}


class Page(HTMLParser):
    """Collects a page's elements and text, and holds that what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_the_decision_the_measures_the_figures_and_the_cases() -> None:
    page = Page(render_run(RESULTS, VALUES, decision(), MANIFEST))
    text = " ".join(page.text.split())
    for words in (
        "regression (exit 1)", "Against the baseline", "-0.3000", "macro_f1", "0.2500", "Confusion matrix", "Reliability of support",
        "Risk against coverage", "Worse: 2", "evidence before c-false", "evidence now c-false", "Better: 1", "Failed: 1", "verify: gone",
        "Wrong: 3", "Vanished", "c-vanished", "too little",
    ):  # fmt: skip
        assert words in text
    assert text.index("c-false") < text.index("c-missed")
    assert page.tags["svg"] == 2


def test_each_figure_has_a_title_a_description_and_labelled_axes() -> None:
    text = render_run(RESULTS, VALUES, None, MANIFEST)
    for figure in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ids = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', figure)
        assert ids
        assert f'<title id="{ids[1]}">' in figure
        assert f'<desc id="{ids[2]}">' in figure
        assert "share" in figure
        assert 'transform="rotate(-90)"' in figure


def test_the_page_needs_nothing_from_outside_and_no_script() -> None:
    page = Page(render_run(RESULTS, VALUES, decision(), MANIFEST))
    assert not {"script", "link", "img", "iframe", "base", "form"} & set(page.tags)
    assert not [one for one in page.attributes if one[1] in ("src", "href", "style") or one[1].startswith("on")]
    [policy] = [value for tag, name, value in page.attributes if tag == "meta" and value.startswith("default-src")]
    style = asset("base.css") + asset("run.css")
    assert policy == f"default-src 'none'; style-src '{csp_hash(style)}'; base-uri 'none'; form-action 'none'"
    assert "prefers-color-scheme:dark" in style
    assert "url(" not in style


def test_hostile_text_stays_text_and_long_text_is_cut() -> None:
    text = render_run(RESULTS, VALUES, decision(), MANIFEST)
    assert not set("\x00\x1b\u202e\u200f\ufffe\ud800") & set(text)
    assert "<script>alert(1)</script>" in Page(text).text
    assert len(text) < 200_000
    assert HOSTILE not in text


@pytest.mark.parametrize("name", ["decided", "measured", "empty"])
def test_every_run_has_a_page_and_the_same_one_each_time(name: str) -> None:
    decided = decision() if name == "decided" else None
    results, values = ([], {}) if name == "empty" else (RESULTS, VALUES)
    text = render_run(results, values, decided, MANIFEST)
    assert text == render_run(results, values, decided, MANIFEST)
    assert ("nothing was measured" in text) is (name == "empty")
    Page(text)


def test_points_lie_where_their_values_say() -> None:
    results = [row(f"c-{number}", "supported" if number < 8 else "refuted", "supported") for number in range(10)]
    bins, risk = reliability_plot(results), risk_plot(results)
    assert bins
    assert risk
    assert [(dot.x, dot.y) for dot in bins.dots] == [(SIDE * 0.8, round(SIDE * 0.2, 2))]
    assert risk.line == f"{SIDE},{SIDE * 0.8:g}"
    assert reliability_plot([]) is None
    assert risk_plot([]) is None


def test_a_curve_of_many_points_stays_small() -> None:
    from dataclasses import replace

    from bukti.eval.verifier import Probabilities

    rows = [
        replace(
            row(f"c-{number}", "supported", "supported"),
            probabilities=Probabilities.of(supported=number / 5000, refuted=0.0),
        )
        for number in range(1, 5001)
    ]
    drawn = risk_plot(rows)
    assert drawn
    assert len(drawn.line.split()) < 1300
    assert drawn.line.split()[-1].startswith(f"{SIDE},")
