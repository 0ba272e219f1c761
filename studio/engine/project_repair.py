"""A project whose index is damaged or gone is brought back to the newest copy of it."""

from __future__ import annotations

from pathlib import Path

from studio.engine import index_copies
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.index_file import INDEX, DamagedIndexError
from studio.engine.project import Project
from studio.engine.project_lock import Lock


def is_whole(project: Project) -> bool:
    """Whether every page of the index is what it should be. Reads all of it."""
    try:
        return bool(project.query("PRAGMA integrity_check")[0][0] == "ok")
    except DamagedIndexError:
        return False


def repair(folder: Path) -> Path | None:
    """Put the newest whole copy in the place of a damaged index.

    Returns where the damaged one lies now, or None where nothing was wrong. Raises
    :class:`StudioError` where there is no copy, and :class:`ReadOnlyError` where another
    program has the project.
    """
    if (folder / INDEX).exists():
        try:
            with Project.open(folder) as project:
                if is_whole(project):
                    return None
        except DamagedIndexError:
            pass
    copy = index_copies.newest(folder)
    if copy is None:
        raise StudioError(
            "There is no whole copy of the project file in {folder}: restore it from a backup of "
            "your own, or import the pictures again; runs and pieces stay as they are.",
            folder=folder / index_copies.FOLDER,
        )
    lock, why = Lock.of(folder)
    if lock is None:
        raise ReadOnlyError(why)
    try:
        return index_copies.restore(folder, copy)
    finally:
        lock.release()
