"""The rule splitter: sentences become claims by parts of speech and the signs of reported speech and of joined clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

from bukti.claims.article import CLAIM_ROLES, Article, Sentence, Span
from bukti.claims.claim import Attribution, Claim, ClaimKind, DateMention, Quantity
from bukti.claims.clauses import take_apart
from bukti.claims.dates import find_dates
from bukti.claims.frame import Atom, Frame, compose, frame_of, without_connector
from bukti.claims.insertions import take_insertions
from bukti.claims.language import LANGUAGES, detect_language
from bukti.claims.names import Name, find_names
from bukti.claims.quantities import find_quantities
from bukti.claims.references import Mentions, Reference, find_references, note_names
from bukti.claims.speech import Speech, at_last_comma, find_report, find_speech
from bukti.claims.titles import is_person, names_role, titles_in
from bukti.claims.words import Tagged, tag_texts
from bukti.claims.worth import check_worth, why_not_checkable

__all__ = ["RuleSplitter", "make_claim", "sentence_language"]

MIN_CLAIM_WORDS = 3
"""A piece with fewer words states nothing that could be looked up."""

MAX_NESTING = 3
"""Reports within reports are followed this deep."""

_ALWAYS_CAPITAL = re.compile(
    r".[A-Z]|I$|[A-Z]\w+(?:ese|ish|[ai]an)$|(?:French|German|Greek|Dutch|Thai|Swiss|Iraqi|Israeli|Pakistani|Saudi)$"
)
"""Words whose capital is not only the sentence's: names of peoples, abbreviations."""

_ENDS_OFFICE = frozenset("Kota Utama Umum Jenderal Eksekutif Pelaksana Harian Besar".split())
"""Second words of offices, which have a capital where the first has one: "Wali Kota", "Direktur Utama"."""

_THAT = re.compile(r"(?:itu|ini|tersebut)\b\s*")

_Mention = TypeVar("_Mention", Quantity, DateMention, Name)


MAX_SENTENCE_CHARACTERS = 2_000
"""No sentence is longer; what claims to be one is a table, a list or an attack, and the rules look at each word of it from each other."""


class RuleSplitter:
    """Splits by written rules for Indonesian and English. Every word of a claim stands in the article, but for a copula."""

    @property
    def name(self) -> str:
        """Name and version of the rules."""
        return "rules/3"

    def split(self, articles: Sequence[Article]) -> list[list[Claim]]:
        """Splits each article into claims; see `Splitter`."""
        return [list(_Work(article).claims()) for article in articles]

    def remarks(self, article: Article) -> dict[Span, str]:
        """Says of sentences why they were not read, for the ledger."""
        note = f"not read: no sentence has more than {MAX_SENTENCE_CHARACTERS:,} characters"
        return {sentence.span: note for sentence in article.sentences if _is_endless(sentence)}


def _is_endless(sentence: Sentence) -> bool:
    return sentence.span.end - sentence.span.start > MAX_SENTENCE_CHARACTERS


@dataclass(frozen=True, slots=True)
class _Piece:
    """A claim in the making: its pieces in the sentence, and who said it."""

    atom: tuple[Span | str, ...]
    kind: ClaimKind = "statement"
    attribution: Attribution | None = None
    note: str = ""


@dataclass(slots=True)
class _Found:
    """What a sentence gives."""

    pieces: list[_Piece] = field(default_factory=list)
    people: list[Span] = field(default_factory=list)
    speakers: list[Span] = field(default_factory=list)
    """Those with one word for a name."""
    clitics: list[Span] = field(default_factory=list)
    sides: list[tuple[Span, Span]] = field(default_factory=list)
    """The "-nya" of "pihaknya" ("their side") in what was said, with its speaker."""
    speech: Attribution | None = None


