"""A small picture at an end of a slider: what lies there. A click goes there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from studio.desktop import theme
from studio.desktop.widgets import checkerboard

SIDE = 32


class EndPicture(QAbstractButton):
    """Empty until a picture comes. Tab reaches it; a click leaves the focus where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._picture = QImage()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def show_picture(self, picture: QImage) -> None:
        self._picture = picture
        self.update()

    def picture(self) -> QImage:
        return self._picture

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self.rect()
        if self._picture.isNull():
            painter.fillRect(area, QColor(c.raised))
            place = area
        else:
            place = self._laid(painter)
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.quiet), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))

    def _laid(self, painter: QPainter) -> QRect:
        """The picture in the middle, and where it is then."""
        ratio = self._picture.width() / max(1, self._picture.height())
        width = round(SIDE * min(1.0, ratio))
        height = round(SIDE * min(1.0, 1 / ratio))
        place = QRect((SIDE - width) // 2, (SIDE - height) // 2, width, height)
        checkerboard.lay(painter, place, self._picture)
        painter.drawImage(place, self._picture)
        return place
