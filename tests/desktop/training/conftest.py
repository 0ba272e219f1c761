"""A project with twelve coloured squares, and the training place open on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.training.room import TrainingRoom
from studio.engine.dataset.intake import importer
from studio.engine.project import Project
from tests.desktop.training.support import WAIT


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(3)
    for number in range(12):
        pixels = np.full((40, 40, 3), generator.integers(0, 256, 3), np.uint8)
        pixels[8:30, 8:30] = generator.integers(0, 256, 3)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture
def studio(
    qapp: object, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with Project.open(tmp_path / "Project", create=True) as project:
        for _ in importer.import_sources(project, [pictures], "Squares"):
            pass
    made = Studio()
    made.set_language("en")
    assert made.open_project(tmp_path / "Project")
    yield made
    made.close_project()
    i18n.set_language("en")


@pytest.fixture
def room(studio: Studio, qtbot) -> Iterator[TrainingRoom]:
    made = TrainingRoom(studio)
    qtbot.addWidget(made)
    for entry in studio.actions.all():
        if entry.room == "training":
            made.addAction(entry.action)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.project_opened(studio.project)
    made.entered()
    form = made.form
    qtbot.waitUntil(
        lambda: form.basics is not None and form.dataset.key() == "Squares", timeout=WAIT
    )
    qtbot.waitUntil(form.start.isEnabled, timeout=WAIT)
    yield made
    made.shutdown()
