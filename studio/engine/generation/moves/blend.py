"""Towards another seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from studio.engine.generation.beginnings import Beginning, Played, Seed, Seeded
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent, slerp

Mix = Annotated[float, Field(ge=0.0, le=1.0)]


@register
class Blend(Move):
    """Towards another seed, of the beginning's truncation and label; `mix` 1 is there."""

    name: ClassVar[str] = "blend"
    rank: ClassVar[int] = -1
    rest: ClassVar[Mapping[str, object]] = {"mix": 0.0}

    kind: Literal["blend"] = "blend"
    seed: Seed
    mix: Mix = 0.0

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        if not self.mix:
            return w
        other = Seeded.beside(beginning, self.seed)
        return slerp(w, played.sample(other), self.mix, played.centre(beginning, other))
