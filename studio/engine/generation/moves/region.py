"""A part of the picture that is drawn from another point, and laid over it."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Part, Played, pack_latent, unpack_latent
from studio.engine.generation.moves.base import Move, Share, register
from studio.engine.generation.moves.dragged import PackedMask, Side, inflated
from studio.engine.generation.slerp import Latent
from studio.engine.generation.synthesis import Drawing, Patch

Weights = np.ndarray[Any, np.dtype[np.float32]]
"""[h, w] at the size of the picture, 0 to 1: how much of the other picture is seen."""


class PackedWeights(Part):
    """Weights row by row, a byte a pixel of which 255 is 1, deflated, base64."""

    width: Side
    height: Side
    levels: str

    @classmethod
    def of(cls, weights: Weights) -> Self:
        height, width = weights.shape
        levels = np.rint(np.clip(weights, 0.0, 1.0) * 255).astype(np.uint8)
        text = base64.b64encode(zlib.compress(levels.tobytes())).decode("ascii")
        return cls(width=width, height=height, levels=text)

    @model_validator(mode="after")
    def _holds_weights(self) -> Self:
        self.unpacked()
        return self

    def unpacked(self) -> Weights:
        """The weights; ValueError where the text holds none of this size."""
        levels = inflated(self.levels, self.width * self.height)
        if levels is None:
            raise ValueError(f"the mask is not one of {self.width}x{self.height} pixels")
        made = np.frombuffer(levels, np.uint8).astype(np.float32) / np.float32(255)
        return made.reshape(self.height, self.width)


@register
class Region(Move):
    """Where `weights` say so, the picture is one of another point of the same model; where they
    are 0 it stays what it was to the last level.

    `other` is float32 [slots, dim] as :attr:`Point.w`: how far the other point is from this one,
    so that both move on together. With `cells` it is [n, dim] instead, what stands in those
    cells. `place` tells the regions of a recipe apart; each is laid over those before it, by
    `share` of its weights.
    """

    name: ClassVar[str] = "region"
    rank: ClassVar[int] = 13
    rest: ClassVar[Mapping[str, object]] = {"share": 0.0}
    of_picture: ClassVar[bool] = True

    kind: Literal["region"] = "region"
    place: Annotated[int, Field(ge=0)] = 0
    weights: PackedWeights
    other: str
    cells: PackedMask | None = None
    share: Share = 1.0

    @classmethod
    def between(
        cls, place: int, weights: Weights, w: Latent, other: Latent, cells: PackedMask | None = None
    ) -> Self:
        """From the points w and `other`, both [slots, dim]."""
        said = other - w if cells is None else other[cells.unpacked().flatten()]
        packed = PackedWeights.of(weights)
        return cls(place=place, weights=packed, other=pack_latent(said), cells=cells)

    @property
    def control(self) -> tuple[str, int | str]:
        """Each place is one of its own."""
        return self.name, self.place

    @property
    def idle(self) -> bool:
        """Nothing of it is seen."""
        return not self.weights.unpacked().any()

    def bend(self, drawing: Drawing, played: Played) -> None:
        """As :class:`Move` says."""
        width, height = played.size
        if (self.weights.width, self.weights.height) != (width, height):
            raise UsageError(
                "The region is one of a picture of {mask_width} × {mask_height} pixels, and this "
                "model draws {width} × {height}: take it away, or open the model it was made with.",
                mask_width=self.weights.width, mask_height=self.weights.height, width=width,
                height=height,
            )  # fmt: skip
        slots, dim = played.shape
        kept = np.ones((slots, 1), np.float32)
        if self.cells is None:
            added = unpack_latent(self.other, (slots, dim))
        else:
            chosen = self.cells.unpacked().flatten()
            if len(chosen) != slots:
                raise UsageError(
                    "The part to be drawn anew is one of {width} × {height} cells, which this "
                    "model does not have: choose it again.",
                    width=self.cells.width, height=self.cells.height,
                )  # fmt: skip
            kept[chosen] = 0
            added = np.zeros((slots, dim), np.float32)
            added[chosen] = unpack_latent(self.other, (int(chosen.sum()), dim))
        if self.share:
            weights = self.weights.unpacked() * np.float32(self.share)
            drawing.patches.append(Patch(weights, kept, added))
