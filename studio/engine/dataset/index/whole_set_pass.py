"""What needs the whole set: in parts that can be stopped, and noted until it has been done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from studio.engine.dataset.index import settings
from studio.engine.project import Project

Cancelled = Callable[[], bool]
PART = 4096
"""Rows read or written between two questions whether to stop: some tens of milliseconds."""


class Stopped(Exception):  # noqa: N818  # a wish of the user, not a fault
    """It was cancelled in between; what was written so far holds and is repeated next time."""


def never() -> bool:
    """For what is not to be cancelled."""
    return False


def go_on(cancelled: Callable[[], bool]) -> None:
    """Raise :class:`Stopped` when `cancelled`."""
    if cancelled():
        raise Stopped


def is_due(project: Project, dataset_id: int) -> bool:
    """Whether pictures changed since everything that needs the whole set was last done."""
    return settings.UNSETTLED.read(project, dataset_id) is True


def begin(connection: sqlite3.Connection, dataset_id: int) -> None:
    """Note it inside the transaction that changes pictures, so that not even a crash forgets it."""
    settings.UNSETTLED.write(connection, dataset_id, True)


def end(project: Project, dataset_id: int) -> None:
    """Everything that needs the whole set has been done."""
    settings.UNSETTLED.put(project, dataset_id, None)


def in_parts(
    project: Project, columns: str, dataset_id: int, cancelled: Callable[[], bool] = never
) -> Iterator[sqlite3.Row]:
    """`id` and `columns` of all items by id; raises :class:`Stopped` when `cancelled`."""
    last = 0
    while True:
        go_on(cancelled)
        part = project.query(
            f"SELECT id, {columns} FROM item NOT INDEXED WHERE dataset_id = ? AND id > ? "
            "ORDER BY id LIMIT ?",
            (dataset_id, last, PART),
        )
        yield from part
        if len(part) < PART:
            return
        last = part[-1]["id"]
