"""The networks of StyleGAN2: skip generator and residual critic.

Karras 2020, arXiv:1912.04958, Sec. 4 and Fig. 7.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.bending import Bends, Layer, bent
from models.draws import Draws
from models.image_spec import ImageSpec
from models.parts.classes import class_vectors, vectors_of
from models.parts.layers import LEAK, nearest_level
from models.parts.modulated import (
    BOOST,
    EqualConv,
    EqualLinear,
    Mapping,
    ModulatedConv,
    StyledLayer,
    clamped,
    full_precision,
    of_power_one,
)
from models.parts.resampling import enlarge
from models.parts.seamless import Edged

GROUP = 4
"""Pictures that the critic compares with each other."""


class Generator(Edged, nn.Module):
    """Latents w [N, slots, dim] to pictures [N, channels, H, W], about [-1, 1].

    Every level adds its picture to the enlarged one of the level below (skips: Karras 2020,
    Fig. 7b). `widths` runs from full resolution to the base grid. A level takes the slots of
    its two layers; its picture is made by the slot that the next level starts with.

    `clamp` is the largest activation, 0 for any. With `dark_edge` what is outside a picture that
    is enlarged is nought, as in the reference, instead of what is at its edge.
    """

    paints_all: ClassVar[bool] = True
    """Whether every level has a picture, or the last one alone."""
    slots_of_level: ClassVar[int] = 2

    def __init__(
        self, spec: ImageSpec, dim: int, layers: int, widths: Sequence[int],
        *, clamp: float = 0.0, dark_edge: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        height, width, doublings = spec.base_grid()
        self.grid = (height, width)
        self.slots = self.slots_of_level * (doublings + 1)
        self.clamp, self.dark_edge = clamp, dark_edge
        rising = self.widths = list(reversed(widths))
        self.mapping = Mapping(dim, layers, spec.classes)
        self.pattern = nn.Parameter(torch.randn(1, rising[0], height, width))
        self._build(rising, dim)
        painting = rising if self.paints_all else rising[-1:]
        self.paint = nn.ModuleList(
            ModulatedConv(w, spec.channels, dim, 1, demodulate=False) for w in painting
        )
        self.tint = nn.ParameterList(torch.zeros(spec.channels, 1, 1) for _ in painting)

    def _build(self, rising: Sequence[int], dim: int) -> None:
        """The 3x3 layers, of so many channels from the base grid up."""
        clamp = self.clamp
        self.first = StyledLayer(rising[0], rising[0], dim, clamp=clamp)
        self.grow = nn.ModuleList(
            StyledLayer(a, b, dim, up=True, clamp=clamp) for a, b in pairwise(rising)
        )
        self.refine = nn.ModuleList(StyledLayer(w, w, dim, clamp=clamp) for w in rising[1:])

    def noise_sides(self) -> list[tuple[int, int]]:
        """(height, width) of the noise of every layer, in the order of `forward`."""
        height, width = self.grid
        return [(height << level, width << level) for _, level, _ in self._layers()]

    def layers(self) -> tuple[Layer, ...]:
        """Those with noise, in the order of `forward`."""
        return tuple(
            Layer(self.widths[level], *side, True, own)
            for (_, level, own), side in zip(self._layers(), self.noise_sides(), strict=True)
        )

    def _layers(self) -> list[tuple[int, int, tuple[str, ...]]]:
        """Slot, level and tensors of every layer, in the order of `forward`."""
        found = [(0, 0, ("pattern", "first.", *self._painting(0)))]
        for k in range(1, len(self.grow) + 1):
            refined = (f"refine.{k - 1}.", *self._painting(k))
            found += [(2 * k - 1, k, (f"grow.{k - 1}.",)), (2 * k, k, refined)]
        return found

    def _painting(self, level: int) -> tuple[str, ...]:
        """The tensors of the picture of one level."""
        if self.paints_all:
            return f"paint.{level}.", f"tint.{level}"
        return ("paint.0.", "tint.0") if level == len(self.grow) else ()

    def forward(
        self, w: Tensor, noise: Sequence[Tensor], resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        x = self.pattern.expand(w.shape[0], -1, -1, -1)  # [N, coarsest, height, width]
        x = self._base(x.contiguous(memory_format=torch.channels_last), w, noise, bends)
        stop = nearest_level(self.grid, len(self.grow), resolution)
        picture = self._shown(0, None, x, w)
        for k in range(1, stop + 1):
            x = self._level(k, x, w, noise, bends)
            if resolution is None:
                picture = self._shown(k, picture, x, w)
        return x if picture is None or resolution is not None else picture

    def styles(self, w: Tensor) -> Tensor:
        """The styles of all 3x3 layers, one after the other, of w [N, slots, dim]."""
        slots = [slot for slot, _, _ in self._layers()]
        styled = zip(self._styled(), slots, strict=True)
        return torch.cat([layer.conv.style(w[:, slot]) for layer, slot in styled], 1)

    def _styled(self) -> list[StyledLayer]:
        """All 3x3 layers, in the order of `forward`."""
        found = [self.first]
        for pair in zip(self.grow, self.refine, strict=True):
            found += cast("tuple[StyledLayer, StyledLayer]", pair)
        return found

    def _base(self, x: Tensor, w: Tensor, noise: Sequence[Tensor], bends: Bends | None) -> Tensor:
        """The activations at the base grid."""
        return bent(self.first(x, w[:, 0], noise[0]), 0, bends)

    def _level(
        self, k: int, x: Tensor, w: Tensor, noise: Sequence[Tensor], bends: Bends | None
    ) -> Tensor:
        """The activations at twice the sides: level k from those of level k - 1."""
        x = bent(self.grow[k - 1](x, w[:, 2 * k - 1], noise[2 * k - 1]), 2 * k - 1, bends)
        return bent(self.refine[k - 1](x, w[:, 2 * k], noise[2 * k]), 2 * k, bends)

    def _shown(self, k: int, below: Tensor | None, x: Tensor, w: Tensor) -> Tensor | None:
        """The picture of all levels up to k, from that of the levels below and activations x."""
        painted = self._painted(k, x, w[:, self._style_of_picture(k)])
        return painted if below is None else self._enlarged(below) + painted

    def _style_of_picture(self, level: int) -> int:
        """The slot that makes the picture of a level."""
        return 2 * level + 1

    def _enlarged(self, picture: Tensor) -> Tensor:
        """Bilinear is the [1, 3, 3, 1] filter of the paper, with the edge repeated or closed."""
        with full_precision(picture):  # a product of matrices would not stay in it
            return enlarge(picture, self.seamless, dark=self.dark_edge)

    def _painted(self, level: int, x: Tensor, w: Tensor) -> Tensor:
        """The picture of one level, in full precision, as all of them are added up."""
        place = level if self.paints_all else 0
        picture: Tensor = self.paint[place](x, w)
        return clamped(picture.to(self.pattern.dtype) + self.tint[place], self.clamp)


class ResidualDown(nn.Module):
    """(3x3, 3x3 and halve) + (halve, 1x1), over sqrt(2): Karras 2020, Fig. 7c."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.conv1 = EqualConv(c_in, c_in, 3)
        self.conv2 = EqualConv(c_in, c_out, 3, down=True)
        self.skip = EqualConv(c_in, c_out, 1, down=True, active=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N, c_in, h, w] to [N, c_out, h / 2, w / 2]."""
        return (self.conv2(self.conv1(x)) + self.skip(x)) * (1 / BOOST)


class Critic(nn.Module):
    """Pictures [N, channels, H, W] to scores [N].

    With classes the score is the product of what is seen with a learnt vector of the class
    (projection: Miyato & Koyama 2018, arXiv:1802.05637, as in Karras 2020, arXiv:2006.06676).
    Pictures are compared in groups of neighbours: a channel holds how much they vary (Karras
    2018, arXiv:1710.10196, Sec. 3). `variety` is what that was lately, so that a
    single picture has a score of its own.
    """

    variety: Tensor

    def __init__(self, spec: ImageSpec, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        last = widths[-1]
        self.stem = EqualConv(spec.channels, widths[0], 1)
        self.down = nn.ModuleList(ResidualDown(a, b) for a, b in pairwise(widths))
        self.mix = EqualConv(last + 1, last, 3)
        self.dense = EqualLinear(last * height * width, last)
        self.classes = class_vectors(spec.classes, last)
        self.out = EqualLinear(last, 1 if self.classes is None else last)
        self.register_buffer("variety", torch.zeros(()))

    @staticmethod
    def together(n: int) -> int:
        """How many neighbours of `n` pictures are compared with each other."""
        return group_size(n)

    def forward(
        self, x: Tensor, labels: Tensor | None = None, *, alone: bool = False, track: bool = False
    ) -> Tensor:
        """Higher is more like a real picture; `alone` scores every picture without the others.

        `labels` int64 [N] are the classes they claim; None is the middle of all classes.

        `track` takes these pictures into the mean that `alone` stands on.
        """
        x = self.stem(x)
        for down in self.down:
            x = down(x)
        n, _, height, width = x.shape
        varies = self.variety.expand(n) if alone else variety(x)
        if track:
            self.variety.lerp_(varies.detach().mean().to(self.variety.dtype), 0.05)
        varies = varies.to(x.dtype).view(n, 1, 1, 1).expand(n, 1, height, width)
        x = self.mix(torch.cat([x, varies], 1))
        x = F.leaky_relu(self.dense(x.flatten(1)), LEAK) * BOOST  # [N, last]
        seen: Tensor = self.out(x)  # [N, 1], or with classes [N, last]
        if self.classes is None:
            return seen.squeeze(1)
        claimed = of_power_one(vectors_of(self.classes, labels, n))
        return (seen * claimed).sum(1) / math.sqrt(seen.shape[1])


def variety(x: Tensor) -> Tensor:
    """Standard deviation over the group of each picture, averaged: [N, c, h, w] to [N]."""
    size = group_size(len(x))
    exact = torch.promote_types(x.dtype, torch.float32)
    groups = x.to(exact).reshape(len(x) // size, size, -1)
    spread = (groups.var(1, correction=0) + 1e-8).sqrt().mean(1)
    return spread.repeat_interleave(size)


def group_size(n: int) -> int:
    """The divisor of `n` pictures above 1 that is nearest to `GROUP`; 1 for one picture."""
    return min((k for k in range(2, n + 1) if n % k == 0), key=lambda k: abs(k - GROUP), default=1)


@functools.lru_cache(maxsize=2)
def still_noise(
    seed: int, sides: tuple[tuple[int, int], ...], device: torch.device
) -> list[Tensor]:
    """Noise N(0, 1) of one `seed` for every layer: [1, 1, h, w] each, kept for the next call."""
    with torch.inference_mode(False):
        draws = Draws(seed)
        return [draws.normal(1, 1, *side).to(device) for side in sides]
