"""Finds reported speech: who said what, by which words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bukti.claims.article import Span
from bukti.claims.frame import Frame
from bukti.claims.grammar import CONCEDING, INVERTED, NEEDS_THAT, SAYING
from bukti.claims.predicates import ATTRIBUTE, find_predicate, is_finite

__all__ = ["QUOTED", "Speech", "at_last_comma", "find_report", "find_speech", "quotation_of"]

MIN_QUOTED_WORDS = 4
"""Fewer words between quotation marks name something and are no quotation."""

QUOTED = re.compile(r"[\"“„«](?P<words>[^\"“”„«»]{8,})[\"”»]")
"""A passage between quotation marks."""

MAX_SPEAKER_WORDS = 22
"""A longer "speaker" is a clause that was misread."""

_LOOSE = {
    "id": frozenset(
        "mengatakan menyatakan berkata menyebutkan mengklaim menegaskan menambahkan menjelaskan berpendapat menilai mengungkapkan menyebut".split()
    ),
    "en": frozenset(
        "said says say insisted added believes believed noted claimed claims told tells acknowledged warned warns estimated estimates".split()
    ),
}
"""Verbs of saying that need neither "bahwa" nor "that" nor a comma before a clause of its own."""

_WISHING = {
    "id": frozenset(
        "menuding meminta mengimbau mengusulkan menyarankan berharap memperkirakan memprediksi menduga meyakini membantah menyangkal menampik menggarisbawahi"
        " mendesak memerintahkan".split()
    ),
    "en": frozenset("urged called denied denies cautioned predicted predicts".split()),
}
"""Those whose object is no statement: what is thought, asked or denied."""

_AHEAD = {
    "id": re.compile(
        r"(?i)(?P<cue>menurut|di(?:tuturkan|akui|ungkapkan|sampaikan|jelaskan|katakan|paparkan|tegaskan|terangkan)|mengutip|dikutip\s+dari|dilansir(?:\s+dari)?|melansir)(?P<own>nya)?\b"
    ),
    "en": re.compile(r"(?i)(?P<cue>according\s+to)\b"),
}
_BEHIND = {
    "id": re.compile(
        r"(?i)\b(?P<cue>menurut|(?:seperti\s+)?dikutip\s+dari|sebagaimana\s+dilansir"
        r"|demikian\s+(?:di\w{4,}kan(?:\s+oleh)?|pernyataan|keterangan|kata|ujar|menurut|dikutip\s+dari))\b"
    ),
    "en": re.compile(r"(?i)\b(?P<cue>according\s+to)\b"),
}
_NOT_SOURCES = re.compile(r"(?i)(?:undang-undang|pasal|hukum|aturan|abjad|rencana|jadwal|plan|schedule|law)\b")
_CIRCUMSTANCE = frozenset(
    """yang who dalam saat ketika kepada di pada usai seusai melalui seperti sambil setelah menanggapi lewat ditemui via dikutip
    seraya sembari in on at during after before to when while speaking from as through""".split()
)
"""Words behind a speaker that open the circumstances of what was said."""

_NOMINAL = frozenset({"DET", "NOUN", "NAME", "PRON", "POSS"})

_HOW = frozenset("melalui lewat kepada saat ketika usai".split())
"""Those that no speaker's name goes on with."""

_WHEN = frozenset(
    "late early last this yesterday earlier recently monday tuesday wednesday thursday friday saturday sunday".split()
)
"""Words behind a cue that say when it was said."""

_STOPS = ',;:"“”«».'


@dataclass(frozen=True, slots=True)
class Speech:
    """One report of speech within a sentence."""

    speaker: tuple[int, ...]
    """The speaker's tokens; empty where it is the clitic of the cue ("ujarnya")."""
    cue: Span
    """The words that report, in the sentence."""
    contents: tuple[tuple[int, ...], ...]
    """What was said, in pieces: a quotation may be broken by the words that report it."""
    clitic: Span | None = None
    """The "-nya" that stands for the speaker."""
    wish: bool = False
    """Whether what was said is thought, asked or denied, and states nothing."""


