"""More or less of the noise that the layers of a generator add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Played
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.synthesis import Drawing

MOST = 10.0
"""Times what the model has learnt; far beyond anything that is still a picture."""

Strength = Annotated[float, Field(ge=0.0, le=MOST)]
LayerNumber = Annotated[int, Field(ge=0)]


@register
class NoiseStrength(Move):
    """By how much the noise is multiplied: in all layers by `strength`, and in some of `layers`
    by another number (Karras 2019, arXiv:1812.04948, Sec. 3.2: "stochastic variation"). 1 is as
    learnt. Which noise it is the recipe says, by its seed.
    """

    name: ClassVar[str] = "noise"
    rank: ClassVar[int] = 10
    rest: ClassVar[Mapping[str, object]] = {"strength": 1.0}

    kind: Literal["noise"] = "noise"
    strength: Strength = 1.0
    layers: dict[LayerNumber, Strength] = Field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """As the model has learnt it."""
        return all(each == 1 for each in (self.strength, *self.layers.values()))

    def of(self, layer: int) -> float:
        """By how much the noise of a layer is multiplied."""
        return self.layers.get(layer, self.strength)

    def bend(self, drawing: Drawing, played: Played) -> None:
        """As :class:`Move` says."""
        played.need(Ability.NOISE)
        noisy = [number for number, layer in enumerate(played.layers()) if layer.noisy]
        for layer in self.layers:
            if layer not in noisy:
                raise UsageError(
                    "Layer {layer} of this model has no noise: take one of {layers}.",
                    layer=layer, layers=", ".join(map(str, noisy)),
                )  # fmt: skip
        drawing.noise |= {layer: self.of(layer) for layer in noisy}
