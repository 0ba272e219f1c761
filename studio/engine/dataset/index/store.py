"""The rows of a dataset: every query of the tables dataset, source, item and finding.

Lists are read in one query each and ordered by id; changes of many rows are one
transaction, so that 100,000 pictures stay quick.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from studio.engine.dataset.index import records
from studio.engine.dataset.index.facts import Columns, Data
from studio.engine.dataset.index.records import Dataset as Dataset
from studio.engine.dataset.index.records import Finding as Finding
from studio.engine.dataset.index.records import Item as Item
from studio.engine.dataset.index.records import Source as Source
from studio.engine.dataset.index.settings import ASIDE
from studio.engine.errors import StudioError
from studio.engine.project import Project, now
from studio.engine.said import Said, plain


class Counts(TypedDict):
    """Pictures of a dataset, and findings by kind. `included` are usable as well."""

    found: int
    usable: int
    included: int
    findings: dict[str, int]


def datasets(project: Project) -> list[Dataset]:
    """All datasets, oldest first, but those that were removed."""
    rows = project.query(f"SELECT * FROM dataset WHERE {ASIDE.sql()} IS NULL ORDER BY id")
    return [project.row(lambda _, row: records.dataset_of(row), row) for row in rows]


def dataset(project: Project, name: str) -> Dataset:
    """The dataset called `name`; raises :class:`StudioError` that names those there are."""
    known = []
    for each in datasets(project):
        if each.name == name:
            return each
        known.append(each.name)
    there = Said("Import pictures first.")
    if known:
        there = Said("There are: {names}.", names=", ".join(known))
    raise StudioError(
        "There is no dataset {name!r} in {folder}. {hope}",
        name=name,
        folder=project.folder,
        hope=there,
    )


def sources(project: Project, dataset_id: int) -> list[Source]:
    """The roots a dataset was imported from."""
    rows = project.query("SELECT * FROM source WHERE dataset_id = ? ORDER BY id", (dataset_id,))
    return [project.row(_source, row) for row in rows]


def _source(_: Project, row: sqlite3.Row) -> Source:
    path = Path(os.fsdecode(row["path"]))
    return Source(row["id"], row["dataset_id"], path, row["kind"], json.loads(row["rights"]))


def _item(_: Project, row: sqlite3.Row) -> Item:
    return records.item_of(row)


def items(project: Project, dataset_id: int) -> list[Item]:
    """All pictures of a dataset, broken ones included, ordered by id."""
    rows = project.query("SELECT * FROM item WHERE dataset_id = ? ORDER BY id", (dataset_id,))
    return [project.row(_item, row) for row in rows]


def item_ids(project: Project, dataset_id: int) -> list[int]:
    """The ids of all pictures of a dataset in order, to read them in portions."""
    rows = project.query("SELECT id FROM item WHERE dataset_id = ? ORDER BY id", (dataset_id,))
    return [row[0] for row in rows]


def ids_of_source(project: Project, source_id: int) -> list[int]:
    """The ids of all pictures of a source in order."""
    rows = project.query("SELECT id FROM item WHERE source_id = ? ORDER BY id", (source_id,))
    return [row[0] for row in rows]


def chosen_mark(project: Project, dataset_id: int) -> tuple[int, float]:
    """Changes when other pictures train: how many do, and the sum of their ids."""
    rows = project.query(
        "SELECT count(*), total(id) FROM item WHERE dataset_id = ? AND usable AND included",
        (dataset_id,),
    )
    return rows[0][0], rows[0][1]


def items_by_id(project: Project, item_ids: Sequence[int]) -> list[Item]:
    """The pictures with these ids, ordered by id; ids that are gone are left out."""
    rows = project.query(
        "SELECT * FROM item WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps([int(number) for number in item_ids]),),
    )
    return [project.row(_item, row) for row in rows]


def chosen_items(project: Project, dataset_id: int) -> list[Item]:
    """The pictures that training uses: usable and included, ordered by id."""
    rows = project.query(
        "SELECT * FROM item WHERE dataset_id = ? AND usable AND included ORDER BY id",
        (dataset_id,),
    )
    return [project.row(_item, row) for row in rows]


def findings(project: Project, dataset_id: int) -> dict[int, list[Finding]]:
    """The findings of every picture that has any, by item id."""
    rows = project.query(
        "SELECT finding.* FROM finding JOIN item ON item.id = finding.item_id "
        "WHERE item.dataset_id = ? ORDER BY finding.id",
        (dataset_id,),
    )
    found: dict[int, list[Finding]] = {}
    for row in rows:
        finding = project.row(lambda _, row: records.finding_of(row), row)
        found.setdefault(row["item_id"], []).append(finding)
    return found


def counts(project: Project, dataset_id: int) -> Counts:
    """How many pictures and findings there are."""
    # In the order of the table: by way of its index every row is looked up by itself.
    row = project.query(
        "SELECT count(*) AS found, coalesce(sum(usable), 0) AS usable, "
        "coalesce(sum(usable AND included), 0) AS included FROM item NOT INDEXED "
        "WHERE dataset_id = ?",
        (dataset_id,),
    )[0]
    kinds = project.query(
        "SELECT kind, count(*) AS n FROM finding JOIN item ON item.id = finding.item_id "
        "WHERE item.dataset_id = ? GROUP BY kind ORDER BY kind",
        (dataset_id,),
    )
    return {
        "found": row["found"],
        "usable": row["usable"],
        "included": row["included"],
        "findings": {kind["kind"]: kind["n"] for kind in kinds},
    }


def set_included(project: Project, item_ids: Iterable[int], included: bool) -> None:
    """Take pictures into training or leave them out; the files are never touched."""
    project.write_many(
        "UPDATE item SET included = ? WHERE id = ?",
        [(int(included), number) for number in item_ids],
    )


def set_rating(project: Project, item_ids: Iterable[int], rating: int) -> None:
    """Rate pictures from 0 (none) to 5 stars."""
    if not 0 <= rating <= 5:
        raise StudioError("A rating is 0 to 5 stars, not {rating}.", rating=rating)
    project.write_many(
        "UPDATE item SET rating = ? WHERE id = ?", [(rating, number) for number in item_ids]
    )


def add_dataset(project: Project, name: str) -> Dataset:
    """A new, empty dataset; raises :class:`StudioError` when the name is taken."""
    created = now()
    number = project.write("INSERT INTO dataset (name, created) VALUES (?, ?)", (name, created))
    return Dataset(number, name, created)


def remove_dataset(project: Project, dataset_id: int) -> None:
    """Forget a dataset with its rows; the original files stay."""
    project.write("DELETE FROM dataset WHERE id = ?", (dataset_id,))


def has_table(project: Project, name: str) -> bool:
    """Whether there is this table: a project that may not be written stays as old as it is."""
    return bool(project.query("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)))


def add_source(project: Project, dataset_id: int, path: Path, kind: str) -> Source:
    """The source with this path, made when it is not there yet."""
    for source in sources(project, dataset_id):
        if source.path == path:
            return source
    number = project.write(
        "INSERT INTO source (dataset_id, path, kind) VALUES (?, ?, ?)",
        (dataset_id, os.fsencode(path), kind),
    )
    return Source(number, dataset_id, path, kind)


def remove_sources(project: Project, source_ids: Iterable[int]) -> None:
    project.write_many("DELETE FROM source WHERE id = ?", [(number,) for number in source_ids])


def insert_item(connection: sqlite3.Connection, values: Columns) -> int:
    """One new row inside a transaction; `values` by column, `path` as Path, `facts` as dict."""
    row = _plain(values)
    columns = ", ".join(row)
    marks = ", ".join("?" * len(row))
    cursor = connection.execute(
        f"INSERT INTO item ({columns}) VALUES ({marks})", tuple(row.values())
    )
    return int(cursor.lastrowid or 0)


def update_item(connection: sqlite3.Connection, item_id: int, values: Columns) -> None:
    """Change columns of one row inside a transaction."""
    row = _plain(values)
    columns = ", ".join(f"{name} = ?" for name in row)
    connection.execute(f"UPDATE item SET {columns} WHERE id = ?", (*row.values(), item_id))


def add_findings(
    connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str, Data]]
) -> list[Finding]:
    """Store (item id, kind, sentence, data) inside a transaction."""
    stored = []
    for item_id, kind, sentence, data in rows:
        cursor = connection.execute(
            "INSERT INTO finding (item_id, kind, sentence, data) VALUES (?, ?, ?, ?)",
            (item_id, kind, sentence, json.dumps(plain(data))),
        )
        stored.append(Finding(int(cursor.lastrowid or 0), item_id, kind, sentence, data))
    return stored


def _plain(values: Columns) -> Columns:
    row = values.copy()
    for name, value in values.items():
        if isinstance(value, dict):
            row[name] = json.dumps(value)
        elif isinstance(value, Path):
            row[name] = os.fsencode(value)
    return row