def quotation_of(text: str) -> Span | None:
    """Gives the words of a claim that stand between quotation marks, the longest of them; None where there are too few.

    >>> quotation_of('Dia mengatakan, "Kenaikan ini kami tempuh agar stabil."')
    Span(start=17, end=54)
    """
    found = [
        Span(*match.span("words")) for match in QUOTED.finditer(text) if len(match["words"].split()) >= MIN_QUOTED_WORDS
    ]
    return max(found, key=lambda span: span.end - span.start, default=None)


def find_speech(frame: Frame, tokens: Sequence[int]) -> Speech | None:
    """Finds a report of speech that wraps a piece of a sentence: "Menurut X, ...", '"...," kata X', "..., X said".

    Args:
        frame: The sentence.
        tokens: The piece, without its insertions.
    """
    if len(tokens) < 4:
        return None
    found = _ahead(frame, list(tokens)) or _inverted(frame, list(tokens)) or _behind(frame, list(tokens))
    return _with_more(frame, tokens, found) if found else None


def _with_more(frame: Frame, tokens: Sequence[int], found: Speech) -> Speech:
    """Adds what follows "..., adding that" to what was said."""
    for place in range(2, len(tokens) - 4):
        at = tokens[place]
        if (
            frame.low(at) in ("adding", "noting", "saying", "warning")
            and not frame.inside[at]
            and frame.words[tokens[place - 1]].text == ","
        ):
            content = _clean(frame, tokens[place + (2 if frame.low(tokens[place + 1]) == "that" else 1) :])
            if find_predicate(frame, content):
                kept = tuple(tuple(one for one in piece if one < at) for piece in found.contents)
                return replace(found, contents=(*(piece for piece in kept if piece), content))
    return found


def _clean(frame: Frame, tokens: Sequence[int]) -> tuple[int, ...]:
    """Drops marks and quotation marks at both ends."""
    start, end = 0, len(tokens)
    while start < end and frame.words[tokens[start]].text in _STOPS:
        start += 1
    marks = sum(frame.words[at].text == '"' for at in tokens[start:end])
    while end > start and frame.words[tokens[end - 1]].text in _STOPS:
        if frame.words[tokens[end - 1]].text == '"':
            if marks % 2 == 0:
                break  # 'The injury was "avoidable"': it closes what was opened within
            marks -= 1
        end -= 1
    return tuple(tokens[start:end])


def _is_speaker(frame: Frame, tokens: Sequence[int]) -> bool:
    return 0 < len(tokens) <= MAX_SPEAKER_WORDS and any(
        frame.words[at].tag in ("NOUN", "NAME", "PRON", "X") or frame.words[at].text[0].isupper() for at in tokens
    )


def _comma(frame: Frame, tokens: Sequence[int], start: int) -> int | None:
    """Gives the first comma outside brackets and quotations, or the colon."""
    for place in range(start, len(tokens)):
        if frame.words[tokens[place]].text in ",:" and not frame.inside[tokens[place]]:
            return place
    return None


