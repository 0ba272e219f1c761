"""What chosen pictures have in common: labels, captions and rights, in one query each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.engine.dataset.curation import rights
from studio.engine.project import Project


@dataclass(frozen=True)
class Common:
    """Values that all have; None where they differ."""

    count: int = 0
    label: str | None = ""
    caption: str | None = ""
    rights: dict[str, str | None] = field(default_factory=dict)
    """What was stated about the pictures themselves, empty where nothing was."""
    inherited: dict[str, str | None] = field(default_factory=dict)
    """What their source or their file says, which holds where nothing was stated."""
    marked: bool | None = False
    """Whether they were marked by hand as not to be used for training."""
    cropped: bool | None = False
    """Whether they were cropped by hand."""
    sources: tuple[int, ...] = ()
    """Where they came from, ascending."""


_STATED = "coalesce(json_extract(item.rights, '$.{0}'), '')"
_INHERITED = "coalesce(json_extract(source.rights, '$.{0}'), json_extract(item.facts, '$.{0}'), '')"
_MARKED = "json_extract(item.rights, '$.no_training') IS NOT NULL"


def common(project: Project, item_ids: Sequence[int]) -> Common:
    """What these pictures share; ids that are gone are left out."""
    expressions = ["label", "caption", _MARKED, "crop != ''"]
    for template in (_STATED, _INHERITED):
        expressions += [template.format(name) for name in rights.FIELDS]
    asked = ", ".join(f"min({each}), max({each})" for each in expressions)
    ids = json.dumps([int(number) for number in item_ids])
    chosen = "item.id IN (SELECT value FROM json_each(?))"
    row = project.query(
        f"SELECT count(*), {asked} FROM item JOIN source ON source.id = source_id WHERE {chosen}",
        (ids,),
    )[0]
    if not row[0]:
        return Common()
    pairs = [(row[place], row[place + 1]) for place in range(1, len(row), 2)]
    values: list[Any] = [low if low == high else None for low, high in pairs]
    count = len(rights.FIELDS)
    from_where = project.query(f"SELECT DISTINCT source_id FROM item WHERE {chosen}", (ids,))
    return Common(
        row[0], values[0], values[1],
        dict(zip(rights.FIELDS, values[4 : 4 + count], strict=True)),
        dict(zip(rights.FIELDS, values[4 + count :], strict=True)),
        None if values[2] is None else bool(values[2]),
        None if values[3] is None else bool(values[3]),
        tuple(sorted(row[0] for row in from_where)),
    )  # fmt: skip
