"""Adaptive discriminator augmentation: Karras 2020, arXiv:2006.06676 (ADA).

:class:`Pipe` is what may happen to a picture before the critic sees it (App. B: pixel
blitting, geometry, colour), :class:`Controller` decides how often. Neither ever waits for the
device. Warps are bilinear; the paper's wavelet low-pass around them is left out.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts.augment import covered, grained

LARGEST_P = 0.85
"""Above this, augmentations leak into what is generated (Sec. 2.2)."""


class Controller(nn.Module):
    """The probability p, kept where the critic's scores of real pictures are positive often enough.

    r_t = E[sign D(real)] (Eq. 1, right) above the target means that the critic knows the set
    by heart: p rises, else it falls. All state is in persistent buffers.
    """

    p: Tensor
    signs: Tensor
    count: Tensor

    def __init__(self, p: float) -> None:
        super().__init__()
        self.register_buffer("p", torch.tensor(float(p)))
        self.register_buffer("signs", torch.zeros(()))
        self.register_buffer("count", torch.zeros(()))

    @torch.no_grad()
    def observe(self, scores: Tensor) -> None:
        """Take in the critic's scores [N] of real pictures."""
        self.signs += scores.sign().sum()
        self.count += len(scores)

    @torch.no_grad()
    def adjust(self, target: float, pictures: float) -> None:
        """Move p by one step; from 0 to 1 would take so many `pictures`. p stays in [0, 0.85]."""
        ratio = self.signs / self.count.clamp_min(1)
        step = torch.sign(ratio - target) * self.count / pictures
        self.p.add_(step).clamp_(0.0, LARGEST_P)
        self.signs.zero_()
        self.count.zero_()

    @torch.no_grad()
    def set_p(self, p: float) -> None:
        self.p.fill_(p).clamp_(0.0, LARGEST_P)


