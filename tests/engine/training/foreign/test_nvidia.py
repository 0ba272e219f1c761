"""A StyleGAN2 out of NVIDIA's programs, played here: the same latent, noise and truncation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.training.foreign import reference_nvidia as theirs
from tests.engine.training.foreign.arrivals import model_in, played
from tests.engine.training.foreign.sums import to_bytes

WIDTHS = {4: 24, 8: 24, 16: 16, 32: 8}
KINDS = {
    "skip": {},
    "labels": {"classes": 3},
    "resnet": {"kind": "resnet"},
    "orig": {"kind": "orig"},
    "clamped": {"clamp": 0.8},
    "clamped resnet": {"kind": "resnet", "clamp": 0.8},
    "deep and grey": {"layers": 8, "channels": 1, "rate": 0.02},
}


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_pictures_are_the_same(tmp_path: Path, kind: str) -> None:
    torch.manual_seed(1)
    net = theirs.Generator(WIDTHS, **KINDS[kind])  # type: ignore[arg-type]
    path = theirs.pickled(tmp_path / "network.pkl", net)
    model, z = model_in(path), torch.randn(3, 16)
    label = 2 if kind == "labels" else None
    c = torch.eye(3)[[2, 2, 2]] if kind == "labels" else None
    for psi in (1.0, 0.5, 0.0):
        wanted, made = to_bytes(net(z, c, psi)), played(model, z, psi, label)
        assert wanted.float().std() > 10
        assert (wanted.int() - made.int()).abs().max() <= 1


@pytest.mark.parametrize("kept", [torch.float16, torch.float64])
@torch.no_grad()
def test_weights_of_any_precision_are_played_in_full(tmp_path: Path, kept: torch.dtype) -> None:
    """Files are passed on in half precision, to be smaller."""
    torch.manual_seed(1)
    net = theirs.Generator(WIDTHS).to(kept)
    model, z = model_in(theirs.pickled(tmp_path / "network.pkl", net)), torch.randn(3, 16)
    made = played(model, z, 0.5)
    assert (to_bytes(net.float()(z, None, 0.5)).int() - made.int()).abs().max() <= 1


@torch.no_grad()
def test_its_critic_scores_as_before(tmp_path: Path) -> None:
    torch.manual_seed(2)
    critic, net = theirs.Discriminator(WIDTHS), theirs.Generator(WIDTHS)
    model = model_in(theirs.pickled(tmp_path / "critic.pkl", net, critic))
    x = torch.randn(4, 3, 32, 32)
    assert torch.allclose(model.critic(x), critic(x), rtol=1e-3, atol=1e-5)


@torch.no_grad()
def test_its_critic_knows_classes_up_to_how_loud_they_are(tmp_path: Path) -> None:
    torch.manual_seed(2)
    critic, net = theirs.Discriminator(WIDTHS, 3), theirs.Generator(WIDTHS, classes=3)
    model = model_in(theirs.pickled(tmp_path / "critic.pkl", net, critic))
    x = torch.randn(4, 3, 32, 32)
    for label in range(3):
        labels = torch.full((4,), label)
        ratio = model.critic(x, labels) / critic(x, torch.eye(3)[labels])
        assert torch.allclose(ratio, ratio[0].expand(4), rtol=1e-2)
        assert 0.25 < ratio[0] < 4


@torch.no_grad()
def test_the_network_that_learns_on_is_another_than_its_average(tmp_path: Path) -> None:
    net = theirs.Generator(WIDTHS)
    model = model_in(theirs.pickled(tmp_path / "a.pkl", net))
    raw, average = model.generator.pattern, model.generator_ema.pattern
    assert torch.equal(average[0], net.synthesis.b4.const)
    assert torch.allclose(raw, average + 0.01)
