"""A transform of what one layer says, or some of its channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from models.facts import Ability
from models.parameters import Value
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Played
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.synthesis import Drawing
from studio.engine.generation.transforms.base import Transform, transform

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Change

Number = Annotated[int, Field(ge=0)]


@register
class Bend(Move):
    """Network bending (see :mod:`models.bending`).

    `channels` are those that are changed, all of them where it is None; `group` says, where they
    came from a group (:mod:`channel_groups`), which it is, from 1, and of how many. `amount` is
    how much of the change is made; `place` tells the bends of a recipe apart.
    """

    name: ClassVar[str] = "bend"
    rank: ClassVar[int] = 11
    rest: ClassVar[Mapping[str, object]] = {"amount": 0.0}

    kind: Literal["bend"] = "bend"
    place: Number = 0
    layer: Number
    transform: str
    values: dict[str, Value] = Field(default_factory=dict)
    amount: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    channels: tuple[Number, ...] | None = None
    group: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def _with_values_that_fit(self) -> Self:
        assert self.made is not None
        return self

    @property
    def made(self) -> Transform:
        """The transform with its values. Not remembered: a copy with other values would have it."""
        return transform(self.transform).from_mapping(self.values)

    @property
    def control(self) -> tuple[str, int]:
        return self.name, self.place

    def bend(self, drawing: Drawing, played: Played) -> None:
        """As :class:`Move` says."""
        played.need(Ability.BEND)
        layers = played.layers()
        if self.layer >= len(layers):
            raise UsageError(
                "There is no layer {layer}: this model has {first} to {last}.",
                layer=self.layer, first=0, last=len(layers) - 1,
            )  # fmt: skip
        count = layers[self.layer].channels
        if self.channels and max(self.channels) >= count:
            raise UsageError(
                "Layer {layer} has no channel {channel}: it has {first} to {last}.",
                layer=self.layer, channel=max(self.channels), first=0, last=count - 1,
            )  # fmt: skip
        if self.amount:
            change = self.made.change(played, self.layer, self.channels)
            drawing.changes[self.layer].append(_Partly(change, self.amount, self.channels))


@dataclass(frozen=True)
class _Partly:
    """A change of some channels, made by so much. Equal where nothing differs: what a model has
    drawn before such a layer need not be drawn again."""

    change: Change
    amount: float
    channels: tuple[int, ...] | None

    def __call__(self, x: Tensor) -> Tensor:
        if self.channels is None:
            return self._changed(x)
        whole, own = x.clone(), list(self.channels)
        whole[:, own] = self._changed(x[:, own])
        return whole

    def _changed(self, x: Tensor) -> Tensor:
        made = self.change(x)
        return made if self.amount == 1 else x.lerp(made, self.amount)
