"""A part of the picture drawn anew, in recipes, films and on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.base import family
from models.image_spec import ImageSpec
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.beginnings import Point, Seeded, pack_latent
from studio.engine.generation.cells import cells_of, slots_of, touched
from studio.engine.generation.film.timeline import Timeline, of_seeds
from studio.engine.generation.film.walk import Walk
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.moves.dragged import PackedMask
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.repair import Repair
from studio.engine.generation.offspring import breed
from studio.engine.generation.player import Player
from studio.engine.training.record import checkpoint

SMALL = {"top_width": 8, "width": 8, "prior_width": 32, "prior_depth": 1}


def save(folder: Path, classes: int = 0, **changes: object) -> Path:
    torch.manual_seed(0)
    kind = family("tokens")
    model = kind(kind.Config.from_mapping({**SMALL, **changes}), ImageSpec(3, 16, 16, classes))
    shape = {"channels": 3, "height": 16, "width": 16, "classes": classes}
    state = {
        "family": "tokens", "config": model.config.as_dict(), "images_seen": 0,
        "image_spec": shape,
    }  # fmt: skip
    return checkpoint.save(folder, model.state_dict(), {}, state).folder


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Player:
    return Player.open(save(tmp_path_factory.mktemp("tokens")), "cpu")


def chosen(*slots: int) -> PackedMask:
    return PackedMask.of(cells_of(slots, (4, 4)))


def test_repairs_follow_each_other_and_a_file_keeps_them(player: Player) -> None:
    plain = LatentRecipe(beginning=Seeded(seed=3, sampling={"temperature": 0.7}))  # type: ignore[arg-type]
    once = plain.moved(Repair(cells=chosen(5, 6), seed=1))
    twice = once.moved(Repair(place=1, cells=chosen(6), seed=2))
    assert [move.control for move in twice.moves] == [("repair", 0), ("repair", 1)]
    points = [player.latent_of(each) for each in (plain, once, twice)]
    assert set(np.flatnonzero((points[0] != points[1]).any(1)).tolist()) <= {5, 6}
    assert set(np.flatnonzero((points[1] != points[2]).any(1)).tolist()) <= {6}
    again = LatentRecipe.model_validate_json(twice.model_dump_json(exclude_none=True))
    assert again == twice
    assert np.array_equal(player.picture(again), player.picture(twice))
    assert plain.begun(Seeded(seed=4)).moves == ()
    assert once.begun(Seeded(seed=4)).moves == ()


def test_a_point_can_be_repaired_and_one_that_does_not_fit_is_refused(player: Player) -> None:
    point = Point(w=pack_latent(player.latent_of(LatentRecipe()) + np.float32(0.01)))
    made = player.latent_of(LatentRecipe(beginning=point).moved(Repair(cells=chosen(0), seed=1)))
    assert np.array_equal(made[1:], player.read(point)[1:])
    wrong = Repair(cells=PackedMask.of(np.ones((3, 3), bool)))
    with pytest.raises(UsageError, match="3 × 3 cells"):
        player.latent_of(LatentRecipe().moved(wrong))
    assert Repair(cells=chosen()).idle


def test_chance_that_a_model_does_not_know_is_refused(player: Player) -> None:
    for said, words in (
        ({"warmth": 1.0}, "no parameter warmth"), ({"temperature": 9.0}, "temperature=9.0"),
    ):  # fmt: skip
        recipe = LatentRecipe(beginning=Seeded(sampling=said))  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=words):
            player.latent_of(recipe)
    one = Seeded(sampling={"steps": 3, "temperature": 0.5})  # type: ignore[arg-type]
    other = Seeded(sampling={"temperature": 0.5, "steps": 3})  # type: ignore[arg-type]
    assert one == other
    assert hash(one) == hash(other)
    assert Seeded.beside(one, 4).sampling == one.sampling


def test_grids_are_mixed_blended_bred_and_walked(player: Player) -> None:
    one, two = (LatentRecipe(beginning=Seeded(seed=seed)) for seed in (0, 1))
    w = player.latent_of(one.moved(Mix(slots={0: 1, 9: 1})))
    ends = player.latent_of(one), player.latent_of(two)
    assert np.array_equal(w[[0, 9]], ends[1][[0, 9]])
    assert np.array_equal(w[1:9], ends[0][1:9])
    half = player.latent_of(one.moved(Blend(seed=1, mix=0.5)))
    assert not np.array_equal(half, ends[0])
    assert len(breed(player, [one, two], 2, 0.0, 0)) == 2
    walk = Walk(player, Timeline.of_recipes(of_seeds([0, 1], 1.0, None), 1.0, "4", loop=False))
    frames = [player.picture(recipe) for recipe in walk.recipes()]
    assert np.array_equal(frames[0], player.picture(one))
    assert np.array_equal(frames[-1], player.picture(two))
    assert len({frame.tobytes() for frame in frames}) == 4


def test_a_blend_within_a_label_goes_about_the_middle_of_all(tmp_path: Path) -> None:
    player = Player.open(save(tmp_path, classes=2), "cpu")
    one = LatentRecipe(beginning=Seeded(seed=0, label=1))
    made = player.latent_of(one.moved(Blend(seed=1, mix=0.5)))
    assert np.isfinite(made).all()
    repaired = one.moved(Repair(cells=chosen(3), seed=1))
    assert np.array_equal(player.latent_of(repaired)[4:], player.latent_of(one)[4:])


def test_cells_are_those_that_hold_a_pixel_of_the_part() -> None:
    mask = np.zeros((16, 32), bool)
    mask[3:5, 8:9] = True
    cells = touched(mask, (4, 8))
    assert np.argwhere(cells).tolist() == [[0, 2], [1, 2]]
    assert slots_of(cells) == [2, 10]
    assert np.array_equal(cells_of([2, 10, 99], (4, 8)), cells)
    with pytest.raises(StudioError, match="No part"):
        touched(np.zeros((16, 32), bool), (4, 8))
