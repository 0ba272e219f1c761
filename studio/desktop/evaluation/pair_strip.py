"""A row of pairs, walked with the arrow keys: generated at the left, training at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.evaluation import pair_words
from studio.desktop.i18n import tr
from studio.desktop.pixels import to_qimage
from studio.desktop.plain_text import tip
from studio.desktop.widgets import checkerboard

if TYPE_CHECKING:
    from studio.engine.evaluation.gallery import Pair

SIDE, EDGE, GAP, LINE = 72, 5, 2, 18
_PAIR = Qt.ItemDataRole.UserRole
_IMAGES = Qt.ItemDataRole.UserRole + 1
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class PairStrip(QListWidget):
    """Emits the place of the pair that is chosen."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pairs")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: the pictures above must not jump when it comes.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setItemDelegate(_Tile(self))
        self.setMouseTracking(True)
        self.setFixedHeight(SIDE + LINE + 2 * EDGE + 14)
        self.currentRowChanged.connect(self._tell)

    def show_pairs(self, pairs: Sequence[Pair]) -> None:
        """These pairs, the first of them chosen. Emits nothing."""
        self.blockSignals(True)
        self.clear()
        for pair in pairs:
            item = QListWidgetItem()
            item.setData(_PAIR, pair)
            item.setData(_IMAGES, [to_qimage(each) for each in (pair.generated, pair.training)])
            self.addItem(item)
        if pairs:
            self.setCurrentRow(0)
        self.blockSignals(False)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Closest pairs"))
        self.setToolTip(
            tr("Generated at the left, training picture at the right; the closest first.")
        )
        for row in range(self.count()):
            said = pair_words.spoken(self.item(row).data(_PAIR))
            self.item(row).setToolTip(tip(said))
            self.item(row).setData(Qt.ItemDataRole.AccessibleTextRole, said)
        self.viewport().update()

    def _tell(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(row)


class _Tile(QStyledItemDelegate):
    """Both pictures, a word on what is a copy, and how alike they are below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        return QSize(2 * SIDE + GAP + 2 * EDGE + 6, SIDE + LINE + 2 * EDGE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        c = theme.colours()
        pair, images = index.data(_PAIR), index.data(_IMAGES)
        cell: QRect = option.rect.adjusted(0, 0, -6, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            if chosen:
                painter.setPen(QPen(QColor(c.accent), 2 if focused else 1))
            painter.setBrush(QColor(c.raised if chosen else c.hover))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 5, 5)
        places = []
        for number, image in enumerate(images):
            box = QRect(cell.left() + EDGE + number * (SIDE + GAP), cell.top() + EDGE, SIDE, SIDE)
            places.append(_draw(painter, image, box))
        if pair.likeness.too_close:
            _badge(painter, places[0], tr("Copy"))
        line = QRect(cell.left() + EDGE, cell.bottom() - EDGE - LINE + 3, 2 * SIDE + GAP, LINE)
        painter.setFont(theme.font(11))
        painter.setPen(QColor(c.quiet))
        painter.drawText(line, _LEFT, tr("Seed {n}", n=pair.seed))
        painter.setPen(QColor(c.text))
        painter.drawText(line, _RIGHT, pair_words.short(pair.likeness))
        painter.restore()


def _draw(painter: QPainter, image: QImage, box: QRect) -> QRect:
    """The whole picture in the middle of a square."""
    size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(box.topLeft(), size)
    place.moveCenter(box.center())
    painter.setRenderHint(
        QPainter.RenderHint.SmoothPixmapTransform, size.width() < 3 * image.width()
    )
    checkerboard.lay(painter, place, image)
    painter.drawImage(place, image)
    return place


def _badge(painter: QPainter, place: QRect, text: str) -> None:
    """On black whatever the theme, so in the dark theme's shade."""
    font = theme.font(11, bold=True)
    metrics = QFontMetrics(font)
    box = QRect(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 3)
    box.moveTopLeft(place.topLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 200))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(QColor(theme.DARK.accent))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
