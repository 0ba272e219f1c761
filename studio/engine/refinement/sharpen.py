"""Unsharp mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.planes import blurred


@register
@dataclass(frozen=True)
class Sharpen(Operation):
    """Add back what a Gaussian blur takes away."""

    name = "sharpen"
    title = "Sharpen"
    summary = "Crisper edges."
    group = "Detail"

    amount: float = param(
        0.5, label="Strength", low=0.0, high=3.0, step=0.05,
        help="How much of the detail is added once more.",
    )  # fmt: skip
    radius: float = param(
        1.0, label="Radius", low=0.2, high=10.0, step=0.1, unit="px", term="sigma",
        help="Size of the detail that is lifted.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        """Colour is sharpened, alpha is left alone.

        The blur counts pixels by their alpha: the outline of a shape is no detail of its colour.
        """
        if self.amount == 0.0:
            return image
        colour, alpha = image[..., :3], image[..., 3:]
        smooth = blurred(colour, self.radius)
        if alpha.shape[2]:
            smooth *= alpha / np.maximum(blurred(alpha, self.radius), 1e-6)
        sharp = np.subtract(colour, smooth, out=smooth)
        sharp *= np.float32(self.amount)
        sharp += colour
        np.clip(sharp, 0.0, alpha if alpha.shape[2] else np.float32(1.0), out=sharp)
        return np.concatenate([sharp, alpha], axis=2) if alpha.shape[2] else sharp
