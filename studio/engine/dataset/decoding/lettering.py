"""How much of a picture is lettering: a page, a screenshot, a panel with a caption.

Lettering is many thin strokes, in both directions, on one plain ground. So it is looked for in
small cells, and only where cells of the same ground stand side by side, as in a line. No
letter is read: any script will do, at any size from a few pixels to about a cell. Letters that
are taller, or that lie on a photograph, are not found.
"""

from __future__ import annotations

import numpy as np

CELL = 16
SMALLEST_SIDE = 3 * CELL
"""Below this there is no room for a line of cells."""
_ALONG = 3
_CONTRAST = 48
# Changes between light and dark in a cell: fewer are an outline, more are a halftone.
_STROKES = (44, 160)
_EITHER_WAY = 10
# The share of the strokes; more is a pattern of two colours, less is a speck.
_INK = (0.03, 0.42)
_PLAIN, _PLAIN_SHARE, _BETWEEN_SHARE = 20, 0.42, 0.45
_SAME_GROUND = 20
_PAIRS = np.uint16((1 << CELL - 1) - 1)


def share(grey: np.ndarray) -> float:
    """The percentage of uint8 [H, W], at most about 256 pixels long, that lettering takes.

    0 for a side below :data:`SMALLEST_SIDE`.
    """
    if min(grey.shape) < SMALLEST_SIDE:
        return 0.0
    rows, columns = grey.shape[0] // CELL, grey.shape[1] // CELL
    bands = grey[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns * CELL)
    high, low = _of_cells(np.maximum, bands), _of_cells(np.minimum, bands)
    likely = high - low >= _CONTRAST
    if not likely.any():
        return 0.0
    middle = low + (high - low) // 2
    light = bands > np.repeat(middle, CELL, axis=1)[:, None, :]
    # The sixteen pixels of a row of a cell are one word; what lies between cells is of neither.
    words = np.packbits(light, axis=2).view(">u2").astype(np.uint16)
    lit = _ones(words) / CELL**2
    ink = np.minimum(lit, 1 - lit)
    down = _ones(words[:, 1:] ^ words[:, :-1])
    across = _ones((words ^ words >> 1) & _PAIRS)
    strokes = down + across
    likely &= (strokes >= _STROKES[0]) & (strokes <= _STROKES[1])
    likely &= (np.minimum(down, across) >= _EITHER_WAY) & (ink >= _INK[0]) & (ink <= _INK[1])
    ground = np.where(lit >= 0.5, high, low)
    likely = _in_lines(likely, ground)  # most photographs are done here
    if not likely.any():
        return 0.0
    _keep_plain(likely, bands, ground, high, low)
    return round(100.0 * float(_in_lines(likely, ground).mean()), 1)


def _of_cells(extreme: np.ufunc, bands: np.ndarray) -> np.ndarray:
    """The largest or smallest of every cell of uint8 [rows, CELL, columns * CELL]."""
    lines = extreme.reduce(bands, axis=1)
    # Over whole rows numpy is several times quicker than over sixteen at a time.
    upright = np.ascontiguousarray(lines.reshape(-1, CELL).T)
    return np.asarray(extreme.reduce(upright, axis=0).reshape(len(bands), -1))


def _ones(words: np.ndarray) -> np.ndarray:
    """How many bits are set in every cell of uint16 [rows, at most CELL, columns]: int16."""
    return np.asarray(np.add.reduce(np.bitwise_count(words), axis=1, dtype=np.int16))


def _keep_plain(
    likely: np.ndarray, bands: np.ndarray, ground: np.ndarray, high: np.ndarray, low: np.ndarray
) -> None:
    """Take back cells whose ground is no single grey, or that fade as photographs do."""
    row, column = np.nonzero(likely)
    cells = bands.reshape(len(bands), CELL, -1, CELL)[row, :, column, :].reshape(len(row), -1)
    level = ground[row, column][:, None]
    near = np.maximum(cells, level) - np.minimum(cells, level) <= _PLAIN
    quarter = (high - low)[row, column][:, None] // 4
    between = cells > low[row, column][:, None] + quarter
    between &= cells < high[row, column][:, None] - quarter
    likely[row, column] = (_shares(near) >= _PLAIN_SHARE) & (_shares(between) <= _BETWEEN_SHARE)


def _shares(which: np.ndarray) -> np.ndarray:
    """The share that is true in every row of bool [n, CELL * CELL]."""
    return np.asarray(which.view(np.uint8).sum(axis=1, dtype=np.uint16) / CELL**2)


def _in_lines(found: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Those of `found` that stand three or more in a row on the same ground."""
    steps = np.maximum(ground[:, 1:], ground[:, :-1]) - np.minimum(ground[:, 1:], ground[:, :-1])
    pairs = found[:, 1:] & found[:, :-1] & (steps <= _SAME_GROUND)
    triples = pairs[:, 1:] & pairs[:, :-1]
    kept = np.zeros_like(found)
    for offset in range(_ALONG):
        kept[:, offset : offset + triples.shape[1]] |= triples
    return kept
