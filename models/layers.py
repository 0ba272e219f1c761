"""Building blocks of the networks: residual encoder and decoder, resampling, grouped bottleneck.

Weights stay in the default memory format and only activations are channels_last:
a fused Adam pairs a weight with its saved moments by position in memory, and
moments come back from a checkpoint in the default format.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.base import ImageSpec
from models.seamless import wrapped

LEAK = 0.2


def level_widths(spec: ImageSpec, top: int, widest: int) -> list[int]:
    """Channels of every level from full resolution down to the base grid, doubling to `widest`."""
    doublings = spec.base_grid()[2]
    return [min(widest, top << level) for level in range(doublings + 1)]


def groups_of(channels: int) -> int:
    """Groups of a normalisation: at most 32, at least 8 channels each where that divides."""
    return math.gcd(channels, max(1, min(32, channels // 8)))


class ResidualBlock(nn.Module):
    """x + f(x), f = GroupNorm, SiLU, 3x3, twice (pre-activation: He 2016, arXiv:1603.05027).

    [N, width, h, w] to the same shape.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups_of(width), width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups_of(width), width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """The residual sum."""
        y = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(y)))  # type: ignore[no-any-return]


class Encoder(nn.Module):
    """Pictures [N, channels, H, W] in [-1, 1] to [N, outputs].

    `widths` runs from full resolution to the base grid. Where the cells of the base grid
    divide `outputs` the last layer is a 1x1 convolution, so that each number
    describes a place; otherwise it is one dense layer over the whole grid.
    """

    def __init__(self, spec: ImageSpec, widths: Sequence[int], outputs: int, blocks: int) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        cells = height * width
        self.stem = nn.Conv2d(spec.channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        self.levels = nn.ModuleList()
        for fine, coarse in pairwise(widths):
            self.down.append(nn.Conv2d(fine, coarse, 4, stride=2, padding=1))
            self.levels.append(nn.Sequential(*(ResidualBlock(coarse) for _ in range(blocks))))
        self.norm = nn.GroupNorm(groups_of(widths[-1]), widths[-1])
        self.head: nn.Module
        if outputs % cells == 0:
            self.head = nn.Conv2d(widths[-1], outputs // cells, 1)
        else:
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * cells, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels, H, W] to [N, outputs]."""
        x = self.stem(x)
        for down, level in zip(self.down, self.levels, strict=True):
            x = level(down(x))
        return self.head(F.silu(self.norm(x))).flatten(1)  # type: ignore[no-any-return]


class Decoder(nn.Module):
    """Latents [N, inputs] to pictures [N, channels, H, W], about [-1, 1]; mirror of `Encoder`."""

    def __init__(self, spec: ImageSpec, widths: Sequence[int], inputs: int, blocks: int) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        self.grid = (height, width)
        self.spatial = inputs % (height * width) == 0
        coarsest = widths[-1]
        self.head: nn.Module
        if self.spatial:
            self.head = nn.Conv2d(inputs // (height * width), coarsest, 3, padding=1)
        else:
            self.head = nn.Linear(inputs, coarsest * height * width)
        self.base = nn.Sequential(*(ResidualBlock(coarsest) for _ in range(blocks)))
        self.up = nn.ModuleList()
        self.levels = nn.ModuleList()
        for coarse, fine in pairwise(reversed(widths)):
            self.up.append(nn.Conv2d(coarse, fine, 3, padding=1))
            self.levels.append(nn.Sequential(*(ResidualBlock(fine) for _ in range(blocks))))
        self.norm = nn.GroupNorm(groups_of(widths[0]), widths[0])
        self.out = nn.Conv2d(widths[0], spec.channels, 3, padding=1)

    def forward(self, z: Tensor, resolution: int | None = None) -> Tensor:
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        height, width = self.grid
        if self.spatial:
            x = self.head(z.reshape(z.shape[0], -1, height, width))
        else:
            x = self.head(z).reshape(z.shape[0], -1, height, width)
        x = self.base(x.contiguous(memory_format=torch.channels_last))
        stop = len(self.up)
        if resolution is not None:
            stop = nearest_level(self.grid, stop, resolution)
        for up, level in list(zip(self.up, self.levels, strict=True))[:stop]:
            x = level(F.interpolate(up(x), scale_factor=2.0, mode="nearest"))
        if resolution is None:
            x = self.out(F.silu(self.norm(x)))
        return x  # type: ignore[no-any-return]  # modules return Any


def nearest_level(grid: tuple[int, int], doublings: int, resolution: int) -> int:
    """How many doublings of `grid` bring its shorter side nearest to `resolution` (in octaves)."""
    wanted = math.log2(max(1, resolution) / min(grid))
    return max(0, min(doublings, round(wanted)))


def halve(x: Tensor, seamless: bool = False) -> Tensor:
    """[1, 2, 1] low-pass and every second pixel (Zhang 2019, arXiv:1904.11486).

    Outside is black, or the opposite edge where `seamless`.
    """
    # A strided depthwise convolution is slow backwards on a processor: filter first, then skip.
    return _filtered(x, (1.0, 2.0, 1.0), seamless)[:, :, ::2, ::2]


def double(x: Tensor, seamless: bool = False) -> Tensor:
    """Zero insertion and [1, 2, 1] interpolation, as a repeat and a box of two pixels."""
    x = F.interpolate(x, scale_factor=2.0, mode="nearest")
    return _filtered(x, (1.0, 1.0, 0.0), seamless)


def _filtered(x: Tensor, taps: tuple[float, ...], seamless: bool) -> Tensor:
    """Three `taps` both ways: [N, c, h, w] to the same shape."""
    kernel = _kernel(taps, x.shape[1], x.device)
    if seamless:
        return F.conv2d(wrapped(x, 1), kernel, groups=x.shape[1])
    return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


@functools.lru_cache(maxsize=64)
def _kernel(taps: tuple[float, ...], channels: int, device: torch.device) -> Tensor:
    """The separable depthwise filter of `taps`, with sum 1: [channels, 1, n, n]."""
    # Made once and kept: not as an inference tensor, which training could not use.
    with torch.inference_mode(False):
        row = torch.tensor(taps) / sum(taps)
        return torch.outer(row, row).expand(channels, 1, -1, -1).contiguous().to(device)


class GroupedBlock(nn.Module):
    """x + 1x1, grouped 3x3, 1x1, no normalisation (R3GAN: Huang 2024, arXiv:2501.05441, Sec. 3).

    Initialised as Fixup (Zhang 2019, arXiv:1901.09321, Sec. 3): the last layer is
    zero, the other two are He-normal times `total_blocks ** -1/4` (three layers a branch).
    """

    def __init__(self, width: int, expansion: int, group_size: int, total_blocks: int) -> None:
        super().__init__()
        hidden = width * expansion
        self.expand = nn.Conv2d(width, hidden, 1)
        groups = math.gcd(hidden, max(1, hidden // group_size))
        self.mix = nn.Conv2d(hidden, hidden, 3, padding=1, groups=groups)
        self.project = nn.Conv2d(hidden, width, 1, bias=False)
        for layer in (self.expand, self.mix):
            he_normal_(layer.weight, gain=total_blocks**-0.25)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # made with a bias just above
        nn.init.zeros_(self.project.weight)

    def forward(self, x: Tensor) -> Tensor:
        """The residual sum."""
        y = F.leaky_relu(self.expand(x), LEAK)
        y = F.leaky_relu(self.mix(y), LEAK)
        return x + self.project(y)  # type: ignore[no-any-return]  # modules return Any


def he_normal_(weight: Tensor, gain: float = 1.0) -> None:
    """He 2015 (arXiv:1502.01852, Eq. 15) for a leaky ReLU of slope `LEAK`, times `gain`."""
    fan_in = weight[0].numel()
    nn.init.normal_(weight, std=gain * math.sqrt(2 / (1 + LEAK**2) / fan_in))
