"""`generate` with more than a seed: a recipe from wherever it was written down, bent and mixed."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tomlkit
from PIL import Image

from studio.engine.generation.beginnings import pack_latent
from tests.verbs.support import call, done, tiny


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_recipe_is_the_same_picture_from_a_piece_a_file_and_another_picture(
    project, run, out, tmp_path
):
    bends = ("--bend", "layer=1,transform=rotate,degrees=40,amount=0.5",
             "--bend", "transform=scale,channels=0-2,4,layer=0,factor=-1")  # fmt: skip
    made = done("generate", project, "--run", run, "--count", 1, "--seed", 5, "--psi", 0.8,
                *bends, "--keep", "--out", out)  # fmt: skip
    wanted = pixels(made["files"][0])
    latent = done("inspect", made["files"][0])["provenance"]["recipe"]["latent"]
    assert [move["layer"] for move in latent["moves"]] == [1, 0]
    assert latent["moves"][1]["channels"] == [0, 1, 2, 4]
    (tmp_path / "a.json").write_text(json.dumps(latent))
    (tmp_path / "b.toml").write_text(tomlkit.dumps({"latent": latent}))
    named = (made["pieces"][0], tmp_path / "a.json", tmp_path / "b.toml", made["files"][0])
    for place, each in enumerate(named):
        again = done("generate", project, "--run", run, "--recipe", each, "--out", out / str(place))
        assert again["seeds"] == [5]
        assert np.array_equal(pixels(again["files"][0]), wanted)
    plain = done("generate", project, "--run", run, "--count", 1, "--seed", 5, "--psi", 0.8,
                 "--out", out / "plain")  # fmt: skip
    assert not np.array_equal(pixels(plain["files"][0]), wanted)


def test_what_a_tool_did_is_weakened_or_left_out(project, run, out, tmp_path):
    slots = pack_latent(np.full((1, 8), 3, np.float32))
    moves = [{"kind": "dragged", "offset": slots}, {"kind": "iterated", "offset": slots}]
    (tmp_path / "a.json").write_text(json.dumps({"beginning": {"kind": "seeded"}, "moves": moves}))
    common = "generate", project, "--run", run, "--recipe", tmp_path / "a.json"
    whole, none, without, plain = (
        pixels(done(*common, *extra, "--out", out / str(place))["files"][0])
        for place, extra in enumerate((
            (), ("--share", "dragged=0"), ("--without", "dragged"),
            ("--without", "dragged", "--share", "iterated=0"),
        ))
    )  # fmt: skip
    assert np.array_equal(none, without)
    assert not np.array_equal(none, whole)
    assert not np.array_equal(plain, none)
    for extra, said in (
        (("--without", "region/0"), "has no move region/0. It has: dragged, iterated."),
        (("--share", "dragged=nan"), "nan is not a number between 0 and 1"),
    ):
        call(*common, *extra, "--out", out).refused(2, said)


def test_a_recipe_is_played_from_other_seeds(project, run, out):
    bend = ("--bend", "layer=1,transform=invert,group=1/3")
    first = done("generate", project, "--run", run, "--count", 3, *bend, "--keep", "--out", out)
    again = done("generate", project, "--run", run, "--recipe", first["pieces"][0], "--seed", 1,
                 "--count", 2, "--out", out / "again")  # fmt: skip
    for one, two in zip(first["files"][1:], again["files"], strict=True):
        assert np.array_equal(pixels(one), pixels(two))


def test_another_model_draws_the_fine_layers(project, run, out):
    common = ("--run", run, "--count", 1, "--seed", 3)
    other = done("train", project, *tiny("vae"), "--seed", 9)["run"]
    seen = [
        done("generate", project, *common, *mix, "--out", out / str(place))["files"][0]
        for place, mix in enumerate((
            (), ("--model-mix", f"{other},cut=8,share=0"), ("--model-mix", f"{other},cut=8"),
            ("--model-mix", f"{other},cut=8,part=coarse,softness=0"),
        ))
    ]  # fmt: skip
    assert np.array_equal(pixels(seen[0]), pixels(seen[1]))
    assert len({pixels(file).tobytes() for file in seen}) == 3


def test_the_transforms_are_listed():
    listed = {each["name"] for each in done("operations")["transforms"]}
    assert {"scale", "shift", "rotate", "translate", "flip", "threshold", "erode", "dilate",
            "noise", "invert", "freeze"} <= listed  # fmt: skip


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--mix", "7@0-2"], 2, "have a single slot"),
        (["--mix", "7"], 2, "SEED@ZONE"),
        (["--mix", "x@1"], 2, "'x' is not a whole number"),
        (["--label-mix", "dogs@0.5"], 2, "no label dogs"),
        (["--label-mix", "dogs"], 2, "L@SHARE"),
        (["--noise", "strength=0.5"], 2, "There is no noise in this model"),
        (["--noise", "strength=nan"], 2, "is not a number between 0 and 10"),
        (["--noise", "loud"], 2, "key=value"),
        (["--bend", "layer=3"], 2, "names no layer or no transform"),
        (["--bend", "layer=99,transform=invert"], 2, "There is no layer 99"),
        (["--bend", "layer=0,transform=explode"], 2, "There is no transform 'explode'"),
        (["--bend", "layer=0,transform=scale,factor=nan"], 2, "factor=nan is not possible"),
        (["--bend", "layer=0,transform=invert,amount=2"], 2, "2 is not a number between 0 and 1"),
        (["--bend", "layer=0,transform=invert,group=9/3"], 2, "There is no group 9 of 3"),
        (["--bend", "layer=0,transform=invert,channels=4000"], 2, "has no channel 4000"),
        (["--model-mix", "nobody"], 1, "There is no run"),
        (["--model-mix", "RUN,cut=wide"], 2, "--model-mix cut"),
        (["--model-mix", "RUN,speed=2"], 2, "--model-mix speed"),
        (["--recipe", "nowhere.json"], 1, "There is no piece 'nowhere.json'"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    options, code, words, project, run, out
):
    options = [each.replace("RUN", run) for each in options]
    call("generate", project, "--run", run, "--out", out, *options).refused(code, words)
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "Could not read the recipe"),
        ("a.json", "[1, 2]", "no recipe in"),
        ("a.json", '{"moves": [{"kind": "fly"}]}', "There is no move 'fly'"),
        ("a.json", '{"beginning": {"kind": "seeded", "seed": -4}}', "greater than or equal to 0"),
        ("a.toml", "seed = ", "Could not read the recipe"),
        ("a.toml", "seed = 1\nspeed = 2", "speed"),
    ],
)
def test_a_file_without_a_good_recipe(name, text, words, project, run, out, tmp_path):
    (tmp_path / name).write_text(text)
    options = ("--run", run, "--out", out, "--recipe", tmp_path / name)
    call("generate", project, *options).refused(1, words)
    assert not out.exists()
