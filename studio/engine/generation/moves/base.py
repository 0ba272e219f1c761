"""What a move of a recipe is, and the list of those there are.

Adding one is adding one file to this folder: a class that is decorated with `register`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, SerializeAsAny

from models.registry import Registry
from studio.engine.generation.beginnings import Beginning, Part, Played
from studio.engine.generation.slerp import Latent
from studio.engine.generation.synthesis import Drawing

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""How much of what a move does is done."""


class Move(Part):
    """One change of the point, or of how it is drawn.

    `kind` says in files which move it is; so does `name` here.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    """A new move comes after those of its rank and of lower ones."""
    rest: ClassVar[Mapping[str, object]] = {}
    """Numbers with which it says nothing: from there a film leads to it. Empty: it has none."""
    of_picture: ClassVar[bool] = False
    """Whether it is meant for one picture, and stays behind where another seed begins."""

    @property
    def control(self) -> tuple[str, int | str]:
        """What the hand moves: a recipe has one move of each."""
        return self.name, 0

    @property
    def idle(self) -> bool:
        """Whether it says nothing, and is left out."""
        return False

    @property
    def leads(self) -> bool:
        """Whether it has a say in the point: what has none goes along where a point is all that
        is left of a recipe."""
        return type(self).apply is not Move.apply

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point [slots, dim] after this move; `w` is not changed."""
        return w

    def bend(self, drawing: Drawing, played: Played) -> None:
        """Add to what is done while the point is drawn."""


_REGISTRY = Registry[Move](
    __package__, lambda name, known: ValueError(f"There is no move {name}. Known: {known}.")
)
register, moves = _REGISTRY.register, _REGISTRY.all


def _read(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return _REGISTRY.one(str(value.get("kind"))).model_validate(value)


AnyMove = Annotated[SerializeAsAny[Move], BeforeValidator(_read)]
"""A move as a file says it, by its kind."""
