"""Whether pictures train, and their stars: found out and written for very many at once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from studio.engine.dataset.index import store
from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.engine.said import either

FIELDS = ("included", "rating")


def differing(project: Project, field: str, item_ids: Sequence[int], value: int) -> dict[int, int]:
    """What those of these pictures have that do not have `value`, by item id.

    Pictures that cannot be used are neither taken in nor left out. Raises :class:`UsageError`
    for another field.
    """
    if field not in FIELDS:
        raise UsageError(
            "Pictures have no {field!r} to decide on: use {fields}.",
            field=field,
            fields=either(FIELDS),
        )
    usable = "AND usable" if field == "included" else ""
    rows = project.query(
        f"SELECT id, {field} FROM item WHERE id IN (SELECT value FROM json_each(?)) "
        f"AND {field} != ? {usable} ORDER BY id",
        (json.dumps([int(number) for number in item_ids]), int(value)),
    )
    return {row[0]: row[1] for row in rows}


def write(project: Project, field: str, item_ids: Sequence[int], value: int) -> None:
    """Give all of these pictures `value`; the files are never touched."""
    if field == "included":
        store.set_included(project, item_ids, bool(value))
    else:
        store.set_rating(project, item_ids, value)
