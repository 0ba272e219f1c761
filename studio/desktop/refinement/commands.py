"""What can be undone on the bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand

from studio.engine.refinement.stack import Stack

T = TypeVar("T")
Apply = Callable[[int, Stack], None]


class EditStack(QUndoCommand):
    """One change of the stack of one piece; a drag of one control is one change."""

    def __init__(
        self, piece_id: int, before: Stack, after: Stack, text: str, key: str, apply: Apply
    ) -> None:
        super().__init__(text)
        self._piece_id = piece_id
        self._before, self._after = before, after
        self._key = key
        self._apply = apply

    def id(self) -> int:
        """Any number above -1 allows merging."""
        return 5021

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Swallow `other` when the same control of the same piece moves on."""
        if not isinstance(other, EditStack) or not self._key:
            return False
        if (other._piece_id, other._key) != (self._piece_id, self._key):
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._apply(self._piece_id, self._after)

    def undo(self) -> None:
        self._apply(self._piece_id, self._before)


class Decide(QUndoCommand, Generic[T]):
    """Another value of one piece: its stars, or picked, rejected, neither."""

    def __init__(
        self, piece_id: int, before: T, after: T, text: str, apply: Callable[[int, T], None]
    ) -> None:
        super().__init__(text)
        self._piece_id, self._before, self._after = piece_id, before, after
        self._apply = apply

    def redo(self) -> None:
        self._apply(self._piece_id, self._after)

    def undo(self) -> None:
        self._apply(self._piece_id, self._before)