class _Work:
    """One article on its way through the rules."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.mentions = Mentions(article.text)
        self.given: set[str] = set()
        self.named: dict[Span, Attribution] = {}
        """By where a report of speech stands, the report with its speaker's name for a pronoun."""

    def claims(self) -> Iterator[Claim]:
        sentences = [
            sentence
            for sentence in self.article.sentences
            if sentence.role in CLAIM_ROLES and sentence.repeat_of is None and not _is_endless(sentence)
        ]
        texts = [sentence.span.of(self.article.text) for sentence in sentences]
        languages = [sentence_language(text, self.article.language) for text in texts]
        tagged: list[Tagged] = [[] for _ in texts]
        for language in sorted(set(languages)):
            rows = [number for number, own in enumerate(languages) if own == language]
            for number, words in zip(rows, tag_texts([texts[row] for row in rows], language), strict=True):
                tagged[number] = words
        read = [_read(text, words, language) for text, words, language in zip(texts, tagged, languages, strict=True)]
        for sentence, found in zip(sentences, read, strict=True):
            found.speech = _moved_speech(found.speech, sentence.span.start)
            found.pieces = [
                replace(piece, attribution=_moved_speech(piece.attribution, sentence.span.start))
                for piece in found.pieces
            ]
        # A quotation over several sentences has one speaker, named before or behind.
        for order in (range(len(read)), range(len(read) - 1, -1, -1)):
            spoken: tuple[int, Attribution] | None = None
            for number in order:
                sentence, found = sentences[number], read[number]
                if found.speech is not None:
                    spoken = (sentence.paragraph, found.speech)
                elif sentence.role == "quote" and spoken and spoken[0] == sentence.paragraph:
                    found.speech = spoken[1]
                    found.pieces = [replace(piece, attribution=spoken[1]) for piece in found.pieces]
                else:
                    spoken = None
        for number, (sentence, text, language, found) in enumerate(zip(sentences, texts, languages, read, strict=True)):
            base, words = sentence.span.start, tagged[number]
            note_names(self.mentions, number, base, words, language, found.people, found.speakers)
            yield from self._finish(number, sentence, text, tagged[number], language, found)

    def _finish(
        self, number: int, sentence: Sentence, text: str, words: Tagged, language: str, found: _Found
    ) -> Iterator[Claim]:
        base = sentence.span.start
        references = find_references(self.mentions, number, base, text, words, language)
        references += [
            clitic for span in found.clitics if (clitic := self.mentions.clitic(number, _shifted(span, base)))
        ]
        references += [
            Reference(_shifted(span, base), span.of(text), _shifted(speaker, base)) for span, speaker in found.sides
        ]
        meant = {reference.span: reference.target for reference in references if reference.target}
        # The capital that only opens the sentence, and is no name's.
        first = words[0] if words else None
        plain = first is not None and first.tag != "NAME" and not _ALWAYS_CAPITAL.match(first.text)
        plain = plain and not (len(words) > 1 and words[1].text in _ENDS_OFFICE)
        opening = base + first.start if first and plain else -1
        for piece in found.pieces:
            spans: list[Span | str] = [part if isinstance(part, str) else _shifted(part, base) for part in piece.atom]
            own = [part for part in spans if isinstance(part, Span)]
            unresolved = []
            for reference in references:
                if not any(part.covers(reference.span) for part in own):
                    continue
                if reference.target is None:
                    unresolved.append(reference.text)
                elif not any(part.covers(reference.target) for part in own):
                    spans = _put(spans, reference.span, reference.target, possessive=reference.possessive)
            spans = self._things_named(spans)
            claim_text = compose(self.article.text, spans, opening=opening)
            key = " ".join(claim_text.casefold().split())
            if len(claim_text.split()) < MIN_CLAIM_WORDS or key in self.given or not any(map(str.isalpha, claim_text)):
                continue
            if not any(isinstance(part, Span) and sentence.span.covers(part) for part in spans):
                continue  # nothing but what a pronoun means
            self.given.add(key)
            yield make_claim(
                self.article,
                sentence,
                claim_text,
                tuple(part for part in spans if isinstance(part, Span)),
                language=language,
                kind=piece.kind,
                attribution=self._named(piece.attribution, meant),
                unresolved=tuple(unresolved),
                note=piece.note,
            )

    def _things_named(self, spans: list[Span | str]) -> list[Span | str]:
        """Puts the name where a noun and its "itu" come from two places: "Kapal (yang membawa turis) itu berangkat"."""
        for number, (part, following) in enumerate(pairwise(spans)):
            if isinstance(part, str) or isinstance(following, str):
                continue
            that = _THAT.match(self.article.text, following.start, following.end)
            noun = part.of(self.article.text).lower().split()
            target = self.mentions.thing(noun, part.start) if that and 0 < len(noun) < 4 else None
            if that and target:
                rest = [Span(that.end(), following.end)] if that.end() < following.end else []
                return [*spans[:number], target, *rest, *spans[number + 2 :]]
        return spans

    def _named(self, speech: Attribution | None, meant: dict[Span, Span]) -> Attribution | None:
        """Gives the speaker by name where the sentence has only a pronoun for them."""
        if speech is None:
            return None
        if speech.span in self.named:
            return self.named[speech.span]  # the same words in a sentence before
        target = next(
            (
                target
                for span, target in meant.items()
                if span.of(self.article.text) == speech.speaker and speech.span.covers(span)
            ),
            None,
        )
        if target:
            self.named[speech.span] = replace(speech, speaker=target.of(self.article.text))
            return self.named[speech.span]
        for span, owner in meant.items():  # "Its chairman, Ann Lee"
            pronoun = span.of(self.article.text)
            if pronoun in ("Its", "His", "Her") and speech.span.start == span.start:
                return replace(speech, speaker=f"{owner.of(self.article.text)}'s{speech.speaker[len(pronoun) :]}")
        # "ujarnya" where nobody in the text before can be meant for certain
        return replace(speech, speaker="ia") if speech.speaker == "nya" else speech


