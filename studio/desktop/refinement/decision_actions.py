"""Stars, picked and rejected: the keys of the bench, and the words of a state."""

from __future__ import annotations

from collections.abc import Callable

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.piece_decisions import PieceDecisions
from studio.desktop.i18n import tr
from studio.engine.pieces.review import Review


def review_words(review: Review | None) -> str:
    """A review state as a short note; nothing for a piece that is merely new."""
    return {
        Review.LOOK: tr("waits for your eye"),
        Review.APPROVED: tr("picked"),
        Review.REJECTED: tr("rejected"),
    }.get(review or Review.NEW, "")


def add_actions(
    actions: ActionRegistry, room: str, decisions: PieceDecisions, current: Callable[[], int]
) -> None:
    """Stars, P and X for the piece that `current` gives."""
    for stars in range(6):
        actions.add(
            f"refinement.rate{stars}", f"Rate the piece {stars}",
            lambda n=stars: decisions.rate(current(), n), str(stars), room,
        )  # fmt: skip
    for id, text, keys, review, icon in (
        ("refinement.pick", "Pick the piece", "P", Review.APPROVED, "check"),
        ("refinement.reject", "Reject the piece", "X", Review.REJECTED, "x"),
    ):
        actions.add(
            id, text, lambda wanted=review: decisions.review(current(), wanted), keys, room, icon
        )
