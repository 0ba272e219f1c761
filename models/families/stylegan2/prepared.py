"""The generator of StyleGAN2 as it draws single pictures on a processor: the same sums, sooner.

Against `Generator.forward`: weights are scaled, summed for the demodulation and packed once; wide
layers are convolved by Winograd's tiles; and levels that a change of w does not reach are kept.
What demodulates a layer is not multiplied in: leaky ReLU is positively homogeneous, so the factor
[channels] goes along beside the activations and into the style of the next layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from models.bending import Bends, Change
from models.families.stylegan2.stylegan2_networks import Generator
from models.parts import winograd
from models.parts.layers import LEAK, nearest_level
from models.parts.modulated import BOOST, EqualLinear, ModulatedConv, StyledLayer, clamped
from models.parts.packed import PackedConv, PackedTransposed
from models.parts.resampling import enlarge, soft_kernel
from models.parts.seamless import wrapped
from models.parts.winograd import Winograd

Convolution = Callable[[Tensor, Tensor, Tensor], Tensor]
"""x [1, in, h, w], style [in] and bias [out] to [1, out, h', w']."""


class Activations(NamedTuple):
    """x [1, c, h, w] times factor [c], which is positive."""

    x: Tensor
    factor: Tensor


class Level(NamedTuple):
    """What one resolution comes to: its activations, and the picture [1, channels, h, w] of all
    levels below it, enlarged; None at the base grid."""

    activations: Activations
    below: Tensor | None


class _Given(NamedTuple):
    """What a layer is drawn with: its w [dim], its noise [1, 1, h, w], and what follows it."""

    w: Tensor
    noise: Tensor
    change: Change | None

    def is_as(self, other: _Given) -> bool:
        same = self.noise is other.noise and self.change == other.change
        return same and torch.equal(self.w, other.w)


class PreparedGenerator:
    """Draws as the generator that it is made of, until that one's weights change."""

    def __init__(self, net: Generator) -> None:
        sides, self.grid = net.noise_sides(), net.grid
        self.seamless, self.dark_edge = net.seamless, net.dark_edge
        pattern = net.pattern.detach().contiguous(memory_format=torch.channels_last)
        self.pattern = Activations(pattern, torch.ones(pattern.shape[1]))
        grow, refine = _layers(net.grow), _layers(net.refine)
        inner = (layer for pair in zip(grow, refine, strict=True) for layer in pair)
        self.layers = [
            _PreparedLayer(layer, side)
            for layer, side in zip((net.first, *inner), sides, strict=True)
        ]
        """In the order of `Generator.noise_sides`."""
        paint = cast("Sequence[ModulatedConv]", net.paint)
        self.paint = [
            _Paint(conv, tint, net.clamp) for conv, tint in zip(paint, net.tint, strict=True)
        ]
        self._kept: list[Level] = []
        self._given: list[_Given] = []

    def __call__(
        self, w: Tensor, noise: Sequence[Tensor], resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        """As `Generator.forward` of w [1, slots, dim]; noise [1, 1, h, w] a layer."""
        stop = nearest_level(self.grid, len(self.paint) - 1, resolution)
        levels = self._drawn(stop, w, noise, bends)
        if resolution is None:
            return self._painted(stop, levels[-1], w[0])
        x, factor = levels[-1].activations
        return x * factor[:, None, None]

    def half(self, w: Tensor, noise: Sequence[Tensor], bends: Bends | None = None) -> Tensor:
        """The picture of all levels but the last, at half the sides; what it took is not spent
        again by the whole one."""
        stop = max(0, len(self.paint) - 2)
        return self._painted(stop, self._drawn(stop, w, noise, bends)[-1], w[0])

    def _drawn(
        self, stop: int, w: Tensor, noise: Sequence[Tensor], bends: Bends | None
    ) -> list[Level]:
        """The levels up to `stop`."""
        changes = {} if bends is None else bends.changes
        given = [
            _Given(row, each, changes.get(place))
            for place, (row, each) in enumerate(zip(w[0].clone(), noise, strict=False))
        ]
        levels = self._unchanged(given)[: stop + 1]
        for k in range(len(levels), stop + 1):
            levels.append(self._level(k, levels[-1] if levels else None, w[0], given))
        # The last one serves no other picture, and is the largest.
        self._kept, self._given = levels[: len(self.paint) - 1], given
        return levels

    def _unchanged(self, given: Sequence[_Given]) -> list[Level]:
        """The coarse levels that are as in the picture before: level k ends with layer 2 k."""
        same = 0
        for now, before in zip(given, self._given, strict=False):
            if not now.is_as(before):
                break
            same += 1
        return self._kept[: (same + 1) // 2]

    def _level(self, k: int, before: Level | None, w: Tensor, given: Sequence[_Given]) -> Level:
        if before is None:
            return Level(self.layers[0](self.pattern, given[0]), None)
        below = enlarge(self._painted(k - 1, before, w), self.seamless, dark=self.dark_edge)
        x = before.activations
        for layer in (2 * k - 1, 2 * k):
            x = self.layers[layer](x, given[layer])
        return Level(x, below)

    def _painted(self, k: int, level: Level, w: Tensor) -> Tensor:
        """The picture of all levels up to k."""
        picture = self.paint[k](level.activations, w[2 * k + 1])
        return picture if level.below is None else picture.add_(level.below)


class _Style:
    """w [dim] to the scales [channels] of a layer."""

    def __init__(self, dense: EqualLinear) -> None:
        self.weight = dense.weight.detach() * dense.scale
        self.bias = dense.bias.detach() * dense.rate

    def __call__(self, w: Tensor) -> Tensor:
        return torch.mv(self.weight, w).add_(self.bias)


class _PreparedLayer:
    """A `StyledLayer` whose result has so many pixels (height, width)."""

    def __init__(self, layer: StyledLayer, side: tuple[int, int]) -> None:
        conv = layer.conv
        weight = conv.weight.detach() * conv.scale  # [out, in, 3, 3]
        self.style = _Style(conv.style)
        self.power = weight.square().sum((2, 3))
        self.strength = float(layer.noise_strength) * BOOST
        self.bias = layer.bias.detach() * BOOST
        self.convolve = _convolution(weight, conv.up, side, conv.seamless)
        self.clamp = layer.clamp

    def __call__(self, before: Activations, given: _Given) -> Activations:
        style = self.style(given.w)
        factor = BOOST * torch.rsqrt(torch.mv(self.power, style.square()) + 1e-8)
        y = self.convolve(before.x, style * before.factor, self.bias / factor)
        if self.strength:
            y.addcmul_(given.noise, (self.strength / factor)[:, None, None])
        y = F.leaky_relu_(y, LEAK)
        if self.clamp:
            most = (self.clamp / factor)[:, None, None]
            y = torch.clamp(y, -most, most)
        if given.change is None:
            return Activations(y, factor)
        return Activations(given.change(y * factor[:, None, None]), torch.ones_like(factor))


class _Paint:
    """A 1x1 convolution to a picture, and its tint."""

    def __init__(self, conv: ModulatedConv, tint: Tensor, clamp: float) -> None:
        self.style, self.clamp = _Style(conv.style), clamp
        self.weight = conv.weight.detach()[:, :, 0, 0] * conv.scale  # [channels, in]
        self.tint = tint.detach().flatten()

    def __call__(self, given: Activations, w: Tensor) -> Tensor:
        weight = self.weight * (self.style(w) * given.factor)
        painted = F.linear(given.x.permute(0, 2, 3, 1), weight, self.tint).permute(0, 3, 1, 2)
        return clamped(painted, self.clamp)


def _convolution(weight: Tensor, up: bool, side: tuple[int, int], seamless: bool) -> Convolution:
    """That of `weight` [out, in, 3, 3] to so many pixels (height, width)."""
    if up:
        return _Enlarging(weight, seamless)
    if winograd.pays(weight, *side):
        tiles = Winograd(weight, seamless)
        return lambda x, style, bias: tiles(x, bias, style)
    conv = PackedConv(weight, padding=0 if seamless else 1)

    def same(x: Tensor, style: Tensor, bias: Tensor) -> Tensor:
        x = x * style[:, None, None]
        return conv(wrapped(x, 1) if seamless else x, bias)

    return same


class _Enlarging:
    """A transposed convolution to twice the sides, and the low-pass."""

    def __init__(self, weight: Tensor, seamless: bool) -> None:
        self.spread, self.seamless = PackedTransposed(weight), seamless
        kernel = soft_kernel(len(weight), 4.0)
        self.low_pass = PackedConv(kernel, padding=0 if seamless else 1, groups=len(weight))

    def __call__(self, x: Tensor, style: Tensor, bias: Tensor) -> Tensor:
        x = x * style[:, None, None]
        if self.seamless:  # the margins are those of `ModulatedConv`
            return self.low_pass(self.spread(wrapped(x, 1))[:, :, 1:-1, 1:-1], bias)
        return self.low_pass(self.spread(x), bias)


def _layers(layers: object) -> Sequence[StyledLayer]:
    return cast("Sequence[StyledLayer]", layers)
