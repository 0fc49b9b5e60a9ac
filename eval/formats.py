"""Reads the field's sets as suites, in the files in which they are published.

Each reader gives a `Suite`; what a set's own score needs beyond that stands in `Case.extra`. JSON lines may be gzipped. Rows that have no id
get one from their content, and a row that stands there twice a number behind it. Keys that a reader doesn't know are passed over: these files
are other people's.
"""

from __future__ import annotations

import ast
import csv
import difflib
import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bukti.claims.documents import clean_text
from bukti.claims.errors import InputError, NoCasesError, SuiteError, UsageError
from bukti.claims.files import open_regular
from bukti.claims.language import detect_language
from bukti.eval.cases import Case, CaseSource, Gold, InlineText, Suite, inline_text, make_suite, read_label
from bukti.eval.matching import EVIDENCE_SETS
from bukti.eval.report import Verdict
from bukti.eval.suites import SUITE_ENDINGS, Problems, load_json, read_suite, report_invalid

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_ROWS",
    "WITH_CORPUS",
    "read_aggrefact",
    "read_averitec",
    "read_beir",
    "read_cases",
    "read_climate_fever",
    "read_fever",
    "read_pairs",
    "read_scifact",
    "read_wice",
    "recognise",
]

MAX_BYTES = 2_000_000_000
"""Largest file that is read, unpacked. A folder of wiki pages may hold any number of them."""

MAX_ROWS = 1_000_000
"""Most rows of one file."""

LANGUAGE_SAMPLE = 50
"""From how many claims the language of a set is recognised: one short claim tells too little."""


# Rows --------------------------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _text_of_number(value: object) -> object:
    return str(value) if type(value) is int else value


Words = Annotated[str, AfterValidator(_words)]
Id = Annotated[str, BeforeValidator(_text_of_number), AfterValidator(_words)]


def _label(numbers: Mapping[int, Verdict | Gold], words: Mapping[str, Verdict] | None = None) -> AfterValidator:
    """Gives what reads a set's labels: its own numbers and words, or those of the one table; none for "", "-", -1 and null."""

    def read(value: object) -> Gold:
        if value is None or value in ("", "-", "-1") or (type(value) is int and value == -1):
            return Gold()
        if isinstance(value, str) and words and value in words:
            return Gold(label=words[value])
        number = int(value) if isinstance(value, str) and value.isdecimal() else value
        if type(number) is int:
            if number not in numbers:
                raise ValueError(
                    f"{value!r} is no label of this set; it has {', '.join(map(str, numbers)) or 'no numbers'}"
                )
            meant = numbers[number]
            return meant if isinstance(meant, Gold) else Gold(label=meant)
        return read_label(value)

    return AfterValidator(read)


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


RowT = TypeVar("RowT", bound=_Row)


class _Ids:
    """The ids of a file's rows."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Gives `name`, with a number behind it where a row before has it."""
        count = self._known[name] = self._known.get(name, 0) + 1
        return name if count == 1 else f"{name}-{count}"


def _hashed(prefix: str, *parts: object) -> str:
    return f"{prefix}-{hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:12]}"


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Maps what goes wrong with a file to an error of ours."""
    try:
        yield
    except FileNotFoundError as exc:
        raise InputError(f"{path}: no such file; check the path", path=path) from exc
    except (OSError, EOFError, zlib.error) as exc:
        said = getattr(exc, "strerror", None) or str(exc)
        raise InputError(f"{path}: cannot be read ({said}); check the file", path=path) from exc


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Gives the lines of a text file, gzipped or not, each with its number."""
    with _reading(path), open_regular(path) as file, gzip.open(file) if path.suffix == ".gz" else file as stream:
        size = 0
        for number, data in enumerate(stream, 1):
            size += len(data)
            if size > MAX_BYTES:
                raise InputError(f"{path}: too large (at most {MAX_BYTES / 1e9:g} GB are read); split it", path=path)
            try:
                yield number, data.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as exc:
                raise SuiteError([f"{path}:{number}: is not UTF-8; save the file as UTF-8"], path=path) from exc


