"""Which language a text is in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bukti.claims.errors import OutputError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["ASCII_TWINS", "LANGUAGES", "detect_language"]

LANGUAGES: tuple[str, ...] = ("id", "en")
"""The languages that bukti reads, as ISO 639-1 codes."""

ASCII_TWINS = str.maketrans("ſıİK", "siIK")
"""Letters that a pattern without regard to case takes for an ASCII one, though their lower case is none."""

MIN_LETTERS = 120
"""Below this many letters the guess is between `LANGUAGES` only: a wider guess on a headline is noise."""

_INDONESIAN_KIN = frozenset({"id", "ms", "jv"})
"""What a general identifier calls Indonesian prose: it takes news text for Malay now and then."""

_MIXED = frozenset({"pcm"})
"""What it calls Indonesian and English beside each other: a pidgin of English."""


@cache
def _identifier(restricted: bool) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    except OSError as exc:  # it unpacks its model into a temporary file
        message = (
            f"a temporary file cannot be written ({exc.strerror or exc}); make room, or name another folder in TMPDIR"
        )
        raise OutputError(message, path="-") from exc
    if restricted:
        identifier.set_languages(list(LANGUAGES))
    return identifier


def detect_language(text: str, *, default: str = "en") -> str:
    """Gives the ISO 639-1 code of the language that `text` is mainly in.

    Args:
        text: Any text.
        default: The answer for a text without letters.

    Raises:
        OutputError: There is no room for a temporary file.
    """
    letters = sum(character.isalpha() for character in text)
    if letters == 0:
        return default
    sample = text[:5000]
    if letters >= MIN_LETTERS:
        code = str(_identifier(restricted=False).classify(sample)[0])
        if code not in _MIXED:
            return "id" if code in _INDONESIAN_KIN else code
    return str(_identifier(restricted=True).classify(sample)[0])
