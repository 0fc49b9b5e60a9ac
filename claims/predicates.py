"""Finds predicates: where one begins, and where others are joined to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bukti.claims.frame import NOMINAL, Frame, trimmed
from bukti.claims.grammar import NEEDS_THAT, SAYING, TIME_UNITS
from bukti.claims.words import Word

__all__ = [
    "ATTRIBUTE",
    "Own",
    "cut_participles",
    "cut_predicates",
    "ends_list",
    "find_predicate",
    "goes_on_after",
    "is_finite",
    "is_subject",
    "opens_clause",
    "predicate_at",
    "reports_speech",
    "verb_at",
    "within_list",
]


def is_finite(frame: Frame, at: int) -> bool:
    """Says whether a token is a verb that makes a predicate."""
    word = frame.words[at]
    if frame.inside[at] or (word.low == "lahir" and at and frame.words[at - 1].low in ("tanggal", "tempat", "akta")):
        return False
    month = frame.language == "en" and word.tag == "NAME"  # "in May and June"
    return word.tag in frame.grammar.finite or (word.low in frame.grammar.verbs and not month)


_STATES = frozenset(
    "selamat aman rusak kosong penuh hilang tewas luka-luka sehat sakit kritis normal stabil lancar aus gelap macet lembap murah mahal buruk gagal kelaparan padam sepi ramai tinggi rendah".split()
)
"""Adjectives that say how something fares."""


_DEGREES = frozenset(
    "malah kini justru juga mulai terlalu sangat cukup paling semakin makin masih sudah telah tidak belum kian lebih amat akan tetap kurang".split()
)
"""Words before an Indonesian adjective that make it a predicate."""


_SHARES = {
    "en": frozenset({"most", "many", "some", "several", "others", "few", "both"}),
    "id": frozenset({"ini"}),
}
"""Words that open no predicate but end what stands before it: "and most had gone home", "musim ini mencapai"."""


def predicate_at(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a predicate begins at this place of `tokens`: helpers, then a verb."""
    for number, at in enumerate(tokens[place : place + 5]):
        if is_finite(frame, at):
            return True
        word = frame.words[at]
        if not number and word.low in _SHARES[frame.language]:
            return False
        if (
            frame.language == "id"
            and number
            and word.tag in ("ADJ", "NUM")
            and frame.low(tokens[place + number - 1]) in _DEGREES
        ):
            return True  # "terlalu agresif", "sudah penuh": an adjective is a predicate by itself
        if word.low not in frame.grammar.helpers and word.low not in _DEGREES and word.tag not in ("ADV", "NEG"):
            return False
    return False


def find_predicate(frame: Frame, tokens: Sequence[int], start: int = 0) -> int | None:
    """Gives where the main predicate begins, past relative clauses that stand within the subject."""
    found = _search_predicate(frame, tokens, start)
    if found is None and frame.language == "id" and len(tokens) - start > 1:
        # "Seluruh penumpang selamat": an adjective at the end is a predicate by itself.
        last = len(tokens) - 1
        while last > start and frame.words[tokens[last]].text in ".,":
            last -= 1
        own = frame.words[tokens[last]].tag == "ADJ" and frame.low(tokens[last - 1]).endswith("nya")
        if (frame.words[tokens[last]].low in _STATES or own) and frame.words[tokens[last - 1]].tag in (
            "NOUN",
            "NAME",
            "ADJ",
            "DET",
        ):
            return last
    if found is None and frame.language == "en":
        # "headed" may be past or participle: behind a noun, with no other verb about, it is the past.
        for place in range(start + 1, len(tokens)):
            before = frame.words[tokens[place - 1]]
            if (
                frame.words[tokens[place]].tag == "PART"
                and before.tag in ("NOUN", "NAME", "PRON")
                and not frame.inside[tokens[place]]
            ):
                return place
    return found


