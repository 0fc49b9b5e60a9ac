"""bukti verifies an article's claims against reference sources: offline, in Indonesian and English.

>>> import bukti
>>> bukti.__all__
['verify', 'BuktiError', 'Config', 'Report']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bukti.api import verify
    from bukti.claims.errors import BuktiError
    from bukti.config import Config
    from bukti.eval.report import Report

__all__ = ["verify", "BuktiError", "Config", "Report"]

_HOMES = {
    "verify": "bukti.api",
    "BuktiError": "bukti.claims.errors",
    "Config": "bukti.config",
    "Report": "bukti.eval.report",
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used: `import bukti` alone stays light."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'bukti' has no attribute {name!r}"
    raise AttributeError(msg)
