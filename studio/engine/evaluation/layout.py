"""How alike two pictures are in what lies where, in percent, as near duplicates are measured.

Features of a fixed network (:mod:`copies`) are strict about texture and blind to place; they miss
a copy that came out soft or in other tones. These do not: the correlation of the luminance of
16 x 16 cells is blind to sharpness, exposure and contrast, and strict about place.
"""

from __future__ import annotations

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding.measures import COLOUR_SIDE, LUMA_SIDE
from studio.engine.dataset.doctor import near_duplicates

CELLS = LUMA_SIDE * LUMA_SIDE + COLOUR_SIDE * COLOUR_SIDE * 3
_LUMA = LUMA_SIDE * LUMA_SIDE
_WEIGHTS = (0.299, 0.587, 0.114)
"""Luminance of R'G'B': ITU-R BT.601."""
_FLAT = 0.5
"""Standard deviation of the cells, in levels, below which there is nothing to correlate."""
_BATCH, _ROWS, _CANDIDATES = 64, 64, 32


def layouts(images: Pixels) -> np.ndarray:
    """float32 [n, CELLS] of uint8 [n, h, w, c]: 16 x 16 luminance, then 4 x 4 RGB; levels.

    Transparent parts count as middle grey.
    """
    import torch
    from torch.nn.functional import adaptive_avg_pool2d

    found = np.empty((len(images), CELLS), np.float32)
    weights = torch.tensor(_WEIGHTS)[None, :, None, None]
    for start in range(0, len(images), _BATCH):
        part = np.array(images[start : start + _BATCH])
        x = torch.from_numpy(part).permute(0, 3, 1, 2).float()
        if x.shape[1] == 4:
            x = 128.0 + (x[:, :3] - 128.0) * (x[:, 3:] / 255.0)
        x = x.expand(-1, 3, -1, -1)
        luma = (adaptive_avg_pool2d(x, LUMA_SIDE) * weights).sum(1)
        colour = adaptive_avg_pool2d(x, COLOUR_SIDE).permute(0, 2, 3, 1)
        found[start : start + len(part)] = torch.cat([luma.flatten(1), colour.flatten(1)], 1)
    return found


def mirrored(rows: np.ndarray) -> np.ndarray:
    """Layouts [n, CELLS] of the mirror images."""
    luma = rows[:, :_LUMA].reshape(-1, LUMA_SIDE, LUMA_SIDE)[:, :, ::-1]
    colour = rows[:, _LUMA:].reshape(-1, COLOUR_SIDE, COLOUR_SIDE, 3)[:, :, ::-1]
    return np.concatenate([luma.reshape(-1, _LUMA), colour.reshape(-1, CELLS - _LUMA)], 1)


class Known:
    """Layouts to compare with."""

    def __init__(self, rows: np.ndarray) -> None:
        """`rows` is float [n, CELLS]."""
        self._luma, self._colour = _shape(rows), near_duplicates.chroma(rows[:, _LUMA:])

    def alike(self, layout: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Percent, 0 to 100, that one layout [CELLS] is like each of these `rows`."""
        luma, colour = _shape(layout[None])[0], near_duplicates.chroma(layout[None, _LUMA:])
        percents = 100.0 * (self._luma[rows] @ luma)
        apart = near_duplicates.colours_apart(colour, self._colour[rows])
        return np.asarray(np.clip(percents - 100.0 * apart**2, 0.0, 100.0), np.float64)

    def best(
        self, others: np.ndarray, *, but_itself: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """(percent, place) of what is most like each of `others` [n, CELLS].

        The colour is looked at where the luminance is most alike, as it only takes away.
        """
        percents, places = np.empty(len(others)), np.empty(len(others), np.int64)
        for start in range(0, len(others), _ROWS):
            part = others[start : start + _ROWS]
            close = _shape(part) @ self._luma.T
            if but_itself:
                close[np.arange(len(part)), start + np.arange(len(part))] = -np.inf
            few = min(_CANDIDATES, close.shape[1])
            first = np.argpartition(-close, few - 1, axis=1)[:, :few]
            for number, (layout, rows) in enumerate(zip(part, first, strict=True)):
                usable = rows[np.isfinite(close[number, rows])]
                found = self.alike(layout, usable)
                way = int(found.argmax())
                percents[start + number], places[start + number] = found[way], usable[way]
        return percents, places


def _shape(rows: np.ndarray) -> np.ndarray:
    """Luminance of length 1 around its mean, so that a product is a correlation; 0 where flat."""
    luma = rows[:, :_LUMA].astype(np.float32)
    luma -= luma.mean(1, keepdims=True)
    length = np.linalg.norm(luma, axis=1, keepdims=True)
    flat = length < _FLAT * LUMA_SIDE
    shaped: np.ndarray = np.where(flat, 0.0, luma / np.where(flat, 1.0, length))
    return shaped
