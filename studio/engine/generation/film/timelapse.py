"""A run as a film: the samples of its fixed seeds, from the first to the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding.decode import own_picture
from studio.engine.dataset.decoding.limited import limited
from studio.engine.door import picture
from studio.engine.errors import UsageError
from studio.engine.generation.film.formats.base import Shot, format_for
from studio.engine.generation.film.render import LARGEST, Film, Told
from studio.engine.generation.film.timeline import frame_rate
from studio.engine.training.record.sample_sheet import sheets

USUAL_RATE = "12"
STAY = 2.0
"""Seconds that the last picture is seen: what it was all for."""


def timelapse(
    run_folder: Path,
    target: Path,
    *,
    fps: str = USUAL_RATE,
    enlarge: int = 1,
    told: Told = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    changed: Callable[[Pixels], Pixels] = lambda frame: frame,
) -> Film:
    """Write a frame for every sheet of samples, and the last one for `STAY` seconds.

    Sheets of another size than most, as of a run that went on with another number of samples,
    are passed over, and so are those that cannot be read. Every frame is passed through
    `changed` before. Raises :class:`StudioError`, before any work where there are less than two.
    """
    rate, kind = frame_rate(fps), format_for(target)
    paths = [path for _, path in sheets(run_folder)]
    sizes = {path: tuple(size) for path in paths if (size := _size(path)) is not None}
    if len(sizes) < 2:
        raise UsageError("A film of a run needs at least two sheets of samples: train it longer.")
    width, height, channels = usual = Counter(sizes.values()).most_common(1)[0][0]
    if max(width, height) * enlarge > LARGEST:
        raise UsageError(
            "A film of {width} × {height} pixels is too large: at most {most} a side.",
            width=width * enlarge, height=height * enlarge, most=LARGEST,
        )  # fmt: skip
    used = [path for path, size in sizes.items() if size == usual]
    stay = max(0, round(STAY * rate) - 1)
    shot = Shot(width * enlarge, height * enlarge, channels, rate, len(used) + stay)
    kind.check(shot)
    kind.refuse_taken(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    done = 0

    def frames() -> Iterator[Pixels]:
        nonlocal done
        last: Pixels | None = None
        for path in [*used, *([None] * stay)]:
            if done and cancelled():
                return
            last = last if path is None else changed(_pixels(path, channels, enlarge))
            assert last is not None
            yield last
            done += 1
            told(done, shot.count)

    file = kind.write(frames(), shot, target)
    return Film(file, done, kind.notes(shot))


_MODES = {"L": 1, "RGB": 3, "RGBA": 4}


@limited
def _size(path: Path) -> list[int] | None:
    """Width, height and channels of a sheet, as its head says; None where it is none."""
    try:
        with picture(path, ("PNG",)) as image:
            channels = _MODES.get(image.mode)
            return None if channels is None else [*image.size, channels]
    except OSError:
        return None


def _pixels(path: Path, channels: int, enlarge: int) -> Pixels:
    pixels = np.asarray(own_picture(path, "PNG"))
    pixels = pixels.reshape(*pixels.shape[:2], channels)
    return pixels.repeat(enlarge, 0).repeat(enlarge, 1) if enlarge > 1 else pixels
