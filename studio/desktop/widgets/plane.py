"""Points on a plane and on the screen, as arrays; no widget, so it is quick to test."""

from __future__ import annotations

import math

import numpy as np

_PAD = 16
_CLOSEST = 400.0
"""A map is magnified at most so much beyond the size at which it fits."""


class Plane:
    """Where points are, which of them are shown and chosen, and which part is in sight."""

    def __init__(self) -> None:
        self.ids = np.empty(0, np.int64)
        self.places = np.empty((0, 2), np.float32)
        self.colours: np.ndarray = np.empty(0, np.uint32)
        self.is_shown = np.empty(0, bool)
        self.is_chosen = np.empty(0, bool)
        self.current_row: int | None = None
        self.is_fitted = True
        self._scale, self._fitting = 1.0, 1.0
        self._offset = np.zeros(2)

    def set_points(self, ids: np.ndarray, places: np.ndarray, colours: np.ndarray) -> None:
        """Ids ascending; places within −1 to 1; colours uint8 [N, 3]."""
        self.ids, self.places = ids, places.astype(np.float32)
        wide = colours.astype(np.uint32)
        self.colours = 0xFF000000 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
        self.is_shown = np.ones(len(ids), bool)
        self.is_chosen = np.zeros(len(ids), bool)
        self.current_row = None

    def show_only(self, ids: np.ndarray) -> None:
        self.is_shown = np.isin(self.ids, ids)

    def choose(self, ids: np.ndarray, current: int | None) -> None:
        self.is_chosen = np.isin(self.ids, ids)
        self.current_row = None if current is None else self._row(current)

    def _row(self, key: int) -> int | None:
        row = int(np.searchsorted(self.ids, key))
        return row if row < len(self.ids) and self.ids[row] == key else None

    # ------------------------------------------------------------------ the part in sight

    def fit(self, width: int, height: int, margin: int) -> None:
        self._scale = self._fitting = max(1.0, (min(width, height) - 2 * margin) / 2)
        self._offset = np.array([width / 2, height / 2])
        self.is_fitted = True

    def zoom(self, factor: float, x: float, y: float) -> None:
        """What is at (x, y) on the screen stays there."""
        wanted = self._scale * factor
        scale = min(max(wanted, 0.5 * self._fitting), _CLOSEST * self._fitting)
        at = np.array([x, y])
        self._offset = at + (self._offset - at) * (scale / self._scale)
        self._scale = scale
        self.is_fitted = False

    def move(self, across: float, down: float) -> None:
        """By pixels of the screen."""
        self._offset = self._offset + np.array([across, down])
        self.is_fitted = False

    def bring_in(self, row: int, width: int, height: int, margin: int) -> None:
        """Move just as far as a point needs to be in sight."""
        x, y = self.on_screen(np.array([row]))[0]
        across = min(max(x, margin), max(margin, width - margin)) - x
        down = min(max(y, margin), max(margin, height - margin)) - y
        if across or down:
            self.move(across, down)

    def on_screen(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """float32 [n, 2] in pixels of the widget."""
        return self.spots(self.places[rows])

    def spots(self, places: np.ndarray) -> np.ndarray:
        """Where any places [n, 2] of the map are, in pixels of the widget."""
        return np.asarray(places * np.float32(self._scale) + self._offset.astype(np.float32))

    def in_sight(self, width: int, height: int) -> np.ndarray:
        spots = self.on_screen()
        x, y = spots[:, 0], spots[:, 1]
        return np.flatnonzero(self.is_shown & (x >= 0) & (y >= 0) & (x < width) & (y < height))

    def spaced(self, rows: np.ndarray, cell: int) -> np.ndarray:
        """Of these rows at most one in each cell, so that thumbnails can be told apart."""
        spots = np.floor(self.on_screen(rows) / cell).astype(np.int64)
        keys = spots[:, 0] * 100_003 + spots[:, 1]
        # The chosen ones first: they are what the artist looks at.
        order = np.argsort(~self.is_chosen[rows], kind="stable")
        _, first = np.unique(keys[order], return_index=True)
        return np.sort(rows[order[first]])

    # ------------------------------------------------------------------ finding points

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """The shown point nearest to a place on the screen, if it is within reach."""
        if not self.is_shown.any():
            return None
        apart = ((self.on_screen() - np.array([x, y], np.float32)) ** 2).sum(axis=1)
        apart = np.where(self.is_shown, apart, np.inf)
        row = int(apart.argmin())
        return row if apart[row] <= reach * reach else None

    def under(self, mask: np.ndarray) -> np.ndarray:
        """Rows of the shown points where a mask [H, W] of the widget is set."""
        height, width = mask.shape
        rows = self.in_sight(width, height)
        spots = self.on_screen(rows).astype(np.int64)
        return np.asarray(rows[mask[spots[:, 1], spots[:, 0]]])

    def towards(self, across: int, down: int, width: int, height: int) -> int | None:
        """The next shown point in a direction from the current one: near, and not far aside."""
        spots = self.on_screen()
        if self.current_row is None:
            middle = np.array([width / 2, height / 2])
            apart = np.where(self.is_shown, ((spots - middle) ** 2).sum(axis=1), np.inf)
            row = int(apart.argmin()) if len(apart) else 0
            return row if len(apart) and np.isfinite(apart[row]) else None
        away = spots - spots[self.current_row]
        ahead = away[:, 0] * across + away[:, 1] * down
        aside = np.abs(away[:, 0] * down) + np.abs(away[:, 1] * across)
        fits = self.is_shown & (ahead > 1e-6) & (aside <= ahead)
        fits[self.current_row] = False
        if not fits.any():
            return None
        return int(np.where(fits, ahead + 2 * aside, np.inf).argmin())

    # ------------------------------------------------------------------ painting

    def painted(
        self, width: int, height: int, ratio: float, ground: int, faint: int, accent: int
    ) -> np.ndarray:
        """uint32 [H, W] of the device: faint ground, then points, then what is chosen on top.

        Rows lie further apart than they are wide: there is a margin round them, so that a
        point at the edge needs no care.
        """
        wide = width + 2 * _PAD
        pixels = np.full((height + 2 * _PAD, wide), ground, np.uint32)
        scale, offset = np.float32(self._scale * ratio), (self._offset * ratio).astype(np.float32)
        x = np.floor(self.places[:, 0] * scale + offset[0])
        y = np.floor(self.places[:, 1] * scale + offset[1])
        rows = np.flatnonzero((x > -_PAD) & (y > -_PAD) & (x < width) & (y < height))
        cells = (y[rows].astype(np.int32) + _PAD) * wide + x[rows].astype(np.int32) + _PAD
        shown, chosen = self.is_shown[rows], self.is_chosen[rows]
        dot = max(1, min(_PAD - 1, round(self._dot(width * height / ratio**2) * ratio)))
        flat = pixels.reshape(-1)
        if not shown.all():
            _stamp(flat, wide, cells[~shown], faint, max(1, dot - 1))
        plain = shown & ~chosen
        _stamp(flat, wide, cells[plain], self.colours[rows[plain]], dot)
        _stamp(flat, wide, cells[shown & chosen], accent, min(_PAD - 1, dot + 1))
        return np.asarray(pixels[_PAD:-_PAD, _PAD:-_PAD])

    def _dot(self, area: float) -> float:
        """Few points on much room are large, many are small, and all grow when they come near."""
        count = max(1, int(self.is_shown.sum()))
        base = min(9.0, max(2.0, 0.28 * math.sqrt(area / count)))
        return base + min(3.0, 0.75 * math.log2(max(1.0, self._scale / self._fitting)))


def _stamp(
    flat: np.ndarray, wide: int, cells: np.ndarray, colours: np.ndarray | int, side: int
) -> None:
    """Squares of `side` round cells of an image of so wide rows."""
    half = side // 2
    for down in range(-half, side - half):
        for across in range(-half, side - half):
            flat[cells + (down * wide + across)] = colours
