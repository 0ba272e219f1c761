"""One tile of a grid of pictures: the picture, its badge, its stars, its frame.

The model gives a QPixmap (or None while it is on its way) under DecorationRole and the
roles below.
"""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.desktop import theme
from studio.desktop.widgets import checkerboard

BADGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DIM_ROLE = int(Qt.ItemDataRole.UserRole) + 2
RATING_ROLE = int(Qt.ItemDataRole.UserRole) + 3
GAP = 8
_SCALED_BYTES, _FEWEST_SCALED = 16_000_000, 100
_WORDS_FROM = 72
"""Tiles smaller than this have no room for words."""
_CENTRE = Qt.AlignmentFlag.AlignCenter
_FOOT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom

Index = QModelIndex | QPersistentModelIndex


class Tile(QStyledItemDelegate):
    """Paints one tile in the cell that its view gives it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Scaling a tile takes far longer than painting it: what is on the screen is kept scaled.
        self._scaled: OrderedDict[tuple[int, int, int], QPixmap] = OrderedDict()
        self._font = theme.font(11)
        self._metrics = QFontMetrics(self._font)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Picture, dimmed when it will not train, badge, stars, frame."""
        c = theme.colours()
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        tile = cell.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        # Of the model itself: to ask the index goes through C++ and back, four times a tile.
        look = index.model().data
        painter.save()
        pixmap = look(index, Qt.ItemDataRole.DecorationRole)
        if isinstance(pixmap, QPixmap) and not pixmap.isNull():
            checkerboard.lay(painter, tile, pixmap)
            painter.drawPixmap(tile.topLeft(), self._covering(pixmap, tile.width()))
        else:
            painter.fillRect(tile, QColor(c.raised))
        dim = bool(look(index, DIM_ROLE))
        if dim:
            shade = QColor(c.window)
            shade.setAlpha(190)
            painter.fillRect(tile, shade)
        if tile.width() >= _WORDS_FROM:
            self._words(
                painter, tile, str(look(index, BADGE_ROLE) or ""), look(index, RATING_ROLE), dim
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)  # a frame, whatever the words were painted with
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
        elif state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.quiet), 1))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
        painter.restore()

    def _covering(self, pixmap: QPixmap, side: int) -> QPixmap:
        """The middle of the picture as a square of `side`, sharp on this screen."""
        grid = self.parent()
        ratio = grid.devicePixelRatioF() if isinstance(grid, QWidget) else 1.0
        key = (pixmap.cacheKey(), side, round(ratio * 100))
        found = self._scaled.pop(key, None)
        if found is None:
            found = _square(pixmap, round(side * ratio))
            found.setDevicePixelRatio(ratio)
        self._scaled[key] = found
        while len(self._scaled) * side * side * 4 * ratio * ratio > _SCALED_BYTES:
            if len(self._scaled) < _FEWEST_SCALED:
                break
            self._scaled.popitem(last=False)
        return found

    def _words(
        self, painter: QPainter, tile: QRect, badge: str, rating: int | None, dim: bool
    ) -> None:
        if not badge and not rating:
            return
        painter.setFont(self._font)
        if badge:
            metrics = self._metrics
            text = metrics.elidedText(badge, Qt.TextElideMode.ElideRight, tile.width() - 20)
            box = QRect(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
            box.moveBottomLeft(tile.bottomLeft() + QPoint(4, -4))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 190))
            painter.drawRoundedRect(box, 4, 4)
            # On black whatever the theme, so always the dark theme's shades.
            painter.setPen(QColor(theme.DARK.accent if dim else theme.DARK.text))
            painter.drawText(box, _CENTRE, text)
        if rating:
            place = tile.adjusted(0, 0, -6, -24 if badge else -4)
            painter.setPen(QColor(0, 0, 0, 200))
            painter.drawText(place.translated(1, 1), _FOOT, "★" * rating)
            painter.setPen(QColor(theme.DARK.accent))
            painter.drawText(place, _FOOT, "★" * rating)


def _square(pixmap: QPixmap, side: int) -> QPixmap:
    width, height = pixmap.width(), pixmap.height()
    short = min(width, height)
    middle = pixmap.copy((width - short) // 2, (height - short) // 2, short, short)
    smooth = Qt.TransformationMode.SmoothTransformation
    return middle.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
