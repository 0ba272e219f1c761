"""Penalties of the adversarial pair, some pictures at a time: the gradients of all at once."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.families.gan import gan
from models.families.gan.gan import Gan
from models.families.gan.gan_config import GanConfig
from models.image_spec import ImageSpec
from models.scaling import LossScaler
from models.train_state import TrainState
from studio.engine.training.session.accumulation import step_in_parts

AT_ONCE, FIVE_AT_A_TIME = 1 << 40, 5 * 16 * 24
"""Of 16 or 8 pictures the last part is a smaller one."""


def build(classes: int) -> Gan:
    torch.manual_seed(0)
    config = GanConfig(latent_dim=16, top_width=16, width=32, batch_size=8, reg_interval=1)
    model = Gan(config, ImageSpec(3, 16, 24, classes))
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.05 * torch.randn(weight.shape))
    return model


def start(scaled: bool = False) -> TrainState:
    state = TrainState(torch.device("cpu"), torch.Generator().manual_seed(3), total_images=64)
    state.scaler = LossScaler(state.device) if scaled else None
    return state


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("pixels", [FIVE_AT_A_TIME, 1])
def test_gradients_are_those_of_all_at_once(
    classes: int, pixels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = torch.randn(16, 3, 16, 24, dtype=torch.float64)
    labels = torch.arange(16) % 3 if classes else None
    found = []
    for most in (AT_ONCE, pixels):
        monkeypatch.setattr(gan, "PENALISED_PIXELS", most)
        model = build(classes).double()
        value = model._penalise(pictures, labels, start())
        # What does not depend on pictures, as a bias of the score, has no gradient.
        slopes = {k: w.grad for k, w in model.critic.named_parameters() if w.grad is not None}
        found.append((value, slopes))
    (whole, wanted), (parts, slopes) = found
    assert torch.allclose(parts, whole, rtol=1e-12)
    assert slopes.keys() == wanted.keys()
    assert any(bool(slope.any()) for slope in slopes.values())
    for key, slope in slopes.items():
        assert torch.allclose(slope, wanted[key], rtol=1e-10, atol=1e-12), key


def gradients_of_a_step(parts: int, scaled: bool) -> tuple[list[Tensor], list[Tensor]]:
    """(those that the critic's optimiser steps by, the penalties reported)."""
    model, state = build(3), start(scaled)
    taken: list[Tensor] = []

    def note(optimizer: torch.optim.Optimizer, *_: object) -> None:
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        taken.extend(weight.grad.clone() for weight in weights if weight.grad is not None)

    model.optimizers()["critic"].register_step_pre_hook(note)
    chance = torch.Generator().manual_seed(1)
    batch = torch.randint(0, 256, (8, 16, 24, 3), dtype=torch.uint8, generator=chance)
    labels = iter((torch.arange(8) % 3).chunk(parts))

    def step(part: Tensor) -> dict[str, Tensor]:
        state.labels = next(labels)
        return model.training_step(part, state)

    reports = list(step_in_parts(step, model.optimizers().values(), batch.chunk(parts)))
    return taken, [report["penalty"] for report in reports]


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("parts", [1, 2])
def test_a_step_is_the_same_however_many_go_at_a_time(
    parts: int, scaled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With parts of a batch for small memory, and with losses scaled for half precision."""
    monkeypatch.setattr(gan, "PENALISED_PIXELS", AT_ONCE)
    wanted, penalties = gradients_of_a_step(parts, scaled=False)
    monkeypatch.setattr(gan, "PENALISED_PIXELS", FIVE_AT_A_TIME)
    found, reported = gradients_of_a_step(parts, scaled)
    assert torch.allclose(torch.stack(reported), torch.stack(penalties), rtol=1e-5)
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-5 * float(other.abs().max()))
