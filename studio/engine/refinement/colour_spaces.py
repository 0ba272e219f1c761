"""Ways to count colour: sRGB, linear light, OKLab, lightness. All float32 [..., 3] or [...]."""

from __future__ import annotations

import numpy as np

from studio.engine.artwork import Image

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Shares of red, green and blue in what the eye sees as bright (Rec. 709)."""
# Ottosson, A perceptual color space for image processing (2020).
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_CONES = np.linalg.inv(_CONES.astype(np.float64)).astype(np.float32)
_FROM_LAB = np.linalg.inv(_LAB.astype(np.float64)).astype(np.float32)


_TOE, _LIGHT_TOE = np.float32(0.04045), np.float32(0.04045 / 12.92)


def to_linear(srgb: Image) -> Image:
    """sRGB to linear light, both in [0, 1] (IEC 61966-2-1)."""
    # The curve from the toe on, and below it a straight line that is added: quicker than choosing.
    made = np.maximum(srgb, _TOE)
    made += np.float32(0.055)
    made *= np.float32(1 / 1.055)
    np.power(made, np.float32(2.4), out=made)
    below = np.minimum(srgb, _TOE)
    below -= _TOE
    below *= np.float32(1 / 12.92)
    made += below
    return np.maximum(made, 0.0, out=made)  # rounding must not go below black


def to_srgb(light: Image) -> Image:
    """Linear light to sRGB, both in [0, 1] (IEC 61966-2-1)."""
    made = np.maximum(light, _LIGHT_TOE)
    np.power(made, np.float32(1 / 2.4), out=made)
    made *= np.float32(1.055)
    below = np.minimum(light, _LIGHT_TOE)
    below *= np.float32(12.92)
    below -= _TOE + np.float32(0.055)
    made += below
    return np.maximum(made, 0.0, out=made)


def luma(colours: Image) -> Image:
    """[..., 1]: how bright sRGB values look, without leaving them."""
    if colours.shape[-1] == 1:
        return colours
    made: Image = (colours[..., :3] @ LUMA)[..., None]
    return made


def to_oklab(srgb: Image) -> Image:
    """sRGB to OKLab: lightness in [0, 1], then green to red and blue to yellow."""
    return oklab_of_light(to_linear(srgb))


def oklab_of_light(light: Image) -> Image:
    """Linear light to OKLab."""
    roots = turned(light, _CONES)
    return turned(np.cbrt(roots, out=roots), _LAB)


def from_oklab(lab: Image) -> Image:
    """Back to sRGB; what no screen can show is cut to [0, 1]."""
    made = to_srgb(light_of_oklab(lab))
    return np.clip(made, 0.0, 1.0, out=made)


def light_of_oklab(lab: Image) -> Image:
    """OKLab to linear light; what no screen can show is cut to [0, 1]."""
    return _of_roots(turned(lab, _FROM_LAB))


def moved_in_oklab(light: Image, matrix: Image, offset: Image) -> Image:
    """Linear light with its OKLab taken times `matrix` [3, 3] and moved by `offset` [3], in one
    go; cut to [0, 1]."""
    roots = turned(light, _CONES)
    np.cbrt(roots, out=roots)
    whole = _FROM_LAB.astype(np.float64) @ matrix @ _LAB
    made = turned(roots, whole.astype(np.float32))
    if offset.any():
        made += _FROM_LAB @ offset.astype(np.float32)
    return _of_roots(made)


def turned(image: Image, matrix: Image) -> Image:
    """Every pixel [..., 3] times a 3x3; one flat product is twice as quick as one a row."""
    made: Image = image.reshape(-1, 3) @ np.ascontiguousarray(matrix.T)
    return made.reshape(image.shape)


def _of_roots(roots: Image) -> Image:
    cubes = roots * roots
    cubes *= roots
    light = turned(cubes, _FROM_CONES)
    return np.clip(light, 0.0, 1.0, out=light)


def smoothstep(values: Image) -> Image:
    """0 below 0, 1 above 1, and a soft way between."""
    inside = np.clip(values, 0.0, 1.0)
    made: Image = inside * inside * (np.float32(3.0) - np.float32(2.0) * inside)
    return made


def hex_colour(text: str) -> tuple[float, float, float] | None:
    """`#rrggbb` as sRGB in [0, 1]; None for anything else."""
    digits = text.strip().removeprefix("#")
    if len(digits) != 6:
        return None
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return None
    return red / 255, green / 255, blue / 255
