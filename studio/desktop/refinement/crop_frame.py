"""The frame of a crop, on the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from studio.desktop.refinement.bench_view import ViewTool
from studio.desktop.widgets import frame_handles
from studio.desktop.widgets.frame_handles import ARROWS, CURSORS, MOVE, WHOLE, Box
from studio.engine.refinement.crop import Crop, kept_part

_LEAST = 0.04
"""The smallest side, as a share of the picture."""


class CropFrame(ViewTool):
    """Handles size it, its inside moves it, arrows move it by a pixel and with Shift by ten."""

    def __init__(self, crop: Crop, changed: Callable[[dict[str, float]], None]) -> None:
        """`changed` is called with new values of left, top, right and bottom."""
        self._changed = changed
        self._grabbed, self._from = "", (0.0, 0.0)
        self._start = WHOLE
        self.show_crop(crop)

    def show_crop(self, crop: Crop) -> None:
        self._aspect = crop.aspect
        self.box: Box = (crop.left, crop.top, 1 - crop.right, 1 - crop.bottom)

    def press(self, event: QMouseEvent) -> bool:
        self._grabbed = self._under(event.position())
        self._from, self._start = self.share(event.position()), self.box
        return bool(self._grabbed)

    def move(self, event: QMouseEvent) -> None:
        x, y = self.share(event.position())
        self._pull(self._grabbed, x - self._from[0], y - self._from[1])

    def release(self) -> None:
        self._grabbed = ""

    def hover(self, place: QPointF) -> Qt.CursorShape | None:
        return CURSORS.get(self._under(place))

    def key(self, event: QKeyEvent) -> bool:
        by = ARROWS.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        image = self.view.image()
        self._start = self.box
        self._pull(MOVE, by[0] * far / image.width(), by[1] * far / image.height())
        return True

    def _pull(self, what: str, x: float, y: float) -> None:
        left, top, right, bottom = self._start
        if what == MOVE:
            x = min(max(x, -left), 1 - right)
            y = min(max(y, -top), 1 - bottom)
            box = left + x, top + y, right + x, bottom + y
        else:
            left += x * ("l" in what)
            right += x * ("r" in what)
            top += y * ("t" in what)
            bottom += y * ("b" in what)
            left = min(max(0.0, left), self._start[2] - _LEAST)
            right = max(min(1.0, right), self._start[0] + _LEAST)
            top = min(max(0.0, top), self._start[3] - _LEAST)
            bottom = max(min(1.0, bottom), self._start[1] + _LEAST)
            box = left, top, right, bottom
        self.box = box
        self.view.update()
        values = (box[0], box[1], 1 - box[2], 1 - box[3])
        names = ("left", "top", "right", "bottom")
        self._changed({n: round(min(v, 0.95), 4) for n, v in zip(names, values, strict=True)})

    # ------------------------------------------------------------------ on the screen

    def handles(self) -> dict[str, QPointF]:
        return frame_handles.handles(self._rect())

    def _rect(self) -> QRectF:
        return frame_handles.frame_rect(self.box, self.view.target())

    def _under(self, place: QPointF) -> str:
        return frame_handles.taken_at(self._rect(), place)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        size = self.view.image().size()
        kept = kept_part(self.box, self._aspect, size.width(), size.height())
        white = QColor("#ffffff")
        frame_handles.paint_frame(
            painter, area, frame_handles.frame_rect(kept, area), QPen(white, 1), white
        )
