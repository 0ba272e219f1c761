"""Tone curves through points: one of all channels, and one of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.pointwise import Pointwise
from studio.engine.said import Said

STRAIGHT = "0,0 1,1"
MOST_POINTS = 16
_FINE = 16384
Point = tuple[float, float]


def curve(points: str, label: str, help: str) -> str:
    """A declared curve."""
    made: str = param(points, label=label, help=help, content="curve")
    return made


@register
@dataclass(frozen=True)
class Curves(Pointwise):
    """Points as `x,y x,y …` from 0,0 (black) to 1,1 (white), in sRGB values."""

    name = "curves"
    title = "Curves"
    summary = "Any tone to any other, by points of a curve."
    group = "Light"
    by_channel = True

    points: str = curve(STRAIGHT, "Curve", "Of all channels: upwards is brighter.")
    red: str = curve(STRAIGHT, "Red", "Of the red channel alone.")
    green: str = curve(STRAIGHT, "Green", "Of the green channel alone.")
    blue: str = curve(STRAIGHT, "Blue", "Of the blue channel alone.")

    def conflicts(self) -> list[Said]:
        wrong = [each for each in self.as_dict().values() if points_of(str(each)) is None]
        return [
            Said(
                "{points} is no curve: write 2 to {n} points as x,y between 0 and 1, each x once.",
                points=each, n=MOST_POINTS,
            )
            for each in wrong
        ]  # fmt: skip

    def tone(self, colours: Image) -> Image:
        whole = _table(self.points)
        if (self.red, self.green, self.blue) == (STRAIGHT,) * 3 or colours.shape[2] == 1:
            return _looked_up(colours, whole)
        own = [_table(each) for each in (self.red, self.green, self.blue)]
        made = np.empty_like(colours)
        for channel, table in enumerate(own):
            first = _looked_up(colours[..., channel], table)
            made[..., channel] = _looked_up(first, whole)
        return made


def points_of(text: str) -> list[Point] | None:
    """The points of a curve by their x, or None where the text is none."""
    try:
        pairs = [tuple(map(float, each.split(","))) for each in text.split()]
    except ValueError:
        return None
    points = sorted((each[0], each[1]) for each in pairs if len(each) == 2)
    values = [value for each in points for value in each]
    inside = all(math.isfinite(value) and 0.0 <= value <= 1.0 for value in values)
    apart = all(b[0] - a[0] >= 1e-4 for a, b in pairwise(points))
    good = inside and apart and len(points) == len(pairs) and 2 <= len(points) <= MOST_POINTS
    return points if good else None


def text_of(points: list[Point]) -> str:
    return " ".join(f"{x:.4g},{y:.4g}" for x, y in points)


def through(points: list[Point], x: Image) -> Image:
    """Monotone cubic interpolation (Fritsch & Carlson 1980): no bump that no point asks for.

    Before the first point and after the last it goes on level.
    """
    at, to = (np.array(each, np.float64) for each in zip(*points, strict=True))
    gaps = np.diff(at)
    slopes = np.diff(to) / gaps
    before, after = slopes[:-1], slopes[1:]
    tangents = np.concatenate([slopes[:1], np.zeros(len(before)), slopes[-1:]])
    rising = before * after > 0
    # The weighted harmonic mean (Fritsch & Butland 1984) keeps it monotone without a second pass.
    first, second = 2 * gaps[1:] + gaps[:-1], gaps[1:] + 2 * gaps[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (first + second) / (first / before + second / after)
    tangents[1:-1] = np.where(rising, means, 0.0)
    place = np.clip(np.searchsorted(at, x, side="right") - 1, 0, len(gaps) - 1)
    t = np.clip((x - at[place]) / gaps[place], 0.0, 1.0)
    gap, low, high = gaps[place], to[place], to[place + 1]
    made = (
        low * (1 + 2 * t) * (1 - t) ** 2
        + gap * tangents[place] * t * (1 - t) ** 2
        + high * t**2 * (3 - 2 * t)
        + gap * tangents[place + 1] * t**2 * (t - 1)
    )
    return np.asarray(np.clip(made, 0.0, 1.0), np.float32)


@lru_cache(maxsize=64)
def _table(text: str) -> Image | None:
    """float32 [n, 2]: the curve at `_FINE` + 1 places, and how far it goes on to the next; None
    for the straight one."""
    points = points_of(text)
    if points is None or text == STRAIGHT:
        return None
    made = through(points, np.linspace(0.0, 1.0, _FINE + 1).astype(np.float32))
    return np.stack([made, np.diff(made, append=made[-1:])], axis=1)


def _looked_up(values: Image, table: Image | None) -> Image:
    """Between the places of the table along a straight line."""
    if table is None:
        return values
    fine = np.clip(values, 0.0, 1.0) * np.float32(_FINE)
    place = fine.astype(np.intp)
    fine -= place
    # Height and slope lie side by side: one reach into memory for both.
    found = np.take(table, place, axis=0)
    made: Image = found[..., 0] + found[..., 1] * fine
    return made
