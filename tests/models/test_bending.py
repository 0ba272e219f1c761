"""Every family that names its layers can be bent there, and draws as ever where it is not."""

from __future__ import annotations

import pytest
import torch

from models.base import Family, families, family
from models.bending import Bends
from models.facts import Ability
from models.image_spec import ImageSpec
from tests.models.configs import config_of

SMALL = {"latent_dim": 16, "top_width": 8, "width": 16}
NAMES = sorted(families())


@pytest.fixture(scope="module", params=NAMES)
def model(request: pytest.FixtureRequest) -> Family:
    torch.manual_seed(0)
    kind = family(request.param)
    made = kind(config_of(request.param, SMALL), ImageSpec(3, 16, 32)).eval()
    for name, tensor in made.state_dict().items():
        if name.endswith((".strength", "noise_strength")):
            tensor.fill_(0.5)
        if name.endswith("project.weight"):
            torch.nn.init.normal_(tensor, std=0.1)
    return made


def test_layers_are_what_a_bend_is_given(model: Family) -> None:
    layers, seen = model.layers(), {}

    def look(number: int, x: torch.Tensor) -> torch.Tensor:
        seen[number] = tuple(x.shape)
        return x

    looks = {n: lambda x, n=n: look(n, x) for n in range(len(layers))}
    with torch.no_grad():
        w = model.sample(2, 0)
        plain, bent = model.synthesize(w), model.synthesize(w, bends=Bends(looks))
    assert torch.equal(plain, bent)
    assert seen == {n: (2, each.channels, each.height, each.width) for n, each in enumerate(layers)}
    assert len(layers) > 1
    assert (layers[0].height, layers[0].width) < (layers[-1].height, layers[-1].width)


def test_a_bend_of_any_layer_changes_the_picture(model: Family) -> None:
    with torch.no_grad():
        w = model.sample(1, 0)
        plain = model.draw(w)
        for number in range(len(model.layers())):
            assert not torch.equal(plain, model.draw(w, bends=Bends({number: lambda x: -2 * x})))
        assert torch.equal(plain, model.draw(w))


def test_every_weight_that_draws_belongs_to_one_layer(model: Family) -> None:
    network = model.layers()[0].tensors[0].partition(".")[0]
    for name in model.state_dict():
        if not name.startswith(f"{network}.") or name.split(".")[1] in ("mapping", "classes"):
            continue
        owners = [n for n, each in enumerate(model.layers()) if name.startswith(each.tensors)]
        assert len(owners) == 1, name


def test_noise_can_be_silenced_layer_by_layer_where_there_is_any(model: Family) -> None:
    noisy = [number for number, layer in enumerate(model.layers()) if layer.noisy]
    assert (Ability.NOISE in model.latent.abilities) == bool(noisy)
    if not noisy:
        return
    with torch.no_grad():
        w = model.sample(1, 0)
        silent = Bends(noise=dict.fromkeys(noisy, 0.0))
        assert torch.equal(model.draw(w, 1, bends=silent), model.draw(w, 2, bends=silent))
        assert torch.equal(model.draw(w, 1), model.draw(w, 1, bends=Bends(noise={noisy[0]: 1.0})))
        made = [model.draw(w, 1, bends=Bends(noise={number: 3.0})) for number in noisy]
    assert all(not torch.equal(made[0], other) for other in made[1:])
