"""Layers that are carried out in more ways than one."""

from __future__ import annotations

import pytest
import torch

from models import layers, seamless
from models.layers import GroupedConv


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
