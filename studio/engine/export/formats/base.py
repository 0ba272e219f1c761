"""What an export format is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared options
with a `write`, decorated with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from models.parameters import Declared
from models.registry import Registry
from studio.engine.errors import UsageError
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


_REGISTRY = Registry[Format](
    "studio.engine.export.formats",
    lambda name, known: UsageError(
        "There is no export format {name}. Known: {known}.", name=name, known=known
    ),
)
register, formats, format_of = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one


def to_pillow(image: Pixels) -> Any:
    """A Pillow image of modes L, RGB or RGBA."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[2] == 1 else image))
