"""The whole window takes folders, files and archives; while they hover, it says so."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr


class DropOverlay(QWidget):
    """Over everything: in an amber frame what a drop does, or without it why to wait."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._words = self._more = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, words: str = "", more: str = "") -> None:
        """Lie over the window, with what a drop does or with other `words`, `more` below."""
        self._words = words or tr("Drop folders, pictures or a zip to add them")
        self._more = more
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def words(self) -> tuple[str, str]:
        """What it says: the sentence, and what stands below it."""
        return self._words, self._more

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        shade = QColor(c.window)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        frame: QRect = self.rect().adjusted(24, 24, -24, -24)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._more:  # a dashed frame is a place to drop something
            painter.setPen(QPen(QColor(c.accent), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(frame, 8, 8)
        painter.setPen(QColor(c.text))
        painter.setFont(theme.font(18))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.setPen(QColor(c.quiet))
        painter.setFont(theme.font())
        below = frame.adjusted(0, frame.height() // 2 + 3 * theme.SPACE, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._more)
