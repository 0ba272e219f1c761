"""Datasets, sources, pictures and findings as the rest of the house sees them."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from studio.engine.dataset.index import regions
from studio.engine.dataset.index.facts import Data, Facts
from studio.engine.dataset.index.regions import Region
from studio.engine.said import spoken

_NO_RIGHTS: dict[str, str] = {}


@dataclass(frozen=True)
class Dataset:
    """A named set of pictures."""

    id: int
    name: str
    created: str
    settings: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where pictures of a dataset came from. `kind` is folder, file or archive."""

    id: int
    dataset_id: int
    path: Path
    kind: str
    rights: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One picture. `path` is the file on disk, `member` the name inside it for an archive.

    `width` and `height` are upright pixels; `channels` is 1 (grey), 3 (RGB) or 4 (with
    real transparency) after conversion, 0 when broken. `mode` and `format` are those of
    the file. `name` is safe to show; the true name is in `path` or `member`. `facts`
    holds measurements: frames, orientation, sharpness, colour and so on. `rights` is what
    was stated about this one picture; :mod:`rights` joins it with that of its source. `crop`
    is the part chosen by hand (left, top, right, bottom as shares of the sides; :mod:`crops`),
    `hidden` are regions that must not be learnt (:mod:`hidden_regions`).
    """

    id: int
    dataset_id: int
    source_id: int
    path: Path
    member: str
    name: str
    bytes: int
    mtime_ns: int
    sha256: str
    format: str
    mode: str
    width: int
    height: int
    channels: int
    label: str
    caption: str
    usable: bool
    included: bool
    rating: int
    facts: Facts = field(default_factory=Facts)
    rights: dict[str, str] = field(default_factory=dict)
    crop: tuple[float, float, float, float] | None = None
    hidden: tuple[Region, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something the artist should know about one picture, as a sentence and its numbers."""

    id: int
    item_id: int
    kind: str
    sentence: str
    data: Data = field(default_factory=dict)

    @property
    def of(self) -> int:
        """The picture that this one is like; itself where the finding is of one alone."""
        found = self.data.get("of")
        return found if isinstance(found, int) else self.item_id


def dataset_of(row: sqlite3.Row) -> Dataset:
    """A whole row of the table dataset."""
    return Dataset(row["id"], row["name"], row["created"], json.loads(row["settings"]))


_FIELDS = tuple(each.name for each in fields(Item))


def item_of(row: sqlite3.Row) -> Item:
    """A whole row of the table item, also of a project that is too old to have every column."""
    # Asking a Row by name takes long: 100,000 are read when a dataset is opened.
    values: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    stated, crop, hidden = values.get("rights"), values.get("crop"), values.get("hidden")
    values["path"] = Path(os.fsdecode(values["path"]))
    values["usable"], values["included"] = bool(values["usable"]), bool(values["included"])
    values["facts"] = json.loads(values["facts"])
    # Most pictures have none of their own: they share one empty answer.
    values["rights"] = json.loads(stated) if stated and stated != "{}" else _NO_RIGHTS
    values["crop"] = tuple(json.loads(crop)) if crop else None
    values["hidden"] = regions.loaded(hidden) if hidden else ()
    return Item(*map(values.__getitem__, _FIELDS))


def in_file(item: Item) -> dict[str, str]:
    """What the file itself says of its licence and its author, where it does."""
    said = {"licence": item.facts.get("licence"), "author": item.facts.get("author")}
    return {name: text for name, text in said.items() if text}


def finding_of(row: sqlite3.Row) -> Finding:
    """A whole row of the table finding."""
    return Finding(
        row["id"], row["item_id"], row["kind"], row["sentence"], spoken(json.loads(row["data"]))
    )
