"""Building blocks of the networks: residual encoder and decoder, grouped bottleneck.

Activations have their channels last in memory; how weights lie is for whoever trains to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.bending import Bends, Layer, bent, rising
from models.image_spec import ImageSpec
from models.parts.convolution import Conv2d, conv2d
from models.parts.resampling import repeat
from models.parts.seamless import wrapped

LEAK = 0.2


def level_widths(spec: ImageSpec, top: int, widest: int) -> list[int]:
    """Channels of every level from full resolution down to the base grid, doubling to `widest`."""
    doublings = spec.base_grid()[2]
    return [min(widest, top << level) for level in range(doublings + 1)]


def coarsest_grid(spec: ImageSpec, widths: Sequence[int], patch: int) -> tuple[int, int]:
    """(height, width) of the level of the last of `widths`, the first being `patch` pixels."""
    side = patch << (len(widths) - 1)
    return spec.height // side, spec.width // side


def groups_of(channels: int) -> int:
    """Groups of a normalisation: at most 32, at least 8 channels each where that divides."""
    return math.gcd(channels, max(1, min(32, channels // 8)))


class Norm(nn.GroupNorm):
    """As its base (Wu 2018, arXiv:1803.08494), in full precision also inside autocast.

    So it is on graphics cards anyway; on a processor the backward pass in bf16 takes three to
    five times as long.
    """

    def __init__(self, width: int) -> None:
        super().__init__(groups_of(width), width)

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w], float32."""
        return super().forward(x.float())


class ResidualBlock(nn.Module):
    """x + f(x), f = GroupNorm, SiLU, 3x3, twice (pre-activation: He 2016, arXiv:1603.05027).

    [N, width, h, w] to the same shape.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = Norm(width)
        self.conv1 = Conv2d(width, width, 3, padding=1)
        self.norm2 = Norm(width)
        self.conv2 = Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(y)))


class Encoder(nn.Module):
    """Pictures [N, channels, H, W] in [-1, 1] to [N, outputs].

    Squares of `patch` pixels a side are one place of the first layer; `widths` runs from there
    to the coarsest grid. Where its cells divide `outputs` the last layer is a 1x1 convolution,
    so that each number describes a place; otherwise it is one dense layer over the whole grid.
    """

    def __init__(
        self, spec: ImageSpec, widths: Sequence[int], outputs: int, blocks: int, patch: int = 1
    ) -> None:
        super().__init__()
        height, width = coarsest_grid(spec, widths, patch)
        cells = height * width
        self.patch = patch
        self.stem = Conv2d(spec.channels * patch**2, widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        self.levels = nn.ModuleList()
        for fine, coarse in pairwise(widths):
            self.down.append(Conv2d(fine, coarse, 4, stride=2, padding=1))
            self.levels.append(nn.Sequential(*(ResidualBlock(coarse) for _ in range(blocks))))
        self.norm = Norm(widths[-1])
        self.head: nn.Module
        if outputs % cells == 0:
            self.head = Conv2d(widths[-1], outputs // cells, 1)
        else:
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * cells, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels, H, W] to [N, outputs]."""
        x = self.stem(to_patches(x, self.patch))
        for down, level in zip(self.down, self.levels, strict=True):
            x = level(down(x))
        return self.head(F.silu(self.norm(x))).flatten(1)


