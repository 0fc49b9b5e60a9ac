"""Takes the pictures of the demo's page that the docs show: `python -m benchmarks.pictures` writes docs/report-*.png and docs/serve-review.png."""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import bukti
from bukti.eval.output import write_report, write_text
from bukti.eval.page import Desk, render_html
from bukti.eval.report import Report
from bukti.eval.review import Review, evidence_key

DEMO = Path("examples/telegram")
PICTURES: dict[str, dict[str, Any]] = {
    "report-summary": {"width": 1280, "height": 860, "scheme": "light", "language": "en", "opens": None},
    "report-evidence": {"width": 1280, "height": 860, "scheme": "dark", "language": "en", "opens": "conflicting"},
    "report-phone": {"width": 390, "height": 760, "scheme": "light", "language": "id", "opens": "refuted"},
    "serve-review": {"width": 1280, "height": 1000, "scheme": "light", "language": "en", "opens": "conflicting"},
}


def write_page(report: Report, path: Path, name: str, how: dict[str, Any]) -> None:
    if not name.startswith("serve"):
        write_report(report, path, language=how["language"])
        return
    item = next(one for one in report.assessments if one.verdict == how["opens"])
    wrong = next(evidence_key(one) for one in item.evidence if one.stance == "refutes")
    note = "Their own count starts before the outage; the log of the service says six hours."
    review = Review(
        id=1, claim=item.claim.id, verdict="supported", wrong=(wrong,), note=note, reviewer="Sari", made="2026-11-28T09:30:00+00:00"
    )  # fmt: skip
    texts = {source.id for source in report.sources}
    desk = Desk(
        base="/reports/1",
        token="",
        reviewer="Sari",
        reviews={item.claim.id: [review]},
        texts=texts,
        remove="/jobs/1/remove",
    )
    write_text(render_html(report, language=how["language"], desk=desk), path)


def main() -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    report = bukti.verify(DEMO / "article.txt", sources=DEMO / "sources")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, how in PICTURES.items():
            page_file = Path(folder) / "report.html"
            write_page(report, page_file, name, how)
            context = browser.new_context(
                viewport={"width": how["width"], "height": how["height"]},
                color_scheme=how["scheme"],
                timezone_id="Asia/Jakarta",
            )
            page = context.new_page()
            chosen = [item.claim.id for item in report.assessments if item.verdict == how["opens"]]
            page.goto(page_file.as_uri() + (f"#{chosen[0]}" if chosen else ""))
            page.wait_for_timeout(500)
            if chosen:
                page.evaluate("document.activeElement.blur()")
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(colors=96, dither=Image.Dither.NONE).save(Path("docs") / f"{name}.png", optimize=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
