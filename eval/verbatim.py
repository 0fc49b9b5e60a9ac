"""Verbatim: what a claim and a sentence of evidence have in common word for word.

No model is needed to see that a sentence bears out what it says itself; yet a verifier, asked about some fifty windows, slips there as elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bukti.claims.article import Span
from bukti.eval.alignment import Alignment, Text
from bukti.eval.report import Reason
from bukti.retrieval.terms import Token

__all__ = ["in_its_words", "shortens"]

_TELLING = frozenset(
    """all every each both some only before after until since never no not without more less than most first last
    semua seluruh sebagian hanya sebelum setelah sesudah sejak hingga sampai lebih kurang daripada tidak tak belum bukan tanpa pernah""".split()
)
"""Words that tell nothing by themselves and turn what others tell."""

_TURNING = frozenset(
    """if unless whether would could should may might will shall perhaps maybe almost nearly barely hardly allegedly reportedly falsely seemingly except instead
    rather former fake false untrue unlikely hoax rumor rumors rumour rumours
    plan plans planned planning intend intends intended hope hopes hoped want wants wanted deny denies denied denying claim claims claimed claiming
    fail fails failed refuse refuses refused reject rejects rejected rule rules ruled cancel cancelled canceled doubt doubts doubted propose proposes proposed proposal
    ask asks asked urge urges urged
    jika kalau bila apabila andai seandainya apakah mungkin barangkali bakal akan hendak ingin mau harus hampir nyaris konon kabarnya diduga seolah kecuali melainkan
    mantan bekas eks calon hoaks bohong keliru salah isu rumor tuduhan
    rencana rencananya berencana direncanakan membantah dibantah bantah menyangkal menampik menepis menolak ditolak tolak gagal batal dibatalkan membatalkan urung
    mengklaim diklaim klaim dituding dituduh menuding menuduh usul mengusulkan diusulkan meminta diminta minta mendesak
    can able ready willing unable likely afraid misleading fabricated satire
    bisa dapat boleh siap wajib perlu coba mampu sanggup enggan rela setuju sepakat takut khawatir palsu sesat fiktif satir""".split()
)
"""Words of a sentence that may turn what the rest of it says, or leave it open."""

_VERB = re.compile(r"(?:me(?:m|n|ng|ny|l|r|w|y)|di|ber|ter|ke\w+an$)[a-z]{3,}|\w+(?:ing|ed|s)$")
"""What may be a verb: "was forbidden to open", "dilarang membuka"."""

_LINKS = frozenset("to that of from for against by about whether".split())
"""English words that hang what follows on what was left out: "was accused of"."""

_LITTLE = frozenset("a an the itu ini tersebut yang telah sudah has have had is are was were be been".split())
"""Words that may stand in a claim and not in its sentence."""

_LEFT_OUT = 3
"""So many words that tell something may be left out in one place: with more a new subject may have come between."""

_SENTENCE_END = re.compile(r"[.!?;][\"'”’)]*\s+(?=\S)|\n")

_IS = re.compile(r"^(?:[A-Z][\w.'’-]*\s+){1,5}(?:is|adalah)\s+(?:the\s+)?[\w'’-]+(?:\s+[\w'’-]+){0,5}\.?$")
"""A claim that says what somebody is, and nothing else."""

_BESIDE_OFFICE = frozenset(
    "vice deputy former ex acting interim late wakil mantan bekas eks calon plt penjabat".split()
)
"""Words before an office that make it another one."""

_FEWEST = 3
"""Fewer words that tell anything are in many sentences by chance."""


def in_its_words(claim: Text, evidence: Text, alignment: Alignment, figures: Sequence[Reason]) -> bool:
    """Says whether the evidence holds the claim word for word, figures that agree aside: "on Tuesday, 2 May" is "on 2 May"."""
    if claim.language != evidence.language or len(alignment.content) < _FEWEST:
        return False
    own, theirs = _agreed(figures)
    partners = [
        partner
        for partner, token in zip(alignment.partners, alignment.content, strict=True)
        if not _within(token.span, own)
    ]
    office = _IS.search(claim.text) is not None
    if office:
        partners = sorted(partners)  # "Rina Sari adalah bupati": an office stands before its holder, or behind
    if not partners or partners[0] < 0 or any(second <= first for first, second in pairwise(partners)):
        return False
    if partners[0] and evidence.tokens[partners[0] - 1].text.lower() in _BESIDE_OFFICE:
        return False  # "vice president Ann Lee" is not the president
    held = evidence.tokens[partners[0] : partners[-1] + 1]
    between = [
        token
        for number, token in enumerate(held, start=partners[0])
        if not (token.stop or number in partners or (office and token.text[0].isupper()))  # "Bupati Cianjur Rina Sari"
    ]
    return all(_within(token.span, theirs) for token in between) and _words(claim.tokens, _TELLING) == _words(
        held, _TELLING
    )


def shortens(claim: Text, evidence: Text, alignment: Alignment, figures: Sequence[Reason]) -> bool:
    """Says whether the claim is a sentence of the evidence with words left out: "opened a plant in Tegal" of "opened a new plant in Tegal on Monday".

    What is left out within it is short, names nobody and gives no figure, for a new subject may begin there; and nothing in the sentence denies, doubts
    or only plans.
    """
    if claim.language != evidence.language or len(alignment.content) < _FEWEST or -1 in alignment.partners:
        return False
    if _IS.search(claim.text):
        return False  # "the Poltava and the container ship Mistral"
    ours, theirs = _agreed(figures)
    if any(second.start < first.start for first, second in pairwise(theirs)):
        return False
    free = theirs if claim.dates else [*theirs, *(mention.span for mention in evidence.dates)]
    return (
        _stands_in_order(alignment, evidence, agreed=theirs, free=free)
        and _keeps_little_words(claim, evidence, alignment, ours)
        and _turns_nothing(claim, evidence, alignment, free)
    )


def _stands_in_order(alignment: Alignment, evidence: Text, *, agreed: Sequence[Span], free: Sequence[Span]) -> bool:
    """Says whether the claim's telling words stand in the evidence as they are and in order, and what is left out only describes."""
    tokens, last = evidence.tokens, -1
    for partner, token in zip(alignment.partners, alignment.content, strict=True):
        other = tokens[partner]
        if partner <= last or (other.text.lower() != token.text.lower() and not _within(other.span, agreed)):
            return False
        if last >= 0:
            left_out = [each for each in tokens[last + 1 : partner] if not _within(each.span, free)]
            new = [each.text for each in left_out if not each.stop]
            if len(new) > _LEFT_OUT or any(not word[0].islower() or _VERB.match(word) for word in new):
                return False
            # An English noun that is left out was the one that counts: "the police dog bit him".
            if (
                new
                and evidence.language == "en"
                and (not left_out[0].stop or _LINKS & {each.text.lower() for each in left_out})
            ):
                return False
        last = partner
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    if evidence.language == "en" and following and not (following.stop or following.text[0].isdigit()):
        return bool(evidence.text[tokens[last].span.end : following.span.start].strip())
    return True


