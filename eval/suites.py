"""Reads bukti's own files of cases: JSON lines and YAML (docs/suites.md says what stands in them).

A file is read whole or not at all: whatever is wrong in it is told with its line and case, and nothing is guessed, left out or mended.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    StringConstraints,
    Tag,
    ValidationError,
)

from bukti.claims.article import Span
from bukti.claims.documents import clean_text, find_documents
from bukti.claims.errors import BuktiError, InputError, NoCasesError, SuiteError
from bukti.claims.files import read_regular
from bukti.claims.language import detect_language
from bukti.eval.cases import (
    Case,
    CaseSource,
    Gold,
    GoldClaim,
    Suite,
    TextFile,
    gold_claims,
    inline_text,
    make_suite,
    read_label,
    text_of,
)
from bukti.retrieval.index import sources_in

__all__ = [
    "MAX_CASES",
    "MAX_CLAIM_CHARACTERS",
    "MAX_FILES",
    "MAX_SUITE_BYTES",
    "SUITE_ENDINGS",
    "Problems",
    "load_json",
    "read_suite",
    "report_invalid",
]

SUITE_ENDINGS: Mapping[str, Literal["jsonl", "yaml"]] = {".jsonl": "jsonl", ".yaml": "yaml", ".yml": "yaml"}
"""File endings of suites, and how each is read."""

MAX_SUITE_BYTES = 50_000_000
"""Largest file of cases that is read."""

MAX_CASES = 100_000
"""Most cases of one file."""

MAX_CLAIM_CHARACTERS = 2_000
"""Longest claim: a claim is a sentence."""

MAX_FILES = 10_000
"""Most files that one suite names, those within folders included."""

MAX_NODES = 1_000_000
"""Most values in one YAML file, each alias counted as what it stands for: a short file can stand for billions."""

MAX_DEPTH = 12
"""How deep values may lie within each other; a suite needs six."""


# The form ----------------------------------------------------------------------------------------------------------


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _line(text: str) -> str:
    if "\n" in _words(text).strip():
        raise ValueError("goes over more than one line; put it on one")
    return text.strip()


def _day(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"is no day: {value!r}; write it as 2026-01-31")


def _language(code: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValueError(f"is no language: {code!r}; give an ISO 639-1 code, such as id or en")
    return code


def _span(value: object) -> Span | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(place) is int for place in value):
        span = Span(*value)
        if 0 <= span.start < span.end:
            return span
    raise ValueError(f"is no span: {value!r}; give [start, end], the characters before it and up to its end")


def _label(value: object) -> Gold:
    return Gold() if value is None else read_label(value)


Line = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(_line)]
Words = Annotated[str, AfterValidator(_words)]
ClaimWords = Annotated[str, StringConstraints(max_length=MAX_CLAIM_CHARACTERS), AfterValidator(_line)]
Day = Annotated[date, BeforeValidator(_day)]
Language = Annotated[str, AfterValidator(_language)]
Label = Annotated[Any, AfterValidator(_label)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _InlineForm(_Form):
    id: Line | None = None
    title: Line | None = None
    text: Words
    published: Day | None = None


class _EvidenceForm(_Form):
    source: Line
    quote: Words | None = None


_SourceForm = Annotated[
    Annotated[Line, Tag("file")] | Annotated[_InlineForm, Tag("inline")],
    Discriminator(lambda value: "inline" if isinstance(value, dict) else "file"),
]


class _ClaimForm(_Form):
    id: Line
    text: ClaimWords
    span: Annotated[Any, AfterValidator(_span)] = None
    label: Label = Gold()
    evidence: list[_EvidenceForm] = []
    tags: list[Line] = []
    must_not_support: bool = False
    note: Words | None = None


class _CaseForm(_Form):
    id: Line
    claim: ClaimWords | None = None
    article: _SourceForm | None = None
    claims: list[_ClaimForm] = []
    sources: list[_SourceForm] | None = None
    index: Line | None = None
    label: Label = Gold()
    evidence: list[_EvidenceForm] = []
    language: Language | None = None
    published: Day | None = None
    tags: list[Line] = []
    must_not_support: bool = False
    cluster: Line | None = None
    note: Words | None = None


class _DefaultsForm(_Form):
    sources: list[_SourceForm] | None = None
    index: Line | None = None
    language: Language | None = None
    published: Day | None = None
    tags: list[Line] = []


class _FileForm(_Form):
    name: Line | None = None
    defaults: _DefaultsForm = _DefaultsForm()
    cases: list[Any]


_FORMS: Mapping[str, type[BaseModel]] = {
    "sources": _InlineForm,
    "article": _InlineForm,
    "evidence": _EvidenceForm,
    "claims": _ClaimForm,
    "defaults": _DefaultsForm,
}
"""What is expected within each key."""


# Reading -----------------------------------------------------------------------------------------------------------

Place = tuple[str | int, ...]
"""The keys and positions that lead to a value."""

LineOf = Callable[[Place], int]
"""Gives the line of a value."""

Say = Callable[[str, Place], None]
"""Told what is wrong with the value at a place."""


def read_suite(path: Path | str) -> Suite:
    """Reads a file of cases.

    Args:
        path: A ``.jsonl``, ``.yaml`` or ``.yml`` file. What it names is looked for beside it.

    Returns:
        The suite. Cases without a language have the recognised one.

    Raises:
        SuiteError: Something in it is wrong: `problems` has each with its line and case.
        NoCasesError: Nothing is wrong, and there is no case.
        InputError: It is missing, too large, or no such file.
    """
    file = Path(path)
    how = SUITE_ENDINGS.get(file.suffix.lower())
    if how is None:
        endings = ", ".join(SUITE_ENDINGS)
        raise InputError(f"{path}: is no suite; give a file ending in {endings}, or name its format", path=path)
    problems = Problems(str(path))
    reading = _Reading(file=file, problems=problems)
    name, cases = _read_lines(reading) if how == "jsonl" else _read_yaml(reading)
    problems.check()
    if not cases:
        raise NoCasesError([f"{path}:1: holds no case; add one"], path=path)
    return make_suite(name or file.stem, path, cases)


@dataclass(slots=True)
class Problems:
    """All that is wrong in one file."""

    path: str
    """The file."""

    found: list[str] = field(default_factory=list)
    """What is wrong, one line each."""

    def add(self, line: int, case: object, message: str) -> None:
        """Adds what is wrong with a case on a line; None where it is no case's."""
        who = f"case {case!r}: " if isinstance(case, str) else ""
        self.found.append(f"{self.path}:{line}: {who}{message}")

    def check(self) -> None:
        """Ends the reading where something is wrong.

        Raises:
            SuiteError: Something is.
        """
        if self.found:
            raise SuiteError(self.found, path=self.path)


