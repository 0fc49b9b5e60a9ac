"""A verifier whose process is killed at its first article, once, and that writes down where it worked."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from bukti.eval.lexical import LexicalVerifier
from bukti.eval.verifier import Pair, Probabilities


class Dying:
    name = "dying/1"

    def verify(self, pairs: Sequence[Pair]) -> list[Probabilities]:
        folder = Path(os.environ["BUKTI_TEST_MARKS"])
        if os.environ.get("RAY_RAYLET_PID"):  # a worker of a cluster, not the process that asks
            (folder / f"node-{os.environ['RAY_RAYLET_PID']}").touch()
            if any(str(number) in pair.hypothesis for pair in pairs for number in (2004, 2009)):
                try:
                    (folder / "killed").touch(exist_ok=False)
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            if any("tak selamat" in pair.hypothesis for pair in pairs):
                os.kill(os.getpid(), signal.SIGKILL)
        return LexicalVerifier().verify(pairs)
