from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

import bukti
from bukti.eval.output import write_report, write_text
from bukti.eval.overview import render_overview
from bukti.eval.report import Report
from tests.eval.pages import (
    PAYLOADS,
    awkward_report,
    chromium,
    endless_report,
    hostile_overview,
    hostile_report,
    long_report,
    until,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
OPEN = ".card.on"
WATCH = "window.hit = 0; for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { window.hit += 1; };"


@pytest.fixture(scope="module")
def demo(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    config = bukti.Config(cache_dir=str(tmp_path_factory.mktemp("cache")))
    return bukti.verify(example / "article.txt", sources=example / "sources", config=config)


@pytest.fixture(scope="module")
def browser(demo: Report) -> Iterator[Browser]:
    """Debian's Chromium; begun after the demo is made, since nothing else may wait for its own loop while it runs."""
    yield from chromium()


Opener = Callable[..., "Page"]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Opens a report's page, and holds at the end that the browser found nothing to complain of and nothing was asked of the network."""
    complaints: list[str] = []
    contexts = []

    def opened(report: Report, place: str = "", *, language: str | None = None, init: str = "", **options: Any) -> Page:
        path = tmp_path / "report.html"
        write_report(report, path, language=language)
        context = browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(request.url))
        page.goto(f"{path.as_uri()}{place}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def claim_of(report: Report, verdict: str) -> str:
    return next(item.claim.id for item in report.assessments if item.verdict == verdict)


def overflow(page: Page) -> int:
    """Gives how far the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.model
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", ["demo", "awkward"])
def test_axe_finds_nothing_serious(
    made: str, scheme: str, viewport: dict[str, int], demo: Report, show: Opener
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    report = demo if made == "demo" else awkward_report()
    page = show(report, f"#{claim_of(report, 'conflicting')}", viewport=viewport, color_scheme=scheme)
    page.locator("#f-conflicting").focus()
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [
        (one["id"], one["impact"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ] == []


@pytest.mark.model
def test_a_deep_link_opens_its_claim_shows_it_in_the_article_and_takes_the_focus(demo: Report, show: Opener) -> None:
    refuted = claim_of(demo, "refuted")
    page = show(demo, f"#{refuted}")
    until(page, "document.activeElement !== document.body")
    assert page.locator(OPEN).evaluate_all("all => all.map(one => one.id)") == [refuted]
    assert page.evaluate("document.activeElement.closest('.card').id") == refuted
    assert page.locator(f"#{refuted} .q.refutes mark.differs").first.is_visible()
    assert page.locator(f"article [data-c={refuted}].on").first.is_visible()
    assert page.locator(f"article a[href='#{refuted}']").get_attribute("aria-current") == "true"
    other = claim_of(demo, "conflicting")
    page.evaluate(f"location.hash = '{other}'")
    page.wait_for_selector(f"#{other}.on")
    assert page.locator(OPEN).count() == 1


@pytest.mark.model
def test_every_key_does_what_the_list_of_keys_says_and_nothing_once_they_are_off(demo: Report, show: Opener) -> None:
    page = show(demo)
    names = [item.claim.id for item in demo.assessments]

    def after(key: str) -> str | None:
        page.keyboard.press(key)
        found = page.locator(OPEN)
        return found.get_attribute("id") if found.count() else None

    assert [after(key) for key in "jnjkp"] == [names[0], names[1], names[2], names[1], names[0]]
    assert page.evaluate("location.hash") == f"#{names[0]}"
    assert after("Escape") is None
    assert after("k") == names[-1]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j")
    assert page.locator("#search").input_value() == "j"
    page.keyboard.press("Escape")
    page.locator("#search").blur()
    page.locator(".keys summary").click()
    page.locator("#keys").uncheck()
    before = page.locator(OPEN).get_attribute("id")
    assert after("j") == before
    page.reload()
    assert not page.locator("#keys").is_checked()


@pytest.mark.model
def test_everything_is_reached_with_the_tab_key_alone(demo: Report, show: Opener) -> None:
    page = show(demo)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "claims"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-supported"
    page.keyboard.press("Space")
    assert page.locator("#f-supported").is_checked()
    page.keyboard.press("Space")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "open":
            break
    page.keyboard.press("Enter")
    assert page.locator(OPEN).get_attribute("id") == demo.assessments[0].claim.id
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Enter")
    assert page.locator(OPEN).count() == 0


@pytest.mark.model
def test_filters_and_search_leave_what_fits_and_say_how_many(demo: Report, show: Opener) -> None:
    page = show(demo, language="en")
    status, cards = page.locator("#status"), page.locator(".card:visible")
    whole = len(demo.assessments)
    assert status.get_attribute("aria-live") == "polite"
    assert status.inner_text() == f"{whole} claims"
    page.locator("label[for=f-refuted]").click()
    refuted = demo.counts["refuted"]
    assert (status.inner_text(), cards.count()) == (f"{refuted} of {whole} claims shown", refuted)
    assert page.locator("article a.n:visible").count() == refuted
    page.locator("label[for=f-conflicting]").click()
    assert cards.count() == refuted + demo.counts["conflicting"]
    page.locator("#search").fill("  WHATSAPP 2016 ")
    assert (status.inner_text(), cards.count()) == (f"1 of {whole} claims shown", 1)
    page.locator("#search").fill("nothing of the kind")
    assert (status.inner_text(), cards.count()) == ("No claim fits; clear the filters or the search.", 0)
    assert page.locator("#next").is_disabled()
    page.locator("button[type=reset]").click()
    until(page, f"document.querySelector('#status').textContent === '{whole} claims'")
    assert (page.locator("#search").input_value(), cards.count()) == ("", whole)


@pytest.mark.model
def test_a_filter_holds_for_next_and_gives_way_to_a_link(demo: Report, show: Opener) -> None:
    page = show(demo)
    page.locator("label[for=f-refuted]").click()
    refuted = [item.claim.id for item in demo.assessments if item.verdict == "refuted"]
    for name in refuted:
        page.locator("#next").click()
        assert page.locator(OPEN).get_attribute("id") == name
    supported = claim_of(demo, "supported")
    page.evaluate(f"location.hash = '{supported}'")
    page.wait_for_selector(f"#{supported}.on")
    assert not page.locator("#f-refuted").is_checked()


@pytest.mark.model
def test_a_click_on_words_of_two_claims_opens_the_inner_one_and_then_the_other(demo: Report, show: Opener) -> None:
    page = show(demo)
    inner = page.locator("article .u .u").first
    names = [
        inner.get_attribute("data-c"),
        inner.evaluate("one => one.parentElement.closest('[data-c]').dataset.c"),
    ]
    for name in [*names, names[0]] if page.locator("article .u .u .u").count() == 0 else names:
        inner.click()
        assert page.locator(OPEN).get_attribute("id") == name


@pytest.mark.model
def test_dark_is_the_systems_choice_until_the_reader_makes_one(demo: Report, show: Opener) -> None:
    page = show(demo, color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    page.locator("#theme").click()
    light = page.evaluate(colour)
    page.reload()
    assert (dark, light, page.evaluate(colour)) == ("rgb(21, 23, 26)", "rgb(251, 250, 247)", light)
    page.locator("#theme").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(colour) == dark


@pytest.mark.model
def test_a_narrow_screen_shows_one_column_and_its_buttons_walk_the_claims(demo: Report, show: Opener) -> None:
    page = show(demo, viewport=PHONE, has_touch=True, is_mobile=True)
    assert overflow(page) == 0
    boxes = [page.locator(name).bounding_box() for name in ("article", ".list")]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]
    page.locator("#next").tap()
    page.locator("#next").tap()
    assert page.locator(OPEN).get_attribute("id") == demo.assessments[1].claim.id
    assert page.evaluate("document.querySelector('.card.on').getBoundingClientRect().top") < PHONE["height"] / 3
    page.locator(f"{OPEN} a.back").tap()
    assert page.locator("article .s:target").count() == 1


def test_on_a_narrow_screen_the_bar_never_covers_what_has_the_focus(show: Opener) -> None:
    page = show(long_report(12), viewport={"width": 390, "height": 700})
    page.locator("a.open").nth(1).click()
    place = """() => { const one = document.activeElement, box = one.getBoundingClientRect(), bar = document.querySelector('.pager');
        return one === document.body ? null : [one.outerHTML.slice(0, 80), bar.contains(one) || box.top >= 0 && box.bottom <= bar.getBoundingClientRect().top]; }"""
    seen = []
    for _ in range(200):
        page.keyboard.press("Tab")
        found = page.evaluate(place)
        if found is None:
            break
        seen.append(found)
    assert len(seen) > 30
    assert [what for what, clear in seen if not clear] == []
    page.locator("#search").focus()
    page.keyboard.type("tidak ada yang begini")  # the bar then says more than it does at any other time
    assert page.evaluate(place)[1]


@pytest.mark.model
def test_without_script_all_is_there_filters_and_deep_links_included(demo: Report, show: Opener) -> None:
    conflicting = claim_of(demo, "conflicting")
    page = show(demo, f"#{conflicting}", java_script_enabled=False)
    assert page.locator(".body:visible").count() == len(demo.assessments)
    assert page.locator(f"#{conflicting}").bounding_box()["y"] < DESK["height"]  # type: ignore[index]
    page.locator("label[for=f-refuted]").click()
    assert page.locator(".card:visible").count() == demo.counts["refuted"]
    page.locator("button[type=reset]").click()
    assert page.locator(".card:visible").count() == len(demo.assessments)
    assert page.locator("#theme, .pager, .find").evaluate_all("all => all.every(one => one.hidden)") is True


@pytest.mark.model
def test_on_paper_every_claim_is_open_and_no_button_is_printed(demo: Report, show: Opener) -> None:
    page = show(demo, color_scheme="dark")
    page.emulate_media(media="print")
    heights = page.locator(".body").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) == len(demo.assessments)
    assert min(heights) > 10
    assert page.locator("button:visible, input:visible:not(.f)").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_paper_every_claim_and_every_line_stands_whatever_is_chosen_on_the_screen(
    script: bool, show: Opener
) -> None:
    report = long_report(10)
    page = show(report, java_script_enabled=script)
    page.locator("label[for=f-supported]").click()
    if script:
        page.locator("#search").fill("nothing of the kind")
    assert page.locator(".card:visible").count() < 3
    page.emulate_media(media="print")
    assert page.locator(".card:visible, .body:visible").count() == 20
    assert page.locator("article a.n:visible").count() == 10
    lines = page.locator("article .u").evaluate_all("all => all.map(one => getComputedStyle(one).textDecorationColor)")
    assert "rgba(0, 0, 0, 0)" not in lines


@pytest.mark.model
def test_the_browsers_own_search_opens_the_claim_whose_evidence_it_finds(demo: Report, show: Opener) -> None:
    words = next(item.evidence[0].text for item in demo.assessments if item.verdict == "conflicting")
    page = show(demo, "#:~:text=" + quote(words))
    page.wait_for_selector(OPEN)
    assert words in page.locator(f"{OPEN} .body").inner_text()


def test_a_thousand_claims_lay_out_only_what_is_seen_and_every_tool_works_on_all(show: Opener) -> None:
    report = long_report(1000)
    last = report.assessments[-1].claim.id
    page = show(report, f"#{last}", language="en")
    seen = "[...document.querySelectorAll('.card')].filter(one => one.querySelector('.claim').checkVisibility({contentVisibilityAuto: true})).length"
    until(page, f"{seen} < 60")
    box = page.locator(f"#{last}").bounding_box()
    assert box
    assert 0 <= box["y"] < DESK["height"]
    page.keyboard.press("k")
    assert page.locator(OPEN).get_attribute("id") == report.assessments[-2].claim.id
    page.locator("label[for=f-refuted]").click()
    assert page.locator("#status").inner_text() == "200 of 1000 claims shown"
    page.locator("#search").fill("ke-996 ")
    assert page.locator("#status").inner_text() == "1 of 1000 claims shown"
    page.keyboard.press("Escape")


@pytest.mark.parametrize("guarded", [True, False], ids=["with its policy", "without"])
def test_nothing_that_is_put_into_a_report_is_ever_executed(guarded: bool, show: Opener) -> None:
    assert len(PAYLOADS) >= 50
    page = show(hostile_report(), init=WATCH, bypass_csp=not guarded)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    for _ in range(3):
        page.keyboard.press("j")
    page.evaluate(
        """for (const one of document.querySelectorAll('*')) for (const kind of ['mouseover', 'focus', 'click', 'toggle', 'error', 'load'])
        if (kind !== 'click' || !one.closest('a[href], button, label, input')) one.dispatchEvent(new Event(kind))"""
    )
    kinds = page.evaluate("[...new Set([...document.querySelectorAll('a')].map(one => one.protocol))].sort()")
    assert set(kinds) <= {"file:", "http:", "https:"}
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert (
        page.locator("iframe, object, embed, img, base, form:not(#tools), [onload], [onerror], [onfocus]").count() == 0
    )


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("made", ["awkward", "hostile", "endless"])
def test_no_text_breaks_the_layout(made: str, viewport: dict[str, int], show: Opener) -> None:
    report = {"awkward": awkward_report, "hostile": hostile_report, "endless": endless_report}[made]()
    page = show(report, f"#{claim_of(report, 'conflicting')}", viewport=viewport)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    assert overflow(page) == 0
    inside = "(name, box) => [...document.querySelectorAll(name)].filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.evaluate(f"({inside})('.card, .q, article p, footer li, h1')") == 0


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("made", ["gated", "compared"])
def test_a_runs_page_is_as_accessible_and_no_wider_than_the_window(
    made: str, width: int, browser: Browser, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    from bukti.eval.runpage import Compared, Place, render_run
    from tests.eval.runs import MANIFEST, RESULTS, VALUES, decision

    suites = (("suite satu yang panjang namanya", "12345678", 5), ("suite dua", "87654321", 7))
    compared = Compared(before="0001", after="0002", standing=("c" * 200, "d"), suites=suites, shared=3)
    beside: dict[str, Any] = {"compared": compared, "place": Place(list="/runs", name="0001 → 0002", other="/runs")}
    text = render_run(RESULTS, VALUES, decision(), MANIFEST, **(beside if made == "compared" else {}))
    write_text(text, tmp_path / "run.html")
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 740})  # type: ignore[arg-type]
        page.goto((tmp_path / "run.html").as_uri())
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        assert overflow(page) == 0
        page.close()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_of_reports_is_accessible_and_executes_nothing(
    scheme: str, viewport: dict[str, int], browser: Browser, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    write_text(render_overview(hostile_overview(), folder=tmp_path), tmp_path / "index.html")
    complaints: list[str] = []
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(request.url))
    page.goto((tmp_path / "index.html").as_uri())
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found = Axe().run(page).response
    assert len(found["passes"]) > 15
    assert [
        (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ] == []
    assert overflow(page) == 0
    assert page.locator(".reports tbody tr").count() == len(PAYLOADS)
    assert page.locator(".failures li").count() == len(PAYLOADS)
    background = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(background)
    page.locator("#theme").click()
    assert page.evaluate(background) != before
    assert page.evaluate("window.hit") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert set(page.evaluate("[...document.querySelectorAll('a')].map(one => one.protocol)")) <= {
        "file:",
        "http:",
        "https:",
    }
    assert complaints == []
    context.close()
