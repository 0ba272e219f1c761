"""TIFF of coloured floating point numbers, which Pillow does not open: strips of interleaved
samples, plain or deflated, little-endian or big-endian.

After TIFF 6.0 and, for the predictor of floats, Adobe's technical note 3.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from studio.engine.door import opened

Planes = np.ndarray[Any, np.dtype[np.float32]]
_MOST_PIXELS = 178_956_970
_MOST_BYTES = 4 << 30
_LARGEST_TAG = 8 << 20
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
_FLOATS, _PREDICTED = 3, 3


@dataclass(frozen=True)
class FloatTiff:
    """What stands in one; `tags` are numbers, `data` the whole file."""

    data: bytes
    order: str
    tags: dict[int, tuple[int, ...]]

    @property
    def packet(self) -> bytes:
        return bytes(self.tags.get(700, ()))

    @property
    def profile(self) -> bytes:
        return bytes(self.tags.get(34675, ()))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height that it claims."""
        return self.tags[256][0], self.tags[257][0]

    def picture(self) -> Image.Image:
        """In 8 bits, with its profile; raises :class:`OSError`."""
        levels = np.clip(np.nan_to_num(self.planes()), 0.0, 1.0)
        made = Image.fromarray(np.rint(levels * 255.0).astype(np.uint8))
        made.info.update({"icc_profile": self.profile} if self.profile else {})
        made.format = "TIFF (float)"
        return made

    def planes(self) -> Planes:
        """float32 [h, w, c] as it is stored. :class:`OSError` where it is damaged or of
        another layout."""
        try:
            return self._decoded()
        except (KeyError, IndexError, ValueError, struct.error, zlib.error) as error:
            raise OSError(f"damaged floats: {error}") from error

    def _decoded(self) -> Planes:
        width, height, channels = (self.tags[each][0] for each in (256, 257, 277))
        rows = min(self.tags.get(278, (height,))[0], height)
        packing = self.tags.get(259, (1,))[0]
        if width * height > _MOST_PIXELS or rows < 1 or packing not in (1, 8, 32946):
            raise ValueError("a layout that is not read")
        made = np.empty((height, width, channels), np.float32)
        strips = zip(self.tags[273], self.tags[279], strict=True)
        for top, (place, size) in zip(range(0, height, rows), strips, strict=True):
            part = made[top : top + rows]
            data = self.data[place : place + size]
            if packing != 1:
                data = zlib.decompressobj().decompress(data, part.nbytes)
            self._fill(part, data)
        return made

    def _fill(self, part: Planes, data: bytes) -> None:
        height, width, channels = part.shape
        if self.tags.get(317, (1,))[0] != _PREDICTED:
            part[:] = np.frombuffer(data, f"{self.order}f4", part.size).reshape(part.shape)
            return
        flat = np.frombuffer(data, np.uint8, part.nbytes).reshape(height, -1, channels)
        whole = np.cumsum(flat, axis=1, dtype=np.uint8).reshape(height, 4, width * channels)
        numbers = np.ascontiguousarray(whole.transpose(0, 2, 1)).view(">f4")
        part[:] = numbers.reshape(part.shape)


def read(path: Path) -> FloatTiff | None:
    """The file, or None where it is none of these; raises :class:`OSError`."""
    with opened(path, links=True) as stream:
        return found_in(stream)


def found_in(stream: IO[bytes]) -> FloatTiff | None:
    """The same of an open file, from its beginning."""
    stream.seek(0)
    head = stream.read(8)
    if head[:4] not in (b"II*\0", b"MM\0*"):
        return None
    # No more than there is: a buffer is made for all that is asked for.
    if (size := stream.seek(0, os.SEEK_END)) > _MOST_BYTES:
        return None
    stream.seek(0)
    data = stream.read(size)
    order = "<" if head[:2] == b"II" else ">"
    try:
        tags = tags_of(data, order)
    except struct.error:
        return None
    floats = tags.get(339, (1,))[0] == _FLOATS and tags.get(258, (0,))[0] == 32
    coloured = tags.get(277, (1,))[0] in (3, 4) and tags.get(284, (1,))[0] == 1
    whole = {256, 257, 273, 279} <= set(tags)
    return FloatTiff(data, order, tags) if floats and coloured and whole else None


def tags_of(data: bytes, order: str) -> dict[int, tuple[int, ...]]:
    """The numbers of the first directory by tag; `order` is `<` or `>`."""
    (place,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, place)
    found: dict[int, tuple[int, ...]] = {}
    for at in range(place + 2, place + 2 + 12 * count, 12):
        number, kind, many = struct.unpack_from(f"{order}HHI", data, at)
        size = _SIZES.get(kind, 0) * many
        if not 0 < size <= _LARGEST_TAG:
            continue
        start = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, at + 8)[0]
        letter = {1: "B", 2: "B", 3: "H", 4: "I", 5: "I", 7: "B"}[kind]
        letters = f"{order}{many * (2 if kind == 5 else 1)}{letter}"
        found[number] = struct.unpack_from(letters, data, start)
    return found
