"""Single frames as Pillow writes them, and the chunks inside."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels

if TYPE_CHECKING:
    from PIL.Image import Image


def picture(frame: Pixels) -> Image:
    """A frame as Pillow has it."""
    from PIL import Image

    return Image.fromarray(frame[:, :, 0] if frame.shape[2] == 1 else frame)


def encoded(frame: Pixels, kind: str, **options: object) -> bytes:
    """A frame as a file of its own."""
    stream = io.BytesIO()
    picture(frame).save(stream, kind, **options)
    return stream.getvalue()


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of the chunks of a PNG file."""
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of the chunks of a WebP file."""
    at = 12
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