def _values(path: Path, problems: Problems) -> Iterator[tuple[int, Any]]:
    """Gives the rows of a file as plain values, each with its line: JSON lines, one JSON list (with the row's number) or CSV."""
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if ending.lower() == ".csv":
        yield from _csv_rows(path)
        return
    if ending.lower() == ".json":
        text = "".join(line for _, line in _lines(path))
        if text.lstrip().startswith("["):
            try:
                yield from enumerate(load_json(text), 1)
            except ValueError as exc:
                raise SuiteError(
                    [f"{path}:1: {exc}".replace("one object a line", "a list of rows")], path=path
                ) from exc
            return
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            yield number, load_json(line)
        except ValueError as exc:
            problems.add(number, None, str(exc))


def _csv_rows(path: Path) -> Iterator[tuple[int, Any]]:
    before = csv.field_size_limit(min(MAX_BYTES, sys.maxsize))
    try:
        reader = csv.DictReader(line for _, line in _lines(path))
        for row in reader:
            yield reader.line_num, row
    except csv.Error as exc:
        raise InputError(f"{path}: is no CSV ({exc}); check the file", path=path) from exc
    finally:
        csv.field_size_limit(before)


def _rows(path: Path, form: type[RowT]) -> list[tuple[dict[str, Any], RowT]]:
    """Gives the rows of a file, each as it stands there and as `form` reads it.

    Raises:
        SuiteError: Some row is not of that form.
        NoCasesError: The file has no rows.
        InputError: The file cannot be read.
    """
    problems = Problems(str(path))
    rows: list[tuple[dict[str, Any], RowT]] = []
    for number, value in _values(path, problems):
        if len(rows) >= MAX_ROWS:
            raise InputError(f"{path}: has more than {MAX_ROWS:,} rows; split it", path=path)
        if not isinstance(value, dict):
            problems.add(number, None, "is no object; check that this is the format")
            continue
        try:
            rows.append((value, form.model_validate(value)))
        except ValidationError as exc:
            report_invalid(exc, value, value.get("id"), form, problems, _always(number))
    problems.check()
    if not rows:
        raise NoCasesError([f"{path}: holds no rows; check the file"], path=path)
    return rows


def _always(number: int) -> Callable[[object], int]:
    return lambda _: number


def _name(path: Path) -> str:
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]


def _quote(text: str) -> str:
    """Gives words as they stand in the text of a source that holds them."""
    return " ".join(clean_text(text).split())


def _language_of(texts: Iterable[str]) -> str:
    return detect_language(" ".join(text for text, _ in zip(texts, range(LANGUAGE_SAMPLE), strict=False)))


def _distinct(sources: Iterable[InlineText]) -> tuple[CaseSource, ...]:
    return tuple({source.id: source for source in sources}.values())


def _no_such(path: Path, what: str, missing: list[str]) -> InputError:
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return InputError(f"{path}: {what} {missing[0]!r}{more} that the claims cite; give the whole corpus", path=path)


# FEVER -------------------------------------------------------------------------------------------------------------


class _FeverRow(_Row):
    id: Id
    claim: Words
    label: Annotated[Any, _label({})] = Gold()
    evidence: list[list[list[Any]]] = []


class _WikiRow(_Row):
    id: str
    lines: str = ""


_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "-COLON-": ":"}


