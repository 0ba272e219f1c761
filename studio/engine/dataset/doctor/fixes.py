"""One-click fixes: leave out the pictures that a finding is about, and take them in again.

A fix only changes whether pictures train. No file is ever touched, and every fix is kept
with what it changed, so that it can be undone later, also from another window.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from studio.engine.dataset.doctor.checks.base import checks, grouped
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project, now


@dataclass(frozen=True)
class Fix:
    """What a fix left out. `id` is 0 when there was nothing to do, and nothing to undo."""

    id: int
    dataset_id: int
    created: str
    kind: str
    item_ids: list[int]
    """Pictures that were in before, ascending."""


def fixable(kind: str) -> bool:
    """Whether pictures with a finding of `kind` can be left out."""
    return kind in checks() and checks()[kind].fixable


def fix(project: Project, dataset_id: int, kind: str, only: Collection[int] | None = None) -> Fix:
    """Leave out every picture that has a finding of `kind`, or only those among `only`.

    Of pictures that are alike, one stays: the best, or the next best that is included where
    the best was left out by hand. Raises :class:`UsageError` for a kind without a fix.
    """
    if not fixable(kind):
        kinds = ", ".join(filter(fixable, checks()))
        raise UsageError(
            "There is no fix for {kind!r}: choose one of {choices}.", kind=kind, choices=kinds
        )
    rows = project.query(
        "SELECT item.id AS id, json_extract(data, '$.of') AS best FROM item "
        "JOIN finding ON item_id = item.id "
        "WHERE dataset_id = ? AND kind = ? AND usable AND included "
        "ORDER BY width * height DESC, json_extract(facts, '$.sharpness') DESC, item.id",
        (dataset_id, kind),
    )
    keep = _kept(project, rows) if kind in grouped() else set()
    out = {row["id"] for row in rows} - keep
    chosen = sorted(out if only is None else out & set(only))
    created = now()
    if not chosen:
        return Fix(0, dataset_id, created, kind, [])
    with project.transaction() as connection:
        connection.executemany("UPDATE item SET included = 0 WHERE id = ?", [(n,) for n in chosen])
        cursor = connection.execute(
            "INSERT INTO fix (dataset_id, created, kind, item_ids) VALUES (?, ?, ?, ?)",
            (dataset_id, created, kind, json.dumps(chosen)),
        )
    return Fix(int(cursor.lastrowid or 0), dataset_id, created, kind, chosen)


def _kept(project: Project, rows: list[sqlite3.Row]) -> set[int]:
    """For every group without an included best, the first of `rows`, which are best first."""
    bests = sorted({int(row["best"]) for row in rows})
    there = {item.id for item in store.items_by_id(project, bests) if item.usable and item.included}
    kept: dict[int, int] = {}
    for row in rows:
        if row["best"] not in there:
            kept.setdefault(row["best"], row["id"])
    return set(kept.values())


def fixes(project: Project, dataset_id: int) -> list[Fix]:
    """The fixes of a dataset that can be undone, oldest first."""
    if not store.has_table(project, "fix"):
        return []
    rows = project.query("SELECT * FROM fix WHERE dataset_id = ? ORDER BY id", (dataset_id,))
    return [_fix(row) for row in rows]


def undo(project: Project, dataset_id: int, fix_id: int | None = None) -> Fix:
    """Take in again what a fix (the last one by default) left out, and forget that fix.

    Raises :class:`StudioError` when there is none.
    """
    known = {each.id: each for each in fixes(project, dataset_id)}
    wanted = max(known, default=0) if fix_id is None else fix_id
    if wanted not in known:
        raise StudioError(
            "There is no fix to undo: pictures that were left out by hand are taken in by hand."
        )
    with project.transaction() as connection:
        connection.executemany(
            "UPDATE item SET included = 1 WHERE id = ?", [(n,) for n in known[wanted].item_ids]
        )
        connection.execute("DELETE FROM fix WHERE id = ?", (wanted,))
    return known[wanted]


def _fix(row: sqlite3.Row) -> Fix:
    return Fix(
        row["id"], row["dataset_id"], row["created"], row["kind"], json.loads(row["item_ids"])
    )
