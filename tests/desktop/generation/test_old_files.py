"""Files that version b1d9e7a exported are dropped on the canvas, shown as they were, changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from studio.desktop.base.studio import Studio
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.pixels import from_qimage
from studio.engine.export.recall import recall
from tests.fixtures.old_project import OldProject, unpack

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
TITLES = {
    "plain": "Seed 3 · ψ 1.00", "truncated": "Seed 4 · ψ 0.60", "both": "Seed 2 · ψ 1.00",
    "came back": "Point · ψ 1.00", "label and edits": "Seed 5 · ψ 1.00 · bright",
    "blend across labels": "Seed 1 · ψ 1.00",
}  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> OldProject:
    return unpack(tmp_path / "old")


@pytest.fixture
def room(studio: Studio, old: OldProject, qtbot) -> Iterator[GenerationRoom]:
    studio.settings.device = "cpu"
    assert studio.open_project(old.folder)
    made = GenerationRoom(studio)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.project_opened(studio.project)
    yield made
    made.shutdown()


def shown(room: GenerationRoom) -> np.ndarray:
    return from_qimage(room.view.image())[..., :3].astype(int)


def test_they_are_shown_as_they_were_and_can_be_changed(
    room: GenerationRoom, studio: Studio, old: OldProject, qtbot
) -> None:
    for name, title in TITLES.items():
        path = old.exports / "png" / f"{name}.png"
        # With a stack the file shows more than the recipe: then its piece does not.
        kept = studio.project.query("SELECT file FROM piece WHERE name = ?", (name,))[0]["file"]
        wanted = np.asarray(Image.open(studio.project.pieces / kept).convert("RGB")).astype(int)
        found = recall(studio.project, path)
        assert found is not None
        room.recall(found)
        qtbot.waitUntil(lambda title=title: room.title.text() == title, timeout=WAIT)
        qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
        assert np.abs(shown(room) - wanted).max() <= (0 if old.same_build else 2), name
        room.editing.set_psi(0.3)
        qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
        assert np.abs(shown(room) - wanted).max() > 2, name
        qtbot.keyClick(room.view, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda: room.title.text().startswith("Seed"), timeout=WAIT)
