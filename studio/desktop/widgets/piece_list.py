"""The pieces of a project as tiles: the left side of the places that work on pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.desktop.widgets import checkerboard
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.panel import PANEL_WIDTH, SIDE_WIDTH

TILE = 104
FADED = 0.25
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class PieceTile:
    """What one tile shows. `note` is a short word such as a review state, or empty; a piece that
    is not wanted is `faded`."""

    id: int
    name: str
    rating: int
    image: QImage
    note: str = ""
    faded: bool = False


class PieceList(QListWidget):
    """Tiles in two columns. `chosen` gives the ids in the order of the list."""

    chosen = Signal(list)

    def __init__(self, parent: QWidget | None = None, *, several: bool = False) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(TILE, TILE))
        self.setGridSize(QSize(TILE + 8, TILE + 36))
        self.setObjectName("pieces")
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        self.itemSelectionChanged.connect(self._tell)

    def show_pieces(self, tiles: Sequence[PieceTile]) -> None:
        """Show these pieces; what was chosen stays chosen where it still is there."""
        before = set(self.chosen_ids())
        self.blockSignals(True)
        self.clear()
        for tile in tiles:
            self.addItem(_item(tile))
        for item in self._items():
            item.setSelected(item.data(_ID) in before)
        self.blockSignals(False)
        if set(self.chosen_ids()) != before:
            self._tell()

    def choose(self, ids: Sequence[int]) -> None:
        """Choose exactly these pieces and bring the first into view."""
        wanted = set(ids)
        self.blockSignals(True)
        for item in self._items():
            item.setSelected(item.data(_ID) in wanted)
        first = next((item for item in self._items() if item.isSelected()), None)
        self.blockSignals(False)
        if first is not None:
            self.setCurrentItem(first, self.selectionModel().SelectionFlag.NoUpdate)
            self.scrollToItem(first)
        self._tell()

    def chosen_ids(self) -> list[int]:
        """The chosen pieces, in the order of the list."""
        return [int(item.data(_ID)) for item in self._items() if item.isSelected()]

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(place) for place in range(self.count())]

    def set_tile(self, tile: PieceTile) -> None:
        for item in self._items():
            if item.data(_ID) == tile.id:
                _dress(item, tile)

    def _tell(self) -> None:
        self.chosen.emit(self.chosen_ids())


def piece_pages(
    room: QWidget, left: Sequence[QWidget], centre: QWidget, panel: QWidget, empty: QWidget
) -> QStackedWidget:
    """What a place for pieces shows: `left` above each other, `centre` and `panel`; or `empty`."""
    side, page, pages = QWidget(), QWidget(), QStackedWidget()
    parts = ((each, int(isinstance(each, PieceList))) for each in left)
    column(*parts, on=side, gap=-1, margins=(16, 16, 8, 16))
    row(side, (centre, 1), panel, on=page)
    for widget, width in ((side, SIDE_WIDTH), (panel, PANEL_WIDTH)):
        widget.setObjectName("side")
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        widget.setFixedWidth(width)
    column(pages, on=room)
    for each in (page, empty):
        pages.addWidget(each)
    return pages


def _painted(image: QImage, opacity: float) -> QPixmap:
    if image.isNull():
        return QPixmap()
    pixmap = QPixmap(image.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    checkerboard.lay(painter, pixmap.rect(), image)
    painter.drawImage(0, 0, image)
    painter.end()
    return pixmap


def _draw_stars(pixmap: QPixmap, rating: int) -> None:
    """Amber, at the lower right, on a shade that keeps them legible on any picture."""
    if not rating or pixmap.isNull():
        return
    painter = QPainter(pixmap)
    painter.setFont(theme.font(11))
    stars = "★" * rating
    wide = painter.fontMetrics().horizontalAdvance(stars) + 8
    shade = QRect(pixmap.width() - wide - 3, pixmap.height() - 20, wide, 17)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(shade, 4, 4)
    painter.setPen(QColor(theme.DARK.accent))
    painter.drawText(shade, Qt.AlignmentFlag.AlignCenter, stars)
    painter.end()


def _item(tile: PieceTile) -> QListWidgetItem:
    item = QListWidgetItem()
    item.setData(_ID, tile.id)
    _dress(item, tile)
    return item


def _dress(item: QListWidgetItem, tile: PieceTile) -> None:
    scaled, size = tile.image, QSize(TILE, TILE)
    if not scaled.isNull():
        ratio, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
        scaled = scaled.scaled(size, ratio, smooth.SmoothTransformation)
    pixmap = _painted(scaled, FADED if tile.faded else 1.0)
    _draw_stars(pixmap, tile.rating)
    icon = QIcon(pixmap)
    # Qt would tint a chosen picture with the accent, and nothing may tint the work.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    item.setIcon(icon)
    item.setText(tile.name)
    spoken = [tile.name, tr("{n} stars", n=tile.rating) if tile.rating else "", tile.note]
    item.setToolTip(tip(" · ".join(part for part in spoken if part)))
    item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
