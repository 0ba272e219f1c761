"""Plain bars and corners of fill around a picture: film stills, scans, pictures set upright."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

# A bar may hold the noise of a codec, and ends in a line, not in a few pixels of an object.
_NOISE = 8
_STEP = 24
_LINE = 0.5
_WIDEST = 0.45
_SMALLEST = 16
# Fill far from its edge is nearly one level, where a soft corner of a picture is not.
_FILL = 2
_LEAST = 0.002
_CORNER = 4
_OFF = 1.5
"""Pixels that the edge of a corner may lie beside a straight line."""
_WHITE = 245
"""A plain corner lighter than this is a sky or paper more often than fill."""
_COLOURFUL = 40
"""Levels between the channels from which on a plain part is the stripe of a flag, not fill."""
_DRAWN = 0.65
"""Part of the neighbours of one level from which on a picture is drawn, not taken."""


def found(grey: np.ndarray, picture: Image.Image) -> tuple[list[float] | None, float]:
    """Shares of plain bars at left, top, right and bottom, or None; share of the area that plain
    slanted corners take, 0 to 1.

    `grey` is uint8 [h, w], `picture` the same in colour, of any size. A bar is plain over its whole
    length, has a partner of its grey on the other side, and ends in a straight line: the margin
    around an object on a plain ground is none. A corner is what a picture that was turned or set
    upright leaves empty: it ends in one or two straight lines that are not those of the frame.
    Neither is colourful.
    """
    top, bottom = _pair(grey, picture, 0.5, 0)
    left, right = _pair(grey.T, picture, 0, 0.5)
    sides = [round(share, 4) for share in (left, top, right, bottom)]
    corners = 0.0
    if min(grey.shape) >= 3 * _SMALLEST:
        flips = [(grey, 0, 0), (grey[:, ::-1], 1, 0), (grey[::-1], 0, 1), (grey[::-1, ::-1], 1, 1)]
        corners = sum(_corner(each, picture, x, y) for each, x, y in flips if _may_be_fill(each))
    return sides if any(sides) else None, 0.0 if corners and _drawn(grey) else round(corners, 4)


def _pair(rows: np.ndarray, picture: Image.Image, x: float, y: float) -> tuple[float, float]:
    """The bars before and behind the picture; the stripes of a flag are of different greys."""
    middle = rows.shape[1] // 2
    few = [rows.item(row, at) for row in (0, -1) for at in (0, middle, -1)]
    if max(few) - min(few) > 2 * _NOISE:  # as of most pictures, of which no more is asked
        return 0.0, 0.0
    if max(_range(rows[0]), _range(rows[-1])) > _NOISE:
        return 0.0, 0.0
    first, last = int(np.median(rows[0])), int(np.median(rows[-1]))
    if abs(first - last) > _NOISE or _colourful(picture, x, y):
        return 0.0, 0.0
    before, behind = _bar(rows), _bar(rows[::-1])
    return (before, behind) if before and behind else (0.0, 0.0)


def _bar(rows: np.ndarray) -> float:
    """The share of the height that a plain bar takes from the first row on."""
    height = len(rows)
    if min(rows.shape) < _SMALLEST:
        return 0.0
    level = int(np.median(rows[0]))
    away = np.abs(rows.astype(np.int16) - level)
    ends = np.flatnonzero(away.max(axis=1) > _NOISE)
    first = int(ends[0]) if len(ends) else height
    if first > _WIDEST * height:
        return 0.0
    # The row where bar and picture meet is a blend of both; the one behind it is not.
    line = (away[first : first + 2] > _STEP).mean(axis=1).max()
    return first / height if line >= _LINE else 0.0


def _may_be_fill(grey: np.ndarray) -> bool:
    """Of a few pixels, as most pictures have no corner of fill and an import asks each of them."""
    tip, last = grey.item(0, 0), _CORNER - 1
    return tip <= _WHITE and all(
        abs(tip - grey.item(*at)) <= _FILL for at in ((last, last), (0, last), (last, 0))
    )


def _corner(grey: np.ndarray, picture: Image.Image, x: float, y: float) -> float:
    """The share of the area that fill takes from the upper left corner of uint8 [h, w] on."""
    _, width = grey.shape
    tip = grey[:_CORNER, :_CORNER]
    if _range(tip) > _FILL:
        return 0.0
    level = int(np.median(tip))
    outside = np.abs(grey.astype(np.int16) - level) > _NOISE
    runs = np.where(outside.any(axis=1), outside.argmax(axis=1), width)
    if not runs.all():
        runs = runs[: int((runs == 0).argmax())]
    share = float(runs.sum()) / grey.size
    if not _LEAST < share < _WIDEST or len(runs) < _CORNER:
        return 0.0
    # The noise of a codec reaches over the edge here and there: the median of a few rows.
    runs = np.median(sliding_window_view(runs, _CORNER - 1), axis=1).astype(np.intp)
    rows = np.flatnonzero(runs < width)
    if len(rows) < _CORNER or _range(runs[rows]) < _CORNER:
        return 0.0
    # Behind the edge, which is a blend of both, the picture begins.
    behind = np.minimum(runs[rows] + 2, width - 1)
    away = np.abs(grey[rows + 1, behind].astype(np.int16) - level)
    if (away > _STEP).mean() < _LINE or not _straight(np.stack([rows, runs[rows]], 1)):
        return 0.0
    return 0.0 if _colourful(picture, x, y) else share


def _straight(points: np.ndarray) -> bool:
    """Whether int [n, 2] lie on one straight line, or on two that meet."""
    where, off = _farthest(points)
    parts = (points[: where + 1], points[where:])
    return off <= _OFF or all(_farthest(part)[1] <= _OFF for part in parts)


def _farthest(points: np.ndarray) -> tuple[int, float]:
    """The point that is farthest from the line between the first and the last, and how far."""
    down, along = points[-1] - points[0]
    length = float(np.hypot(down, along))
    if length < 1:
        return 0, 0.0
    off = np.abs((points[:, 0] - points[0, 0]) * along - (points[:, 1] - points[0, 1]) * down)
    where = int(off.argmax())
    return where, float(off[where]) / length


def _drawn(grey: np.ndarray) -> bool:
    """A drawing has plain parts of its own, which end in straight lines too."""
    inner = grey[len(grey) // 4 : -len(grey) // 4].astype(np.int16)
    return bool((np.abs(np.diff(inner, axis=1)) <= 1).mean() > _DRAWN)


def _colourful(picture: Image.Image, x: float, y: float) -> bool:
    """Of the pixel at these parts of the width and the height."""
    if picture.mode != "RGB":
        return False
    at = round(x * (picture.width - 1)), round(y * (picture.height - 1))
    red, green, blue = picture.crop((*at, at[0] + 1, at[1] + 1)).tobytes()
    return max(red, green, blue) - min(red, green, blue) > _COLOURFUL


def _range(values: np.ndarray) -> int:
    return int(values.max()) - int(values.min())
