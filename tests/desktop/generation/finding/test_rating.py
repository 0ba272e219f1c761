"""Stars on the canvas: they keep the picture, are seen again, and can be taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.generation.tools.rating import Rating
from studio.engine.pieces.pieces import pieces

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_a_rated_picture_is_kept_and_its_stars_come_back_with_it(room, studio, qtbot) -> None:
    tool = room.canvas.tools["rating"]
    assert isinstance(tool, Rating)
    studio.actions.get("generation.rate0").trigger()  # nothing is kept to have no stars
    assert not room.session.is_keeping
    room.editing.set_seed(4)
    qtbot.keyClick(room.view, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)
    tool.button.menu().actions()[5].trigger()  # by the mouse
    assert tool.button.text() == "★ 5"
    room.editing.set_seed(5)
    assert tool.button.text() == "☆"
    studio.undo.undo()
    assert tool.button.text() == "★ 5"
    studio.undo.undo()
    assert tool.button.text() == "★ 3"
    qtbot.waitUntil(lambda: not studio.jobs.of("generation"), timeout=WAIT)
    (piece,) = pieces(studio.project)
    assert (piece.recipe.seed, piece.rating) == (4, 3)
    # They are there again when the model is opened again.
    first = room.session.model.run
    for run in (next(each.name for each in room.models.runs if each.name != first), first):
        room.open_run(run)
        qtbot.waitUntil(lambda run=run: room.session.model.run == run, timeout=WAIT)
    room.editing.set_seed(4)
    qtbot.waitUntil(lambda: tool.button.text() == "★ 3", timeout=WAIT)
