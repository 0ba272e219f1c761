"""A and B: what is held stays, what is made of it follows, and the line is moved."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from studio.desktop.generation.room import GenerationRoom
from tests.desktop.generation.test_room import room, settle, studio, trained

__all__ = ["room", "studio", "trained"]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LEFT = Qt.MouseButton.LeftButton


def halves(room: GenerationRoom, qtbot) -> tuple[QImage, QImage]:
    """What is seen left and right of the line in the middle."""
    settle(room, qtbot)
    shown, where = room.view.grab().toImage(), room.view.target().toRect()
    where = where.adjusted(6, 6, -6, -6)  # without the frame of the focus
    width = where.width() // 2 - 6
    left = shown.copy(where.left(), where.top(), width, where.height())
    return left, shown.copy(where.right() - width, where.top(), width, where.height())


def test_a_stays_while_b_is_made_and_comes_back(room: GenerationRoom, studio, qtbot) -> None:
    button = room.canvas.tools["compare"].button
    plain = halves(room, qtbot)
    began = room.editing.recipe()
    room.view.setFocus()
    before = halves(room, qtbot)
    qtbot.keyClick(room.view, Qt.Key.Key_C)
    assert button.isChecked()
    room.editing.set_seed(5)
    left, right = halves(room, qtbot)
    assert left == before[0]
    assert right != before[1]
    qtbot.keyClick(room.view, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert room.editing.recipe() == began
    assert studio.undo.undoText() == "Back to A"
    studio.undo.undo()
    assert room.editing.recipe().seed == 5
    qtbot.mouseClick(button, LEFT)
    assert not room.view.has_before
    assert halves(room, qtbot)[0] != plain[0]
    qtbot.keyClick(room.view, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert room.editing.recipe().seed == 5  # there is no A any more


def test_the_line_is_dragged_and_walked(room: GenerationRoom, qtbot) -> None:
    settle(room, qtbot)
    view = room.view
    qtbot.keyClick(view, Qt.Key.Key_Comma)
    assert view.split == 0.5  # there is no line
    qtbot.mouseClick(room.canvas.tools["compare"].button, LEFT)
    where = view.target()
    on_line = QPoint(round(where.x() + where.width() / 2), round(where.center().y()))
    qtbot.mousePress(view, LEFT, pos=on_line)
    qtbot.mouseMove(view, on_line + QPoint(round(where.width() / 4), 0))
    qtbot.mouseRelease(view, LEFT, pos=on_line + QPoint(round(where.width() / 4), 0))
    assert view.split == pytest.approx(0.75, abs=0.02)
    at = view.split
    qtbot.keyClick(view, Qt.Key.Key_Comma)
    assert view.split == pytest.approx(at - 0.05)
    for _ in range(12):
        qtbot.keyClick(view, Qt.Key.Key_Period)
    assert view.split == 1.0


def test_the_picture_beside_belongs_to_who_put_it_there(room: GenerationRoom, qtbot) -> None:
    settle(room, qtbot)
    button = room.canvas.tools["compare"].button
    qtbot.mouseClick(button, LEFT)
    other = QImage(16, 16, QImage.Format.Format_RGB888)
    room.view.set_before(other)
    assert not button.isChecked()
    assert room.view.has_before
    qtbot.mouseClick(button, LEFT)
    assert button.isChecked()
    room.project_closed()
    assert not button.isChecked()
    qtbot.mouseClick(button, LEFT)
    assert not button.isChecked()  # there is no picture
    assert not room.view.has_before
