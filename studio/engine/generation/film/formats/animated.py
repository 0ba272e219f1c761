"""Pictures that move: what is common to GIF, WebP and APNG.

Pillow holds all frames until the last one; here each is written when it comes, so that memory
stays flat, and what is written plays when the disk is full.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction

from studio.engine.artwork import Pixels
from studio.engine.generation.film.formats.base import OneFile, Outlet, Shot


class Animated(OneFile):
    """Frames with durations of their own in whole `unit`s, which add up to that of the film."""

    @abstractmethod
    def head(self, shot: Shot) -> bytes:
        """What stands before the frames."""

    @abstractmethod
    def frame(self, number: int, pixels: Pixels, shot: Shot, duration: int) -> bytes:
        """A frame that is seen for so many units."""

    @abstractmethod
    def end(self, outlet: Outlet, count: int) -> None:
        """Make what was written a whole file of `count` frames; the outlet stands at its end."""

    @abstractmethod
    def timed(self, frames: Iterator[Pixels], shot: Shot) -> Iterator[tuple[Pixels, int]]:
        """Frames with their durations."""

    def encode(self, frames: Iterator[Pixels], shot: Shot, outlet: Outlet) -> None:
        """As the base class says."""
        outlet.write(self.head(shot))
        count, good = 0, outlet.tell()
        try:
            for pixels, duration in self.timed(frames, shot):
                outlet.write(self.frame(count, pixels, shot, duration))
                count, good = count + 1, outlet.tell()
            self.end(outlet, count)
        except OSError:
            # What is cut off makes the room that the end needs.
            with contextlib.suppress(OSError):
                outlet.truncate(good if count else 0)
                if count:
                    outlet.seek(good)
                    self.end(outlet, count)
            raise


def merged(
    frames: Iterator[Pixels], fps: Fraction, units: int, shortest: int
) -> Iterator[tuple[Pixels, int]]:
    """Frames with durations in `units` a second, each as long as it takes to come to the whole
    unit nearest to its end. One that would be shorter than `shortest` is left out, and the one
    before it stays."""
    shown: Pixels | None = None
    since = end = number = 0
    for number, pixels in enumerate(frames):
        now = round(number * units / fps)
        if shown is not None and now - since >= shortest:
            yield shown, now - since
            shown, since = pixels, now
        elif shown is None:
            shown = pixels
    end = round((number + 1) * units / fps)
    if shown is not None:
        yield shown, max(shortest, end - since)
