"""Bilateral filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.refinement.base import Image, Operation, register


@register
@dataclass(frozen=True)
class Denoise(Operation):
    """Mean over near and alike pixels (Tomasi & Manduchi 1998), by kornia."""

    name = "denoise"
    title = "Denoise"
    summary = "Smooths speckle and keeps edges."

    strength: float = param(
        0.1, label="Strength", low=0.0, high=0.5, step=0.01, term="sigma_color",
        help="Differences below this are taken for noise.",
    )  # fmt: skip
    radius: float = param(
        1.5, label="Radius", low=0.5, high=6.0, step=0.1, unit="px", term="sigma_space",
        help="How far around a pixel to look.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        """All channels together, so that edges agree; alpha is left alone."""
        if self.strength == 0.0:
            return image
        import torch
        from kornia.filters import bilateral_blur

        colour, alpha = image[..., :3], image[..., 3:]
        window = 2 * int(np.ceil(2 * self.radius)) + 1
        # Reflection needs more pixels than the window reaches.
        window = min(window, 2 * min(colour.shape[:2]) - 1)
        planes = torch.from_numpy(np.ascontiguousarray(colour)).permute(2, 0, 1)[None]
        smooth = bilateral_blur(planes, window, self.strength, (self.radius, self.radius))
        made = smooth[0].permute(1, 2, 0).numpy()
        return np.concatenate([made, alpha], axis=2).astype(np.float32)
