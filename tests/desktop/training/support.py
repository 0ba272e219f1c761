"""What the tests of the training place share."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, QTime

from studio.desktop.training.room import TrainingRoom
from studio.engine import events

WAIT = 20_000


def begin(room: TrainingRoom, qtbot, images: int = 100_000, until: QTime | None = None) -> str:
    """Start a tiny run by the form's own button; its name."""
    room.form.size_box.setCurrentText("16")
    room.form.length.unit.choose("until" if until else "images")
    if until:
        room.form.length.clock.setTime(until)
    else:
        room.form.length.number.setValue(images)
    qtbot.waitUntil(room.form.start.isEnabled, timeout=WAIT)
    qtbot.mouseClick(room.form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(room.session.training), timeout=WAIT)
    return room.session.training


class Scripted:
    """A process that says what the test puts into `says`, and remembers what it was told."""

    def __init__(self) -> None:
        self.says: deque[list[events.Event]] = deque(
            [[events.Stage("training"), events.Progress(1, 32, 320, 2.0, 16.0, 18.0)]]
        )
        self.told: list[events.Command] = []

    def start(self) -> None: ...

    def poll(self, timeout: float) -> list[events.Event]:
        return self.says.popleft() if self.says else []

    def send(self, command: events.Command) -> None:
        self.told.append(command)
        if isinstance(command, events.Stop):
            self.says.append([events.Done("stopped", 32, 2.0, "", "")])

    def wait(self, timeout: float) -> bool:
        return True

    def kill(self) -> None: ...
