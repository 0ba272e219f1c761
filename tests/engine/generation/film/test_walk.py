"""A walk shows its keys when they say so, and goes evenly from one to the next."""

from __future__ import annotations

import itertools
import threading
from fractions import Fraction

import numpy as np
import pytest

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.film.easing import EASINGS, TITLES
from studio.engine.generation.film.render import render
from studio.engine.generation.film.timeline import (
    Key,
    Timeline,
    frame_rate,
    of_seeds,
    read_keys,
    wander,
)
from studio.engine.generation.film.walk import Walk
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.noise import NoiseStrength
from tests.engine.generation.film.conftest import played

A, B = of_seeds([1, 2], 1.0, None)


def line(*keys, **facts):
    return Timeline(keys=tuple(Key(**key) for key in keys), **facts)


def test_keys_are_seen_at_their_time_and_held(player):
    walk = Walk(player, line({"time": 1, "recipe": A, "hold": 1}, {"time": 3, "recipe": B}))
    assert walk.at(0) == walk.at(1) == walk.at(2) == A
    assert walk.at(3) == walk.at(99) == B
    assert walk.at(2.5) not in (A, B)


@pytest.mark.parametrize("name", EASINGS)
def test_an_easing_begins_and_ends_at_its_keys(name):
    ease = EASINGS[name]
    assert (ease(0), ease(1)) == (0, 1)
    steps = [ease(place / 50) for place in range(51)]
    assert steps == sorted(steps)
    assert TITLES[name]


def test_numbers_of_moves_go_in_a_straight_line_and_come_from_rest(player):
    begin = LatentRecipe(beginning=Seeded(seed=1, truncation_psi=0.5))
    end = LatentRecipe(beginning=Seeded(seed=1, truncation_psi=1.0)).moved(Blend(seed=7, mix=0.8))
    end = end.moved(NoiseStrength(strength=3.0)).moved(
        Bend(place=0, layer=1, transform="rotate", values={"degrees": 40.0})
    )
    keys = ({"time": 0, "recipe": begin, "easing": "linear"}, {"time": 4, "recipe": end})
    half = Walk(player, line(*keys)).at(2)
    assert half.beginning == Seeded(seed=1, truncation_psi=0.75)
    assert half.only(Blend).mix == pytest.approx(0.4)
    assert half.only(NoiseStrength).strength == 2
    assert half.only(Bend).amount == 0.5
    assert half.only(Bend).values == {"degrees": 40.0}


def test_values_of_a_bend_are_drawn_on_the_way(player):
    keys = [
        {"time": time, "easing": "linear", "recipe": A.moved(
            Bend(place=0, layer=1, transform="rotate", values={"degrees": degrees})
        )} for time, degrees in ((0, 10.0), (4, 90.0))
    ]  # fmt: skip
    half = Walk(player, line(*keys)).at(2)
    assert half.only(Bend).made.degrees == 50
    straight = A.moved(Bend(place=0, layer=1, transform="rotate", values={"degrees": 50.0}))
    assert np.array_equal(player.picture(half), player.picture(straight))


def test_what_has_no_numbers_in_between_goes_on_the_arc(player):
    mixed = A.moved(Mix(slots={0: 5})).moved(NoiseStrength(strength=3.0))
    keys = ({"time": 0, "recipe": A, "easing": "linear"}, {"time": 1, "recipe": mixed})
    walk = Walk(player, line(*keys))
    near = player.latent_of(walk.at(0.999)), player.latent_of(mixed)
    assert np.allclose(*near, atol=0.02)
    assert walk.at(0.5).only(NoiseStrength).strength == 2
    assert not np.array_equal(player.picture(walk.at(0.5)), player.picture(A))


def test_a_loop_flows_into_its_beginning(player):
    recipes = of_seeds([1, 5, 9], 1.0, None)
    walk = Walk(player, Timeline.of_recipes(recipes, 2, loop=True))
    made = [player.picture(each).astype(float) for each in walk.recipes()]
    assert len(made) == 60
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(made)]
    assert np.abs(made[-1] - made[0]).mean() <= np.median(steps)
    assert min(steps[5:15]) > 0


