"""What no latent can say: added to the coarsest layer.

The F/W+ space of Kang 2021 ('GAN inversion for out-of-range images with geometric
transformations', arXiv:2108.08998), which Zhu 2021 ('Barbershop', arXiv:2106.01505, Sec. 3.2)
calls F/S: one map of activations is free, and the layers after it are drawn as always, so that
sliders, which move the latent, go on working.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from models.facts import Ability
from studio.engine.errors import StudioError
from studio.engine.generation.beginnings import Played
from studio.engine.generation.moves.base import Move, Share, register
from studio.engine.generation.synthesis import Drawing

if TYPE_CHECKING:
    from torch import Tensor

Activations = np.ndarray[Any, np.dtype[np.float16]]
"""[c, h, w] of a layer."""
Added = np.ndarray[Any, np.dtype[np.float32]]
_LONGEST = 1 << 20
"""Characters: the widest coarse layer that is known takes a twentieth."""


class CoarseLayer(Move):
    """`share` of `values` is added to what the coarsest layer says: float16 [c, h, w],
    little-endian, base64."""

    rank: ClassVar[int] = 9
    rest: ClassVar[Mapping[str, object]] = {"share": 0.0}
    of_picture: ClassVar[bool] = True

    values: Annotated[str, Field(max_length=_LONGEST)]
    share: Share = 1.0

    @classmethod
    def of(cls, activations: Activations | Added) -> Self:
        """All of them."""
        packed = np.asarray(activations, "<f2").tobytes()
        return cls(values=base64.b64encode(packed).decode("ascii"))

    def added(self, played: Played) -> Added:
        """float32 [c, h, w]; :class:`StudioError` where it does not fit the model."""
        coarsest = played.layers()[0]
        shape = coarsest.channels, coarsest.height, coarsest.width
        try:
            read = np.frombuffer(base64.b64decode(self.values, validate=True), "<f2")
            if not np.isfinite(read).all():
                raise ValueError("there are values that are no numbers")
            made: Added = np.float32(self.share) * read.reshape(shape).astype(np.float32)
            return made
        except ValueError as error:
            raise StudioError(
                "The residual of this recipe does not fit the model: open the model it was made "
                "with.",
                repr(error),
            ) from error

    def bend(self, drawing: Drawing, played: Played) -> None:
        """As :class:`Move` says."""
        played.need(Ability.BEND)
        added = self.added(played)
        if self.share:
            drawing.changes[0].append(_Added(self.values, self.share, added))


@register
class Residual(CoarseLayer):
    """What a brought-in picture has that its latent cannot say."""

    name: ClassVar[str] = "residual"

    kind: Literal["residual"] = "residual"


@register
class DraggedLayer(CoarseLayer):
    """What dragging points changed in the coarsest layer, where a latent has too few numbers to
    move a part of the picture alone."""

    name: ClassVar[str] = "dragged_layer"

    kind: Literal["dragged_layer"] = "dragged_layer"


@dataclass(frozen=True)
class _Added:
    """Equal where nothing differs, as :mod:`bend` has it."""

    text: str
    share: float
    added: Added = field(compare=False)

    def __call__(self, x: Tensor) -> Tensor:
        import torch

        return x + torch.from_numpy(self.added).to(x)
