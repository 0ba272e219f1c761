"""Convolutions that can be differentiated twice at the price of three more convolutions.

torch works out the gradient of a convolution's gradient as one whose kernel is as large as the
picture, group by group: on a graphics card many times as slow as it has to be, and on a processor
half as slow again (torch 2.11 and 2.13). A convolution is linear in the picture and in the
kernel, so its gradients are the transposed convolution and the correlation of picture and
result, and theirs are again these three. Pictures should have their channels last in memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts.seamless import wrapped


class Shape(NamedTuple):
    """What is fixed about a convolution; the same both ways across the picture."""

    stride: int
    padding: int
    groups: int


_twice = False
_kernels_wanted = True
# Flags of the module, not of a thread: gradients on a card are worked out in threads of their own.


@contextlib.contextmanager
def differentiated_twice() -> Iterator[None]:
    """Inside, :func:`conv2d` and :func:`conv_transpose2d` are made for a second gradient.

    The values are the same; a first gradient alone is a little quicker outside.
    """
    global _twice
    before, _twice = _twice, True
    try:
        yield
    finally:
        _twice = before


def slope(total: Tensor, x: Tensor) -> Tensor:
    """d `total` / d `x`, differentiable again.

    On its way every convolution is asked for the gradient by its kernel, too, which nobody needs:
    here that is left out.
    """
    global _kernels_wanted
    before, _kernels_wanted = _kernels_wanted, False
    try:
        return torch.autograd.grad(total, x, create_graph=True)[0]
    finally:
        _kernels_wanted = before


def conv2d(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0,
    groups: int = 1,
) -> Tensor:  # fmt: skip
    """As :func:`torch.nn.functional.conv2d`."""
    if not _is_twice():
        return F.conv2d(x, weight, bias, stride, padding, groups=groups)
    y = _convolved(*_alike(x, weight), Shape(stride, padding, groups))
    return y if bias is None else y + bias.to(y.dtype).view(1, -1, 1, 1)


def conv_transpose2d(x: Tensor, weight: Tensor, stride: int = 1) -> Tensor:
    """As :func:`torch.nn.functional.conv_transpose2d`."""
    if not _is_twice():
        return F.conv_transpose2d(x, weight, stride=stride)
    kernel, size = weight.shape[2:], x.shape[2:]
    sides = [(side - 1) * stride + k for side, k in zip(size, kernel, strict=True)]
    return _spread(*_alike(x, weight), Shape(stride, 0, 1), sides)


class Conv2d(nn.Conv2d):
    """As its base, by :func:`conv2d`. Stride and padding alike both ways, no dilation."""

    def _conv_forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if not _is_twice():
            return super()._conv_forward(x, weight, bias)
        stride, padding = self.stride[0], int(self.padding[0])
        if self.padding_mode == "circular" and padding:
            x, padding = wrapped(x, padding), 0
        return conv2d(x, weight, bias, stride, padding, self.groups)


def _is_twice() -> bool:
    return _twice and torch.is_grad_enabled()


def _alike(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the precision that autocast would give them."""
    kind = x.device.type
    if not torch.is_autocast_enabled(kind):
        return x, weight
    dtype = torch.get_autocast_dtype(kind)
    return x.to(dtype), weight.to(dtype)


def _convolved(x: Tensor, weight: Tensor, shape: Shape) -> Tensor:
    return _Convolved.apply(x, weight, shape)  # type: ignore[no-untyped-call]


def _spread(y: Tensor, weight: Tensor, shape: Shape, sides: Sequence[int]) -> Tensor:
    return _Spread.apply(y, weight, shape, sides)  # type: ignore[no-untyped-call]


def _correlated(x: Tensor, y: Tensor, shape: Shape, kernel: Sequence[int]) -> Tensor:
    return _Correlated.apply(x, y, shape, kernel)  # type: ignore[no-untyped-call]


class _Convolved(torch.autograd.Function):
    """y = x * w."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, shape: Shape) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.shape = shape
        return F.conv2d(x, weight, None, shape.stride, shape.padding, groups=shape.groups)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        of_x = of_weight = None
        if ctx.needs_input_grad[0]:
            of_x = _spread(gradient, weight, ctx.shape, x.shape[2:])
        if ctx.needs_input_grad[1] and _kernels_wanted:
            of_weight = _correlated(x, gradient, ctx.shape, weight.shape[2:])
        return of_x, of_weight, None


class _Spread(torch.autograd.Function):
    """x = y transposed-* w: the gradient of a convolution by its picture of `sides`."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, weight: Tensor, shape: Shape, sides: Any) -> Tensor:
        ctx.save_for_backward(y, weight)
        ctx.shape = shape
        smallest = [
            (side - 1) * shape.stride - 2 * shape.padding + kernel
            for side, kernel in zip(y.shape[2:], weight.shape[2:], strict=True)
        ]
        rest = [side - least for side, least in zip(sides, smallest, strict=True)]
        return F.conv_transpose2d(
            y, weight, None, shape.stride, shape.padding, rest, groups=shape.groups
        )

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        y, weight = ctx.saved_tensors
        of_y = of_weight = None
        if ctx.needs_input_grad[0]:
            of_y = _convolved(gradient, weight, ctx.shape)
        if ctx.needs_input_grad[1] and _kernels_wanted:
            of_weight = _correlated(gradient, y, ctx.shape, weight.shape[2:])
        return of_y, of_weight, None, None


class _Correlated(torch.autograd.Function):
    """w: the gradient of a convolution by its kernel, of picture x and gradient y."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, shape: Shape, kernel: Any) -> Tensor:
        ctx.save_for_backward(x, y)
        ctx.shape = shape
        inputs = x.shape[1] // shape.groups
        weight = x.new_empty(y.shape[1], inputs, *kernel)  # only its shape is looked at
        stride, padding = [shape.stride] * 2, [shape.padding] * 2
        _, found, _ = torch.ops.aten.convolution_backward(
            y, x, weight, None, stride, padding, [1, 1], False, [0, 0], shape.groups,
            [False, True, False],
        )  # fmt: skip
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, y = ctx.saved_tensors
        of_x = of_y = None
        if ctx.needs_input_grad[0]:
            of_x = _spread(y, gradient, ctx.shape, x.shape[2:])
        if ctx.needs_input_grad[1]:
            of_y = _convolved(x, gradient, ctx.shape)
        return of_x, of_y, None, None
