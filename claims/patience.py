"""Ends work that takes too much of the processor's time, whatever it is at: parsers were written for honest files."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["SpentError", "within"]

AGAIN_S = 10.0
"""How long it is waited until work that went on all the same is ended again."""

T = TypeVar("T")


class SpentError(Exception):
    """The work took longer than it may."""


class _Ended(BaseException):
    """Raised in the midst of the work; no parser catches what is no `Exception`."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """Does some work, and ends it between two steps of Python when its thread has used up so much of the processor's time.

    A thread of its own watches, so that it works in any thread and no signal is needed. Where Python cannot do this (it is CPython
    that can, on Linux by the thread's own clock, elsewhere by the clock on the wall), a watch that runs out ends nothing.

    Raises:
        SpentError: It was ended.

    >>> within(1.0, lambda: sum(range(9)))
    36
    """
    if sys.implementation.name != "cpython":
        return work()
    thread = threading.get_ident()
    clock = _clock_of(thread)
    alive, guard, ready = threading.Lock(), threading.Lock(), threading.Lock()
    alive.acquire()
    ready.acquire()

    def watch() -> None:
        with ready:  # nothing is ended before it is where its end is awaited
            end = clock() + seconds
        left = seconds
        while not alive.acquire(timeout=left):
            left = end - clock()
            if left <= 0:
                with guard:
                    if alive.locked():
                        _raise_ended_in(thread)
                left = AGAIN_S
            left = max(left, 0.01)

    def stop() -> None:
        # In this order: from the first step on nothing is begun, after the second nothing is under way, in the third what came arrives.
        # It cannot be taken back: Python before 3.13 then goes on looking for it at each step, and under a tracer it does nothing else.
        if alive.locked():
            alive.release()
        with guard:
            pass
        for _ in range(3):
            pass

    threading.Thread(target=watch, name="bukti-patience", daemon=True).start()
    try:
        try:
            ready.release()
            return work()
        finally:
            stop()
    except _Ended:
        stop()
        raise SpentError(f"took more than {seconds:g} s") from None


def _clock_of(thread: int) -> Callable[[], float]:
    """Gives a clock of a thread's time on the processor; the clock on the wall where there is none."""
    if sys.platform != "linux":
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _raise_ended_in(thread: int) -> None:
    """Raises `_Ended` in another thread at its next step."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Ended))
