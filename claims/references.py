"""Resolves pronouns and bare references ("dia", "perusahaan itu", "the company") from the text before, where it leaves no doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bukti.claims.article import Span
from bukti.claims.names import DAYS_AND_MONTHS
from bukti.claims.words import Tagged

__all__ = ["Mentions", "Reference", "find_references"]

FAR = 600
"""How many characters back the name of a thing may stand."""

REACH = 3
"""How many sentences back a reference may reach."""

_PERSON = {
    "id": re.compile(r"(?i)\b(?:dia|ia|beliau)\b"),
    "en": re.compile(r"(?i)\b(?:he|she|his|her)\b"),
}
_GROUP_WORDS = {
    "id": "perusahaan|maskapai|bank|kementerian|lembaga|partai|universitas|kampus|klub|tim|organisasi|yayasan|bumn|emiten|perseroan|rumah sakit|badan|dinas|rumah sakit",
    "en": "company|firm|airline|bank|ministry|agency|party|university|club|team|organi[sz]ation|foundation|carrier|lender|retailer|maker|group|charity|startup|chain|producer|manufacturer|operator|start-up|brokerage|insurer|developer",
}
_GROUP = {
    "id": re.compile(rf"(?i)\b(?:(?:{_GROUP_WORDS['id']})(?:\s+[a-z]+){{0,2}}\s+(?:itu|tersebut|ini)|perseroan)\b"),
    "en": re.compile(rf"(?i)\bthe\s+(?:{_GROUP_WORDS['en']})\b(?!\s+(?:of|that|which|for|in)\b)|^its\b"),
}
_ORGANISATION = {
    "id": re.compile(
        r"^(?:PT|CV|Bank|Kementerian|Universitas|Institut|Dinas|Badan|Komisi|Polda|Polres|Partai|Yayasan|RS|RSUD|Perum|Perusahaan|Asosiasi|Maskapai|Lembaga"
        r"|Majelis|Dewan|Persatuan|FC|Persi\w+|Klub|Telegram|Facebook|Google)\b|\b(?:Tbk|Inc|Corp|Ltd|FC|Group|Grup|Airlines|Air|Bank)\b\.?$"
    ),
    "en": re.compile(
        r"^(?:Bank|Ministry|University|Department|Institute|Agency|Commission|PT|The)\b|\b(?:Inc|Corp|Ltd|LLC|PLC|plc|Co|Company|Group|Bank|University|Ministry|Agency"
        r"|Airlines|Airways|Air|Holdings|Motors|Energy|Institute|Foundation|Association|Commission|Council|Party|Department|Office|Bureau|Court"
        r"|Club|FC|United|City|Union|Systems|Technologies|Labs|Hospital|School|Police)\b\.?$"
    ),
}
_PLACE_BEFORE = frozenset(
    "di ke dari in at from near of kota kabupaten provinsi desa kecamatan kelurahan jalan pulau sungai gunung".split()
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pronoun or bare reference in a sentence."""

    span: Span
    """Where it stands in the article."""
    text: str
    target: Span | None
    """What it means, elsewhere in the article; None where the text before leaves it open."""
    possessive: bool = False


