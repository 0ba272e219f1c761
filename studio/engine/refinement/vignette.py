"""Darker or lighter corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import smoothstep
from studio.engine.refinement.masks.base import places
from studio.engine.refinement.strips import in_strips


@register
@dataclass(frozen=True)
class Vignette(Operation):
    """Light falls off from the middle, or grows towards white; alpha stays."""

    name = "vignette"
    title = "Vignette"
    summary = "Darker or lighter corners."
    group = "Effects"

    amount: float = param(
        0.25, label="Strength", low=-1.0, high=1.0, step=0.02,
        help="Above zero darkens the corners, below zero lightens them.",
    )  # fmt: skip
    middle: float = param(
        0.5, label="Middle", low=0.0, high=1.2, step=0.02, term="midpoint",
        help="How much of the way to the corner stays untouched.",
    )  # fmt: skip
    feather: float = param(
        0.8, label="Softness", low=0.05, high=1.5, step=0.05, term="feather",
        help="How softly it begins.",
    )  # fmt: skip
    round: float = param(
        0.5, label="Roundness", low=0.0, high=1.0, step=0.05,
        help="0 follows the shape of the picture, 1 is a circle.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        if self.amount == 0.0:
            return image
        height, width = image.shape[:2]
        circle = max(height, width)
        x, y = places(image)
        wide = np.float32(2 * (1 - self.round + self.round * width / circle))
        high = np.float32(2 * (1 - self.round + self.round * height / circle))
        across, down = (x - np.float32(0.5)) * wide, (y - np.float32(0.5)) * high
        corner = np.float32(np.hypot(wide / 2, high / 2))
        amount, middle, soft = (np.float32(v) for v in (self.amount, self.middle, self.feather))

        def strip(rows: slice) -> Image:
            away = np.sqrt(across * across + down[rows] * down[rows])
            away *= np.float32(1.0) / (corner * soft)
            away -= middle / soft
            share = smoothstep(away)
            share *= abs(amount)
            part = image[rows]
            # As wide as the picture: NumPy is slow where a last side of one meets one of three.
            share = np.repeat(share, part.shape[2], axis=1).reshape(part.shape)
            if amount > 0:
                made = np.subtract(np.float32(1.0), share, out=share)
                made *= part
            else:
                white = part[..., 3:] if part.shape[2] == 4 else np.float32(1.0)
                made = (white - part) * share
                made += part
            if part.shape[2] == 4:
                made[..., 3] = part[..., 3]
            return made

        return in_strips(image, strip, image.shape[2])
