"""Cut the edges away."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.planes import resized
from studio.engine.said import Said

ASPECTS = ("free", "1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9")


@register
@dataclass(frozen=True)
class Crop(Operation):
    """Take a part off each side, then the largest middle part of the wanted shape."""

    name = "crop"
    title = "Crop"
    summary = "Cut the edges away."
    group = "Shape"
    reshapes = True

    left: float = param(
        0.0, label="Left", low=0.0, high=0.95, step=0.01, help="Part of the width to cut off."
    )
    top: float = param(
        0.0, label="Top", low=0.0, high=0.95, step=0.01, help="Part of the height to cut off."
    )
    right: float = param(
        0.0, label="Right", low=0.0, high=0.95, step=0.01, help="Part of the width to cut off."
    )
    bottom: float = param(
        0.0, label="Bottom", low=0.0, high=0.95, step=0.01, help="Part of the height to cut off."
    )
    aspect: str = param(
        "free", label="Shape", choices=ASPECTS, term="aspect ratio",
        help="Width to height of what stays.",
    )  # fmt: skip

    def conflicts(self) -> list[Said]:
        wrong = []
        if self.left + self.right >= 0.99:
            wrong.append(Said("left and right together cut the whole picture away."))
        if self.top + self.bottom >= 0.99:
            wrong.append(Said("top and bottom together cut the whole picture away."))
        return wrong

    def apply(self, image: Image) -> Image:
        height, width = image.shape[:2]
        x0, y0, x1, y1 = self._box(width, height)
        return image[min(y0, height - 1) : y1, min(x0, width - 1) : x1].copy()

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        """Where the whole picture is cut, to a part of a pixel: it does not move when it comes."""
        if scale == 1.0:
            return self.apply(image), scale
        height, width = image.shape[:2]
        true = max(1, round(width / scale)), max(1, round(height / scale))
        across, down = width / true[0], height / true[1]
        x0, y0, x1, y1 = self._box(*true)
        x0, y0 = min(x0, true[0] - 1), min(y0, true[1] - 1)
        size = max(1, round((x1 - x0) * across)), max(1, round((y1 - y0) * down))
        box = x0 * across, y0 * down, min(width, x1 * across), min(height, y1 * down)
        return resized(image, size, box), scale

    def _box(self, width: int, height: int) -> tuple[int, int, int, int]:
        box = self.left, self.top, 1 - self.right, 1 - self.bottom
        return _pixels(box, self.aspect, width, height)


Box = tuple[float, float, float, float]


def kept_part(box: Box, aspect: str, width: int, height: int) -> Box:
    """What stays of a picture, in shares of its sides, where `box` is the part that was cut out
    (left, top, right and bottom)."""
    x0, y0, x1, y1 = _pixels(box, aspect, width, height)
    return x0 / width, y0 / height, x1 / width, y1 / height


def _pixels(box: Box, aspect: str, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0 = round(width * box[0]), round(height * box[1])
    x1, y1 = max(x0 + 1, round(width * box[2])), max(y0 + 1, round(height * box[3]))
    if aspect != "free":
        wide, high = (int(each) for each in aspect.split(":"))
        x0, x1 = _middle(x0, x1, (y1 - y0) * wide / high)
        y0, y1 = _middle(y0, y1, (x1 - x0) * high / wide)
    return x0, y0, x1, y1


def _middle(start: int, end: int, wanted: float) -> tuple[int, int]:
    """The middle `wanted` of a span, or the span when it is shorter."""
    length = max(1, round(wanted))
    if length >= end - start:
        return start, end
    start += (end - start - length) // 2
    return start, start + length
