"""The lightness of a picture as marks are laid into it, and where they may lie unseen.

Both marks measure a picture by linear numbers and change these by the least weighted amount: for
y = B x and wanted changes d, the change M² Bᵀ (B M² Bᵀ)⁻¹ d has the least energy where a pixel
counts by what M says can hide in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from studio.engine.artwork import Pixels

Plane = np.ndarray[Any, np.dtype[Any]]
"""Of floats, [h, w] or [n], lightness of 0 to 255 or changes of it."""
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


class Floors:
    """What lifts the measures of a picture to what is wanted of each at least, by the least change
    where pixels count by what hides in them.

    `measured` tells what a change [h, w] adds to the measures, of any shape, and `laid` the least
    change that pulls at each of them so hard, B and M² Bᵀ from above; `scale` is about one over
    the deviation of each measure, which lets all be pulled at one pace. How hard each measure has
    to pull is found by projected gradients, which remember their last answer (Beck and Teboulle,
    "A Fast Iterative Shrinkage-Thresholding Algorithm for Linear Inverse Problems", SIAM Journal
    on Imaging Sciences 2, 2009).
    """

    _STEPS, _POWERS = 8, 5
    _SAFE = 1.2
    """How much steeper it may be than the last power says."""

    def __init__(
        self, laid: Callable[[Plane], Plane], measured: Callable[[Plane], Plane], scale: Plane
    ) -> None:
        self._laid, self._measured, self._scale = laid, measured, scale
        self._pulls = np.zeros_like(scale)
        steepest, along = 0.0, np.ones_like(scale)
        for _ in range(self._POWERS):
            along = self._answered(along / np.linalg.norm(along))
            steepest = float(np.linalg.norm(along))
        self._pace = np.float32(1.0 / (steepest * self._SAFE))

    def change(self, missing: Plane) -> Plane:
        """The change [h, w] after which each measure has grown by `missing` or more; what is
        negative there may shrink by so much."""
        wanted = missing * self._scale
        pulls = ahead = self._pulls
        momentum = 1.0
        for _ in range(self._STEPS):
            moved = np.maximum(ahead - (self._answered(ahead) - wanted) * self._pace, 0.0)
            faster = (1.0 + np.sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0
            ahead = moved + np.float32((momentum - 1.0) / faster) * (moved - pulls)
            pulls, momentum = moved, faster
        self._pulls = pulls
        return self._laid(pulls * self._scale)

    def _answered(self, pulls: Plane) -> Plane:
        return self._measured(self._laid(pulls * self._scale)) * self._scale
