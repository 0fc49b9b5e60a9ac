"""The rule splitter: sentences become claims by the signs of reported speech and of joined clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bukti.claims.article import CLAIM_ROLES, Article, Sentence, Span
from bukti.claims.claim import Attribution, Claim, DateMention, Quantity
from bukti.claims.dates import find_dates
from bukti.claims.language import LANGUAGES, detect_language
from bukti.claims.names import OPENERS, find_names
from bukti.claims.quantities import find_quantities

__all__ = ["RuleSplitter"]

MIN_CLAIM_WORDS = 3
"""A piece with fewer words states nothing that could be looked up."""

MAX_SPEAKER_WORDS = 14
"""A longer "speaker" is a clause that was misread."""

_CUE_ID = (
    r"(?:mengatakan|menyatakan|menyebut(?:kan)?|mengungkap(?:kan)?|menjelaskan|menambahkan|menegaskan|menuturkan|mengklaim|mengumumkan"
    r"|melaporkan|menilai|mengakui|memaparkan|menyampaikan|mengonfirmasi|mengkonfirmasi|membenarkan|menulis(?:kan)?|berkata|berpendapat"
    r"|memperkirakan|menduga|meyakini|menuding|mengingatkan|mencatat|menerangkan|mengemukakan|berujar|menekankan)"
)
_SAID_ID = r"(?:kata|ujar|tulis|tutur|ucap|jelas|ungkap|imbuh|tambah|terang|tegas|papar|sebut|cetus|katanya|ujarnya|tulisnya|jelasnya)(?:nya)?"
_CUE_EN_BARE = r"(?:said|says|wrote|writes|argued|argues|insisted|added|tweeted)"
_CUE_EN_THAT = (
    r"(?:said|says|wrote|stated|states|announced|announces|reported|reports|claimed|claims|confirmed|confirms|explained|explains|argued"
    r"|argues|noted|notes|added|adds|told\s+[\w ]{2,40}?|acknowledged|admitted|warned|estimated|believes?|insisted|found|suggested|suggests)"
)
_TAIL_EN = r"(?:\s+(?:in\s+an?\s+\w+|on\s+(?:\w+day|\w+)|at\s+an?\s+\w+|late\s+\w+|earlier\s+\w+|(?:last|this)\s+\w+|yesterday))?"

# "Badan Meteorologi, Klimatologi, dan Geofisika": the commas of one name.
_LISTED = r"(?:[A-Z][^,\"“]*,\s+(?:[A-Z][^,\"“]*,\s+)*(?:dan|and)\s+[A-Z])?"

# Each names `speaker`, `cue` and `content`; the first that matches is taken.
_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "id": (
        re.compile(rf"^[\"“](?P<content>[^\"”]+)[\"”]\s*,?\s*(?P<cue>{_SAID_ID})\s+(?P<speaker>[^\"“]+?)(?=[,.]|$)"),
        re.compile(rf"^(?P<content>[^\"“]+?),\s+(?P<cue>{_SAID_ID})\s+(?P<speaker>[^\"“]+?)(?=[,.]|$)"),
        re.compile(
            r"^(?P<cue>[Mm]enurut|[Mm]engutip|[Dd]ikutip\s+dari)\s+(?P<speaker>"
            + _LISTED
            + r"[^\"“]+?),\s+(?P<content>[^\s].+)$"
        ),
        re.compile(
            rf"^(?P<speaker>[^\"“]+?)\s+(?P<cue>{_CUE_ID})\s*(?:,\s*(?:bahwa\s+)?|:\s*|bahwa\s+|(?=[\"“]))(?P<content>[\"“]?.+)$"
        ),
    ),
    "en": (
        re.compile(
            rf"^[\"“](?P<content>[^\"”]+)[\"”]\s*,?\s*(?P<cue>{_CUE_EN_BARE})\s+(?P<speaker>[^\"“]+?)(?=[,.]|$)"
        ),
        re.compile(
            rf"^[\"“](?P<content>[^\"”]+)[\"”]\s*,?\s*(?P<speaker>[^\"“,.]+?(?:,[^\"“,.]+)?),?\s+(?P<cue>{_CUE_EN_BARE})\b"
        ),
        re.compile(r"^(?P<cue>[Aa]ccording\s+to)\s+(?P<speaker>" + _LISTED + r"[^\"“]+?),\s+(?P<content>[^\s].+)$"),
        re.compile(r"^(?P<content>[^\"“]+?),?\s+(?P<cue>according\s+to)\s+(?P<speaker>[^\"“,]+?)\.?$"),
        re.compile(rf"^(?P<content>[^\"“]+?),\s+(?P<speaker>[^\"“,]+?)\s+(?P<cue>{_CUE_EN_BARE}){_TAIL_EN}\.?$"),
        re.compile(rf"^(?P<content>[^\"“]+?),\s+(?P<cue>{_CUE_EN_BARE})\s+(?P<speaker>[^\"“,]+?){_TAIL_EN}\.?$"),
        re.compile(
            rf"^(?P<speaker>[^\"“]+?)\s+(?P<cue>{_CUE_EN_THAT}){_TAIL_EN}\s*(?:,\s*)?(?:that\s+|:\s*|(?=[\"“]))(?P<content>[\"“]?.+)$"
        ),
        re.compile(
            rf"^(?P<speaker>[^\"“,]+?)\s+(?P<cue>{_CUE_EN_BARE}){_TAIL_EN}\s+(?!to\b|so\b|in\b|on\b|at\b|nothing\b|little\b)(?P<content>\S.+)$"
        ),
    ),
}

# Two clauses with a subject each: split where what follows the joint starts a clause of its own.
_JOINTS: dict[str, re.Pattern[str]] = {
    "id": re.compile(r"\s*;\s+|,\s+(?:sedangkan|sementara(?:\s+itu)?|namun|tetapi|tapi|padahal)\s+(?=\S+\s+\S+\s+\S+)"),
    "en": re.compile(r"\s*;\s+|,\s+(?:while|whereas|but|although|though)\s+(?=\S+\s+\S+\s+\S+)"),
}

_ADVERB_END = re.compile(
    r"\s+(?:kemudian|juga|pun|lalu|pernah|telah|sudah|sebelumnya|also|later|then|has|had|have|previously)$"
)
_ROLE_WORD = re.compile(
    r"\b(?:pendiri|salah satu pendiri|CEO|presiden|wakil presiden|perdana menteri|menteri|gubernur|ketua|kepala|direktur|komisaris|juru bicara"
    r"|sekretaris jenderal|founder|co-founder|president|prime minister|minister|governor|chair(?:man|woman)?|head|director|spokes\w+)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:tidak|belum|bukan|tak|never|not|n't|denied|denies|membantah|menyangkal|menampik)\s*$", re.IGNORECASE
)

_QUESTION = re.compile(r"\?[\"”’)]*$")
_OPINION = {
    "id": re.compile(
        r"\b(?:sebaiknya|seharusnya|semestinya|semoga|mudah-mudahan|mari(?:lah)?\s+kita|tampaknya\s+kita|menurut\s+(?:saya|kami|hemat)"
        r"|saya\s+(?:rasa|kira|pikir|yakin|percaya|berharap)|kami\s+(?:rasa|yakin|percaya|berharap)|langkah\s+yang\s+(?:tepat|baik|bijak)"
        r"|(?:ter)?(?:indah|menakjubkan|mengagumkan)|patut\s+(?:disyukuri|diapresiasi)|layak\s+diapresiasi|sungguh|alangkah|betapa)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:should|ought\s+to|hopefully|let\s+us|let's|i\s+(?:think|believe|feel|hope|guess)|we\s+(?:think|believe|feel|hope)|in\s+my\s+(?:opinion|view)"
        r"|the\s+right\s+(?:step|decision|thing|move)|wonderful|amazing|it\s+is\s+(?:a\s+pity|a\s+shame|high\s+time))\b",
        re.IGNORECASE,
    ),
}

_WORTH = {"quantity": 0.25, "date": 0.1, "name": 0.15}
"""What each kind of detail adds to the base worth of 0.5: figures, then names, then dates are what checkers look up."""


_Mention = TypeVar("_Mention", Quantity, DateMention)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    span: Span
    attribution: Attribution | None = None


class RuleSplitter:
    """Splits by written rules for Indonesian and English. Every claim is a verbatim piece of its sentence."""

    @property
    def name(self) -> str:
        """Name and version of the rules."""
        return "rules/1"

    def split(self, articles: Sequence[Article]) -> list[list[Claim]]:
        """Splits each article into claims; see `Splitter`."""
        return [
            [claim for sentence in article.sentences for claim in _split_sentence(article, sentence)]
            for article in articles
        ]


def _split_sentence(article: Article, sentence: Sentence) -> list[Claim]:
    if sentence.role not in CLAIM_ROLES or sentence.repeat_of is not None:
        return []
    text = sentence.span.of(article.text)
    language = _sentence_language(text, article.language)
    pieces = _attributed(text, language)
    claims: list[Claim] = []
    for piece in pieces:
        for span in _clauses(text, piece.span, language):
            trimmed = _trim(text, span)
            if len(trimmed.of(text).split()) >= MIN_CLAIM_WORDS and any(char.isalpha() for char in trimmed.of(text)):
                claims.append(_claim(article, sentence, trimmed, piece.attribution, language))
    return claims


def _sentence_language(text: str, article_language: str) -> str:
    """Gives the sentence's language: the article's, unless a long sentence is plainly in the other one."""
    if article_language not in LANGUAGES or sum(char.isalpha() for char in text) < 60:
        return article_language
    return detect_language(text, default=article_language) if len(text) >= 150 else article_language


def _attributed(text: str, language: str) -> list[_Piece]:
    """Parts reported speech from its reporter; a sentence without one is a single piece."""
    for pattern in _PATTERNS.get(language, ()):
        match = pattern.match(text)
        if match is None:
            continue
        speaker = _speaker_span(text, match)
        if speaker is None or _DENIAL.search(text[: match.start("cue")]):
            continue
        content = _trim(text, Span(*match.span("content")))
        if len(content.of(text).split()) < MIN_CLAIM_WORDS:
            continue
        cue = Span(*match.span("cue"))
        attribution = Attribution(
            speaker=speaker.of(text),
            cue=cue.of(text),
            span=Span(min(speaker.start, cue.start), max(speaker.end, cue.end)),
        )
        pieces = [_Piece(span=content, attribution=attribution)]
        # "Pavel Durov pendiri Telegram" says who somebody is: a claim of its own.
        if (
            _ROLE_WORD.search(speaker.of(text))
            and find_names("x " + speaker.of(text))
            and len(speaker.of(text).split()) >= MIN_CLAIM_WORDS
        ):
            pieces.append(_Piece(span=speaker))
        return sorted(pieces, key=lambda piece: piece.span)
    return [_Piece(span=Span(0, len(text)))]


def _speaker_span(text: str, match: re.Match[str]) -> Span | None:
    speaker = _trim(text, Span(*match.span("speaker")))
    phrase = speaker.of(text)
    if match.start("speaker") > match.start("cue"):
        # "..., kata Pavel Durov, pendiri Telegram, ...": the apposition belongs to the speaker.
        follows = re.match(r",\s*([^,.\"]{3,60})(?=[,.]|$)", text[speaker.end :])
        if follows and _ROLE_WORD.match(follows.group(1)):
            speaker = Span(speaker.start, speaker.end + follows.end(1))
    elif ", " in phrase and _is_opening(phrase.split(", ", 1)[0]):
        # "Melihat insiden tersebut, Rusia mengatakan": the speaker is what follows an opening phrase that names nobody.
        start = speaker.start + phrase.rindex(", ") + 2
        speaker = Span(start, speaker.end)
    shortened = _ADVERB_END.sub("", speaker.of(text))
    speaker = Span(speaker.start, speaker.start + len(shortened))
    words = speaker.of(text).split()
    return speaker if words and len(words) <= MAX_SPEAKER_WORDS else None


def _is_opening(phrase: str) -> bool:
    """Says whether the words before a comma open the sentence ("Sementara itu") and are no name ("Pavel Durov")."""
    first, *others = phrase.split()
    return all(word[0].islower() for word in others) and (bool(others) or first.lower() in OPENERS)


def _clauses(text: str, span: Span, language: str) -> list[Span]:
    """Cuts joined main clauses apart, each long enough to stand alone."""
    joint = _JOINTS.get(language)
    piece = span.of(text)
    if joint is None or '"' in piece or "“" in piece:
        return [span]
    spans = []
    start = 0
    for match in joint.finditer(piece):
        left, right = piece[start : match.start()], piece[match.end() :]
        if len(left.split()) > MIN_CLAIM_WORDS and len(right.split()) > MIN_CLAIM_WORDS and _balanced(left):
            spans.append(Span(span.start + start, span.start + match.start()))
            start = match.end()
    spans.append(Span(span.start + start, span.end))
    return spans


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")")


def _trim(text: str, span: Span) -> Span:
    """Drops white space, quotation marks and commas from both ends, and keeps the full stop."""
    start, end = span
    drop = ' \n\t"“”«»,;:'
    while start < end and text[start] in drop:
        start += 1
    while end > start and text[end - 1] in drop:
        end -= 1
    return Span(start, end)


def _claim(article: Article, sentence: Sentence, local: Span, attribution: Attribution | None, language: str) -> Claim:
    base = sentence.span.start
    text = local.of(sentence.span.of(article.text))
    span = Span(base + local.start, base + local.end)
    quantities = find_quantities(text, language)
    dates = find_dates(text, language, anchor=article.published)
    note = _not_checkable(text, language)
    worth = 0.0 if note else _worth(len(quantities), len(dates), len(find_names(text)))
    return Claim(
        text=text,
        span=span,
        sentence_span=sentence.span,
        language=language,
        check_worthy=worth,
        checkable=not note,
        attribution=None
        if attribution is None
        else Attribution(
            speaker=attribution.speaker,
            cue=attribution.cue,
            span=Span(base + attribution.span.start, base + attribution.span.end),
        ),
        quantities=tuple(_moved(quantity, span.start) for quantity in quantities),
        dates=tuple(_moved(mention, span.start) for mention in dates),
        context=" ".join(part for part in (attribution.speaker if attribution else "", article.title or "") if part),
        note=note,
    )


def _moved(mention: _Mention, offset: int) -> _Mention:
    """Gives the same mention with its span counted from the article's start."""
    return replace(mention, span=Span(mention.span.start + offset, mention.span.end + offset))


def _not_checkable(text: str, language: str) -> str:
    """Says why a piece of text cannot be checked, or gives an empty string."""
    if _QUESTION.search(text):
        return "a question states nothing"
    pattern = _OPINION.get(language)
    found = pattern.search(text) if pattern else None
    return f"an opinion or a wish ({found.group()!r})" if found else ""


def _worth(quantities: int, dates: int, names: int) -> float:
    found = {"quantity": quantities, "date": dates, "name": names}
    return min(1.0, 0.5 + sum(weight for kind, weight in _WORTH.items() if found[kind]))
