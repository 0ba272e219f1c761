"""From one label to another, as far as one wants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Point, Seeded, pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.label_mix import LabelMix
from studio.engine.generation.player import Player


@pytest.fixture
def labelled(styled: Callable[..., Player]) -> Player:
    player = styled(classes=3)
    torch.nn.init.normal_(player.model.family.generator_ema.mapping.classes.weight)
    return player


def test_a_share_leads_from_the_label_of_the_picture_to_the_other(labelled: Player) -> None:
    for label in (0, None):
        own, drawn = Seeded(seed=4, label=label), labelled.label_of(LatentRecipe(seed=4))
        at = [
            labelled.latent_of(LatentRecipe(beginning=own).moved(LabelMix(label=2, share=share)))
            for share in (0.0, 0.5, 1.0)
        ]
        begun = int(drawn) if label is None else label
        ends = [
            labelled.latent_of(LatentRecipe(beginning=Seeded(seed=4, label=each)))
            for each in (begun, 2)
        ]
        assert np.array_equal(at[0], ends[0])
        assert np.allclose(at[2], ends[1], atol=1e-6)
        assert np.allclose(at[1], (ends[0] + ends[1]) / 2, atol=1e-6)


def test_what_is_not_there_is_said(labelled: Player, play: Callable[..., Player]) -> None:
    with pytest.raises(UsageError, match=r"no label 7\. Known: 0 0, 1 1, 2 2"):
        labelled.latent_of(LatentRecipe(seed=1).moved(LabelMix(label=7, share=0.5)))
    point = Point(w=pack_latent(labelled.latent_of(LatentRecipe(seed=1))))
    with pytest.raises(UsageError, match="A point has no label"):
        labelled.latent_of(LatentRecipe(beginning=point).moved(LabelMix(label=1, share=0.5)))
    with pytest.raises(UsageError, match="trained without labels"):
        play("vae").latent_of(LatentRecipe(seed=1).moved(LabelMix(label=0, share=0.5)))
