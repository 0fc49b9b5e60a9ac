"""Judging: the retrieved passages of one claim become stances, and the stances a verdict.

Each passage is judged by its windows, and the most telling one speaks for it. Where none decides, two sentences are read together:
what a claim puts together may stand in two places.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from bukti.claims.article import Span
from bukti.claims.errors import StageError
from bukti.claims.language import LANGUAGES
from bukti.claims.quantities import unit_dimension
from bukti.eval.alignment import Text, align, read_text
from bukti.eval.comparison import FIGURES, Comparison, compare
from bukti.eval.lexical import refutation
from bukti.eval.premises import Window, headed, title_of, windows_of
from bukti.eval.quotes import QuoteFinding, check_quote, says_only
from bukti.eval.report import JudgedEvidence, Reason, Stance
from bukti.eval.subject import names_of, speaks_of, subject_of
from bukti.eval.verdict import Judgement, Merged, Thresholds, merge_stances, recalibrated
from bukti.eval.verifier import UNDECIDED, Pair, Probabilities, Verifier
from bukti.retrieval.terms import beginnings

if TYPE_CHECKING:
    from bukti.claims.article import Article
    from bukti.claims.claim import Claim
    from bukti.retrieval.retriever import Evidence
    from bukti.retrieval.sources import Source

__all__ = ["Setting", "judge", "outlets_of"]

Lacking = Mapping[str, frozenset[frozenset[str]]]
"""By the id of a source, the claim's names (as `names_of` gives them) that it has nowhere."""

SAME_SUBJECT = 0.4
"""Share of the claim's words that a passage must hold to refute it where no compared figure, date, name or negation differs."""

PAIRS = 6
"""How many pairs of sentences are read together where no window decides."""

LEAST_HELD = 0.1
"""A window that holds less of the claim's words, or of their translations, decides nothing, and is not put to a verifier of sentences.
Chosen on the gold set's dev part, where the verdicts stay the same by 53% of the pairs, and on held-out written passages, where 2 of 818 change by 41%; from 0.125 on
supported claims are lost."""

FEW_WORDS = 3
"""A claim of no more words that tell anything is asked about everywhere: "Tidak ada korban jiwa" shares none with "Tak ada yang meninggal"."""

SAME_DAYS = 3
"""Sentences of two sources are read together where these were published at most so many days apart."""

SHORTENED = 0.95
"""Probability given to a claim that is a sentence of the evidence with words left out, where nothing compared differs: all 340 such claims of the
written passages are true (bukti.eval.verbatim)."""

HEARD = 0.15
"""A verifier that gives support less than this is heard even against the claim's own words: what stands around them may turn them."""

QUOTED = 0.99
"""Probability given to a quotation that stands in a source word for word, as said by whom the claim names, or by another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all claims of one article are judged by."""

    verifier: Verifier
    """Evidence and claim to probabilities."""

    thresholds: Thresholds
    """Where a probability becomes a stance."""

    sources: dict[str, Source] = field(default_factory=dict)
    """What the evidence is from, by id."""

    published: date | None = None
    """The day the claims are of."""

    outlets: Collection[str] = ()
    """What the article's own paper calls itself: what only cites it is no evidence."""

    @property
    def reads_passages(self) -> bool:
        """Whether the verifier is given passages whole."""
        return bool(getattr(self.verifier, "reads_passages", False))

    def head_of(self, window: Window) -> tuple[str, date | None]:
        """Gives the title and the day of the source that a window is of."""
        source = self.sources.get(window.passage.source_id)
        return (title_of(source), source.published) if source else ("", None)


