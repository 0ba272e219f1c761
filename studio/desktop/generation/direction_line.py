"""What the window knows of a direction, and of the kinds there are: words and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from studio.desktop import i18n
from studio.desktop.i18n import tr
from studio.engine.generation.directions.note import NO_NOTE, Note
from studio.engine.said import NOTHING, Said

FIRST_KIND = "pca"
"""What a model opens with."""
State = tuple[tuple[str, Note], ...]
"""What a run keeps: identities in the artist's order, and what is said of each."""


@dataclass(frozen=True)
class KindLine:
    """A kind of directions: its words in English."""

    name: str
    title: str
    summary: str


@dataclass(frozen=True)
class DirectionLine:
    """One direction of the open model. `number` is its place in its kind from 1 on, or 0."""

    key: str
    kind: str = FIRST_KIND
    number: int = 0
    share: float = 0.0
    title: Said = NOTHING
    about: Said = NOTHING
    note: Note = NO_NOTE
    is_kept: bool = False

    def name(self) -> str:
        """What the artist calls it, or else what it is of, or its number."""
        if self.note.name or self.title:
            return self.note.name or i18n.said(self.title)
        return tr("Direction {n}", n=self.number) if self.number else tr("Direction kept")


def blank(count: int) -> list[DirectionLine]:
    """What stands there while the directions of a model are looked for."""
    return [DirectionLine("", number=number) for number in range(1, count + 1)]
