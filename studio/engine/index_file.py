"""Opening `project.sqlite`, and what its refusals mean: a full disk is no damage."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from studio.engine import schema
from studio.engine.door import NotAFileError, database, opened
from studio.engine.errors import StudioError
from studio.engine.files import is_writable
from studio.engine.said import reason

INDEX = "project.sqlite"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WAITS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_IN_MEMORY = "mode=rw"
"""With the list of its log in memory: a full disk has no room for the file that holds it."""
_MAGIC = b"SQLite format 3\0"


class DamagedIndexError(StudioError):
    """The index is there and is not what it was."""


class UnknownIndexError(sqlite3.DatabaseError):
    """It is whole and not ours, or not whole."""


def connect(index: Path, *, writable: bool, new: bool = False) -> sqlite3.Connection:
    """The index, its tables brought up to date where it may be written.

    Raises :class:`sqlite3.Error` as SQLite does (see :func:`unreadable`), and
    :class:`StudioError` for one of a newer version.
    """
    if not new:
        _check_length(index)
    if writable:
        return _checked(index, "mode=rwc", new)
    for way in _ways_to_look(index):
        try:
            return _checked(index, way, new)
        except sqlite3.OperationalError as error:
            last = error
    raise last


def again(index: Path) -> sqlite3.Connection:
    """An index that was closed just now, to be read; its log is tidied as this is closed, too.

    Raises :class:`sqlite3.Error` where it is gone.
    """
    return _checked(index, "mode=rw", False)


def _ways_to_look(index: Path) -> Iterator[str]:
    """How an index is read where nothing may be written, the usual first."""
    log = index.with_name(f"{index.name}-wal").exists()
    if log or is_writable(index.parent):
        yield "mode=ro"
    if not log:
        # SQLite cannot make the files that its log needs here, and nobody is writing one.
        yield "mode=ro&immutable=1"
    else:
        yield _IN_MEMORY


def _checked(index: Path, way: str, new: bool) -> sqlite3.Connection:
    uri = f"{index.as_uri()}?{way}"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=10)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        if way == _IN_MEMORY:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA query_only = ON")
        found = schema.version_of(connection)
        if not found and not new and _has_tables(connection):
            raise UnknownIndexError("it was not made by Latent Studio")
        if not found and not new and (index.parent / "runs").exists():
            # A new index here would forget what lies beside it.
            raise UnknownIndexError("it is empty")
        if found > schema.VERSION:
            raise StudioError(
                "{path} was made by a newer Latent Studio: update this program to open it.",
                path=index,
            )
        if way == "mode=rwc":
            connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection)
        else:
            _has_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _check_length(index: Path) -> None:
    """Raise where the end of the file is gone: SQLite would read zeros there and write on."""
    try:
        with opened(database(index)) as stream:
            head, length = stream.read(100), os.fstat(stream.fileno()).st_size
    except NotAFileError as error:
        raise UnknownIndexError("it is not an ordinary file") from error
    except OSError:
        return  # SQLite finds the words for it
    log = index.with_name(f"{index.name}-wal")
    if not head.startswith(_MAGIC) or (log.exists() and log.stat().st_size):
        return
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    # The count holds where it was written with the last change: a field of the format.
    if head[24:28] == head[92:96] and length < page * pages:
        raise UnknownIndexError("its end is missing")


def is_refusal(error: sqlite3.Error) -> bool:
    """Whether the system, not the content of the file, is the reason."""
    return not isinstance(error, UnknownIndexError) and _code(error) not in _DAMAGE | _WAITS


def unreadable(index: Path, error: Exception) -> StudioError:
    """The sentence for an index that cannot be read: damage is only what SQLite calls so."""
    if _code(error) in _WAITS:
        return StudioError(
            "The project file {path} is in use by another program: close it there and try again.",
            repr(error),
            path=index,
        )
    if isinstance(error, sqlite3.OperationalError) and _code(error) not in _DAMAGE | {
        sqlite3.SQLITE_ERROR
    }:
        return StudioError(
            "The project file {path} cannot be read just now ({reason}): check that its disk is "
            "connected, works and has space. Nothing was changed.",
            repr(error),
            path=index,
            reason=reason(error),
        )
    return DamagedIndexError(
        "The project file {path} cannot be read ({reason}). Restore it from a "
        "backup, or move it away and import the pictures again; runs and pieces "
        "beside it stay as they are.",
        repr(error),
        path=index,
        reason=reason(error),
    )


def _code(error: Exception) -> int:
    """The primary result code of SQLite; 0 for errors of the `sqlite3` module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
