"""Writes a trained model as ONNX in int8, with fixed scales: a pair's answer must not hang on the pairs it shares a batch with.

Weights have a scale for each output channel and seven bits, activations a fixed scale for each place and eight, and channels that
reach far hand some of it to their weights: on a CPU
without VNNI sums of eight-bit products overflow, and the same article would get other verdicts on another machine.
The word embedding, which both models share, has a scale a row and stands in a file of its own. Quantization with fixed scales and per-channel weights: Jacob et al., CVPR 2018.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load, save

OPSET = 21
EPSILON = 1e-12
WEIGHT_LIMIT = 63
SAMPLE = 2_000
"""Rows of activations kept for each place, from which its scales are chosen."""

CLIPS = (1.0, 0.99999, 0.9999, 0.9995, 0.999, 0.995)
"""Shares of the activations that a range may hold."""

SHIFTS = (None, 0.5, 0.6, 0.7, 0.8, 0.9)
"""How much of a channel's reach is taken from the activations and given to the weights; None leaves the channels as they are."""


@dataclass(frozen=True)
class Scale:
    """How what goes into a linear layer becomes eight bits."""

    low: float
    """The least value that is held, of activations over `by`."""

    high: float
    """The greatest."""

    by: np.ndarray | None = None
    """(in,) what each channel is divided by, the weights being multiplied by it; None divides nothing."""

    @property
    def step(self) -> float:
        """What one of the 255 steps is worth."""
        return (self.high - self.low) / 255

    @property
    def zero(self) -> int:
        """The step that stands for zero."""
        return round(-self.low / self.step)


