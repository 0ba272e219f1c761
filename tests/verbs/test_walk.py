"""`walk`: films of a run, as an artist and a saboteur ask for them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from tests.engine.generation.sound.recordings import quiet, wav, with_clicks
from tests.verbs.support import call, done


def test_a_film_of_seeds_shows_them(project, run, out):
    made = done("walk", project, "--run", run, "--seeds", "3,4", "--seconds", "0.5", "--fps", "12",
                "--out", out / "walk.png")  # fmt: skip
    assert (made["frames"], made["fps"], made["seconds"]) == (6, 12, 0.5)
    assert made["file"] == str(out / "walk.0001.png")
    alone = done("generate", project, "--run", run, "--count", 2, "--seed", 3, "--out", out / "g")
    for file, number in zip(alone["files"], (1, 6), strict=True):
        with Image.open(file) as one, Image.open(out / f"walk.{number:04}.png") as two:
            assert np.array_equal(np.asarray(one), np.asarray(two))


def test_a_loop_of_keys_from_a_file_is_an_mp4(project, run, out, tmp_path):
    av = pytest.importorskip("av")
    keys = tmp_path / "keys.toml"
    keys.write_text(
        "version = 1\nseconds = 1.0\n"
        "[[keys]]\ntime = 0\nrecipe = {seed = 1}\n"
        "[[keys]]\ntime = 0.5\nhold = 0.1\neasing = 'linear'\nrecipe = {seed = 2}\n"
    )
    made = done("walk", project, "--run", run, "--keys", keys, "--fps", "29.97", "--loop",
                "--enlarge", 3, "--out", out / "new" / "loop.mp4")  # fmt: skip
    with av.open(made["file"]) as container:
        stream = container.streams.video[0]
        assert stream.frames == made["frames"] == 30
        assert stream.width % 2 == 0


def test_keys_may_lie_along_directions(project, run, out, tmp_path):
    recipe, keys = tmp_path / "moved.json", tmp_path / "keys.toml"
    recipe.write_text('{"seed": 1, "edits": {"0": 2.0}}')
    told = "recipe = {seed = 1, edits = {0 = 2.0}}\n"
    keys.write_text(f"version = 1\nseconds = 0.5\n[[keys]]\ntime = 0\n{told}")
    alone = done("generate", project, "--run", run, "--recipe", recipe, "--out", out / "g")
    done("walk", project, "--run", run, "--keys", keys, "--fps", 4, "--out", out / "w.png")
    with Image.open(alone["files"][0]) as one, Image.open(out / "w.0001.png") as two:
        assert np.array_equal(np.asarray(one), np.asarray(two))


def test_a_noise_walk_is_a_gif(project, run, out):
    made = done("walk", project, "--run", run, "--wander", 7, "--reach", "0.2", "--seconds", "0.3",
                "--loop", "--out", out / "loop.gif")  # fmt: skip
    assert made["frames"] == 9


def test_a_camera_goes_over_one_picture(project, run, out):
    done("walk", project, "--run", run, "--seeds", "3,3", "--seconds", "0.3", "--fps", 10,
         "--pan-x", 1, "--turn", 360, "--no-mark", "--out", out / "pan.png")  # fmt: skip
    first, middle, last = (np.asarray(Image.open(each)) for each in sorted(out.glob("pan.*")))
    assert not np.array_equal(first, middle)
    # One picture further stands its mirror image, or, of a seamless model, the picture again.
    assert min(np.abs(last - floor.astype(float)).mean() for floor in (first, first[:, ::-1])) < 1


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--seconds", "0"], 2, "not a number between"),
        (["--seconds", "11000"], 2, "not a number between"),
        (["--fps", "0"], 2, "not a frame rate"),
        (["--seeds", "1,,2"], 2, "not a whole number"),
        (["--seeds", "1", "--wander", "2"], 2, "not allowed with"),
        (["--label", "dogs"], 2, "no label dogs"),
        (["--keys", "nowhere.toml"], 1, "Could not read the keys"),
        (["--keys", "nowhere.toml", "--zoom", "2"], 2, "--zoom is for films of seeds"),
        (["--zoom", "0"], 2, "not a number between"),
        (["--out", "film.avi"], 2, "end its name with one of"),
        (["--run", "nobody"], 1, "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    project, run, out, options, code, words
):
    given = ["--run", run, "--seconds", "0.2", "--out", out / "film.gif", *options]
    call("walk", project, *given).refused(code, words)
    assert not out.exists() or not list(out.iterdir())


def test_a_film_is_never_written_over(project, run, out):
    out.mkdir(exist_ok=True)
    (out / "film.gif").write_bytes(b"mine")
    call("walk", project, "--run", run, "--out", out / "film.gif").refused(1, "already exists")
    assert (out / "film.gif").read_bytes() == b"mine"


def test_a_run_that_is_deleted_meanwhile_is_filmed_to_its_end(project, run, out, monkeypatch):
    from studio.verbs.console import Console

    told = Console.pictures

    def gone(self, done, total):
        shutil.rmtree(project / "runs" / run, ignore_errors=True)
        told(self, done, total)

    monkeypatch.setattr(Console, "pictures", gone)
    made = done("walk", project, "--run", run, "--seconds", "0.5", "--out", out / "film.apng")
    assert made["frames"] == 15


@pytest.fixture
def clicks(tmp_path):
    pytest.importorskip("av")
    return wav(tmp_path / "clicks.wav", with_clicks(0 * quiet(1.5), [0.5, 1.0]))


def test_a_sound_moves_the_film_and_is_heard_with_it(project, run, out, clicks):
    made = done("walk", project, "--run", run, "--seeds", "3", "--audio", clicks,
                "--audio-map", "seed:7=onset:1:0:0", "--fps", 10,
                "--out", out / "w.png")  # fmt: skip
    assert made["frames"] == 15  # it lasts as long as its sound
    assert made["sound"]["onsets"] == 2
    assert "no sound" in made["notes"][0]
    frames = [Image.open(out / f"w.{number:04}.png").tobytes() for number in range(1, 16)]
    assert [n for n in range(15) if frames[n] != frames[0]] == [5, 10]
    film = done("walk", project, "--run", run, "--seeds", "3,4", "--audio", clicks, "--even",
                "--audio-map", "pca:1=low", "--seconds", 1, "--out", out / "w.mp4")  # fmt: skip
    import av

    with av.open(film["file"]) as container:
        assert container.streams.audio[0].codec_context.name == "aac"


def test_a_keys_file_says_what_its_sound_moves(project, run, out, clicks):
    (clicks.parent / "keys.toml").write_text(
        "version = 1\nseconds = 1.0\nsound = 'clicks.wav'\n"
        "[[keys]]\ntime = 0\nrecipe = {seed = 1}\n[[drives]]\nto = 'seed:7'\nby = 'onset'\n"
    )
    made = done("walk", project, "--run", run, "--keys", clicks.parent / "keys.toml",
                "--fps", 10, "--out", out / "w.gif")  # fmt: skip
    assert made["sound"]["file"] == str(clicks)
    with Image.open(made["file"]) as image:
        assert image.n_frames > 1


@pytest.mark.parametrize(
    ("mapping", "code", "words"),
    [
        ("truncation", 2, "not of the form"),
        ("truncation=bass", 2, "nothing that is heard"),
        ("truncation=low:much", 2, "--audio-map"),
        ("truncation=low:1:2:3:4", 2, "not of the form"),
        ("nowhere=low", 2, "nowhere"),
        ("noise=low", 2, "no noise in this model"),
    ],
)
def test_a_sound_that_moves_nothing_is_refused(project, run, out, clicks, mapping, code, words):
    given = ["--run", run, "--audio", clicks, "--audio-map", mapping, "--out", out / "w.gif"]
    call("walk", project, *given).refused(code, words)
    assert not out.exists() or not list(out.iterdir())


def test_a_sound_that_is_none_is_refused(project, run, out, tmp_path):
    pytest.importorskip("av")
    given = ["--run", run, "--out", out / "w.gif"]
    call("walk", project, *given, "--audio", tmp_path / "no.wav").refused(1, "no.wav")
    call("walk", project, *given, "--audio-map", "truncation=low").refused(2, "--audio")
