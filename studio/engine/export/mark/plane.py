"""The lightness of a picture as marks are laid into it, and where they may lie unseen.

Both marks measure a picture by linear numbers and change these by the least weighted amount: for
y = B x and wanted changes d, the change M² Bᵀ (B M² Bᵀ)⁻¹ d has the least energy where a pixel
counts by what M says can hide in it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from studio.engine.artwork import Pixels

Plane = np.ndarray[Any, np.dtype[np.float64]]
"""float64 [h, w] or [n], lightness of 0 to 255 or changes of it."""
Indices = np.ndarray[Any, np.dtype[np.intp]]

_WEIGHTS = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601-7, 2.5.1."""


def lightness(pixels: Pixels) -> Plane:
    """[h, w] of 0 to 255; what shines through is white, on which most programs lay a picture."""
    colour = pixels[..., :3] if pixels.shape[2] > 1 else pixels.repeat(3, 2)
    found: Plane = colour.astype(np.float64) @ _WEIGHTS
    if pixels.shape[2] == 4:
        alpha = opacity(pixels)
        found = found * alpha + 255.0 * (1.0 - alpha)
    return found


def opacity(pixels: Pixels) -> Plane:
    """[h, w] of 0 to 1."""
    if pixels.shape[2] != 4:
        return np.ones(pixels.shape[:2])
    found: Plane = pixels[..., 3] / 255.0
    return found


def resized(plane: Plane, height: int, width: int) -> Plane:
    """Lanczos, with a filter as wide as the new pixels."""
    from PIL import Image

    if plane.shape == (height, width):
        return plane
    picture = Image.fromarray(plane.astype(np.float32))
    made = picture.resize((width, height), Image.Resampling.LANCZOS)
    found: Plane = np.asarray(made).astype(np.float64)
    return found


def blurred(plane: Plane, radius: int) -> Plane:
    """The mean of a window of 2 `radius` + 1 pixels a side; edges are repeated."""
    side = 2 * radius + 1
    padded = np.pad(plane, radius, mode="edge")
    total = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    window = total[side:, side:] - total[:-side, side:] - total[side:, :-side]
    found: Plane = (window + total[:-side, :-side]) / side**2
    return found


def activity(plane: Plane, radius: int) -> Plane:
    """The standard deviation in a window around each pixel, in levels."""
    spread = blurred(plane**2, radius) - blurred(plane, radius) ** 2
    found: Plane = np.sqrt(np.maximum(spread, 0.0))
    return found


def key(name: str, count: int) -> Plane:
    """`count` fixed numbers of [0, 1), the same on every machine for ever: the key of a mark."""
    data = hashlib.shake_256(name.encode()).digest(count * 4)
    found: Plane = np.frombuffer(data, "<u4") / 2.0**32
    return found


class Levers:
    """What changes `measures` [n, pixels] of a picture the least, where `hidden` [pixels] levels
    hide in each pixel."""

    def __init__(self, measures: Plane, hidden: Plane) -> None:
        self._weighed = measures * hidden**2
        gram = self._weighed @ measures.T
        gram[np.diag_indices_from(gram)] += 1e-6 * np.trace(gram) / len(gram) + 1e-12
        self._inverse = np.linalg.inv(gram)

    def change(self, wanted: Plane) -> Plane:
        """The flat change [pixels] of least weighted energy that adds `wanted` [n]."""
        found: Plane = (self._inverse @ wanted) @ self._weighed
        return found
