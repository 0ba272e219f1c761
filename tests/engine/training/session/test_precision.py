"""Half precision in a run: scaled gradients, exact resume, and the way out when it overflows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from models.families.codec.vae import Vae
from models.parts.schedules import adam
from models.scaling import LossScaler
from studio.engine import devices
from studio.engine.devices import Device, autocast_dtype
from studio.engine.events import CheckpointNow, Done, Health
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.accumulation import step_in_parts
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import TINY, Driven, assert_same, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]


@pytest.mark.parametrize(
    ("precision", "bf16", "fp16", "wanted"),
    [
        ("auto", True, False, torch.bfloat16),
        ("auto", False, True, torch.float16),
        ("auto", False, False, None),
        ("fp32", True, True, None),
        ("bf16", False, True, torch.bfloat16),
        ("fp16", True, False, torch.float16),
    ],
)
def test_float16_only_where_nothing_better_is_quick(
    precision: str, bf16: bool, fp16: bool, wanted: torch.dtype | None
) -> None:
    assert autocast_dtype(Device("cuda:0", "card", 0, bf16, fp16), precision) == wanted


@pytest.mark.parametrize(
    ("major", "native", "bf16", "fp16"),
    [(6, False, False, False), (7, False, False, True), (8, True, True, False)],
)
def test_a_card_that_only_emulates_bf16_gets_float16(
    monkeypatch: pytest.MonkeyPatch, major: int, native: bool, bf16: bool, fp16: bool
) -> None:
    def supported(including_emulation: bool = True) -> bool:
        return native or including_emulation

    facts = SimpleNamespace(name="card", total_memory=8 << 30, major=major)
    module = SimpleNamespace(get_device_properties=lambda index: facts, is_bf16_supported=supported)
    monkeypatch.setattr(torch, "cuda", module)
    found = devices._accelerator("cuda", 0)
    assert (found.bf16, found.fp16) == (bf16, fp16)


@pytest.mark.parametrize("family", TINY)
def test_a_run_in_half_precision_resumes_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    run = run_of(family)
    run.change(precision="fp16")
    whole = run.twin(tmp_path / "whole")
    assert isinstance(whole.train()[-1], Done)
    run.stop_after(3)
    run.train(resume=True)
    assert_same(run.folder, whole.folder)
    plain, tensors = state_of(whole.folder)
    assert not plain["full_precision"]
    assert float(tensors["training.safetensors:scaler.scale"]) >= 1
    assert float(tensors["training.safetensors:scaler.good"]) > 0


def test_half_precision_learns_as_full_precision_does(vae: Driven, tmp_path: Path) -> None:
    half = vae.twin(tmp_path / "half")
    half.change(precision="fp16")
    vae.change(precision="fp32")
    vae.train()
    half.train()
    _, one = state_of(vae.folder)
    _, two = state_of(half.folder)
    for key in one:
        if key.startswith("model.safetensors:encoder."):
            torch.testing.assert_close(two[key], one[key], atol=5e-3, rtol=0.05)


def test_an_overflow_of_the_forward_pass_ends_half_precision(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """float16 ends at 65,504: full precision is what helps, not a lower rate."""
    real = Vae.training_step

    def step(family: Vae, batch: Tensor, state: Any) -> dict[str, Tensor]:
        found = real(family, batch, state)
        if state.autocast_dtype == torch.float16 and state.step == 3:
            found["loss"] = torch.tensor(float("inf"))
        return found

    monkeypatch.setattr(Vae, "training_step", step)
    vae.change(precision="fp16")
    rate = Recipe.load(vae.folder).config["lr"]
    saves = script({2: [CheckpointNow()], 5: [CheckpointNow()]})
    events = vae.train(commands=saves)
    assert isinstance(events[-1], Done)
    told = [event for event in events if isinstance(event, Health)]
    assert [event.kind for event in told] == ["nan"]
    assert told[0].action.endswith("calculates in full precision.")
    plain, tensors = state_of(vae.folder)
    assert (plain["full_precision"], plain["config"]["lr"]) == (True, rate)
    assert "training.safetensors:scaler.scale" not in tensors


def test_an_overflow_in_any_part_of_a_batch_costs_the_step() -> None:
    torch.manual_seed(0)
    net = nn.Linear(4, 1)
    optimizer, scaler = adam(net.parameters(), 0.1, (0.9, 0.99)), LossScaler(torch.device("cpu"))
    before = net.weight.detach().clone()
    bad = iter((True, False))

    def step(part: Tensor) -> dict[str, Tensor]:
        optimizer.zero_grad(set_to_none=True)
        scaler.backward(net(part).mean())
        if next(bad):
            assert net.weight.grad is not None
            net.weight.grad[0, 0] = float("inf")
        scaler.step(optimizer)
        return {}

    list(step_in_parts(step, [optimizer], torch.ones(4, 4).split(2)))
    assert torch.equal(net.weight, before)
