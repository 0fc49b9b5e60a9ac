from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.article import Span
from bukti.claims.errors import InputError, SuiteError
from bukti.eval.cases import (
    LABELS,
    Case,
    GoldClaim,
    InlineText,
    gold_claims,
    group_by_sources,
    inline_text,
    make_suite,
    read_article,
    read_label,
    to_claim,
    write_sources,
)
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.pipeline import assess_claims
from bukti.eval.report import CHECKABLE_VERDICTS
from bukti.eval.suites import MAX_CLAIM_CHARACTERS, read_suite
from bukti.eval.verdict import Thresholds
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import HybridRetriever
from bukti.retrieval.sources import read_source

ROOT = Path(__file__).resolve().parents[2]
SOURCE = {"id": "minutes", "text": "The council met on 4 May. It approved 12 of 15 wells."}
CASE: dict[str, Any] = {
    "id": "wells",
    "claim": "The council approved 12 wells.",
    "sources": [SOURCE],
    "label": "supported",
    "evidence": [{"source": "minutes", "quote": "It approved 12 of 15 wells."}],
}


def jsonl(tmp_path: Path, *rows: Any) -> Path:
    path = tmp_path / "suite.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def yaml_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(SuiteError) as caught:
        read_suite(path)
    assert "\n" not in str(caught.value)
    assert caught.value.path == str(path)
    return tuple(problem.replace(str(path.parent) + "/", "") for problem in caught.value.problems)


# What is read ------------------------------------------------------------------------------------------------------


def test_a_case_of_json_lines_is_read_whole(tmp_path: Path) -> None:
    row = {
        **CASE, "language": "en", "published": "2026-05-05", "tags": ["wells"], "cluster": "council", "note": "not scored",
        "label": "refuted", "must_not_support": True,
    }  # fmt: skip
    suite = read_suite(jsonl(tmp_path, row))
    assert suite.name == "suite"
    assert suite.cases == (
        Case(
            id="wells", claim="The council approved 12 wells.", sources=(InlineText(id="minutes", text=SOURCE["text"]),),
            label="refuted", evidence=(("minutes", "It approved 12 of 15 wells."),), language="en",
            published=date(2026, 5, 5), tags=("wells",), must_not_support=True, cluster="council",
        ),
    )  # fmt: skip
    assert gold_claims(suite.cases[0]) == (
        GoldClaim(
            id="wells", text="The council approved 12 wells.", label="refuted",
            evidence=(("minutes", "It approved 12 of 15 wells."),), must_not_support=True, language="en", tags=("wells",),
            cluster="council",
        ),
    )  # fmt: skip


