"""Takes a sentence apart into atoms: one subject, one predicate, with what belongs to them.

The cuts rest on parts of speech and on closed lists of joints, never on a parse: where the signs leave it open whether two
pieces say two things, they stay together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bukti.claims.frame import MAX_DEPTH, MIN_WORDS, NOMINAL, Atom, Frame, after_connector, trimmed, without_ends
from bukti.claims.grammar import (
    CONCEDING,
    MONTH_EN,
    MONTH_ID,
    OFFICES,
    PARTS,
    PLACES,
    SAYING,
    TIME_UNITS,
    WEEKDAY_EN,
    WEEKDAY_ID,
)
from bukti.claims.predicates import (
    Own,
    cut_participles,
    cut_predicates,
    ends_list,
    find_predicate,
    goes_on_after,
    is_finite,
    is_subject,
    opens_clause,
    predicate_at,
    reports_speech,
    verb_at,
    within_list,
)
from bukti.claims.titles import is_name

__all__ = ["take_apart"]


def take_apart(frame: Frame, tokens: Sequence[int]) -> list[Atom]:
    """Takes a piece of a sentence apart.

    Args:
        frame: The sentence.
        tokens: The piece; its insertions are taken out already.

    Returns:
        Atoms, the main one first. At least one. A report of speech stays whole.
    """
    kept = without_ends(frame, list(tokens))
    kept = kept[after_connector(frame, kept) :]
    if len(kept) < MIN_WORDS:
        return [tuple(tokens)]
    atoms = [atom for atom in _clause(frame, kept, 0) if _stands(frame, atom)]
    return list(dict.fromkeys(atoms)) or [tuple(tokens)]


def _stands(frame: Frame, atom: Atom) -> bool:
    return sum(1 for part in atom if not isinstance(part, int) or frame.words[part].text[0].isalnum()) >= MIN_WORDS


def _clause(frame: Frame, tokens: list[int], depth: int) -> list[Atom]:
    """Takes one main clause apart, with what is coordinated to it."""
    tokens = without_ends(frame, tokens)
    if depth > MAX_DEPTH or len(tokens) < MIN_WORDS:
        return [tuple(tokens)] if tokens else []
    if paired := _paired(frame, tokens):
        return [atom for each in paired for atom in _clause(frame, each, depth + 1)]
    if aside := _interrupted(frame, tokens):
        return [atom for each in aside for atom in _clause(frame, each, depth + 1)]
    cut = _contrast(frame, tokens)
    if cut is not None:
        return [
            *_clause(frame, tokens[: cut[0]], depth + 1),
            *_clause(frame, [*_whole_of_shares(frame, tokens), *tokens[cut[1] :]], depth + 1),
        ]
    front = _front(frame, tokens)
    begin = len(front)
    while begin < len(tokens) and frame.words[tokens[begin]].text == ",":
        begin += 1
    place = find_predicate(frame, tokens, begin)
    times = _time_clauses(frame, tokens)
    if place is None or place == begin:
        return [tuple(tokens), *times]
    subject = trimmed(frame, tokens[begin:place])
    # "The mine, 60 kilometres away, is ...": what stands between two commas keeps both.
    shut = frame.words[tokens[place - 1]].text == "," and any(
        frame.words[at].text == "," and not frame.inside[at] for at in subject
    )
    listed = ends_list(frame, subject) and any(frame.low(at) in frame.grammar.joints for at in subject)
    closing = tokens[place - 1 : place] if shut and not listed else []
    opening = tokens[:begin]
    tokens, changes = _change(frame, tokens, place, subject, opening)
    tokens, beside = _beside(frame, tokens, place)
    changes += beside
    if known := _known_by(frame, subject):
        subject, said_of_it = known
        changes.append(said_of_it)
    fact = frame.language == "en" and is_subject(frame, subject)
    if fact and front and frame.words[front[0]].tag == "PART" and len(front) >= 2:
        # "Founded in 1934, X employs ...": a fact about X.
        changes += [(*subject, "was", *piece) for piece in cut_participles(frame, front)]
        opening = []
    if frame.language == "en" and len(front) > 2 and frame.low(front[0]) in ("a", "an") and is_name(frame, subject):
        changes.append((*subject, "is", *front))  # "A father of two, X took ..."
        opening = []
    if frame.language == "id" and front and (said := _fronted_fact(frame, front)):
        changes.append((*subject, *said))
        opening = []
    predicates = cut_predicates(frame, tokens, place)
    tail = _shared_tail(frame, predicates[-1]) if len(predicates) > 1 else []
    earlier = [at for each in predicates[:-1] for at in (each.tokens if isinstance(each, Own) else each)]
    if any(_DATE_WORD.fullmatch(frame.words[at].text) for at in earlier) or any(
        _tail(frame, each.tokens if isinstance(each, Own) else each) for each in predicates[:-1]
    ):
        tail = []  # each has a day of its own
    ending = predicates[-1]
    if not isinstance(ending, Own) and frame.low(ending[0]) in _BEGINNING:
        tail = []  # "stands by the market and opens in May"
    atoms: list[Atom] = []
    for number, predicate in enumerate(predicates):
        last = number == len(predicates) - 1
        if isinstance(predicate, Own):
            own = predicate.tokens if last or not tail else [*predicate.tokens, *tail]
            atoms += _clause(
                frame,
                [*opening, *own] if opening and (_dated(frame, front) or _names_whole(frame, front)) else own,
                depth + 1,
            )
            continue
        shared = bool(tail) and not last and not reports_speech(frame, predicate, 0)
        # "operates 48 aircraft and carried 9 million people last year": a present dates no past
        if shared and frame.language == "en" and not isinstance(predicates[-1], Own):
            shared = {verb_at(frame, each, 0).tag for each in (predicate, predicates[-1])} != {"PAST", "PRES"}
        piece = [*predicate, *tail] if shared else predicate
        for subject_part in _listed_subjects(frame, subject, piece):
            counted = bool(subject_part) and frame.words[subject_part[0]].tag == "NUM"
            for each in _listed(frame, piece, counted=counted):
                atoms.append((*opening, *subject_part, *(closing if subject_part == subject else ()), *each))
    if len(atoms) == 1 and len(predicates) == 1 and set(atoms[0]) <= set(tokens) and not changes:
        atoms = [tuple(tokens)]  # nothing was parted: with all its commas
    return [*atoms, *changes, *times]


_BEGINNING = frozenset("mulai terakhir began begins begin starts started opens opened".split())
"""Words that a day tells the beginning of."""


def _whole_of_shares(frame: Frame, tokens: list[int]) -> list[int]:
    """Gives "Of the 22 economists polled, ..." for a clause of contrast, which tells of a share of them as well."""
    front = _front(frame, tokens)
    return [*front, tokens[len(front)]] if _names_whole(frame, front) else []


def _names_whole(frame: Frame, front: Sequence[int]) -> bool:
    """Says whether an opening phrase names the whole or the source of all the figures behind it: "Dari tiga daerah, ..."."""
    if not front:
        return False
    counts = any(frame.words[at].tag == "NUM" for at in front)
    return frame.low(front[0]) == "berdasarkan" or (counts and frame.low(front[0]) in ("of", "among", "dari"))


_PAIRS = {
    "id": re.compile(
        r"(?i)\b(?P<open>(?:tidak|bukan|tak)\s+(?:hanya|saja|cuma|sekadar)|baik)\s(?P<left>[^.;:?]+?),?\s"
        r"(?P<close>(?:tetapi|tapi|melainkan|namun)\s+juga|melainkan|maupun)\s"
    ),
    "en": re.compile(
        r"(?i)\b(?P<open>not\s+(?:only|just|merely)|both)\s(?P<left>[^.;:?]+?),?\s(?P<close>but(?:\s+also)?|and)\s"
    ),
}
"""Joints in two parts that say that both sides are true."""


def _paired(frame: Frame, tokens: list[int]) -> list[list[int]]:
    """Gives the clause once for each side of "both X and Y", "not only X but also Y", or nothing.

    The sides must begin alike, so that each fits where the pair stands.
    """
    words = frame.words
    start, end = words[tokens[0]].start, words[tokens[-1]].end
    match = _PAIRS[frame.language].search(frame.text, start, end)
    if match is None:
        return []
    correlated = match["open"].lower() in ("both", "baik")
    if correlated != (match["close"].lower() in ("and", "maupun")):
        return []
    before = [at for at in tokens if words[at].end <= match.start("open")]
    left = trimmed(frame, [at for at in tokens if match.start("left") <= words[at].start < match.end("left")])
    right = [at for at in tokens if words[at].start >= match.end()]
    pair = [at for at in tokens if match.start() <= words[at].start]
    if not left or not right or any(frame.inside[at] for at in pair) or words[left[-1]].tag == "ADJ":
        return []  # "both domestic and foreign investors": the noun belongs to both
    if correlated and any(words[at].text == "," for at in [*before[-1:], *left]):
        return []  # "from living sources, both animal and human": what stands before is meant already
    last = find_predicate(frame, before)
    if last is not None and (reports_speech(frame, before, last) or frame.said(before).lower() in ("it is", "it was")):
        return []
    bare = frame.said([at for at in tokens if frame.low(at) != "both"])
    if frame.grammar.together.search(bare) or any(frame.low(at) in frame.grammar.openers for at in before):
        return []
    tail: list[int] = []
    if last is None:
        predicate = find_predicate(frame, right)
        if predicate and not any(is_finite(frame, at) for at in left):
            tail = right[predicate:]  # "both X and Y failed": the pair is the subject
    if (match["open"].lower() == "baik" and before) or not (tail or before):
        return []
    nominal = {"DET", "POSS", "NOUN", "NAME", "ADJ", "NUM"}
    first, second = words[left[0]], words[right[0]]
    verbs = is_finite(frame, left[0]) and is_finite(frame, right[0])
    if not (verbs or first.tag == second.tag or {first.tag, second.tag} <= nominal):
        return []
    return [[*before, *left, *(tail or _tail(frame, right))], [*before, *right]]


def _known_by(frame: Frame, subject: list[int]) -> tuple[list[int], Atom] | None:
    """Parts "Kapal yang membawa 19 wisatawan itu" into "kapal itu" and what is told of it.

    "itu" says that the ship was spoken of before: the clause does not say which one is meant, it adds to it. Where "itu" may as
    well belong to the clause's own last noun ("yang tinggal di daerah itu"), nothing is parted.
    """
    words = frame.words
    if frame.language != "id" or len(subject) < 5 or frame.low(subject[-1]) not in ("itu", "tersebut", "ini"):
        return None
    cut = next((n for n, at in enumerate(subject) if frame.low(at) == "yang" or _OF_MEASURE.match(frame.low(at))), 0)
    head, body = subject[:cut], subject[cut:-1]
    if not head or words[head[0]].tag != "NOUN" or any(words[at].tag not in ("NOUN", "ADJ", "NAME") for at in head):
        return None
    if frame.low(head[0]) in ("hal", "orang", "pihak", "mereka", "warga", "negara"):
        return None
    if frame.low(body[0]) == "yang":
        body = body[1:]
    if (
        len(body) < 2
        or not predicate_at(frame, body, 0)
        or any(words[at].text in ",;" or frame.low(at) == "yang" for at in body)
        or words[body[-1]].tag == "ADP"
    ):
        return None
    last = [at for at in body if words[at].tag != "ADJ"][-1:]
    counted = any(words[at].tag == "NUM" for at in body[-4:])
    if not last or (words[last[0]].tag == "NOUN" and not counted) or frame.low(body[-1]) == "saat":
        return None
    return [*head, subject[-1]], (*head, subject[-1], *body)


_OF_MEASURE = re.compile(
    r"ber(?:kapasitas|nilai|ukuran|kekuatan|usia|umur|nama|judul|tajuk|nomor|kecepatan|diameter|bobot|tenaga)$"
)
"""Verbs that stand right behind a noun and tell its size, age or name."""


def _fronted_fact(frame: Frame, front: list[int]) -> list[int]:
    """Gives what "Didirikan pada 1987, ...", "Selain membuka toko, ..." and "Tidak hanya menjual X, ..." say of the subject."""
    first = frame.low(front[0])
    rest = front
    if first == "selain":
        rest = front[1:]
    elif frame.said(front[:2]).lower() in _NOT_ONLY:
        rest = front[2:]
    verb = frame.words[rest[0]] if len(rest) >= 2 else None
    if verb is None or verb.tag != "VERB" or not re.match(r"(?:di|ber|me|ter)", verb.low):
        return []
    # "Menanggapi hal itu, ...", "Melihat insiden itu, ...": an occasion, no fact.
    if (
        rest is front
        and re.match(r"me|ber(?!usia|modal|asal|bekal)", verb.low)
        and not any(frame.words[at].tag == "NUM" for at in rest)
    ):
        return []
    if re.match(
        r"dibanding|berdasar|terkait|menurut|termasuk|dikutip|dilansir|diketahui|mengacu|merujuk|mengutip", verb.low
    ):
        return []
    return rest


def _dated(frame: Frame, front: Sequence[int]) -> bool:
    """Says whether an opening phrase tells time or place, which holds for all that follows."""
    return bool(front) and frame.words[front[0]].tag == "ADP" and find_predicate(frame, front) is None


_NOT_ONLY = frozenset({"tidak hanya", "bukan hanya", "tak hanya", "tidak sekadar", "tak sekadar"})


_FRONT = re.compile(
    rf"(?i)(?:{WEEKDAY_ID}|tahun|pekan|bulan|saat|setelah|sebelum|jika|bila|apabila|kalau|meski\w*|walau\w*|karena|akibat"
    r"|berdasarkan|dibandingkan|hingga|sejak|selama|untuk|guna|selain|last|this|next|early|late|earlier|a)$"
)


def _front(frame: Frame, tokens: list[int]) -> list[int]:
    """Gives the opening phrase that stands before the subject and closes with a comma."""
    first = frame.words[tokens[0]]
    if (
        first.tag not in ("ADP", "SUB", "ADV", "ING", "PART", "TO", "WH", "VERB")
        and not _FRONT.match(first.low)
        and frame.said(tokens[:2]).lower() not in _NOT_ONLY
    ):
        return []
    for place, at in enumerate(tokens[:40]):
        if frame.words[at].text != "," or frame.inside[at] or place == 0:
            continue
        rest = tokens[place + 1 :]
        found = find_predicate(frame, rest)
        if found is None or found == 0:
            return []
        # "Di Bonn, Lyon, dan Turin, ..." is a list, "di Desa A, Kabupaten B, ..." one place: neither ends at its first comma.
        if frame.words[tokens[place - 1]].tag == "NAME" and frame.words[rest[0]].tag == "NAME":
            commas = [number for number, later in enumerate(rest[:8]) if frame.words[later].text == ","]
            if commas and (found > commas[0]):
                continue
        return tokens[:place]
    return []


def _contrast(frame: Frame, tokens: list[int]) -> tuple[int, int] | None:
    """Gives where a clause with its own subject is joined by contrast or a semicolon: end of the left, start of the right."""
    for place in range(MIN_WORDS - 1, len(tokens) - 1):
        at = tokens[place]
        spliced = frame.words[at].text == "," and _spliced(frame, tokens, place)
        when = (
            (frame.low(at) in ("when", "ketika") or (frame.low(at) == "di" and frame.low(tokens[place + 1]) == "mana"))
            and frame.words[tokens[place - 1]].text == ","
            and place > 3
        )
        colon = frame.words[at].text == ":"
        if frame.inside[at] or (frame.low(at) not in frame.grammar.strong and not spliced and not when and not colon):
            continue
        start = place + 1
        if frame.low(tokens[start]) in ("itu", "mana") or (
            frame.low(at) == "but" and frame.low(tokens[start]) == "that" and frame.words[tokens[start]].tag != "DET"
        ):  # "said he was sorry but that he blamed nobody"
            start += 1
        right = tokens[start:]
        if frame.words[at].text == ";" and len(right) >= MIN_WORDS:
            return place, start
        if frame.words[at].text == ":":
            if _explains(frame, tokens[:place], right):
                return place, start
            continue
        predicate = find_predicate(frame, right)
        if spliced and len(right) > 3 and frame.low(right[2]) in ("antaranya", "antara"):
            predicate = predicate or 1
        if predicate is None or predicate == 0 or predicate > 18:
            continue
        left = tokens[:place]
        if frame.words[left[-1]].text == ",":
            left = left[:-1]
        elif frame.low(at) in ("while", "sementara"):
            continue  # without a comma "while" dates its clause
        left_predicate = find_predicate(frame, left, len(_front(frame, left)))
        contrasted = frame.low(at) in frame.grammar.strong and frame.words[tokens[place - 1]].text == ","
        if (left_predicate is None and not (contrasted and len(left) >= MIN_WORDS)) or frame.low(left[0]) in (
            "if",
            "jika",
            "apabila",
            "bila",
            "kalau",
            "although",
            "meski",
            "meskipun",
        ):
            continue
        if (
            left_predicate is not None
            and reports_speech(frame, left, left_predicate)
            and verb_at(frame, right, predicate).low not in SAYING[frame.language]
        ):
            continue  # it may be part of what was said
        return len(left), start
    return None


def _interrupted(frame: Frame, tokens: list[int]) -> list[list[int]]:
    """Gives "The union, while it backs no plan, will not sue" without what stands between its commas, and that; or nothing."""
    words = frame.words
    for place in range(2, min(len(tokens) - 4, 20)):
        if frame.low(tokens[place]) not in CONCEDING | {"while"} or words[tokens[place - 1]].text != ",":
            continue
        subject = tokens[: place - 1]
        if not is_subject(frame, subject) or find_predicate(frame, subject) is not None:
            return []
        end = next((n for n in range(place + 3, len(tokens)) if words[tokens[n]].text == ","), len(tokens))
        inner, rest = tokens[place + 1 : end], tokens[end + 1 :]
        if rest and predicate_at(frame, rest, 0) and find_predicate(frame, inner):
            return [[*subject, *rest], inner]
        return []
    return []


def _explains(frame: Frame, left: list[int], right: list[int]) -> bool:
    """Says whether a clause of its own follows a colon, and is nobody's words: "The deal is off: Jakarta took it to court"."""
    said, told = find_predicate(frame, left, len(_front(frame, left))), find_predicate(frame, right)
    if not said or not told or len(right) < MIN_WORDS or reports_speech(frame, left, said):
        return False
    return is_subject(frame, right[:told]) and not any(frame.words[at].text == "," for at in right[:told])


