"""Latents in standard deviations, and back."""

from __future__ import annotations

import torch

from models.parts.whitening import Whitening


def test_ordinary_latents_are_standard_normal_and_come_back() -> None:
    chance = torch.Generator().manual_seed(0)
    mixing = torch.randn(6, 6, generator=chance) * torch.tensor([10.0, 5, 2, 1, 1, 0.5])[:, None]
    latents = torch.randn(4000, 6, generator=chance) @ mixing + 7
    units = Whitening(latents)
    u = units.whitened(latents)
    assert torch.allclose(u.mean(0), torch.zeros(6), atol=1e-3)
    assert torch.allclose(torch.cov(u.T), torch.eye(6), atol=5e-3)
    assert torch.allclose(units.coloured(u), latents, atol=1e-3)


def test_what_never_varies_may_still_be_said() -> None:
    latents = torch.zeros(10, 3)
    latents[:, 0] = torch.linspace(-1, 1, 10)
    units = Whitening(latents)
    w = torch.tensor([[[0.5, 0.25, -0.25], [0.1, 0.0, 0.0]]])
    u = units.whitened(w)
    assert torch.allclose(units.coloured(u), w, atol=1e-5)
    assert u[0, 0, 1:].abs().max() > 10  # far from what is ordinary
    assert Whitening(torch.ones(1, 4)).coloured(torch.zeros(1, 4)).equal(torch.ones(1, 4))
