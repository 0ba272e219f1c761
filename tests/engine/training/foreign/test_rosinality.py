"""A StyleGAN2 out of rosinality's program, played here."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.training.foreign import reference_rosinality as theirs
from tests.engine.training.foreign.arrivals import model_in
from tests.engine.training.foreign.sums import to_bytes

WIDTHS = [16, 16, 8, 4]


@pytest.mark.parametrize("zipped", [True, False])
@torch.no_grad()
def test_pictures_and_scores_are_the_same(tmp_path: Path, zipped: bool) -> None:
    torch.manual_seed(3)
    net, critic = theirs.Generator(WIDTHS), theirs.Discriminator(WIDTHS[::-1])
    model = model_in(theirs.saved(tmp_path / "0100.pt", net, critic, zipped=zipped))
    z = torch.randn(8, 2, 16)
    w = [net.style(each) for each in z]  # another one for every slot
    made = model.synthesize(torch.stack([model.map(each)[:, 0] for each in z], 1))
    wanted = to_bytes(net(w))
    assert wanted.float().std() > 10
    assert (wanted.int() - made.int()).abs().max() <= 1
    x = torch.randn(4, 3, 32, 32)
    assert torch.allclose(model.critic(x), critic(x), rtol=1e-3, atol=1e-5)


@torch.no_grad()
def test_a_mean_that_is_not_kept_is_found(tmp_path: Path) -> None:
    net, critic = theirs.Generator(WIDTHS), theirs.Discriminator(WIDTHS[::-1])
    model = model_in(theirs.saved(tmp_path / "a.pt", net, critic))
    mean = net.style(torch.randn(20_000, 16)).mean(0)
    assert torch.allclose(model.w_mean()[0], mean, atol=0.03)
    net_and_mean = {"g_ema": net.state_dict(), "latent_avg": torch.arange(16.0)}
    torch.save(net_and_mean, tmp_path / "converted.pt")
    assert torch.equal(model_in(tmp_path / "converted.pt").w_mean()[0], torch.arange(16.0))