@dataclass(slots=True)
class Mentions:
    """Who was mentioned so far."""

    text: str
    people: list[tuple[int, Span]] = field(default_factory=list)
    """(sentence, span) of people's names, in order."""
    groups: list[tuple[int, Span]] = field(default_factory=list)
    """The same of organisations."""
    known: dict[str, Span] = field(default_factory=dict)
    """A person's last name, lower-case -> the fullest mention."""

    runs: dict[str, Span] = field(default_factory=dict)
    """The last word of a name of two words or three that is no organisation's, lower-case -> where it stands."""

    things: dict[str, list[tuple[int, Span | None]]] = field(default_factory=dict)
    """A noun in lower case -> where it stands, and the name it is part of ("kapal wisata Putri Samudra") or None."""

    things_named: dict[str, set[str]] = field(default_factory=dict)

    people_named: set[str] = field(default_factory=set)
    groups_named: set[str] = field(default_factory=set)

    def add_person(self, sentence: int, span: Span) -> None:
        """Notes a person; a shorter name of someone known counts as the full one."""
        words = span.of(self.text).split()
        if not words:
            return
        key = words[-1].lower()
        full = self.full_name(words)
        if full is None or len(words) > len(full.of(self.text).split()):
            self.known[key] = full = span
        self.people.append((sentence, full))
        self.people_named.add(full.of(self.text).casefold())

    def full_name(self, words: Sequence[str]) -> Span | None:
        """Gives the fullest mention of a person known by the last of these words, or by the only one."""
        return self.known.get(words[-1].lower()) or next(
            (old for old in self.known.values() if len(words) == 1 and words[0] in old.of(self.text).split()), None
        )

    def one(self, named: list[tuple[int, Span]], sentence: int, start: int) -> tuple[int, Span] | None:
        """Gives the sentence and span of the one name that a reference at `start` can mean, or None.

        The rule: the last sentence that named any, within `REACH`, named just one; or the whole text before names no other.
        A name earlier in the sentence itself counts as that sentence's.
        """
        last, found = -1, {}
        for number, span in reversed(named):
            if number == sentence and span.end > start:
                continue
            if last < 0:
                last = number
            if number != last:
                break
            found[span.of(self.text).casefold()] = span
        if len(found) != 1:
            return None
        only = len(self.people_named if named is self.people else self.groups_named) == 1
        return (last, next(iter(found.values()))) if only or sentence - last <= REACH else None

    def thing(self, noun: Sequence[str], start: int) -> Span | None:
        """Gives the name that "kapal itu" means: the last ship spoken of was named, and no other ship is.

        Args:
            noun: The words before "itu", in lower case.
            start: Where they stand in the article.
        """
        last = next((span for at, span in reversed(self.things.get(noun[0], ())) if at < start), None)
        if last is None or len(self.things_named[noun[0]]) != 1 or start - last.end > FAR:
            return None
        words = last.of(self.text).casefold().split()
        return last if words[: len(noun)] == list(noun) and len(words) > len(noun) else None

    def clitic(self, sentence: int, span: Span) -> Reference | None:
        """Gives what the "-nya" of "ujarnya" means."""
        found = self.one(self.people, sentence, span.start)
        return Reference(span, span.of(self.text), found[1]) if found else None

    def add_group(self, sentence: int, span: Span) -> None:
        """Notes an organisation."""
        self.groups.append((sentence, span))
        self.groups_named.add(span.of(self.text).casefold())


def note_names(
    mentions: Mentions,
    sentence: int,
    base: int,
    words: Tagged,
    language: str,
    people: Sequence[Span],
    speakers: Sequence[Span] = (),
) -> None:
    """Notes the names of a sentence.

    Args:
        mentions: What is added to.
        sentence: The sentence's number.
        base: Where the sentence starts in the article.
        words: Its tokens.
        language: Its language.
        people: Spans in the sentence that are known to be people: speakers, holders of an office.
        speakers: Speakers of one word, who are people if a longer name ended with it: "Suemoto said" after "Claudia Suemoto".
    """
    for span in speakers:
        name = mentions.text[base + span.start : base + span.end]
        full = mentions.full_name([name]) or mentions.runs.get(name.lower())
        if full is not None:
            mentions.add_person(sentence, full)
    for span in people:
        mentions.add_person(sentence, Span(base + span.start, base + span.end))
    if language == "id":
        _note_things(mentions, base, words)
    pattern = _ORGANISATION.get(language)
    for named, group in groupby(range(len(words)), key=lambda at: words[at].tag == "NAME"):
        if not named:
            continue
        run = list(group)
        span = Span(words[run[0]].start, words[run[-1]].end)
        name = mentions.text[base + span.start : base + span.end]
        if any(person.overlaps(span) for person in people):
            continue
        organisation = pattern is not None and pattern.search(name) is not None
        if len(run) in (2, 3) and not organisation:
            mentions.runs[words[run[-1]].low] = Span(base + span.start, base + span.end)
        if organisation:
            mentions.add_group(sentence, Span(base + span.start, base + span.end))
        elif mentions.full_name(name.split()) and name.split()[-1][0].isupper():
            before = words[run[0] - 1].low if run[0] else ""
            if before not in _PLACE_BEFORE:
                mentions.add_person(sentence, Span(base + span.start, base + span.end))


