"""One row of the dataset place, and what a view chooses from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern

from studio.engine.dataset.curation.filters import Filter
from studio.engine.dataset.index.listed_rows import Line

__all__ = ["EVERYTHING", "EXCLUDED", "GROUP", "HELD_OUT", "SORTS", "TRAINS", "Row",
           "View"]  # fmt: skip
EVERYTHING, TRAINS, EXCLUDED = "everything", "trains", "excluded"
HELD_OUT, GROUP = "held_out", "group"
SORTS = (
    "imported", "name", "date", "size", "colour", "sharpness", "finding", "rating", "similar",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """What the grid needs to know of one picture; the fields of the engine's `Line`."""

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

    @classmethod
    def of(cls, line: Line) -> Row:
        row = cls(*line)  # type: ignore[arg-type]  # SQLite has no bool: mended below
        row.label, row.licence, row.author, row.url, row.consent = (
            intern(row.label), intern(row.licence), intern(row.author), intern(row.url),
            intern(row.consent),
        )  # fmt: skip
        row.usable, row.included = bool(row.usable), bool(row.included)
        return row

    @property
    def trains(self) -> bool:
        """Whether training uses the picture."""
        return self.usable and self.included


@dataclass(frozen=True)
class View(Filter):
    """What is chosen in the left panel and the header."""

    kind: str = EVERYTHING
    sort: str = "imported"
    anchor: int = 0
    """The picture that the others are compared with, to sort by likeness."""
    group: frozenset[int] = frozenset()
