"""The command line's entry: ``bukti`` and ``python -m bukti``."""

from __future__ import annotations

from bukti.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
