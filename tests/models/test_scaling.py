"""Loss scaling: the same steps as without it, none where a gradient overflows, no waiting."""

import pytest
import torch
from torch import nn

from models import scaling
from models.parts.schedules import adam
from models.scaling import LossScaler

CPU = torch.device("cpu")


def pair(*, fused: bool = True) -> tuple[nn.Linear, torch.optim.Optimizer]:
    """A layer whose weights are always the same, and its optimiser."""
    torch.manual_seed(0)
    net = nn.Linear(4, 3)
    if fused:
        return net, adam(net.parameters(), 0.1, (0.9, 0.99))
    return net, torch.optim.AdamW(net.parameters(), lr=0.1, fused=False)


def test_scaled_steps_are_those_without_a_scale() -> None:
    (plain, optimizer), (scaled, other) = pair(), pair()
    scaler, x = LossScaler(CPU), torch.randn(8, 4)
    for _ in range(5):
        optimizer.zero_grad()
        plain(x).square().mean().backward()
        optimizer.step()
        other.zero_grad()
        scaler.backward(scaled(x).square().mean())
        scaler.step(other)
    for one, two in zip(plain.parameters(), scaled.parameters(), strict=True):
        torch.testing.assert_close(one, two)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), float("nan")])
def test_a_gradient_that_overflows_costs_its_step_and_half_the_scale(
    fused: bool, bad: float
) -> None:
    net, optimizer = pair(fused=fused)
    scaler = LossScaler(CPU)
    scaler.backward(net(torch.ones(2, 4)).mean())
    scaler.step(optimizer)
    before = [each.detach().clone() for each in net.parameters()]
    moments = optimizer.state[net.weight]["exp_avg"].clone()
    steps = float(optimizer.state[net.weight]["step"])
    optimizer.zero_grad()
    scaler.backward(net(torch.ones(2, 4)).mean())
    assert net.bias.grad is not None
    net.bias.grad[1] = bad
    scaler.step(optimizer)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert torch.equal(optimizer.state[net.weight]["exp_avg"], moments)
    assert float(optimizer.state[net.weight]["step"]) == steps
    assert float(scaler.scale) == scaling.FIRST_SCALE / 2
    assert float(scaler.good) == 0
    assert "found_inf" not in vars(optimizer)


def test_the_scale_grows_after_many_good_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "GROWTH_STEPS", 3)
    net, optimizer = pair()
    scaler = LossScaler(CPU)
    for expected in (1, 1, 2, 2, 2, 4):
        optimizer.zero_grad()
        scaler.backward(net(torch.ones(2, 4)).mean())
        scaler.step(optimizer)
        assert float(scaler.scale) == expected * scaling.FIRST_SCALE
    scaler.scale.fill_(scaling.LARGEST_SCALE)
    for _ in range(4):
        scaler.step(optimizer)
    assert float(scaler.scale) <= scaling.LARGEST_SCALE


def test_small_gradients_survive_half_precision() -> None:
    """The reason for all of it: 1e-8 is zero in float16."""
    w = torch.ones((), requires_grad=True)
    (w.half() * torch.tensor(1e-4).half()).float().mul(1e-4).backward()
    assert w.grad is not None
    assert float(w.grad) == 0.0
    w.grad = None
    optimizer = torch.optim.AdamW([w])
    scaler = LossScaler(CPU)
    scaler.backward((w.half() * torch.tensor(1e-4).half()).float().mul(1e-4))
    scaler.unscale(optimizer)
    assert float(w.grad) == pytest.approx(1e-8, rel=1e-2)


def test_it_comes_back_from_what_is_saved() -> None:
    one, two = LossScaler(CPU), LossScaler(CPU)
    one.scale.fill_(64.0)
    one.good.fill_(7.0)
    two.restore(one.state())
    assert (float(two.scale), float(two.good)) == (64.0, 7.0)