def _search_predicate(frame: Frame, tokens: Sequence[int], start: int) -> int | None:
    place = start
    skip = False
    while place < len(tokens):
        at = tokens[place]
        low = frame.low(at)
        if frame.inside[at]:
            place += 1
            continue
        if (
            low in frame.grammar.relative or (low == "that" and frame.words[at].tag in ("WH", "ADP") and place > start)
        ) and place > start:
            skip = True
            place += 1
            continue
        opens = low in frame.grammar.openers and not is_adverbial(frame, tokens, place)
        if opens and place > start and low not in frame.grammar.relative and not skip:
            follows = place + 1 < len(tokens) and predicate_at(frame, tokens, place + 1)
            if follows:  # "untuk membeli", "dengan membawa": a verb of its own
                place += 2
                while place < len(tokens) and is_finite(frame, tokens[place]):
                    place += 1
                continue
        if ATTRIBUTE.match(low) and frame.language == "id" and place > start and _later_predicate(frame, tokens, place):
            place += 1
            continue
        if predicate_at(frame, tokens, place):
            end = place
            while end < len(tokens) and (
                is_finite(frame, tokens[end])
                or frame.low(tokens[end]) in frame.grammar.helpers
                or frame.words[tokens[end]].tag in ("ADV", "NEG")
            ):
                end += 1
            if not skip:
                closed = _closes_later(frame, tokens, end)
                return closed if closed is not None else place
            skip = False
            place = max(end, place + 1)
            continue
        place += 1
    return None


ATTRIBUTE = re.compile(
    r"ber(?:kapasitas|nilai|jumlah|ukuran|skala|tenaga|penduduk|kekuatan|usia|umur|nama|judul|tajuk|nomor|inisial|basis|kecepatan|muatan|lisensi|warna|merek"
    r"|diameter|bobot|gelar|status|kode|label|sertifikat|subsidi|motor|senjata|dosis)$|asal$|terdampak$|bertuliskan$"
)
"""Verbs that stand behind a noun and only tell which is meant, where another verb follows."""


