"""What a refine operation is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared
parameters with an `apply`, decorated with :func:`register`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from models.parameters import Declared
from studio.engine import refinement
from studio.engine.errors import UsageError

Image = np.ndarray[Any, np.dtype[np.float32]]
"""float32 [h, w, c], c of 1, 3 or 4, sRGB in [0, 1]; colour premultiplied by alpha when c is 4."""


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


_REGISTRY: dict[str, type[Operation]] = {}


def register(operation: type[Operation]) -> type[Operation]:
    """Class decorator: make an operation known under its `name`."""
    _REGISTRY[operation.name] = operation
    return operation


def operations() -> dict[str, type[Operation]]:
    """All operations by name."""
    for module in pkgutil.iter_modules(refinement.__path__):
        importlib.import_module(f"{refinement.__name__}.{module.name}")
    return dict(sorted(_REGISTRY.items()))


def operation(name: str) -> type[Operation]:
    """The operation called `name`, or :class:`UsageError` naming those there are."""
    known = operations()
    if name not in known:
        raise UsageError(f"There is no operation {name!r}. Known: {', '.join(known)}.")
    return known[name]
