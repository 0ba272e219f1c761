"""`drag`: points go where they are asked to, in a file that says how; refusals are sentences."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.engine.pieces import pieces
from studio.engine.project import Project
from tests.verbs.support import call, done, tree

WAY = ("--from", "4,8", "--to", "8.5,8", "--steps", 3)


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_dragged_picture_is_a_file_and_a_piece_with_its_recipe(project, run, out):
    facts = done("drag", project, "--run", run, "--seed", 3, *WAY, "--out", out, "--keep")
    assert 0 < facts["steps"] <= 3
    assert facts["away"] <= 5
    assert len(facts["handles"]) == 1
    assert facts["changed_outside_mask"] is None
    (plain,) = done("generate", project, "--run", run, "--count", 1, "--seed", 3, "--out", out)[
        "files"
    ]
    assert not np.array_equal(pixels(facts["file"]), pixels(plain))
    assert np.array_equal(pixels(facts["file"]), pixels(project / "pieces" / "piece-003.png"))
    latent = done("inspect", facts["file"])["provenance"]["recipe"]["latent"]
    assert latent["moves"][0]["pulls"][0]["handles"] == [{"x": 4, "y": 8, "to_x": 8.5, "to_y": 8}]
    with Project.open(project) as opened:
        kept = pieces.piece(opened, facts["piece"])
        assert kept.recipe.moves[0].kind == "dragged"


def test_a_mask_of_twice_the_size_says_what_may_move(project, run, out, tmp_path):
    Image.fromarray(np.repeat([[255, 0]], 16, 1).repeat(32, 0).astype(np.uint8)).save(
        tmp_path / "mask.png"
    )
    options = ("--run", run, *WAY, "--out", out, "--mask")
    with_mask = done(
        "drag", project, *options, tmp_path / "mask.png", "--to", "4,6", "--from", "3,3"
    )
    assert with_mask["changed_outside_mask"] >= 0
    assert len(with_mask["handles"]) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "4,8", "--to", "nan,3"), "nan,3"),
        (("--from", "4,8", "--to", "4"), "is no point"),
        (("--from", "4,8", "--to", "400,8"), "400,8 lies outside"),
        (("--from", "4,8", "--to", "4,8"), "drag it farther"),
        (("--from", "4,8"), "--to"),
        (("--from", "4,8", "--to", "9,8", "--from", "1,1"), "2 --from and 1 --to"),
        (("--from", "4,8", "--to", "9,8", "--steps", "0"), "--steps"),
    ],
)
def test_what_cannot_be_dragged_is_said_and_nothing_is_written(options, words, project, run, out):
    before = tree(project)
    call("drag", project, "--run", run, *options, "--out", out).refused(2, words)
    assert tree(project) == before
    assert not out.exists()


def test_a_mask_must_be_a_picture_of_that_shape(project, run, out, tmp_path):
    Image.new("L", (30, 10), 255).save(tmp_path / "long.png")
    options = ("drag", project, "--run", run, *WAY, "--out", out, "--mask")
    call(*options, tmp_path / "long.png").refused(2, "30 × 10 pixels", "long.png")
    call(*options, tmp_path / "gone.png").refused(1, "gone.png")
    (tmp_path / "text.png").write_text("no picture")
    call(*options, tmp_path / "text.png").refused(1, "text.png")
