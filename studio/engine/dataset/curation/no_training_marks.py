"""Pictures that the artist marked as not to be used for training, beside marks in the files.

A mark is kept with what was stated about the picture, so that it outlives another import. A
marked picture is left out and has the finding `no_training`, as one whose file says so. The mark
of a source is given to all its pictures, also to those that come later; a mark that a picture has
by itself stays when that of its source is taken back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.dataset.curation import rights
from studio.engine.dataset.index import store
from studio.engine.dataset.index.facts import Data
from studio.engine.project import Project
from studio.engine.said import Said

KIND = "no_training"
SENTENCE = Said("It was marked by hand as not to be used for training.")
SOURCE_SENTENCE = Said("Its source was marked by hand as not to be used for training.")
_FIELD = "no_training"
_DATA: Data = {"by_hand": True}
_SOURCE_DATA: Data = {"by_hand": True, "by_source": True}
_ITSELF, _BY_SOURCE = "by hand", "by source"


@dataclass(frozen=True)
class Marked:
    """What changing marks has changed; :func:`put_back` takes it back."""

    marked: bool
    item_ids: list[int]
    """Pictures that got the mark, or lost it."""
    left_out: list[int]
    """Those of them that trained before and now do not."""
    source_id: int = 0
    """The source that got the mark or lost it, 0 for pictures alone."""


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


def set_source(project: Project, source_id: int, marked: bool) -> Marked:
    """Mark all pictures of a source, now and later, or take that back; as :func:`set_marks`.

    Raises :class:`StudioError` when the source is gone.
    """
    rows = _of_source(project, source_id, marked)
    ids = [row["id"] for row in rows]
    out = [row["id"] for row in rows if row["trains"]] if marked else []
    with project.transaction() as connection:
        _write_source(connection, source_id, marked)
        _write(connection, ids, marked, _BY_SOURCE)
        connection.executemany("UPDATE item SET included = 0 WHERE id = ?", [(n,) for n in out])
    return Marked(marked, ids, out, source_id)


def source_would_change(project: Project, source_id: int, marked: bool) -> bool:
    """Whether :func:`set_source` would change anything; raises as it does."""
    stated = _FIELD in rights.of_source(project, source_id)
    return stated != marked or bool(_of_source(project, source_id, marked))


def marked_sources(connection: sqlite3.Connection) -> set[int]:
    """Sources whose pictures get the mark when they come in."""
    rows = connection.execute(
        f"SELECT id FROM source WHERE json_extract(rights, '$.{_FIELD}') IS NOT NULL"
    )
    return {row[0] for row in rows}


def inherit(connection: sqlite3.Connection, item_id: int) -> tuple[int, str, str, Data]:
    """Leave out a new picture of a marked source; returns the finding that says so."""
    connection.execute(
        f"UPDATE item SET included = 0, rights = json_set(rights, '$.{_FIELD}', ?) WHERE id = ?",
        (_BY_SOURCE, item_id),
    )
    return item_id, KIND, SOURCE_SENTENCE, _SOURCE_DATA


def _of_source(project: Project, source_id: int, marked: bool) -> list[sqlite3.Row]:
    """Pictures without a mark, or those that have it only from their source."""
    rights.of_source(project, source_id)
    mark = f"json_extract(rights, '$.{_FIELD}')"
    return project.query(
        "SELECT id, usable AND included AS trains FROM item WHERE source_id = ? AND "
        + (f"{mark} IS NULL" if marked else f"{mark} = '{_BY_SOURCE}'")
        + " ORDER BY id",
        (source_id,),
    )


def _write_source(connection: sqlite3.Connection, source_id: int, marked: bool) -> None:
    change = (
        f"json_set(rights, '$.{_FIELD}', 'by hand')"
        if marked
        else (f"json_remove(rights, '$.{_FIELD}')")
    )
    connection.execute(f"UPDATE source SET rights = {change} WHERE id = ?", (source_id,))


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
    """Take back what :func:`set_marks` or :func:`set_source` did."""
    with project.transaction() as connection:
        if done.source_id:
            _write_source(connection, done.source_id, not done.marked)
        way = _BY_SOURCE if done.source_id else _ITSELF
        _write(connection, done.item_ids, not done.marked, way)
        rows = [(number,) for number in done.left_out]
        connection.executemany("UPDATE item SET included = 1 WHERE id = ?", rows)


def clear_findings(connection: sqlite3.Connection, item_id: int) -> None:
    """Forget what was found about a file that is read again, but not what was marked by hand."""
    connection.execute("DELETE FROM finding WHERE item_id = ?", (item_id,))
    rows = connection.execute(
        f"SELECT json_extract(rights, '$.{_FIELD}') FROM item WHERE id = ?", (item_id,)
    )
    way = rows.fetchone()
    if way and way[0]:  # a mark in the file adds its own finding afterwards: both hold
        store.add_findings(connection, [(item_id, KIND, *_said(way[0]))])


def _said(way: str) -> tuple[str, Data]:
    """The sentence and the data of a finding."""
    return (SOURCE_SENTENCE, _SOURCE_DATA) if way == _BY_SOURCE else (SENTENCE, _DATA)


def _write(
    connection: sqlite3.Connection, ids: Sequence[int], marked: bool, way: str = _ITSELF
) -> None:
    rows = [(number,) for number in ids]
    if marked:
        connection.executemany(
            f"UPDATE item SET rights = json_set(rights, '$.{_FIELD}', ?) WHERE id = ?",
            [(way, number) for number in ids],
        )
        # Where the file says so itself, that is the finding.
        known = connection.execute(
            "SELECT item_id FROM finding WHERE kind = ? "
            "AND item_id IN (SELECT value FROM json_each(?))",
            (KIND, json.dumps(list(ids))),
        )
        said = {row[0] for row in known}
        fresh = [(number, KIND, *_said(way)) for number in ids if number not in said]
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
