"""How well pictures tile: the step across the wrap against the steps inside.

The mean absolute difference between the two edges that meet when a picture is laid beside
itself, divided by the mean absolute difference between neighbours inside. 1 is seamless:
the wrap looks like any other place. Above 1 the seam shows, 2 is twice an ordinary step;
a little below 1 is as good. Colour counts as much as it covers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.engine.artwork import Pixels


@dataclass(frozen=True)
class Seam:
    """`across` is the left edge beside the right one, `down` the top below the bottom."""

    across: float
    down: float


def seam(pictures: Pixels) -> Seam:
    """The score of uint8 pictures [N, h, w, c], sides from 2 pixels on; c = 4 is straight alpha.

    A set that is flat along an axis has no step there at all, and scores 1; so does no picture.
    """
    steps = Steps()
    steps.add(pictures)
    return steps.score()


class Steps:
    """What is needed for the score of many pictures, without keeping them."""

    def __init__(self) -> None:
        self._sums = np.zeros((2, 2))

    def add(self, pictures: Pixels) -> None:
        """Take in uint8 pictures [N, h, w, c]."""
        values = _covering(pictures)
        self._sums += [_steps(values, 2), _steps(values, 1)]

    def score(self) -> Seam:
        """Of all pictures so far, as :func:`seam`."""
        across, down = (wrap / inner if inner > 0 else 1.0 for wrap, inner in self._sums)
        return Seam(float(across), float(down))


def _steps(values: np.ndarray, axis: int) -> tuple[float, float]:
    """(across the wrap, inside): sums over the pictures of the mean absolute step."""
    if not len(values):
        return 0.0, 0.0
    wrap = np.abs(np.take(values, 0, axis) - np.take(values, -1, axis)).mean()
    inner = np.abs(np.diff(values, axis=axis)).mean()
    return len(values) * float(wrap), len(values) * float(inner)


def _covering(pictures: Pixels) -> np.ndarray:
    """float32 values; colour times alpha, so that nothing hidden counts."""
    values = pictures.astype(np.float32)
    if values.shape[-1] == 4:
        values[..., :3] *= values[..., 3:] / 255.0
    return values
