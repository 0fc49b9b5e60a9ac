"""BM25 is kept beside the passages, and ranks as if it were not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bukti.retrieval import lexical
from bukti.retrieval.index import Index

MAX = 1_000_000
ASKED = [("Who bought the messenger?", "en"), ("Siapa yang mendirikan Telegram?", "id")]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lexical, "KEPT_PASSAGES", 1)
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text("Telegram didirikan oleh Pavel Durov pada 2013.")
    (sources / "b.txt").write_text("The messenger was bought by Facebook in 2014.")
    return tmp_path


def index_of(place: Path, embedder: Any) -> Index:
    index = Index(place / "index", embedder=embedder, create=True)
    index.add([place / "sources"], max_bytes=MAX)
    return index


def kept(place: Path) -> list[Path]:
    return sorted(place.glob("index/*/bm25-*"))


def test_what_is_kept_ranks_as_what_was_made(place: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = index_of(place, embedder).rank_lexical(ASKED, k=2)
    assert [len(ranking) for ranking in made] == [1, 1]
    assert len(kept(place)) == 1
    monkeypatch.setattr(lexical, "make_bm25", None)
    assert index_of(place, embedder).rank_lexical(ASKED, k=2) == made


@pytest.mark.parametrize("name", ["data.csc.index.npy", "vocab.index.json", "sha256"])
def test_what_is_damaged_is_made_anew(place: Path, embedder: Any, name: str) -> None:
    made = index_of(place, embedder).rank_lexical(ASKED, k=2)
    file = kept(place)[0] / name
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert index_of(place, embedder).rank_lexical(ASKED, k=2) == made
    assert file.read_bytes() == whole


def test_other_passages_are_other_terms(place: Path, embedder: Any) -> None:
    index_of(place, embedder).rank_lexical(ASKED, k=2)
    before = kept(place)
    (place / "sources" / "a.txt").write_text("Telegram dibeli orang lain.")
    index = index_of(place, embedder)
    found = index.rank_lexical([("dibeli", "id")], k=2)
    assert index.passage(found[0][0]).text == "Telegram dibeli orang lain."
    assert len(kept(place)) == 1
    assert kept(place) != before


def test_a_folder_that_cannot_be_written_keeps_nothing(
    place: Path, embedder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(lexical.tempfile, "mkdtemp", full)
    assert index_of(place, embedder).rank_lexical(ASKED, k=2)[0]
    assert kept(place) == []
