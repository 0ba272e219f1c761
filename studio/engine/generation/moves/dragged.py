"""Where points of the picture were dragged to."""

from __future__ import annotations

import base64
import zlib
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from studio.engine.generation.beginnings import Beginning, Part, Played, pack_latent, unpack_latent
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent

MOST_POINTS = 32
"""Of one pull."""
_MOST_PULLS = 1000
_LONGEST_SIDE = 4096

Mask = np.ndarray[Any, np.dtype[np.bool_]]
"""[h, w] at the size of the picture: what may move."""
Place = Annotated[float, Field(ge=-_LONGEST_SIDE, le=_LONGEST_SIDE, allow_inf_nan=False)]
Side = Annotated[int, Field(ge=1, le=_LONGEST_SIDE)]


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
        stream = zlib.decompressobj()
        try:
            # Never more than is wanted, whatever a file claims.
            packed = stream.decompress(base64.b64decode(self.bits, validate=True), count // 8 + 2)
        except zlib.error as error:
            raise ValueError(f"the mask is damaged: {error}") from error
        if len(packed) != (count + 7) // 8:
            raise ValueError(f"the mask is not one of {self.width}x{self.height} pixels")
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count)
        return bits.astype(bool).reshape(self.height, self.width)


class Pull(Part):
    """One drag: all its handles go to their places together; outside of the mask nothing is to
    change."""

    handles: Annotated[tuple[Handle, ...], Field(min_length=1, max_length=MOST_POINTS)]
    mask: PackedMask | None = None


@register
class Dragged(Move):
    """By how much pulls moved the point: float32 [k, dim] for its first k slots, as
    :attr:`Point.w`. The pulls say what was asked for; playing reads the offset alone."""

    name: ClassVar[str] = "dragged"
    rank: ClassVar[int] = 5
    of_picture: ClassVar[bool] = True

    kind: Literal["dragged"] = "dragged"
    offset: str
    pulls: Annotated[tuple[Pull, ...], Field(max_length=_MOST_PULLS)] = ()

    @classmethod
    def by(cls, offset: Latent, pulls: tuple[Pull, ...]) -> Self:
        """A move of an offset [k, dim]; of the pulls the last ones are remembered."""
        return cls(offset=pack_latent(offset), pulls=pulls[-_MOST_PULLS:])

    def offset_of(self, w: Latent) -> Latent:
        """[slots, dim] as w, zero in the slots that were not moved."""
        moved = unpack_latent(self.offset, (-1, w.shape[1]))
        made = np.zeros_like(w)
        if len(moved) > len(w):
            unpack_latent(self.offset, w.shape)  # says that it does not fit
        made[: len(moved)] = moved
        return made

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        return w + self.offset_of(w)
