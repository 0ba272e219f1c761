"""StyleGAN2 against naive sums, finite differences and its own promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.base import family
from models.families.stylegan2.stylegan2 import StyleGan2
from models.families.stylegan2.stylegan2_config import StyleGan2Config
from models.families.stylegan2.stylegan2_networks import Critic, Generator, group_size, variety
from models.image_spec import ImageSpec
from models.learning import losses
from models.parts.modulated import EqualConv, EqualLinear, Mapping, ModulatedConv
from models.parts.resampling import low_pass
from models.train_state import TrainState

SPEC = ImageSpec(3, 16, 16)
SMALL: dict[str, Any] = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}
DOUBLE = torch.float64


@pytest.fixture(autouse=True)
def _same_chance() -> None:
    torch.manual_seed(0)


def build(spec: ImageSpec = SPEC, **changes: Any) -> StyleGan2:
    torch.manual_seed(0)
    return StyleGan2(StyleGan2Config.from_mapping({**SMALL, **changes}), spec)


def start(bf16: bool = False) -> TrainState:
    state = TrainState(torch.device("cpu"), torch.Generator().manual_seed(5), total_images=64)
    state.autocast_dtype = torch.bfloat16 if bf16 else None
    return state


def pictures(n: int = 4, seed: int = 0, spec: ImageSpec = SPEC) -> Tensor:
    shape = (n, spec.height, spec.width, spec.channels)
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def steps(model: StyleGan2, state: TrainState, first: int, last: int) -> list[dict[str, Tensor]]:
    reports = []
    for index in range(first, last):
        reports.append(model.training_step(pictures(4, index, model.image_spec), state))
        state.step += 1
        state.images_seen += 4
    return reports


def noises(net: Generator, n: int = 1, dtype: torch.dtype = DOUBLE) -> list[Tensor]:
    return [torch.randn(n, 1, *side, dtype=dtype) for side in net.noise_sides()]


# ---------------------------------------------------------------------- layers


@pytest.mark.parametrize(
    ("kernel", "up", "demodulate"), [(3, False, True), (3, True, True), (1, False, False)]
)
def test_modulated_convolution_is_one_set_of_weights_a_picture(
    kernel: int, up: bool, demodulate: bool
) -> None:
    layer = ModulatedConv(5, 4, 6, kernel, up=up, demodulate=demodulate).double()
    x, w = torch.randn(3, 5, 6, 7, dtype=DOUBLE), torch.randn(3, 6, dtype=DOUBLE)
    made = layer(x, w, boost=1.5)
    for place in range(3):
        style = layer.style.weight @ w[place] / 6**0.5 + layer.style.bias
        weight = layer.weight / (5 * kernel**2) ** 0.5 * style[None, :, None, None]
        if demodulate:
            norm = (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
            weight = 1.5 * weight / norm
        one = x[place : place + 1]
        if up:
            wide = torch.zeros(1, 5, 2 * 6 - 1, 2 * 7 - 1, dtype=DOUBLE)
            wide[:, :, ::2, ::2] = one
            # Zeros between the pixels, the flipped kernel, then [1, 3, 3, 1] with a gain of 4.
            full = F.conv2d(F.pad(wide, (2, 2, 2, 2)), weight.flip(2, 3))
            row = torch.tensor([1, 3, 3, 1], dtype=DOUBLE) / 8
            taps = 4 * torch.outer(row, row).expand(4, 1, 4, 4)
            wanted = F.conv2d(F.pad(full, (1, 1, 1, 1)), taps, groups=4)
        else:
            wanted = F.conv2d(one, weight, padding=kernel // 2)
        assert torch.allclose(made[place : place + 1], wanted, atol=1e-10)


@torch.no_grad()
def test_demodulation_keeps_the_variance_whatever_the_style() -> None:
    layer = ModulatedConv(32, 64, 8)
    x = torch.randn(8, 32, 16, 16)
    made = layer(x, 5 * torch.randn(8, 8))
    assert float(made.std()) == pytest.approx(1.0, abs=0.1)


@torch.no_grad()
def test_equalised_layers_keep_the_variance_and_their_rates() -> None:
    x = torch.randn(4096, 64)
    assert float(EqualLinear(64, 64)(x).std()) == pytest.approx(1.0, abs=0.1)
    slow = EqualLinear(64, 64, 0.01, bias=1.0)
    assert float(slow(x).std()) == pytest.approx(1.0, abs=0.1)
    assert float(slow(torch.zeros(1, 64)).mean()) == pytest.approx(1.0)
    assert float(slow.weight.std()) == pytest.approx(100, rel=0.1)
    layer = EqualConv(16, 256, 3)
    made = layer(torch.randn(4, 16, 16, 16))[:, :, 1:-1, 1:-1]
    assert float(made.square().mean()) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("kernel", [1, 3])
def test_halving_is_a_low_pass_and_every_second_pixel(kernel: int) -> None:
    layer = EqualConv(3, 2, kernel, down=True, active=False).double()
    x = torch.randn(1, 3, 8, 12, dtype=DOUBLE)
    row = torch.tensor([1, 3, 3, 1], dtype=DOUBLE) / 8
    taps = torch.outer(row, row).expand(3, 1, 4, 4)
    blurred = F.conv2d(x, taps, padding=2 if kernel == 3 else 1, groups=3)
    wanted = F.conv2d(blurred, layer.weight / (3 * kernel**2) ** 0.5, stride=2)
    assert layer(x).shape == (1, 2, 4, 6)
    assert torch.allclose(layer(x), wanted)
    assert float(low_pass(torch.ones(1, 1, 9, 9), 0, gain=4.0).mean()) == pytest.approx(4.0)


def test_mapping_ignores_the_length_of_z_and_tracks_its_mean() -> None:
    net = Mapping(16, 2)
    z = torch.randn(64, 16)
    assert torch.allclose(net(z), net(3 * z), atol=1e-4)
    w = net(z)
    net.track(w, 0.0)
    assert torch.allclose(net.w_avg, w.mean(0))
    net.track(torch.zeros(4, 16), 0.75)
    assert torch.allclose(net.w_avg, 0.75 * w.mean(0))


# ---------------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("n", "size"), [(1, 1), (2, 2), (3, 3), (4, 4), (6, 3), (8, 4), (10, 5), (7, 7), (32, 4)]
)
def test_pictures_are_compared_in_even_groups(n: int, size: int) -> None:
    assert group_size(n) == size
    x = torch.randn(n, 3, 2, 2)
    found = variety(x)
    for place in range(n):
        first = place // size * size
        spread = (x[first : first + size].var(0, correction=0) + 1e-8).sqrt()
        assert float(found[place]) == pytest.approx(float(spread.mean()), abs=1e-5)


def test_a_score_alone_does_not_depend_on_the_others() -> None:
    model = build()
    steps(model, start(), 0, 2)
    assert float(model.critic.variety) > 0
    batch = pictures(6)
    together = model.score(batch)
    assert torch.allclose(together[2:3], model.score(batch[2:3]), atol=1e-5)
    assert not torch.allclose(together[:1], together[1:2])


def test_a_level_listens_to_its_own_slots() -> None:
    net = Generator(ImageSpec(3, 32, 32), 8, 2, [8, 8, 8, 8])
    w, noise = torch.randn(1, net.slots, 8), noises(net, dtype=torch.float32)
    early = net(w, noise, resolution=8)
    assert early.shape[2:] == (8, 8)
    for slot in range(net.slots):
        changed = w.clone()
        changed[:, slot] += 1
        assert not torch.equal(net(changed, noise), net(w, noise)), slot
        touches = slot <= 2  # one layer at 4 pixels, two at 8
        assert torch.equal(net(changed, noise, resolution=8), early) != touches, slot


def test_slots_fall_into_coarse_middle_and_fine() -> None:
    for side, wanted in (
        (16, {"coarse": (0, 1), "middle": (1, 3), "fine": (3, 6)}),
        (64, {"coarse": (0, 3), "middle": (3, 7), "fine": (7, 10)}),
        (256, {"coarse": (0, 3), "middle": (3, 7), "fine": (7, 14)}),
    ):
        assert build(ImageSpec(3, side, side)).latent.groups == wanted


# ---------------------------------------------------------------------- penalties


def test_r1_and_its_gradient_against_finite_differences() -> None:
    critic = Critic(ImageSpec(1, 16, 16), [3, 3, 3]).double()
    x = torch.randn(2, 1, 16, 16, dtype=DOUBLE, requires_grad=True)

    def penalty() -> Tensor:
        return losses.gradient_penalty(critic(x), x).sum()

    total, step = 0.0, 1e-5
    with torch.no_grad():
        for index in range(x.numel()):
            nudge = torch.zeros(x.numel(), dtype=DOUBLE)
            nudge[index] = step
            nudge = nudge.view(x.shape)
            total += float((critic(x + nudge) - critic(x - nudge)).sum() / (2 * step)) ** 2
    assert float(penalty().detach()) == pytest.approx(total, rel=1e-5)
    weights = (critic.down[0].conv1.weight, critic.down[1].skip.weight, critic.dense.weight)
    for weight in weights:
        check_slope(penalty, weight)


def test_path_lengths_and_their_gradient_against_finite_differences() -> None:
    net = Generator(ImageSpec(1, 16, 16), 4, 2, [3, 3, 3]).double()
    w = torch.randn(2, net.slots, 4, dtype=DOUBLE, requires_grad=True)
    noise = noises(net, 2)
    y = torch.randn(2, 1, 16, 16, dtype=DOUBLE)
    lengths = losses.path_lengths(net(w, noise), w, y)
    step, square = 1e-6, torch.zeros(2, net.slots, 4, dtype=DOUBLE)
    with torch.no_grad():
        for slot in range(net.slots):
            for index in range(4):
                nudge = torch.zeros_like(w)
                nudge[:, slot, index] = step
                slope = (net(w + nudge, noise) - net(w - nudge, noise)) / (2 * step)
                square[:, slot, index] = ((slope * y).sum((1, 2, 3)) / 16) ** 2
    assert torch.allclose(lengths, square.sum(2).mean(1).sqrt(), rtol=1e-5)

    def penalty() -> Tensor:
        return (losses.path_lengths(net(w, noise), w, y) - 0.3).square().mean()

    for weight in (net.grow[1].conv.weight, net.paint[0].style.weight, net.pattern):
        check_slope(penalty, weight)


def check_slope(value: Callable[[], Tensor], weight: nn.Parameter, step: float = 1e-5) -> None:
    """The gradient of `value` at the largest entry of `weight`, by a nudge up and down."""
    (exact,) = torch.autograd.grad(value(), weight)
    place = int(exact.abs().reshape(-1).argmax())
    found = []
    for nudge in (step, -step):
        weight.data.view(-1)[place] += nudge
        found.append(float(value().detach()))
        weight.data.view(-1)[place] -= nudge
    slope = (found[0] - found[1]) / (2 * step)
    assert float(exact.reshape(-1)[place]) == pytest.approx(slope, rel=1e-4)


def test_logistic_losses_are_cross_entropies() -> None:
    real, fake = torch.tensor([1.0, -0.5]), torch.tensor([0.2, 0.7])
    ones, zeros = torch.ones(2), torch.zeros(2)
    cross = F.binary_cross_entropy_with_logits
    assert torch.allclose(
        losses.logistic_critic(real, fake), cross(real, ones) + cross(fake, zeros)
    )
    assert torch.allclose(losses.logistic_generator(fake), cross(fake, ones))


# ---------------------------------------------------------------------- training


def test_regularisers_come_when_due_and_rates_allow_for_them() -> None:
    model, state = build(reg_interval=3, path_interval=2), start()
    state.images_seen = 10_000
    reports = steps(model, state, 0, 4)
    assert ["penalty" in report for report in reports] == [True, False, False, True]
    assert ["path" in report for report in reports] == [True, False, True, False]
    rates = {key: each.param_groups[0] for key, each in model.optimizers().items()}
    assert rates["critic"]["lr"] == pytest.approx(2.5e-3 * 3 / 4)
    assert rates["critic"]["betas"] == (0.0, pytest.approx(0.99 ** (3 / 4)))
    assert rates["generator"]["lr"] == pytest.approx(2.5e-3 * 2 / 3)
    assert float(model.path_mean) > 0
    assert all(weight.requires_grad for weight in model.critic.parameters())


def test_without_regularisers_there_is_nothing_to_pay() -> None:
    model, state = build(gamma=0.0, path_weight=0.0, augment="none"), start()
    state.images_seen = 10_000
    (report,) = steps(model, state, 0, 1)
    assert set(report) == {"critic", "generator", "real_sign"}
    assert model.optimizers()["generator"].param_groups[0]["lr"] == pytest.approx(2.5e-3)


@pytest.mark.parametrize("kind", ["ada", "diffaugment", "none"])
@pytest.mark.parametrize("bf16", [False, True])
def test_resume_is_exact_with_every_kind_of_disguise(kind: str, bf16: bool) -> None:
    changes = {"augment": kind, "augment_p": 0.5, "reg_interval": 2, "path_interval": 2}
    model, state = build(**changes), start(bf16)
    steps(model, state, 0, 3)
    kept = {key: value.clone() for key, value in model.state_dict().items()}
    moments = {
        key: torch.utils._pytree.tree_map(_copied, each.state_dict())
        for key, each in model.optimizers().items()
    }
    randomness = state.generator.get_state()
    steps(model, state, 3, 6)

    again, resumed = build(**changes), start(bf16)
    again.load_state_dict(kept)
    for key, optimizer in again.optimizers().items():
        optimizer.load_state_dict(moments[key])
    resumed.generator.set_state(randomness)
    resumed.step, resumed.images_seen = 3, 12
    torch.manual_seed(99)
    steps(again, resumed, 3, 6)
    for key, value in model.state_dict().items():
        assert torch.equal(value, again.state_dict()[key]), key


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def test_disguise_follows_the_critic_and_live_changes() -> None:
    model, state = build(augment_p=0.2, ada_target=0.0, ada_pictures=0.5), start()
    steps(model, state, 0, 3)
    assert float(model.ada.p) == pytest.approx(0.2)
    assert float(model.ada.count) == 12
    steps(model, state, 3, 4)
    assert float(model.ada.count) == 0
    moved = float(model.ada.p) - 0.2
    assert abs(moved) == pytest.approx(16 / 500) or moved == 0
    model.set_live(StyleGan2Config.from_mapping({**model.config.as_dict(), "lr": 0.001}))
    assert float(model.ada.p) == pytest.approx(0.2 + moved)
    model.set_live(StyleGan2Config.from_mapping({**model.config.as_dict(), "augment_p": 0.7}))
    assert float(model.ada.p) == pytest.approx(0.7)


def test_mixing_takes_coarse_from_one_and_fine_from_another() -> None:
    model, state = build(mixing=1.0), start()
    w = model._styles(32, state).detach()
    assert not bool((w[:, 0] == w[:, -1]).all(1).any())
    ends = [(w[:, slot] == w[:, 0]).all(1) | (w[:, slot] == w[:, -1]).all(1) for slot in range(6)]
    assert all(bool(each.all()) for each in ends)
    w = build(mixing=0.0)._styles(8, state)
    assert torch.equal(w, w[:, :1].expand_as(w))


def test_the_mean_style_is_tracked_and_reached_by_truncation() -> None:
    model, state = build(), start()
    steps(model, state, 0, 20)
    many = model.sample(2000, 0)[:, 0].mean(0)
    spread = float(model.sample(200, 0)[:, 0].std(0).mean())
    assert float((many - model.w_mean()[0]).abs().mean()) < 0.25 * spread
    assert torch.equal(model.sample(1, 3, truncation_psi=0.0)[0], model.w_mean())
    assert "generator_ema.mapping.w_avg" in model.state_dict()


# ---------------------------------------------------------------------- generating


def test_noise_has_a_seed_of_its_own() -> None:
    model = build()
    for layer in (model.generator_ema.first, *model.generator_ema.grow):
        layer.noise_strength.fill_(1.0)
    w = model.sample(3, 0)
    one = model.synthesize(w, noise_seed=1)
    assert torch.equal(one, model.synthesize(w, noise_seed=1))
    assert not torch.equal(one, model.synthesize(w, noise_seed=2))
    close = model.synthesize(w[1:2], noise_seed=1).int() - one[1:2].int()
    assert int(close.abs().max()) <= 1


def test_training_after_looking_in_inference_mode() -> None:
    model, state = build(), start()
    with torch.inference_mode():
        model.synthesize(model.sample(2, 0), noise_seed=7)
        model.score(pictures())
    steps(model, state, 0, 1)
    w = model.sample(1, 0).requires_grad_(True)
    model.features(w, 8).square().sum().backward()
    assert w.grad is not None


def test_presets_follow_the_paper() -> None:
    kind = family("stylegan2")
    big = kind.preset(ImageSpec(3, 256, 256), accelerator=True, pictures=2000)
    assert isinstance(big, StyleGan2Config)
    assert (big.batch_size, big.top_width, big.width, big.latent_dim) == (16, 64, 512, 512)
    assert big.gamma == pytest.approx(0.0002 * 256**2 / 16)
    assert big.ema_half_life == pytest.approx(5.0)
