"""The generator as it draws on a processor, beside the one that it is made of."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.bending import Bends
from models.families.stylegan2.prepared import PreparedGenerator
from models.families.stylegan2.stylegan2 import StyleGan2
from models.families.stylegan2.stylegan2_config import StyleGan2Config
from models.families.stylegan2.stylegan2_networks import Generator, still_noise
from models.image_spec import ImageSpec
from models.parts import packed

CLOSE = 0.001
"""Levels of 255, before rounding."""
SHAPES = {
    "colour": ImageSpec(3, 32, 32),
    "grey": ImageSpec(1, 32, 32),
    "transparent": ImageSpec(4, 32, 32),
    "labelled": ImageSpec(3, 32, 32, classes=3, classes_apart=True),
    "wide": ImageSpec(3, 24, 40),
    "tall": ImageSpec(3, 64, 24),
}


def trained(spec: ImageSpec, *, width: int = 128, seamless: bool = False) -> StyleGan2:
    """A model none of whose weights is where it starts."""
    torch.manual_seed(0)
    config = StyleGan2Config(top_width=width, width=width, latent_dim=16, seamless=seamless)
    model = StyleGan2(config, spec).eval().requires_grad_(False)
    net = model.generator_ema
    for layer in (net.first, *net.grow, *net.refine):
        layer.noise_strength.fill_(0.2)
        layer.bias.normal_(std=0.3)
    for tint in net.tint:
        tint.normal_(std=0.1)
    spread = plain(model, model.sample(1, 0)).std()
    for conv in net.paint:
        conv.weight.mul_(0.4 / spread)
    return model.to(memory_format=torch.channels_last)


def noise_of(net: Generator, seed: int = 0) -> list[Tensor]:
    return still_noise(seed, tuple(net.noise_sides()), torch.device("cpu"))


def plain(model: StyleGan2, w: Tensor, seed: int = 0, resolution: int | None = None) -> Tensor:
    """By the network of training."""
    net = model.generator_ema
    return net.forward(w, noise_of(net, seed), resolution)


def levels_apart(one: Tensor, two: Tensor) -> float:
    assert one.shape == two.shape
    return 127.5 * float((one - two).abs().max())


@pytest.fixture(scope="module")
def model() -> StyleGan2:
    return trained(SHAPES["colour"])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seamless", [False, True])
def test_every_kind_of_picture_is_as_the_network_draws_it(shape: str, seamless: bool) -> None:
    model = trained(SHAPES[shape], seamless=seamless)
    for seed in range(2):
        w = model.sample(1, seed)
        drawn = model.draw(w, noise_seed=seed)
        assert levels_apart(drawn, plain(model, w, seed)) <= CLOSE
        assert 0.2 < float(drawn.std()) < 1
        spec = model.image_spec
        assert model.synthesize(w, seed).shape == (1, spec.height, spec.width, spec.channels)


def test_bends_and_noise_by_layer_are_as_the_network_has_them(model: StyleGan2) -> None:
    net, w = model.generator_ema, model.sample(1, 4)
    bends = Bends({0: torch.abs, 3: lambda x: x.flip(3), 6: lambda x: 0.5 * x}, {2: 0.0, 5: 3.0})
    for asked in (bends, Bends(bends.changes), Bends(noise=bends.noise), Bends()):
        noise = [n * asked.strength(layer) for layer, n in enumerate(noise_of(net))]
        for resolution in (None, 8):
            wanted = net.forward(w, noise, resolution, asked)
            made = model.draw(w, 0, resolution, asked)
            assert levels_apart(made, wanted) <= CLOSE * max(1.0, float(wanted.abs().max()))
            assert torch.equal(made, PreparedGenerator(net)(w, noise, resolution, asked))
    assert torch.equal(model.draw(w), PreparedGenerator(net)(w, noise_of(net)))


def test_without_the_operators_of_onednn_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "can_pack", lambda: False)
    for seamless in (False, True):
        model = trained(SHAPES["colour"], seamless=seamless)
        w = model.sample(1, 0)
        assert levels_apart(model.draw(w), plain(model, w)) <= CLOSE


def test_activations_are_as_the_network_makes_them(model: StyleGan2) -> None:
    w = model.sample(1, 3)
    for side in (4, 8, 16, 32):
        mine, wanted = model.features(w, side), plain(model, w, 0, side)
        assert mine.shape[2:] == (side, side)
        assert float((mine - wanted).abs().max()) < 1e-4 * float(wanted.abs().max())
    pull = w.clone().requires_grad_()
    model.features(pull, 16).square().sum().backward()
    assert pull.grad is not None


def test_a_picture_does_not_depend_on_the_one_before(model: StyleGan2) -> None:
    """Coarse levels are kept where w allows it: the result is the same to the last bit."""
    slots = model.latent.slots
    one, two = model.sample(1, 1), model.sample(1, 2)
    asked = [(one, 0, None)]
    for cut in range(slots + 1):
        mixed = torch.where(torch.arange(slots)[None, :, None] >= cut, two, one)
        asked += [(mixed, 0, None), (one, 0, None), (mixed, 0, 8), (mixed, 1, None)]
    net = model.generator_ema
    ready = PreparedGenerator(net)
    for w, seed, resolution in asked:
        noise = noise_of(net, seed)
        alone = PreparedGenerator(net)(w, noise, resolution)
        assert torch.equal(ready(w, noise, resolution), alone)


def test_a_change_of_fine_slots_redraws_fine_levels_only(model: StyleGan2) -> None:
    net = model.generator_ema
    ready, noise, drawn = PreparedGenerator(net), noise_of(net), []
    for number, layer in enumerate(ready.layers):

        def convolve(*given: Tensor, number: int = number, of: object = layer.convolve) -> Tensor:
            drawn.append(number)
            return of(*given)  # type: ignore[no-any-return, operator]

        layer.convolve = convolve
    w = model.sample(1, 1)
    every = list(range(len(ready.layers)))

    def redrawn(given: Tensor) -> list[int]:
        drawn.clear()
        ready(given, noise)
        return list(drawn)

    assert redrawn(w) == every
    for slot, first in ((7, 5), (6, 5), (5, 5), (4, 3), (3, 3), (2, 1), (1, 1), (0, 0)):
        moved = w.clone()
        moved[0, slot:] += 0.1
        redrawn(w)
        assert redrawn(moved) == every[first:], slot
    moved = w.clone()
    w += 0.5  # whoever asked may go on with the same tensor
    assert redrawn(moved) == every[0:]


def test_pictures_follow_the_weights(model: StyleGan2) -> None:
    fresh = trained(SHAPES["colour"], width=16)
    w = fresh.sample(1, 0)
    before = fresh.synthesize(w)
    fresh.generator_ema.grow[0].conv.weight.mul_(1.5)
    fresh.generator_ema.first.noise_strength.fill_(0.6)
    assert not torch.equal(fresh.synthesize(w), before)
    assert levels_apart(fresh.draw(w), plain(fresh, w)) <= CLOSE
    fresh.load_state_dict(trained(SHAPES["colour"], width=16).state_dict())
    assert torch.equal(fresh.synthesize(w), before)


def test_several_pictures_are_drawn_by_the_network_itself(model: StyleGan2) -> None:
    w = model.sample(3, 0)
    assert torch.equal(model.draw(w), plain(model, w))
    alone = torch.cat([model.draw(each[None]) for each in w])
    assert levels_apart(alone, plain(model, w)) <= CLOSE


def test_a_draft_is_on_the_way_to_the_whole_picture(model: StyleGan2) -> None:
    w, bends = model.sample(1, 6), Bends({2: torch.abs}, {1: 2.0})
    for given in (None, bends):
        wanted = PreparedGenerator(model.generator_ema)
        noise = model._noise(5, given)
        draft = model.draft(w, 5, given)
        assert draft is not None
        assert torch.equal(draft, model.to_picture(wanted.half(w, noise, given)))
        assert draft.shape == (1, 16, 16, 3)
        whole = model.draw(w, 5, bends=given)
        assert torch.equal(whole, PreparedGenerator(model.generator_ema)(w, noise, None, given))
    # The last level adds what is fine: what is coarse is there already.
    small = torch.nn.functional.avg_pool2d(model.draw(w), 2)
    first = PreparedGenerator(model.generator_ema).half(w, noise_of(model.generator_ema))
    both = torch.corrcoef(torch.stack([small.flatten(), first.flatten()]))
    assert float(both[0, 1]) > 0.5
    assert model.draft(model.sample(2, 0)) is None
