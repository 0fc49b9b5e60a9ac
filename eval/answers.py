"""Answers the cases of a suite: one row for each labelled claim, whatever happens to it.

What raises is a row with the verdict ``error`` and the stage: ``index`` (the sources), ``read`` and ``split`` (the article), ``retrieve``,
``verify``, or ``oracle`` (the gold evidence cannot be given). It is never left out, and never another verdict.

**Articles.** The configured splitter's claims are paired with the labelled ones by what the gate pairs claims by (`bukti.eval.pairing`). A
labelled claim that the splitter did not give was not judged, so it has no verdict: it is ``not_checkable``, with the failure ``split``
beside it. Measures count it as wrong and as not answered, and the gate holds the share that is answered; it is no ``error``, for nothing broke,
and a splitter's misses must not keep a suite from being decided. Only where the label itself is ``not_checkable`` is that the right answer.

**Oracles** take a stage's place with the right answer, so that a loss can be put down to the other ones: ``claims`` gives the labelled claims in place
of the splitter's, ``evidence`` the quotations that the suite names as the only passages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Literal, get_args

from bukti.claims.article import Article, Span
from bukti.claims.claim import Claim, Splitter
from bukti.claims.documents import clean_text, read_text
from bukti.claims.errors import StageError, cause_of
from bukti.claims.files import location_of
from bukti.claims.segments import segment
from bukti.claims.stages import span
from bukti.eval.baseline import render_row
from bukti.eval.cases import Case, CaseSource, GoldClaim, gold_claims, read_article, to_claim, write_sources
from bukti.eval.judging import outlets_of
from bukti.eval.lexical import for_day
from bukti.eval.pairing import similarity
from bukti.eval.pipeline import assess_claims, check_claims, copies_of
from bukti.eval.premises import title_of
from bukti.eval.report import Assessment, Failure
from bukti.eval.results import CaseResult, FoundEvidence, Repeat
from bukti.eval.showing import one_line
from bukti.eval.verdict import Thresholds
from bukti.eval.verifier import Verifier, repeats_of
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.index import Index, discard_index, passing_index
from bukti.retrieval.retriever import Evidence, Query, Retriever, reranking_retriever
from bukti.retrieval.sources import Passage, Source, cut_passages, passage_at, read_source

__all__ = ["ORACLES", "Oracle", "Parts", "answer_group", "asked_claim", "match_claims", "row_of"]

Oracle = Literal["claims", "evidence"]
"""A stage whose place the right answer takes."""

ORACLES: tuple[Oracle, ...] = get_args(Oracle)
"""All of them."""

UNPLACED = 2.5 / 3.0
"""From this similarity on a labelled claim whose place in the article is not known is a splitter's claim: three quarters of their words in
common (Dice), the place counted as the same."""

MISSED = Failure(stage="split", cause="the splitter gave no such claim")
"""What stands beside a labelled claim that the splitter did not give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answers cases."""

    splitter: Splitter
    """Articles to claims."""

    embedder: Embedder
    """What indexes are made with."""

    verifier: Verifier
    """Evidence and claim to probabilities."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    """Where a probability becomes a stance."""

    k: int = 8
    """How many passages are judged for each claim."""

    max_bytes: int = 20_000_000
    """Largest source that is read."""

    repeat: int = 1
    """How often the verifier is asked about each claim; what is split and found is the same every time."""

    def __post_init__(self) -> None:
        repeats_of(self.verifier, self.repeat)  # one that always answers the same is refused before anything runs


def answer_group(
    group: Sequence[Case], parts: Parts, *, work: Path, name: str = "index", oracle: Collection[Oracle] = ()
) -> Iterator[list[CaseResult]]:
    """Answers cases that are checked against the same sources, by one index of them.

    Args:
        group: The cases; at least one.
        parts: What answers them.
        work: Folder for the texts of sources, which groups may share; whoever gives it removes it.
        name: What a large index is called in it; one that is there already from an earlier try is used, and it is removed at the end.
        oracle: Stages whose place the right answer takes.

    Yields:
        For each case the rows of its claims, in its order.
    """
    ground: _Ground | StageError
    folder = work / name
    try:
        with _stage("index"):
            if folder.exists():
                try:
                    ground = _open(group[0], parts, work, folder, oracle)
                except Exception:  # noqa: BLE001 (what was left there may be damaged: it is made anew)
                    discard_index(folder)
                    ground = _open(group[0], parts, work, folder, oracle)
            else:
                ground = _open(group[0], parts, work, folder, oracle)
    except StageError as exc:
        ground = exc
    for case in group:
        with span("case", case=case.id):
            rows = _answer(case, ground, parts, oracle)
        yield rows
    if folder.exists():
        discard_index(folder)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    """Makes whatever is raised a failure of this stage: the border of one case."""
    try:
        yield
    except StageError:
        raise
    except Exception as exc:
        raise StageError(cause_of(exc), stage=name) from exc


# Sources -----------------------------------------------------------------------------------------------------------


class _Once:
    """A retriever that finds the same for the same question, and looks once: repeats differ in the verifier alone."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._found: dict[tuple[object, ...], list[list[Evidence]]] = {}

    @property
    def name(self) -> str:
        return self._retriever.name

    def retrieve(self, queries: Sequence[Query], *, k: int, exclude: Collection[str] = ()) -> list[list[Evidence]]:
        key = (tuple(queries), k, frozenset(exclude))
        if key not in self._found:
            self._found[key] = self._retriever.retrieve(queries, k=k, exclude=exclude)
        return self._found[key]


