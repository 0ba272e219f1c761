"""The time of the clock at which a run ends, while it may still be another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTime, Signal
from PySide6.QtWidgets import QTimeEdit

from models.parameters import Param
from studio.desktop.i18n import tr
from studio.desktop.training.fields import Field

if TYPE_CHECKING:
    from studio.engine.training.record.recipe import Recipe

END = Param("until", str, "", "Until", "The time of the clock at which the run ends.", live=True)
_SHOWN = "HH:mm"


class EndField(Field):
    """Seen where the run ends by the clock."""

    moved = Signal(str, object)
    """The name of what changed, and the time, as `07:30`: once it is typed, or at each step."""

    def __init__(self) -> None:
        self.clock = QTimeEdit()
        super().__init__(self.clock)
        self.clock.setDisplayFormat(_SHOWN)
        self.clock.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.clock.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Half a time that is being typed is none.
        self.clock.setKeyboardTracking(False)
        self.clock.timeChanged.connect(
            lambda time: self.moved.emit(END.name, time.toString(_SHOWN))
        )

    def show_end(self, recipe: Recipe | None) -> None:
        clock = clock_of(recipe)
        self.setVisible(bool(clock))
        self.put(clock)

    def put(self, clock: str) -> None:
        with QSignalBlocker(self.clock):
            self.clock.setTime(QTime.fromString(clock, _SHOWN))

    def retranslate(self) -> None:
        self.set_texts(
            tr("Until"), tr("The next time that the clock shows this, the run is saved and ends")
        )


def clock_of(recipe: Recipe | None) -> str:
    """When a run is to end, as `07:30`; empty where it ends otherwise."""
    until = recipe.until if recipe is not None else None
    return f"{until.astimezone():%H:%M}" if until is not None else ""
