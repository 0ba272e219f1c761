"""One step that can be taken back, whatever it does."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.desktop.i18n import tr


class UndoStack(QUndoStack):
    """The steps of all places, in one order; each knows the place that it was made in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place = ""
        """The place on the screen."""
        self._places: WeakKeyDictionary[QUndoCommand, str] = WeakKeyDictionary()

    def push(self, command: QUndoCommand) -> None:
        """Carry it out, and put it on top, or into the newest step where that is the same drag."""
        newest = self.command(self.index() - 1) if 0 < self.index() == self.count() else None
        if isinstance(newest, Joined) and newest.takes(command):
            # Not by `mergeWith`: PySide never frees what it merges, which is every move of a
            # slider (findings/pyside_never_frees_merged_undo_commands.sh).
            command.redo()
            newest.take(command)
            self.undoTextChanged.emit(newest.text())
            self.indexChanged.emit(self.index())
            return
        self._places[command] = self.place
        super().push(command)

    def place_at(self, index: int) -> str:
        """Where step `index` was made; empty where nobody knows."""
        step = self.command(index)
        return self._places.get(step, "") if step is not None else ""

    def take_back(self, step: UndoStep) -> bool:
        """Take back `step` whatever was done since; False where it cannot be any more.

        The newest one is undone. An older one stays where it is, and its way back becomes a step
        of its own: what came after it is not touched, and every step can still be undone in turn.
        """
        place = next((n for n in range(self.count()) if self.command(n) is step), -1)
        if place < 0 or place >= self.index() or step.is_taken_back:
            return False
        if place == self.index() - 1:
            self.undo()
        else:
            back = Reversal(step)
            self._places[back] = self.place_at(place)
            super().push(back)
        return True


class Joined(QUndoCommand):
    """A step that others which go on with it become part of."""

    def takes(self, other: QUndoCommand) -> bool:
        """Whether `other`, which was not carried out yet, goes on with the same."""
        raise NotImplementedError

    def take(self, other: Any) -> None:
        """Let what `other` did be done by this one, too; `other` has been carried out."""
        raise NotImplementedError


class UndoStep(Joined):
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
        self.is_taken_back = False
        """By a later step; see :meth:`UndoStack.take_back`."""

    def takes(self, other: QUndoCommand) -> bool:
        return self._key is not None and isinstance(other, UndoStep) and other._key == self._key

    def take(self, other: UndoStep) -> None:
        self._do = other._do

    def redo(self) -> None:
        if not self._is_done:
            self._do()
        self._is_done = False

    def undo(self) -> None:
        self._back()


class Reversal(QUndoCommand):
    """The way back of an older step, put after those that were made since."""

    def __init__(self, step: UndoStep) -> None:
        super().__init__(tr("Take back: {step}", step=step.text()))
        self._step = step

    def redo(self) -> None:
        self._step.is_taken_back = True
        self._step.undo()

    def undo(self) -> None:
        self._step.is_taken_back = False
        self._step.redo()
