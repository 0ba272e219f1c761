"""A figure over the lives of runs: a line each, by how many pictures it had seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.desktop import theme

_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 20.0, 40.0, 30.0
_LINES = 5
_HUES = ("#6aa9d8", "#c08ad0", "#7fb77e", "#d88a6a", "#8f9bd8", "#b0a55a")
"""Of the runs beside the chosen one, which has the accent."""


@dataclass(frozen=True)
class Dot:
    """A figure of one checkpoint with its 95 % interval."""

    seen: int
    value: float
    low: float
    high: float
    ceiling: float | None = None


class LifeChart(QWidget):
    """Shows; it is told what."""

    stepped = Signal(int)
    """Up or Down: another figure, so many further."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Mapping[str, Sequence[Dot]] = {}
        self._chosen = ""
        self._written = {0.0: ""}
        self._names: Mapping[str, str] = {}
        self.setMinimumHeight(180)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder = ""

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def show_lines(
        self,
        lines: Mapping[str, Sequence[Dot]],
        names: Mapping[str, str],
        chosen: str,
        written: Mapping[float, str],
    ) -> None:
        """Lines by runs, which are called `names`; `written` has the words of ruled heights."""
        self.lines, self._names, self._chosen = lines, names, chosen
        self._written = dict(written)
        self.update()

    def colour(self, run: str) -> QColor:
        """Of the line of a run."""
        if run == self._chosen:
            return QColor(theme.colours().accent)
        others = [each for each in self.lines if each != self._chosen]
        return QColor(_HUES[others.index(run) % len(_HUES)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up.value: -1, Qt.Key.Key_Down.value: 1}.get(event.key())
        if by is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(by)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = theme.colours()
        if self.hasFocus():
            painter.setPen(QColor(c.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        if not any(self.lines.values()):
            painter.setPen(QColor(c.quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(flags), self.placeholder)
            return
        self._rule(painter, area)
        self._name(painter, area)
        for run in (*(each for each in self.lines if each != self._chosen), self._chosen):
            if self.lines.get(run):
                self._draw(painter, area, run)

    def _rule(self, painter: QPainter, area: QRectF) -> None:
        c, most = theme.colours(), self._most_seen()
        for height, words in self._written.items():
            y = self._y(area, height)
            painter.setPen(QColor(c.line))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(c.quiet))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 10, _LEFT - 10, 20), int(right), words)
        for share, side in ((0.0, Qt.AlignmentFlag.AlignLeft), (1.0, Qt.AlignmentFlag.AlignRight)):
            below = QRectF(area.left(), area.bottom() + 6, area.width(), 20)
            painter.drawText(below, int(side), f"{round(share * most):,}")

    def _name(self, painter: QPainter, area: QRectF) -> None:
        """What the lines are, as far as there is room for it."""
        left, metrics = area.left(), self.fontMetrics()
        for run in self.lines:
            words = self._names.get(run, run)
            wide = metrics.horizontalAdvance(words)
            if left + 18 + wide > area.right():
                words = metrics.elidedText(
                    words, Qt.TextElideMode.ElideRight, max(0, int(area.right() - left - 18))
                )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colour(run))
            painter.drawEllipse(QPointF(left + 5, 16), 4, 4)
            painter.setPen(QColor(theme.colours().text))
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(left + 16, 6, wide + 4, 20), middle, words)
            left += wide + 40
            if left > area.right() - 60:
                return

    def _draw(self, painter: QPainter, area: QRectF, run: str) -> None:
        dots, colour = self.lines[run], self.colour(run)
        places = [QPointF(self._x(area, dot), self._y(area, dot.value)) for dot in dots]
        if run == self._chosen:
            self._draw_ceiling(painter, area, dots)
            band = [QPointF(self._x(area, dot), self._y(area, dot.high)) for dot in dots]
            band += [QPointF(self._x(area, dot), self._y(area, dot.low)) for dot in reversed(dots)]
            shade = QColor(colour)
            shade.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            painter.drawPolygon(QPolygonF(band))
        painter.setPen(QPen(colour, 2 if run == self._chosen else 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))
        painter.setBrush(colour)
        for place in places:
            painter.drawEllipse(place, 3, 3)

    def _draw_ceiling(self, painter: QPainter, area: QRectF, dots: Sequence[Dot]) -> None:
        known = [dot.ceiling for dot in dots if dot.ceiling is not None]
        if not known:
            return
        y = self._y(area, known[-1])
        painter.setPen(QPen(QColor(theme.colours().text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _most_seen(self) -> int:
        return max((dot.seen for dots in self.lines.values() for dot in dots), default=1) or 1

    def _x(self, area: QRectF, dot: Dot) -> float:
        return area.left() + area.width() * dot.seen / self._most_seen()

    def _y(self, area: QRectF, value: float) -> float:
        low, high = min(self._written), max(self._written)
        share = (value - low) / max(high - low, 1e-12)
        return area.bottom() - area.height() * min(1.0, max(0.0, share))


def heights(lines: Mapping[str, Sequence[Dot]]) -> list[float]:
    """Round numbers that lie below, between and above all that is drawn, evenly."""
    dots = [dot for each in lines.values() for dot in each]
    found = [n for dot in dots for n in (dot.low, dot.high, dot.ceiling) if n is not None]
    if not found:
        return [0.0, 1.0]
    low, high = min(found), max(found)
    rough = max(high - low, abs(high) * 0.02, 1e-6) / _LINES
    size = 10.0 ** len(f"{int(rough)}") / 10 if rough >= 1 else 1.0
    while size > rough:
        size /= 10
    step = next(size * n for n in (1, 2, 5, 10) if size * n >= rough)
    first = int(low // step)
    last = int(-(-high // step))
    return [number * step for number in range(first, max(last, first + 1) + 1)]
