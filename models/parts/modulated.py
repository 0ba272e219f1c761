"""Layers of StyleGAN2: equalised and modulated convolutions, the styled layer, the mapping.

Karras 2020, arXiv:1912.04958 ("Analyzing and Improving the Image Quality of StyleGAN"), Sec. 2.
Weights are N(0, 1) and scaled where they are used (equalised learning rate: Karras
2018, arXiv:1710.10196, Sec. 4.1). Leaky ReLU is followed by sqrt(2); as it is positively
homogeneous, that factor is drawn into the weights before it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts.classes import class_vectors, vectors_of
from models.parts.convolution import conv2d, conv_transpose2d
from models.parts.layers import LEAK
from models.parts.resampling import low_pass
from models.parts.seamless import Edged, wrapped

MAPPING_RATE = 0.01
"""Learning rate of the mapping network relative to the rest."""
BOOST = math.sqrt(2)
"""What follows every leaky ReLU, so that it keeps the variance."""


@contextlib.contextmanager
def full_precision(x: Tensor) -> Iterator[None]:
    """No mixed precision inside: styles and scores need more than bf16's eight bits."""
    with torch.autocast(x.device.type, enabled=False):
        yield


class EqualLinear(nn.Module):
    """A dense layer [N, inputs] to [N, outputs] with equalised learning rate, in full precision.

    `rate` is its learning rate relative to other layers; `bias` where the bias starts.
    """

    def __init__(self, inputs: int, outputs: int, rate: float = 1.0, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x: Tensor) -> Tensor:
        with full_precision(x):
            x = x.to(self.weight.dtype)
            return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualConv(Edged, nn.Module):
    """A convolution [N, c_in, h, w] to [N, c_out, h, w] with equalised learning rate.

    `down` halves the sides after a [1, 3, 3, 1] low-pass; `active` adds bias and leaky ReLU.
    """

    def __init__(
        self, c_in: int, c_out: int, kernel: int, *, down: bool = False, active: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(c_out)) if active else None
        self.scale = (BOOST if active else 1.0) / math.sqrt(c_in * kernel**2)
        self.kernel, self.down = kernel, down

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight * self.scale
        bias = None if self.bias is None else self.bias * BOOST
        if not self.down:
            y = _same(x, weight, bias, self.seamless)
        elif self.kernel == 1:
            y = conv2d(low_pass(x, 1, step=2, seamless=self.seamless), weight, bias)
        else:
            y = conv2d(low_pass(x, 2, seamless=self.seamless), weight, bias, stride=2)
        return y if bias is None else F.leaky_relu(y, LEAK, inplace=True)


class ModulatedConv(Edged, nn.Module):
    """A convolution whose input channels are scaled by a style: Karras 2020, Sec. 2.2, Eq. 1-3.

    [N, c_in, h, w] and w [N, dim] to [N, c_out, h, w], or twice the sides with `up`.
    Modulating the activations and demodulating the result is the same sum as one set of
    weights a picture, and as fast with gradients. The demodulated output has the variance
    of the input times `boost` squared.
    """

    def __init__(
        self, c_in: int, c_out: int, dim: int, kernel: int = 3, *, up: bool = False,
        demodulate: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel))
        self.style = EqualLinear(dim, c_in, bias=1.0)
        self.scale = 1 / math.sqrt(c_in * kernel**2)
        self.kernel, self.up, self.demodulate = kernel, up, demodulate

    def forward(self, x: Tensor, w: Tensor, boost: float = 1.0) -> Tensor:
        style = self.style(w)
        weight = self.weight * self.scale
        y = x * style[:, :, None, None].to(x.dtype)
        if self.up:
            y = self._enlarged(y, weight.transpose(0, 1))
        else:
            y = _same(y, weight, None, self.seamless)
        if not self.demodulate:
            return y
        with full_precision(style):
            power = style.square() @ weight.square().sum((2, 3)).T
            factor = boost * torch.rsqrt(power + 1e-8)
        return y * factor[:, :, None, None].to(y.dtype)

    def _enlarged(self, x: Tensor, weight: Tensor) -> Tensor:
        """Twice the sides: zeros in between, the 3x3 filter, the low-pass."""
        if not self.seamless:
            return low_pass(conv_transpose2d(x, weight, stride=2), 1, gain=4.0)
        # One pixel around the input is two around the result and more than the low-pass needs.
        return low_pass(conv_transpose2d(wrapped(x, 1), weight, stride=2)[:, :, 1:-1, 1:-1], 0, 4.0)