def in_steps(weight: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Gives a matrix in whole steps, at most `limit` of them either way, and what a step of each row is worth."""
    steps = np.maximum(np.abs(weight).max(axis=1), 1e-8) / limit
    return np.round(weight / steps[:, None]), steps


def activation_scales(model: torch.nn.Module, run: Callable[[], None]) -> dict[str, Scale]:
    """Gives what goes into each linear layer while `run` runs a scale: the one by which the layer's output in eight bits has the least squared error.

    A few channels reach much further than the rest, and one range for all would leave these a handful of steps. So their reach is shared
    out between activations and weights: Xiao et al., SmoothQuant, ICML 2023, with the exponent searched for each layer.
    """
    samples: dict[str, list[np.ndarray]] = defaultdict(list)
    layers = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and "encoder.layer" in name
    }
    handles = []
    chance = np.random.default_rng(0)
    for name, module in layers.items():

        def keep(_: Any, inputs: tuple[torch.Tensor, ...], name: str = name) -> None:
            rows = inputs[0].detach().float().flatten(0, -2).numpy()
            far = np.unique(np.concatenate([rows.argmax(axis=0), rows.argmin(axis=0)]))[:8]
            samples[name].append(rows[np.concatenate([chance.permutation(len(rows))[:40], far])])

        handles.append(module.register_forward_pre_hook(keep))
    run()
    for handle in handles:
        handle.remove()
    scales = {}
    for name, parts in samples.items():
        base, _, part = name.rpartition(".")
        if part in ("key", "value"):
            continue  # they read what the query reads
        read_by = [f"{base}.{each}" for each in ("query", "key", "value")] if part == "query" else [name]
        weight = np.concatenate([layers[each].weight.detach().float().numpy() for each in read_by])
        rows = np.concatenate(parts)
        scales[name] = _best_scale(rows[chance.permutation(len(rows))[:SAMPLE]], weight)
    return scales


def _best_scale(rows: np.ndarray, weight: np.ndarray) -> Scale:
    """Gives the scale of activations (rows, in) by which their product with a matrix (out, in) loses least."""
    exact = rows @ weight.T
    best = (float("inf"), Scale(0.0, 0.0))
    for shift in SHIFTS:
        by = None if shift is None else _shared_out(rows, weight, shift)
        values, matrix = (rows, weight) if by is None else (rows / by, weight * by)
        whole, steps = in_steps(matrix, WEIGHT_LIMIT)
        matrix = whole * steps[:, None]
        for clip in CLIPS:
            low, high = min(0.0, float(np.quantile(values, 1 - clip))), max(0.0, float(np.quantile(values, clip)))
            scale = Scale(low, high, by)
            shown = (np.clip(np.round(values / scale.step) + scale.zero, 0, 255) - scale.zero) * scale.step
            error = float(((shown.astype(np.float32) @ matrix.T.astype(np.float32) - exact) ** 2).mean())
            if error < best[0]:
                best = (error, scale)
    return best[1]


def _shared_out(rows: np.ndarray, weight: np.ndarray, shift: float) -> np.ndarray:
    """Gives each channel's divisor: its reach to the power of `shift`, over that of its weights to the power of the rest."""
    by = np.maximum(np.abs(rows).max(axis=0), 1e-5) ** shift / np.maximum(np.abs(weight).max(axis=0), 1e-5) ** (
        1 - shift
    )
    return (by / np.exp(np.log(by).mean())).astype(np.float32)


class Graph:
    """Collects the nodes and weights of one ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.made = 0

    def constant(self, values: Any, name: str = "") -> str:
        self.made += 1
        name = name or f"c{self.made}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        self.made += 1
        name = f"n{self.made}"
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def split(self, x: str, parts: int) -> list[str]:
        """Adds the cutting of the last dimension into equal parts."""
        self.made += 1
        names = [f"n{self.made}_{number}" for number in range(parts)]
        self.nodes.append(helper.make_node("Split", [x], names, axis=-1, num_outputs=parts))
        return names

    def own(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Adds one of onnxruntime's own operators."""
        return self.node(kind, inputs, domain="com.microsoft", **attributes)

    def quantized(self, x: str, scale: Scale, place: str) -> tuple[str, str, str]:
        """Adds the quantization of what goes in at a place; gives it with its scale and zero point."""
        if scale.by is not None:
            x = self.node("Mul", [x, self.constant(1 / scale.by, f"{place}.over")])
        step, zero = self.constant(np.float32(scale.step)), self.constant(np.uint8(scale.zero))
        return self.node("QuantizeLinear", [x, step, zero]), step, zero

    def linear(
        self, x: tuple[str, str, str], name: str, weight: np.ndarray, bias: np.ndarray, by: np.ndarray | None
    ) -> str:
        """Adds a product of a quantized activation, divided by `by`, and a matrix (out, in), and a bias."""
        if by is not None:
            weight = weight * by
        whole, steps = in_steps(weight, WEIGHT_LIMIT)
        matrix = whole.astype(np.int8).T
        zeros = np.zeros(len(steps), dtype=np.int8)
        values, own_scale, zero = x
        return self.own(
            "MatMulIntegerToFloat",
            [
                values,
                self.constant(matrix, f"{name}.weight"),
                own_scale,
                self.constant(steps.astype(np.float32), f"{name}.weight.scale"),
                zero,
                self.constant(zeros),
                self.constant(bias, f"{name}.bias"),
            ],
        )


def build(model: torch.nn.Module, scales: dict[str, Scale], *, head: str) -> onnx.ModelProto:
    """Gives the graph of a BERT encoder.

    Args:
        model: `BertModel` or `BertForSequenceClassification`, in float32.
        scales: What `activation_scales` gave.
        head: ``mean`` for unit vectors by mean pooling, ``logits`` for the classifier on the first token.
    """
    prefix = "bert." if head == "logits" else ""
    state = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    config: Any = model.config
    heads, size = config.num_attention_heads, config.hidden_size
    width = size // heads
    g = Graph()
    e = f"{prefix}embeddings."
    one = g.constant(np.array([1], dtype=np.int64))
    length = g.node("Slice", [g.node("Shape", ["attention_mask"]), one, g.constant(np.array([2], dtype=np.int64))])
    places = g.node(
        "Slice",
        [
            g.constant(state[f"{e}position_embeddings.weight"], f"{e}position_embeddings.weight"),
            g.constant(np.array([0], dtype=np.int64)),
            length,
        ],
    )
    x = g.node("Add", ["words", places])
    kinds = state[f"{e}token_type_embeddings.weight"]
    if head == "logits":
        x = g.node(
            "Add", [x, g.node("Gather", [g.constant(kinds, f"{e}token_type_embeddings.weight"), "token_type_ids"])]
        )
    else:
        x = g.node("Add", [x, g.constant(kinds[0], f"{e}token_type_embeddings.weight")])

    def stored(name: str) -> list[str]:
        return [g.constant(state[f"{name}.{each}"], f"{name}.{each}") for each in ("weight", "bias")]

    def normalized(x: str, name: str) -> str:
        # Not onnxruntime's SkipLayerNormalization: it takes a third of the time, an addition and this a twentieth.
        return g.node("LayerNormalization", [x, *stored(name)], epsilon=EPSILON, axis=-1)

    def dense(x: str, name: str) -> str:
        scale = scales[name]
        return g.linear(g.quantized(x, scale, name), name, state[f"{name}.weight"], state[f"{name}.bias"], scale.by)

    def exact(x: str, name: str) -> str:
        return g.node("Gemm", [x, *stored(name)], transB=1)

    x = normalized(x, f"{e}LayerNorm")
    seen = g.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    hidden = g.node("Sub", [seen, g.constant(np.float32(1.0))])
    hidden = g.node("Mul", [hidden, g.constant(np.float32(30000.0))])
    hidden = g.node("Unsqueeze", [hidden, g.constant(np.array([1, 2], dtype=np.int64))])
    split = g.constant(np.array([0, 0, heads, width], dtype=np.int64))
    joined = g.constant(np.array([0, 0, size], dtype=np.int64))
    for layer in range(config.num_hidden_layers):
        name = f"{prefix}encoder.layer.{layer}."
        attention = f"{name}attention.self."
        last = head == "logits" and layer == config.num_hidden_layers - 1
        part = lambda which: (state[f"{attention}{which}.weight"], state[f"{attention}{which}.bias"])  # noqa: E731, B023
        root = width**-0.5  # the query's scale, put into its weights
        query = (part("query")[0] * root, part("query")[1] * root)
        scale = scales[f"{attention}query"]
        whole = g.quantized(x, scale, f"{name}attention.self")
        if last:
            first = [g.constant(np.array([number], dtype=np.int64)) for number in (0, 1, 1)]
            # Only the first token's answer is read: the last layer needs no other's.
            x = g.node("Slice", [x, first[0], first[1], first[2]])
            asked = g.linear(
                (g.node("Slice", [whole[0], first[0], first[1], first[2]]), *whole[1:]),
                f"{attention}query",
                *query,
                scale.by,
            )
            both = g.linear(
                whole,
                f"{attention}key_value",
                np.concatenate([part("key")[0], part("value")[0]]),
                np.concatenate([part("key")[1], part("value")[1]]),
                scale.by,
            )
            keys, values = g.split(both, 2)
        else:
            stacked = [np.concatenate([query[at], part("key")[at], part("value")[at]]) for at in (0, 1)]
            all_three = g.linear(whole, f"{attention}query_key_value", *stacked, scale.by)
            asked, keys, values = g.split(all_three, 3)
        turned = [g.node("Reshape", [each, split]) for each in (asked, keys, values)]
        asked, values = (g.node("Transpose", [turned[at]], perm=[0, 2, 1, 3]) for at in (0, 2))
        keys = g.node("Transpose", [turned[1]], perm=[0, 2, 3, 1])
        weights = g.node("Softmax", [g.node("Add", [g.node("MatMul", [asked, keys]), hidden])], axis=-1)
        context = g.node("Transpose", [g.node("MatMul", [weights, values])], perm=[0, 2, 1, 3])
        context = g.node("Reshape", [context, joined])
        x = normalized(
            g.node("Add", [dense(context, f"{name}attention.output.dense"), x]), f"{name}attention.output.LayerNorm"
        )
        out = dense(g.own("Gelu", [dense(x, f"{name}intermediate.dense")]), f"{name}output.dense")
        x = normalized(g.node("Add", [out, x]), f"{name}output.LayerNorm")
    if head == "mean":
        weight = g.node("Unsqueeze", [seen, g.constant(np.array([2], dtype=np.int64))])
        total = g.node("ReduceSum", [g.node("Mul", [x, weight]), one], keepdims=0)
        result = g.node("LpNormalization", [total], axis=-1, p=2)
    else:
        pooled = g.node("Tanh", [exact(g.node("Squeeze", [x, one]), "bert.pooler.dense")])
        result = exact(pooled, "classifier")
    g.nodes.append(helper.make_node("Identity", [result], [head]))
    names = ["attention_mask", *(["token_type_ids"] if head == "logits" else [])]
    graph = helper.make_graph(
        g.nodes,
        "bukti",
        [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["pairs", "tokens", size]),
            *(helper.make_tensor_value_info(name, TensorProto.INT64, ["pairs", "tokens"]) for name in names),
        ],
        [helper.make_tensor_value_info(head, TensorProto.FLOAT, ["pairs", 3 if head == "logits" else size])],
        g.weights,
    )
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)], ir_version=10
    )
    onnx.checker.check_model(made)
    return made


