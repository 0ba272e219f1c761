"""The whole window takes folders, files and archives; while they hover, it says so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drag, in order."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropOverlay(QWidget):
    """An amber frame over everything and one sentence."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lie over the window."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade, frame, words."""
        c = theme.colours()
        painter = QPainter(self)
        shade = QColor(c.window)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        frame: QRect = self.rect().adjusted(24, 24, -24, -24)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 8, 8)
        painter.setPen(QColor(c.text))
        painter.setFont(theme.font(18))
        painter.drawText(
            frame, Qt.AlignmentFlag.AlignCenter, tr("Drop folders, pictures or a zip to add them")
        )