def judge(claim: Claim, found: Sequence[Evidence], setting: Setting) -> Merged:
    """Judges a claim by retrieved passages.

    Args:
        claim: The claim.
        found: Its evidence.
        setting: What it is judged by.

    Raises:
        StageError: The verifier does not answer every pair.
    """
    own = read_text(claim.text, claim.language, anchor=setting.published)
    subject = subject_of(own)
    said = {item.passage.source_id: _words_of(item, setting) for item in found}
    near = [item for item in found if (words := said[item.passage.source_id]) is None or speaks_of(subject, words)]
    names = names_of(own)
    lacking = {
        source: frozenset(name for name in names if words is not None and not name & words)
        for source, words in said.items()
    }
    windows = [
        window
        for item in near
        for window in windows_of(item.passage, whole=setting.reads_passages)
        if not _cites(window.text, setting.outlets)
    ]
    judged = _judge_all(own, [(window,) for window in windows], lacking, setting)
    best: dict[str, Judgement] = {}
    for each in judged:
        for item in each:
            before = best.get(item.evidence.passage_id)
            if before is None or _more_telling(item, before):
                best[item.evidence.passage_id] = item
    judgements = [
        *best.values(),
        *(_of_something_else(own, item, setting) for item in found if item not in near),
        *_quoted(claim, found, setting),
    ]
    counts = any(unit_dimension(quantity.unit) is None for quantity in own.quantities)
    merged = merge_stances(judgements, counts=counts, published=setting.published)
    if merged.verdict == "not_enough_evidence" and not setting.reads_passages:
        together = _judge_all(own, _together(own, windows, setting), lacking, setting)
        supporting = [item for item in together if item[0].evidence.stance == "supports"]
        if supporting:
            both = min(supporting, key=lambda item: (-item[0].evidence.score, *(each.evidence.span for each in item)))
            merged = merge_stances([*judgements, *both], counts=counts, published=setting.published)
    weights = setting.thresholds.calibration
    # Without evidence there is nothing to be calibrated, and a quotation was found, not judged.
    if not weights or not merged.evidence or any(reason.check == "quote" for reason in merged.reasons):
        return merged
    return replace(merged, probabilities=recalibrated(merged.probabilities, weights))


def _words_of(item: Evidence, setting: Setting) -> frozenset[str] | None:
    """Gives the beginnings of all words of an evidence's source, its title included; None where these are not known."""
    source = setting.sources.get(item.passage.source_id)
    title = beginnings(source.title) if source else frozenset()
    return None if item.words is None else item.words | title


def _of_something_else(claim: Text, item: Evidence, setting: Setting) -> Judgement:
    """Judges a passage whose source names nothing that the claim is about, without asking the verifier: it decides nothing."""
    scored = [
        (align(claim, read_text(window.text, item.passage.language, anchor=None)).held, window)
        for window in windows_of(item.passage)
    ]
    held, window = max(scored, key=lambda each: (each[0], -len(each[1].text), -each[1].span.start))
    return Judgement(
        evidence=JudgedEvidence(
            source=item.passage.source_id,
            passage_id=item.passage.id,
            span=window.place,
            text=window.text,
            stance="neutral",
            score=1.0,
            language=item.passage.language,
            reasons=(),
        ),
        probabilities=Probabilities.of(supported=0.0, refuted=0.0),
        nearness=held,
        day=setting.head_of(window)[1],
    )


def _judge_all(
    claim: Text,
    premises: Sequence[tuple[Window, ...]],
    lacking: Lacking,
    setting: Setting,
) -> list[list[Judgement]]:
    """Judges premises of one or two windows; gives a judgement for each of the windows."""
    pairs = []
    for windows in premises:
        title, day = setting.head_of(windows[0])
        language = windows[0].passage.language
        pairs.append(
            Pair(
                premise=headed([window.text for window in windows], title=title, published=day, language=language),
                hypothesis=claim.text,
                premise_language=language,
                hypothesis_language=claim.language,
            )
        )
    comparisons = _compared(claim, premises, lacking, setting)
    short = sum(not token.stop for token in claim.tokens) <= FEW_WORDS
    asked = [
        at
        for at, (text, comparison) in enumerate(comparisons)
        # Of other languages no translations are known: there the words say nothing.
        if setting.reads_passages
        or short
        or not {claim.language, text.language} <= set(LANGUAGES)
        or comparison.alignment.held >= LEAST_HELD
    ]
    given = setting.verifier.verify([pairs[at] for at in asked])
    if len(given) != len(asked):
        message = f"the verifier answered {len(given)} of {len(asked)} pairs"
        raise StageError(message, stage="verify")
    answers = dict(zip(asked, given, strict=True))
    return [
        _judgements(claim, windows, pair, answers.get(at, UNDECIDED), text, comparison, setting)
        for at, (windows, pair, (text, comparison)) in enumerate(zip(premises, pairs, comparisons, strict=True))
    ]


