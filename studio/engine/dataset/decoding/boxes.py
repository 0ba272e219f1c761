"""What the boxes of HEIF, AVIF (ISO/IEC 23008-12) and JPEG 2000 (ISO/IEC 15444-1) say of colour.

All three keep `colr` boxes. Those of HEIF belong to items, and the ones of the primary item count.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

# The boxes that lead to `colr`; `meta` is a full box with four bytes before its content.
_WAY = {b"meta": 4, b"iprp": 0, b"jp2h": 0}
# They stand before the pixels in what programs write; more is not looked through.
_LARGEST = 16 << 20
_MOST_BOXES = 4096


def colours(stream: IO[bytes]) -> list[bytes]:
    """The contents of the `colr` boxes of the picture; the stream is left where it was."""
    before = stream.tell()
    try:
        stream.seek(0)
        return _colours(stream)
    except (struct.error, IndexError, OSError, OverflowError):  # a length of 2^63 and more
        return []
    finally:
        stream.seek(before)


def _colours(stream: IO[bytes]) -> list[bytes]:
    for _ in range(_MOST_BOXES):
        size, kind = struct.unpack(">I4s", stream.read(8))
        taken = 8
        if size == 1:
            (size,) = struct.unpack(">Q", stream.read(8))
            taken = 16
        if kind in _WAY:
            return _chosen(stream.read(min(size - taken, _LARGEST))[_WAY[kind] :])
        if size < taken:
            return []
        stream.seek(size - taken, 1)
    return []


def _chosen(content: bytes) -> list[bytes]:
    """Of the content of `meta` or `jp2h`."""
    boxes = list(_boxes(content))
    plain = [data for kind, data in boxes if kind == b"colr"]
    properties = next((data for kind, data in boxes if kind == b"iprp"), b"")
    if not properties:
        return plain
    primary = next((_number(data, 4, data[0]) for kind, data in boxes if kind == b"pitm"), 0)
    inner = list(_boxes(properties))
    kept = [each for kind, data in inner if kind == b"ipco" for each in _boxes(data)]
    own: set[int] = set()
    for kind, data in inner:
        if kind == b"ipma":
            own |= _associated(data, primary)
    colours = [
        data for index, (kind, data) in enumerate(kept, 1) if kind == b"colr" and index in own
    ]
    # A picture of tiles may leave its colour to them.
    return colours or [data for kind, data in kept if kind == b"colr"]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        size = size or len(data) - at
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _number(data: bytes, at: int, version: int) -> int:
    """An item's number, which is wider from version 1 on."""
    return int.from_bytes(data[at : at + (4 if version else 2)], "big")


def _associated(data: bytes, item: int) -> set[int]:
    """The places in `ipco` of the properties of an item, of the content of an `ipma`."""
    version, wide = data[0], data[3] & 1
    (count,) = struct.unpack_from(">I", data, 4)
    at, width = 8, 4 if version else 2
    for _ in range(min(count, _MOST_BOXES)):
        number = _number(data, at, version)
        uses = data[at + width]
        at += width + 1
        step = 2 if wide else 1
        if number == item:
            places = (data[at + step * i : at + step * (i + 1)] for i in range(uses))
            # The highest bit says whether a reader has to know the property.
            return {int.from_bytes(place, "big") & (0x7FFF if wide else 0x7F) for place in places}
        at += uses * step
    return set()
