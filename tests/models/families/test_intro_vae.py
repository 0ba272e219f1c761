"""Soft-IntroVAE, the sharp option of the VAE."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch

from models.base import seeded_normal
from models.families.codec.vae import Vae
from models.image_spec import ImageSpec
from models.learning import losses
from models.parameters import ParameterError
from models.train_state import TrainState
from studio.engine.files import resources
from studio.engine.training.record.checkpoint_model import load_model

SPEC = ImageSpec(3, 16, 16)


def build(**changes: Any) -> Vae:
    torch.manual_seed(0)
    small = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4, "sharp": True}
    return Vae(Vae.Config.from_mapping({**small, **changes}), SPEC)


def start(dtype: torch.dtype | None = None) -> TrainState:
    generator = torch.Generator().manual_seed(5)
    return TrainState(
        torch.device("cpu"), generator, total_images=10_000, set_size=8, autocast_dtype=dtype
    )


def pictures(seed: int = 0, n: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, 16, 16, 3), dtype=torch.uint8, generator=generator)


def steps(model: Vae, state: TrainState, first: int, last: int) -> dict[str, torch.Tensor]:
    report: dict[str, torch.Tensor] = {}
    for index in range(first, last):
        report = model.training_step(pictures(index), state)
        state.step += 1
        state.images_seen += 4
    return report


def test_the_encoder_loss_by_hand() -> None:
    energy, refused = torch.tensor([8.0, 4.0]), torch.tensor([4.0, 0.0, 12.0, 2.0])
    pushed = sum(0.5 * math.exp(-2 * e / 4) for e in (4.0, 0.0, 12.0, 2.0)) / 4
    found = losses.soft_intro_encoder(energy, refused, 4)
    assert float(found) == pytest.approx(6.0 / 4 + pushed)


def test_errors_count_as_between_zero_and_one() -> None:
    x, y = torch.full((2, 1, 2, 2), -1.0), torch.ones(2, 1, 2, 2)
    y[1] = -1.0
    assert torch.equal(losses.unit_error(y, x), torch.tensor([4.0, 0.0]))


def test_the_more_a_made_picture_is_refused_the_less_it_counts() -> None:
    refused = torch.tensor([0.0, 1.0, 10.0], requires_grad=True)
    losses.soft_intro_encoder(torch.zeros(1), refused, 1).backward()
    assert refused.grad is not None
    assert float(refused.grad[0]) < float(refused.grad[1]) < float(refused.grad[2]) < 0


def test_both_networks_take_turns() -> None:
    model, state = build(), start()
    before = copy.deepcopy(model.state_dict())
    report = steps(model, state, 0, 1)
    assert set(model.optimizers()) == {"encoder", "decoder"}
    assert {"mse", "kl", "fake_kl", "loss", "decoder"} <= set(report)
    assert all(bool(torch.isfinite(v)) and not v.requires_grad for v in report.values())
    for name in ("encoder", "decoder"):
        net = getattr(model, name)
        moved = [not torch.equal(p, before[f"{name}.{k}"]) for k, p in net.named_parameters()]
        assert sum(moved) > len(moved) // 2
        assert all(p.requires_grad for p in net.parameters())


def test_the_encoder_alone_learns_to_push_made_pictures_away() -> None:
    model, state = build(lr=3e-3, sharp_neg=4.0), start()
    x = model.to_network(pictures())
    prior, noise = seeded_normal(4, 0, (16,)), seeded_normal(8, 9, (16,))
    gaps = []
    for _ in range(80):
        _, report = model._encoder_step(x, prior, noise, state)
        gaps.append(float(report["fake_kl"] - report["kl"]))
    assert gaps[-1] > max(1.0, 10 * gaps[0])


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_resume_is_exact(dtype: torch.dtype | None) -> None:
    model, state = build(), start(dtype)
    steps(model, state, 0, 2)
    weights = copy.deepcopy(model.state_dict())
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
    for key, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[key]), key


def test_new_pictures_are_drawn_from_the_prior() -> None:
    model = build()
    model.refresh(lambda: [pictures(n=40)])
    assert torch.equal(model.sample(3, 4), seeded_normal(3, 4, (16,)).unsqueeze(1))
    assert float(model.w_mean().abs().max()) == 0.0


def test_a_plain_vae_has_the_optimiser_it_always_had() -> None:
    assert set(build(sharp=False).optimizers()) == {"codec"}


def test_bad_strengths_are_refused() -> None:
    with pytest.raises(ParameterError, match="sharp_neg=-1 is not possible"):
        build(sharp_neg=-1)


def test_the_starter_model_still_opens() -> None:
    model = load_model(resources() / "sample" / "model", "cpu")
    assert not model.config.as_dict()["sharp"]
    assert model.synthesize(model.sample(1, 0)).shape[0] == 1
