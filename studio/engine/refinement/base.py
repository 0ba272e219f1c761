"""What a refine operation is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared
parameters with an `apply`, decorated with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from models.parameters import Declared
from models.registry import Registry
from studio.engine.artwork import Image
from studio.engine.errors import UsageError


@dataclass(frozen=True)
class Operation(Declared, ABC):
    """One step of a stack. Its defaults are gentle: adding one never spoils a picture."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    reshapes: ClassVar[bool] = False
    """Whether it changes where things lie, and not only how they look."""

    @abstractmethod
    def apply(self, image: Image) -> Image:
        """A new picture; `image` is not changed. The size may change."""


_REGISTRY = Registry[type[Operation]](
    "studio.engine.refinement",
    lambda name, known: UsageError(
        "There is no operation {name}. Known: {known}.", name=name, known=known
    ),
)
register, operations, operation = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
