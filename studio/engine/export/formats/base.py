"""What an export format is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared options
with a `write`, decorated with :func:`register`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from models.parameters import Declared
from studio.engine.errors import UsageError
from studio.engine.export import formats as formats_package
from studio.engine.pieces.origin import Origin

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
"""uint8 [h, w, c], c of 1, 3 or 4, sRGB, straight alpha."""


@dataclass(frozen=True)
class Format(Declared, ABC):
    """One way to write a picture; its options are its declared parameters."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def write(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Write `image` with the sRGB profile and its origin to `target`, a new file."""


_REGISTRY: dict[str, type[Format]] = {}


def register(kind: type[Format]) -> type[Format]:
    """Class decorator: make a format known under its `name`."""
    _REGISTRY[kind.name] = kind
    return kind


def formats() -> dict[str, type[Format]]:
    """All formats by name."""
    for module in pkgutil.iter_modules(formats_package.__path__):
        importlib.import_module(f"{formats_package.__name__}.{module.name}")
    return dict(sorted(_REGISTRY.items()))


def format_of(name: str) -> type[Format]:
    """The format called `name`, or :class:`UsageError` naming those there are."""
    known = formats()
    if name not in known:
        raise UsageError(f"There is no export format {name!r}. Known: {', '.join(known)}.")
    return known[name]


def to_pillow(image: Pixels) -> Any:
    """A Pillow image of modes L, RGB or RGBA."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[2] == 1 else image))
