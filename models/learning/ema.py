"""Exponential moving averages of weights, with a half-life counted in pictures."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


def averaged_copy(net: Net) -> Net:
    """A copy that is never trained: where the average lives."""
    return copy.deepcopy(net).requires_grad_(False).eval()


def decay(batch: int, half_life: float, images_seen: int, ramp: float = 0.05) -> float:
    """The factor that the old average keeps at one step of `batch` pictures.

    After `half_life` pictures an old weight counts one half (Karras 2020, arXiv:1912.04958,
    in pictures and not in steps). At the start the half-life is `ramp` of the pictures
    seen so far, so that the average forgets the random initial weights.
    """
    life = min(half_life, ramp * images_seen)
    return float(0.5 ** (batch / life)) if life > 0 else 0.0


@torch.no_grad()
def update(average: nn.Module, net: nn.Module, keep: float) -> None:
    """average = keep * average + (1 - keep) * net, all weights in one call; buffers copied."""
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1.0 - keep)
    for old, new in zip(average.buffers(), net.buffers(), strict=True):
        old.copy_(new)
