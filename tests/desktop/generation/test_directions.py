"""Directions under the hand: kinds, pictures at the ends, chance and zero, the pad, and marks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from studio.desktop.generation.room import GenerationRoom
from tests.desktop.generation.test_room import WAIT, kept, room, settle, studio, trained

__all__ = ["room", "studio", "trained"]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LEFT = Qt.MouseButton.LeftButton


def found(room: GenerationRoom, qtbot) -> None:
    """Wait until the directions that were asked for are there."""
    qtbot.waitUntil(lambda: room.controls.search_bar.isHidden(), timeout=WAIT)
    settle(room, qtbot)


def choose_kind(room: GenerationRoom, name: str, qtbot) -> None:
    box = room.controls.directions.kind
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    found(room, qtbot)


def test_what_lies_at_the_ends_is_drawn_once_the_picture_is_at_rest(room, qtbot) -> None:
    rows = room.controls.directions.in_sight()
    ends = [end for row in rows for end in row.ends]
    assert len(rows) == 8
    qtbot.waitUntil(lambda: not any(end.picture().isNull() for end in ends), timeout=WAIT)
    low, high = (end.picture() for end in rows[0].ends)
    assert low != high
    qtbot.mouseClick(rows[0].ends[1], LEFT)
    assert room.editing.recipe().edits == {rows[0].line.key: 2.0}
    assert rows[0].value() == 2.0


def test_chance_and_zero_are_steps(room, studio, qtbot) -> None:
    before = settle(room, qtbot)
    shown = room.controls.directions
    qtbot.mouseClick(shown.dice, LEFT)
    assert len(room.editing.recipe().edits) == 8
    assert all(-2 <= value <= 2 for value in room.editing.recipe().edits.values())
    assert settle(room, qtbot) != before
    qtbot.mouseClick(shown.zero, LEFT)
    assert settle(room, qtbot) == before
    studio.undo.undo()
    assert len(room.editing.recipe().edits) == 8
    studio.undo.undo()
    assert studio.undo.count() == 2
    assert settle(room, qtbot) == before


def test_another_kind_is_listed_and_what_is_used_of_the_first_stays(room, qtbot) -> None:
    first = room.controls.rows[1]
    room.editing.set_direction(first.line.key, 1.0, first.title)
    key = first.line.key
    choose_kind(room, "sefa", qtbot)
    kinds = {row.line.kind for row in room.controls.directions.in_sight()}
    assert kinds == {"sefa", "pca"}
    row = room.controls.directions.row(key)
    assert row is not None
    assert row.isVisible()
    assert row.value() == 1.0
    choose_kind(room, "label", qtbot)
    assert "Nothing is said" in room.controls.directions.searching.text()
    assert room.editing.recipe().edits == {key: 1.0}


def test_the_pad_moves_two_directions_in_one_step(room, studio, qtbot) -> None:
    shown = room.controls.directions
    qtbot.mouseClick(shown.pad_button, LEFT)
    first, second = (str(axis.currentData()) for axis in shown.pad.axes)
    field = shown.pad.field
    qtbot.mousePress(field, LEFT, pos=field.place(0, 0).toPoint())
    qtbot.mouseMove(field, field.place(1.0, -2.0).toPoint())
    qtbot.mouseRelease(field, LEFT, pos=field.place(1.0, -2.0).toPoint())
    edits = room.editing.recipe().edits
    assert edits[first] == pytest.approx(1.0, abs=0.05)
    assert edits[second] == pytest.approx(-2.0, abs=0.05)
    assert studio.undo.count() == 1
    qtbot.keyClick(field, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert room.editing.recipe().edits[first] == pytest.approx(edits[first] + 0.5)
    qtbot.keyClick(field, Qt.Key.Key_0)
    assert room.editing.recipe().edits == {}
    qtbot.mouseDClick(field, LEFT, pos=QPoint(3, 3))


def test_marked_pictures_become_a_direction_that_can_be_undone(room, studio, qtbot) -> None:
    side = room.side
    assert not side.picked.isEnabled()
    qtbot.keyClick(room.view, Qt.Key.Key_M)
    qtbot.keyClick(room.view, Qt.Key.Key_M)  # and not
    assert not side.picked.isEnabled()
    for seed, way in ((1, 1), (2, 1), (9, -1)):
        side.sheet.markWanted.emit(seed, way)
    assert side.picked.text() == "More like +2 −1"
    qtbot.mouseClick(side.picked, LEFT)
    qtbot.waitUntil(lambda: bool(studio.notices.history), timeout=WAIT)
    assert "too few" in studio.notices.history[-1].sentence
    for seed, way in ((3, 1), (10, -1), (11, -1)):
        side.sheet.markWanted.emit(seed, way)
    qtbot.mouseClick(side.picked, LEFT)
    top = room.controls.directions
    qtbot.waitUntil(lambda: top.in_sight()[0].title == "Picked 1", timeout=WAIT)
    settle(room, qtbot)
    ((key, name, pinned),) = kept(room)
    assert (name, pinned, top.in_sight()[0].line.key) == ("Picked 1", True, key)
    studio.undo.undo()
    assert top.row(key) is None
    settle(room, qtbot)
    assert kept(room) == []
    studio.undo.redo()
    assert top.in_sight()[0].line.key == key
