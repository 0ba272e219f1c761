"""TIFF of 16 bits and of floating point numbers, which Pillow cannot write: TIFF 6.0, and
technical note 3 of Adobe for the predictor of floating point numbers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

Samples = np.ndarray[Any, np.dtype[np.uint16]] | np.ndarray[Any, np.dtype[np.float32]]
_ROWS = 64
_SHORT, _LONG, _RATIO, _BYTES = 3, 4, 5, 7
_INTEGERS, _FLOATS = 1, 3
_NONE, _DEFLATE = 1, 8
_STRAIGHT = 2
"""Unassociated alpha (section 18). Of multiplied floats Krita makes other colours."""


def write_samples(
    target: Path, image: Samples, dpi: int, profile: bytes, packet: bytes, *, packed: bool
) -> None:
    """uint16 or float32 [h, w, c] with straight alpha as a new little-endian file of strips."""
    height, width, channels = image.shape
    floats = image.dtype == np.float32
    with target.open("wb") as file:
        file.write(b"II*\0\0\0\0\0")
        places, sizes = [], []
        for strip in _strips(image, packed):
            places.append(file.tell())
            sizes.append(file.write(strip))
        tags: dict[int, tuple[int, tuple[int, ...] | bytes]] = {
            256: (_LONG, (width,)), 257: (_LONG, (height,)),
            258: (_SHORT, (image.itemsize * 8,) * channels),
            259: (_SHORT, (_DEFLATE if packed else _NONE,)),
            262: (_SHORT, (1 if channels == 1 else 2,)),
            273: (_LONG, tuple(places)), 277: (_SHORT, (channels,)), 278: (_LONG, (_ROWS,)),
            279: (_LONG, tuple(sizes)), 282: (_RATIO, (dpi, 1)), 283: (_RATIO, (dpi, 1)),
            284: (_SHORT, (1,)), 296: (_SHORT, (2,)),
            339: (_SHORT, (_FLOATS if floats else _INTEGERS,) * channels),
            700: (1, packet), 34675: (_BYTES, profile),
        }  # fmt: skip
        if packed:
            tags[317] = (_SHORT, (3 if floats else 2,))
        if channels == 4:
            tags[338] = (_SHORT, (_STRAIGHT,))
        _write_directory(file, tags)


def _write_directory(file: Any, tags: dict[int, tuple[int, tuple[int, ...] | bytes]]) -> None:
    file.write(b"\0" * (file.tell() % 2))
    entries = b""
    for number, (kind, values) in sorted(tags.items()):
        data = (
            values
            if isinstance(values, bytes)
            else struct.pack(f"<{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        )
        count = len(values) // (2 if kind == _RATIO else 1)
        if len(data) > 4:
            place = file.tell()
            file.write(data + b"\0" * (len(data) % 2))
            data = struct.pack("<I", place)
        entries += struct.pack("<HHI", number, kind, count) + data.ljust(4, b"\0")
    place = file.tell()
    file.write(struct.pack("<H", len(tags)) + entries + b"\0\0\0\0")
    file.seek(4)
    file.write(struct.pack("<I", place))


def _strips(image: Samples, packed: bool) -> Iterator[bytes]:
    for top in range(0, len(image), _ROWS):
        rows = np.ascontiguousarray(image[top : top + _ROWS])
        if not packed:
            yield rows.astype(rows.dtype.newbyteorder("<")).tobytes()
        elif rows.dtype == np.float32:
            yield zlib.compress(_predicted_floats(rows).tobytes(), 6)
        else:
            yield zlib.compress(_predicted(rows).astype("<u2").tobytes(), 6)


def _predicted(rows: np.ndarray) -> np.ndarray:
    """Differences to the pixel on the left (section 14)."""
    made = rows.copy()
    made[:, 1:] -= rows[:, :-1]
    return made


def _predicted_floats(rows: np.ndarray) -> np.ndarray:
    """The bytes of a row by their significance, each as its difference to the one `channels`
    before it."""
    height, width, channels = rows.shape
    planes = rows.astype(">f4").view(np.uint8).reshape(height, width * channels, 4)
    flat = np.ascontiguousarray(planes.transpose(0, 2, 1)).reshape(height, -1)
    made = flat.copy()
    made[:, channels:] -= flat[:, :-channels]
    return made
