"""What the artist decides about pieces on the bench: stars, picked or rejected, undoably."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.piece_shelf import Kept
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.base.write_queue import WriteQueue
from studio.desktop.i18n import tr
from studio.engine.pieces import pieces
from studio.engine.pieces.review import Review
from studio.engine.project import Project

T = TypeVar("T", int, Review)


class Deciding(QObject):
    """Holds ratings and review states by piece; `changed` tells whose."""

    changed = Signal(int)

    def __init__(self, undo: QUndoStack, saving: WriteQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo, self._saving = undo, saving
        self.project: Project | None = None
        self.ratings: dict[int, int] = {}
        self.reviews: dict[int, Review] = {}

    def take(self, project: Project | None, kept: dict[int, Kept]) -> None:
        self.project = project
        self.ratings = {key: each.piece.rating for key, each in kept.items()}
        self.reviews = {key: each.piece.review for key, each in kept.items()}

    def clear(self) -> None:
        self.project = None
        self.ratings, self.reviews = {}, {}

    def rate(self, piece_id: int, stars: int) -> None:
        """0 to 5 stars."""
        text = tr("Rate {n} stars", n=stars)
        self._decide(piece_id, self.ratings.get(piece_id), stars, text, self._apply_rating)

    def review(self, piece_id: int, wanted: Review) -> None:
        """`approved` (picked) or `rejected`; the same again takes the decision back."""
        before = self.reviews.get(piece_id)
        after = Review.NEW if before == wanted else wanted
        text = {Review.APPROVED: tr("Pick the piece"), Review.REJECTED: tr("Reject the piece")}.get(
            after, tr("Neither picked nor rejected")
        )
        self._decide(piece_id, before, after, text, self._apply_review)

    def _decide(
        self, piece_id: int, before: T | None, after: T, text: str, apply: Callable[[int, T], None]
    ) -> None:
        if before is not None and before != after and self._may_write():
            do, back = partial(apply, piece_id, after), partial(apply, piece_id, before)
            self._undo.push(UndoStep(text, do, back))

    def _may_write(self) -> bool:
        return self.project is not None and not self.project.read_only_reason

    def _apply_rating(self, piece_id: int, stars: int) -> None:
        if self.project is not None and piece_id in self.ratings:
            self.ratings[piece_id] = stars
            write = partial(pieces.set_rating, self.project, piece_id, stars)
            self._saving.put(write, key=("rating", piece_id))
            self.changed.emit(piece_id)

    def _apply_review(self, piece_id: int, review: Review) -> None:
        if self.project is not None and piece_id in self.reviews:
            self.reviews[piece_id] = review
            write = partial(pieces.set_review, self.project, piece_id, review)
            self._saving.put(write, key=("review", piece_id))
            self.changed.emit(piece_id)


def review_words(review: Review | None) -> str:
    """A review state as a short note; nothing for a piece that is merely new."""
    return {
        Review.LOOK: tr("waits for your eye"),
        Review.APPROVED: tr("picked"),
        Review.REJECTED: tr("rejected"),
    }.get(review or Review.NEW, "")


def add_actions(
    actions: ActionRegistry, room: str, deciding: Deciding, current: Callable[[], int]
) -> None:
    """Stars, P and X for the piece that `current` gives."""
    for stars in range(6):
        actions.add(
            f"refinement.rate{stars}", f"Rate the piece {stars}",
            lambda n=stars: deciding.rate(current(), n), str(stars), room,
        )  # fmt: skip
    for id, text, keys, review, icon in (
        ("refinement.pick", "Pick the piece", "P", Review.APPROVED, "check"),
        ("refinement.reject", "Reject the piece", "X", Review.REJECTED, "x"),
    ):
        actions.add(
            id, text, lambda wanted=review: deciding.review(current(), wanted), keys, room, icon
        )
