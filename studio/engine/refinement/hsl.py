"""Hue, saturation and lightness: of all colours, or of those about one hue."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.colour_spaces import (
    light_of_oklab,
    moved_in_oklab,
    oklab_of_light,
    smoothstep,
)
from studio.engine.refinement.pointwise import Pointwise


@register
@dataclass(frozen=True)
class HueSaturationLightness(Pointwise):
    """Turned and stretched in OKLab (Ottosson 2020), where hues keep their brightness."""

    name = "hsl"
    title = "Hue, saturation, lightness"
    summary = "Shift, strengthen or mute colours, all or some."
    group = "Colour"
    in_light = True

    hue: float = param(
        0.0, label="Hue", low=-180.0, high=180.0, step=1.0, unit="°",
        help="Turns colours round the colour wheel.",
    )  # fmt: skip
    saturation: float = param(
        0.0, label="Saturation", low=-1.0, high=1.0, step=0.02, term="chroma",
        help="-1 is grey, 1 twice as strong.",
    )  # fmt: skip
    lightness: float = param(
        0.0, label="Lightness", low=-1.0, high=1.0, step=0.02,
        help="Of coloured parts; greys stay where only some colours are meant.",
    )  # fmt: skip
    range: float = param(
        360.0, label="Range", low=10.0, high=360.0, step=5.0, unit="°", term="hue range",
        help="How much of the colour wheel is meant: 360 is all colours.",
    )  # fmt: skip
    centre: float = param(
        30.0, label="Around", low=0.0, high=360.0, step=5.0, unit="°", term="OKLCh hue",
        help="The hue meant where the range is not all: 30 red, 110 yellow, 145 green, 260 blue.",
    )  # fmt: skip

    def neutral(self) -> bool:
        return self.hue == 0.0 and self.saturation == 0.0 and self.lightness == 0.0

    def tone(self, colours: Image) -> Image:
        if self.range >= 360.0:
            return moved_in_oklab(colours, *self._of_all())
        lab = oklab_of_light(colours)
        a, b = lab[..., 1], lab[..., 2]
        share = self._meant(a, b)
        turn = np.float32(math.radians(self.hue)) * share
        cos, sin = np.cos(turn), np.sin(turn)
        strength = np.float32(1.0) + np.float32(self.saturation) * share
        made = np.empty_like(lab)
        made[..., 1] = (a * cos - b * sin) * strength
        made[..., 2] = (a * sin + b * cos) * strength
        made[..., 0] = np.clip(lab[..., 0] + np.float32(0.5 * self.lightness) * share, 0.0, 1.0)
        return light_of_oklab(made)

    def _of_all(self) -> tuple[Image, Image]:
        """The matrix and the offset of OKLab where every colour is meant."""
        turn, strength = math.radians(self.hue), 1.0 + self.saturation
        cos, sin = strength * math.cos(turn), strength * math.sin(turn)
        matrix = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]], np.float32)
        return matrix, np.array([0.5 * self.lightness, 0, 0], np.float32)

    def _meant(self, a: Image, b: Image) -> Image:
        """1 within the range, fading over a sixth of it on either side; 0 for greys."""
        turn = np.float32(2 * math.pi)
        away = np.arctan2(b, a) - np.float32(math.radians(self.centre))
        away = np.abs((away + turn / 2) % turn - turn / 2)
        half = np.float32(math.radians(self.range / 2))
        inside: Image = smoothstep((half - away) / (half / 3) + np.float32(1.0))
        strength: Image = np.hypot(a, b)
        return np.multiply(inside, smoothstep(strength / np.float32(0.04)))
