"""Where the refinement place meets the engine: functions that run on the room's thread."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.artwork import Pixels
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack, apply


@dataclass(frozen=True)
class Refined:
    """A piece before and after its stack; before is cropped and resized as after is."""

    piece_id: int
    whole: Pixels
    before: Pixels
    after: Pixels


def refine(piece: Piece, whole: Pixels | None, stack: Stack) -> Refined:
    """Apply a stack to the picture of a piece, which is read where it is not known yet."""
    whole = pieces.stored(piece) if whole is None else whole
    return Refined(piece.id, whole, apply(stack.reshaping(), whole), apply(stack, whole))


def save_stack(project: Project, piece_id: int, stack: Stack) -> None:
    pieces.set_stack(project, piece_id, [step.model_dump() for step in stack.steps])