def _note_things(mentions: Mentions, base: int, words: Tagged) -> None:
    """Notes the nouns of an Indonesian sentence, each with the name that ends its phrase."""
    end = 0
    for number, word in enumerate(words):
        if word.tag not in ("NOUN", "NAME") or len(word.text) < 3 or word.low in _GROUPS:
            continue
        if end <= number:
            end = number + 1
            while end < len(words) and words[end].tag in ("NOUN", "NAME", "X"):
                end += 1
        if (number and words[number - 1].tag == "NAME") or (end < len(words) and words[end].low in _DETERMINERS):
            continue  # within a name; "kapal itu" names none
        last = next((at for at in range(end - 1, number, -1) if words[at].tag == "NAME"), None)
        span = None if last is None else Span(base + word.start, base + words[last].end)
        mentions.things.setdefault(word.low, []).append((base + word.start, span))
        if span is not None:
            mentions.things_named.setdefault(word.low, set()).add(span.of(mentions.text).casefold())


_GROUPS = frozenset(_GROUP_WORDS["id"].split("|"))


_DETERMINERS = frozenset({"itu", "ini", "tersebut"})

_DEFINITE = re.compile(r"\b(?P<noun>[A-Za-z][a-z]{2,}(?:\s[a-z]{3,})?)\s+(?:itu|tersebut)\b")


def _find_things(mentions: Mentions, base: int, text: str) -> list[Reference]:
    """Gives "kapal itu" and the like in a sentence or in a claim's pieces, each with the name it means."""
    found = []
    for match in _DEFINITE.finditer(text):
        words = match["noun"].lower().split()
        for skipped in range(len(words)):
            start = base + match.start() + (len(words[0]) + 1 if skipped else 0)
            target = mentions.thing(words[skipped:], start)
            if target is not None:
                found.append(Reference(Span(start, base + match.end()), text[start - base : match.end()], target))
                break
    return found


def find_references(
    mentions: Mentions, sentence: int, base: int, text: str, words: Tagged, language: str
) -> list[Reference]:
    """Gives the pronouns and bare references of a sentence, each with what it means where that is beyond doubt.

    See `Mentions.one` for the rule.
    """
    found = []
    for patterns, named in ((_PERSON, mentions.people), (_GROUP, mentions.groups)):
        pattern = patterns.get(language)
        if pattern is None:
            continue
        quoted = _quoted(text)
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end in quoted):
                continue
            start = base + match.start()
            if patterns is _PERSON and _somebody_before(words, match.start()):
                found.append(Reference(Span(start, base + match.end()), match.group(), None))
                continue
            fitting = named
            if patterns is _GROUP:
                fitting = [(at, span) for at, span in named if _can_mean(match.group(), span.of(mentions.text))]
            one = mentions.one(fitting, sentence, start)
            here = one is not None and one[0] == sentence
            if here or (patterns is _PERSON and _named_before(words, match.start())):
                person = here and patterns is _PERSON and language == "en"
                if not (person and _joined_before(words, match.start())):
                    continue  # it stands in the same sentence: nothing to resolve
                # "Mr Okafor said the plan saves money, but he acknowledged that ...": a clause of its own
            target = one[1] if one else None
            word = match.group().lower()
            owns = word in ("his", "its") or (word == "her" and _owns(words, match.end()))
            found.append(Reference(Span(start, base + match.end()), match.group(), target, possessive=owns))
    if language == "id":
        taken = [reference.span for reference in found]
        found += [
            thing
            for thing in _find_things(mentions, base, text)
            if not any(span.overlaps(thing.span) for span in taken)
        ]
    return sorted(found, key=lambda item: item.span)


