"""`invert`: any picture becomes a piece that can be played on, or one sentence says why not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.engine.generation.beginnings import Point
from studio.engine.pieces import pieces
from studio.engine.project import INDEX, Project
from tests.verbs.support import call, done, draw, tree


def test_a_picture_becomes_a_piece_that_knows_where_it_is_from(project, run, tmp_path, out):
    picture = draw(tmp_path / "picture.png", 99)
    facts = done("invert", project, picture, "--run", run, "--steps", 5, "--out", out / "found.png")
    assert facts["psnr"] >= facts["psnr_at_first"] - 0.1
    assert -1 <= facts["ssim"] <= 1
    assert (facts["known"], facts["interrupted"]) == (None, False)
    with Project.open(project) as opened:
        piece = pieces.piece(opened, facts["piece"])
        beginning = piece.recipe.beginning
        assert isinstance(beginning, Point)
        assert beginning.source.file == "picture.png"
        assert beginning.source.psnr == facts["psnr"]
        shown = pieces.render(opened, piece)
        assert np.array_equal(shown, pieces.stored(piece))
    with Image.open(facts["file"]) as image:
        assert np.array_equal(np.asarray(image), shown)
    recipe = done("inspect", facts["file"])["provenance"]["recipe"]
    assert recipe["latent"]["beginning"]["source"]["file"] == "picture.png"


def test_an_encoder_is_learnt_for_who_has_none(project, run, pictures):
    path = next(pictures.iterdir())
    assert done("invert", project, path, "--run", run, "--steps", 0)["encoder"] == "model"
    call("invert", project, path, "--run", run, "--encoder").refused(2, "encoder of its own")


def test_a_picture_of_the_set_is_said_to_be_one(project, run, pictures):
    path = next(pictures.iterdir())
    told = call("invert", project, path, "--run", run, "--steps", 0)
    assert "learn" in told.out


def test_what_had_to_be_done_to_a_picture_is_said(project, run, tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moves.gif", save_all=True, append_images=frames[1:])
    said = call("invert", project, tmp_path / "moves.gif", "--run", run, "--steps", 1)
    assert said.code == 0
    assert "first picture" in said.err


def test_what_is_refused_leaves_nothing(project, run, picture, tmp_path, out):
    broken = tmp_path / "broken.png"
    broken.write_bytes(picture.read_bytes()[:80])
    out.mkdir()
    (out / "taken.png").write_bytes(b"mine")
    before = tree(project)
    given = ("invert", project)
    call(*given, broken, "--run", run).refused(1, "broken.png")
    call(*given, tmp_path / "gone.png", "--run", run).refused(1, "gone.png")
    call(*given, picture, "--run", "other").refused(1, "other", run)
    call(*given, picture, "--run", run, "--steps", "-1").refused(2, "-1")
    call(*given, picture, "--run", run, "--out", out / "a.jpg").refused(2, "a.jpg", ".png")
    call(*given, picture, "--run", run, "--out", out / "taken.png").refused(1, "taken.png")
    assert tree(project) == before
    assert (out / "taken.png").read_bytes() == b"mine"


def test_a_model_that_is_gone_is_one_sentence(project, run, picture):
    for folder in (project / "runs" / run / "checkpoints").iterdir():
        for file in folder.iterdir():
            file.unlink()
    call("invert", project, picture, "--run", run).refused(1, run, "checkpoint")


def test_a_project_that_can_only_be_read_is_not_searched_for(project, run, picture):
    with Project.open(project):
        call("invert", project, picture, "--run", run).refused(1, "open in another")
    assert (project / INDEX).is_file()


@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16"])
def test_any_kind_of_picture_will_do(mode, project, run, tmp_path):
    Image.new(mode, (50, 20)).save(tmp_path / "odd.png")
    facts = done("invert", project, tmp_path / "odd.png", "--run", run, "--steps", 1)
    assert facts["piece"] == "piece-003"
