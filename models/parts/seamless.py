"""Pictures that tile: networks on a torus, and rolls where other runs shift.

On a torus what looks beyond an edge sees the opposite edge. White noise needs no care: its
numbers know nothing of their neighbours, so it has no seam. No tensor is added or renamed:
the same weights can be played with and without.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from models.parts.augment import Augmentation


class Edged:
    """A module with something of its own that looks beyond the edge. :func:`close` sets `seamless`.

    A mixin for what is not an `nn.Conv2d`; its attribute is no part of the saved model.
    """

    seamless: bool = False


def close(*nets: nn.Module) -> None:
    """Put every module of these networks on a torus; before their averages are copied."""
    for net in nets:
        for module in net.modules():
            if isinstance(module, Edged):
                module.seamless = True
            elif isinstance(module, nn.Conv2d) and module.padding != (0, 0):
                module.padding_mode = "circular"


def wrapped(x: Tensor, margin: int) -> Tensor:
    """[N, c, h, w] with `margin` pixels of the opposite edges all around: sides + 2 * margin.

    `margin` is at most the shorter side. Unlike `F.pad` it keeps the memory order.
    """
    x = torch.cat([x[:, :, -margin:], x, x[:, :, :margin]], 2)
    return torch.cat([x[:, :, :, -margin:], x, x[:, :, :, :margin]], 3)


def rolled(x: Tensor, shift: float, p: float | Tensor, generator: torch.Generator) -> Tensor:
    """Each picture of [N, C, H, W] rolled both ways, by whole pixels, with probability `p`.

    By up to `shift` of its side; 0 draws nothing and gives `x` back. Every number comes out
    bit by bit as it went in.
    """
    if shift <= 0:
        return x
    n, channels, height, width = x.shape

    def uniform() -> Tensor:
        return torch.rand(n, 1, device=x.device, generator=generator)

    moves = uniform() < p
    down = ((2 * uniform() - 1) * shift * height).round() * moves
    right = ((2 * uniform() - 1) * shift * width).round() * moves
    rows = (torch.arange(height, device=x.device) - down.long()) % height
    columns = (torch.arange(width, device=x.device) - right.long()) % width
    place = (rows[:, :, None] * width + columns[:, None, :]).view(n, 1, -1)
    moved = x.flatten(2).gather(2, place.expand(-1, channels, -1)).view(x.shape)
    return moved.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class RollingAugmentation(Augmentation):
    """As its base, but a shift is a roll: what leaves at one edge comes in at the other."""

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Augment [N, C, H, W]; every draw comes from `generator` (on the device of `x`)."""
        x = rolled(x, self.shift, self.p, generator)
        return Augmentation.__call__(replace(self, shift=0.0), x, generator)
