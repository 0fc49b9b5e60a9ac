from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bukti.claims.errors import ModelError
from bukti.retrieval import embedded
from bukti.retrieval.embedded import (
    BATCH_ROWS,
    BATCH_TOKENS,
    BUCKET,
    EmbeddedModel,
    batches_of,
    load_model,
    model_cards,
)
from bukti.retrieval.embedder import EmbeddedEmbedder, Embedder, SentenceTransformerEmbedder


@given(st.lists(st.integers(1, 256), max_size=300))
def test_batches_hold_every_row_once_and_stay_small(lengths: list[int]) -> None:
    cut = batches_of(lengths)
    assert sorted(row for batch in cut for row in batch) == list(range(len(lengths)))
    for batch in cut:
        assert len(batch) <= BATCH_ROWS
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= BATCH_TOKENS
        assert len({-(-lengths[row] // BUCKET) for row in batch}) == 1


def test_every_model_has_a_card_and_is_small_enough_for_a_package() -> None:
    folder = Path(str(files("bukti"))) / "models"
    for card in model_cards():
        assert (folder / card.file).stat().st_size == card.size < 50_000_000
        assert card.sha256 in embedded.read_card(card.name)


@pytest.mark.parametrize("name", ["encoder", "verifier"])
def test_a_damaged_file_is_found_before_it_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    card = next(card for card in model_cards() if card.name == name)
    monkeypatch.setattr(embedded, "_content", lambda file: b"not a model")
    with pytest.raises(ModelError, match=rf"{name}\.onnx is not the one that was shipped .* install bukti again"):
        EmbeddedModel(card).run([[101, 102]], [[0, 0]])


def test_a_missing_file_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded, "files", lambda package: tmp_path)
    with pytest.raises(
        ModelError, match=r"^the embedded model file encoder\.onnx cannot be read .*; install bukti again$"
    ):
        embedded._content("encoder.onnx")


@pytest.mark.model
class TestEncoder:
    def test_it_is_an_embedder_of_unit_vectors(self) -> None:
        embedder = EmbeddedEmbedder()
        assert isinstance(embedder, Embedder)
        assert embedder.embed([]).shape == (0, 384)
        vectors = embedder.embed(["Harga emas naik.", "", "kata " * 900])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)

    def test_a_translation_is_nearer_than_another_sentence(self) -> None:
        texts = ["Menteri keuangan menaikkan pajak.", "The finance minister raised taxes.", "The team won the final."]
        a, b, c = EmbeddedEmbedder().embed(texts)
        assert a @ b > 0.6 > a @ c

    def test_the_number_of_threads_changes_nothing(self) -> None:
        card = load_model("encoder").card
        rows = [[101, *range(2000, 2000 + length), 102] for length in range(1, 200, 7)]
        one, two = (EmbeddedModel(card, threads=threads).run(rows) for threads in (1, 2))
        assert np.array_equal(one, two)

    def test_the_end_of_a_long_text_is_read(self) -> None:
        long = "Rapat itu berlangsung tertutup di gedung utama. " * 60
        end = "Gunung Merapi meletus dan warga mengungsi."
        a, b, query = EmbeddedEmbedder().embed([long, long + end * 20, end])
        assert query @ b > query @ a + 0.05


@pytest.mark.model
def test_the_verifier_answers_a_row_alike_alone_and_among_others() -> None:
    model = load_model("verifier")
    rows = [[101, *range(2000, 2000 + length), 102] for length in range(1, 120, 3)]
    types = [[number % 14 for number in range(len(row))] for row in rows]
    alone = [model.run([row], [each]) for row, each in zip(rows, types, strict=True)]
    assert np.array_equal(model.run(rows, types), np.concatenate(alone))


def test_the_hash_of_a_sentence_transformers_model_is_that_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "1_Pooling").mkdir()
    weights, pooling = tmp_path / "model.safetensors", tmp_path / "1_Pooling" / "config.json"
    weights.write_bytes(b"weights")
    pooling.write_text("{}")
    model = SentenceTransformerEmbedder(str(tmp_path))
    first = model.sha256
    (tmp_path / "README.md").write_text("nothing that the vectors depend on")
    assert model.sha256 == first
    pooling.write_text("{ }")
    second = model.sha256
    weights.write_bytes(b"others")
    assert len({first, second, model.sha256}) == 3
