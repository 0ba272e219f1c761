"""Averages, augmentation, mixture and the fixed extractor."""

import pytest
import torch
from torch import nn

from models.image_spec import ImageSpec
from models.learning import ema
from models.parameters import ParameterError
from models.parts import mixture
from models.parts.augment import Augmentation
from models.parts.features import Extractor
from models.parts.layers import GroupedBlock, level_widths
from models.parts.schedules import cosine, warmed


def test_after_its_half_life_an_old_weight_counts_one_half() -> None:
    old, new = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.ones_(old.weight)
    nn.init.zeros_(new.weight)
    average = ema.averaged_copy(old)
    keep = ema.decay(10, half_life=500, images_seen=10**9)
    for _ in range(50):
        ema.update(average, new, keep)
    assert float(average.weight) == pytest.approx(0.5, rel=1e-4)
    assert not average.weight.requires_grad


def test_the_average_forgets_quickly_at_the_start() -> None:
    assert ema.decay(32, 5000, 0) == 0.0
    assert ema.decay(32, 5000, 640) < ema.decay(32, 5000, 50_000) < ema.decay(32, 5000, 10**6)
    assert ema.decay(32, 5000, 10**6) == ema.decay(32, 5000, 10**9)


def test_rates() -> None:
    assert cosine(2.0, 1.0, 0.0) == 2.0
    assert cosine(2.0, 1.0, 0.5) == pytest.approx(1.5)
    assert cosine(2.0, 1.0, 7.0) == pytest.approx(1.0)
    assert warmed(0, 10, 100) == pytest.approx(0.1)
    assert warmed(990, 10, 100) == 1.0


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_augmentation_off_is_the_identity(channels: int) -> None:
    x = torch.rand(3, channels, 16, 24) * 2 - 1
    generator = torch.Generator().manual_seed(0)
    still = Augmentation(p=0.0, shift=0.2, zoom=0.2, colour=1.0, cutout=0.5)
    assert torch.equal(still(x, generator), x)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_each_kind_of_augmentation_changes_pictures_and_repeats(channels: int) -> None:
    x = torch.rand(8, channels, 16, 24) * 2 - 1
    for kind in ({"shift": 0.2}, {"zoom": 0.3}, {"colour": 1.0}, {"cutout": 0.5}):
        augment = Augmentation(**kind)  # type: ignore[arg-type]
        first = augment(x, torch.Generator().manual_seed(3))
        assert first.shape == x.shape
        assert not torch.equal(first, x), kind
        assert torch.equal(first, augment(x, torch.Generator().manual_seed(3)))


def test_the_mirror_gives_the_picture_or_its_mirror_image() -> None:
    x = torch.rand(32, 3, 8, 12) * 2 - 1
    y = Augmentation(mirror=True)(x, torch.Generator().manual_seed(0))
    same = [(a - b).abs().max() < 1e-4 for a, b in zip(x, y, strict=True)]
    turned = [(a.flip(2) - b).abs().max() < 1e-4 for a, b in zip(x, y, strict=True)]
    assert all(s or t for s, t in zip(same, turned, strict=True))
    assert any(same)
    assert any(turned)


def test_a_shift_moves_whole_pixels() -> None:
    x = torch.zeros(64, 1, 16, 16)
    x[:, :, 8, 8] = 1.0
    y = Augmentation(shift=0.25)(x, torch.Generator().manual_seed(0))
    assert torch.allclose(y.amax((1, 2, 3)), torch.ones(64), atol=1e-4)


def test_gradients_flow_through_the_augmentation() -> None:
    x = torch.rand(4, 3, 16, 16, requires_grad=True)
    full = Augmentation(p=1.0, mirror=True, shift=0.1, zoom=0.1, colour=0.5, cutout=0.3)
    full(x, torch.Generator().manual_seed(0)).sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0


def test_clear_parts_stay_clear_and_black() -> None:
    x = torch.full((8, 4, 16, 16), -1.0)
    full = Augmentation(p=1.0, mirror=True, shift=0.2, zoom=0.2, colour=1.0, cutout=0.5)
    assert torch.allclose(full(x, torch.Generator().manual_seed(0)), x, atol=1e-5)


