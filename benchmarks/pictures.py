"""Takes the pictures of the demo's page that the README shows: `python -m benchmarks.pictures` writes docs/report-*.png."""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import bukti
from bukti.eval.output import write_report

DEMO = Path("examples/telegram")
PICTURES: dict[str, dict[str, Any]] = {
    "report-summary": {"width": 1280, "height": 860, "scheme": "light", "language": "en", "opens": None},
    "report-evidence": {"width": 1280, "height": 860, "scheme": "dark", "language": "en", "opens": "conflicting"},
    "report-phone": {"width": 390, "height": 760, "scheme": "light", "language": "id", "opens": "refuted"},
}


def main() -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    report = bukti.verify(DEMO / "article.txt", sources=DEMO / "sources")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, how in PICTURES.items():
            page_file = Path(folder) / "report.html"
            write_report(report, page_file, language=how["language"])
            context = browser.new_context(
                viewport={"width": how["width"], "height": how["height"]}, color_scheme=how["scheme"]
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