def read_fever(path: Path, corpus: Path | None = None) -> Suite:
    """Reads FEVER's claims and the Wikipedia pages of its evidence.

    Every claim has all pages as its sources that any evidence of the file names: those without enough information name none.

    Args:
        path: JSON lines with ``id``, ``claim``, ``label`` and ``evidence``: sets of [annotation, evidence, page, sentence].
        corpus: The folder of wiki pages, or one of its files: JSON lines with ``id`` and ``lines``.

    Returns:
        The suite. `Case.extra` has ``evidence_sets``: for each set its [page, words] pairs, which FEVER's score asks for. A sentence that the
        page has not stands for the page as a whole.

    Raises:
        InputError: A file cannot be read, is not of this form, or a page is missing.
        UsageError: There is no corpus.

    Source:
        Thorne et al., 2018, https://fever.ai/dataset/fever.html
    """
    if corpus is None:
        raise UsageError(f"{path}: FEVER's claims need its wiki pages; give their folder as the corpus")
    rows = _rows(path, _FeverRow)
    wanted = {
        _page_key(str(item[2])) for _, row in rows for one in row.evidence for item in one if len(item) > 3 and item[2]
    }
    pages = _wiki_pages(corpus, wanted)
    missing = sorted(wanted - set(pages))
    if missing:
        raise _no_such(corpus, "holds no page", missing)
    sources = _distinct(
        inline_text(" ".join(lines.values()), name=key, title=_unbracketed(key.replace("_", " ")))
        for key, lines in sorted(pages.items())
        if lines
    )
    ids = _Ids()
    cases = []
    for _, row in rows:
        sets = [
            [_sentence(pages, _page_key(str(item[2])), int(item[3])) for item in one if len(item) > 3 and item[2]]
            for one in row.evidence
        ]
        cases.append(
            Case(
                id=ids.unique(row.id),
                claim=row.claim.strip(),
                sources=sources,
                label=row.label.label,
                evidence=tuple(dict.fromkeys(piece for one in sets for piece in one)),
                language="en",
                extra={EVIDENCE_SETS: [[list(piece) for piece in one] for one in sets if one]},
            )
        )
    return make_suite(_name(path), path, cases)


def _sentence(pages: Mapping[str, Mapping[int, str]], page: str, number: int) -> tuple[str, str]:
    return page, _quote(pages[page].get(number, ""))