def _compared(
    claim: Text,
    premises: Sequence[tuple[Window, ...]],
    lacking: Lacking,
    setting: Setting,
) -> list[tuple[Text, Comparison]]:
    """Compares a claim with premises.

    Where one sentence of a source gives a figure as the claim does, another sentence of it that is no nearer to the claim
    and gives another figure speaks of something else: "171 were aboard. The 39 more had no ticket."
    """
    compared = []
    given: list[tuple[Window, Span | None, float]] = []
    for windows in premises:
        title, day = setting.head_of(windows[0])
        text = read_text(
            " ".join(window.text for window in windows),
            windows[0].passage.language,
            anchor=day,
            context=f"{title} {windows[0].before}",
        )
        comparison = compare(claim, text)
        if setting.reads_passages:
            # Who reads the whole passage knows what stands around a sentence.
            comparison = replace(comparison, shortened=False)
        nowhere = frozenset.intersection(*(lacking[window.passage.source_id] for window in windows))
        if nowhere and {claim.language, text.language} <= set(LANGUAGES):
            comparison = replace(comparison, unnamed=True)
        compared.append((text, comparison))
        given += [
            (windows[0], reason.claim_span, comparison.alignment.held)
            for reason in comparison.reasons
            if reason.agrees and reason.check in FIGURES and len(windows) == 1
        ]
    for number, (windows, (text, comparison)) in enumerate(zip(premises, compared, strict=True)):
        if comparison.differs(*FIGURES):
            settled = {
                span
                for window, span, held in given
                if span and held >= comparison.alignment.held and _apart(window, windows[0])
            }
            compared[number] = text, comparison.without_figures(settled)
    return compared


def _apart(a: Window, b: Window) -> bool:
    """Says whether two windows of one source have no sentence in common."""
    return a.passage.source_id == b.passage.source_id and not a.place.overlaps(b.place)


def _judgements(
    claim: Text,
    windows: tuple[Window, ...],
    pair: Pair,
    answer: Probabilities,
    text: Text,
    comparison: Comparison,
    setting: Setting,
) -> list[Judgement]:
    stance, score, probabilities, reasons = _stance(claim, text, answer, comparison, setting.thresholds)
    judged = []
    lead = len(pair.premise) - len(text.text)
    for window in windows:
        span = window.place
        start = span.start
        quote = answer.quote
        # A verifier that quotes counts in its premise, of which the window is the end.
        if quote and quote.end > lead and len(windows) == 1:
            span = Span(start + max(0, quote.start - lead), start + quote.end - lead)
        judged.append(
            Judgement(
                evidence=JudgedEvidence(
                    source=window.passage.source_id,
                    passage_id=window.passage.id,
                    span=span,
                    text=window.text[span.start - start : span.end - start],
                    stance=stance,
                    score=score,
                    language=window.passage.language,
                    reasons=tuple(_placed(reason, start, together=len(windows) > 1) for reason in reasons),
                ),
                probabilities=probabilities,
                nearness=comparison.alignment.held,
                day=setting.head_of(window)[1],
            )
        )
    return judged


def _placed(reason: Reason, start: int, *, together: bool) -> Reason:
    """Puts the place of a reason's evidence into its source's text; what two sentences say together has none."""
    at = reason.evidence_span
    if together or at is None:
        note = f"{reason.note} (two sentences together)" if reason.check == "entailment" else reason.note
        return replace(reason, evidence_span=None, note=note)
    return replace(reason, evidence_span=Span(at.start + start, at.end + start))


def _stance(
    claim: Text, evidence: Text, answer: Probabilities, comparison: Comparison, thresholds: Thresholds
) -> tuple[Stance, float, Probabilities, tuple[Reason, ...]]:
    """Gives stance, its score, the probabilities after the comparison and the reasons of one premise."""
    answer = _overruled(answer, comparison)
    differs = comparison.differs()
    if answer.supported >= thresholds.support:
        note = (
            "the evidence says it in the claim's own words"
            if comparison.shortened
            else f"the evidence bears it out; it holds {comparison.alignment.held:.0%} of the claim's words or their translations"
        )
        shared = _entailment(claim, evidence, agrees=True, note=note)
        return "supports", answer.supported, answer, (*comparison.reasons, shared)
    if answer.refuted >= (thresholds.refute if differs else thresholds.refute_alone):
        found = tuple(reason for reason in comparison.reasons if not reason.agrees)
        alone = _entailment(claim, evidence, agrees=False, note="the evidence says otherwise")
        return "refutes", answer.refuted, answer, found or (alone,)
    return "neutral", answer.not_enough_evidence, answer, comparison.reasons


