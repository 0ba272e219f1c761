"""A field for a seed, as large as any that a recipe holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit

from studio.engine.seeds import LARGEST_SEED, following, previous


def takes_enter(event: QEvent) -> bool:
    """Claim Enter for an editor, before the room's shortcut for it is looked at."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        event.accept()
        return True
    return False


class _SeedNumber(QValidator):
    """Qt's own validator, and its spin box, end at 31 bits."""

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Whether `text` is a seed, or may become one."""
        if not text:
            return self.State.Intermediate, text, place
        whole = text.isascii() and text.isdecimal() and len(text) < 20
        fits = whole and int(text) <= LARGEST_SEED
        return self.State.Acceptable if fits else self.State.Invalid, text, place


class SeedBox(QLineEdit):
    """A seed; Enter or leaving the box says it, and the arrow keys step."""

    seedEntered = Signal(object)
    """An int of up to 63 bits."""

    def __init__(self) -> None:
        super().__init__()
        self.setValidator(_SeedNumber(self))
        self.setMaximumWidth(160)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("–")
        self._seed: int | None = 0
        self.show_seed(0)
        self.editingFinished.connect(lambda: self._enter(self.seed()))

    def seed(self) -> int:
        """The number in the box; 0 where there is none."""
        return int(self.text() or 0)

    def show_seed(self, seed: int | None) -> None:
        """Show without telling anybody; None where the picture has none."""
        self._seed = seed
        self.setText("" if seed is None else str(seed))
        self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        """Enter belongs to the box while it is written in."""
        return takes_enter(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: following, Qt.Key.Key_Down: previous}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        seed = step(self.seed())
        self.setText(str(seed))
        self._enter(seed)

    def _enter(self, seed: int) -> None:
        if seed != self._seed:
            self._seed = seed
            self.seedEntered.emit(seed)
