"""A camera over a picture that goes on beyond its edges."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pydantic import ValidationError

from studio.engine.generation.film.camera import Camera, period, seen
from studio.engine.generation.film.render import render
from studio.engine.generation.film.timeline import Key, Timeline, of_seeds, read_keys
from studio.engine.generation.film.walk import Walk
from tests.engine.generation.film.conftest import played

A, B = of_seeds([1, 2], 1.0, None)


@pytest.fixture(params=[1, 3, 4])
def picture(request: pytest.FixtureRequest) -> np.ndarray:
    made = np.random.default_rng(0).integers(0, 256, (12, 20, request.param), dtype=np.uint8)
    if request.param == 4:
        made[..., 3] = 255
    return made


def test_at_rest_it_is_the_picture(picture):
    assert seen(picture, Camera(), seamless=True) is picture


def test_whole_pixels_are_moved_byte_for_byte(picture):
    for seamless, other in ((True, picture), (False, picture[:, ::-1])):
        floor = np.concatenate([picture, other], axis=1)
        for x in (0.25, 0.5, 1.0):
            shift = round(x * 20)
            made = seen(picture, Camera(x=x), seamless=seamless)
            assert np.array_equal(made, floor[:, shift : shift + 20])
    below = seen(picture, Camera(y=0.5), seamless=True)
    assert np.array_equal(below, np.roll(picture, -6, axis=0))


def test_a_turn_and_tiles_are_those_of_numpy(picture):
    square = picture[:, :12]
    for camera, floor in ((Camera(turn=90), np.rot90(square, -1)),
                          (Camera(turn=-720, x=-7, y=300), square)):  # fmt: skip
        made = seen(square, camera, seamless=True)
        assert np.abs(made.astype(int) - floor).max() <= 1  # sines and cosines are rounded
    assert np.array_equal(seen(square, Camera(x=1, y=-1), seamless=False), square[::-1, ::-1])


def test_zoom_shows_the_middle_larger_and_more_of_the_floor():
    wide = np.broadcast_to(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (64, 64, 1))
    near = seen(wide, Camera(zoom=2.0), seamless=False).astype(float)
    slopes = [np.abs(np.diff(each.astype(float), axis=axis)).max() for each in (wide, near)
              for axis in (0, 1)]  # fmt: skip
    assert max(slopes[2:]) == pytest.approx(max(slopes[:2]) / 2, abs=1.5)
    far = seen(np.full((64, 64, 3), 90, np.uint8), Camera(zoom=0.3, turn=20), seamless=True)
    assert (far == 90).all()
    lines = np.zeros((64, 64, 1), np.uint8)
    lines[:, ::2] = 255
    grey = seen(lines, Camera(zoom=0.25), seamless=True).astype(float)
    assert np.abs(grey - 127.5).max() < 4  # fine lines become grey and do not flicker


def test_what_is_taken_hold_of_stays_under_the_hand():
    picture = np.zeros((64, 48, 1), np.uint8)
    picture[20:24, 10:14] = 255

    def middle_of_the_dot(camera: Camera) -> np.ndarray:
        made = seen(picture, camera, seamless=False)[..., 0].astype(float)
        return np.array([(grid * made).sum() / made.sum() for grid in np.indices(made.shape)])

    camera = Camera(zoom=1.5, turn=30)
    moved = camera.panned(6, -5, 48, 64)
    assert middle_of_the_dot(moved) - middle_of_the_dot(camera) == pytest.approx([-5, 6], abs=0.2)


def test_it_goes_on_its_way_as_the_keys_say(player):
    keys = (
        Key(time=0, recipe=A, easing="linear", hold=1.0),
        Key(time=3, recipe=B, camera=Camera(x=1, zoom=4, turn=90)),
    )
    walk = Walk(player, Timeline(keys=keys))
    assert walk.camera(0.5) == Camera()
    half = walk.camera(2)
    assert (half.x, half.zoom, half.turn) == (0.5, pytest.approx(2.0), 45)
    assert walk.camera(6) == keys[1].camera
    plain = player.picture(walk.at(2))
    assert not np.array_equal(walk.picture(2), plain)
    assert np.array_equal(walk.picture(2), seen(plain, half, seamless=player.seamless))


@pytest.mark.parametrize("seamless", [True, False])
def test_a_loop_goes_on_over_the_edge(seamless, player, monkeypatch):
    monkeypatch.setattr(type(player), "seamless", seamless)
    tiles = period(seamless)
    camera = Camera(x=float(tiles), turn=360.0)
    line = Timeline.of_recipes([A] * 4, 2, loop=True, camera=camera)
    line = line.changed(
        keys=tuple(key.model_copy(update={"easing": "linear"}) for key in line.keys)
    )
    walk = Walk(player, line)
    turns = [walk.camera(time).turn for time in walk.times]
    assert all(one < two for one, two in itertools.pairwise(turns))  # never all the way back
    frames = [walk.picture(time).astype(float) for time in walk.times]
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(frames)]
    assert np.abs(frames[-1] - frames[0]).mean() <= max(steps)


def test_files_keep_it_and_say_no_more_than_they_must(tmp_path):
    still = Timeline(keys=(Key(time=0, recipe=A),))
    assert "camera" not in still.text()
    assert still.text().startswith("version = 1")
    moved = still.changed(keys=(Key(time=0, recipe=A, camera=Camera(x=0.5, turn=-30)),))
    for line in (still, moved):
        (tmp_path / "keys.toml").write_text(line.text())
        assert read_keys(tmp_path / "keys.toml") == line


@pytest.mark.parametrize("wrong", [{"zoom": 0}, {"zoom": 99}, {"x": float("nan")}, {"turn": 1e9}])
def test_what_is_no_place_is_refused(wrong):
    with pytest.raises(ValidationError):
        Camera(**wrong)


def test_the_film_shows_what_the_camera_sees(player, tmp_path):
    line = Timeline.of_recipes([A, A], 0.2, loop=False, camera=Camera(x=1.0))
    film = render(player, Walk(player, line), tmp_path / "a.apng", enlarge=2)
    frames, _ = played(film.file)
    last = Walk(player, line).picture(5, lambda it: it.repeat(2, 0).repeat(2, 1))
    assert np.array_equal(frames[-1][..., :3], np.broadcast_to(last, (*last.shape[:2], 3)))
    assert not np.array_equal(frames[0], frames[-1])