def write_words(model: torch.nn.Module, path: Path) -> None:
    """Writes the word embedding, which the models share, as int8 with a scale a row."""
    embedding: Any = model
    weight = embedding.get_input_embeddings().weight.detach().float().numpy()
    rows, scales = in_steps(weight, 127)
    path.write_bytes(save({"rows": rows.astype(np.int8), "scales": scales.astype(np.float32)}))


def restore(path: Path, words: Path) -> dict[str, torch.Tensor]:
    """Gives the weights of a written graph and its word embedding in float32, by the names that the torch model has for them."""
    kept = {weight.name: numpy_helper.to_array(weight) for weight in onnx.load(path).graph.initializer}
    state: dict[str, np.ndarray] = {}
    for name, values in kept.items():
        if f"{name}.scale" in kept:
            state[name] = (values.astype(np.float32) * kept[f"{name}.scale"]).T
            place = name.removesuffix(".weight")
            place = place.rpartition(".")[0] if ".attention.self." in place else place
            state[name] = state[name] * kept.get(f"{place}.over", np.float32(1))
        elif name.endswith((".weight", ".bias")):
            state[name] = values
    for name in [name for name in state if ".attention.self." in name]:
        start, part = name.split(".attention.self.")
        parts, kind = part.split(".")
        names = parts.split("_")
        for each, values in zip(names, np.split(state.pop(name), len(names)), strict=True):
            root = (values.shape[-1] // 12) ** 0.5 if kind == "weight" else (len(values) // 12) ** 0.5
            state[f"{start}.attention.self.{each}.{kind}"] = values * root if each == "query" else values
    table = load(words.read_bytes())
    prefix = "bert." if "classifier.weight" in state else ""
    state[f"{prefix}embeddings.word_embeddings.weight"] = table["rows"] * table["scales"][:, None]
    for name in [name for name in state if "token_type" in name and state[name].ndim == 1]:
        state[name] = np.stack([state[name], state[name]])
    return {name: torch.from_numpy(np.array(values, dtype=np.float32)) for name, values in state.items()}


def write(model: onnx.ModelProto, path: Path) -> None:
    """Writes the graph."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def write_tokenizer(source: Path, path: Path) -> None:
    """Writes the tokenizer without spaces between its parts."""
    path.write_text(
        json.dumps(json.loads(source.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":")),
        encoding="utf-8",
    )
