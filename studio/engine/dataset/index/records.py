"""Datasets, sources, pictures and findings as the rest of the house sees them."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.engine.dataset.index import regions
from studio.engine.dataset.index.regions import Region

_NO_RIGHTS: dict[str, str] = {}


@dataclass(frozen=True)
class Dataset:
    """A named set of pictures."""

    id: int
    name: str
    created: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where pictures of a dataset came from. `kind` is folder, file or archive."""

    id: int
    dataset_id: int
    path: Path
    kind: str
    rights: dict[str, Any] = field(default_factory=dict)


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
    facts: dict[str, Any] = field(default_factory=dict)
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
    data: dict[str, Any] = field(default_factory=dict)


def dataset_of(row: sqlite3.Row) -> Dataset:
    """A whole row of the table dataset."""
    return Dataset(row["id"], row["name"], row["created"], json.loads(row["settings"]))


def item_of(row: sqlite3.Row) -> Item:
    """A whole row of the table item, also of a project that is too old to have every column."""
    values = list(row)
    # Column order is that of the table, which is that of the dataclass.
    values[3] = Path(os.fsdecode(values[3]))
    values[16], values[17] = bool(values[16]), bool(values[17])
    values[19] = json.loads(values[19])
    if len(values) == 20:  # a project of the first version on a read-only place
        values.append("{}")
    # Most pictures have none of their own: they share one empty answer.
    values[20] = _NO_RIGHTS if values[20] == "{}" else json.loads(values[20])
    if len(values) > 21:
        values[21] = tuple(json.loads(values[21])) if values[21] else None
    if len(values) > 22:
        values[22] = regions.loaded(values[22])
    return Item(*values)


def finding_of(row: sqlite3.Row) -> Finding:
    """A whole row of the table finding."""
    return Finding(row["id"], row["item_id"], row["kind"], row["sentence"], json.loads(row["data"]))
