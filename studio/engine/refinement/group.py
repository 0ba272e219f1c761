"""Several steps that are laid over the picture as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from studio.engine.artwork import Image
from studio.engine.errors import UsageError
from studio.engine.refinement.laid import PLAIN, Laid
from studio.engine.refinement.step import Step

LONGEST_NAME = 60


class Group(Laid):
    """Its steps happen in their order, each laid over the one before; then all of it is laid over
    what the first was given. A group is left out as a whole, and holds no other group."""

    unsaid: ClassVar[Mapping[str, object]] = {**PLAIN, "name": "", "folded": False}

    name: str = Field("", max_length=LONGEST_NAME)
    """The artist's; empty where she gave none."""
    steps: tuple[Step, ...] = Field(min_length=1)
    folded: bool = False
    """Whether a list shows the group alone."""

    @field_validator("steps", mode="before")
    @classmethod
    def _of_steps(cls, steps: object) -> object:
        if isinstance(steps, list) and any(isinstance(s, dict) and "steps" in s for s in steps):
            raise UsageError("A group holds steps and no other group: take one of them apart.")
        return steps

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.reshapes and not self.is_plain:
            raise UsageError(
                "{op} changes where things lie: a group with it can have no mask, opacity or "
                "blend mode. Take it out of the group first.",
                op=next(step.op for step in self.steps if step.reshapes),
            )
        return self

    @property
    def title(self) -> str:
        """In English where the artist gave no name."""
        return self.name or "Group"

    @property
    def reshapes(self) -> bool:
        return any(step.reshapes for step in self.steps)

    @property
    def enabled_steps(self) -> list[Step]:
        return [step for step in self.steps if step.enabled]

    def check(self) -> None:
        """As :meth:`Step.check`."""
        for step in self.steps:
            step.check()
        if self.mask is not None:
            self.mask.shape()

    def settled(self, folder: Path) -> Self:
        """As :meth:`Step.settled`."""
        steps, made = tuple(step.settled(folder) for step in self.steps), self
        if any(one is not other for one, other in zip(steps, self.steps, strict=True)):
            made = made.model_copy(update={"steps": steps})
        return made.with_settled_mask(folder)

    def apply(self, image: Image) -> Image:
        """As :meth:`Step.apply`."""
        made = image
        for step in self.enabled_steps:
            made = step.apply(made)
        return self.laid(image, made)
