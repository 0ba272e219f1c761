"""Strokes of a brush: a way across the picture, a thickness, and how soft it is."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from studio.engine.artwork import Image
from studio.engine.refinement.colour_spaces import smoothstep
from studio.engine.refinement.planes import resized

_SIDE = 1024
"""Strokes are drawn at this size at most and then made larger: their edges are soft anyway."""
MOST_POINTS = 4000
Share = Annotated[float, Field(ge=-1.0, le=2.0, allow_inf_nan=False)]
Point = tuple[Share, Share]


class Stroke(BaseModel):
    """Points are shares of width and height; `radius` is one of the longer side."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: tuple[Point, ...] = Field(min_length=1, max_length=MOST_POINTS)
    radius: float = Field(0.05, gt=0.0, le=1.0, allow_inf_nan=False)
    hardness: float = Field(0.5, ge=0.0, le=1.0, allow_inf_nan=False)
    flow: float = Field(1.0, ge=0.0, le=1.0, allow_inf_nan=False)
    erase: bool = False


def painted(weights: Image, strokes: tuple[Stroke, ...]) -> Image:
    """`weights` [h, w] with the strokes added or taken away, in their order."""
    if not strokes:
        return weights
    height, width = weights.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    add, keep = np.zeros(size[::-1], np.float32), np.ones(size[::-1], np.float32)
    for stroke in strokes:
        ink = _ink(stroke, size)
        if stroke.erase:
            keep *= 1 - ink
            add *= 1 - ink
        else:
            np.maximum(add, ink, out=add)
            keep = np.maximum(keep, ink)
    if scale < 1.0:
        add, keep = (resized(each[..., None], (width, height))[..., 0] for each in (add, keep))
    return np.maximum(weights * keep, add)


def _ink(stroke: Stroke, size: tuple[int, int]) -> Image:
    """float32 [h, w]: the nearest of the way's lines decides."""
    width, height = size
    radius = stroke.radius * max(size)
    nearest = np.full((height, width), 4.0, np.float32)
    way = np.array(stroke.points, np.float64) * (width, height)
    ends = way[1:] if len(way) > 1 else way
    for (x0, y0), (x1, y1) in zip(way, ends, strict=False):
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        box = (
            slice(max(0, int(top - radius)), max(0, int(bottom + radius) + 2)),
            slice(max(0, int(left - radius)), max(0, int(right + radius) + 2)),
        )
        part = nearest[box]
        if not part.size:
            continue
        y = np.arange(part.shape[0], dtype=np.float32) + np.float32(box[0].start + 0.5 - y0)
        x = np.arange(part.shape[1], dtype=np.float32) + np.float32(box[1].start + 0.5 - x0)
        along_x, along_y = np.float32(x1 - x0), np.float32(y1 - y0)
        length = max(float(along_x**2 + along_y**2), 1e-12)
        share = np.clip((x * along_x + (y * along_y)[:, None]) / np.float32(length), 0.0, 1.0)
        away = np.hypot(x - share * along_x, y[:, None] - share * along_y)
        np.minimum(part, away / np.float32(max(radius, 1e-3)), out=part)
    soft = np.float32(max(1.0 - stroke.hardness, 1.0 / max(radius, 1.0)))
    made: Image = smoothstep((np.float32(1.0) - nearest) / soft) * np.float32(stroke.flow)
    return made
