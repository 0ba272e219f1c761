"""Bilateral filter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register


@register
@dataclass(frozen=True)
class Denoise(Operation):
    """Mean over near and alike pixels (Tomasi & Manduchi 1998)."""

    name = "denoise"
    title = "Denoise"
    summary = "Smooths speckle and keeps edges."
    group = "Detail"

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
        colour, alpha = image[..., :3], image[..., 3:]
        cover = alpha[..., 0] if alpha.shape[2] else np.ones(image.shape[:2], np.float32)
        smooth = bilateral(colour, cover, self.strength, self.radius)
        return np.concatenate([smooth, alpha], axis=2).astype(np.float32)


def bilateral(image: Image, cover: Image, strength: float, radius: float) -> Image:
    """Filter [h, w, c] premultiplied by `cover` [h, w], which counts pixels by their alpha.

    Weights exp(-(|colour difference|_1 / strength)² / 2 - (distance / radius)² / 2).

    One shift of the picture after another: memory does not grow with the window, which
    at radius 6 would otherwise be 625 copies of the picture.
    """
    import torch

    reach = math.ceil(2 * radius)
    height, width = image.shape[:2]
    planes = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
    around = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    padded = torch.from_numpy(np.ascontiguousarray(around.transpose(2, 0, 1)))
    covers = torch.from_numpy(np.pad(cover, reach, mode="symmetric"))
    total = torch.zeros_like(planes)
    weights = torch.zeros(height, width)
    for y in range(2 * reach + 1):
        for x in range(2 * reach + 1):
            shifted = padded[:, y : y + height, x : x + width]
            gap = (shifted - planes).abs_().sum(0).div_(strength).square_()
            gap += ((y - reach) ** 2 + (x - reach) ** 2) / radius**2
            weight = gap.mul_(-0.5).exp_()
            total.addcmul_(weight, shifted)
            weights.addcmul_(weight, covers[y : y + height, x : x + width])
    mean = total.mul_(torch.from_numpy(np.ascontiguousarray(cover))).div_(weights.clamp_min_(1e-6))
    return np.asarray(mean.permute(1, 2, 0).numpy(), np.float32)
