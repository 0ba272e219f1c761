"""Curves that grow by one point at a time without being copied at every point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST_ROOM = 1024
Values = NDArray[np.float64]


class Series:
    """One curve: x never falls, the buffers double when full, so adding stays cheap.

    Sums run along with the points, so that a moving mean of the whole curve costs one
    subtraction a point.
    """

    def __init__(self) -> None:
        self._rows: Values = np.zeros((4, FIRST_ROOM))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, x: float, y: float) -> None:
        """Append a point; one that lies before the last replaces what it goes back over.

        A resumed run starts from its checkpoint, so its first points lie before the
        last ones of the session that died.
        """
        if self._length and x <= self._rows[0, self._length - 1]:
            self._length = int(np.searchsorted(self.x, x))
        at = self._length
        if at == self._rows.shape[1]:
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)], axis=1)
        finite = bool(np.isfinite(y))
        total, count = self._rows[2:, at - 1] if at else (0.0, 0.0)
        self._rows[:, at] = x, y, total + (y if finite else 0.0), count + finite
        self._length += 1

    @property
    def x(self) -> Values:
        return self._rows[0, : self._length]

    @property
    def y(self) -> Values:
        return self._rows[1, : self._length]

    def smoothed(self, window: int) -> Values:
        """The mean over the last `window` points, fewer at the start.

        Not-a-number points are left out of the means around them, so that one bad
        loss does not blank the rest of the curve.
        """
        if window <= 1 or self._length < 2:
            return self.y
        sums = self._rows[2:, : self._length]
        total, count = sums.copy()
        total[window:] -= sums[0, :-window]
        count[window:] -= sums[1, :-window]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / count)


def peaks(x: Values, y: Values, most: int) -> tuple[Values, Values]:
    """At most about `most` points that look the same: the lowest and the highest of each stretch.

    A stretch that holds a not-a-number keeps it, so that the gap stays in sight.
    """
    stretch = 2 * len(x) // max(most, 2)
    if stretch < 2:
        return x, y
    whole = len(x) // stretch * stretch
    rows = y[:whole].reshape(-1, stretch)
    pairs = np.stack([rows.min(1), rows.max(1)], 1).reshape(-1)
    places = np.repeat(x[:whole:stretch], 2)
    return np.concatenate([places, x[whole:]]), np.concatenate([pairs, y[whole:]])
