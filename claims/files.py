"""Opens files that somebody named: only such as have an end, and never by waiting for one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["location_of", "open_regular", "read_regular"]


def location_of(path: Path | str) -> str:
    """Gives the absolute path, links followed as far as they lead; one that leads in a circle is followed to there."""
    return os.path.realpath(path)  # Path.resolve raises on circles, or does not, by Python's version


def open_regular(path: Path | str) -> BinaryIO:
    """Opens a file for reading.

    Raises:
        OSError: It cannot be opened, or is none: a pipe would be waited for, a device has no end.
        ValueError: The path is none.
    """
    # Looked at once it is open: between a look and the opening it could become another.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "is not a regular file", str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path | str, most: int = -1) -> bytes:
    """Reads a file, or its first `most` bytes; see `open_regular`."""
    with open_regular(path) as file:
        return file.read(most)