def _page_key(page: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", page)  # the claims and the dump write accents in different ways


def _wiki_pages(corpus: Path, wanted: set[str]) -> dict[str, dict[int, str]]:
    files = sorted(corpus.glob("*.jsonl*")) if corpus.is_dir() else [corpus]
    if not files:
        raise InputError(f"{corpus}: holds no .jsonl file; give the folder of wiki pages", path=corpus)
    found: dict[str, dict[int, str]] = {}
    for file in files:
        problems = Problems(str(file))
        for _, value in _values(file, problems):
            key = _page_key(str(value.get("id"))) if isinstance(value, dict) else ""
            if key in wanted:
                lines = (line.split("\t") for line in str(value.get("lines", "")).split("\n"))
                found[key] = {
                    int(parts[0]): _unbracketed(parts[1])
                    for parts in lines
                    if len(parts) > 1 and parts[0].isdecimal() and parts[1].strip()
                }
        problems.check()
    return found


def _unbracketed(text: str) -> str:
    for word, bracket in _BRACKETS.items():
        text = text.replace(word, bracket)
    return text


# SciFact -----------------------------------------------------------------------------------------------------------


def _listed(value: object) -> object:
    """Gives the list that a table export wrote as text: "[2 5]", or quoted sentences."""
    if not isinstance(value, str):
        return value
    quoted = re.findall(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", value)
    return (
        [ast.literal_eval(item) for item in quoted] if quoted else [int(number) for number in re.findall(r"\d+", value)]
    )


Listed = Annotated[list[Any], BeforeValidator(_listed)]


class _Rationale(_Row):
    sentences: list[int]
    label: str


class _SciFactRow(_Row):
    id: Id
    claim: Words
    evidence: dict[str, list[_Rationale]] | None = None
    cited_doc_ids: Listed = []
    evidence_doc_id: str | None = None
    evidence_label: str = ""
    evidence_sentences: Listed = []


class _AbstractRow(_Row):
    doc_id: Id
    title: str
    abstract: Listed


def read_scifact(path: Path, corpus: Path | None = None) -> Suite:
    """Reads SciFact's claims against all of its abstracts.

    A claim's label is that of its abstracts: supported, refuted, conflicting where they differ; not enough evidence where none of those
    that it cites decides it, which says nothing of the rest of the corpus. Claims of the test part have none.

    Args:
        path: JSON lines with ``id``, ``claim``, ``evidence`` (by document: rationales with ``sentences`` and ``label``) and
            ``cited_doc_ids``; or, as the hub has it, one row a rationale with ``evidence_doc_id``, ``evidence_label``, ``evidence_sentences``.
        corpus: JSON lines with ``doc_id``, ``title``, ``abstract`` (a list of sentences); ``corpus.jsonl`` beside the claims if None.

    Returns:
        The suite. `Case.extra` has ``evidence`` and ``cited_doc_ids`` as published.

    Raises:
        InputError: A file cannot be read, is not of this form, or an abstract is missing.

    Source:
        Wadden et al., 2020, https://github.com/allenai/scifact/blob/master/doc/data.md
    """
    corpus = corpus or path.parent / "corpus.jsonl"
    abstracts = {row.doc_id: row for _, row in _rows(corpus, _AbstractRow)}
    sources = _distinct(
        inline_text(" ".join(str(sentence).strip() for sentence in row.abstract), name=row.doc_id, title=row.title)
        for row in abstracts.values()
        if row.abstract
    )
    claims: dict[str, _SciFactRow] = {}
    evidence: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for _, row in _rows(path, _SciFactRow):
        claims.setdefault(row.id, row)
        held = evidence.setdefault(row.id, {})
        for document, rationales in (row.evidence or {}).items():
            held.setdefault(document, []).extend(item.model_dump() for item in rationales)
        if row.evidence_doc_id:
            one = {"sentences": row.evidence_sentences, "label": row.evidence_label}
            held.setdefault(row.evidence_doc_id, []).append(one)
    missing = sorted({document for held in evidence.values() for document in held if document not in abstracts})
    if missing:
        raise _no_such(corpus, "holds no abstract", missing)
    cases = []
    for row in claims.values():
        held = evidence[row.id]
        cited = [str(document) for document in row.cited_doc_ids]
        labels = {read_label(item["label"]).label for items in held.values() for item in items}
        label: Verdict | None = None
        if labels:
            label = labels.pop() if len(labels) == 1 else "conflicting"
        elif row.evidence is not None or cited:
            label = "not_enough_evidence"
        cases.append(
            Case(
                id=row.id,
                claim=row.claim.strip(),
                sources=sources,
                label=label,
                evidence=tuple(
                    (document, _quote(str(abstracts[document].abstract[number])))
                    for document, items in held.items()
                    for number in sorted({number for item in items for number in item["sentences"]})
                    if number < len(abstracts[document].abstract)
                ),
                language="en",
                cluster=min(cited, default=""),
                extra={"evidence": held, "cited_doc_ids": cited},
            )
        )
    return make_suite(_name(path), path, cases)


# AVeriTeC ----------------------------------------------------------------------------------------------------------


class _Answer(_Row):
    answer: str
    answer_type: str | None = None
    boolean_explanation: str | None = None
    source_url: str | None = None


class _Question(_Row):
    question: Words
    answers: Annotated[list[_Answer], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)] = []


class _AveritecRow(_Row):
    claim: Words
    claim_id: Id | None = None
    label: Annotated[Any, _label({})] = Gold()
    claim_date: str | None = None
    claim_types: list[str] = []
    questions: list[_Question] = []


AVERITEC_KEPT = (
    "justification", "speaker", "original_claim_url", "fact_checking_article", "reporting_source", "location_ISO_code", "claim_types",
    "fact_checking_strategies", "required_reannotation", "questions", "claim_date",
)  # fmt: skip
"""What of a row of AVeriTeC is kept for its score and for whoever looks closer."""


def read_averitec(path: Path) -> Suite:
    """Reads AVeriTeC's claims with their questions and answers as sources.

    Each answer is a source of its own, in the words that the set's score compares: the question, the answer and, for yes and no, why.

    Args:
        path: A JSON list of rows with ``claim``, ``label``, ``claim_date`` (day-month-year) and ``questions``.

    Returns:
        The suite. `Case.extra` has ``row``, the row's place from 0, which its submissions are ordered by, and `AVERITEC_KEPT`.

    Raises:
        InputError: The file cannot be read or is not of this form.

    Source:
        Schlichtkrull, Guo and Vlachos, 2023, https://github.com/MichSchli/AVeriTeC (README.md, eval.py)
    """
    ids = _Ids()
    cases = []
    for number, (raw, row) in enumerate(_rows(path, _AveritecRow)):
        sources = _distinct(inline_text(text, title=None) for question in row.questions for text in _answers(question))
        cases.append(
            Case(
                id=ids.unique(row.claim_id or _hashed("averitec", row.claim, row.claim_date, raw.get("speaker"))),
                claim=" ".join(row.claim.split()),
                sources=sources,
                label=row.label.label,
                evidence=tuple(
                    (source.id, " ".join(source.text.split())) for source in sources if isinstance(source, InlineText)
                ),
                language="en",
                published=_day_first(row.claim_date),
                tags=tuple(row.claim_types),
                extra={"row": number, **{key: raw[key] for key in AVERITEC_KEPT if key in raw}},
            )
        )
    return make_suite(_name(path), path, cases)


def _answers(question: _Question) -> Iterator[str]:
    for item in question.answers:
        explained = (
            f". {item.boolean_explanation}" if item.answer_type == "Boolean" and item.boolean_explanation else ""
        )
        yield f"{question.question} {item.answer}{explained}"
    if not question.answers:
        yield f"{question.question} No answer could be found."


def _day_first(text: str | None) -> date | None:
    parts = re.fullmatch(r"(\d{1,2})-(\d{1,2})-(\d{4})", text or "")
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1])) if parts else None
    except ValueError:
        return None


