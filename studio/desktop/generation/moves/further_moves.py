"""Moves that a tool made and no other control shows: each a row, weakened or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.fold import Fold
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_slider import ParamSlider

if TYPE_CHECKING:
    from studio.engine.generation.moves.base import Move

_ELSEWHERE = {"along", "blend", "mix", "noise", "label_mix", "bend", "model_mix"}
"""Kinds that have controls of their own."""
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class FurtherMoves(QObject):
    """The section, there while the picture has such moves, and what the hand does in it."""

    def __init__(self, editing: Editing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editing, self.rows = editing, dict[tuple[str, int | str], MoveRow]()
        body = QWidget()
        self._place: QVBoxLayout = column(on=body, gap=8)
        self.fold = Fold(body)
        self.fold.head.setChecked(True)
        self.fold.set_in_use(True)
        self.fold.setVisible(False)
        self.fold.reset.connect(self._drop_all)
        editing.shown.connect(self.show_moves)

    @Slot()
    def show_moves(self) -> None:
        """A row for each; those that are there already stay where they are."""
        moves = {m.control: m for m in self._editing.recipe().moves if m.name not in _ELSEWHERE}
        for control, old in list(self.rows.items()):
            if control not in moves:
                self._let_go(old)
        for at, (control, move) in enumerate(moves.items()):
            if control not in self.rows:
                made = self.rows[control] = MoveRow(move)
                made.shareMoved.connect(self._weigh)
                made.removed.connect(self._drop)
                self._place.insertWidget(at, made)
            self.rows[control].show_move(move)
        self.fold.setVisible(bool(moves))

    def _let_go(self, old: MoveRow) -> None:
        """Qt would give the focus to whatever comes next, be it a number."""
        del self.rows[old.recipe_move.control]
        if old.isAncestorOf(old.window().focusWidget() or old.window()):
            left = list(self.rows.values())
            (left[-1].cross if left else self.fold.window()).setFocus()
        self._place.removeWidget(old)
        old.hide()
        old.deleteLater()

    def _weigh(self, move: Move, share: float) -> None:
        text = tr("{name}: {share} %", name=_title(move), share=round(100 * share))
        key = f"share {move.name} {move.control[1]}"
        self._editing.move(key, text, move.model_copy(update={"share": share}))

    def _drop(self, move: Move) -> None:
        self._editing.end_gesture()
        text = tr("Without {name}", name=_title(move))
        self._editing.drop("further", text, lambda each: each.control == move.control)

    def _drop_all(self) -> None:
        self._editing.end_gesture()
        text = tr("Reset further changes")
        self._editing.drop("further", text, lambda each: each.name not in _ELSEWHERE)

    def restyle(self) -> None:
        self.fold.restyle()
        for each in self.rows.values():
            each.restyle()

    def retranslate(self) -> None:
        tip = tr("What tools did to this picture: points that were dragged, parts that were drawn "
                 "anew, what iterating and bringing in found")  # fmt: skip
        self.fold.set_title(tr("Further changes"), tip)
        for each in self.rows.values():
            each.retranslate()


class MoveRow(QFrame):
    """One of them: what it is called, what it is of, how strong it is, and a cross."""

    shareMoved = Signal(object, float)
    removed = Signal(object)

    def __init__(self, move: Move, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.recipe_move, self.title = move, text_label(wrap=False)
        self.facts = text_label(quiet=True)
        self.cross, self.share = QToolButton(), ParamSlider("", 0.0, 1.0, 1.0, 0.01)
        self.cross.setObjectName("cross")
        self.cross.setFixedSize(22, 20)
        self.cross.setIconSize(QSize(14, 14))
        self.cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = row(self.title, None, self.cross, gap=4)
        column(head, self.facts, self.share, on=self, gap=6, margins=(8, 6, 8, 8))
        self.share.setHidden("share" not in type(move).model_fields)  # shown alone it is a window
        self.cross.clicked.connect(lambda: self.removed.emit(self.recipe_move))
        self.share.valueChanged.connect(lambda value: self.shareMoved.emit(self.recipe_move, value))
        self.retranslate()

    def show_move(self, move: Move) -> None:
        changed = move != self.recipe_move
        self.recipe_move = move
        self.share.set_value(float(getattr(move, "share", 1.0)))
        if changed:
            self.facts.setText(_facts(move))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete is the cross, from wherever the keyboard is in the row."""
        if event.key() in _REMOVE:
            self.removed.emit(self.recipe_move)
        else:
            super().keyPressEvent(event)

    def restyle(self) -> None:
        self.cross.setIcon(theme.icon("x", theme.colours().quiet))

    def retranslate(self) -> None:
        title = _title(self.recipe_move)
        self.title.setText(title)
        self.title.setToolTip(_tip(self.recipe_move))
        self.facts.setText(_facts(self.recipe_move))
        set_words((self.cross, "", tr("Take away: {name} (Delete)", name=title)))
        self.share.set_label(tr("Strength"))
        self.share.setToolTip(tr("How much of it is done (0: none); double-click resets"))
        self.restyle()


