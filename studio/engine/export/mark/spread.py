"""The mark of larger pictures: shifted copies of one fixed pattern of noise, a sign for each bit.

Spread spectrum, Cox, Kilian, Leighton and Shamoon, "Secure Spread Spectrum Watermarking for
Multimedia" (IEEE Transactions on Image Processing 6, 1997), in a band of waves and with what the
picture itself says of the pattern made up for. Because the bits are shifts of one pattern, one
correlation reads them all, and a crop shifts them together: the constellation of their peaks is
looked for wherever it may lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from studio.engine.export.mark import code
from studio.engine.export.mark.plane import Floors, Indices, Plane, activity, key, resized

Waves = np.ndarray[Any, np.dtype[Any]]
"""complex64, of real planes: without the half that follows from the other."""
SMALLEST = 256
"""Pixels of the shorter side from which on it is used."""
GRID = 128
"""Cells a side: the pattern covers the whole picture, whatever its size."""
_LOW, _HIGH = 20.0, 60.0
"""Waves across the picture."""
_CORNER = 96
"""Cells of the sides of the parts that every bit is laid into."""
_PILOT = 8.0
"""How much stronger than a bit the mark is in one more place, whose sign is known: what shifts of
a part are found by."""
_CROPPED = 160
"""Pixels of the shorter side of what may be cut out of a marked picture."""
_BUSIEST = 30.0
"""Levels of deviation that hide no more than this."""
_QUIET, _FLOOR = 1.0, 0.3
"""Levels that are added to what a cell is divided by, and that even a flat ground hides."""
USUAL, WEAKEST = 2.3, 0.3
_PARTS = np.arange(0.99, 0.665, -0.01)
"""How much of the sides a crop may have left."""
_FINE = 2
"""Shifts are looked for in halves of a cell."""
_SHIFTS, _TRIED = 2, 24
"""Places that are looked at for each size, and read of all at most, the likeliest first. In 199
photographs that were cut, the right place was the likeliest of all or did not stand out."""
_FINEST_SEEN = 4
"""Pixels of a cell beyond which a picture is made smaller before it is searched."""
_FOUND_LEVELLED, _READ_LEVELLED = 0.8, 0.5
"""Exponents that bring waves near each other in height, for rows of windows are no mark: places
stand out more with the first, bits are read better with the second."""
_SIGNS_KNOWN, _PILOT_KNOWN = 4.0, 16.0
"""What a deviation counts at a place whose sign is known, and at the pilot's, beside the
logarithm of how likely places of unknown sign are."""


def read(plane: Plane) -> tuple[int, float]:
    """The likeliest identifier in a lightness [h, w] that is the whole picture, and its score."""
    if min(plane.shape) < GRID // 2:
        return 0, 0.0
    seen = _seen(resized(plane, GRID, GRID)).astype(np.float32)
    return code.decode(_soft(np.fft.rfft2(seen), 1, 0, 0))


def read_cropped(plane: Plane, enough: float) -> tuple[int, float]:
    """The same of a part of a picture, wherever it was cut out: the first that scores `enough`,
    or the best."""
    best = 0, 0.0
    if min(plane.shape) < _CROPPED:
        return best
    most = GRID * _FINEST_SEEN
    plane = resized(plane, *(min(side, most) for side in plane.shape))
    found = [each for size in _sizes(plane.shape) for each in _constellations(plane, *size)]
    found.sort(key=lambda each: -each[0])
    for _, waves, y, x in found[:_TRIED]:
        best = max(best, code.decode(_soft(waves, _FINE, y, x)), key=lambda each: each[1])
        if best[1] >= enough:
            break
    return best


def _sizes(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Cells that the part may cover: of a whole of its own shape, or of a square one."""
    height, width = shape
    longer = max(shape)
    for part in _PARTS:
        side = round(GRID * part)
        yield side, side
        if height != width:
            yield round(side * height / longer), round(side * width / longer)


