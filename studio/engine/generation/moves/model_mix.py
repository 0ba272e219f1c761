"""Some layers of another model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from models.facts import Ability
from studio.engine.generation.beginnings import Played
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.synthesis import Drawing, OtherWeights

if TYPE_CHECKING:
    from models.bending import Layer


@register
class ModelMix(Move):
    """The model whose `model.safetensors` has the SHA-256 `model` draws the fine layers, or the
    coarse ones (see :mod:`models.mixing`).

    The change goes over `softness` doublings about layers of `cut` pixels, their shorter side; at
    `share` 1 the other model is alone at its end.
    """

    name: ClassVar[str] = "model_mix"
    rank: ClassVar[int] = 12
    rest: ClassVar[Mapping[str, object]] = {"share": 0.0}

    kind: Literal["model_mix"] = "model_mix"
    model: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    part: Literal["fine", "coarse"] = "fine"
    cut: Annotated[float, Field(ge=1.0, le=2048.0)] = 16.0
    softness: Annotated[float, Field(ge=0.0, le=10.0)] = 1.0
    share: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0

    def bend(self, drawing: Drawing, played: Played) -> None:
        """As :class:`Move` says."""
        played.need(Ability.BEND)
        shares = tuple(self.share_of(layer) for layer in played.layers())
        if any(shares):
            drawing.other = OtherWeights(self.model, shares)

    def share_of(self, layer: Layer) -> float:
        """How much of the other model a layer is, 0 to 1."""
        above = math.log2(min(layer.height, layer.width) / self.cut)
        if self.softness:
            fine = min(1.0, max(0.0, 0.5 + above / self.softness))
        else:
            fine = float(above >= 0)
        return self.share * (fine if self.part == "fine" else 1 - fine)
