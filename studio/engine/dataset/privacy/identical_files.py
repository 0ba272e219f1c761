"""Files that are the same byte for byte: what is hidden in one of them is hidden in all.

Otherwise a copy would show, and teach, what was hidden. That holds within a dataset, also for
copies that come later, and whether a picture trains or not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from studio.engine.dataset.doctor import reconcile
from studio.engine.dataset.index import store
from studio.engine.dataset.index.facts import Data
from studio.engine.dataset.index.regions import Regions, loaded, stored
from studio.engine.dataset.index.store import Finding, Item
from studio.engine.project import Project

KIND = "hidden_copy"

# The plus signs keep SQLite from walking through a whole set by an index that gives the order.
_SAME = (
    "SELECT id, dataset_id, sha256, hidden, name FROM item WHERE dataset_id = ?1 AND sha256 IN "
    "(SELECT sha256 FROM item WHERE +dataset_id = ?1 AND hidden != '' AND sha256 != '') "
    "ORDER BY +id"
)


def alike(project: Project, item_ids: list[int]) -> list[Item]:
    """These pictures and all copies of them in their datasets, ordered by id."""
    found = {item.id: item for item in store.items_by_id(project, item_ids)}
    wanted: dict[int, set[str]] = {}
    for item in found.values():
        if item.sha256:
            wanted.setdefault(item.dataset_id, set()).add(item.sha256)
    for dataset_id, hashes in wanted.items():
        rows = project.query(
            "SELECT id FROM item WHERE dataset_id = ? "
            "AND sha256 IN (SELECT value FROM json_each(?))",
            (dataset_id, json.dumps(sorted(hashes))),
        )
        more = [row["id"] for row in rows if row["id"] not in found]
        found |= {item.id: item for item in store.items_by_id(project, more)}
    return [found[number] for number in sorted(found)]


def spread(project: Project, regions: Mapping[int, Regions]) -> dict[int, Regions]:
    """`regions` of pictures with those of their copies; of two for the same bytes, both."""
    items = alike(project, list(regions))
    common: dict[tuple[int, str], Regions] = {}
    for item in items:
        if item.id in regions and item.sha256:
            place = item.dataset_id, item.sha256
            common[place] = _both(common.get(place, ()), regions[item.id])
    return {
        item.id: common[item.dataset_id, item.sha256] if item.sha256 else regions[item.id]
        for item in items
    }


def hidden(project: Project, dataset_id: int) -> dict[str, str]:
    """What is hidden of pictures, as its column holds it, by the SHA-256 of their files."""
    found = _common(project.query(_SAME, (dataset_id,)))
    return {content: stored(regions) for content, regions in found.items()}


def uncovered(project: Project, dataset_id: int) -> dict[int, Regions]:
    """Pictures that show what is hidden in a copy, and what has to be hidden of them."""
    rows = project.query(_SAME, (dataset_id,))
    wanted = _common(rows)
    return {
        row["id"]: wanted[row["sha256"]]
        for row in rows
        if not set(loaded(row["hidden"])) >= set(wanted[row["sha256"]])
    }


def mark(project: Project, dataset_id: int) -> list[Finding]:
    """Findings on further copies of pictures with hidden parts; returns the new ones."""
    first: dict[str, tuple[int, str]] = {}
    data: dict[int, Data] = {}
    for row in project.query(_SAME, (dataset_id,)):
        if row["sha256"] in first:
            of, name = first[row["sha256"]]
            data[row["id"]] = {"of": of, "name": name}
        else:
            first[row["sha256"]] = row["id"], row["name"]
    with project.transaction() as connection:
        return reconcile.replace_findings(connection, dataset_id, KIND, data)


def _common(rows: list[sqlite3.Row]) -> dict[str, Regions]:
    """What is hidden in any picture of the same bytes, by their SHA-256."""
    found: dict[str, Regions] = {}
    for row in rows:
        found[row["sha256"]] = _both(found.get(row["sha256"], ()), loaded(row["hidden"]))
    return found


def _both(one: Regions, other: Regions) -> Regions:
    return tuple(dict.fromkeys((*one, *other)))
