"""One step: an operation with its parameters, and how its result is laid over what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from models.parameters import Value
from studio.engine.artwork import Image
from studio.engine.errors import UsageError
from studio.engine.refinement import base
from studio.engine.refinement.laid import Laid


class Step(Laid):
    """Parameters not named have their defaults."""

    op: str
    params: dict[str, Value] = Field(default_factory=dict)

    @field_validator("op")
    @classmethod
    def _known(cls, name: str) -> str:
        base.operation(name)
        return name

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.reshapes and not self.is_plain:
            raise UsageError(
                "{op} changes where things lie: it can have no mask, opacity or blend mode.",
                op=self.op,
            )
        return self

    @property
    def title(self) -> str:
        """In English."""
        return base.operation(self.op).title

    @property
    def reshapes(self) -> bool:
        return base.operation(self.op).reshapes

    def operation(self) -> base.Operation:
        """The operation with its parameters checked; :class:`ParameterError` when one is wrong."""
        return base.operation(self.op).from_mapping(self.params)

    def check(self) -> None:
        """:class:`ParameterError` when a parameter of the operation or the mask is wrong."""
        self.operation()
        if self.mask is not None:
            self.mask.shape()

    def settled(self, folder: Path) -> Self:
        """The same without need of any file but by its whole path; paths begin at `folder`."""
        operation = self.operation()
        settled, made = operation.settled(folder), self.with_settled_mask(folder)
        if settled == operation:
            return made
        return made.model_copy(update={"params": settled.as_dict()})

    def apply(self, image: Image) -> Image:
        """float32 [h, w, c] with the step done; `image` is not changed."""
        return self.laid(image, self.operation().apply(image))

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        """As :meth:`Operation.previewed`."""
        made, after = self.operation().previewed(image, scale)
        return self.laid(image, made), after
