"""Labelled cases, and the suites they form.

A case is a claim, or a whole article with the claims that are labelled in it, beside the sources to check against. Where cases come
from is another module's business: `bukti.eval.suites` reads bukti's own files, `bukti.eval.formats` those of the field.

**Labels.** `LABELS` is the one table of words for verdicts. Sets with two labels, "supported" and "not supported", do not say whether the
second is refuted or only not borne out, and no verdict is made up for it: such a claim has the label None and `not_supported`. So
measures over the four verdicts leave it out and have to say so, and two-way measures ask `supported`, which knows it. It isn't
`must_not_support` either: that is a promise an author makes of one case, and support then fails the gate whatever else happens.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from bukti.claims.article import Article, Document, Span
from bukti.claims.claim import Claim
from bukti.claims.documents import clean_text, read_document
from bukti.claims.errors import InputError, OutputError
from bukti.claims.segments import segment
from bukti.eval.report import CHECKABLE_VERDICTS, Verdict
from bukti.retrieval.index import sources_in
from bukti.retrieval.sources import text_id

__all__ = [
    "LABELS",
    "NOT_SUPPORTED",
    "Case",
    "CaseSource",
    "Gold",
    "GoldClaim",
    "InlineText",
    "Suite",
    "TextFile",
    "files_of",
    "gold_claims",
    "group_by_sources",
    "inline_text",
    "make_suite",
    "read_article",
    "read_label",
    "text_of",
    "to_claim",
    "write_sources",
]

LABELS: Mapping[str, Verdict] = MappingProxyType({
    **dict.fromkeys(
        ("supported", "supports", "support", "entailment", "entails", "entailed", "true"), "supported"
    ),
    **dict.fromkeys(
        ("refuted", "refutes", "refute", "contradiction", "contradicts", "contradict", "contradicted", "false"),
        "refuted",
    ),
    **dict.fromkeys(
        ("conflicting", "conflicting evidence", "conflicting evidence cherrypicking", "disputed"), "conflicting"
    ),
    **dict.fromkeys(
        ("not enough evidence", "not enough info", "not enough information", "nei", "neutral"), "not_enough_evidence"
    ),
    "not checkable": "not_checkable",
})  # fmt: skip
"""The verdict that each word means. Words are compared in lower case, with a blank for what is no letter ("NOT ENOUGH INFO",
``not_enough_info``). Numbers are not among them, since 0 means support in one set and no support in the next: the reader of each
format says what its numbers mean."""

NOT_SUPPORTED: frozenset[str] = frozenset({
    "not supported", "unsupported", "partially supported", "not entailment", "not entailed",
})  # fmt: skip
"""Words that say that a claim is not supported, and no more. A claim that is supported in part only is not supported."""


class Gold(NamedTuple):
    """What a label says."""

    label: Verdict | None = None
    """The right verdict; None where there is no label, or only `not_supported` is known."""

    not_supported: bool = False
    """Whether the claim is known not to be supported, and no more."""


def read_label(word: object) -> Gold:
    """Reads a label.

    Args:
        word: A word of `LABELS` or `NOT_SUPPORTED` in any writing; True and False are the words.

    Raises:
        ValueError: It is no such word. The message says which there are.

    >>> read_label("NOT ENOUGH INFO")
    Gold(label='not_enough_evidence', not_supported=False)
    >>> read_label("not_supported")
    Gold(label=None, not_supported=True)
    """
    if isinstance(word, str | bool):
        key = re.sub(r"[\W_]+", " ", str(word)).strip().casefold()
        if key in LABELS:
            return Gold(label=LABELS[key])
        if key in NOT_SUPPORTED:
            return Gold(not_supported=True)
        near = difflib.get_close_matches(key, [*LABELS, *NOT_SUPPORTED], n=1)
        if near:
            raise ValueError(f"{word!r} is no label; did you mean {near[0].replace(' ', '_')}?")
    raise ValueError(
        f"{word!r} is no label; give supported, refuted, conflicting, not_enough_evidence, not_checkable or not_supported"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineText:
    """A source or article whose text stands in the suite itself."""

    id: str
    """What the suite calls it; where it has no name the id that an index gives to its text."""

    text: str
    """The text as bukti reads it: NFC, one paragraph a line."""

    title: str | None = None
    """Its title, where it has one."""

    published: date | None = None
    """Its day of publication, where it says one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A source or article in a file of its own."""

    id: str
    """What the suite calls it: the path as the suite writes it; within a folder that path, a slash and the rest."""

    path: Path
    """Where it lies."""

    sha256: str
    """Hash of its bytes, in hexadecimal."""


CaseSource = InlineText | TextFile
"""What a claim is checked against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldClaim:
    """One claim of a suite with all that is known of it: what a run has to judge, and what its result is measured against."""

    id: str
    """Unique within its article; as `gold_claims` gives it, unique within its suite."""

    text: str
    """The claim."""

    span: Span | None = None
    """Where it stands in its article's text as read; None where that is not known or there is no article."""

    label: Verdict | None = None
    """The right verdict: one of the four, ``not_checkable``, or None where it is not known."""

    not_supported: bool = False
    """Whether the claim is known not to be supported, and no more: the second label of sets with two."""

    evidence: tuple[tuple[str, str], ...] = ()
    """What should be found: the source's id and a quotation from it; an empty quotation means the source as a whole."""

    must_not_support: bool = False
    """Whether support is a failure of the gate whatever else happens."""

    language: str = ""
    """ISO 639-1 code."""

    tags: tuple[str, ...] = ()
    """What it is grouped by."""

    cluster: str = ""
    """What it is not independent of: claims of one article or of one source share it."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """What the reader of a format keeps for that set's own score: plain JSON values."""

    digest: str = field(default="", compare=False)
    """See `Case.digests`."""

    line: int | None = field(default=None, compare=False)
    """The line of its file on which it begins; None where that is not known."""

    def __post_init__(self) -> None:
        if self.label is not None and self.label not in CHECKABLE_VERDICTS | {"not_checkable"}:
            raise ValueError(f"{self.id}: {self.label!r} is no label")
        if self.label is not None and self.not_supported:
            raise ValueError(f"{self.id}: has a label, so it needs no not_supported")
        if self.label == "supported" and self.must_not_support:
            raise ValueError(f"{self.id}: is labelled supported and must not be supported; it cannot be both")

    @property
    def supported(self) -> bool | None:
        """Whether the claim is supported: the two-way label. None where that is not known, or nothing can be checked."""
        if self.label in CHECKABLE_VERDICTS:
            return self.label == "supported"
        return False if self.not_supported else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A labelled example: a claim, or an article with claims, and the sources to check against."""

    id: str
    """Unique within its suite."""

    claim: str | None = None
    """The claim; None for an article."""

    article: CaseSource | None = None
    """The article; None for a claim."""

    claims: tuple[GoldClaim, ...] = ()
    """The article's labelled claims; none for a claim."""

    sources: tuple[CaseSource, ...] = ()
    """What is checked against. Cases with the same sources share one tuple. Empty beside an index, and in sets whose rows have none."""

    index: Path | None = None
    """An index that is there already, in place of sources."""

    label: Verdict | None = None
    """The claim's right verdict; see `GoldClaim.label`."""

    not_supported: bool = False
    """See `GoldClaim.not_supported`."""

    evidence: tuple[tuple[str, str], ...] = ()
    """What should be found for the claim; see `GoldClaim.evidence`."""

    language: str = ""
    """ISO 639-1 code of the claim or article."""

    published: date | None = None
    """The day that the claim or article is of."""

    tags: tuple[str, ...] = ()
    """What it is grouped by."""

    must_not_support: bool = False
    """Whether support of the claim is a failure of the gate whatever else happens."""

    cluster: str = ""
    """What it is not independent of, where that is not the case alone."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """What the reader of a format keeps for that set's own score: plain JSON values."""

    digests: tuple[str, ...] = field(default=(), compare=False)
    """Of each claim that it asks about a hash of what is asked, as `make_suite` gives it: the claim or article, the label, what is checked against.
    The words and place of an article's claims are not in it, for by these they are paired (`bukti.eval.pairing`)."""

    line: int | None = field(default=None, compare=False)
    """See `GoldClaim.line`."""

    def __post_init__(self) -> None:
        if (self.claim is None) == (self.article is None):
            raise ValueError(f"{self.id}: a case is a claim or an article")
        if self.index is not None and self.sources:
            raise ValueError(f"{self.id}: has sources and an index; one of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A named set of cases."""

    name: str
    """What it is called."""

    path: str
    """Where it was read from, as it was given."""

    cases: tuple[Case, ...]
    """The cases, in the order of the file."""

    sha256: str
    """Hash of all that a result can depend on, the content of named files included; neither order, place nor name matter."""

    files: tuple[tuple[str, str], ...] = ()
    """Of suites that were joined: the name of each, which begins its ids, and where it was read from."""

    @property
    def binary(self) -> bool:
        """Whether some claims are known only to be supported or not, so that measures over four verdicts leave them out."""
        return any(claim.not_supported for case in self.cases for claim in gold_claims(case))


# Using cases -------------------------------------------------------------------------------------------------------


def gold_claims(case: Case) -> tuple[GoldClaim, ...]:
    """Gives the claims that a case asks about, each as a row of the results needs it.

    Returns:
        For a claim the one; for an article its labelled claims, with the case's id and a slash before theirs, and with the
        case's tags before their own. `GoldClaim.extra` has ``"not_supported": True`` where only that is known.
    """
    if case.claim is None:
        return tuple(
            _marked(
                replace(
                    claim,
                    id=f"{case.id}/{claim.id}",
                    language=claim.language or case.language,
                    tags=tuple(dict.fromkeys((*case.tags, *claim.tags))),
                    cluster=case.cluster or case.id,
                    digest=digest,
                    line=claim.line or case.line,
                )
            )
            for claim, digest in zip(case.claims, case.digests or ("",) * len(case.claims), strict=True)
        )
    return (
        _marked(
            GoldClaim(
                id=case.id,
                text=case.claim,
                label=case.label,
                not_supported=case.not_supported,
                evidence=case.evidence,
                must_not_support=case.must_not_support,
                language=case.language,
                tags=case.tags,
                cluster=case.cluster or case.id,
                extra=case.extra,
                digest=case.digests[0] if case.digests else "",
                line=case.line,
            )
        ),
    )


def _marked(claim: GoldClaim) -> GoldClaim:
    return replace(claim, extra={**claim.extra, "not_supported": True}) if claim.not_supported else claim


def to_claim(gold: GoldClaim) -> Claim:
    """Gives a labelled claim as one that `assess_claims` takes.

    Its span is where it stands in its article; without that, it covers its own text.
    """
    span = gold.span or Span(0, len(gold.text))
    return Claim(text=gold.text, span=span, sentence_span=span, language=gold.language, check_worthy=1.0)


def read_article(case: Case) -> Article:
    """Reads and segments the article of a case.

    Raises:
        InputError: It cannot be read, or holds no sentence.
        ValueError: The case has no article.
    """
    if case.article is None:
        raise ValueError(f"{case.id}: has no article")
    return segment(text_of(case.article), language=case.language or None, published=case.published)


def inline_text(
    text: str, *, name: str | None = None, title: str | None = None, published: date | None = None
) -> InlineText:
    """Makes a source of text that is at hand.

    Args:
        text: The text; it is read as a text file is.
        name: What the suite calls it; the id that an index gives to its text if None.
        title: Its title.
        published: Its day of publication.

    Raises:
        InputError: It holds no words.
    """
    read = clean_text(text)
    if not read:
        raise InputError(f"{name or 'a source'}: holds no words; give it some, or leave it out", path=name or "-")
    return InlineText(
        id=name or text_id(read), text=read, title=" ".join((title or "").split()) or None, published=published
    )


def text_of(source: CaseSource) -> Document:
    """Gives a source or article as bukti reads it.

    Raises:
        InputError: Its file cannot be read.
    """
    if isinstance(source, TextFile):
        return read_document(source.path)
    return Document(
        text=source.text,
        path=source.id,
        sha256=hashlib.sha256(source.text.encode()).hexdigest(),
        media="txt",
        title=source.title,
        published=source.published,
    )


def files_of(suite: Suite) -> list[Path]:
    """Gives the files of all sources and articles that a suite names."""
    shared = {id(case.sources): case.sources for case in suite.cases}  # or a corpus would be gone through once a case
    held = chain(chain.from_iterable(shared.values()), (case.article for case in suite.cases))
    return list(dict.fromkeys(one.path for one in held if isinstance(one, TextFile)))


def write_sources(sources: Iterable[CaseSource], folder: Path) -> dict[str, Path]:
    """Gives every source as a file that `Index.add` reads; those in a suite itself are written into `folder`.

    A file's name depends on its content alone, so that the sources of many cases can lie in one folder. Read from there, a source has the
    text, title and day it has in the suite, and so the id that `bukti.retrieval.sources.text_id` gives.

    Args:
        sources: The sources.
        folder: Where files are written; made if it is missing.

    Returns:
        The file of each source, by its id in the suite.

    Raises:
        OutputError: A file cannot be written.
    """
    files: dict[str, Path] = {}
    for source in sources:
        if isinstance(source, TextFile):
            files[source.id] = source.path
            continue
        content = _markdown(source)
        slug = re.sub(r"[^A-Za-z0-9]+", "-", source.id).strip("-")[:60] or "source"
        path = folder / f"{slug}-{hashlib.sha256(content.encode()).hexdigest()[:12]}.md"
        try:
            # One that a killed run was about to write may be torn.
            if not path.exists() or path.read_bytes() != content.encode():
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode())
        except OSError as exc:
            raise OutputError(f"{path}: {exc.strerror}; check the folder and its permissions", path=path) from exc
        files[source.id] = path
    return files


