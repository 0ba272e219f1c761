"""Small pictures three abreast: what every sheet of the left panel is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.widgets import checkerboard

COLUMNS = 3
GAP = 3
PICTURE = Qt.ItemDataRole.UserRole + 1
MARK = Qt.ItemDataRole.UserRole + 2
"""1 for a plus in the corner, -1 for a minus."""
FOOT = Qt.ItemDataRole.UserRole + 3
"""A short word on the foot of the picture."""
_BADGE, _FOOT_HEIGHT = 16, 15


class TileList(QListWidget):
    """As tall as so many `rows` of tiles, or taller where it `grows`; more are scrolled to."""

    def __init__(self, rows: int, parent: QWidget | None = None, *, grows: bool = False) -> None:
        super().__init__(parent)
        self._rows, self._ratio, self._grows = rows, 1.0, grows
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Tile(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.setMouseTracking(True)

    def set_ratio(self, ratio: float) -> None:
        """Height over width of the pictures."""
        self._ratio = ratio
        self._fit()

    def show_on(self, item: QListWidgetItem, image: QImage) -> None:
        """The picture of a tile; a null one empties it."""
        item.setData(PICTURE, None if image.isNull() else QPixmap.fromImage(image))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(24, (self.viewport().width() - 1) // COLUMNS)  # a full line would wrap
        # A strip is cropped to a tile that still fits three abreast.
        height = max(24, int(width * min(1.4, max(0.6, self._ratio))))
        if self.gridSize() != QSize(width, height):
            self.setGridSize(QSize(width, height))
            self.verticalScrollBar().setSingleStep(height // 3)  # a notch of the wheel is a row
        self.setMinimumHeight(self._rows * height)
        if not self._grows:
            self.setMaximumHeight(self._rows * height)


class _Tile(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        tiles = self.parent()
        assert isinstance(tiles, TileList)
        return tiles.gridSize()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        c = theme.colours()
        rect: QRect = option.rect
        state = option.state
        area = rect.adjusted(GAP, GAP, -GAP, -GAP)
        picture = index.data(PICTURE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is None:
            painter.fillRect(area, QColor(c.raised))
        else:
            checkerboard.lay(painter, area, picture)
            painter.drawPixmap(area, picture, _middle(picture, area))
        if mark := index.data(MARK):
            _badge(painter, area, mark)
        if foot := index.data(FOOT):
            _foot(painter, area, foot)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(-2, -2, 1, 1), 4, 4)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(c.quiet), 1))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.restore()


def _foot(painter: QPainter, area: QRect, text: str) -> None:
    """White on a dark bar, whatever the picture and the theme are."""
    place = QRect(area.left(), area.bottom() - _FOOT_HEIGHT + 1, area.width(), _FOOT_HEIGHT)
    painter.fillRect(place, QColor(0, 0, 0, 170))
    painter.setFont(theme.font(10))
    painter.setPen(QColor("#ffffff"))
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 6)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _badge(painter: QPainter, area: QRect, mark: int) -> None:
    """A plus or a minus in the corner."""
    c = theme.colours()
    place = QRect(area.right() - _BADGE - 1, area.top() + 3, _BADGE, _BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.good if mark > 0 else c.bad))
    painter.drawEllipse(place)
    painter.setPen(QPen(QColor("#ffffff"), 2))
    middle, arm = place.center(), _BADGE // 4
    painter.drawLine(middle.x() - arm, middle.y(), middle.x() + arm, middle.y())
    if mark > 0:
        painter.drawLine(middle.x(), middle.y() - arm, middle.x(), middle.y() + arm)


def _middle(picture: QPixmap, area: QRect) -> QRect:
    """The part of the picture that has the tile's shape, from its middle."""
    width, height = picture.width(), picture.height()
    wanted = area.height() / max(1, area.width())
    if height > width * wanted:
        cut = int(width * wanted)
        return QRect(0, (height - cut) // 2, width, cut)
    cut = int(height / wanted)
    return QRect((width - cut) // 2, 0, cut, height)