def _constellations(
    plane: Plane, height: int, width: int
) -> Iterator[tuple[float, Waves, int, int]]:
    """Of a part that covers `height` x `width` cells: how far its best shifts stand out, by what
    falls on the places of the bits and the pilot; the waves that are seen, and those shifts."""
    cells = np.zeros((GRID, GRID), np.float32)
    cells[:height, :width] = _seen(resized(plane, height, width))
    waves = np.fft.rfft2(cells)
    placed = _placed(waves, _FINE, _FOUND_LEVELLED)
    sought = np.fft.irfft2(placed)
    deviation = sought.std()
    if deviation == 0.0:
        return
    # Twice log cosh, which is a square near zero, and straight where one wave is much too high.
    high = np.abs(sought) * (2.0 / deviation)
    energy = high + 2.0 * np.log(1.0 + np.exp(-high))
    unsigned, signed = _stars()
    met = np.fft.irfft2(np.fft.rfft2(energy) * unsigned + placed * (signed / deviation))
    middle, apart = met.mean(), met.std()
    for _ in range(_SHIFTS):
        y, x = divmod(int(np.argmax(met)), met.shape[1])
        yield float((met[y, x] - middle) / apart), waves, y, x
        met[y, x] = met.min()


def _soft(waves: Waves, fine: int, y: int, x: int) -> Plane:
    """Soft bits [127] of the waves of what is seen, shifted by `y`, `x` of `fine` in a cell."""
    there = np.fft.irfft2(_placed(waves, fine, _READ_LEVELLED))
    rows, columns = _places()
    side = GRID * fine
    found: Plane = there[(rows * fine + y) % side, (columns * fine + x) % side]
    return found


class Carrier:
    """A lightness [128, 128] that is to carry an identifier; `seen` is how opaque each cell is.

    Every bit is to be read in the whole and in four parts of it, so that what the picture itself
    says there is made up for as well: of other parts, each holds a share of these.
    """

    def __init__(self, plane: Plane, seen: Plane, identifier: int) -> None:
        # The share hardly changes with the mark: with it fixed, the reading is linear.
        share = _share(plane)
        self.hidden = (np.minimum(share - _QUIET, _BUSIEST) + _FLOOR) * seen
        # Nowhere nothing, or what has to be pulled there would be without end.
        self._weights = np.maximum(self.hidden, 1e-3).astype(np.float32) ** 2
        windows, sizes = zip(*_windows(), strict=True)
        self._parts = (np.stack(windows) / share).astype(np.float32)
        signs, loud = np.ones(code.LENGTH + 1), np.ones(code.LENGTH + 1)
        signs[:-1], loud[-1] = code.encode(identifier), _PILOT
        self._signs = signs.astype(np.float32)
        self._wanted = np.outer(sizes, loud).astype(np.float32)
        self._values = self._measured(plane.astype(np.float32))
        energies = (self._parts**2 * self._weights).sum((1, 2))[:, None]
        scale = (1.0 / np.sqrt(energies)).repeat(len(signs), 1)
        self._floors = Floors(self._laid, self._measured, scale)

    def change(self, strength: float) -> Plane:
        """[128, 128], the change after which every bit is read with `strength` in the whole, and
        with its share of that in each part; in about the deviation of what pictures say by
        themselves."""
        missing = self._wanted * np.float32(strength) - self._values
        return self._floors.change(missing).astype(np.float64)

    def _measured(self, plane: Plane) -> Plane:
        """float32 [5, 128]: what each part says of the bits and the pilot, by their signs."""
        shifts = np.fft.irfft2(np.fft.rfft2(_banded(plane) * self._parts) * _pattern_waves())
        found: Plane = shifts[:, *_all_places()] * self._signs
        return found

    def _laid(self, pulls: Plane) -> Plane:
        """float32 [128, 128], the adjoint of :meth:`_measured`, weighed by what hides it."""
        shifts = np.zeros((len(pulls), GRID, GRID), np.float32)
        shifts[:, *_all_places()] = pulls * self._signs
        laid = np.fft.irfft2(np.fft.rfft2(shifts) * np.conj(_pattern_waves()))
        return _banded((laid * self._parts).sum(0)) * self._weights


