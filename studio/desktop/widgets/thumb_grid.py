"""A grid of pictures that does not mind a hundred thousand of them.

The model gives a QPixmap (or None while it is on its way) under DecorationRole and the
roles below; it must only look things up. See Qt's own QListView for the rest.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme

BADGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DIM_ROLE = int(Qt.ItemDataRole.UserRole) + 2
RATING_ROLE = int(Qt.ItemDataRole.UserRole) + 3
GAP = 8
SMALLEST, LARGEST = 32, 512
_WORDS_FROM = 72
"""Tiles smaller than this have no room for words."""

Index = QModelIndex | QPersistentModelIndex


class ThumbGrid(QListView):
    """Wrapped rows of equal tiles; the layout is computed, never measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setItemDelegate(_Tile(self))
        self.viewport().setAutoFillBackground(False)
        self._side = 0
        self.set_tile_size(128)

    def tile_size(self) -> int:
        """Side of a tile in pixels, without the gap."""
        return self._side

    def set_tile_size(self, side: int) -> None:
        """Zoom, 32 to 512; the picture that was in the middle stays in sight."""
        side = min(LARGEST, max(SMALLEST, side))
        if side == self._side:
            return
        middle = self.indexAt(self.viewport().rect().center())
        self._side = side
        self.setGridSize(QSize(side + GAP, side + GAP))
        self.setIconSize(QSize(side, side))
        self.verticalScrollBar().setSingleStep((side + GAP) // 2)
        if middle.isValid():
            self.scrollTo(middle, QAbstractItemView.ScrollHint.PositionAtCenter)


class _Tile(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The cell; asked once because of uniform sizes."""
        grid = self.parent()
        side = grid.tile_size() if isinstance(grid, ThumbGrid) else 128
        return QSize(side + GAP, side + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Picture, dimmed when it will not train, badge, stars, frame."""
        c = theme.colours()
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        tile = cell.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        painter.save()
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(pixmap, QPixmap):
            _draw_covering(painter, pixmap, tile)
        else:
            painter.fillRect(tile, QColor(c.raised))
        dim = bool(index.data(DIM_ROLE))
        if dim:
            shade = QColor(c.window)
            shade.setAlpha(190)
            painter.fillRect(tile, shade)
        if tile.width() >= _WORDS_FROM:
            self._words(painter, tile, index, dim)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
        elif state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.quiet), 1))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, tile: QRect, index: Index, dim: bool) -> None:
        painter.setFont(theme.font(11))
        metrics = painter.fontMetrics()
        badge = str(index.data(BADGE_ROLE) or "")
        if badge:
            text = metrics.elidedText(badge, Qt.TextElideMode.ElideRight, tile.width() - 20)
            box = QRect(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
            box.moveBottomLeft(tile.bottomLeft() + _offset(4, -4))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 190))
            painter.drawRoundedRect(box, 4, 4)
            # On black whatever the theme, so always the dark theme's shades.
            painter.setPen(QColor(theme.DARK.accent if dim else theme.DARK.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        rating = int(index.data(RATING_ROLE) or 0)
        if rating:
            place = tile.adjusted(0, 0, -6, -24 if badge else -4)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.setPen(QColor(0, 0, 0, 200))
            painter.drawText(place.translated(1, 1), flags, "★" * rating)
            painter.setPen(QColor(theme.DARK.accent))
            painter.drawText(place, flags, "★" * rating)


def _offset(x: int, y: int) -> Any:
    from PySide6.QtCore import QPoint

    return QPoint(x, y)


def _draw_covering(painter: QPainter, pixmap: QPixmap, tile: QRect) -> None:
    """The middle of the picture, as large as fills the tile."""
    width, height = pixmap.width(), pixmap.height()
    if not width or not height:
        return
    side = min(width, height)
    source = QRect((width - side) // 2, (height - side) // 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(tile, pixmap, source)
