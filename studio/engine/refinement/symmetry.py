"""Mirrors: halves that match, and kaleidoscopes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.masks.base import places
from studio.engine.refinement.strips import in_strips


@register
@dataclass(frozen=True)
class Symmetry(Operation):
    """Every place shows what lies at the place that the mirrors send it to."""

    name = "symmetry"
    title = "Symmetry"
    summary = "Mirrored halves, or a kaleidoscope."
    group = "Effects"

    kind: str = param(
        "across", label="Kind", choices=("across", "down", "both", "kaleidoscope"),
        names={"across": "left and right", "down": "top and bottom", "both": "both ways",
               "kaleidoscope": "kaleidoscope"},
        help="How the mirrors stand.",
    )  # fmt: skip
    swap: bool = param(False, label="Other side", help="Mirror the right or lower half instead.")
    x: float = param(
        0.5, label="Middle x", low=0.0, high=1.0, step=0.01, help="Where the mirrors meet."
    )
    y: float = param(
        0.5, label="Middle y", low=0.0, high=1.0, step=0.01, help="Where the mirrors meet."
    )
    mirrors: int = param(
        6, label="Mirrors", low=2, high=24, step=1, help="Of the kaleidoscope; twice as many parts."
    )
    angle: float = param(
        0.0, label="Angle", low=-180.0, high=180.0, step=1.0, unit="°",
        help="Which part of the picture the kaleidoscope repeats.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        x, y = places(image)
        x, y = np.broadcast_to(x, image.shape[:2]), np.broadcast_to(y, image.shape[:2])

        def strip(rows: slice) -> Image:
            return _sampled(image, *self._way(x[rows], y[rows], image))

        return in_strips(image, strip, image.shape[2])

    def _way(self, x: Image, y: Image, image: Image) -> tuple[Image, Image]:
        """Where to look, in shares of the sides."""
        middle_x, middle_y = np.float32(self.x), np.float32(self.y)
        if self.kind != "kaleidoscope":
            side = np.float32(1.0 if self.swap else -1.0)
            if self.kind in ("across", "both"):
                x = middle_x + side * np.abs(x - middle_x)
            if self.kind in ("down", "both"):
                y = middle_y + side * np.abs(y - middle_y)
            return x, y
        height, width = image.shape[:2]
        across, down = (x - middle_x) * np.float32(width), (y - middle_y) * np.float32(height)
        away, turn = np.hypot(across, down), np.arctan2(down, across)
        part = np.float32(math.pi / self.mirrors)
        folded = np.abs((turn + part) % (2 * part) - part) + np.float32(math.radians(self.angle))
        return (
            middle_x + away * np.cos(folded) / np.float32(width),
            middle_y + away * np.sin(folded) / np.float32(height),
        )


def _sampled(image: Image, x: Image, y: Image) -> Image:
    """Between pixels by straight lines; beyond an edge the picture is mirrored."""
    height, width = image.shape[:2]
    left, across = _pair(x, width)
    top, down = _pair(y, height)
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    upper = image[top, left] * (1 - across) + image[top, right] * across
    lower = image[below, left] * (1 - across) + image[below, right] * across
    made: Image = upper * (1 - down) + lower * down
    return made


def _pair(share: Image, length: int) -> tuple[np.ndarray, Image]:
    """The pixel before, and how far it is to the next, [h, w, 1]."""
    folded = np.abs((share + 1.0) % 2.0 - 1.0)
    at = np.clip(folded * length - 0.5, 0.0, length - 1.0)
    first = np.floor(at).astype(np.int32)
    return first, (at - first).astype(np.float32)[..., None]