def test_defaults_of_a_yaml_suite_are_shared_by_all_cases(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.md").write_text("---\ntitle: A\n---\nOne thing.\n")
    (tmp_path / "sources" / "b.txt").write_text("Another thing.\n")
    suite = read_suite(
        yaml_file(
            tmp_path,
            """
name: council
defaults:
  sources: [sources]
  language: en
  tags: [council]
cases:
  - id: one
    claim: One thing.
    label: SUPPORTS
    evidence:
      - {source: sources/a.md, quote: One thing.}
      - source: sources/b.txt
  - id: two
    claim: Hal yang lain.
    language: id
    tags: [other, council]
    sources:
      - text: Hal yang lain lagi.
        title: Lain
        published: 2026-01-31
""",
        )
    )
    one, two = suite.cases
    assert suite.name == "council"
    assert [source.id for source in one.sources] == ["sources/a.md", "sources/b.txt"]
    assert one.evidence == (("sources/a.md", "One thing."), ("sources/b.txt", ""))
    assert (one.label, one.language, one.tags) == ("supported", "en", ("council",))
    assert [source.id for source in two.sources[:2]] == ["sources/a.md", "sources/b.txt"]
    assert two.sources[2] == inline_text("Hal yang lain lagi.", title="Lain", published=date(2026, 1, 31))
    assert (two.label, two.language, two.tags) == (None, "id", ("council", "other"))
    assert [len(group) for group in group_by_sources(suite.cases)] == [1, 1]


def test_an_article_comes_with_its_claims(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("Wells\n\nThe council approved 12 wells. It met in May.\n")
    suite = read_suite(
        yaml_file(
            tmp_path,
            """
- id: a
  article: article.txt
  sources: [{id: minutes, text: It approved 12 of 15 wells.}]
  tags: [council]
  claims:
    - id: wells
      text: The council approved 12 wells.
      span: [6, 36]
      label: supported
      tags: [figure]
      evidence: [{source: minutes, quote: It approved 12}]
    - {id: met, text: The council met in May., must_not_support: true}
""",
        )
    )
    (case,) = suite.cases
    article = read_article(case)
    first, second = gold_claims(case)
    assert (first.id, first.tags, first.cluster, first.language) == ("a/wells", ("council", "figure"), "a", "en")
    assert first.span is not None
    assert first.span.of(article.text) == first.text
    assert (second.id, second.label, second.must_not_support) == ("a/met", None, True)
    assert (to_claim(first).span, to_claim(second).span) == (Span(6, 36), Span(0, len(second.text)))


def test_an_article_may_stand_in_the_suite_itself(tmp_path: Path) -> None:
    article = {"title": "Wells", "text": "The council approved 12 wells.", "published": "2026-05-05"}
    row = {"id": "a", "article": article, "sources": [SOURCE], "claims": [{"id": "c", "text": "12 wells."}]}
    (case,) = read_suite(jsonl(tmp_path, row)).cases
    found = read_article(case)
    assert (found.text, found.published, found.language) == (article["text"], date(2026, 5, 5), "en")


def test_a_language_that_is_not_given_is_recognised(tmp_path: Path) -> None:
    row = {**CASE, "claim": "Dewan menyetujui dua belas sumur di desa itu pada bulan Mei."}
    assert read_suite(jsonl(tmp_path, row)).cases[0].language == "id"


def test_an_index_takes_the_place_of_sources(tmp_path: Path, embedder: Any) -> None:
    (tmp_path / "a.txt").write_text("One thing.\n")
    Index(tmp_path / "index", embedder=embedder, create=True).add([tmp_path / "a.txt"], max_bytes=1000)
    row = {"id": "one", "claim": "One thing.", "index": "index", "evidence": [{"source": "a.txt", "quote": "One"}]}
    suite = read_suite(jsonl(tmp_path, row))
    assert (suite.cases[0].index, suite.cases[0].sources) == (tmp_path / "index", ())
    (tmp_path / "b.txt").write_text("Another thing.\n")
    Index(tmp_path / "index", embedder=embedder).add([tmp_path / "b.txt"], max_bytes=1000)
    assert read_suite(jsonl(tmp_path, row)).sha256 != suite.sha256


def test_the_example_of_the_documentation_is_read() -> None:
    text = (ROOT / "docs" / "suites.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0]
    assert read_example(example) == ["supported", "refuted", None, "supported", "refuted"]
    rows = re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0]
    assert read_example(rows, ending=".jsonl") == ["supported", None]


def read_example(text: str, ending: str = ".yaml") -> list[Any]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"suite{ending}"
        path.write_text(text, encoding="utf-8")
        return [claim.label for case in read_suite(path).cases for claim in gold_claims(case)]


# Labels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("SUPPORTS", "supported"), ("Supported", "supported"), ("SUPPORT", "supported"), ("entailment", "supported"),
        (True, "supported"), ("REFUTES", "refuted"), ("CONTRADICT", "refuted"), (False, "refuted"),
        ("Conflicting Evidence/Cherrypicking", "conflicting"), ("DISPUTED", "conflicting"),
        ("NOT ENOUGH INFO", "not_enough_evidence"), ("NOT_ENOUGH_INFO", "not_enough_evidence"),
        ("Not Enough Evidence", "not_enough_evidence"), ("neutral", "not_enough_evidence"), ("not_checkable", "not_checkable"),
    ],
)  # fmt: skip
def test_a_label_may_be_written_as_in_the_sets_of_the_field(word: object, label: str) -> None:
    assert read_label(word) == (label, False)


