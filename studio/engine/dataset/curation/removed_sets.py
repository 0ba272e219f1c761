"""What was put aside by :mod:`sets`: it can come back until it is let go and purged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from studio.engine.dataset.doctor import embedding
from studio.engine.dataset.index import store, whole_set_pass
from studio.engine.dataset.index.settings import ASIDE
from studio.engine.dataset.index.whole_set_pass import Cancelled
from studio.engine.dataset.privacy import leftovers
from studio.engine.errors import StudioError
from studio.engine.project import Project

SOURCE, DATASET = "source", "dataset"
_LET_GO = "let_go"
_PART = 2048
"""Rows deleted at once: others can read in between."""


@dataclass(frozen=True)
class Removed:
    """What was put aside; `sets.put_back` brings it back."""

    holder: int
    """The id of the row of `dataset` that holds it meanwhile."""
    dataset_id: int
    """The dataset that it was taken from, or that it is."""
    source_id: int
    """The source, 0 for a whole dataset."""
    name: str
    pictures: int
    let_go: bool = False
    """Whether a window that could undo it was closed since: it may be purged."""


def users(project: Project, dataset_id: int) -> list[str]:
    """The runs that have learnt from a dataset, oldest first."""
    rows = project.query("SELECT name FROM run WHERE dataset_id = ? ORDER BY id", (dataset_id,))
    return [row[0] for row in rows]


def aside(project: Project) -> list[Removed]:
    """What was removed and can come back, the oldest removal first."""
    rows = project.query(
        f"SELECT id, {ASIDE.sql()} AS aside, "
        "(SELECT count(*) FROM item WHERE dataset_id = dataset.id) AS pictures, "
        "(SELECT min(id) FROM source WHERE dataset_id = dataset.id) AS source FROM dataset "
        f"WHERE {ASIDE.sql()} IS NOT NULL ORDER BY cast(name AS INTEGER)"
    )
    found = []
    for row in rows:
        said = json.loads(row["aside"])
        source = row["source"] if said["what"] == SOURCE else 0
        ended = bool(said.get(_LET_GO))
        found.append(Removed(row["id"], said["from"], source, said["name"], row["pictures"], ended))
    return found


def last(project: Project, dataset_id: int = 0) -> Removed:
    """The newest dataset that was deleted, or the newest source taken out of `dataset_id`.

    Raises :class:`StudioError` when there is none.
    """
    found = [
        each
        for each in aside(project)
        if (each.source_id and each.dataset_id == dataset_id) or not (each.source_id or dataset_id)
    ]
    if found:
        return found[-1]
    if dataset_id:
        raise StudioError("There is no source to bring back: import it again.")
    raise StudioError("There is no dataset to bring back: import its pictures again.")


def let_go(project: Project) -> None:
    """Nothing that is aside is to come back any more: the next window purges it.

    A program that ended by itself did not say so; what it had put aside can still come back.
    """
    if not project.read_only_reason:
        project.write(
            f"UPDATE dataset SET settings = json_set(settings, '$.{ASIDE.key}.{_LET_GO}', "
            f"json('true')) WHERE {ASIDE.sql()} IS NOT NULL"
        )


def purge(
    project: Project, removed: Iterable[Removed], cancelled: Cancelled = whole_set_pass.never
) -> None:
    """Delete for good what was put aside, in portions; the rest next time when `cancelled`.

    What the cache shows of it goes as well, but for what was prepared for runs that are there.
    """
    if project.read_only_reason:
        return
    for each in removed:
        is_used = bool(users(project, each.dataset_id))
        ids = store.item_ids(project, each.holder)
        if not is_used:
            leftovers.delete_prepared_of(project, ids)
        for start in range(0, len(ids), _PART):
            if cancelled():
                return
            part = ids[start : start + _PART]
            leftovers.delete_thumbnails(project, part)
            _delete_items(project, part)
        project.write("DELETE FROM dataset WHERE id = ?", (each.holder,))
        embedding.forget_unused(project)


def _delete_items(project: Project, ids: list[int]) -> None:
    with project.transaction() as connection:
        connection.executemany("DELETE FROM item WHERE id = ?", [(number,) for number in ids])
        # An id may be given again: no fix may take in another picture in its place.
        for row in connection.execute("SELECT id, item_ids FROM fix").fetchall():
            kept = set(json.loads(row[1]))
            if not kept.isdisjoint(ids):
                left = json.dumps(sorted(kept.difference(ids)))
                connection.execute("UPDATE fix SET item_ids = ? WHERE id = ?", (left, row[0]))
