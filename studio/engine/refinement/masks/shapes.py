"""Masks by place: what is painted only, along a line, around a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.colour_spaces import smoothstep
from studio.engine.refinement.masks.base import MaskKind, places, register
from studio.engine.said import Said


@register
@dataclass(frozen=True)
class Brush(MaskKind):
    """Nothing, until strokes are painted."""

    name = "brush"
    title = "Brush"
    summary = "Only where you paint."

    def weights(self, image: Image) -> Image:
        return np.zeros(image.shape[:2], np.float32)


@register
@dataclass(frozen=True)
class LinearGradient(MaskKind):
    """From full at one point to nothing at another, as a graduated filter."""

    name = "linear"
    title = "Linear gradient"
    summary = "Full on one side of a line, fading across it."

    x: float = param(0.5, label="From x", low=-1.0, high=2.0, step=0.01, help="Full up to here.")
    y: float = param(0.0, label="From y", low=-1.0, high=2.0, step=0.01, help="Full up to here.")
    to_x: float = param(0.5, label="To x", low=-1.0, high=2.0, step=0.01, help="Gone from here.")
    to_y: float = param(0.6, label="To y", low=-1.0, high=2.0, step=0.01, help="Gone from here.")

    def conflicts(self) -> list[Said]:
        if (self.x, self.y) == (self.to_x, self.to_y):
            return [Said("a gradient needs two different points.")]
        return []

    def weights(self, image: Image) -> Image:
        """Measured in pixels: the line that is full stands square on the way to the other."""
        height, width = image.shape[:2]
        x, y = places(image)
        along_x, along_y = (self.to_x - self.x) * width, (self.to_y - self.y) * height
        length = max(along_x * along_x + along_y * along_y, 1e-12)
        gone = (x - np.float32(self.x)) * np.float32(width * along_x / length) + (
            y - np.float32(self.y)
        ) * np.float32(height * along_y / length)
        return smoothstep(np.float32(1.0) - gone)


@register
@dataclass(frozen=True)
class RadialGradient(MaskKind):
    """An ellipse with a soft edge."""

    name = "radial"
    title = "Radial gradient"
    summary = "An ellipse, fading at its edge."

    x: float = param(0.5, label="Middle x", low=-1.0, high=2.0, step=0.01, help="Its middle.")
    y: float = param(0.5, label="Middle y", low=-1.0, high=2.0, step=0.01, help="Its middle.")
    wide: float = param(
        0.35, label="Half width", low=0.01, high=2.0, step=0.01,
        help="From the middle to its edge, as a share of the width.",
    )  # fmt: skip
    high: float = param(
        0.35, label="Half height", low=0.01, high=2.0, step=0.01,
        help="From the middle to its edge, as a share of the height.",
    )  # fmt: skip
    feather: float = param(
        0.5, label="Softness", low=0.0, high=1.0, step=0.01, term="feather",
        help="How much of it fades.",
    )  # fmt: skip

    def weights(self, image: Image) -> Image:
        x, y = places(image)
        across = (x - np.float32(self.x)) / np.float32(self.wide)
        down = (y - np.float32(self.y)) / np.float32(self.high)
        away = np.sqrt(across * across + down * down)
        return smoothstep((np.float32(1.0) - away) / np.float32(max(self.feather, 1e-3)))
