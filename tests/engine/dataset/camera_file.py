"""A small camera file (DNG) written by hand, so that RAW is tried with real data."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

Entry = tuple[int, int, int, bytes]
"""Tag, type, count and value, as TIFF 6.0 has them."""
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_AT = 8


def scene(width: int, height: int) -> np.ndarray:
    """uint16 [H, W], RGGB: red rises to the right, blue to the bottom, green is even."""
    rows, columns = np.mgrid[0:height, 0:width]
    values = np.full((height, width), 1500, np.uint16)
    values[0::2, 0::2] = (columns / width * 3000)[0::2, 0::2]
    values[1::2, 1::2] = (rows / height * 3000)[1::2, 1::2]
    return values


def write_dng(
    path: Path, values: np.ndarray, *, orientation: int = 1, colours: bool = True, xmp: bytes = b""
) -> Path:
    """A DNG 1.4 of uint16 [H, W] up to 4095: a Bayer mosaic, or grey without `colours`."""
    height, width = values.shape
    identity = [one for number in range(9) for one in (int(number % 4 == 0), 1)]
    entries = [
        (254, _LONG, 1, _longs(0)), (256, _LONG, 1, _longs(width)),
        (257, _LONG, 1, _longs(height)), (258, _SHORT, 1, _shorts(16)),
        (259, _SHORT, 1, _shorts(1)), (262, _SHORT, 1, _shorts(32803 if colours else 34892)),
        _text(271, "Test"), _text(272, "Camera"), (274, _SHORT, 1, _shorts(orientation)),
        (277, _SHORT, 1, _shorts(1)), (278, _LONG, 1, _longs(height)),
        (279, _LONG, 1, _longs(values.nbytes)), _text(315, "Ada"), _text(33432, "CC0-1.0"),
        (50706, 1, 4, bytes((1, 4, 0, 0))), (50707, 1, 4, bytes((1, 2, 0, 0))),
        (50717, _LONG, 1, _longs(4095)),
    ]  # fmt: skip
    if colours:
        entries += [
            (33421, _SHORT, 2, _shorts(2, 2)), (33422, 1, 4, bytes((0, 1, 1, 2))),
            (50721, 10, 9, struct.pack("<18i", *identity)),
            (50728, _RATIONAL, 3, _longs(1, 1, 1, 1, 1, 1)),
            (50778, _SHORT, 1, _shorts(21)),
        ]  # fmt: skip
    if xmp:
        entries.append((700, 1, len(xmp), xmp))
    camera = [(33434, _RATIONAL, 1, _longs(1, 250)), (34855, _SHORT, 1, _shorts(400))]
    inner = _directory(camera, _AT)
    pixels_at = _AT + len(inner)
    entries += [(273, _LONG, 1, _longs(pixels_at)), (34665, _LONG, 1, _longs(_AT))]
    first_at = pixels_at + values.nbytes
    head = struct.pack("<2sHI", b"II", 42, first_at)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        head + inner + values.astype("<u2").tobytes() + _directory(sorted(entries), first_at)
    )
    return path


def _directory(entries: list[Entry], at: int) -> bytes:
    """The bytes of a directory that begins at `at`, with the values that do not fit in it."""
    rest_at = at + 2 + 12 * len(entries) + 4
    lines, rest = b"", b""
    for tag, kind, count, value in entries:
        where = value.ljust(4, b"\0")
        if len(value) > 4:
            where = struct.pack("<I", rest_at + len(rest))
            rest += value + b"\0" * (len(value) % 2)
        lines += struct.pack("<HHI", tag, kind, count) + where
    return struct.pack("<H", len(entries)) + lines + b"\0" * 4 + rest


def _text(tag: int, words: str) -> Entry:
    value = words.encode() + b"\0"
    return tag, 2, len(value), value


def _shorts(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def _longs(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
