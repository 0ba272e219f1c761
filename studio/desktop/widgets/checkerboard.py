"""What lies under a transparent picture, wherever one is shown: the same in both themes."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

LIGHT, DARK, _CELL = "#8a8a8a", "#757575", 8


def lay(painter: QPainter, area: QRect | QRectF, picture: QImage | QPixmap) -> None:
    """Fill `area`, where `picture` is painted next, if that can be seen through."""
    if picture.hasAlphaChannel():
        painter.fillRect(area, QBrush(_board()))


@cache
def _board() -> QImage:
    board = QImage(2 * _CELL, 2 * _CELL, QImage.Format.Format_RGB32)
    board.fill(QColor(LIGHT))
    for x in range(_CELL):
        for y in range(_CELL):
            board.setPixelColor(x, y, QColor(DARK))
            board.setPixelColor(x + _CELL, y + _CELL, QColor(DARK))
    return board
