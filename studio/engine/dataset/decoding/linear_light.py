"""Making pictures smaller in linear light: fine bright detail keeps its brightness.

Averaging sRGB values darkens a chequerboard of black and white from 188 to 128; light itself
adds up linearly. The curve is that of IEC 61966-2-1.
"""

from __future__ import annotations

import functools
import math
import threading

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]
# Pictures above this are worked on one at a time: floats take four times their memory.
_LARGE_PIXELS = 16_000_000
_large = threading.Lock()
_GAP = 3.0


def resized(picture: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    """As `picture.resize` (L, RGB or RGBA in sRGB) by Lanczos, but in linear light.

    `box` is in pixels. Colour under transparent pixels never bleeds.
    """
    left, top, right, bottom = box or (0, 0, *picture.size)
    outer = math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
    inner = left - outer[0], top - outer[1], right - outer[0], bottom - outer[1]
    part = picture.crop(outer)
    if part.width * part.height > _LARGE_PIXELS:
        with _large:
            return _resized(part, size, inner)
    return _resized(part, size, inner)


def _resized(part: Image.Image, size: tuple[int, int], box: Box) -> Image.Image:
    bands = part.split()
    if part.mode != "RGBA":
        return Image.merge(part.mode, [_encoded(_scaled(_linear(b), size, box)) for b in bands])
    alpha = np.asarray(bands[3], np.float32) / np.float32(255)
    small = _scaled(alpha, size, box)
    seen = np.clip(small, 1e-4, None)
    colours = [_encoded(_scaled(_linear(b) * alpha, size, box) / seen) for b in bands[:3]]
    levels = np.clip(small * 255 + 0.5, 0, 255).astype(np.uint8)
    return Image.merge("RGBA", [*colours, Image.fromarray(levels)])


def _scaled(values: np.ndarray, size: tuple[int, int], box: Box) -> np.ndarray:
    plane = Image.fromarray(values)
    return np.asarray(plane.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_GAP))


def _linear(band: Image.Image) -> np.ndarray:
    """float32 [H, W], 0 to 1, of an 8-bit band."""
    return np.asarray(_curve()[np.asarray(band)])


def _encoded(values: np.ndarray) -> Image.Image:
    light = np.clip(values, 0, 1)
    with np.errstate(invalid="ignore"):
        bent = 1.055 * np.power(light, 1 / 2.4, dtype=np.float64) - 0.055
    levels = np.where(light <= 0.0031308, 12.92 * light, bent) * 255 + 0.5
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


@functools.cache
def _curve() -> np.ndarray:
    """float32 [256]: the light of every level."""
    level = np.arange(256) / 255
    bent = ((level + 0.055) / 1.055) ** 2.4
    return np.where(level <= 0.04045, level / 12.92, bent).astype(np.float32)
