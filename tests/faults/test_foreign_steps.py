"""Steps of a project that somebody else made: no file outside it is read for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.desktop.export.worker import refined
from studio.desktop.refinement.worker import Asked
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.masks.picture import keep
from studio.engine.refinement.region_masks import weights_of
from studio.engine.refinement.stack import Stack
from tests.verbs.support import call

PIECE = (
    "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, file, review) "
    "VALUES ('mine', '2026', 'good', '', '{\"seed\": 1}', 'mine.png', 'approved')"
)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    folder = tmp_path / "victim"
    folder.mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "picture.png")
    (folder / "card.json").write_text("{}", "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    with Project.open(place, create=True) as project:
        project.write(PIECE)
        Image.new("RGB", (8, 8), "blue").save(project.pieces / "mine.png")
    return place


def masked(path: str) -> dict[str, Any]:
    mask = {"kind": "picture", "params": {"picture": path}}
    return {"op": "exposure", "params": {"exposure": -1.0}, "mask": mask}


def reference(path: str) -> dict[str, Any]:
    return {"op": "colour_transfer", "params": {"reference": path}}


def enlarger(path: str) -> dict[str, Any]:
    return {"op": "enlarge", "params": {"enlarger": path}}


def grouped(path: str) -> dict[str, Any]:
    return {"name": "Night", "steps": [{"op": "grain"}], "mask": masked(path)["mask"]}


def ways_out(folder: Path, victim: Path) -> list[str]:
    """Paths that lead from the project to the victim."""
    (folder / "masks").mkdir()
    (folder / "masks" / "link.png").symlink_to(victim / "picture.png")
    (folder / "linked").symlink_to(victim, target_is_directory=True)
    home = folder / "~"  # is there as well: a home is not looked for by what lies in a project
    home.mkdir()
    Image.new("RGB", (8, 8), "red").save(home / "picture.png")
    absolute = [str(victim / each) for each in ("picture.png", "card.json")]
    return [*absolute, "../victim/picture.png", "~/picture.png", "masks/link.png",
            "linked/picture.png", "masks\\..\\..\\victim\\picture.png"]  # fmt: skip


STEPS: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "2 (Exposure and contrast)": lambda path: [{"op": "grain"}, masked(path)],
    "1 (Colour from a picture)": lambda path: [reference(path)],
    "1.2 (Enlarge with own pictures)": lambda path: [{"steps": [{"op": "grain"}, enlarger(path)]}],
    "1 (Night)": lambda path: [grouped(path)],
}
"""By what is said of them."""


@pytest.mark.parametrize("said", STEPS)
def test_a_step_that_names_a_file_outside_is_told_and_nothing_is_read(
    said: str, folder: Path, victim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(victim))
    monkeypatch.setenv("USERPROFILE", str(victim))
    monkeypatch.setattr(Stack, "settled", lambda *_: pytest.fail("a file was looked for"))
    with Project.open(folder) as project:
        for path in ways_out(folder, victim):
            pieces.set_stack(project, 1, STEPS[said](path))
            piece = pieces.piece(project, 1)
            for show in (refined, lambda piece: Asked(piece, Stack(piece.stack), 64).shown()):
                with pytest.raises(StudioError) as caught:
                    show(piece)
                assert f"Step {said} names the file {path}, which is not read" in str(caught.value)
    sent = call("export", folder, "mine", "--out", tmp_path / "out")
    assert (sent.code, "take the step out" in sent.err) == (1, True), sent
    assert not (tmp_path / "out").exists()


def test_a_region_is_no_mask_from_outside(folder: Path, victim: Path) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    inside = Mask.model_validate(masked(keep(folder, victim / "picture.png"))["mask"])
    assert weights_of(inside, pixels, folder).shape == (8, 8)
    outside = Mask.model_validate(masked(str(victim / "picture.png"))["mask"])
    with pytest.raises(StudioError, match=r"picture\.png is not read"):
        weights_of(outside, pixels, folder)


def test_what_the_project_keeps_is_read(folder: Path, victim: Path) -> None:
    with Project.open(folder) as project:
        pieces.set_stack(project, 1, [masked(keep(folder, victim / "picture.png"))])
        piece = pieces.piece(project, 1)
        assert (refined(piece) != pieces.stored(piece)).any()
        pieces.set_stack(project, 1, [masked("masks/gone.png")])
        with pytest.raises(StudioError, match=r"gone\.png is not there"):
            refined(pieces.piece(project, 1))
