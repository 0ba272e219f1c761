"""Tone curves: points that are drawn, moved and taken away, one channel at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.widgets.boxes import column, row
from studio.engine.refinement.curves import (
    MOST_POINTS,
    STRAIGHT,
    Point,
    points_of,
    text_of,
    through,
)

_GRAB, _DOT, _GAP = 10.0, 4.0, 0.01
_SHADES = {"red": "#e0675c", "green": "#7fb77e", "blue": "#6f9fe0"}
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1),
}  # fmt: skip


class CurveEditor(QWidget):
    """A button a curve, and the plot of the one that is chosen."""

    valueChanged = Signal(str, object)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = _Plot()
        self.plot.moved.connect(self._moved)
        self.buttons = {name: QToolButton() for name in names}
        self._curves = dict.fromkeys(names, STRAIGHT)
        self._group = QButtonGroup(self)
        for name, button in self.buttons.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, name=name: self.choose(name))
            self._group.addButton(button)
        column(row(*self.buttons.values(), None, gap=4), self.plot, on=self, gap=6)
        self.setFocusProxy(self.plot)
        self._name = ""
        self.choose(names[0])

    def curve(self, name: str) -> str:
        return self._curves[name]

    def set_curve(self, name: str, text: str) -> None:
        self._curves[name] = text
        if name == self._name:
            self.plot.show_points(points_of(text) or [(0.0, 0.0), (1.0, 1.0)])

    def set_words(self, name: str, words: str, tip: str) -> None:
        self.buttons[name].setText(words)
        self.buttons[name].setAccessibleName(words)
        self.buttons[name].setToolTip(tip)
        if name == self._name:
            self.plot.setAccessibleName(words)
            self.plot.setToolTip(tip)

    def choose(self, name: str) -> None:
        self._name = name
        self.buttons[name].setChecked(True)
        self.plot.shade = _SHADES.get(name, "")
        self.plot.setAccessibleName(self.buttons[name].text())
        self.plot.setToolTip(self.buttons[name].toolTip())
        self.set_curve(name, self._curves[name])

    def _moved(self, points: list[Point]) -> None:
        self._curves[self._name] = text_of(points)
        self.valueChanged.emit(self._name, self._curves[self._name])


class _Plot(QWidget):
    """Press adds or takes hold of a point, a drag moves it, a double click takes it away.

    By keys: Page Up and Page Down choose a point, arrows move it, Delete takes it away.
    """

    moved = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._points: list[Point] = [(0.0, 0.0), (1.0, 1.0)]
        self._held, self._chosen = -1, 0
        self.shade = ""
        self.setFixedHeight(176)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(264, 176)

    def show_points(self, points: list[Point]) -> None:
        self._points = points
        self._chosen = min(self._chosen, len(points) - 1)
        self.update()

    # ------------------------------------------------------------------ places

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(6, 6, -6, -6)

    def to_widget(self, point: Point) -> QPointF:
        area = self._area()
        return QPointF(
            area.left() + point[0] * area.width(), area.bottom() - point[1] * area.height()
        )

    def _from_widget(self, place: QPointF) -> Point:
        area = self._area()
        x = (place.x() - area.left()) / area.width()
        y = (area.bottom() - place.y()) / area.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _under(self, place: QPointF) -> int:
        near = [(self.to_widget(each) - place).manhattanLength() for each in self._points]
        best = int(np.argmin(near))
        return best if near[best] <= _GRAB else -1

    # ------------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._under(event.position())
        if found < 0 and len(self._points) < MOST_POINTS:
            point = self._from_widget(event.position())
            if all(abs(point[0] - each[0]) > _GAP for each in self._points):
                self._points = sorted([*self._points, point])
                found = self._points.index(point)
                self.moved.emit(self._points)
        self._held = found
        self._chosen = max(found, 0)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held >= 0:
            self._move(self._held, self._from_widget(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = -1

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._under(event.position())
        self._held = -1
        self._remove(found)

    def event(self, event: QEvent) -> bool:
        """Delete is for a point, and not for what a shortcut of the place would take away."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Delete
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            by = 1 if key == Qt.Key.Key_PageDown else -1
            self._chosen = (self._chosen + by) % len(self._points)
            self.update()
        elif key in _ARROWS:
            far = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.01
            x, y = self._points[self._chosen]
            across, up = _ARROWS[key]
            self._move(self._chosen, (x + across * far, y + up * far))
        elif key == Qt.Key.Key_Delete:
            self._remove(self._chosen)
        else:
            super().keyPressEvent(event)

    def _move(self, which: int, point: Point) -> None:
        """Between its neighbours."""
        low = self._points[which - 1][0] + _GAP if which > 0 else 0.0
        high = self._points[which + 1][0] - _GAP if which < len(self._points) - 1 else 1.0
        x, y = min(max(point[0], low), high), min(1.0, max(0.0, point[1]))
        self._points = [*self._points[:which], (x, y), *self._points[which + 1 :]]
        self.update()
        self.moved.emit(self._points)

    def _remove(self, which: int) -> None:
        if 0 <= which < len(self._points) and len(self._points) > 2:
            self._points = [*self._points[:which], *self._points[which + 1 :]]
            self._chosen = max(0, which - 1)
            self.update()
            self.moved.emit(self._points)

    # ------------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter, area = QPainter(self), self._area()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(c.window))
        painter.setPen(QPen(QColor(c.line), 1))
        for part in range(5):
            x = area.left() + area.width() * part / 4
            y = area.top() + area.height() * part / 4
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.drawLine(area.bottomLeft(), area.topRight())
        across = np.linspace(0, 1, 129, dtype=np.float32)
        heights = through(self._points, across)
        shade = QColor(self.shade or c.text)
        painter.setPen(QPen(shade, 1.6))
        places = zip(across.tolist(), heights.tolist(), strict=True)
        painter.drawPolyline(QPolygonF([self.to_widget(each) for each in places]))
        painter.setPen(Qt.PenStyle.NoPen)
        for number, point in enumerate(self._points):
            lit = number == self._chosen and self.hasFocus()
            painter.setBrush(QColor(c.accent) if lit else shade)
            painter.drawEllipse(self.to_widget(point), _DOT, _DOT)