@dataclass(frozen=True)
class Pipe:
    """What may happen to a picture; the defaults are the paper's (App. B, Table 3).

    `mirror`: x-flip. `turn` in [0, 1]: how often, relative to p, quarter turns and rotations.
    `shift`: largest whole and typical fractional shift, as a part of the side. `zoom`: typical
    enlargement, uniform and of one axis. `colour` in [0, 1]: strength of brightness, contrast,
    inversion, hue and saturation. `noise`: typical standard deviation as a part of the range of
    values. `cutout`: side of the hole as a part of the side; the paper's own default pipe has
    neither. `crop`: the largest part of the side that is cut away before the rest is enlarged;
    the paper has no such thing.
    """

    mirror: bool = True
    turn: float = 1.0
    shift: float = 0.125
    zoom: float = 0.15
    colour: float = 1.0
    cutout: float = 0.0
    crop: float = 0.0
    noise: float = 0.0

    def __call__(self, x: Tensor, p: Tensor, generator: torch.Generator) -> Tensor:
        """Augment [N, C, H, W] in [-1, 1] with probability `p` (a scalar on the device) a kind.

        What nothing happens to comes back bit by bit; so does everything at p = 0. With four
        channels colour is premultiplied, and stays so. Every draw comes from `generator`.
        """
        where, moved = self.geometry(x, p, generator)
        warped = F.grid_sample(
            x, _normalised(where, x), padding_mode="reflection", align_corners=False
        )
        x = torch.where(moved.view(-1, 1, 1, 1), warped, x)
        if self.colour > 0:
            matrix, offset, changed = self.recolouring(x, p, generator)
            x = torch.where(changed.view(-1, 1, 1, 1), _recoloured(x, matrix, offset), x)
        if self.noise > 0:
            x = self._grained(x, p, generator)
        if self.cutout > 0:
            x = covered(x, self.cutout, p, generator)
        return x.contiguous(memory_format=torch.channels_last)

    def geometry(self, x: Tensor, p: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """(matrices [N, 3, 3] from a place in the result to one in `x`, which pictures move [N]).

        Places are in pixels from the centre. The order is the paper's: x-flip, quarter turn,
        whole shift, zoom, rotation, stretch, rotation, fractional shift.
        """
        draw = _Draws(len(x), x.device, generator)
        height, width = x.shape[2:]
        odds = 1 - (1 - self.turn * p).sqrt()
        shifting, zooming = p * (self.shift > 0), p * (self.zoom > 0)
        flips, flip = draw.happens(p * self.mirror), draw.uniform() < 0.5
        turns, quarter = draw.happens(self.turn * p), (draw.uniform() * 4).floor()
        jumps = draw.happens(shifting)
        right, down = draw.between(self.shift), draw.between(self.shift)
        zooms, zoom = draw.happens(zooming), draw.normal() * math.log2(1 + self.zoom)
        before, angle = draw.happens(odds), draw.between(math.pi)
        stretches, stretch = draw.happens(zooming), draw.normal() * math.log2(1 + self.zoom)
        after, angle2 = draw.happens(odds), draw.between(math.pi)
        drifts = draw.happens(shifting)
        x_drift, y_drift = draw.normal() * self.shift, draw.normal() * self.shift

        size, side = torch.exp2(zoom * zooms), torch.exp2(stretch * stretches)
        matrix = _scaling(1 - 2 * (flips & flip).float(), torch.ones_like(zoom))
        matrix = matrix @ _rotation(quarter * turns * (math.pi / 2))
        matrix = matrix @ _shift((right * jumps * width).round(), (down * jumps * height).round())
        matrix = matrix @ _scaling(size, size)
        matrix = matrix @ _rotation(angle * before)
        matrix = matrix @ _scaling(side, 1 / side)
        matrix = matrix @ _rotation(angle2 * after)
        matrix = matrix @ _shift(x_drift * drifts * width, y_drift * drifts * height)
        moved = (flips & flip) | turns | jumps | zooms | before | stretches | after | drifts
        if self.crop > 0:
            part, crops = self._cropping(draw, p, x)
            matrix, moved = part @ matrix, moved | crops
        return matrix, moved

    def _cropping(self, draw: _Draws, p: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """(matrices into a part of the picture that lies wholly inside, which are cropped)."""
        crops, cut = draw.happens(p), draw.uniform() * self.crop
        height, width = x.shape[2:]
        right, down = draw.between(width / 2), draw.between(height / 2)
        cut = cut * crops
        return _shift(right * cut, down * cut) @ _scaling(1 - cut, 1 - cut), crops

    def recolouring(
        self, x: Tensor, p: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(matrices [N, c, c], offsets [N], which pictures change [N]): colour = M colour + offset.

        c is 1 for grey pictures, which have neither hue nor saturation, and else 3.
        """
        draw = _Draws(len(x), x.device, generator)
        lights, light = draw.happens(p), draw.normal() * 0.2
        contrasts, contrast = draw.happens(p), draw.normal() * 0.5
        inverts, invert = draw.happens(self.colour * p), draw.uniform() < 0.5
        hues, hue = draw.happens(p), draw.between(math.pi)
        fades, fade = draw.happens(p), draw.normal()

        gain = torch.exp2(self.colour * contrast * contrasts)
        luma = gain * (1 - 2 * (inverts & invert).float())
        offset = luma * light * lights * self.colour
        changed = lights | contrasts | (inverts & invert)
        if x.shape[1] == 1:
            return luma.view(-1, 1, 1), offset, changed
        angle = self.colour * hue * hues
        chroma = gain * torch.exp2(self.colour * fade * fades)
        grey, rest, cross = _colour_axes(x.device)
        matrix = luma.view(-1, 1, 1) * grey
        matrix = matrix + (chroma * angle.cos()).view(-1, 1, 1) * rest
        matrix = matrix + (chroma * angle.sin()).view(-1, 1, 1) * cross
        return matrix, offset, changed | hues | fades

    def _grained(self, x: Tensor, p: Tensor, generator: torch.Generator) -> Tensor:
        draw = _Draws(len(x), x.device, generator)
        grains = draw.happens(p)
        deviation = (draw.normal().abs() * self.noise).view(-1, 1, 1, 1)
        noisy = grained(x, deviation, generator)
        return torch.where(grains.view(-1, 1, 1, 1), noisy, x)


@dataclass(frozen=True)
class _Draws:
    """`n` numbers at a time, one for each picture."""

    n: int
    device: torch.device
    generator: torch.Generator

    def uniform(self) -> Tensor:
        return torch.rand(self.n, device=self.device, generator=self.generator)

    def between(self, limit: float) -> Tensor:
        return (2 * self.uniform() - 1) * limit

    def normal(self) -> Tensor:
        return torch.randn(self.n, device=self.device, generator=self.generator)

    def happens(self, p: Tensor) -> Tensor:
        return self.uniform() < p


def _matrix(rows: list[list[Tensor]]) -> Tensor:
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def _scaling(x: Tensor, y: Tensor) -> Tensor:
    none, one = torch.zeros_like(x), torch.ones_like(x)
    return _matrix([[x, none, none], [none, y, none], [none, none, one]])


def _rotation(angle: Tensor) -> Tensor:
    none, one = torch.zeros_like(angle), torch.ones_like(angle)
    cos, sin = angle.cos(), angle.sin()
    return _matrix([[cos, -sin, none], [sin, cos, none], [none, none, one]])


def _shift(x: Tensor, y: Tensor) -> Tensor:
    none, one = torch.zeros_like(x), torch.ones_like(x)
    return _matrix([[one, none, x], [none, one, y], [none, none, one]])


def _normalised(matrix: Tensor, x: Tensor) -> Tensor:
    """The grid of `grid_sample` for matrices in pixels from the centre."""
    height, width = x.shape[2:]
    units = _units(height, width, x.device)
    return F.affine_grid(matrix[:, :2] * units, list(x.shape), align_corners=False)


# Constants are made once and kept: sending them to the device anew would wait for it.
@functools.lru_cache(maxsize=16)
def _units(height: int, width: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        rows = [[1, height / width, 2 / width], [width / height, 1, 2 / height]]
        return torch.tensor(rows, device=device)


@functools.lru_cache(maxsize=4)
def _colour_axes(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """(projection to the grey axis, projection off it, quarter turn about it): [3, 3] each."""
    with torch.inference_mode(False):
        grey = torch.full((3, 3), 1 / 3)
        cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
        rest = torch.eye(3) - grey
        return grey.to(device), rest.to(device), cross.to(device)


def _recoloured(x: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """M x + offset of the colours, on premultiplied colour where there is alpha."""
    inks = matrix.shape[1]
    colour, alpha = x[:, :inks] + 1, x[:, inks:]
    cover = (alpha + 1) / 2 if alpha.shape[1] else 1.0
    white = matrix.sum(2)[:, :, None, None]
    base = offset.view(-1, 1, 1, 1) + 1 - white
    changed = torch.einsum("nij,njhw->nihw", matrix, colour) + base * cover - 1
    return torch.cat([changed, alpha], 1)
