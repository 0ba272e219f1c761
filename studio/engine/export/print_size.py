"""Pictures at print size: enlarged with what was learnt from the originals of their run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Self

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError
from studio.engine.evaluation.nearest_picture import NearestPicture
from studio.engine.export.destinations import DESTINATIONS
from studio.engine.export.ways import Way
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.enlarger.run_enlarger import run_enlarger
from studio.engine.refinement.stack import Stack, Step
from studio.engine.said import Said

INCH = 2.54
"""Centimetres."""
_LARGEST = float(Enlarge.params()["factor"].high or 1.0)


@dataclass(frozen=True)
class PrintSize:
    """The longer side that is wanted in print; no picture is made smaller for it."""

    centimetres: float
    dpi: int

    @classmethod
    def of(cls, name: str, way: Way) -> Self | None:
        """What a destination asks for; None where it wants pictures as they are."""
        wanted = next((each.centimetres for each in DESTINATIONS if each.name == name), 0.0)
        return cls(wanted, int(getattr(way, "dpi", 300))) if wanted else None

    def known(self, project: Project, pieces: Sequence[Piece]) -> None:
        """:class:`StudioError` where the run of one has no enlarger."""
        for name in {piece.run_name for piece in pieces}:
            run_enlarger(project, name)

    def step(self, project: Project, piece: Piece, artwork: Artwork) -> Step | None:
        """What is still to be done to a picture; at most as much as one step can."""
        side = max(artwork.layers[0].content.shape[:2])
        factor = min(self.centimetres / INCH * self.dpi / side, _LARGEST)
        return run_enlarger(project, piece.run_name, factor) if factor > 1.0 else None

    def said(self, artwork: Artwork) -> Said:
        height, width = artwork.layers[0].content.shape[:2]
        across, down = (f"{side / self.dpi * INCH:.1f}" for side in (width, height))
        return Said(
            "{width} × {height} pixels, in print {across} × {down} cm at {dpi} dpi",
            width=width, height=height, across=across, down=down, dpi=self.dpi,
        )  # fmt: skip


class LargeCopies:
    """The copy check again, of pictures that were enlarged: detail of originals was added."""

    def __init__(self, project: Project) -> None:
        self._known = cache(partial(_known, project))

    def refuse(self, piece: Piece, stack: Stack, artwork: Artwork) -> None:
        """:class:`StudioError` for what is too close, unless the artist has approved the piece."""
        large = any(step.enabled and step.op == Enlarge.name for step in stack.each())
        known = self._known(piece.run_name) if large else None
        if known is None or piece.review is Review.APPROVED:
            return
        near = known.of(artwork.flat())
        if near.too_close:
            raise StudioError(
                "{piece} is, enlarged, nearer to the training picture {name} than unseen pictures "
                "are: look at it and approve it first; nothing was exported.",
                piece=piece.name, name=near.name,
            )  # fmt: skip


def _known(project: Project, run_name: str) -> NearestPicture | None:
    try:
        return NearestPicture(project, run_name)
    except StudioError:
        return None  # without the training pictures nothing can be compared
