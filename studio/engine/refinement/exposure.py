"""Light: exposure in stops, and contrast about middle grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.pointwise import Pointwise

MIDDLE_GREY = 0.18
"""Linear reflectance that contrast leaves alone."""


@register
@dataclass(frozen=True)
class Exposure(Pointwise):
    """Exposure multiplies linear light by 2^EV; contrast is a power about middle grey."""

    name = "exposure"
    title = "Exposure and contrast"
    summary = "Lighter or darker, flatter or harder."
    group = "Light"
    by_channel = True
    in_light = True

    exposure: float = param(
        0.0, label="Exposure", low=-4.0, high=4.0, step=0.05, unit="stops", term="EV",
        help="One stop more is twice the light.",
    )  # fmt: skip
    contrast: float = param(
        0.0, label="Contrast", low=-1.0, high=1.0, step=0.02,
        help="Below zero flatter, above zero harder, about middle grey.",
    )  # fmt: skip

    def tone(self, colours: Image) -> Image:
        """In linear light, where doubling means doubling."""
        light = np.clip(colours, 0.0, 1.0)
        light *= np.float32(2.0**self.exposure)
        if self.contrast:
            light /= np.float32(MIDDLE_GREY)
            np.power(light, np.float32(2.0**self.contrast), out=light)
            light *= np.float32(MIDDLE_GREY)
        return light
