"""From code values to light: the transfer functions and primaries of ITU-T H.273, and the way
from high dynamic range to a usual screen.

What is brighter than a usual screen is compressed for each component as in Report ITU-R BT.2390-10,
5.4.1 (EETF), with the white of a usual screen at 203 cd/m², the reference white of Report ITU-R
BT.2408. PQ and HLG are those of Recommendation ITU-R BT.2100.
"""

from __future__ import annotations

import numpy as np

from studio.engine.dataset.decoding.icc_profile import POINTS, Point

WHITE = 203.0
"""cd/m² of the white of a usual screen."""
PEAK = 1000.0
"""cd/m² that are still told from more: that of HLG, and usual for masters in PQ."""
PQ, HLG = 16, 18

D65: Point = (0.3127, 0.3290)
_C: Point = (0.310, 0.316)
_BT709 = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_BT601_525 = ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
# H.273 table 2: (name, white, red green blue).
PRIMARIES: dict[int, tuple[str, Point, tuple[Point, Point, Point]]] = {
    1: ("sRGB", D65, _BT709),
    4: ("BT.470 M", _C, ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08))),
    5: ("BT.601 625", D65, ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06))),
    6: ("BT.601 525", D65, _BT601_525),
    7: ("SMPTE 240M", D65, _BT601_525),
    8: ("film", _C, ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049))),
    9: ("BT.2020", D65, ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    11: ("DCI-P3", (0.314, 0.351), _P3),
    12: ("Display P3", D65, _P3),
    22: ("EBU 3213", D65, ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077))),
}
SRGB_PRIMARIES = PRIMARIES[1][2]
GAMMA_OF_ADOBE_RGB = 563 / 256
# H.273 table 3 by number: pure powers.
_POWERS = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}
# These have the curve of a camera for television; stills in them are shown as sRGB, as
# browsers do. 2 is "unspecified", 13 is sRGB itself.
_AS_SRGB = {1, 2, 6, 11, 12, 13, 14, 15}


def light(transfer: int, *, narrow: bool = False) -> np.ndarray | None:
    """Light from 0 to 1 of POINTS levels from 0 to 1; None for what is not in the table.

    In narrow range 16 to 235 of 255 are used.
    """
    levels = np.linspace(0, 1, POINTS)
    if narrow:
        levels = np.clip((levels * 255 - 16) / 219, 0, 1)
    if transfer in _AS_SRGB:
        return linear(levels)
    if transfer in _POWERS:
        return np.asarray(levels ** _POWERS[transfer])
    if transfer == 7:  # SMPTE 240M
        return np.where(levels < 0.0913, levels / 4, ((levels + 0.1115) / 1.1115) ** (1 / 0.45))
    if transfer == PQ:
        return _shown(pq_to_nits(levels))
    if transfer == HLG:
        return _shown(hlg_to_nits(levels))
    return None


def linear(levels: np.ndarray) -> np.ndarray:
    """Light of levels of sRGB, both from 0 to 1: IEC 61966-2-1."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def encoded(values: np.ndarray) -> np.ndarray:
    """Levels of sRGB of light, both from 0 to 1."""
    return np.where(
        values <= 0.0031308, 12.92 * values, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055
    )


def pq_to_nits(levels: np.ndarray) -> np.ndarray:
    root = levels ** (32 / 2523)
    return np.asarray(
        1e4 * (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305)
    )


def nits_to_pq(nits: np.ndarray | float) -> np.ndarray:
    root = (np.asarray(nits) / 1e4) ** (1305 / 8192)
    return np.asarray(((107 / 128 + 2413 / 128 * root) / (1 + 2392 / 128 * root)) ** (2523 / 32))


def hlg_to_nits(levels: np.ndarray) -> np.ndarray:
    """cd/m² of HLG on a screen of PEAK; its system gamma of 1.2 is taken for each component, which
    is exact for greys.
    """
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - c) / a) + b) / 12)
    return np.asarray(PEAK * np.clip(scene, 0, 1) ** 1.2)


def _shown(nits: np.ndarray) -> np.ndarray:
    """Light from 0 to 1 on a screen with its white at WHITE."""
    peak = float(nits_to_pq(PEAK))
    most = float(nits_to_pq(WHITE)) / peak
    level = np.clip(nits_to_pq(nits) / peak, 0, 1)
    knee = 1.5 * most - 0.5
    t = np.clip((level - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee
    bent += (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    return np.clip(pq_to_nits(np.where(level < knee, level, bent) * peak) / WHITE, 0, 1)


def power(gamma: float) -> np.ndarray:
    """Light of POINTS levels by a pure power. ValueError for one that no screen has."""
    if not 0.1 <= gamma <= 10:
        raise ValueError("the gamma is out of bounds")
    return np.asarray(np.linspace(0, 1, POINTS) ** gamma)
