from __future__ import annotations

import itertools
import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bukti.claims.errors import StageError, UsageError
from bukti.eval.crossencoder import CrossEncoderVerifier, read_labels
from bukti.eval.verifier import UNDECIDED, Pair, Verifier

LABELS = ("entailment", "neutral", "contradiction")


def pair(premise: str = "harga emas naik", hypothesis: str = "emas naik") -> Pair:
    return Pair(premise=premise, hypothesis=hypothesis, premise_language="id", hypothesis_language="id")


@pytest.mark.parametrize(
    ("labels", "meanings"),
    [
        *((order, [{"entailment": "supported", "neutral": "neutral", "contradiction": "refuted"}[label] for label in order])
          for order in itertools.permutations(LABELS)),
        (("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), ["supported", "refuted", "neutral"]),
        (("Refuted", "Supported"), ["refuted", "supported"]),
        (("not_entailment", "entailment"), ["not_supported", "supported"]),
        (("entailment",), ["supported"]),
        (("LABEL_0", "LABEL_1", "LABEL_2"), None),
        (("LABEL_0",), None),
        (("entailment", "LABEL_1", "contradiction"), None),
        (("entailment", "entails"), None),
        (("contradiction", "neutral"), None),
        (("not_entailment",), None),
        (("positive", "negative"), None),
        ((), None),
    ],
)  # fmt: skip
def test_labels_mean_what_they_say_and_nothing_is_guessed(labels: tuple[str, ...], meanings: list[str] | None) -> None:
    assert read_labels(dict(enumerate(labels))) == meanings


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a model with random weights whose labels are these, and returns its folder."""

    def make(*labels: str, bias: list[float] | None = None, max_length: int = 64) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        folder = tmp_path_factory.mktemp("model")
        letters = list(string.ascii_lowercase + string.digits + ".")
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
        (folder / "words.txt").write_text("\n".join(vocabulary))
        BertTokenizerFast(vocab=str(folder / "words.txt"), model_max_length=max_length).save_pretrained(folder)
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
            max_position_embeddings=64, initializer_range=0.5, id2label=dict(enumerate(labels)),
            label2id={label: number for number, label in enumerate(labels)},
        )  # fmt: skip
        model = BertForSequenceClassification(config)
        if bias:
            model.classifier.weight.data.zero_()
            model.classifier.bias.data = torch.tensor(bias)
        model.save_pretrained(folder)
        return folder

    return make


@pytest.mark.model
@pytest.mark.usefixtures("no_network")
class TestCrossEncoderVerifier:
    @pytest.mark.parametrize("order", list(itertools.permutations(LABELS)))
    def test_each_output_is_read_by_its_label(self, make: Any, order: tuple[str, ...]) -> None:
        logits = {"entailment": 2.0, "neutral": 1.0, "contradiction": 0.0}
        verifier = CrossEncoderVerifier(str(make(*order, bias=[logits[label] for label in order])))
        assert isinstance(verifier, Verifier)
        assert not getattr(verifier, "reads_passages", False)
        found = verifier.verify([pair()])[0]
        e = np.e
        expected = np.array([e**2, 1, e]) / (e**2 + e + 1)
        assert np.allclose([found.supported, found.refuted, found.not_enough_evidence], expected, atol=1e-6)

    @pytest.mark.parametrize(
        ("labels", "bias", "expected"),
        [
            (("not_entailment", "entailment"), [0.0, 0.0], (0.5, 0.0)),
            (("REFUTES", "SUPPORTS"), [np.log(3.0), 0.0], (0.25, 0.75)),
            (("entailment",), [np.log(4.0)], (0.8, 0.0)),
        ],
    )
    def test_fewer_outputs_refute_only_where_one_says_so(
        self, make: Any, labels: tuple[str, ...], bias: list[float], expected: tuple[float, float]
    ) -> None:
        found = CrossEncoderVerifier(str(make(*labels, bias=bias))).verify([pair()])[0]
        assert (found.supported, found.refuted) == pytest.approx(expected, abs=1e-6)

    def test_the_premise_comes_first_and_no_answer_hangs_on_the_others(self, make: Any) -> None:
        from sentence_transformers import CrossEncoder
        from torch.nn import Identity

        folder = str(make(*LABELS))
        verifier = CrossEncoderVerifier(folder)
        asked = [pair(), pair("emas naik", "harga emas naik"), pair("harga emas naik. " * 3)]
        together = verifier.verify(asked)
        assert together[0].supported != pytest.approx(together[1].supported)
        alone = [verifier.verify([each])[0] for each in asked]
        assert [item.supported for item in together] == pytest.approx([item.supported for item in alone], abs=1e-5)
        logits = CrossEncoder(folder, local_files_only=True).predict(
            [("harga emas naik", "emas naik")], activation_fn=Identity()
        )[0]
        assert together[0].supported == pytest.approx(np.exp(logits[0]) / np.exp(logits).sum(), abs=1e-5)

    def test_what_does_not_fit_or_has_no_words_is_not_enough_evidence(self, make: Any) -> None:
        verifier = CrossEncoderVerifier(str(make(*LABELS, bias=[9.0, 0.0, 0.0], max_length=32)))
        found = verifier.verify([pair("a " * 40), pair(""), pair(hypothesis="..."), pair(hypothesis="b " * 40), pair()])
        assert found[:4] == [UNDECIDED] * 4
        assert found[4].supported > 0.9
        assert verifier.verify([]) == []

    def test_an_answer_that_is_no_number_is_an_error(self, make: Any) -> None:
        with pytest.raises(StageError, match="no number"):
            CrossEncoderVerifier(str(make(*LABELS, bias=[float("nan"), 0.0, 0.0]))).verify([pair()])

    def test_a_model_whose_labels_say_nothing_is_refused_before_its_weights_are_read(self, make: Any) -> None:
        folder = make("LABEL_0", "LABEL_1", "LABEL_2")
        (folder / "model.safetensors").unlink()
        with pytest.raises(UsageError, match=r"its labels \(LABEL_0, LABEL_1, LABEL_2\) do not say") as caught:
            CrossEncoderVerifier(str(folder))
        assert "\n" not in str(caught.value)

    def test_what_is_not_there_or_damaged_is_one_line(self, make: Any, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        for name in ("no-one/no-model-of-this-name", str(tmp_path / "none"), "./none", str(tmp_path / "empty")):
            with pytest.raises(UsageError, match="is not a model on this machine") as caught:
                CrossEncoderVerifier(name)
            assert "\n" not in str(caught.value)
            assert "connect" not in str(caught.value)
        folder = make(*LABELS)
        (folder / "model.safetensors").write_bytes(b"torn")
        with pytest.raises(UsageError, match="cannot be loaded") as caught:
            CrossEncoderVerifier(str(folder)).verify([pair()])
        assert "\n" not in str(caught.value)

    def test_a_model_without_weights_for_its_labels_is_refused(self, make: Any) -> None:
        from safetensors.torch import load_file, save_file

        folder = make(*LABELS)
        weights = load_file(folder / "model.safetensors")
        save_file(
            {name: value for name, value in weights.items() if "classifier" not in name},
            folder / "model.safetensors",
            {"format": "pt"},
        )
        with pytest.raises(UsageError, match=r"has no weights for classifier\.bias"):
            CrossEncoderVerifier(str(folder)).verify([pair()])

    def test_the_name_changes_when_the_model_does(self, make: Any) -> None:
        folder = make(*LABELS)
        first = CrossEncoderVerifier(str(folder)).name
        assert first.startswith(f"crossencoder/1 {folder}@")
        assert CrossEncoderVerifier(str(folder)).name == first
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(
            json.dumps({**config, "id2label": {"0": "neutral", "1": "entailment", "2": "contradiction"}})
        )
        assert CrossEncoderVerifier(str(folder)).name != first
