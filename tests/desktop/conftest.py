"""The real window on a project that has everything in it: pictures, a model and two pieces."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.desktop import i18n, theme
from studio.desktop.base.studio import Studio
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES

WAIT = 60_000
SAMPLE = "LATENT_STUDIO_TEST_SAMPLE"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project with two pieces and the directions of its model in the cache, which take
    seconds; made once, and tests work on copies. A test's child may be given its parent's."""
    if given := os.environ.get(SAMPLE):
        return Path(given)
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.principal_components import PrincipalComponents
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.pieces import pieces
    from studio.engine.project import Project
    from studio.engine.sample import make_sample_project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    folder = make_sample_project(tmp_path_factory.mktemp("sample") / "Vases")
    with Project.open(folder) as project:
        run = runs.runs(project)[0]
        newest = checkpoint.load_latest(run.folder)
        assert newest is not None
        player = Player.open(newest.folder)
        catalogue.find(player, PrincipalComponents())
        for seed in (1, 2):
            piece = pieces.keep(project, run.name, player, LatentRecipe(seed=seed))
            pieces.set_review(project, piece.id, "approved")
    return folder


@pytest.fixture
def sample_project(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample project for one test."""
    return Path(shutil.copytree(sample, tmp_path / "Vases"))


@pytest.fixture
def studio(qapp: object) -> Iterator[Studio]:
    """What a single room needs: settings, undo and notices, in English and without a project."""
    made = Studio()
    made.set_language("en")
    yield made
    made.undo.clear()
    made.close_project()
    i18n.set_language("en")


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window in English and dark, without a project."""
    monkeypatch.setattr(
        "studio.desktop.window.project_opener.pictures_folder", lambda: tmp_path / "Pictures"
    )
    monkeypatch.setattr("studio.desktop.export.room.pictures_folder", lambda: tmp_path / "Out")
    studio = Studio()
    studio.set_language("en")
    studio.set_theme("dark")
    # Not qtbot's: that would delete a window that still waits for a job to end.
    made = MainWindow(studio)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if not made.close():
        qtbot.waitUntil(lambda: not made.isVisible(), timeout=WAIT)
    made.deleteLater()
    studio.undo.clear()  # or it would tell of its steps while it is being deleted
    i18n.set_language("en")
    theme.apply("dark")
    studio.deleteLater()


@pytest.fixture
def full_window(window: MainWindow, sample_project: Path, qtbot) -> MainWindow:
    """The window on the sample, every place visited and at rest."""
    assert window.studio.open_project(sample_project)
    dataset, generation = window.room("dataset"), window.room("generation")
    qtbot.waitUntil(lambda: len(dataset.model.ids) == 64, timeout=WAIT)
    for key in PLACES:
        window.go(key)
        if key == "generation":  # a model is only opened while the place is on the screen
            qtbot.waitUntil(lambda: not generation.view.image().isNull(), timeout=WAIT)
            qtbot.waitUntil(lambda: generation.controls.rows[0].slider.isEnabled(), timeout=WAIT)
            qtbot.waitUntil(lambda: not generation.session.busy, timeout=WAIT)
    training = window.room("training")
    qtbot.waitUntil(lambda: training.form.basics is not None, timeout=WAIT)
    for key in ("refinement", "export"):
        pieces = window.room(key).list
        qtbot.waitUntil(lambda pieces=pieces: pieces.count() == 2, timeout=WAIT)
    window.go("dataset")
    jobs = window.studio.jobs  # what Evaluation measures by itself
    for job in jobs.of("evaluation"):
        job.cancel()
    qtbot.waitUntil(lambda: not jobs.of("evaluation"), timeout=WAIT)
    return window