class Decoder(nn.Module):
    """Latents [N, inputs] to pictures [N, channels, H, W], about [-1, 1]; mirror of `Encoder`."""

    def __init__(
        self, spec: ImageSpec, widths: Sequence[int], inputs: int, blocks: int, patch: int = 1
    ) -> None:
        super().__init__()
        height, width = self.grid = coarsest_grid(spec, widths, patch)
        self.patch = patch
        self.spatial = inputs % (height * width) == 0
        coarsest, self.widths = widths[-1], list(reversed(widths))
        self.head: nn.Module
        if self.spatial:
            self.head = Conv2d(inputs // (height * width), coarsest, 3, padding=1)
        else:
            self.head = nn.Linear(inputs, coarsest * height * width)
        self.base = nn.Sequential(*(ResidualBlock(coarsest) for _ in range(blocks)))
        self.up = nn.ModuleList()
        self.levels = nn.ModuleList()
        for coarse, fine in pairwise(reversed(widths)):
            self.up.append(Conv2d(coarse, fine, 3, padding=1))
            self.levels.append(nn.Sequential(*(ResidualBlock(fine) for _ in range(blocks))))
        self.norm = Norm(widths[0])
        self.out = Conv2d(widths[0], spec.channels * patch**2, 3, padding=1)
        if patch > 1:
            even_out_(self.out, patch)

    def layers(self) -> tuple[Layer, ...]:
        """The base, and what follows each doubling."""
        tensors: list[tuple[str, ...]] = [("head.", "base.")]
        tensors += [(f"up.{k}.", f"levels.{k}.") for k in range(len(self.up))]
        tensors[-1] += ("norm.", "out.")
        return rising(self.grid, self.widths, tensors)

    def forward(
        self, z: Tensor, resolution: int | None = None, bends: Bends | None = None
    ) -> Tensor:
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        x = self.first(z)
        x = bent(self.base(x.contiguous(memory_format=torch.channels_last)), 0, bends)
        stop = nearest_level(self.grid, len(self.up), resolution)
        for k, (up, level) in enumerate(list(zip(self.up, self.levels, strict=True))[:stop], 1):
            x = bent(level(repeat(up(x))), k, bends)
        if resolution is None:
            x = from_patches(self.out(F.silu(self.norm(x))), self.patch)
        return x

    def first(self, z: Tensor) -> Tensor:
        """The coarsest activations [N, c, h, w], affine in the latents."""
        height, width = self.grid
        if self.spatial:
            return self.head(z.reshape(z.shape[0], -1, height, width))
        return self.head(z).reshape(z.shape[0], -1, height, width)


def to_patches(x: Tensor, side: int) -> Tensor:
    """Squares of `side` pixels become channels: [N, c, H, W] to [N, c side^2, H/side, W/side].

    The inverse of Shi 2016, arXiv:1609.05158, Eq. 4.
    """
    if side == 1:
        return x
    return F.pixel_unshuffle(x, side).contiguous(memory_format=torch.channels_last)


def from_patches(x: Tensor, side: int) -> Tensor:
    """The way back: [N, c side^2, h, w] to [N, c, h side, w side] (Shi 2016, Eq. 4)."""
    return x if side == 1 else F.pixel_shuffle(x, side)


@torch.no_grad()
def even_out_(layer: nn.Conv2d, side: int) -> None:
    """All pixels of a square begin alike, so that no grid shows (Aitken 2017, arXiv:1707.02937)."""
    for part in (layer.weight, layer.bias):
        if part is not None:
            first = part.view(-1, side**2, *part.shape[1:])[:, :1]
            part.copy_(first.expand(-1, side**2, *part.shape[1:]).flatten(0, 1))


def nearest_level(grid: tuple[int, int], doublings: int, resolution: int | None) -> int:
    """How many doublings of `grid` bring its shorter side nearest to `resolution` (in octaves).

    All of them where None is wanted.
    """
    if resolution is None:
        return doublings
    wanted = math.log2(max(1, resolution) / min(grid))
    return max(0, min(doublings, round(wanted)))


MERGED = 64
"""Channels of the groups that a device is given: its units for products are that wide."""


class GroupedConv(Conv2d):
    """A grouped 3x3 convolution [N, width, h, w] to the same shape.

    In full precision away from the processor neighbouring groups are merged, with zeros between
    them: more sums, but of a shape for which graphics cards have quick code (measured on an
    H200 with groups of 16: twice as fast at 32 pixels, four times at 8). The result is the same.
    """

    def __init__(self, width: int, groups: int) -> None:
        super().__init__(width, width, 3, padding=1, groups=groups)
        self.merge = _merge(groups, width // groups)

    def forward(self, x: Tensor) -> Tensor:
        if self.merge == 1 or not _is_merged(x):
            return super().forward(x)
        weight = merged_groups(self.weight, self.groups, self.merge)
        groups = self.groups // self.merge
        if self.padding_mode == "circular":
            return conv2d(wrapped(x, 1), weight, self.bias, groups=groups)
        return conv2d(x, weight, self.bias, padding=1, groups=groups)


def _is_merged(x: Tensor) -> bool:
    kind = x.device.type
    return kind != "cpu" and not torch.is_autocast_enabled(kind)


def _merge(groups: int, size: int) -> int:
    """How many groups of `size` channels are carried out as one."""
    fitting = (k for k in range(1, groups + 1) if groups % k == 0 and k * size <= MERGED)
    return max(fitting, default=1)


def merged_groups(weight: Tensor, groups: int, merge: int) -> Tensor:
    """The weights [outputs, inputs, h, w] of a convolution of so many `groups`, for fewer.

    [outputs, merge * inputs, h, w] for groups / merge groups, zero where groups were apart.
    """
    outputs, inputs, *kernel = weight.shape
    own = torch.eye(merge, device=weight.device, dtype=weight.dtype).view(
        1, merge, 1, merge, 1, 1, 1
    )
    parts = weight.view(groups // merge, merge, outputs // groups, 1, inputs, *kernel) * own
    return parts.reshape(outputs, merge * inputs, *kernel)


class GroupedBlock(nn.Module):
    """x + 1x1, grouped 3x3, 1x1, no normalisation (R3GAN: Huang 2024, arXiv:2501.05441, Sec. 3).

    Initialised as Fixup (Zhang 2019, arXiv:1901.09321, Sec. 3): the last layer is
    zero, the other two are He-normal times `total_blocks ** -1/4` (three layers a branch).
    """

    def __init__(self, width: int, expansion: int, group_size: int, total_blocks: int) -> None:
        super().__init__()
        hidden = width * expansion
        self.expand = Conv2d(width, hidden, 1)
        self.mix = GroupedConv(hidden, math.gcd(hidden, max(1, hidden // group_size)))
        self.project = Conv2d(hidden, width, 1, bias=False)
        for layer in (self.expand, self.mix):
            he_normal_(layer.weight, gain=total_blocks**-0.25)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # made with a bias just above
        nn.init.zeros_(self.project.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = F.leaky_relu(self.expand(x), LEAK, inplace=True)
        y = F.leaky_relu(self.mix(y), LEAK, inplace=True)
        return x + self.project(y)


def he_normal_(weight: Tensor, gain: float = 1.0) -> None:
    """He 2015 (arXiv:1502.01852, Eq. 15) for a leaky ReLU of slope `LEAK`, times `gain`."""
    fan_in = weight[0].numel()
    nn.init.normal_(weight, std=gain * math.sqrt(2 / (1 + LEAK**2) / fan_in))
