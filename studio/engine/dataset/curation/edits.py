"""Labels and captions that the artist wrote: kept when the folder is imported again."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from studio.engine.dataset.index.facts import Columns, Facts
from studio.engine.errors import UsageError
from studio.engine.project import Project
from studio.engine.said import either

FIELDS = ("label", "caption")
LONGEST = {"label": 200, "caption": 10_000}
BY_HAND = {"label": "label_by_hand", "caption": "caption_by_hand"}
"""The fact that says so, by field."""
WAYS = ("set", "append", "prepend", "replace")


@dataclass(frozen=True)
class Change:
    """How a text becomes another one. Raises :class:`UsageError` for what makes no sense."""

    way: str
    """One of :data:`WAYS`: instead of the text, after it, before it, or where `find` stands."""
    text: str
    find: str = ""
    """For `replace`: words as they are written, whatever their case."""

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise UsageError(
                "A text is not changed by {way!r}: use {ways}.", way=self.way, ways=", ".join(WAYS)
            )
        if self.way == "replace" and not self.find.strip():
            raise UsageError("Say which words are to be replaced.")
        if self.way in ("append", "prepend") and not self.text.strip():
            raise UsageError("Say which words are to be added.")

    def of(self, before: str) -> str:
        """What `before` becomes. Words that are added are set off by a comma and a space."""
        if self.way == "set":
            return self.text
        if self.way == "replace":
            pattern = re.compile(re.escape(" ".join(self.find.split())), re.IGNORECASE)
            return pattern.sub(lambda _: self.text, before)
        parts = (before, self.text) if self.way == "append" else (self.text, before)
        return ", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))


def clean(field: str, text: str) -> str:
    """One trimmed line; raises :class:`UsageError` when it is too long or no such field."""
    if field not in FIELDS:
        raise UsageError(
            "There is no text {name!r}: write {choices}.", name=field, choices=either(FIELDS)
        )
    line = " ".join(text.split())
    if len(line) > LONGEST[field]:
        raise UsageError(
            "A {field} has at most {n} characters, not {n_found}.",
            field=field,
            n=LONGEST[field],
            n_found=len(line),
        )
    return line


def texts(project: Project, item_ids: Sequence[int], field: str) -> dict[int, str]:
    """The labels or captions of pictures as they are stored; those that are gone are left out."""
    clean(field, "")
    rows = project.query(
        f"SELECT id, {field} FROM item WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps([int(number) for number in item_ids]),),
    )
    return {row[0]: row[1] for row in rows}


def planned(
    project: Project, item_ids: Sequence[int], field: str, change: Change
) -> tuple[dict[int, str], dict[int, str]]:
    """(before, after) of the pictures that `change` would change. Nothing is written.

    Raises :class:`UsageError` when a text would become too long.
    """
    before = texts(project, item_ids, field)
    after = {number: clean(field, change.of(text)) for number, text in before.items()}
    changed = [number for number, text in before.items() if after[number] != text]
    return {n: before[n] for n in changed}, {n: after[n] for n in changed}


def set_texts(project: Project, field: str, texts: Mapping[int, str]) -> None:
    """Give pictures a label or a caption, each its own; files are never touched.

    Raises :class:`UsageError` for another field or a text that is too long.
    """
    rows = [(clean(field, text), item_id) for item_id, text in texts.items()]
    project.write_many(
        f"UPDATE item SET {field} = ?, facts = json_set(facts, '$.{BY_HAND[field]}', 1) "
        "WHERE id = ?",
        rows,
    )


def written(project: Project, item_ids: Sequence[int], field: str) -> set[int]:
    """Those of these pictures whose label or caption was written by hand before."""
    rows = project.query(
        "SELECT id FROM item WHERE id IN (SELECT value FROM json_each(?)) "
        f"AND json_extract(facts, '$.{BY_HAND[field]}') IS NOT NULL",
        (json.dumps([int(number) for number in item_ids]),),
    )
    return {row[0] for row in rows}


def put_back(
    project: Project, field: str, texts: Mapping[int, str], by_hand: Collection[int]
) -> None:
    """Write what :func:`planned` found before; only `by_hand` count as written by hand again."""
    set_texts(project, field, texts)
    rows = [(number,) for number in texts if number not in by_hand]
    project.write_many(
        f"UPDATE item SET facts = json_remove(facts, '$.{BY_HAND[field]}') WHERE id = ?", rows
    )


def keep(connection: sqlite3.Connection, item_id: int, values: Columns) -> Columns:
    """The columns of a file that changed, without those that were written by hand meanwhile."""
    row = connection.execute("SELECT facts FROM item WHERE id = ?", (item_id,)).fetchone()
    before: Facts = json.loads(row[0]) if row else {}
    found, facts = values.copy(), cast(Facts, values["facts"]).copy()
    if "label_by_hand" in before:
        found.pop("label", None)
        facts["label_by_hand"] = 1
    if "caption_by_hand" in before:
        found.pop("caption", None)
        facts["caption_by_hand"] = 1
    return found | {"facts": facts}
