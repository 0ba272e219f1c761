"""Animated PNG: without loss, any frame rate exactly."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from studio.engine.artwork import Pixels
from studio.engine.generation.film.formats.animated import Animated
from studio.engine.generation.film.formats.base import Outlet, Shot, register
from studio.engine.generation.film.formats.frame_files import encoded, png_chunks

_COUNT_AT = 8 + 25
"""Where the chunk with the number of frames begins."""


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


@register
class Apng(Animated):
    name, title, suffix, alpha = "apng", "Animated PNG", ".apng", True
    summary = "Without loss, with transparency; browsers play it for ever."

    def timed(self, frames: Iterator[Pixels], shot: Shot) -> Iterator[tuple[Pixels, int]]:
        """As the base class says; a unit is a frame."""
        return ((pixels, 1) for pixels in frames)

    def head(self, shot: Shot) -> bytes:
        """PNG 3rd edition, 11.2.1 and 11.3.7.1."""
        colour = {1: 0, 3: 2, 4: 6}[shot.channels]
        size = struct.pack(">IIBBBBB", shot.width, shot.height, 8, colour, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + self._count(shot.count)

    def _count(self, count: int) -> bytes:
        return _chunk(b"acTL", struct.pack(">II", count, 0))

    def frame(self, number: int, pixels: Pixels, shot: Shot, duration: int) -> bytes:
        """fcTL and IDAT, or fdAT after the first frame; they are numbered in one row."""
        delay = (duration / shot.fps).limit_denominator(65535)
        order = 0 if number == 0 else 2 * number - 1
        control = struct.pack(
            ">IIIIIHHBB", order, shot.width, shot.height, 0, 0,
            delay.numerator, delay.denominator, 0, 0,
        )  # fmt: skip
        found = png_chunks(encoded(pixels, "PNG", compress_level=6))
        data = b"".join(content for kind, content in found if kind == b"IDAT")
        if number == 0:
            return _chunk(b"fcTL", control) + _chunk(b"IDAT", data)
        return _chunk(b"fcTL", control) + _chunk(b"fdAT", struct.pack(">I", order + 1) + data)

    def end(self, outlet: Outlet, count: int) -> None:
        """As the base class says."""
        outlet.write(_chunk(b"IEND", b""))
        outlet.seek(_COUNT_AT)
        outlet.write(self._count(count))
