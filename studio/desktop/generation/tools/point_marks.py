"""What is drawn over the picture while points of it are dragged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from studio.desktop import theme
from studio.desktop.widgets.picture_view import PictureView

if TYPE_CHECKING:
    from studio.engine.generation.moves.dragged import Mask

_RADIUS = 5.0
_HELD = 100
"""How dark it is where nothing may move, of 255."""
_SHORTEST = 0.5


@dataclass(frozen=True)
class Marked:
    """A point and its target, in pixels of the picture; 0 is the middle of the first."""

    handle: QPointF
    target: QPointF

    @property
    def is_still(self) -> bool:
        """Whether it has no way to go."""
        gap = self.target - self.handle
        return math.hypot(gap.x(), gap.y()) < _SHORTEST


def place(view: PictureView, pixel: QPointF) -> QPointF:
    """Where a pixel's middle is in the view."""
    return view.to_widget(pixel + QPointF(0.5, 0.5))


def paint_point(painter: QPainter, view: PictureView, point: Marked) -> None:
    """A line from the handle to the target, dark around, so that it is seen on any picture."""
    handle, target = place(view, point.handle), place(view, point.target)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    accent, white = QColor(theme.colours().accent), QColor("#ffffff")
    for colour, more in ((QColor(0, 0, 0, 160), 2.0), (white, 0.0)):
        painter.setPen(QPen(colour, 1.5 + more))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not point.is_still:
            painter.drawLine(handle, target)
            painter.drawEllipse(target, _RADIUS, _RADIUS)
        painter.setBrush(accent)
        painter.drawEllipse(handle, _RADIUS, _RADIUS)
    painter.restore()


def paint_mask(painter: QPainter, view: PictureView, mask: Mask) -> None:
    """Dark where nothing may move."""
    held = np.zeros((*mask.shape, 4), np.uint8)
    held[~mask, 3] = _HELD
    height, width = mask.shape
    image = QImage(held.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    corner, zoom = view.target().topLeft(), view.zoom()
    painter.save()
    painter.translate(corner)
    painter.scale(zoom, zoom)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(0, 0, image)
    painter.restore()


def paint_brush(painter: QPainter, at: QPointF, radius: float) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor("#ffffff"), 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, radius, radius)
    painter.restore()
