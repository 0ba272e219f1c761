"""A finished picture on its way out: layers, as numbers to work with and as bytes to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
"""uint8 [h, w, c], c of 1, 3 or 4, sRGB, straight alpha."""
Image = np.ndarray[Any, np.dtype[np.float32]]
"""float32 [h, w, c], c of 1, 3 or 4, sRGB in [0, 1]; colour premultiplied by alpha when c is 4."""


@dataclass(frozen=True)
class Layer:
    """One plane of a picture, in bytes as a model paints it or in numbers as refining leaves it."""

    name: str
    content: Pixels | Image
    visible: bool = True

    def image(self) -> Image:
        if self.content.dtype == np.uint8:
            return to_image(self.content.astype(np.uint8, copy=False))
        return self.content.astype(np.float32, copy=False)

    def straight(self) -> Image:
        """With colour as it is, not multiplied by alpha; what came in bytes keeps all of it."""
        if self.content.dtype == np.uint8:
            return self.content.astype(np.float32) / np.float32(255.0)
        return unmultiplied(self.image())

    def pixels(self) -> Pixels:
        """In 8 bits; what came in bytes is passed on untouched."""
        if self.content.dtype == np.uint8:
            return self.content.astype(np.uint8, copy=False)
        return to_pixels(self.content.astype(np.float32, copy=False))


@dataclass(frozen=True)
class Artwork:
    """Layers of one size, the lowest first."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        sizes = {layer.content.shape[:2] for layer in self.layers}
        if len(sizes) != 1 or not self._seen:
            raise ValueError(f"An artwork needs visible layers of one size, not of {sizes}.")

    @classmethod
    def of(cls, content: Pixels | Image, name: str = "") -> Self:
        return cls((Layer(name, content),))

    @property
    def _seen(self) -> list[Layer]:
        return [layer for layer in self.layers if layer.visible]

    def image(self) -> Image:
        """What is seen, in full precision: every visible layer laid over those below it."""
        made, *above = (layer.image() for layer in self._seen)
        for each in above:
            made = _over(each, made)
        return made

    def straight(self) -> Image:
        """What is seen, in full precision, with colour that is not multiplied by alpha."""
        seen = self._seen
        return seen[0].straight() if len(seen) == 1 else unmultiplied(self.image())

    def flat(self) -> Pixels:
        """What is seen, in 8 bits."""
        return self._seen[0].pixels() if len(self._seen) == 1 else to_pixels(self.image())


def to_image(pixels: Pixels) -> Image:
    """Premultiplied, so that hidden colour does not bleed into the edges."""
    made: Image = pixels.astype(np.float32) / np.float32(255.0)
    if made.shape[2] == 4:
        made[..., :3] *= made[..., 3:]
    return made


def to_pixels(image: Image) -> Pixels:
    """The nearest bytes, with straight alpha."""
    return to_bytes(unmultiplied(image))


def to_bytes(straight: Image) -> Pixels:
    """The nearest bytes of numbers whose colour is not multiplied by alpha."""
    made = np.clip(straight, 0.0, 1.0)
    made *= 255.0
    np.rint(made, out=made)
    return made.astype(np.uint8)


def unmultiplied(image: Image) -> Image:
    """Colour divided by alpha, where there is any."""
    if image.shape[2] != 4:
        return image
    alpha = image[..., 3:]
    made: Image = np.concatenate([image[..., :3] / np.maximum(alpha, 1e-6), alpha], axis=2)
    return made


def _over(above: Image, below: Image) -> Image:
    if above.shape[2] != 4:
        return above
    colour = np.broadcast_to(below[..., :3], (*below.shape[:2], 3))
    solid = np.ones((*below.shape[:2], 1), np.float32)
    whole = np.concatenate([colour, below[..., 3:] if below.shape[2] == 4 else solid], axis=2)
    made: Image = above + whole * (np.float32(1.0) - above[..., 3:])
    return made if below.shape[2] == 4 else made[..., :3]
