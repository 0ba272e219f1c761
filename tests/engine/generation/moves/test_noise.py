"""Noise: which, how much of it, and in which layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydantic import ValidationError

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import Project

Styled = Callable[..., Player]
PLAIN = LatentRecipe(seed=3)


def test_no_noise_is_the_same_whichever_seed_it_has(styled: Styled) -> None:
    player = styled()
    quiet = PLAIN.moved(NoiseStrength(strength=0.0))
    one, two = player.picture(quiet), player.picture(quiet.with_noise(7))
    assert np.array_equal(one, two)
    assert not np.array_equal(player.picture(PLAIN), player.picture(PLAIN.with_noise(7)))
    assert not np.array_equal(player.picture(PLAIN), one)


def test_a_layer_may_differ_from_the_others(styled: Styled) -> None:
    player = styled()
    shapes = {layer: player.picture(PLAIN.moved(NoiseStrength(layers={layer: 4.0})))
              for layer in range(5)}  # fmt: skip
    assert len({made.tobytes() for made in shapes.values()}) == 5


def test_strength_one_is_left_out_of_the_recipe() -> None:
    recipe = PLAIN.moved(NoiseStrength(strength=2.0))
    assert recipe.moved(NoiseStrength(strength=1.0, layers={0: 1.0})) == PLAIN


def test_a_kept_picture_is_the_one_on_the_screen(styled: Styled, project: Project) -> None:
    player = styled()
    recipe = PLAIN.with_noise(11).moved(NoiseStrength(strength=2.0, layers={1: 0.0}))
    recipe = recipe.moved(Mix(slots={0: 4, 1: 9}))
    shown = player.picture(recipe)
    piece = pieces.keep(project, "styled", player, recipe)
    assert piece.recipe.unrecorded() == recipe
    assert np.array_equal(pieces.render(project, piece), shown)
    assert np.array_equal(pieces.stored(piece), shown)
    # Also where only its point can be gone on from, as with a direction that is not known.
    point = player.settled(piece.recipe.model_copy(update={"point": pack_latent(
        player.latent_of(LatentRecipe(seed=8)))}))  # fmt: skip
    assert [move.kind for move in point.moves] == ["noise"]
    assert point.noise_seed == 11


def test_what_is_not_there_is_said(styled: Styled, play: Callable[..., Player]) -> None:
    player = styled()
    with pytest.raises(UsageError, match="Layer 9 of this model has no noise: take one of 0, 1"):
        player.picture(PLAIN.moved(NoiseStrength(layers={9: 0.0})))
    with pytest.raises(UsageError, match="There is no noise in this model"):
        play("vae").picture(PLAIN.moved(NoiseStrength(strength=0.5)))


@pytest.mark.parametrize("strength", [-0.1, 10.1, float("nan"), float("inf")])
def test_strengths_that_are_no_strengths_are_refused(strength: float) -> None:
    for given in ({"strength": strength}, {"layers": {0: strength}}):
        with pytest.raises(ValidationError):
            NoiseStrength.model_validate(given)
