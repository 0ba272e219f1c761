"""The artist lets pieces pass that resemble a training picture; undo takes the word back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand

from studio.engine.pieces.review import Review

Apply = Callable[[Sequence[int], Review], None]


class Approve(QUndoCommand):
    """From `look` to `approved`."""

    def __init__(self, piece_ids: Sequence[int], text: str, apply: Apply) -> None:
        super().__init__(text)
        self._piece_ids = tuple(piece_ids)
        self._apply = apply

    def redo(self) -> None:
        self._apply(self._piece_ids, Review.APPROVED)

    def undo(self) -> None:
        self._apply(self._piece_ids, Review.LOOK)