@dataclass(slots=True)
class _Reading:
    """One file on its way to a suite."""

    file: Path
    problems: Problems
    texts: dict[CaseSource, str] = field(default_factory=dict)
    files: dict[str, tuple[TextFile, ...]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def squeezed(self, source: CaseSource) -> str:
        """Gives a source's text with single blanks, in which quotations are looked for."""
        if source not in self.texts:
            self.texts[source] = _squeeze(text_of(source).text)
        return self.texts[source]


def _read_bytes(file: Path, most: int) -> bytes:
    """Gives the bytes of a file of cases.

    Raises:
        InputError: It is missing, no file, or has more than `most` bytes.
    """
    try:
        if file.is_dir():
            raise InputError(f"{file}: is a folder; give a file of cases", path=file)
        data = read_regular(file, most + 1)
    except FileNotFoundError as exc:
        raise InputError(f"{file}: no such file; check the path", path=file) from exc
    except OSError as exc:
        raise InputError(f"{file}: {exc.strerror or exc}; check the path and its permissions", path=file) from exc
    except ValueError as exc:  # a NUL byte in the path
        raise InputError(f"{str(file)!r}: is no path; check it", path=file) from exc
    if len(data) > most:
        raise InputError(f"{file}: too large (at most {most / 1e6:g} MB are read); split it", path=file)
    return data


def _decode(file: Path, data: bytes) -> str:
    """Decodes a file of cases, which is UTF-8.

    Raises:
        SuiteError: It isn't; the line is told.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise SuiteError([f"{file}:{line}: is not UTF-8; save the file as UTF-8"], path=file) from exc


def load_json(text: str) -> Any:
    """Gives the value of a JSON text, strictly.

    Raises:
        ValueError: It is no JSON, names a key twice, or holds NaN or Infinity.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            twice = next(key for number, (key, _) in enumerate(items) if key in dict(items[:number]))
            raise ValueError(f"has the key {twice!r} twice; keep one")
        return found

    def constant(word: str) -> Any:
        raise ValueError(f"holds {word}, which is no JSON; give a number or null")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as exc:
        raise ValueError(f"is not JSON ({exc.msg}, column {exc.colno}); give one object a line") from exc
    except RecursionError as exc:
        raise ValueError("lies too deep; a suite needs no more than six levels") from exc


def _read_lines(reading: _Reading) -> tuple[str | None, list[Case]]:
    text = _decode(reading.file, _read_bytes(reading.file, MAX_SUITE_BYTES))
    cases: list[Case] = []
    shared = _Shared()
    for number, line in enumerate(text.split("\n"), 1):  # only \n ends a line: JSON may hold other separators
        if not line.strip():
            continue
        if len(cases) >= MAX_CASES:
            reading.problems.add(number, None, f"has more than {MAX_CASES:,} cases; split it")
            break
        try:
            value = load_json(line)
        except ValueError as exc:
            reading.problems.add(number, None, str(exc))
            continue
        case = _read_case(value, shared, reading, _always(number))
        if case:
            cases.append(case)
    return None, cases


def _read_yaml(reading: _Reading) -> tuple[str | None, list[Case]]:
    problems = reading.problems
    value, lines = _load_yaml(_decode(reading.file, _read_bytes(reading.file, MAX_SUITE_BYTES)), problems)
    problems.check()
    if value is None:
        return None, []
    start: Place = () if isinstance(value, list) else ("cases",)
    data = {"cases": value} if isinstance(value, list) else value

    def line_of(place: Place) -> int:
        known = place[1:] if not start and place[:1] == ("cases",) else place
        return next(lines[known[:end]] for end in range(len(known), -1, -1) if known[:end] in lines)

    if not isinstance(data, dict):
        problems.add(1, None, "is no suite; give a list of cases, or name, defaults and cases")
        return None, []
    try:
        form = _FileForm.model_validate(data)
    except ValidationError as exc:
        report_invalid(exc, data, None, _FileForm, problems, line_of)
        return None, []
    if len(form.cases) > MAX_CASES:
        problems.add(1, None, f"has more than {MAX_CASES:,} cases; split it")
        return form.name, []
    shared = _read_defaults(form.defaults, reading, _within(line_of, "defaults"))
    cases = []
    for number, item in enumerate(form.cases):
        case = _read_case(item, shared, reading, _within(line_of, "cases", number))
        if case:
            cases.append(case)
    return form.name, cases


def _load_yaml(text: str, problems: Problems) -> tuple[Any, dict[Place, int]]:
    """Gives the plain value of a YAML text, and the line of everything in it."""
    import yaml

    loader: Any = None
    lines: dict[Place, int] = {(): 1}
    nodes = 0

    def build(node: Any, place: Place) -> Any:
        nonlocal nodes
        nodes += 1
        line = node.start_mark.line + 1
        if nodes > MAX_NODES:
            raise _YamlError(line, f"stands for more than {MAX_NODES:,} values; split it, or use fewer aliases")
        if len(place) > MAX_DEPTH:
            raise _YamlError(line, "lies too deep; a suite needs no more than six levels")
        lines.setdefault(place, line)
        if isinstance(node, yaml.ScalarNode):
            if place[-1:] == ("label",) and node.tag == "tag:yaml.org,2002:bool":
                return node.value  # "no" is YAML's false, and false is refuted: nobody who wrote "no" said that
            try:
                return loader.construct_object(node)
            except (yaml.YAMLError, ValueError) as exc:
                raise _YamlError(line, f"{node.value[:40]!r} cannot be read; put it in quotes") from exc
        if node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _YamlError(line, f"has the tag {node.tag!r}; leave it out")
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*place, number)) for number, item in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key_node, item in node.value:
            key, at = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key, str) or key_node.tag == "tag:yaml.org,2002:merge":
                raise _YamlError(at, "has a key that is no word; put what cases share into defaults")
            if key in found:
                problems.add(at, None, f"has the key {key!r} twice; keep one")
            within = (*place, key)
            lines[within] = at
            found[key] = build(item, within)
        return found

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        node = loader.get_single_node()
        return (None if node is None else build(node, ())), lines
    except _YamlError as exc:
        problems.add(exc.line, None, str(exc))
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        problems.add(mark.line + 1 if mark else 1, None, f"is not YAML ({exc.problem or exc.context}); mend that line")
    except (yaml.YAMLError, RecursionError) as exc:
        problems.add(1, None, f"is not YAML ({str(exc).splitlines()[0]}); save it as plain UTF-8 text")
    return None, lines


