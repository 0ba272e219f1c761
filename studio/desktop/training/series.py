"""Curves that grow by one point at a time without being copied at every point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST_ROOM = 1024


class Series:
    """One curve: x never falls, both buffers double when full, so adding stays cheap."""

    def __init__(self) -> None:
        self._x: NDArray[np.float64] = np.empty(FIRST_ROOM)
        self._y: NDArray[np.float64] = np.empty(FIRST_ROOM)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, x: float, y: float) -> None:
        """Append a point; one that lies before the last replaces what it goes back over.

        A resumed run starts from its checkpoint, so its first points lie before the
        last ones of the session that died.
        """
        if self._length and x <= self._x[self._length - 1]:
            self._length = int(np.searchsorted(self.x, x))
        if self._length == len(self._x):
            self._x = np.concatenate([self._x, np.empty_like(self._x)])
            self._y = np.concatenate([self._y, np.empty_like(self._y)])
        self._x[self._length], self._y[self._length] = x, y
        self._length += 1

    @property
    def x(self) -> NDArray[np.float64]:
        """A view of the x values."""
        return self._x[: self._length]

    @property
    def y(self) -> NDArray[np.float64]:
        """A view of the y values."""
        return self._y[: self._length]


def smooth(y: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The mean over the last `window` points (fewer at the start), in one pass.

    Not-a-number points are left out of the means around them, so that one bad
    loss does not blank the rest of the curve.
    """
    if window <= 1 or len(y) < 2:
        return y
    finite = np.isfinite(y)
    total = np.concatenate([[0.0], np.cumsum(np.where(finite, y, 0.0))])
    count = np.concatenate([[0], np.cumsum(finite)])
    end = np.arange(1, len(y) + 1)
    begin = np.maximum(0, end - window)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((total[end] - total[begin]) / (count[end] - count[begin]))
