"""Dragging points of the picture to where they are to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from models.facts import Ability
from models.parameters import param
from studio.desktop.generation.pulls import Asked
from studio.desktop.generation.tools import point_marks
from studio.desktop.generation.tools.point_marks import Marked
from studio.desktop.generation.tools.tool import Drag, Hand, Mouse, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.generation.dragging import DragOptions

if TYPE_CHECKING:
    from studio.engine.generation.dragging import Step
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.dragged import Mask

GRAB = 12
"""Screen pixels from a point that still mean it."""
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0), Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1), Qt.Key.Key_Down: QPointF(0, 1),
}  # fmt: skip
_START = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_OWN = {*_ARROWS, *_START, *_REMOVE, Qt.Key.Key_Space, Qt.Key.Key_Escape}


@dataclass(frozen=True)
class PullOptions(DragOptions):
    """How the hand drags."""

    brush: int = param(
        10, label="Brush", low=1, high=200, unit="pixels", term="mask brush",
        help="Width of the brush that paints what may move, in pixels of the picture.",
    )  # fmt: skip


@register
class DragPoints(Tool):
    """A press sets a handle, the mouse its target, and letting go begins the pull. By keys:
    arrows move the handle, after Space its target, Enter begins, Esc stops."""

    name = "drag_points"
    title = "Pull settings"
    Options = PullOptions

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.active = False
        self.points: list[Marked] = []
        self.mask: Mask | None = None
        self._aiming = self._waits = False
        self._shown: LatentRecipe | None = None
        """What the pull that goes on has put on the canvas."""
        self._brush_at: QPointF | None = None
        self._pulling = hand.session.pulling
        self.button, self.brush = secondary(), secondary()
        self._line = QWidget()
        row(self.brush, self.button, on=self._line, gap=8)
        for each in (self.button, self.brush):
            each.setCheckable(True)
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.brush.setVisible(False)
        self.button.toggled.connect(self._switched)
        hand.session.opened.connect(self._opened)
        self._pulling.moved.connect(self._moved)
        self._pulling.over.connect(self._over)
        self._pulling.failed.connect(hand.notices.error)
        self._pulling.ended.connect(self._ended)
        hand.editing.changed.connect(self._edited)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.drag_points", "Drag points", self.toggle, "D", "arrow-right"),
            ToolAction("generation.drag_mask", "Paint what may move", self.toggle_brush, "B"),
            ToolAction("generation.drag_clear", "Clear points and mask", self.clear, "Shift+D"),
        )

    def control(self) -> QWidget:
        return self._line

    def toggle(self) -> None:
        """On or off, where the model allows it."""
        from studio.engine.generation.player import LACKING

        self.flip(self.button, said(LACKING[Ability.DRAG]))

    def toggle_brush(self) -> None:
        self.flip(self.brush, tr("The mask is painted while points are dragged: press D first."))

    def clear(self) -> None:
        self.points, self.mask = [], None
        self.hand.view.update()

    # ------------------------------------------------------------------ the mouse

    def press(self, mouse: Mouse) -> Drag | None:
        modifiers = Qt.KeyboardModifier
        if not mouse.inside or mouse.modifiers & modifiers.ControlModifier:
            return None
        if self.brush.isChecked():
            return self._paint_mask(mouse)
        if mouse.modifiers & modifiers.AltModifier:
            return self._take_away(mouse)
        return self._aim(mouse)

    def _aim(self, pressed: Mouse) -> Drag:
        self._pulling.stop()
        if not pressed.modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.points = []
        here = _centred(pressed)
        self.points = [*self.points, Marked(here, here)]
        self._aiming = True
        try:
            while (mouse := (yield)).held:
                self.points[-1] = replace(self.points[-1], target=_centred(mouse))
        except GeneratorExit:
            self.points = self.points[:-1]
            raise
        is_more = mouse.modifiers & Qt.KeyboardModifier.ShiftModifier
        if not is_more and not self.points[-1].is_still:
            self.start()

    def _take_away(self, mouse: Mouse) -> Drag:
        near = [each for each in self.points if self._distance(each, mouse) <= GRAB]
        if near:
            self.points.remove(min(near, key=lambda each: self._distance(each, mouse)))
        yield from ()

    def _distance(self, point: Marked, mouse: Mouse) -> float:
        ends = (point_marks.place(self.hand.view, each) for each in (point.handle, point.target))
        return min((each - mouse.widget).manhattanLength() for each in ends)

    def _paint_mask(self, mouse: Mouse) -> Drag:
        """With Alt the brush takes away."""
        wanted = not mouse.modifiers & Qt.KeyboardModifier.AltModifier
        while mouse.held:
            self._dab(_centred(mouse), wanted)
            mouse = yield

    def _dab(self, at: QPointF, wanted: bool) -> None:
        size = self.hand.view.true_size()
        shape = size.height(), size.width()
        if self.mask is None or self.mask.shape != shape:
            self.mask = np.zeros(shape, bool)
        y, x = np.mgrid[: shape[0], : shape[1]]
        assert isinstance(self.options, PullOptions)
        near = np.hypot(x - at.x(), y - at.y()) <= self.options.brush / 2
        self.mask = np.where(near, wanted, self.mask)
        if not self.mask.any():
            self.mask = None

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        self._brush_at = mouse.widget if mouse.inside and self.brush.isChecked() else None
        if self.brush.isChecked():
            self.hand.view.update()
        return Qt.CursorShape.CrossCursor if mouse.inside else None

    # ------------------------------------------------------------------ the keys

    def claims(self, key: Qt.Key) -> bool:
        return key in _OWN

    def key(self, key: Qt.Key) -> bool:
        if key in _ARROWS:
            self._shift(_ARROWS[key])
        elif key in _START:
            self.start()
        elif key == Qt.Key.Key_Space:
            self._aiming = not self._aiming
        elif key in _REMOVE:
            self.points = self.points[:-1]
        elif key == Qt.Key.Key_Escape:
            self._leave()
        self.hand.view.update()
        return key in _OWN

    def _shift(self, by: QPointF) -> None:
        size = self.hand.view.true_size()
        if not self.points:
            middle = QPointF(size.width() // 2, size.height() // 2)
            self.points, self._aiming = [Marked(middle, middle)], False
        last = self.points[-1]
        moved = (last.target if self._aiming else last.handle) + by
        inside = QPointF(
            min(size.width() - 1, max(0, moved.x())), min(size.height() - 1, max(0, moved.y()))
        )
        handle = last.handle if self._aiming else inside
        self.points[-1] = Marked(handle, inside)

    def _leave(self) -> None:
        """What goes on first, then the points, then the tool."""
        if self._pulling.is_busy:
            self._pulling.stop()
        elif self.points:
            self.points = []
        else:
            self.button.setChecked(False)

    # ------------------------------------------------------------------ the pull

    def start(self) -> None:
        """Begin; after what goes on has ended."""
        from studio.engine.generation.moves.dragged import Handle

        if not self.points:
            return
        self._waits = self._pulling.is_busy
        if self._waits:
            self._pulling.stop()
            return
        handles = [
            Handle(x=each.handle.x(), y=each.handle.y(), to_x=each.target.x(), to_y=each.target.y())
            for each in self.points
        ]
        assert isinstance(self.options, PullOptions)
        self._shown = self.hand.recipe()
        self.hand.editing.end_gesture()
        self.hand.session.pull(Asked(self._shown, handles, self.mask, self.options))

    def _moved(self, recipe: LatentRecipe, step: Step) -> None:
        """Each step is the picture of the hand, so that it can be kept, marked or gone on with;
        all of them together are one step to undo."""
        if self._shown is None or self._shown != self.hand.editing.recipe():
            return  # something else is on the canvas by now
        if not self._waits and len(step.handles) == len(self.points):
            self._follow(step)
        count = len(step.handles)
        text = tr("Pull of one point") if count == 1 else tr("Pull of {n} points", n=count)
        self._shown = recipe
        self.hand.editing.pull(text, recipe)

    def _follow(self, step: Step) -> None:
        self.points = [
            replace(each, handle=QPointF(*place))
            for each, place in zip(self.points, step.handles, strict=True)
        ]

    def _over(self, recipe: LatentRecipe, step: Step) -> None:
        if self._shown is None or self._shown != self.hand.editing.recipe():
            return
        self._moved(recipe, step)
        self.hand.editing.end_gesture()
        if step.arrived and not self._waits:
            self.points = []
        if step.number and not step.arrived:
            left = tr("The pull ended {n} pixels before its target.", n=f"{step.away:.1f}")
            self.hand.notices.info(left)

    def _ended(self) -> None:
        self._shown = None
        if self._waits:
            self._waits = False
            self.start()

    def _edited(self) -> None:
        """The hand has gone on with what it saw: that stays, and nothing moves under it."""
        if self._shown is not None and self._shown != self.hand.editing.recipe():
            self._shown = None
            self._pulling.forget()

    # ------------------------------------------------------------------ what is seen

    def paint(self, painter: QPainter) -> None:
        view = self.hand.view
        if self.mask is not None:
            point_marks.paint_mask(painter, view, self.mask)
        for point in self.points:
            point_marks.paint_point(painter, view, point)
        if self._brush_at is not None and isinstance(self.options, PullOptions):
            point_marks.paint_brush(painter, self._brush_at, self.options.brush * view.zoom() / 2)

    def _switched(self, on: bool) -> None:
        self.active = on
        self.brush.setVisible(on)
        if on:
            self.hand.view.setFocus()
        else:
            self._pulling.stop()
            self.brush.setChecked(False)
            self._brush_at = None
        self.hand.view.update()

    def _opened(self, model: Model, soft: bool) -> None:
        can = self.usable = Ability.DRAG in model.abilities
        self._line.setVisible(can)
        self.button.setEnabled(can)
        if not can:
            self.button.setChecked(False)
        self._pulling.stop()  # it is the model before that was pulled at
        if not soft:
            self.clear()

    def retranslate(self) -> None:
        tip = tr(
            "Drag points of the picture: press on one, pull it to where it is to be, and let go. "
            "Shift adds more points, Alt+click takes one away, Esc stops. Point dragging "
            "(DragGAN) (D)"
        )
        mask = tr("Paint what may move; Alt takes away. Without a mask all may. (B)")
        set_words((self.button, tr("Drag points"), tip), (self.brush, tr("Mask"), mask))


def _centred(mouse: Mouse) -> QPointF:
    """Pixels as the engine counts them: 0 is the middle of the first."""
    return mouse.picture - QPointF(0.5, 0.5)