def _owns(words: Tagged, end: int) -> bool:
    """Says whether a "her" that ends there has a noun behind it: "her plan", not "loved her for it" or "drowned her out"."""
    following = next((word for word in words if word.start >= end), None)
    if following is not None and following.low in ("out", "off", "up", "down", "away", "back", "aside", "over"):
        return False
    return following is not None and following.tag in ("NOUN", "ADJ", "NUM", "NAME", "ING", "PART", "ADV")


_OFFICIAL = re.compile(
    r"(?:Kementerian|Ministry|Dinas|Badan|Komisi|Commission|Universit\w+|Institut\w*|Council|Court|Police|Polda|Polres|School|Majelis|Dewan|Partai|Party"
    r"|RS\w*|Rumah|Hospital|Lembaga|Department|Agency|Yayasan|Foundation)\b"
)
_OF_KIND = (
    (re.compile(r"(?i)rumah sakit"), re.compile(r"(?i)^(?:RS[A-Z]*|rumah sakit)\b")),
    (re.compile(r"(?i)dinas"), re.compile(r"(?i)^dinas\b")),
    (re.compile(r"(?i)kementerian|ministry"), re.compile(r"(?i)^kementerian\b|\bministry\b")),
    (re.compile(r"(?i)universit|kampus"), re.compile(r"(?i)^(?:universit|institut|politeknik|sekolah)|\buniversity\b")),
    (re.compile(r"(?i)partai|party"), re.compile(r"(?i)^(?:partai|pdi|pan|pks|pkb|ppp)\b|\bparty\b")),
    (re.compile(r"(?i)\bbank\b"), re.compile(r"(?i)\bbank\b|^b[a-z]{1,3}$")),
)
"""What a noun for an organisation says of its name."""


_FIRM = re.compile(
    r"(?i)perusahaan|maskapai|emiten|perseroan|bumn|company|firm|airline|carrier|retailer|maker|manufacturer|lender|start-?up"
)


def _can_mean(reference: str, name: str) -> bool:
    """Says whether "rumah sakit itu" or "the company" can mean what has this name."""
    for noun, own in _OF_KIND:
        if noun.search(reference):
            return own.search(name) is not None
    return _FIRM.search(reference) is None or _OFFICIAL.search(name) is None


def _joined_before(words: Tagged, start: int) -> bool:
    """Says whether a pronoun opens a clause that a joint parts from the one before."""
    before = [word for word in words if word.start < start][-2:]
    return len(before) == 2 and before[1].low in ("but", "and", "while") and before[0].text == ","


def _somebody_before(words: Tagged, start: int) -> bool:
    """Says whether somebody without a name stands before a pronoun, whom it may mean: "a watchman, who burnt his hands"."""
    before = [word for word in words if word.start < start]
    named = any(word.tag == "NAME" and word.low not in DAYS_AND_MONTHS for word in before)
    return not named and any(word.low == "who" or word.low.endswith("year-old") for word in before)


def _named_before(words: Tagged, start: int) -> bool:
    """Says whether a name that may be the pronoun's stands before it in its own sentence."""
    for number, word in enumerate(words):
        if word.start >= start:
            return False
        before = words[number - 1] if number else None
        if (
            word.tag == "NAME"
            and not (before is not None and (before.low in _PLACE_BEFORE or before.tag == "ADP"))
            and word.low not in DAYS_AND_MONTHS
        ):
            return True
    return False


def _quoted(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[\"“][^\"”]*[\"”]", text)]
