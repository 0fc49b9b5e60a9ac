"""The training loop that every stage runs: length-bucketed batches, bfloat16, a warm-up and a linear decay, checkpoints to go on from.

The model itself is held in bfloat16, and a float32 copy of its weights takes the steps: on a CPU with AVX512-BF16 that is
a quarter faster than autocast, since nothing is cast on the way.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

CHECKPOINT_S = 240.0
"""Seconds between checkpoints."""

AVERAGE_EVERY = 10
"""Steps between two looks at the weights, when they are averaged."""


def set_up(seed: int) -> torch.device:
    """Fixes the seeds; gives the device that is there."""
    random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        return torch.device("cuda")
    torch.set_num_threads(2)
    return torch.device("cpu")


def batches(lengths: Sequence[int], *, tokens: int, most: int, seed: int) -> list[list[int]]:
    """Cuts rows into batches of about as many tokens each, of rows of like length, in a random order made by the seed."""
    chance = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda row: (lengths[row] + chance.uniform(-2, 2), row))
    cut: list[list[int]] = [[]]
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if cut[-1] and (len(cut[-1]) >= most or (len(cut[-1]) + 1) * longest > tokens):
            cut.append([])
            longest = lengths[row]
        cut[-1].append(row)
    chance.shuffle(cut)
    return cut


def pad(rows: Sequence[Sequence[int]], device: torch.device, *, fill: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Gives ids and attention mask, (rows, longest row) each."""
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
    return ids, mask


def set_dropout(model: torch.nn.Module, share: float) -> None:
    """Sets every dropout of the model but those within attention: on a CPU all of them take a quarter of the time."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0 if "attention" in name else share


def train(
    model: torch.nn.Module,
    *,
    steps: Sequence[Any],
    loss_of: Callable[[Any, int], torch.Tensor],
    out: Path,
    rate: float,
    warm_up: float = 0.06,
    weight_decay: float = 0.01,
    fast: Sequence[str] = (),
    fast_factor: float = 1.0,
    average_from: float = 1.0,
    log: Callable[[int], dict[str, float]] | None = None,
    log_every: int = 500,
) -> None:
    """Trains `model` over `steps`, going on from the checkpoint in `out` if there is one; leaves it in float32.

    Args:
        model: What is trained.
        steps: What `loss_of` is given, one a step.
        loss_of: Gives the loss of a step, in float32.
        out: Folder of checkpoint and curve.
        rate: Highest learning rate.
        warm_up: Share of the steps in which the rate rises.
        weight_decay: AdamW's, for matrices.
        fast: Parts of the names of parameters with another rate.
        fast_factor: That rate's factor.
        average_from: From this share of the steps on the weights are averaged; 1 for no average.
        log: Gives figures for the curve, from the model as it is.
        log_every: Steps between two lines of the curve.
    """
    out.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16)
    live = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    exact = [parameter.detach().float().clone() for _, parameter in live]
    groups: dict[tuple[bool, bool], list[torch.Tensor]] = {}
    for (name, parameter), copy in zip(live, exact, strict=True):
        groups.setdefault((any(part in name for part in fast), parameter.ndim > 1), []).append(copy)
    optimizer = torch.optim.AdamW(
        [
            {
                "params": copies,
                "weight_decay": weight_decay if matrix else 0.0,
                "scale": fast_factor if quick else 1.0,
            }
            for (quick, matrix), copies in groups.items()
        ],
        lr=rate,
        fused=True,
    )
    average, averaged = [torch.zeros_like(copy) for copy in exact] if average_from < 1 else [], 0
    start, checkpoint = 0, out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        for copy, kept in zip(exact, saved["exact"], strict=True):
            copy.copy_(kept)
        for copy, kept in zip(average, saved["average"], strict=True):
            copy.copy_(kept)
        optimizer.load_state_dict(saved["optimizer"])
        torch.set_rng_state(saved["random"])
        start, averaged = saved["step"], saved["averaged"]
        print(f"goes on from step {start} of {len(steps)}", flush=True)

    def show(copies: Sequence[torch.Tensor]) -> None:
        with torch.no_grad():
            for (_, parameter), copy in zip(live, copies, strict=True):
                parameter.copy_(copy)

    def save(step: int) -> None:
        state = {
            "exact": exact,
            "average": average,
            "averaged": averaged,
            "optimizer": optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "step": step,
        }
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)

    show(exact)
    rising = max(1, int(warm_up * len(steps)))
    began = last = time.monotonic()
    running, seen = 0.0, 0
    model.train()
    for number in range(start, len(steps)):
        share = min((number + 1) / rising, (len(steps) - number) / max(1, len(steps) - rising))
        for group in optimizer.param_groups:
            group["lr"] = rate * share * group["scale"]
        loss = loss_of(steps[number], number)
        loss.backward()
        for (_, parameter), copy in zip(live, exact, strict=True):
            copy.grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_(exact, 1.0)
        optimizer.step()
        show(exact)
        if average and number >= average_from * len(steps) and number % AVERAGE_EVERY == 0:
            averaged += 1
            for mean, copy in zip(average, exact, strict=True):
                mean.add_(copy - mean, alpha=1 / averaged)
        running, seen = running + loss.item(), seen + 1
        if (number + 1) % log_every == 0 or number + 1 == len(steps):
            model.eval()
            figures = log(number + 1) if log else {}
            model.train()
            line = {
                "step": number + 1,
                "of": len(steps),
                "loss": round(running / seen, 4),
                "s": round(time.monotonic() - began),
                **figures,
            }
            with (out / "curve.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
            running, seen = 0.0, 0
        if time.monotonic() - last > CHECKPOINT_S or number + 1 == len(steps):
            save(number + 1)
            last = time.monotonic()
    model.float()
    show(average if averaged else exact)
    model.eval()
