"""Filters and changes of size: what they do, and that both ways to carry them out agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from models.parts import resampling
from models.parts.resampling import average, double, enlarge, halve, low_pass, repeat

WAYS: dict[str, Callable[[Tensor, bool], Tensor]] = {
    "halve": halve,
    "double": double,
    "repeat": lambda x, seamless: repeat(x),
    "average": lambda x, seamless: average(x),
    "enlarge": enlarge,
    "keep": lambda x, seamless: low_pass(x, 1, seamless=seamless),
    "grow": lambda x, seamless: low_pass(x, 2, 4.0, seamless=seamless),
    "inside": lambda x, seamless: low_pass(x, 0, 4.0, seamless=seamless),
    "skip": lambda x, seamless: low_pass(x, 1, step=2, seamless=seamless),
}


def test_resampling_keeps_a_flat_picture_and_is_linear_interpolation() -> None:
    flat = torch.ones(1, 2, 8, 8)
    assert torch.allclose(halve(flat)[:, :, 1:, 1:], torch.ones(1, 2, 3, 3))
    assert torch.allclose(double(flat)[:, :, 1:, 1:], torch.ones(1, 2, 15, 15))
    ramp = torch.arange(8.0).view(1, 1, 1, 8).expand(1, 1, 8, 8)
    steps = double(ramp)[0, 0, 5, 1:].diff()
    assert torch.allclose(steps, torch.full((14,), 0.5))
    assert torch.allclose(halve(ramp)[0, 0, 1, 1:], torch.tensor([2.0, 4.0, 6.0]))


@pytest.mark.parametrize("seamless", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_products_with_matrices_are_the_same_as_convolutions(
    way: str, seamless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What devices do, done on the processor; gradients of gradients included."""
    found = []
    for by_matrices in (False, True):
        monkeypatch.setattr(resampling, "_by_matrices", lambda x, chosen=by_matrices: chosen)
        chance = torch.Generator().manual_seed(1)
        x = torch.randn(2, 3, 8, 12, generator=chance, dtype=torch.float64).requires_grad_()
        y = WAYS[way](x, seamless)
        weights = torch.randn(y.shape, generator=chance, dtype=torch.float64)
        (slope,) = torch.autograd.grad((y.square() * weights).sum(), x, create_graph=True)
        (bend,) = torch.autograd.grad(slope.square().sum(), x)
        found.append((y.detach(), slope.detach(), bend))
    for convolved, multiplied in zip(*found, strict=True):
        assert convolved.shape == multiplied.shape
        assert torch.allclose(convolved, multiplied, rtol=1e-6, atol=1e-6)


def test_pictures_keep_their_order_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every layer after it would have to put them in order again."""
    monkeypatch.setattr(resampling, "_by_matrices", lambda x: True)
    x = torch.randn(2, 8, 16, 16).contiguous(memory_format=torch.channels_last)
    for resize in (halve, double, repeat, average, enlarge):
        assert resize(x).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("way", WAYS)
def test_no_pictures_are_none_afterwards(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for by_matrices in (False, True):
        monkeypatch.setattr(resampling, "_by_matrices", lambda x, chosen=by_matrices: chosen)
        found.append(WAYS[way](torch.ones(0, 3, 8, 12), False).shape)
    assert found[0] == found[1]


def test_a_filter_made_while_generating_can_be_trained_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for by_matrices in (False, True):
        monkeypatch.setattr(resampling, "_by_matrices", lambda x, chosen=by_matrices: chosen)
        resampling._band.cache_clear()
        resampling._kernel.cache_clear()
        with torch.inference_mode():
            halve(torch.ones(1, 3, 10, 10))
        x = torch.ones(1, 3, 10, 10, requires_grad=True)
        halve(x).sum().backward()
        assert x.grad is not None
