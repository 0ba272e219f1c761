"""Who may write a project: a lock that the system drops with its holder, also where that dies.

While it is held the file has a word in it. One that is found there was left by a program that
did not come to its end.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO, Self

from studio.engine.door import appended, opened
from studio.engine.files import FULL
from studio.engine.said import NOTHING, Said, reason

LOCK = ".lock"
_HELD = b"held\n"


def held(folder: Path) -> Said:
    """Why a project can only be looked at while another process has it."""
    return Said(
        "The project {folder} is open in another window or command: "
        "it can be looked at only until that one is closed.",
        folder=folder,
    )


class Lock:
    """Held from when it is made to :meth:`release`."""

    def __init__(self, stream: IO[str]) -> None:
        """Of a file that is locked."""
        self._stream = stream
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        self.was_left = os.read(stream.fileno(), len(_HELD) + 1) == _HELD
        """Whether whoever held it before did not release it."""
        with contextlib.suppress(OSError):  # a full disk: the lock itself needs no room
            os.ftruncate(stream.fileno(), 0)
            os.write(stream.fileno(), _HELD)

    @classmethod
    def of(cls, folder: Path) -> tuple[Self | None, Said]:
        """The lock of a project, or why it can only be looked at."""
        try:
            stream = appended(folder / LOCK)
        except OSError as error:
            if error.errno in FULL:
                return None, looked_at(folder, reason(error))
            return None, Said(
                "The project {folder} is on a read-only place: it can be looked at only.",
                folder=folder,
            )
        try:
            _lock_exclusively(stream)
        except OSError:
            stream.close()
            return None, held(folder)
        return cls(stream), NOTHING

    def release(self) -> None:
        """Let go of it, its work having come to an end."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._stream.fileno(), 0)
        self._stream.close()


def was_left(folder: Path) -> bool:
    """Whether the last program that had a project did not come to its end, and none has it now."""
    try:
        stream = opened(folder / LOCK)
    except OSError:
        return False
    with stream:
        try:
            _lock_exclusively(stream)
        except OSError:
            return False
        stream.seek(0)
        return stream.read(len(_HELD) + 1) == _HELD


def looked_at(folder: Path, why: Said) -> Said:
    """That a project is whole and cannot be written."""
    return Said(
        "The project {folder} cannot be written ({reason}): it can be looked at only; it is whole.",
        folder=folder,
        reason=why,
    )


if sys.platform == "win32":
    import msvcrt

    def _lock_exclusively(stream: IO[str] | IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_exclusively(stream: IO[str] | IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
