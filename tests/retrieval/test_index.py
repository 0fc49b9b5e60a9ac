from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.errors import IndexUnusableError, InputError, UsageError
from bukti.retrieval.embedder import Embedder
from bukti.retrieval.index import Index, MemoryIndex, _best, _forget_clients, passing_index
from bukti.retrieval.retriever import HybridRetriever, Query, Retriever, fuse_rankings, reranking_retriever
from bukti.retrieval.snapshot import read_snapshot

MAX = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("Telegram didirikan oleh Pavel Durov pada 2013.")
    (sources / "b.txt").write_text("WhatsApp was acquired by Facebook in 2014.")
    return sources


def open_index(folder: Path, embedder: Any) -> Index:
    return Index(folder.parent / "index", embedder=embedder, create=True)


def test_the_double_is_an_embedder(embedder: Any) -> None:
    assert isinstance(embedder, Embedder)


def test_a_second_add_embeds_nothing(folder: Path, embedder: Any) -> None:
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    before = list(embedder.embedded)
    change = open_index(folder, embedder).add([folder], max_bytes=MAX)
    assert (len(change.unchanged), change.embedded, embedder.embedded) == (2, 0, before)


def test_a_changed_source_replaces_its_passages(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    (folder / "b.txt").write_text("WhatsApp was bought by Facebook in 2014, for 19 billion dollars.")
    change = index.add([folder], max_bytes=MAX)
    assert (change.changed, change.embedded) == ((str(folder / "b.txt"),), 1)
    texts = [passage.text for source in index.sources for passage in index.passages_of(source.id)]
    assert texts == [
        "Telegram didirikan oleh Pavel Durov pada 2013.",
        "WhatsApp was bought by Facebook in 2014, for 19 billion dollars.",
    ]


def test_the_store_is_asked_for_few_passages_at_a_time(
    folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bukti.retrieval.index.ASKED", 2)
    monkeypatch.setattr("bukti.retrieval.index.SNAPSHOT_PASSAGES", 0)
    (folder / "c.txt").write_text("\n\n".join(f"Pabrik nomor {number} dibuka pada 2013. " * 8 for number in range(5)))
    index = open_index(folder, embedder)
    store, asked = type(index._store), []
    get = store.get

    def spy(self: Any, ids: list[str] | None = None, **words: Any) -> Any:
        asked.append(len(ids or ()))
        return get(self, ids=ids, **words)

    monkeypatch.setattr(store, "get", spy)
    index.add([folder], max_bytes=MAX)
    again = open_index(folder, embedder)
    assert again.status().passages == 7
    assert again.rank_dense([("Pabrik nomor 3", "id")], k=7) == index.rank_dense([("Pabrik nomor 3", "id")], k=7)
    assert max(asked) == 2


def test_of_data_without_a_space_only_the_start_is_a_passage(tmp_path: Path, embedder: Any) -> None:
    data, prose = "iVBORw0KGgo" * 900, "Pabrik itu dibuka di Tegal pada 2021, dan wali kota datang. " * 15
    (tmp_path / "a.txt").write_text(f"{prose.strip()}\n\n{data} {prose.strip()}")
    index = Index(tmp_path / "index", embedder=embedder, create=True)
    index.add([tmp_path / "a.txt"], max_bytes=MAX)
    texts = [passage.text for source in index.sources for passage in index.passages_of(source.id)]
    assert sum(text.count("wali kota datang") for text in texts) == 30
    assert sum(text.isalnum() and text in data for text in texts) <= 3 < len(data) / 600


def test_a_source_that_is_gone_from_its_folder_goes(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    (folder / "b.txt").unlink()
    assert index.add([folder], max_bytes=MAX).removed == (str(folder / "b.txt"),)
    assert [source.path for source in index.sources] == [str(folder / "a.txt")]


def test_two_files_with_one_text_are_one_source(folder: Path, embedder: Any) -> None:
    (folder / "c.txt").write_text((folder / "a.txt").read_text())
    change = open_index(folder, embedder).add([folder], max_bytes=MAX)
    assert change.duplicates == ((str(folder / "c.txt"), str(folder / "a.txt")),)


def test_an_unreadable_source_is_listed_and_the_rest_is_indexed(folder: Path, embedder: Any) -> None:
    (folder / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
    change = open_index(folder, embedder).add([folder], max_bytes=MAX)
    assert [path for path, _ in change.skipped] == [str(folder / "c.txt")]
    assert len(change.added) == 2


def test_no_readable_source_is_an_error_and_leaves_no_index(tmp_path: Path, embedder: Any) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
    with pytest.raises(InputError, match="none of the 1 sources"):
        Index(tmp_path / "index", embedder=embedder, create=True).add([tmp_path / "sources"], max_bytes=MAX)
    assert not (tmp_path / "index" / "manifest.json").exists()


def test_removing_takes_paths_and_refuses_what_is_not_there(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    with pytest.raises(UsageError, match="is not in the index"):
        index.remove([str(folder / "a.txt"), "nothing.txt"])
    assert len(index.sources) == 2
    assert index.remove([str(folder / "a.txt")]) == (str(folder / "a.txt"),)
    assert len(open_index(folder, embedder).sources) == 1


def test_status_names_changed_and_missing_files(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    (folder / "a.txt").write_text("Lain.")
    (folder / "b.txt").unlink()
    status = index.status()
    assert (status.sources, status.passages, status.stale, status.missing) == (
        2,
        2,
        (str(folder / "a.txt"),),
        (str(folder / "b.txt"),),
    )


def _cut_manifest(index: Path) -> None:
    (index / "manifest.json").write_text('{"schema_": "bukti.in')


def _lose_passages(index: Path) -> None:
    manifest = json.loads((index / "manifest.json").read_text())
    manifest["sources"][0]["passages"].append("p-nowhere")
    (index / "manifest.json").write_text(json.dumps(manifest))


def _other_embedder(index: Path) -> None:
    manifest = json.loads((index / "manifest.json").read_text())
    manifest["embedder"] = "another"
    (index / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_cut_manifest, "is damaged"),
        (_lose_passages, "is damaged"),
        (_other_embedder, "was made with embedder 'another'"),
    ],
)
def test_an_index_that_cannot_be_used_says_how_to_rebuild_it(
    damage: Any, says: str, folder: Path, embedder: Any
) -> None:
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    damage(folder.parent / "index")
    with pytest.raises(IndexUnusableError) as caught:
        open_index(folder, embedder).rank_dense([("Telegram", "id")], k=1)
    assert says in str(caught.value)
    assert "bukti index rebuild" in str(caught.value)
    Index.rebuild(folder.parent / "index", embedder=embedder, max_bytes=MAX, paths=[folder])
    assert len(open_index(folder, embedder).rank_dense([("Telegram", "id")], k=5)[0]) == 2


def test_a_small_index_is_searched_without_chroma_and_answers_the_same(
    folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = open_index(folder, embedder)
    made.add([folder], max_bytes=MAX)
    queries = [("Facebook membeli WhatsApp pada 2014", "id"), ("Telegram", "en")]
    fast = open_index(folder, embedder)
    with monkeypatch.context() as without:
        without.setattr(Index, "_store", property(lambda index: pytest.fail("Chroma was asked")))
        dense, lexical = fast.rank_dense(queries, k=5), fast.rank_lexical(queries, k=5)
        vectors = fast._vectors
    (folder.parent / "index/chroma/snapshot.npz").unlink()
    slow = open_index(folder, embedder)
    assert (slow.rank_dense(queries, k=5), slow.rank_lexical(queries, k=5)) == (dense, lexical)
    assert np.array_equal(slow._vectors, vectors)
    assert list(slow._passages.items()) == list(fast._passages.items())


def _cut_snapshot(index: Path) -> None:
    path = index / "chroma/snapshot.npz"
    path.write_bytes(path.read_bytes()[:-300])


def _turn_bits(index: Path) -> None:
    path = index / "chroma/snapshot.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _touch_chroma(index: Path) -> None:
    os.utime(index / "chroma/chroma.sqlite3", (1, 1))


@pytest.mark.parametrize("damage", [_cut_snapshot, _turn_bits, _touch_chroma])
def test_a_snapshot_that_is_damaged_or_old_counts_for_nothing(damage: Any, folder: Path, embedder: Any) -> None:
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    index = folder.parent / "index"
    damage(index)
    opened = open_index(folder, embedder)
    assert read_snapshot(index / "chroma", opened._wanted()) is None
    assert len(opened.rank_dense([("Telegram", "id")], k=5)[0]) == 2


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 12))
def test_the_best_are_those_of_the_whole_order_with_ties_by_name(values: list[int], k: int) -> None:
    scores = np.array(values, dtype=np.float64)
    names = np.array([f"p-{(number * 7) % 31:02}" for number in range(len(values))], dtype=np.str_)
    candidates = np.flatnonzero(scores > 0)
    whole = sorted(candidates.tolist(), key=lambda number: (-scores[number], names[number]))
    assert _best(scores, names, candidates, k) == [names[number] for number in whole[:k]]


def test_a_folder_with_other_things_is_never_made_an_index(tmp_path: Path, embedder: Any) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(IndexUnusableError, match="not an index and not empty"):
        Index(tmp_path, embedder=embedder, create=True)


def test_the_retriever_finds_across_languages_and_leaves_out_what_is_excluded(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    retriever = HybridRetriever(index)
    assert isinstance(retriever, Retriever)
    query = Query(text="Facebook membeli WhatsApp pada 2014", language="id")
    found = retriever.retrieve([query], k=1)[0]
    assert [item.passage.text for item in found] == ["WhatsApp was acquired by Facebook in 2014."]
    left = retriever.retrieve([query, query], k=5, exclude={found[0].passage.source_id})
    assert [[item.passage.source_id == found[0].passage.source_id for item in answer] for answer in left] == [
        [False],
        [False],
    ]


def test_the_graph_of_a_large_index_gives_what_the_exact_search_gives(
    folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        (folder / f"{number}.txt").write_text(f"Kota nomor {number} punya {number} jembatan.")
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    excluded = {index.sources[0].id}
    queries = [("Kota nomor 7 punya jembatan", "id"), ("WhatsApp", "id")]
    exact = index.rank_dense(queries, k=5, exclude=excluded)
    monkeypatch.setattr("bukti.retrieval.index.EXACT_PASSAGES", 0)
    graph = index.rank_dense(queries, k=5, exclude=excluded)
    assert [ranking[0] for ranking in graph] == [ranking[0] for ranking in exact]  # the rest are ties
    assert [len(set(ranking)) for ranking in (*graph, *exact)] == [5] * 4
    assert not excluded & {index.passage(name).source_id for ranking in (*graph, *exact) for name in ranking}


def test_passages_stand_at_their_spans(folder: Path, embedder: Any) -> None:
    text = "\n".join(f"Kalimat nomor {number} dari sumber ini menyebut kota {number}." * 3 for number in range(40))
    (folder / "long.txt").write_text(text)
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    source = next(source for source in index.sources if source.path.endswith("long.txt"))
    passages = index.passages_of(source.id)
    assert all(passage.span.of(text) == passage.text and len(passage.text) <= 600 for passage in passages)
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(text.split())


def test_fusion_sums_reciprocal_ranks() -> None:
    assert fuse_rankings([["a", "b"], ["b"]]) == [("b", 1 / 62 + 1 / 61), ("a", 1 / 61)]
    assert fuse_rankings([]) == []
    assert [name for name, _ in fuse_rankings([["b"], ["a"]])] == ["a", "b"]


def test_an_index_in_memory_answers_as_one_in_a_folder_and_is_kept_nowhere(folder: Path, embedder: Any) -> None:
    (folder / "c.txt").write_text("WhatsApp was acquired by Facebook in 2014.")
    (folder / "d.txt").write_text(" ".join(f"Facebook bought company {number} in 2014." for number in range(60)))
    both = [open_index(folder, embedder), MemoryIndex(embedder=embedder)]
    before = sorted(folder.parent.rglob("*"))
    changes = [index.add([folder], max_bytes=MAX) for index in both]
    assert (changes[0].duplicates, changes[0].added) == (changes[1].duplicates, changes[1].added)
    asked = [Query(text=text, language="en") for text in ("Facebook bought WhatsApp", "company 7", "Pavel Durov")]
    source = both[0].sources[0].id
    stored, passing = (HybridRetriever(index).retrieve(asked, k=5, exclude={source}) for index in both)
    assert stored == passing
    assert both[0].sources == both[1].sources
    assert both[0].content_id == both[1].content_id
    new = [path for path in sorted(folder.parent.rglob("*")) if path not in before]
    assert [path for path in new if not path.is_relative_to(folder.parent / "index")] == []


def test_where_there_is_one_passage_nothing_is_embedded(folder: Path, embedder: Any) -> None:
    (folder / "b.txt").unlink()
    index = passing_index(folder.parent / "index", [folder / "a.txt"], embedder=embedder)
    index.add([folder], max_bytes=MAX)
    query = Query(text="Telegram", language="id")
    found = reranking_retriever(index, embedder).retrieve([query], k=5)[0]
    assert [item.passage.text for item in found] == ["Telegram didirikan oleh Pavel Durov pada 2013."]
    assert reranking_retriever(index, embedder).retrieve([query], k=5, exclude={index.sources[0].id}) == [[]]
    assert (embedder.embedded, (folder.parent / "index").exists()) == ([], False)


def _texts(index: Index) -> list[str]:
    return [passage.text for source in index.sources for passage in index.passages_of(source.id)]


def _half_a_manifest(index: Path) -> None:
    (index / "manifest.json.tmp").write_text('{"schema_": "bukti.in')


def _another_store(index: Path) -> None:
    (index / "chroma-7").mkdir()
    (index / "chroma-7" / "chroma.sqlite3").write_bytes(b"half")


def _nothing_referred_to(index: Path) -> None:
    (index / "manifest.json").unlink()


def _first_store_torn(index: Path) -> None:
    (index / "manifest.json").unlink()
    (index / "chroma" / "chroma.sqlite3").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)


@pytest.mark.parametrize("left", [_half_a_manifest, _another_store, _nothing_referred_to, _first_store_torn])
def test_what_an_interrupted_change_left_is_put_right_by_the_next(left: Any, folder: Path, embedder: Any) -> None:
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    expected = _texts(open_index(folder, embedder))
    _forget_clients()
    left(folder.parent / "index")
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    assert _texts(open_index(folder, embedder)) == expected
    assert sorted(entry.name for entry in (folder.parent / "index").iterdir()) == [".lock", "chroma", "manifest.json"]


def test_rebuilding_keeps_the_old_index_until_the_new_one_is_whole(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    before = _texts(index)

    def fail(step: str, done: int, of: int) -> None:
        if step == "embed" and done == of:
            raise RuntimeError("the machine stops here")

    with pytest.raises(RuntimeError):
        Index.rebuild(index.folder, embedder=embedder, max_bytes=MAX, progress=fail)
    assert _texts(open_index(folder, embedder)) == before
    Index.rebuild(index.folder, embedder=embedder, max_bytes=MAX)
    assert _texts(open_index(folder, embedder)) == before
    stores = [entry.name for entry in index.folder.iterdir() if entry.is_dir()]
    assert stores == ["chroma-1"]


def test_a_rebuilt_index_that_fails_after_its_manifest_is_written_is_the_new_one(
    folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    before = _texts(index)
    with monkeypatch.context() as patch:
        patch.setattr(Index, "_forget", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Index.rebuild(index.folder, embedder=embedder, max_bytes=MAX)
    assert _texts(open_index(folder, embedder)) == before
    open_index(folder, embedder).add([folder], max_bytes=MAX)
    assert [entry.name for entry in index.folder.iterdir() if entry.is_dir()] == ["chroma-1"]


def test_rebuilding_never_takes_away_a_folder_that_is_no_index(tmp_path: Path, folder: Path, embedder: Any) -> None:
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter.txt").write_text("x")
    with pytest.raises(IndexUnusableError, match="not an index and not empty"):
        Index.rebuild(thesis, embedder=embedder, max_bytes=MAX, paths=[folder])
    assert (thesis / "chapter.txt").read_text() == "x"


def test_an_index_that_another_process_changes_says_so(
    folder: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    monkeypatch.setattr("bukti.retrieval.index.LOCK_TIMEOUT_S", 0.05)
    with FileLock(index.folder / ".lock"), pytest.raises(IndexUnusableError, match="changed by another process; try"):
        open_index(folder, embedder).add([folder], max_bytes=MAX)
    late = open_index(folder, embedder)
    (folder / "b.txt").write_text("WhatsApp was bought by Facebook in 2014.")
    index.add([folder], max_bytes=MAX)
    with pytest.raises(IndexUnusableError, match="changed by another process meanwhile; run this again"):
        late.rank_lexical([("WhatsApp", "en")], k=1)


def test_a_source_that_vanishes_or_turns_into_a_pipe_is_listed(folder: Path, embedder: Any) -> None:
    index = open_index(folder, embedder)
    index.add([folder], max_bytes=MAX)
    (folder / "c.txt").write_text("Signal dirilis pada 2014.")
    (folder / "b.txt").unlink()
    os.mkfifo(folder / "b.txt")

    def vanish(step: str, done: int, of: int) -> None:
        (folder / "c.txt").unlink(missing_ok=True)

    assert index.status().missing == (str(folder / "b.txt"),)
    change = index.add([folder], max_bytes=MAX, progress=vanish)
    assert [path for path, _ in change.skipped] == [str(folder / "b.txt"), str(folder / "c.txt")]
    assert len(_texts(index)) == 2
