"""From one label to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Beginning, Played, Seeded
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent


@register
class LabelMix(Move):
    """Towards the picture that the same seed is with another label, in a straight line: what lies
    between two labels has no sphere around it. Also where the seed draws the label it begins
    with; `share` 1 is there.
    """

    name: ClassVar[str] = "label_mix"
    rank: ClassVar[int] = -2
    rest: ClassVar[Mapping[str, object]] = {"share": 0.0}

    kind: Literal["label_mix"] = "label_mix"
    label: Annotated[int, Field(ge=0)]
    share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        if not self.share:
            return w
        if not isinstance(beginning, Seeded):
            raise UsageError(
                "A point has no label to begin with: mix labels of a picture that begins at a seed."
            )
        other = played.sample(beginning.model_copy(update={"label": self.label}))
        return w + np.float32(self.share) * (other - w)
