"""Loads a replaceable part that is named as ``"module:Class"``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bukti.claims.errors import UsageError, cause_of

__all__ = ["load_part"]


def load_part(name: str, protocol: Any, *, kind: str, known: str) -> Any:
    """Gives an instance of the class that is named.

    Args:
        name: ``"module:Class"``; the class is called without arguments.
        protocol: The runtime-checkable Protocol it has to keep.
        kind: What it is for, for the message: ``embedder``, ``verifier``.
        known: What else could have been given, for the message.

    Raises:
        UsageError: There is no such class, it cannot be made, or it does not keep the Protocol.
    """
    module_name, colon, attribute = name.partition(":")
    try:
        if not colon:
            raise ImportError(f"no {kind} of this name")
        made = getattr(import_module(module_name), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError) as exc:
        cause = cause_of(exc, 160)
        message = f"{kind} {name!r} cannot be loaded ({cause}); give {known} or module:Class"
        raise UsageError(message) from exc
    if not isinstance(made, protocol):
        message = f"{kind} {name!r} does not keep {protocol.__module__}.{protocol.__name__}; see its docstring"
        raise UsageError(message)
    return made
