"""What is measured on a small upright picture in the decoding process: numbers, never pixels.

Every number is kept as a fact of the item, so that a threshold can move later without
decoding anything again.
"""

from __future__ import annotations

import base64
import functools
import math

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding import bars, lettering
from studio.engine.dataset.index.facts import Facts, Likeness

# Measurements are made on a picture of this longer side, so that they can be compared.
MEASURED_SIDE = 256
LUMA_SIDE, COLOUR_SIDE = 16, 4
SMALL_BYTES = LUMA_SIDE * LUMA_SIDE + COLOUR_SIDE * COLOUR_SIDE * 3
"""A likeness: 16 x 16 luminance and 4 x 4 RGB, row by row."""

_HASHED_SIDE = 32
# Frequencies that are not there must not turn noise into bits: about 1 level on each pixel.
_NOISE = 32.0
_TAIL = 0.05
_LEVELS = np.arange(256.0)
_SQUARES = _LEVELS**2


def shrunk(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture is measured; never larger than it is."""
    scale = min(1.0, MEASURED_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def measurements(picture: Image.Image) -> tuple[Facts, Likeness]:
    """Facts, and the likeness (`hash` as 16 hex digits, `small` in base 64).

    Facts: sharpness; deviation of the luminance or, where that is greater, of the colour
    from place to place; mean colour (0 to 255);
    `dark` and `bright`, the luminance that 5 % of the pixels lie above and below; `lettering`,
    the percentage that lettering takes; `bars`, the shares of the sides that plain bars take
    (left, top, right, bottom), and `corners`, that of the area which plain slanted corners take,
    where there are any.
    """
    factor = max(picture.size) // MEASURED_SIDE
    if factor > 1:
        picture = picture.reduce(factor)
    is_opaque = picture.mode != "RGBA"
    if not is_opaque:
        picture = _over_grey(picture)
    grey = picture if picture.mode == "L" else picture.convert("L")
    size = shrunk(picture.size)
    if grey.size != size:
        grey = grey.resize(size, Image.Resampling.BOX)
    values = np.asarray(grey)
    square = grey.resize((_HASHED_SIDE, _HASHED_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    cells = picture.resize((COLOUR_SIDE, COLOUR_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    cells = cells if cells.mode == "RGB" else cells.convert("RGB")
    colour = np.frombuffer(cells.tobytes(), np.uint8).reshape(-1, 3)
    mean = colour.sum(axis=0) / len(colour)
    apart = colour - mean
    apart *= apart
    spread = math.sqrt(float(apart.sum(axis=0).max()) / len(colour))
    deviation, dark, bright = _tones(grey)
    facts: Facts = {
        "sharpness": round(sharpness(values), 2),
        "deviation": round(max(deviation, spread), 2),
        "colour": [round(value) for value in mean.tolist()],
        "dark": dark,
        "bright": bright,
        "lettering": lettering.share(values),
    }
    sides, corners = bars.found(values, picture) if is_opaque else (None, 0.0)
    if sides:
        facts["bars"] = sides
    if corners:
        facts["corners"] = corners
    small = square.reduce(_HASHED_SIDE // LUMA_SIDE).tobytes() + colour.tobytes()
    return facts, {
        "hash": perceptual_hash(np.asarray(square)),
        "small": base64.b64encode(small).decode("ascii"),
    }


def _over_grey(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent is laid over middle grey so that hidden colour is not seen."""
    ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
    return Image.alpha_composite(ground, picture).convert("RGB")


def sharpness(grey: np.ndarray) -> float:
    """Variance of the 4-neighbour Laplacian (Pech-Pacheco et al. 2000, focus by LAPV).

    `grey` is uint8 [H, W]; 0 for a picture without detail or smaller than 3 x 3.
    """
    height, width = grey.shape
    if min(height, width) < 3:
        return 0.0
    values = grey.astype(np.int16).ravel()  # as one row: passes over whole arrays are quickest
    inner = values[width:-width]
    laplacian = values[: -2 * width] + values[2 * width :]
    laplacian -= inner << 2
    laplacian[1:] += inner[:-1]
    laplacian[:-1] += inner[1:]
    # The first and the last column took a neighbour from another row.
    flat = laplacian.reshape(height - 2, width)[:, 1:-1].astype(np.float32).ravel()
    squares, total = float(np.dot(flat, flat)), float(flat.sum())
    return max(0.0, squares / flat.size - (total / flat.size) ** 2)


def _tones(grey: Image.Image) -> tuple[float, int, int]:
    """Standard deviation, and the levels that 95 % do not exceed and that 95 % reach."""
    counts = np.array(grey.histogram(), np.float64)
    sums = counts.cumsum()
    total = float(sums[-1])
    mean = float(counts @ _LEVELS) / total
    variance = float(counts @ _SQUARES) / total - mean * mean
    dark = int(sums.searchsorted((1 - _TAIL) * total))
    bright = int(sums.searchsorted(_TAIL * total, side="right"))
    return math.sqrt(max(0.0, variance)), dark, min(255, bright)


def small_of(likeness: Likeness) -> np.ndarray:
    """The uint8 [SMALL_BYTES] in a likeness."""
    return np.frombuffer(base64.b64decode(likeness["small"]), np.uint8)


def perceptual_hash(square: np.ndarray) -> str:
    """64 bits as 16 hex digits of uint8 [32, 32]: which low frequencies are above their median.

    The 8 x 8 lowest coefficients of the discrete cosine transform, as in Zauner, Implementation
    and Benchmarking of Perceptual Image Hash Functions (2010), section 3.2.1.
    """
    basis = _cosines()
    low = (basis @ square.astype(np.float32) @ basis.T).ravel()
    middle = np.partition(low[1:], 31)[31]
    return np.packbits(low > middle + _NOISE).tobytes().hex()


@functools.cache
def _cosines() -> np.ndarray:
    """float32 [8, 32], the first rows of the type-II cosine transform."""
    place = (np.arange(_HASHED_SIDE) + 0.5) * np.pi / _HASHED_SIDE
    return np.cos(np.arange(8)[:, None] * place).astype(np.float32)
