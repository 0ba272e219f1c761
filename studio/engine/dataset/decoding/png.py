"""Of PNG what Pillow leaves as it finds it: chunks it does not know, and the key of transparency.

After the PNG specification, third edition, 5.3 (chunk layout) and 11.3.1.1 (tRNS).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH = 24
_MOST_CHUNKS = 1000
_BEGINNING = 64


def bits(head: bytes) -> int:
    """Bits of a channel by the first bytes of a file; 0 for what is no PNG."""
    return head[_DEPTH] if head.startswith(SIGNATURE) and len(head) > _DEPTH else 0


def chunks(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Name and beginning of the chunks before the pixels; the stream is left where it was."""
    before = stream.tell()
    try:
        stream.seek(len(SIGNATURE))
        for _ in range(_MOST_CHUNKS):
            head = stream.read(8)
            if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
                return
            size, kind = struct.unpack(">I4s", head)
            data = stream.read(min(size, _BEGINNING))
            yield kind, data
            stream.seek(size - len(data) + 4, 1)
    finally:
        stream.seek(before)


def mend_key(image: Image.Image, depth: int) -> None:
    """Bring the transparent level of an opened picture to the depth of its decoded pixels.

    It is stated in the depth of the file; pixels of 1, 2 and 4 bits come scaled to 8, and colours
    of 16 bits by their upper 8.
    """
    key = image.info.get("transparency")
    if isinstance(key, int) and image.mode in ("1", "L") and depth in (1, 2, 4):
        top = (1 << depth) - 1
        image.info["transparency"] = (key & top) * (255 // top)
    if isinstance(key, tuple) and image.mode == "RGB" and depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in key)
