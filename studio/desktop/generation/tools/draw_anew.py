"""Drawing a part of the picture anew, or taking it from another seed, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from models.facts import Ability
from studio.desktop.generation.tools import cell_marks
from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.generation.cells import slots_of
from studio.engine.seeds import following

if TYPE_CHECKING:
    from studio.engine.generation.cells import Cells
    from studio.engine.generation.moves.repair import Repair

_ARROWS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
_START = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_OWN = {*_ARROWS, *_START, *_REMOVE, Qt.Key.Key_Space, Qt.Key.Key_Escape}

Cell = tuple[int, int]
"""(row, column)."""


@register
class DrawAnew(Tool):
    """Drag over cells to choose them, with Alt to leave them out. By keys: arrows walk the cells,
    Space chooses, Enter draws anew, Delete lets all go, Esc first the cells, then the tool."""

    name = "draw_anew"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.active = False
        self.cells: Cells = np.zeros((1, 1), np.bool_)
        self._able: frozenset[Ability] = frozenset()
        self._at: Cell | None = None
        self.button, self.again, self.other = secondary(), secondary(), secondary()
        self.button.setCheckable(True)
        self._line = QWidget()
        row(self.again, self.other, self.button, on=self._line, gap=8)
        for each in (self.button, self.again, self.other):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.toggled.connect(self._switched)
        self.again.clicked.connect(self.redraw)
        self.other.clicked.connect(self.take_from_other)
        hand.session.opened.connect(self._opened)
        self._show_buttons()

    def actions(self) -> Sequence[ToolAction]:
        own = "generation.draw_anew", "Draw a part anew", self.toggle, "A", "rotate-ccw"
        other = "Take the part from the other seed", self.take_from_other, "Ctrl+Shift+A"
        return ToolAction(*own), ToolAction("generation.part_of_other", *other)

    def control(self) -> QWidget:
        return self._line

    def toggle(self) -> None:
        """On or off, where the slots of the model are parts of the picture."""
        why_not = tr("Only a model whose latents are a grid of cells can draw a part anew.")
        self.flip(self.button, why_not)

    def clear(self) -> None:
        self.cells = np.zeros_like(self.cells)
        self._chosen()

    # ------------------------------------------------------------------ what is done

    def redraw(self) -> None:
        """Draw the cells that are chosen by a seed; again, by the next one in its place."""
        from studio.engine.generation.moves.dragged import PackedMask
        from studio.engine.generation.moves.repair import Repair

        if not self.active or Ability.REPAIR not in self._able or not self.cells.any():
            return
        self.hand.recipe()
        chosen, last = PackedMask.of(self.cells), self._last()
        same = last is not None and last.cells == chosen
        place = 0 if last is None else last.place if same else last.place + 1
        seed = following(last.seed) if last is not None and same else 0
        self.hand.editing.end_gesture()
        text = tr("Drawn anew: {n} cells by seed {seed}", n=int(self.cells.sum()), seed=seed)
        move = Repair(place=place, cells=chosen, seed=seed)
        self.hand.editing.move(f"repair {place}", text, move)

    def take_from_other(self) -> None:
        """Take the cells that are chosen from the other seed of the blend."""
        from studio.engine.generation.moves.mix import Mix

        if not self.active or Ability.MIX not in self._able or not self.cells.any():
            return
        recipe = self.hand.recipe()
        seed = recipe.blend.seed if recipe.blend else following(recipe.seed)
        mix = recipe.only(Mix)
        slots = {**(mix.slots if mix else {}), **dict.fromkeys(slots_of(self.cells), seed)}
        self.hand.editing.end_gesture()
        text = tr("Part of seed {seed}: {n} cells", n=int(self.cells.sum()), seed=seed)
        self.hand.editing.move("mix", text, Mix(slots=slots))

    def _last(self) -> Repair | None:
        from studio.engine.generation.moves.repair import Repair

        found = [move for move in self.hand.editing.recipe().moves if isinstance(move, Repair)]
        return found[-1] if found else None

    # ------------------------------------------------------------------ the mouse

    def press(self, mouse: Mouse) -> Drag | None:
        if not mouse.inside or mouse.modifiers & Qt.KeyboardModifier.ControlModifier:
            return None
        return self._sweep(mouse)

    def _sweep(self, mouse: Mouse) -> Drag:
        wanted = not mouse.modifiers & Qt.KeyboardModifier.AltModifier
        before = self.cells.copy()
        try:
            while mouse.held:
                self._choose(self._cell(mouse.picture), wanted)
                mouse = yield
        except GeneratorExit:
            self.cells = before
            raise

    def _choose(self, cell: Cell, wanted: bool) -> None:
        self._at = cell
        self.cells[cell] = wanted
        self._chosen()

    def _cell(self, place: QPointF) -> Cell:
        """The cell under a place of the picture, or the nearest one."""
        size, (rows, columns) = self.hand.view.true_size(), self.cells.shape
        down = int(place.y() * rows / max(1, size.height()))
        right = int(place.x() * columns / max(1, size.width()))
        return min(rows - 1, max(0, down)), min(columns - 1, max(0, right))

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        at = self._cell(mouse.picture) if mouse.inside else None
        if at != self._at:
            self._at = at
            self.hand.view.update()
        return Qt.CursorShape.CrossCursor if mouse.inside else None

    # ------------------------------------------------------------------ the keys

    def claims(self, key: Qt.Key) -> bool:
        return key in _OWN

    def key(self, key: Qt.Key) -> bool:
        row, column = self._at or (self.cells.shape[0] // 2, self.cells.shape[1] // 2)
        if key in _ARROWS:
            down, right = _ARROWS[key]
            rows, columns = self.cells.shape
            self._at = min(rows - 1, max(0, row + down)), min(columns - 1, max(0, column + right))
        elif key == Qt.Key.Key_Space:
            self._choose((row, column), not self.cells[row, column])
        elif key in _START:
            self.redraw()
        elif key in _REMOVE or (key == Qt.Key.Key_Escape and self.cells.any()):
            self.clear()
        elif key == Qt.Key.Key_Escape:
            self.button.setChecked(False)
        self.hand.view.update()
        return key in _OWN

    # ------------------------------------------------------------------ what is seen

    def paint(self, painter: QPainter) -> None:
        cell_marks.paint_cells(painter, self.hand.view, self.cells, self._at)

    def _chosen(self) -> None:
        for button in (self.again, self.other):
            button.setEnabled(bool(self.cells.any()))
        self.hand.view.update()

    def _switched(self, on: bool) -> None:
        self.active = on
        self._at = None
        self._show_buttons()
        if on:
            self.hand.view.setFocus()
        self.hand.view.update()

    def _show_buttons(self) -> None:
        self.again.setVisible(self.active and Ability.REPAIR in self._able)
        self.other.setVisible(self.active and Ability.MIX in self._able)
        self._chosen()

    def _opened(self, model: Model, soft: bool) -> None:
        self._able = model.abilities if model.grid is not None else frozenset()
        able = bool(self._able & {Ability.REPAIR, Ability.MIX})
        self.button.setVisible(able)
        self.button.setEnabled(able)
        if not able:
            self.button.setChecked(False)
        if not soft or model.grid != self.cells.shape:
            self.cells = np.zeros(model.grid or (1, 1), np.bool_)
        self._show_buttons()

    def retranslate(self) -> None:
        tip = tr(
            "Choose a part of the picture: drag over its cells, Alt leaves them out. Then draw it "
            "anew, or take it from the other seed. Beside it the picture may change a little, "
            "where the model looks across (token inpainting) (A)"
        )
        again = tr("Draw the chosen cells anew, to fit the rest; once more takes another seed "
                   "(masked resampling) (Enter)")  # fmt: skip
        other = tr(
            "Take the chosen cells from the other seed of the blend (token mixing) (Ctrl+Shift+A)"
        )
        set_words(
            (self.button, tr("Part"), tip), (self.again, tr("Draw anew"), again),
            (self.other, tr("From other seed"), other),
        )  # fmt: skip