def test_the_table_of_labels_leads_to_verdicts_only() -> None:
    assert set(LABELS.values()) == CHECKABLE_VERDICTS | {"not_checkable"}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("suported", "did you mean supported?"),
        (1, "give supported, refuted"),
        ("", "give supported"),
        (None, "None is no"),
    ],
)
def test_a_word_that_is_no_label_is_refused(word: object, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read_label(word)


@pytest.mark.parametrize("word", ["no", "yes", "on", "Off", "NO"])
def test_a_yes_or_no_for_a_label_is_no_verdict(word: str, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"- id: a\n  claim: Dewan setuju.\n  sources: [{{text: Dewan setuju.}}]\n  label: {word}\n")
    with pytest.raises(
        SuiteError, match=rf"s\.yaml:4: case 'a': 'label': '{word}' is no label; give supported, refuted"
    ):
        read_suite(path)
    path.write_text(path.read_text().replace(f"label: {word}", "label: False"))
    assert read_suite(path).cases[0].label == "refuted"


def test_what_a_case_asks_is_told_apart_from_what_it_is_called(tmp_path: Path) -> None:
    def digests(**changes: Any) -> dict[str, str]:
        source = {"id": "s", "text": changes.pop("source", "Dewan menyetujui 12 sumur.")}
        article = {"text": changes.pop("article", "Dewan menyetujui 12 sumur. Itu saja.")}
        own = {"id": "x", "claim": "Dewan menyetujui 12 sumur.", "label": "supported", "sources": [source], **changes}
        claims = [
            {"id": name, "text": text, "label": "supported"}
            for name, text in (("a", "Dewan setuju."), ("b", "Itu saja."))
        ]
        whole = {"id": "y", "article": article, "claims": claims, "sources": [source]}
        path = tmp_path / "s.jsonl"
        path.write_text(f"{json.dumps(own)}\n{json.dumps(whole)}\n")
        return {claim.id: claim.digest for case in read_suite(path).cases for claim in gold_claims(case)}

    plain = digests()
    assert "" not in plain.values()
    assert digests(id="z", tags=["t"], note="n", cluster="c") == {
        "z" if name == "x" else name: held for name, held in plain.items()
    }
    for changes, other in (
        ({"claim": "Dewan menolak."}, {"x"}), ({"label": "refuted"}, {"x"}), ({"must_not_support": True, "label": "refuted"}, {"x"}),
        ({"published": "2026-01-31"}, {"x"}), ({"source": "Dewan menolak."}, {"x", "y/a", "y/b"}), ({"article": "Itu saja."}, {"y/a", "y/b"}),
    ):  # fmt: skip
        assert {name for name, held in digests(**changes).items() if held != plain[name]} == other


def test_not_supported_is_no_verdict_but_known_to_two_way_measures(tmp_path: Path) -> None:
    suite = read_suite(jsonl(tmp_path, {**CASE, "label": "not_supported"}))
    (claim,) = gold_claims(suite.cases[0])
    assert suite.binary
    assert (claim.label, claim.supported, claim.must_not_support, claim.extra) == (
        None,
        False,
        False,
        {"not_supported": True},
    )
    assert not read_suite(jsonl(tmp_path, CASE)).binary


@pytest.mark.parametrize(
    ("label", "supported"),
    [("supported", True), ("refuted", False), ("not_enough_evidence", False), ("not_checkable", None), (None, None)],
)
def test_the_two_way_label_follows_from_the_verdict(label: Any, supported: bool | None) -> None:
    assert GoldClaim(id="a", text="A.", label=label).supported is supported


# What is refused ---------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"lable": "supported"}, "'lable' is no key here; did you mean 'label'?"),
    ({"label": "suported"}, "'label': 'suported' is no label; did you mean supported?"),
    ({"label": 1}, "'label': 1 is no label; give supported, refuted, conflicting, not_enough_evidence, not_checkable or not_supported"),
    ({"claim": 12}, "'claim' is 12, not text; put it in quotes"),
    ({"claim": " "}, "'claim' is empty"),
    ({"claim": "a\nb"}, "'claim' goes over more than one line; put it on one"),
    ({"claim": "x" * (MAX_CLAIM_CHARACTERS + 1)}, "'claim' has more than 2,000 characters; a claim is one sentence, an id a few words"),
    ({"claim": None}, "needs a claim or an article, one of them"),
    ({"article": {"text": "A text."}}, "needs a claim or an article, one of them"),
    ({"claims": [{"id": "c", "text": "A claim."}]}, "has claims but no article; give the article, or make each claim a case"),
    ({"tags": "one"}, "'tags' is 'one', not a list"),
    ({"must_not_support": "yes"}, "'must_not_support' is 'yes', not true or false"),
    ({"must_not_support": True}, "is labelled supported and must not be supported; keep one of them"),
    ({"language": "Indonesian"}, "'language' is no language: 'Indonesian'; give an ISO 639-1 code, such as id or en"),
    ({"published": "31-01-2026"}, "'published' is no day: '31-01-2026'; write it as 2026-01-31"),
    ({"published": "2026-02-30"}, "'published' is no day: '2026-02-30'; write it as 2026-01-31"),
    ({"sources": []}, "has nothing to be checked against; give sources or index, or put them into defaults"),
    ({"sources": [SOURCE, SOURCE]}, "has two sources 'minutes'; keep one, or give each an id"),
    ({"sources": [{**SOURCE, "txt": "a"}]}, "'sources.0.txt' is no key here; did you mean 'text'?"),
    ({"sources": [{"id": "minutes"}]}, "'sources.0.text' is missing; add it"),
    ({"sources": [3]}, "'sources.0' is 3, not text; put it in quotes"),
    ({"sources": ["gone.txt"]}, "gone.txt: no such file or folder; check the path"),
    ({"index": "gone"}, "has sources and an index; keep one of them"),
    ({"evidence": [{"source": "minute"}]}, "has evidence from 'minute', which is no source of it; did you mean 'minutes'?"),
    (
        {"evidence": [{"source": "minutes", "quote": "It approved 13"}]},
        "the quote 'It approved 13' does not stand in 'minutes'; copy it from there word for word",
    ),
    ({"evidence": [["minutes", "It approved 12"]]}, "'evidence.0' is ['minutes', 'It approved 12'], not an object"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_what_is_wrong_is_told_with_line_and_case(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    good = {**CASE, "id": "good"}
    assert f"suite.jsonl:3: case 'wells': {said}" in problems(jsonl(tmp_path, good, "", {**CASE, **change}))


ARTICLE: dict[str, Any] = {
    "id": "a", "article": {"text": "It met in May."}, "sources": [SOURCE], "claims": [{"id": "c", "text": "It met in May."}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claims": []}, "has an article without claims; give its labelled claims"),
        ({"label": "supported"}, "has an article, so label belongs to each of its claims"),
        ({"must_not_support": True}, "has an article, so must_not_support belongs to each of its claims"),
        ({"claims": [{"id": "c", "text": "A."}, {"id": "c", "text": "B."}]}, "has two claims 'c'; give one another id"),
        ({"claims": [{"id": "c", "text": "A.", "span": [3, 99]}]}, "the span of claim 'c' ends at 99, the article at 14; count again"),
        ({"claims": [{"id": "c", "text": "A.", "span": [13, 14]}]}, "the span of claim 'c' holds no word of the article; count again"),
        (
            {"claims": [{"id": "c", "text": "A.", "span": [3]}]},
            "'claims.0.span' is no span: [3]; give [start, end], the characters before it and up to its end",
        ),
        ({"claims": [{"id": "c", "claim": "A."}]}, "'claims.0.text' is missing; add it"),
        ({"article": "gone.txt"}, "gone.txt: no such file or folder; check the path"),
        (
            {"claims": [{"id": "c", "text": "A.", "evidence": [{"source": "minutes", "quote": "no"}]}]},
            "the quote 'no' does not stand in 'minutes'; copy it from there word for word",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_article_is_told(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    assert f"suite.jsonl:1: case 'a': {said}" in problems(jsonl(tmp_path, {**ARTICLE, **change}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON (Expecting property name enclosed in double quotes, column 2); give one object a line"),
        ("[1]", "is no case: [1]; give an object with id, claim, sources and label"),
        ('{"id": "a", "id": "b"}', "has the key 'id' twice; keep one"),
        ('{"id": NaN}', "holds NaN, which is no JSON; give a number or null"),
        ("[" * 100_000, "lies too deep; a suite needs no more than six levels"),
        ('{"id": "a", "claim": "\\ud800", "sources": ["s"]}', "case 'a': 'claim' holds half of a surrogate pair, which is no character; write the text as UTF-8"),
        ("{}", "'id' is missing; add it"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_case_is_told(tmp_path: Path, line: str, said: str) -> None:
    assert problems(jsonl(tmp_path, CASE, line)) == (f"suite.jsonl:2: {said}",)


def test_two_cases_with_one_id_are_refused(tmp_path: Path) -> None:
    assert problems(jsonl(tmp_path, CASE, CASE)) == (
        "suite.jsonl:2: case 'wells': the id 'wells' stands on line 1 already; give it another",
    )
    assert problems(jsonl(tmp_path, ARTICLE, {**CASE, "id": "a/c"})) == (
        "suite.jsonl:2: case 'a/c': the id 'a/c' stands on line 1 already; give it another",
    )


def test_all_that_is_wrong_is_collected(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {**CASE, "lable": 1, "tags": 2}, "{", {**CASE, "id": "b", "label": "?"})
    with pytest.raises(SuiteError, match=r"suite.jsonl:1: case 'wells': .* \(and 3 more problems\)$") as caught:
        read_suite(path)
    assert len(caught.value.problems) == 4


def test_a_line_of_yaml_is_that_of_what_is_wrong(tmp_path: Path) -> None:
    path = yaml_file(
        tmp_path,
        """defaults:
  langauge: en
cases:
  - id: one
""",
    )
    assert problems(path) == ("suite.yaml:2: 'defaults.langauge' is no key here; did you mean 'language'?",)
    path = yaml_file(
        tmp_path,
        """# A suite
- id: one
  claim: One.
  label: supported
  sources:
    - id: s
      text: One.
    - txt: Two.
  evidence:
    - source: s
      quote: >
        Three
        things.
""",
    )
    assert problems(path) == (
        "suite.yaml:8: case 'one': 'sources.1.text' is missing; add it",
        "suite.yaml:8: case 'one': 'sources.1.txt' is no key here; did you mean 'text'?",
    )
    path.write_text(path.read_text().replace("    - txt: Two.\n", ""))
    assert problems(path) == (
        "suite.yaml:10: case 'one': the quote 'Three things.\\n' does not stand in 's'; copy it from there word for word",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: a\n  id: b\n", "2: has the key 'id' twice; keep one"),
        ("- id: 'a\n", "2: is not YAML (found unexpected end of stream); mend that line"),
        ("cases: 3\n", "1: 'cases' is 3, not a list"),
        ("just words\n", "1: is no suite; give a list of cases, or name, defaults and cases"),
        ("name: x\n", "1: 'cases' is missing; add it"),
        ("", "1: holds no case; add one"),
        ("[]\n", "1: holds no case; add one"),
        ("- !!python/object:os.system {}\n", "1: has the tag 'tag:yaml.org,2002:python/object:os.system'; leave it out"),
        ("- published: 2026-13-45\n", "1: '2026-13-45' cannot be read; put it in quotes"),
        ("- &a {id: a}\n- <<: *a\n", "2: has a key that is no word; put what cases share into defaults"),
        ("[" * 5_000, "1: is not YAML (exceeded maximum nesting depth); mend that line"),
        ("- &a [*a]\n", "1: lies too deep; a suite needs no more than six levels"),
        (
            "- &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"- &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
            "1: stands for more than 1,000,000 values; split it, or use fewer aliases",
        ),
    ],
)  # fmt: skip
def test_yaml_that_is_no_suite_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert f"suite.yaml:{said}" in problems(yaml_file(tmp_path, text))


def test_a_file_that_is_no_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no suite; give a file ending in"):
        read_suite(tmp_path / "suite.csv")
    with pytest.raises(InputError, match="no such file; check the path"):
        read_suite(tmp_path / "suite.jsonl")
    (tmp_path / "b.jsonl").write_bytes(b'{"id":\n"\xff"}')
    with pytest.raises(SuiteError, match=r"b.jsonl:2: is not UTF-8"):
        read_suite(tmp_path / "b.jsonl")


def test_a_suite_without_cases_is_refused(tmp_path: Path) -> None:
    assert problems(jsonl(tmp_path, "")) == ("suite.jsonl:1: holds no case; add one",)


# What a suite is known by ------------------------------------------------------------------------------------------


def test_the_hash_knows_all_that_matters_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on 4 May. It approved 12 of 15 wells.")
    first, second = {**CASE, "sources": ["a.txt"], "evidence": []}, {**CASE, "id": "other"}
    known = read_suite(jsonl(tmp_path, first, second)).sha256
    assert read_suite(jsonl(tmp_path, second, "", {**first, "note": "a remark"})).sha256 == known
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_bytes((tmp_path / "a.txt").read_bytes())
    assert read_suite(jsonl(tmp_path / "elsewhere", first, second)).sha256 == known
    for change in ({"label": "refuted"}, {"tags": ["x"]}, {"claim": "Another."}, {"published": "2026-01-01"}):
        assert read_suite(jsonl(tmp_path, {**first, **change}, second)).sha256 != known
    (tmp_path / "a.txt").write_text("The council met.")
    assert read_suite(jsonl(tmp_path, first, second)).sha256 != known


def test_claims_with_one_id_make_no_suite() -> None:
    case = Case(id="a", claim="A.")
    with pytest.raises(ValueError, match="two cases have the id 'a'"):
        make_suite("s", "-", [case, case])


# Sources -----------------------------------------------------------------------------------------------------------

AWKWARD = '# 1. *No* heading_here\n- [x] <b>one</b> & `two` | three\n---\n    four: \\ 5) ~six~ "tujuh" {{ 8 }}\nhttp://a.b/c_d_e'


@pytest.mark.parametrize("title", [None, "A: 'title' -- with # marks", "---", "x" * 300])
def test_a_source_that_is_written_reads_as_it_stands_in_the_suite(tmp_path: Path, title: str | None) -> None:
    source = inline_text(AWKWARD, title=title, published=date(2026, 1, 31))
    files = write_sources([source], tmp_path / "sources")
    read, text = read_source(files[source.id], max_bytes=10_000)
    assert text == source.text
    assert (read.id, read.published) == (source.id, date(2026, 1, 31))
    assert read.title == (title or "# 1. *No* heading_here")


def test_sources_of_many_cases_lie_in_one_folder(tmp_path: Path) -> None:
    first, same, other = (inline_text(text, name="a/b") for text in ("One.", "One.", "Two."))
    one, two = write_sources([first, same], tmp_path), write_sources([other], tmp_path)
    assert one != two
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in [one["a/b"], two["a/b"]])


def test_the_claims_of_a_suite_are_assessed(tmp_path: Path, embedder: Any) -> None:
    suite = read_suite(jsonl(tmp_path, CASE))
    (case,) = suite.cases
    index = Index(tmp_path / "index", embedder=embedder, create=True)
    index.add(list(write_sources(case.sources, tmp_path / "sources").values()), max_bytes=10_000)
    (answer,) = assess_claims(
        [to_claim(claim) for claim in gold_claims(case)],
        retriever=HybridRetriever(index),
        verifier=LexicalVerifier(),
        thresholds=Thresholds(),
        sources=index.sources,
    )
    assert answer.claim.text == case.claim
    assert answer.error is None
    assert answer.evidence[0].text in SOURCE["text"]


def test_a_source_that_a_killed_run_left_torn_is_written_again(tmp_path: Path) -> None:
    source = inline_text("Dewan menyetujui 12 sumur. Bukan 15 sumur.", name="s")
    file = write_sources([source], tmp_path)["s"]
    whole = file.read_bytes()
    file.write_bytes(whole[:20])
    assert write_sources([source], tmp_path) == {"s": file}
    assert file.read_bytes() == whole
