"""GIF89a: 256 colours a frame, times in hundredths of a second."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.generation.film.formats.animated import Animated, merged
from studio.engine.generation.film.formats.base import Outlet, Shot, opaque, register
from studio.engine.generation.film.formats.frame_files import picture
from studio.engine.said import Said

_UNITS = 100
_SHORTEST = 2
"""Players take a hundredth for a tenth of a second."""


@register
class Gif(Animated):
    name, title, suffix, alpha = "gif", "GIF", ".gif", True
    summary = "256 colours a frame, at most 50 frames a second; transparency on or off."

    def notes(self, shot: Shot) -> tuple[Said, ...]:
        """As the base class says, and of fast films."""
        said = super().notes(shot)
        if shot.fps > _UNITS // _SHORTEST:
            said += (Said("A GIF shows at most {most} frames a second: some are left out, and the "
                          "film is as long.", most=_UNITS // _SHORTEST),)  # fmt: skip
        return said

    def timed(self, frames: Iterator[Pixels], shot: Shot) -> Iterator[tuple[Pixels, int]]:
        """As the base class says."""
        return merged(frames, shot.fps, _UNITS, _SHORTEST)

    def head(self, shot: Shot) -> bytes:
        """Without colours for all frames; plays for ever."""
        screen = struct.pack("<HHBBB", shot.width, shot.height, 0x70, 0, 0)
        return b"GIF89a" + screen + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"

    def frame(self, number: int, pixels: Pixels, shot: Shot, duration: int) -> bytes:
        """With colours of its own; the last entry is what is seen through."""
        from PIL import GifImagePlugin, Image

        plain = picture(np.ascontiguousarray(opaque(pixels[:, :, :3])))
        clear = pixels[:, :, 3] < 128 if shot.channels == 4 else None
        few = plain.quantize(256 if clear is None else 255)
        few = plain.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
        options: dict[str, Any] = {"duration": duration * 10, "include_color_table": True}
        if clear is not None:
            colours = (few.getpalette() or [])[: 255 * 3]
            few.paste(255, mask=Image.fromarray(clear))
            few.putpalette(colours + [0] * (768 - len(colours)))
            options |= {"transparency": 255, "disposal": 2}
        return b"".join(GifImagePlugin.getdata(few, (0, 0), **options))

    def end(self, outlet: Outlet, count: int) -> None:
        """As the base class says."""
        outlet.write(b"\x3b")
