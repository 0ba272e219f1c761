"""A project: a folder with an index, runs, pieces and a cache. See :meth:`Project.open`.

The tables are in `schema.py`; each room of the engine keeps the queries of its own tables.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar

from studio.engine import index_copies, index_file
from studio.engine.door import delete_folder, inside
from studio.engine.errors import MALFORMED, ReadOnlyError, StudioError
from studio.engine.files import clear_unfinished, discard, refusal, write_text
from studio.engine.index_file import INDEX
from studio.engine.project_lock import LOCK, Lock, held, looked_at
from studio.engine.said import NOTHING, Said, reason

__all__ = ["INDEX", "LOCK", "OPENER", "Project", "folder_of", "now"]
OPENER = "project.latent-studio"
"""A file that a file manager opens with the program: a folder cannot have a type of its own."""
_OPENER_TEXT = "Latent Studio opens the project in the folder of this file.\n"
T = TypeVar("T")
_HOLD_UNFINISHED = (
    "pieces", "runs", "cache", "cache/prepared", "cache/directions", "frames",
    index_copies.FOLDER,
)  # fmt: skip


class Project:
    """An open project. Safe to use from several threads; one process at a time may write."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, lock: Lock | None, reason: Said
    ) -> None:
        self.folder = folder
        self.read_only_reason = reason
        """Empty when writable, otherwise a sentence that says why not."""
        self._connection = connection
        self._lock = lock
        self._guard = threading.RLock()
        self.is_closed = False
        self.unreadable: dict[str, Said] = {}
        """What is wrong with rows that were left out, by its English."""
        self.was_left_open = lock is not None and lock.was_left
        """Whether the program that had it open before did not come to its end."""

    # ------------------------------------------------------------------ opening

    @classmethod
    def open(
        cls, folder: Path | str, *, create: bool = False, beside_another: bool = False
    ) -> Self:
        """Open the project in `folder`; with `create`, make it when it is not there yet.

        With `beside_another` it is only read, as a process does that works for the one that has
        the project: nothing is locked, and nothing that is being made there is tidied away.

        Where another process writes, or the place is read-only or full, the project opens
        read-only and `read_only_reason` says so. Raises :class:`StudioError` when
        there is no project or its index cannot be read.
        """
        folder = folder_of(Path(folder).expanduser().absolute())
        index = folder / INDEX
        if not index.exists():
            cls._make_room(folder, create)
        was_locked_before = (folder / LOCK).exists()
        lock, reason = (None, held(folder)) if beside_another else Lock.of(folder)
        try:
            connection, reason = _connect(index, reason)
        except BaseException:
            if lock is not None:
                lock.release()
                if not was_locked_before:  # nothing stays beside what is no project
                    discard(folder / LOCK)
            raise
        project = cls(folder, connection, lock, reason)
        if not reason:
            project._tidy()
            with contextlib.suppress(StudioError, OSError):  # the project is whole without it
                if not (folder / OPENER).exists():
                    write_text(folder / OPENER, _OPENER_TEXT)
        return project

    def _tidy(self) -> None:
        """Delete what killed work left half-made, and note that runs were interrupted; nobody
        else writes here now."""
        parts = [self.folder, *(self.folder / name for name in _HOLD_UNFINISHED)]
        with contextlib.suppress(OSError):
            for run in (self.folder / "runs").iterdir():
                if not run.is_symlink():
                    parts += [run, run / "checkpoints", run / "samples"]
        for part in parts:
            if not part.parent.is_symlink():
                clear_unfinished(part)
        with contextlib.suppress(StudioError):  # what trains holds the project: nothing does
            self.write("UPDATE run SET status = 'interrupted' WHERE status = 'running'")

    @staticmethod
    def _make_room(folder: Path, create: bool) -> None:
        if index_copies.copies(folder):
            raise StudioError(
                "The project file of {folder} is gone: bring back its newest copy by "
                "latent-studio doctor {folder} --repair.",
                folder=folder,
            )
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
        if why := refusal(folder):
            raise ReadOnlyError(
                "The folder {folder} cannot be written ({reason}): choose a place you can write "
                "to.",
                folder=folder,
                reason=why,
            )

    def close(self, *, at_once: bool = False) -> None:
        """Release the index and the lock. Closing twice is harmless.

        With `at_once` a thread makes the copy of the index, for as long as it takes.
        """
        with self._guard:
            was_changed = not (self.is_closed or self.read_only_reason)
            if was_changed and not at_once:
                index_copies.keep(self.folder, self._connection)
            was_changed = was_changed and bool(self._connection.total_changes)
            self.is_closed = True
            self._connection.close()
            if self._lock is not None:
                self._lock.release()
                self._lock = None
        if was_changed and at_once:
            index_copies.keep_in_background(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ places

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def runs(self) -> Path:
        return self.place("runs")

    @property
    def pieces(self) -> Path:
        return self.place("pieces")

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.place("cache")

    def place(self, name: str) -> Path:
        """A folder of the project, made where it may be; `OutsideError` for a link."""
        place = inside(self.folder, name)
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
            except sqlite3.ProgrammingError:  # closed meanwhile: no fault of the file
                raise
            except sqlite3.Error as error:
                raise index_file.unreadable(self.folder / INDEX, error) from error

    def rows(
        self, make: Callable[[Self, sqlite3.Row], T], sql: str, values: Sequence[object] = ()
    ) -> list[T]:
        """What `make` makes of every row of a SELECT; one that cannot be read costs itself.

        `unreadable` then says so; the rows have a `name`.
        """
        made = []
        for row in self.query(sql, values):
            try:
                made.append(self.row(make, row))
            except StudioError as error:
                self.unreadable[str(error)] = error.said
        return made

    def row(self, make: Callable[[Self, sqlite3.Row], T], row: sqlite3.Row) -> T:
        """What `make` makes of one row; :class:`StudioError` whatever stands in it."""
        try:
            return make(self, row)
        except MALFORMED as error:
            raise StudioError(
                "An entry of the project file {path} is damaged: {name}. It is left out; restore "
                "the file from a backup to have it again.",
                repr(error),
                path=self.folder / INDEX,
                name=str(dict(row).get("name", row[0])),
            ) from error

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
                if not index_file.is_refusal(error):
                    raise index_file.unreadable(self.folder / INDEX, error) from error
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


def _connect(index: Path, reason: Said) -> tuple[sqlite3.Connection, Said]:
    """The index, and why it may only be looked at where that is so."""
    new = not index.exists()
    try:
        return index_file.connect(index, writable=not reason, new=new), reason
    except sqlite3.Error as error:
        why = refusal(index.parent) if index_file.is_refusal(error) and not new else NOTHING
        if reason or not why:
            raise index_file.unreadable(index, error) from error
    try:
        return index_file.connect(index, writable=False), looked_at(index.parent, why)
    except sqlite3.Error as error:
        raise index_file.unreadable(index, error) from error


def folder_of(path: Path) -> Path:
    """The folder of a project that is named by itself or by the file in it that opens it."""
    return path.parent if path.name == OPENER and path.is_file() else path


def take_back(folder: Path) -> None:
    """Delete what a new project has made in a folder that was there before it."""
    for name in (INDEX, f"{INDEX}-wal", f"{INDEX}-shm", LOCK, OPENER):
        discard(folder / name)
    delete_folder(folder, index_copies.FOLDER)
