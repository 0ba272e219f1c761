"""A seed draws the same for ever, and no two seeds draw the same."""

from __future__ import annotations

import pytest
import torch

from models.base import family, seeded_normal
from models.draws import Draws, mixed_bits
from models.families.stylegan2.stylegan2_networks import still_noise
from models.image_spec import ImageSpec
from models.parts.classes import labels_for

TWO_32 = 1 << 32
LARGE = [TWO_32, TWO_32 + 5, 7 * TWO_32 + 5, (1 << 63) - 1]


@pytest.mark.parametrize("seed", [0, 1, 5, (1 << 31) - 1, 1 << 31, TWO_32 - 1])
def test_small_seeds_draw_as_they_always_have(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    draws = Draws(seed)
    for shape in ((40,), (1, 1, 4, 4), (3,)):
        assert torch.equal(draws.normal(*shape), torch.randn(shape, generator=generator))


def test_bits_are_mixed_as_splitmix64_says() -> None:
    # The first numbers of its reference implementation from the states 0 and 1.
    assert mixed_bits(0) == 0xE220A8397B1DCDAF
    assert mixed_bits(1) == 0x910A2DEC89025CC1


def test_large_seeds_are_as_unlike_as_small_ones() -> None:
    rows = torch.stack([Draws(seed % TWO_32 + high * TWO_32).normal(20_000)
                        for seed in LARGE[:3] for high in range(6)])  # fmt: skip
    kept = torch.unique(rows, dim=0)
    assert len(kept) == 12  # twice the low bits 5, and once 0, with six heights
    alike = torch.corrcoef(kept) - torch.eye(len(kept))
    assert alike.abs().max() < 0.05


@pytest.mark.parametrize("seed", LARGE)
def test_large_seeds_are_normal(seed: int) -> None:
    drawn = Draws(seed).normal(100_000).double()
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.01
    assert abs(drawn.pow(4).mean() - 3) < 0.1


def test_a_row_depends_on_its_own_seed_alone() -> None:
    rows = seeded_normal(4, TWO_32 - 2, (16,))
    for place in range(4):
        assert torch.equal(rows[place : place + 1], seeded_normal(1, TWO_32 - 2 + place, (16,)))


def test_noise_has_large_seeds_too() -> None:
    one, other = (still_noise(seed, ((8, 8),), torch.device("cpu"))[0] for seed in (9, 9 + TWO_32))
    assert not torch.equal(one, other)


@pytest.mark.parametrize("first", [0, TWO_32 * 9])
def test_a_drawn_class_says_nothing_of_its_latent(first: int) -> None:
    classes, latents = drawn(first, apart=first < TWO_32)
    assert abs(classes.mean() - 0.75) < 0.04
    assert likeness(classes, latents) < 0.08


def test_models_of_old_draw_the_classes_that_they_drew() -> None:
    classes, latents = drawn(0, apart=False)
    for seed in range(0, 2_000, 97):
        place = torch.rand((), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        assert classes[seed] == (place >= 0.25)
    assert likeness(classes, latents) > 0.4


def drawn(first: int, *, apart: bool, count: int = 2_000) -> tuple[torch.Tensor, torch.Tensor]:
    """The classes [n], of which 3 in 4 are 1, and the latents [n, 8] of the seeds from `first`."""
    kind = family("gan")
    small = kind.Config.from_mapping({"latent_dim": 8, "top_width": 8, "width": 8})
    model = kind(small, ImageSpec(3, 16, 16, classes=2, classes_apart=apart))
    model.class_shares.copy_(torch.tensor([0.25, 0.75]))
    classes = torch.tensor(labels_for(model, count, first, None)).double()
    return classes, seeded_normal(count, first, (8,)).double()


def likeness(classes: torch.Tensor, latents: torch.Tensor) -> float:
    """The highest correlation of the classes with the latents, their sizes and their products."""
    numbers = (latents, latents.abs(), latents[:, :1] * latents[:, 1:])
    columns = torch.cat([classes[:, None], *numbers], 1).T
    return float(torch.corrcoef(columns)[0, 1:].abs().max())
