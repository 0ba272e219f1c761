"""The frame of a crop, on the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen

from studio.desktop.refinement.bench_view import ViewTool
from studio.engine.refinement.crop import Crop, kept_part

Box = tuple[float, float, float, float]
_GRAB, _HANDLE, _LEAST = 10.0, 8.0, 0.04
_CURSORS = {
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
    "lt": Qt.CursorShape.SizeFDiagCursor, "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor, "lb": Qt.CursorShape.SizeBDiagCursor,
    "move": Qt.CursorShape.SizeAllCursor,
}  # fmt: skip
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class CropFrame(ViewTool):
    """Handles size it, its inside moves it, arrows move it by a pixel and with Shift by ten."""

    def __init__(self, crop: Crop, changed: Callable[[dict[str, float]], None]) -> None:
        """`changed` is called with new values of left, top, right and bottom."""
        self._changed = changed
        self._grabbed, self._from = "", (0.0, 0.0)
        self._start: Box = (0.0, 0.0, 1.0, 1.0)
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
        return _CURSORS.get(self._under(place))

    def key(self, event: QKeyEvent) -> bool:
        by = _ARROWS.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        image = self.view.image()
        self._start = self.box
        self._pull("move", by[0] * far / image.width(), by[1] * far / image.height())
        return True

    def _pull(self, what: str, x: float, y: float) -> None:
        left, top, right, bottom = self._start
        if what == "move":
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

    def _rect(self, box: Box, area: QRectF) -> QRectF:
        return QRectF(
            area.x() + box[0] * area.width(), area.y() + box[1] * area.height(),
            (box[2] - box[0]) * area.width(), (box[3] - box[1]) * area.height(),
        )  # fmt: skip

    def handles(self) -> dict[str, QPointF]:
        """The eight handles by name: l, t, r, b and the corners."""
        rect = self._rect(self.box, self.view.target())
        across = {"l": rect.left(), "": rect.center().x(), "r": rect.right()}
        down = {"t": rect.top(), "": rect.center().y(), "b": rect.bottom()}
        return {x + y: QPointF(across[x], down[y]) for x in across for y in down if x + y}

    def _under(self, place: QPointF) -> str:
        for name, handle in self.handles().items():
            if (handle - place).manhattanLength() <= _GRAB:
                return name
        return "move" if self._rect(self.box, self.view.target()).contains(place) else ""

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """What goes is dimmed; thirds help the eye."""
        size = self.view.image().size()
        kept = self._rect(kept_part(self.box, self._aspect, size.width(), size.height()), area)
        outside = QPainterPath()
        outside.addRect(area)
        inside = QPainterPath()
        inside.addRect(kept)
        painter.fillPath(outside - inside, QColor(0, 0, 0, 140))
        painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
        for part in (1, 2):
            x, y = kept.x() + kept.width() * part / 3, kept.y() + kept.height() * part / 3
            painter.drawLine(QPointF(x, kept.top()), QPointF(x, kept.bottom()))
            painter.drawLine(QPointF(kept.left(), y), QPointF(kept.right(), y))
        painter.setPen(QPen(QColor("#ffffff"), 1))
        painter.drawRect(kept)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(QColor("#ffffff"))
        for handle in self.handles().values():
            half = _HANDLE / 2
            painter.drawRect(QRectF(handle.x() - half, handle.y() - half, _HANDLE, _HANDLE))