class _Given:
    """A retriever that gives the same passages whatever is asked."""

    name = "given/1"

    def __init__(self, passages: Sequence[Passage] = ()) -> None:
        self._passages = passages

    def retrieve(self, queries: Sequence[Query], *, k: int, exclude: Collection[str] = ()) -> list[list[Evidence]]:
        return [[Evidence(passage=passage, score=1.0) for passage in self._passages] for _ in queries]


@dataclass(slots=True, kw_only=True)
class _Ground:
    """What the cases of a group are checked against."""

    index: Index | None
    retriever: Retriever
    folder: Path
    max_bytes: int
    sources: list[Source] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """What the suite calls each source, by the index's id: more than one where two have the same text."""
    cited: dict[str, tuple[Source, str]] = field(default_factory=dict)
    """Sources that were read for an oracle, by the suite's name."""
    titles: dict[str, str] = field(default_factory=dict)
    """What sources are called for a reader, by the index's id; none for one that has only its file's name."""


def _open(case: Case, parts: Parts, work: Path, folder: Path, oracle: Collection[Oracle]) -> _Ground:
    if case.index is not None:
        index = Index(case.index, embedder=parts.embedder)
        known = index.sources
        return _Ground(
            index=index, retriever=reranking_retriever(index, parts.embedder), folder=work, max_bytes=parts.max_bytes, sources=known,
            names={source.id: [source.path, source.id, Path(source.path).name] for source in known}, titles=_titles(known),
        )  # fmt: skip
    if not case.sources or "evidence" in oracle:
        return _Ground(index=None, retriever=_Given(), folder=work / "sources", max_bytes=parts.max_bytes)
    files = write_sources(case.sources, work / "sources")
    paths = list(dict.fromkeys(files.values()))
    index = passing_index(folder, paths, embedder=parts.embedder)
    change = index.add(paths, max_bytes=parts.max_bytes)
    if change.skipped:  # fewer sources than the suite says would be another question
        raise StageError(change.skipped[0][1], stage="index")
    known = index.sources
    ids = {source.location: source.id for source in known}
    for path, twin in change.duplicates:
        ids[location_of(path)] = ids[location_of(twin)]
    names: dict[str, list[str]] = {}
    for name, file in files.items():
        names.setdefault(ids[location_of(file)], []).append(name)
    return _Ground(
        index=index, retriever=reranking_retriever(index, parts.embedder), folder=work, max_bytes=parts.max_bytes, sources=known, names=names,
        titles=_titles(known),
    )  # fmt: skip


