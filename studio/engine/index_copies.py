"""Earlier generations of `project.sqlite`, for when it is damaged: made as a project is closed.

    backups/index-000012.sqlite

They are counted, never dated. Decisions themselves are durable as they are made; what a copy
saves is an index that a disk or another program has spoilt.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from studio.engine import index_file
from studio.engine.door import OutsideError, inside
from studio.engine.errors import StudioError
from studio.engine.files import atomic_path, discard, fsync_folder, write_bytes

FOLDER = "backups"
LAST, TENTHS = 3, 3
"""So many of the last are kept, and so many of every tenth: commands of a script make many."""
LARGEST = 512 << 20
"""Bytes of an index that is copied: it is in memory meanwhile."""
_WRITE_VERSION, _READ_VERSION = 18, 19
"""Where the header says whether there is a log beside it (2) or not (1)."""
_one_at_a_time = threading.Lock()
_NAME = re.compile(r"index-(\d{6,})\.sqlite")


@dataclass(frozen=True)
class Copy:
    """One generation."""

    path: Path
    number: int

    @property
    def moment(self) -> float:
        """When it was made, as the clock then said; seconds of the epoch."""
        return self.path.stat().st_mtime


def copies(folder: Path) -> list[Copy]:
    """Those there are of the project in `folder`, oldest first."""
    try:
        entries = list(inside(folder, FOLDER).iterdir())
    except (OSError, OutsideError):
        return []
    found = [(each, _NAME.fullmatch(each.name)) for each in entries if not each.is_symlink()]
    made = [Copy(path, int(match[1])) for path, match in found if match and path.is_file()]
    return sorted(made, key=lambda each: each.number)


def keep(folder: Path, connection: sqlite3.Connection) -> None:
    """Copy an open index where this connection has changed it; a refusal costs only the copy."""
    if connection.total_changes:
        with _one_at_a_time:
            _copy(folder, connection)


def _copy(folder: Path, connection: sqlite3.Connection) -> None:
    with contextlib.suppress(StudioError, OSError, sqlite3.Error, MemoryError):
        pages, size = (connection.execute(f"PRAGMA {each}").fetchone()[0] for each in
                       ("page_count", "page_size"))  # fmt: skip
        if pages * size > LARGEST:  # the file itself may have been deleted meanwhile
            return
        place = inside(folder, FOLDER)
        place.mkdir(exist_ok=True)
        known = copies(folder)
        number = known[-1].number + 1 if known else 1
        image = bytearray(connection.serialize())
        image[_WRITE_VERSION : _READ_VERSION + 1] = b"\1\1"  # it comes without a log
        write_bytes(place / f"index-{number:06d}.sqlite", bytes(image))
        _thin_out(copies(folder))


def keep_in_background(folder: Path) -> threading.Thread:
    """Copy the index of a project that was changed and closed just now, while others go on.

    The program does not end before it.
    """
    made = threading.Thread(target=_keep_closed, args=(folder,), name="index copy")
    made.start()
    return made


def _keep_closed(folder: Path) -> None:
    with (
        _one_at_a_time,
        contextlib.suppress(StudioError, OSError, sqlite3.Error),
        contextlib.closing(index_file.again(folder / index_file.INDEX)) as index,
    ):
        _copy(folder, index)


def _thin_out(known: list[Copy]) -> None:
    tenths = [each for each in known if each.number % 10 == 0]
    kept = {each.number for each in (*known[-LAST:], *tenths[-TENTHS:])}
    for each in known:
        if each.number not in kept:
            discard(each.path)


def newest(folder: Path) -> Copy | None:
    """The newest generation that is whole, or None. Reads all of it."""
    for each in reversed(copies(folder)):
        if _is_whole(each.path):
            return each
    return None


def _is_whole(path: Path) -> bool:
    try:
        with contextlib.closing(index_file.connect(path, writable=False)) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except (sqlite3.Error, StudioError):
        return False


def restore(folder: Path, copy: Copy) -> Path:
    """Put a generation in the place of the index, which nobody has open now.

    What was there lies beside it then, under the name that is returned. Raises
    :class:`StudioError`; nothing is changed then.
    """
    index = folder / index_file.INDEX
    number = 1
    while (aside := index.with_name(f"project.damaged-{number}.sqlite")).exists():
        number += 1
    with atomic_path(index) as temporary:
        shutil.copyfile(copy.path, temporary)
        if index.exists():
            shutil.copyfile(index, aside)
        # The log belongs to what was damaged: SQLite would write it over the copy.
        for suffix in ("-wal", "-shm"):
            log = index.with_name(index.name + suffix)
            if log.exists():
                log.replace(aside.with_name(aside.name + suffix))
    fsync_folder(folder)
    return aside
