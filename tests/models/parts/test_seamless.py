"""Seamless mode: everything rolls with the coarsest grid, nothing changes where it is off."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from models.base import Family, families, family
from models.families.stylegan2.stylegan2_networks import Generator as StyleGenerator
from models.image_spec import ImageSpec
from models.parts import modulated, resampling, seamless
from models.parts.augment import Augmentation
from models.train_state import TrainState
from tests.models.configs import config_of

NAMES = ["autoencoder", "fewshot_gan", "gan", "stylegan2", "tokens", "vae"]
SMALL: dict[str, Any] = {"latent_dim": 32, "top_width": 8, "width": 16, "batch_size": 4}
SPEC = ImageSpec(3, 32, 48)


def build(name: str, spec: ImageSpec = SPEC, **changes: Any) -> Family:
    torch.manual_seed(0)
    return family(name)(config_of(name, SMALL, **changes), spec)


def chance(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def start() -> TrainState:
    return TrainState(torch.device("cpu"), chance(), total_images=64, set_size=8)


def pictures(n: int = 4, seed: int = 0) -> torch.Tensor:
    shape = (n, SPEC.height, SPEC.width, SPEC.channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance(seed))


def roll(x: torch.Tensor, down: int, right: int) -> torch.Tensor:
    return torch.roll(x, (down, right), (2, 3))


def randomised(net: torch.nn.Module) -> torch.nn.Module:
    """No weight at zero, so that no path is silent."""
    generator = chance(1)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.2 * torch.randn(weight.shape, generator=generator))
    return net.eval()


def off_the_wrap(made: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((made - wanted).abs().max() / wanted.std())


def test_every_family_declares_it_once_and_off() -> None:
    for name in NAMES:
        declared = families()[name].Config.params()["seamless"]
        assert (declared.label, declared.term) == ("Seamless", "circular padding")
        assert declared.default is False
        assert not declared.live


@pytest.mark.parametrize("name", NAMES)
def test_tensors_are_the_same_with_and_without(name: str) -> None:
    plain, closed = build(name), build(name, seamless=True)
    first, second = plain.state_dict(), closed.state_dict()
    assert list(first) == list(second)
    assert all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("name", NAMES)
def test_it_draws_otherwise_and_only_where_it_is_on(name: str) -> None:
    w = build(name).sample(2, 0)
    plain, again, closed = (build(name, seamless=on) for on in (False, False, True))
    for model in (plain, again, closed):
        model.eval()
    assert torch.equal(plain.features(w, 32), again.features(w, 32))
    assert not torch.equal(plain.features(w, 32), closed.features(w, 32))


@pytest.mark.parametrize("name", NAMES)
def test_a_seamless_run_trains_and_resumes_exactly(name: str) -> None:
    straight, state = build(name, seamless=True), start()
    for index in range(3):
        report = straight.training_step(pictures(seed=index), state)
        state.step, state.images_seen = state.step + 1, state.images_seen + 4
    assert all(bool(value.isfinite().all()) for value in report.values())
    other, state = build(name, seamless=True), start()
    for index in range(3):
        other.training_step(pictures(seed=index), state)
        state.step, state.images_seen = state.step + 1, state.images_seen + 4
    for key, tensor in straight.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[key]), key


@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 2), (3, 5)])
def test_gan_rolls_with_its_pattern(down: int, right: int) -> None:
    net = randomised(build("gan", seamless=True).generator)
    z = torch.randn(2, 32, generator=chance())
    with torch.no_grad():
        before = net(z)
        net.pattern.copy_(roll(net.pattern, down, right))
        after = net(z)
    assert off_the_wrap(after, roll(before, 8 * down, 8 * right)) < 1e-4


def test_gan_does_not_roll_when_it_is_off() -> None:
    net = randomised(build("gan").generator)
    z = torch.randn(2, 32, generator=chance())
    with torch.no_grad():
        before = net(z)
        net.pattern.copy_(roll(net.pattern, 1, 2))
        assert off_the_wrap(net(z), roll(before, 8, 16)) > 0.1


@pytest.mark.parametrize("on", [True, False])
def test_style_mixer_rolls_with_its_pattern_and_noise(on: bool) -> None:
    model = build("stylegan2", seamless=on)
    net = randomised(model.generator)
    assert isinstance(net, StyleGenerator)
    w = torch.randn(2, net.slots, 32, generator=chance())
    noise = [torch.randn(2, 1, *side, generator=chance(k)) for k, side in
             enumerate(net.noise_sides())]  # fmt: skip
    with torch.no_grad():
        before = net(w, noise)
        net.pattern.copy_(roll(net.pattern, 1, 2))
        moved = [roll(each, each.shape[2] // 4, each.shape[3] // 3) for each in noise]
        error = off_the_wrap(net(w, moved), roll(before, 8, 16))
    assert (error < 1e-3) if on else (error > 0.1)


def test_few_picture_pair_rolls_with_its_start() -> None:
    model = build("fewshot_gan", seamless=True)
    net = randomised(model.generator)
    z = torch.randn(2, 32, generator=chance())

    def still(n: int, height: int, width: int) -> torch.Tensor:
        return torch.zeros(1, 1, height, width)

    with torch.no_grad():
        # A gate is one number for a whole channel: it makes no seam, but knows where things are.
        for gates in net.excitations:
            gates.squeeze.weight.zero_()
        before = net(z, still)
        weight = net.start.weight.view(-1, *net.grid, 32)
        net.start.weight.copy_(torch.roll(weight, (1, 2), (1, 2)).flatten(0, 2))
        after = net(z, still)
    assert off_the_wrap(after, roll(before, 8, 16)) < 1e-3


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_codecs_roll_both_ways(name: str) -> None:
    model = build(name, seamless=True, latent_dim=48)
    encoder, decoder = randomised(model.encoder), randomised(model.decoder)
    x = torch.randn(2, 3, 32, 48, generator=chance())
    with torch.no_grad():
        code = encoder(x).view(2, -1, 4, 6)
        moved = encoder(roll(x, 8, 16)).view(2, -1, 4, 6)
        assert off_the_wrap(moved, roll(code, 1, 2)) < 1e-4
        z = code[:, :2]
        drawn, again = decoder(z.flatten(1)), decoder(roll(z, 1, 2).flatten(1))
    assert off_the_wrap(again, roll(drawn, 8, 16)) < 1e-4


def test_critics_look_across_the_edge() -> None:
    """Trunks, up to the layers that see the whole grid at once."""
    x = torch.randn(2, 3, 32, 48, generator=chance())
    critic = randomised(build("stylegan2", seamless=True).critic)
    with torch.no_grad():
        one, two = critic.stem(x), critic.stem(roll(x, 8, 16))
        for down in critic.down:
            one, two = down(one), down(two)
        assert off_the_wrap(two, roll(one, 1, 2)) < 1e-4
        few = randomised(build("fewshot_gan", seamless=True).critic)
        scores, kept = few(x)
        moved, again = few(roll(x, 8, 16))
    assert off_the_wrap(moved.mean(1), scores.mean(1)) < 1e-3
    assert off_the_wrap(again[0], roll(kept[0], 2, 4)) < 1e-3


def test_resampling_on_the_torus_is_resampling_of_a_tiling() -> None:
    x = torch.randn(2, 3, 8, 12, generator=chance())
    tiled = x.repeat(1, 1, 3, 3)
    for function, factor in ((resampling.halve, 0.5), (resampling.double, 2.0)):
        top, left = int(8 * factor), int(12 * factor)
        middle = function(tiled)[:, :, top : 2 * top, left : 2 * left]
        assert torch.allclose(function(x, seamless=True), middle, atol=1e-6)
    conv = modulated.ModulatedConv(3, 5, 4, up=True)
    w = torch.randn(2, 4, generator=chance())
    middle = conv(tiled, w)[:, :, 16:32, 24:48]
    seamless.close(conv)
    assert torch.allclose(conv(x, w), middle, atol=1e-5)


def test_gradients_of_gradients_cross_the_wrap() -> None:
    conv = modulated.EqualConv(2, 2, 3, down=True).double()
    seamless.close(conv)
    x = torch.randn(1, 2, 4, 4, dtype=torch.float64, generator=chance(), requires_grad=True)
    weights = torch.randn(1, 2, 2, 2, dtype=torch.float64, generator=chance(5))
    assert torch.autograd.gradgradcheck(lambda x: (conv(x) * weights).square().sum(), (x,))


def test_wrapped_is_circular_padding_in_the_same_memory_order() -> None:
    x = torch.randn(2, 8, 5, 7).contiguous(memory_format=torch.channels_last)
    made = seamless.wrapped(x, 2)
    assert torch.equal(made, F.pad(x, (2, 2, 2, 2), mode="circular"))
    assert made.is_contiguous(memory_format=torch.channels_last)


def test_rolling_keeps_every_pixel() -> None:
    x = torch.randn(64, 3, 8, 12, generator=chance())
    made = seamless.rolled(x, 0.25, 1.0, chance())
    every = {(d, r): roll(x, d, r) for d in range(-2, 3) for r in range(-3, 4)}
    found = set()
    for n in range(64):
        fits = [key for key, each in every.items() if torch.equal(each[n], made[n])]
        assert len(fits) == 1
        found.update(fits)
    assert len(found) > 15
    assert seamless.rolled(x, 0.0, 1.0, chance()) is x
    assert torch.equal(seamless.rolled(x, 0.5, torch.tensor(0.0), chance()), x)


def test_rolling_augmentation_shifts_by_rolls_alone() -> None:
    x = torch.randn(16, 3, 8, 8, generator=chance())
    generator = chance()
    made = seamless.RollingAugmentation(shift=0.5)(x, generator)
    assert torch.equal(made, seamless.rolled(x, 0.5, 1.0, chance()))
    still = seamless.RollingAugmentation(mirror=True, colour=0.5)(x, chance())
    assert torch.equal(still, Augmentation(mirror=True, colour=0.5)(x, chance()))
