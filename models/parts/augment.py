"""Augmentation inside training: mirror, shift, turn, zoom, crop, colour, noise and cutout.

DiffAugment (Zhao 2020, arXiv:2006.10738) applied with a probability per picture and per
kind, as ADA (Karras 2020, arXiv:2006.06676, Sec. 2). Pictures are float NCHW in [-1, 1];
with four channels colour is premultiplied, and stays so. All of it is differentiable.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from models.parameters import Declared

PREFIX = "augment_"
"""What the parameters of a family that belong here begin with."""


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a picture. All strengths at 0 is the identity.

    `shift`: largest shift as a part of the side. `zoom`: largest zoom in or out, 0.1 is
    10 %. `colour`: 1 is brightness +-0.25, contrast 0.5 to 1.5, saturation 0 to 2 (colour
    values 0..1). `cutout`: side of the hole as a part of the picture's side. `mirror`
    happens to half of the pictures whatever `p`; everything else happens, kind by kind,
    with probability `p`. `rotate`: largest angle in degrees. `crop`: the largest part of the
    side that is cut away before the rest is enlarged to the whole, anywhere in the picture.
    `noise`: largest standard deviation of Gaussian noise as a part of the range of values;
    none where the picture is clear. `reflect` fills what moves in from outside with the
    reflection; otherwise it is middle grey, or clear with alpha.
    """

    p: float = 1.0
    mirror: bool = False
    shift: float = 0.0
    zoom: float = 0.0
    colour: float = 0.0
    cutout: float = 0.0
    reflect: bool = False
    rotate: float = 0.0
    crop: float = 0.0
    noise: float = 0.0

    @classmethod
    def of(cls, config: Declared, **changes: Any) -> Self:
        """What the `augment_` parameters of a family say, with some of it replaced."""
        values = config.as_dict()
        known = {each.name for each in dataclasses.fields(cls)}
        said = {
            name.removeprefix(PREFIX): value
            for name, value in values.items()
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) in known
        }
        return cls(**{**said, **changes})

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Augment [N, C, H, W]; every draw comes from `generator` (on the device of `x`)."""
        if self.colour > 0 and self.p > 0:
            x = self._recolour(x, generator)
        moves = max(self.shift, self.zoom, self.rotate, self.crop) > 0
        if self.mirror or (self.p > 0 and moves):
            x = self._move(x, generator)
        return self.hide(x, generator)

    def hide(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Only that which takes something away from [N, C, H, W]: noise and cutout."""
        if self.noise > 0 and self.p > 0:
            strength = _uniform(x, generator) * self._happens(x, generator).float()
            x = grained(x, self.noise * strength, generator)
        if self.cutout > 0 and self.p > 0:
            x = covered(x, self.cutout, self.p, generator)
        return x

    def shown(self) -> Self:
        """The rest of it, which a network that redraws pictures has to redraw."""
        return dataclasses.replace(self, noise=0.0, cutout=0.0)

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
        matrix = self._cropped(self._turned(torch.stack(rows, 1), x, generator), x, generator)
        grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
        empty = _empty(x)
        fill = "reflection" if self.reflect else "zeros"
        moved = F.grid_sample(x - empty, grid, padding_mode=fill, align_corners=False) + empty
        return moved.contiguous(memory_format=torch.channels_last)

    def _turned(self, matrix: Tensor, x: Tensor, generator: torch.Generator) -> Tensor:
        """[N, 2, 3] in halves of the sides, with a rotation about the middle in between."""
        if self.rotate <= 0 or self.p <= 0:
            return matrix
        turns = self._happens(x, generator).float().view(-1)
        angle = (2 * _uniform(x, generator).view(-1) - 1) * math.radians(self.rotate) * turns
        wide = x.shape[3] / x.shape[2]
        cos, sin = angle.cos(), angle.sin()
        rows = [torch.stack([cos, -sin / wide], 1), torch.stack([sin * wide, cos], 1)]
        turn = torch.stack(rows, 1)
        # A shift stays along the sides: what is turned is the picture, not the way it moves.
        return torch.cat([turn @ matrix[:, :, :2], matrix[:, :, 2:]], 2)

    def _cropped(self, matrix: Tensor, x: Tensor, generator: torch.Generator) -> Tensor:
        """[N, 2, 3] in halves of the sides, looking into a part of the picture only."""
        if self.crop <= 0 or self.p <= 0:
            return matrix
        crops = self._happens(x, generator).float()
        cut = _uniform(x, generator) * self.crop * crops
        middle = [(2 * _uniform(x, generator) - 1) * cut for _ in range(2)]
        part = (1 - cut).view(-1, 1, 1)
        return matrix * part + F.pad(torch.cat(middle, 1).view(-1, 2, 1), (2, 0))


def covered(x: Tensor, cutout: float, p: float | Tensor, generator: torch.Generator) -> Tensor:
    """[N, C, H, W], with probability `p` a hole each of `cutout` of its sides, anywhere in it."""
    hole = _uniform(x, generator) < p
    for shape, side in (((1, 1, -1, 1), x.shape[2]), ((1, 1, 1, -1), x.shape[3])):
        place = (torch.arange(side, device=x.device) + 0.5).view(shape) / side
        hole = hole & ((place - _uniform(x, generator)).abs() < cutout / 2)
    return x.masked_fill(hole, _empty(x))


def grained(x: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """[N, C, H, W] in [-1, 1] with Gaussian noise, where it is not clear.

    `deviation` [N, 1, 1, 1] is a part of the range of values.
    """
    inks = min(3, x.shape[1])
    shape = (len(x), inks, *x.shape[2:])
    grain = 2 * deviation * torch.randn(shape, device=x.device, generator=generator)
    if x.shape[1] == 4:
        return torch.cat([x[:, :3] + grain * (x[:, 3:] + 1) / 2, x[:, 3:]], 1)
    return x + grain


def _uniform(x: Tensor, generator: torch.Generator) -> Tensor:
    return torch.rand(x.shape[0], 1, 1, 1, device=x.device, generator=generator)


def _empty(x: Tensor) -> float:
    """Middle grey, or clear where there is alpha."""
    return -1.0 if x.shape[1] == 4 else 0.0
