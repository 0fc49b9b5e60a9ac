"""Comparison: the number, date, name or negation on which a claim and its evidence agree or differ.

A difference counts only where the two speak of the same thing: the evidence sentence must share most of the claim's other
words, and must not be dated to another time. Agreement of details never makes a claim supported by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bukti.claims.article import Span
from bukti.claims.language import ASCII_TWINS
from bukti.claims.names import find_names, same_name
from bukti.eval.alignment import SAME_TOPIC, Alignment, Text, align
from bukti.eval.figures import compare_figures, other_time
from bukti.eval.lists import poles_of
from bukti.eval.report import Check, Reason
from bukti.eval.verbatim import in_its_words, shortens
from bukti.retrieval.terms import Token, tokenize

__all__ = ["FIGURES", "Comparison", "compare"]

DENIED_TOPIC = 0.5
"""The share of the claim's words that must stand in what denies it: a denial is seldom put in the words of what it denies."""


FIGURES = ("quantity", "date")
"""Checks of what can be given twice in one source, once of what the claim speaks of and once of something else."""


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

    unnamed: bool = False
    """Whether the claim has a name that its source has nowhere: set by who knows the whole source."""

    negated: bool
    """Whether one of the two, and not the other, denies something."""

    other_time: bool
    """Whether the evidence is dated to a time other than the claim's."""

    dated: bool
    """Whether the claim gives a date at all."""

    nameless: bool
    """Whether the claim is of "us" or "her", whom nothing in it names, and the evidence is of nobody by a pronoun."""

    reckoned: bool
    """Whether a figure of the claim is one with the evidence's only when reckoned with: units converted, or sums done."""

    verbatim: bool = False
    """Whether the evidence says the claim in the claim's own words: every word of the claim in its order, and none between them."""

    shortened: bool = False
    """Whether the claim is a sentence of the evidence with words left out, none of which turns what the others say."""

    @property
    def bars_support(self) -> bool:
        """Whether a figure differs or is not given, the time is another or a name is missing: then nothing is supported, whatever a verifier says."""
        return self.differs() or self.missing_figures > 0 or self.unnamed or (self.other_time and self.dated)

    def without_figures(self, settled: Collection[Span]) -> Comparison:
        """Gives the comparison without the differences of these figures of the claim; they count as not given here."""
        kept = tuple(
            item for item in self.reasons if item.agrees or item.check not in FIGURES or item.claim_span not in settled
        )
        return replace(self, reasons=kept, missing_figures=self.missing_figures + len(self.reasons) - len(kept))

    def differs(self, *checks: str) -> bool:
        """Says whether one of these checks (all if none is named) found a difference."""
        return any(not reason.agrees and (not checks or reason.check in checks) for reason in self.reasons)


_PRONOUN = re.compile(
    r"\b(?:[Kk]ami|[Kk]ita|[Ss]aya|[Aa]ku|[Ii]a|[Dd]ia|[Bb]eliau|[Mm]ereka|[Ww]e|I(?! [A-Z])|[Hh]e|[Ss]he|[Tt]hey)\b"
)


def compare(claim: Text, evidence: Text) -> Comparison:
    """Compares a claim with one or two sentences of evidence.

    Args:
        claim: The claim, with the article's day.
        evidence: The evidence, with its source's day.

    Returns:
        What was compared; no reason is given for what the evidence does not speak of.
    """
    alignment = align(claim, evidence)
    elsewhen = other_time(claim, evidence)
    findings = compare_figures(claim, evidence, alignment, elsewhen=elsewhen)
    figures = [
        _reason(
            item.check,
            claim,
            item.claim,
            evidence,
            item.evidence,
            agrees=item.agrees,
            note="the number follows from what the evidence gives" if item.worked_out else "",
        )
        for item in findings
        if item.agrees is not None and item.evidence is not None
    ]
    names, missing_names = _compare_names(claim, evidence, alignment)
    own, theirs = _scopes(claim), _scopes(evidence)
    others = (
        *names,
        *_compare_negation(claim, evidence, alignment, own, theirs),
        *([] if own or theirs else _compare_opposites(claim, evidence, alignment)),
    )
    return Comparison(
        alignment=alignment,
        # Who held an office then, or what was denied then, is no answer to who does now.
        reasons=(*figures, *(reason for reason in others if reason.agrees or not elsewhen)),
        missing_figures=sum(item.agrees is None for item in findings),
        missing_names=missing_names,
        negated=bool(own) != bool(theirs),
        other_time=elsewhen,
        dated=bool(claim.dates),
        nameless=bool(_PRONOUN.match(claim.text)) and not _PRONOUN.search(evidence.text),
        reckoned=any(item.converted or item.worked_out for item in findings),
        verbatim=in_its_words(claim, evidence, alignment, figures),
        shortened=shortens(claim, evidence, alignment, figures),
    )


