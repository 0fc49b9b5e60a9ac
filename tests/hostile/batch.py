"""Tries paths one after another in one process, each as an article and as a source, and tells what became of them.

``python -m tests.hostile.batch WORK RESULTS < paths.json``: RESULTS gets a line before and after each try, so that one that does
not come back is known. A try that takes more than `SECONDS` of processor time ends the process.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from tests.hostile.corpus import GOOD

SECONDS = 20
"""Processor time for one try."""

ROOM = 6_000_000_000
"""Address space for all of it: what asks for more is stopped by the system, for the sake of whoever shares the machine."""


def peak() -> int:
    """Gives the most memory held since it was last asked, in bytes."""
    status = Path("/proc/self/status").read_text()
    most = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return most


def attempt(arguments: list[str], outputs: list[Path]) -> dict[str, Any]:
    """Calls the command line in this process."""
    from bukti.cli import main
    from bukti.retrieval.index import _forget_clients

    for path in outputs:
        path.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    began = os.times()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    code: Any = None
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(arguments)
    except SystemExit as exc:
        code = exc.code
    except BaseException as exc:  # noqa: BLE001 (what escapes the command line is what is looked for)
        err.write(f"ESCAPED {type(exc).__name__}: {exc}")
    signal.setitimer(signal.ITIMER_PROF, 0)
    spent = os.times()
    _forget_clients()
    return {
        "code": code,
        "stderr": err.getvalue(),
        "written": [path.exists() for path in outputs],
        "seconds": round(spent.user + spent.system - began.user - began.system, 2),
    }


def run(work: Path, results: Path, paths: list[str]) -> None:
    """Tries all paths."""
    work.mkdir(exist_ok=True)
    good = work / "good.txt"
    good.write_text(GOOD, encoding="utf-8")
    outputs = [work / "report.json", work / "report.html"]
    written = ["-k", "2", *(word for path in outputs for word in ("-o", str(path)))]
    os.environ["BUKTI_CACHE_DIR"] = str(work / "cache")
    honest = work / "honest"
    honest.mkdir(exist_ok=True)
    for number in range(40):
        (honest / f"{number}.txt").write_text(
            f"Kota nomor {number} punya {number + 3} jembatan. {GOOD}" * 4, encoding="utf-8"
        )
    attempt(["verify", str(good), "--sources", str(honest), *written], outputs)  # loads what is loaded once
    usual = peak()
    with results.open("a", encoding="ascii") as file:
        for path in paths:
            for kind, words in (
                ("article", [path, "--sources", str(good)]),
                ("source", [str(good), "--sources", path]),
            ):
                print(json.dumps({"path": path, "as": kind}), file=file, flush=True)
                peak()
                found = attempt(["verify", *words, *written], outputs)
                found["more"] = peak() - usual
                for report in outputs[:1]:
                    found["whole"] = report.exists() and json.loads(report.read_bytes())["schema"]
                print(json.dumps({"path": path, "as": kind, **found}), file=file, flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    run(Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin))
