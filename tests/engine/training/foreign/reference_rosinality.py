"""A StyleGAN2 with the names of rosinality's program, from 1912.04958."""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.engine.training.foreign.sums import (
    doubled,
    halved,
    leaky,
    modulated,
    normal,
    soft_kernel,
)


class Kernel(nn.Module):
    """What holds a filter."""

    def __init__(self, gain: float) -> None:
        super().__init__()
        self.register_buffer("kernel", soft_kernel() * gain)


class EqualLinear(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, *, rate: float = 1.0, bias: float = 0.0,
        active: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.rate, self.active = rate, active
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter((torch.randn(outputs) * 0.1 + bias) / rate)

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, self.weight * self.rate / x.shape[1] ** 0.5) + self.bias * self.rate
        return leaky(y) if self.active else y


class PixelNorm(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return normal(x)


class ModulatedConv(nn.Module):
    def __init__(self, c_in: int, c_out: int, kernel: int, dim: int, up: bool, demodulate: bool):
        super().__init__()
        self.up, self.demodulate = up, demodulate
        if up:
            self.blur = Kernel(4.0)
        self.weight = nn.Parameter(torch.randn(1, c_out, c_in, kernel, kernel))
        self.modulation = EqualLinear(dim, c_in, bias=1.0)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        weight = self.weight[0]
        scale = weight[0].numel() ** -0.5
        style = self.modulation(w)
        return modulated(x, weight, style, demodulate=self.demodulate, up=self.up, scale=scale)


class Noise(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.3]))


class Bias(nn.Module):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.randn(count) * 0.2)


class StyledConv(nn.Module):
    def __init__(self, c_in: int, c_out: int, dim: int, up: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv(c_in, c_out, 3, dim, up, True)
        self.noise, self.activate = Noise(), Bias(c_out)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        y = self.conv(x, w) + noise * self.noise.weight
        return leaky(y + self.activate.bias[:, None, None])


class ToRGB(nn.Module):
    def __init__(self, c: int, dim: int, up: bool = True) -> None:
        super().__init__()
        if up:
            self.upsample = Kernel(4.0)
        self.conv = ModulatedConv(c, 3, 1, dim, False, False)
        self.bias = nn.Parameter(torch.randn(1, 3, 1, 1) * 0.1)


class ConstantInput(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, c, 4, 4))


class Generator(nn.Module):
    """`widths` from 4 pixels up."""

    def __init__(self, widths: list[int], dim: int = 16, depth: int = 3) -> None:
        super().__init__()
        dense = [EqualLinear(dim, dim, rate=0.01, active=True) for _ in range(depth)]
        self.style = nn.Sequential(PixelNorm(), *dense)
        self.input = ConstantInput(widths[0])
        self.conv1 = StyledConv(widths[0], widths[0], dim)
        self.to_rgb1 = ToRGB(widths[0], dim, up=False)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        self.noises = nn.Module()
        for below, here in pairwise(widths):
            self.convs.append(StyledConv(below, here, dim, up=True))
            self.convs.append(StyledConv(here, here, dim))
            self.to_rgbs.append(ToRGB(here, dim))
        for place in range(2 * len(widths) - 1):
            side = 4 << (place + 1) // 2
            self.noises.register_buffer(f"noise_{place}", torch.randn(1, 1, side, side))

    def forward(self, w: list[Tensor]) -> Tensor:
        """[n, 3, side, side] of a w [n, dim] for every slot."""
        noise = [getattr(self.noises, f"noise_{k}") for k in range(len(self.convs) + 1)]
        x = self.conv1(self.input.input.expand(len(w[0]), -1, -1, -1), w[0], noise[0])
        picture = self.to_rgb1.conv(x, w[1]) + self.to_rgb1.bias
        for k, paint in enumerate(self.to_rgbs):
            x = self.convs[2 * k](x, w[2 * k + 1], noise[2 * k + 1])
            x = self.convs[2 * k + 1](x, w[2 * k + 2], noise[2 * k + 2])
            picture = doubled(picture) + paint.conv(x, w[2 * k + 3]) + paint.bias
        return picture


class EqualConv2d(nn.Module):
    def __init__(self, c_in: int, c_out: int, kernel: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel))

    @property
    def scaled(self) -> Tensor:
        return self.weight * self.weight[0].numel() ** -0.5


def conv_layer(c_in: int, c_out: int, kernel: int, down: bool = False, active: bool = True):  # type: ignore[no-untyped-def]
    parts: list[nn.Module] = [Kernel(1.0)] if down else []
    parts.append(EqualConv2d(c_in, c_out, kernel))
    return nn.Sequential(*parts, *([Bias(c_out)] if active else []))


class ResBlock(nn.Module):
    def __init__(self, c: int, c_out: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = conv_layer(c, c, 3), conv_layer(c, c_out, 3, True)
        self.skip = conv_layer(c, c_out, 1, True, False)

    def forward(self, x: Tensor) -> Tensor:
        y = F.conv2d(x, self.conv1[0].scaled, padding=1)
        y = leaky(y + self.conv1[1].bias[:, None, None])
        y = leaky(halved(y, self.conv2[1].scaled) + self.conv2[2].bias[:, None, None])
        return (y + halved(x, self.skip[1].scaled)) / 2**0.5


class Discriminator(nn.Module):
    """`widths` from the picture down to 4 pixels."""

    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        blocks = [ResBlock(a, b) for a, b in pairwise(widths)]
        self.convs = nn.Sequential(conv_layer(3, widths[0], 1), *blocks)
        last = widths[-1]
        self.final_conv = conv_layer(last + 1, last, 3)
        dense = EqualLinear(last * 16, last, active=True)
        self.final_linear = nn.Sequential(dense, EqualLinear(last, 1))

    def forward(self, x: Tensor) -> Tensor:
        stem, *blocks = self.convs
        x = leaky(F.conv2d(x, stem[0].scaled) + stem[1].bias[:, None, None])
        for block in blocks:
            x = block(x)
        spread = (x.var(0, correction=0) + 1e-8).sqrt().mean()
        x = torch.cat([x, spread.expand(len(x), 1, 4, 4)], 1)
        y = F.conv2d(x, self.final_conv[0].scaled, padding=1)
        y = leaky(y + self.final_conv[1].bias[:, None, None])
        return self.final_linear(y.flatten(1))[:, 0]


def saved(path: Path, g: Generator, d: Discriminator, *, zipped: bool = True) -> Path:
    """As its training leaves it, with an optimiser and the words of the command line."""
    moments = {k: {"step": torch.tensor(1.0), "exp_avg": w} for k, w in enumerate(g.parameters())}
    optimizer = {"state": moments, "param_groups": [{"lr": 2e-3, "betas": (0.0, 0.99)}]}
    held = {
        "g": g.state_dict(), "d": d.state_dict(), "g_ema": g.state_dict(),
        "g_optim": optimizer, "d_optim": optimizer,
        "args": argparse.Namespace(size=32, path="/data"), "ada_aug_p": 0.1,
    }  # fmt: skip
    torch.save(held, path, _use_new_zipfile_serialization=zipped)
    return path
