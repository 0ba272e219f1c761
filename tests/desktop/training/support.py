"""What the tests of the training place share."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.desktop.training.room import TrainingRoom

WAIT = 20_000


def begin(room: TrainingRoom, qtbot, images: int = 100_000) -> str:
    """Start a tiny run by the form's own button; its name."""
    room.form.size_box.setCurrentText("16")
    room.form.length.unit.choose("images")
    room.form.length.number.setValue(images)
    qtbot.waitUntil(room.form.start.isEnabled, timeout=WAIT)
    qtbot.mouseClick(room.form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(room.session.training), timeout=WAIT)
    return room.session.training
