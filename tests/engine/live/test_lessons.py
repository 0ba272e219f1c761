"""Teaching a controller: what was shown comes back exactly, and what lies between lies between."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Point
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.live.lessons import Lessons, Taught
from studio.engine.live.mapping import Rule
from studio.engine.live.setup import Setup
from tests.engine.generation.conftest import project, styled
from tests.engine.live.stand import Stand

__all__ = ["project", "styled"]

POSES = ((0.0, 0.0, 0.5), (1.0, 0.0, 0.5), (0.0, 1.0, 0.5), (1.0, 1.0, 0.5), (0.5, 0.5, 1.0))


def five() -> Lessons:
    lessons = Lessons(sources=("/x", "/y", "midi cc 1/1"))
    for seed, pose in enumerate(POSES):
        recipe = LatentRecipe.model_validate({"seed": seed})
        if seed == 4:
            recipe = recipe.moved(NoiseStrength(strength=0.0))
        lessons = lessons.with_lesson(pose, recipe)
    return lessons


@pytest.fixture
def taught(styled) -> Taught:
    return Taught(styled(), five())


def test_in_its_pose_each_picture_is_itself(styled, taught):
    player = styled()
    for pose, lesson in zip(POSES, five().lessons, strict=True):
        assert taught.recipe(pose) == lesson.recipe
        np.testing.assert_allclose(taught.point(pose), player.latent_of(lesson.recipe), atol=1e-4)
        assert taught.shares(pose).sum() == pytest.approx(1.0)


def test_between_poses_pictures_flow(styled, taught):
    player = styled()
    line = np.linspace(POSES[0], POSES[3], 41)
    points = np.stack([taught.point(tuple(each)) for each in line])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=(1, 2))
    assert steps.max() < 4 * steps.mean()
    middle = player.latent_of(taught.recipe((0.5, 0.1, 0.5)))
    typical = [np.linalg.norm(player.latent_of(each.recipe)) for each in five().lessons]
    assert 0.4 * min(typical) < np.linalg.norm(middle) < 1.6 * max(typical)


def test_what_is_drawn_otherwise_is_drawn_as_in_the_nearest_pose(taught):
    assert taught.recipe((0.5, 0.5, 0.95)).only(NoiseStrength) == NoiseStrength(strength=0.0)
    assert taught.recipe((0.05, 0.0, 0.5)).moves == ()


def test_two_teachers_teach_the_same(styled):
    pose = (0.3, 0.7, 0.2)
    one, two = (Taught(styled(), five()).point(pose) for _ in range(2))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("count", [2, 3, 64])
def test_any_number_of_poses_and_values_serves(styled, count):
    chance = np.random.default_rng(1)
    lessons = Lessons(sources=("/a",))
    for seed, place in enumerate(chance.permutation(count)):
        recipe = LatentRecipe.model_validate({"seed": seed})
        lessons = lessons.with_lesson((place / (count - 1),), recipe)
    player = styled()
    made = Taught(player, lessons)
    for each in lessons.lessons:
        np.testing.assert_allclose(made.point(each.pose), player.latent_of(each.recipe), atol=2e-3)


def test_a_pose_is_taught_once():
    lessons = five()
    other = LatentRecipe.model_validate({"seed": 99})
    again = lessons.with_lesson((0.005, 0.0, 0.5), other)
    assert len(again.lessons) == 5
    assert again.lessons[-1].recipe == other
    assert len(again.without(0).lessons) == 4


def test_one_pose_is_too_few(styled):
    alone = Lessons(sources=("/a",)).with_lesson((0.0,), LatentRecipe())
    with pytest.raises(UsageError, match="Teach at least 2 poses"):
        Taught(styled(), alone)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": ["/a"], "lessons": [{"pose": [0.1, 0.2], "recipe": {"seed": 1}}]},
        {"sources": ["/a"], "lessons": [{"pose": [1.5], "recipe": {"seed": 1}}]},
        {"sources": ["/a"], "lessons": [{"pose": [float("nan")], "recipe": {"seed": 1}}]},
    ],
)
def test_lessons_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError):
        Lessons.model_validate(wrong)


def test_the_controller_plays_what_it_was_taught(taught):
    stand = Stand(Setup(lessons=five()))
    stand.desk.taught = taught
    stand.send("/x", 0.4)
    stand.send("/y", 0.6)
    stand.inbox.put("midi cc 1/1", 0.5)
    made = stand.desk.step(LatentRecipe())
    assert made == taught.recipe((0.4, 0.6, 0.5))
    assert stand.inbox.tally.left_out == 0
    stand.send("/y", 0.6)
    assert made is not None
    assert stand.desk.step(made) is None


def test_a_value_of_a_pose_may_play_a_control_of_its_own(taught):
    stand = Stand(Setup(lessons=five(), rules=(Rule(source="/x", target="/latent/truncation"),)))
    stand.desk.taught = taught
    stand.send("/x", 0.4)
    made = stand.desk.step(LatentRecipe())
    assert made is not None
    assert made.beginning.truncation_psi == pytest.approx(0.6)
    assert isinstance(made.beginning, Point)
