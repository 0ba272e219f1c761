"""The open dataset in memory, small enough for 100,000 pictures.

A row keeps only what lists and sorting need; the full item is read again for a tile or
the inspector. Nothing here knows Qt, so it is quick to test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.desktop.dataset.session.columns import Columns
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.index.listed_rows import Line as Row
from studio.engine.dataset.index.store import Finding
from studio.engine.project import Project

_ARTIST = ("included", "rating", "label", "caption")
"""What the artist decides, and may still be on its way to the index."""


class Collection:
    """Rows and findings of one dataset. Change rows through `change`, or columns grow stale."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.findings: dict[int, list[Finding]] = {}
        self.held_out: frozenset[int] = frozenset()
        self.touched: set[int] = set()
        """Pictures decided about since the last reading began."""
        self.decided = 0
        """How often something was decided about pictures."""
        self._columns: Columns | None = None

    def clear(self) -> None:
        # New ones, because another thread may be reading the old.
        self.rows, self.findings = {}, {}
        self.held_out = frozenset()
        self.touched = set()
        self._columns = None

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
                row.included, row.rating = old.included, old.rating
                if row.id in self.touched:
                    row.label, row.caption = old.label, old.caption
                if decoded:
                    self.findings.pop(row.id, None)
            self.rows[row.id] = row
        self._columns = None
        return fresh

    def put_stored(self, rows: Iterable[Row]) -> None:
        """Replace rows by what was stored after everything that was decided about them."""
        for row in rows:
            if row.id in self.rows:
                self.rows[row.id] = row
        self._columns = None

    def change(self, field: str, values: Mapping[int, Any]) -> None:
        """Set a field that the artist decides; pictures that are gone are passed over."""
        if field not in _ARTIST:
            raise ValueError(field)
        for key, value in values.items():
            row = self.rows.get(key)
            if row is not None:
                setattr(row, field, value)
        self.touched.update(values)
        self.decided += 1
        self._columns = None

    def add_findings(self, found: Iterable[Finding]) -> None:
        """Take in findings; one of a kind that is known already replaces it."""
        for finding in found:
            others = self.findings.get(finding.item_id, [])
            kept = [other for other in others if other.kind != finding.kind]
            self.findings[finding.item_id] = [*kept, finding]
        self._columns = None

    def set_findings(self, found: dict[int, list[Finding]]) -> None:
        self.findings = found
        self._columns = None

    def set_held_out(self, item_ids: Iterable[int]) -> None:
        self.held_out = frozenset(item_ids)
        self._columns = None

    def kinds(self, item_id: int) -> list[str]:
        return [finding.kind for finding in self.findings.get(item_id, ())]

    def columns(self) -> Columns:
        """The rows as they are now; the same snapshot until something changes."""
        if self._columns is None:
            self._columns = Columns(self.rows, self.findings, self.held_out)
        return self._columns

    def trains(self) -> bool:
        return any(row.trains for row in self.rows.values())

    def group_of(self, item_id: int) -> list[int]:
        """A picture with those it is like, the best first; empty when it is alone."""
        for kind in grouped():
            found = self.alike(item_id, kind)
            if found:
                return found
        return []

    def alike(self, item_id: int, kind: str) -> list[int]:
        """The group of one picture among findings of a grouped kind, the best first."""
        best = item_id
        for finding in self.findings.get(item_id, ()):
            if finding.kind == kind:
                best = finding.of
        same = [
            key
            for key, findings in self.findings.items()
            if any(f.kind == kind and "of" in f.data and f.of == best for f in findings)
        ]
        return [key for key in (best, *sorted(same)) if key in self.rows] if same else []


@dataclass(frozen=True)
class Desk:
    """Where decisions go: rows in memory, the project, its writer, and who is told."""

    project: Project
    collection: Collection
    decide: Callable[[Callable[[], object]], None]
    changed: Callable[[Sequence[int]], None]
