"""The frame of a crop: eight handles, what mouse and arrow keys take of it, and its look."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of the picture from 0 to 1."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
MOVE = "move"
"""What is taken by the inside; handles are called l, t, r, b and by the corner, as in "lt"."""
_GRAB, _HANDLE = 10.0, 9.0
CURSORS = {
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
    "lt": Qt.CursorShape.SizeFDiagCursor, "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor, "lb": Qt.CursorShape.SizeBDiagCursor,
    MOVE: Qt.CursorShape.SizeAllCursor,
}  # fmt: skip
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


def frame_rect(box: Box, area: QRectF) -> QRectF:
    """Where `box` is on the screen, of a picture that is shown in `area`."""
    return QRectF(
        area.x() + box[0] * area.width(), area.y() + box[1] * area.height(),
        (box[2] - box[0]) * area.width(), (box[3] - box[1]) * area.height(),
    )  # fmt: skip


def handles(rect: QRectF) -> dict[str, QPointF]:
    """The eight handles by name."""
    across = {"l": rect.left(), "": rect.center().x(), "r": rect.right()}
    down = {"t": rect.top(), "": rect.center().y(), "b": rect.bottom()}
    return {x + y: QPointF(across[x], down[y]) for x in across for y in down if x + y}


def taken_at(rect: QRectF, place: QPointF) -> str:
    """The handle near `place`, `MOVE` inside of the frame, nothing elsewhere."""
    for name, handle in handles(rect).items():
        if (handle - place).manhattanLength() <= _GRAB:
            return name
    return MOVE if rect.contains(place) else ""


def paint_frame(painter: QPainter, area: QRectF, rect: QRectF, line: QPen, fill: QColor) -> None:
    """What goes is dimmed; thirds help the eye. `fill` is the colour of handles."""
    outside, inside = QPainterPath(), QPainterPath()
    outside.addRect(area)
    inside.addRect(rect)
    painter.fillPath(outside - inside, QColor(0, 0, 0, 150))
    painter.setPen(QPen(QColor(255, 255, 255, 80), 1))
    for part in (1 / 3, 2 / 3):
        x, y = rect.left() + part * rect.width(), rect.top() + part * rect.height()
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(line)
    painter.drawRect(rect)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
    painter.setBrush(fill)
    for handle in handles(rect).values():
        corner = handle - QPointF(_HANDLE / 2, _HANDLE / 2)
        painter.drawRect(QRectF(corner.x(), corner.y(), _HANDLE, _HANDLE))
