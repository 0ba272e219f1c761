"""What lies at the ends of the directions, drawn while nothing else is to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QImage

from studio.desktop.generation.direction_list import DirectionList
from studio.desktop.generation.direction_row import END, DirectionRow
from studio.desktop.generation.end_picture import SIDE, EndPicture
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

REST_MS = 400
"""The picture has to be at rest for so long."""
SHARPNESS = 2
"""Pixels drawn for one of the window: screens may have two."""


class EndPictures(QObject):
    """Asks for one picture at a time, and for none while the recipe changes: whoever moves a
    slider waits for one small picture at most, and only where it had begun."""

    def __init__(self, session: Session, editing: Editing, shown: DirectionList) -> None:
        super().__init__(shown)
        self._session, self._editing, self._list = session, editing, shown
        self._turn = 0
        self._drawn: dict[EndPicture, LatentRecipe] = {}
        """What the pictures that are there show."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._begin)
        editing.changed.connect(self.wait)
        shown.shown.connect(self.wait)
        session.opened.connect(self.forget)

    @Slot()
    def wait(self) -> None:
        """Something moves: what was asked for is not wanted any more."""
        self._turn += 1
        self._rest.start()

    @Slot()
    def forget(self) -> None:
        """Another model: the same recipes are other pictures."""
        self._drawn.clear()
        self.wait()

    @Slot()
    def _begin(self) -> None:
        if self._session.busy:
            self._rest.start()
            return
        rows = [row for row in self._list.in_sight() if row.line.key and row.slider.isEnabled()]
        self._next([(row, side) for row in rows for side in (0, 1)], self._turn)

    def _next(self, wanted: list[tuple[DirectionRow, int]], turn: int) -> None:
        for place, (row, side) in enumerate(wanted):
            end, recipe = row.ends[side], self._at_end(row, side)
            if self._drawn.get(end) != recipe or end.picture().isNull():
                rest = wanted[place + 1 :]
                break
        else:
            return

        def took(picture: QImage) -> None:
            if turn == self._turn:
                self._drawn[end] = recipe
                end.show_picture(picture)
                self._next(rest, turn)

        if turn == self._turn and self._list.isVisible():
            self._session.draw_small(recipe, SIDE * SHARPNESS, took)

    def _at_end(self, row: DirectionRow, side: int) -> LatentRecipe:
        """The recipe of now with this direction at its end."""
        from studio.engine.generation.moves.along import Along

        value = float((-END, END)[side])
        move = Along(direction=row.line.key, sigma=value, zone=row.zone.zone)
        return self._editing.recipe().moved(move)
