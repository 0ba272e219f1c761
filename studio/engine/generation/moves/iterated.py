"""By how much a picture was led towards something: a higher score, a palette, a composition."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from studio.engine.generation.beginnings import Part, pack_latent
from studio.engine.generation.moves.base import register
from studio.engine.generation.moves.offset import Offset
from studio.engine.generation.slerp import Latent

_MOST_WAYS = 1000


class Towards(Part):
    """What it was led towards, and how far it might go; `reference` is the name of a picture."""

    way: Annotated[str, Field(max_length=100)]
    strength: Annotated[float, Field(ge=0.0, le=1.0)]
    reference: Annotated[str, Field(max_length=1000)] = ""


@register
class Iterated(Offset):
    """By how much iterating moved the point. The ways say what was asked for; playing reads the
    offset alone."""

    name: ClassVar[str] = "iterated"
    rank: ClassVar[int] = 6

    kind: Literal["iterated"] = "iterated"
    ways: Annotated[tuple[Towards, ...], Field(max_length=_MOST_WAYS)] = ()

    @classmethod
    def by(cls, offset: Latent, ways: tuple[Towards, ...]) -> Self:
        """A move of an offset [slots, dim]; of the ways the last ones are remembered."""
        return cls(offset=pack_latent(offset), ways=ways[-_MOST_WAYS:])
