"""A project: a folder with an index, runs, pieces and a cache. See :meth:`Project.open`.

The tables are in `schema.py`; each room of the engine keeps the queries of its own tables.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Self

from studio.engine import schema
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.files import is_writable
from studio.engine.said import NOTHING, Said, reason

INDEX = "project.sqlite"
LOCK = ".lock"


class Project:
    """An open project. Safe to use from several threads; one process at a time may write."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, lock_file: IO[str] | None, reason: Said
    ) -> None:
        self.folder = folder
        self.read_only_reason = reason
        """Empty when writable, otherwise a sentence that says why not."""
        self._connection = connection
        self._lock_file = lock_file
        self._guard = threading.RLock()
        self.is_closed = False

    # ------------------------------------------------------------------ opening

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = False) -> Self:
        """Open the project in `folder`; with `create`, make it when it is not there yet.

        Where another process writes, or the place is read-only, the project opens
        read-only and `read_only_reason` says so. Raises :class:`StudioError` when
        there is no project or its index cannot be read.
        """
        folder = Path(folder).expanduser().absolute()
        index = folder / INDEX
        if not index.exists():
            cls._make_room(folder, create)
        was_locked_before = (folder / LOCK).exists()
        lock_file, reason = _lock(folder)
        try:
            connection = _connect(index, writable=not reason, new=not index.exists())
        except BaseException:
            if lock_file is not None:
                lock_file.close()
                if not was_locked_before:  # nothing stays beside what is no project
                    (folder / LOCK).unlink(missing_ok=True)
            raise
        return cls(folder, connection, lock_file, reason)

    @staticmethod
    def _make_room(folder: Path, create: bool) -> None:
        if not create:
            raise StudioError(
                "There is no project in {folder}: import pictures to make one.", folder=folder
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(
                "Could not make the project folder {folder}: {reason}; choose a place "
                "you can write to.",
                folder=folder,
                reason=reason(error),
            ) from error
        if not is_writable(folder):
            raise ReadOnlyError(
                "The folder {folder} is read-only: choose a place you can write to.", folder=folder
            )

    def close(self) -> None:
        """Release the index and the lock. Closing twice is harmless."""
        with self._guard:
            self.is_closed = True
            self._connection.close()
            if self._lock_file is not None:
                self._lock_file.close()
                self._lock_file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ places

    @property
    def name(self) -> str:
        """The folder's name, which is the project's."""
        return self.folder.name

    @property
    def runs(self) -> Path:
        """Where training runs live."""
        return self._place("runs")

    @property
    def pieces(self) -> Path:
        """Where rendered keepers live."""
        return self._place("pieces")

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self._place("cache")

    def _place(self, name: str) -> Path:
        place = self.folder / name
        if not self.read_only_reason:
            place.mkdir(exist_ok=True)
        return place

    # ------------------------------------------------------------------ the index

    @property
    def is_empty(self) -> bool:
        """Whether it holds neither pictures nor runs."""
        return not self.query("SELECT 1 FROM dataset UNION ALL SELECT 1 FROM run LIMIT 1")

    def query(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Rows of a SELECT. Raises :class:`StudioError` when the index is damaged."""
        with self._guard:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                if _code(error) not in _DAMAGE | _WAITS | _LOST:
                    raise
                raise _unreadable(self.folder / INDEX, error) from error

    def write(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one INSERT, UPDATE or DELETE; returns the id of a new row."""
        with self.transaction() as connection:
            return int(connection.execute(sql, values).lastrowid or 0)

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows in one transaction."""
        with self.transaction() as connection:
            connection.executemany(sql, rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: commit on success, roll back on any error."""
        if self.read_only_reason:
            raise ReadOnlyError(self.read_only_reason)
        with self._guard:
            try:
                with self._connection:
                    yield self._connection
            except sqlite3.Error as error:
                if _code(error) in _DAMAGE:
                    raise _unreadable(self.folder / INDEX, error) from error
                raise StudioError(
                    "Could not write to {path}: {reason}. Check that the disk has space and "
                    "is connected.",
                    repr(error),
                    path=self.folder / INDEX,
                    reason=reason(error),
                ) from error


def now() -> str:
    """The current time as ISO 8601 with seconds and zone, for `created` columns."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def _connect(index: Path, *, writable: bool, new: bool) -> sqlite3.Connection:
    uri = f"{index.as_uri()}?mode={'rwc' if writable else 'ro'}"
    if (
        not writable
        and not index.with_name(f"{INDEX}-wal").exists()
        and not is_writable(index.parent)
    ):
        # SQLite cannot make the files that its log needs here, and nobody is writing one.
        uri += "&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=10)
    except sqlite3.Error as error:
        raise _unreadable(index, error) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        found = schema.version_of(connection)
        if not found and not new and _has_tables(connection):
            raise sqlite3.DatabaseError("it was not made by Latent Studio")
        if not found and not new and (index.parent / "runs").exists():
            # A new index here would forget what lies beside it.
            raise sqlite3.DatabaseError("it is empty")
        if found > schema.VERSION:
            raise StudioError(
                "{path} was made by a newer Latent Studio: update this program to open it.",
                path=index,
            )
        if writable:
            connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection)
    except sqlite3.Error as error:
        connection.close()
        raise _unreadable(index, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WAITS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_LOST = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}


def _code(error: Exception) -> int:
    """The primary result code of SQLite; 0 for errors of the `sqlite3` module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _unreadable(index: Path, error: Exception) -> StudioError:
    if _code(error) in _WAITS:
        return StudioError(
            "The project file {path} is in use by another program: close it there and try again.",
            repr(error),
            path=index,
        )
    return StudioError(
        "The project file {path} cannot be read ({reason}). Restore it from a "
        "backup, or move it away and import the pictures again; runs and pieces "
        "beside it stay as they are.",
        repr(error),
        path=index,
        reason=reason(error),
    )


def _lock(folder: Path) -> tuple[IO[str] | None, Said]:
    """An exclusive lock that the operating system drops when its holder dies."""
    try:
        lock_file = (folder / LOCK).open("a+", encoding="utf-8")
    except OSError:
        return None, Said(
            "The project {folder} is on a read-only place: it can be looked at only.", folder=folder
        )
    try:
        _lock_exclusively(lock_file)
    except OSError:
        lock_file.close()
        return None, Said(
            "The project {folder} is open in another window or command: "
            "it can be looked at only until that one is closed.",
            folder=folder,
        )
    return lock_file, NOTHING


if sys.platform == "win32":
    import msvcrt

    def _lock_exclusively(lock_file: IO[str]) -> None:
        lock_file.seek(0)
        msvcrt.locking(lock_file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_exclusively(lock_file: IO[str]) -> None:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
