"""Parts of pictures that must not be learnt: faces, names, number plates, chosen by hand.

A region is a polygon as shares of the sides of the upright picture. It is a decision like any
other: the file is never touched; what lies in it is made unrecognisable whenever the picture
is prepared for training or shown as the network sees it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from studio.engine.errors import UsageError
from studio.engine.said import either

WAYS = ("blur", "fill")
"""`blur` leaves a few soft patches of colour, `fill` only the mean colour."""
MOST_REGIONS, MOST_POINTS = 100, 400
_CELLS = 4
_SMALLEST = 1e-6

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon of at least three (x, y), 0 to 1 from the left and from the top."""

    points: tuple[Point, ...]
    way: str = "blur"


Regions = tuple[Region, ...]


def box(left: float, top: float, right: float, bottom: float, way: str = "blur") -> Region:
    return Region(((left, top), (right, top), (right, bottom), (left, bottom)), way)


def checked(region: Region) -> Region:
    """The region cut to the picture, in five decimals; raises :class:`UsageError`."""
    if region.way not in WAYS:
        raise UsageError(
            "There is no way {way!r} to hide a region: {known}.", way=region.way, known=either(WAYS)
        )
    if not 3 <= len(region.points) <= MOST_POINTS:
        raise UsageError(
            "A region has 3 to {n} corners, not {n_2}: draw it again.",
            n=MOST_POINTS,
            n_2=len(region.points),
        )
    if not all(math.isfinite(value) for point in region.points for value in point):
        raise UsageError("The corners of a region are numbers from 0 to 1.")
    points = tuple((_share(x), _share(y)) for x, y in region.points)
    if _area(points) < _SMALLEST:
        raise UsageError("The region covers nothing of the picture: draw it larger.")
    return Region(points, region.way)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, float(value))), 5)


def _area(points: Sequence[Point]) -> float:
    """Of the box around it: a stroke that folds back on itself still hides its surroundings."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def stored(regions: Regions) -> str:
    """Regions as their column holds them."""
    if not regions:
        return ""
    return json.dumps([{"points": region.points, "way": region.way} for region in regions])


def loaded(text: str) -> Regions:
    found = json.loads(text) if text else []
    return tuple(
        Region(tuple((float(x), float(y)) for x, y in each["points"]), str(each["way"]))
        for each in found
    )


def covered(picture: Image.Image, regions: Regions) -> Image.Image:
    """A copy of `picture` (L, RGB or RGBA, any scale) with its regions made unrecognisable.

    At most 4 x 4 colours of a region are left, however large it was: no filter brings back
    what was there. The same picture without regions.
    """
    if not regions:
        return picture
    result = picture.copy()
    for region in regions:
        _cover(result, region)
    return result


def _cover(picture: Image.Image, region: Region) -> None:
    xs = [x * picture.width for x, _ in region.points]
    ys = [y * picture.height for _, y in region.points]
    # A pixel that the outline only touches belongs to it as well.
    left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    right = min(picture.width, max(left + 1, math.ceil(max(xs))))
    bottom = min(picture.height, max(top + 1, math.ceil(max(ys))))
    left, top = min(left, right - 1), min(top, bottom - 1)
    size = right - left, bottom - top
    part = picture.crop((left, top, right, bottom))
    cells = (1, 1)
    if region.way == "blur":
        scale = _CELLS / max(size)
        cells = (
            max(1, min(_CELLS, round(size[0] * scale))),
            max(1, min(_CELLS, round(size[1] * scale))),
        )
        cells = min(cells[0], max(1, size[0] // 2)), min(cells[1], max(1, size[1] // 2))
    coarse = part.resize(cells, Image.Resampling.BOX)
    smooth = coarse.resize(size, Image.Resampling.BICUBIC)
    mask = Image.new("L", size, 0)
    outline = [(x - left, y - top) for x, y in zip(xs, ys, strict=True)]
    ImageDraw.Draw(mask).polygon(outline, fill=255, outline=255, width=1)
    picture.paste(smooth, (left, top), mask)
