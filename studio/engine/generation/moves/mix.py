"""Some slots of a picture from other seeds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Beginning, Played, Seed, Seeded
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent


@register
class Mix(Move):
    """Style mixing: Karras 2019, arXiv:1812.04948, Sec. 3.1. `slots` says for some of them of
    which seed they are; it has the beginning's truncation, label and chance."""

    name: ClassVar[str] = "mix"
    rank: ClassVar[int] = 0

    kind: Literal["mix"] = "mix"
    slots: dict[Annotated[int, Field(ge=0)], Seed] = Field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """All slots are of the picture itself."""
        return not self.slots

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        if not self.slots:
            return w
        played.need(Ability.MIX)
        if max(self.slots) >= len(w):
            raise UsageError(
                "There is no slot {slot}: this model has {first} to {last}.",
                slot=max(self.slots), first=0, last=len(w) - 1,
            )  # fmt: skip
        made = w.copy()
        for seed in dict.fromkeys(self.slots.values()):
            other = played.sample(Seeded.beside(beginning, seed))
            own = [slot for slot, of in self.slots.items() if of == seed]
            made[own] = other[own]
        return made
