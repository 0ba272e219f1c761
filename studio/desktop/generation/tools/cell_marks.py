"""What is drawn over the picture while cells of it are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.desktop import theme
from studio.desktop.widgets.picture_view import PictureView

if TYPE_CHECKING:
    from studio.engine.generation.cells import Cells

_FILL = 90
"""How strong the colour of what is chosen is, of 255: the picture is seen through it."""


def paint_cells(
    painter: QPainter, view: PictureView, cells: Cells, at: tuple[int, int] | None
) -> None:
    """Amber over the cells that are chosen, and a frame around the one that the hand is `at`."""
    if view.image().isNull():
        return
    painter.save()
    fill = QColor(theme.colours().accent)
    fill.setAlpha(_FILL)
    for row, column in np.argwhere(cells):
        painter.fillRect(_place(view, cells.shape, row, column), fill)
    _paint_edges(painter, view, cells)
    if at is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor("#ffffff"), 1.0)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(_place(view, cells.shape, *at))
    painter.restore()


def _paint_edges(painter: QPainter, view: PictureView, cells: Cells) -> None:
    """Around what is chosen, dark beside the line, so that it is seen on any picture."""
    around = np.pad(cells, 1)
    accent = QColor(theme.colours().accent)
    for colour, width in ((QColor(0, 0, 0, 160), 3.0), (accent, 1.5)):
        painter.setPen(QPen(colour, width))
        for row, column in np.argwhere(cells):
            place = _place(view, cells.shape, row, column)
            corners = place.topLeft(), place.topRight(), place.bottomRight(), place.bottomLeft()
            beside = ((0, 1), (1, 2), (2, 1), (1, 0))
            for side, (down, right) in enumerate(beside):
                if not around[row + down, column + right]:
                    painter.drawLine(corners[side], corners[(side + 1) % 4])


def _place(view: PictureView, grid: tuple[int, ...], row: int, column: int) -> QRectF:
    """Of a cell, in the view."""
    size = view.true_size()
    height, width = size.height() / grid[0], size.width() / grid[1]
    corner = QPointF(column * width, row * height)
    return QRectF(view.to_widget(corner), view.to_widget(corner + QPointF(width, height)))
