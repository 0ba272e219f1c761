"""Network bending: what is done to a layer is seen, and to no other channels than were named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from studio.engine.errors import UsageError
from studio.engine.generation.channel_groups import channel_groups, grouped, k_means
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.player import Player
from studio.engine.generation.transforms.base import Plain, transforms
from studio.engine.pieces import pieces
from studio.engine.project import Project

Styled = Callable[..., Player]
PLAIN = LatentRecipe(seed=3)
NAMES = sorted(transforms())


def bent(recipe: LatentRecipe = PLAIN, **values: object) -> LatentRecipe:
    return recipe.moved(Bend.model_validate({"layer": 2, "transform": "invert", **values}))


@pytest.mark.parametrize("name", NAMES)
def test_every_transform_is_seen_as_it_comes_and_leaves_the_rest_alone(
    name: str, styled: Styled
) -> None:
    player = styled()
    plain = player.picture(PLAIN)
    made = player.picture(bent(transform=name))
    assert not np.array_equal(made, plain)
    assert np.array_equal(player.picture(bent(transform=name, amount=0.0)), plain)
    assert np.array_equal(player.picture(PLAIN), plain)
    x = torch.randn(1, 8, 8, 8, generator=torch.Generator().manual_seed(1))
    kind = transforms()[name]()
    if isinstance(kind, Plain):
        before = x.clone()
        assert kind.apply(x).shape == x.shape
        assert torch.equal(x, before)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("scale", {"factor": 1}), ("shift", {"amount": 0}), ("rotate", {"degrees": 0}),
        ("translate", {"right": 0}), ("zoom", {"factor": 1}), ("dilate", {"radius": 0}),
        ("erode", {"radius": 0}), ("noise", {"amount": 0}), ("freeze", {"seed": 3}),
    ],
)  # fmt: skip
def test_a_transform_that_asks_for_nothing_changes_next_to_nothing(
    name: str, values: dict[str, float], styled: Styled
) -> None:
    player = styled()
    made = player.picture(bent(transform=name, values=values))
    assert np.abs(made.astype(int) - player.picture(PLAIN)).max() <= 1


def test_a_quarter_turn_turns_and_a_move_moves() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 0, 2] = 1
    turned = transforms()["rotate"].from_mapping({"degrees": 90}).apply(x)
    assert torch.allclose(turned, torch.rot90(x, 1, (2, 3)), atol=1e-5)
    moved = transforms()["translate"].from_mapping({"right": 0.25, "down": 0.5}).apply(x)
    assert moved[0, 0, 4, 4] == pytest.approx(1, abs=1e-5)
    grown = transforms()["dilate"]().apply(x)
    assert grown.sum() == 6
    assert not transforms()["erode"]().apply(x).any()


def test_only_the_channels_that_are_named_change(styled: Styled) -> None:
    player = styled()
    whole = tuple(range(player.layers()[2].channels))
    halves = whole[:4], whole[4:]
    pictures = [player.picture(bent(channels=each)) for each in (None, whole, *halves)]
    assert np.array_equal(pictures[0], pictures[1])
    assert len({made.tobytes() for made in pictures}) == 3
    both = bent(bent(channels=halves[0], place=0), channels=halves[1], place=1)
    assert np.array_equal(player.picture(both), pictures[0])
    assert np.array_equal(player.picture(both.without(("bend", 1))), pictures[2])


def test_what_is_frozen_stays_whatever_moves(styled: Styled) -> None:
    """The first layer is all that coarse slots say: frozen, those slots say nothing."""
    player = styled()
    frozen = bent(layer=0, transform="freeze", values={"seed": 9})
    other = frozen.moved(Mix(slots={0: 5}))
    assert not np.array_equal(player.picture(PLAIN), player.picture(PLAIN.moved(Mix(slots={0: 5}))))
    assert np.array_equal(player.picture(frozen), player.picture(other))


def test_a_kept_bend_is_the_picture_on_the_screen(styled: Styled, project: Project) -> None:
    player = styled()
    recipe = bent(layer=3, transform="rotate", values={"degrees": 30}, amount=0.7)
    bend = recipe.only(Bend)
    assert bend is not None
    recipe = recipe.moved(grouped(player, bend, 2, 3))
    shown = player.picture(recipe)
    piece = pieces.keep(project, "styled", player, recipe)
    assert piece.recipe.unrecorded() == recipe
    assert np.array_equal(pieces.render(project, piece), shown)


# ------------------------------------------------------------------ groups


def test_groups_are_of_channels_that_are_active_together(styled: Styled) -> None:
    player = styled()
    groups = channel_groups(player, 3, 3)
    assert sorted(sum(groups, ())) == list(range(player.layers()[3].channels))
    assert groups == channel_groups(player, 3, 3)
    assert len(channel_groups(player, 3, 12)) <= 8


def test_k_means_finds_what_lies_apart() -> None:
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(60, 5)) * 0.1
    rows[20:40, 0] += 5
    rows[40:, 1] += 5
    found = k_means(rows, 3)
    assert {tuple(set(found[part])) for part in (slice(20), slice(20, 40), slice(40, 60))} == {
        (0,), (1,), (2,),
    }  # fmt: skip
    assert len(set(k_means(np.zeros((4, 2)), 3))) == 1


# ------------------------------------------------------------------ what is refused


def test_what_is_not_there_is_said_and_the_recipe_stays(styled: Styled) -> None:
    player = styled()
    for values, words in (
        ({"layer": 5}, "There is no layer 5: this model has 0 to 4"),
        ({"channels": (2, 8)}, "Layer 2 has no channel 8: it has 0 to 7"),
    ):
        with pytest.raises(UsageError, match=words):
            player.picture(bent(**values))
    for layer, count, words in ((9, 2, "no layer 9"), (0, 0, "0 groups"), (0, 13, "13 groups")):
        with pytest.raises(UsageError, match=words):
            channel_groups(player, layer, count)
    with pytest.raises(UsageError, match="no group 4 of 3"):
        grouped(player, Bend(layer=0, transform="invert"), 4, 3)
    assert player.picture(PLAIN).any()


@pytest.mark.parametrize(
    "values",
    [
        {"transform": "explode"}, {"transform": "scale", "values": {"factor": float("nan")}},
        {"transform": "scale", "values": {"speed": 1}},
        {"transform": "flip", "values": {"axis": "x"}},
        {"layer": -1}, {"amount": 1.1}, {"amount": float("nan")}, {"channels": (-1,)},
    ],
)  # fmt: skip
def test_bends_that_are_none_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        bent(**values)
