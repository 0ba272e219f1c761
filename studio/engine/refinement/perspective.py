"""Straighten: a slanting horizon, and walls that lean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register


@register
@dataclass(frozen=True)
class Perspective(Operation):
    """A homography about the middle; what stays is the largest part without empty corners."""

    name = "perspective"
    title = "Straighten and perspective"
    summary = "Levels the horizon and stands leaning walls upright."
    group = "Shape"
    reshapes = True

    angle: float = param(
        0.0, label="Angle", low=-45.0, high=45.0, step=0.1, unit="°",
        help="Turns the picture to the right.",
    )  # fmt: skip
    vertical: float = param(
        0.0, label="Vertical", low=-1.0, high=1.0, step=0.02, term="keystone",
        help="Above zero widens the top: for walls that fall backwards.",
    )  # fmt: skip
    horizontal: float = param(
        0.0, label="Horizontal", low=-1.0, high=1.0, step=0.02, term="keystone",
        help="Above zero widens the left side.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        height, width = image.shape[:2]
        if self == type(self)() or min(height, width) < 2:
            return image
        way = self._way(width, height)
        share = _largest(way, width, height)
        size = max(1, round(width * share)), max(1, round(height * share))
        # From a pixel of the result (its corner is 0, 0) to one of the source.
        to_middle = np.array([[1, 0, -size[0] / 2], [0, 1, -size[1] / 2], [0, 0, 1.0]])
        back = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
        whole = back @ way @ to_middle
        whole /= whole[2, 2]
        planes = [
            np.asarray(
                Pillow.fromarray(np.ascontiguousarray(image[..., channel])).transform(
                    size, Pillow.Transform.PERSPECTIVE, tuple(whole.ravel()[:8]),
                    Pillow.Resampling.BICUBIC,
                )
            )
            for channel in range(image.shape[2])
        ]  # fmt: skip
        made: Image = np.clip(np.stack(planes, axis=2), 0.0, 1.0)
        if made.shape[2] == 4:
            np.minimum(made[..., :3], made[..., 3:], out=made[..., :3])
        return made

    def _way(self, width: int, height: int) -> np.ndarray:
        """3x3 from places about the middle of the result to places about that of the source."""
        turn = -math.radians(self.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
        lean_x, lean_y = -self.horizontal * 0.8 / width, -self.vertical * 0.8 / height
        leaning = np.array([[1, 0, 0], [0, 1, 0], [lean_x, lean_y, 1.0]])
        return np.asarray(turned @ leaning)


def _largest(way: np.ndarray, width: int, height: int) -> float:
    """The largest share of the picture's size whose four corners come from inside the picture."""
    low, high = 0.0, 1.5
    for _ in range(24):
        share = (low + high) / 2
        x, y = width * share / 2, height * share / 2
        corners = np.array([[-x, x, x, -x], [-y, -y, y, y], [1.0] * 4])
        u, v, w = way @ corners
        inside = (w > 0.1).all() and (np.abs(u) <= w * (width - 1) / 2).all()
        if inside and (np.abs(v) <= w * (height - 1) / 2).all():
            low = share
        else:
            high = share
    return max(low, 1e-3)
