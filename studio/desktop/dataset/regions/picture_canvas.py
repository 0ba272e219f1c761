"""A picture that is drawn on: where it is on the screen, and what of it is at a place there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

_MARGIN = 16


class PictureCanvas(QWidget):
    """What is drawn is kept in shares of the sides of the picture, as the engine keeps it."""

    changed = Signal()
    """What is drawn is another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._pixels = (1, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)

    def show_picture(self, image: QImage, pixels: tuple[int, int]) -> None:
        """A picture of so many pixels, at any scale."""
        self._image, self._pixels = image, pixels
        self.update()

    def picture_rect(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        scale = min(room.width() / self._pixels[0], room.height() / self._pixels[1])
        width, height = self._pixels[0] * scale, self._pixels[1] * scale
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)

    def _share(self, place: QPointF) -> tuple[float, float]:
        area = self.picture_rect()
        x = (place.x() - area.left()) / max(1.0, area.width())
        y = (place.y() - area.top()) / max(1.0, area.height())
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))
