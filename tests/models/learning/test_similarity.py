"""What is climbed when a picture is looked for: structure at scales, and the whole distance."""

from __future__ import annotations

import pytest
import torch
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from models import border
from models.learning.resemblance import Resemblance
from models.learning.similarity import multiscale_ssim


def pair(side: int, channels: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(side)
    x = torch.rand(2, channels, side, side, generator=chance)
    return x, (x + 0.2 * torch.randn(x.shape, generator=chance)).clamp(0, 1)


def test_five_scales_are_those_of_everybody() -> None:
    x, y = pair(192)
    theirs = multiscale_structural_similarity_index_measure(x, y, data_range=1.0, reduction="none")
    assert torch.allclose(multiscale_ssim(x, y), torch.as_tensor(theirs), atol=0.005)


@pytest.mark.parametrize("side", [16, 24, 64])
def test_small_pictures_have_fewer(side: int) -> None:
    x, y = pair(side)
    same, noisy = multiscale_ssim(x, x), multiscale_ssim(x, y)
    assert torch.allclose(same, torch.ones(2))
    assert ((noisy > 0) & (noisy < 0.995)).all()


def test_from_a_negative_a_gradient_leads_away() -> None:
    x, _ = pair(64)
    negative = (1 - x).requires_grad_(True)
    multiscale_ssim(negative, x).sum().backward()
    assert negative.grad is not None
    assert negative.grad.isfinite().all()
    flat = torch.full_like(x, 0.5).requires_grad_(True)
    multiscale_ssim(flat, x).sum().backward()
    assert flat.grad is not None
    assert flat.grad.isfinite().all()
    assert flat.grad.abs().max() > 0


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_target_itself_is_nearest(channels: int) -> None:
    chance = torch.Generator().manual_seed(1)
    images = torch.randint(0, 256, (2, 32, 24, channels), generator=chance, dtype=torch.uint8)
    x = border.to_network(images)
    wanted = Resemblance(x[:1])
    own, other = wanted.distance(x)
    assert own < 1e-6
    assert other > 0.1
    assert torch.allclose(wanted.error(x)[1], ((x[1] - x[0]) / 2).square().mean())


def test_colour_under_what_is_clear_does_not_count() -> None:
    images = torch.zeros(2, 16, 16, 4, dtype=torch.uint8)
    images[:, :, 8:] = 200
    images[1, :, :8, :3] = 90
    x = border.to_network(images)
    assert Resemblance(x[:1]).distance(x).max() < 1e-6