def _ahead(frame: Frame, tokens: list[int]) -> Speech | None:
    """Reads "Menurut X, ..." and "According to X, ..."."""
    start = frame.words[tokens[0]].start
    skipped = 0
    if frame.low(tokens[0]) in ("namun", "sementara", "but", "sedangkan", "and", "dan", "tetapi"):
        skipped = 2 if frame.words[tokens[1]].text == "," or frame.low(tokens[1]) == "itu" else 1
        start = frame.words[tokens[skipped]].start
    match = _AHEAD[frame.language].match(frame.text, start)
    comma = _comma(frame, tokens, skipped + 1)
    if match is None or comma is None:
        return None
    cue = Span(*match.span("cue"))
    if frame.language == "id" and match["own"]:
        content = _clean(frame, tokens[comma + 1 :])
        return Speech((), cue, (content,), clitic=Span(*match.span("own"))) if len(content) >= 3 else None
    # "Menurut Badan Meteorologi, Klimatologi, dan Geofisika, ...": the commas of one name.
    end = comma
    for _ in range(4):
        following = _comma(frame, tokens, end + 1)
        if following is None:
            break
        inner = tokens[end + 1 : following]
        joined = any(frame.low(at) in ("dan", "and") for at in inner)
        later = _comma(frame, tokens, following + 1)
        if (
            all(frame.words[at].tag == "NAME" for at in inner)
            and (
                frame.grammar.roles.search(frame.said(tokens[:end]))
                or (
                    1 < len(inner) < 5 and frame.words[tokens[skipped + 1]].text[0].islower()
                )  # "kuasa hukumnya, Retno Palupi"
            )
            and not joined
        ):
            end = following  # "menurut Kepala Dinas X, Retno Lalang, ..."
            break
        lists = joined or (
            later is not None and any(frame.low(at) in ("dan", "and") for at in tokens[following + 1 : later])
        )
        if not lists or len(inner) > 6 or not all(frame.words[at].tag in ("NAME", "CC") for at in inner):
            break
        end = following
        if joined:
            break
    speaker = _clean(frame, [at for at in tokens[:end] if frame.words[at].start >= cue.end])
    content = _clean(frame, tokens[end + 1 :])
    if not _is_speaker(frame, speaker) or len(content) < 3 or _NOT_SOURCES.match(frame.said(speaker)):
        return None
    return Speech(speaker, cue, (content,))


def _behind(frame: Frame, tokens: list[int]) -> Speech | None:
    """Reads "..., menurut X" and "... according to X"."""
    for place in range(len(tokens) - 2, 2, -1):
        word = frame.words[tokens[place]]
        if frame.inside[tokens[place]] or word.low not in (
            "menurut",
            "according",
            "dikutip",
            "seperti",
            "sebagaimana",
            "demikian",
        ):
            continue
        match = _BEHIND[frame.language].match(frame.text, word.start)
        if match is None:
            continue
        cue = Span(*match.span("cue"))
        rest = [at for at in tokens[place:] if frame.words[at].start >= cue.end]
        stop = _comma(frame, rest, 0)
        how = next((n for n, at in enumerate(rest[:stop]) if n and frame.low(at) in _HOW), stop)
        speaker = _clean(frame, rest[:how])
        holder = _clean(frame, rest[stop + 1 :]) if stop is not None and how == stop else ()
        if len(holder) > 1 and all(frame.words[at].tag == "NAME" for at in holder):
            speaker = (*speaker, rest[stop or 0], *holder)  # "menurut Ketua Asosiasi Ubin, Hengky Laksmana"
        content = _clean(frame, tokens[:place])
        if (
            _is_speaker(frame, speaker)
            and len(content) >= 3
            and find_predicate(frame, content) is not None
            and not _NOT_SOURCES.match(frame.said(speaker))
            and (stop is None or len(rest) - stop < 8)
            and (word.low == "according" or frame.words[tokens[place - 1]].text == ",")
        ):
            return Speech(speaker, cue, (content,))
    return None


def _inverted(frame: Frame, tokens: list[int]) -> Speech | None:
    """Reads '"...," ujar X.', '"...," said X.', '..., X said.' and '..., kata X, ...'."""
    words = frame.words
    for place in range(2, len(tokens)):
        word = words[tokens[place]]
        bare = word.low.removesuffix("nya") if frame.language == "id" else word.low
        if frame.inside[tokens[place]] or bare not in INVERTED[frame.language]:
            continue
        if place + 1 < len(tokens) and frame.words[tokens[place + 1]].tag == "TO":
            continue  # "a container said to hold nuts"
        before = words[tokens[place - 1]].text
        titled = frame.language == "en" and _titled(frame, tokens, place) != place
        if before in (",", '"', "”", "»") and not titled:
            found = _speaker_behind(frame, tokens, place)
        else:
            found = _speaker_before(frame, tokens, place) if frame.language == "en" else None
        if found is not None:
            return found
    return None


