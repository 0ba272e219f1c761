"""The directions of the model on the canvas, between the engine, the recipe and the rows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.studio import Studio
from studio.desktop.generation.controls import Controls
from studio.desktop.generation.direction_line import DirectionLine, blank
from studio.desktop.generation.direction_list import FIRST_SHOWN
from studio.desktop.generation.direction_names import Naming
from studio.desktop.generation.end_pictures import EndPictures
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

SPREAD, FARTHEST = 0.8, 2.0
"""Standard deviation of a value drawn by chance, and how far it may lie: in steps."""


class Directions(QObject):
    """Looks for them when a model is opened, and makes steps of what the hand does with them."""

    ready = Signal()
    """They are known, or it is known that there are none."""

    def __init__(
        self, session: Session, editing: Editing, controls: Controls, studio: Studio
    ) -> None:
        super().__init__(controls)
        self._session, self._editing, self._studio = session, editing, studio
        self._list = controls.directions
        self.naming = Naming(session, controls, studio.undo)
        self.ends = EndPictures(session, editing, controls.directions)
        self._asked: set[str] = set()
        """Identities of a recipe that were looked for, found or not."""
        session.searching.connect(controls.set_searching)
        session.directionsFound.connect(self._found)
        session.searchFailed.connect(self._failed)
        controls.directionMoved.connect(self._moved)
        self._list.zoned.connect(self._zoned)
        self._list.limited.connect(self.naming.set_limits)
        self._list.linked.connect(self.naming.set_link)
        self._list.grouped.connect(self.naming.set_group)
        self._list.kindChosen.connect(self._choose)
        self._list.randomized.connect(self.randomize)
        self._list.zeroed.connect(self.to_zero)
        self._list.pad.moved.connect(self._both)

    def open(self, model: Model) -> None:
        """Rows that stand there until the directions of `model` are known."""
        self._asked.clear()
        self._list.set_model(model.kinds, model.zones, model.slots)
        self._list.set_lines(self.naming.take(blank(FIRST_SHOWN)))
        self._enable(False)
        self._session.kind = self._list.chosen_kind()

    def find(self, kind: str = "") -> None:
        """Those of the kind that is chosen, and all that the recipe uses."""
        recipe = self._editing.recipe()
        in_use = [str(move.direction) for move in recipe.along]
        self._session.find_directions(in_use, kind)

    def find_missing(self, recipe: LatentRecipe) -> None:
        """A row for what the recipe uses and the list has not, as after an undo."""
        used = {move.direction for move in recipe.along if isinstance(move.direction, str)}
        missing = {key for key in used if self._list.row(key) is None}
        if missing - self._asked:
            self._asked |= missing
            self.find()

    @Slot(list)
    def _found(self, lines: list[DirectionLine]) -> None:
        self._list.set_searching(None)
        self._list.set_lines(self.naming.take(lines))
        self._enable(True)
        self.ready.emit()

    @Slot(object, str)
    def _failed(self, sentence: str, detail: str) -> None:
        self._list.show_reason(sentence)
        self.ready.emit()

    def _enable(self, on: bool) -> None:
        for row in self._list.rows:
            row.slider.setEnabled(on)
            for end in row.ends:
                end.setEnabled(on)

    # ------------------------------------------------------------------ the hand

    @Slot(str, float)
    def _moved(self, key: str, value: float) -> None:
        row = self._list.row(key)
        if row is None:
            return
        other = self._list.row(row.line.note.linked)
        if other is None:
            self._editing.set_direction(key, value, row.title, row.zone.zone)
            return
        # As far as it was moved, as far the other one goes, up to its own limits.
        edits = self._editing.recipe().edits
        there = other.line.note.within(edits.get(other.line.key, 0.0) + value - edits.get(key, 0.0))
        moves = [(row.line.key, value, row.zone.zone), (other.line.key, there, other.zone.zone)]
        text = f"{row.title} {value:+.1f}, {other.title} {there:+.1f}"
        self._editing.set_directions(key, text, moves)

    @Slot(str, float, str, float)
    def _both(self, first: str, x: float, second: str, y: float) -> None:
        rows = [(self._list.row(key), value) for key, value in ((first, x), (second, y))]
        known = [(row, value) for row, value in rows if row is not None]
        text = ", ".join(f"{row.title} {value:+.1f}" for row, value in known)
        moves = [(row.line.key, row.line.note.within(value), row.zone.zone) for row, value in known]
        self._editing.set_directions("pad", text, moves)

    @Slot(str, str)
    def _zoned(self, key: str, zone: str) -> None:
        row = self._list.row(key)
        if row is None:
            return
        self._editing.end_gesture()
        self._studio.undo.beginMacro(tr("Layers of a direction"))
        if value := self._editing.recipe().edits.get(key, 0.0):
            self._editing.set_direction(key, value, row.title, zone)
        self.naming.set_zone(key, zone)
        self._studio.undo.endMacro()

    @Slot(str)
    def _choose(self, kind: str) -> None:
        self._list.more.setChecked(False)
        self.find(kind)

    @Slot()
    def randomize(self) -> None:
        """Every direction in sight to a value drawn by chance."""
        moves = []
        for row in self._list.in_sight():
            value = max(-FARTHEST, min(FARTHEST, random.gauss(0.0, SPREAD)))
            within = row.line.note.within(round(value, 2))
            moves.append((row.line.key, within, row.zone.zone))
        if self._session.model is not None and all(key for key, *_ in moves):
            self._editing.end_gesture()
            self._editing.set_directions("random", tr("Directions by chance"), moves)
            self._editing.end_gesture()

    @Slot()
    def to_zero(self) -> None:
        """No direction has a say any more; the rest of the recipe stays."""
        moves = [(str(move.direction), 0.0, "all") for move in self._editing.recipe().along]
        self._editing.set_directions("zero", tr("Directions to 0"), moves)