def _later_predicate(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a predicate follows before a word that opens something of its own."""
    for later in range(place + 1, len(tokens)):
        low = frame.low(tokens[later])
        if low in frame.grammar.openers:
            return False
        if is_finite(frame, tokens[later]) and not ATTRIBUTE.match(low):
            return True
    return False


def _closes_later(frame: Frame, tokens: Sequence[int], end: int) -> int | None:
    """Gives the predicate behind "itu" or "tersebut" where the verb before only told which noun is meant."""
    for place in range(end, min(end + 8, len(tokens) - 1)):
        at = tokens[place]
        if (
            frame.words[at].text in ",;"
            or frame.low(at) in frame.grammar.joints
            or frame.low(at) in frame.grammar.openers
        ):
            return None
        if frame.low(at) in frame.grammar.determiners and predicate_at(frame, tokens, place + 1):
            return place + 1
    return None


@dataclass(slots=True)
class Own:
    """A coordinated clause that has a subject of its own."""

    tokens: list[int]


def cut_participles(frame: Frame, tokens: Sequence[int]) -> list[list[int]]:
    """Cuts "built in 1931 and expanded in 1974" into its participles."""
    pieces: list[list[int]] = [[]]
    for place, at in enumerate(tokens):
        follows = tokens[place + 1] if place + 1 < len(tokens) else None
        if (
            frame.low(at) == "and"
            and follows is not None
            and frame.words[follows].tag in ("PART", "PAST")
            and len(pieces[-1]) > 1
        ):
            pieces.append([])
            continue
        pieces[-1].append(at)
    return [trimmed(frame, piece) for piece in pieces]


def reports_speech(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether the predicate here reports what its subject said."""
    for number, at in enumerate(tokens[place : place + 4]):
        if frame.low(at) in SAYING[frame.language]:
            return frame.low(at) not in NEEDS_THAT or any(
                frame.low(later) in ("that", "bahwa") for later in tokens[place + number + 1 : place + number + 8]
            )
    return False


def cut_predicates(frame: Frame, tokens: list[int], place: int) -> list[list[int] | Own]:
    """Cuts the predicate where another one is joined to it."""
    joints = frame.grammar.joints
    cuts: list[tuple[int, int, bool]] = []
    opened = timed = False
    start = place
    head = verb_at(frame, tokens, place)
    reports = reports_speech(frame, tokens, place)
    # Helpers of the first verb that hold for the forms joined to it: "would ban X and require Y", "was arrested and charged".
    # Not where it is denied: "can't ask X and leave Y" denies both at once.
    denied = any(frame.words[t].low in ("n't", "n’t", "not", "never") for t in tokens[place : place + 3])
    modal = [tokens[place]] if frame.words[tokens[place]].tag == "MODAL" and not denied else []
    passive = [] if denied else _passive(frame, tokens, place)
    at_place = place + 1
    while at_place < len(tokens):
        at = tokens[at_place]
        if frame.inside[at]:
            at_place += 1
            continue
        if not opened and opens_clause(frame, tokens, at_place):
            opened, timed = True, frame.low(at) in frame.grammar.times
        comma = frame.words[at].text == ","
        joint = _joins(frame, tokens, at_place)
        if not (joint or comma) or (
            frame.low(at) in ("or", "atau") and not _same_in_other_words(frame, tokens, at_place, head)
        ):
            at_place += 1  # of "X or Y" neither is said to be so
            continue
        after = at_place + 1
        other = False
        while after < len(tokens) and (frame.words[tokens[after]].text == "," or frame.low(tokens[after]) in joints):
            joint = joint or frame.low(tokens[after]) in joints
            other = frame.low(tokens[after]) in ("or", "atau") and not _same_in_other_words(frame, tokens, after, head)
            after += 1
        if other:
            at_place = (
                after  # "mencatat 312 kasus, atau naik dua kali lipat": the figure again, not what its subject did
            )
            continue
        that = joint and after < len(tokens) - 2 and frame.low(tokens[after]) in ("that", "bahwa")
        after += that
        again = (
            joint
            and not opened
            and after < len(tokens) - 1
            and frame.low(tokens[after]) in ("who", "which", "yang")
            and predicate_at(frame, tokens, after + 1)
        )
        after += again  # "who led the study and who once worked nights"
        told = reports and (
            any(
                is_finite(frame, t)
                for t in tokens[start + 1 : at_place]
                if frame.words[t] is not head and frame.low(t) not in frame.grammar.helpers
            )
            or any(frame.low(t) in ("bahwa", "that") for t in tokens[start:at_place])
        )
        happened = joint and comma and _has_happened(frame, tokens, after)
        if len(tokens) - after >= 1 and at_place > start and frame.low(tokens[after]) != "termasuk":
            own_verb = predicate_at(frame, tokens, after) or (
                frame.language == "en"
                and frame.words[tokens[after]].tag == "PART"
                and (joint or _joined_later(frame, tokens, after))
                and head.tag == "PAST"
                and head.low not in ("was", "were", "had")
                and len(tokens) - after > 1
            )
            if (
                own_verb
                and (not opened or (told and reports_speech(frame, tokens, after)))
                and (_parallel(head, verb_at(frame, tokens, after), frame) or frame.words[tokens[after]].tag == "PART")
            ):
                # "tidak membeli dan menjual saham" denies both at once.
                both_denied = (
                    frame.low(tokens[after - 1]) == "dan"
                    and is_finite(frame, tokens[after])
                    and _denies(frame, tokens[start:at_place])
                )
                if (
                    (
                        not (told or _told_now(frame, tokens, after, head, reports))
                        or reports_speech(frame, tokens, after)
                    )
                    and (joint or _joined_later(frame, tokens, after))
                    and not both_denied
                ):
                    cuts.append((at_place, after, False))
                    start, opened = after, False
            elif (
                joint
                and not own_verb
                and not opened
                and (
                    (modal and not reports and frame.words[tokens[after]].tag == "BASE")
                    or (passive and not told and frame.words[tokens[after]].tag == "PART")
                )
            ):
                cuts.append((at_place, after, False))
                start = after
            elif (
                joint
                and (not opened or (timed and (comma or that)) or happened)
                and (not told or happened)
                # "X said food, drink and tobacco rose": what was said has had no verb yet.
                and not (reports and not passive and (comma or frame.language == "en") and not happened)
                and not (comma and head.low in SAYING["id"] and not happened)
                and len(tokens) - after >= 2
            ):
                following = find_predicate(frame, tokens[after:])
                if that and frame.language == "en" and frame.words[tokens[after - 1]].tag in ("ADP", "SUB", "WH"):
                    cuts.append((at_place, after, True))  # "said A and that B"
                    break
                if (
                    following
                    and frame.language == "en"
                    and not that
                    and not predicate_at(frame, tokens, after + following)
                ):
                    following = None  # "and a plaque engraved with names": a noun phrase
                if following and ATTRIBUTE.match(verb_at(frame, tokens, after + following).low):
                    following = None  # "gudang berkapasitas 500 ton": a noun phrase
                subject = tokens[after : after + following] if following else []
                if (
                    subject
                    and frame.words[tokens[at_place - 1]].tag == frame.words[subject[0]].tag == "NAME"
                    and ends_list(frame, tokens[start:at_place])
                ):
                    following = None  # "X, Y, dan Z mengalami ...": the last of a list
                if any(frame.low(t) == "bahwa" for t in subject) or _one_name(frame, tokens, at_place, after):
                    following = None
                if _half_noun_phrase(frame, tokens, at_place) or _bare_pair(frame, tokens, at_place, subject, head):
                    following = None
                if subject and frame.low(subject[-1]) in ("kali", "times", "twice"):
                    cuts.append((at_place, after, False))  # "dan beberapa kali menyeka wajah"
                    start, following = after, None
                opening = (
                    frame.grammar.openers - frame.grammar.relative - {"that", "than", "as", "dengan", "untuk", "akibat"}
                )
                if any(frame.low(t) in opening for t in subject):
                    following = None  # "dua kapal dan satu perahu sebelum api melalap geladak"
                if (
                    following
                    and following <= 12
                    and is_subject(frame, subject)
                    and not any(frame.words[t].text == "," for t in subject)
                ):
                    cuts.append((at_place, after, True))
                    break
        at_place = after
    pieces: list[list[int] | Own] = []
    begin, own = place, False
    for end, after, has_subject in [*cuts, (len(tokens), len(tokens), False)]:
        piece = trimmed(frame, tokens[begin:end])
        if modal and pieces and piece and frame.words[piece[0]].tag == "BASE":
            piece = [*modal, *piece]
        elif passive and pieces and piece and not own and _goes_on_passive(frame, piece):
            piece = [*passive, *piece]
        if piece:
            pieces.append(Own(piece) if own else piece)
        begin, own = after, has_subject
    return _share_object(frame, pieces)


_CHANGES = re.compile(
    r"(?:naik|turun|meningkat|menurun|melemah|menguat|melonjak|merosot|anjlok|tumbuh|bertambah|berkurang|menyusut)$"
)


def _has_happened(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether "usul itu sudah ..." begins here: no part of what was only proposed before."""
    ends = next(
        (n for n in range(place, min(place + 5, len(tokens))) if frame.low(tokens[n]) in frame.grammar.determiners), 0
    )
    return frame.language == "id" and 0 < ends < len(tokens) - 2 and frame.low(tokens[ends + 1]) in ("sudah", "telah")


def _same_in_other_words(frame: Frame, tokens: Sequence[int], place: int, head: Word) -> bool:
    """Says whether "atau" gives a figure again as a change of the subject: "mencapai Rp61 miliar atau naik 18 persen"."""
    return (
        frame.language == "id"
        and place + 1 < len(tokens)
        and _CHANGES.match(frame.low(tokens[place + 1])) is not None
        and (
            not head.low.startswith("me")
            or head.low in ("mencapai", "menjadi", "menembus")
            or bool(_CHANGES.match(head.low))
        )
    )


def _joins(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a joint stands here, and joins more than words that are one phrase or an adverb."""
    low = frame.low(tokens[place])
    if low not in frame.grammar.joints:
        return False
    word = frame.words[tokens[place - 1]]
    return not (
        word.low in frame.grammar.relative
        # "menutup sementara jalan itu": without a comma before it, it tells for how long
        or (low == "sementara" and word.text not in ",;")
        or (low == "kemudian" and word.low in TIME_UNITS)
        or (low == "yet" and word.low in _BEFORE_YET)
        or _between(frame, tokens, place)
        or _one_measure(frame, tokens, place)
        or _so_did(frame, tokens, place)
    )


def _told_now(frame: Frame, tokens: Sequence[int], after: int, head: Word, reports: bool) -> bool:
    """Says whether a verb goes on with what was said, by its tense: "said the buses cost 2 billion and can run 200 km"."""
    if not reports or frame.language != "en" or head.low in ("called", "urged", "denied"):
        return False
    return head.tag == "PAST" and verb_at(frame, tokens, after).tag != "PAST"


def _between(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a joint belongs to "antara 2020 dan 2022"."""
    if frame.low(tokens[place]) not in ("dan", "and"):
        return False
    for at in reversed(tokens[max(0, place - 7) : place]):
        if frame.low(at) in ("antara", "between"):
            return True
        if is_finite(frame, at) or frame.words[at].text in ",;":
            return False
    return False


_BEFORE_YET = frozenset("not n't never may might could has have had is are was were".split())
"""Words behind which "yet" joins nothing: "has not yet been read"."""


def _one_measure(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a joint stands within "five hours and 20 minutes" or "14 and 9 percent"."""
    behind = [frame.low(at) for at in tokens[place + 1 : place + 5]]
    counts = frame.words[tokens[place + 1]].tag == "NUM" if place + 1 < len(tokens) else False
    before = frame.words[tokens[place - 1]]
    if counts and before.tag == "NUM" and len(before.text) < 4:
        return True  # "fell by 14 and 9 percent"
    return counts and frame.low(tokens[place - 1]) in TIME_UNITS and any(word in TIME_UNITS for word in behind[1:])


def _so_did(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a joint stands before "so did the chapel", whose subject follows its verb."""
    behind = [frame.low(at) for at in tokens[place + 1 : place + 3]]
    return behind[:1] == ["so"] and behind[1:] != [] and behind[1] in _DID


_DID = frozenset("did does do is was are were has had".split())


def _one_name(frame: Frame, tokens: Sequence[int], place: int, after: int) -> bool:
    """Says whether a joint stands within a name that an acronym follows: "Anggaran Pendapatan dan Belanja Negara (APBN)"."""
    end = after
    while end < len(tokens) and frame.words[tokens[end]].text[0].isupper():
        end += 1
    if end + 1 >= len(tokens) or frame.words[tokens[end]].text != "(":
        return False
    start = place
    while start and frame.words[tokens[start - 1]].text[0].isupper():
        start -= 1
    initials = "".join(frame.words[at].text[0] for at in [*tokens[start:place], *tokens[after:end]])
    return len(initials) > 1 and initials.endswith(frame.words[tokens[end + 1]].text)


def _goes_on_passive(frame: Frame, piece: Sequence[int]) -> bool:
    """Says whether a participle, or what looks like a past tense and has no object, shares the "was" before it."""
    first = frame.words[piece[0]]
    if first.tag == "PART":
        return True
    bare = len(piece) == 1 or frame.words[piece[1]].tag in ("ADP", "SUB", "TO", "CC") or frame.low(piece[1]) == "home"
    return bare and first.tag == "PAST" and (first.low.endswith("ed") or first.low in _IRREGULAR)


_IRREGULAR = frozenset("sent held brought kept put shot found told paid built made cut hit sold taught caught".split())
"""Past tenses that are participles as well."""


def _half_noun_phrase(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a joint stands within a noun phrase: "the small and little-known group"."""
    before, first = frame.words[tokens[place - 1]], frame.words[tokens[place - 2]]
    return frame.language == "en" and before.tag == "ADJ" and first.tag in ("DET", "POSS")


def _bare_pair(frame: Frame, tokens: Sequence[int], place: int, subject: Sequence[int], head: Word) -> bool:
    """Says whether a joint stands between two bare nouns of one phrase: "talks over pay and staffing broke down"."""
    if len(subject) != 1 or frame.words[subject[0]].tag != "NOUN" or frame.words[tokens[place - 1]].tag != "NOUN":
        return False
    if frame.language == "en":
        return frame.words[tokens[place - 2]].tag == "ADP"
    told = head.low in SAYING["id"]  # "memastikan tarif pajak bumi dan bangunan tidak dinaikkan"
    return told and not any(is_finite(frame, at) for at in tokens[:place] if frame.words[at] is not head)


def _passive(frame: Frame, tokens: Sequence[int], place: int) -> list[int]:
    """Gives "was", "has been" before a participle, which hold for every participle joined to it."""
    if frame.language != "en":
        return []
    helpers: list[int] = []
    for at in tokens[place : place + 5]:
        word = frame.words[at]
        if word.tag == "PART" and word.low != "been":
            return (
                helpers
                if {frame.low(h) for h in helpers} & {"was", "were", "is", "are", "been", "be", "has", "have", "had"}
                else []
            )
        if word.tag not in ("PAST", "PRES", "MODAL", "ADV", "BASE", "PART"):
            return []
        helpers.append(at)
    return []


def ends_list(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether names parted by a comma, or introduced as examples, stand at the end of `tokens`."""
    for at in reversed(tokens):
        word = frame.words[at]
        if word.text == "," or word.low in ("yakni", "yaitu", "seperti", "namely", "including", "termasuk", "adalah"):
            return True
        if word.tag != "NAME":
            return False
    return False


def is_adverbial(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a word that could open a clause is half of an adverb: "saat ini", "sejak itu"."""
    return (
        frame.low(tokens[place]) in ("saat", "selama", "sejak", "sebelum", "setelah")
        and place + 1 < len(tokens)
        and frame.low(tokens[place + 1]) in ("ini", "itu")
    )


def opens_clause(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether something smaller than the clause begins here that has a verb of its own before the next joint."""
    low = frame.low(tokens[place])
    if low not in frame.grammar.openers:
        return False
    if frame.language == "en" and low in frame.grammar.relative:
        return True
    clausal = low in _CLAUSAL or (
        low == "that"
        and frame.words[tokens[place]].tag not in ("DET", "PRON")
        and place + 1 < len(tokens)
        and frame.low(tokens[place + 1]) not in frame.grammar.joints | {","}  # "disputes that and blames the price"
    )
    if clausal and find_predicate(frame, tokens[place + 1 :]) is not None:
        return place + 1 < len(tokens) and frame.low(tokens[place + 1]) != "of"
    if is_adverbial(frame, tokens, place):
        return False
    for at in tokens[place + 1 :]:
        if is_finite(frame, at) or frame.words[at].tag in ("ING", "BASE"):
            return True
        if frame.low(at) in frame.grammar.openers:
            return False  # that one opens its own
        if frame.low(at) in frame.grammar.joints or frame.words[at].text in ",;":
            return False
    return False


_CLAUSAL = frozenset(
    """because if unless although though whether why how
    ketika jika apabila bila kalau bahwa sehingga meski meskipun walau walaupun agar supaya""".split()
)
"""Openers that nothing but a clause follows, however long its subject."""


def _share_object(frame: Frame, pieces: list[list[int] | Own]) -> list[list[int] | Own]:
    """Gives "memproduksi dan menjual mobil" its object twice, and a helper before the first verb to all."""
    helpers: list[int] = []
    first = pieces[0]
    if frame.language == "id" and not isinstance(first, Own):
        for at in first:
            if frame.low(at) not in (
                "akan",
                "telah",
                "sudah",
                "sedang",
                "juga",
                "berhasil",
                "bisa",
                "dapat",
                "harus",
                "tidak",
                "belum",
            ):
                break
            helpers.append(at)
    for number in range(len(pieces) - 1, -1, -1):
        piece = pieces[number]
        if isinstance(piece, Own):
            continue
        if (
            number
            and helpers
            and frame.low(helpers[0]) not in ("tidak", "belum")
            and frame.low(piece[0]) not in frame.grammar.helpers
        ):
            pieces[number] = [*helpers, *piece]
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        if following is None or isinstance(following, Own):
            continue
        bare = all(is_finite(frame, at) or frame.low(at) in frame.grammar.helpers for at in piece)
        ends = frame.words[piece[-1] + 1].text == "," or frame.low(piece[-1]).endswith("nya")  # it has no other object
        if bare and not ends and is_finite(frame, piece[-1]) and _same_voice(frame, piece, following):
            end = 0
            while end < len(following) and (
                is_finite(frame, following[end]) or frame.low(following[end]) in frame.grammar.helpers
            ):
                end += 1
            pieces[number] = [*piece, *following[end:]]
    return pieces


def _denies(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether an Indonesian predicate is nothing but a verb and its denial: "tidak dipatok"."""
    return (
        frame.language == "id"
        and frame.low(tokens[0]) in ("tidak", "tak", "belum")
        and all(is_finite(frame, at) or frame.low(at) in frame.grammar.helpers for at in tokens)
    )


def _same_voice(frame: Frame, piece: Sequence[int], following: Sequence[int]) -> bool:
    """Says whether two Indonesian predicates can share an object: "dibubarkan dan menjadi puing" cannot."""
    first, second = verb_at(frame, piece, 0).low, verb_at(frame, following, 0).low
    if _denies(frame, piece):
        return False  # "tidak dipatok, melainkan diserahkan kepada ..."
    if frame.language != "id":
        return True
    if first.startswith("di"):
        return second.startswith("di") and any(frame.low(at) == "oleh" for at in following[:4])
    last = frame.words[piece[-1]].low
    return last.startswith("me") and second.startswith("me") and second != "menjadi"


def verb_at(frame: Frame, tokens: Sequence[int], place: int) -> Word:
    """Gives the verb of the predicate that begins at this place of `tokens`."""
    for at in tokens[place : place + 5]:
        if is_finite(frame, at):
            return frame.words[at]
    return frame.words[tokens[place]]


def _parallel(first: Word, second: Word, frame: Frame) -> bool:
    """Says whether two verbs can be predicates of one subject."""
    return frame.language != "en" or {first.tag, second.tag} <= {"PAST", "PRES", "MODAL"}


def _joined_later(frame: Frame, tokens: Sequence[int], after: int) -> bool:
    """Says whether a joint before a further predicate shows that these are members of one list."""
    for place in range(after + 1, len(tokens) - 1):
        low = frame.low(tokens[place])
        if low in ("dan", "serta", "lalu", "and", "kemudian") and predicate_at(frame, tokens, place + 1):
            return True
        if low in frame.grammar.openers:
            return False
    return False


def is_subject(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether these tokens can be a clause's subject: a noun phrase or a list of them, no opener."""
    if not tokens:
        return False
    tags = [frame.words[at].tag for at in tokens]
    if not any(tag in ("NOUN", "NAME", "PRON", "X") for tag in tags) and not (
        len(tokens) == 1 and (tags[0] in ("NUM", "DET") or frame.low(tokens[0]) in _SHARES["en"])
    ):
        return False
    if any(frame.words[at].text in ",;" for at in tokens) and not any(
        frame.low(at) in ("dan", "and", "serta") for at in tokens
    ):
        return False
    first = frame.words[tokens[0]]
    if frame.language == "en":
        if first.low in ("about", "around", "over", "nearly", "almost", "under") and len(tags) > 1 and tags[1] == "NUM":
            return True
        return first.tag in ("DET", "NAME", "PRON", "POSS", "NUM", "NOUN", "ADJ", "ADV") and "TO" not in tags
    return first.tag in ("NOUN", "NAME", "PRON", "NUM", "DET", "X") or first.low in (
        "sedikitnya",
        "setidaknya",
        "sekitar",
        "lebih",
        "sebanyak",
    )


def goes_on_after(frame: Frame, tokens: Sequence[int], place: int, *, opens: bool) -> bool:
    """Says whether a comma stands within a place or a date: a name or day follows, and no verb before the next comma."""
    if opens or place + 1 >= len(tokens):
        return False
    first = frame.words[tokens[place + 1]]
    if first.tag != "NAME" and not (first.tag == "NUM" and re.fullmatch(r"\d{4}", first.text)):
        return False
    for at in tokens[place + 1 :]:
        if frame.words[at].text == ",":
            return True
        if is_finite(frame, at):
            return False
    return True


def within_list(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a comma parts members of a list: a joint follows after a few plain words."""
    for later in tokens[place + 1 : place + 9]:
        if frame.low(later) in ("dan", "and", "serta"):
            return True
        word = frame.words[later]
        if not (word.tag in NOMINAL or word.text == "," or word.tag == "ADP"):
            return False
    return False
