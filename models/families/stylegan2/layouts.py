"""Other ways to put the levels of a StyleGAN2 generator together, for models made elsewhere.

`residual` and `plain` are the other two of Karras 2020, arXiv:1912.04958, Fig. 7; `lucid` is the
small one that artists know from lucidrains' stylegan2-pytorch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.bending import Bends, bent
from models.families.stylegan2.stylegan2_config import LAYOUTS
from models.families.stylegan2.stylegan2_networks import Generator
from models.parts.modulated import EqualConv, StyledLayer, full_precision
from models.parts.resampling import enlarge, soften


def generator_of(layout: str) -> type[Generator]:
    """The kind of generator that has this layout, one of :data:`LAYOUTS`."""
    kinds = (Generator, ResidualGenerator, PlainGenerator, LucidGenerator)
    return dict(zip(LAYOUTS, kinds, strict=True))[layout]


class PlainGenerator(Generator):
    """Only the last level has a picture: Fig. 7a."""

    paints_all = False

    def _shown(self, k: int, below: Tensor | None, x: Tensor, w: Tensor) -> Tensor | None:
        return super()._shown(k, None, x, w) if k == len(self.grow) else None


class ResidualGenerator(PlainGenerator):
    """And every level is added to the enlarged one below, over sqrt(2): Fig. 7c."""

    def _build(self, rising: Sequence[int], dim: int) -> None:
        super()._build(rising, dim)
        self.skip = nn.ModuleList(EqualConv(a, b, 1, active=False) for a, b in pairwise(rising))

    def _painting(self, level: int) -> tuple[str, ...]:
        below = (f"skip.{level - 1}.",) if level else ()
        return *super()._painting(level), *below

    def _level(
        self, k: int, x: Tensor, w: Tensor, noise: Sequence[Tensor], bends: Bends | None
    ) -> Tensor:
        below = enlarge(self.skip[k - 1](x), self.seamless, dark=self.dark_edge)
        x = bent(self.grow[k - 1](x, w[:, 2 * k - 1], noise[2 * k - 1]), 2 * k - 1, bends)
        x = (self.refine[k - 1](x, w[:, 2 * k], noise[2 * k]) + below) * math.sqrt(0.5)
        return bent(x, 2 * k, bends)


class LucidLayer(StyledLayer):
    """Noise of another strength for every channel, and activations that are not scaled."""

    boost = 1.0

    def _strength(self, c_out: int) -> nn.Parameter:
        return nn.Parameter(torch.zeros(c_out))


class LucidGenerator(Generator):
    """Two layers at the base grid, too, one style a level, and activations that are enlarged
    before they are convolved; pictures are softened as they are added up. Its slots are levels.
    """

    slots_of_level = 1

    def _build(self, rising: Sequence[int], dim: int) -> None:
        self.first = LucidLayer(rising[0], rising[0], dim, clamp=self.clamp)
        self.second = LucidLayer(rising[0], rising[0], dim, clamp=self.clamp)
        self.grow = nn.ModuleList(
            LucidLayer(a, b, dim, clamp=self.clamp) for a, b in pairwise(rising)
        )
        self.refine = nn.ModuleList(LucidLayer(w, w, dim, clamp=self.clamp) for w in rising[1:])

    def _layers(self) -> list[tuple[int, int, tuple[str, ...]]]:
        found = [(0, 0, ("pattern", "first.")), (0, 0, ("second.", *self._painting(0)))]
        for k in range(1, len(self.grow) + 1):
            refined = (f"refine.{k - 1}.", *self._painting(k))
            found += [(k, k, (f"grow.{k - 1}.",)), (k, k, refined)]
        return found

    def _styled(self) -> list[StyledLayer]:
        first, *rest = super()._styled()
        return [first, self.second, *rest]

    def _base(self, x: Tensor, w: Tensor, noise: Sequence[Tensor], bends: Bends | None) -> Tensor:
        x = bent(self.first(x, w[:, 0], noise[0]), 0, bends)
        return bent(self.second(x, w[:, 0], noise[1]), 1, bends)

    def _level(
        self, k: int, x: Tensor, w: Tensor, noise: Sequence[Tensor], bends: Bends | None
    ) -> Tensor:
        x, place = enlarge(x, self.seamless, dark=self.dark_edge), 2 * k
        x = bent(self.grow[k - 1](x, w[:, k], noise[place]), place, bends)
        return bent(self.refine[k - 1](x, w[:, k], noise[place + 1]), place + 1, bends)

    def _style_of_picture(self, level: int) -> int:
        return level

    def _enlarged(self, picture: Tensor) -> Tensor:
        with full_precision(picture):
            return soften(super()._enlarged(picture), self.seamless)
