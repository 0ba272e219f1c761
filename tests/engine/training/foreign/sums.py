"""What the reference networks of these tests are made of, written from the papers.

One set of weights a picture, one convolution each, zeros put in between by hand: none of it as
the program does it.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

SOFT = torch.tensor([1.0, 3.0, 3.0, 1.0])


def soft_kernel() -> Tensor:
    """[4, 4], its sum 1."""
    kernel = torch.outer(SOFT, SOFT)
    return kernel / kernel.sum()


def filtered(x: Tensor, up: int, before: int, after: int) -> Tensor:
    """Zeros between pixels, zeros around, [1, 3, 3, 1] both ways, as bright as before."""
    n, c, h, w = x.shape
    spread = x.new_zeros(n, c, h * up, w * up)
    spread[:, :, ::up, ::up] = x
    padded = F.pad(spread, (before, after, before, after))
    kernel = (soft_kernel() * up * up).expand(c, 1, 4, 4)
    return F.conv2d(padded, kernel, groups=c)


def halved(x: Tensor, kernel: Tensor) -> Tensor:
    """The way down: the filter, then a convolution that takes every second pixel."""
    margin = (kernel.shape[-1] - 1 + 3) // 2
    return F.conv2d(filtered(x, 1, margin, margin), kernel, stride=2)


def doubled(picture: Tensor) -> Tensor:
    return filtered(picture, 2, 2, 1)


def modulated(
    x: Tensor, weight: Tensor, style: Tensor, *, demodulate: bool, up: bool, scale: float = 1.0
) -> Tensor:
    """Eq. 1 to 3 of 1912.04958, picture by picture."""
    made = []
    for picture, s in zip(x, style, strict=True):
        w = weight * scale * s[None, :, None, None]
        if demodulate:
            w = w * (w.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
        if up:
            wide = F.conv_transpose2d(picture[None], w.transpose(0, 1), stride=2)
            made.append(4 * filtered(wide, 1, 1, 1))  # zeros in between took as much
        else:
            made.append(F.conv2d(picture[None], w, padding=w.shape[-1] // 2))
    return torch.cat(made)


def leaky(x: Tensor, gain: float = math.sqrt(2), clamp: float | None = None) -> Tensor:
    y = torch.where(x > 0, x, 0.2 * x) * gain
    return y if clamp is None else y.clamp(-clamp, clamp)


def normal(x: Tensor) -> Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def to_bytes(x: Tensor) -> Tensor:
    """uint8 NHWC of [-1, 1], as the programs write their files."""
    return (x * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
