from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import bukti


@pytest.mark.browser
@pytest.mark.model
def test_a_click_shows_a_claims_evidence_and_nothing_is_blocked(example: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed")
    from bukti.eval.output import write_report

    config = bukti.Config(cache_dir=str(tmp_path / "cache"))
    report = bukti.verify(example / "article.txt", sources=example / "sources", config=config)
    write_report(report, tmp_path / "report.html")
    refuted = next(item for item in report.assessments if item.verdict == "refuted").claim.id
    words = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--virtual-time-budget=2000",
        "--dump-dom",
    ]
    done = subprocess.run(
        [*words, f"file://{tmp_path}/report.html#{refuted}"], capture_output=True, text=True, timeout=120, check=True
    )
    assert f'class="panel refuted on" id="{refuted}"' in done.stdout
    assert done.stdout.count('class="panel refuted on"') == 1
    assert "Content Security Policy" not in done.stderr
