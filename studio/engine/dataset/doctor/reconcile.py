"""What only shows when the whole set is known: duplicates, labels, files that went away."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from studio.engine.dataset.doctor import near_duplicates
from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.index import store, whole_set_pass
from studio.engine.dataset.index.facts import Data
from studio.engine.dataset.index.safe_names import display_name
from studio.engine.dataset.index.store import Finding
from studio.engine.project import Project


@dataclass(frozen=True, slots=True)
class Stored:
    """What an earlier import knew about a file."""

    id: int
    source_id: int
    bytes: int
    mtime_ns: int
    usable: bool
    missing: bool
    measured: bool
    """False for a row from before all was measured that is now: it is decoded once more."""
    barred: bool
    """Whether it was already known as marked against training, so that a decision stands."""
    hidden: bool
    """Whether parts of it are hidden: it is measured as it may be seen."""
    sha256: str


def stored(project: Project, dataset_id: int) -> dict[tuple[bytes, str], Stored]:
    """All rows of a dataset by (path, member)."""
    rows = project.query(
        "SELECT id, source_id, path, member, bytes, mtime_ns, usable, EXISTS (SELECT 1 FROM "
        "finding WHERE item_id = item.id AND kind = 'missing') AS missing, EXISTS (SELECT 1 FROM "
        "finding WHERE item_id = item.id AND kind = 'no_training') AS barred, "
        "EXISTS (SELECT 1 FROM likeness WHERE item_id = item.id) "
        "AND facts LIKE '%\"lettering\"%' AS measured, hidden != '' AS hidden, sha256 "
        "FROM item WHERE dataset_id = ?",
        (dataset_id,),
    )
    return {
        (bytes(row["path"]), row["member"]): Stored(
            row["id"],
            row["source_id"],
            row["bytes"],
            row["mtime_ns"],
            bool(row["usable"]),
            bool(row["missing"]),
            bool(row["measured"]),
            bool(row["barred"]),
            bool(row["hidden"]),
            row["sha256"],
        )
        for row in rows
    }


def mark_missing(project: Project, item_ids: Iterable[int]) -> list[Finding]:
    """Make items unusable whose file is gone; the row keeps what was decided about it."""
    with project.transaction() as connection:
        known = {
            row[0] for row in connection.execute("SELECT item_id FROM finding WHERE kind='missing'")
        }
        fresh = [number for number in item_ids if number not in known]
        connection.executemany("UPDATE item SET usable = 0 WHERE id = ?", [(n,) for n in fresh])
        text = checks.sentence("missing", {})
        return store.add_findings(connection, [(n, "missing", text, {}) for n in fresh])


def mark_duplicates(
    project: Project, dataset_id: int, cancelled: Callable[[], bool] = whole_set_pass.never
) -> list[Finding]:
    """Findings `duplicate` on every further copy of the same bytes; returns the new ones.

    The first by id is the one to keep; copies name it. Findings that no longer hold
    (the first copy changed or went) are taken back.

    Raises :class:`whole_set_pass.Stopped` when `cancelled`.
    """
    first: dict[str, tuple[int, str]] = {}
    wanted: dict[int, tuple[int, str]] = {}
    for row in whole_set_pass.in_parts(project, "sha256, name, usable", dataset_id, cancelled):
        if not (row["usable"] and row["sha256"]):
            continue
        if row["sha256"] in first:
            wanted[row["id"]] = first[row["sha256"]]
        else:
            first[row["sha256"]] = (row["id"], row["name"])
    data = {number: {"of": of, "name": name} for number, (of, name) in wanted.items()}
    with project.transaction() as connection:
        return replace_findings(connection, dataset_id, "duplicate", data)


def mark_near(
    project: Project,
    dataset_id: int,
    limit: float = near_duplicates.DEFAULT_ALIKE,
    cancelled: Callable[[], bool] = whole_set_pass.never,
) -> list[Finding]:
    """Findings `near_duplicate` on everything like a better picture; returns the new ones.

    `limit` is in percent. Findings that no longer hold are taken back; when `cancelled`,
    all stay as they are and :class:`whole_set_pass.Stopped` is raised.
    """
    found = near_duplicates.matches(
        near_duplicates.load(project, dataset_id, cancelled), limit, cancelled
    )
    whole_set_pass.go_on(cancelled)
    sizes = Counter(match.of for match in found)
    names = {
        row["id"]: row["name"]
        for row in whole_set_pass.in_parts(project, "name", dataset_id, cancelled)
    }
    wanted: dict[int, Data] = {
        match.item_id: {
            "of": match.of, "name": names[match.of], "alike": match.alike,
            "limit": limit, "count": sizes[match.of] + 1,
        }
        for match in found
    }  # fmt: skip
    with project.transaction() as connection:
        return replace_findings(connection, dataset_id, "near_duplicate", wanted)


def replace_findings(
    connection: sqlite3.Connection, dataset_id: int, kind: str, wanted: dict[int, Data]
) -> list[Finding]:
    """Make `wanted` (data by item) all findings of a kind; returns those that are new."""
    present = connection.execute(
        "SELECT finding.id AS id, item_id, data FROM finding JOIN item ON item.id = item_id "
        "WHERE dataset_id = ? AND kind = ?",
        (dataset_id, kind),
    ).fetchall()
    same = {
        row["item_id"] for row in present if wanted.get(row["item_id"]) == json.loads(row["data"])
    }
    stale = [(row["id"],) for row in present if row["item_id"] not in same]
    connection.executemany("DELETE FROM finding WHERE id = ?", stale)
    fresh = [
        (item_id, kind, checks.sentence(kind, data), data)
        for item_id, data in wanted.items()
        if item_id not in same
    ]
    return store.add_findings(connection, fresh)


_PART_OF_A_SET = re.compile(
    r"(train|training|val|valid|validation|dev|test|testing|eval|evaluation|holdout)"
    r"([-_ ]?(set|data|images))?[-_ ]?\d*"
)
_ONLY_PICTURES = {"images", "image", "imgs", "img", "pictures", "photos"}


def label(
    project: Project,
    places: dict[int, tuple[int, tuple[str, ...]]],
    cancelled: Callable[[], bool] = whole_set_pass.never,
    stated: Mapping[int, str] | None = None,
) -> None:
    """Label items with their folder, where a source has at least two folders with pictures.

    `places` gives source id and folders below the root by item id. Folders that all
    pictures of a source share are passed over first, and those that part a set into training
    and test. What is `stated` of an item goes before its folder.

    Raises :class:`whole_set_pass.Stopped` when `cancelled`.
    """
    stated = stated or {}
    by_source: dict[int, dict[int, tuple[str, ...]]] = {}
    for item_id, (source_id, folders) in places.items():
        by_source.setdefault(source_id, {})[item_id] = folders
    rows = []
    for group in by_source.values():
        depth = _depth_of_classes(list(group.values()))
        names = {folders[depth] for folders in group.values() if len(folders) > depth}
        has_classes = len(names) > 1
        for item_id, folders in group.items():
            name = folders[depth] if has_classes and len(folders) > depth else ""
            if has_classes or item_id in stated:
                rows.append((display_name(stated.get(item_id, name)), item_id))
    for start in range(0, len(rows), whole_set_pass.PART):
        whole_set_pass.go_on(cancelled)
        # What the artist wrote goes before the name of a folder.
        project.write_many(
            "UPDATE item SET label = ?1 WHERE id = ?2 AND label != ?1 "
            "AND json_extract(facts, '$.label_by_hand') IS NULL",
            rows[start : start + whole_set_pass.PART],
        )


def _depth_of_classes(all_folders: list[tuple[str, ...]]) -> int:
    """The level of folders that are classes, behind those that say nothing of a picture."""
    depth = 0
    while True:
        names = {folders[depth] for folders in all_folders if len(folders) > depth}
        is_shared = len(names) == 1 and all(len(folders) > depth for folders in all_folders)
        small = {name.lower() for name in names}
        parts = len(names) > 1 and all(map(_PART_OF_A_SET.fullmatch, small))
        if not (is_shared or parts or (small and small <= _ONLY_PICTURES)):
            return depth
        depth += 1
