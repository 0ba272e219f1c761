"""How often values occur, with a line to drag: what lies beyond it is marked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop import theme

BINS = 80
_MARGIN, _GRAB = 8, 8
# Beyond this ratio of largest to smallest a straight scale shows one bar and nothing else.
_WIDE = 30.0


class Histogram(QWidget):
    """Values on a straight or, where they span decades, a logarithmic scale."""

    moved = Signal(float)
    """The line is being dragged."""
    settled = Signal(float)
    """It was let go of, or moved by a key."""
    resetWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.empty(0)
        self._counts = np.zeros(BINS, np.int64)
        self._low, self._high, self._is_log = 0.0, 1.0, False
        self.limit, self._least, self._most = 0.0, 0.0, 1.0
        self._below = True
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ------------------------------------------------------------------ what is shown

    def show_values(
        self, values: np.ndarray, limit: float, least: float, most: float, *, below: bool
    ) -> None:
        """All values, the limit within `least` to `most`, and on which side it flags."""
        self._values = np.sort(np.asarray(values, np.float64))
        self._least, self._most, self._below = least, most, below
        self._scale(limit)
        self.limit = limit
        self.update()

    def set_limit(self, limit: float) -> None:
        self.limit = limit
        self.update()

    def flagged(self, limit: float, *, inclusive: bool = False) -> int:
        """How many values lie beyond a limit; `inclusive` counts those on it as well."""
        if self._below:
            beyond = self._values <= limit if inclusive else self._values < limit
        else:
            beyond = self._values >= limit if inclusive else self._values > limit
        return int(np.count_nonzero(beyond))

    def _scale(self, limit: float) -> None:
        """From the smallest to nearly the largest value: one stray value hides no shape."""
        if not len(self._values):
            self._low, self._high, self._is_log = self._least, self._most, False
            self._counts = np.zeros(BINS, np.int64)
            return
        low, high = float(self._values[0]), float(np.quantile(self._values, 0.998))
        low, high = min(low, limit), max(high, limit)
        spare = (high - low or max(1.0, abs(high))) * 0.04
        self._is_log = low > 0 and high / low > _WIDE
        if self._is_log:
            self._low, self._high = max(low / 1.2, 1e-9), high * 1.2
        else:
            # Values may reach beyond what a limit may be; the line does not follow them there.
            self._low = low - spare if low < 0 else max(0.0, low - spare)
            self._high = high + spare
            if self._high <= self._low:
                self._high = self._low + 1.0
        shares = np.clip(self._shares(self._values), 0, 1 - 1e-9)
        self._counts = np.bincount((shares * BINS).astype(np.int64), minlength=BINS)

    def _shares(self, values: np.ndarray) -> np.ndarray:
        """0 at the left end of the scale, 1 at the right one."""
        if self._is_log:
            span = np.log(self._high / self._low)
            return np.asarray(np.log(np.maximum(values, 1e-12) / self._low) / span)
        return np.asarray((values - self._low) / (self._high - self._low))

    def _value(self, share: float) -> float:
        share = min(1.0, max(0.0, share))
        if self._is_log:
            value = float(self._low * (self._high / self._low) ** share)
        else:
            value = self._low + share * (self._high - self._low)
        return min(self._most, max(self._least, value))

    # ------------------------------------------------------------------ painting

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, 4, -_MARGIN, -4)

    def line_x(self) -> float:
        area = self._area()
        share = float(np.clip(self._shares(np.array([self.limit]))[0], 0, 1))
        return area.left() + share * area.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        c, area = theme.colours(), self._area()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(c.canvas))
        at = self.line_x()
        flagged = QColor(c.accent)
        flagged.setAlpha(26)
        side = (
            QRectF(area.left(), area.top(), at - area.left(), area.height())
            if self._below
            else QRectF(at, area.top(), area.right() - at, area.height())
        )
        if self.isEnabled():
            painter.fillRect(side, flagged)
        highest = max(1, int(self._counts.max()))
        step = area.width() / BINS
        painter.setPen(Qt.PenStyle.NoPen)
        for number, count in enumerate(self._counts.tolist()):
            if not count:
                continue
            # The root of the count: a bar of one picture can still be seen beside a thousand.
            tall = max(2.0, area.height() * (count / highest) ** 0.5)
            left = area.left() + number * step
            middle = left + step / 2
            beyond = middle < at if self._below else middle > at
            painter.setBrush(QColor(c.accent if beyond and self.isEnabled() else c.quiet))
            painter.drawRect(QRectF(left, area.bottom() - tall, max(1.0, step - 1), tall))
        if not self.isEnabled():
            return
        strong = self.hasFocus() or self._dragging
        painter.setPen(QPen(QColor(c.text), 2 if strong else 1))
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        painter.setBrush(QColor(c.text))
        painter.drawEllipse(QPointF(at, area.top() + 4), 4, 4)

    # ------------------------------------------------------------------ dragging

    def _to(self, x: float) -> None:
        area = self._area()
        self.limit = self._value((x - area.left()) / max(1.0, area.width()))
        self.update()
        self.moved.emit(self.limit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = abs(event.position().x() - self.line_x()) <= _GRAB
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        if self._dragging:
            self._to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.update()
            self.settled.emit(self.limit)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self.resetWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right by a hundredth of the scale, with Shift by a tenth."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        large = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        area = self._area()
        self._to(self.line_x() + way * area.width() * (0.1 if large else 0.01))
        self.settled.emit(self.limit)
