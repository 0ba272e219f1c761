"""A map of what the model learnt and makes: a click plays, and leaves a trace."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from studio.desktop.generation.tools.picture_map import Map
from studio.engine.generation import picture_map

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_seeds_and_pictures_of_the_set_are_played_from_the_map(
    room, studio, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(picture_map, "SEEDS", 6)
    tool = room.canvas.tools["picture_map"]
    assert isinstance(tool, Map)
    tool.draw()
    assert tool.sheet_page.isVisible()
    view = tool.sheet_page.view
    qtbot.waitUntil(lambda: tool.charted is not None, timeout=WAIT)
    chart = tool.charted.chart
    assert len(view.plane.ids) == len(chart.rows) + 6
    assert np.abs(chart.places).max() <= 1
    qtbot.waitUntil(lambda: len(view.trace) == 1, timeout=WAIT)
    seed = len(chart.rows) + 2
    spot = QPointF(*view.plane.on_screen(np.array([seed]))[0].tolist()).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
    played = room.editing.recipe()
    assert played in chart.recipes  # points may lie on each other
    qtbot.waitUntil(lambda: len(view.trace) == 2, timeout=WAIT)
    # A picture of the model is where it was on the map when it was drawn.
    at = chart.places[len(chart.rows) + chart.recipes.index(played)]
    assert np.linalg.norm(np.array(view.trace[-1]) - at) < 0.2
    # Without an encoder the nearest picture of the model stands in for one of the set.
    tool._choose(np.array([0]), False)
    assert room.editing.recipe() == chart.nearest_made(0)
    assert "Nearest seed" in studio.undo.undoText() or room.editing.recipe() == played
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert room.editing.recipe() in chart.recipes
    vae = next(run.name for run in room.models.runs if run.name != room.session.wanted)
    room.open_run(vae)
    qtbot.waitUntil(lambda: room.session.model.run == vae, timeout=WAIT)
    assert tool.charted is None
    tool.draw()
    qtbot.waitUntil(lambda: tool.charted is not None, timeout=WAIT)
    tool._choose(np.array([3]), False)  # this one has an encoder
    qtbot.waitUntil(lambda: room.editing.recipe().seed is None, timeout=WAIT)
    assert studio.undo.undoText() == "Picture 4 of the set"
