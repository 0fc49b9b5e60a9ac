"""Comparison: the number, date, name or negation on which a claim and its evidence agree or differ.

A difference counts only where the two speak of the same thing: the evidence sentence must share most of the claim's other
words, and must not be dated to another time. Agreement of details never makes a claim supported by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bukti.claims.article import Span
from bukti.claims.claim import DateMention, Quantity
from bukti.claims.dates import dates_agree, find_dates
from bukti.claims.names import find_names, same_name
from bukti.claims.quantities import find_quantities, quantities_agree, unit_dimension
from bukti.eval.report import Reason
from bukti.retrieval.terms import Token, match_matrix, tokenize

__all__ = ["Alignment", "Comparison", "Text", "align", "compare", "read_text"]

SAME_TOPIC = 0.7
"""Least share of the claim's other content words that the evidence must hold before a difference counts as one."""

DENIED_TOPIC = 0.5
"""The same for a denial, which is seldom put in the words of what it denies."""

MATCH = 0.3
"""Two words match from this weight on; translations below it are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with all that is compared in it, read once."""

    text: str
    """The text."""

    language: str
    """ISO 639-1 code."""

    tokens: tuple[Token, ...]
    """Its words and numbers, function words included."""

    quantities: tuple[Quantity, ...]
    """Its numbers; spans count this text."""

    dates: tuple[DateMention, ...]
    """Its dates; spans count this text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Which content words of a claim an evidence text holds."""

    weights: tuple[float, ...]
    """For each content token of the claim its best match in the evidence, in [0, 1]."""

    partners: tuple[int, ...]
    """For each content token of the claim the evidence token it matches best, or -1."""

    content: tuple[Token, ...]
    """The claim's content tokens."""

    @property
    def coverage(self) -> float:
        """Mean match of the claim's content words, in [0, 1]; 0 for a claim without any."""
        return sum(self.weights) / len(self.weights) if self.weights else 0.0

    def coverage_without(self, spans: Sequence[Span]) -> float:
        """Gives the coverage of the content words outside `spans` of the claim; 0 where none is left."""
        kept = [
            weight
            for weight, token in zip(self.weights, self.content, strict=True)
            if not any(span.start < token.span.end and token.span.start < span.end for span in spans)
        ]
        return sum(kept) / len(kept) if kept else 0.0

    def same_topic(self, spans: Sequence[Span]) -> bool:
        """Says whether the evidence speaks of what the claim speaks of outside `spans`: most words, and every name."""
        names = all(
            weight > 0
            for weight, token in zip(self.weights, self.content, strict=True)
            if token.text[0].isupper()
            and not any(span.start < token.span.end and token.span.start < span.end for span in spans)
        )
        return names and self.coverage_without(spans) >= SAME_TOPIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that was compared between one claim and one evidence text."""

    alignment: Alignment
    """The words they share."""

    reasons: tuple[Reason, ...]
    """Each agreement and each difference."""

    missing_figures: int
    """How many numbers and dates of the claim the evidence does not speak of."""

    missing_names: int
    """How many names of the claim the evidence does not hold."""

    negated: bool
    """Whether one of the two, and not the other, denies something."""

    other_time: bool
    """Whether the evidence is dated to a time other than the claim's."""

    @property
    def bars_support(self) -> bool:
        """Whether a figure differs or is not given, or the time is another: then nothing is supported, whatever a verifier says."""
        return self.differs() or self.missing_figures > 0 or self.other_time

    def differs(self, *checks: str) -> bool:
        """Says whether one of these checks (all if none is named) found a difference."""
        return any(not reason.agrees and (not checks or reason.check in checks) for reason in self.reasons)

    def agrees(self, *checks: str) -> bool:
        """Says whether one of these checks (all if none is named) found an agreement."""
        return any(reason.agrees and (not checks or reason.check in checks) for reason in self.reasons)


def read_text(text: str, language: str, *, anchor: date | None = None) -> Text:
    """Reads all that is compared in a text.

    Args:
        text: One or a few sentences.
        language: ISO 639-1 code.
        anchor: The day that "Monday" or "4/10" are counted from.
    """
    return Text(
        text=text,
        language=language,
        tokens=tuple(tokenize(text, language)),
        quantities=find_quantities(text, language),
        dates=find_dates(text, language, anchor=anchor),
    )


