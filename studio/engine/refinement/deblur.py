"""Blur taken back, as far as it can be known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.planes import blurred


@register
@dataclass(frozen=True)
class Deblur(Operation):
    """Richardson (1972) and Lucy (1974) for a Gaussian blur, held back where there is only noise.

    Each round asks what the estimate would look like blurred, and mends it by what differs.
    """

    name = "deblur"
    title = "Deblur"
    summary = "Takes back the blur of a soft picture."
    group = "Detail"

    radius: float = param(
        1.0, label="Blur radius", low=0.3, high=5.0, step=0.1, unit="px", term="sigma",
        help="How blurred the picture is; too much gives rings.",
    )  # fmt: skip
    rounds: int = param(
        6, label="Rounds", low=1, high=30, step=1, term="Richardson–Lucy iterations",
        help="More is crisper, and noisier.",
    )  # fmt: skip
    damping: float = param(
        0.02, label="Damping", low=0.0, high=0.2, step=0.005,
        help="Differences below this are taken for noise and left alone.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        """Colour, by alpha where there is some; alpha is left alone."""
        colours, alpha = image[..., :3], image[..., 3:]
        floor = np.float32(0.02)  # light without noise knows no zero, and division none either
        seen = np.ascontiguousarray(colours) + floor
        made = seen
        for _ in range(self.rounds):
            again = blurred(made, self.radius)
            ratio = seen / again
            if self.damping:
                apart = np.abs(seen - again) / np.float32(self.damping)
                ratio = 1 + (ratio - 1) * np.minimum(apart * apart, np.float32(1.0))
            made = made * blurred(ratio, self.radius)
        top = alpha if alpha.shape[2] else np.float32(1.0)
        sharp = np.clip(made - floor, 0.0, top)
        return np.concatenate([sharp, alpha], axis=2) if alpha.shape[2] else sharp