def _title(move: Move) -> str:
    """As an artist calls it; of a kind that is not known here its own name."""
    return {
        "dragged": tr("Dragged points"), "iterated": tr("Iterated"),
        "region": tr("Part laid in"), "repair": tr("Part drawn anew"),
        "residual": tr("Details beyond the model"),
        "dragged_layer": tr("Dragged points, coarsest layer"),
    }.get(move.name, move.name)  # fmt: skip


def _tip(move: Move) -> str:
    return {
        "dragged": tr("By how much dragging its points moved the picture"),
        "iterated": tr("By how much the picture was led on, on the bench"),
        "region": tr("A part of the picture that is drawn from another point and laid over it"),
        "repair": tr("Cells that were drawn again by another seed, to fit those around them"),
        "residual": tr("What a picture that was brought in has and the sliders of the model cannot "
                       "say"),
        "dragged_layer": tr("What dragging changed where the model lays out the picture"),
    }.get(move.name, "")  # fmt: skip


def _facts(move: Move) -> str:
    """What it is of, and the field's term."""
    from studio.engine.generation.iteration.way import ways
    from studio.engine.generation.moves.dragged import Dragged
    from studio.engine.generation.moves.iterated import Iterated
    from studio.engine.generation.moves.region import Region
    from studio.engine.generation.moves.repair import Repair
    from studio.engine.generation.moves.residual import CoarseLayer

    if isinstance(move, Dragged):
        return _line(tr("Pulls: {n}", n=len(move.pulls)), tr("latent offset (DragGAN)"))
    if isinstance(move, Iterated):
        known = ways()
        led = dict.fromkeys(each.way for each in move.ways)  # each once, in order
        said = (tr(known[way].title) if way in known else way for way in led)
        return _line(*said, tr("latent offset"))
    if isinstance(move, Region):
        return _line(_box(move.weights.unpacked() > 0), tr("masked blend"))
    if isinstance(move, Repair):
        cells = tr("Cells: {n}", n=int(move.cells.unpacked().sum()))
        return _line(cells, tr("Seed {n}", n=move.seed), tr("token inpainting"))
    return tr("feature residual (F space)") if isinstance(move, CoarseLayer) else ""


def _line(*parts: str) -> str:
    return " · ".join(parts)


def _box(seen: np.ndarray) -> str:
    rows, columns = (np.flatnonzero(seen.any(axis)) for axis in (1, 0))
    if not len(rows):
        return tr("nothing of it is seen")
    return tr("{width} × {height} pixels at {x}, {y}", width=int(np.ptp(columns)) + 1,
              height=int(np.ptp(rows)) + 1, x=int(columns[0]), y=int(rows[0]))  # fmt: skip
