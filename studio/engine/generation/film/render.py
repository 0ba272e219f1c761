"""Rendering a walk: frames are made on one thread while another writes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels
from studio.engine.errors import UsageError
from studio.engine.generation.film.formats.base import FilmFormat, Shot, format_for
from studio.engine.generation.film.walk import Walk
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

LARGEST = 8192
"""Pixels of a side."""
MOST_ENLARGED = 32
_AHEAD = 3
"""Frames that may wait to be written: as many are in memory, however long the film."""


@dataclass(frozen=True)
class Film:
    """What was written: fewer than all `frames` where it was cancelled."""

    file: Path
    frames: int
    notes: tuple[Said, ...]


Told = Callable[[int, int], None]


def shot_of(player: Player, walk: Walk, enlarge: int = 1) -> Shot:
    """The facts of the film; `enlarge` times as large."""
    spec = player.image_spec
    width, height = spec.width * enlarge, spec.height * enlarge
    if max(width, height) > LARGEST:
        raise UsageError(
            "A film of {width} × {height} pixels is too large: at most {most} a side.",
            width=width, height=height, most=LARGEST,
        )  # fmt: skip
    sound = Path(walk.timeline.sound) if walk.timeline.sound else None
    return Shot(width, height, spec.channels, walk.fps, walk.count, sound)


def render(
    player: Player,
    walk: Walk,
    target: Path,
    *,
    enlarge: int = 1,
    larger: Callable[[Pixels], Pixels] | None = None,
    told: Told = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    changed: Callable[[Pixels], Pixels] = lambda frame: frame,
) -> Film:
    """Write the film of a walk. What was written when it is cancelled is a film. Every frame is
    made `enlarge` times as large, by whole pixels or by `larger`, seen by the camera, and passed
    through `changed`.

    Raises :class:`StudioError` before any work where it cannot be written, and where the disk is
    full; what there is plays then.
    """
    kind: FilmFormat = format_for(target)
    shot = shot_of(player, walk, enlarge)
    kind.check(shot)
    kind.refuse_taken(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    done = 0

    def counted(frames: Iterator[Pixels]) -> Iterator[Pixels]:
        nonlocal done
        for frame in frames:
            if done and cancelled():
                return
            yield frame
            done += 1
            told(done, shot.count)

    larger = larger or partial(by_pixels, enlarge)
    made = (walk.picture(time, larger) for time in walk.times)
    with Ahead(map(changed, made)) as frames:
        file = kind.write(counted(frames), shot, target)
    return Film(file, done, kind.notes(shot))


def by_pixels(enlarge: int, pixels: Pixels) -> Pixels:
    """Every pixel a square of `enlarge` by `enlarge`."""
    return pixels.repeat(enlarge, 0).repeat(enlarge, 1) if enlarge > 1 else pixels


class Ahead:
    """Go through an iterator on a thread of its own, a few steps ahead of who asks."""

    def __init__(self, source: Iterator[Pixels]) -> None:
        self._source = source
        self._made: queue.Queue[Pixels | BaseException | None] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="frames of a film", daemon=True)

    def __enter__(self) -> Iterator[Pixels]:
        self._thread.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._made.get(timeout=0.05)
            except queue.Empty:
                self._thread.join(0)
        self._thread.join()

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for frame in self._source:
                if self._stopped.is_set():
                    return
                self._made.put(frame)
        except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
            last = error
        if not self._stopped.is_set():
            self._made.put(last)

    def _taken(self) -> Iterator[Pixels]:
        while (made := self._made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made
