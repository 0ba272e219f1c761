"""Animated WebP: without loss, times in thousandths of a second."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from studio.engine.artwork import Pixels
from studio.engine.generation.film.formats.animated import Animated, merged
from studio.engine.generation.film.formats.base import Outlet, Shot, clear, opaque, register
from studio.engine.generation.film.formats.frame_files import encoded, riff_chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _three(value: int) -> bytes:
    return struct.pack("<I", value)[:3]


@register
class WebP(Animated):
    name, title, suffix, alpha = "webp", "Animated WebP", ".webp", True
    summary = "Without loss, with transparency, smaller than animated PNG; for the web."

    def timed(self, frames: Iterator[Pixels], shot: Shot) -> Iterator[tuple[Pixels, int]]:
        """As the base class says."""
        return merged(frames, shot.fps, 1000, 1)

    def head(self, shot: Shot) -> bytes:
        """RFC 9649, 2.7.1 and 2.7.1.1: for ever, on nothing."""
        flags = 0x02 | (0x10 if shot.channels == 4 else 0)
        size = _three(shot.width - 1) + _three(shot.height - 1)
        wide = _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)
        return b"RIFF\0\0\0\0WEBP" + wide + _chunk(b"ANIM", bytes(6))

    def frame(self, number: int, pixels: Pixels, shot: Shot, duration: int) -> bytes:
        """ANMF: the whole picture in the place of the last one."""
        made = clear(pixels) if shot.channels == 4 else opaque(pixels)
        data = encoded(made, "WEBP", lossless=True, exact=True, method=2)
        parts = [_chunk(kind, content) for kind, content in riff_chunks(data) if kind != b"VP8X"]
        size = _three(shot.width - 1) + _three(shot.height - 1)
        facts = _three(0) * 2 + size + _three(duration) + b"\x02"
        return _chunk(b"ANMF", facts + b"".join(parts))

    def end(self, outlet: Outlet, count: int) -> None:
        """As the base class says."""
        size = outlet.tell() - 8
        outlet.seek(4)
        outlet.write(struct.pack("<I", size))
