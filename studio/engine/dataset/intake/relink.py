"""Originals that lie elsewhere now: found by their content in a folder, and nothing else of it.

An import of that folder knows them again as well (`moved.py`), and takes in what else is there.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.engine.dataset.index import store
from studio.engine.files import sha256_file
from studio.engine.project import Project


@dataclass(frozen=True)
class Gone:
    """A picture whose file is not where it was, and the other pages of the same file with it; those
    in archives are not among them."""

    item_id: int
    dataset_id: int
    source_id: int
    path: bytes
    bytes: int
    sha256: str


def gone(project: Project) -> list[Gone]:
    """All of a project, of every dataset. Asks the disk for each picture."""
    rows = project.query(
        "SELECT id, dataset_id, source_id, path, bytes, sha256 FROM item "
        "WHERE member = '' AND sha256 != '' ORDER BY id"
    )
    return [
        Gone(
            row["id"], row["dataset_id"], row["source_id"], row["path"], row["bytes"], row["sha256"]
        )
        for row in rows
        if not os.path.lexists(row["path"])
    ]


def relink(project: Project, folder: Path) -> int:
    """Give pictures that are gone the place in `folder` where the same bytes lie; how many.

    What was decided about them stays. Only files of a size that is looked for are read. Raises
    :class:`StudioError` for a project that cannot be written.
    """
    wanted: dict[tuple[int, str], list[Gone]] = defaultdict(list)
    for each in gone(project):
        wanted[each.bytes, each.sha256].append(each)
    sizes = {size for size, _ in wanted}
    found: list[tuple[Gone, Path]] = []
    for path in _files(folder, sizes):
        try:
            alike = wanted[path.stat().st_size, sha256_file(path)]
        except OSError:
            continue
        # One picture of each dataset: of copies in a set, each file is one of them.
        for each in {each.dataset_id: each for each in reversed(alike)}.values():
            alike.remove(each)
            found.append((each, path))
    for dataset_id in {each.dataset_id for each, _ in found}:
        _settle(project, dataset_id, folder, [e for e in found if e[0].dataset_id == dataset_id])
    return len(found)


def _files(folder: Path, sizes: set[int]) -> Iterator[Path]:
    """Ordinary files below `folder` of one of these sizes, in a settled order; no link is taken."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            try:
                if not path.is_symlink() and path.stat().st_size in sizes:
                    yield path
            except OSError:
                continue


def _settle(
    project: Project, dataset_id: int, folder: Path, found: list[tuple[Gone, Path]]
) -> None:
    source = store.add_source(project, dataset_id, folder, "folder")
    before = {each.source_id for each, _ in found} - {source.id}
    with project.transaction() as connection:
        ids = {
            each.item_id: [row[0] for row in connection.execute(
                "SELECT id FROM item WHERE dataset_id = ? AND path = ?", (dataset_id, each.path)
            )] for each, _ in found
        }  # fmt: skip
        for number, path in ((n, path) for each, path in found for n in ids[each.item_id]):
            connection.execute(
                "UPDATE item SET path = ?, mtime_ns = ?, source_id = ?, usable = CASE WHEN EXISTS "
                "(SELECT 1 FROM finding WHERE item_id = item.id AND kind = 'missing') "
                "AND width > 0 THEN 1 ELSE usable END WHERE id = ?",
                (os.fsencode(path), path.stat().st_mtime_ns, source.id, number),
            )
            connection.execute(
                "DELETE FROM finding WHERE item_id = ? AND kind = 'missing'", (number,)
            )
        for number in before:
            connection.execute(
                "UPDATE source SET rights = (SELECT rights FROM source WHERE id = ?1) "
                "WHERE id = ?2 AND rights IN ('', '{}')",
                (number, source.id),
            )
    store.remove_sources(
        project, [number for number in before if not store.ids_of_source(project, number)]
    )
