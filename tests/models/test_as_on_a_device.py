"""What networks do on a device, done on the processor: the same steps of training."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from models.base import Family, families, family
from models.families.stylegan2.stylegan2_networks import Generator
from models.image_spec import ImageSpec
from models.parts import layers, resampling
from models.train_state import TrainState
from tests.models.configs import config_of

SMALL: dict[str, Any] = {"latent_dim": 16, "top_width": 16, "width": 32, "batch_size": 4}
OFTEN = {"reg_interval": 1, "path_interval": 1, "path_weight": 2.0, "regulariser": "rae_gp"}
"""Every second gradient there is, in every step."""
CASES = [
    ("autoencoder", ImageSpec(3, 48, 64), False),
    ("fewshot_gan", ImageSpec(4, 64, 48, 3), True),
    ("gan", ImageSpec(1, 48, 64, 3), False),
    ("gan", ImageSpec(3, 64, 48), True),
    ("stylegan2", ImageSpec(4, 48, 64, 3), False),
    ("stylegan2", ImageSpec(1, 64, 48), True),
    ("tokens", ImageSpec(3, 48, 64, 3), False),
    ("text2image", ImageSpec(3, 32, 32), False),
    ("vae", ImageSpec(3, 64, 48), True),
]


def as_on_a_device(patch: pytest.MonkeyPatch) -> None:
    """All that looks at the kind of device takes the other way."""
    patch.setattr(resampling, "_by_matrices", lambda x: True)
    patch.setattr(layers, "_is_merged", lambda x: not torch.is_autocast_enabled("cpu"))


def build(name: str, spec: ImageSpec, seamless: bool) -> Family:
    torch.manual_seed(0)
    kind = family(name)
    often = {key: value for key, value in OFTEN.items() if key in kind.Config.params()}
    model = kind(config_of(name, SMALL, **often, seamless=seamless), spec)
    with torch.no_grad():
        for weight in model.parameters():  # none at zero, so that no path is silent
            weight.add_(0.05 * torch.randn(weight.shape))
    return model.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def learnt(name: str, spec: ImageSpec, seamless: bool) -> tuple[dict[str, float], Family]:
    """What the second of two steps reports, and the model after it."""
    model, chance = build(name, spec, seamless), torch.Generator().manual_seed(3)
    state = TrainState(torch.device("cpu"), chance, total_images=64, set_size=8)
    state.labels = torch.tensor([0, 1, 2, 1]) if spec.classes else None
    state.captions = ["a dark one", "", "of nothing", "a dark day"]
    for state.step in range(2):
        shape = (4, spec.height, spec.width, spec.channels)
        batch = torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance)
        report = model.training_step(batch, state)
        state.images_seen += 4
    return {key: float(value) for key, value in report.items()}, model


@pytest.mark.parametrize(("name", "spec", "seamless"), CASES)
def test_every_family_learns_there_what_it_learns_here(
    name: str, spec: ImageSpec, seamless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, model = learnt(name, spec, seamless)
    as_on_a_device(monkeypatch)
    there, other = learnt(name, spec, seamless)
    assert there == pytest.approx(here, rel=1e-4, abs=1e-4)
    for key, value in other.state_dict().items():
        assert torch.allclose(value, model.state_dict()[key], rtol=1e-3, atol=1e-4), key


def test_no_family_is_left_out() -> None:
    assert {name for name, *_ in CASES} == set(families())


def test_pictures_are_added_up_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mixed precision takes products of matrices for itself."""
    as_on_a_device(monkeypatch)
    net = Generator(ImageSpec(3, 16, 16), 8, 2, [8, 8, 8])
    picture = torch.randn(1, 3, 4, 4)
    exact = net._enlarged(picture)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = net._enlarged(picture)
    assert mixed.dtype == torch.float32
    assert torch.equal(mixed, exact)
