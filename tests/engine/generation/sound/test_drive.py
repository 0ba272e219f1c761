"""A sound moves a walk where it is heard, by as much as was asked for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.film.timeline import Key, Timeline, of_seeds, read_keys
from studio.engine.generation.film.walk import Walk
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.generation.player import Player
from studio.engine.generation.sound.drive import Drive
from studio.engine.generation.sound.heard import Heard, listen
from studio.engine.generation.sound.targets import target
from tests.engine.generation.conftest import save_styled
from tests.engine.generation.sound.recordings import quiet, wav, with_clicks

pytest.importorskip("av")
FPS = 30
CLICKS = (1.0, 2.0)


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    return Player.open(save_styled(tmp_path_factory.mktemp("run"), 0), "cpu")


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    place = tmp_path_factory.mktemp("sound")
    return listen(wav(place / "clicks.wav", with_clicks(0 * quiet(3), CLICKS)))


@pytest.fixture
def direction(player: Player) -> Direction:
    vector = np.zeros((player.latent.slots, player.latent.dim), np.float32)
    vector[:, 0] = 1 / np.sqrt(player.latent.slots)
    made = Direction("picked", vector, 2.0)
    player.directions.add([made])
    return made


def walk(player: Player, heard: Heard | None, *drives: Drive, keys=None) -> Walk:
    one, two = keys or of_seeds([1, 2], 0.7, None)
    line = Timeline(keys=(Key(time=0, recipe=one), Key(time=3, recipe=two)), seconds=3)
    return Walk(player, line.changed(drives=drives, sound="clicks.wav"), heard)


def moved(player: Player, heard: Heard, *drives: Drive, keys=None) -> list[float]:
    """How far every frame lies from where it lies without the sound."""
    with_it, without = (walk(player, each, *drives, keys=keys) for each in (heard, None))
    return [
        float(np.abs(player.latent_of(a) - player.latent_of(b)).max())
        for a, b in zip(with_it.recipes(), without.recipes(), strict=True)
    ]


def test_clicks_move_their_frames_along_a_direction(player, heard, direction):
    drive = Drive(to=f"along:{direction.key}", by="onset", amount=3, release=0.02)
    gone = moved(player, heard, drive)
    assert [frame for frame in range(90) if gone[frame] > 1] == [30, 60]
    assert gone[:30] == [0] * 30
    strongest = max(heard.strengths)
    assert max(gone) == pytest.approx(strongest * 3 * 2 / np.sqrt(player.latent.slots), rel=0.01)


def test_frames_in_silence_are_those_of_the_film_without_sound(player, heard):
    drive = Drive(to="truncation", by="onset", amount=-0.5, release=0.02)
    loud, still = walk(player, heard, drive), walk(player, None, drive)
    assert loud.at(0.5) == still.at(0.5)
    assert loud.at(1.0) != still.at(1.0)


def test_truncation_goes_by_a_part_of_itself_at_a_key_as_beside_it(player, heard):
    drive = Drive(to="truncation", by="onset", amount=-1, release=1.0)
    one, two = of_seeds([1, 2], 0.7, None)
    keys = [Key(time=0, recipe=one), Key(time=1, recipe=one), Key(time=3, recipe=two)]
    line = Timeline(keys=tuple(keys), seconds=3, drives=(drive,), sound="a.wav")
    made = Walk(player, line, heard)
    at_key, beside = (player.latent_of(made.at(time)) for time in (1.0, 1.0 + 1e-6))
    assert np.allclose(at_key, beside, atol=1e-3)
    mean = player.centre(*(key.recipe.beginning for key in keys[1:]))
    before = player.latent_of(one) - mean
    assert np.allclose(at_key - mean, before * (1 - max(heard.strengths)), atol=0.05)


def test_a_seed_is_reached_where_it_is_loudest(player, heard):
    there = player.latent_of(of_seeds([9], 1.0, None)[0])
    made = walk(player, heard, Drive(to="seed:9", by="onset", amount=5, release=0.05))
    assert np.allclose(player.latent_of(made.at(1.0)), there, atol=1e-3)
    assert np.abs(player.latent_of(made.at(0.5)) - there).max() > 0.1


def test_noise_and_bends_are_moved_and_stay_in_their_range(player, heard):
    bent = [each.moved(Bend(place=0, layer=1, transform="rotate", values={"degrees": 10.0}))
            for each in of_seeds([1, 1], 1.0, None)]  # fmt: skip
    drives = (
        Drive(to="noise", by="onset", amount=2), Drive(to="bend:0", by="onset", amount=-9),
        Drive(to="bend:0:degrees", by="onset", amount=30), Drive(to="bend:5", by="onset"),
    )  # fmt: skip
    recipe = walk(player, heard, *drives, keys=bent).at(heard.onsets[np.argmax(heard.strengths)])
    assert recipe.only(NoiseStrength).strength == pytest.approx(3, abs=0.01)
    assert recipe.only(Bend).amount == 0
    assert recipe.only(Bend).values["degrees"] == pytest.approx(40, abs=0.1)
    assert recipe.beginning == bent[0].beginning  # nothing that leads was moved


def test_several_drives_go_together_whatever_their_order(player, heard, direction):
    drives = [Drive(to=to, by="onset", amount=1, release=0.1)
              for to in ("noise", f"along:{direction.key}", f"along:{direction.key}")]  # fmt: skip
    gone = moved(player, heard, *drives)
    assert gone[30] == pytest.approx(2 * moved(player, heard, *drives[:2])[30], rel=1e-4)


def test_what_a_model_cannot_do_is_refused_before_any_work(player, heard):
    with pytest.raises(StudioError, match="not known"):
        walk(player, heard, Drive(to="along:pca-0123456789abcdef"))
    bent = [each.moved(Bend(place=0, layer=1, transform="rotate"))
            for each in of_seeds([1, 1], 1.0, None)]  # fmt: skip
    with pytest.raises(UsageError, match="no value 'speed'"):
        walk(player, heard, Drive(to="bend:0:speed", by="onset"), keys=bent).at(1.0)


@pytest.mark.parametrize(
    "values",
    [
        {"to": "contrast"}, {"to": "seed:-1"}, {"to": "along:up"}, {"to": "bend:x"},
        {"to": "noise", "by": "bass"}, {"to": "noise", "amount": float("nan")},
        {"to": "noise", "amount": 1e9}, {"to": "noise", "attack": -1},
        {"to": "noise", "release": 99}, {"to": "noise", "colour": 1},
    ],
)  # fmt: skip
def test_drives_that_mean_nothing_are_refused(values):
    with pytest.raises(ValidationError):
        Drive.model_validate(values)


def test_words_that_mean_nothing_are_told_what_does():
    with pytest.raises(UsageError, match=r"take truncation, noise, seed:N"):
        target("contrast")


def test_a_keys_file_keeps_sound_and_drives(tmp_path: Path):
    drive = Drive(to="seed:4", by="80-250", amount=0.5, attack=0.02, release=0.4)
    (recipe,) = of_seeds([1], 1.0, None)
    line = Timeline(keys=(Key(time=0, recipe=recipe),), sound="music/a.wav", drives=(drive,))
    (tmp_path / "keys.toml").write_text(line.text())
    found = read_keys(tmp_path / "keys.toml")
    assert found == line.changed(sound=str(tmp_path / "music" / "a.wav"))
    assert "sound" not in Timeline().text()
