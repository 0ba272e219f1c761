"""A StyleGAN2 with the names of NVIDIA's repositories, from 1912.04958 and 2006.06676.

Its pickle has the outside of theirs: every network is a call of a function of `torch_utils` with
a program's text, which here would leave a mark on the disk if anybody ran it.
"""

from __future__ import annotations

import pickle
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.engine.training.foreign.sums import (
    doubled,
    filtered,
    halved,
    leaky,
    modulated,
    normal,
    soft_kernel,
)


class Persistent(nn.Module):
    """A module that is pickled as theirs."""


class _Pickler(pickle.Pickler):
    """Writes modules as theirs are written, with `trap` as their text."""

    trap = ""

    def reducer_override(self, obj: object) -> Any:
        if not isinstance(obj, Persistent):
            return NotImplemented
        meta = {
            "type": "class", "version": 6, "module_src": self.trap,
            "class_name": type(obj).__name__, "state": dict(obj.__dict__),
        }  # fmt: skip
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,)


class FullyConnectedLayer(Persistent):
    def __init__(
        self, inputs: int, outputs: int, activation: str = "linear", rate: float = 1.0,
        bias: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.activation = activation
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.randn(outputs) * 0.1 / rate + bias / rate)
        self.weight_gain = rate / np.sqrt(inputs)
        self.bias_gain = rate

    def forward(self, x: Tensor) -> Tensor:
        y = x @ (self.weight * float(self.weight_gain)).T + self.bias * self.bias_gain
        return leaky(y) if self.activation == "lrelu" else y


class MappingNetwork(Persistent):
    def __init__(self, z: int, c: int, w: int, layers: int, rate: float = 0.01) -> None:
        super().__init__()
        self.z_dim, self.c_dim, self.w_dim, self.num_layers = z, c, w, layers
        if c:
            self.embed = FullyConnectedLayer(c, w)
        sizes = [z + (w if c else 0), *[w] * layers]
        for k in range(layers):
            setattr(self, f"fc{k}", FullyConnectedLayer(sizes[k], sizes[k + 1], "lrelu", rate))
        if z:
            self.register_buffer("w_avg", torch.randn(w) * 0.1)

    def forward(self, z: Tensor, c: Tensor | None = None) -> Tensor:
        parts = [normal(z)] if self.z_dim else []
        if self.c_dim:
            parts.append(normal(self.embed(c)))
        x = torch.cat(parts, 1)
        for k in range(self.num_layers):
            x = getattr(self, f"fc{k}")(x)
        return x


class SynthesisLayer(Persistent):
    def __init__(self, c_in: int, c_out: int, w: int, side: int, up: bool, clamp: float | None):
        super().__init__()
        self.up, self.activation, self.conv_clamp = 2 if up else 1, "lrelu", clamp
        self.act_gain = np.sqrt(2)
        self.register_buffer("resample_filter", soft_kernel())
        self.affine = FullyConnectedLayer(w, c_in, bias=1.0)
        self.weight = nn.Parameter(torch.randn(c_out, c_in, 3, 3))
        self.register_buffer("noise_const", torch.randn(side, side))
        self.noise_strength = nn.Parameter(torch.tensor(0.3))
        self.bias = nn.Parameter(torch.randn(c_out) * 0.2)

    def forward(self, x: Tensor, w: Tensor, gain: float = 1.0) -> Tensor:
        x = modulated(x, self.weight, self.affine(w), demodulate=True, up=self.up == 2)
        x = x + self.noise_const * self.noise_strength + self.bias[:, None, None]
        clamp = None if self.conv_clamp is None else self.conv_clamp * gain
        return leaky(x, float(self.act_gain) * gain, clamp)


class ToRGBLayer(Persistent):
    def __init__(self, c_in: int, channels: int, w: int, clamp: float | None) -> None:
        super().__init__()
        self.conv_clamp = clamp
        self.affine = FullyConnectedLayer(w, c_in, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, c_in, 1, 1) * 0.3)
        self.bias = nn.Parameter(torch.randn(channels) * 0.1)
        self.weight_gain = 1 / np.sqrt(c_in)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) * float(self.weight_gain)
        y = modulated(x, self.weight, style, demodulate=False, up=False)
        y = y + self.bias[:, None, None]
        return y if self.conv_clamp is None else y.clamp(-self.conv_clamp, self.conv_clamp)


