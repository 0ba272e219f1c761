"""Resampling and blurring of float pictures, plane by plane, with Pillow."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image as Pillow

from studio.engine.artwork import Image


def resized(image: Image, size: tuple[int, int]) -> Image:
    """`image` [h, w, c] at `size` (width, height) by Lanczos, in float, within [0, 1]."""
    planes = [
        np.asarray(
            Pillow.fromarray(np.ascontiguousarray(image[..., channel])).resize(
                size, Pillow.Resampling.LANCZOS
            )
        )
        for channel in range(image.shape[2])
    ]
    made: Image = np.stack(planes, axis=2)
    if made.shape[2] == 4:
        # Lanczos overshoots at edges: where alpha has to come down to 1, colour comes with it.
        made[..., :3] /= np.maximum(made[..., 3:], 1.0)
    return np.clip(made, 0.0, 1.0).astype(np.float32)


def blurred(image: Image, sigma: float) -> Image:
    """Gaussian blur of [h, w, c] with mirrored borders; `sigma` in pixels."""
    reach = max(1, math.ceil(3 * sigma))
    offsets = np.arange(-reach, reach + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        pad = [(reach, reach) if each == axis else (0, 0) for each in range(3)]
        padded = np.pad(image, pad, mode="symmetric")
        length = image.shape[axis]
        total = np.zeros(image.shape, np.float32)
        for place, weight in enumerate(kernel):
            span = slice(place, place + length)
            total += np.float32(weight) * (padded[span] if axis == 0 else padded[:, span])
        image = total
    return image