# Names -------------------------------------------------------------------------------------------------------------

_RELATIONS: dict[str, str] = {
    "found": r"didirikan|mendirikan|pendiri\w*|dibentuk|founded|co-?founded|founders?|co-?founders?|established",
    "acquire": r"diakuisisi|mengakuisisi|dibeli|membeli|acquired|bought|purchased",
    "lead": r"dipimpin|memimpin|CEO|direktur utama|chief executive|led|leads|headed|heads",
    "create": r"diciptakan|menciptakan|dikembangkan|mengembangkan|pencipta\w*|created|invented|developed|creators?|inventors?",
    "write": r"ditulis|penulis\w*|written|authors?",
    "win": r"dimenangkan|memenangkan|pemenang\w*|won|winners?",
    "governor": r"gubernur|governor",
    "regent": r"bupati|regent",
    "mayor": r"wali\s?kota|mayor",
    "chair": r"ketua\s+umum|chairman|chairwoman|chairperson",
    "coach": r"pelatih(?:\s+kepala)?|(?:head\s+)?coach",
    "spokesperson": r"juru\s+bicara|spokes(?:man|woman|person)",
}
"""Verbs and nouns of one relation, and offices that one person holds at a time, in both languages. Whoever stands as its agent is compared."""

_RELATION_WORDS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _RELATIONS.items()}
_PASSIVE_AGENT = re.compile(r"^\s+(?:[\w-]+\s+){0,6}?(?:oleh|by)\s+(?:[a-z][\w-]*\s+){0,6}", re.UNICODE)
_ROLE_NOUN = re.compile(
    r"pendiri|penulis|pencipta|pemenang|(?:co-?)?founders?$|authors?$|creators?$|inventors?$|winners?$|ceo|direktur|chief"
    r"|gubernur|governor|bupati|regent|wali\s?kota|mayor|ketua|chair|pelatih|(?:head\s+)?coach|juru|spokes",
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


@lru_cache(maxsize=4096)
def _agents(text: str) -> Sequence[_Agents]:
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
_OTHER_OFFICE = re.compile(
    r"\b(?:wakil|mantan|eks|bekas|calon|pelaksana\s+tugas|plt\.?|former|ex|vice|deputy|lieutenant|acting|then|would-be)[\s-]+$",
    re.IGNORECASE,
)
"""Words before an office that make it another one."""

_IS_NAMED = re.compile(r"\s(?:(?:of|the|di|dari)\s|[A-Z][\w-]*\s){0,5}(?:adalah|ialah|is|was)\s")
_ADVERB = re.compile(r"\s+(?:(?:yang|who|later|kemudian|also|juga|telah|had|has)\s+)*")


def _agent_span(text: str, match: re.Match[str], names: Sequence[Span]) -> Span | None:
    """Gives the agent's first name, or None where the sentence does not plainly give one."""
    before = next((span for span in reversed(names) if span.end <= match.start()), None)
    if _ROLE_NOUN.match(match.group()):
        if _OTHER_OFFICE.search(text[: match.start()]):
            return None
        # "Pavel Durov(,) pendiri Telegram", "Pavel Durov is the founder of Telegram"
        if before is not None and _COPULA.fullmatch(text[before.end : match.start()]):
            return before
        # "Gubernur BI Harsa Wicaksana", "Mayor Ann Lee": whatever stands between office and name is part of both sides' names.
        after = next((span for span in names if span.end > match.end()), None)
        named = _IS_NAMED.match(text, match.end())
        if named:  # "Gubernur BI adalah Harsa Wicaksana", "the mayor of Solo is Ann Lee"
            return next((span for span in names if span.start == named.end()), None)
        if after is None or text[match.end() : max(after.start, match.end())].strip():
            return None
        return Span(max(after.start, match.end() + 1), after.end)
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
    theirs, mine = _agents(evidence.text), [name.text for name in find_names(claim.text)]
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
            # "direktur utama Samudra Karya" names the firm: whom the evidence has in the office stands in the claim as well.
            clashes = clashes and not any(same_name(known, name) for known in other.names for name in mine)
            if agrees or clashes:
                reasons.append(_reason("name", claim, own.span, evidence, other.span, agrees=agrees))
                break
    return reasons, sum(not any(same_name(name.text, other) for other in others) for name in find_names(claim.text))


# Negation ----------------------------------------------------------------------------------------------------------

_NEGATION = {
    "id": re.compile(r"\b(?:tidak(?:lah)?|bukan(?:lah)?|belum|tak|membantah|menyangkal|menampik)\b"),
    "en": re.compile(
        r"\b(?:not|never|cannot|neither|nor|den(?:ied|ies)(?!\s+(?:me|us|you|him|her|them|[A-Z]))|\w+n['’]t)\b"
    ),
}
"""Words that deny a clause, in lower case: a capital inside a sentence marks a title. "No" and "without" deny a noun only, and who denies
a person something ("Ana denied Sari in the final") says nothing that is denied."""

_NOT_ONLY = re.compile(
    r"^(?:tidak|bukan|tak|not)\s+(?:hanya|cuma|sekadar|saja|lain|diragukan|dapat\s+dimungkiri|only|just|merely|less|fewer|more|kurang|lebih|until|least)\b"
)
_SCOPE_END = re.compile(
    r"[,;:.!?]|\b(?:melainkan|tetapi|tapi|namun|but|however|although|meskipun|walaupun|karena|because|sehingga|so that)\b",
    re.IGNORECASE,
)

AUXILIARY = 8
"""Characters before an English negation that may hold what it denies: "need not"."""

TITLE_SHARE = 0.75
"""From this share of words with a capital on a text is a headline, where a capital marks no title of anything."""

DENIED_HELD = 0.2
"""The share of the claim's words that must stand in the denying sentence itself, and not only in its title: "no aftershock was recorded" denies
nothing of what set an earthquake off. Of the differences with less, in 700 training passages, 5 are of false claims and 4 of others."""

MIN_SCOPE_SHARE = 0.5
"""Least share of the claim's matched words that must stand in a negation's scope for it to deny the claim."""

_NOBODY = re.compile(
    r"^(?:tidak|tak|bukan|not|neither|nor)\s+(?:se\w+\s+pun|satu\s+pun|satupun|ada|a\s+single|one\b|any\b|all\b|every|semua|seluruh)",
    re.IGNORECASE,
)
"""Denials of a number, not of what is said: what stands against them is a count or "all", which no shared word shows."""


_REFUSING = re.compile(
    r"\b(?:(?:me)?(?:tolak|nolak|bantah|mbantah)\w*|gagal\w*|batal\w*|hanya|cuma|refus\w+|reject\w*|den(?:y|ied|ies)|fail\w*|cancel\w*|only|just|without|tanpa|unable|unsuccessful\w*|unlikely|no|none|nobody|nothing|no\s+one|hardly|miss(?:ing|ed)|except|kecuali|nihil|hilang|dicari|(?:me)?nunda\w*|"
    r"ditunda|postpon\w*|skip\w*|lacks?|lacked|free|bebas\w*|(?:mem)?bebaskan|expired|masih)\b",
    re.IGNORECASE,
)
"""Words that deny without a negation: beside them, which of the two sides denies cannot be told by its negations."""


def _scopes(side: Text) -> list[tuple[Span, Span]]:
    """Finds each negation with the words it governs: those up to the next break."""
    scopes = []
    text = side.text
    pattern = _NEGATION.get(side.language)
    plain = text.translate(ASCII_TWINS)
    if pattern is None or not pattern.search(plain.lower()):
        return []  # most texts deny nothing, in small letters or capitals
    lowered = plain.lower() if _is_title(text) else plain[:1].lower() + text[1:]
    for match in pattern.finditer(lowered):
        if _NOT_ONLY.match(text[match.start() :]) or _NOBODY.match(text[match.start() :]):
            continue
        stop = _SCOPE_END.search(text, match.end())
        scopes.append((Span(*match.span()), Span(match.end(), stop.start() if stop else len(text))))
    return scopes


def _is_title(text: str) -> bool:
    """Says whether a text has capitals throughout, as headlines have: "Gempa Guncang Tual, Tidak Berpotensi Tsunami"."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return len(words) > 3 and sum(word[0].isupper() for word in words) >= TITLE_SHARE * len(words)


_Scope = tuple[Span, Span]
"""A negation, and the words that it governs."""


def _compare_negation(
    claim: Text, evidence: Text, alignment: Alignment, own: Sequence[_Scope], theirs: Sequence[_Scope]
) -> list[Reason]:
    """Compares what is denied: the word right after a negation must be one that the other side says, denied or plainly."""
    matched = sum(partner >= 0 for partner in alignment.partners)
    if not (own or theirs) or not matched or alignment.coverage < DENIED_TOPIC or not alignment.same_names():
        return []
    if alignment.held < DENIED_HELD:
        return []
    partners = {partner for partner in alignment.partners if partner >= 0}
    for cue, scope in theirs:
        head = _head(scope, evidence.tokens)
        inside = [at for at in partners if scope.start <= evidence.tokens[at].span.start < scope.end]
        if head not in partners or len(inside) < MIN_SCOPE_SHARE * matched:
            continue
        if not own and _REFUSING.search(claim.text):
            continue
        denied = _denied_token(head, claim, alignment)
        # From the negation itself on: in "never been vaccinated" it is "never" that answers the "pernah" of "belum pernah".
        both = (
            any(at.start - AUXILIARY <= denied.span.start < own_scope.end for at, own_scope in own) if denied else False
        )
        return [_reason("negation", claim, own[0][0] if both else None, evidence, cue, agrees=both)]
    if theirs or _REFUSING.search(evidence.text):
        return []
    for cue, scope in own:
        head = _head(scope, claim.tokens)
        if head is None or _REFUSING.match(claim.tokens[head].text) or _REFUSING.match(cue.of(claim.text)):
            continue
        inner = [
            (weight, partner, token)
            for weight, partner, token in zip(alignment.weights, alignment.partners, alignment.content, strict=True)
            if scope.start <= token.span.start < scope.end
        ]
        said = next((partner for _, partner, token in inner if token.span == claim.tokens[head].span), -1)
        if said < 0:
            continue
        if sum(weight for weight, _, _ in inner) >= SAME_TOPIC * len(inner):
            return [_reason("negation", claim, cue, evidence, evidence.tokens[said].span, agrees=False)]
    return []


_HELPING = frozenset({"yet", "ever", "pernah"})


def _head(scope: Span, tokens: Sequence[Token]) -> int | None:
    """Gives the first content word of a scope: what is denied."""
    return next(
        (
            at
            for at, token in enumerate(tokens)
            if scope.start <= token.span.start < scope.end and not (token.stop or token.text.lower() in _HELPING)
        ),
        None,
    )


def _denied_token(partner: int | None, claim: Text, alignment: Alignment) -> Token | None:
    return next((token for at, token in zip(alignment.partners, alignment.content, strict=True) if at == partner), None)


# Opposites ---------------------------------------------------------------------------------------------------------


def _compare_opposites(claim: Text, evidence: Text, alignment: Alignment) -> list[Reason]:
    """Compares words of which only one can be true of a thing: "rose" against "fell", "the largest" against "the smallest".

    Of two texts without a negation: what is denied may be the opposite.
    """
    own, theirs = poles_of(claim.text, claim.language), poles_of(evidence.text, evidence.language)
    shared = own.keys() & theirs.keys()
    if not shared or _TURNED.search(claim.text) or _TURNED.search(evidence.text):
        return []
    # Several words that have opposites speak of several things: which of them answers which is open.
    for number in sorted(shared):
        mine, others = own[number], theirs[number]
        if len(mine) != 1 or len(others) != 1:
            continue
        (side, place), (other_side, other_place) = *mine.items(), *others.items()
        span = Span(*place)
        if side != other_side and alignment.same_topic([span]) and alignment.holds_around(span, claim.text):
            return [
                _reason(
                    "negation",
                    claim,
                    span,
                    evidence,
                    Span(*other_place),
                    agrees=False,
                    note="one is the opposite of the other",
                )
            ]
    return []


_TURNED = re.compile(
    r"\b(?:than|daripada|dibanding\w*|compared|from|dari|gagal\w*|fail\w*|tak|without|tanpa|except|kecuali|but|tetapi|namun|sedangkan|sementara|while|whereas)\b",
    re.IGNORECASE,
)
"""Words beside which a thing and its opposite may both be said: "lower than", "rose after it had fallen from"."""


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


def _reason(
    check: Check, claim: Text, own: Span | None, evidence: Text, other: Span | None, *, agrees: bool, note: str = ""
) -> Reason:
    return Reason(
        check=check,
        claim=own.of(claim.text) if own else claim.text,
        evidence=other.of(evidence.text) if other else evidence.text,
        agrees=agrees,
        note=note or _NOTES[check, agrees],
        claim_span=own or Span(0, len(claim.text)),
        evidence_span=other or Span(0, len(evidence.text)),
    )
