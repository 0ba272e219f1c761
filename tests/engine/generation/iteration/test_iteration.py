"""Going on from a picture: what is found is better, near, and what its recipe draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.iteration.iteration import Iteration
from studio.engine.generation.iteration.subject import Given, Subject
from studio.engine.generation.iteration.way import way
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.iterated import Iterated
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.region import PackedWeights, Region

SIDE = 16


@pytest.fixture
def subject(styled, project):
    player = styled()

    def made(given: Given | None = None, recipe: LatentRecipe | None = None) -> Subject:
        recipe = recipe or LatentRecipe(beginning=Seeded(seed=3))
        return Subject(player, recipe, project, "styled", given)

    return made


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Red, light on the left and dark on the right."""
    shades = np.linspace(250, 20, 40).astype(np.uint8)
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = shades, shades // 3
    Image.fromarray(pixels).save(tmp_path / "red.png")
    return tmp_path / "red.png"


def gone(subject: Subject, name: str, **values: object) -> Iteration:
    iteration = Iteration(subject, way(name).from_mapping(values))
    steps = list(iteration)
    done = [each.done for each in steps]
    assert done == sorted(set(done))
    assert done[-1] == steps[-1].total
    return iteration


def replayed(iteration: Iteration) -> None:
    """Everything that may be kept is drawn byte for byte by its recipe, read from text."""
    for each in iteration.best_first():
        again = LatentRecipe.model_validate_json(each.recipe.model_dump_json())
        assert np.array_equal(iteration.subject.player.picture(again), each.pixels)


def test_more_strength_reaches_a_higher_score_and_goes_no_farther_than_it_says(subject) -> None:
    gains = []
    for strength in (0.1, 0.6):
        found = gone(subject(), "score", strength=strength, steps=15)
        replayed(found)
        best = found.best_first()[0]
        changed = found.changed(best)
        assert 0 < changed.apart <= strength + 1e-3
        assert changed.nearest is None, "there are no training pictures here"
        gains.append(best.figure - found.beginning.figure)
    assert 0 < gains[0] < gains[1]


def test_going_on_twice_is_one_move_that_remembers_both(subject) -> None:
    first = gone(subject(), "score", strength=0.2, steps=5).best_first()[0]
    second = gone(subject(recipe=first.recipe), "score", strength=0.3, steps=5)
    best = second.best_first()[0]
    assert best.figure > first.figure
    (move,) = best.recipe.moves
    assert isinstance(move, Iterated)
    assert [each.strength for each in move.ways] == [0.2, 0.3]
    replayed(second)


@pytest.mark.parametrize(
    ("name", "zone"), [("palette", slice(0, 1)), ("composition", slice(-1, None))]
)
def test_it_comes_nearer_to_a_reference_by_the_layers_that_have_a_say(
    subject, reference, name, zone
) -> None:
    found = gone(subject(Given(reference)), name, strength=0.8, steps=20)
    best = found.best_first()[0]
    assert best.figure < 0.97 * found.beginning.figure
    (move,) = best.recipe.moves
    assert move.ways[0].reference == "red.png"
    moved = move.offset_of(found.subject.start)
    assert moved.any()
    assert not moved[zone].any(), "form stays where colours change, and colours where form does"
    replayed(found)


def test_fine_layers_of_other_seeds_are_sorted_with_the_picture_itself_among_them(subject) -> None:
    recipe = LatentRecipe(beginning=Seeded(seed=3), moves=(Mix(slots={0: 9}),))
    found = gone(subject(recipe=recipe), "fine", count=4, seed=20)
    order = found.best_first()
    assert len(order) == 5
    assert found.beginning in order
    figures = [each.figure for each in order]
    assert figures == sorted(figures, reverse=True)
    other = next(each for each in order if each is not found.beginning)
    (mix,) = other.recipe.moves
    assert mix.slots[0] == 9, "what was mixed before stays"
    assert set(mix.slots.values()) - {9} == {19 + other.number}
    replayed(found)


def box() -> np.ndarray:
    weights = np.zeros((SIDE, SIDE), np.float32)
    weights[4:12, 5:12] = 1
    return weights


def test_a_region_changes_and_nothing_else_does_also_after_a_slider(subject) -> None:
    made = subject(Given(None, box()))
    found = gone(made, "region", count=2, steps=6, feather=1.0)
    replayed(found)
    for each in found.best_first():
        if each is found.beginning:
            continue
        changed = found.changed(each)
        assert changed.outside == 0.0
        assert changed.inside > 0.5
        outside = box() == 0
        player = made.player
        further = each.recipe.with_noise(7), found.beginning.recipe.with_noise(7)
        one, two = (player.picture(recipe) for recipe in further)
        assert np.array_equal(one[outside], two[outside])
        assert not np.array_equal(one, two)
    again = gone(subject(Given(None, box()[::-1].copy()), found.best_first()[0].recipe), "region",
                 count=1, steps=2)  # fmt: skip
    both = next(each for each in again.best_first() if each.number)
    places = [move.place for move in both.recipe.moves if isinstance(move, Region)]
    assert places in ([0, 1], [0]), "each region is one of its own"
    replayed(again)


def test_a_draft_is_not_shown_where_a_region_would_be_missing(subject) -> None:
    found = gone(subject(Given(None, box())), "region", count=1, steps=0)
    made = next(each for each in found.best_first() if each.number)
    assert found.subject.player.draft(made.recipe) is None


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("palette", Given(), "no reference picture"),
        ("region", Given(), "no mask"),
        ("region", Given(None, np.zeros((SIDE, SIDE), np.float32)), "No part of the picture"),
        (
            "region",
            Given(None, np.ones((SIDE, 9), np.float32)),
            "9 × 16 pixels, the picture 16",
        ),
    ],
)
def test_what_is_missing_is_said(subject, name, given, words) -> None:
    with pytest.raises(UsageError, match=words):
        Iteration(subject(given), way(name)())


def test_a_reference_without_colour_is_refused_for_its_palette(subject, tmp_path) -> None:
    Image.new("RGB", (30, 20), (90, 91, 90)).save(tmp_path / "grey.png")
    with pytest.raises(UsageError, match=r"grey\.png has no colour to take"):
        Iteration(subject(Given(tmp_path / "grey.png")), way("palette")())


def test_a_region_of_another_size_is_refused_where_it_is_drawn(subject) -> None:
    made = subject()
    weights = PackedWeights.of(np.ones((8, 8), np.float32))
    zero = np.zeros_like(made.start)
    move = Region.between(0, np.ones((SIDE, SIDE), np.float32), zero, zero)
    recipe = made.recipe.moved(move.model_copy(update={"weights": weights}))
    with pytest.raises(UsageError, match=r"8 × 8 pixels, and this model draws 16 × 16"):
        made.player.picture(recipe)


def test_damaged_weights_are_no_recipe() -> None:
    whole = PackedWeights.of(np.ones((4, 4), np.float32)).model_dump()
    for wrong in ({"levels": "AAAA"}, {"width": 5}, {"levels": "no base64"}):
        with pytest.raises(ValueError, match=r"."):
            PackedWeights.model_validate({**whole, **wrong})


def test_directions_that_are_gone_leave_the_point(subject) -> None:
    recipe = LatentRecipe(beginning=Seeded(seed=1), moves=(Along(direction=0, sigma=1.0),))
    with pytest.raises(Exception, match=r"find directions first"):
        subject(recipe=recipe)