def _titles(sources: Sequence[Source]) -> dict[str, str]:
    return {one.id: one_line(title, 200) for one in sources if (title := title_of(one))}


def _gold_passages(gold: GoldClaim, case: Case, ground: _Ground) -> list[Passage]:
    """Gives the quotations that the suite names for a claim, as passages.

    Raises:
        StageError: It names none for a claim that needs some, or one that does not stand in its source.
    """
    if not gold.evidence and gold.label in ("supported", "refuted", "conflicting"):
        raise StageError("the suite names no evidence for it; run without --oracle evidence", stage="oracle")
    passages: dict[str, Passage] = {}
    for name, quote in gold.evidence:
        for passage in _quoted(name, quote, case, ground):
            passages.setdefault(passage.id, passage)
    return list(passages.values())


def _quoted(name: str, quote: str, case: Case, ground: _Ground) -> list[Passage]:
    if ground.index is not None:
        source = next((source for source in ground.sources if name in ground.names[source.id]), None)
        pieces = ground.index.passages_of(source.id) if source else []
        if source is None:
            raise StageError(f"the index holds no source {name!r}", stage="oracle")
        if not quote:
            return pieces
        texts = [(piece.text, piece.span.start) for piece in pieces]
    else:
        source, text = _read_cited(name, case, ground)
        if not quote:
            return cut_passages(source, text)
        texts = [(text, 0)]
    words = re.compile(r"\s+".join(map(re.escape, clean_text(quote).split())))
    for text, start in texts:
        if found := words.search(text):
            span = Span(start + found.start(), start + found.end())
            return [passage_at(source, span, found.group())]
    raise StageError(f"the quotation {quote[:40]!r} does not stand in {name!r}", stage="oracle")


def _read_cited(name: str, case: Case, ground: _Ground) -> tuple[Source, str]:
    if name not in ground.cited:
        own: list[CaseSource] = [source for source in case.sources if source.id == name]
        if not own:
            raise StageError(f"the case has no source {name!r}", stage="oracle")
        file = write_sources(own, ground.folder)[name]
        read = ground.cited[name] = read_source(file, max_bytes=ground.max_bytes)
        source = read[0]
        ground.sources.append(source)
        ground.names.setdefault(source.id, []).append(name)
    return ground.cited[name]


# Cases -------------------------------------------------------------------------------------------------------------


def _answer(
    case: Case, ground: _Ground | StageError, parts: Parts, oracle: Collection[Oracle]
) -> list[CaseResult]:  # fmt: skip
    """Gives the rows of a case; each of them can be written."""
    golds = gold_claims(case)
    began = perf_counter()
    try:
        if isinstance(ground, StageError):
            raise ground
        rows = _judged(case, golds, ground, parts, oracle)
    except StageError as exc:
        rows = [row_of(gold, Failure(stage=exc.stage, cause=str(exc))) for gold in golds]
    seconds = (perf_counter() - began) / max(1, len(rows)) / parts.repeat
    return [
        _writable(gold, replace(_filled(row, parts.repeat), seconds=seconds), parts.repeat)
        for gold, row in zip(golds, rows, strict=True)
    ]


def _writable(gold: GoldClaim, row: CaseResult, times: int) -> CaseResult:
    try:
        render_row(row).encode()
    except ValueError as exc:  # such as a score that is no number, or half a character
        failed = row_of(gold, Failure(stage="verify", cause=cause_of(exc)))
        return replace(_filled(failed, times), seconds=row.seconds)
    return row


def _filled(row: CaseResult, times: int) -> CaseResult:
    """Gives a row that never came to the verifier its repeats: it would not have come to it in any of them."""
    if times == 1 or row.repeats:
        return row
    return replace(row, repeats=(Repeat(verdict=row.verdict, error=row.error),) * times)


