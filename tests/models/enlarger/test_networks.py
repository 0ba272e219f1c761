"""The network that enlarges, its two ends, and the critic."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from models.enlarger.critic import Critic
from models.enlarger.losses import charbonnier, judged, small_again
from models.enlarger.network import FACTORS, Enlarger, blended
from models.errors import ParameterError


@pytest.mark.parametrize("factor", FACTORS)
def test_an_untrained_enlarger_is_bicubic(factor: int) -> None:
    x = torch.rand(2, 3, 6, 9)
    made = Enlarger(factor, 4, 1)(x)
    assert made.shape == (2, 3, 6 * factor, 9 * factor)
    assert torch.equal(made, F.interpolate(x, scale_factor=factor, mode="bicubic"))


def test_it_sees_as_far_as_it_says_and_no_further() -> None:
    network = Enlarger(2, 4, 2)
    for weight in network.parameters():
        torch.nn.init.uniform_(weight, -0.5, 0.5)
    x = torch.rand(1, 3, 40, 40, requires_grad=True)
    network(x)[0, :, 40, 40].sum().backward()
    assert x.grad is not None
    seen = x.grad.abs().sum(1)[0].nonzero()
    assert int((seen - 20).abs().max()) <= network.reach


def test_an_impossible_network_is_refused() -> None:
    with pytest.raises(ParameterError, match="factor 3"):
        Enlarger(3)


def test_between_two_networks_lie_their_means() -> None:
    one, two = Enlarger(2, 4, 1).state_dict(), Enlarger(2, 4, 1).state_dict()
    half = blended(one, two, 0.5)
    for name, value in half.items():
        assert torch.allclose(value, (one[name] + two[name]) / 2)


def test_losses_are_least_where_they_should_be() -> None:
    x = torch.rand(2, 3, 8, 8)
    assert float(charbonnier(x, x)) == pytest.approx(1e-3)
    chequer = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4) * 0.1
    assert float(small_again(x + chequer, x, 2)) < 1e-6
    assert float(small_again(x + 0.1, x, 2)) == pytest.approx(0.1, abs=1e-6)
    sure, unsure = torch.full((4,), 3.0), torch.zeros(4)
    assert float(judged(sure, -sure)) < float(judged(unsure, unsure)) < float(judged(-sure, sure))


def test_a_critic_learns_to_tell_two_kinds_apart() -> None:
    torch.manual_seed(1)
    critic = Critic(4)
    real, made = torch.rand(4, 3, 16, 16), torch.full((4, 3, 16, 16), 0.5)
    assert critic(real).shape == (4, 1, 4, 4)
    optimizer = torch.optim.AdamW(critic.parameters(), 1e-2)
    first = last = 0.0
    for step in range(6):
        optimizer.zero_grad()
        loss = judged(critic(real), critic(made))
        loss.backward()
        optimizer.step()
        last = float(loss.detach())
        first = first if step else last
    assert last < first
