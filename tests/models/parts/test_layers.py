"""Layers that are carried out in more ways than one."""

from __future__ import annotations

import pytest
import torch

from models.image_spec import ImageSpec
from models.parts import layers, seamless
from models.parts.layers import GroupedConv, level_widths


@pytest.mark.parametrize("torus", [False, True])
@pytest.mark.parametrize("groups", [1, 6, 12, 48])
def test_merged_groups_filter_as_groups_do(
    groups: int, torus: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What devices do, done on the processor; gradients of gradients included."""
    torch.manual_seed(2)
    layer = GroupedConv(96, groups).double()
    if torus:
        seamless.close(layer)
    x = torch.randn(2, 96, 5, 6, dtype=torch.float64, requires_grad=True)
    found = []
    for merged in (False, True):
        monkeypatch.setattr(layers, "_is_merged", lambda x, chosen=merged: chosen)
        y = layer(x)
        (slope,) = torch.autograd.grad(y.pow(3).sum(), x, create_graph=True)
        bends = torch.autograd.grad(slope.square().sum(), list(layer.parameters()))
        found.append((y.detach(), slope.detach(), *bends))
    for apart, together in zip(*found, strict=True):
        assert torch.allclose(apart, together)


def test_as_many_groups_are_merged_as_fit() -> None:
    assert [layers._merge(groups, 96 // groups) for groups in (1, 2, 6, 12, 48)] == [1, 1, 3, 6, 24]


def test_squares_of_pixels_come_back_as_they_were() -> None:
    x = torch.randn(2, 4, 6, 10)
    squares = layers.to_patches(x, 2)
    assert squares.shape == (2, 16, 3, 5)
    assert torch.equal(squares[:, :4, 0, 0].flatten(), x[:, 0, :2, :2].flatten())
    assert torch.equal(layers.from_patches(squares, 2), x)
    assert layers.to_patches(x, 1) is x is layers.from_patches(x, 1)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (48, 64), (24, 40)])
def test_a_codec_of_squares_draws_whole_pictures(height: int, width: int) -> None:
    spec = ImageSpec(3, height, width)
    torch.manual_seed(0)
    encoder = layers.Encoder(spec, widths := level_widths(spec, 8, 16)[1:], 24, 1, patch=2)
    decoder = layers.Decoder(spec, widths, 24, 1, patch=2)
    drawn = decoder(encoder(torch.randn(2, 3, height, width)))
    assert drawn.shape == (2, 3, height, width)
    assert decoder(torch.randn(2, 24), height).shape[2] == height // 2  # its finest level


def test_at_first_the_pixels_of_a_square_are_alike() -> None:
    spec = ImageSpec(3, 16, 16)
    torch.manual_seed(0)
    decoder = layers.Decoder(spec, level_widths(spec, 8, 16)[1:], 16, 1, patch=2)
    drawn = decoder(torch.randn(2, 16))
    assert float(drawn.detach().std()) > 0
    for right, down in ((0, 1), (1, 0), (1, 1)):
        assert torch.equal(drawn[:, :, ::2, ::2], drawn[:, :, down::2, right::2])