def _of_repeats(rows: Sequence[CaseResult]) -> CaseResult:
    """Makes one row of what a claim got in each repeat: never better than the worst that must not happen."""
    if len(rows) == 1:
        return rows[0]
    repeats = tuple(Repeat(verdict=row.verdict, probabilities=row.probabilities, error=row.error) for row in rows)
    forbidden = [row for row in rows if row.must_not_support and row.verdict == "supported"]
    failed = [number for number, row in enumerate(rows) if row.verdict == "error"]
    if forbidden or not failed:
        return replace((forbidden or rows)[0], repeats=repeats)
    row = rows[failed[0]]
    if row.error and len(failed) < len(rows):
        cause = f"repeat {failed[0] + 1} of {len(rows)}: {row.error.cause}"
        row = replace(row, error=Failure(stage=row.error.stage, cause=cause))
    return replace(row, repeats=repeats)


def _judged(
    case: Case, golds: Sequence[GoldClaim], ground: _Ground, parts: Parts, oracle: Collection[Oracle]
) -> list[CaseResult]:
    article: Article | None = None
    claims: list[Claim | None] = [None for _ in golds]
    if case.article is None or "claims" in oracle:
        with _stage("split"):
            claims = [
                asked_claim(gold, None if "claims" in oracle else parts.splitter, case.published) for gold in golds
            ]
    split: list[dict[str, Any]] = [{} for _ in golds]
    if case.article is not None:
        with _stage("read"):
            article = read_article(case)
        if "claims" in oracle:
            claims = [claim and replace(claim, language=claim.language or article.language) for claim in claims]
        else:
            with _stage("split"):
                given = parts.splitter.split([article])[0]
                check_claims(article, given)
                claims = match_claims(golds, given, article)
            split = [
                {"split": {"claim": claim and claim.text, "span": claim and list(claim.span), "given": len(given)}}
                for claim in claims
            ]
    retriever = ground.retriever if parts.repeat == 1 else _Once(ground.retriever)
    asked = list(zip(golds, claims, strict=True))
    with _stage("retrieve"):
        assessed = [
            _assess(case, article, asked, ground, parts, oracle, retriever, verifier)
            for verifier in repeats_of(parts.verifier, parts.repeat)
        ]
    return [
        replace(_of_repeats([_result(gold, item, ground) for item in items]), extra={**gold.extra, **told})
        for gold, items, told in zip(golds, zip(*assessed, strict=True), split, strict=True)
    ]


def _assess(
    case: Case,
    article: Article | None,
    asked: Sequence[tuple[GoldClaim, Claim | None]],
    ground: _Ground,
    parts: Parts,
    oracle: Collection[Oracle],
    found: Retriever,
    judge: Verifier,
) -> list[Assessment | Failure]:
    """Judges each claim; one that there is none of gets `MISSED`."""
    published = (article.published if article else None) or case.published
    verifier = for_day(judge, published)
    outlets = outlets_of(article) if article else ()

    def assess(claims: Sequence[Claim], retriever: Retriever, exclude: Collection[str] = ()) -> list[Assessment]:
        return assess_claims(
            claims, retriever=retriever, verifier=verifier, thresholds=parts.thresholds, sources=ground.sources, k=parts.k,
            exclude=exclude, published=published, outlets=outlets,
        )  # fmt: skip

    if "evidence" in oracle:
        return [MISSED if claim is None else _by_gold(gold, claim, case, ground, assess) for gold, claim in asked]
    copies = copies_of(article, ground.index, ground.sources) if article and ground.index else {}
    judged = iter(assess([claim for _, claim in asked if claim is not None], found, copies))
    return [MISSED if claim is None else next(judged) for _, claim in asked]


def _by_gold(gold: GoldClaim, claim: Claim, case: Case, ground: _Ground, assess: Any) -> Assessment | Failure:
    try:
        with _stage("oracle"):
            passages = _gold_passages(gold, case, ground)
    except StageError as exc:
        return Failure(stage=exc.stage, cause=str(exc))
    judged: Assessment = assess([claim], _Given(passages))[0]
    return judged


def _result(gold: GoldClaim, item: Assessment | Failure, ground: _Ground) -> CaseResult:
    if item is MISSED:
        right = gold.label == "not_checkable"
        return replace(row_of(gold, MISSED), verdict="not_checkable", error=None if right else MISSED)
    if isinstance(item, Failure):
        return row_of(gold, item)
    wanted = {name for name, _ in gold.evidence}

    def called(source: str) -> str:
        names = ground.names.get(source) or [source]
        return next((name for name in names if name in wanted), names[0])

    return row_of(gold, item, called=called, titles=ground.titles)


