from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from bukti.claims.patience import SpentError, within


def stubborn() -> None:
    while True:
        with suppress(Exception):
            sum(range(1000))


def test_work_within_its_time_gives_what_it_gives() -> None:
    assert within(60.0, lambda: "done") == "done"
    with pytest.raises(KeyError):
        within(60.0, lambda: {}["missing"])


def test_work_that_takes_longer_is_ended_whatever_it_catches() -> None:
    with pytest.raises(SpentError, match=r"more than 0\.05 s"):
        within(0.05, stubborn)


def test_work_is_ended_in_any_thread_and_only_there() -> None:
    ended: list[str] = []

    def work() -> None:
        with pytest.raises(SpentError):
            within(0.05, stubborn)
        ended.append("ended")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["ended"] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock on the wall is all there is")
def test_waiting_is_no_work() -> None:
    assert within(0.05, lambda: time.sleep(0.2)) is None


def test_nothing_is_ended_after_its_time() -> None:
    for _ in range(50):
        with suppress(SpentError):
            within(0.005, lambda: [number for number in range(100_000) if number % 7])
    assert sum(range(10**6)) == 499999500000


def test_a_profiler_goes_on_after_it() -> None:
    program = "import cProfile; from bukti.claims.patience import within; cProfile.run('[within(60.0, int) for _ in range(3)]')"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