def _points(n: int = 600) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    centres = torch.tensor([[-4.0, 0.0], [4.0, 1.0]], dtype=torch.float64)
    member = (torch.arange(n) % 3 == 0).long()
    return centres[member] + noise * torch.tensor([0.5, 1.0], dtype=torch.float64)


def test_the_mixture_is_recovered() -> None:
    fitted = mixture.fit(_points(), 2)
    order = fitted.means[:, 0].argsort()
    assert torch.allclose(fitted.weights[order], torch.tensor([2 / 3, 1 / 3]).double(), atol=0.02)
    expected = torch.tensor([[-4.0, 0.0], [4.0, 1.0]], dtype=torch.float64)
    assert torch.allclose(fitted.means[order], expected, atol=0.2)
    assert torch.equal(fitted.means, mixture.fit(_points(), 2).means)


def test_the_likelihood_agrees_with_torch_distributions() -> None:
    fitted, points = mixture.fit(_points(), 2), _points(50)
    parts = torch.distributions.MultivariateNormal(fitted.means, scale_tril=fitted.cholesky)
    choice = torch.distributions.Categorical(fitted.weights)
    reference = torch.distributions.MixtureSameFamily(choice, parts)
    assert torch.allclose(fitted.log_prob(points), reference.log_prob(points))


def test_samples_have_the_moments_of_the_mixture() -> None:
    fitted = mixture.fit(_points(), 2)
    normal = torch.randn(40_000, 3, generator=torch.Generator().manual_seed(1))
    drawn = fitted.transform(normal.double())
    assert torch.allclose(drawn.mean(0), _points().mean(0), atol=0.1)
    assert torch.allclose(torch.cov(drawn.T), torch.cov(_points().T), atol=0.3)


def test_fewer_points_than_numbers_can_still_be_fitted() -> None:
    points = torch.randn(5, 32, generator=torch.Generator().manual_seed(0))
    fitted = mixture.fit(points, mixture.component_count(len(points)))
    assert len(fitted.weights) == 1
    assert bool(torch.isfinite(fitted.cholesky).all())
    assert [mixture.component_count(n) for n in (1, 45, 450)] == [1, 2, 10]


def test_identical_points_do_not_break_the_fit() -> None:
    fitted = mixture.fit(torch.ones(60, 4), 3)
    assert bool(torch.isfinite(fitted.means).all())


def test_a_grouped_block_starts_as_the_identity_with_fixup_gains() -> None:
    torch.manual_seed(0)
    block = GroupedBlock(64, 2, 16, total_blocks=16)
    x = torch.randn(2, 64, 8, 8)
    assert torch.equal(block(x), x)
    he = (2 / 1.04 / 64) ** 0.5
    assert float(block.expand.weight.detach().std()) == pytest.approx(he / 2, rel=0.05)


def test_widths_double_downwards() -> None:
    assert level_widths(ImageSpec(3, 64, 64), 32, 128) == [32, 64, 128, 128, 128]
    assert level_widths(ImageSpec(3, 48, 64), 16, 128) == [16, 32, 64, 128]


def test_the_extractor_is_fixed_and_tells_pictures_apart() -> None:
    images = torch.randint(0, 256, (3, 40, 56, 3), dtype=torch.uint8)
    extractor = Extractor(version="random-features-v1")
    numbers = extractor.embed(images)
    assert numbers.shape == (3, extractor.dim)
    assert torch.equal(numbers, Extractor().embed(images))
    nearby = (images.int() + 2).clamp(0, 255).to(torch.uint8)
    moved = (extractor.embed(nearby) - numbers).norm(dim=1)
    assert bool((moved < torch.pdist(numbers).min()).all())
    assert extractor.embed(images[:0]).shape == (0, extractor.dim)


@pytest.mark.parametrize("channels", [1, 4])
def test_the_extractor_takes_grey_and_transparent_pictures(channels: int) -> None:
    images = torch.randint(0, 256, (2, 32, 32, channels), dtype=torch.uint8)
    assert bool(torch.isfinite(Extractor().embed(images)).all())


def test_an_unknown_extractor_is_refused() -> None:
    with pytest.raises(ParameterError, match="no extractor 'x'"):
        Extractor(version="x")