def _markdown(source: InlineText) -> str:
    """Gives Markdown that reads as the text itself: each line a paragraph, and no character with a meaning."""
    import yaml

    head = {key: value for key, value in (("title", source.title), ("date", source.published)) if value}
    front = f"---\n{yaml.safe_dump(head, allow_unicode=True, width=1_000_000)}---\n\n" if head else ""
    lines = (re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line) for line in source.text.split("\n"))
    return front + "\n\n".join(lines) + "\n"


def group_by_sources(cases: Sequence[Case]) -> list[tuple[Case, ...]]:
    """Gives the cases in groups that are checked against the same sources or index, each group where its first case stands."""
    digests = _Digests()
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(f"{case.index} {digests.of(case.sources)}", []).append(case)
    return [tuple(group) for group in groups.values()]


# Suites ------------------------------------------------------------------------------------------------------------


def make_suite(name: str, path: Path | str, cases: Sequence[Case]) -> Suite:
    """Gives a suite of these cases.

    Raises:
        IndexUnusableError: An index that a case names is missing or damaged.
        ValueError: Two claims have one id.
    """
    seen: set[str] = set()
    cases = [replace(case, digests=()) for case in cases]  # those of another suite's cases may be of other claims
    for case in cases:
        for key in {case.id, *(claim.id for claim in gold_claims(case))}:
            if key in seen:
                raise ValueError(f"two cases have the id {key!r}")
            seen.add(key)
    digests = _Digests()
    held = {index: sources_in(index) for index in {case.index for case in cases} if index is not None}
    rows: list[str] = []
    asked: list[Case] = []
    for case in cases:
        article, sources = digests.of((case.article,) if case.article else ()), digests.of(case.sources)
        index = held.get(case.index) if case.index else None
        rows.append(
            _sha256([
                case.id, case.claim, article, [_row(claim) for claim in case.claims], sources, index, case.label, case.not_supported,
                case.evidence, case.language, case.published, case.tags, case.must_not_support, case.cluster, case.extra,
            ])
        )  # fmt: skip
        ground = [case.claim, article, sources, index, case.published]
        asked.append(replace(case, digests=tuple(_asked(claim, ground) for claim in gold_claims(case))))
    return Suite(name=name, path=str(path), cases=tuple(asked), sha256=_sha256(sorted(rows)))


def _asked(claim: GoldClaim, ground: list[Any]) -> str:
    wanted = [claim.label, claim.not_supported, claim.evidence, claim.must_not_support, claim.language]
    return _sha256([*wanted, *ground])[:32]


def _row(claim: GoldClaim) -> list[Any]:
    return [
        claim.id, claim.text, claim.span, claim.label, claim.not_supported, claim.evidence, claim.must_not_support, claim.language,
        claim.tags, claim.cluster, claim.extra,
    ]  # fmt: skip


class _Digests:
    """Hashes of tuples of sources; one that many cases share is hashed once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[CaseSource, ...], str]] = {}

    def of(self, sources: tuple[CaseSource, ...]) -> str:
        found = self._known.get(id(sources))
        if found is None:
            rows = [
                [source.id, source.sha256]
                if isinstance(source, TextFile)
                else [source.id, source.title, source.published, source.text]
                for source in sources
            ]
            found = self._known[id(sources)] = (sources, _sha256(rows))  # kept alive, so that its id stays its own
        return found[1]


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