# Climate-FEVER -----------------------------------------------------------------------------------------------------

_HUB_FEVER: Mapping[int, Verdict | Gold] = {0: "supported", 1: "refuted", 2: "not_enough_evidence", 3: "conflicting"}


class _ClimateEvidence(_Row):
    evidence_id: Id
    evidence_label: Annotated[Any, _label(_HUB_FEVER)]
    article: str = ""
    evidence: Words


class _ClimateRow(_Row):
    claim_id: Id
    claim: Words
    claim_label: Annotated[Any, _label(_HUB_FEVER)]
    evidences: list[_ClimateEvidence]


def read_climate_fever(path: Path) -> Suite:
    """Reads Climate-FEVER: claims against five sentences of Wikipedia each.

    Args:
        path: JSON lines with ``claim_id``, ``claim``, ``claim_label`` and ``evidences``. Labels are words, or numbers as the hub has them:
            0 SUPPORTS, 1 REFUTES, 2 NOT_ENOUGH_INFO, 3 DISPUTED.

    Returns:
        The suite. Evidence are the sentences that support or refute. `Case.extra` has ``evidences`` as published, votes included.

    Raises:
        InputError: The file cannot be read or is not of this form.

    Source:
        Diggelmann et al., 2020, https://huggingface.co/datasets/tdiggelm/climate_fever
    """
    ids = _Ids()
    cases = []
    for raw, row in _rows(path, _ClimateRow):
        cases.append(
            Case(
                id=ids.unique(row.claim_id),
                claim=" ".join(row.claim.split()),
                sources=_distinct(
                    inline_text(item.evidence, name=item.evidence_id, title=item.article) for item in row.evidences
                ),
                label=row.claim_label.label,
                evidence=tuple(
                    (item.evidence_id, _quote(item.evidence))
                    for item in row.evidences
                    if item.evidence_label.label in ("supported", "refuted")
                ),
                language="en",
                extra={"evidences": raw["evidences"]},
            )
        )
    return make_suite(_name(path), path, cases)


# LLM-AggreFact -----------------------------------------------------------------------------------------------------


class _AggreFactRow(_Row):
    dataset: str = ""
    doc: Words
    claim: Words
    label: Annotated[Any, _label({1: "supported", 0: Gold(not_supported=True)})]
    contamination_identifier: str | None = None


def read_aggrefact(path: Path) -> Suite:
    """Reads LLM-AggreFact: claims against one document each.

    Args:
        path: JSON lines or CSV with ``dataset``, ``doc``, ``claim`` and ``label``: 1 supported, 0 not supported, which is no verdict.
            (It is published as Parquet: ``datasets.load_dataset("lytang/LLM-AggreFact")["test"].to_csv("test.csv")``.)

    Returns:
        The suite; its tags are the sets that it is made of.

    Raises:
        InputError: The file cannot be read or is not of this form.

    Source:
        Tang, Laban and Durrett, 2024, https://github.com/Liyan06/MiniCheck (README.md)
    """
    ids = _Ids()
    cases = []
    for _, row in _rows(path, _AggreFactRow):
        source = inline_text(row.doc)
        cases.append(
            Case(
                id=ids.unique(_hashed("aggrefact", row.dataset, row.doc, row.claim)),
                claim=" ".join(row.claim.split()),
                sources=(source,),
                label=row.label.label,
                not_supported=row.label.not_supported,
                language="en",
                tags=(row.dataset,) if row.dataset else (),
                cluster=source.id,
                extra={"contamination_identifier": row.contamination_identifier}
                if row.contamination_identifier
                else {},
            )
        )
    return make_suite(_name(path), path, cases)


