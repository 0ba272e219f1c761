"""What a view of the dataset place chooses from its rows, which are lines of the index."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.dataset.curation.filters import Filter
from studio.engine.dataset.index.listed_rows import Line as Row

__all__ = ["EVERYTHING", "EXCLUDED", "GROUP", "HELD_OUT", "SORTS", "TRAINS", "Row",
           "View"]  # fmt: skip
EVERYTHING, TRAINS, EXCLUDED = "everything", "trains", "excluded"
HELD_OUT, GROUP = "held_out", "group"
SORTS = (
    "imported", "name", "date", "size", "colour", "sharpness", "finding", "rating", "similar",
)  # fmt: skip


@dataclass(frozen=True)
class View(Filter):
    """What is chosen in the left panel and the header."""

    kind: str = EVERYTHING
    sort: str = "imported"
    anchor: int = 0
    """The picture that the others are compared with, to sort by likeness."""
    group: frozenset[int] = frozenset()
