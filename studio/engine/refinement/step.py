"""One step: an operation with its parameters, and how its result is laid over what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from models.parameters import Value
from studio.engine.artwork import Image
from studio.engine.errors import UsageError
from studio.engine.refinement import base
from studio.engine.refinement.blend_modes import BLENDS, blended
from studio.engine.refinement.masks.mask import Mask

PLAIN: dict[str, object] = {"opacity": 1.0, "blend": "normal", "mask": None}
"""The result as it is: what a step says nothing of."""


class Step(BaseModel):
    """Parameters not named have their defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op: str
    enabled: bool = True
    params: dict[str, Value] = Field(default_factory=dict)
    opacity: float = Field(1.0, ge=0.0, le=1.0, allow_inf_nan=False)
    blend: str = "normal"
    mask: Mask | None = None

    @field_validator("op")
    @classmethod
    def _known(cls, name: str) -> str:
        base.operation(name)
        return name

    @field_validator("blend")
    @classmethod
    def _known_blend(cls, name: str) -> str:
        if name not in BLENDS:
            raise UsageError(
                "There is no blend mode {name!r}. Known: {known}.",
                name=name,
                known=", ".join(BLENDS),
            )
        return name

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if base.operation(self.op).reshapes and not self.is_plain:
            raise UsageError(
                "{op} changes where things lie: it can have no mask, opacity or blend mode.",
                op=self.op,
            )
        return self

    @model_serializer(mode="wrap")
    def _short(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what is said by silence: so were steps before there was an envelope."""
        values: dict[str, Any] = whole(self)
        return {
            key: value
            for key, value in values.items()
            if key not in PLAIN or getattr(self, key) != PLAIN[key]
        }

    @property
    def is_plain(self) -> bool:
        return all(getattr(self, key) == value for key, value in PLAIN.items())

    def operation(self) -> base.Operation:
        """The operation with its parameters checked; :class:`ParameterError` when one is wrong."""
        return base.operation(self.op).from_mapping(self.params)

    def check(self) -> None:
        """:class:`ParameterError` when a parameter of the operation or the mask is wrong."""
        self.operation()
        if self.mask is not None:
            self.mask.shape()

    def settled(self, folder: Path) -> Self:
        """The same without need of any file; paths in it begin at `folder`."""
        operation = self.operation()
        settled = operation.settled(folder)
        if settled == operation:
            return self
        return self.model_copy(update={"params": settled.as_dict()})

    def apply(self, image: Image) -> Image:
        """float32 [h, w, c] with the step done; `image` is not changed."""
        return self._laid(image, self.operation().apply(image))

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        """As :meth:`Operation.previewed`."""
        made, after = self.operation().previewed(image, scale)
        return self._laid(image, made), after

    def _laid(self, image: Image, made: Image) -> Image:
        if self.is_plain:
            return made
        weight: Image | float = self.opacity
        if self.mask is not None:
            weight = self.mask.weights(image) * weight
        return blended(image, made, self.blend, weight)
