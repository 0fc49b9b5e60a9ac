"""Takes relative clauses, appositions and bracketed facts out of a sentence and gives each as a statement of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bukti.claims.article import Span
from bukti.claims.frame import NOMINAL, Atom, Frame, Part, without_ends
from bukti.claims.grammar import (
    INVERTED,
    MONTH_EN,
    MONTH_ID,
    PLACES,
    REPORTING,
    SAYING,
    WEEKDAY_EN,
    WEEKDAY_ID,
)
from bukti.claims.predicates import (
    Own,
    cut_participles,
    cut_predicates,
    find_predicate,
    goes_on_after,
    is_finite,
    is_subject,
    predicate_at,
    within_list,
)
from bukti.claims.titles import from_role, is_name, is_person, names_role
from bukti.claims.words import Word

__all__ = ["take_insertions"]


def take_insertions(frame: Frame, tokens: Sequence[int]) -> tuple[list[int], list[Atom], list[list[int]]]:
    """Takes relative clauses, appositions and bracketed facts out of a piece of a sentence.

    Args:
        frame: The sentence.
        tokens: The piece.

    Returns:
        What is left, an atom for each insertion about what it follows, and the names of people that were found so.
    """
    kept: list[int] = list(tokens)
    atoms: list[Atom] = []
    people: list[list[int]] = []
    seen: set[int] = set()
    openers = frame.grammar.relative | {"antaranya"}
    # Appositions first: they stand within relative clauses as well.
    for look in (_dashes, _part_of, _among, _apposition, _bracket, _participle, _where, _relative):
        place = 1
        while place < len(kept) - 1:
            word = frame.words[kept[place]]
            found = None
            if word.text not in ",(—–" and word.low not in openers:
                place += 1
                continue
            if kept[place] not in seen and (not frame.inside[kept[place]] or word.text == "("):
                found = look(frame, kept, place)
            if found is None:
                place += 1
                continue
            seen.add(kept[place])
            atoms += found.atoms
            people += found.people
            gone = set(found.gone)
            kept = [at for at in kept if at not in gone]
            place = 1
    return kept, atoms, people


@dataclass(slots=True)
class _Insertion:
    gone: list[int]
    """What leaves the sentence."""
    atoms: list[Atom]
    people: list[list[int]] = field(default_factory=list)


def _relative(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads ", yang ...", ", who ..." and "Durov yang ...": a clause that adds a fact to what is identified already."""
    words, grammar = frame.words, frame.grammar
    comma = words[tokens[place]].text == ","
    if not comma and words[tokens[place]].low not in grammar.relative:
        return None
    start = place + 1 if comma else place
    if frame.low(tokens[start]) not in grammar.relative or start + 2 >= len(tokens):
        return None
    owned = (
        frame.language == "id"
        and frame.low(tokens[start + 1]).endswith("nya")
        and words[tokens[start + 1]].tag == "NOUN"
    )
    if not comma and words[tokens[place - 1]].tag != "NAME" and not owned:
        return None
    if not comma and frame.language == "en" and frame.low(tokens[start]) != "who":
        return None  # without a comma it tells which is meant
    head = _head(frame, tokens, place)
    if frame.low(tokens[start]) == "which" and _of_more_than_its_head(frame, tokens, place - len(head), start + 1):
        return None
    if frame.low(tokens[start]) == "who" and comma:
        of = _last_of(frame, head)
        if of and (
            frame.low(head[of + 1]) in ("a", "an", "his", "her", "their")
            or (is_person(frame, head[of + 1 :]) and not frame.grammar.roles.search(frame.said(head[:of])))
        ):
            head = head[of + 1 :]  # "the work of a former cashier, who ..."
        # "Luiz Carvalho of the Instituto Aurora in Sao Paulo, who led ...": a person leads, not the place.
        first = place - len(head)
        while head and first > 1 and words[tokens[first - 1]].tag == "ADP" and frame.low(tokens[first - 1]) != "of":
            before = _head(frame, tokens, first - 1)
            if not before:
                break
            first -= 1 + len(before)
            head = before
    outside = frame.low(tokens[place - len(head) - 1]) if head and len(head) < place else ""
    if (
        outside == "by"
        and frame.low(tokens[start]) == "which"
        and frame.low(tokens[place - len(head) - 2]) == "for"
        and words[tokens[place - len(head) - 4]].text == ","
    ):
        return None  # "fitted with a tag, paid for by the university, which should last"
    if (
        frame.low(tokens[start]) == "which"
        and outside in _WITHIN
        and words[tokens[place - len(head) - 2]].tag == "NOUN"
    ):
        return None
    if frame.low(tokens[start]) == "who" and comma and outside == "and" and len(head) == 1:
        return None  # "in Sabah and Sarawak, who send money home"
    if frame.low(tokens[start]) == "who" and outside in _WITHIN and not comma:
        return None  # "a shopkeeper in Mandalay who asked not to be named"
    if not comma and not owned and frame.language == "id" and outside in _WITHIN:
        return None  # "surat kabar di Jerman yang menyatakan ...": it may tell of what is there
    if owned and head and not comma and len(head) < place and words[tokens[place - len(head) - 1]].tag == "ADP":
        before = _head(frame, tokens, place - len(head) - 1)  # "pabrik di Karawang yang luasnya"
        head = [*before, tokens[place - len(head) - 1], *head] if before else head
    if (
        head
        and words[head[0]].text[0].isdigit()
        and all(len(words[at].text) < 3 or words[at].tag == "NUM" for at in head[1:])
    ):
        return None  # "closed at 318p, which values the firm at ..."
    if not head or all(_DAY_NAME.match(words[at].text) for at in head):
        return None  # "lebih rendah daripada Senin yang mencapai 1.500 meter"
    if (
        not comma
        and not owned
        and words[head[0]].tag not in ("NAME", "DET", "NUM")
        and words[head[0]].text[0].islower()
    ):
        return None
    if not comma and frame.language == "en" and not (is_name(frame, head) and not words[head[-1]].low.endswith("s")):
        return None  # "Libyans who hated him", "the Ambassador who spoke": it tells which are meant
    if comma and frame.language == "id":
        head = _whole_phrase(frame, tokens, place, head, ("di", "dari"))
        first = place - len(head) - 1
        outer = _head(frame, tokens, first) if first > 0 and frame.low(tokens[first]) in ("bagi", "untuk") else []
        if outer and all(frame.low(at) in grammar.joints for at in tokens[: first - len(outer)]):
            head = [*outer, tokens[first], *head]  # "Tunjangan bagi kader posyandu, yang tidak pernah berubah, ..."
        elif (
            first > 1
            and frame.low(tokens[first]) in ("bagi", "kepada", "terhadap")
            and any(words[at].tag == "NUM" for at in _head(frame, tokens, first))
        ):
            return None  # "tagihan Rp38 miliar kepada BPJS, yang menumpuk": either
    # Only within the subject does the main clause's verb close it.
    within_subject = not comma and _without_predicate(frame, tokens, place)
    end = _end_of_insertion(frame, tokens, start + 1, closed_by_verb=within_subject)
    if owned and not comma and not predicate_at(frame, tokens, start + 2):
        end = next(
            (
                n
                for n in range(start + 2, len(tokens))
                if predicate_at(frame, tokens, n) or words[tokens[n]].text == ","
            ),
            len(tokens),
        )
    body = tokens[start + 1 : end]
    gone = tokens[place:end]
    if comma and end < len(tokens) and words[tokens[end]].text == ",":
        gone = tokens[place : end + 1]
        # A comma that parts the main clause from what follows stays, and that of "One of them, Ann Lee, who ..., left".
        shut = len(head) < place and words[tokens[place - len(head) - 1]].text == ","
        if end + 1 < len(tokens) and (shut or not predicate_at(frame, tokens, end + 1)):
            gone = tokens[place:end]
    if not comma and body and words[body[0]].tag == "ADJ" and not predicate_at(frame, body, 0):
        return None  # "Indonesia yang aman", "gempa yang kedua": what kind, or which
    if frame.low(tokens[start]) == "whose":
        of = _last_of(frame, head)
        head = head[of + 1 :] if of else head  # "the future of the bank, whose customers ..."
        atoms: list[Atom] = [(*head, "'s", *body)] if find_predicate(frame, body) else []
    else:
        atoms = _about(frame, head, body)
    # What the sentence says without it, as far as the clause reaches.
    stops = [n for n, at in enumerate(tokens) if words[at].text == ";"]
    first, last = (
        max((n for n in stops if n < place), default=-1),
        min((n for n in stops if n > place), default=len(tokens)),
    )
    left = [at for at in tokens[first + 1 : last] if at not in gone]
    reported = any(frame.low(at) in REPORTING for at in left)
    if not comma and frame.language == "id" and not reported and find_predicate(frame, left) is None:
        return None  # "hanya seorang pengurus yang mengumpat": the clause is what the sentence says
    person = frame.low(tokens[start]) == "who" and is_name(frame, head)
    return _Insertion(gone, atoms, [head] if person else []) if atoms else None


