"""The line of time: keys to be dragged, and the playhead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from studio.desktop import theme

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Timeline

MARGIN = 12
HEIGHT = 52
_RULER = 18
_HALF = 6
"""Of a key, in pixels."""
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
_APART = 56
"""Pixels between two numbers of the ruler, at least."""
_OWN_KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown, Qt.Key.Key_Delete, Qt.Key.Key_Backspace,
)  # fmt: skip


class Track(QWidget):
    """Shows a timeline and says what the hand wants of it; changes nothing itself."""

    scrubbed = Signal(float)
    """The playhead is to go to a moment, in seconds."""
    dragged = Signal(int, float)
    """A key, by its place in the order, is to go to a moment."""
    dropped = Signal()
    """The hand let it go."""
    deleted = Signal(int)
    picked = Signal()
    """Another key is chosen, or none."""
    menuWanted = Signal(int, QPoint)
    """For a key, or -1, at a place of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.time, self.chosen = 0.0, -1
        self._line: Timeline | None = None
        self._held = -2
        """The key in the hand, -1 the playhead, -2 nothing."""

    def show_line(self, line: Timeline | None) -> None:
        self._line = line
        count = len(line.keys) if line is not None else 0
        self.chosen = min(self.chosen, count - 1)
        self.update()

    def show_time(self, time: float) -> None:
        self.time = time
        self.update()

    def choose(self, place: int) -> None:
        """Mark a key; -1 none."""
        self.chosen = place
        self.update()
        self.picked.emit()

    def x_of(self, time: float) -> float:
        """Where a moment lies, in pixels from the left."""
        return MARGIN + (self.width() - 2 * MARGIN) * time / self.seconds

    @property
    def seconds(self) -> float:
        """How long the line is."""
        return self._line.seconds if self._line is not None else 1.0

    def time_at(self, x: float) -> float:
        """The moment of the frame at so many pixels from the left."""
        if self._line is None:
            return 0.0
        share = (x - MARGIN) / max(1, self.width() - 2 * MARGIN)
        rate = float(self._line.rate)
        time = round(min(1.0, max(0.0, share)) * self._line.seconds * rate) / rate
        return float(min(time, self._line.seconds))

    def key_at(self, place: QPointF) -> int:
        """The key under the pointer, or -1; the chosen one first."""
        if self._line is None or place.y() < _RULER:
            return -1
        near = [
            number for number, key in enumerate(self._line.keys)
            if abs(self.x_of(key.time) - place.x()) <= _HALF + 2
        ]  # fmt: skip
        return self.chosen if self.chosen in near else (near[-1] if near else -1)

    # ------------------------------------------------------------------ the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._line is None:
            return
        self._held = self.key_at(event.position())
        self.choose(self._held)
        if self._held < 0:
            self.scrubbed.emit(self.time_at(event.position().x()))
        else:
            self.scrubbed.emit(self._line.keys[self._held].time)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        time = self.time_at(event.position().x())
        if self._held == -1:
            self.scrubbed.emit(time)
        elif self._held >= 0 and self._line is not None:
            self.dragged.emit(self._held, time)
            self._held = self.chosen

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held >= 0:
            self.dropped.emit()
        self._held = -2

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.chosen
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            place = self.key_at(QPointF(event.pos()))
            self.choose(place)
        self.menuWanted.emit(place, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Keys that are commands of the room elsewhere belong to the line while it has them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            others = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.key() in _OWN_KEYS and not others:
                event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line, keys = self._line, Qt.Key
        if line is None or event.key() not in _OWN_KEYS:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = 1.0 if far else float(1 / line.rate)
        if key in (keys.Key_Delete, keys.Key_Backspace):
            if self.chosen >= 0:
                self.deleted.emit(self.chosen)
        elif key in (keys.Key_PageUp, keys.Key_PageDown):
            self._step_key(1 if key == keys.Key_PageDown else -1)
        else:
            to = {keys.Key_Left: self.time - step, keys.Key_Right: self.time + step,
                  keys.Key_Home: 0.0, keys.Key_End: line.seconds}[key]  # fmt: skip
            self.scrubbed.emit(min(line.seconds, max(0.0, to)))

    def _step_key(self, by: int) -> None:
        if self._line is not None and self._line.keys:
            self.choose((self.chosen + by) % len(self._line.keys))
            self.scrubbed.emit(self._line.keys[self.chosen].time)

    # ------------------------------------------------------------------ the picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = theme.colours()
        middle = _RULER + (HEIGHT - _RULER) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.raised))
        bar = QRectF(MARGIN, _RULER + 4, self.width() - 2 * MARGIN, HEIGHT - _RULER - 8)
        painter.drawRoundedRect(bar, 4, 4)
        if self._line is not None:
            self._paint_ruler(painter, c)
            self._paint_keys(painter, c, middle)
            self._paint_head(painter, c)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_ruler(self, painter: QPainter, c: theme.Colours) -> None:
        assert self._line is not None
        seconds, width = self._line.seconds, self.width() - 2 * MARGIN
        step = next((each for each in _STEPS if width * each / seconds >= _APART), _STEPS[-1])
        painter.setFont(theme.font(11))
        painter.setPen(QColor(c.quiet))
        for number in range(int(seconds / step + 1e-6) + 1):
            x = self.x_of(number * step)
            place = QRectF(min(max(0.0, x - 30), self.width() - 60), 0, 60, _RULER)
            side = (
                Qt.AlignmentFlag.AlignLeft if x < 30
                else Qt.AlignmentFlag.AlignRight if x > self.width() - 30
                else Qt.AlignmentFlag.AlignHCenter
            )  # fmt: skip
            painter.drawText(place.adjusted(4, 0, -4, 0), side | Qt.AlignmentFlag.AlignVCenter,
                             f"{number * step:g}")  # fmt: skip

    def _paint_keys(self, painter: QPainter, c: theme.Colours, middle: float) -> None:
        assert self._line is not None
        for number, key in enumerate(self._line.keys):
            x = self.x_of(key.time)
            colour = QColor(c.accent if number == self.chosen else c.text)
            if key.hold:
                painter.setPen(QPen(colour, 3))
                end = min(self.x_of(key.time + key.hold), self.width() - MARGIN)
                painter.drawLine(QPointF(x, middle), QPointF(end, middle))
            painter.setPen(QPen(QColor(c.panel), 1))
            painter.setBrush(colour)
            corners = ((0, -_HALF), (_HALF, 0), (0, _HALF), (-_HALF, 0))
            painter.drawPolygon(QPolygonF([QPointF(x + a, middle + b) for a, b in corners]))

    def _paint_head(self, painter: QPainter, c: theme.Colours) -> None:
        x = self.x_of(self.time)
        painter.setPen(QPen(QColor(c.accent), 1.5))
        painter.drawLine(QPointF(x, _RULER - 2), QPointF(x, HEIGHT - 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent))
        corners = ((-5, -8), (5, -8), (0, 0))
        painter.drawPolygon(QPolygonF([QPointF(x + a, _RULER + b) for a, b in corners]))
