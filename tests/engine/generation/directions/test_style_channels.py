"""Channels of styles: each moves its own channel of one layer, and pictures in one place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions import catalogue
from studio.engine.generation.directions.kind import Search, kind
from studio.engine.generation.directions.style_channels import StyleChannels, channels
from studio.engine.generation.latent_recipe import LatentRecipe

SEED = LatentRecipe(beginning=Seeded(seed=1))


def styles(player, w: np.ndarray) -> np.ndarray:
    with torch.inference_mode(), player.model as family:
        return family.styles(torch.from_numpy(w)[None])[0].numpy()


def test_a_way_moves_its_channel_by_a_deviation_and_one_slot_alone(styled) -> None:
    player = styled(latent_dim=32)  # more numbers than channels: each can be moved alone
    found = channels(player, 500, 0)
    assert {each.slot for each in found} >= {0, 1, 2}
    w = player.latent_of(SEED)
    before = styles(player, w)
    for each in found[::5]:
        moved = w.copy()
        moved[each.slot] += each.way
        change = styles(player, moved) - before
        assert 0.5 < each.purity <= 1.0 + 1e-6
        start = sum(other.slot < each.slot for other in found)
        assert abs(change).argmax() == start + each.channel


def test_they_are_found_the_same_again_and_named_by_layer(styled) -> None:
    player = styled()
    one, two = (StyleChannels(samples=200).find(player, Search()) for _ in range(2))
    assert [each.key for each in one] == [each.key for each in two]
    assert 0 < len(one) <= 16
    for each in one:
        slots = np.flatnonzero(np.abs(each.vector).sum(1))
        assert str(each.title).startswith(f"Channel {slots[0] + 1}·")
        assert len(slots) == 1
        assert np.linalg.norm(each.vector) == pytest.approx(1, abs=1e-5)
    w = player.latent_of(SEED)
    assert (player.picture_of(w + 2 * one[0].step) != player.picture_of(w)).any()


def test_a_model_without_layers_of_its_own_has_none(play) -> None:
    with pytest.raises(UsageError, match="single slot"):
        catalogue.find(play("vae"), kind("stylespace")())


def test_a_search_can_be_stopped(styled) -> None:
    with pytest.raises(StudioError, match="stopped"):
        StyleChannels(samples=50).find(styled(), Search(cancelled=lambda: True))