def _keeps_little_words(claim: Text, evidence: Text, alignment: Alignment, agreed: Sequence[Span]) -> bool:
    """Says whether the claim's other words stand there in order too: "to" is not "from"."""
    first, last = alignment.content[0].span.start, alignment.content[-1].span.end
    words = iter([token.text.lower() for token in evidence.tokens[alignment.partners[0] : alignment.partners[-1] + 1]])
    own = [token for token in claim.tokens if first <= token.span.start < last and not _within(token.span, agreed)]
    return all(token.text.lower() in words for token in own if token.text.lower() not in _LITTLE)


def _turns_nothing(claim: Text, evidence: Text, alignment: Alignment, free: Sequence[Span]) -> bool:
    """Says whether no word and no other figure of the sentence turns what the claim takes from it."""
    text = evidence.text
    held = Span(evidence.tokens[alignment.partners[0]].span.start, evidence.tokens[alignment.partners[-1]].span.end)
    if _SENTENCE_END.search(text, held.start, held.end):
        return False
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, held.start)]
    after = _SENTENCE_END.search(text, held.end)
    start, end, stop = before[-1] if before else 0, *(after.span() if after else (len(text), len(text)))
    sentence = Span(start, end)
    if text[:stop].rstrip("\"'”’) ").endswith("?"):
        return False
    # What stands before the first word and is no aside may be what the sentence is about: "Budi's son", "anak Budi", "they fear that".
    leading = [token for token in evidence.tokens[: alignment.partners[0]] if token.span.start >= sentence.start]
    cut = max(
        (at for at, token in enumerate(leading) if text[token.span.end :].lstrip("\"'”’) ")[:1] in (",", ":")),
        default=-1,
    )
    if any(not (token.stop or _within(token.span, free)) for token in leading[cut + 1 :]):
        return False
    # "Every five years" is not every year, nor is last year this one.
    beside = Span(held.start, held.end + 2)
    figured = [*(each.span for each in evidence.quantities), *(each.span for each in evidence.times)]
    days = [mention.span for mention in evidence.dates if mention.span.overlaps(sentence)]
    around = [token for token in evidence.tokens if token.span.overlaps(sentence)]
    return _words(claim.tokens, _TELLING | _TURNING) == _words(around, _TELLING | _TURNING) and all(
        _within(span, free) for span in [*(each for each in figured if each.overlaps(beside)), *days]
    )


def _agreed(figures: Sequence[Reason]) -> tuple[list[Span], list[Span]]:
    """Gives where the figures that agree stand in the claim, in its order, and where the same ones stand in the evidence."""
    pairs = [
        (each.claim_span, each.evidence_span)
        for each in figures
        if each.agrees and each.claim_span and each.evidence_span
    ]
    pairs.sort(key=lambda pair: pair[0].start)
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(each.overlaps(span) for each in others)


def _words(tokens: Sequence[Token], known: frozenset[str]) -> frozenset[str]:
    return known & {token.text.lower() for token in tokens}
