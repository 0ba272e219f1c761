"""The map of the set with what the model makes on it, and a trace of where one has been."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.map_view import MapView

HEIGHT, STILL = 300, 3
"""Of the map, and how far the mouse may move in a click, in pixels."""


class PlayMap(MapView):
    """A click, or the arrow keys, choose one picture; a drag moves the map."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.trace: list[tuple[float, float]] = []
        self._pressed, self._last = QPointF(), QPointF()

    def show_trace(self, trace: Sequence[tuple[float, float]]) -> None:
        self.trace = list(trace)
        self.update()

    def paint_over(self, painter: QPainter) -> None:
        if not self.trace:
            return
        c = theme.colours()
        spots = [QPointF(*spot) for spot in self.plane.spots(np.array(self.trace)).tolist()]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.text), 1.5))
        painter.drawPolyline(QPolygonF(spots))
        painter.setBrush(QColor(c.accent))
        painter.drawEllipse(spots[-1], 5, 5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            spot = event.position()
            self.pan(spot.x() - self._last.x(), spot.y() - self._last.y())
            self._last = spot

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        moved = (event.position() - self._pressed).manhattanLength()
        if event.button() == Qt.MouseButton.LeftButton and moved <= STILL:
            self.choose_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()


class MapPage(QWidget):
    """Says what the hand wants; shows what it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.draw, self.whole = secondary(), secondary()
        self.hint, self.view = text_label(quiet=True), PlayMap()
        column(row(self.draw, self.whole, None, gap=8), self.view, self.hint, on=self, gap=8)
        self.whole.clicked.connect(self.view.fit)

    def retranslate(self) -> None:
        self.hint.setText(tr(
            "Amber: what the model makes. Grey: what it learnt from. A click plays, the line is "
            "where you have been."
        ))  # fmt: skip
        draw = tr(
            "Place pictures of the set and of this model, like beside like (t-SNE of random "
            "features)"
        )
        usage = tr("A click plays a picture, a drag moves the map, the wheel zooms, arrows walk")
        set_words(
            (self.draw, tr("Draw the map"), draw),
            (self.whole, tr("Whole map"), tr("Show all of it (Home)")),
            (self.view, tr("Map of the pictures"), usage),
        )  # fmt: skip
