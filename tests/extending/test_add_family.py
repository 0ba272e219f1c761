"""A family whose latents are tokens is one folder: lists, training, pictures and canvas follow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models import base
from models import families as package
from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.session import queries
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import runs
from tests.verbs.support import call, done, one_thread

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000
SOURCE = Path(__file__).with_name("mosaic.txt")


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The family `mosaic` in a folder of its own, beside those of the studio."""
    folder = tmp_path / "families" / "mosaic"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Mosaics."""\n', "utf-8")
    (folder / "mosaic.py").write_text(SOURCE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder.parent)])
    assert "mosaic" in base.families()
    with one_thread():
        yield
    del base._REGISTRY._kinds["mosaic"]
    for name in [name for name in sys.modules if name.startswith("models.families.mosaic")]:
        del sys.modules[name]
    if hasattr(package, "mosaic"):
        del package.mosaic


@pytest.fixture
def trained(added: None, tmp_path: Path) -> tuple[Path, str]:
    """A project with a run of it, made by the command line."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    chance = np.random.default_rng(3)
    for number in range(12):
        pixels = np.full((24, 24, 3), chance.integers(0, 256, 3), np.uint8)
        pixels[4:16, 4:16] = chance.integers(0, 256, 3)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    project = tmp_path / "Project"
    done("import", project, folder, "--name", "Squares")
    asked = ("--family", "mosaic", "--size", 16, "--images", 64, "--device", "cpu")
    found = done("train", project, "--dataset", "Squares", *asked, "--set", "colours=5")
    assert found["images_seen"] == 64
    assert set(found["final"]) >= {"distance"}
    return project, found["run"]


def test_it_stands_in_the_lists_and_in_the_form(added: None, qtbot) -> None:
    listed = {each["name"]: each for each in done("families")["families"]}
    assert [each["name"] for each in listed["mosaic"]["parameters"]] == ["colours", "batch_size"]
    assert any(each["family"] == "mosaic" for each in done("presets", "--size", 16)["presets"])
    form = NewRunForm()
    qtbot.addWidget(form)
    form.set_families(queries.family_cards())
    form.family.choose("mosaic")
    form._family_picked()
    assert form.forms.family == "mosaic"
    assert set(form.forms.values()) == {"colours", "batch_size"}


def test_it_trains_draws_and_refuses_what_tokens_cannot(
    trained: tuple[Path, str], tmp_path: Path
) -> None:
    project, run = trained
    asked = ("generate", project, "--run", run, "--count", 2, "--device", "cpu")
    files = done(*asked, "--out", tmp_path / "made")["files"]
    assert len(files) == 2
    with Image.open(files[0]) as opened:
        pixels = np.asarray(opened)
    assert pixels.shape == (16, 16, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 5
    said = call(*asked, "--psi", 0.5, "--out", tmp_path / "more")
    said.refused(2, "This model knows no truncation: leave it at 1.")


def test_a_run_of_it_goes_on(trained: tuple[Path, str]) -> None:
    project, run = trained
    assert done("train", project, "--resume", run, "--images", 96)["images_seen"] == 96


def test_it_plays_on_the_canvas_without_controls_that_could_do_nothing(
    trained: tuple[Path, str], qtbot
) -> None:
    project, run = trained
    studio = Studio()
    studio.settings.device = "cpu"
    studio.set_language("en")
    assert studio.open_project(project)
    room = GenerationRoom(studio)
    qtbot.addWidget(room)
    with qtbot.waitExposed(room):
        room.show()
    room.project_opened(studio.project)
    room.entered()
    try:
        qtbot.waitUntil(lambda: not room.view.image().isNull(), timeout=WAIT)
        qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
        controls = room.controls
        assert controls.rows == []
        for none in (controls.psi, controls.mix, controls.second, controls.search_bar):
            assert none.isHidden()
        assert not controls.seed.isHidden()
        before = room.view.image()
        room.canvas.tools["walk_seeds"].following()
        qtbot.waitUntil(lambda: room.view.image() != before, timeout=WAIT)
        room.canvas.tools["take_out"].keep()
        qtbot.waitUntil(lambda: not room.session.is_keeping, timeout=WAIT)
    finally:
        room.shutdown()
        studio.close_project()
        studio.deleteLater()
        i18n.set_language("en")
    with Project.open(project) as opened:
        assert len(pieces.pieces(opened)) == 1
        assert runs.run(opened, run).family == "mosaic"
