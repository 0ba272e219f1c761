"""An encoder for a model that has none: learnt from its own pictures, kept, and begun with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from models import latent_encoder
from studio.engine.errors import UsageError
from studio.engine.generation import own_encoder
from studio.engine.generation.inversion import inversion
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player

Styled = Callable[..., Player]
STEPS = 60


def learnt(player: Player, steps: int = STEPS) -> own_encoder.OwnEncoder | None:
    return own_encoder.learn(player, lambda *_: None, lambda: False, steps)


def away(player: Player, encoder: own_encoder.OwnEncoder | None) -> float:
    """Of the latents of fresh pictures, in their own deviations."""
    seeds = [LatentRecipe(seed=seed) for seed in range(500, 516)]
    own = np.stack([player.latent_of(each) for each in seeds])
    assert encoder is not None
    said = np.stack([encoder.encode(player.picture(each)) for each in seeds])
    return float(np.square((said - own) / own.std((0, 1))).mean())


def test_it_is_learnt_once_a_checkpoint_and_kept(styled: Styled) -> None:
    player = styled()
    assert own_encoder.is_wanted(player)
    assert (own_encoder.find(player), own_encoder.encoder_of(player)) == (None, "none")
    seen: list[tuple[int, int]] = []
    made = own_encoder.learn(player, lambda *far: seen.append(far), lambda: False, STEPS)
    assert seen == [(number, STEPS) for number in range(1, STEPS + 1)]
    found = own_encoder.find(player)
    picture = player.picture(LatentRecipe(seed=7))
    assert found is not None
    assert found.encode(picture).tobytes() == made.encode(picture).tobytes()
    assert found.encode(picture).shape == (player.latent.slots, player.latent.dim)
    assert own_encoder.encoder_of(player) == "learnt"
    assert own_encoder.find(styled(1)) is None  # another checkpoint
    assert away(player, found) < 0.8  # that of the mean is 1
    first = next(iter(inversion(player, picture, 5)))
    assert first.total == 5  # no search among seeds
    assert np.array_equal(first.w, found.encode(picture))


def test_what_is_cancelled_or_damaged_is_not_there(styled: Styled) -> None:
    player = styled()
    calls = iter([False, False, True])
    assert own_encoder.learn(player, lambda *_: None, lambda: next(calls), STEPS) is None
    assert own_encoder.find(player) is None
    learnt(player, 1)
    (kept,) = (player.folder.parents[3] / "cache" / "encoders").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:200])
    assert own_encoder.find(player) is None
    kept.write_bytes(whole[:-4] + np.float32(np.nan).tobytes())
    assert own_encoder.find(player) is None
    assert next(iter(inversion(player, player.picture(LatentRecipe()), 1))).done > 0


def test_a_model_with_an_encoder_needs_none(play: Callable[[str], Player]) -> None:
    player = play("vae")
    assert own_encoder.encoder_of(player) == "model"
    with pytest.raises(UsageError, match="encoder of its own"):
        learnt(player)


def test_latents_that_differ_by_slot_are_said_by_slot(styled: Styled) -> None:
    player = styled()
    spec, latent = player.image_spec, player.latent
    x = torch.zeros(2, 3, spec.height, spec.width)
    for alike in (True, False):
        network = latent_encoder.LatentEncoder(spec, latent, alike)
        w = network(x)
        assert w.shape == (2, latent.slots, latent.dim)
        assert network.wanted(w).shape == network.said(x).shape
        torch.testing.assert_close(network.latents(network.wanted(w)), w)
