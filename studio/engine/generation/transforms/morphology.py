"""Grown and shrunk shapes: grey morphology of each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.transforms.base import Plain, register

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class _Morphology(Plain):
    radius: int = param(
        1, label="Radius", low=0, high=8, step=1, unit="cells", term="structuring element",
        help="How far, in cells of the layer: one of a coarse layer is many pixels.",
    )  # fmt: skip

    def _largest(self, x: Tensor) -> Tensor:
        from torch.nn import functional as F

        return F.max_pool2d(x, 2 * self.radius + 1, stride=1, padding=self.radius)


@register
@dataclass(frozen=True)
class Dilate(_Morphology):
    """The largest number nearby."""

    name: ClassVar[str] = "dilate"
    title: ClassVar[str] = "Dilate"
    summary: ClassVar[str] = "Lets what is strong grow."

    def apply(self, x: Tensor) -> Tensor:
        return self._largest(x)


@register
@dataclass(frozen=True)
class Erode(_Morphology):
    """The smallest number nearby."""

    name: ClassVar[str] = "erode"
    title: ClassVar[str] = "Erode"
    summary: ClassVar[str] = "Lets what is strong shrink."

    def apply(self, x: Tensor) -> Tensor:
        return -self._largest(-x)