def align(claim: Text, evidence: Text) -> Alignment:
    """Finds for each content word of the claim its best match in the evidence, across the two languages."""
    content = [token for token in claim.tokens if not token.stop]
    others = [(number, token) for number, token in enumerate(evidence.tokens) if not token.stop]
    if not content or not others:
        return Alignment(weights=(0.0,) * len(content), partners=(-1,) * len(content), content=tuple(content))
    matrix = match_matrix(content, claim.language, [token for _, token in others], evidence.language)
    weights, partners = [], []
    for row in matrix:
        best = max(range(len(row)), key=row.__getitem__)
        found = row[best] >= MATCH
        # A translation that is likely enough is a match like any other: its probability says how many ways there are to
        # put the word, not how near the two are.
        weights.append(1.0 if found else 0.0)
        partners.append(others[best][0] if found else -1)
    return Alignment(weights=tuple(weights), partners=tuple(partners), content=tuple(content))


def compare(claim: Text, evidence: Text, *, published: date | None = None) -> Comparison:
    """Compares a claim with one or two sentences of evidence.

    Args:
        claim: The claim.
        evidence: The evidence.
        published: The article's day of publication: a claim without a date is taken to speak of that year.

    Returns:
        What was compared; no reason is given for what the evidence does not speak of.
    """
    alignment = align(claim, evidence)
    other_time = _other_time(claim, evidence, published)
    quantities, missing_quantities = _compare_quantities(claim, evidence, alignment, other_time=other_time)
    dates, missing_dates = _compare_dates(claim, evidence, alignment)
    names, missing_names = _compare_names(claim, evidence, alignment)
    return Comparison(
        alignment=alignment,
        reasons=(*quantities, *dates, *names, *_compare_negation(claim, evidence, alignment)),
        missing_figures=missing_quantities + missing_dates,
        missing_names=missing_names,
        negated=bool(_scopes(claim)) != bool(_scopes(evidence)),
        other_time=other_time,
    )


def _other_time(claim: Text, evidence: Text, published: date | None) -> bool:
    """Says whether the evidence is dated to another time: then its numbers are another event's."""
    if not evidence.dates:
        return False
    if claim.dates:
        return all(dates_agree(own, other) is False for own in claim.dates for other in evidence.dates)
    return published is not None and all(mention.end.year < published.year - 1 for mention in evidence.dates)


# Numbers -----------------------------------------------------------------------------------------------------------


def _compare_quantities(
    claim: Text, evidence: Text, alignment: Alignment, *, other_time: bool
) -> tuple[list[Reason], int]:
    reasons: list[Reason] = []
    missing = 0
    same_topic = alignment.same_topic(
        [*(quantity.span for quantity in claim.quantities), *(mention.span for mention in claim.dates)]
    )
    for quantity in claim.quantities:
        pairs = [(other, _same_unit(quantity, claim, other, evidence)) for other in evidence.quantities]
        answers = [(other, quantities_agree(quantity, other)) for other, same in pairs if same is not None]
        agreeing = next((other for other, answer in answers if answer), None)
        differing = next((other for other, answer in answers if answer is False), None)
        if agreeing is not None:
            reasons.append(_reason("quantity", claim, quantity.span, evidence, agreeing.span, agrees=True))
        elif differing is not None and same_topic and not other_time:
            reasons.append(_reason("quantity", claim, quantity.span, evidence, differing.span, agrees=False))
        else:
            missing += 1
    return reasons, missing


def _same_unit(a: Quantity, a_text: Text, b: Quantity, b_text: Text) -> bool | None:
    """Says whether two quantities count the same: True, or None where they cannot be compared."""
    left, right = unit_dimension(a.unit), unit_dimension(b.unit)
    if left is not None or right is not None:
        return True if left == right else None
    if a.unit is None or b.unit is None:
        # A bare number may be compared with a bare number only: "10 fires" is no answer to "10".
        return True if a.unit == b.unit else None
    rows = match_matrix(_counted(a, a_text), a_text.language, _counted(b, b_text), b_text.language)
    return True if any(weight >= MATCH for row in rows for weight in row) else None


