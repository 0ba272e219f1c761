"""Grain, as film has it: strongest in the middle tones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.alpha import covered, straight
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import luma
from studio.engine.refinement.planes import blurred, resized
from studio.engine.refinement.strips import in_strips


@register
@dataclass(frozen=True)
class Grain(Operation):
    """Gaussian noise of a size and a seed; the same seed gives the same grain."""

    name = "grain"
    title = "Grain"
    summary = "Film grain, which hides smoothness and banding."
    group = "Effects"

    amount: float = param(
        0.15, label="Strength", low=0.0, high=1.0, step=0.01, help="How much it shows."
    )
    size: float = param(
        1.0, label="Size", low=0.5, high=8.0, step=0.1, unit="px", help="Of one grain."
    )
    colour: float = param(
        0.0, label="Colour", low=0.0, high=1.0, step=0.05,
        help="0 is grey grain, 1 grain of its own in every channel.",
    )  # fmt: skip
    seed: int = param(
        0, label="Seed", low=0, high=9999, step=1, help="Another number, another grain."
    )

    def scaled(self, scale: float) -> Self:
        """Seen from further away, grains that are smaller than a pixel even out."""
        fainter = self.amount * min(1.0, self.size * scale)
        return replace(super().scaled(scale), amount=fainter) if scale < 1.0 else self

    def apply(self, image: Image) -> Image:
        """Noise is added to straight colours, weighted by how far they are from black and white."""
        if self.amount == 0.0:
            return image
        height, width, channels = image.shape
        grey = self._noise(height, width, 1)
        own = self._noise(height, width, 3) if self.colour and channels > 1 else None
        strength, colour = np.float32(0.12 * self.amount), np.float32(self.colour)

        def strip(rows: slice) -> Image:
            colours = straight(image[rows])
            bright = luma(colours)
            noise = grey[rows] if own is None else grey[rows] * (1 - colour) + own[rows] * colour
            # What the eye sees of it is most in the middle; a little is left in deep shadows.
            weight = np.float32(0.15) + np.float32(3.4) * bright * (np.float32(1.0) - bright)
            return covered(np.clip(colours + noise * weight * strength, 0.0, 1.0), image[rows])

        return in_strips(image, strip, channels)

    def _noise(self, height: int, width: int, channels: int) -> Image:
        """float32 [h, w, channels] of variance 1; large grains are drawn small and spread."""
        draw = np.random.default_rng([self.seed, channels])
        spread = max(1.0, self.size / 1.5)
        small = max(1, round(height / spread)), max(1, round(width / spread)), channels
        noise = draw.standard_normal(small, np.float32)
        if self.size > 0.6:
            sigma = max(0.3, 0.5 * self.size / spread)
            noise = blurred(noise, sigma) * np.float32(max(1.0, 2.0 * np.sqrt(np.pi) * sigma))
        if small[:2] != (height, width):
            # Into [0, 1], where resampling works, and back.
            noise = noise / np.float32(12.0) + np.float32(0.5)
            noise = resized(noise, (width, height)) * np.float32(12.0) - np.float32(6.0)
        return noise
