"""Measures how fast a page of many claims is made, opened and used, in this machine's Chromium.

    python -m benchmarks.page [--claims 1000] [--runs 9] [--write docs/benchmarks-page.md]

"Interactive" is when the browser has parsed the page, run its script, and answered a key: the next claim is open and painted. The page
stands in a file, as it does for a reader. Numbers are medians, with the slowest run beside them.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bukti.eval.page import render_html
from tests.eval.pages import long_report

START = """
window.tasks = [];
new PerformanceObserver(list => list.getEntries().forEach(one => window.tasks.push(one.duration))).observe({type: 'longtask', buffered: true});
addEventListener('DOMContentLoaded', () => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => { window.interactive = document.querySelector('.card.on') ? performance.now() : null; }));
});
"""

ACT = """async (act) => {
  const began = performance.now();
  if (act.key) document.body.dispatchEvent(new KeyboardEvent('keydown', {key: act.key, bubbles: true}));
  if (act.click) document.querySelector(act.click).click();
  if (act.search) { const box = document.querySelector('#search'); box.value = act.search; box.dispatchEvent(new Event('input', {bubbles: true})); }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - began;
}"""

ACTS: dict[str, dict[str, str]] = {
    "next claim (a key)": {"key": "j"},
    "filter by a verdict": {"click": "#f-refuted"},
    "search in the claims": {"search": "ke-99"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    text = "\n".join(measure(options.claims, options.runs))
    print(text)
    if options.write:
        head = Path(__file__).with_name("page.md.in").read_text(encoding="utf-8")
        options.write.write_text(head + text + "\n", encoding="utf-8")


def measure(claims: int, runs: int) -> list[str]:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("chromium is not installed; on Debian: apt-get install chromium")
    report = long_report(claims)
    render_html(long_report(1))  # the template is read once
    seconds = []
    for _ in range(3):
        began = perf_counter()
        page_text = render_html(report)
        seconds.append(perf_counter() - began)
    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "report.html"
        path.write_text(page_text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        version = browser.version
        for _ in range(runs):
            for name, value in once(browser, path).items():
                rows.setdefault(name, []).append(value)
        browser.close()
    load = os.getloadavg()[0]
    lines = [
        f"{claims:,} claims with five passages each: a page of {len(page_text.encode()) / 1e6:.1f} MB, made in {statistics.median(seconds):.1f} s. "
        f"Chromium {version}, headless, {os.cpu_count()} cores ({platform.machine()}), {runs} runs, load average {load:.1f}.",
        "",
        "| what | median | slowest |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {name} | {statistics.median(values):.0f} ms | {max(values):.0f} ms |" for name, values in rows.items()
    ]
    return lines


def once(browser: Any, path: Path) -> dict[str, float]:
    # Waiting evaluates text in the page, which its policy forbids.
    context = browser.new_context(viewport={"width": 1360, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(START)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_function("window.interactive !== undefined")
    spent = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    found = {
        "first words on the screen": page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        ),
        "interactive: a key has opened a claim": page.evaluate("window.interactive"),
        "processor time of the page's thread until then": 1000 * spent.get("ThreadTime", spent["TaskDuration"]),
        "longest task until then": page.evaluate("Math.max(0, ...window.tasks)"),
    }
    for name, act in ACTS.items():
        page.wait_for_timeout(100)
        found[name] = page.evaluate(ACT, act)
    context.close()
    return found


if __name__ == "__main__":
    main()
