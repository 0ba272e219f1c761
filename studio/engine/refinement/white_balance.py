"""The colour of the light: warmer or cooler, greener or pinker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import register
from studio.engine.refinement.colour_spaces import turned
from studio.engine.refinement.pointwise import Pointwise

_TO_XYZ = np.array(
    [
        [0.4123907993, 0.3575843394, 0.1804807884],
        [0.2126390059, 0.7151686788, 0.0721923154],
        [0.0193308187, 0.1191947798, 0.9505321522],
    ]
)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_DAYLIGHT = 6504.0


@register
@dataclass(frozen=True)
class WhiteBalance(Pointwise):
    """The white of another light is adapted to that of daylight (Bradford, linear light)."""

    name = "white_balance"
    title = "White balance"
    summary = "Warmer or cooler light."
    group = "Colour"
    in_light = True

    temperature: float = param(
        0.0, label="Temperature", low=-100.0, high=100.0, step=1.0, unit="mired",
        term="mired shift", help="Above zero warmer (amber), below zero cooler (blue).",
    )  # fmt: skip
    tint: float = param(
        0.0, label="Tint", low=-100.0, high=100.0, step=1.0,
        help="Above zero pinker (magenta), below zero greener.",
    )  # fmt: skip

    def tone(self, colours: Image) -> Image:
        return turned(colours, _matrix(self.temperature, self.tint))


@lru_cache(maxsize=16)
def _matrix(temperature: float, tint: float) -> Image:
    """3x3 for linear sRGB: white comes out as bright as it was."""
    white, wanted = _white(0.0, 0.0), _white(temperature, tint)
    to_cones = _BRADFORD @ _TO_XYZ
    gains = (_BRADFORD @ wanted) / (_BRADFORD @ white)
    made = np.linalg.inv(to_cones) @ np.diag(gains) @ to_cones
    made /= (made @ np.ones(3)) @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(made, np.float32)


def _white(shift: float, tint: float) -> np.ndarray:
    """XYZ of a black body whose light is `shift` mired from daylight (Kim et al. 2002), moved
    square to the line of black bodies in CIE 1960 uv."""
    kelvin = 1e6 / (1e6 / _DAYLIGHT + shift)
    near, there = _uv(kelvin * 1.001), _uv(kelvin)
    along = near - there
    square = np.array([-along[1], along[0]]) / np.hypot(*along)
    if square[1] > 0:
        square = -square  # towards pink, which lies below the line
    u, v = there + square * tint * 3e-4
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _uv(kelvin: float) -> np.ndarray:
    t = 1000.0 / kelvin
    if kelvin < 4000:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    if kelvin < 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif kelvin < 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return np.array([4 * x / (-2 * x + 12 * y + 3), 6 * y / (-2 * x + 12 * y + 3)])
