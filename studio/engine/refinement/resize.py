"""A new size by Lanczos resampling."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.errors import StudioError
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.planes import preview_size, resized

LARGEST = 16384
LARGEST_AREA = 100_000_000
"""Pixels; a picture of more takes several gigabytes while it is worked on."""


@register
@dataclass(frozen=True)
class Resize(Operation):
    """The longer side comes to `longer` pixels, or the picture is scaled by `factor`."""

    name = "resize"
    title = "Resize"
    summary = "Larger or smaller, by Lanczos."
    group = "Shape"
    reshapes = True

    factor: float = param(
        2.0, label="Factor", low=0.05, high=16.0, step=0.25, term="scale",
        help="2 is twice as wide and twice as high.",
    )  # fmt: skip
    longer: int = param(
        0, label="Longer side", low=0, high=LARGEST, step=64, unit="px",
        help="Exact length of the longer side; 0 uses the factor.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        size = self._size(image.shape[1], image.shape[0])
        return image if size == (image.shape[1], image.shape[0]) else resized(image, size)

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        height, width = image.shape[:2]
        true = self._size(max(1, round(width / scale)), max(1, round(height / scale)))
        size, share = preview_size(true, (width, height))
        return resized(image, size), share

    def _size(self, width: int, height: int) -> tuple[int, int]:
        factor = self.longer / max(height, width) if self.longer else self.factor
        return allowed((max(1, round(width * factor)), max(1, round(height * factor))))


def allowed(size: tuple[int, int]) -> tuple[int, int]:
    """The size, or :class:`StudioError` where it is beyond what can be worked on."""
    if max(size) > LARGEST or size[0] * size[1] > LARGEST_AREA:
        raise StudioError(
            "Resizing to {width} × {height} pixels is too large: at most {n} a side "
            "and {n_all} million pixels; choose a smaller size.",
            width=size[0],
            height=size[1],
            n=LARGEST,
            n_all=LARGEST_AREA // 1_000_000,
        )
    return size
