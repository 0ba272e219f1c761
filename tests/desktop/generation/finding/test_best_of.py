"""The best of many on the canvas: drawn as a job, sorted, named, played."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.desktop.generation.tools.best_of import BestOf
from studio.engine.generation import best

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_many_are_drawn_sorted_by_the_critic_and_played(room, studio, told, qtbot, monkeypatch):
    tool = room.canvas.tools["best_of"]
    assert isinstance(tool, BestOf)
    room.editing.set_psi(0.5)
    qtbot.keyClick(room.view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    page = tool.sheet_page
    assert page.isVisible()
    page.many.setValue(6)
    qtbot.mouseClick(page.draw, Qt.MouseButton.LeftButton)  # ends the 32 that go on
    qtbot.waitUntil(lambda: not tool.is_drawing, timeout=WAIT)
    places = tool.ranking.places
    assert len(places) == page.sheet.ready() == 6
    scores = [each.score for each in places]
    assert scores == sorted(scores, reverse=True)
    assert "discriminator" in page.by.text()
    assert f"{scores[0]:+.2f}" in page.sheet.item(0).toolTip()
    judging = best.Critic(room.session.player())
    first = places[0]
    assert judging.score(room.session.player().picture(first.recipe)) == pytest.approx(first.score)
    page.sheet.setFocus()
    qtbot.keyClick(page.sheet, Qt.Key.Key_Home)
    assert room.editing.recipe() == first.recipe
    assert room.editing.recipe().beginning.truncation_psi == 0.5
    assert studio.undo.undoText() == f"Seed {first.recipe.seed}"
    # What goes wrong is said, and what was there stays.
    monkeypatch.setattr(best, "judge", lambda *_: (_ for _ in ()).throw(ValueError("broken")))
    tool.draw()
    qtbot.waitUntil(lambda: not tool.is_drawing, timeout=WAIT)
    assert told
    assert tool.ranking.places == places
