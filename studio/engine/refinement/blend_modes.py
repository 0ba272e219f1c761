"""Ways to lay the result of a step over what was there (W3C Compositing and Blending Level 1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from studio.engine.artwork import Image
from studio.engine.refinement.alpha import covered, in_colour, straight
from studio.engine.refinement.strips import in_strips

# The specification's own weights, which are not those of Rec. 709.
_LUM = np.array([0.3, 0.59, 0.11], np.float32)
_ONE, _TWO = np.float32(1.0), np.float32(2.0)


def _hard_light(below: Image, above: Image) -> Image:
    low = _TWO * below * above
    high = _ONE - _TWO * (_ONE - below) * (_ONE - above)
    return np.where(above <= 0.5, low, high)


def _soft_light(below: Image, above: Image) -> Image:
    lifted = np.where(
        below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(np.maximum(below, 0))
    )
    darker = below - (_ONE - _TWO * above) * below * (_ONE - below)
    return np.where(above <= 0.5, darker, below + (_TWO * above - _ONE) * (lifted - below))


def _lum(colours: Image) -> Image:
    made: Image = (colours @ _LUM)[..., None]
    return made


def _with_lum(colours: Image, lum: Image) -> Image:
    """Moved to a brightness, and drawn towards grey where that leaves [0, 1]."""
    moved = colours + (lum - _lum(colours))
    least, most = moved.min(-1, keepdims=True), moved.max(-1, keepdims=True)
    under = np.minimum(_ONE, lum / np.maximum(lum - least, np.float32(1e-6)))
    over = np.minimum(_ONE, (_ONE - lum) / np.maximum(most - lum, np.float32(1e-6)))
    share = np.where(least < 0, under, _ONE) * np.where(most > 1, over, _ONE)
    made: Image = np.clip(lum + (moved - lum) * share, 0.0, 1.0)
    return made


def _saturation(colours: Image) -> Image:
    made: Image = colours.max(-1, keepdims=True) - colours.min(-1, keepdims=True)
    return made


def _with_saturation(colours: Image, saturation: Image) -> Image:
    least = colours.min(-1, keepdims=True)
    made: Image = (colours - least) / np.maximum(_saturation(colours), np.float32(1e-6))
    return made * saturation


Blend = Callable[[Image, Image], Image]
BLENDS: dict[str, Blend] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: below + above - below * above,
    "overlay": lambda below, above: _hard_light(above, below),
    "soft light": _soft_light,
    "hard light": _hard_light,
    "darken": np.minimum,
    "lighten": np.maximum,
    "add": lambda below, above: np.minimum(below + above, _ONE),
    "difference": lambda below, above: np.abs(below - above),
    "hue": lambda below, above: _with_lum(_with_saturation(above, _saturation(below)), _lum(below)),
    "saturation": lambda below, above: _with_lum(
        _with_saturation(below, _saturation(above)), _lum(below)
    ),
    "colour": lambda below, above: _with_lum(above, _lum(below)),
    "luminosity": lambda below, above: _with_lum(below, _lum(above)),
}
NAMES = {
    "normal": "Normal", "multiply": "Multiply", "screen": "Screen", "overlay": "Overlay",
    "soft light": "Soft light", "hard light": "Hard light", "darken": "Darken",
    "lighten": "Lighten", "add": "Linear dodge (add)", "difference": "Difference", "hue": "Hue",
    "saturation": "Saturation", "colour": "Colour", "luminosity": "Luminosity",
}  # fmt: skip
"""The artist's words."""


def blended(below: Image, above: Image, blend: str, weight: Image | float) -> Image:
    """`above` laid over `below` by a mode, as much as `weight` (a number, or [h, w]) says.

    Both have one size; where one has more channels the other gets them too.
    """
    channels = max(below.shape[2], above.shape[2])

    def strip(rows: slice) -> Image:
        old, new = _widened(below[rows], channels), _widened(above[rows], channels)
        share = np.float32(weight) if isinstance(weight, float) else weight[rows][..., None]
        if blend != "normal":
            new = _mixed(old, new, BLENDS[blend])
        made: Image = old + (new - old) * share
        return made

    return in_strips(below, strip, channels)


def _mixed(old: Image, new: Image, blend: Blend) -> Image:
    """Modes are of straight colours; a grey one is three that agree."""
    if old.shape[2] == 1:
        return blend(in_colour(old), in_colour(new))[..., :1]
    return covered(blend(straight(old), straight(new)), new)


def _widened(image: Image, channels: int) -> Image:
    if image.shape[2] == channels:
        return image
    colours = in_colour(image)
    if channels == 3:
        return colours
    return np.concatenate([colours, np.ones((*image.shape[:2], 1), np.float32)], axis=2)
