from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.errors import InputError, SuiteError, UsageError
from bukti.claims.rules import RuleSplitter
from bukti.eval.answers import Parts
from bukti.eval.cases import Suite, gold_claims, inline_text, write_sources
from bukti.eval.formats import (
    FORMATS,
    WITH_CORPUS,
    read_aggrefact,
    read_averitec,
    read_beir,
    read_cases,
    read_climate_fever,
    read_fever,
    read_pairs,
    read_scifact,
    read_wice,
    recognise,
)
from bukti.eval.lexical import LexicalVerifier
from bukti.eval.runs import Run, run_suite

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

WELLS = "The council approved 12 of 15 wells in May."


def jsonl(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def labels(suite: Suite) -> list[tuple[Any, Any]]:
    return [(claim.label, claim.supported) for case in suite.cases for claim in gold_claims(case)]


# FEVER -------------------------------------------------------------------------------------------------------------

FEVER = [
    {"id": 1, "verifiable": "VERIFIABLE", "label": "SUPPORTS", "claim": "Wells are deep.",
     "evidence": [[[5, 6, "Well_-LRB-water-RRB-", 0]], [[7, 8, "Well_-LRB-water-RRB-", 1], [7, 9, "Cafe\u0301", 0]]]},
    {"id": 2, "verifiable": "NOT VERIFIABLE", "label": "NOT ENOUGH INFO", "claim": "Wells are blue.", "evidence": [[[9, None, None, None]]]},
    {"id": 3, "claim": "Wells of the test part."},
]  # fmt: skip
PAGES = [
    {"id": "", "text": "", "lines": ""},
    {"id": "Well_-LRB-water-RRB-", "text": "", "lines": "0\tWells -LRB- mostly -RRB- are deep .\tdeep\tDepth\n1\tThey hold water .\n2\t"},
    {"id": "Caf\u00e9", "text": "", "lines": "0\tA cafe needs water ."},
    {"id": "Other", "text": "", "lines": "0\tNot named ."},
]  # fmt: skip


def test_fever_is_read_with_the_pages_of_its_evidence(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "dev.jsonl", *FEVER)
    jsonl(tmp_path / "wiki" / "wiki-001.jsonl", *PAGES[:2])
    jsonl(tmp_path / "wiki" / "wiki-002.jsonl", *PAGES[2:])
    suite = read_fever(path, tmp_path / "wiki")
    assert labels(suite) == [("supported", True), ("not_enough_evidence", False), (None, None)]
    well, cafe = "Well_-LRB-water-RRB-", "Caf\u00e9"
    assert suite.cases[0].sources == (
        inline_text("A cafe needs water .", name=cafe, title=cafe),
        inline_text("Wells ( mostly ) are deep . They hold water .", name=well, title="Well (water)"),
    )
    assert suite.cases[0].evidence == (
        (well, "Wells ( mostly ) are deep ."), (well, "They hold water ."), (cafe, "A cafe needs water ."),
    )  # fmt: skip
    assert suite.cases[0].extra == {
        "evidence_sets": [
            [[well, "Wells ( mostly ) are deep ."]], [[well, "They hold water ."], [cafe, "A cafe needs water ."]],
        ]
    }  # fmt: skip
    assert suite.cases[1].sources is suite.cases[0].sources
    assert (suite.cases[1].evidence, suite.cases[1].extra) == ((), {"evidence_sets": []})


def test_fever_without_its_pages_is_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "dev.jsonl", *FEVER)
    with pytest.raises(UsageError, match="need its wiki pages"):
        read_fever(path)
    with pytest.raises(InputError, match=r"holds no page 'Caf.' that the claims cite; give the whole corpus"):
        read_fever(path, jsonl(tmp_path / "wiki.jsonl", *PAGES[:2]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no .jsonl file"):
        read_fever(path, tmp_path / "empty")


# SciFact -----------------------------------------------------------------------------------------------------------

ABSTRACTS = [
    {"doc_id": 10, "title": "On wells", "abstract": ["Wells are deep.", "They hold water."], "structured": False},
    {"doc_id": 11, "title": "On more wells", "abstract": ["Wells are shallow."], "structured": False},
]
SUPPORT, CONTRADICT = {"sentences": [1, 0], "label": "SUPPORT"}, {"sentences": [0], "label": "CONTRADICT"}
SCIFACT = [
    {"id": 1, "claim": "Wells are deep.", "evidence": {"10": [SUPPORT]}, "cited_doc_ids": [10, 11]},
    {
        "id": 2,
        "claim": "Wells are deep today.",
        "evidence": {"10": [SUPPORT], "11": [CONTRADICT]},
        "cited_doc_ids": [10, 11],
    },
    {"id": 3, "claim": "Wells are not shallow.", "evidence": {"11": [CONTRADICT]}, "cited_doc_ids": [11]},
    {"id": 4, "claim": "Wells are blue.", "evidence": {}, "cited_doc_ids": [11]},
    {"id": 5, "claim": "Wells of the test part."},
]


def test_scifact_is_read_with_all_abstracts(tmp_path: Path) -> None:
    jsonl(tmp_path / "corpus.jsonl", *ABSTRACTS)
    suite = read_scifact(jsonl(tmp_path / "claims_dev.jsonl", *SCIFACT))
    assert [label for label, _ in labels(suite)] == ["supported", "conflicting", "refuted", "not_enough_evidence", None]
    assert [source.id for source in suite.cases[3].sources] == ["10", "11"]
    assert suite.cases[0].evidence == (("10", "Wells are deep."), ("10", "They hold water."))
    assert suite.cases[0].extra == {"evidence": {"10": [SUPPORT]}, "cited_doc_ids": ["10", "11"]}
    assert [case.cluster for case in suite.cases] == ["10", "10", "11", "11", ""]


def test_scifact_as_a_table_is_the_same_set(tmp_path: Path) -> None:
    quoted = [
        {**row, "doc_id": str(row["doc_id"]), "abstract": "['" + "'\n '".join(row["abstract"]) + "']"}
        for row in ABSTRACTS
    ]  # type: ignore[arg-type]
    corpus = jsonl(tmp_path / "table" / "abstracts.jsonl", *quoted)

    def row(number: int, document: str, label: str, sentences: str, cited: str) -> dict[str, str]:
        found: Any = SCIFACT[number - 1]
        return {
            "id": str(number), "claim": found["claim"], "evidence_doc_id": document, "evidence_label": label,
            "evidence_sentences": sentences, "cited_doc_ids": cited,
        }  # fmt: skip

    table = jsonl(
        tmp_path / "table" / "claims.jsonl", row(1, "10", "SUPPORT", "[1 0]", "[10 11]"), row(2, "10", "SUPPORT", "[1 0]", "[10 11]"),
        row(2, "11", "CONTRADICT", "[0]", "[10 11]"), row(3, "11", "CONTRADICT", "[0]", "[11]"), row(4, "", "", "[]", "[11]"),
        row(5, "", "", "[]", "[]"),
    )  # fmt: skip
    jsonl(tmp_path / "corpus.jsonl", *ABSTRACTS)
    published = read_scifact(jsonl(tmp_path / "claims.jsonl", *SCIFACT))
    assert read_scifact(table, corpus).sha256 == published.sha256


def test_scifact_without_a_cited_abstract_is_refused(tmp_path: Path) -> None:
    jsonl(tmp_path / "corpus.jsonl", ABSTRACTS[1])
    with pytest.raises(InputError, match="holds no abstract '10'"):
        read_scifact(jsonl(tmp_path / "claims_dev.jsonl", *SCIFACT))


# AVeriTeC ----------------------------------------------------------------------------------------------------------

AVERITEC = [
    {
        "claim": "The council approved all wells.", "label": "Conflicting Evidence/Cherrypicking", "claim_date": "5-10-2025",
        "speaker": "A. Mayor", "justification": "Some were.", "claim_types": ["Event/Property Claim"], "unknown": 1,
        "questions": [
            {"question": "Were all approved?", "answers": [
                {"answer": "No", "answer_type": "Boolean", "boolean_explanation": "12 of 15 were.", "source_url": "https://a.b/c"},
                {"answer": "The minutes say so.", "answer_type": "Extractive"},
            ]},
            {"question": "Who voted?", "answers": []},
        ],
    },
    {"claim": "The council approved all wells.", "label": "Not Enough Evidence", "claim_date": None, "questions": []},
    {"claim": "The council approved all wells.", "label": "Not Enough Evidence", "claim_date": "35-10-2025", "questions": []},
    {"claim_id": 7, "claim": "A claim of the test part."},
]  # fmt: skip


def test_averitec_has_its_questions_and_answers_as_sources(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(AVERITEC))
    suite = read_averitec(path)
    assert [label for label, _ in labels(suite)] == ["conflicting", "not_enough_evidence", "not_enough_evidence", None]
    first = suite.cases[0]
    texts = [
        "Were all approved? No. 12 of 15 were.",
        "Were all approved? The minutes say so.",
        "Who voted? No answer could be found.",
    ]
    assert first.sources == tuple(inline_text(text) for text in texts)
    assert [quote for _, quote in first.evidence] == texts
    assert (first.published, first.tags) == (date(2025, 10, 5), ("Event/Property Claim",))
    assert first.extra == {
        "row": 0, "justification": "Some were.", "speaker": "A. Mayor", "claim_types": ["Event/Property Claim"],
        "questions": AVERITEC[0]["questions"], "claim_date": "5-10-2025",
    }  # fmt: skip
    assert len({case.id for case in suite.cases}) == 4
    assert (suite.cases[2].published, suite.cases[3].id) == (None, "7")


# Readers and measures ----------------------------------------------------------------------------------------------


def run_of(suite: Suite, folder: Path, embedder: Any) -> Run:
    parts = Parts(splitter=RuleSplitter(), embedder=embedder, verifier=LexicalVerifier())
    return run_suite(suite, parts, runs=folder / "runs")


def test_fever_as_published_has_fevers_score(tmp_path: Path, embedder: Any) -> None:
    page, words = "Well_-LRB-water-RRB-", "Wells hold water in June ."
    right = {
        "id": 1,
        "label": "SUPPORTS",
        "claim": "Wells hold water in June.",
        "evidence": [[[7, 8, page, 1]], [[9, 9, page, 0]]],
    }
    wrong = {"id": 2, "label": "REFUTES", "claim": "Wells hold water in June!", "evidence": [[[7, 8, page, 1]]]}
    wiki = jsonl(tmp_path / "wiki.jsonl", {"id": page, "lines": f"0\tThey are deep .\n1\t{words}"})
    run = run_of(read_fever(jsonl(tmp_path / "dev.jsonl", right, wrong), wiki), tmp_path, embedder)
    assert (run.results[0].verdict, words in run.results[0].evidence[0].text) == ("supported", True)
    assert run.scores["measures"]["fever_score"]["value"] == 0.5


def test_averitec_as_published_has_averitecs_score(tmp_path: Path, embedder: Any) -> None:
    path = tmp_path / "dev.json"
    asked = [
        {
            "question": "When do wells hold water?",
            "answers": [{"answer": "Wells hold water in June.", "answer_type": "Extractive"}],
        }
    ]
    path.write_text(json.dumps([{"claim": "Wells hold water in June.", "label": "Supported", "questions": asked}]))
    run = run_of(read_averitec(path), tmp_path, embedder)
    assert run.scores["measures"]["averitec_score"] == {
        "value": 1.0, "low": None, "high": None, "n": 1, "why": "no interval: there is one cluster only",
    }  # fmt: skip


def test_what_a_query_of_beir_should_find_is_found(tmp_path: Path, embedder: Any) -> None:
    run = run_of(read_beir(beir(tmp_path / "wells")), tmp_path, embedder)
    scores = run.scores["measures"]
    # Of two queries one has a document that can be found; the other's holds no words.
    assert [scores[name]["value"] for name in ("evidence_recall@5", "evidence_ndcg@5", "evidence_mrr")] == [0.5] * 3


# Sets whose rows have their own texts ------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [False, True])
def test_climate_fever_has_four_labels_as_words_or_numbers(tmp_path: Path, numbers: bool) -> None:
    names = ["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO", "DISPUTED"]
    rows = [
        {
            "claim_id": str(number), "claim": "Wells run dry.", "claim_label": number if numbers else name,
            "evidences": [
                {"evidence_id": f"Well:{place}", "evidence_label": place if numbers else names[place], "article": "Well",
                 "evidence": f"Sentence {place}.", "entropy": 0.5, "votes": ["SUPPORTS", None]}
                for place in range(3)
            ],
        }
        for number, name in enumerate(names)
    ]  # fmt: skip
    suite = read_climate_fever(jsonl(tmp_path / "climate.jsonl", *rows))
    assert [label for label, _ in labels(suite)] == ["supported", "refuted", "not_enough_evidence", "conflicting"]
    assert suite.cases[3].sources[2] == inline_text("Sentence 2.", name="Well:2", title="Well")
    assert suite.cases[3].evidence == (("Well:0", "Sentence 0."), ("Well:1", "Sentence 1."))
    assert suite.cases[3].extra == {"evidences": rows[3]["evidences"]}


AGGREFACT = [
    {"dataset": "A", "doc": WELLS, "claim": "12 wells were approved.", "label": 1, "contamination_identifier": "x"},
    {"dataset": "A", "doc": WELLS, "claim": "15 wells were approved.", "label": 0, "contamination_identifier": "x"},
    {"dataset": "B", "doc": WELLS + " " * 10 + "x " * 100_000, "claim": "15 wells,\nor more.", "label": 0, "contamination_identifier": "x"},
    {"dataset": "A", "doc": WELLS, "claim": "12 wells were approved.", "label": 1, "contamination_identifier": "x"},
]  # fmt: skip


def test_what_aggrefact_does_not_support_is_no_verdict(tmp_path: Path) -> None:
    suite = read_aggrefact(jsonl(tmp_path / "test.jsonl", *AGGREFACT))
    assert labels(suite) == [("supported", True), (None, False), (None, False), ("supported", True)]
    assert suite.binary
    assert not any(case.must_not_support for case in suite.cases)
    assert [case.tags for case in suite.cases] == [("A",), ("A",), ("B",), ("A",)]
    assert suite.cases[3].id == f"{suite.cases[0].id}-2"
    assert suite.cases[0].cluster == suite.cases[1].cluster != suite.cases[2].cluster


def test_aggrefact_as_csv_is_the_same_set(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    with (tmp_path / "test.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(AGGREFACT[0]))
        writer.writeheader()
        writer.writerows(AGGREFACT)
    assert (
        read_aggrefact(tmp_path / "test.csv").sha256 == read_aggrefact(jsonl(tmp_path / "a.jsonl", *AGGREFACT)).sha256
    )
    assert csv.field_size_limit() == limit


def test_wice_supports_only_what_is_supported_as_a_whole(tmp_path: Path) -> None:
    rows = [
        {"label": label, "claim": "12 wells were approved in May.", "supporting_sentences": sets, "meta": {"id": f"dev{number}"},
         "evidence": ["(meta data) TITLE: Minutes", "The council met.", "", "It approved 12 wells."]}
        for number, (label, sets) in enumerate([("supported", [[1, 3], [3]]), ("partially_supported", [[3]]), ("not_supported", [[]])])
    ]  # fmt: skip
    suite = read_wice(jsonl(tmp_path / "dev.jsonl", *rows))
    assert labels(suite) == [("supported", True), (None, False), (None, False)]
    (source,) = suite.cases[0].sources
    assert source == inline_text("\n\n".join(line for line in rows[0]["evidence"] if line), title="Minutes")
    assert suite.cases[0].evidence == ((source.id, "The council met."), (source.id, "It approved 12 wells."))
    assert [case.tags for case in suite.cases] == [("supported",), ("partially_supported",), ("not_supported",)]
    assert suite.cases[0].id == "dev0"


@pytest.mark.parametrize(
    "row",
    [
        {"premise": WELLS, "hypothesis": "12 wells were approved.", "label": "entailment"},
        {"premise": WELLS, "hypothesis": "12 wells were approved.", "label": 0},
        {"premise": WELLS, "hypothesis": "12 wells were approved.", "label": "e"},
        {"sentence1": WELLS, "sentence2": "12 wells were approved.", "gold_label": "entailment", "label": "x"},
        {"evidence": WELLS, "claim": "12 wells were approved.", "label": "SUPPORTS"},
    ],
)
def test_pairs_are_read_under_the_names_of_each_set(tmp_path: Path, row: dict[str, Any]) -> None:
    (case,) = read_pairs(jsonl(tmp_path / "pairs.jsonl", row)).cases
    assert (case.claim, case.sources, case.label) == ("12 wells were approved.", (inline_text(WELLS),), "supported")


def test_labels_of_pairs_are_those_of_entailment(tmp_path: Path) -> None:
    words = ["n", 1, "neutral", "c", 2, "contradiction", "-", -1, "not_entailment"]
    path = jsonl(
        tmp_path / "pairs.jsonl", *({"premise": WELLS, "hypothesis": "12 wells.", "label": word} for word in words)
    )
    nothing, wrong = ("not_enough_evidence", False), ("refuted", False)
    assert labels(read_pairs(path)) == [*[nothing] * 3, *[wrong] * 3, (None, None), (None, None), (None, False)]


def test_pairs_of_one_page_stand_together(tmp_path: Path) -> None:
    rows = [
        {"unique_id": f"u{number}", "premise": text, "hypothesis": "Dewan menyetujui sumur.", "label": "neutral", "page": "Wells", "category": "figure"}
        for number, text in enumerate(["Satu.", "Dua."])
    ]  # fmt: skip
    suite = read_pairs(jsonl(tmp_path / "pairs.jsonl", *rows))
    assert [(case.id, case.cluster, case.tags, case.language) for case in suite.cases] == [
        ("u0", "Wells", ("figure",), "id"), ("u1", "Wells", ("figure",), "id"),
    ]  # fmt: skip


# BEIR --------------------------------------------------------------------------------------------------------------


def beir(folder: Path) -> Path:
    jsonl(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "Wells", "text": "Wells are deep.", "metadata": {}},
        {"_id": "d2", "title": "Only a title", "text": ""},
        {"_id": "d3", "text": ""},
    )
    jsonl(
        folder / "queries.jsonl",
        *({"_id": f"q{number}", "text": f"How deep are {number} wells?"} for number in (1, 2, 3)),
    )
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td3\t1\n")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq3\td1\t1\n")
    return folder


def test_a_query_of_beir_is_a_claim_whose_documents_should_be_found(tmp_path: Path) -> None:
    suite = read_beir(beir(tmp_path / "wells"))
    assert [(case.id, case.claim, case.label, case.evidence) for case in suite.cases] == [
        ("q1", "How deep are 1 wells?", None, (("d1", ""),)),
        ("q2", "How deep are 2 wells?", None, (("d3", ""),)),
    ]
    assert suite.cases[0].sources == (
        inline_text("Wells are deep.", name="d1", title="Wells"), inline_text("Only a title", name="d2", title="Only a title"),
    )  # fmt: skip
    assert suite.cases[0].extra == {"relevance": {"d1": 2, "d2": 0}}
    assert suite.name == "wells"
    assert [case.id for case in read_cases(tmp_path / "wells" / "qrels" / "dev.tsv").cases] == ["q3"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q9\td1\t1", "holds no query 'q9'"),
        ("q1\td9\t1", "holds no document 'd9'"),
        ("q1 d1 1", "test.tsv:5: is no judgement; it needs query-id, corpus-id and score"),
        ("q1\td1\thigh", "test.tsv:5: is no judgement"),
    ],
)
def test_a_judgement_that_leads_nowhere_is_refused(tmp_path: Path, line: str, said: str) -> None:
    folder = beir(tmp_path)
    with (folder / "qrels" / "test.tsv").open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(InputError, match=said):
        read_beir(folder)


def test_which_judgements_are_meant_must_be_clear(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    (folder / "qrels" / "test.tsv").rename(folder / "qrels" / "train.tsv")
    with pytest.raises(InputError, match=r"needs one file in qrels/ \(there are: dev.tsv, train.tsv\)"):
        read_beir(folder)


# All formats -------------------------------------------------------------------------------------------------------

FIRST_ROWS: dict[str, dict[str, Any]] = {
    "fever": FEVER[0],
    "scifact": SCIFACT[0],
    "averitec": AVERITEC[0],
    "climate-fever": {"claim_id": "1", "claim": "A.", "claim_label": "SUPPORTS", "evidences": []},
    "aggrefact": AGGREFACT[0],
    "wice": {"claim": "A.", "label": "supported", "evidence": ["A."], "supporting_sentences": [[0]]},
    "pairs": {"premise": "A.", "hypothesis": "B.", "label": "neutral"},
}


@pytest.mark.parametrize("name", sorted(FIRST_ROWS))
def test_a_format_is_recognised_by_its_first_row(tmp_path: Path, name: str) -> None:
    path = tmp_path / "rows.jsonl.gz"
    with gzip.open(path, "wt") as stream:
        stream.write(json.dumps(FIRST_ROWS[name]))
    assert recognise(path) == name


@pytest.mark.parametrize("name", ["pairs", "aggrefact"])
@pytest.mark.parametrize("key", ["must_not_support", "tags", "cluster"])
def test_a_case_of_ours_without_sources_is_never_read_as_another_format(tmp_path: Path, name: str, key: str) -> None:
    row = {**FIRST_ROWS[name], key: {"tags": ["a"]}.get(key, True)}
    path = jsonl(tmp_path / "own.jsonl", FIRST_ROWS[name], {"id": "x", **row})
    with pytest.raises(
        SuiteError, match=rf"own.jsonl:2: case 'x': has '{key}' .* {name} would drop it; give it sources"
    ):
        read_cases(path)
    if key == "must_not_support":
        with pytest.raises(SuiteError, match=r"would drop it; give it sources$"):
            read_cases(path, format=name)
    else:
        assert len(read_cases(path, format=name).cases) == 2
    assert len(read_cases(jsonl(tmp_path / "other.jsonl", {**FIRST_ROWS[name], "unknown": 1})).cases) == 1


@pytest.mark.parametrize("name", sorted(set(FIRST_ROWS) - WITH_CORPUS))
def test_a_format_that_is_recognised_is_read(tmp_path: Path, name: str) -> None:
    path = jsonl(tmp_path / "rows.jsonl", FIRST_ROWS[name])
    assert read_cases(path).sha256 == FORMATS[name](path).sha256 == read_cases(path, format=name).sha256


def test_a_suite_of_ours_is_no_format_of_the_field(tmp_path: Path) -> None:
    row = {"id": "a", "claim": "A.", "sources": [{"id": "s", "text": "A."}], "label": "supported", "evidence": []}
    path = jsonl(tmp_path / "suite.jsonl", row)
    assert recognise(path) is None
    assert read_cases(path).cases[0].id == "a"
    assert recognise(tmp_path / "suite.yaml") is None
    assert recognise(tmp_path) is None


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"beir", "fever"}))
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no rows; check the file"),
        (b"{\n", ":1: is not JSON"),
        (b"[1]\n", ":1: is no object; check that this is the format"),
        (b'{"a": 1}\n', ":1: 'claim' is missing; add it|:1: 'premise' is missing|:1: 'claim_id' is missing|:1: 'doc_id' is missing|:1: 'doc' is missing"),
        (b"\xff\n", ":1: is not UTF-8; save the file as UTF-8"),
        (None, "no such file; check the path"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_of_the_format_is_refused(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_bytes(content)
    reader: Callable[..., Suite] = FORMATS[name]
    with pytest.raises(InputError, match=said):
        reader(path, path) if name in WITH_CORPUS else reader(path)


def test_a_label_that_a_set_does_not_have_is_refused(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "rows.jsonl", AGGREFACT[0], {**AGGREFACT[0], "label": 2}, {**AGGREFACT[0], "label": "maybe"}
    )
    with pytest.raises(
        SuiteError, match=r"rows.jsonl:2: 'label': 2 is no label of this set; it has 1, 0 \(and 1 more problem\)$"
    ):
        read_aggrefact(path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(FIRST_ROWS["pairs"]).encode())[:-12])
    with pytest.raises(InputError, match=r"rows.jsonl.gz: cannot be read \(.*\); check the file"):
        read_pairs(path)


def test_a_format_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no format 'scifct'; did you mean scifact\?"):
        read_cases(tmp_path, format="scifct")
    with pytest.raises(UsageError, match="there is no format 'x'; give one of suite, fever"):
        read_cases(tmp_path, format="x")
    with pytest.raises(UsageError, match="the format wice has no corpus; leave it out"):
        read_cases(tmp_path, format="wice", corpus=tmp_path)


@pytest.mark.parametrize(
    ("name", "rows", "binary"),
    [("dev/wice_claim_dev", 349, True), ("dev/indonli_val", 2197, False), ("dev/vitaminc_real_dev", 3486, False), ("dev/wrete_id", 450, True)],
)  # fmt: skip
def test_published_rows_are_read(tmp_path: Path, name: str, rows: int, binary: bool) -> None:
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the data is not here")
    suite = read_cases(path)
    assert (len(suite.cases), suite.binary) == (rows, binary)
    files = write_sources(suite.cases[0].sources, tmp_path)
    assert list(files) == [source.id for source in suite.cases[0].sources]


def test_published_scifact_is_read() -> None:
    if not (DATA / "scifact").exists():
        pytest.skip("the data is not here")
    suite = read_cases(
        DATA / "scifact" / "claims_validation.jsonl.gz", corpus=DATA / "scifact" / "corpus_train.jsonl.gz"
    )
    assert (len(suite.cases), len(suite.cases[0].sources)) == (300, 5183)
    assert [label for label, _ in labels(suite)].count("supported") == 124
