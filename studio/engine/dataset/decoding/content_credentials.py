"""Where a picture file keeps its Content Credentials (C2PA 2.4, annex A): found, not judged.

They are looked for as bytes, before anybody vouches for the file, and without the library that
checks them: what they say against training counts, whoever signed it.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from typing import IO

from PIL import Image

from studio.engine.door import opened

LARGEST = 4 << 20
SUFFIX = ".c2pa"
_TIFF_TAG = 0xCD41
_BMFF_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_GIF_HEAD = b"C2PA_GIF"
_MOST_PARTS = 100_000
"""Chunks, boxes or blocks that are looked at."""


def in_file(image: Image.Image, stream: IO[bytes]) -> bytes:
    """JUMBF of a WebP, TIFF, AVIF, HEIC or GIF; empty where there is none. Never raises for
    anything that the file holds. JPEG and PNG have it among their other words."""
    with contextlib.suppress(OSError, ValueError, struct.error, AttributeError):
        if image.format == "TIFF":
            found: object = image.tag_v2.get(_TIFF_TAG)  # type: ignore[attr-defined]
            return found[:LARGEST] if isinstance(found, bytes) else b""
        ways = {"WEBP": _in_riff, "AVIF": _in_boxes, "HEIF": _in_boxes, "GIF": _in_blocks}
        if image.format in ways:
            place = stream.tell()
            try:
                return next(ways[image.format](stream), b"")
            finally:
                stream.seek(place)
    return b""


def beside(path: str, member: str = "") -> bytes:
    """Those that lie in a file beside the picture."""
    name = f"{os.path.splitext(path)[0]}{SUFFIX}"  # noqa: PTH122  # 100,000 names
    if not member and os.path.isfile(name):  # noqa: PTH113
        with contextlib.suppress(OSError), opened(name) as file:
            return file.read(LARGEST)
    return b""


def _in_riff(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(12)
    for _ in range(_MOST_PARTS):
        head = stream.read(8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        if kind == b"C2PA":
            yield stream.read(min(length, LARGEST))
        stream.seek(length + length % 2, os.SEEK_CUR)


def _in_boxes(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    for _ in range(_MOST_PARTS):
        begin, head = stream.tell(), stream.read(32)
        if len(head) < 8:
            return
        length, kind = struct.unpack_from(">I4s", head)
        if length == 1:
            (length,) = struct.unpack_from(">Q", head, 8)
        if kind == b"uuid" and _BMFF_BOX in head:
            yield stream.read(min(max(length, 32), LARGEST))
        if length < 8:  # to the end of the file, or damaged
            return
        stream.seek(begin + length)


def _in_blocks(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(10)
    _pass_colours(stream, stream.read(3))
    for _ in range(_MOST_PARTS):
        kind = stream.read(1)
        if kind == b"!":
            stream.read(1)
            blocks = _blocks(stream)
            wanted = next(blocks, b"").startswith(_GIF_HEAD)
            rest = b"".join(blocks)  # read in any case: the next block begins after it
            if wanted:
                yield rest
        elif kind == b",":
            _pass_colours(stream, stream.read(9)[8:] + b"\0\0")
            stream.read(1)
            for _ in _blocks(stream):
                pass
        else:
            return


def _pass_colours(stream: IO[bytes], head: bytes) -> None:
    """Step over a table of colours, if the first byte of `head` says that there is one."""
    if head[:1] and head[0] & 0x80:
        stream.seek(3 * 2 ** ((head[0] & 7) + 1), os.SEEK_CUR)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while (length := stream.read(1)) not in (b"", b"\0"):
        yield stream.read(length[0])
