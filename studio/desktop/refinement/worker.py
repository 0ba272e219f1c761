"""Where the refinement place meets the engine: functions that run on the room's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack, apply


@dataclass(frozen=True)
class Kept:
    """A piece and its stored picture, small enough for a tile."""

    piece: Piece
    pixels: Pixels
    stack: Stack


@dataclass(frozen=True)
class Refined:
    """A piece before and after its stack; before is cropped and resized as after is."""

    piece_id: int
    before: Pixels
    after: Pixels


def load(project: Project) -> list[Kept]:
    """All pieces with their pictures, newest first."""
    return [
        Kept(piece, stored(piece.file), Stack.lenient(piece.stack))
        for piece in reversed(pieces.pieces(project))
    ]


def stored(path: Path) -> Pixels:
    """The stored picture of a piece, uint8 [h, w, c]; a black dot when the file is gone."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            mode = image.mode if image.mode in ("L", "RGB", "RGBA") else "RGBA"
            pixels = np.asarray(image.convert(mode))
    except OSError:
        return np.zeros((1, 1, 3), np.uint8)
    return pixels if pixels.ndim == 3 else pixels[..., None]


def refine(piece_id: int, before: Pixels, stack: Stack) -> Refined:
    """Apply a stack to a picture."""
    return Refined(piece_id, apply(stack.reshaping(), before), apply(stack, before))


def save_stack(project: Project, piece_id: int, stack: Stack) -> None:
    """Remember the stack of a piece."""
    pieces.set_stack(project, piece_id, [step.model_dump() for step in stack.steps])


def save_review(project: Project, piece_id: int, review: str) -> None:
    """Remember whether the artist picked or rejected a piece."""
    pieces.set_review(project, piece_id, review)


def save_rating(project: Project, piece_id: int, rating: int) -> None:
    """Remember the stars of a piece."""
    pieces.set_rating(project, piece_id, rating)
