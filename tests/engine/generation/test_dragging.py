"""Points are dragged on the sample model; and what cannot be dragged leaves the recipe good."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from models.facts import Ability
from studio.engine.errors import StudioError, UsageError
from studio.engine.files import resources
from studio.engine.generation.beginnings import Point, Seeded, pack_latent
from studio.engine.generation.dragging import Dragging, DragOptions, Step
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.dragged import Dragged, Handle, Mask, PackedMask
from studio.engine.generation.moves.residual import DraggedLayer
from studio.engine.generation.player import Player
from studio.engine.generation.point_motion import PointMotion
from tests.benchmarks.dragging import PULLS, pulled

Play = Callable[..., Player]
FEW = DragOptions(steps=4)
ACROSS = Handle(x=4, y=8, to_x=9, to_y=8)


@pytest.fixture(scope="module")
def sample() -> Iterator[Player]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield Player.open(resources() / "sample" / "model", "cpu")
    torch.set_num_threads(threads)


def last(dragging: Dragging):
    *_, step = dragging
    return step


@pytest.mark.parametrize("number", [1, 3, 8])
def test_a_handle_of_the_sample_is_brought_to_its_target(number: int, sample: Player) -> None:
    found = pulled(sample, PULLS[number])
    assert found.tracked <= 2
    assert found.matched <= 2
    assert found.rest <= 4


@pytest.mark.parametrize("family", ["autoencoder", "vae", "gan"])
def test_every_family_can_be_dragged_and_plays_the_result_back(family: str, play: Play) -> None:
    player = play(family)
    recipe = LatentRecipe(beginning=Seeded(seed=3))
    dragging = Dragging(player, recipe, [ACROSS], options=FEW)
    steps = list(dragging)
    assert [step.number for step in steps] == list(range(len(steps)))
    made = dragging.recipe(steps[-1])
    assert np.allclose(player.latent_of(made), steps[-1].w, atol=1e-6)
    assert not np.array_equal(player.latent_of(made), player.latent_of(recipe))
    again = LatentRecipe.model_validate_json(made.model_dump_json())
    assert player.picture(again).tobytes() == player.picture(made).tobytes()
    move = again.only(Dragged)
    assert move is not None
    assert move.pulls[0].handles == (ACROSS,)


def test_of_a_style_model_only_coarse_slots_move(styled: Callable[..., Player]) -> None:
    player = styled(side=64)
    recipe = LatentRecipe(beginning=Seeded(seed=1))
    dragging = Dragging(player, recipe, [ACROSS], options=FEW)
    step = last(dragging)
    moved = (step.w != player.latent_of(recipe)).any(axis=1)
    assert moved[:2].all()
    assert not moved[6:].any()


def test_a_second_pull_goes_on_from_the_first_in_one_move(sample: Player) -> None:
    recipe = LatentRecipe(beginning=Seeded(seed=6))
    first = Dragging(sample, recipe, [Handle(x=17, y=38, to_x=14, to_y=38)], options=FEW)
    once = first.recipe(last(first))
    second = Dragging(sample, once, [Handle(x=30, y=12, to_x=30, to_y=9)], options=FEW)
    reached = last(second)
    twice = second.recipe(reached)
    move, layer, before = twice.only(Dragged), twice.only(DraggedLayer), once.only(DraggedLayer)
    assert len(move.pulls) == len(twice.moves) == 2
    assert np.allclose(sample.latent_of(twice), reached.w, atol=1e-5)
    both = before.added(sample) + reached.layer
    assert np.allclose(layer.added(sample), both, atol=1e-3)


def test_the_coarsest_layer_moves_below_its_bends_and_is_left_alone_without_reach(
    sample: Player,
) -> None:
    bend = Bend(layer=0, transform="scale", values={"factor": -2.0})
    recipe = LatentRecipe(beginning=Seeded(seed=6), moves=(bend,))
    handle = Handle(x=17, y=38, to_x=14, to_y=38)
    dragging = Dragging(sample, recipe, [handle], options=FEW)
    work = PointMotion(
        sample, recipe, sample.latent_of(recipe), [handle], None, FEW.reach
    )  # fmt: skip
    work.look()
    work.advance(FEW.hold, FEW.likeness)
    _, w = work.look()
    seen = work._seen
    assert seen is not None
    made = dragging.recipe(Step(1, ((0.0, 0.0),), 1.0, w, work.layer()))
    with torch.no_grad(), sample.model as family:
        again = family.draw(
            torch.from_numpy(sample.latent_of(made))[None], 0, 32, made.drawing(sample).bends()
        )
    assert torch.allclose(seen.detach(), again[0], atol=0.02 * float(again.std()))
    alone = Dragging(sample, recipe, [handle], options=dataclasses.replace(FEW, reach=0.0))
    assert alone.recipe(last(alone)).only(DraggedLayer) is None


def test_the_same_pull_is_the_same_picture(sample: Player) -> None:
    def made() -> bytes:
        recipe = LatentRecipe(beginning=Seeded(seed=2))
        dragging = Dragging(sample, recipe, [Handle(x=30, y=12, to_x=30, to_y=16)], options=FEW)
        return sample.picture(dragging.recipe(last(dragging))).tobytes()

    assert made() == made()


def test_a_pull_is_of_its_picture_and_not_of_the_next_seed() -> None:
    dragged = Dragged.by(np.ones((1, 4), np.float32), ())
    along = Along(direction=0, sigma=1.0)
    recipe = LatentRecipe(beginning=Seeded(seed=1), moves=(along, dragged))
    assert recipe.begun(Seeded(seed=2)).moves == (along,)
    assert recipe.begun(Seeded(seed=1, truncation_psi=0.5)).moves == (along, dragged)
    assert recipe.unrecorded() == recipe


def test_others_play_the_model_between_two_steps(sample: Player) -> None:
    recipe = LatentRecipe(beginning=Seeded(seed=4))
    before = sample.picture(recipe).tobytes()
    for _ in Dragging(sample, recipe, [Handle(x=14, y=40, to_x=17, to_y=40)], options=FEW):
        assert sample.picture(recipe).tobytes() == before


# ---------------------------------------------------------------------- what cannot be done


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        (Handle(x=-3, y=4, to_x=5, to_y=5), "-3,4 lies outside"),
        (Handle(x=3, y=4, to_x=5, to_y=64), "5,64 lies outside"),
        (Handle(x=3, y=4, to_x=3.2, to_y=4), "farther"),
    ],
)
def test_a_pull_that_cannot_be_is_refused_in_a_sentence(handle, words, play: Play) -> None:
    with pytest.raises(UsageError, match=words):
        Dragging(play("vae"), LatentRecipe(), [handle])


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e9])
def test_no_handle_is_at_no_number(value: float) -> None:
    with pytest.raises(ValidationError):
        Handle(x=value, y=0, to_x=1, to_y=1)


def test_a_mask_has_the_size_of_the_picture_and_lets_the_handle_move(play: Play) -> None:
    player = play("vae")
    with pytest.raises(UsageError, match="3 × 2 pixels"):
        Dragging(player, LatentRecipe(), [ACROSS], np.ones((2, 3), bool))
    with pytest.raises(UsageError, match="lets nothing move"):
        Dragging(player, LatentRecipe(), [ACROSS], np.zeros((16, 16), bool))


def test_a_model_whose_latents_are_no_space_says_so(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = play("vae")
    lacking = dataclasses.replace(player.latent, lacks=frozenset({Ability.DRAG}))
    monkeypatch.setattr(player, "latent", lacking)
    with pytest.raises(UsageError, match="cannot be dragged"):
        Dragging(player, LatentRecipe(), [ACROSS])


def test_a_model_that_draws_no_numbers_says_so(play: Play) -> None:
    player = play("vae")
    nowhere = np.full((1, 8), 3e38, np.float32)
    recipe = LatentRecipe(beginning=Point(w=pack_latent(nowhere)))
    with pytest.raises(StudioError, match="draws no picture"):
        list(Dragging(player, recipe, [ACROSS], options=FEW))


@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (7, 33)])
def test_a_mask_comes_back_as_it_was(shape: tuple[int, int]) -> None:
    mask: Mask = np.random.default_rng(0).random(shape) < 0.5
    again = PackedMask.model_validate_json(PackedMask.of(mask).model_dump_json())
    assert np.array_equal(again.unpacked(), mask)


@pytest.mark.parametrize("text", ["", "?", "AAAA"])
def test_a_damaged_mask_is_refused(text: str) -> None:
    good = PackedMask.of(np.ones((16, 16), bool))
    with pytest.raises(ValidationError):
        PackedMask.model_validate({**good.model_dump(), "bits": text})
    with pytest.raises(ValidationError):  # and one that unpacks to more than it says
        PackedMask.model_validate({**good.model_dump(), "height": 2})


def test_an_offset_of_another_model_is_refused(play: Play) -> None:
    player = play("vae")
    for shape in ((2, 8), (1, 5)):
        move = Dragged.by(np.ones(shape, np.float32), ())
        with pytest.raises(StudioError, match="does not fit"):
            player.picture(LatentRecipe(moves=(move,)))


def test_a_checkpoint_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="missing or damaged"):
        Player.open(tmp_path / "000001", "cpu")
