"""A part of the picture drawn anew."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Beginning, Played, Seed
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.moves.dragged import PackedMask
from studio.engine.generation.slerp import Latent


@register
class Repair(Move):
    """Cells of the grid of a latent, drawn again by another seed so that they fit the others
    (Chang 2022, arXiv:2202.04200, Sec. 4.3: "inpainting"). Several of one recipe follow each
    other by their `place`. It is meant for what it was drawn on: another seed begins without it.
    """

    name: ClassVar[str] = "repair"
    rank: ClassVar[int] = 1
    of_picture: ClassVar[bool] = True

    kind: Literal["repair"] = "repair"
    place: Annotated[int, Field(ge=0)] = 0
    cells: PackedMask
    """One bit for each cell."""
    seed: Seed = 0

    @property
    def control(self) -> tuple[str, int | str]:
        """Each place is one of its own."""
        return self.name, self.place

    @property
    def idle(self) -> bool:
        """No cell is drawn anew."""
        return not self.cells.unpacked().any()

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        played.need(Ability.REPAIR)
        chosen = self.cells.unpacked().flatten()
        if len(chosen) != len(w):
            raise UsageError(
                "The part to be drawn anew is one of {width} × {height} cells, which this model "
                "does not have: choose it again.", width=self.cells.width, height=self.cells.height,
            )  # fmt: skip
        return played.redrawn(w, chosen, self.seed, beginning)
