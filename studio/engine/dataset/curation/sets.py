"""Datasets get another name; sources and whole datasets go, and come back with every decision.

What goes is only put aside: its rows move under a dataset that nobody sees, so that they keep
their ids, findings and everything that was decided, whatever their number. `removed.purge`
deletes it for good. Files are never touched.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from studio.engine.dataset.curation.removed_sets import DATASET, SOURCE, Removed, aside, users
from studio.engine.dataset.doctor import reconcile, thresholds
from studio.engine.dataset.index import store, whole_set_pass
from studio.engine.dataset.index.safe_names import display_name
from studio.engine.dataset.index.settings import ASIDE
from studio.engine.dataset.index.store import Dataset, Source
from studio.engine.dataset.index.whole_set_pass import Cancelled
from studio.engine.dataset.privacy import hidden_regions
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.project import Project, now

LONGEST_NAME = 200


class InUse(StudioError):  # noqa: N818  # named as what it is
    """Runs have learnt from the dataset."""


# ------------------------------------------------------------------ names


def checked_name(project: Project, name: str, own: int = 0) -> str:
    """`name` as one line; raises :class:`UsageError` when it is empty, too long or taken.

    `own` is the id of the dataset that may have it already.
    """
    text = display_name(" ".join(name.split()))
    if not text:
        raise UsageError("A dataset needs a name with at least one letter.")
    if len(text) > LONGEST_NAME:
        raise UsageError(
            "The name of a dataset has at most {most} characters, not {n}.",
            most=LONGEST_NAME,
            n=len(text),
        )
    if any(each.name == text and each.id != own for each in store.datasets(project)):
        raise UsageError("There is a dataset {name!r} already: choose another name.", name=text)
    return text


def rename(project: Project, dataset_id: int, name: str) -> str:
    """Give a dataset another name; returns the one before.

    Runs that have learnt from it go on with it: they know it by its id. Raises
    :class:`UsageError` as :func:`checked_name`.
    """
    before = _there(project, dataset_id).name
    text = checked_name(project, name, dataset_id)
    project.write("UPDATE dataset SET name = ? WHERE id = ?", (text, dataset_id))
    return before


# ------------------------------------------------------------------ sources


def source_at(project: Project, dataset: Dataset, path: Path) -> Source:
    """The source with this path; raises :class:`StudioError` that names those there are."""
    sources = store.sources(project, dataset.id)
    for source in sources:
        if source.path == path:
            return source
    known = ", ".join(str(source.path) for source in sources)
    raise StudioError(
        "{path} is no source of {dataset}: {known}.", path=path, dataset=dataset.name, known=known
    )


def check_source(project: Project, source_id: int) -> Source:
    """The source, where it can be taken out; raises as :func:`remove_source`."""
    rows = project.query("SELECT dataset_id FROM source WHERE id = ?", (source_id,))
    sources = store.sources(project, rows[0][0]) if rows else []
    for source in sources:
        if source.id == source_id:
            if len(sources) > 1:
                return source
            name = _there(project, source.dataset_id).name
            raise UsageError(
                "{path} is the only source of {dataset!r}: delete the dataset instead.",
                path=source.path,
                dataset=name,
            )
    raise StudioError("This source is no longer in the project: open the dataset again.")


def remove_source(
    project: Project, source_id: int, cancelled: Cancelled = whole_set_pass.never
) -> Removed:
    """Take a source with its pictures out of its dataset; its files stay as they are.

    What other pictures were found to be copies of is looked at again; when `cancelled`
    meanwhile, at the next import. Raises :class:`UsageError` for the only source and
    :class:`StudioError` for one that is gone.
    """
    source = check_source(project, source_id)
    name = source.path.name or str(source.path)
    with project.transaction() as connection:
        holder = _holder(connection, SOURCE, name, source.dataset_id)
        _move(connection, source_id, source.dataset_id, holder)
        whole_set_pass.begin(connection, source.dataset_id)
        count = _count(connection, holder)
    _settle(project, source.dataset_id, cancelled)
    return Removed(holder, source.dataset_id, source_id, name, count)


def _move(connection: sqlite3.Connection, source_id: int, before: int, after: int) -> None:
    connection.execute("UPDATE source SET dataset_id = ? WHERE id = ?", (after, source_id))
    connection.execute(
        "UPDATE item SET dataset_id = ? WHERE dataset_id = ? AND source_id = ?",
        (after, before, source_id),
    )


def _settle(project: Project, dataset_id: int, cancelled: Cancelled) -> None:
    """Find copies anew; stopped in between, the note that it is due stays."""
    limit = thresholds.read(project, dataset_id)["near_duplicate"]
    try:
        reconcile.mark_duplicates(project, dataset_id, cancelled)
        hidden_regions.cover_copies(project, dataset_id, cancelled)
        reconcile.mark_near(project, dataset_id, limit, cancelled)
        whole_set_pass.end(project, dataset_id)
    except whole_set_pass.Stopped:
        return


# ------------------------------------------------------------------ whole datasets


def check_unused(project: Project, dataset: Dataset) -> None:
    """Raises :class:`InUse` where runs have learnt from the dataset."""
    names = users(project, dataset.id)
    if names:
        raise InUse(
            "Runs need {dataset!r} to train further and to be measured: {runs}. "
            "Remove them first, or delete it all the same.",
            dataset=dataset.name,
            runs=", ".join(names),
        )


def delete(project: Project, dataset_id: int, *, with_runs: bool = False) -> Removed:
    """Take a dataset with everything that was decided out of the project; its files stay.

    Raises :class:`InUse` where runs have learnt from it, unless `with_runs`: they stay and
    their models can be used, but they train no further once it is purged and the pictures that
    were prepared for them are gone from the cache.
    """
    dataset = _there(project, dataset_id)
    if not with_runs:
        check_unused(project, dataset)
    said: dict[str, object] = {"what": DATASET, "name": dataset.name, "from": dataset_id}
    with project.transaction() as connection:
        hidden = _hidden_name(connection)
        connection.execute("UPDATE dataset SET name = ? WHERE id = ?", (hidden, dataset_id))
        ASIDE.write(connection, dataset_id, said)
        count = _count(connection, dataset_id)
    return Removed(dataset_id, dataset_id, 0, dataset.name, count)


# ------------------------------------------------------------------ coming back


def put_back(
    project: Project, removed: Removed, cancelled: Cancelled = whole_set_pass.never
) -> None:
    """Bring back what was removed, with every decision.

    Pictures that were imported again meanwhile give way to those that come back. Where the name
    of a dataset was given away meanwhile, it gets a number. Raises :class:`StudioError` when it
    was deleted for good.
    """
    if not any(each.holder == removed.holder for each in aside(project)):
        raise StudioError(
            "{name!r} was deleted for good: import its pictures again.", name=removed.name
        )
    if removed.source_id:
        _put_source_back(project, removed)
        _settle(project, removed.dataset_id, cancelled)
        return
    name, number = removed.name, 2
    while any(each.name == name for each in store.datasets(project)):
        name, number = f"{removed.name} {number}", number + 1
    with project.transaction() as connection:
        connection.execute("UPDATE dataset SET name = ? WHERE id = ?", (name, removed.dataset_id))
        ASIDE.write(connection, removed.dataset_id, None)


def _put_source_back(project: Project, removed: Removed) -> None:
    source, dataset, holder = removed.source_id, removed.dataset_id, removed.holder
    _there(project, dataset)
    with project.transaction() as connection:
        whole_set_pass.begin(connection, dataset)
        connection.execute(
            "DELETE FROM item WHERE dataset_id = ? AND EXISTS (SELECT 1 FROM item AS old "
            "WHERE old.dataset_id = ? AND old.path = item.path AND old.member = item.member)",
            (dataset, holder),
        )
        again = connection.execute(
            "SELECT id FROM source WHERE dataset_id = ? "
            "AND path = (SELECT path FROM source WHERE id = ?)",
            (dataset, source),
        ).fetchall()
        for (number,) in again:
            connection.execute(
                "UPDATE item SET source_id = ? WHERE source_id = ?", (source, number)
            )
            connection.execute("DELETE FROM source WHERE id = ?", (number,))
        _move(connection, source, holder, dataset)
        connection.execute("DELETE FROM dataset WHERE id = ?", (holder,))


# ------------------------------------------------------------------ parts


def _there(project: Project, dataset_id: int) -> Dataset:
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    for each in store.datasets(project):
        if each.id == dataset_id:
            return each
    raise StudioError("This dataset is no longer in the project: open the project again.")


def _holder(connection: sqlite3.Connection, what: str, name: str, dataset_id: int) -> int:
    said = {ASIDE.key: {"what": what, "name": name, "from": dataset_id}}
    cursor = connection.execute(
        "INSERT INTO dataset (name, created, settings) VALUES (?, ?, ?)",
        (_hidden_name(connection), now(), json.dumps(said)),
    )
    return int(cursor.lastrowid or 0)


def _hidden_name(connection: sqlite3.Connection) -> str:
    """One that nobody can give, since no name begins with a space; later ones count further."""
    taken = {row[0] for row in connection.execute("SELECT name FROM dataset WHERE name LIKE ' %'")}
    return f" {1 + max((int(name) for name in taken), default=0)}"


def _count(connection: sqlite3.Connection, dataset_id: int) -> int:
    rows = connection.execute("SELECT count(*) FROM item WHERE dataset_id = ?", (dataset_id,))
    return int(rows.fetchone()[0])
