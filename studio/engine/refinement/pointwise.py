"""Operations that look at one pixel at a time: light and colours, whatever lies around."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from studio.engine.artwork import Image
from studio.engine.refinement.alpha import covered, in_colour, straight
from studio.engine.refinement.base import Operation
from studio.engine.refinement.strips import in_strips


@dataclass(frozen=True)
class Pointwise(Operation):
    """`tone` of straight colours is all there is to say; alpha stays as it is."""

    by_channel: ClassVar[bool] = False
    """Whether every channel is worked on alone. All others give a grey picture three."""

    @abstractmethod
    def tone(self, colours: Image) -> Image:
        """New colours of [h, w, 3], or of any channels where each goes alone; both in [0, 1]."""

    def neutral(self) -> bool:
        """Whether nothing would change."""
        return self == type(self)()

    def apply(self, image: Image) -> Image:
        if self.neutral():
            return image
        channels = image.shape[2]
        grey = channels == 1 and not self.by_channel
        return in_strips(image, lambda rows: self._strip(image[rows]), 3 if grey else channels)

    def _strip(self, part: Image) -> Image:
        colours = straight(part)
        return covered(self.tone(colours if self.by_channel else in_colour(colours)), part)
