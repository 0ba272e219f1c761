"""The contact sheet: every seed as a click shows it, as far as one scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.desktop.generation import sheet_pictures
from studio.desktop.generation.room import GenerationRoom
from studio.engine.seeds import LARGEST_SEED
from tests.desktop.generation.test_room import WAIT, room, settle, studio, trained

__all__ = ["room", "studio", "trained"]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def drawn(room: GenerationRoom, qtbot) -> list[int]:
    """The seeds in sight, once each has its picture."""
    qtbot.waitUntil(lambda: room.sheet.is_drawn, timeout=WAIT)
    seen = room.side.sheet.in_sight()
    assert all(room.side.sheet.picture(seed) is not None for seed in seen)
    return seen


def tile(room: GenerationRoom, seed: int) -> QImage:
    return room.side.sheet.picture(seed).toImage().convertToFormat(QImage.Format.Format_RGB888)


def click(room: GenerationRoom, qtbot, seed: int) -> None:
    sheet = room.side.sheet
    item = sheet.item(seed - sheet.seeds()[0])
    qtbot.mouseClick(
        sheet.viewport(), Qt.MouseButton.LeftButton, pos=sheet.visualItemRect(item).center()
    )


def wheel(sheet, notches: int) -> None:
    place = QPointF(sheet.viewport().rect().center())
    for _ in range(notches):
        event = QWheelEvent(
            place, QPointF(sheet.viewport().mapToGlobal(place.toPoint())), QPoint(),
            QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(sheet.viewport(), event)
        QApplication.processEvents()


def test_a_tile_shows_what_a_click_gives_with_every_slider(
    room: GenerationRoom, studio, qtbot
) -> None:
    seen = drawn(room, qtbot)
    assert len(seen) >= 15
    assert seen == list(range(len(seen)))
    plain = tile(room, 4)
    room.editing.set_direction(room.controls.rows[0].line.key, 3.0, "Direction 1")
    drawn(room, qtbot)
    moved = tile(room, 4)
    assert moved != plain
    click(room, qtbot, 4)
    settle(room, qtbot)
    side = sheet_pictures.SIDE
    shown = room.view.image().scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )  # fmt: skip
    assert shown.convertToFormat(QImage.Format.Format_RGB888) == moved
    drawn(room, qtbot)
    assert tile(room, 4) == moved  # another seed is chosen, and the sheet stays as it is
    studio.undo.undo()
    studio.undo.undo()
    drawn(room, qtbot)
    assert tile(room, 4) == plain


def test_the_sheet_goes_on_as_far_as_the_wheel(room: GenerationRoom, qtbot) -> None:
    drawn(room, qtbot)
    sheet = room.side.sheet
    wheel(sheet, 40)
    seen = drawn(room, qtbot)
    assert seen[0] > 90
    assert sheet.count() > seen[-1] + 1
    assert sheet.ready() < sheet.count()  # only what was looked at is drawn
    click(room, qtbot, seen[7])
    assert room.editing.recipe().seed == seen[7]
    place = sheet.verticalScrollBar().value()
    room.editing.set_psi(0.5)
    drawn(room, qtbot)
    assert sheet.verticalScrollBar().value() == place  # nothing moves under the pointer
    assert sheet.picture(0) is None  # it would show another truncation
    sheet.verticalScrollBar().setValue(0)
    assert drawn(room, qtbot)[0] == 0


def test_keys_walk_on_beyond_what_was_in_sight(room: GenerationRoom, qtbot) -> None:
    drawn(room, qtbot)
    sheet = room.side.sheet
    sheet.setFocus()
    for _ in range(12):
        qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert room.editing.recipe().seed == 36
    assert 36 in drawn(room, qtbot)
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    assert room.editing.recipe().seed == 37


def test_no_more_pictures_than_a_few_hundred_are_held(
    room: GenerationRoom, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_pictures, "KEPT", 20)
    drawn(room, qtbot)
    for _ in range(4):
        wheel(room.side.sheet, 5)
        drawn(room, qtbot)
    assert room.side.sheet.ready() <= 20 + 18


def test_the_last_seeds_end_the_sheet(room: GenerationRoom, qtbot) -> None:
    room.sheet.lay_out(LARGEST_SEED - 4)
    seen = drawn(room, qtbot)
    assert seen[-1] == LARGEST_SEED
    assert len(seen) == 5
    wheel(room.side.sheet, 3)
    assert drawn(room, qtbot) == seen
    click(room, qtbot, LARGEST_SEED)
    assert room.editing.recipe().seed == LARGEST_SEED


def test_a_mark_is_of_the_picture_and_not_of_the_seed(room: GenerationRoom, studio, qtbot) -> None:
    drawn(room, qtbot)
    item = room.side.sheet.item(4)
    room.side.sheet.markWanted.emit(4, 1)
    assert "more" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    room.editing.set_psi(0.5)
    said = Qt.ItemDataRole.AccessibleTextRole
    qtbot.waitUntil(lambda: item.data(said) == "Seed 4", timeout=WAIT)  # after the picture
    studio.undo.undo()
    qtbot.waitUntil(lambda: "more" in item.data(said), timeout=WAIT)
