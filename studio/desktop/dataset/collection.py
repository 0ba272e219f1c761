"""The open dataset in memory, small enough for 100,000 pictures: what there is, what is shown.

A row keeps only what lists and sorting need; the full item is read again for a tile or
the inspector. Nothing here knows Qt, so it is quick to test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern
from typing import Any

from studio.engine.dataset.store import Finding, Item

EVERYTHING, EXCLUDED, GROUP = "everything", "excluded", "group"
SORTS = ("imported", "name", "size", "date", "finding", "rating")
_DIGITS = re.compile(r"(\d+)")


@dataclass(slots=True)
class Row:
    """What the grid needs to know of one picture."""

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

    @classmethod
    def of(cls, item: Item) -> Row:
        """The row of an item as it is stored now."""
        return cls(
            item.id, item.source_id, item.name, item.bytes, item.mtime_ns, item.width,
            item.height, item.channels, intern(item.label), item.caption, item.usable,
            item.included, item.rating,
        )  # fmt: skip

    @property
    def trains(self) -> bool:
        """Whether training uses the picture."""
        return self.usable and self.included


@dataclass(frozen=True)
class View:
    """What is chosen in the left panel and the header. None means no limit."""

    kind: str = EVERYTHING
    source_id: int | None = None
    label: str | None = None
    text: str = ""
    sort: str = "imported"
    group: frozenset[int] = frozenset()


class Collection:
    """Rows and findings of one dataset, and which of them a view shows in which order."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.findings: dict[int, list[Finding]] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self.findings.clear()

    def put(self, rows: Iterable[Row], *, decoded: bool = False) -> list[int]:
        """Add rows or replace those with the same id; returns the ids that are new.

        `decoded` says that the files were read again, so that older findings are void.
        """
        fresh = []
        for row in rows:
            old = self.rows.get(row.id)
            if old is None:
                fresh.append(row.id)
            else:
                # What the artist decided may still be on its way to the index.
                row.included, row.rating = old.included, old.rating
                if decoded:
                    self.findings.pop(row.id, None)
            self.rows[row.id] = row
        return fresh

    def add_findings(self, found: Iterable[Finding]) -> None:
        """Take in findings; one of a kind that is known already replaces it."""
        for finding in found:
            others = self.findings.get(finding.item_id, [])
            kept = [other for other in others if other.kind != finding.kind]
            self.findings[finding.item_id] = [*kept, finding]

    def kinds(self, item_id: int) -> list[str]:
        """The kinds of finding of one picture."""
        return [finding.kind for finding in self.findings.get(item_id, ())]

    # ------------------------------------------------------------------ counting

    def totals(self) -> dict[str, int]:
        """`found`, `trains`, `excluded` (by the artist) and `unusable`."""
        trains = sum(row.usable and row.included for row in self.rows.values())
        unusable = sum(not row.usable for row in self.rows.values())
        found = len(self.rows)
        return {
            "found": found,
            "trains": trains,
            "unusable": unusable,
            "excluded": found - trains - unusable,
        }

    def kind_counts(self) -> Counter[str]:
        """Pictures by kind of finding."""
        found = (findings for key, findings in self.findings.items() if key in self.rows)
        return Counter(finding.kind for findings in found for finding in findings)

    def label_counts(self) -> Counter[str]:
        """Pictures by label; the empty label is that of pictures without one."""
        return Counter(row.label for row in self.rows.values())

    def source_counts(self) -> Counter[int]:
        """Pictures by source."""
        return Counter(row.source_id for row in self.rows.values())

    # ------------------------------------------------------------------ choosing

    def shown(self, view: View) -> list[int]:
        """Ids of the pictures that `view` shows, in its order."""
        if view == View(sort=view.sort):
            chosen = list(self.rows)
        else:
            chosen = [key for key, row in self.rows.items() if self.fits(row, view)]
        return self._sorted(chosen, view.sort)

    def fits(self, row: Row, view: View) -> bool:
        """Whether `view` shows this picture."""
        if view.source_id is not None and row.source_id != view.source_id:
            return False
        if view.label is not None and row.label != view.label:
            return False
        if view.text:
            wanted = view.text.casefold()
            if wanted not in row.name.casefold() and wanted not in row.caption.casefold():
                return False
        if view.kind == EXCLUDED:
            return row.usable and not row.included
        if view.kind == GROUP:
            return row.id in view.group
        return view.kind == EVERYTHING or view.kind in self.kinds(row.id)

    def _sorted(self, ids: list[int], sort: str) -> list[int]:
        rows = self.rows
        if sort == "name":
            return sorted(ids, key=lambda key: natural(rows[key].name))
        if sort == "size":
            return sorted(ids, key=lambda key: rows[key].width * rows[key].height, reverse=True)
        if sort == "date":
            return sorted(ids, key=lambda key: rows[key].mtime_ns, reverse=True)
        if sort == "rating":
            return sorted(ids, key=lambda key: rows[key].rating, reverse=True)
        if sort == "finding":
            return sorted(ids, key=lambda key: (self.kinds(key) or ["~"])[0])
        return sorted(ids)

    def copies_of(self, item_id: int) -> list[int]:
        """The ids of all byte-identical copies, the one to keep first; empty when alone."""
        original = item_id
        for finding in self.findings.get(item_id, ()):
            if finding.kind == "duplicate":
                original = int(finding.data.get("of", item_id))
        same = [
            key
            for key, findings in self.findings.items()
            if any(f.kind == "duplicate" and f.data.get("of") == original for f in findings)
        ]
        return [key for key in (original, *sorted(same)) if key in self.rows] if same else []


def natural(name: str) -> list[Any]:
    """A key that sorts `2.png` before `10.png`, whatever the case."""
    parts: list[Any] = _DIGITS.split(name.casefold())
    parts[1::2] = [int(digits) for digits in parts[1::2]]
    return parts