# WiCE --------------------------------------------------------------------------------------------------------------


class _WiceRow(_Row):
    claim: Words
    evidence: list[str]
    supporting_sentences: list[list[int]]
    label: Literal["supported", "partially_supported", "not_supported"]
    meta: dict[str, Any] = {}


def read_wice(path: Path) -> Suite:
    """Reads WiCE: sentences of Wikipedia against the page that they cite.

    Args:
        path: JSON lines with ``claim``, ``evidence`` (the page's lines), ``supporting_sentences`` (sets of their numbers), ``label`` and
            ``meta``. What is supported in part only is not supported.

    Returns:
        The suite; its tags are the set's own labels. `Case.extra` has ``supporting_sentences`` and ``meta`` as published.

    Raises:
        InputError: The file cannot be read or is not of this form.

    Source:
        Kamoi et al., 2023, https://github.com/ryokamoi/wice
    """
    ids = _Ids()
    cases = []
    for _, row in _rows(path, _WiceRow):
        title = re.match(r"\(meta data\) TITLE:\s*(.+)", row.evidence[0]) if row.evidence else None
        text = "\n\n".join(line for line in row.evidence if line.strip())  # a line is a paragraph
        source = inline_text(text, title=title[1] if title else None) if text.strip() else None
        gold = read_label(row.label)
        numbers = sorted({number for one in row.supporting_sentences for number in one if number < len(row.evidence)})
        cases.append(
            Case(
                id=ids.unique(str(row.meta.get("id") or _hashed("wice", row.claim, row.evidence))),
                claim=" ".join(row.claim.split()),
                sources=(source,) if source else (),
                label=gold.label,
                not_supported=gold.not_supported,
                evidence=tuple((source.id, _quote(row.evidence[number])) for number in numbers) if source else (),
                language="en",
                tags=(row.label,),
                cluster=source.id if source else "",
                extra={"supporting_sentences": row.supporting_sentences, "meta": row.meta},
            )
        )
    return make_suite(_name(path), path, cases)


# Pairs -------------------------------------------------------------------------------------------------------------


class _PairRow(_Row):
    premise: Annotated[Words, Field(validation_alias=AliasChoices("premise", "sentence1", "evidence"))]
    hypothesis: Annotated[Words, Field(validation_alias=AliasChoices("hypothesis", "sentence2", "claim"))]
    label: Annotated[
        Any,
        _label(
            {0: "supported", 1: "not_enough_evidence", 2: "refuted"},
            {"e": "supported", "n": "not_enough_evidence", "c": "refuted"},
        ),
        Field(validation_alias=AliasChoices("gold_label", "label")),
    ]
    id: Annotated[Id | None, Field(validation_alias=AliasChoices("pairID", "unique_id", "id"))] = None
    page: str | None = None
    group: Annotated[str | None, Field(validation_alias=AliasChoices("category", "genre", "domain"))] = None


def read_pairs(path: Path) -> Suite:
    """Reads pairs of premise and hypothesis: SNLI, MultiNLI, IndoNLI, VitaminC and their like.

    The premise is the source, the hypothesis the claim; neutral is not enough evidence.

    Args:
        path: JSON lines with ``premise`` and ``hypothesis`` (or ``sentence1`` and ``sentence2``, or ``evidence`` and ``claim``) and
            ``gold_label`` or ``label``: words, e, n and c, or 0 entailment, 1 neutral, 2 contradiction. ``-`` and -1 are no label.

    Returns:
        The suite. ``page``, where there is one, is the source's title and the cluster; ``category``, ``genre`` or ``domain`` is the tag.

    Raises:
        InputError: The file cannot be read or is not of this form.

    Source:
        Bowman et al., 2015 (SNLI); Williams et al., 2018 (MultiNLI); Mahendra et al., 2021 (IndoNLI); Schuster et al., 2021 (VitaminC)
    """
    rows = [row for _, row in _rows(path, _PairRow)]
    language = _language_of(row.hypothesis for row in rows)
    ids = _Ids()
    cases = []
    for row in rows:
        source = inline_text(row.premise, title=row.page)
        cases.append(
            Case(
                id=ids.unique(row.id or _hashed("pair", row.premise, row.hypothesis)),
                claim=" ".join(row.hypothesis.split()),
                sources=(source,),
                label=row.label.label,
                not_supported=row.label.not_supported,
                language=language,
                tags=(row.group,) if row.group else (),
                cluster=row.page or source.id,
            )
        )
    return make_suite(_name(path), path, cases)