class _YamlError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _always(line: int) -> LineOf:
    return lambda place: line


def _within(line_of: LineOf, *start: str | int) -> LineOf:
    return lambda place: line_of((*start, *place))


def _said_within(say: Say, *start: str | int) -> Say:
    return lambda message, place: say(message, (*start, *place))


# One case ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the cases of a file have in common."""

    sources: tuple[CaseSource, ...] = ()
    index: Path | None = None
    language: str | None = None
    published: date | None = None
    tags: tuple[str, ...] = ()


def _read_defaults(form: _DefaultsForm, reading: _Reading, line_of: LineOf) -> _Shared:
    def say(message: str, place: Place) -> None:
        reading.problems.add(line_of(place), None, message)

    if form.sources and form.index:
        say("has sources and an index; keep one of them", ("index",))
    return _Shared(
        sources=_read_sources(form.sources or [], reading, say),
        index=_read_index(form.index, reading, say),
        language=form.language,
        published=form.published,
        tags=tuple(form.tags),
    )


def _read_case(value: Any, shared: _Shared, reading: _Reading, line_of: LineOf) -> Case | None:
    problems = reading.problems
    if not isinstance(value, dict):
        problems.add(
            line_of(()), None, f"is no case: {_shown(value)}; give an object with id, claim, sources and label"
        )
        return None
    name = value.get("id")
    before = len(problems.found)

    def say(message: str, place: Place) -> None:
        problems.add(line_of(place), name, message)

    try:
        form = _CaseForm.model_validate(value)
    except ValidationError as exc:
        report_invalid(exc, value, name, _CaseForm, problems, line_of)
        return None
    _check_parts(form, say)
    article = None
    if form.article is not None:
        found = _read_sources([form.article], reading, lambda message, place: say(message, ("article", *place[2:])))
        article = found[0] if found else None
        if len(found) > 1:
            say(f"{form.article} is a folder; give the article's file", ("article",))
    index = _read_index(form.index, reading, say)
    own = _read_sources(form.sources or [], reading, say)
    sources: tuple[CaseSource, ...] = ()
    if own:
        sources = _joined(shared.sources, own, say)
    elif form.index is None:
        sources, index = shared.sources, shared.index
    if not sources and not index and len(problems.found) == before:
        say("has nothing to be checked against; give sources or index, or put them into defaults", ("id",))
    if len(problems.found) > before:
        return None

    words = _article_text(article, say) if article else form.claim or ""
    language = form.language or shared.language or detect_language(words)
    claims = tuple(
        replace(
            _gold_claim(claim, number, words, form.language or shared.language, say),
            line=line_of(("claims", number)),
        )
        for number, claim in enumerate(form.claims)
    )
    _check_evidence(form.evidence, sources, index, reading, _said_within(say, "evidence"))
    for number, claim in enumerate(form.claims):
        _check_evidence(claim.evidence, sources, index, reading, _said_within(say, "claims", number, "evidence"))
    if len(problems.found) > before:
        return None
    case = Case(
        id=form.id,
        claim=form.claim,
        article=article,
        claims=claims,
        sources=sources,
        index=index,
        label=form.label.label,
        not_supported=form.label.not_supported,
        evidence=_pairs(form.evidence),
        language=language,
        published=form.published or shared.published,
        tags=tuple(dict.fromkeys((*shared.tags, *form.tags))),
        must_not_support=form.must_not_support,
        cluster=form.cluster or "",
        line=line_of(()),
    )
    for key, place in {case.id: ("id",), **{claim.id: ("claims",) for claim in gold_claims(case)}}.items():
        if key in reading.ids:
            say(f"the id {key!r} stands on line {reading.ids[key]} already; give it another", place)
        reading.ids[key] = line_of(place)
    return case


