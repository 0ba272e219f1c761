"""Light: exposure in stops, and contrast about middle grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register

MIDDLE_GREY = 0.18
"""Linear reflectance that contrast leaves alone."""


@register
@dataclass(frozen=True)
class Exposure(Operation):
    """Exposure multiplies linear light by 2^EV; contrast is a power about middle grey."""

    name = "exposure"
    title = "Exposure and contrast"
    summary = "Lighter or darker, flatter or harder."

    exposure: float = param(
        0.0, label="Exposure", low=-4.0, high=4.0, step=0.05, unit="stops", term="EV",
        help="One stop more is twice the light.",
    )  # fmt: skip
    contrast: float = param(
        0.0, label="Contrast", low=-1.0, high=1.0, step=0.02,
        help="Below zero flatter, above zero harder, about middle grey.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        """Work in linear light, where doubling means doubling."""
        if self.exposure == 0.0 and self.contrast == 0.0:
            return image
        colour, alpha = image[..., :3], image[..., 3:]
        cover = np.maximum(alpha, 1e-6) if alpha.shape[2] else np.float32(1.0)
        light = to_linear(np.clip(colour / cover, 0.0, 1.0)) * np.float32(2.0**self.exposure)
        if self.contrast:
            light = MIDDLE_GREY * (light / MIDDLE_GREY) ** np.float32(2.0**self.contrast)
        made = to_srgb(np.clip(light, 0.0, 1.0)) * (alpha if alpha.shape[2] else 1.0)
        return np.concatenate([made, alpha], axis=2).astype(np.float32)


def to_linear(srgb: Image) -> Image:
    """sRGB to linear light, both in [0, 1] (IEC 61966-2-1)."""
    low = srgb / 12.92
    return np.where(srgb <= 0.04045, low, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(light: Image) -> Image:
    """Linear light to sRGB, both in [0, 1] (IEC 61966-2-1)."""
    high = 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, high).astype(np.float32)
