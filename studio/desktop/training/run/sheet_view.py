"""A sheet of samples: its cells with air between them, and a lens that is laid over one of them."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.widgets import checkerboard

GAP = 8
LENS_SIDE, LENS_ZOOM = 168, 3.0
"""Pixels on the screen, and how many times as large as the cell it shows it."""


class SheetView(QWidget):
    """Paints the cells of one sheet with air between them, as large as the room allows."""

    lensMoved = Signal(int, QPointF)
    """The cell that the pointer is on, -1 for none, and where on it, 0 to 1 both ways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lens: tuple[int, QPointF] | None = None
        self.image = QImage()
        self._columns = self._count = 1
        self.sentence = ""
        """What stands there in place of a sheet."""
        self.outlined = -1
        """The cell with a frame around it, -1 for none."""
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_sheet(self, image: QImage, columns: int, count: int) -> None:
        """Show `count` cells that lie in rows of `columns` in `image`; 0 for one whole picture."""
        self.image, self._columns, self._count = image, max(1, columns), max(1, count)
        self.update()

    def set_sentence(self, text: str) -> None:
        self.sentence = text
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 320)

    def cell_size(self) -> QSize:
        rows = math.ceil(self._count / self._columns)
        return QSize(self.image.width() // self._columns, self.image.height() // max(1, rows))

    def places(self) -> list[QRect]:
        """Where the cells go now: the number of columns that makes them largest in whole rows."""
        cell = self.cell_size()
        if cell.isEmpty():
            return []
        best, best_columns = 0.0, 1
        for columns in range(1, self._count + 1):
            if self._count % columns:
                continue  # a gap in the last row would look like a picture that is missing
            scale = self._scale(columns, cell)
            # Ties go to more columns, which read more like a contact sheet.
            if scale >= best:
                best, best_columns = scale, columns
        width, height = max(1, int(cell.width() * best)), max(1, int(cell.height() * best))
        used = min(self._count, best_columns)
        rows = math.ceil(self._count / best_columns)
        left = (self.width() - used * width - (used - 1) * GAP) // 2
        top = (self.height() - rows * height - (rows - 1) * GAP) // 2
        return [
            QRect(
                left + (index % best_columns) * (width + GAP),
                top + (index // best_columns) * (height + GAP),
                width,
                height,
            )
            for index in range(self._count)
        ]

    def _scale(self, columns: int, cell: QSize) -> float:
        rows = math.ceil(self._count / columns)
        wide = (self.width() - (columns - 1) * GAP) / columns / cell.width()
        high = (self.height() - (rows - 1) * GAP) / rows / cell.height()
        return min(wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.image.isNull():
            painter.setPen(QColor(theme.colours().quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self.sentence)
            return
        cell = self.cell_size()
        places = self.places()
        # Few pixels stay pixels when they are blown up; many are reduced smoothly.
        enlarged = bool(places) and places[0].width() >= 3 * cell.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)
        for index, place in enumerate(places):
            row, column = divmod(index, self._columns)
            corner = QPoint(column * cell.width(), row * cell.height())
            checkerboard.lay(painter, place, self.image)
            painter.drawImage(place, self.image, QRect(corner, cell))
            if index == self.outlined:
                painter.setPen(QPen(QColor(theme.colours().accent), 2))
                painter.drawRect(place.adjusted(-1, -1, 0, 0))
        if self._lens is not None and self._lens[0] < len(places):
            self._draw_lens(painter, places[self._lens[0]], *self._lens)

    def set_lens(self, cell: int, at: QPointF) -> None:
        """Lay the lens over a place of a cell, 0 to 1 both ways; -1 takes it away."""
        self._lens = (cell, at) if cell >= 0 else None
        self.update()

    @property
    def lens(self) -> tuple[int, QPointF] | None:
        """The cell below the lens, and where on it."""
        return self._lens

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Only where the mouse is tracked."""
        at = event.position()
        for index, place in enumerate(self.places()):
            if place.contains(at.toPoint()):
                inside = at - QPointF(place.topLeft())
                share = QPointF(inside.x() / place.width(), inside.y() / place.height())
                self.lensMoved.emit(index, share)
                return
        self.lensMoved.emit(-1, QPointF())

    def leaveEvent(self, event: QEvent) -> None:
        self.lensMoved.emit(-1, QPointF())
        super().leaveEvent(event)

    def _draw_lens(self, painter: QPainter, place: QRect, index: int, at: QPointF) -> None:
        cell, side = self.cell_size(), min(LENS_SIDE, self.width(), self.height())
        middle = QPointF(
            place.left() + at.x() * place.width(), place.top() + at.y() * place.height()
        )
        corner = QPointF(
            min(max(0.0, middle.x() - side / 2), self.width() - side),
            min(max(0.0, middle.y() - side / 2), self.height() - side),
        )
        target = QRectF(corner, QSizeF(side, side))
        # So many pixels of the sheet are seen; never beyond the cell.
        wide = min(side / LENS_ZOOM * cell.width() / place.width(), cell.width(), cell.height())
        row, column = divmod(index, self._columns)
        left = min(max(0.0, at.x() * cell.width() - wide / 2), cell.width() - wide)
        top = min(max(0.0, at.y() * cell.height() - wide / 2), cell.height() - wide)
        seen = QRectF(column * cell.width() + left, row * cell.height() + top, wide, wide)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        checkerboard.lay(painter, target.toRect(), self.image)
        painter.drawImage(target, self.image, seen)
        painter.setPen(QPen(QColor(theme.colours().accent), 2))
        painter.drawRect(target.adjusted(1, 1, -1, -1))