def make_claim(
    article: Article,
    sentence: Sentence,
    text: str,
    spans: tuple[Span, ...],
    *,
    language: str,
    kind: ClaimKind = "statement",
    attribution: Attribution | None = None,
    unresolved: tuple[str, ...] = (),
    note: str = "",
) -> Claim:
    """Gives a claim with what stands in it: quantities, dates, how much it is worth checking.

    Args:
        article: The article.
        sentence: The sentence it is from.
        text: The claim as a sentence that reads alone.
        spans: The pieces of the article it is made of, in its order; at least one within the sentence.
        language: ISO 639-1 code.
        kind: Whether it is a statement, or that one was made.
        attribution: Who is said to have said it.
        unresolved: Its references that the text leaves open.
        note: Why it cannot be checked; looked for in the text where empty.
    """
    own = [span for span in spans if sentence.span.covers(span)]
    whole = sentence.span.of(article.text)
    base = sentence.span.start
    quantities = [_moved(item, base) for item in find_quantities(whole, language)]
    dates = [_moved(item, base) for item in find_dates(whole, language, anchor=article.published)]
    names = [_moved(item, base) for item in find_names(whole)]
    held = [item for item in quantities if any(part.covers(item.span) for part in own)]
    dated = [item for item in dates if any(part.covers(item.span) for part in own)]
    note = note or ("" if kind == "said" else why_not_checkable(text, language))
    return Claim(
        text=text,
        span=Span(min(part.start for part in own), max(part.end for part in own)),
        spans=spans,
        sentence_span=sentence.span,
        language=language,
        check_worthy=0.0 if note else check_worth(text, quantities=len(held), dates=len(dated)),
        checkable=not note,
        kind=kind,
        attribution=attribution,
        quantities=tuple(held),
        dates=tuple(dated),
        names=tuple(name for name in names if any(part.covers(name.span) for part in own)),
        unresolved=unresolved,
        context=" ".join(part for part in (attribution.speaker if attribution else "", article.title or "") if part),
        note=note,
    )


def _put(parts: Sequence[Span | str], place: Span, target: Span, *, possessive: bool) -> list[Span | str]:
    """Puts `target` where the reference at `place` stands."""
    out: list[Span | str] = []
    for part in parts:
        if isinstance(part, str) or not part.covers(place):
            out.append(part)
            continue
        if part.start < place.start:
            out.append(Span(part.start, place.start))
        out.append(target)
        if possessive:
            out.append("'s")
        if place.end < part.end:
            out.append(Span(place.end, part.end))
    return out


def sentence_language(text: str, article_language: str) -> str:
    """Gives the sentence's language: the article's, unless a long sentence is plainly in the other one."""
    if article_language not in LANGUAGES or sum(char.isalpha() for char in text) < 60:
        return article_language
    return detect_language(text, default=article_language) if len(text) >= 150 else article_language


