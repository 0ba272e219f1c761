"""Style mixing: some slots of one seed, some of others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from studio.engine.errors import UsageError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.player import Player

Styled = Callable[..., Player]


def test_each_slot_is_of_the_seed_that_was_picked(styled: Styled) -> None:
    player = styled()
    recipe = LatentRecipe(seed=1, truncation_psi=0.7).moved(Mix(slots={0: 2, 3: 2, 5: 9}))
    made = player.latent_of(recipe)
    for slot, seed in enumerate([2, 1, 1, 2, 1, 9]):
        own = player.latent_of(LatentRecipe(seed=seed, truncation_psi=0.7))
        assert np.array_equal(made[slot], own[slot])
    again = LatentRecipe.model_validate_json(recipe.model_dump_json())
    assert again == recipe
    assert np.array_equal(player.picture(again), player.picture(recipe))


def test_it_stands_between_the_blend_and_the_directions() -> None:
    recipe = LatentRecipe(seed=1)
    for move in (Along(direction=0, sigma=1), Mix(slots={0: 2}), Blend(seed=4, mix=0.5)):
        recipe = recipe.moved(move)
    assert [move.kind for move in recipe.moves] == ["blend", "mix", "along"]
    assert recipe.moved(Mix()).moved(Blend(seed=4, mix=0.5)).edits == {0: 1}
    assert not recipe.unmoved().edits


def test_what_is_not_there_is_said(styled: Styled, play: Callable[..., Player]) -> None:
    with pytest.raises(UsageError, match="There is no slot 6: this model has 0 to 5"):
        styled().latent_of(LatentRecipe(seed=1).moved(Mix(slots={6: 2})))
    with pytest.raises(UsageError, match="have a single slot"):
        play("vae").latent_of(LatentRecipe(seed=1).moved(Mix(slots={0: 2})))