def _check_parts(form: _CaseForm, say: Say) -> None:
    """Tells what does not go together in a case."""
    if (form.claim is None) == (form.article is None):
        say("needs a claim or an article, one of them", ("article" if form.article is not None else "id",))
    if form.index and form.sources is not None:
        say("has sources and an index; keep one of them", ("index",))
    if form.article is not None:
        if not form.claims:
            say("has an article without claims; give its labelled claims", ("article",))
        for key, given in [
            ("label", form.label != Gold()),
            ("evidence", form.evidence),
            ("must_not_support", form.must_not_support),
        ]:
            if given:
                say(f"has an article, so {key} belongs to each of its claims", (key,))
    elif form.claims:
        say("has claims but no article; give the article, or make each claim a case", ("claims",))
    if form.label.label == "supported" and form.must_not_support:
        say("is labelled supported and must not be supported; keep one of them", ("must_not_support",))
    for number, claim in enumerate(form.claims):
        if claim.label.label == "supported" and claim.must_not_support:
            place = ("claims", number, "must_not_support")
            say(f"claim {claim.id!r} is labelled supported and must not be supported; keep one of them", place)
        if claim.id in [other.id for other in form.claims[:number]]:
            say(f"has two claims {claim.id!r}; give one another id", ("claims", number, "id"))