def _quoted(frame: Frame, tokens: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Gives the words of `tokens` that stand between quotation marks."""
    found = _clean(frame, [at for at in tokens if frame.inside[at] and frame.words[at].text not in "()"])
    return (found,) if len(found) >= 3 and any(frame.words[at].text in '"“' for at in tokens) else ()


def _speaker_behind(frame: Frame, tokens: list[int], place: int) -> Speech | None:
    words = frame.words
    cue = words[tokens[place]]
    before = _clean(frame, tokens[:place])
    quote_closes = words[tokens[place - 1]].text in '"”»' or (place > 1 and words[tokens[place - 2]].text in '"”»')
    if frame.language == "id" and cue.low.endswith("nya"):
        middle = words[tokens[place + 1]].text == "," and not quote_closes if place + 1 < len(tokens) else False
        if middle and frame.low(tokens[place - 2]) == "yang":
            return None  # "barang yang, katanya, busuk": the one who speaks is the clause's own subject
        rest = _clean(frame, tokens[place + 2 :]) if middle else ()
        contents = ((*before, *rest),) if rest else (before, *_quoted(frame, tokens[place + 1 :]))
        clitic = Span(cue.end - 3, cue.end)
        return Speech((), Span(cue.start, cue.end - 3), contents, clitic=clitic) if len(contents[0]) >= 3 else None
    end = place + 1
    while end < len(tokens) and not frame.inside[tokens[end]] and words[tokens[end]].text not in ",.;":
        if end > place + 1 and frame.low(tokens[end]) in _CIRCUMSTANCE:
            break
        end += 1
    speaker = _clean(frame, tokens[place + 1 : end])
    if not _is_speaker(frame, speaker):
        return None
    stop = _comma(frame, tokens, end + 1) if end < len(tokens) and words[tokens[end]].text == "," else None
    inner = tokens[end + 1 : stop if stop is not None else len(tokens)] if end < len(tokens) else []
    inner = [at for at in inner if words[at].text != "."]
    if (
        len(inner) >= 2
        and all(words[at].tag == "NAME" for at in inner)
        and (frame.language == "id" or frame.grammar.roles.search(frame.said(speaker)))
    ):
        # "kata Direktur Utama X, Hendra Wiraguna, ...": an office and its holder are one speaker.
        speaker = (*speaker, tokens[end], *inner)
        end = stop if stop is not None else len(tokens)
    behind = tokens[end + 1 :] if end < len(tokens) and words[tokens[end]].text == "," else []
    if not quote_closes and behind and (find_predicate(frame, before) is None or find_predicate(frame, behind) == 0):
        around = (*before, *_clean(frame, behind))
        return Speech(speaker, Span(cue.start, cue.end), (around,)) if len(around) >= 3 else None
    if len(before) < 2 or (not quote_closes and find_predicate(frame, before) is None):
        return None
    return Speech(speaker, Span(cue.start, cue.end), (before, *_quoted(frame, tokens[end:])))


def _titled(frame: Frame, tokens: Sequence[int], place: int) -> int:
    """Gives where a name between commas begins whose office stands before it: "its chief, Ann Lee, said"."""
    words = frame.words
    start = place - 1
    while start > 0 and words[tokens[start - 1]].tag == "NAME":
        start -= 1
    return start - 1 if words[tokens[place - 1]].text == words[tokens[start - 1]].text == "," and start > 3 else place


def _speaker_before(frame: Frame, tokens: list[int], place: int) -> Speech | None:
    """Reads "..., X said" and '"...," X said on Monday.'."""
    words = frame.words
    start = _titled(frame, tokens, place)
    while start > 0 and not frame.inside[tokens[start - 1]] and words[tokens[start - 1]].text not in ',"”;':
        start -= 1
    if start < 2 or place - start > 14:
        return None
    speaker = _clean(frame, tokens[start:place])
    while speaker and (words[speaker[-1]].tag == "ADV" or words[speaker[-1]].low in ("has", "have", "had")):
        speaker = speaker[:-1]
    content = _clean(frame, tokens[:start])
    if not _is_speaker(frame, speaker) or len(content) < 2 or any(is_finite(frame, at) for at in speaker):
        return None
    quote_closes = words[tokens[start - 1]].text in '"”' or (start > 1 and words[tokens[start - 2]].text in '"”')
    cue = words[tokens[place]]
    tail = tokens[place + 1 :]
    if not quote_closes:
        told = cue.low in ("told", "tells")
        follows = words[tail[0]] if tail else None
        if (
            follows is not None
            and follows.text not in ",."
            and follows.low not in _CIRCUMSTANCE
            and not told
            and follows.low not in _WHEN
        ):
            return None
        if (
            cue.low in ("show", "shows", "showed", "reported", "reports", "confirmed", "announced", "estimated")
            and follows is not None
            and follows.text not in ".,"
            and follows.low not in _CIRCUMSTANCE | _WHEN
        ):
            return None
        if find_predicate(frame, content) is None:
            return None
        goes_on = _comma(frame, tail, 0)
        if goes_on is not None and len(tail) - goes_on > 4:
            # "..., data showed last week, but was still ...": what was said goes around the words that report it.
            rest = _clean(frame, tail[goes_on + 1 :])
            bare = rest[1:] if rest and frame.low(rest[0]) in frame.grammar.joints else rest
            if find_predicate(frame, bare) == 0:
                content = (*content, *rest)
    return Speech(speaker, Span(cue.start, cue.end), (content, *_quoted(frame, tail)))


def find_report(frame: Frame, tokens: Sequence[int]) -> Speech | None:
    """Finds the report of speech whose subject is that of an atom: "X mengatakan, ...", "X said that ..."."""
    language, words = frame.language, frame.words
    for place in range(1, len(tokens) - 1):
        word = words[tokens[place]]
        if frame.inside[tokens[place]] or word.low not in SAYING[language] or _no_report(frame, tokens, place):
            continue
        perfect = word.tag == "PART" and frame.low(tokens[place - 1]) in ("has", "have", "had")
        if language == "en" and word.tag not in ("PAST", "PRES", "BASE") and not perfect:
            continue
        speaker = _subject(frame, tokens, place)
        if not _is_speaker(frame, speaker) or frame.low(speaker[0]) in CONCEDING | {"kendati"}:
            continue
        relative = next(
            (n for n in range(len(speaker) - 1, -1, -1) if frame.low(speaker[n]) in frame.grammar.relative), -1
        )
        verbs = [is_finite(frame, at) and not ATTRIBUTE.match(frame.low(at)) for at in speaker[relative + 1 :]]
        if any(verbs) == (relative < 0):
            continue  # "a video in which the toy explains ...": the verb is the relative clause's own
        cue = Span(word.start, word.end)
        wish = word.low in _WISHING[language]
        if wish and perfect:
            continue
        quote = next((n for n in range(place + 1, len(tokens)) if words[tokens[n]].text in '"“'), 0)
        between = [words[at].text for at in tokens[place + 1 : quote]]
        if word.low == "called" and quote == 0 and frame.low(tokens[place + 1]) != "for":
            continue  # "called the police"
        if quote and between and (word.low == "called" or (word.low == "menyebut" and not {",", ":"} & set(between))):
            # 'called it "a silly way to choose"', 'menyebut temuan itu "karangan"': a name for it, no statement
            return Speech(speaker, cue, (), wish=True)
        start = _content_after(frame, list(tokens), place)
        if start is None:
            if not wish and word.low not in ("menilai", "mengaku"):
                continue
            content = _clean(frame, tokens[place + 1 :])
            if word.low == "mengaku" and content:
                return Speech(
                    speaker, cue, ((*_holder(frame, speaker), *content),)
                )  # "X mengaku kehilangan Y": X has lost Y
            clause = len(content) >= 3 and find_predicate(frame, content) is not None
            return Speech(speaker, cue, (content,) if clause else (), wish=True) if content else None
        content = _clean(frame, tokens[start:])
        if len(content) >= 2:
            return Speech(speaker, cue, (content,), wish=wish or word.low == "menilai")
    return None


def _holder(frame: Frame, speaker: Sequence[int]) -> Sequence[int]:
    """Gives the name behind "Kepala sekolah, Dadang Suherlan", or the speaker as it stands."""
    office, name = at_last_comma(frame, speaker)
    return name if office and all(frame.words[at].tag == "NAME" for at in name) else speaker


def at_last_comma(frame: Frame, speaker: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Gives what stands before a speaker's last comma and what behind it; nothing and all of it where there is none."""
    comma = next((n for n in range(len(speaker) - 1, 0, -1) if frame.words[speaker[n]].text == ","), -1)
    return speaker[: max(comma, 0)], speaker[comma + 1 :]


def _no_report(frame: Frame, tokens: Sequence[int], place: int) -> bool:
    before = {frame.low(at) for at in tokens[max(0, place - 2) : place]}
    return bool(
        before
        & {
            "tidak",
            "belum",
            "bukan",
            "tak",
            "enggan",
            "never",
            "not",
            "n't",
            "untuk",
            "yang",
            "agar",
            "to",
            "who",
            "which",
            "by",
            "was",
            "were",
            "is",
            "are",
            "be",
            "been",
            "being",
            "and",
            "dan",
        }
    ) or (frame.low(tokens[place]) in ("menyatakan", "claimed") and frame.low(tokens[place + 1]) in _DECLARED)


_DECLARED = frozenset(
    "banding kasasi mundur perang damai maaf dukungan keberatan sikap setuju terima responsibility victory credit damages asylum".split()
)
"""What "menyatakan" and "claimed" do rather than say."""


def _subject(frame: Frame, tokens: Sequence[int], place: int) -> tuple[int, ...]:
    """Gives the subject before an active cue, without opening phrases and adverbs."""
    words, helpers = frame.words, frame.grammar.helpers
    end = place
    while end > 0 and (
        words[tokens[end - 1]].tag in ("ADV", "NEG", "MODAL")
        or frame.low(tokens[end - 1]) in helpers | {"has", "have", "had", ","}
    ):
        end -= 1
    phrase: list[int] = list(tokens[:end])
    for back in range(len(phrase) - 1, -1, -1):
        if words[phrase[back]].text == "," and not frame.inside[phrase[back]]:
            if any(frame.low(at) in ("dan", "and") for at in phrase[back + 1 :]) and words[phrase[0]].tag in (
                "NAME",
                "NOUN",
            ):
                break
            tail = phrase[back + 1 :]
            # "Direktur Utama X, Hendra Wiraguna": an office and its holder are one speaker.
            if all(words[at].tag == "NAME" for at in tail) and frame.grammar.roles.search(frame.said(phrase[:back])):
                break
            if words[tokens[end]].text == "," and words[phrase[back - 1]].tag == "NAME":
                if words[tail[-1]].tag == "NAME":
                    break  # "Prakirawan BMKG, Sarwo Eddy", "Dinas Kesehatan Singkawang, Kalimantan Barat"
                phrase = phrase[:back]  # "Plumfield, maker of the bear, says ..."
                continue
            phrase = tail
            break
    while phrase and (frame.low(phrase[0]) in frame.grammar.joints or frame.words[phrase[0]].text == ","):
        phrase = phrase[1:]
    return _clean(frame, phrase)


def _content_after(frame: Frame, tokens: list[int], place: int) -> int | None:
    """Gives where what was said begins."""
    words, language = frame.words, frame.language
    cue = words[tokens[place]].low
    that = "bahwa" if language == "id" else "that"
    for after in range(place + 1, min(place + 14, len(tokens) - 1)):
        word = words[tokens[after]]
        if word.low == that and words[tokens[after]].tag != "DET":
            content = tokens[after + 1 :]
            if cue in ("told", "tells") and (words[content[0]].tag == "ADP" or find_predicate(frame, content) == 0):
                return None  # "told a crowd that drowned her out": which crowd
            return after + 1
        if word.text in '"“':
            closing = [n for n in range(after + 1, len(tokens)) if words[tokens[n]].text in '"”']
            goes_on = after > place + 1 and words[tokens[after + 1]].text[0].islower()
            if goes_on and language == "en" and words[tokens[place + 1]].tag in _NOMINAL:
                return place + 1  # 'said the deal "rewards those who ..."'
            return after if closing and closing[0] - after > 4 else None
        if word.text in ":,":
            rest = tokens[after + 1 :]
            if len(rest) < 2:
                return None
            if (
                after > place + 1
                and words[tokens[place + 1]].tag not in ("ADP", "SUB")
                and words[tokens[place + 1]].low not in _CIRCUMSTANCE
            ):
                break  # what was said began before the comma
            if frame.low(rest[0]) == that:
                return after + 2
            if word.text == "," and (language == "en" or cue in NEEDS_THAT or cue in _WISHING["id"]):
                break
            return after + 1 if find_predicate(frame, rest) is not None or frame.inside[rest[0]] else None
        if is_finite(frame, tokens[after]):
            break
    if cue in _WISHING[language] or (language == "en" and cue in NEEDS_THAT):
        return None
    if language == "id" and cue not in _LOOSE["id"]:
        rest = tokens[place + 1 :]
        predicate = find_predicate(frame, rest) or 0
        subject = rest[:predicate]
        # The commas of a list may stand in the subject, no others.
        if cue in NEEDS_THAT and cue not in ("melaporkan", "mencatat", "memastikan"):
            return None
        plain = not any(words[at].text == "," for at in subject) or any(
            frame.low(at) in ("dan", "serta") for at in subject
        )
        return place + 1 if predicate <= 12 and plain and _own_clause(frame, rest) else None
    start = place + 1
    if language == "en":
        start = _past_circumstance(frame, tokens, start)
        if cue in ("told", "tells"):
            start = _past_hearer(frame, tokens, start)
            while start < len(tokens) - 3 and not _own_clause(frame, tokens[start:]) and start < place + 5:
                start += 1
    return start if _own_clause(frame, tokens[start:]) else None


def _past_hearer(frame: Frame, tokens: Sequence[int], start: int) -> int:
    """Skips the noun phrase behind "told" where another one follows: "told the firms the matter was closed"."""
    tags = [frame.words[at].tag for at in tokens[start : start + 8]]
    end = next((n for n, tag in enumerate(tags) if tag in ("NOUN", "NAME", "PRON")), None)
    if end is None or not set(tags[:end]) <= {"DET", "POSS", "ADJ", "NUM"}:
        return start
    while end + 1 < len(tags) and tags[end + 1] in ("NOUN", "NAME"):
        end += 1
    return start + end + 1 if end + 1 < len(tags) and tags[end + 1] in ("DET", "POSS", "PRON", "NUM") else start


def _past_circumstance(frame: Frame, tokens: Sequence[int], start: int) -> int:
    """Skips "on Monday", "in a statement" behind a cue."""
    words = frame.words
    while start < len(tokens) - 3 and words[tokens[start]].low in _CIRCUMSTANCE | {"late", "early", "last", "this"}:
        start += 1
        while start < len(tokens) - 3 and words[tokens[start]].tag in ("DET", "ADJ", "POSS"):
            start += 1
        start += 1
        while start < len(tokens) - 3 and words[tokens[start]].low in (
            "morning",
            "night",
            "afternoon",
            "evening",
            "conference",
            "week",
            "month",
            "year",
            "release",
            "filing",
        ):
            start += 1
    return start


def _own_clause(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether these tokens are a clause: a subject, then a predicate."""
    predicate = find_predicate(frame, tokens)
    if predicate == 0 and {frame.low(at) for at in tokens[:3]} & {"ada", "terdapat"}:
        return True  # "memastikan tidak ada korban"
    if not predicate or predicate > 14:
        return False
    words = [frame.words[at] for at in tokens[:predicate]]
    if not any(word.tag in ("NOUN", "NAME", "PRON", "X") for word in words):
        return False
    if any(word.text == "," and later.tag == "ING" for word, later in pairwise(words)):
        return False  # "acknowledged the loss, saying it had failed"
    return words[0].low not in (
        "untuk",
        "agar",
        "supaya",
        "to",
        "about",
        "by",
        "soal",
        "tentang",
        "kepada",
        "for",
        "of",
    )
