"""What a format of films is. Adding one is adding one file to this folder: a class that is
decorated with `register`.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import RawIOBase
from pathlib import Path
from typing import ClassVar

import numpy as np

from models.registry import Registry
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError, TakenError, UsageError
from studio.engine.files import beside, discard, settle, writing
from studio.engine.said import Said, reason

TAKEN = "{path} already exists: choose another name or folder; nothing was changed."


@dataclass(frozen=True)
class Shot:
    """What is known of a film before its first frame. Frames are uint8 [height, width, channels]
    with 1, 3 or 4 channels, alpha straight."""

    width: int
    height: int
    channels: int
    fps: Fraction
    count: int
    """Frames; fewer come where it is cancelled."""
    sound: Path | None = None
    """What is heard from the first frame on, and ends with the last one."""


class FilmFormat(ABC):
    """One way to write a film."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    summary: ClassVar[str]
    alpha: ClassVar[bool] = False
    """Whether transparency is kept."""
    sound: ClassVar[bool] = False
    """Whether it can be heard."""

    def check(self, shot: Shot) -> None:  # noqa: B027  # most can
        """Refuse before any work what cannot be written."""

    def notes(self, shot: Shot) -> tuple[Said, ...]:
        """What becomes different from the frames, as sentences."""
        said = list[Said]()
        if shot.channels == 4 and not self.alpha:
            said.append(Said("{format} has no transparency: the film is drawn on black.",
                             format=self.title))  # fmt: skip
        if shot.sound is not None and not self.sound:
            said.append(Said("{format} has no sound: the film is silent.", format=self.title))
        return tuple(said)

    def taken(self, target: Path) -> Path | None:
        """What is in the way, if anything."""
        return target if target.exists() else None

    def refuse_taken(self, target: Path) -> None:
        """Refuse before any work, as long films take long."""
        if (found := self.taken(target)) is not None:
            raise TakenError(TAKEN, path=found)

    @abstractmethod
    def write(self, frames: Iterator[Pixels], shot: Shot, target: Path) -> Path:
        """Write frames as they come; what was written until an error plays. Returns the file that
        one opens. Raises :class:`StudioError`."""


class Outlet(RawIOBase):
    """A file that takes all of what is written to it, or raises :class:`OSError`."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("xb", buffering=0)

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        done = 0
        while done < len(view):
            done += self._stream.write(view[done:])
        return done

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def truncate(self, size: int | None = None) -> int:
        return self._stream.truncate(size)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()


class OneFile(FilmFormat):
    """A film in a single file."""

    @abstractmethod
    def encode(self, frames: Iterator[Pixels], shot: Shot, outlet: Outlet) -> None:
        """Write frames as they come. Where that fails, what is in `outlet` plays."""

    def write(self, frames: Iterator[Pixels], shot: Shot, target: Path) -> Path:
        """As the base class says."""
        self.refuse_taken(target)
        temporary = beside(target)
        try:
            with writing(target):
                try:
                    with Outlet(temporary) as outlet:
                        self.encode(frames, shot, outlet)
                except OSError as error:
                    self._keep(temporary, target, error)
                    raise
                settle(temporary, target, overwrite=False)
        finally:
            discard(temporary)
        return target

    def _keep(self, temporary: Path, target: Path, error: OSError) -> None:
        """Give what was written its name, if there is any of it."""
        with contextlib.suppress(OSError):
            if temporary.stat().st_size > 0:
                settle(temporary, target, overwrite=False)
                raise StudioError(
                    "The film could not be written to its end: {reason}. {path} has what there "
                    "was room for, and plays; make room and render it again.",
                    repr(error), path=target, reason=reason(error),
                ) from error  # fmt: skip


def opaque(frame: Pixels) -> Pixels:
    """uint8 [h, w, 3] of a frame, on black."""
    if frame.shape[2] == 4:
        alpha = frame[:, :, 3:].astype(np.uint16)
        return ((frame[:, :, :3] * alpha + 127) // 255).astype(np.uint8)
    return np.repeat(frame, 3, axis=2) if frame.shape[2] == 1 else frame


def clear(frame: Pixels) -> Pixels:
    """uint8 [h, w, 4] of a frame."""
    if frame.shape[2] == 4:
        return frame
    full = np.full((*frame.shape[:2], 1), 255, np.uint8)
    return np.concatenate([opaque(frame), full], axis=2)


_REGISTRY = Registry[FilmFormat](
    __package__,
    lambda name, known: UsageError(
        "There is no film format {name}. Known: {known}.", name=name, known=known
    ),
)
register_class, formats, format_of = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one


def register(kind: type[FilmFormat]) -> type[FilmFormat]:
    """Make a format known under its `name`."""
    register_class(kind())
    return kind


def format_for(path: Path) -> FilmFormat:
    """The format that a file name asks for; :class:`UsageError` naming those there are."""
    for each in formats().values():
        if each.suffix == path.suffix.lower():
            return each
    known = ", ".join(sorted(each.suffix for each in formats().values()))
    raise UsageError(
        "{path} says no format of a film: end its name with one of {known}.",
        path=path, known=known,
    )  # fmt: skip
