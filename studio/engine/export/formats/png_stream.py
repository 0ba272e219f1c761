"""PNG of 16 bits, which Pillow cannot write, and without a word of colour, for maps of data:
W3C PNG 3rd edition, sections 5 and 9."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Deep = np.ndarray[Any, np.dtype[np.uint16]]
Samples = Deep | np.ndarray[Any, np.dtype[np.uint8]]
_KINDS = {1: 0, 3: 2, 4: 6}
"""Colour types by channels: grey, RGB, RGBA."""
_BAND = 256
"""Rows that are filtered at once."""


def write_samples(
    target: Path, image: Samples, beside: Sequence[tuple[bytes, bytes]], level: int
) -> None:
    """uint8 or uint16 [h, w, c] as a new file; `beside` are chunks that stand before the pixels."""
    with target.open("wb") as file:
        file.writelines(parts(image, beside, level))


def parts(image: Samples, beside: Sequence[tuple[bytes, bytes]], level: int) -> Iterator[bytes]:
    """The file, a chunk at a time."""
    height, width, channels = image.shape
    size = image.itemsize
    yield b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">2I5B", width, height, 8 * size, _KINDS[channels], 0, 0, 0)
    yield chunk(b"IHDR", head)
    for kind, content in beside:
        yield chunk(kind, content)
    packer = zlib.compressobj(level)
    above = np.zeros(width * channels * size, np.uint8)
    for top in range(0, height, _BAND):
        band = np.ascontiguousarray(image[top : top + _BAND].astype(f">u{size}"))
        rows = band.view(np.uint8).reshape(len(band), -1)
        packed = packer.compress(_filtered(rows, above, channels * size).tobytes())
        above = rows[-1]
        if packed:
            yield chunk(b"IDAT", packed)
    yield chunk(b"IDAT", packer.flush()) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk with its length and its CRC."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def international_text(keyword: str, text: bytes) -> bytes:
    """The content of an iTXt chunk, not compressed (11.3.3.4)."""
    return keyword.encode("latin-1") + b"\0\0\0\0\0" + text


def profile_content(name: str, profile: bytes) -> bytes:
    """The content of an iCCP chunk (11.3.2.3)."""
    return name.encode("latin-1") + b"\0\0" + zlib.compress(profile, 9)


def resolution_content(dpi: int) -> bytes:
    """The content of a pHYs chunk, in pixels a metre (11.3.4.3)."""
    return struct.pack(">2IB", round(dpi / 0.0254), round(dpi / 0.0254), 1)


def _filtered(rows: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    """uint8 [h, 1 + w] of uint8 [h, w]: for every row the filter with the smallest sum of
    differences (12.7), and its number before it. `step` are the bytes of a pixel."""
    up = np.vstack([above, rows[:-1]])
    left = np.pad(rows, ((0, 0), (step, 0)))[:, :-step]
    corner = np.pad(up, ((0, 0), (step, 0)))[:, :-step]
    tried = np.stack([rows, rows - left, rows - up, rows - _paeth(left, up, corner)])
    sums = np.abs(tried.view(np.int8).astype(np.int16)).sum(axis=2, dtype=np.int64)
    best = sums.argmin(axis=0)
    chosen = np.take_along_axis(tried, best[None, :, None], axis=0)[0]
    numbers = np.array([0, 1, 2, 4], np.uint8)[best]
    return np.hstack([numbers[:, None], chosen])


def _paeth(left: np.ndarray, up: np.ndarray, corner: np.ndarray) -> np.ndarray:
    a, b, c = (each.astype(np.int16) for each in (left, up, corner))
    to_left, to_up, to_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where(to_up <= to_corner, up, corner)
    return np.where((to_left <= to_up) & (to_left <= to_corner), left, nearest)
