"""`iterate`: a piece is gone on from, and what became of it is a piece that its recipe draws."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.engine.pieces import pieces
from studio.engine.project import Project
from tests.verbs.support import call, done, draw, tree


def pixels(project, name: str) -> np.ndarray:
    with Image.open(project / "pieces" / f"{name}.png") as image:
        return np.asarray(image)


def drawn_again(project, name: str) -> np.ndarray:
    """By the recipe alone, without the point that was recorded with it."""
    with Project.open(project) as opened:
        piece = pieces.piece(opened, name)
        from studio.engine.generation.player import Player

        player = Player.open(pieces.checkpoint_of(opened, piece), "cpu")
        return player.picture(piece.recipe.unrecorded())


def test_towards_a_score_and_a_palette_and_each_is_a_piece_with_the_steps_of_the_first(
    project, tmp_path
) -> None:
    steps = [{"op": "sharpen"}]
    with Project.open(project) as opened:
        pieces.set_stack(opened, pieces.piece(opened, "piece-001").id, steps)
    options = ("--steps", 8, "--device", "cpu")
    facts = done("iterate", project, "piece-001", "--towards", "score", "--strength", 0.5, *options)
    assert facts["after"] > facts["before"]
    assert 0 < facts["apart"] <= 0.501
    assert facts["piece"] == "piece-003"
    assert facts["nearest"]["name"].endswith(".png")
    assert np.array_equal(pixels(project, "piece-003"), drawn_again(project, "piece-003"))
    red = draw(tmp_path / "red.png", 2)
    Image.open(red).convert("RGB", matrix=(1, 0, 0, 0, 0.2, 0, 0, 0, 0, 0, 0.1, 0)).save(red)
    facts = done(
        "iterate", project, facts["piece"], "--towards", "palette", "--reference", red, *options
    )
    assert facts["after"] < facts["before"]
    assert np.array_equal(pixels(project, facts["piece"]), drawn_again(project, facts["piece"]))
    with Project.open(project) as opened:
        kept = pieces.piece(opened, facts["piece"])
        assert kept.stack == steps
        assert [each.way for each in kept.recipe.moves[0].ways] == ["score", "palette"]


def test_a_region_leaves_the_rest_and_its_mask_may_be_that_of_a_step(project, tmp_path) -> None:
    stroke = {"points": [(0.3, 0.5)], "radius": 0.2}
    steps = [{"op": "sharpen", "mask": {"kind": "brush", "strokes": [stroke]}}]
    with Project.open(project) as opened:
        pieces.set_stack(opened, pieces.piece(opened, "piece-001").id, steps)
    Image.new("L", (32, 32)).save(tmp_path / "dark.png")
    common = ("iterate", project, "piece-001", "--towards", "region", "--count", 2, "--steps", 2)
    for mask in ("4,4,11,12", "step:1"):
        facts = done(*common, "--mask", mask, "--feather", 0, "--device", "cpu")
        assert facts["changed_outside"] in (0.0, None)
        assert len(facts["figures"]) == 3
        if facts["piece"] is not None:
            same = (pixels(project, facts["piece"]) == pixels(project, "piece-001")).all(2)
            assert same[:, -1].all()
    call(*common, "--mask", tmp_path / "dark.png").refused(2, "No part of the picture was chosen")
    call(*common, "--mask", "step:2").refused(2, "Step 2 of this piece has no mask")


def test_only_trying_keeps_nothing(project) -> None:
    before = tree(project / "pieces")
    facts = done("iterate", project, "piece-001", "--towards", "score", "--strength", 0.6, "--try")
    assert facts["piece"] is None
    assert facts["after"] > facts["before"]
    assert tree(project / "pieces") == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--towards", "fine"), "its fine layers have no variants of their own"),
        (("--towards", "composition"), "There is no reference picture"),
        (("--towards", "region"), "There is no mask"),
        (("--towards", "score", "--count", 3), "no parameter count"),
        (("--towards", "score", "--mask", "1,1,4,4"), "--mask is of no use"),
        (("--towards", "score", "--strength", 9), "--strength"),
        (("--towards", "beauty"), "--towards"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_kept(options, words, project) -> None:
    before = tree(project / "pieces")
    call("iterate", project, "piece-001", *options).refused(2, words)
    assert tree(project / "pieces") == before


def test_a_checkpoint_that_is_gone_and_a_reference_that_is_none_are_named(
    project, tmp_path
) -> None:
    text = tmp_path / "words.png"
    text.write_text("no picture")
    options = ("iterate", project, "piece-001", "--towards")
    call(*options, "palette", "--reference", text).refused(1, "words.png")
    for folder in (project / "runs").glob("*/checkpoints/*"):
        (folder / "model.safetensors").unlink()
    call(*options, "score").refused(1, "piece-001", "is gone")