def _article_text(article: CaseSource, say: Say) -> str:
    try:
        return text_of(article).text
    except InputError as exc:
        say(str(exc), ("article",))
        return ""


def _gold_claim(form: _ClaimForm, number: int, article: str, language: str | None, say: Say) -> GoldClaim:
    if form.span and form.span.end > len(article):
        message = f"the span of claim {form.id!r} ends at {form.span.end}, the article at {len(article)}; count again"
        say(message, ("claims", number, "span"))
    elif form.span and not re.search(r"\w", form.span.of(article)):
        say(f"the span of claim {form.id!r} holds no word of the article; count again", ("claims", number, "span"))
    return GoldClaim(
        id=form.id,
        text=form.text,
        span=form.span,
        label=form.label.label,
        not_supported=form.label.not_supported,
        evidence=_pairs(form.evidence),
        must_not_support=form.must_not_support,
        language=language or detect_language(form.text),
        tags=tuple(form.tags),
    )


def _pairs(items: Sequence[_EvidenceForm]) -> tuple[tuple[str, str], ...]:
    return tuple((item.source, item.quote or "") for item in items)


# What cases name ---------------------------------------------------------------------------------------------------


def _read_sources(forms: Sequence[str | _InlineForm], reading: _Reading, say: Say) -> tuple[CaseSource, ...]:
    found: dict[str, CaseSource] = {}
    for number, form in enumerate(forms):
        place = ("sources", number)
        sources: tuple[CaseSource, ...] = ()
        try:
            sources = (
                _files(form, reading)
                if isinstance(form, str)
                else (inline_text(form.text, name=form.id, title=form.title, published=form.published),)
            )
        except BuktiError as exc:
            say(str(exc), place)
        for source in sources:
            if source.id in found:
                say(f"has two sources {source.id!r}; keep one, or give each an id", place)
            found[source.id] = source
    return tuple(found.values())


def _joined(shared: tuple[CaseSource, ...], own: tuple[CaseSource, ...], say: Say) -> tuple[CaseSource, ...]:
    known = {source.id for source in shared}
    for source in own:
        if source.id in known:
            say(f"has the source {source.id!r} that stands in defaults already; give it another id", ("sources",))
    return (*shared, *own)


