"""The training pictures themselves, each pixel as the square it is."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets import checkerboard

_GAP, _TALLEST = 2, 272


class SeenWall(QWidget):
    """Shows what the network will see of the chosen pictures, as large as the panel allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images: list[QImage] = []
        self._aspect = 1.0
        self._waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def show_images(self, images: list[QImage], size: tuple[int, int]) -> None:
        """These pictures of `size` (width, height)."""
        self.images, self._waiting = images, False
        self._aspect = size[0] / size[1]
        self._fit()
        self.update()

    def show_waiting(self) -> None:
        """Newer pictures are on their way; those that are there stay."""
        self._waiting = True
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("What the network will see"))
        self.setToolTip(
            tr("The training pictures themselves, made by the very code that prepares a run.")
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def cells(self) -> list[QRectF]:
        count = max(1, len(self.images))
        across, width = self._grid(count)
        height = width / self._aspect
        rows = math.ceil(count / across)
        left = (self.width() - across * width - (across - 1) * _GAP) / 2
        top = (self.height() - rows * height - (rows - 1) * _GAP) / 2
        return [
            QRectF(
                left + place % across * (width + _GAP), top + place // across * (height + _GAP),
                width, height,
            )
            for place in range(count)
        ]  # fmt: skip

    def _grid(self, count: int) -> tuple[int, float]:
        """Columns, and the width of a cell: as large as the width and the tallest height allow."""
        best = (1, 0.0)
        for across in range(1, count + 1):
            rows = math.ceil(count / across)
            wide = (self.width() - (across - 1) * _GAP) / across
            high = (_TALLEST - (rows - 1) * _GAP) / rows * self._aspect
            width = max(1.0, min(wide, high))
            if width > best[1]:
                best = across, width
        return best

    def _fit(self) -> None:
        # Whatever it shows, and before: what stands below it never moves.
        self.setFixedHeight(max(48, min(self.width(), _TALLEST)))

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        cells = self.cells()
        if not self.images:
            painter.fillRect(cells[0], QColor(c.canvas))
            painter.setPen(QColor(c.quiet))
            text = tr("Opening…") if self._waiting else tr("No picture")
            painter.drawText(cells[0], int(Qt.AlignmentFlag.AlignCenter), text)
            return
        for cell, image in zip(cells, self.images, strict=True):
            checkerboard.lay(painter, cell, image)
            # Larger than life every pixel is a square; smaller ones would flicker so.
            shrinks = cell.width() < image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
            painter.drawImage(cell, image)
