"""A tile that repeats without a seam, of any picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register
from studio.engine.refinement.colour_spaces import smoothstep
from studio.engine.refinement.planes import blurred


@register
@dataclass(frozen=True)
class Seamless(Operation):
    """Opposite edges are laid over each other: the picture loses the overlap of its size.

    Along the cut of least difference (Efros & Freeman 2001), softened; or faded, with the
    variance of the texture kept (Heitz & Neyret 2018, section 3.4), where a plain fade greys.
    """

    name = "seamless"
    title = "Seamless tile"
    summary = "Makes the picture repeat without a seam."
    group = "Shape"
    reshapes = True

    overlap: float = param(
        0.25, label="Overlap", low=0.05, high=0.5, step=0.01,
        help="How much of each side is laid over the opposite one.",
    )  # fmt: skip
    method: str = param(
        "cut", label="Seam", choices=("cut", "fade"),
        names={"cut": "along details", "fade": "faded"}, term="quilting",
        help="Along details for things and patterns, faded for stone, cloth and clouds.",
    )  # fmt: skip

    def apply(self, image: Image) -> Image:
        return self._closed(self._closed(image).swapaxes(0, 1)).swapaxes(0, 1).copy()

    def _closed(self, image: Image) -> Image:
        """Left and right fit after this."""
        width = image.shape[1]
        band = min(round(width * self.overlap), width - 1)
        if band < 1:
            return image
        head, tail = image[:, :band], image[:, width - band :]
        if self.method == "cut":
            share = _cut(head, tail)
        else:
            ramp = (np.arange(band, dtype=np.float32) + np.float32(0.5)) / np.float32(band)
            share = np.broadcast_to(smoothstep(ramp), head.shape[:2])[..., None]
        laid = tail + (head - tail) * share
        if self.method == "fade":
            mean = image.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
            kept = np.sqrt(share * share + (1 - share) * (1 - share))
            laid = np.clip((laid - mean) / kept + mean, 0.0, 1.0)
            if image.shape[2] == 4:
                laid[..., :3] = np.minimum(laid[..., :3], laid[..., 3:])
        return np.concatenate([laid, image[:, band : width - band]], axis=1)


def _cut(head: Image, tail: Image) -> Image:
    """[h, band, 1]: 0 left of the way with the least difference from top to bottom, 1 right.

    The way closes: the tile repeats downwards too.
    """
    height, band = head.shape[:2]
    cost = ((head - tail) ** 2).sum(axis=2) + np.float32(1e-6)
    # Never at the very edges of the band, where it would show as a straight line.
    rim = np.abs(np.linspace(-1, 1, band, dtype=np.float32))
    cost = cost + np.maximum(rim - np.float32(0.8), 0) * 5 * cost.max()
    middle = int(cost.mean(axis=0).argmin())
    way = _cheapest(cost, middle)
    x = np.arange(band, dtype=np.float32)[None, :]
    share = np.clip(x - way[:, None].astype(np.float32) + np.float32(0.5), 0.0, 1.0)[..., None]
    soft = max(0.6, min(height, band) / 100)
    around = np.concatenate([share[-1:], share, share[:1]])
    return blurred(around, soft)[1:-1]


def _cheapest(cost: Image, end: int) -> np.ndarray:
    """The column of the cheapest way in every row, from column `end` back to it."""
    height, band = cost.shape
    high = np.float32(1e9)
    total = np.full(band, high, np.float32)
    total[end] = cost[0, end]
    steps = np.zeros((height, band), np.int8)
    for row in range(1, height):
        beside = np.stack([np.append(high, total[:-1]), total, np.append(total[1:], high)])
        choice = beside.argmin(axis=0)
        steps[row] = choice - 1
        total = cost[row] + beside[choice, np.arange(band)]
    way = np.empty(height, np.int64)
    column = end if total[end] < high else int(total.argmin())
    for row in range(height - 1, -1, -1):
        way[row] = column
        column += int(steps[row, column])
    return way
