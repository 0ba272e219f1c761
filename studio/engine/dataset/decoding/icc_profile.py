"""ICC profiles read and written by their numbers.

Offsets and types after ICC.1:2022 (profile version 4.4): header 7.2, tag table 7.3, curve type
10.6, parametric curve type 10.18, cicp type 10.3.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
from PIL import ImageCms

# Larger profiles exist only to exhaust memory; the biggest real ones (CMYK presses) are near 3 MB.
LARGEST = 8 << 20
POINTS = 4096
"""Of a curve that is written as a table."""

Point = tuple[float, float]
"""x and y of a chromaticity."""

_HEADER, _ENTRY, _MOST_TAGS, _LONGEST = 132, 12, 200, 120
_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# How many numbers the parametric curves 0 to 4 have, table 68.
_NUMBERS = (1, 3, 4, 5, 7)


def space_of(profile: bytes) -> str:
    """`GRAY`, `RGB`, `CMYK`, `Lab` … of the pixels that it describes; empty for no profile."""
    if len(profile) < _HEADER or profile[36:40] != b"acsp":
        return ""
    return profile[16:20].decode("ascii", "replace").strip()


def code_points(profile: bytes) -> bytes:
    """The four code points of ITU-T H.273 that a profile of high dynamic range brings, or none."""
    found = _tag(profile, b"cicp")
    return found[8:12] if len(found) >= 12 else b""


def light_of_grey(profile: bytes, levels: np.ndarray) -> np.ndarray | None:
    """Luminance from 0 to 1 of grey levels from 0 to 1, by the curve of a profile of grey or
    (its green) of RGB; None where it has no curve.
    """
    name = {"GRAY": b"kTRC", "RGB": b"gTRC"}.get(space_of(profile))
    curve = _curve(_tag(profile, name), levels) if name else None
    if curve is None:
        return None
    if profile[20:24] == b"Lab ":  # then the curve leads to lightness, ICC.1 8.3.4
        curve = np.where(curve > 0.08, ((curve + 0.16) / 1.16) ** 3, curve / 9.033)
    return np.asarray(np.clip(curve, 0, 1))


def matrix_profile(
    white: Point, primaries: Sequence[Point], light: np.ndarray, name: str = ""
) -> bytes:
    """A profile of RGB by the chromaticities of its white and of its red, green and blue, and
    the light (0 to 1) of its levels. ValueError for primaries that span no space.

    With a `name` it has all that a file of its own needs (ICC.1:2001-04, 6.3.1.1); without one
    it serves only in memory.
    """
    columns = np.array([_xyz(each) for each in primaries]).T
    white_xyz = _xyz(white)
    try:
        matrix = columns * np.linalg.solve(columns, white_xyz)
    except np.linalg.LinAlgError as error:
        raise ValueError("the primaries span no space") from error
    cones = _BRADFORD @ white_xyz
    with np.errstate(all="ignore"):
        adapted = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ _D50 / cones) @ _BRADFORD @ matrix
    if not np.isfinite(adapted).all() or np.abs(adapted).max() > 4 or adapted[1].min() < -0.5:
        raise ValueError("the primaries span no space")
    curve = np.clip(light * 65535 + 0.5, 0, 65535).astype(">u2").tobytes()
    trc = b"curv\0\0\0\0" + struct.pack(">I", len(light)) + curve
    tags = {b"wtpt": _xyz_tag(_D50), b"rTRC": trc, b"gTRC": trc, b"bTRC": trc}
    for index, column in enumerate((b"rXYZ", b"gXYZ", b"bXYZ")):
        tags[column] = _xyz_tag(adapted[:, index])
    if name:
        text = name.encode("ascii") + b"\0"
        tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
        tags[b"cprt"] = b"text\0\0\0\0CC0\0"
    return _written(tags)


def _xyz(point: Point) -> np.ndarray:
    x, y = point
    if not (-1 < x < 2 and 1e-6 < abs(y) < 2):
        raise ValueError("a chromaticity is out of bounds")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _written(tags: dict[bytes, bytes]) -> bytes:
    at = _HEADER + _ENTRY * len(tags)
    table, body, places = b"", b"", dict[bytes, int]()
    for name, data in tags.items():
        if data not in places:  # the curves are kept once
            places[data] = at + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", places[data], len(data))
    head = struct.pack(">I4xB3x", at + len(body), 2) + b"mntrRGB XYZ " + b"\0" * 12 + b"acsp"
    head += b"\0" * 28 + _xyz_tag(_D50)[8:] + b"\0" * 48
    return head + struct.pack(">I", len(tags)) + table + body


def _xyz_tag(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(v) * 65536) for v in values))


def _tag(profile: bytes, name: bytes) -> bytes:
    if not space_of(profile):
        return b""
    (count,) = struct.unpack_from(">I", profile, _HEADER - 4)
    for index in range(min(count, _MOST_TAGS)):
        entry = profile[_HEADER + _ENTRY * index : _HEADER + _ENTRY * (index + 1)]
        if len(entry) == _ENTRY and entry[:4] == name:
            start, size = struct.unpack_from(">II", entry, 4)
            return profile[start : start + size]
    return b""


def _curve(data: bytes, levels: np.ndarray) -> np.ndarray | None:
    try:
        if data[:4] == b"curv":
            (count,) = struct.unpack_from(">I", data, 8)
            if count == 0:
                return levels
            table = np.frombuffer(data, ">u2", count, 12).astype(np.float64)
            if count == 1:
                return np.asarray(levels ** (table[0] / 256))
            return np.asarray(np.interp(levels, np.linspace(0, 1, count), table / 65535))
        if data[:4] == b"para":
            (kind,) = struct.unpack_from(">H", data, 8)
            raw = struct.unpack_from(f">{_NUMBERS[kind]}i", data, 12)
            return _parametric(kind, [number / 65536 for number in raw], levels)
    except (struct.error, ValueError, IndexError):
        pass
    return None  # of another type, or damaged


def _parametric(kind: int, numbers: list[float], x: np.ndarray) -> np.ndarray:
    """Table 68 of ICC.1:2022."""
    g, a, b, c, d, e, f = (*numbers, *(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)[len(numbers) :])[:7]
    if kind == 0:
        return np.asarray(x**g)
    bent = np.maximum(a * x + b, 0) ** g
    if kind <= 2:  # below -b/a only the constant is left
        return np.asarray(bent + c)
    return np.where(x >= d, bent + e, c * x + f)


def name_of(profile: bytes) -> str:
    """What it calls itself, in printable letters; empty where there is nothing to be read."""
    if not space_of(profile) or len(profile) > LARGEST:
        return ""
    try:
        text = ImageCms.getProfileDescription(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]
