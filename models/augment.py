"""Augmentation inside training: mirror, shift, zoom, colour and cutout, all differentiable.

DiffAugment (Zhao 2020, arXiv:2006.10738) applied with a probability per picture and per
kind, as ADA (Karras 2020, arXiv:2006.06676, Sec. 2). Pictures are float NCHW in [-1, 1];
with four channels colour is premultiplied, and stays so.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a picture. All strengths at 0 is the identity.

    `shift`: largest shift as a part of the side. `zoom`: largest zoom in or out, 0.1 is
    10 %. `colour`: 1 is brightness +-0.25, contrast 0.5 to 1.5, saturation 0 to 2 (colour
    values 0..1). `cutout`: side of the hole as a part of the picture's side. `mirror`
    happens to half of the pictures whatever `p`; everything else happens, kind by kind,
    with probability `p`. `reflect` fills what moves in from outside with the
    reflection; otherwise it is middle grey, or clear with alpha.
    """

    p: float = 1.0
    mirror: bool = False
    shift: float = 0.0
    zoom: float = 0.0
    colour: float = 0.0
    cutout: float = 0.0
    reflect: bool = False

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Augment [N, C, H, W]; every draw comes from `generator` (on the device of `x`)."""
        if self.colour > 0 and self.p > 0:
            x = self._recolour(x, generator)
        if self.mirror or (self.p > 0 and (self.shift > 0 or self.zoom > 0)):
            x = self._move(x, generator)
        if self.cutout > 0 and self.p > 0:
            x = self._cut(x, generator)
        return x

    def _happens(self, x: Tensor, generator: torch.Generator) -> Tensor:
        return _uniform(x, generator) < self.p

    def _recolour(self, x: Tensor, generator: torch.Generator) -> Tensor:
        inks = min(3, x.shape[1])
        colour, alpha = (x[:, :inks] + 1) / 2, x[:, inks:]
        cover = (alpha + 1) / 2 if alpha.shape[1] else torch.ones_like(x[:, :1])
        on = [self._happens(x, generator).float() * self.colour for _ in range(3)]
        draw = [2 * _uniform(x, generator) - 1 for _ in range(3)]
        colour = colour + 0.25 * draw[0] * on[0] * cover
        if inks == 3:
            grey = colour.mean(1, keepdim=True)
            colour = grey + (colour - grey) * (1 + draw[1] * on[1])
        covered = cover.mean((1, 2, 3), keepdim=True).clamp_min(1e-3)
        middle = colour.mean((1, 2, 3), keepdim=True) / covered * cover
        colour = middle + (colour - middle) * (1 + 0.5 * draw[2] * on[2])
        return torch.cat([colour * 2 - 1, alpha], dim=1)

    def _move(self, x: Tensor, generator: torch.Generator) -> Tensor:
        n, _, height, width = x.shape
        flip = 1.0 - 2.0 * (_uniform(x, generator).view(n) < 0.5).float() * self.mirror
        zoomed = self._happens(x, generator).float().view(n) * self.zoom
        draw = 2 * _uniform(x, generator).view(n) - 1
        scale = torch.exp2(draw * torch.log2(1 + zoomed))
        shifted = self._happens(x, generator).float().view(n) * self.shift
        # Whole pixels: a shift must not blur what is to be reconstructed.
        right = ((2 * _uniform(x, generator).view(n) - 1) * shifted * width).round() * 2 / width
        down = ((2 * _uniform(x, generator).view(n) - 1) * shifted * height).round() * 2 / height
        none = torch.zeros_like(scale)
        rows = [
            torch.stack([flip / scale, none, right], 1),
            torch.stack([none, 1 / scale, down], 1),
        ]
        grid = F.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
        empty = _empty(x)
        fill = "reflection" if self.reflect else "zeros"
        moved = F.grid_sample(x - empty, grid, padding_mode=fill, align_corners=False) + empty
        return moved.contiguous(memory_format=torch.channels_last)

    def _cut(self, x: Tensor, generator: torch.Generator) -> Tensor:
        hole = self._happens(x, generator)
        for dim, side in ((2, x.shape[2]), (3, x.shape[3])):
            shape = (1, 1, -1, 1) if dim == 2 else (1, 1, 1, -1)
            place = (torch.arange(side, device=x.device) + 0.5).view(shape) / side
            hole = hole & ((place - _uniform(x, generator)).abs() < self.cutout / 2)
        return x.masked_fill(hole, _empty(x))


def _uniform(x: Tensor, generator: torch.Generator) -> Tensor:
    return torch.rand(x.shape[0], 1, 1, 1, device=x.device, generator=generator)


def _empty(x: Tensor) -> float:
    """Middle grey, or clear where there is alpha."""
    return -1.0 if x.shape[1] == 4 else 0.0
