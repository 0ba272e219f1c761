"""What is set for playing live, and every way the hand changes it, each an undoable step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from studio.desktop.base.undo_step import UndoStep

if TYPE_CHECKING:
    from studio.engine.live.mapping import Rule
    from studio.engine.live.setup import Setup


class SetupEditor(QObject):
    """Of the open project; None where there is none."""

    changed = Signal()
    kept = Signal(object)
    """It is to be written."""

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self.setup: Setup | None = None

    def open(self, setup: Setup | None) -> None:
        """Show what is on the disk."""
        self.setup = setup
        self.changed.emit()

    def change(self, text: str, key: str = "", /, **values: object) -> None:
        """Other values; changes in a row with one `key` are one step. ValueError for values that
        cannot be."""
        if self.setup is not None:
            self._put(text, self.setup.changed(**values), key)

    def set_rule(self, text: str, rule: Rule, key: str = "") -> None:
        if self.setup is not None:
            self._put(text, self.setup.with_rule(rule), key)

    def drop_rule(self, text: str, target: str) -> None:
        if self.setup is not None:
            self._put(text, self.setup.without_rule(target), "")

    def _put(self, text: str, setup: Setup, key: str) -> None:
        if self.setup is not None and setup != self.setup:
            do, back = partial(self._show, setup), partial(self._show, self.setup)
            self._undo.push(UndoStep(text, do, back, key=("live", key) if key else None))

    def _show(self, setup: Setup) -> None:
        self.setup = setup
        self.kept.emit(setup)
        self.changed.emit()
