"""Resampling and blurring of float pictures, plane by plane."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image as Pillow

from studio.engine.artwork import Image
from studio.engine.refinement.strips import in_strips

PREVIEW_SIDE = 1024
"""Pixels; a preview that grows by a step does not grow beyond."""
_WIDE = 12.0
_NOTHING = 1e-5
"""A weight that no 16 bits show."""


def preview_size(true: tuple[int, int], shown: tuple[int, int]) -> tuple[tuple[int, int], float]:
    """How large a preview, now `shown`, stands for a picture that is to be `true`, and how much
    of it that is."""
    share = min(1.0, max(PREVIEW_SIDE, *shown) / max(true))
    return (max(1, round(true[0] * share)), max(1, round(true[1] * share))), share


def resized(
    image: Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image:
    """`image` [h, w, c], or its part `box` (left, top, right, bottom in pixels), at `size` (width,
    height) by Lanczos, in float, within [0, 1]."""
    planes = [
        np.asarray(
            Pillow.fromarray(np.ascontiguousarray(image[..., channel])).resize(
                size, Pillow.Resampling.LANCZOS, box
            )
        )
        for channel in range(image.shape[2])
    ]
    made: Image = np.stack(planes, axis=2)
    if made.shape[2] == 4:
        # Lanczos overshoots at edges: where alpha has to come down to 1, colour comes with it.
        made[..., :3] /= np.maximum(made[..., 3:], 1.0)
    return np.clip(made, 0.0, 1.0, out=made)


def reduced(image: Image, side: int) -> Image:
    """`image` with a longer side of at most `side`: the mean of what falls together."""
    height, width = image.shape[:2]
    share = side / max(height, width)
    if share >= 1.0:
        return image
    size = max(1, round(width * share)), max(1, round(height * share))
    planes = [
        np.asarray(
            Pillow.fromarray(np.ascontiguousarray(image[..., channel])).resize(
                size, Pillow.Resampling.BOX
            )
        )
        for channel in range(image.shape[2])
    ]
    return np.stack(planes, axis=2)


def blurred(image: Image, sigma: float) -> Image:
    """Gaussian blur of [h, w, c] with mirrored borders; `sigma` in pixels."""
    reach = max(1, math.ceil(3 * sigma))
    offsets = np.arange(-reach, reach + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    weights = (kernel / kernel.sum()).astype(np.float32)
    if weights[0] < _NOTHING:
        # Only the middle counts: so it is where a preview is many times smaller than its picture.
        if reach == 1:
            return image.copy()
        reach, weights = reach - 1, weights[1:-1]
    width, channels = image.shape[1:]
    down = np.pad(image, [(reach, reach), (0, 0), (0, 0)], mode="symmetric")

    def strip(rows: slice) -> Image:
        part = down[rows.start : rows.stop + 2 * reach]
        middle = _weighted(part, weights, rows.stop - rows.start, 0)
        across = np.pad(middle, [(0, 0), (reach, reach), (0, 0)], mode="symmetric")
        return _weighted(across, weights, width, 1)

    return in_strips(image, strip, channels)


def _weighted(padded: Image, weights: Image, length: int, axis: int) -> Image:
    """The sum of `length` long parts of `padded`, each one further along `axis`."""
    spans = [slice(place, place + length) for place in range(len(weights))]
    parts = [padded[span] if axis == 0 else padded[:, span] for span in spans]
    middle = len(weights) // 2
    total: Image = parts[middle] * weights[middle]
    term = np.empty_like(total)
    for place in range(middle):  # the two sides weigh the same
        np.add(parts[place], parts[-1 - place], out=term)
        term *= weights[place]
        total += term
    return total


def softened(image: Image, sigma: float) -> Image:
    """About the same as :func:`blurred`, quick for a large `sigma`: from a smaller picture."""
    share = _WIDE / sigma
    if share >= 1.0 or max(image.shape[:2]) * share < 8:
        return blurred(image, max(sigma, 0.1))
    height, width = image.shape[:2]
    small = reduced(image, max(8, round(max(height, width) * share)))
    return resized(
        blurred(small, sigma * max(small.shape[:2]) / max(height, width)), (width, height)
    )
