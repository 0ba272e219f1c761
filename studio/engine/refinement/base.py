"""What a refine operation is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared
parameters with an `apply`, decorated with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from models.parameters import Declared
from models.registry import Registry
from studio.engine.artwork import Image
from studio.engine.errors import UsageError

GROUPS = ("Shape", "Light", "Colour", "Detail", "Effects")
"""Under which a menu lists operations, in this order."""


@dataclass(frozen=True)
class Operation(Declared, ABC):
    """One step of a stack. Its defaults are gentle: adding one never spoils a picture."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    group: ClassVar[str] = "Effects"
    """One of :data:`GROUPS`."""
    reshapes: ClassVar[bool] = False
    """Whether it changes where things lie, and not only how they look."""

    @abstractmethod
    def apply(self, image: Image) -> Image:
        """A new picture; `image` is not changed. The size may change."""

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        """The same of a picture that stands for one 1/`scale` times as large, and what of the
        result's size that is then. Lengths in pixels become shorter with it."""
        return self.scaled(scale).apply(image), scale

    def scaled(self, scale: float) -> Self:
        """The same for a smaller picture: what is said in pixels is `scale` times as much."""
        shorter = {
            name: max(each.low or 0.0, getattr(self, name) * scale)
            for name, each in self.params().items()
            if each.unit == "px" and each.kind is float
        }
        return replace(self, **shorter) if shorter and scale != 1.0 else self

    def settled(self, folder: Path) -> Self:
        """The same without need of any file; paths in it begin at `folder`."""
        return self


_REGISTRY = Registry[type[Operation]](
    "studio.engine.refinement",
    lambda name, known: UsageError(
        "There is no operation {name}. Known: {known}.", name=name, known=known
    ),
)
register, operations, operation = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