def _overruled(answer: Probabilities, comparison: Comparison) -> Probabilities:
    """Gives what is left of a verifier's answer after the comparison: it may take support away and refute, and supports only what stands there."""
    supported, refuted = answer.supported, answer.refuted
    if comparison.shortened and supported >= HEARD:
        supported, refuted = max(supported, SHORTENED), 0.0
    if comparison.bars_support:
        supported = 0.0
        if comparison.differs():
            refuted = max(refuted, refutation(comparison))
    if not comparison.differs() and (
        comparison.alignment.coverage < SAME_SUBJECT
        or comparison.other_time
        or comparison.reckoned
        or comparison.nameless
        or comparison.verbatim
    ):
        # A verifier takes another subject for a contradiction now and then; what speaks of something else, of another
        # time, or of somebody by name where the claim has "we" or "she", refutes nothing. Nor does it reckon: 24 months are not two years to it. And no sentence
        # refutes what it says in the same words.
        refuted = 0.0
    return Probabilities.of(supported=supported, refuted=refuted, quote=answer.quote)


def _entailment(claim: Text, evidence: Text, *, agrees: bool, note: str) -> Reason:
    return Reason(
        check="entailment",
        claim=claim.text,
        evidence=evidence.text,
        agrees=agrees,
        note=note,
        claim_span=Span(0, len(claim.text)),
        evidence_span=Span(0, len(evidence.text)),
    )


def _more_telling(a: Judgement, b: Judgement) -> bool:
    """Says whether window `a` tells more of its passage than `b`: a stance before none, then the nearer, then the shorter."""

    def key(item: Judgement) -> tuple[bool, float, int, int]:
        evidence = item.evidence
        return (evidence.stance == "neutral", -round(item.nearness, 6), len(evidence.text), evidence.span.start)

    return key(a) < key(b)


def _together(claim: Text, windows: Sequence[Window], setting: Setting) -> list[tuple[Window, ...]]:
    """Gives the pairs of sentences that hold most of the claim's words between them, each adding some to the other."""
    singles: dict[tuple[str, int], tuple[Window, tuple[float, ...]]] = {}
    for window in windows:
        key = _place(window)
        if key not in singles:  # the first window that starts here is the sentence alone
            text = read_text(window.text, window.passage.language, anchor=None)
            singles[key] = (window, align(claim, text).weights)
    near = sorted(singles.values(), key=lambda item: (-sum(item[1]), item[0].passage.id, item[0].span.start))[:10]
    scored = []
    for (a, left), (b, right) in combinations(near, 2):
        joint = sum(max(x, y) for x, y in zip(left, right, strict=True))
        if joint <= max(sum(left), sum(right)) or a.passage.language != b.passage.language:
            continue
        # Both are read under one day: what "Monday" means must be the same in the two.
        if a.passage.source_id != b.passage.source_id and not _same_days(a, b, setting):
            continue
        first, second = sorted((a, b), key=_place)
        scored.append(
            (-joint, first.passage.id, first.span.start, second.passage.id, second.span.start, (first, second))
        )
    return [item[-1] for item in sorted(scored, key=lambda item: item[:-1])[:PAIRS]]


def _place(window: Window) -> tuple[str, int]:
    """Gives the source that a window is of, and where it begins there."""
    return window.passage.source_id, window.place.start


def _same_days(a: Window, b: Window, setting: Setting) -> bool:
    first, second = (setting.head_of(window)[1] for window in (a, b))
    return first == second or (first is not None and second is not None and abs((first - second).days) <= SAME_DAYS)


