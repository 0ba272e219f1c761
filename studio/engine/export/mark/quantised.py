"""The mark of small pictures: projections of the picture's waves, each moved onto a lattice.

Spread-transform dither modulation, Chen and Wornell, "Quantization Index Modulation" (IEEE
Transactions on Information Theory 47, 2001). What the picture itself says in a projection does not
disturb it, which is why it goes into 64 pixels a side. It needs the whole picture: no crop.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from studio.engine.export.mark import code
from studio.engine.export.mark.plane import Indices, Levers, Plane, activity, key

SMALLEST = 40
"""Pixels a side that hold the waves."""
_LOW, _HIGH = 14.0, 38.0
"""Waves across the picture, twice: coarser ones are seen, finer ones are lost first."""
_UNIT = 64.0
_BUSIEST, _FLOOR = 30.0, 0.5
"""Levels of deviation that hide no more than this, and what even a flat ground hides."""
USUAL = 45.0
"""A step of the lattice, in levels: where the search for the fitting one begins."""
FINEST, COARSEST = 16.0, 80.0
"""Steps that are read also when contrast has changed by a third."""
_STEPS = np.geomspace(14.0, 110.0, 400)
_BLURS = (0.0, 0.45, 0.75, 1.0)
"""Standard deviations in 1/64 of a side."""
_GAMMAS = (1.0, 0.7, 0.84, 1.19, 1.4)
_TRIED = 3


def read(plane: Plane) -> tuple[int, float]:
    """The likeliest identifier in a lightness [h, w] and its score."""
    if min(plane.shape) < SMALLEST:
        return 0, 0.0
    found = [code.decode(soft) for soft in _candidates(plane)]
    return max(found, key=lambda each: each[1])


def _candidates(plane: Plane) -> list[Plane]:
    """Soft bits [127] under the suppositions that fit a lattice best."""
    tried: list[tuple[float, Plane]] = []
    for values in _suppositions(plane):
        turns = (2 * np.pi * (values / _STEPS[:, None] - _dither())).astype(np.float32)
        # Twice the angle: both lattices of a bit fall together.
        fits = np.cos(2 * turns).sum(1)
        best = int(np.argmax(fits))
        tried.append((float(fits[best]), np.cos(turns[best])))
    tried.sort(key=lambda each: -each[0])
    return [soft for _, soft in tried[:_TRIED]]


def _suppositions(plane: Plane) -> Iterator[Plane]:
    """Projections [127], as if the picture had been blurred or its tones bent on the way."""
    _, _, waves = _waves()
    for gamma in _GAMMAS:
        bent = 255.0 * np.clip(plane / 255.0, 0.0, 1.0) ** (1.0 / gamma)
        coefficients = _coefficients(bent)
        for blur in _BLURS:
            sharper = np.exp(0.5 * (np.pi * waves / _UNIT * blur) ** 2)
            yield _projections() @ (coefficients * sharper)


class Carrier:
    """A lightness [h, w] that is to carry an identifier; `seen` is how opaque each pixel is."""

    def __init__(self, plane: Plane, seen: Plane, identifier: int) -> None:
        self.plane = plane
        self.hidden = (np.clip(activity(plane, 2), 0.0, _BUSIEST) + _FLOOR) * seen
        self._offsets = _dither() + (1.0 - code.encode(identifier)) / 4.0
        self._levers = Levers(_measures(*plane.shape), self.hidden.ravel())

    def change(self, step: float, so_far: Plane | float = 0.0) -> Plane:
        """What has to be added to the lightness and what was changed `so_far`, so that the
        word lies on a lattice of this `step`."""
        turns = _projections() @ _coefficients(self.plane + so_far) / step - self._offsets
        return self._levers.change((np.rint(turns) - turns) * step).reshape(self.plane.shape)


def _coefficients(plane: Plane) -> Plane:
    rows, columns, _ = _waves()
    height, width = plane.shape
    all_of = _cosines(height) @ plane @ _cosines(width).T
    found: Plane = all_of[rows, columns] * (_UNIT / np.sqrt(height * width))
    return found


@cache
def _waves() -> tuple[Indices, Indices, Plane]:
    """Rows, columns and lengths of the coefficients that carry the mark."""
    most = int(_HIGH) + 1
    lengths = np.hypot(*np.meshgrid(np.arange(most), np.arange(most), indexing="ij"))
    rows, columns = np.nonzero((lengths >= _LOW) & (lengths <= _HIGH))
    return rows, columns, lengths[rows, columns]


@cache
def _cosines(size: int) -> Plane:
    """The orthonormal DCT-II of `size` pixels, its first rows [39, size]."""
    waves = np.arange(int(_HIGH) + 1)[:, None]
    found: Plane = np.cos(np.pi * (2 * np.arange(size) + 1) * waves / (2 * size))
    found *= np.sqrt(2.0 / size)
    found[0] /= np.sqrt(2.0)
    return found


@cache
def _projections() -> Plane:
    """Orthonormal [127, waves]."""
    count = len(_waves()[0])
    signs = np.where(key("projections", code.LENGTH * count) < 0.5, -1.0, 1.0)
    rows = signs.reshape(code.LENGTH, count)
    found: Plane = np.linalg.solve(np.linalg.cholesky(rows @ rows.T), rows)
    return found


@cache
def _dither() -> Plane:
    return key("dither", code.LENGTH)


@cache
def _measures(height: int, width: int) -> Plane:
    """[127, height · width]: the projections as linear measures of pixels."""
    rows, columns, _ = _waves()
    placed = np.zeros((code.LENGTH, int(_HIGH) + 1, int(_HIGH) + 1))
    placed[:, rows, columns] = _projections()
    half = placed @ _cosines(width)
    whole = np.einsum("uy,buw->byw", _cosines(height), half)
    found: Plane = whole.reshape(code.LENGTH, -1) * (_UNIT / np.sqrt(height * width))
    return found