def _last_of(frame: Frame, head: Sequence[int]) -> int:
    """Gives where the last "of" within a noun phrase stands; 0 where there is none."""
    return next((n for n in range(len(head) - 2, 0, -1) if frame.low(head[n]) == "of"), 0)


def _whole_phrase(
    frame: Frame, tokens: Sequence[int], place: int, head: list[int], joints: tuple[str, ...]
) -> list[int]:
    """Gives "gedung bioskop Flobamora di Kupang" for the place that ends it: what follows tells of the thing, not of where it is."""
    at = place - len(head) - 1
    if at > 0 and head and frame.low(tokens[at]) in joints and frame.words[head[0]].tag == "NAME":
        outer = _head(frame, tokens, at)
        if outer:
            return [*outer, tokens[at], *head]
    return head


_WITHIN = frozenset("di dari ke dan serta antara in at near".split())
"""Words that put what follows them within something else, which a clause may tell of as well."""


def _without_predicate(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether no predicate stands before `place` in its own clause."""
    opening = frame.grammar.times | SAYING[frame.language] | {"bahwa", "that", "namun", "tetapi", "but"}
    start = next((n + 1 for n in range(place - 1, -1, -1) if frame.low(tokens[n]) in opening), 0)
    return find_predicate(frame, tokens[start:place]) is None


def _where(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads "in Bonn, where the firm has a plant" and "di Bacan, tempat 31 rumah roboh": what happened there."""
    words = frame.words
    if words[tokens[place]].text != ",":
        return None
    low = [frame.low(at) for at in tokens[place + 1 : place + 3]]
    opening = 1 if low[:1] in (["where"], ["tempat"]) else 2 if low == ["di", "mana"] else 0
    head = _head(frame, tokens, place)
    before = place - len(head) - 1
    outer = _head(frame, tokens, before) if frame.language == "en" and head and before > 1 else []
    if outer and frame.low(tokens[before - len(outer) - 1]) in _PLACING:
        # The place with what it stands in: "at the fairgrounds in Missoula".
        head = [*outer, tokens[before], *head]
        before -= len(outer) + 1
    if not opening or not head or before < 1 or frame.low(tokens[before]) not in _PLACING:
        return None
    end = _end_of_insertion(frame, tokens, place + 1 + opening, closed_by_verb=False)
    body = without_ends(frame, tokens[place + 1 + opening : end])
    predicate = find_predicate(frame, body)
    if not predicate or not is_subject(frame, body[:predicate]) or any(words[at].text == "," for at in body):
        return None
    if frame.low(body[0]) in frame.grammar.relative:
        return None
    goes_on = end + 1 < len(tokens) and predicate_at(frame, tokens, end + 1)
    closing = [tokens[end]] if goes_on and frame.low(tokens[end + 1]) not in REPORTING | INVERTED["en"] else []
    subject = body[:predicate]
    atoms: list[Atom] = [
        (*piece.tokens, tokens[before], *head) if isinstance(piece, Own) else (*subject, *piece, tokens[before], *head)
        for piece in cut_predicates(frame, body, predicate)
    ]
    return _Insertion([*tokens[place:end], *closing], atoms)


_PLACING = frozenset("in at near outside inside di".split())


def _of_more_than_its_head(frame: Frame, tokens: Sequence[int], head: int, body: int) -> bool:
    """Says whether ", which ..." may tell of more than the noun before it: the clause, or what stands in "Palembang, Indonesia"."""
    verb = body + 1 if frame.low(tokens[body]) in ("has", "have", "had", "also", "then") else body
    if frame.low(tokens[verb]) in _WHOLE_CLAUSE:
        return True
    return head > 2 and frame.words[tokens[head - 1]].text == "," and frame.words[tokens[head - 2]].tag == "NAME"


def _about(frame: Frame, head: Sequence[int], body: Sequence[int]) -> list[Atom]:
    """Gives what a relative clause says of its head."""
    words = frame.words
    if len(body) < 2:
        return []
    first = words[body[0]]
    if frame.language == "id" and first.low.endswith("nya") and first.tag in ("NOUN", "ADJ") and len(first.text) > 6:
        # "Sungai X, yang hulunya berada di Y": the source of X lies in Y.
        rest = list(body[1:])
        glue: tuple[Part, ...] = () if predicate_at(frame, rest, 0) else ("adalah",)
        return [(Span(first.start, first.end - 3), *head, *glue, *rest)]
    fares = first.tag == "ADJ" and first.low != "lebih" and words[body[1]].tag == "ADP"
    if frame.language == "id" and fares and not predicate_at(frame, body, 0):
        return [(*head, *body)]  # "Sopir, yang selamat dengan luka ringan, ..."
    predicate = next((n for n in range(min(5, len(body))) if is_finite(frame, body[n])), None)
    if predicate is None:
        return []
    if any(words[at].tag in ("PRON", "NOUN", "NAME") for at in body[:predicate]):
        return []  # its own subject: "which the court rejected"
    return [
        tuple(piece.tokens) if isinstance(piece, Own) else (*head, *piece)
        for piece in cut_predicates(frame, [*head, *body], len(head))
    ]


def _dashes(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Takes out what stands between two dashes, where the clause goes on behind it."""
    if frame.words[tokens[place]].text not in ("—", "–") or frame.inside[tokens[place]]:
        return None
    end = next((n for n in range(place + 1, len(tokens)) if frame.words[tokens[n]].text in ("—", "–")), None)
    if end is None or end + 1 >= len(tokens) or not predicate_at(frame, tokens, end + 1):
        return None
    return _Insertion(tokens[place : end + 1], [])


def _participle(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Takes ", urging leniency," out: what the subject did beside."""
    if frame.language != "en" or frame.words[tokens[place]].text != "," or frame.words[tokens[place + 1]].tag != "ING":
        return None
    end = next((n for n in range(place + 1, len(tokens)) if frame.words[tokens[n]].text == ","), None)
    if end is None or end - place > 10 or end + 1 >= len(tokens) or not predicate_at(frame, tokens, end + 1):
        return None
    if find_predicate(frame, tokens[:place]) is not None:
        return None
    return _Insertion(tokens[place : end + 1], [])


def _part_of(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads ", one of whom is now in prison" and ", many of them retired": a fact about some of what stands before."""
    words = frame.words
    if frame.language != "en" or words[tokens[place]].text != ",":
        return None
    whom = next(
        (
            n
            for n in range(place + 2, min(place + 7, len(tokens) - 1))
            if frame.low(tokens[n]) in ("whom", "which", "them")
        ),
        None,
    )
    if whom is None or frame.low(tokens[whom - 1]) != "of" or whom - 1 == place + 1:
        return None
    share = tokens[place + 1 : whom]
    bare = frame.low(tokens[whom]) == "them"
    head = _counted(frame, tokens, place) or _several(frame, tokens, place)
    end = whom + 1
    while end < len(tokens) and not (
        words[tokens[end]].text == "," and end + 1 < len(tokens) and predicate_at(frame, tokens, end + 1)
    ):
        end += 1
    body = without_ends(frame, tokens[whom + 1 : end])
    if not head or not body or not _tells_how_many(frame, share) or bare == (find_predicate(frame, body) is not None):
        return None
    glue: tuple[Part, ...] = ()
    if bare:
        if words[body[0]].tag not in ("DET", "NOUN", "NAME", "ADJ", "PART", "NUM") and frame.low(body[0]) != "without":
            return None  # "four of them seriously": it tells how
        past = any(words[at].tag == "PAST" for at in tokens)
        one = frame.low(share[0]) in ("one", "each")
        glue = (("was" if past else "is") if one else ("were" if past else "are"),)
    if frame.low(share[0]) == "both" and frame.low(tokens[max(place - len(head) - 1, 0)]) in ("or", "and"):
        return None  # "heart disease or diabetes, both of which ..."
    subject = head if frame.low(share[0]) in ("both", "all") else [*share, *head]
    closing = (
        [tokens[end]] if end < len(tokens) and frame.low(tokens[end + 1]) not in REPORTING | INVERTED["en"] else []
    )
    return _Insertion([*tokens[place:end], *closing], [(*subject, *glue, *body)])


def _tells_how_many(frame: Frame, share: Sequence[int]) -> bool:
    """Says whether "one of", "nearly half of", "most of" stands before "whom"."""
    low = {frame.low(at) for at in share[:-1]}
    return not any(frame.words[at].tag == "ADP" for at in share[:-1]) and (
        any(frame.words[at].tag == "NUM" for at in share)
        or bool(
            low
            & {
                "most",
                "many",
                "some",
                "half",
                "all",
                "both",
                "each",
                "none",
                "several",
                "few",
                "majority",
                "two-thirds",
            }
        )
    )


def _several(frame: Frame, tokens: Sequence[int], place: int) -> list[int]:
    """Gives the noun phrase right before `place` if it is plural and no part of a list or of another phrase."""
    head = _head(frame, tokens, place)
    before = frame.low(tokens[place - len(head) - 1]) if len(head) < place else ""
    plural = head and frame.words[head[-1]].tag == "NOUN" and frame.low(head[-1]).endswith("s")
    return head if plural and before not in ("and", "of", ",") and "of" not in map(frame.low, head) else []


def _among(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads ", tiga di antaranya meninggal": a fact about some of the things counted before."""
    if frame.language != "id" or frame.low(tokens[place]) != "antaranya" or frame.low(tokens[place - 1]) != "di":
        return None
    comma = next((n for n in range(place - 2, max(place - 6, 0), -1) if frame.words[tokens[n]].text == ","), None)
    if comma is None or comma == place - 2:
        return None
    share = tokens[comma + 1 : place]
    if frame.low(share[0]) == "dengan":
        share = share[1:]
    head = _counted(frame, tokens, comma)
    end = next((n for n in range(place + 1, len(tokens)) if frame.words[tokens[n]].text in ",;"), len(tokens))
    body = without_ends(frame, tokens[place + 1 : end])
    if not head or not body or frame.words[share[0]].tag not in ("NUM", "DET", "NOUN", "ADJ"):
        return None
    thing = frame.words[body[0]].tag in ("NAME", "NUM", "NOUN", "DET") and frame.low(body[0]) not in (
        "patah",
        "luka",
        "kritis",
    )
    glue: tuple[Part, ...] = ("adalah",) if thing else ()
    among = Span(frame.words[tokens[place]].start, frame.words[tokens[place]].end - len("nya"))
    gone = tokens[comma:end]
    return _Insertion(gone, [(*share, among, *head, *(() if find_predicate(frame, body) == 0 else glue), *body)])


_UNITS = frozenset(
    """tahun bulan pekan minggu hari jam menit detik persen kilometer meter ton hektare kali year years month months week weeks day days
    hour hours minute minutes percent times""".split()
)
"""What is counted but has no parts."""


def _counted(frame: Frame, tokens: Sequence[int], place: int) -> list[int]:
    """Gives the last noun phrase before `place` that counts things: "312 orang", "eight schoolchildren"."""
    for last in range(place - 1, max(place - 24, -1), -1):
        if frame.words[tokens[last]].tag != "NUM" or frame.inside[tokens[last]]:
            continue
        start, end = last, last + 1
        while end < place and frame.words[tokens[end]].tag in ("NUM", "NOUN", "ADJ"):
            end += 1
        while start and frame.words[tokens[start - 1]].tag == "NUM":
            start -= 1
        nouns = [at for at in tokens[start:end] if frame.words[at].tag == "NOUN"]
        if nouns and frame.low(nouns[0]) not in _UNITS:
            return list(tokens[start:end])
    return []


def _bracket(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads "(founded in 1999)" as a fact about the name before it."""
    if frame.words[tokens[place]].text != "(":
        return None
    end = place + 1
    while end < len(tokens) and frame.words[tokens[end]].text != ")":
        end += 1
    body = tokens[place + 1 : end]
    head = _head(frame, tokens, place)
    if end >= len(tokens) or len(body) < 3 or not head or frame.words[tokens[place - 1]].tag != "NAME":
        return None
    first = frame.words[body[0]]
    if frame.language == "en" and first.tag in ("PART", "PAST"):
        return _Insertion(tokens[place : end + 1], [(*head, "was", *body)])
    if frame.language == "id" and first.tag == "VERB":
        return _Insertion(tokens[place : end + 1], [(*head, *body)])
    return None


def _head(frame: Frame, tokens: Sequence[int], place: int) -> list[int]:
    """Gives the noun phrase that ends right before `place`."""
    start = place
    while start > 0:
        at = tokens[start - 1]
        word = frame.words[at]
        of = word.low == "of" and start < place
        number = word.text in ("(", ")") or (frame.inside[at] and word.tag in ("NUM", "NAME"))
        if (
            not (word.tag in NOMINAL or of or number)
            or (frame.inside[at] and not number)
            or (is_finite(frame, at) and word.tag != "NOUN")
        ):
            break
        if word.text in ",;:" or word.low in REPORTING:
            break
        start -= 1
    head = list(tokens[start:place])
    while head and (
        frame.words[head[0]].low in ("of", "'s", "’s")
        or frame.words[head[0]].tag == "GEN"
        or frame.words[head[0]].text in "()"
    ):
        head = head[1:]
    return head if any(frame.words[at].tag in ("NAME", "NOUN", "X") for at in head) else []


def _end_of_insertion(frame: Frame, tokens: Sequence[int], start: int, *, closed_by_verb: bool) -> int:
    """Gives where a relative clause ends: at the comma behind which the main clause goes on, at its verb, or at the end."""
    verbs = 0
    place = start
    while place < len(tokens):
        at = tokens[place]
        word = frame.words[at]
        if frame.inside[at]:
            place += 1
            continue
        if word.text == ";":
            return place
        if word.text == ",":
            after = place + 1
            if after >= len(tokens) or predicate_at(frame, tokens, after):
                return place
            if frame.low(tokens[after]) in frame.grammar.joints:
                rest = tokens[after + 1 :]
                following = find_predicate(frame, rest)
                # "a watchman, who burnt his hands, and a porter who fell": another of those listed
                another = (
                    rest
                    and frame.low(rest[0]) in ("a", "an")
                    and any(frame.low(later) in frame.grammar.relative for later in rest[1:6])
                )
                if verbs and (following is not None or another):
                    return place
            elif not within_list(frame, tokens, place) and not goes_on_after(frame, tokens, place, opens=False):
                return place
        if is_finite(frame, at) and (place == start or not is_finite(frame, tokens[place - 1])):
            begins = place
            while begins > start and (
                frame.words[tokens[begins - 1]].tag in ("ADV", "NEG")
                or frame.low(tokens[begins - 1]) in frame.grammar.helpers
            ):
                begins -= 1
            before = frame.words[tokens[begins - 1]] if begins > start else None
            tied = before is not None and (
                before.low in frame.grammar.openers | frame.grammar.joints | {"untuk"}
                or is_finite(frame, tokens[begins - 1])
                or before.tag == "WH"
            )
            if closed_by_verb and verbs and not tied:
                return begins
            verbs += 1
        place += 1
    return len(tokens)


def _apposition(frame: Frame, tokens: list[int], place: int) -> _Insertion | None:
    """Reads "Rina Sari, ketua panitia, ...", "its founder, Ann Lee, ..." and "Ann Lee, 52, ..."."""
    words, grammar = frame.words, frame.grammar
    if words[tokens[place]].text != ",":
        return None
    end = place + 1
    while end < len(tokens) and (words[tokens[end]].text not in ",;" or frame.inside[tokens[end]]):
        end += 1
    inner = tokens[place + 1 : end]
    closed = end >= len(tokens) or words[tokens[end]].text == ","
    if (
        not closed
        or not 1 <= len(inner) <= 24
        or frame.low(inner[0]) in grammar.joints | {"or", "atau", "not", "bukan"}
    ):
        return None
    if (
        end + 2 < len(tokens)
        and frame.low(tokens[end + 1]) in ("dan", "and", "serta", "or", "atau")
        and not predicate_at(frame, tokens, end + 2)
    ):
        limit = next((n for n in range(end + 2, len(tokens)) if words[tokens[n]].text == ";"), len(tokens))
        following = find_predicate(frame, tokens[end + 2 : limit])
        if following is None or following > 6:
            return None  # a list
    if _DAY_NAME.match(words[inner[0]].text) and (len(inner) < 4 or frame.inside[inner[1]]):
        return None  # "Kamis (17/6)"
    if any(frame.low(at) in SAYING[frame.language] or frame.low(at) in REPORTING for at in inner[:3]):
        return None
    if any(words[at].text in ':"“' for at in inner if not frame.inside[at]):
        return None
    head = _head(frame, tokens, place)
    if not head or all(_DAY_NAME.match(words[at].text) or words[at].tag == "NUM" for at in head):
        return None  # "on Wednesday, a move that ...": it tells of no day
    if end >= len(tokens) and place == len(head) + 1 and words[tokens[0]].tag == "ADP":
        return None  # "Di RSUD Tanjung Merah, bangsal anak yang ...": where it is, then the subject
    # The comma behind stays where it parts more than the insertion from the rest.
    goes_on = (
        end + 1 >= len(tokens) or predicate_at(frame, tokens, end + 1) or words[tokens[end + 1]].tag in ("ADP", "WH")
    )
    closing = (
        [tokens[end]]
        if end < len(tokens) and goes_on and frame.low(tokens[min(end + 1, len(tokens) - 1)]) not in grammar.relative
        else []
    )
    named = is_name(frame, head)
    if named and frame.language == "id":
        head = _whole_phrase(frame, tokens, place, head, ("di",))
    definite = (
        frame.language == "en"
        and words[head[0]].tag in ("DET", "POSS")
        and words[head[0]].low not in ("a", "an", "some", "any", "no")
    )
    if (
        frame.language == "en"
        and words[inner[0]].tag in ("PART", "PAST")
        and words[inner[0]].low not in grammar.verbs | {"compared", "given", "followed", "led"}
        # "reinstated its founder", "retired music teacher": no participle
        and (
            words[inner[0]].low in _NAMING
            or words[inner[min(1, len(inner) - 1)]].tag not in ("NOUN", "NAME", "PRON", "POSS")
        )
        and (named or definite)
        and not _DAY_NAME.match(words[head[-1]].text)
        and find_predicate(frame, tokens[:place]) is None
    ):
        # "The trial, conducted in Brazil, Thailand and Sri Lanka, involved ...": to the comma behind which the main clause goes on.
        stop = next(
            (
                n
                for n in range(place + 2, len(tokens))
                if words[tokens[n]].text == ","
                and n + 1 < len(tokens)
                and (predicate_at(frame, tokens, n + 1) or (words[tokens[n + 1]].tag == "PART" and n > place + 3))
            ),
            None,
        )
        if stop is not None and stop - place < 26 and not any(is_finite(frame, at) for at in tokens[place + 2 : stop]):
            pieces = cut_participles(frame, tokens[place + 1 : stop])
            return _Insertion(
                tokens[place : stop + 1],
                [(*head, _be(words[head[-1]], words[piece[0]].low), *piece) for piece in pieces if piece],
            )
    names = sum(words[at].tag == "NAME" for at in inner)
    told_more = end + 1 < len(tokens) and frame.low(tokens[end + 1]) in grammar.relative
    name = is_name(frame, inner) and (
        names >= 2
        or (
            names == 1
            and (bool(closing) or told_more)
            and not named
            and words[head[0]].text.islower() | (head[0] == tokens[0])
        )
    )
    role = names_role(frame, head)
    if (
        frame.language == "en"
        and frame.low(head[0]) in ("a", "an")
        and frame.low(inner[0]) == "the"
        and is_name(frame, inner[1:])
        and predicate_at(frame, tokens, end + 1)
        and (place == len(head) or words[tokens[place - len(head) - 1]].tag != "ADP")
    ):
        return _Insertion(
            [*head, tokens[place], *closing], [(*inner, "is", *head)]
        )  # "a tug, the Corrie Belle, was sent"
    of = _last_of(frame, head)
    if name and role and of and not frame.grammar.roles.search(frame.said(head[:of])):
        # "the objections of its own chairman, Victor Daems", but "one of her councillors, Wout Hermans"
        head = head[of - 1 :] if frame.low(head[of - 1]) == "one" else head[of + 1 :]
    if role and frame.language == "id" and any(frame.low(at) in PLACES for at in [*head[1:], inner[0]]):
        says = any(frame.low(at) in SAYING["id"] for at in tokens[end + 1 : end + 3])
        if frame.low(inner[0]) in PLACES or not (says or is_person(frame, inner)):
            return None  # "warga Desa Gondosari, Kudus": where the place lies
    first_of = place - len(head)
    if name and not role and first_of > 1 and frame.low(tokens[first_of - 1]) in ("untuk", "di", "bidang", "of", "for"):
        # "Duta Besar RI untuk Filipina, Agustinus Halim, ..."
        longer = _head(frame, tokens, first_of - 1)
        if longer and names_role(frame, longer):
            head = [*longer, tokens[first_of - 1], *head]
            role = True
    if (
        name
        and (
            role
            or (
                not named
                and words[head[-1]].tag in ("NOUN", "ADJ")
                and (predicate_at(frame, tokens, end + 1) or (told_more and place == len(head)))
            )
        )
        and not (named and frame.language == "en")
    ):
        before = words[tokens[place - len(head) - 1]] if place > len(head) else None
        reported = before is not None and before.low in REPORTING | {"oleh"}
        saying = any(frame.low(at) in SAYING[frame.language] for at in tokens[end + 1 : end + 3])
        if before is not None and before.tag == "ADP" and not (role or reported):
            return None
        # "The agency's spokesman" keeps its article.
        owned = any(words[at].tag == "GEN" for at in head)
        title = from_role(frame, head[1:] if words[head[0]].low == "the" and not owned else head)
        bare = [at for at in inner if not frame.inside[at]]
        gone = [] if reported or saying else [*head, tokens[place], *closing]
        return _Insertion(
            gone,
            [(*inner, grammar.copula, *title)],
            [bare]
            if (role or frame.language == "id") and not any(frame.low(at) in ("dan", "and") for at in bare)
            else [],
        )
    if (
        frame.language == "en"
        and named
        and closing
        and frame.low(inner[0]) == "of"
        and len(inner) > 1
        and words[inner[-1]].tag in ("NAME", "NOUN")
    ):
        return _Insertion([*tokens[place:end], *closing], [(*head, "is", *inner)], [head])
    whole = definite and closing and words[inner[0]].low in ("a", "an")
    if not (named or whole) or place == 0:
        return None
    first = words[inner[0]]
    if (
        frame.language == "en"
        and len(inner) == 1
        and first.tag == "NUM"
        and first.text.isdigit()
        and len(first.text) < 4
    ):
        return _Insertion([*tokens[place:end], *closing], [(*head, grammar.copula, *inner)], [head])
    cut = next(
        (
            n
            for n, at in enumerate(inner)
            if n
            and frame.low(at) in grammar.relative | {"that", "where"}
            and words[at].tag in ("WH", "PRON", "ADP", "DET", "SUB")
        ),
        len(inner),
    )
    core, more = inner[:cut], inner[cut + 1 :]
    if any(
        is_finite(frame, at) and words[at].tag != "NOUN" and not _told_of(frame, core, n)
        for n, at in enumerate(core)
        if n
    ) or (is_finite(frame, core[0]) and first.tag != "PART"):
        return None
    text = frame.said(core)
    if frame.language == "en":
        # "She returned to Lyon, accompanied by ...": what follows an object may tell of the subject, but for words that name and place.
        participle = (
            first.tag == "PART"
            and len(inner) >= 3
            and (first.low in _DESCRIBING or find_predicate(frame, tokens[:place]) is None)
        )
        good = (
            (first.low in ("a", "an", "the") and len(core) > 1)
            or (
                grammar.roles.search(text) is not None
                and first.tag in ("NOUN", "ADJ", "POSS", "NAME", "ADV")
                and len(core) > 1
            )
            or (len(core) > 2 and words[core[1]].tag == "GEN")
        )
        glue = "was" if participle else grammar.copula
        good = good or participle
    else:
        # "dikerjakan PT Sinar Logam, kontraktor yang ...": behind the predicate, where no subject can begin.
        described = (
            cut < len(inner)
            and (end >= len(tokens) or predicate_at(frame, tokens, end + 1))
            and find_predicate(frame, tokens[:place]) is not None
            and not _DAY_NAME.match(words[head[-1]].text)
            and frame.low(tokens[max(first_of - 1, 0)]) not in REPORTING
        )
        good = first.tag != "ADP" and (
            names_role(frame, core)
            or (
                first.tag == "NOUN"
                and first.text[0].islower()
                and (len(core) >= 2 or described)
                and not first.low.endswith("nya")  # "menurut Dinas Perdagangan, penyebabnya serangan patek"
            )
            or first.low in ("sebuah", "seorang", "salah")
        )
        glue = grammar.copula
    if not good:
        return None
    person = [head] if grammar.roles.search(text) else []
    # "PT Sinar, perusahaan yang berkantor di Tegal": that it is one goes without saying
    plain = bool(more) and [frame.low(at) for at in core] == ["perusahaan"]
    facts: list[Atom] = [] if plain else [(*head, glue, *core)]
    if more and frame.low(inner[cut]) != "where":
        facts += _about(frame, head, more)
    return _Insertion([*tokens[place:end], *closing], facts, person)


def _be(head: Word, participle: str) -> str:
    """Gives the copula between a noun and a participle: "the boys were aged", "the firm is based"."""
    several = head.tag == "NOUN" and re.search(r"(?<![siu])s$", head.low) is not None
    if participle in _STILL:
        return "are" if several else "is"
    return "were" if several else "was"


_NAMING = frozenset("named called dubbed nicknamed titled renamed".split())
"""Participles that a name follows."""

_STILL = frozenset("expected scheduled due set based known owned located".split())
"""Participles that tell what still is."""


def _told_of(frame: Frame, core: Sequence[int], number: int) -> bool:
    """Says whether what looks like a past tense describes the noun before it: "a forward signed from Durban", "hired in 2021"."""
    following = core[number + 1] if number + 1 < len(core) else None
    return (
        frame.words[core[number]].tag == "PAST"
        and frame.low(core[number]) not in frame.grammar.verbs
        and frame.low(core[0]) in ("a", "an")
        and frame.words[core[number - 1]].tag in ("NOUN", "NAME")
        and following is not None
        and frame.words[following].tag == "ADP"
    )


_DESCRIBING = frozenset(
    "founded based located situated built established known born named called dubbed nicknamed headquartered owned directed written".split()
)
"""Participles that tell what a thing is or where, wherever in the sentence it stands."""


_WHOLE_CLAUSE = frozenset(
    "means meant allows allowed leads led causes caused results resulted explains explained suggests suggested".split()
)
"""Verbs behind "which" that tell of the whole clause before it as often as of its last noun."""


_DAY_NAME = re.compile(rf"{WEEKDAY_EN}|{MONTH_EN}|(?:{WEEKDAY_ID}|{MONTH_ID})\b")
