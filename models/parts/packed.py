"""Convolutions whose weights lie in memory as oneDNN works on them: for networks that only draw.

oneDNN reorders weights at every call, which costs as much as the sums of a small picture; a
transposed one whose weights lie in the order of training costs several times its sums (measured
on Zen 4, torch 2.13, 512 channels, 4 to 8 pixels: 22 ms, 5.6 ms contiguous, 1.5 ms packed). The
operators are those that torch's own compiler uses. They are no public promise, so they are tried
once; where they are not, weights are contiguous and the rest is the same. No gradients.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

Shape = tuple[list[int], list[int], list[int], int]
"""Padding, stride and dilation both ways; groups."""
_TRANSPOSED: Shape = ([0, 0], [2, 2], [1, 1], 1)
_NOTHING_AFTER: tuple[str, list[float], str] = ("none", [], "")


class PackedConv:
    """A convolution of `weight` [out, in / groups, k, k]; stride and padding the same both ways."""

    def __init__(self, weight: Tensor, stride: int = 1, padding: int = 0, groups: int = 1) -> None:
        self.shape: Shape = ([padding] * 2, [stride] * 2, [1, 1], groups)
        self.packed = can_pack()
        weight = weight.detach().contiguous()
        self.weight = _reordered(weight, self.shape) if self.packed else weight

    def __call__(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """[n, in, h, w] and [out] to [n, out, h', w']."""
        if self.packed:
            return _convolved(x, self.weight, bias, self.shape)
        padding, stride, dilation, groups = self.shape
        return F.conv2d(x, self.weight, bias, stride, padding, dilation, groups)


class PackedTransposed:
    """A transposed convolution of stride 2 without padding, of `weight` [out, in, k, k]."""

    def __init__(self, weight: Tensor) -> None:
        self.packed = can_pack()
        weight = weight.detach().transpose(0, 1).contiguous()
        self.weight = _reordered_transposed(weight) if self.packed else weight

    def __call__(self, x: Tensor) -> Tensor:
        """[n, in, h, w] to [n, out, 2 h + k - 2, 2 w + k - 2]."""
        if self.packed:
            return _spread(x, self.weight)
        return F.conv_transpose2d(x, self.weight, stride=2)


@functools.cache
def can_pack() -> bool:
    """Whether the operators are there, take what they are given here, and say the right thing."""
    if not torch.backends.mkldnn.is_available():
        return False
    with torch.inference_mode(False):
        x, weight = torch.arange(16.0).view(1, 1, 4, 4), torch.arange(9.0).view(1, 1, 3, 3)
        shape: Shape = ([1, 1], [1, 1], [1, 1], 1)
        try:
            same = _convolved(x, _reordered(weight, shape), None, shape)
            spread = _spread(x, _reordered_transposed(weight))
        except (AttributeError, RuntimeError, TypeError):  # another version, another processor
            return False
        wanted = F.conv2d(x, weight, padding=1), F.conv_transpose2d(x, weight, stride=2)
        return torch.allclose(same, wanted[0]) and torch.allclose(spread, wanted[1])


def _reordered(weight: Tensor, shape: Shape) -> Tensor:
    made: Tensor = torch.ops.mkldnn._reorder_convolution_weight(weight, *shape)
    return made


def _convolved(x: Tensor, weight: Tensor, bias: Tensor | None, shape: Shape) -> Tensor:
    made: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *shape, *_NOTHING_AFTER)
    return made


def _reordered_transposed(weight: Tensor) -> Tensor:
    padding, *rest = _TRANSPOSED
    made: Tensor = torch.ops.mkldnn._reorder_convolution_transpose_weight(
        weight, padding, [0, 0], *rest
    )
    return made


def _spread(x: Tensor, weight: Tensor) -> Tensor:
    padding, *rest = _TRANSPOSED
    made: Tensor = torch.ops.mkldnn._convolution_transpose_pointwise(
        x, weight, None, padding, [0, 0], *rest, *_NOTHING_AFTER
    )
    return made
