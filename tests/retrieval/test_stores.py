"""What every index keeps, wherever it lies, and what one in a store has to see to besides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bukti.claims.errors import BuktiError, ConfigError, IndexUnusableError, InputError, StageError, UsageError
from bukti.retrieval.index import Index
from bukti.retrieval.retriever import HybridRetriever, Query
from bukti.retrieval.stores import is_store, open_index, rebuild_index
from tests.retrieval.conftest import ChromaServer
from tests.retrieval.stores import KEPT, WithoutIds

MAX = 1_000_000
MEMORY = "tests.retrieval.stores:open_memory"

Open = Callable[..., Index]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.txt").write_text("Telegram didirikan oleh Pavel Durov pada 2013.")
    (folder / "b.txt").write_text("WhatsApp was acquired by Facebook in 2014.")
    for number in range(12):
        (folder / f"kota-{number:02}.txt").write_text(f"Kota nomor {number} punya {number} jembatan.")
    return folder


@pytest.fixture(
    params=[
        "folder",
        "memory",
        pytest.param("chroma", marks=pytest.mark.slow),
        pytest.param("pgvector", marks=pytest.mark.slow),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str | Path, dict[str, Any]]:
    """Where an index is kept, and the options it is opened with."""
    name = f"c-{uuid.uuid4().hex[:8]}"
    if request.param == "folder":
        return tmp_path / "index", {}
    if request.param == "memory":
        return MEMORY, {"collection": name}
    if request.param == "chroma":
        return request.getfixturevalue("chroma_server").address(name), {}
    address = request.getfixturevalue("postgres")
    from sqlalchemy.pool import NullPool

    return "langchain_postgres:PGVector", {
        "connection": address,
        "collection_name": name,
        "engine_args": {"poolclass": NullPool},
    }


@pytest.fixture
def opened(place: tuple[str | Path, dict[str, Any]], embedder: Any) -> Open:
    where, options = place

    def again(other: Any = None, *, create: bool = True) -> Index:
        return open_index(where, embedder=other or embedder, create=create, options=options)

    return again


def texts_of(index: Index) -> set[str]:
    return {passage.text for source in index.sources for passage in index.passages_of(source.id)}


class TestEveryIndex:
    """The contract: an index in a folder, in a server, and in a store of LangChain's keep it alike."""

    def test_what_was_added_is_there_when_it_is_opened_again(self, opened: Open, sources: Path) -> None:
        change = opened().add([sources], max_bytes=MAX)
        index = opened(create=False)
        assert (len(change.added), change.embedded, len(index.sources), index.status().passages) == (14, 14, 14, 14)
        assert texts_of(index) == {file.read_text() for file in sources.iterdir()}

    def test_it_answers_as_one_in_a_folder_does(
        self, opened: Open, sources: Path, embedder: Any, tmp_path: Path
    ) -> None:
        there, here = opened(), Index(tmp_path / "other", embedder=embedder, create=True)
        for index in (there, here):
            index.add([sources], max_bytes=MAX)
        asked = [
            Query(text="Facebook membeli WhatsApp pada 2014", language="id", context="Telegram"),
            Query(text="Kota nomor 7 punya 7 jembatan", language="id"),
        ]
        excluded = {here.sources[3].id}
        found = [HybridRetriever(index).retrieve(asked, k=3, exclude=excluded) for index in (there, here)]
        assert [[(item.passage, item.words) for item in row][:1] for row in found[0]] == [
            [(item.passage, item.words) for item in row][:1] for row in found[1]
        ]
        assert found[0][0][0].passage.text == "WhatsApp was acquired by Facebook in 2014."
        assert (there.content_id, there.sources) == (here.content_id, here.sources)

    def test_what_is_excluded_is_never_found_and_all_else_can_be(self, opened: Open, sources: Path) -> None:
        index = opened()
        index.add([sources], max_bytes=MAX)
        excluded = {source.id for source in index.sources[2:]}
        found = index.rank_dense([("Kota nomor 7 punya 7 jembatan", "id")], k=10, exclude=excluded)[0]
        assert {index.passage(name).source_id for name in found} == {source.id for source in index.sources[:2]}
        everything = {source.id for source in index.sources}
        assert index.rank_dense([("Kota", "id")], k=10, exclude=everything) == [[]]

    def test_a_second_add_embeds_nothing(self, opened: Open, sources: Path, embedder: Any) -> None:
        opened().add([sources], max_bytes=MAX)
        before = len(embedder.embedded)
        change = opened().add([sources], max_bytes=MAX)
        assert (len(change.unchanged), change.embedded, len(embedder.embedded)) == (14, 0, before)

    def test_changed_and_removed_sources_are_found_no_more(self, opened: Open, sources: Path) -> None:
        index = opened()
        index.add([sources], max_bytes=MAX)
        (sources / "b.txt").write_text("WhatsApp was bought by Facebook in 2014.")
        (sources / "kota-00.txt").unlink()
        change = index.add([sources], max_bytes=MAX)
        assert (change.changed, change.removed) == ((str(sources / "b.txt"),), (str(sources / "kota-00.txt"),))
        assert index.remove([str(sources / "a.txt")]) == (str(sources / "a.txt"),)
        for found in (index, opened(create=False)):
            assert texts_of(found) == {file.read_text() for file in sources.iterdir() if file.name != "a.txt"}
            ranked = found.rank_dense([("WhatsApp was acquired by Facebook in 2014.", "en")], k=20)[0]
            assert {found.passage(name).text for name in ranked} == texts_of(found)

    def test_an_index_made_with_another_embedder_is_refused(self, opened: Open, sources: Path, embedder: Any) -> None:
        opened().add([sources], max_bytes=MAX)
        other = type(embedder)()
        other.name = "another"
        for create in (True, False):
            with pytest.raises(IndexUnusableError, match="was made with embedder 'words-by-hash', not 'another'"):
                opened(other, create=create)

    def test_one_that_is_not_there_is_an_error_and_is_not_made(self, opened: Open) -> None:
        for _ in range(2):
            with pytest.raises(IndexUnusableError, match=r"no index at .*; make one: bukti index add"):
                opened(create=False)

    def test_sources_that_cannot_be_read_leave_it_as_it_was(self, opened: Open, sources: Path, tmp_path: Path) -> None:
        (tmp_path / "bad").mkdir()
        (tmp_path / "bad" / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
        with pytest.raises(InputError, match="none of the 1 sources"):
            opened().add([tmp_path / "bad"], max_bytes=MAX)
        with pytest.raises(IndexUnusableError, match="no index at"):
            opened(create=False)

    def test_it_can_be_made_anew(
        self, place: tuple[str | Path, dict[str, Any]], opened: Open, sources: Path, embedder: Any
    ) -> None:
        opened().add([sources], max_bytes=MAX)
        (sources / "kota-11.txt").write_text("Kota kesebelas tak punya jembatan.")
        change = rebuild_index(place[0], embedder=embedder, max_bytes=MAX, options=place[1])
        assert (len(change.added), change.embedded) == (14, 14)
        assert texts_of(opened(create=False)) == {file.read_text() for file in sources.iterdir()}


# What a store gives back is not taken at its word --------------------------------------------------------------------


@pytest.fixture
def kept(sources: Path, embedder: Any) -> dict[str, Any]:
    """The records of an index in a store in memory."""
    KEPT.pop("news", None)
    open_index(MEMORY, embedder=embedder, create=True).add([sources], max_bytes=MAX)
    return KEPT["news"]


def search(embedder: Any) -> list[str]:
    index = open_index(MEMORY, embedder=embedder)
    return [index.passage(name).text for name in index.rank_dense([("Kota nomor 7", "id")], k=20)[0]]


def passages_in(kept: dict[str, Any]) -> list[str]:
    return [name for name, record in kept.items() if record["metadata"]["passage"].startswith("p-")]


def record_of(kept: dict[str, Any], start: str) -> str:
    return next(name for name, record in kept.items() if record["metadata"]["passage"].startswith(start))


def _other_text(kept: dict[str, Any]) -> None:
    kept[passages_in(kept)[0]]["text"] += " Tidak."


def _other_place(kept: dict[str, Any]) -> None:
    kept[passages_in(kept)[0]]["metadata"]["start"] += 1


def _lost_metadata(kept: dict[str, Any]) -> None:
    kept[passages_in(kept)[0]]["metadata"].pop("seal")


def _lost_passage(kept: dict[str, Any]) -> None:
    del kept[passages_in(kept)[0]]


def _torn_manifest(kept: dict[str, Any]) -> None:
    del kept[record_of(kept, "bukti-manifest")]


def _torn_head(kept: dict[str, Any]) -> None:
    kept[record_of(kept, "bukti-head")]["text"] = "{"


@pytest.mark.parametrize(
    "damage", [_other_text, _other_place, _lost_metadata, _lost_passage, _torn_manifest, _torn_head]
)
def test_a_damaged_store_is_refused_and_can_be_made_anew(
    damage: Callable[[Any], None], kept: dict[str, Any], sources: Path, embedder: Any
) -> None:
    damage(kept)
    with pytest.raises(IndexUnusableError, match=r"is damaged .* bukti index rebuild --index"):
        open_index(MEMORY, embedder=embedder).status()
    rebuild_index(MEMORY, embedder=embedder, max_bytes=MAX, paths=[sources])
    assert len(search(embedder)) == 14
    assert len(passages_in(KEPT["news"])) == 14


def test_a_passage_that_nobody_put_in_is_never_evidence(kept: dict[str, Any], embedder: Any) -> None:
    stranger = dict(kept[passages_in(kept)[0]])
    kept["x"] = {
        **stranger,
        "id": "x",
        "text": "Kota nomor 7",
        "metadata": {"passage": "p-0"},
        "vector": embedder.embed(["Kota nomor 7"])[0],
    }
    kept["y"] = {**kept["x"], "id": "y", "metadata": {}}
    assert len(search(embedder)) == 14
    assert "Kota nomor 7" not in search(embedder)


def test_a_store_that_finds_nothing_at_all_fails_the_stage(
    kept: dict[str, Any], embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(MEMORY, embedder=embedder)
    monkeypatch.setattr(type(index._outside), "similarity_search_by_vector", lambda *_, **__: [])  # type: ignore[attr-defined]
    with pytest.raises(StageError, match="found nothing at all, though it holds 14 passages"):
        index.rank_dense([("Kota nomor 7", "id")], k=3)


@pytest.mark.parametrize("steps", range(6))
def test_a_change_that_is_cut_off_leaves_what_was_there(
    steps: int, kept: dict[str, Any], sources: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(search(embedder))
    (sources / "kota-03.txt").write_text("Kota ketiga.")
    index = open_index(MEMORY, embedder=embedder)
    done = iter(range(steps))
    store: Any = index._outside  # type: ignore[attr-defined]

    def cut(call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*given: Any, **named: Any) -> Any:
            if next(done, None) is None:
                raise ConnectionError("gone")
            return call(*given, **named)

        return made

    monkeypatch.setattr(store, "add_texts", cut(store.add_texts))
    monkeypatch.setattr(store, "delete", cut(store.delete))
    after = {file.read_text() for file in sources.iterdir()}
    if steps < 5:
        with pytest.raises(StageError, match=r"does not answer \(gone\)"):
            index.add([sources], max_bytes=MAX)
    else:
        index.add([sources], max_bytes=MAX)
    # The head is the fourth step: passages, manifest, the other head dropped, the head.
    assert set(search(embedder)) == (after if steps >= 4 else before)
    open_index(MEMORY, embedder=embedder, create=True).add([sources], max_bytes=MAX)
    assert set(search(embedder)) == after


def test_a_change_by_another_machine_meanwhile_is_noticed(
    kept: dict[str, Any], sources: Path, embedder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new.txt").write_text("Kota baru.")
    (sources / "kota-03.txt").write_text("Kota ketiga.")
    slow, fast = (open_index(MEMORY, embedder=embedder) for _ in range(2))
    write = slow._write  # type: ignore[attr-defined]

    def overtaken(*given: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr("bukti.retrieval.stores.tempfile.gettempdir", lambda: str(tmp_path))
            fast.add([tmp_path / "new.txt"], max_bytes=MAX)
        return write(*given)

    monkeypatch.setattr(slow, "_write", overtaken)
    with pytest.raises(IndexUnusableError, match="was changed by another process meanwhile"):
        slow.add([sources], max_bytes=MAX)
    assert "Kota baru." in search(embedder)
    assert "Kota ketiga." not in search(embedder)


def test_an_index_that_is_too_large_to_be_held_asks_the_store_alone_and_says_so(
    kept: dict[str, Any], embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HybridRetriever(open_index(MEMORY, embedder=embedder))
    name = held.name
    monkeypatch.setattr("bukti.retrieval.stores.EXACT_PASSAGES", 5)
    monkeypatch.setattr("bukti.retrieval.stores.CACHED_PASSAGES", 2)
    index = open_index(MEMORY, embedder=embedder)
    large = HybridRetriever(index)
    assert (name, large.name) == (
        "hybrid-rrf/2@InMemoryVectorStore",
        "hybrid-rrf/2@InMemoryVectorStore, dense alone",
    )
    asked = [Query(text="Kota nomor 7 punya 7 jembatan", language="id"), Query(text="WhatsApp Facebook", language="en")]
    assert [row[0].passage for row in large.retrieve(asked, k=3)] == [
        row[0].passage for row in held.retrieve(asked, k=3)
    ]
    assert index.rank_lexical([("WhatsApp", "en")], k=3) == [[]]
    copied = [source.path for source in index.like(["kota nomor 7 punya 7 jembatan"], "id")]
    assert any(path.endswith("kota-07.txt") for path in copied)


# Names ---------------------------------------------------------------------------------------------------------------


def test_a_folder_of_a_name_with_a_colon_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_store("my:index")
    (tmp_path / "my:index").mkdir()
    assert not is_store("my:index")


@pytest.mark.parametrize(
    ("name", "options", "kind", "says"),
    [
        ("qdrant://h:1/news", {}, UsageError, "knows no qdrant://"),
        ("chroma://h:8000", {}, UsageError, "is no address of a collection"),
        ("chroma://h:x/news", {}, UsageError, "is no address of a collection"),
        ("chroma://h:8000/a/b", {}, UsageError, "is no address of a collection"),
        ("chroma://me:secret@h:8000/news", {}, UsageError, "no user and password here"),
        ("chroma://h:8000/news", {"colour": 1}, ConfigError, "'colour' is none for a Chroma server"),
        ("nowhere.at_all:Store", {}, UsageError, "cannot be loaded"),
        ("tests.retrieval.stores:Missing", {}, UsageError, "cannot be loaded"),
        ("tests.retrieval.stores:KEPT", {}, UsageError, "cannot be loaded"),
        ("tests.retrieval.stores:open_nothing", {}, UsageError, "gives a str, which is no LangChain vector store"),
        ("tests.retrieval.stores:open_without_embedder", {}, UsageError, "takes no embedder"),
        (MEMORY, {"colour": 1}, ConfigError, "store_options do not fit"),
        (f"tests.retrieval.stores:{WithoutIds.__name__}", {}, UsageError, "does not give records by their ids"),
    ],
)
def test_what_cannot_be_opened_says_so_in_one_line(
    name: str, options: dict[str, Any], kind: type[BuktiError], says: str, embedder: Any
) -> None:
    with pytest.raises(kind) as caught:
        open_index(name, embedder=embedder, create=True, options=options)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_server_that_is_gone_fails_the_stage_and_is_found_again(sources: Path, embedder: Any, tmp_path: Path) -> None:
    server = ChromaServer(tmp_path / "chroma")
    try:
        where = server.address("news")
        index = open_index(where, embedder=embedder, create=True)
        index.add([sources], max_bytes=MAX)
        server.stop()
        with pytest.raises(StageError, match="does not answer") as caught:
            index.rank_dense([("Kota nomor 7", "id")], k=3)
        assert (caught.value.exit_code, caught.value.stage) == (4, "retrieve")
        with pytest.raises(StageError, match="does not answer"):
            open_index(where, embedder=embedder)
        server.start()
        assert len(open_index(where, embedder=embedder).rank_dense([("Kota nomor 7", "id")], k=3)[0]) == 3
    finally:
        server.stop()