def _read(text: str, words: Tagged, language: str) -> _Found:
    """Takes a sentence apart."""
    found = _Found()
    frame = frame_of(text, words, language)
    if frame is None:
        found.pieces.append(_Piece((Span(0, len(text)),)))
        return found
    _take(frame, list(range(len(frame.words))), None, found, 0)
    held = [part for piece in found.pieces for part in piece.atom if isinstance(part, Span)]
    if any(
        not any(part.start <= word.start and word.end <= part.end for part in held)
        for word in frame.words
        if word.tag == "NAME" or any(map(str.isdigit, word.text))
    ):
        # No name and no number is left out: where the pieces hold one not, the whole sentence is a claim as well.
        found.pieces.append(_Piece(_spans(frame, tuple(without_connector(frame, range(len(frame.words)))))))
    return found


def _take(
    frame: Frame, tokens: Sequence[int], attribution: Attribution | None, found: _Found, depth: int, note: str = ""
) -> None:
    if depth:
        frame = frame.within(tokens)
    for name, title in titles_in(frame, tokens):
        found.pieces.append(_Piece(_spans(frame, (*name, frame.grammar.copula, *title))))
        found.people.append(_span(frame, name))
    if depth == 0 and tokens and frame.low(tokens[0]) == "pihaknya":
        ours = frame.words[tokens[0]]
        found.clitics.append(Span(ours.end - len("nya"), ours.end))
    left, atoms, people = take_insertions(frame, tokens)
    found.people += [_span(frame, name) for name in people]
    speech = find_speech(frame, left) if depth < MAX_NESTING else None
    if speech is not None:
        _report(frame, _with_asides(left, left, tokens, speech), speech, found, depth, note)
    else:
        if depth == 0 and (bare := _unquoted(frame, left)):
            left, frame = bare, frame.within(bare)
        for part in _sentences_in(frame, left):
            for atom in take_apart(frame, part):
                own = [at for at in atom if isinstance(at, int)]
                report = find_report(frame, own) if depth < MAX_NESTING and len(own) == len(atom) else None
                if report is not None:
                    _report(frame, _with_asides(own, left, tokens, report), report, found, depth, note)
                else:
                    found.pieces.append(_Piece(_spans(frame, atom), attribution=attribution, note=note))
    found.pieces += [_Piece(_spans(frame, atom), attribution=attribution, note=note) for atom in atoms]


def _with_asides(kept: Sequence[int], left: Sequence[int], tokens: Sequence[int], speech: Speech) -> list[int]:
    """Gives the report with the asides of what was said put back: a report repeats the words, the claims take them apart.

    Args:
        kept: The report without asides.
        left: The sentence without asides, all of it.
        tokens: The sentence.
        speech: The report's parts.
    """
    held = set(kept)
    asides = set(tokens) - set(left)
    bounds = [
        (piece[0], next((at for at in left if at > piece[-1]), tokens[-1] + 1)) for piece in speech.contents if piece
    ]
    return [
        at
        for at in tokens
        if at in held or (at in asides and any(first <= at < following for first, following in bounds))
    ]


def _unquoted(frame: Frame, tokens: Sequence[int]) -> list[int]:
    """Gives a sentence that is one quotation without its marks, or nothing."""
    words = frame.words
    kept = [at for at in tokens if words[at].text not in ".,!"]
    if (
        len(kept) > 3
        and words[kept[0]].text in '"“'
        and words[kept[-1]].text in '"”'
        and all(frame.inside[at] for at in kept)
    ):
        return list(tokens[tokens.index(kept[0]) + 1 : tokens.index(kept[-1])])
    return []


def _report(frame: Frame, tokens: Sequence[int], speech: Speech, found: _Found, depth: int, note: str) -> None:
    """Gives that something was said, and takes apart what was said."""
    speaker = _span(frame, speech.speaker) if speech.speaker else speech.clitic
    assert speaker is not None
    own = Attribution(
        speaker=speaker.of(frame.text),
        cue=speech.cue.of(frame.text),
        span=Span(min(speaker.start, speech.cue.start), max(speaker.end, speech.cue.end)),
    )
    found.speech = found.speech or own
    if speech.clitic:
        found.clitics.append(speech.clitic)
    if len(speech.speaker) == 1 and frame.words[speech.speaker[0]].tag == "NAME":
        found.speakers.append(speaker)
    if any(speaker.covers(person) for person in found.people):
        pass  # "Superintendent Raymond Okafor": known without the office
    elif is_person(frame, speech.speaker):
        found.people.append(speaker)
    elif holder := _holder(frame, speech.speaker):
        found.people.append(_span(frame, holder))
    found.pieces.append(
        _Piece(_spans(frame, tuple(without_connector(frame, tokens))), kind="said", attribution=own, note=note)
    )
    meant = (
        f"what {own.cue!r} reports is thought, asked or denied: that it was said is the claim" if speech.wish else note
    )
    if speech.speaker and not any(frame.words[at].tag == "PRON" for at in speech.speaker):
        ours = [frame.words[at] for content in speech.contents for at in content if frame.low(at) == "pihaknya"]
        found.sides += [(Span(word.end - len("nya"), word.end), speaker) for word in ours]
    for content in _about_speaker(frame, speech):
        _take(frame, content, own, found, depth + 1, meant)


