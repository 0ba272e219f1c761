"""A picture on which regions are drawn: rectangles or free outlines, one by one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.dataset.regions.picture_canvas import PictureCanvas
from studio.desktop.widgets import checkerboard
from studio.engine.dataset.index.regions import MOST_POINTS, Region, Regions, box

_STEP, _LEAST = 4, 6
_BEGIN = 0.2
"""A region made by a key covers this share of each side, in the middle."""
_WALK = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class RegionView(PictureCanvas):
    """Regions one by one, of which one is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.regions: list[Region] = []
        self.current = -1
        self.way = "blur"
        self.is_lasso = False
        self._stroke: list[QPointF] = []
        self.setCursor(Qt.CursorShape.CrossCursor)

    # ------------------------------------------------------------------ what is shown

    def set_regions(self, regions: Regions) -> None:
        self.regions = list(regions)
        self.current = len(self.regions) - 1
        self._tell()

    def add(self, region: Region) -> None:
        self.regions.append(region)
        self.current = len(self.regions) - 1
        self._tell()

    def remove_current(self) -> None:
        if 0 <= self.current < len(self.regions):
            del self.regions[self.current]
            self.current = min(self.current, len(self.regions) - 1)
            self._tell()

    def set_way(self, way: str) -> None:
        self.way = way
        if 0 <= self.current < len(self.regions):
            old = self.regions[self.current]
            if old.way != way:
                self.regions[self.current] = Region(old.points, way)
                self._tell()

    def set_lasso(self, on: bool) -> None:
        self.is_lasso = on

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        c, area = theme.colours(), self.picture_rect()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(c.canvas))
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if not self._image.isNull():
            checkerboard.lay(painter, area, self._image)
            painter.drawImage(area, self._image)
        for number, region in enumerate(self.regions):
            outline = self._on_screen(region)
            chosen = number == self.current
            # A dark line under the bright one: seen on any picture.
            painter.setBrush(QColor(0, 0, 0, 60) if not chosen else QColor(0, 0, 0, 0))
            painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
            painter.drawPolygon(outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.accent if chosen else theme.DARK.text), 1.5))
            painter.drawPolygon(outline)
        if len(self._stroke) > 1:
            painter.setPen(QPen(QColor(c.accent), 1.5, Qt.PenStyle.DashLine))
            shape = QPolygonF(self._stroke if self.is_lasso else _corners(self._stroke))
            painter.drawPolygon(shape)

    def _on_screen(self, region: Region) -> QPolygonF:
        area = self.picture_rect()
        return QPolygonF(
            [
                QPointF(area.left() + x * area.width(), area.top() + y * area.height())
                for x, y in region.points
            ]
        )

    # ------------------------------------------------------------------ drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._stroke = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._stroke:
            return
        spot = event.position()
        if not self.is_lasso:
            self._stroke = [self._stroke[0], spot]
        elif (spot - self._stroke[-1]).manhattanLength() >= _STEP:
            self._stroke.append(spot)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A stroke is a region; a click chooses the one under it."""
        stroke, self._stroke = self._stroke, []
        if event.button() != Qt.MouseButton.LeftButton or not stroke:
            return
        bounds = QPolygonF(stroke).boundingRect()
        if max(bounds.width(), bounds.height()) < _LEAST:
            self._choose(event.position())
            return
        outline = stroke if self.is_lasso else _corners(stroke)
        step = -(-len(outline) // MOST_POINTS)
        points = tuple(self._share(spot) for spot in outline[::step])
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if len(points) >= 3 and max(xs) > min(xs) and max(ys) > min(ys):
            self.add(Region(points, self.way))
        self.update()

    def _choose(self, spot: QPointF) -> None:
        for number in reversed(range(len(self.regions))):
            outline = self._on_screen(self.regions[number])
            if outline.containsPoint(spot, Qt.FillRule.WindingFill):
                self.current = number
                self.way = self.regions[number].way
                break
        self._tell()

    # ------------------------------------------------------------------ the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N adds a region, arrows move it, Ctrl sizes it, Delete takes it away."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_current()
        elif key == Qt.Key.Key_N:
            low, high = 0.5 - _BEGIN / 2, 0.5 + _BEGIN / 2
            self.add(box(low, low, high, high, self.way))
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight) and self.regions:
            ahead = 1 if key == Qt.Key.Key_BracketRight else -1
            self.current = (self.current + ahead) % len(self.regions)
            self._tell()
        elif key in _WALK and 0 <= self.current < len(self.regions):
            step = 0.05 if modifiers & Qt.KeyboardModifier.ShiftModifier else 0.005
            self._shift(*_WALK[key], step, bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _shift(self, across: int, down: int, step: float, sizes: bool) -> None:
        region = self.regions[self.current]
        xs, ys = [x for x, _ in region.points], [y for _, y in region.points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        if sizes:
            width = max(0.01, min(1 - left, right - left + across * step))
            height = max(0.01, min(1 - top, bottom - top + down * step))
            wide, tall = width / max(1e-9, right - left), height / max(1e-9, bottom - top)
            points = tuple(
                (left + (x - left) * wide, top + (y - top) * tall) for x, y in region.points
            )
        else:
            dx = min(1 - right, max(-left, across * step))
            dy = min(1 - bottom, max(-top, down * step))
            points = tuple((x + dx, y + dy) for x, y in region.points)
        self.regions[self.current] = Region(points, region.way)
        self._tell()


def _corners(stroke: list[QPointF]) -> list[QPointF]:
    area = QRectF(stroke[0], stroke[-1]).normalized()
    return [area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft()]
