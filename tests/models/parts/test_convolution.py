"""Convolutions made for a second gradient: the same values, and the gradients that they have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts import convolution, seamless
from models.parts.convolution import Conv2d, conv2d, conv_transpose2d, differentiated_twice, slope

DOUBLE = torch.float64

SHAPES = [(1, 0, 1), (1, 1, 1), (2, 1, 1), (2, 0, 1), (1, 1, 3), (2, 1, 3)]


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=DOUBLE, generator=torch.Generator().manual_seed(sum(shape)))


def derivatives(function: Callable[[Tensor, Tensor], Tensor], x: Tensor, w: Tensor) -> list[Tensor]:
    """The values, the slope along x, and how the square of the slope changes with both."""
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    y = function(x, w)
    (slope,) = torch.autograd.grad(y.pow(3).sum(), x, create_graph=True)
    return [y, slope, *torch.autograd.grad(slope.square().sum(), (x, w))]


@pytest.mark.parametrize(("stride", "padding", "groups"), SHAPES)
@pytest.mark.parametrize("kernel", [1, 3, 4])
def test_values_and_both_gradients_are_those_of_torch(
    stride: int, padding: int, groups: int, kernel: int
) -> None:
    x, w = drawn(2, 6, 8, 7), drawn(9, 6 // groups, kernel, kernel)
    plain = derivatives(lambda x, w: F.conv2d(x, w, None, stride, padding, 1, groups), x, w)
    with differentiated_twice():
        ours = derivatives(lambda x, w: conv2d(x, w, None, stride, padding, groups), x, w)
    for one, other in zip(ours, plain, strict=True):
        assert torch.allclose(one, other)


@pytest.mark.parametrize("stride", [1, 2])
def test_so_are_those_of_the_transposed_one(stride: int) -> None:
    x, w = drawn(2, 5, 4, 6), drawn(5, 3, 3, 3)
    plain = derivatives(lambda x, w: F.conv_transpose2d(x, w, stride=stride), x, w)
    with differentiated_twice():
        ours = derivatives(lambda x, w: conv_transpose2d(x, w, stride), x, w)
    for one, other in zip(ours, plain, strict=True):
        assert torch.allclose(one, other)


def test_gradients_go_on_as_often_as_asked() -> None:
    x, w = drawn(1, 4, 5, 5).requires_grad_(), drawn(4, 2, 3, 3).requires_grad_()
    with differentiated_twice():
        assert torch.autograd.gradcheck(lambda x, w: conv2d(x, w, None, 2, 1, 2), (x, w))
        assert torch.autograd.gradgradcheck(lambda x, w: conv2d(x, w, None, 2, 1, 2), (x, w))
        assert torch.autograd.gradgradcheck(lambda x, w: conv_transpose2d(x, w, 2), (x, w[:, :1]))


@pytest.mark.parametrize("torus", [False, True])
def test_a_layer_means_the_same_with_and_without(torus: bool) -> None:
    layer = Conv2d(4, 6, 3, padding=1, groups=2).double()
    if torus:
        seamless.close(layer)
    reference = nn.Conv2d(4, 6, 3, padding=1, groups=2).double()
    reference.padding_mode, reference._reversed_padding_repeated_twice = (
        layer.padding_mode, [1, 1, 1, 1],
    )  # fmt: skip
    reference.load_state_dict(layer.state_dict())
    x = drawn(2, 4, 6, 6).requires_grad_()
    wanted = reference(x)
    assert torch.allclose(layer(x), wanted)
    with differentiated_twice():
        assert torch.allclose(layer(x), wanted)
        with torch.no_grad():
            assert torch.allclose(layer(x), wanted)


def test_mixed_precision_is_that_of_torch() -> None:
    x, w = torch.randn(1, 3, 6, 6), torch.randn(5, 3, 3, 3, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        wanted = F.conv2d(x, w, padding=1)
        with differentiated_twice():
            found = conv2d(x, w, padding=1)
    assert found.dtype == wanted.dtype == torch.bfloat16
    assert torch.equal(found, wanted)
    found.float().sum().backward()
    assert w.grad is not None
    assert w.grad.dtype == torch.float32


def test_a_slope_along_pictures_asks_no_kernel_for_its_gradient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, w = drawn(2, 4, 6, 6).requires_grad_(), drawn(6, 4, 3, 3).requires_grad_()
    asked: list[int] = []
    correlated = convolution._correlated
    monkeypatch.setattr(
        convolution, "_correlated", lambda *all_: (asked.append(1), correlated(*all_))[1]
    )
    found = []
    for take in (slope, lambda total, x: torch.autograd.grad(total, x, create_graph=True)[0]):
        with differentiated_twice():
            y = conv_transpose2d(conv2d(x, w, padding=1).tanh(), w, 2)
        asked.clear()
        along = take(y.pow(3).sum(), x)
        found.append((len(asked), *torch.autograd.grad(along.square().sum(), (x, w))))
    assert [each[0] for each in found] == [0, 2]
    for one, other in zip(found[0][1:], found[1][1:], strict=True):
        assert torch.allclose(one, other)


def test_outside_nothing_is_kept_for_it() -> None:
    with pytest.raises(ZeroDivisionError), differentiated_twice():
        raise ZeroDivisionError
    y = conv2d(torch.ones(1, 1, 3, 3, requires_grad=True), torch.ones(1, 1, 3, 3))
    assert "Convolution" in type(y.grad_fn).__name__