def _seen(plane: Plane) -> Plane:
    return _banded(plane) / _share(plane)


def _share(plane: Plane) -> Plane:
    """What a cell is divided by, so that a quiet part of the picture counts as much."""
    return activity(_banded(plane), 2) + _QUIET


def _banded(plane: Plane) -> Plane:
    """The waves of the band. Its own adjoint."""
    waves = np.fft.rfft2(plane)
    waves *= _band(*plane.shape)
    found: Plane = np.fft.irfft2(waves, plane.shape)
    return found


@cache
def _band(height: int, width: int) -> Plane:
    """Waves in cycles across the whole grid, also of a part of it."""
    rows = np.fft.fftfreq(height)[:, None] * GRID
    columns = np.fft.rfftfreq(width)[None] * GRID
    length = np.hypot(rows, columns)
    rise = 1.0 / (1.0 + np.exp(-(length - _LOW) / 1.5))
    fall = 1.0 / (1.0 + np.exp((length - _HIGH) / 2.0))
    # Pictures have less of finer waves: lifted, all of the band count alike.
    found: Plane = rise * fall * (length / _HIGH) ** 2
    return found.astype(np.float32)


def _placed(waves: Waves, fine: int, levelled: float) -> Waves:
    """How much of the pattern there is at every shift of it, [128 · fine, 128 · fine]: the waves
    of that, of those of what is seen."""
    heights = np.abs(waves)
    waves = waves / np.maximum(heights, 0.1 * heights.mean() + 1e-12) ** levelled
    product = waves * _pattern_waves()
    if fine == 1:
        return product
    middle = GRID // 2
    wide = np.zeros((GRID * fine, middle * fine + 1), np.complex64)
    product[middle] /= 2.0  # the finest row is both ends of the band
    product[:, middle] /= 2.0
    wide[: middle + 1, : middle + 1] = product[: middle + 1] * fine**2
    wide[-middle:, : middle + 1] = product[middle:] * fine**2
    return wide


@cache
def _pattern_waves() -> Waves:
    found: Waves = np.conj(np.fft.rfft2(_pattern())).astype(np.complex64)
    return found


@cache
def _pattern() -> Plane:
    """Noise of the band, of length 1."""
    noise = (key("pattern", GRID * GRID) - 0.5).reshape(GRID, GRID)
    found = _banded(noise)
    found /= np.linalg.norm(found)
    return found


@cache
def _places() -> tuple[Indices, Indices]:
    """Rows and columns [127] of the shifts that stand for the bits."""
    rows, columns = _all_places()
    return rows[:-1], columns[:-1]


@cache
def _all_places() -> tuple[Indices, Indices]:
    """The same, and the pilot's: [128]."""
    order = np.argsort(key("places", GRID * GRID), kind="stable")[: code.LENGTH + 1]
    return np.divmod(order, GRID)


@cache
def _windows() -> tuple[tuple[Plane, float], ...]:
    """Parts that every bit is laid into, [128, 128] of zeros and ones, and how much each has of
    the whole: all of it, and the four corners."""
    found = [(np.ones((GRID, GRID)), 1.0)]
    for rows in (slice(_CORNER), slice(-_CORNER, None)):
        for columns in (slice(_CORNER), slice(-_CORNER, None)):
            window = np.zeros((GRID, GRID))
            window[rows, columns] = 1.0
            found.append((window, _CORNER**2 / GRID**2))
    return tuple(found)


@cache
def _stars() -> tuple[Waves, Waves]:
    """The transforms of the places among finer cells: those of unknown sign, and the others."""
    side = GRID * _FINE
    unsigned, signed = np.zeros((side, side)), np.zeros((side, side))
    rows, columns = (each * _FINE for each in _all_places())
    unsigned[rows[:-1], columns[:-1]] = 1.0
    signed[rows, columns] = np.append(_SIGNS_KNOWN * code.known(), _PILOT_KNOWN)
    star, other = (np.conj(np.fft.rfft2(each)).astype(np.complex64) for each in (unsigned, signed))
    return star, other
