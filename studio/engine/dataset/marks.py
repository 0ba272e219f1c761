"""Pictures that the artist marked as not to be used for training, beside marks in the files.

A mark is kept with what was stated about the picture, so that it outlives another import. A
marked picture is left out and has the finding `no_training`, as one whose file says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.dataset import store
from studio.engine.project import Project

KIND = "no_training"
SENTENCE = "It was marked by hand as not to be used for training."
_FIELD = "no_training"
_DATA = {"by_hand": True}


@dataclass(frozen=True)
class Marked:
    """What changing marks has changed; :func:`put_back` takes it back."""

    marked: bool
    item_ids: list[int]
    """Pictures that got the mark, or lost it."""
    left_out: list[int]
    """Those of them that trained before and now do not."""


def set_marks(project: Project, item_ids: Sequence[int], marked: bool) -> Marked:
    """Mark pictures as not to be used for training, or take that back; files stay as they are.

    A picture that gets the mark is left out. One that loses it stays out: whether it trains is
    decided for itself.
    """
    rows = _others(project, item_ids, marked)
    ids = [row["id"] for row in rows]
    out = [row["id"] for row in rows if row["trains"]] if marked else []
    with project.transaction() as connection:
        _write(connection, ids, marked)
        connection.executemany("UPDATE item SET included = 0 WHERE id = ?", [(n,) for n in out])
    return Marked(marked, ids, out)


def would_change(project: Project, item_ids: Sequence[int], marked: bool) -> list[int]:
    """Those of these pictures that :func:`set_marks` would change."""
    return [row["id"] for row in _others(project, item_ids, marked)]


def _others(project: Project, item_ids: Sequence[int], marked: bool) -> list[sqlite3.Row]:
    return project.query(
        "SELECT id, usable AND included AS trains FROM item "
        "WHERE id IN (SELECT value FROM json_each(?)) "
        f"AND (json_extract(rights, '$.{_FIELD}') IS NOT NULL) != ? ORDER BY id",
        (json.dumps([int(number) for number in item_ids]), int(marked)),
    )


def put_back(project: Project, done: Marked) -> None:
    """Take back what :func:`set_marks` did."""
    with project.transaction() as connection:
        _write(connection, done.item_ids, not done.marked)
        rows = [(number,) for number in done.left_out]
        connection.executemany("UPDATE item SET included = 1 WHERE id = ?", rows)


def clear_findings(connection: sqlite3.Connection, item_id: int) -> None:
    """Forget what was found about a file that is read again, but not what was marked by hand."""
    connection.execute("DELETE FROM finding WHERE item_id = ?", (item_id,))
    rows = connection.execute(
        f"SELECT 1 FROM item WHERE id = ? AND json_extract(rights, '$.{_FIELD}') IS NOT NULL",
        (item_id,),
    )
    if rows.fetchone():  # a mark in the file adds its own finding afterwards: both hold
        store.add_findings(connection, [(item_id, KIND, SENTENCE, _DATA)])


def _write(connection: sqlite3.Connection, ids: Sequence[int], marked: bool) -> None:
    rows = [(number,) for number in ids]
    if marked:
        connection.executemany(
            f"UPDATE item SET rights = json_set(rights, '$.{_FIELD}', 'by hand') WHERE id = ?",
            rows,
        )
        # Where the file says so itself, that is the finding.
        known = connection.execute(
            "SELECT item_id FROM finding WHERE kind = ? "
            "AND item_id IN (SELECT value FROM json_each(?))",
            (KIND, json.dumps(list(ids))),
        )
        said = {row[0] for row in known}
        fresh = [(number, KIND, SENTENCE, _DATA) for number in ids if number not in said]
        store.add_findings(connection, fresh)
        return
    connection.executemany(
        f"UPDATE item SET rights = json_remove(rights, '$.{_FIELD}') WHERE id = ?", rows
    )
    connection.executemany(
        "DELETE FROM finding WHERE item_id = ? AND kind = 'no_training' "
        "AND json_extract(data, '$.by_hand') IS NOT NULL",
        rows,
    )
