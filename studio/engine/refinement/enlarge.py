"""More pixels by what a run's originals look like close up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.enlarger import card
from studio.engine.refinement.enlarger.enlarged import enlarged
from studio.engine.refinement.planes import preview_size, resized
from studio.engine.refinement.resize import allowed


@register
@dataclass(frozen=True)
class Enlarge(Operation):
    """A network that was trained on the originals of a run draws the pixels between.

    What it makes is held to the picture: made small again it is what it was. Small pictures are
    shown at once as they will be; of larger ones a preview shows the size only.
    """

    name = "enlarge"
    title = "Enlarge with own pictures"
    summary = "More pixels, by a network that was trained on a run's originals."
    group = "Shape"
    reshapes = True

    enlarger: str = param(
        "", label="Enlarger", content="enlarger", term="super-resolution",
        help="The card of the network, as `latent-studio enlarger` names it; without one the "
        "picture stays as it is.",
    )  # fmt: skip
    factor: float = param(
        4.0, label="Factor", low=1.0, high=16.0, step=1.0, term="scale",
        help="2 is twice as wide and twice as high.",
    )  # fmt: skip
    sharpness: float = param(
        0.25, label="Sharpness", low=0.0, high=1.0, step=0.05, term="network interpolation",
        help="0 errs least; 1 has as much fine detail as the originals, some of it invented.",
    )  # fmt: skip
    seamless: bool = param(
        False, label="Repeats", term="seamless",
        help="The picture is a tile: what lies beyond an edge is the opposite one.",
    )  # fmt: skip

    def settled(self, folder: Path) -> Self:
        """With the whole path; where an enlarger of a project lies is said from its folder on."""
        if not self.enlarger:
            return self
        path = folder / self.enlarger
        card.read(path)
        return replace(self, enlarger=str(path))

    def apply(self, image: Image) -> Image:
        if not self.enlarger:
            return image
        self._size(image)
        path = Path(self.enlarger)
        return enlarged(image, path, self.factor, self.sharpness, seamless=self.seamless)

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        if not self.enlarger:
            return image, scale
        height, width = image.shape[:2]
        true = self._size(image, scale)
        size, share = preview_size(true, (width, height))
        if scale == 1.0 and share == 1.0:
            return self.apply(image), 1.0
        return resized(image, size), share

    def _size(self, image: Image, scale: float = 1.0) -> tuple[int, int]:
        height, width = image.shape[:2]
        factor = self.factor / scale
        return allowed((max(1, round(width * factor)), max(1, round(height * factor))))
