"""Along a direction of the model."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from studio.engine.generation.beginnings import Beginning, Played
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent

FARTHEST = 100.0
"""Standard deviations; far beyond anything that is still a picture."""

Sigma = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]


@register
class Along(Move):
    """`sigma` standard deviations along a direction of the model."""

    name: ClassVar[str] = "along"
    rank: ClassVar[int] = 1

    kind: Literal["along"] = "along"
    direction: Annotated[int, Field(ge=0)]
    sigma: Sigma

    @property
    def control(self) -> tuple[str, int]:
        return self.name, self.direction

    @property
    def idle(self) -> bool:
        """At the middle of its slider."""
        return self.sigma == 0

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        return w + np.float32(self.sigma) * played.direction(self.direction) if self.sigma else w
