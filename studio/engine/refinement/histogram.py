"""How often every level occurs, and how much is clipped at either end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from studio.engine.artwork import Pixels


@dataclass(frozen=True)
class Histogram:
    """`counts` is int64 [3, 256] of red, green and blue (thrice the same for grey)."""

    counts: np.ndarray
    black: float
    """The share of pixels with a channel at 0."""
    white: float
    """The share of pixels with a channel at 255."""

    @classmethod
    def of(cls, pixels: Pixels) -> Self:
        """Of all that is seen: fully clear pixels count for nothing."""
        colours = pixels[..., :3].reshape(-1, min(pixels.shape[2], 3))
        if pixels.shape[2] == 4:
            colours = colours[pixels[..., 3].ravel() > 0]
        planes = np.ascontiguousarray(colours.T)
        counts = np.stack([np.bincount(plane, minlength=256) for plane in planes])
        total = max(1, len(colours))
        black, white = (
            float(np.count_nonzero(np.logical_or.reduce(planes == level))) / total
            for level in (0, 255)
        )
        return cls(np.broadcast_to(counts, (3, 256)), black, white)
