from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bukti.retrieval import kept
from bukti.retrieval.embedded import EmbeddedModel, ModelCard, model_cards
from bukti.retrieval.kept import KeptModel


class Counting(EmbeddedModel):
    """A model of sums that counts the rows it is asked."""

    def __init__(self, card: ModelCard | None = None) -> None:
        super().__init__(card or model_cards()[0])
        self.asked = 0

    def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> NDArray[np.float32]:
        self.asked += len(ids)
        rows = [(sum(row) / 7, sum(types[at]) / 3 if types else 0.1) for at, row in enumerate(ids)]
        return np.array(rows, dtype=np.float32).reshape(len(ids), 2)


ROWS, TYPES = [[1, 2], [3], [4, 5, 6]], [[0, 0], [2], [0, 0, 4]]


def answers(path: Path, ids: list[list[int]] = ROWS, types: list[list[int]] | None = TYPES) -> tuple[int, bytes]:
    """Gives how many rows were computed, and the answers."""
    model = Counting()
    given = KeptModel(model, path).run(ids, types)
    assert np.array_equal(given, Counting().run(ids, types))
    return model.asked, given.tobytes()


def test_the_same_question_is_computed_once_and_answered_alike(tmp_path: Path) -> None:
    first = answers(tmp_path / "a/answers.sqlite3")
    assert first[0] == 3
    assert answers(tmp_path / "a/answers.sqlite3") == (0, first[1])
    assert answers(tmp_path / "a/answers.sqlite3", [[9], *ROWS[:1]], [[0], *TYPES[:1]])[0] == 1
    assert answers(tmp_path / "a/answers.sqlite3", [], [])[0] == 0


def test_whatever_changes_the_answer_makes_another_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answers.sqlite3"
    assert answers(path)[0] == 3
    assert answers(path, types=[[0, 2], [0], [0, 0, 2]])[0] == 3
    assert answers(path, types=None)[0] == 3
    other = Counting(model_cards()[1])
    KeptModel(other, path).run(ROWS, TYPES)
    assert other.asked == 3
    monkeypatch.setattr(kept, "version", lambda name: "0.0")
    assert answers(path)[0] == 3


def test_what_is_damaged_is_computed_anew(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    first = answers(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE kept SET value = zeroblob(length(value))")
    database.close()
    assert answers(path) == first
    assert answers(path)[0] == 0
    path.write_bytes(b"no database" * 999)
    assert answers(path) == first


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert answers(tmp_path / "file/answers.sqlite3")[0] == 3
    (tmp_path / "folder.sqlite3").mkdir()
    assert answers(tmp_path / "folder.sqlite3")[0] == 3


def test_another_process_that_writes_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "TIMEOUT_S", 0.0)
    path = tmp_path / "answers.sqlite3"
    first = answers(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    assert answers(path) == first
    other.close()
    assert answers(path)[0] == 0


def test_the_file_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answers.sqlite3"
    answers(path)
    monkeypatch.setattr(kept, "MAX_BYTES", 10)
    assert answers(path, [[8]], [[0]])[0] == 1
    assert answers(path)[0] == 3