def _counted(quantity: Quantity, text: Text) -> list[Token]:
    """Gives the counted noun and the two words after it: "problem reports" counts what "laporan masalah" counts."""
    unit = quantity.unit or ""
    start = quantity.span.end - len(unit)
    after = [token for token in text.tokens if token.span.start >= start]
    return [token for token in after[:3] if not token.stop]


# Dates -------------------------------------------------------------------------------------------------------------


_FROM = re.compile(
    r"(?:after|since|from|setelah|sesudah|sejak|mulai|dari)\s+(?:the\s+|year\s+|tahun\s+|pada\s+|tanggal\s+)*$",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"(?:before|until|till|by|as of|sebelum|hingga|sampai|menjelang)\s+(?:the\s+|year\s+|tahun\s+|pada\s+|tanggal\s+)*$",
    re.IGNORECASE,
)


def _opened(mention: DateMention, text: str) -> DateMention:
    """Gives the time that is meant: "after 1998" reaches on from there, "before 2017" up to there."""
    before = text[: mention.span.start]
    if _FROM.search(before):
        return replace(mention, end=date.max)
    if _UP_TO.search(before):
        return replace(mention, start=date.min)
    return mention


def _compare_dates(claim: Text, evidence: Text, alignment: Alignment) -> tuple[list[Reason], int]:
    reasons: list[Reason] = []
    missing = 0
    same_topic = alignment.same_topic([mention.span for mention in claim.dates])
    for mention in claim.dates:
        answers = [
            (other, dates_agree(_opened(mention, claim.text), _opened(other, evidence.text)))
            for other in evidence.dates
        ]
        agreeing = next((other for other, answer in answers if answer), None)
        differing = next((other for other, answer in answers if answer is False), None)
        if agreeing is not None:
            reasons.append(_reason("date", claim, mention.span, evidence, agreeing.span, agrees=True))
        elif differing is not None and same_topic:
            reasons.append(_reason("date", claim, mention.span, evidence, differing.span, agrees=False))
        else:
            missing += 1
    return reasons, missing


# Names -------------------------------------------------------------------------------------------------------------

_RELATIONS: dict[str, str] = {
    "found": r"didirikan|mendirikan|pendiri\w*|dibentuk|founded|co-?founded|founders?|co-?founders?|established",
    "acquire": r"diakuisisi|mengakuisisi|dibeli|membeli|acquired|bought|purchased",
    "lead": r"dipimpin|memimpin|CEO|direktur utama|chief executive|led|leads|headed|heads",
    "create": r"diciptakan|menciptakan|dikembangkan|mengembangkan|pencipta\w*|created|invented|developed|creators?|inventors?",
    "write": r"ditulis|penulis\w*|written|authors?",
    "win": r"dimenangkan|memenangkan|pemenang\w*|won|winners?",
}
"""Verbs and nouns of one relation, in both languages. Whoever stands as its agent is compared."""

