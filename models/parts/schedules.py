"""Learning rates over a run and the optimisers, shared by the families."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

FUSED_ON = ("cpu", "cuda", "mps", "xpu")


def cosine(start: float, end: float, fraction: float) -> float:
    """From `start` to `end` along half a cosine; `fraction` in [0, 1] (Loshchilov 2017)."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, fraction))))


def warmed(images_seen: int, batch: int, warmup: int) -> float:
    """A factor that climbs linearly to 1 over the first `warmup` pictures."""
    return min(1.0, (images_seen + batch) / warmup) if warmup > 0 else 1.0


def adam(
    weights: Iterable[nn.Parameter],
    lr: float,
    betas: tuple[float, float],
    weight_decay: float = 0.0,
) -> torch.optim.Optimizer:
    """AdamW (Loshchilov 2019; with no decay it is Adam), fused where the device can."""
    weights = list(weights)
    fused = all(w.device.type in FUSED_ON and w.is_floating_point() for w in weights)
    return torch.optim.AdamW(
        weights, lr=lr, betas=betas, eps=1e-8, weight_decay=weight_decay, fused=fused
    )


def set_rates(
    optimizer: torch.optim.Optimizer,
    lr: float,
    betas: tuple[float, float] | None = None,
    weight_decay: float | None = None,
) -> None:
    """Give every group its rate for the coming step; None leaves the others as they are."""
    for group in optimizer.param_groups:
        group["lr"] = lr
        if weight_decay is not None:
            group["weight_decay"] = weight_decay
        if betas is not None:
            group["betas"] = betas
