"""What a list of pictures needs of each, read in portions without decoding JSON here.

A full :class:`store.Item` costs far more than a line in a list shows; a hundred thousand of
them would hold up whoever else is running Python at the time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern

from studio.engine.dataset.index import store
from studio.engine.dataset.index.records import in_file
from studio.engine.project import Project


@dataclass(slots=True)
class Line:
    """One picture of a list. `colour` is the mean as 0xRRGGBB, -1 where it is not known;
    `sharpness` is -1 then. The last four are those that hold, empty if not stated."""

    id: int
    source_id: int
    name: str
    bytes: int
    mtime_ns: int
    width: int
    height: int
    channels: int
    label: str
    caption: str
    usable: bool
    included: bool
    rating: int
    colour: int = -1
    sharpness: float = -1.0
    licence: str = ""
    author: str = ""
    url: str = ""
    consent: str = ""

    def __post_init__(self) -> None:
        # SQLite has no bool, and most pictures share what is said of them.
        self.usable, self.included = bool(self.usable), bool(self.included)
        self.label, self.licence, self.author, self.url, self.consent = (
            intern(self.label), intern(self.licence), intern(self.author), intern(self.url),
            intern(self.consent),
        )  # fmt: skip

    @property
    def trains(self) -> bool:
        return self.usable and self.included


_HASHES_AT_ONCE = 4096
_COLUMNS = """
    item.id, source_id, name, bytes, mtime_ns, width, height, channels, label, caption,
    usable, included, rating,
    coalesce(json_extract(facts, '$.colour[0]') * 65536 + json_extract(facts, '$.colour[1]') * 256
        + json_extract(facts, '$.colour[2]'), -1),
    coalesce(json_extract(facts, '$.sharpness'), -1.0),
    {licence}, {author}, {url}, {consent}
"""
# Projects of the first version on a place that cannot be written have no rights of pictures.
_BY_ITEM = "json_extract(item.rights, '$.{0}'), "
_BY_SOURCE = "json_extract(source.rights, '$.{0}'), "
_BY_FILE = "json_extract(facts, '$.{0}'), "


def after(project: Project, dataset_id: int, item_id: int, most: int) -> list[Line]:
    """Up to `most` pictures of a dataset with ids above `item_id`, ordered by id."""
    rows = project.query(
        f"SELECT {_columns(project)} FROM item JOIN source ON source.id = source_id "
        "WHERE item.dataset_id = ? AND item.id > ? ORDER BY item.id LIMIT ?",
        (dataset_id, item_id, most),
    )
    return [Line(*row) for row in rows]


def among(project: Project, item_ids: Sequence[int]) -> list[Line]:
    """The pictures with these ids, ordered by id; ids that are gone are left out."""
    rows = project.query(
        f"SELECT {_columns(project)} FROM item JOIN source ON source.id = source_id "
        "WHERE item.id IN (SELECT value FROM json_each(?)) ORDER BY item.id",
        (json.dumps([int(number) for number in item_ids]),),
    )
    return [Line(*row) for row in rows]


def chosen_hashes(project: Project, dataset_id: int) -> dict[int, str]:
    """Id and SHA-256 of the pictures that training uses, in the order of the ids."""
    # SQLite lets another thread go first at every row it hands over: few rows, many pictures.
    rows = project.query(
        "SELECT json_group_array(id), json_group_array(sha256) FROM item "
        "WHERE dataset_id = ? AND usable AND included "
        f"GROUP BY id / {_HASHES_AT_ONCE} ORDER BY id / {_HASHES_AT_ONCE}",
        (dataset_id,),
    )
    found: dict[int, str] = {}
    for ids, hashes in rows:
        found |= sorted(zip(json.loads(ids), json.loads(hashes), strict=True))
    return found


def counts(project: Project) -> dict[int, int]:
    """Pictures of every dataset that has any."""
    found = project.query("SELECT dataset_id, count(*) FROM item GROUP BY dataset_id")
    return {row[0]: row[1] for row in found}


def line(item: store.Item) -> Line:
    """The line of an item that was read whole; what its source states is not known here."""
    colour = item.facts.get("colour")
    packed = colour[0] << 16 | colour[1] << 8 | colour[2] if colour else -1
    said = in_file(item)
    stated = {name: item.rights.get(name) or said.get(name, "") for name in _IN_LINES}
    return Line(
        item.id, item.source_id, item.name, item.bytes, item.mtime_ns, item.width, item.height,
        item.channels, item.label, item.caption, item.usable, item.included,
        item.rating, packed, float(item.facts.get("sharpness", -1.0)), **stated,
    )  # fmt: skip


_IN_LINES = ("licence", "author", "url", "consent")
_IN_FILES = ("licence", "author")


def _columns(project: Project) -> str:
    names = {row["name"] for row in project.query("PRAGMA table_info(item)")}
    found = {}
    for name in _IN_LINES:
        places = _BY_ITEM if "rights" in names else ""
        places += _BY_SOURCE + (_BY_FILE if name in _IN_FILES else "")
        found[name] = f"coalesce({places.format(name)}'')"
    return _COLUMNS.format(**found)
