"""Where points of the picture were dragged to."""

from __future__ import annotations

import base64
import zlib
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from studio.engine.generation.beginnings import Part, pack_latent
from studio.engine.generation.moves.base import register
from studio.engine.generation.moves.offset import Offset
from studio.engine.generation.slerp import Latent

MOST_POINTS = 32
"""Of one pull."""
_MOST_PULLS = 1000
_LONGEST_SIDE = 4096

Mask = np.ndarray[Any, np.dtype[np.bool_]]
"""[h, w] at the size of the picture: what may move."""
Place = Annotated[float, Field(ge=-_LONGEST_SIDE, le=_LONGEST_SIDE, allow_inf_nan=False)]
Side = Annotated[int, Field(ge=1, le=_LONGEST_SIDE)]


def inflated(text: str, count: int) -> bytes | None:
    """What was deflated and written as base64, where it has `count` bytes; ValueError where it is
    damaged. Never more is unpacked, whatever a file claims."""
    try:
        packed = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), count + 1)
    except zlib.error as error:
        raise ValueError(f"the mask is damaged: {error}") from error
    return packed if len(packed) == count else None


class Handle(Part):
    """A point and where it is to go, in pixels of the picture: (0, 0) is the middle of the first
    one."""

    x: Place
    y: Place
    to_x: Place
    to_y: Place


class PackedMask(Part):
    """A mask row by row, eight pixels a byte, deflated, base64."""

    width: Side
    height: Side
    bits: str

    @classmethod
    def of(cls, mask: Mask) -> Self:
        bits = zlib.compress(np.packbits(mask).tobytes())
        height, width = mask.shape
        return cls(width=width, height=height, bits=base64.b64encode(bits).decode("ascii"))

    @model_validator(mode="after")
    def _holds_a_mask(self) -> Self:
        self.unpacked()
        return self

    def unpacked(self) -> Mask:
        """The mask; ValueError where the text holds none of this size."""
        count = self.width * self.height
        packed = inflated(self.bits, (count + 7) // 8)
        if packed is None:
            raise ValueError(f"the mask is not one of {self.width}x{self.height} pixels")
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count)
        return bits.astype(bool).reshape(self.height, self.width)


class Pull(Part):
    """One drag: all its handles go to their places together; outside of the mask nothing is to
    change."""

    handles: Annotated[tuple[Handle, ...], Field(min_length=1, max_length=MOST_POINTS)]
    mask: PackedMask | None = None


@register
class Dragged(Offset):
    """By how much pulls moved the point. The pulls say what was asked for; playing reads the
    offset alone."""

    name: ClassVar[str] = "dragged"
    rank: ClassVar[int] = 5

    kind: Literal["dragged"] = "dragged"
    pulls: Annotated[tuple[Pull, ...], Field(max_length=_MOST_PULLS)] = ()

    @classmethod
    def by(cls, offset: Latent, pulls: tuple[Pull, ...]) -> Self:
        """A move of an offset [k, dim]; of the pulls the last ones are remembered."""
        return cls(offset=pack_latent(offset), pulls=pulls[-_MOST_PULLS:])
