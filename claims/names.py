"""Proper names in a text, found by their capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bukti.claims.article import Span

__all__ = ["DAYS_AND_MONTHS", "OPENERS", "Name", "find_names", "same_name"]

_WORD = re.compile(r"[^\W\d_][\w'’.-]*[\w]|[^\W\d_]")
_JOINT = re.compile(r"^(?:\s|\s(?:of|the|de|del|van|von|bin|binti|al|der|da|la|le|di|du)\s)$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[\"“(]\s*)$")

DAYS_AND_MONTHS = frozenset(
    """senin selasa rabu kamis jumat jum'at sabtu minggu ahad januari februari maret april mei juni juli agustus september oktober
    november desember monday tuesday wednesday thursday friday saturday sunday january february march may june july august october
    december""".split()
)
"""In small letters, of both languages."""

# Capitalised by rule, not because they name somebody: days, months, languages' "I", titles of address.
_NOT_NAMES = DAYS_AND_MONTHS.union("i rp wib wita wit usd idr mr mrs ms dr prof pak bu bapak ibu tuan nyonya".split())

# Words that open a sentence with a capital of their own. A capitalised first word that is none of these, and has no other
# capital beside it, still counts as a name only if it stands with a capital elsewhere in the sentence.
OPENERS = frozenset(
    """the a an this that these those it he she they we you his her their its our in on at by for from with to of as and but or if
    when while after before since during because although however according there here what who which how why where not no yes one
    two three four five six seven eight nine ten some many most all both each every another other such more less than then also
    ini itu dia ia mereka kami kita saya aku anda beliau di ke dari pada dalam untuk dengan oleh sebagai dan tetapi tapi atau jika
    kalau bila ketika saat sementara setelah sesudah sebelum sejak selama karena meski meskipun walau walaupun namun menurut ada apa
    siapa yang bagaimana mengapa kenapa mana tidak bukan belum ya satu dua tiga empat lima enam tujuh delapan sembilan sepuluh
    beberapa banyak semua kedua setiap para sebuah seorang suatu hal para juga lalu kemudian selain akibat atas bahwa sebanyak
    sekitar lebih kurang hampir hingga sampai tak akan telah sudah masih""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A proper name as it stands in a text."""

    span: Span
    """Where it stands in the text that was searched."""

    text: str
    """The name as written."""


@lru_cache(maxsize=20_000)  # the claims of an article are held against the same sentences
def find_names(text: str) -> tuple[Name, ...]:
    """Finds runs of capitalised words.

    A single capitalised word that opens a sentence is left out: its capital says nothing. A run that opens a sentence
    loses its first word where that is a common opener ("The", "Menurut").

    Args:
        text: One or more sentences with ordinary capitals.

    Returns:
        Names in the order of the text.
    """
    words = [match for match in _WORD.finditer(text) if _is_capitalised(match.group())]
    runs: list[list[re.Match[str]]] = []
    for word in words:
        if runs and _JOINT.match(text[runs[-1][-1].end() : word.start()]):
            runs[-1].append(word)
        else:
            runs.append([word])
    names = []
    for run in runs:
        opens = bool(_SENTENCE_START.search(text[: run[0].start()]))
        kept = run[1:] if opens and run[0].group().lower() in OPENERS else run
        if not kept or (opens and kept is run and len(run) == 1 and not _capital_inside(run[0].group())):
            continue
        span = Span(kept[0].start(), kept[-1].end())
        names.append(Name(span=span, text=span.of(text)))
    return tuple(names)


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and word.lower().rstrip(".") not in _NOT_NAMES


def _capital_inside(word: str) -> bool:
    """Says whether a word such as WhatsApp, NATO or iPhone is a name wherever it stands."""
    return any(character.isupper() for character in word[1:])


@lru_cache(maxsize=50_000)
def same_name(a: str, b: str) -> bool:
    """Says whether two names can be one: equal, an abbreviation of the other, or one a part of the other.

    >>> same_name("Durov", "Pavel Durov"), same_name("Mark Zuckerberg", "Pavel Durov"), same_name("UE", "Uni Eropa")
    (True, False, True)
    """
    left, right = _parts(a), _parts(b)
    if not left or not right:
        return False
    if set(left) <= set(right) or set(right) <= set(left):
        return True
    return _initials(left, b) or _initials(right, a)


def _parts(name: str) -> list[str]:
    return [part for part in re.sub(r"['’]s\b", "", name).casefold().replace(".", "").split() if part[0].isalpha()]


def _initials(parts: list[str], abbreviation: str) -> bool:
    letters = re.sub(r"\W", "", abbreviation)
    return (
        letters.isupper()
        and 1 < len(letters) == len(parts)
        and letters.casefold() == "".join(part[0] for part in parts)
    )
