"""How like one picture the others of its dataset are, by the likenesses that the import keeps."""

from __future__ import annotations

import numpy as np

from studio.engine.dataset.decoding.measures import LUMA_SIDE, SMALL_BYTES
from studio.engine.dataset.index import store
from studio.engine.project import Project

_LUMA = LUMA_SIDE * LUMA_SIDE
# 16 colour cells against 256 of luminance: together they weigh as much as the luminance.
_COLOUR_WEIGHT = _LUMA / (SMALL_BYTES - _LUMA)
_BLOCK = 4096


def distances(project: Project, item_id: int) -> dict[int, float]:
    """Distance from one picture by item id, 0 for itself; for its whole dataset.

    The mean square difference of luminance and colours, in levels squared. Empty where the
    picture was never measured; pictures that were not are left out.
    """
    if not store.has_table(project, "likeness"):
        return {}
    own = project.query("SELECT small FROM likeness WHERE item_id = ?", (item_id,))
    if not own or len(own[0][0]) != SMALL_BYTES:
        return {}
    rows = project.query(
        "SELECT item_id, small FROM likeness JOIN item ON item.id = item_id "
        "WHERE dataset_id = (SELECT dataset_id FROM item WHERE id = ?) AND length(small) = ?",
        (item_id, SMALL_BYTES),
    )
    wanted = _levels(own[0][0])
    found: dict[int, float] = {}
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        apart = _levels(b"".join(row["small"] for row in part)) - wanted
        for row, value in zip(part, (apart * apart).mean(axis=1), strict=True):
            found[row["item_id"]] = float(value)
    return found


def _levels(small: bytes) -> np.ndarray:
    """float32 [n, SMALL_BYTES], weighted."""
    levels = np.frombuffer(small, np.uint8).reshape(-1, SMALL_BYTES).astype(np.float32)
    levels[:, _LUMA:] *= np.float32(_COLOUR_WEIGHT**0.5)
    return levels