def _spliced(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    """Says whether a comma alone parts two clauses: a pronoun opens the second, or a joint of contrast follows later."""
    rest = tokens[place + 1 :]
    if len(rest) > 3 and frame.low(rest[2]) in ("antaranya", "antara") and frame.low(rest[1]) == "di":
        return True
    if len(rest) > 1 and frame.words[rest[0]].tag == "NUM" and frame.language == "id":
        # "delapan orang tewas, 21 orang luka-luka, ..."
        stop = next(
            (n for n, at in enumerate(rest) if frame.words[at].text == "," or frame.low(at) in frame.grammar.joints),
            len(rest),
        )
        verb = find_predicate(frame, rest[:stop]) or 0
        counts = frame.words[rest[1]].tag in ("NOUN", "NUM", "DET", "ADJ") or frame.low(rest[0]).isalpha()
        return (
            1 < stop <= 14
            and verb > 0
            and counts  # no year, and no "6-2, 3-6 dari ..."
            and not any(frame.low(at) in frame.grammar.openers for at in rest[:verb])
            and frame.low(tokens[0]) not in frame.grammar.openers
            and find_predicate(frame, tokens[:place]) is not None
        )
    found = find_predicate(frame, rest)
    if (
        not found
        or found > 4
        or any(frame.words[at].text in ",;" or frame.low(at) in frame.grammar.openers for at in rest[:found])
    ):
        return False
    if not is_subject(frame, rest[:found]) or _front(frame, list(tokens)):
        return False
    if (
        frame.words[rest[0]].tag == "PRON"
        and found == 1
        and frame.low(rest[0]) not in ("yang", "itu", "ini", "it", "that")
    ):
        return frame.language == "id" or frame.words[tokens[0]].tag == "PRON"
    return (
        any(frame.low(at) in frame.grammar.strong for at in rest)
        and any(frame.words[at].text == "," for at in rest)
        and frame.language == "id"
    )


_CHANGES = re.compile(
    r"(?i)(?:naik|turun|meningkat|menurun|melemah|menguat|melonjak|merosot|anjlok|tumbuh|bertambah|berkurang|menyusut|membaik|memburuk|unggul|terdiri)$"
)


def _change(
    frame: Frame, tokens: list[int], place: int, subject: Sequence[int], opening: Sequence[int]
) -> tuple[list[int], list[Atom]]:
    """Takes ", naik 18 persen ..." out of the end of an Indonesian clause: a change of its object, or of its subject where it has none."""
    if frame.language != "id" or reports_speech(frame, tokens, place):
        return tokens, []
    for comma in range(len(tokens) - 2, place, -1):
        if (
            frame.words[tokens[comma]].text != ","
            or frame.inside[tokens[comma]]
            or not _CHANGES.match(frame.low(tokens[comma + 1]))
        ):
            continue
        parts = frame.low(tokens[comma + 1]) == "terdiri"
        figure = frame.words[tokens[comma + 3]] if comma + 4 < len(tokens) else None
        if frame.low(tokens[comma + 2]) == "dari" and figure is not None and figure.tag == "NUM":
            counted = frame.low(tokens[comma + 4])
            if any(frame.words[n].tag == "NUM" and frame.low(m) == counted for n, m in pairwise(tokens[place:comma])):
                return tokens, []  # "terjadi di 133 kota, naik dari 119 kota": it is the number that grew
        if not parts and any(
            frame.words[at].text in ",;" or frame.low(at) in ("dan", "serta") for at in tokens[comma + 1 :]
        ):
            return tokens, []
        verb = verb_at(frame, tokens, place)
        if parts and verb.low not in ("mencapai", "berjumlah", "menjadi", "tercatat", "ada", "merupakan"):
            return tokens, []  # "didukung jaringan luas, terdiri dari ...": it may be the network
        head = list(subject)
        if verb.low.startswith("me"):
            start = next(n for n in range(place, len(tokens)) if frame.words[tokens[n]] is verb) + 1
            end = start
            while end < comma and (
                frame.words[tokens[end]].tag in NOMINAL or frame.words[tokens[end]].text in ("Rp", "US$")
            ):
                end += 1
            head = tokens[start:end]
            if not head or frame.words[head[0]].tag == "NUM" or frame.words[head[0]].text in ("Rp", "US$"):
                head = list(subject)  # "mencapai 9,6 juta ton, turun 2 persen": it is the subject that fell
        if not head:
            return tokens, []
        return tokens[:comma], [(*opening, *head, *tokens[comma + 1 :])]
    return tokens, []


def _shared_tail(frame: Frame, last: list[int] | Own) -> list[int]:
    """Gives what stands at the end of the last predicate and belongs to those before as well: a day, a clause of time."""
    tokens = last.tokens if isinstance(last, Own) else last
    if len(tokens) < 4 or reports_speech(frame, tokens, 0):
        return []
    for place in range(2, len(tokens) - 2):
        if (
            frame.low(tokens[place]) in frame.grammar.times
            and opens_clause(frame, tokens, place)
            and frame.low(tokens[place]) != "while"
        ):
            # "Three people died and two were hurt when ...": not behind a comma, where a new statement begins
            joined = isinstance(last, Own) and frame.words[tokens[0] - 2].text != ","
            return tokens[place:] if joined else []
    return [] if isinstance(last, Own) else _tail(frame, tokens)  # a day of another subject's clause dates that clause


def _tail(frame: Frame, tokens: Sequence[int]) -> list[int]:
    """Gives the day or year that a predicate closes with, unless it belongs to something the predicate compares with."""
    start = frame.words[tokens[0]].start
    match = _TAIL[frame.language].search(frame.text[start : frame.words[tokens[-1]].end])
    if match is None or match.start() == 0:
        return []
    tail = [at for at in tokens if frame.words[at].start >= start + match.start()]
    rest = tokens[: len(tokens) - len(tail)]
    belongs = any(
        frame.low(at) in _COMPARING or frame.low(at) in frame.grammar.openers or frame.words[at].tag == "TO"
        for at in rest
    )
    return tail if len(rest) >= 2 and tail and not belongs else []


_COMPARING = frozenset(
    "dibanding dibandingkan daripada ketimbang sama dari yang from than compared same that which who since sejak".split()
)
"""Words behind which a day belongs to what follows them: "dibandingkan periode yang sama tahun lalu"."""


def _beside(frame: Frame, tokens: list[int], place: int) -> tuple[list[int], list[Atom]]:
    """Takes ", dengan potensi korban sebanyak 360 jiwa" off the end: a figure of its own."""
    comma = next((n for n in range(len(tokens) - 4, place, -1) if frame.words[tokens[n]].text == ","), 0)
    if frame.language != "id" or not comma or frame.low(tokens[comma + 1]) != "dengan":
        return tokens, []
    fact = tokens[comma + 2 :]
    figure = next((n for n, at in enumerate(fact) if frame.low(at) in ("sebanyak", "sebesar", "senilai", "seluas")), 0)
    plain = not any(frame.inside[at] or frame.low(at) in frame.grammar.joints for at in fact)
    if figure < 1 or frame.words[fact[0]].tag != "NOUN" or not plain:
        return tokens, []
    return tokens[:comma], [tuple(fact)]


_TAIL = {
    "id": re.compile(
        rf"(?:pada|sejak|hingga)?\s*(?:(?:hari|tanggal)\s+)?(?:{WEEKDAY_ID}(?:\s+(?:lalu|malam|pagi|siang|sore|dini hari))?,?\s*(?:\(\s*\d+/\d+(?:/\d+)?\s*\))?"
        rf"|\d{{1,2}}\s+{MONTH_ID}(?:\s+\d{{4}})?|{MONTH_ID}\s+\d{{4}}|tahun\s+(?:lalu|ini|\d{{4}})|(?:pada|sejak)\s+(?:\d{{4}}|{MONTH_ID}))\s*$"
        rf"|(?:pekan|bulan|tahun)\s+(?:lalu|ini)\s*$"
    ),
    "en": re.compile(
        rf"(?:on|in|since|by|last|late|early)\s+(?:(?:on|in|late|early|last)\s+)?(?:{WEEKDAY_EN}(?:\s+(?:night|morning|evening|afternoon))?"
        rf"|{MONTH_EN}(?:\s+\d{{1,2}})?(?:,?\s+\d{{4}})?|\d{{4}}|(?:week|month|year))\s*$"
    ),
}


_DATE_WORD = re.compile(rf"(?:{MONTH_ID}|{MONTH_EN}|{WEEKDAY_ID}|{WEEKDAY_EN}|1[5-9]\d\d|20\d\d)")


def _time_clauses(frame: Frame, tokens: list[int]) -> list[Atom]:
    """Gives the clauses of time that have a subject and predicate of their own."""
    found: list[Atom] = []
    conditional = any(frame.low(at) in ("jika", "apabila", "bila", "kalau", "if", "unless") for at in tokens)
    for start, at in enumerate(tokens):
        if frame.low(at) not in frame.grammar.times or frame.inside[at] or conditional:
            continue
        rest: list[int] = []
        for place in range(start + 1, len(tokens)):
            later = tokens[place]
            if frame.low(later) in ("karena", "sehingga", "because") or frame.words[later].text == ";":
                break
            if frame.low(later) in ("that", "bahwa") and frame.low(tokens[place - 1]) in frame.grammar.joints:
                rest = rest[:-1]
                break  # "said it began in May and that ...": the next thing that was said
            joined = frame.low(tokens[min(place + 1, len(tokens) - 1)]) in frame.grammar.joints
            if (
                frame.words[later].text == ","
                and joined
                and not ends_list(frame, rest)
                and find_predicate(frame, tokens[place + 2 :])
            ):
                break
            if (
                frame.words[later].text == ","
                and not within_list(frame, tokens, place)
                and not goes_on_after(frame, tokens, place, opens=start == 0)
            ):
                break
            rest.append(later)
        rest = trimmed(frame, rest)
        if (
            len(rest) < MIN_WORDS
            or frame.low(rest[0]) in frame.grammar.determiners
            or frame.words[rest[0]].tag == "PRON"
        ):
            continue
        if frame.words[rest[0]].tag == "NUM" and not frame.words[rest[1]].text.isalpha():
            continue  # "after 10 p.m."
        if frame.words[rest[0]].tag == "NUM" and is_finite(frame, rest[1]):
            continue  # "hopes of a title since 2004 are fading"
        if _DATE_WORD.fullmatch(frame.words[rest[0]].text) or frame.low(rest[0]) in ("pertengahan", "awal", "akhir"):
            continue  # "Since April the service has ..."
        if frame.words[rest[0]].tag == "NUM" and frame.low(rest[1]) in TIME_UNITS:
            continue  # "setelah 12 bulan 77 persen"
        if (
            start == 0
            and tokens[-1] in rest
            and not any(is_finite(frame, later) for later in tokens if later not in rest)
        ):
            continue  # "Saat kejadian termuat 430 kilogram": it is the clause itself
        if (
            start
            and any(frame.low(each) in _WHICH for each in tokens[:start])
            and find_predicate(frame, tokens[:start]) is None
        ):
            continue  # "A ferry that ran before the bridge was built will not return": within the subject
        predicate = find_predicate(frame, rest)
        before = rest[predicate - 2 : predicate] if predicate and predicate > 1 else []
        if before and frame.low(before[1]) in _SUBJECTS and frame.words[before[0]].tag != "ADP":
            continue  # "Before its release it was fitted with a tag"
        ahead = rest[:predicate]
        if ahead and frame.low(ahead[-1]) in frame.grammar.joints | {"kali", "times"}:
            continue  # "setelah dua kali ditolak", "after the verdict and has not said"
        commas = [number for number, later in enumerate(ahead) if frame.words[later].text == ","]
        # "saat tiga layanan yakni Facebook, WhatsApp, dan Instagram terganggu": the commas of a list of names.
        edges = [number - 1 for number in commas] + [-1]
        named = (
            within_list(frame, ahead, commas[0]) and all(frame.words[ahead[number]].tag == "NAME" for number in edges)
            if commas
            else False
        )
        if any(frame.low(later) in frame.grammar.times for later in ahead) or (commas and not (start and named)):
            continue  # "since October after ...", "After the vote, the king ...": the verb is another clause's
        if frame.low(at) == "as" and (frame.words[rest[0]].tag != "NAME" or frame.low(tokens[start - 1]) == "such"):
            continue  # "as prices eased" may be a cause
        if predicate and is_subject(frame, rest[:predicate]):
            found.append(tuple(rest))
    return found


_SUBJECTS = frozenset({"it", "he", "she", "they", "we"})

_WHICH = frozenset({"yang", "that", "who", "which"})


def _conjuncts(frame: Frame, tokens: Sequence[int]) -> tuple[int, int, list[list[int]]] | None:
    """Gives the last list of plain noun phrases in `tokens`: where it starts and ends, and its members."""
    for place in range(len(tokens) - 2, 0, -1):
        if frame.low(tokens[place]) not in ("dan", "and", "serta") or frame.inside[tokens[place]]:
            continue
        right_end = place + 1
        while right_end < len(tokens) and _plain(frame, tokens[right_end]):
            right_end += 1
        members = [list(tokens[place + 1 : right_end])]
        left_end = place
        while True:
            if left_end > 0 and frame.words[tokens[left_end - 1]].text == ",":
                left_end -= 1
            start = left_end
            while start > 0 and _plain(frame, tokens[start - 1]):
                start -= 1
            member = list(tokens[start:left_end])
            if not member:
                break
            members.insert(0, member)
            left_end = start
            if start == 0 or frame.words[tokens[start - 1]].text != ",":
                break
        members = _each_with_its_kind(frame, members)
        if len(members) >= 2 and all(members) and _alike(frame, members):
            return left_end, right_end, members
        return None
    return None


def _each_with_its_kind(frame: Frame, members: list[list[int]]) -> list[list[int]]:
    """Gives "Kelurahan Oesapa, Liliba, dan Penfui" with the kind of place before each name."""
    first, others = members[0], members[1:]
    names = [at for member in [first[1:], *others] for at in member]
    kind = frame.low(first[0]) if first else ""
    if (
        kind not in PLACES
        or not 2 <= len(first) <= 3
        or any(frame.words[at].tag != "NAME" or frame.low(at) in PARTS for at in names)
        or any(len(member) > 2 for member in others)
    ):
        return members
    return [first, *([first[0], *member] for member in others)]


def _plain(frame: Frame, at: int) -> bool:
    word = frame.words[at]
    return (
        not frame.inside[at]
        and (word.tag in NOMINAL or word.low == "of" or word.text in ("%", "$", "€", "£", "Rp", "US$"))
        and word.low not in frame.grammar.joints
        and not is_finite(frame, at)
    )


def _alike(frame: Frame, members: list[list[int]]) -> bool:
    """Says whether the members of a list are phrases of one kind, each whole by itself."""
    first = frame.low(members[0][0])
    if (first in PARTS or first in OFFICES or "of" in map(frame.low, members[0])) and frame.low(
        members[-1][0]
    ) not in PARTS | OFFICES:
        return False  # "Kementerian Komunikasi dan Informatika": one name
    kinds = []
    for member in members:
        tags = [frame.words[at].tag for at in member]
        if all(tag == "NAME" for tag in tags) and not any(char.isdigit() for char in frame.said(member)):
            kinds.append("name")
        elif tags[0] in ("NUM", "DET", "POSS") and len(member) > 1:
            kinds.append("counted")
        elif "NOUN" in tags and tags[0] in ("NOUN", "ADJ"):
            kinds.append("noun")
        else:
            return False
    if set(kinds) == {"noun"}:
        # "health and safety rules", "keselamatan dan kesehatan kerja": the last word may belong to all of them.
        return len(members) > 2 or (len(members[-1]) <= len(members[0]) and frame.language == "id")
    return len(set(kinds)) == 1 or (set(kinds) == {"counted", "noun"} and (len(members) > 2 or frame.language == "id"))


def _listed(frame: Frame, predicate: list[int], *, counted: bool) -> list[list[int]]:
    """Gives the predicate once for each object of a list that each alone is true of."""
    words = frame.words
    if frame.grammar.together.search(frame.said(predicate)) or reports_speech(frame, predicate, 0):
        return [predicate]
    phrases = _phrases(frame, predicate)
    if phrases:
        return phrases
    found = _conjuncts(frame, predicate)
    if found is None:
        return [predicate]
    start, end, members = found
    if start == 0:
        return [predicate]
    before = words[predicate[start - 1]]
    left = predicate[: start - 1] if before.tag == "ADP" else predicate[:start]
    if any(
        frame.low(at) in ("yang", "who", "which", "that", "karena", "because", "agar", "jika", "if", "after", "setelah")
        for at in predicate[:start]
    ):
        return [predicate]
    if before.tag == "ADP" and (
        before.low in ("dengan", "with", "dari", "from", "as", "of", "seperti", "antara")
        or counted
        or any(words[at].tag in ("ADP", "NUM") for at in left)
    ):
        return [predicate]
    if before.tag not in ("VERB", "ADP", "PAST", "PRES", "PART", "ING", "BASE"):
        return [predicate]
    if end < len(predicate) and words[predicate[end]].tag not in ("ADP", "MARK"):
        return [predicate]
    return [[*predicate[:start], *member, *predicate[end:]] for member in members]


def _phrases(frame: Frame, predicate: list[int]) -> list[list[int]]:
    """Gives the predicate twice where it closes with "at X and at Y"."""
    for place in range(3, len(predicate) - 2):
        word = frame.words[predicate[place + 1]]
        if (
            frame.low(predicate[place]) not in ("dan", "serta", "and")
            or word.tag != "ADP"
            or frame.inside[predicate[place]]
        ):
            continue
        first = next((n for n in range(place - 2, 0, -1) if frame.low(predicate[n]) == word.low), None)
        opened = any(frame.low(at) in frame.grammar.openers - {word.low} for at in predicate[:place])
        if first is None or opened or any(is_finite(frame, at) for at in predicate[first:]):
            return []
        return [predicate[:place], [*predicate[:first], *predicate[place + 1 :]]]
    return []


def _listed_subjects(frame: Frame, subject: list[int], predicate: list[int]) -> list[list[int]]:
    """Gives each name of a listed subject, where the predicate is true of each alone."""
    if frame.grammar.together.search(frame.said([*subject, *predicate])):
        return [subject]
    found = _conjuncts(frame, subject)
    if found is None:
        return [subject]
    start, end, members = found
    names = all(frame.words[at].tag == "NAME" for member in members for at in member)
    counted = all(frame.words[member[0]].tag in ("NUM", "DET") and len(member) > 1 for member in members) or (
        len(members) > 2 and not names
    )
    is_the = (
        len(predicate) > 1
        and frame.low(predicate[0]) in ("is", "are", "was", "were", "adalah", "merupakan", "menjadi")
        and frame.words[predicate[1]].tag in ("DET", "NOUN", "ADJ", "NUM")
    )
    if counted and not is_the and start == 0 and end == len(subject):
        return members
    if (
        start != 0
        or end != len(subject)
        or not names
        or (
            any(len(member) == 1 for member in members)
            and len(members) == 2
            and frame.language == "en"
            and frame.words[members[0][0]].text.istitle() is False
        )
    ):
        return [subject]
    return members
