from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bukti.tracing import start_tracing
from tests.bukti.test_cli import run
from tests.conftest import ROOT


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Takes what is sent by OTLP over HTTP."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_the_spans_of_a_report_reach_a_collector_without_a_word_of_the_article(
    collector: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")
    (tmp_path / "a.txt").write_text("Jembatan rahasia dibuka pada 2003.")
    (tmp_path / "s.txt").write_text("Jembatan rahasia dibuka pada 2003 oleh warga.")
    words = [
        "verify",
        "a.txt",
        "-s",
        "s.txt",
        "-o",
        "r.json",
        "--verifier",
        "lexical",
        "--embedder",
        "tests.conftest:HashEmbedder",
    ]
    environment = {
        "PYTHONPATH": str(ROOT),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector[0],
        "BUKTI_CACHE_DIR": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bukti", "--log-level", "debug", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    sent = b"".join(collector[1])
    for name in ("verify", "index", "split", "copies", "retrieve", "judge"):
        assert f"bukti.{name}".encode() in sent
    assert b"rahasia" not in sent
    assert "DEBUG bukti.claims.stages: split took" in done.stderr
    timing = json.loads((tmp_path / "r.json").read_text())["timing"]
    assert list(timing) == ["split", "copies", "retrieve", "judge", "other", "total"]
    assert round(sum(timing.values()) - timing["total"], 3) == timing["total"]


def test_nothing_is_sent_unless_it_is_asked_for() -> None:
    for environment in (
        {},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"},
    ):
        assert not start_tracing(environment)


def test_what_cannot_be_sent_is_a_warning_and_stops_no_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert not start_tracing({"OTEL_TRACES_EXPORTER": "zipkin"})
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert not start_tracing({"OTEL_TRACES_EXPORTER": "otlp"})
    assert caplog.messages == [
        "no spans are sent: OTEL_TRACES_EXPORTER is 'zipkin', and bukti knows otlp, console and none",
        "no spans are sent: opentelemetry.sdk.trace is not installed; install bukti[otel]",
    ]


def test_a_level_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--log-level", "loud", "config")
    assert (code, err) == (2, "bukti: --log-level loud: no such level; known are debug, info, warning, error\n")