class StyledLayer(nn.Module):
    """A modulated 3x3, noise of a learnt strength, bias, leaky ReLU: Karras 2020, Fig. 2c.

    `clamp` is the largest activation, 0 for any.
    """

    boost: ClassVar[float] = BOOST

    def __init__(
        self, c_in: int, c_out: int, dim: int, *, up: bool = False, clamp: float = 0.0
    ) -> None:
        super().__init__()
        self.conv = ModulatedConv(c_in, c_out, dim, up=up)
        self.noise_strength = self._strength(c_out)
        self.bias = nn.Parameter(torch.zeros(c_out))
        self.clamp = clamp

    def _strength(self, c_out: int) -> nn.Parameter:
        return nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """`noise` is [N or 1, 1, h, w] at the size of the result."""
        boost = self.boost
        y = self.conv(x, w, boost=boost)
        # Both at once and in the memory order of y: a processor is slow to spread them in bf16.
        shift = noise.permute(0, 2, 3, 1) * (self.noise_strength * boost) + self.bias * boost
        y = y + shift.to(y.dtype).permute(0, 3, 1, 2)
        return clamped(F.leaky_relu(y, LEAK, inplace=True), self.clamp)


def clamped(x: Tensor, most: float) -> Tensor:
    """x in [-most, most]; with 0 as it is."""
    return x.clamp(-most, most) if most else x


class Mapping(nn.Module):
    """z [N, dim] to w [N, dim]: Karras 2019, arXiv:1812.04948, Sec. 2. `w_avg` is the mean w.

    With `classes` z is joined by a learnt vector of its class, both of the same power (Karras
    2020, arXiv:2006.06676, Sec. 4), and `class_avg` [classes, dim] are the means by class.
    """

    w_avg: Tensor
    class_avg: Tensor

    def __init__(self, dim: int, layers: int, classes: int = 0) -> None:
        super().__init__()
        self.classes = class_vectors(classes, dim)
        sizes = [dim * (2 if classes else 1), *[dim] * layers]
        self.layers = nn.ModuleList(EqualLinear(a, b, MAPPING_RATE) for a, b in pairwise(sizes))
        self.register_buffer("w_avg", torch.zeros(dim))
        if classes:
            self.register_buffer("class_avg", torch.zeros(classes, dim))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """The intermediate latents; without `labels` int64 [N] the middle of all classes."""
        x = of_power_one(z)
        if self.classes is not None:
            x = torch.cat([x, of_power_one(vectors_of(self.classes, labels, z.shape[0]))], 1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), LEAK) * BOOST
        return x

    @torch.no_grad()
    def track(self, w: Tensor, keep: float, labels: Tensor | None = None) -> None:
        """w_avg = keep * w_avg + (1 - keep) * mean of w [N, dim]; the same for each class seen."""
        w = w.float()
        self.w_avg.lerp_(w.mean(0), 1.0 - keep)
        if labels is not None:
            member = F.one_hot(labels, len(self.class_avg)).to(w.dtype)
            count = member.sum(0)[:, None]
            step = (1.0 - keep) * (count > 0)
            self.class_avg += step * ((member.T @ w) / count.clamp_min(1) - self.class_avg)


def of_power_one(x: Tensor) -> Tensor:
    """Rows [N, dim] scaled to a mean square of 1."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def _same(x: Tensor, weight: Tensor, bias: Tensor | None, seamless: bool) -> Tensor:
    """A convolution that keeps the sides."""
    margin = weight.shape[-1] // 2
    if seamless and margin:
        return conv2d(wrapped(x, margin), weight, bias)
    return conv2d(x, weight, bias, padding=margin)