# BEIR --------------------------------------------------------------------------------------------------------------


class _BeirDocument(_Row):
    id: Annotated[Id, Field(validation_alias="_id")]
    title: str | None = None
    text: str = ""


class _BeirQuery(_Row):
    id: Annotated[Id, Field(validation_alias="_id")]
    text: Words


def read_beir(path: Path) -> Suite:
    """Reads a set for retrieval in BEIR's form: each query is a claim without a label whose relevant documents should be found.

    Args:
        path: A folder with ``corpus.jsonl`` (``_id``, ``title``, ``text``), ``queries.jsonl`` (``_id``, ``text``) and ``qrels/*.tsv``
            (``query-id``, ``corpus-id``, ``score``), of which ``test.tsv`` is taken; or one of those tsv files.

    Returns:
        The suite, of the queries that are judged. Evidence are the documents with a score above 0, as wholes. `Case.extra` has
        ``relevance``, the score by document.

    Raises:
        InputError: A file cannot be read or is not of this form.

    Source:
        Thakur et al., 2021, https://github.com/beir-cellar/beir
    """
    folder = path if path.is_dir() else path.parent.parent
    judged = _judgements(_qrels_of(path) if path.is_dir() else path)
    documents = [row for _, row in _rows(folder / "corpus.jsonl", _BeirDocument)]
    texts = {row.id: row.text.strip() or (row.title or "").strip() for row in documents}
    # What holds no words cannot be found; it stays in `relevance`, where it counts against whoever does not find it.
    sources = _distinct(
        inline_text(texts[row.id], name=row.id, title=row.title) for row in documents if clean_text(texts[row.id])
    )
    queries = {row.id: row.text for _, row in _rows(folder / "queries.jsonl", _BeirQuery)}
    missing = sorted(set(judged) - set(queries))
    if missing:
        raise _no_such(folder / "queries.jsonl", "holds no query", missing)
    missing = sorted({document for scores in judged.values() for document in scores if document not in texts})
    if missing:
        raise _no_such(folder / "corpus.jsonl", "holds no document", missing)
    language = _language_of(queries[query] for query in judged)
    cases = [
        Case(
            id=query,
            claim=" ".join(queries[query].split()),
            sources=sources,
            evidence=tuple((document, "") for document, score in scores.items() if score > 0),
            language=language,
            extra={"relevance": scores},
        )
        for query, scores in judged.items()
    ]
    return make_suite(folder.name, path, cases)


def _qrels_of(folder: Path) -> Path:
    files = sorted((folder / "qrels").glob("*.tsv"))
    named = [file for file in files if file.name == "test.tsv"] or files
    if len(named) != 1:
        names = ", ".join(file.name for file in files) or "none"
        raise InputError(f"{folder}: needs one file in qrels/ (there are: {names}); give the one you mean", path=folder)
    return named[0]


