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
_SHIFTS, _TRIED = 8, 200
"""Places that are looked at for each size, and read of all at most, the likeliest first."""
_FOUND_LEVELLED, _READ_LEVELLED = 0.8, 0.6
"""Exponents that bring waves near each other in height, for rows of windows are no mark: places
stand out more with the first, bits are read better with the second."""
_SIGNS_KNOWN, _PILOT_KNOWN = 4.0, 16.0
"""What a deviation counts at a place whose sign is known, and at the pilot's, beside the
logarithm of how likely places of unknown sign are."""


def read(plane: Plane) -> tuple[int, float]:
    """The likeliest message in a lightness [h, w] that is the whole picture, and its score."""
    if min(plane.shape) < GRID // 2:
        return 0, 0.0
    seen = _seen(resized(plane, GRID, GRID))
    return code.decode(_correlated(seen)[_places()])


def read_cropped(plane: Plane, enough: float) -> tuple[int, float]:
    """The same of a part of a picture, wherever it was cut out: the first that scores `enough`,
    or the best."""
    best = 0, 0.0
    if min(plane.shape) < _CROPPED:
        return best
    found = [each for size in _sizes(plane.shape) for each in _constellations(plane, *size)]
    found.sort(key=lambda each: -each[0])
    for _, soft in found[:_TRIED]:
        best = max(best, code.decode(soft), key=lambda each: each[1])
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


def _constellations(plane: Plane, height: int, width: int) -> Iterator[tuple[float, Plane]]:
    """Of a part that covers `height` x `width` cells: how far its best shifts stand out, by what
    falls on the places of the bits and the pilot, and the soft bits [127] there."""
    cells = np.zeros((GRID, GRID))
    cells[:height, :width] = _seen(resized(plane, height, width))
    waves = np.fft.fft2(cells)
    sought, spread = (_placed(waves, _FINE, by) for by in (_FOUND_LEVELLED, _READ_LEVELLED))
    deviation = sought.std()
    if deviation == 0.0:
        return
    sought /= deviation
    unsigned, signed = _stars()
    # Twice log cosh, which is a square near zero, and straight where one wave is much too high.
    energy = 2.0 * np.logaddexp(sought, -sought)
    met = np.fft.rfft2(energy) * np.conj(unsigned) + np.fft.rfft2(sought) * np.conj(signed)
    met = np.fft.irfft2(met, energy.shape)
    middle, apart = met.mean(), met.std()
    rows, columns = _places()
    for _ in range(_SHIFTS):
        y, x = np.unravel_index(int(np.argmax(met)), met.shape)
        side = GRID * _FINE
        soft = spread[(rows * _FINE + y) % side, (columns * _FINE + x) % side]
        yield float((met[y, x] - middle) / apart), soft
        met[y, x] = met.min()


class Carrier:
    """A lightness [128, 128] that is to carry a message; `seen` is how opaque each cell is.

    Every bit is to be read in the whole and in four parts of it, so that what the picture itself
    says there is made up for as well: of other parts, each holds a share of these.
    """

    def __init__(self, plane: Plane, seen: Plane, message: int) -> None:
        # The share hardly changes with the mark: with it fixed, the reading is linear.
        share = _share(plane)
        self.hidden = (np.minimum(share - _QUIET, _BUSIEST) + _FLOOR) * seen
        signs = np.append(code.encode(message), 1.0).astype(np.float32)
        patterns = _patterns() * signs[:, None, None]
        loud = np.append(np.ones(code.LENGTH), _PILOT)
        measures, values, wanted = [], [], []
        for window, size in _windows():
            part = (_banded(plane) / share * window).ravel().astype(np.float32)
            values.append(patterns.reshape(len(signs), -1) @ part)
            divided = patterns * (window / share).astype(np.float32)
            measures.append(_banded(divided).reshape(len(signs), -1))
            wanted.append(loud * size)
        self._values = np.concatenate(values)
        self._wanted = np.concatenate(wanted)
        self._floors = Floors(np.concatenate(measures), self.hidden.ravel())

    def change(self, strength: float) -> Plane:
        """The change after which every bit is read with `strength` in the whole, and with its
        share of that in each part; in about the deviation of what pictures say by themselves."""
        missing = self._wanted * strength - self._values
        return self._floors.change(missing).reshape(GRID, GRID)


def _seen(plane: Plane) -> Plane:
    return _banded(plane) / _share(plane)


def _share(plane: Plane) -> Plane:
    """What a cell is divided by, so that a quiet part of the picture counts as much."""
    return activity(_banded(plane), 2) + _QUIET


def _banded(plane: Plane) -> Plane:
    """The waves of the band, in one plane or several. Its own adjoint."""
    waves = np.fft.rfft2(plane)
    height, width = plane.shape[-2:]
    band = _band(height, width).astype(plane.dtype)
    found: Plane = np.fft.irfft2(waves * band, (height, width))
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
    return found


def _correlated(seen: Plane) -> Plane:
    """[128, 128]: how much of the pattern there is at every shift of it."""
    return _placed(np.fft.fft2(seen), 1, 0.0)


def _placed(waves: Any, fine: int, levelled: float) -> Plane:
    """The same [128 · fine, 128 · fine] of the waves [128, 128] of what is seen."""
    if levelled:
        heights = np.abs(waves)
        waves = waves / np.maximum(heights, 0.1 * heights.mean() + 1e-12) ** levelled
    product = waves * np.conj(np.fft.fft2(_pattern()))
    if fine > 1:
        side, begin = GRID * fine, GRID * (fine - 1) // 2
        wide = np.zeros((side, side), np.complex128)
        wide[begin : begin + GRID, begin : begin + GRID] = np.fft.fftshift(product)
        product = np.fft.ifftshift(wide) * fine**2
    found: Plane = np.fft.ifft2(product).real.astype(np.float64)
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
    """The same, and the pilot's [128]."""
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
def _stars() -> tuple[Any, Any]:
    """The transforms of the places among finer cells: those of unknown sign, and the others."""
    side = GRID * _FINE
    unsigned, signed = np.zeros((side, side)), np.zeros((side, side))
    rows, columns = (each * _FINE for each in _all_places())
    unsigned[rows[:-1], columns[:-1]] = 1.0
    signed[rows, columns] = np.append(_SIGNS_KNOWN * code.known(), _PILOT_KNOWN)
    return np.fft.rfft2(unsigned), np.fft.rfft2(signed)


@cache
def _patterns() -> Plane:
    """float32 [128, 128, 128], the pattern shifted to every place, the pilot's last."""
    rows, columns = _all_places()
    found: Plane = np.stack(
        [np.roll(_pattern(), (y, x), (0, 1)) for y, x in zip(rows, columns, strict=True)]
    ).astype(np.float32)
    return found
