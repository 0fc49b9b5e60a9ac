from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def small() -> Any:
    """A verifier of two layers, some of whose channels reach far, as those of a trained one do."""
    pytest.importorskip("onnx", reason="the weights are written out by what `make train` installs")
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=50, hidden_size=48, num_hidden_layers=2, num_attention_heads=12, intermediate_size=96,
        max_position_embeddings=16, type_vocab_size=4, num_labels=3,
    )  # fmt: skip
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm.weight" in name:
                weight[:3].mul_(40)
            if name.endswith(("query.weight", "key.weight", "value.weight", "dense.weight", "classifier.weight")):
                weight.mul_(4)
                if weight.shape[1] == 48:
                    weight[:, :3].div_(40)
    return model


def asked() -> Any:
    import torch

    return torch.randint(0, 50, (64, 16), generator=torch.Generator().manual_seed(2))


@pytest.mark.slow  # the fast tests install nothing to write weights with
def test_eight_bits_lose_little_where_channels_reach_far_and_come_back_as_they_were(small: Any, tmp_path: Path) -> None:
    import onnxruntime
    import torch
    from safetensors.numpy import load_file

    from training.export import Scale, activation_scales, build, restore, write, write_words

    ids = asked()
    with torch.inference_mode():
        exact = small(input_ids=ids).logits.numpy()
        scales = activation_scales(small, lambda: small(input_ids=ids))
    assert any(scale.by is not None for scale in scales.values())
    write_words(small, tmp_path / "words.safetensors")
    words = load_file(tmp_path / "words.safetensors")
    feed = {
        "words": (words["rows"] * words["scales"][:, None])[ids.numpy()],
        "attention_mask": np.ones((64, 16), dtype=np.int64),
        "token_type_ids": np.zeros((64, 16), dtype=np.int64),
    }

    def lost(name: str, chosen: dict[str, Scale]) -> float:
        write(build(small, chosen, head="logits"), tmp_path / name)
        session = onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"])
        return float(np.abs(session.run(["logits"], feed)[0] - exact).mean() / np.abs(exact).mean())

    one_range = {
        name: Scale(scale.low, scale.high) if scale.by is None else _plain(small, name, ids)
        for name, scale in scales.items()
    }
    assert lost("shared.onnx", scales) < 0.75 * lost("plain.onnx", one_range)

    state = small.state_dict()
    for name, weight in restore(tmp_path / "shared.onnx", tmp_path / "words.safetensors").items():
        if "encoder.layer" in name and name.endswith("weight"):
            assert (weight - state[name]).abs().mean() < 0.05 * state[name].abs().mean(), name


def _plain(model: Any, name: str, ids: Any) -> Any:
    """One range for all channels: what reaches furthest."""
    import torch

    from training.export import Scale

    seen: list[Any] = []
    handle = model.get_submodule(name).register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        model(input_ids=ids)
    handle.remove()
    return Scale(float(seen[0].min()), float(seen[0].max()))
