"""Other checkpoints beside the picture, and a loupe on it."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication

from studio.desktop.generation.tools.loupe import Loupe
from studio.desktop.generation.tools.versions import Versions
from studio.engine.training.record import checkpoint

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000


def test_the_same_seed_is_drawn_by_other_checkpoints_and_runs(room, studio, told, qtbot) -> None:
    tool = room.canvas.tools["versions"]
    assert isinstance(tool, Versions)
    page, sheet = tool.sheet_page, tool.sheet_page.sheet
    model = room.session.model
    room.editing.set_seed(4)
    room.editing.set_mix(0.3, 9)
    qtbot.waitUntil(lambda: not room.session.busy, timeout=WAIT)
    # One checkpoint is lost beside the canvas.
    folders = checkpoint.folders(model.folder)
    broken = folders[0].with_name("000000")
    shutil.copytree(folders[0], broken)
    (broken / "model.safetensors").write_bytes(b"nothing")
    qtbot.keyClick(room.view, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    assert page.isVisible()
    qtbot.waitUntil(lambda: not tool.is_drawing, timeout=WAIT)
    assert [each.run for each in tool.seen][: len(folders) + 1] == [model.run] * (len(folders) + 1)
    own, lost, other = tool.seen[0], tool.seen[len(folders)], tool.seen[-1]
    assert own.image == room.view.image().convertToFormat(own.image.format())
    assert lost.image.isNull()
    assert other.run != model.run
    assert not other.image.isNull()
    assert "seed" in sheet.item(len(tool.seen) - 1).toolTip()
    place = sheet.visualItemRect(sheet.item(len(tool.seen) - 1)).center()
    qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert room.view.has_before
    qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=place)  # lets it go
    assert not room.view.has_before
    tool._hold(len(folders))
    assert told
    sheet.frame(len(tool.seen) - 1)
    qtbot.mouseClick(page.open, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.session.model.run == other.run, timeout=WAIT)
    assert not room.view.has_before
    assert sheet.count() == 0


def test_the_loupe_tells_a_colour_and_copies_it(room, qtbot) -> None:
    tool, view = room.canvas.tools["loupe"], room.view
    assert isinstance(tool, Loupe)
    view.setFocus()
    plain = view.grab().toImage()
    qtbot.keyClick(view, Qt.Key.Key_Z)
    assert tool.active
    spot = view.to_widget(QPointF(3.5, 9.5)).toPoint()
    qtbot.mouseMove(view, spot + QPoint(1, 0))
    qtbot.mouseMove(view, spot)
    assert tool.place == QPoint(3, 9)
    assert view.grab().toImage() != plain
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert tool.place == QPoint(4, 8)
    seed = room.editing.recipe().seed
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == QColor(view.image().pixelColor(4, 8)).name()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
    assert QGuiApplication.clipboard().text() == view.image().pixelColor(3, 9).name()
    for _ in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert tool.place.x() == 0
    assert room.editing.recipe().seed == seed  # arrow keys are the loupe's while it is there
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not tool.active
    assert view.grab().toImage() == plain
