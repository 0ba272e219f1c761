"""A wall of equal pictures that always fits its place, walked with the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from studio.desktop import theme
from studio.desktop.pixels import to_qimage
from studio.desktop.widgets import checkerboard
from studio.desktop.widgets.boxes import column, row

GAP = 4.0
_TOGGLES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Wall(QWidget):
    """Space or a double-click makes one picture fill the wall; again brings all back."""

    stepped = Signal(int)
    """The place of the picture with the frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images: list[QImage] = []
        self.placeholder = ""
        self.current = 0
        self.enlarged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 96)

    def set_pictures(self, pictures: np.ndarray | None) -> None:
        """uint8 [N, H, W, C] with 1, 3 or 4 channels, or None for an empty wall."""
        self.images = [] if pictures is None else [to_qimage(one) for one in pictures]
        self.current = min(self.current, max(0, len(self.images) - 1))
        self.enlarged = self.enlarged and bool(self.images)
        self.update()

    def choose(self, place: int) -> None:
        if self.images and 0 <= place < len(self.images) and place != self.current:
            self.current = place
            self.stepped.emit(place)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 320)

    # ------------------------------------------------------------------ arrangement

    def columns(self) -> int:
        """So many that the pictures come out largest."""
        count = len(self.images)
        if not count:
            return 1
        return max(range(1, count + 1), key=lambda n: (round(self._side(n)[0], 3), -n))

    def _side(self, columns: int) -> tuple[float, float]:
        """Width and height of a picture with so many columns."""
        rows = math.ceil(len(self.images) / columns)
        aspect = self.images[0].width() / self.images[0].height()
        wide = (self.width() - GAP * (columns - 1)) / columns
        tall = (self.height() - GAP * (rows - 1)) / rows
        width = max(1.0, min(wide, tall * aspect))
        return width, width / aspect

    def _places(self) -> list[QRectF]:
        columns = self.columns()
        width, height = self._side(columns)
        cells = (divmod(number, columns) for number in range(len(self.images)))
        return [QRectF(x * (width + GAP), y * (height + GAP), width, height) for y, x in cells]

    def place_of(self, number: int) -> QRectF:
        return self._places()[number]

    def _whole(self) -> QRectF:
        image = self.images[self.current]
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        return QRectF((self.width() - width) / 2, 0, width, height)

    # ------------------------------------------------------------------ Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures in hard pixels when enlarged much: what the model made, not a blur of it."""
        c = theme.colours()
        painter = QPainter(self)
        if not self.images:
            painter.setPen(QColor(c.quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), flags, self.placeholder)
            return
        if self.enlarged:
            self._draw(painter, self.images[self.current], self._whole())
            return
        for image, area in zip(self.images, self._places(), strict=True):
            self._draw(painter, image, area)
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRect(self.place_of(self.current).adjusted(1, 1, -1, -1))

    def _draw(self, painter: QPainter, image: QImage, area: QRectF) -> None:
        smooth = area.width() < image.width() * 3
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        checkerboard.lay(painter, area, image)
        painter.drawImage(area, image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, key, wide = Qt.Key, Qt.Key(event.key()), self.columns()
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -wide, keys.Key_Down: wide}
        if key in steps and self.images:
            self.choose(self.current + steps[key])
        elif key in _TOGGLES or (key == Qt.Key.Key_Escape and self.enlarged):
            self._toggle()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the frame where the mouse is."""
        self.setFocus()
        for number, place in enumerate([] if self.enlarged else self._places()):
            if place.contains(event.position()):
                self.choose(number)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._toggle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _toggle(self) -> None:
        if self.images:
            self.enlarged = not self.enlarged
            self.update()


def walls_beside(names: Sequence[QLabel], walls: Sequence[Wall]) -> QHBoxLayout:
    """Walls beside each other, each below its name."""
    columns = [column(*pair, gap=8) for pair in zip(names, walls, strict=True)]
    return row(*((each, 1) for each in columns), gap=16)
