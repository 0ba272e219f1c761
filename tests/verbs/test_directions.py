"""`directions`, and `generate --along`: what is listed leads pictures, alike every time."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.verbs.support import call, done, tree


def pixels(facts):
    with Image.open(facts["files"][0]) as image:
        return np.asarray(image)


def test_directions_are_listed_and_lead_pictures(project, run, out):
    listed = done("directions", project, "--run", run)
    assert [each["number"] for each in listed["directions"]] == list(range(1, 9))
    assert done("directions", project, "--run", run) == listed
    key = listed["directions"][1]["key"]
    options = ("--run", run, "--count", 1, "--seed", 4, "--device", "cpu")
    plain = done("generate", project, *options, "--out", out / "a")
    moved = [
        done("generate", project, *options, "--along", f"{name}=1.5", "--out", out / place)
        for name, place in ((key, "b"), ("pca:2", "c"))
    ]
    assert np.array_equal(pixels(moved[0]), pixels(moved[1]))
    assert not np.array_equal(pixels(plain), pixels(moved[0]))
    recipe = done("inspect", moved[0]["files"][0])["provenance"]["recipe"]["latent"]
    assert recipe["moves"] == [{"kind": "along", "direction": key, "sigma": 1.5, "zone": "all"}]
    again = done(
        "generate", project, "--run", run, "--recipe", moved[0]["files"][0], "--out", out / "d"
    )
    assert np.array_equal(pixels(again), pixels(moved[0]))


def test_examples_make_a_direction_that_the_run_keeps(project, run, out):
    marks = [part for n in (1, 2, 3) for part in ("--more", n, "--less", n + 5)]
    (made,) = done("directions", project, "--run", run, *marks, "--name", "Warm")["directions"]
    assert (made["kind"], made["name"], made["pinned"]) == ("picked", "Warm", True)
    assert "3 marked as more" in made["note"]
    done("generate", project, "--run", run, "--count", 1, "--along", "Warm=-2", "--out", out)
    pieces = (
        "--more",
        "piece-001",
        "--more",
        4,
        "--more",
        5,
        "--less",
        7,
        "--less",
        8,
        "--less",
        9,
    )
    names = done("directions", project, "--run", run, *pieces)["directions"]
    assert [each["name"] for each in names] == ["Warm", "Picked 1"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--along", "pca:1"], "D=steps"), (["--along", "=1"], "D=steps"),
        (["--along", "pca:1=much"], "much is not a number"), (["--along", "pca:1=1e9"], "100"),
        (["--along", "pca:1=nan"], "nan"), (["--along", "Warm=1"], "There is no direction 'Warm'"),
        (["--along", "pca:1=1@form"], "no zone 'form'"),
        (["--along", "pca:1=1", "--along", "pca:1=2"], "given twice"),
    ],
)  # fmt: skip
def test_wrong_moves(options, words, project, run, out):
    call("generate", project, "--run", run, "--out", out, *options).refused(2, words)
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--kind", "magic"], 2, "There is no kind of directions 'magic'"),
        (["--kind", "label"], 2, "Nothing is said of the pictures"),
        (["--more", 1, "--less", 2], 2, "too few"), (["--name", "x"], 2, "examples"),
        (["--more", "nobody", "--less", 1], 1, "There is no piece 'nobody'"),
    ],
)  # fmt: skip
def test_what_cannot_be_listed(options, code, words, project, run):
    before = tree(project / "runs")
    call("directions", project, "--run", run, *options).refused(code, words)
    assert tree(project / "runs") == before


def test_the_help_names_every_kind():
    from studio.engine.generation.directions.kind import kinds

    said = call("directions", "--help")
    names = list(kinds())
    assert len(names) > 4
    assert [name for name in names if f" {name} (" not in " ".join(said.out.split())] == []
