"""More pixels, in linear light."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.alpha import covered, straight
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import to_linear, to_srgb
from studio.engine.refinement.planes import preview_size, resized
from studio.engine.refinement.resize import allowed


@register
@dataclass(frozen=True)
class Upscale(Operation):
    """Lanczos of the light itself: fine bright detail keeps its brightness."""

    name = "upscale"
    title = "Enlarge"
    summary = "More pixels for print, by Lanczos in linear light."
    group = "Shape"
    reshapes = True

    factor: float = param(
        2.0, label="Factor", low=1.0, high=8.0, step=0.5, term="scale",
        help="2 is twice as wide and twice as high.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        return _enlarged(image, self._size(image.shape[1], image.shape[0]))

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        height, width = image.shape[:2]
        true = self._size(max(1, round(width / scale)), max(1, round(height / scale)))
        size, share = preview_size(true, (width, height))
        return _enlarged(image, size), share

    def _size(self, width: int, height: int) -> tuple[int, int]:
        return allowed((max(1, round(width * self.factor)), max(1, round(height * self.factor))))


def _enlarged(image: Image, size: tuple[int, int]) -> Image:
    if size == (image.shape[1], image.shape[0]):
        return image
    # Light is premultiplied as light, colours as colours: between the two they are straight.
    made = resized(covered(to_linear(straight(image)), image), size)
    return covered(to_srgb(straight(made)), made)