class Conv2dLayer(Persistent):
    def __init__(
        self, c_in: int, c_out: int, kernel: int, *, active: bool = True, up: int = 1,
        down: int = 1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.activation, self.up, self.down = "lrelu" if active else "linear", up, down
        self.register_buffer("resample_filter", soft_kernel())
        self.weight = nn.Parameter(torch.randn(c_out, c_in, kernel, kernel))
        self.weight_gain = 1 / np.sqrt(c_in * kernel**2)
        self.bias = nn.Parameter(torch.randn(c_out) * 0.1) if active else None

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        weight = self.weight * float(self.weight_gain)
        if self.up == 2:
            y = filtered(F.conv2d(x, weight), 2, 2, 1)
        elif self.down == 2:
            y = halved(x, weight)
        else:
            y = F.conv2d(x, weight, padding=weight.shape[-1] // 2)
        if self.bias is None:
            return y * gain
        return leaky(y + self.bias[:, None, None], 2**0.5 * gain)


class SynthesisBlock(Persistent):
    def __init__(
        self, c_in: int, c_out: int, w: int, side: int, channels: int, kind: str, last: bool,
        clamp: float | None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.in_channels, self.architecture, self.is_last = c_in, kind, last
        if not c_in:
            self.const = nn.Parameter(torch.randn(c_out, side, side))
        else:
            self.conv0 = SynthesisLayer(c_in, c_out, w, side, True, clamp)
        self.conv1 = SynthesisLayer(c_out, c_out, w, side, False, clamp)
        if last or kind == "skip":
            self.torgb = ToRGBLayer(c_out, channels, w, clamp)
        if c_in and kind == "resnet":
            self.skip = Conv2dLayer(c_in, c_out, 1, active=False, up=2)

    def forward(
        self, x: Tensor | None, img: Tensor | None, ws: list[Tensor]
    ) -> tuple[Tensor, Tensor | None]:
        left = list(ws)
        if x is None:
            x = self.conv1(self.const.expand(len(ws[0]), -1, -1, -1), left.pop(0))
        elif self.architecture == "resnet":
            y = self.skip(x, 0.5**0.5)
            x = self.conv0(x, left.pop(0))
            x = self.conv1(x, left.pop(0), 0.5**0.5) + y
        else:
            x = self.conv1(self.conv0(x, left.pop(0)), left.pop(0))
        if img is not None:
            img = doubled(img)
        if self.is_last or self.architecture == "skip":
            y = self.torgb(x, left.pop(0))
            img = y if img is None else img + y
        return x, img


class SynthesisNetwork(Persistent):
    def __init__(
        self, w: int, side: int, channels: int, widths: dict[int, int], kind: str,
        clamp: float | None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.sides = list(widths)
        for k, s in enumerate(self.sides):
            below = widths[self.sides[k - 1]] if k else 0
            block = SynthesisBlock(below, widths[s], w, s, channels, kind, s == side, clamp)
            setattr(self, f"b{s}", block)

    def forward(self, ws: Tensor) -> Tensor:
        x = img = None
        place = 0
        for k, s in enumerate(self.sides):
            convs = 2 if k else 1
            part = [ws[:, i] for i in range(place, place + convs + 1) if i < ws.shape[1]]
            x, img = getattr(self, f"b{s}")(x, img, part)
            place += convs
        assert img is not None
        return img


class Generator(Persistent):
    """`widths` by side, from 4 up."""

    def __init__(
        self, widths: dict[int, int], *, dim: int = 16, classes: int = 0, layers: int = 2,
        channels: int = 3, kind: str = "skip", clamp: float | None = None, rate: float = 0.01,
    ) -> None:  # fmt: skip
        super().__init__()
        self.z_dim, self.c_dim, self.w_dim = dim, classes, dim
        self.img_resolution, self.img_channels = max(widths), channels
        self.num_ws = 2 * len(widths)
        self.mapping = MappingNetwork(dim, classes, dim, layers, rate)
        self.synthesis = SynthesisNetwork(dim, max(widths), channels, widths, kind, clamp)

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0) -> Tensor:
        """[n, channels, side, side], about [-1, 1], with the constant noise."""
        w = self.mapping(z, c)
        w = self.mapping.w_avg.lerp(w, psi)
        return self.synthesis(w[:, None].repeat(1, self.num_ws, 1))


class DiscriminatorBlock(Persistent):
    def __init__(self, c: int, c_out: int, channels: int, first: bool) -> None:
        super().__init__()
        if first:
            self.fromrgb = Conv2dLayer(channels, c, 1)
        self.conv0 = Conv2dLayer(c, c, 3)
        self.conv1 = Conv2dLayer(c, c_out, 3, down=2)
        self.skip = Conv2dLayer(c, c_out, 1, active=False, down=2)


class DiscriminatorEpilogue(Persistent):
    def __init__(self, c: int, out: int) -> None:
        super().__init__()
        self.conv = Conv2dLayer(c + 1, c, 3)
        self.fc = FullyConnectedLayer(c * 16, c, "lrelu")
        self.out = FullyConnectedLayer(c, out)


class Discriminator(Persistent):
    def __init__(self, widths: dict[int, int], classes: int = 0, channels: int = 3) -> None:
        super().__init__()
        self.sides = sorted(widths, reverse=True)
        for s, below in zip(self.sides, self.sides[1:], strict=False):
            block = DiscriminatorBlock(widths[s], widths[below], channels, s == self.sides[0])
            setattr(self, f"b{s}", block)
        self.b4 = DiscriminatorEpilogue(widths[4], widths[4] if classes else 1)
        self.c_dim = classes
        if classes:
            self.mapping = MappingNetwork(0, classes, widths[4], 8)

    def forward(self, img: Tensor, c: Tensor | None = None) -> Tensor:
        """[n]: all pictures are compared in one group."""
        x = getattr(self, f"b{self.sides[0]}").fromrgb(img)
        for s in self.sides[:-1]:
            block = getattr(self, f"b{s}")
            y = block.skip(x, 0.5**0.5)
            x = block.conv1(block.conv0(x), 0.5**0.5) + y
        spread = ((x - x.mean(0)).square().mean(0) + 1e-8).sqrt().mean()
        x = self.b4.conv(torch.cat([x, spread.expand(len(x), 1, 4, 4)], 1))
        x = self.b4.out(self.b4.fc(x.flatten(1)))
        if not self.c_dim:
            return x[:, 0]
        claim = self.mapping(torch.empty(len(x), 0), c)
        return (x * claim).sum(1) / claim.shape[1] ** 0.5


def pickled(path: Path, g: Generator, d: Discriminator | None = None, trap: str = "") -> Path:
    """A snapshot: G is a little other than its average; `trap` is the text of a program."""
    import copy

    g_raw = copy.deepcopy(g)
    with torch.no_grad():
        for weight in g_raw.parameters():
            weight.add_(0.01)
    snapshot = {
        "training_set_kwargs": _easy({"class_name": "training.dataset", "path": "/data/x.zip"}),
        "G": g_raw, "D": d, "G_ema": g, "augment_pipe": None,
    }  # fmt: skip
    with stand_in_modules(), path.open("wb") as file:
        pickler = _Pickler(file)
        pickler.trap = trap
        pickler.dump(snapshot)
    return path


class EasyDict(dict):  # type: ignore[type-arg]
    """As theirs, for the name."""


EasyDict.__module__ = "dnnlib.util"


def _easy(values: dict[str, Any]) -> EasyDict:
    return EasyDict(values)


class stand_in_modules:  # noqa: N801  # used like a function
    """Modules of the names that a stream says, as long as it is written."""

    def __enter__(self) -> None:
        def _reconstruct_persistent_obj(meta: object) -> object:
            raise AssertionError("somebody ran a pickle")

        persistence = types.ModuleType("torch_utils.persistence")
        _reconstruct_persistent_obj.__module__ = "torch_utils.persistence"
        _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
        persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj  # type: ignore[attr-defined]
        util = types.ModuleType("dnnlib.util")
        util.EasyDict = EasyDict  # type: ignore[attr-defined]
        self._made = {
            "torch_utils": types.ModuleType("torch_utils"), "torch_utils.persistence": persistence,
            "dnnlib": types.ModuleType("dnnlib"), "dnnlib.util": util,
        }  # fmt: skip
        sys.modules.update(self._made)

    def __exit__(self, *_: object) -> None:
        for name in self._made:
            del sys.modules[name]
