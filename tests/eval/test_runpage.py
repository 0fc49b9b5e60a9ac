from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bukti.claims.errors import UsageError
from bukti.eval.page import asset, csp_hash
from bukti.eval.runpage import SIDE, reliability_plot, render_run, risk_plot
from bukti.eval.runwording import RUN_WORDS
from bukti.eval.wording import PAGE_LANGUAGES
from tests.eval.pages import Page
from tests.eval.runs import HOSTILE, MANIFEST, RESULTS, VALUES, decision, found, row


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


def test_evidence_is_named_by_its_sources_title_where_it_has_one() -> None:
    titled = replace(found(), source="s-70af781065b3", title="Laporan BMKG")
    rows = [replace(RESULTS[1], evidence=(titled,), gold_evidence=(("s-70af781065b3", "kutipan"), ("b.txt", "lain")))]
    text = " ".join(Page(render_run(rows, {}, None, {})).text.split())
    assert "Laporan BMKG 3–9" in text
    assert "kutipan ( Laporan BMKG )" in text or "kutipan (Laporan BMKG)" in text
    assert "b.txt" in text
    assert "s-70af781065b3" not in text


def test_figures_stances_rules_and_stages_are_indonesian_too() -> None:
    from typing import get_args

    from bukti.eval.decision import Broken, Rule

    rules = tuple(Broken(rule=rule, says="why") for rule in get_args(Rule))
    rows = [replace(RESULTS[1], evidence=(found(stance="neutral"),)), RESULTS[3]]
    text = " ".join(Page(render_run(rows, VALUES, decision(broken=rules), {}, language="id")).text.split())
    for words in (
        "netral 0,90",
        "cakupan 90,0%",
        "-0,3000",
        "0,2500",
        "Tidak boleh didukung",
        "Tidak dijawab",
        "menimbang bukti: gone",
    ):
        assert words in text, words
    for words in ("neutral", "must not", "unanswered", "verify:", "0.9", "90.0%"):
        assert words not in text.partition("Semua yang menentukan")[0], words


def test_the_page_speaks_indonesian_where_it_is_asked_to_and_marks_what_is_not() -> None:
    page = Page(render_run(RESULTS, VALUES, decision(), MANIFEST, language="id"))
    text = " ".join(page.text.split())
    for words in (
        "kemunduran (kode keluar 1)", "Dibandingkan dengan acuan", "Ukuran", "Matriks kekeliruan", "Keandalan dukungan", "Memburuk: 2",
        "Membaik: 1", "didukung → terbantah", "Gagal: 1", "Salah: 3", "Hilang: hanya dalam acuan", "Semua yang menentukan hasil ini",
    ):  # fmt: skip
        assert words in text, words
    assert page.values("lang")[0] == "id"
    english = set(Page(render_run(RESULTS, VALUES, decision(), MANIFEST)).text.split("\n"))
    assert not {"Measures", "Confusion matrix", "Confidence"} & (set(page.text.split("\n")) & english)
    with pytest.raises(UsageError, match="no report speaks it"):
        render_run(RESULTS, VALUES, None, MANIFEST, language="fr")


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_every_word_of_the_page_is_there_in_both_languages_with_the_same_places_to_fill(language: str) -> None:
    assert RUN_WORDS[language].keys() == RUN_WORDS["en"].keys()
    for key, says in RUN_WORDS[language].items():
        assert says, key
        assert re.findall(r"\{\w+\}", says) == re.findall(r"\{\w+\}", RUN_WORDS["en"][key]), key


def test_what_changed_stands_before_the_measures_and_that_nothing_did_is_said() -> None:
    text = render_run(RESULTS, VALUES, decision(), MANIFEST)
    assert text.index('id="worse"') < text.index('id="measures"')
    same = replace(decision(), worse=(), better=(), other=())
    assert "No verdict changed." in render_run(RESULTS, VALUES, same, MANIFEST)
    assert "No verdict changed." not in text


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


def test_the_majority_stands_beside_the_measures_and_tags_below_them() -> None:
    scores = {
        "majority": {"macro_f1": {"value": 0.125}},
        "by_tag": {"": {"accuracy": {"value": 0.5}}, f"tag {HOSTILE}": {"accuracy": {"value": 0.75}}},
    }
    text = "".join(Page(render_run(RESULTS, VALUES, None, MANIFEST, scores=scores)).text.split())
    assert "macro_f10.50000.25000.75000.12506" in text
    assert "tagaccuracytag<script>alert(1)</script>" in text
    assert "0.7500" in text.split("tagaccuracy")[1]
    assert "most frequent verdict alone" not in Page(render_run(RESULTS, VALUES, None, MANIFEST)).text