def row_of(
    gold: GoldClaim,
    found: Assessment | Failure,
    *,
    called: Callable[[str], str] = lambda source: source,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> CaseResult:
    """Gives the row of a labelled claim.

    Args:
        gold: The claim.
        found: What was found out about it, or why nothing was: then the verdict is ``error``.
        called: Gives what the suite calls a source of the index.
        titles: What sources of the index are called for a reader, where they have a title.
    """
    judged = found if isinstance(found, Assessment) else None
    return CaseResult(
        case=gold.id,
        text=gold.text,
        gold=gold.label,
        verdict=judged.verdict if judged else "error",
        probabilities=judged.probabilities if judged else None,
        evidence=tuple(
            FoundEvidence(
                source=called(one.source),
                span=one.span,
                text=one.text,
                stance=one.stance,
                score=one.score,
                title=titles.get(one.source, ""),
            )
            for one in (judged.evidence if judged else ())
        ),
        gold_evidence=gold.evidence,
        must_not_support=gold.must_not_support,
        language=gold.language,
        tags=gold.tags,
        cluster=gold.cluster,
        span=gold.span,
        error=judged.error if judged else found if isinstance(found, Failure) else None,
        extra=gold.extra,
        digest=gold.digest,
    )


def asked_claim(gold: GoldClaim, splitter: Splitter | None, published: date | None) -> Claim:
    """Gives a labelled claim as one to be judged: it is taken as it stands, for whoever labelled it said that it is a claim.

    Only of one that is labelled ``not_checkable`` the splitter is asked whether it holds anything to check, as it would be of an article's sentence.

    Args:
        gold: The claim.
        splitter: Who says what can be checked; None takes the label's word for it.
        published: The day the claim is of.

    Raises:
        BuktiError: The splitter fails, or the text holds no sentence.
    """
    claim = to_claim(gold)
    if gold.label != "not_checkable":
        return claim
    given: Sequence[Claim] = ()
    if splitter is not None:
        article = segment(read_text(gold.text), language=gold.language or None, published=published)
        given = splitter.split([article])[0]
    return replace(claim, checkable=any(one.checkable for one in given))


# Matching ----------------------------------------------------------------------------------------------------------


def match_claims(golds: Sequence[GoldClaim], given: Sequence[Claim], article: Article) -> list[Claim | None]:
    """Gives for each labelled claim of an article the splitter's claim that is the same one, or None; no claim twice.

    As in `bukti.eval.pairing`: by common words and place, and never where they count or date differently. A labelled claim without a span
    has the place where its words stand in the article, or else is paired by its words alone.
    """
    if not golds or not given:
        return [None] * len(golds)
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    theirs = [_plain(claim.text, claim.language, claim.span) for claim in given]
    likeness = np.zeros((len(golds), len(given)))
    for number, gold in enumerate(golds):
        language = gold.language or article.language
        place = gold.span or _place(gold.text, article.text)
        if place is not None:
            likeness[number] = similarity([_plain(gold.text, language, place)], theirs)[0]
            continue
        for column, claim in enumerate(theirs):
            alike = float(similarity([_plain(gold.text, language, claim.span)], [claim])[0, 0])
            likeness[number, column] = alike if alike >= UNPLACED - 1e-9 else 0.0
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    found = {int(a): given[int(b)] for a, b in zip(rows, columns, strict=True) if likeness[a, b] > 0.0}
    return [found.get(number) for number in range(len(golds))]


def _plain(text: str, language: str, span: Span | None) -> CaseResult:
    return CaseResult(
        case="", text=text, gold=None, verdict="error", probabilities=None, language=language, span=span
    )  # fmt: skip


def _place(text: str, article: str) -> Span | None:
    found = re.search(r"\s+".join(map(re.escape, text.rstrip(".").split())), article, re.IGNORECASE)
    return Span(*found.span()) if found and found.group() else None
