"""One step that can be taken back, whatever it does."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack


class UndoStack(QUndoStack):
    """The steps of all places, in one order; each knows the place that it was made in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place = ""
        """The place on the screen."""
        self._places: WeakKeyDictionary[QUndoCommand, str] = WeakKeyDictionary()

    def push(self, command: QUndoCommand) -> None:
        self._places[command] = self.place
        super().push(command)

    def place_at(self, index: int) -> str:
        """Where step `index` was made; empty where nobody knows."""
        step = self.command(index)
        return self._places.get(step, "") if step is not None else ""


class UndoStep(QUndoCommand):
    """`do` and `back` are called by the undo stack; steps in a row with one `key` become one."""

    def __init__(
        self,
        text: str,
        do: Callable[[], object],
        back: Callable[[], object],
        *,
        key: Hashable = None,
        is_done: bool = False,
    ) -> None:
        """`is_done` where it was done already when it is put on the stack."""
        super().__init__(text)
        self._do, self._back, self._key, self._is_done = do, back, key, is_done

    def id(self) -> int:
        """Any number above -1 allows merging."""
        return 5021

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Swallow `other` when it goes on with the same."""
        if self._key is None or not isinstance(other, UndoStep) or other._key != self._key:
            return False
        self._do = other._do
        return True

    def redo(self) -> None:
        if not self._is_done:
            self._do()
        self._is_done = False

    def undo(self) -> None:
        self._back()