def _quoted(claim: Claim, found: Sequence[Evidence], setting: Setting) -> list[Judgement]:
    """Gives what a claim's quotation is worth: it stands in sources as the same person's words, or else as another's.

    Each source that has the words speaks for itself: where all give them to another, none of them supports by a verifier's slip.
    """
    findings = [finding for item in found if (finding := check_quote(claim.text, [item.passage])) and finding.span]
    if any(finding.state == "found" for finding in findings):
        if not says_only(claim.text):
            return []  # what the claim tells beside the quotation is for the verifier
        findings = [finding for finding in findings if finding.state == "found"]
    return [judgement for finding in findings if (judgement := _quote_judged(claim, finding, setting))]


def _quote_judged(claim: Claim, finding: QuoteFinding, setting: Setting) -> Judgement | None:
    passage, span, agrees = finding.passage, finding.span, finding.state == "found"
    assert passage is not None
    assert span is not None
    text = Span(span.start - passage.span.start, span.end - passage.span.start).of(passage.text)
    if _cites(text, setting.outlets):
        return None
    source = setting.sources.get(passage.source_id)
    reason = Reason(
        check="quote",
        claim=finding.claim.of(claim.text),
        evidence=text,
        agrees=agrees,
        note="the words are quoted there" if agrees else f"there they are the words of {finding.speaker}",
        claim_span=finding.claim,
        evidence_span=span,
    )
    return Judgement(
        evidence=JudgedEvidence(
            source=passage.source_id,
            passage_id=passage.id,
            span=span,
            text=text,
            stance="supports" if agrees else "refutes",
            score=QUOTED,
            language=passage.language,
            reasons=(reason,),
        ),
        probabilities=Probabilities.of(supported=QUOTED if agrees else 0.0, refuted=0.0 if agrees else QUOTED),
        nearness=1.0,
        day=source.published if source else None,
    )


# What only cites the article ---------------------------------------------------------------------------------------

_NAME = r"(?P<name>[A-Z][\w.'-]{1,30}(?:\s(?:[A-Z][\w.'-]{1,30}|of|the|dan)){0,4})"
_OUTLET = tuple(
    re.compile(form)
    for form in (
        rf"{_NAME}\s+(?:has\s+learned|understands|can\s+reveal|can\s+exclusively)",
        rf"(?:^|[.!?]\s)Kepada\s+{_NAME}(?=\s*,)",
    )
)
_DATELINE = re.compile(rf"^[A-Z][\w'-]*(?:\s[A-Z][\w'-]*)?(?:,[^()\n]{{1,30}})?\s?\({_NAME}\)\s*(?:--|[-–—])")
_REPORTED = r"(?:reported|reports|wrote|writes|said|revealed|quoted|melaporkan|menulis|memberitakan|mewartakan|menyebut\w*|mengutip)"
_REPORTED_BY = (
    r"\b(?:reported\s+by|according\s+to|citing|quoting|first\s+in|report\s+(?:by|in)|menurut(?:\s+(?:laporan|berita))?|laporan|dikutip(?:\s+dari)?|mengutip|dilansir"
    r"(?:\s+dari)?|diberitakan(?:\s+oleh)?|dilaporkan(?:\s+oleh)?|melansir)"
)


def outlets_of(article: Article) -> tuple[str, ...]:
    """Gives the names that an article's text gives its own paper: "Jakarta (ANTARA) - ", "kepada Kabar Serayu,", "X has learned"."""
    found: list[str] = []
    for line in article.text.split("\n"):
        lead = _DATELINE.match(line)
        if lead and article.title != line:
            found.append(lead["name"])
        # A person who is told something is spoken of elsewhere too; the paper's own name stands there once.
        told = [match["name"].strip() for form in _OUTLET for match in form.finditer(line)]
        found += [name for name in told if article.text.count(name) == 1]
    return tuple(dict.fromkeys(name for name in found if len(name) > 2))


def _cites(text: str, outlets: Collection[str]) -> bool:
    """Says whether a text tells what one of these papers reported."""
    return any(
        re.search(
            rf"{_REPORTED_BY}\s+(?:the\s+)?{re.escape(name)}\b|\b{re.escape(name)}\s+(?:juga\s+|also\s+|first\s+)?{_REPORTED}\b",
            text,
            re.IGNORECASE,
        )
        for name in outlets
    )