def _judgements(file: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    problems = Problems(str(file))
    for number, line in _lines(file):
        parts = line.rstrip("\r\n").split("\t")
        if number == 1 and parts[0] == "query-id":
            continue
        if len(parts) != 3 or not re.fullmatch(r"-?\d+", parts[2]):
            problems.add(number, None, "is no judgement; it needs query-id, corpus-id and score with tabs between them")
            continue
        found.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    problems.check()
    return found


# Which it is -------------------------------------------------------------------------------------------------------

FORMATS: Mapping[str, Callable[..., Suite]] = MappingProxyType({
    "fever": read_fever,
    "scifact": read_scifact,
    "averitec": read_averitec,
    "climate-fever": read_climate_fever,
    "aggrefact": read_aggrefact,
    "wice": read_wice,
    "pairs": read_pairs,
    "beir": read_beir,
})  # fmt: skip
"""The formats by name, and what reads each."""

WITH_CORPUS: frozenset[str] = frozenset({"fever", "scifact"})
"""The formats whose texts stand in a file or folder of their own, the second argument of their readers."""


SUITE_KEYS = ("must_not_support", "tags", "cluster", "sources")
"""Keys of our own suites that no format of the field has; the first is a promise, which is never dropped."""


def read_cases(path: Path | str, *, format: str | None = None, corpus: Path | None = None) -> Suite:  # noqa: A002 (it is called so)
    """Reads a suite, whatever it is written in.

    Args:
        path: A suite of bukti's, or a file or folder of one of the `FORMATS`.
        format: Which it is: one of `FORMATS`, or ``suite``; recognised from its first row if None.
        corpus: The texts that its claims cite, for the formats `WITH_CORPUS`.

    Raises:
        InputError: It cannot be read, or is not of that form.
        UsageError: There is no such format, or it has no corpus.
    """
    path = Path(path)
    found = None if format else recognise(path)
    name = format or found or "suite"
    if name != "suite" and name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"give one of suite, {', '.join(FORMATS)}"
        raise UsageError(f"there is no format {name!r}; {hint}")
    if corpus is not None and name not in WITH_CORPUS:
        raise UsageError(f"{path}: the format {name} has no corpus; leave it out")
    if name == "suite":
        return read_suite(path)
    if name != "beir":
        _check_keys(path, name, recognised=found is not None)
    return FORMATS[name](path, corpus) if name in WITH_CORPUS else FORMATS[name](path)


def _check_keys(path: Path, name: str, *, recognised: bool) -> None:
    """Refuses rows of ours that lack something and so look like another format: it would drop what they ask for without a word.

    Where the format was named, only the promise that no other format knows is refused: the other keys may be the set's own.
    """
    problems = Problems(str(path))
    for number, row in _values(path, Problems(str(path))):
        for key in SUITE_KEYS if recognised else SUITE_KEYS[:1]:
            if isinstance(row, dict) and key in row:
                named = "" if key == SUITE_KEYS[0] else f", or name the format {name} if the key is the set's own"
                message = f"has {key!r} as a suite's case has, but no such sources, and {name} would drop it; give it sources{named}"
                problems.add(number, row.get("id"), message)
    problems.check()


def recognise(path: Path) -> str | None:
    """Gives the format of a file or folder by what its first row has; None where that does not settle it.

    Raises:
        NoCasesError: It holds nothing.
        InputError: It cannot be read.
    """
    if path.is_dir():
        return "beir" if (path / "corpus.jsonl").is_file() and (path / "queries.jsonl").is_file() else None
    if path.suffix == ".tsv" and path.parent.name == "qrels":
        return "beir"
    if not re.search(r"\.(jsonl|json|csv)(\.gz)?$", path.name):
        return None
    problems = Problems(str(path))
    row = next((value for _, value in _values(path, problems)), None)
    if row is None and not problems.found and path.suffix.lower() not in SUITE_ENDINGS:
        raise NoCasesError([f"{path}: holds no rows; check the file"], path=path)
    if not isinstance(row, dict) or "sources" in row or "index" in row or "article" in row:
        return None
    keys, evidence = set(row), row.get("evidence")
    if {"claim_label", "evidences"} <= keys:
        return "climate-fever"
    if {"claim", "evidence", "supporting_sentences"} <= keys:
        return "wice"
    if {"claim", "doc", "label"} <= keys:
        return "aggrefact"
    if {"claim", "questions"} <= keys:
        return "averitec"
    if {"claim", "cited_doc_ids"} <= keys:
        return "scifact"
    if "claim" in keys and isinstance(evidence, list) and evidence and isinstance(evidence[0], list):
        return "fever"
    nli = {"premise", "hypothesis"} <= keys or {"sentence1", "sentence2"} <= keys
    return "pairs" if nli or ("claim" in keys and isinstance(evidence, str)) else None