def _holder(frame: Frame, speaker: Sequence[int]) -> Sequence[int]:
    """Gives somebody in office by name where a comma parts the two, with the office where nothing tells them apart; none for others."""
    if not speaker or frame.words[speaker[-1]].tag != "NAME" or not names_role(frame, speaker):
        return ()
    office, name = at_last_comma(frame, speaker)
    named = all(frame.words[at].tag == "NAME" for at in name) if office else 1 < len(name) < 9
    return name if named and not frame.grammar.roles.fullmatch(frame.low(name[-1])) else ()


def _about_speaker(frame: Frame, speech: Speech) -> list[Sequence[int]]:
    """Gives what was said, with the speaker in the place of a pronoun at its head that can only mean them."""
    if not speech.speaker or any(frame.words[at].tag == "PRON" for at in speech.speaker):
        return list(speech.contents)
    last = frame.words[speech.speaker[-1]]
    person = any(is_person(frame, speech.speaker[at:]) for at in range(len(speech.speaker)))
    person = person or last.low.endswith("year-old")
    plural = last.tag == "NOUN" and (last.low.endswith("s") or last.low in ("police", "people"))
    quotes = any(word.text in '"“' for word in frame.words)
    shows = speech.cue.of(frame.text).lower() in _SHOWING
    out: list[Sequence[int]] = []
    for content in speech.contents:
        first = frame.low(content[0])
        own = content[0] > speech.speaker[-1] and not frame.inside[content[0]]
        means = (
            ((person or last.tag == "NAME") and first in ("he", "she", "ia", "dia") and not quotes)
            or (not (person or plural or shows) and first == "it" and own and not _expletive(frame, content))
            or (plural and first == "they" and own)
        )
        out.append((*speech.speaker, *content[1:]) if means and len(content) > 2 else content)
    return out


_SHOWING = frozenset("suggest suggests suggested show shows showed indicate indicates indicated".split())
"""Cues of a sign rather than of a speaker: "a scar suggests that it was struck"."""


def _expletive(frame: Frame, tokens: Sequence[int]) -> bool:
    """Says whether the "it" at the head may stand for nothing: "it was too early to say", "it would be a mistake"."""
    for number, at in enumerate(tokens[1:6], start=1):
        if frame.low(at) in ("is", "was", "be", "been", "'s", "’s"):
            return number + 1 >= len(tokens) or frame.words[tokens[number + 1]].tag not in ("ING", "PART")
    return False


def _spans(frame: Frame, atom: Atom) -> tuple[Span | str, ...]:
    return tuple(frame.pieces(atom))


def _span(frame: Frame, tokens: Sequence[int]) -> Span:
    return Span(frame.words[tokens[0]].start, frame.words[tokens[-1]].end)


def _sentences_in(frame: Frame, tokens: Sequence[int]) -> list[list[int]]:
    """Cuts a quotation of several sentences."""
    parts: list[list[int]] = [[]]
    for number, at in enumerate(tokens):
        parts[-1].append(at)
        word = frame.words[at]
        following = frame.words[tokens[number + 1]] if number + 1 < len(tokens) else None
        if word.text in ".!?" and following is not None and following.text[0].isupper() and not frame.inside[at]:
            parts.append([])
    return [part for part in parts if part]


def _shifted(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


def _moved(mention: _Mention, offset: int) -> _Mention:
    """Gives the same mention with its span counted from the article's start."""
    return replace(mention, span=_shifted(mention.span, offset))


def _moved_speech(speech: Attribution | None, offset: int) -> Attribution | None:
    return None if speech is None else replace(speech, span=_shifted(speech.span, offset))
