"""The few-picture pair: its blocks by hand, its averages, and what a step may not do."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from models.base import family
from models.families.fewshot_gan.fewshot_gan import FewshotGan
from models.families.fewshot_gan.fewshot_networks import (
    Excitation,
    GatedLayer,
    Generator,
    Halving,
    quarter_of,
)
from models.image_spec import ImageSpec
from models.learning import losses
from models.parameters import ParameterError
from models.train_state import TrainState

SPEC = ImageSpec(3, 16, 16)


def build(spec: ImageSpec = SPEC, **changes: Any) -> FewshotGan:
    torch.manual_seed(0)
    small = {"latent_dim": 8, "top_width": 8, "width": 16, "batch_size": 4}
    return FewshotGan(FewshotGan.Config.from_mapping({**small, **changes}), spec).train()


def start(dtype: torch.dtype | None = None) -> TrainState:
    generator = torch.Generator().manual_seed(5)
    return TrainState(
        torch.device("cpu"), generator, total_images=64, set_size=8, autocast_dtype=dtype
    )


def pictures(spec: ImageSpec = SPEC, n: int = 4, seed: int = 0) -> torch.Tensor:
    shape = (n, spec.height, spec.width, spec.channels)
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def steps(model: FewshotGan, state: TrainState, first: int, last: int) -> dict[str, torch.Tensor]:
    report: dict[str, torch.Tensor] = {}
    for index in range(first, last):
        report = model.training_step(pictures(model.image_spec, seed=index), state)
        state.step += 1
        state.images_seen += 4
    return report


def still(n: int, height: int, width: int) -> torch.Tensor:
    return torch.ones(1, 1, height, width)


def copied(model: nn.Module) -> dict[str, torch.Tensor]:
    return copy.deepcopy(model.state_dict())


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(tensor, other[key]) for key, tensor in one.items())


# ---------------------------------------------------------------------- the blocks


def test_an_excitation_gates_channels_by_the_coarse_level_alone() -> None:
    torch.manual_seed(0)
    block, coarse = Excitation(6, 4), torch.randn(2, 6, 8, 12)
    gate = block(coarse).detach()
    assert gate.shape == (2, 4, 1, 1)
    assert 0 < float(gate.min()) < float(gate.max()) < 1
    cells = coarse.view(2, 6, 4, 2, 4, 3).mean((3, 5)).flatten(1)
    hidden = cells @ block.squeeze.weight.T
    expected = torch.sigmoid((hidden * torch.sigmoid(hidden)) @ block.gate.weight.T)
    assert torch.allclose(gate.flatten(1), expected, atol=1e-6)


def test_a_gated_layer_is_half_its_channels_times_the_sigmoid_of_the_other() -> None:
    torch.manual_seed(0)
    layer = GatedLayer(3, 5, noisy=True).double()
    nn.init.constant_(layer.strength, 0.5)
    x = torch.randn(4, 3, 6, 6, dtype=torch.float64)
    y = F.conv2d(x, layer.conv.weight, padding=1) + 0.5
    mean, variance = y.mean((0, 2, 3), keepdim=True), y.var((0, 2, 3), keepdim=True, correction=0)
    y = (y - mean) / (variance + layer.norm.eps).sqrt()
    assert torch.allclose(layer(x, still), y[:, :5] * torch.sigmoid(y[:, 5:]))


def test_quarters_are_the_four_corners() -> None:
    x = torch.arange(2 * 4 * 6.0).view(1, 2, 4, 6).expand(4, -1, -1, -1)
    cut = quarter_of(x, torch.tensor([0, 1, 2, 3]))
    assert torch.equal(cut[0], x[0, :, :2, :3])
    assert torch.equal(cut[1], x[0, :, :2, 3:])
    assert torch.equal(cut[2], x[0, :, 2:, :3])
    assert torch.equal(cut[3], x[0, :, 2:, 3:])


def test_the_critic_layers_have_spectral_norm_one() -> None:
    torch.manual_seed(0)
    block = Halving(6, 10)
    for _ in range(100):
        block(torch.randn(1, 6, 8, 8))
    for layer in (block.first, block.second, block.direct):
        weight = layer.weight.detach().flatten(1)
        assert float(torch.linalg.matrix_norm(weight, 2)) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize(("side", "gates"), [(16, 1), (32, 1), (64, 1), (128, 2), (256, 3)])
def test_gates_join_levels_four_doublings_apart(side: int, gates: int) -> None:
    spec = ImageSpec(3, side, side)
    widths = [8] * (spec.base_grid()[2] + 1)
    assert len(Generator(spec, 8, widths).excitations) == gates


def test_hinge_and_redrawing_losses_by_hand() -> None:
    real, fake = torch.tensor([2.0, 0.5]), torch.tensor([-0.2, -3.0])
    expected = (0 + 0.4) / 2 + (0.6 + 0) / 2
    assert float(losses.hinge_critic(real, fake, 0.9, 0.8)) == pytest.approx(expected)
    x, y = torch.zeros(1, 1, 2, 2), torch.tensor([[[[0.0, 1.0], [0.0, 0.0]]]])
    assert float(losses.edges_and_pixels(y, x)) == pytest.approx(0.25 + 0.5 + 0.5)
    assert float(losses.edges_and_pixels(x + 1, y + 1)) == pytest.approx(0.25 + 0.5 + 0.5)


# ---------------------------------------------------------------------- the contract


@pytest.mark.parametrize(
    ("channels", "height", "width"),
    [(1, 16, 16), (3, 48, 64), (4, 32, 16), (3, 24, 40), (1, 20, 28), (3, 128, 256)],
)
def test_channels_and_aspects(channels: int, height: int, width: int) -> None:
    spec = ImageSpec(channels, height, width)
    model = build(spec)
    report = steps(model, start(), 0, 1)
    assert all(bool(torch.isfinite(v)) and not v.requires_grad for v in report.values())
    w = model.sample(2, seed=1)
    assert w.shape == (2, 1, 8)
    made = model.synthesize(w)
    assert made.shape == (2, height, width, channels)
    assert made.dtype == torch.uint8
    assert max(model.synthesize(w, max_resolution=16).shape[1:3]) <= 16
    assert model.features(w, height).shape[2] == height
    assert model.score(pictures(spec)).shape == (4,)


@pytest.mark.parametrize("side", [16, 1024])
def test_the_smallest_and_the_largest_picture_can_be_made(side: int) -> None:
    model = build(ImageSpec(1, side, side), width=8)
    assert model.synthesize(model.sample(1, 0)).shape == (1, side, side, 1)


def test_the_seed_alone_decides_a_sample() -> None:
    model = build()
    many = model.sample(5, seed=10)
    assert torch.equal(many[3:4], model.sample(1, seed=13))
    assert torch.equal(model.sample(2, 10, truncation_psi=0.5), 0.5 * many[:2])
    assert torch.allclose(model.sample(1, 10, truncation_psi=0.0)[0], model.w_mean())


def test_noise_follows_its_seed_and_not_the_neighbours() -> None:
    model = build()
    nn.init.ones_(next(m.strength for m in model.generator_ema.modules() if hasattr(m, "strength")))
    w = model.sample(3, 0)
    first = model.synthesize(w, noise_seed=1)
    assert torch.equal(first, model.synthesize(w, noise_seed=1))
    assert not torch.equal(first, model.synthesize(w, noise_seed=2))
    alone = model.synthesize(w[1:2], noise_seed=1)[0]
    assert int((alone.int() - first[1].int()).abs().max()) <= 1


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_resume_is_exact(dtype: torch.dtype | None) -> None:
    model, state = build(), start(dtype)
    steps(model, state, 0, 2)
    weights = copied(model)
    moments = {k: copy.deepcopy(o.state_dict()) for k, o in model.optimizers().items()}
    chance = state.generator.get_state()
    steps(model, state, 2, 4)
    again, resumed = build(), start(dtype)
    steps(again, start(), 7, 8)
    again.load_state_dict(weights)
    for key, optimizer in again.optimizers().items():
        optimizer.load_state_dict(moments[key])
    resumed.generator.set_state(chance)
    resumed.step, resumed.images_seen = 2, 8
    steps(again, resumed, 2, 4)
    assert same(copied(model), copied(again))


def test_looking_changes_nothing_that_is_trained() -> None:
    model, state = build(), start()
    steps(model, state, 0, 1)
    before, chance = copied(model.critic) | copied(model.generator), state.generator.get_state()
    model.refresh(lambda: [])
    one = model.score(pictures())
    model.synthesize(model.sample(2, 0))
    assert torch.equal(one, model.score(pictures()))
    assert same(before, copied(model.critic) | copied(model.generator))
    assert torch.equal(state.generator.get_state(), chance)
    assert model.critic.training


def test_the_average_is_normalised_by_its_own_statistics() -> None:
    model, state = build(), start()
    steps(model, state, 0, 3)
    assert not model.generator_ema.training
    wild = copied(model.generator_ema)
    model.refresh(lambda: [])
    measured = copied(model.generator_ema)
    moved = [key for key in wild if not torch.equal(wild[key], measured[key])]
    assert moved
    assert all("running" in key or "num_batches" in key for key in moved)
    seen: list[torch.Tensor] = []
    norm = model.generator_ema.norm
    hook = norm.register_forward_hook(lambda _, __, out: seen.append(out.detach()))
    model.synthesize(model.sample(256, 0))
    hook.remove()
    assert float(seen[0].mean((0, 2, 3)).abs().max()) < 0.05
    assert float((seen[0].var((0, 2, 3)) - 1).abs().max()) < 0.1
    model.refresh(lambda: [])
    assert same(measured, copied(model.generator_ema))


def test_both_networks_learn_and_the_critic_is_free_again() -> None:
    model, state = build(), start()
    before = {"critic": copied(model.critic), "generator": copied(model.generator)}
    report = steps(model, state, 0, 1)
    assert set(report) == {"critic", "redrawing", "real_score", "fake_score", "generator"}
    for name, old in before.items():
        new = dict(getattr(model, name).named_parameters())
        assert all(not torch.equal(value, old[key]) for key, value in new.items()), name
    assert all(p.requires_grad for p in model.critic.parameters())
    assert not any(p.requires_grad for p in model.generator_ema.parameters())


def test_without_memory_the_decoders_stand_still() -> None:
    model = build(redraw_weight=0.0)
    before = copied(model.critic.redraw_fine)
    steps(model, start(), 0, 2)
    assert same(before, copied(model.critic.redraw_fine))


def test_the_critic_learns_to_redraw_and_to_tell() -> None:
    model, state = build(ImageSpec(1, 16, 16), lr=2e-3, augment_p=0.0), start()
    batch = (torch.arange(16).view(1, 1, 16, 1) * 10).expand(4, 16, 16, 1).to(torch.uint8)
    state.images_seen = 1000
    first = model.training_step(batch, state)
    for _ in range(40):
        last = model.training_step(batch, state)
    assert float(last["redrawing"]) < 0.6 * float(first["redrawing"])
    assert float(model.score(batch).mean()) > float(model.score(255 - batch).mean())


@pytest.mark.parametrize("accelerator", [False, True])
@pytest.mark.parametrize("side", [16, 64, 256, 1024])
def test_presets(side: int, accelerator: bool) -> None:
    spec = ImageSpec(3, side, side)
    few = FewshotGan.preset(spec, accelerator=accelerator, pictures=60)
    many = FewshotGan.preset(spec, accelerator=accelerator, pictures=900)
    assert few.augment_cutout > many.augment_cutout == 0
    if not accelerator:
        weights = [p for p in FewshotGan(few, spec).parameters() if p.requires_grad]
        assert sum(p.numel() for p in weights) < 8_000_000


def test_words_and_refusals() -> None:
    assert family("fewshot_gan") is FewshotGan
    for declared in FewshotGan.Config.params().values():
        assert declared.label
        assert declared.help.endswith(".")
        assert declared.term
    with pytest.raises(ParameterError, match="batch_size=1 is not possible"):
        FewshotGan.Config.from_mapping({"batch_size": 1})
    with pytest.raises(ParameterError, match="fewshot_gan family has no encoder"):
        build().encode(pictures())
