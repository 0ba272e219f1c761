"""A row of cells, one for each layer or slot of a model, from coarse to fine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.desktop import theme
from studio.desktop.plain_text import tip

HEIGHT = 28
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Tone(Enum):
    """How a cell is filled."""

    PLAIN = 0
    HALF = 1
    FULL = 2


class CellStrip(QWidget):
    """Click or drag over cells, or walk them by the arrow keys and press Space."""

    pressed = Signal(int)
    """A cell was clicked, or Space pressed on it: a gesture begins."""
    swept = Signal(int)
    """The gesture goes on over another cell."""
    walked = Signal(int)
    """The keyboard is at another cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = 0
        self._tones: list[Tone] = []
        self._names: list[str] = []
        self._framed = -1
        self._last = -1
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_cells(self, tones: Sequence[Tone], names: Sequence[str]) -> None:
        """How each is filled, and what its tooltip says."""
        self._tones, self._names = list(tones), list(names)
        self.current = min(self.current, max(0, len(tones) - 1))
        self.update()

    def frame(self, cell: int) -> None:
        """Put the frame of what is chosen around a cell; -1 for none."""
        self._framed = cell
        self.update()

    def rect_of(self, cell: int) -> QRectF:
        width = self.width() / max(1, len(self._tones))
        return QRectF(cell * width + 1, 3, width - 2, self.height() - 6)

    def sizeHint(self) -> QSize:
        return QSize(16 * max(1, len(self._tones)), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        fills = {Tone.PLAIN: c.raised, Tone.HALF: c.quiet, Tone.FULL: c.accent}
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for cell, tone in enumerate(self._tones):
            here = self.hasFocus() and cell == self.current
            chosen = cell == self._framed
            edge = c.text if here else c.accent if chosen else c.line
            painter.setPen(QPen(QColor(edge), 2 if here or chosen else 1))
            painter.setBrush(QColor(fills[tone]))
            painter.drawRoundedRect(self.rect_of(cell), 3, 3)

    def event(self, event: QEvent) -> bool:
        """The tooltip of the cell under the pointer; Space takes a cell, whatever it means in
        the place around."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._names:
            QToolTip.showText(event.globalPos(), tip(self._names[self._at(event.pos().x())]), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._tones:
            self.current = self._last = self._at(event.position().x())
            self.pressed.emit(self.current)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last < 0 or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        while self._last != (at := self._at(event.position().x())):  # the pointer may skip some
            self._last += 1 if at > self._last else -1
            self.swept.emit(self._last)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is not None and self._tones:
            self.current = min(len(self._tones) - 1, max(0, self.current + step))
            self.setAccessibleDescription(self._names[self.current])
            self.walked.emit(self.current)
            self.update()
        elif event.key() == Qt.Key.Key_Space and self._tones:
            self.pressed.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _at(self, x: float) -> int:
        cell = int(x * len(self._tones) / max(1, self.width()))
        return min(len(self._tones) - 1, max(0, cell))
