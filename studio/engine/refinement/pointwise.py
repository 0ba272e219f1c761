"""Operations that look at one pixel at a time: light and colours, whatever lies around."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from studio.engine.artwork import Image
from studio.engine.refinement.alpha import covered, in_colour, straight
from studio.engine.refinement.base import Operation
from studio.engine.refinement.colour_spaces import to_linear, to_srgb
from studio.engine.refinement.strips import in_strips

_FINE = 1 << 15
"""Places of a table between 0 and 1: a tone that is sixteen times as steep as the straight one is
a 16th of a byte off at most."""


@dataclass(frozen=True)
class Pointwise(Operation):
    """`tone` of straight colours is all there is to say; alpha stays as it is."""

    by_channel: ClassVar[bool] = False
    """Whether every channel is worked on alone. All others give a grey picture three."""
    in_light: ClassVar[bool] = False
    """Whether `tone` is given linear light and gives it; otherwise sRGB."""

    @abstractmethod
    def tone(self, colours: Image) -> Image:
        """New colours of [h, w, 3], or of any channels where each goes alone; both in [0, 1]."""

    def neutral(self) -> bool:
        """Whether nothing would change."""
        return self == type(self)()

    def apply(self, image: Image) -> Image:
        return self._through(image, self._exact)

    def previewed(self, image: Image, scale: float) -> tuple[Image, float]:
        """By tables, which hold a tone to a part of a byte, where it is only a preview."""
        if scale == 1.0:
            return self.apply(image), scale
        own = self._table(image) if self.by_channel and not self.neutral() else None
        return self._through(image, self._quick if own is None else own), scale

    def _through(self, image: Image, toned: Callable[[Image], Image]) -> Image:
        if self.neutral():
            return image
        channels = image.shape[2]
        grey = channels == 1 and not self.by_channel

        def strip(rows: slice) -> Image:
            part = image[rows]
            colours = straight(part)
            return covered(toned(colours if self.by_channel else in_colour(colours)), part)

        return in_strips(image, strip, 3 if grey else channels)

    def _exact(self, colours: Image) -> Image:
        if not self.in_light:
            return self.tone(colours)
        return to_srgb(np.clip(self.tone(to_linear(colours)), 0.0, 1.0))

    def _quick(self, colours: Image) -> Image:
        if not self.in_light:
            return self.tone(colours)
        light, back = _light_tables()
        return _read(self.tone(_read(colours, light)), back)

    def _table(self, image: Image) -> Callable[[Image], Image] | None:
        """The tone of every channel from one table; None where channels differ."""
        colours = 3 if image.shape[2] == 4 else image.shape[2]
        table = self._exact(np.repeat(_places(), colours, axis=2))[0]
        if any(not np.array_equal(table[:, 0], table[:, other]) for other in range(1, colours)):
            return None
        own = np.ascontiguousarray(table[:, 0])
        return lambda part: _read(part, own)


def _places() -> Image:
    """float32 [1, n, 1]: what the entries of a table stand for."""
    return np.linspace(0.0, 1.0, _FINE + 1, dtype=np.float32)[None, :, None]


@lru_cache(maxsize=1)
def _light_tables() -> tuple[Image, Image]:
    """From sRGB to linear light and back."""
    places = _places().ravel()
    return to_linear(places), to_srgb(places)


def _read(values: Image, table: Image) -> Image:
    """The nearest entry of the table for values, which are cut to [0, 1]."""
    place = values * np.float32(_FINE)
    place += np.float32(0.5)
    made: Image = table.take(place.astype(np.intp), mode="clip")
    return made
