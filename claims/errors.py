"""Everything that can go wrong, as one tree.

::

    BuktiError                      anything below; its message is one line: what happened, then what to do
    ├── UsageError                  the call itself cannot be carried out: a flag, an ending, a name
    ├── ConfigError                 a value in a file or in the environment is not one bukti can use
    ├── InputError                  an article or a source cannot be read (carries `path`)
    │   └── SuiteError              a suite of cases is not one that can be run (carries `problems` too)
    │       └── NoCasesError        there is no case in it, so that nothing can run
    ├── OutputError                 a file cannot be written (carries `path`)
    ├── IndexUnusableError          the index is damaged or was made with other settings (carries `path`)
    ├── BaselineError               a baseline is missing, torn, edited or of another version (carries `path`)
    ├── NotBlessedError             a run is not clean enough to become a baseline (carries `faults`)
    ├── ModelError                  a model that is part of the package is missing, damaged or cannot be run
    └── StageError                  a step failed on one claim (carries `stage`); reported beside it, never scored

Each class carries the exit code that the command line gives for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

__all__ = [
    "BaselineError",
    "BuktiError",
    "ConfigError",
    "IndexUnusableError",
    "InputError",
    "ModelError",
    "NoCasesError",
    "NotBlessedError",
    "OutputError",
    "StageError",
    "SuiteError",
    "UsageError",
    "cause_of",
    "printable",
]


MOST_PROBLEMS = 20
"""So many problems of one file are shown."""


def printable(text: str) -> str:
    """Gives text fit for a terminal: one line, no control characters."""
    return "".join(character if character.isprintable() else " " for character in text)


def cause_of(exc: BaseException, most: int | None = None) -> str:
    """Gives the first line of what an exception says, or its class where it says nothing; at most `most` characters."""
    return (str(exc).strip() or type(exc).__name__).splitlines()[0][:most]


class BuktiError(Exception):
    """Anything bukti raises on purpose. Its message is one line fit to be shown, whatever the names in it hold."""

    exit_code: ClassVar[int] = 2
    """What the command line exits with."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class UsageError(BuktiError):
    """The call cannot be carried out as it was made."""


class ConfigError(BuktiError):
    """A configured value is not one that bukti can use."""


class _PathError(BuktiError):
    """An error about one file or folder.

    Args:
        message: One line: what happened, then what to do.
        path: The file or folder it is about.
    """

    def __init__(self, message: str, *, path: Path | str) -> None:
        super().__init__(message)
        self.path = str(path)


class InputError(_PathError):
    """An article or a source cannot be read."""


class SuiteError(InputError):
    """A file of cases has something wrong in it.

    Args:
        problems: All that is wrong, one line each; at least one.
        path: The file.
    """

    def __init__(self, problems: Sequence[str], *, path: Path | str) -> None:
        more = len(problems) - 1
        super().__init__(
            problems[0] + (f" (and {more} more {'problems' if more > 1 else 'problem'})" if more else ""), path=path
        )
        self.problems = tuple(problems)

    @property
    def lines(self) -> tuple[str, ...]:
        """What to show where there is room for more than one line: the first 20 problems, and how many there are besides."""
        more = len(self.problems) - MOST_PROBLEMS
        shown = tuple(printable(problem) for problem in self.problems[:MOST_PROBLEMS])
        return (*shown, f"and {more} more {'problems' if more > 1 else 'problem'}") if more > 0 else shown


class NoCasesError(SuiteError):
    """There is no case in a file of cases."""

    exit_code: ClassVar[int] = 3


class OutputError(_PathError):
    """A file cannot be written."""


class IndexUnusableError(_PathError):
    """The index is damaged, or was made with an embedder or settings other than those asked for."""


class BaselineError(_PathError):
    """A baseline cannot be decided by: it is missing, torn, edited, or of another version."""

    exit_code: ClassVar[int] = 3


class NotBlessedError(BuktiError):
    """A run is not clean enough to become a baseline.

    Args:
        message: One line: what happened, then what to do.
        faults: What is wrong with the run, one short sentence each.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, faults: tuple[str, ...]) -> None:
        super().__init__(message)
        self.faults = faults


class ModelError(BuktiError):
    """A model that is part of the package is missing, is damaged, or cannot be run here."""


class StageError(BuktiError):
    """A step of the pipeline failed on some claims.

    Args:
        message: One line: the cause.
        stage: The step's name, such as ``retrieve`` or ``verify``.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, *, stage: str) -> None:
        super().__init__(message)
        self.stage = stage
