"""Where a picture has the most detail: edges and strong colours, without any model of things.

Energy of gradients as in Avidan and Shamir, Seam Carving (2007), section 3, with the distance
from the mean colour added, so that a plain red ball on grey counts too (Achanta et al. 2009).
"""

from __future__ import annotations

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]
_SIDE = 96
_STEPS = 65
# A tie is decided for the middle, where photographers put things.
_MIDDLE = 0.02


def best_box(picture: Image.Image, whole: Box, box: Box) -> Box:
    """`box`, the middle part of `whole` (pixels), moved to where the picture has most detail.

    It moves along the side where there is room. The same picture gives the same box; one
    without detail keeps its middle.
    """
    free_x = (whole[2] - whole[0]) - (box[2] - box[0])
    free_y = (whole[3] - whole[1]) - (box[3] - box[1])
    along_x = free_x >= free_y
    free = free_x if along_x else free_y
    length = (whole[2] - whole[0]) if along_x else (whole[3] - whole[1])
    if free / length < 1 / _SIDE:
        return box
    share = _best_share(energy(picture, whole).sum(axis=0 if along_x else 1), free / length)
    if along_x:
        left = whole[0] + share * free
        return left, box[1], left + box[2] - box[0], box[3]
    top = whole[1] + share * free
    return box[0], top, box[2], top + box[3] - box[1]


def energy(picture: Image.Image, whole: Box) -> np.ndarray:
    """float64 [h, w] of at most 96 x 96: how much there is to see at every place of `whole`."""
    scale = min(1.0, _SIDE / max(whole[2] - whole[0], whole[3] - whole[1]))
    size = (
        max(3, round((whole[2] - whole[0]) * scale)),
        max(3, round((whole[3] - whole[1]) * scale)),
    )
    small = picture.resize(size, Image.Resampling.BOX, box=whole, reducing_gap=1.0)
    values = np.asarray(small.convert("RGB"), np.float64)
    is_seen = np.ones(size[::-1])
    if small.mode == "RGBA":
        is_seen = np.asarray(small.getchannel("A"), np.float64) / 255
    weights = is_seen / max(float(is_seen.sum()), 1e-9)
    mean = (values * weights[..., None]).sum(axis=(0, 1))
    # Laid over its own mean: the outline of what is transparent is no detail.
    apart = (values - mean) * is_seen[..., None]
    down, across = np.gradient(apart @ np.array([0.299, 0.587, 0.114]))
    found = np.hypot(down, across) + 0.25 * np.sqrt((apart * apart).sum(axis=2))
    return np.asarray(found * is_seen)


def _best_share(line: np.ndarray, free: float) -> float:
    """Where in the room that there is (0 to 1) a window with the most of `line` begins."""
    total = float(line.sum())
    if total <= 1e-9:
        return 0.5
    edges = np.arange(len(line) + 1.0)
    sums = np.concatenate(([0.0], np.cumsum(line))) / total
    shares = np.linspace(0.0, 1.0, _STEPS)
    begins = shares * free * len(line)
    held = np.interp(begins + (1 - free) * len(line), edges, sums) - np.interp(begins, edges, sums)
    # Rounded: the sums of another processor may differ in their last digits.
    worth = np.round(held - _MIDDLE * np.abs(shares - 0.5), 6)
    return float(shares[int(np.argmax(worth))])
