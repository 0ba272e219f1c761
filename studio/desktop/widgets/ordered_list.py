"""A short list whose rows the artist brings into an order, by dragging them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from studio.desktop import theme
from studio.desktop.widgets.count_list import CountList


class OrderedList(CountList):
    """A line shows between which rows the one that is held would come; Escape lets it go."""

    moved = Signal(object, int)
    """The key of a row, and the place that it was brought to, from 0 on."""
    removed = Signal(object)
    """Delete was pressed on the row with this key."""

    def __init__(self, parent: QWidget | None = None, *, most: int = 0) -> None:
        super().__init__(parent, most=most)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._held = self._gap = -1
        self._began = QPoint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = self.indexAt(event.position().toPoint()).row()
            self._began = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._held < 0 or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        far = (at - self._began).manhattanLength() >= QApplication.startDragDistance()
        if far or self._gap >= 0:
            self._gap = self._gap_at(at.y())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, gap = self._held, self._gap
        self._let_go()
        super().mouseReleaseEvent(event)
        # Between itself and a neighbour is where it is.
        if held >= 0 and gap >= 0 and gap not in (held, held + 1):
            key = self.entries()[held].key
            self.moved.emit(key, gap if gap < held else gap - 1)

    def event(self, event: QEvent) -> bool:
        """Delete is about the row here, whatever it means elsewhere in the place."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gap >= 0:
            self._let_go()
        elif event.key() == Qt.Key.Key_Delete and self.current_key() is not None:
            self.removed.emit(self.current_key())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap >= 0:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(theme.colours().accent), 2))
            y = self._gap * self.row_height - self.verticalScrollBar().value()
            y = min(max(1, y), self.viewport().height() - 1)
            painter.drawLine(4, y, self.viewport().width() - 4, y)

    def _gap_at(self, y: int) -> int:
        """Which gap between rows is nearest: 0 above the first."""
        row = round((y + self.verticalScrollBar().value()) / self.row_height)
        return min(max(0, row), self.count())

    def _let_go(self) -> None:
        self._held = self._gap = -1
        self.viewport().update()
