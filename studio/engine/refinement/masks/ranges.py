"""Masks by look: brightness, colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.alpha import in_colour, straight
from studio.engine.refinement.colour_spaces import hex_colour, luma, smoothstep, to_oklab
from studio.engine.refinement.masks.base import MaskKind, register
from studio.engine.refinement.strips import in_strips
from studio.engine.said import Said


@register
@dataclass(frozen=True)
class LuminanceRange(MaskKind):
    """Pixels between two brightnesses."""

    name = "luminance"
    title = "Luminance range"
    summary = "What is about as bright."

    low: float = param(
        0.5, label="From", low=0.0, high=1.0, step=0.01, help="The darkest that counts fully."
    )
    high: float = param(
        1.0, label="To", low=0.0, high=1.0, step=0.01, help="The brightest that counts fully."
    )
    feather: float = param(
        0.15, label="Softness", low=0.0, high=1.0, step=0.01, term="feather",
        help="How far beyond it fades.",
    )  # fmt: skip

    def conflicts(self) -> list[Said]:
        return [Said("a range begins below its end.")] if self.low > self.high else []

    def weights(self, image: Image) -> Image:
        soft = np.float32(max(self.feather, 1e-3))

        def strip(rows: slice) -> Image:
            bright = luma(straight(image[rows]))
            above = (bright - np.float32(self.low)) / soft + np.float32(1.0)
            below = (np.float32(self.high) - bright) / soft + np.float32(1.0)
            return smoothstep(np.minimum(above, below))

        return in_strips(image, strip, 1)[..., 0]


@register
@dataclass(frozen=True)
class ColourRange(MaskKind):
    """Pixels near a colour, as far as OKLab tells them apart."""

    name = "colour"
    title = "Colour range"
    summary = "What has about this colour."

    colour: str = param(
        "#c04030", label="Colour", content="colour", help="The colour that counts fully."
    )
    reach: float = param(
        0.1, label="Range", low=0.0, high=0.6, step=0.01, term="OKLab distance",
        help="How different a colour may be and still count fully.",
    )  # fmt: skip
    feather: float = param(
        0.08, label="Softness", low=0.0, high=0.6, step=0.01, term="feather",
        help="How far beyond it fades.",
    )  # fmt: skip

    def conflicts(self) -> list[Said]:
        if hex_colour(self.colour) is None:
            return [Said("{colour} is no colour: write it as #rrggbb.", colour=self.colour)]
        return []

    def weights(self, image: Image) -> Image:
        wanted = to_oklab(np.array(hex_colour(self.colour), np.float32).reshape(1, 1, 3))
        soft = np.float32(max(self.feather, 1e-3))

        def strip(rows: slice) -> Image:
            apart = to_oklab(in_colour(straight(image[rows]))) - wanted
            away = np.sqrt((apart * apart).sum(axis=2, keepdims=True))
            return smoothstep((np.float32(self.reach) - away) / soft + np.float32(1.0))

        return in_strips(image, strip, 1)[..., 0]
