"""The mask that looks for what the picture is of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from models.parameters import param
from studio.engine.artwork import Image, to_pixels
from studio.engine.dataset.preparation.saliency import energy
from studio.engine.refinement.colour_spaces import smoothstep
from studio.engine.refinement.masks.base import MaskKind, places, register
from studio.engine.refinement.planes import blurred, resized

_SIDE = 192


@register
@dataclass(frozen=True)
class Subject(MaskKind):
    """Where edges and unusual colours are, rather in the middle than at the edge.

    Saliency after Achanta et al. (2009) and Avidan & Shamir (2007), as the crops of a dataset
    have it. It knows no things: what stands out of its surroundings counts.
    """

    name = "subject"
    title = "Subject"
    summary = "What stands out (saliency)."

    amount: float = param(
        0.5, label="Size", low=0.05, high=0.95, step=0.01, term="threshold",
        help="How much of the picture counts as its subject.",
    )  # fmt: skip
    feather: float = param(
        0.3, label="Softness", low=0.0, high=1.0, step=0.01, term="feather",
        help="How softly it ends.",
    )  # fmt: skip

    def weights(self, image: Image) -> Image:
        """Of a picture reduced to one size, so that its size does not matter."""
        height, width = image.shape[:2]
        scale = min(1.0, _SIDE / max(height, width))
        small = resized(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        pixels = to_pixels(small)
        mode = {1: "L", 3: "RGB", 4: "RGBA"}[pixels.shape[2]]
        picture = Pillow.fromarray(pixels[..., 0] if mode == "L" else pixels, mode)
        found = energy(picture, (0.0, 0.0, float(picture.width), float(picture.height)))
        soft = blurred(found.astype(np.float32)[..., None], max(found.shape) * 0.045)[..., 0]
        x, y = places(soft[..., None])
        away = (x - np.float32(0.5)) ** 2 + (y - np.float32(0.5)) ** 2
        stands_out = soft * np.exp(-away / np.float32(0.18))
        rank = np.searchsorted(np.sort(stands_out, axis=None), stands_out) / stands_out.size
        edge = max(self.feather * 0.6, 0.02)
        inside = smoothstep(((rank - (1 - self.amount)) / edge + 0.5).astype(np.float32))
        return resized(inside[..., None], (width, height))[..., 0]
