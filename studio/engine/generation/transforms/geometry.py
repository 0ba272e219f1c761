"""Where activations are: what goes over the edge is what lies at the edge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.parameters import param
from studio.engine.generation.transforms.base import Plain, register

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Rotate(Plain):
    """About the middle, anticlockwise."""

    name: ClassVar[str] = "rotate"
    title: ClassVar[str] = "Rotate"
    summary: ClassVar[str] = "Turns what the layer says about the middle."

    degrees: float = param(
        20.0, label="Angle", low=-180.0, high=180.0, step=1, unit="°", term="rotation",
        help="How far it is turned; to the left above 0.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        turn = math.radians(self.degrees)
        across = x.shape[3] / x.shape[2]
        cos, sin = math.cos(turn), math.sin(turn)
        return _resampled(x, ((cos, -sin / across, 0.0), (sin * across, cos, 0.0)))


@register
@dataclass(frozen=True)
class Translate(Plain):
    """Moved, in parts of the sides."""

    name: ClassVar[str] = "translate"
    title: ClassVar[str] = "Move"
    summary: ClassVar[str] = "Moves what the layer says to another place."

    right: float = param(
        0.1, label="To the right", low=-1.0, high=1.0, step=0.01, term="translation in x",
        help="As a part of the width; to the left below 0.",
    )  # fmt: skip
    down: float = param(
        0.0, label="Down", low=-1.0, high=1.0, step=0.01, term="translation in y",
        help="As a part of the height; up below 0.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return _resampled(x, ((1.0, 0.0, -2 * self.right), (0.0, 1.0, -2 * self.down)))


@register
@dataclass(frozen=True)
class Zoom(Plain):
    """Enlarged about the middle."""

    name: ClassVar[str] = "zoom"
    title: ClassVar[str] = "Zoom"
    summary: ClassVar[str] = "Enlarges what the layer says, or makes it smaller."

    factor: float = param(
        1.25, label="Factor", low=0.25, high=4.0, step=0.05, term="scaling",
        help="How many times as large it becomes; smaller below 1.",
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return _resampled(x, ((1 / self.factor, 0.0, 0.0), (0.0, 1 / self.factor, 0.0)))


@register
@dataclass(frozen=True)
class Flip(Plain):
    """Mirrored."""

    name: ClassVar[str] = "flip"
    title: ClassVar[str] = "Flip"
    summary: ClassVar[str] = "Mirrors what the layer says."

    axis: str = param(
        "horizontal", label="Direction", choices=("horizontal", "vertical", "both"),
        term="reflection", help="Left and right, top and bottom, or both.",
        names={"horizontal": "Left to right", "vertical": "Top to bottom", "both": "Both ways"},
    )  # fmt: skip

    def apply(self, x: Tensor) -> Tensor:
        return x.flip({"horizontal": (3,), "vertical": (2,), "both": (2, 3)}[self.axis])


def _resampled(x: Tensor, matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """Bilinear at the places that `matrix` [2, 3] gives of those of the result, in [-1, 1]."""
    import torch
    from torch.nn import functional as F

    places = torch.tensor(matrix, dtype=torch.float32, device=x.device)
    grid = F.affine_grid(places.expand(len(x), 2, 3), list(x.shape), align_corners=False)
    moved = F.grid_sample(x.float(), grid, padding_mode="border", align_corners=False)
    return moved.to(x.dtype)
