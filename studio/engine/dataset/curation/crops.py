"""The part of a picture that the artist chose by hand: what lies outside never trains.

A crop is (left, top, right, bottom) as shares of the sides of the upright picture, 0 to 1. The
policy of the dataset then goes on with that part as if it were the picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from studio.engine.dataset.index import store
from studio.engine.errors import UsageError
from studio.engine.project import Project

Crop = tuple[float, float, float, float]
SMALLEST = 0.01
"""Of a side: less is a slip of the hand."""


def checked(crop: Crop) -> Crop:
    """The crop in six decimals; raises :class:`UsageError` for what is no part of a picture."""
    found = tuple(round(float(value), 6) for value in crop)
    if len(found) != 4 or not all(math.isfinite(value) for value in found):
        raise UsageError("A crop is four numbers: left, top, right and bottom, 0 to 1.")
    left, top, right, bottom = found
    inside = min(found) >= 0 and max(found) <= 1
    if not inside or right - left < SMALLEST or bottom - top < SMALLEST:
        raise UsageError(
            "The crop {left:g}, {top:g}, {right:g}, {bottom:g} is no part of a "
            "picture: left and top come first, all lie between 0 and 1, and each "
            "side is at least {smallest:g}.",
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            smallest=SMALLEST,
        )
    return left, top, right, bottom


def set_crops(project: Project, crops: Mapping[int, Crop | None]) -> dict[int, Crop | None]:
    """Give pictures a crop each, or None for all of the picture; files are never touched.

    Returns what there was before for those that changed, which `set_crops` puts back.
    Raises :class:`UsageError`; then nothing is changed.
    """
    wanted = {number: None if crop is None else checked(crop) for number, crop in crops.items()}
    before = changed_by(project, wanted)
    rows = [(stored(wanted[item_id]), item_id) for item_id in before]
    project.write_many("UPDATE item SET crop = ? WHERE id = ?", rows)
    return before


def changed_by(project: Project, wanted: Mapping[int, Crop | None]) -> dict[int, Crop | None]:
    """The crops of those pictures that have another one than `wanted` says."""
    items = store.items_by_id(project, list(wanted))
    return {item.id: item.crop for item in items if item.crop != wanted[item.id]}


def stored(crop: Crop | None) -> str:
    """A crop as its column holds it."""
    return "" if crop is None else json.dumps(list(crop))
