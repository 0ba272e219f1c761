"""The sound of a film under its line of time: how loud it is, and where sounds begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from studio.desktop import theme

if TYPE_CHECKING:
    from studio.desktop.generation.timeline.track import Track
    from studio.engine.generation.sound.heard import Heard

HEIGHT = 40
_TICK = 5
"""Of an onset, in pixels."""


class Wave(QWidget):
    """Lies below a track, and has its scale; a press moves the playhead."""

    scrubbed = Signal(float)

    def __init__(self, track: Track) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self._track = track
        self._heard: Heard | None = None
        self._sentence = ""
        self._still: tuple[tuple[object, ...], QPixmap] | None = None
        """What was painted last, and how it came to look so."""

    def show_heard(self, heard: Heard | None, sentence: str = "") -> None:
        """What is heard; without it `sentence` stands there."""
        self._heard, self._sentence = heard, sentence
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self._track.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self._track.time_at(event.position().x()))

    # ------------------------------------------------------------------ the picture

    def levels(self, columns: int) -> list[float]:
        """The largest amplitude of every column of the line of time, 0 to 1."""
        from studio.engine.generation.sound.heard import STEP
        from studio.engine.generation.sound.recording import RATE

        if self._heard is None or columns < 1:
            return []
        edges = np.linspace(0, self._track.seconds * RATE / STEP, columns + 1).astype(int)
        peaks = np.append(self._heard.peaks, np.float32(0))
        starts = np.minimum(edges[:-1], len(peaks) - 1)
        found = np.maximum.reduceat(peaks, starts)
        found[edges[:-1] >= len(peaks)] = 0
        return [float(each) for each in found]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # It is painted again for every frame of a film, and hardly ever another one.
        looks = (self._heard, self.size(), self._track.seconds, theme.name(), self._sentence,
                 self.devicePixelRatioF())  # fmt: skip
        if self._still is None or self._still[0] != looks:
            self._still = looks, self._made()
        painter.drawPixmap(0, 0, self._still[1])
        if self._heard is not None:
            x = self._track.x_of(self._track.time)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.colours().accent), 1.5))
            painter.drawLine(QPointF(x, 0), QPointF(x, HEIGHT))

    def _made(self) -> QPixmap:
        """All but the playhead."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter, c = QPainter(made), theme.colours()
        left, right = self._track.x_of(0), self._track.x_of(self._track.seconds)
        place = QRectF(left, 0, right - left, HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.raised))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(place, 4, 4)
        if self._heard is None:
            painter.setPen(QColor(c.quiet))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._sentence)
            painter.end()
            return made
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_levels(painter, c, left, int(right - left))
        self._paint_onsets(painter, c)
        painter.end()
        return made

    def _paint_levels(
        self, painter: QPainter, c: theme.Colours, left: float, columns: int
    ) -> None:  # fmt: skip
        painter.setPen(QPen(QColor(c.quiet), 1))
        middle, most = HEIGHT / 2 + _TICK / 2, HEIGHT / 2 - _TICK
        for column, level in enumerate(self.levels(columns)):
            x, half = int(left) + column, max(0.5, level * most)
            painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))

    def _paint_onsets(self, painter: QPainter, c: theme.Colours) -> None:
        assert self._heard is not None
        painter.setPen(QPen(QColor(c.text), 1))
        for time in self._heard.onsets:
            if time <= self._track.seconds:
                x = round(self._track.x_of(float(time)))
                painter.drawLine(QPointF(x, 1), QPointF(x, 1 + _TICK))
