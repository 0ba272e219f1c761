"""A point that was moved by a search: what it found is kept, not how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from studio.engine.generation.beginnings import Beginning, Played, unpack_latent
from studio.engine.generation.moves.base import Move, Share
from studio.engine.generation.slerp import Latent


class Offset(Move):
    """`share` of `offset`, float32 [k, dim] for the first k slots, as :attr:`Point.w`."""

    rest: ClassVar[Mapping[str, object]] = {"share": 0.0}
    of_picture: ClassVar[bool] = True

    offset: str
    share: Share = 1.0

    def offset_of(self, w: Latent) -> Latent:
        """[slots, dim] as w, zero in the slots that are not moved."""
        moved = unpack_latent(self.offset, (-1, w.shape[1]))
        made = np.zeros_like(w)
        if len(moved) > len(w):
            unpack_latent(self.offset, w.shape)  # says that it does not fit
        made[: len(moved)] = np.float32(self.share) * moved
        return made

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        return w + self.offset_of(w)
