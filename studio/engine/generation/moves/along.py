"""Along a direction of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from studio.engine.generation import zones
from studio.engine.generation.beginnings import Beginning, Played
from studio.engine.generation.directions.direction import KEY
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent

FARTHEST = 100.0
"""Standard deviations; far beyond anything that is still a picture."""

Sigma = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]
Number = Annotated[int, Field(ge=0, strict=True)]
Key = Annotated[str, Field(pattern=KEY)]
Zone = Annotated[str, Field(pattern=zones.PATTERN)]


@register
class Along(Move):
    """`sigma` steps along a direction of the model, in the layers of `zone`.

    `direction` is its identity; in recipes of versions until 0.2 the number of a component.
    """

    name: ClassVar[str] = "along"
    rank: ClassVar[int] = 1
    rest: ClassVar[Mapping[str, object]] = {"sigma": 0.0}

    kind: Literal["along"] = "along"
    direction: Number | Key
    sigma: Sigma
    zone: Zone = zones.EVERYWHERE

    @property
    def control(self) -> tuple[str, int | str]:
        return self.name, self.direction

    @property
    def idle(self) -> bool:
        """At the middle of its slider."""
        return self.sigma == 0

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        if not self.sigma:
            return w
        return w + np.float32(self.sigma) * played.direction(self.direction, self.zone)
