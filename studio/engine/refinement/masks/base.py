"""What a kind of mask is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared parameters with
`weights`, decorated with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from models.parameters import Declared
from models.registry import Registry
from studio.engine.artwork import Image
from studio.engine.errors import UsageError


@dataclass(frozen=True)
class MaskKind(Declared, ABC):
    """Places are shares of width and height, 0 to 1, so that a mask fits any size."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def weights(self, image: Image) -> Image:
        """float32 [h, w] in [0, 1] of what the step is given: 1 where it works fully."""

    def settled(self, folder: Path) -> Self:
        """The same with whole paths of its files, which begin at `folder`."""
        return self


def places(image: Image) -> tuple[Image, Image]:
    """The middles of the pixels, as shares of the sides: x as [1, w] and y as [h, 1]."""
    height, width = image.shape[:2]
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5)) / np.float32(width)
    y = (np.arange(height, dtype=np.float32) + np.float32(0.5)) / np.float32(height)
    return x[None, :], y[:, None]


_REGISTRY = Registry[type[MaskKind]](
    "studio.engine.refinement.masks",
    lambda name, known: UsageError(
        "There is no kind of mask {name}. Known: {known}.", name=name, known=known
    ),
)
register, mask_kinds, mask_kind = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one
