"""Lines along the edges of things, as drawn with ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import luma
from studio.engine.refinement.planes import softened


@register
@dataclass(frozen=True)
class Outline(Operation):
    """Extended difference of Gaussians (Winnemöller, Kyprianidis & Olsen 2012)."""

    name = "outline"
    title = "Outline"
    summary = "Draws ink lines along edges."
    group = "Effects"

    amount: float = param(
        0.6, label="Strength", low=0.0, high=1.0, step=0.02, help="How dark the lines are."
    )
    width: float = param(
        1.0, label="Line width", low=0.4, high=12.0, step=0.1, unit="px", term="sigma",
        help="Of the lines, and of the detail that they follow.",
    )  # fmt: skip
    detail: float = param(
        0.5, label="Detail", low=0.0, high=1.0, step=0.02, term="epsilon",
        help="Above a half also faint edges get a line.",
    )  # fmt: skip
    paper: float = param(
        0.0, label="Paper", low=0.0, high=1.0, step=0.02,
        help="1 leaves the lines alone on white paper.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        if self.amount == 0.0 and self.paper == 0.0:
            return image
        alpha = image[..., 3:] if image.shape[2] == 4 else None
        cover = np.float32(1.0) if alpha is None else alpha
        # What is clear counts as paper, so that the outline of a shape is drawn as well.
        bright = luma(image[..., :3]) + (np.float32(1.0) - cover)
        near, far = softened(bright, self.width), softened(bright, self.width * 1.6)
        edge = (far - near) - np.float32(0.06 * (1.0 - self.detail) ** 2 + 0.002)
        ink = np.tanh(np.maximum(edge, 0.0) * np.float32(30.0)) * np.float32(self.amount)
        colours = image[..., :3] + (cover - image[..., :3]) * np.float32(self.paper)
        made = colours * (np.float32(1.0) - ink)
        return made if alpha is None else np.concatenate([made, alpha], axis=2)
