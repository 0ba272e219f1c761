"""Cells of a latent that is a grid over the picture, and the parts that they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.engine.errors import UsageError

if TYPE_CHECKING:
    from models.facts import LatentSpec

Cells = np.ndarray[Any, np.dtype[np.bool_]]
"""[rows, columns]."""


def grid_of(latent: LatentSpec) -> tuple[int, int]:
    """(rows, columns); :class:`UsageError` where slots are no cells."""
    if latent.grid is None:
        raise UsageError(
            "The slots of this model are no parts of the picture: name them by number or by zone."
        )
    return latent.grid


def touched(mask: Cells, grid: tuple[int, int]) -> Cells:
    """The cells that hold a pixel of `mask`, bool [h, w] of the picture, whose sides they divide.

    Raises :class:`UsageError` where that is none.
    """
    rows, columns = grid
    height, width = mask.shape
    parts = mask.reshape(rows, height // rows, columns, width // columns)
    found = np.asarray(parts.any((1, 3)))
    if not found.any():
        raise UsageError("No part of the picture was chosen: choose one that lies inside of it.")
    return found


def slots_of(cells: Cells) -> list[int]:
    """The slots of cells."""
    return [int(slot) for slot in np.flatnonzero(cells)]


def cells_of(slots: Iterable[int], grid: tuple[int, int]) -> Cells:
    """The inverse of :func:`slots_of`; a slot that the grid does not have is left out."""
    cells = np.zeros(grid[0] * grid[1], np.bool_)
    cells[[slot for slot in slots if 0 <= slot < len(cells)]] = True
    return cells.reshape(grid)
