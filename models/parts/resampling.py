"""Low-pass filters, and the changes of size that need them, inside networks.

On a processor they are depthwise convolutions. Anywhere else they are products with banded
matrices, along one axis after the other: the same sums, and what graphics cards do best
(measured on an H200, 32 pictures of 256 pixels and 64 channels in bf16, there and back: 0.9 ms
instead of 13.6 ms). Outside is black, or the opposite edge where `seamless`.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

from models.parts.convolution import conv2d
from models.parts.seamless import wrapped

SOFT = (1.0, 3.0, 3.0, 1.0)
"""The filter of Karras 2020, arXiv:1912.04958, App. B."""
TENT = (1.0, 2.0, 1.0)
"""The filter of Zhang 2019, arXiv:1904.11486."""
BOX = (1.0, 1.0, 0.0)


def halve(x: Tensor, seamless: bool = False) -> Tensor:
    """[1, 2, 1] low-pass and every second pixel (Zhang 2019): [N, c, h, w] to half the sides."""
    if _by_matrices(x):
        return _along_both(x, TENT, 1, 1.0, seamless, step=2)
    return _convolved(x, TENT, 1, 1.0, seamless, step=2)


def double(x: Tensor, seamless: bool = False) -> Tensor:
    """Zero insertion and [1, 2, 1] interpolation: [N, c, h, w] to twice the sides.

    It is the same as a repeat and a box of two pixels.
    """
    if _by_matrices(x):
        return _along_both(x, BOX, 1, 1.0, seamless, copies=2)
    x = F.interpolate(x, scale_factor=2.0, mode="nearest")
    return _convolved(x, BOX, 1, 1.0, seamless)


def repeat(x: Tensor) -> Tensor:
    """Every pixel four times: [N, c, h, w] to twice the sides."""
    if _by_matrices(x):
        return _along_both(x, (1.0,), 0, 1.0, False, copies=2)
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def average(x: Tensor) -> Tensor:
    """The mean of every four pixels: [N, c, h, w] to half the sides."""
    if _by_matrices(x):
        return _along_both(x, (1.0, 1.0), 0, 1.0, False, step=2)
    return F.avg_pool2d(x, 2)


def enlarge(x: Tensor, seamless: bool = False, *, dark: bool = False) -> Tensor:
    """Bilinear, the edge repeated, closed, or `dark`: [N, c, h, w] to twice the sides.

    Inside that is zero insertion and the [1, 3, 3, 1] filter; `dark` is that up to the edge.
    """
    if _by_matrices(x):
        outside = "constant" if dark else "replicate"
        return _along_both(x, TENT, 1, 1.0, seamless, copies=2, outside=outside)
    if not seamless and not dark:
        return F.interpolate(x, scale_factor=2.0, mode="bilinear")
    x = wrapped(x, 1) if seamless else F.pad(x, (1, 1, 1, 1))
    return F.interpolate(x, scale_factor=2.0, mode="bilinear")[:, :, 2:-2, 2:-2]


def soften(x: Tensor, seamless: bool = False) -> Tensor:
    """[1, 2, 1] both ways, the edge mirrored or closed: [N, c, h, w] to the same sides."""
    x = wrapped(x, 1) if seamless else F.pad(x, (1, 1, 1, 1), "reflect")
    return _convolved(x, TENT, 0, 1.0, False)


def low_pass(
    x: Tensor, padding: int, gain: float = 1.0, *, step: int = 1, seamless: bool = False
) -> Tensor:
    """[1, 3, 3, 1] both ways, `gain` as bright: [N, c, h, w] to sides + 2 * padding - 3.

    With `step` only every `step`-th pixel of that.
    """
    if _by_matrices(x):
        return _along_both(x, SOFT, padding, gain, seamless, step=step)
    return _convolved(x, SOFT, padding, gain, seamless, step)


def soft_kernel(channels: int, gain: float) -> Tensor:
    """The depthwise kernel [channels, 1, 4, 4] of :func:`low_pass` on a processor."""
    return _kernel(SOFT, gain, channels, torch.device("cpu"), torch.float32)


def _by_matrices(x: Tensor) -> bool:
    return x.device.type != "cpu"


def _convolved(
    x: Tensor, taps: tuple[float, ...], padding: int, gain: float, seamless: bool, step: int = 1
) -> Tensor:
    if seamless:
        x, padding = wrapped(x, padding) if padding else x, 0
    kernel, groups = _kernel(taps, gain, x.shape[1], x.device, x.dtype), x.shape[1]
    if step == 1:
        return conv2d(x, kernel, padding=padding, groups=groups)
    # With a stride the way back takes ten to forty times as long in bf16 as in full precision.
    dtype = torch.promote_types(x.dtype, torch.float32)
    with torch.autocast(x.device.type, enabled=False):
        y = conv2d(x.to(dtype), kernel.to(dtype), stride=step, padding=padding, groups=groups)
    return y.to(x.dtype)


def _along_both(
    x: Tensor, taps: tuple[float, ...], padding: int, gain: float, seamless: bool,
    *, step: int = 1, copies: int = 1, outside: str = "constant",
) -> Tensor:  # fmt: skip
    n, channels, height, width = x.shape
    outside = "circular" if seamless else outside
    rest = (copies, step, outside, x.device, x.dtype)
    rows = _band(taps, padding, gain, height, *rest)
    columns = _band(taps, padding, 1.0, width, *rest)
    y = torch.matmul(columns, x.permute(0, 2, 3, 1))
    y = torch.matmul(rows, y.flatten(2))
    return y.view(n, len(rows), len(columns), channels).permute(0, 3, 1, 2)


# Constants are made once and kept: not as inference tensors, which training could not use.
@functools.lru_cache(maxsize=128)
def _kernel(
    taps: tuple[float, ...], gain: float, channels: int, device: torch.device, dtype: torch.dtype
) -> Tensor:
    """The separable depthwise filter of `taps` with the sum `gain`: [channels, 1, n, n]."""
    with torch.inference_mode(False):
        row = torch.tensor(taps) / sum(taps)
        kernel = (gain * torch.outer(row, row)).expand(channels, 1, -1, -1)
        return kernel.contiguous().to(device, dtype)


@functools.lru_cache(maxsize=256)
def _band(
    taps: tuple[float, ...], padding: int, gain: float, size: int, copies: int, step: int,
    outside: str, device: torch.device, dtype: torch.dtype,
) -> Tensor:  # fmt: skip
    """What repeating, filtering and skipping do to a line of `size` pixels: [result, size]."""
    with torch.inference_mode(False):
        row = torch.tensor(taps) * (gain / sum(taps))
        lines = torch.eye(size).repeat_interleave(copies, 1)[:, None]
        lines = F.pad(lines, (padding, padding), outside)
        band = F.conv1d(lines, row.view(1, 1, -1))[:, 0, ::step].T
        return band.contiguous().to(device, dtype)
