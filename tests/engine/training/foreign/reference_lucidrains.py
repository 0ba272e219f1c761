"""The StyleGAN2 of lucidrains' program, by the names of its state and what its layers do."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.engine.training.foreign.sums import leaky


class Dense(nn.Module):
    """With a rate, and no scale by the number of inputs."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, dim))
        self.bias = nn.Parameter(torch.randn(dim))


class StyleVectorizer(nn.Module):
    def __init__(self, dim: int, depth: int) -> None:
        super().__init__()
        parts = [part for _ in range(depth) for part in (Dense(dim), nn.Identity())]
        self.net = nn.Sequential(*parts)

    def forward(self, z: Tensor) -> Tensor:
        x = F.normalize(z, dim=1)
        for dense in self.net[::2]:
            x = leaky(F.linear(x, dense.weight * 0.1, dense.bias * 0.1), 1.0)
        return x


class Conv(nn.Module):
    def __init__(self, c_in: int, c_out: int, kernel: int, demodulate: bool = True) -> None:
        super().__init__()
        self.demodulate = demodulate
        deviation = (2 / (c_in * kernel**2)) ** 0.5
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel) * deviation)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        made = []
        for picture, s in zip(x, style, strict=True):
            w = self.weight * (s + 1)[None, :, None, None]
            if self.demodulate:
                w = w * (w.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
            made.append(F.conv2d(picture[None], w, padding=w.shape[-1] // 2))
        return torch.cat(made)


class Blur(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("f", torch.tensor([1.0, 2.0, 1.0]))

    def forward(self, x: Tensor) -> Tensor:
        kernel = torch.outer(self.f, self.f) / 16
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(padded, kernel.expand(x.shape[1], 1, 3, 3), groups=x.shape[1])


def doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class RGBBlock(nn.Module):
    def __init__(self, dim: int, c: int, up: bool) -> None:
        super().__init__()
        self.to_style = nn.Linear(dim, c)
        self.conv = Conv(c, 3, 1, False)
        self.upsample = nn.Sequential(nn.Identity(), Blur()) if up else None

    def forward(self, x: Tensor, below: Tensor | None, w: Tensor) -> Tensor:
        y = self.conv(x, self.to_style(w))
        y = y if below is None else y + below
        return y if self.upsample is None else self.upsample[1](doubled(y))


class GeneratorBlock(nn.Module):
    def __init__(self, dim: int, c_in: int, c_out: int, first: bool, last: bool) -> None:
        super().__init__()
        self.first = first
        self.to_style1, self.to_noise1 = nn.Linear(dim, c_in), nn.Linear(1, c_out)
        self.conv1 = Conv(c_in, c_out, 3)
        self.to_style2, self.to_noise2 = nn.Linear(dim, c_out), nn.Linear(1, c_out)
        self.conv2 = Conv(c_out, c_out, 3)
        self.to_rgb = RGBBlock(dim, c_out, not last)

    def forward(
        self, x: Tensor, below: Tensor | None, w: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        x = x if self.first else doubled(x)
        part = noise[:, : x.shape[2], : x.shape[3], :]  # [n, rows, columns, 1]
        one = self.to_noise1(part).permute(0, 3, 2, 1)  # and turned over
        two = self.to_noise2(part).permute(0, 3, 2, 1)
        x = leaky(self.conv1(x, self.to_style1(w)) + one, 1.0)
        x = leaky(self.conv2(x, self.to_style2(w)) + two, 1.0)
        return x, self.to_rgb(x, below, w)


class Generator(nn.Module):
    """`widths` from 4 pixels up."""

    def __init__(self, widths: list[int], dim: int) -> None:
        super().__init__()
        self.initial_block = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.initial_conv = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        self.attns = nn.ModuleList(nn.Identity() for _ in widths)
        pairs = zip([widths[0], *widths], widths, strict=False)
        self.blocks = nn.ModuleList(
            GeneratorBlock(dim, a, b, k == 0, k == len(widths) - 1)
            for k, (a, b) in enumerate(pairs)
        )

    def forward(self, w: list[Tensor], noise: Tensor) -> Tensor:
        """[n, 3, side, side] in about [0, 1]; one w [n, dim] a block, noise [n, side, side, 1]."""
        x = self.initial_conv(self.initial_block.expand(len(w[0]), -1, -1, -1))
        picture = None
        for style, block in zip(w, self.blocks, strict=True):
            x, picture = block(x, picture, style, noise)
        assert picture is not None
        return picture


def saved(path: Path, styles: StyleVectorizer, pictures: Generator, **more: nn.Module) -> Path:
    """As its training leaves it: everything in one state, beside a version."""
    whole = nn.Module()
    whole.S, whole.SE, whole.G, whole.GE = styles, styles, pictures, pictures
    whole.D = nn.Conv2d(3, 8, 3)
    for name, part in more.items():
        setattr(whole, name, part)
    torch.save({"GAN": whole.state_dict(), "version": "1.9.0"}, path)
    return path


def to_bytes(x: Tensor) -> Tensor:
    """uint8 NHWC of [0, 1]."""
    return (x.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