_RELATION_WORDS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _RELATIONS.items()}
_PASSIVE_AGENT = re.compile(r"^\s+(?:[\w-]+\s+){0,6}?(?:oleh|by)\s+(?:[a-z][\w-]*\s+){0,6}", re.UNICODE)
_ROLE_NOUN = re.compile(
    r"pendiri|penulis|pencipta|pemenang|(?:co-?)?founders?$|authors?$|creators?$|inventors?$|winners?$|ceo|direktur|chief",
    re.IGNORECASE,
)
_JOINED = re.compile(r"^\s*(?:,|dan|and|&|bersama|serta|with|,\s*(?:dan|and))\s*(?:[a-z][\w-]*\s+){0,3}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agents:
    relation: str
    names: tuple[str, ...]
    span: Span
    word: Span
    sentence: str


def _agents(text: str) -> list[_Agents]:
    """Finds who stands as the agent of a relation: "founded by X and Y", "X founded", "X, founder of Z", "Z founder X"."""
    names = find_names(text)
    found = []
    for relation, pattern in _RELATION_WORDS.items():
        for match in pattern.finditer(text):
            agent = _agent_span(text, match, [name.span for name in names])
            if agent:
                spans = _with_joined(text, agent, [name.span for name in names])
                found.append(
                    _Agents(
                        relation=relation,
                        names=tuple(span.of(text) for span in spans),
                        span=Span(spans[0].start, spans[-1].end),
                        word=Span(*match.span()),
                        sentence=_sentence_around(text, match.start()),
                    )
                )
    return found


def _sentence_around(text: str, position: int) -> str:
    """Gives the sentence that a position lies in; good enough where a window holds two at most."""
    start = max((match.end() for match in _STOP.finditer(text, 0, position)), default=0)
    stop = _STOP.search(text, position)
    return text[start : stop.start() if stop else len(text)]


_STOP = re.compile(r"[.!?]\s+(?=[A-Z\d\"“])")
_COPULA = re.compile(
    r",?\s*(?:(?:adalah|merupakan|ialah|is|was|are|were|as|sebagai|the|salah satu|one of the|juga|also)\s+)*"
)
_ADVERB = re.compile(r"\s+(?:(?:yang|who|later|kemudian|also|juga|telah|had|has)\s+)*")


def _agent_span(text: str, match: re.Match[str], names: Sequence[Span]) -> Span | None:
    """Gives the agent's first name, or None where the sentence does not plainly give one."""
    before = next((span for span in reversed(names) if span.end <= match.start()), None)
    if _ROLE_NOUN.match(match.group()):
        # "Pavel Durov(,) pendiri Telegram", "Pavel Durov is the founder of Telegram"
        fits = before is not None and _COPULA.fullmatch(text[before.end : match.start()])
        return before if fits else None
    passive = _PASSIVE_AGENT.match(text[match.end() :])
    if passive:
        start = match.end() + passive.end()
        return next((span for span in names if span.start == start), None)
    # "Pavel Durov founded Telegram", but not "Telegram was founded in 2013"
    active = before is not None and _ADVERB.fullmatch(text[before.end : match.start()])
    return before if active and not match.group().lower().startswith("di") else None


def _with_joined(text: str, first: Span, names: Sequence[Span]) -> list[Span]:
    """Gives a name with those joined to it by commas and "and"."""
    chain = [first]
    for span in names:
        if span.start > chain[-1].start and _JOINED.match(text[chain[-1].end : span.start]):
            chain.append(span)
    for span in reversed(names):
        if span.end < chain[0].end and _JOINED.match(text[span.end : chain[0].start]):
            chain.insert(0, span)
    return chain


def _compare_names(claim: Text, evidence: Text, alignment: Alignment) -> tuple[list[Reason], int]:
    reasons: list[Reason] = []
    others = [name.text for name in find_names(evidence.text)] + [
        token.text for token in evidence.tokens if token.text[0].isupper()
    ]
    theirs = _agents(evidence.text)
    for own in _agents(claim.text):
        # Who founded Telegram says nothing of who founded WhatsApp: the rest of the claim must be the same. That both
        # speak of founding is known already, whether or not the lexicon knows the words for it.
        if not alignment.same_topic([own.span, own.word, *(mention.span for mention in claim.dates)]):
            continue
        objects = {
            token.surface
            for token in alignment.content
            if token.text[0].isupper() and not (own.span.covers(token.span) or own.word.covers(token.span))
        }
        for other in theirs:
            spoken_of = {token.surface for token in tokenize(other.sentence, evidence.language)}
            if other.relation != own.relation or not objects or not objects <= spoken_of:
                continue
            agrees = all(any(same_name(name, known) for known in other.names) for name in own.names)
            clashes = not any(same_name(name, known) for name in own.names for known in others)
            if agrees or clashes:
                reasons.append(_reason("name", claim, own.span, evidence, other.span, agrees=agrees))
                break
    return reasons, sum(not any(same_name(name.text, other) for other in others) for name in find_names(claim.text))


# Negation ----------------------------------------------------------------------------------------------------------

_NEGATION = {
    "id": re.compile(r"\b(?:tidak(?:lah)?|bukan(?:lah)?|belum|tak|membantah|menyangkal|menampik)\b"),
    "en": re.compile(r"\b(?:not|never|cannot|neither|nor|denied|denies|\w+n['’]t)\b"),
}
"""Words that deny a clause, in lower case: a capital inside a sentence marks a title. "No" and "without" deny a noun only."""

_NOT_ONLY = re.compile(
    r"^(?:tidak|bukan|tak|not)\s+(?:hanya|cuma|sekadar|saja|lain|diragukan|dapat\s+dimungkiri|only|just|merely|less|fewer|more|kurang|lebih|until|least)\b"
)
_SCOPE_END = re.compile(
    r"[,;:.!?]|\b(?:melainkan|tetapi|tapi|namun|but|however|although|meskipun|walaupun|karena|because|sehingga|so that)\b",
    re.IGNORECASE,
)

MIN_SCOPE_SHARE = 0.5
"""Least share of the claim's matched words that must stand in a negation's scope for it to deny the claim."""


def _scopes(side: Text) -> list[tuple[Span, Span]]:
    """Finds each negation with the words it governs: those up to the next break."""
    scopes = []
    text = side.text
    pattern = _NEGATION.get(side.language)
    for match in pattern.finditer(text[:1].lower() + text[1:]) if pattern else ():
        if _NOT_ONLY.match(text[match.start() :]):
            continue
        stop = _SCOPE_END.search(text, match.end())
        scopes.append((Span(*match.span()), Span(match.end(), stop.start() if stop else len(text))))
    return scopes


def _compare_negation(claim: Text, evidence: Text, alignment: Alignment) -> list[Reason]:
    own, theirs = _scopes(claim), _scopes(evidence)
    if not own and not theirs:
        return []
    matched = sum(weight for weight, partner in zip(alignment.weights, alignment.partners, strict=True) if partner >= 0)
    if not matched or alignment.coverage < DENIED_TOPIC:
        return []
    denied = [(cue, _weight_in(scope, evidence.tokens, alignment) / matched) for cue, scope in theirs]
    denying = max(denied, key=lambda item: item[1], default=None)
    denies = denying is not None and denying[1] >= MIN_SCOPE_SHARE
    if own and denies and denying is not None:
        return [_reason("negation", claim, own[0][0], evidence, denying[0], agrees=True)]
    if not own and denies and denying is not None:
        return [_reason("negation", claim, None, evidence, denying[0], agrees=False)]
    if own:
        # The claim denies what the evidence says plainly: the denied words must all but one stand in the evidence.
        inside = [
            weight
            for weight, token in zip(alignment.weights, alignment.content, strict=True)
            if any(scope.start <= token.span.start < scope.end for _, scope in own)
        ]
        if inside and sum(inside) / len(inside) >= SAME_TOPIC:
            return [_reason("negation", claim, own[0][0], evidence, None, agrees=False)]
    return []


def _weight_in(scope: Span, tokens: Sequence[Token], alignment: Alignment) -> float:
    return sum(
        weight
        for weight, partner in zip(alignment.weights, alignment.partners, strict=True)
        if partner >= 0 and scope.start <= tokens[partner].span.start < scope.end
    )


# Words for readers -------------------------------------------------------------------------------------------------

_NOTES = {
    ("quantity", True): "the numbers agree",
    ("quantity", False): "the numbers differ",
    ("date", True): "the dates agree",
    ("date", False): "the dates differ",
    ("name", True): "the same name stands in this role",
    ("name", False): "another name stands in this role",
    ("negation", True): "both deny it",
    ("negation", False): "one denies what the other says",
}


def _reason(check: str, claim: Text, own: Span | None, evidence: Text, other: Span | None, *, agrees: bool) -> Reason:
    return Reason(
        check=check,  # type: ignore[arg-type]
        claim=own.of(claim.text) if own else claim.text,
        evidence=other.of(evidence.text) if other else evidence.text,
        agrees=agrees,
        note=_NOTES[check, agrees],
    )
