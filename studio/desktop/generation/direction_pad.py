"""Two directions at once: a square whose width is one and whose height is the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop import theme
from studio.desktop.generation.direction_line import DirectionLine
from studio.desktop.generation.direction_row import LIMIT
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets import boxes
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words

HEIGHT = 160
EDGE = 8.0
STEP, LARGE = 0.1, 0.5
"""What an arrow key adds, and with Shift."""
_CATCH = 0.08
"""Nearer to a middle line the hand catches, so that zero is easy to hit."""
_KEYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


class Field(QWidget):
    """Where both values lie, from -LIMIT to LIMIT; a double click puts them in the middle."""

    moved = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.values = (0.0, 0.0)

    def sizeHint(self) -> QSize:
        return QSize(HEIGHT, HEIGHT)

    def show_values(self, x: float, y: float) -> None:
        self.values = x, y
        self.update()

    def place(self, x: float, y: float) -> QPointF:
        """Where two values lie, in pixels."""
        area = self._area()
        across = (x + LIMIT) / (2 * LIMIT) * area.width()
        up = (y + LIMIT) / (2 * LIMIT) * area.height()
        return QPointF(area.left() + across, area.bottom() - up)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)

    def _go(self, place: QPointF) -> None:
        area = self._area()
        x = (place.x() - area.left()) / max(1.0, area.width())
        y = (area.bottom() - place.y()) / max(1.0, area.height())
        self._put(*((each - 0.5) * 2 * LIMIT for each in (x, y)))

    def _put(self, x: float, y: float) -> None:
        kept = [max(-LIMIT, min(LIMIT, each)) for each in (x, y)]
        x, y = (0.0 if abs(each) < _CATCH else round(each, 2) for each in kept)
        if (x, y) != self.values:
            self.show_values(x, y)
            self.moved.emit(x, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._put(0.0, 0.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Delete and 0 reset."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = LARGE if large else STEP
            self._put(*(now + step * way for now, way in zip(self.values, _KEYS[key], strict=True)))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_0):
            self._put(0.0, 0.0)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.line), 1))
        painter.setBrush(QColor(c.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        middle, hand, area = self.place(0, 0), self.place(*self.values), self._area()
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.setPen(QPen(QColor(c.accent), 2))
        painter.drawLine(middle, hand)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent if self.hasFocus() else c.text))
        painter.drawEllipse(hand, 6, 6)


class DirectionPad(QWidget):
    """The field, and which direction each of its sides is."""

    moved = Signal(str, float, str, float)
    """Identity and value of both."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = Field()
        self.words = Label(), Label()
        self.axes = ElidedCombo(), ElidedCombo()
        self._values: Mapping[int | str, float] = {}
        for axis in self.axes:
            axis.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            axis.setMinimumContentsLength(6)
            axis.activated.connect(self._chosen)
        pairs = zip(self.words, self.axes, strict=True)
        across, up = (boxes.row(word, (axis, 1), gap=6) for word, axis in pairs)
        boxes.column(boxes.row((across, 1), (up, 1), gap=12), self.field, on=self, gap=6)
        self.field.moved.connect(self._moved)

    def set_lines(self, lines: Sequence[DirectionLine]) -> None:
        """What both sides may be, in the order of the list; what was chosen stays."""
        known = [line for line in lines if line.key]
        for place, axis in enumerate(self.axes):
            before = axis.currentData()
            axis.clear()
            for line in known:
                axis.addItem(line.name(), line.key)
            found = axis.findData(before)
            axis.setCurrentIndex(found if found >= 0 else min(place, len(known) - 1))
        self.setEnabled(len(known) > 1)
        self._show()

    def show_values(self, values: Mapping[int | str, float]) -> None:
        """Steps by identity."""
        self._values = values
        self._show()

    def _keys(self) -> tuple[str, str]:
        first, second = (str(axis.currentData() or "") for axis in self.axes)
        return first, second

    def _show(self) -> None:
        x, y = (self._values.get(key, 0.0) for key in self._keys())
        self.field.show_values(x, y)

    def _chosen(self) -> None:
        """One direction cannot be both sides: the other gives way."""
        first, second = self.axes
        changed = self.sender()
        if first.currentIndex() == second.currentIndex():
            other = second if changed is first else first
            other.setCurrentIndex((other.currentIndex() + 1) % max(1, other.count()))
        self._show()

    def _moved(self, x: float, y: float) -> None:
        first, second = self._keys()
        if first and second:
            self.moved.emit(first, x, second, y)

    def retranslate(self) -> None:
        for word, text in zip(self.words, "XY", strict=True):
            word.setText(text)
        set_words(
            (self.axes[0], tr("Direction across"), tr("The direction from left to right")),
            (self.axes[1], tr("Direction upwards"), tr("The direction from bottom to top")),
            (self.field, tr("Pad of two directions"),
             tr("Drag, or move by arrow keys (Shift: farther); double-click resets (XY pad)")),
        )  # fmt: skip
