"""Tries paths one after another in one process, each as an article and as a source, and tells what became of them.

``python -m tests.hostile.batch WORK RESULTS < paths.json``: RESULTS gets a line before and after each try, so that one that does
not come back is known. A try that takes two processors more than `SECONDS` ends the process. It ends by itself, with the rest
untried, once it keeps so much of what the tries took that the next one's memory would not be its own.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from tests.hostile.corpus import GOOD

SECONDS = 20
"""Time for one try, on two processors that do nothing else: by the clocks of the threads, as the machine may be busy."""

KEPT = 100_000_000
"""Memory kept beyond what an honest try leaves, in bytes, from which on no further one is tried in this process."""

ROOM = 6_000_000_000
"""Address space for all of it: what asks for more is stopped by the system, for the sake of whoever shares the machine."""


def memory() -> tuple[int, int]:
    """Gives the most memory held since it was last asked, and what is held now, in bytes."""
    held = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    Path("/proc/self/clear_refs").write_text("5")
    most, now = (int(held[name].split()[0]) * 1024 for name in ("VmHWM", "VmRSS"))
    return most, now


def seconds() -> float:
    """Gives the processor time of this thread, and half that of all others: the models run in two at once, and this one waits."""
    own = time.thread_time()
    return own + (time.process_time() - own) / 2


def attempt(arguments: list[str], outputs: list[Path]) -> dict[str, Any]:
    """Calls the command line in this process."""
    from bukti.cli import main
    from bukti.retrieval.index import _forget_clients

    for path in outputs:
        path.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    began = seconds()
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    code: Any = None
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(arguments)
    except SystemExit as exc:
        code = exc.code
    except BaseException as exc:  # noqa: BLE001 (what escapes the command line is what is looked for)
        err.write(f"ESCAPED {type(exc).__name__}: {exc}")
    signal.setitimer(signal.ITIMER_PROF, 0)
    spent = seconds() - began
    _forget_clients()
    return {
        "code": code,
        "stderr": err.getvalue(),
        "written": [path.exists() for path in outputs],
        "seconds": round(spent, 2),
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
    usual, left = memory()
    with results.open("a", encoding="ascii") as file:
        for path in paths:
            for kind, words in (
                ("article", [path, "--sources", str(good)]),
                ("source", [str(good), "--sources", path]),
            ):
                print(json.dumps({"path": path, "as": kind}), file=file, flush=True)
                memory()
                found = attempt(["verify", *words, *written], outputs)
                most, now = memory()
                found["more"] = most - usual
                for report in outputs[:1]:
                    found["whole"] = report.exists() and json.loads(report.read_bytes())["schema"]
                print(json.dumps({"path": path, "as": kind, **found}), file=file, flush=True)
            if now - left > KEPT:
                return


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    run(Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin))