def test_without_a_loop_the_last_frame_is_the_last_seed(player):
    walk = Walk(player, Timeline.of_recipes([A, B], 1, loop=False))
    recipes = list(walk.recipes())
    assert (recipes[0], recipes[-1], len(recipes)) == (A, B, 30)


def test_a_noise_walk_stays_about_its_picture(player):
    near = wander(A, [4, 5, 6], 0.2)
    walk = Walk(player, Timeline.of_recipes(near, 1, loop=True))
    home, far = player.latent_of(A), player.latent_of(B)
    gone = [np.linalg.norm(player.latent_of(each) - home) for each in walk.recipes()]
    assert 0 < max(gone) < np.linalg.norm(far - home)


def test_a_timeline_is_read_as_it_was_written(tmp_path):
    bent = A.moved(Bend(place=0, layer=1, transform="rotate", values={"degrees": 40.0}))
    whole = line(
        {"time": 0, "recipe": A}, {"time": 2.5, "recipe": bent, "easing": "jump", "hold": 0.5},
        seconds=4, loop=True, fps="24000/1001",
    )  # fmt: skip
    (tmp_path / "keys.toml").write_text(whole.text())
    assert read_keys(tmp_path / "keys.toml") == whole
    (tmp_path / "short.toml").write_text("version = 1\n[[keys]]\ntime = 0\nrecipe = {seed = 1}\n")
    assert read_keys(tmp_path / "short.toml").keys[0].recipe == A


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 3\n", "of a newer version"),
        ("seconds = 2\n", "version = 1"),
        ("version = 1\n", "There are no keys"),
        ("version = 1\n[[keys]]\ntime = -1\nrecipe = {seed = 1}\n", "keys.0.time"),
        ("version = 1\n[[keys]]\ntime = nan\nrecipe = {seed = 1}\n", "keys.0.time"),
        ("version = 1\n[[keys]]\ntime = 1\n", "keys.0.recipe"),
        ('version = 1\n[[keys]]\ntime = 1\nrecipe = {}\neasing = "fly"\n', "no easing fly"),
        ("version = 1\nseconds = 0\n[[keys]]\ntime = 1\nrecipe = {}\n", "seconds"),
        ("version = [", "Could not read"),
    ],
)
def test_keys_that_cannot_be_played_are_refused_in_a_sentence(tmp_path, text, words):
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(StudioError, match=words) as caught:
        read_keys(tmp_path / "keys.toml")
    assert str(tmp_path / "keys.toml") in str(caught.value)


def test_frame_rates():
    assert frame_rate("29.97") == Fraction(30000, 1001)
    assert frame_rate("24000/1001") == Fraction(24000, 1001)
    assert frame_rate("12.5") == Fraction(25, 2)
    for wrong in ("0", "-3", "nan", "x", "1/0", "241", "1e99"):
        with pytest.raises(UsageError):
            frame_rate(wrong)


def test_cancelling_leaves_a_film_that_plays(player, tmp_path):
    walk = Walk(player, Timeline.of_recipes([A, B], 2, loop=True))
    told = []
    made = render(player, walk, tmp_path / "a.gif", enlarge=2,
                  told=lambda done, total: told.append((done, total)),
                  cancelled=lambda: len(told) >= 7)  # fmt: skip
    assert made.frames == 7
    assert told[-1] == (7, 60)
    frames, _ = played(made.file)
    assert len(frames) == 7
    assert frames[0].shape == (32, 32, 4)


def test_an_error_while_frames_are_made_leaves_nothing(player, tmp_path):
    wrong = A.moved(Mix(slots={99: 5}))
    keys = ({"time": 0, "recipe": A}, {"time": 1, "recipe": wrong, "easing": "jump"})
    walk = Walk(player, line(*keys, seconds=2))
    with pytest.raises(UsageError, match="no slot 99"):
        render(player, walk, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []
    assert not [each for each in threading.enumerate() if each.name == "frames of a film"]


def test_a_walk_wants_a_key_and_a_film_has_bounds(player, tmp_path):
    with pytest.raises(UsageError, match="at least one key"):
        Walk(player, Timeline())
    walk = Walk(player, line({"time": 0, "recipe": A}))
    with pytest.raises(UsageError, match="too large"):
        render(player, walk, tmp_path / "a.gif", enlarge=1000)
