"""Where a film's camera stands: the picture goes on beyond its edges, as tiles on a floor do."""

from __future__ import annotations

import math
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from studio.engine.artwork import Pixels
from studio.engine.generation.beginnings import Part

FARTHEST = 1000.0
"""Pictures across or down."""
ZOOMS = 0.25, 16.0
MOST_TURN = 36000.0
_BESIDE = 4
"""Pixels beyond what is seen, for the filter that draws what lies between pixels."""


class Camera(Part):
    """At rest it shows the picture byte for byte."""

    x: Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)] = 0.0
    """How far to the right of the picture it stands, in widths of the picture."""
    y: Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)] = 0.0
    """How far below, in heights."""
    zoom: Annotated[float, Field(ge=ZOOMS[0], le=ZOOMS[1])] = 1.0
    """2 shows everything twice as large."""
    turn: Annotated[float, Field(ge=-MOST_TURN, le=MOST_TURN)] = 0.0
    """Degrees by which the picture is seen turned, clockwise."""

    @property
    def idle(self) -> bool:
        return self == Camera()

    def towards(self, other: Camera, mix: float) -> Self:
        """On the way, 0 here and 1 there; zooming is as quick to the eye at its beginning as at
        its end, so the zoom goes in equal ratios."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in ("x", "y", "turn")}
        made = {name: one + (two - one) * mix for name, (one, two) in pairs.items()}
        made["zoom"] = self.zoom ** (1 - mix) * other.zoom**mix
        return self.model_copy(update=made)

    def panned(self, dx: float, dy: float, width: int, height: int) -> Self:
        """As if what is seen had been taken hold of and pulled (dx, dy) of its pixels."""
        right, below = self.on_floor(dx, dy)
        x, y = self.x - right / width, self.y - below / height
        x, y = (min(FARTHEST, max(-FARTHEST, each)) for each in (x, y))
        return self.model_copy(update={"x": x, "y": y})

    def on_floor(self, dx: float, dy: float) -> tuple[float, float]:
        """What a way over the picture that is seen is on the floor, in pixels of the picture."""
        angle = math.radians(-self.turn)
        cos, sin = math.cos(angle) / self.zoom, math.sin(angle) / self.zoom
        return cos * dx - sin * dy, sin * dx + cos * dy

    def before(self, first: Camera, period: int) -> Self:
        """`first` where it looks the same and is nearest to here, the tiles repeating every
        `period` pictures: a loop goes on over an edge and not all the way back."""
        lengths = {"x": period, "y": period, "turn": 360}
        made = {}
        for name, length in lengths.items():
            here, there = getattr(self, name), getattr(first, name)
            # Of two that are as near, the one ahead: half a turn and another half are a whole one.
            made[name] = there + length * math.floor((here - there) / length + 0.5)
        return self.model_copy(update={**made, "zoom": first.zoom})


def period(seamless: bool) -> int:
    """Pictures after which the floor repeats: seamless tiles lie side by side, others are
    mirrored at their edges, so that no edge is seen."""
    return 1 if seamless else 2


def seen(pixels: Pixels, camera: Camera, *, seamless: bool) -> Pixels:
    """What the camera sees, as large as the picture [h, w, c]."""
    if camera.idle:
        return pixels
    height, width = pixels.shape[:2]
    repeats = period(seamless)
    across, down = (0.5 + camera.x % repeats) * width, (0.5 + camera.y % repeats) * height
    reach = math.hypot(width, height) / 2 / camera.zoom + _BESIDE / min(1.0, camera.zoom)
    left, columns = _floor(across, reach, width, seamless)
    top, rows = _floor(down, reach, height, seamless)
    area = pixels[rows[:, None], columns]
    image = Image.fromarray(area[..., 0] if area.shape[2] == 1 else area)
    sx = sy = 1.0
    if camera.zoom < 1:
        # Many pixels come together in one: a filter as wide as they are, else fine lines flicker.
        small = [max(1, round(side * camera.zoom)) for side in image.size]
        sx, sy = small[0] / image.width, small[1] / image.height
        image = image.resize((small[0], small[1]), Image.Resampling.LANCZOS)
    right, below = camera.on_floor(1, 0), camera.on_floor(0, 1)
    corner = camera.on_floor(width / 2, height / 2)
    # From a place of what is seen to its place in `image` (Pillow's order: x' = ax + by + c).
    matrix = (
        right[0] * sx, below[0] * sx, (across - left - corner[0]) * sx,
        right[1] * sy, below[1] * sy, (down - top - corner[1]) * sy,
    )  # fmt: skip
    made = np.asarray(
        image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
    )
    return made.reshape(pixels.shape)


def _floor(middle: float, reach: float, side: int, seamless: bool) -> tuple[int, NDArray[np.intp]]:
    """Where what can be seen begins, and which line of the picture lies at each place of it."""
    begin = math.floor(middle - reach)
    places = np.arange(begin, math.ceil(middle + reach))
    if seamless:
        return begin, places % side
    places %= 2 * side
    return begin, np.minimum(places, 2 * side - 1 - places)