def _files(name: str, reading: _Reading) -> tuple[TextFile, ...]:
    """Gives the files behind a path that a suite names."""
    if name not in reading.files:
        path = reading.file.parent / name
        files = find_documents([path])
        if sum(map(len, reading.files.values())) + len(files) > MAX_FILES:
            raise InputError(f"{name}: the suite names more than {MAX_FILES:,} files; make an index of them", path=path)
        reading.files[name] = tuple(
            TextFile(
                id=f"{name.rstrip('/')}/{file.relative_to(path).as_posix()}" if path.is_dir() else name,
                path=file,
                sha256=_sha256(file),
            )
            for file in files
        )
    return reading.files[name]


def _sha256(file: Path) -> str:
    try:
        return hashlib.sha256(read_regular(file)).hexdigest()
    except OSError as exc:
        raise InputError(f"{file}: {exc.strerror or exc}; check the path and its permissions", path=file) from exc


def _read_index(name: str | None, reading: _Reading, say: Say) -> Path | None:
    if name is None:
        return None
    folder = reading.file.parent / name
    try:
        sources_in(folder)
    except BuktiError as exc:
        say(str(exc), ("index",))
    return folder


def _check_evidence(
    items: Sequence[_EvidenceForm], sources: Sequence[CaseSource], index: Path | None, reading: _Reading, say: Say
) -> None:
    """Tells of evidence that does not stand where it is said to stand. What an index holds is not looked into."""
    known = {source.id: source for source in sources}
    for number, item in enumerate(items):
        if index is not None:
            continue
        source = known.get(item.source)
        if source is None:
            say(
                f"has evidence from {item.source!r}, which is no source of it{_hint(item.source, known)}",
                (number, "source"),
            )
            continue
        if item.quote is None:
            continue
        try:
            stands = _squeeze(clean_text(item.quote)) in reading.squeezed(source)
        except InputError as exc:
            say(str(exc), (number, "source"))
            continue
        if not stands:
            message = (
                f"the quote {_shown(item.quote)} does not stand in {item.source!r}; copy it from there word for word"
            )
            say(message, (number, "quote"))


def _squeeze(text: str) -> str:
    return " ".join(text.split())


# Saying what is wrong ----------------------------------------------------------------------------------------------


def report_invalid(
    exc: ValidationError, data: Any, case: object, form: type[BaseModel], problems: Problems, line_of: LineOf
) -> None:
    """Adds what pydantic found to the problems, in words of ours.

    Args:
        exc: What it found.
        data: What it looked at.
        case: The case's id, where it has one.
        form: What was expected.
        problems: What is added to.
        line_of: Gives the line of a value.
    """
    for error in exc.errors():
        place = _place(error["loc"], data)
        parent = next((part for part in reversed(place) if part in _FORMS), None)
        problems.add(line_of(place), case, _said(error, place, _FORMS[str(parent)] if parent else form))


def _place(location: Sequence[str | int], data: Any) -> Place:
    """Gives the way to the value that an error is about: pydantic's, without the names of its own alternatives."""
    place: list[str | int] = []
    for number, part in enumerate(location):
        held = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if held:
            data = data[part]
        elif number < len(location) - 1 or part in ("file", "inline"):
            continue
        place.append(part)
    return tuple(place)


def _said(error: Any, place: Place, form: type[BaseModel]) -> str:
    kind, key = error["type"], ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return f"{key!r} is no key here{_hint(str(place[-1]), form.model_fields)}"
    if kind == "missing":
        return f"{key!r} is missing; add it"
    if kind == "value_error":
        said = str(error["ctx"]["error"])
        return f"{key!r}: {said}" if "label" in key else f"{key!r} {said}"
    if kind == "string_unicode":
        return f"{key!r} holds half of a surrogate pair, which is no character; write the text as UTF-8"
    if kind == "string_too_long":
        return f"{key!r} has more than {error['ctx']['max_length']:,} characters; a claim is one sentence, an id a few words"
    wanted = {
        "string_type": "text; put it in quotes",
        "bool_type": "true or false",
        "list_type": "a list",
        "model_type": "an object",
        "dict_type": "an object",
    }.get(kind)
    return f"{key!r} is {_shown(error['input'])}, not {wanted}" if wanted else f"{key!r}: {error['msg']}"


def _hint(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(list(known)[:15]) or 'none'}"


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
