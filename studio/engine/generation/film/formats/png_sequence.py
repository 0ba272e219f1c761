"""Numbered pictures, as editors take them for a film."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.files import atomic_path
from studio.engine.generation.film.formats.base import FilmFormat, Shot, register
from studio.engine.generation.film.formats.frame_files import picture

_DIGITS = 4


@register
class PngSequence(FilmFormat):
    """`name.0001.png` and on, without a gap: readers stop at the first one."""

    name, title, suffix, alpha = "png-sequence", "PNG sequence", ".png", True
    summary = "Numbered frames without loss. For After Effects, Resolve, Blender, Nuke."

    def taken(self, target: Path) -> Path | None:
        """A frame of that name: two sequences in one are none."""
        frame = re.compile(rf"{re.escape(target.stem)}\.\d+\.png", re.IGNORECASE)
        try:
            found = [each for each in target.parent.iterdir() if frame.fullmatch(each.name)]
        except FileNotFoundError:
            return None
        return min(found, default=None)

    def write(self, frames: Iterator[Pixels], shot: Shot, target: Path) -> Path:
        """As the base class says."""
        self.refuse_taken(target)
        digits = max(_DIGITS, len(str(shot.count)))
        first = target.with_name(f"{target.stem}.{1:0{digits}}.png")
        for number, frame in enumerate(frames, start=1):
            path = target.with_name(f"{target.stem}.{number:0{digits}}.png")
            try:
                with atomic_path(path, overwrite=False) as temporary:
                    picture(frame).save(temporary, "PNG", compress_level=4)
            except StudioError as error:
                if number == 1:
                    raise
                raise StudioError(
                    "The sequence stops at frame {number}: {reason} The frames before it are "
                    "whole; make room and render it again.",
                    error.detail, number=number - 1, reason=error.said,
                ) from error  # fmt: skip
        return first
