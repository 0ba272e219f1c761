"""A contact sheet of seeds: fifteen small pictures to find a beginning."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.desktop.widgets import checkerboard

COLUMNS = 3
COUNT = 15
GAP = 3
_SEED = Qt.ItemDataRole.UserRole
_PICTURE = Qt.ItemDataRole.UserRole + 1
_MARK = Qt.ItemDataRole.UserRole + 2
BADGE = 16


class ContactSheet(QListWidget):
    """Three columns of seeds; the arrow keys walk them."""

    seedChosen = Signal(object)
    markWanted = Signal(object, int)
    """A seed, and whether more (1) or less (-1) like its picture is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Tile(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.setMouseTracking(True)
        self._ratio = 1.0
        self._quiet = False
        self._marks: dict[int, int] = {}
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(lambda item: self.seedChosen.emit(item.data(_SEED)))

    def set_seeds(self, seeds: Sequence[int], ratio: float) -> None:
        """Empty tiles for these seeds; `ratio` is height over width of the pictures."""
        self._quiet = True
        self._ratio = ratio
        self.clear()
        for seed in seeds:
            item = QListWidgetItem(self)
            item.setData(_SEED, seed)
            item.setData(_MARK, self._marks.get(seed, 0))
        self._name_tiles()
        self._fit()
        self._quiet = False

    def set_pictures(self, images: dict[int, QImage]) -> None:
        for row in range(self.count()):
            item = self.item(row)
            image = images.get(item.data(_SEED))
            if image is not None:
                item.setData(_PICTURE, QPixmap.fromImage(image))

    def seeds(self) -> list[int]:
        return [self.item(row).data(_SEED) for row in range(self.count())]

    def ready(self) -> int:
        return sum(self.item(row).data(_PICTURE) is not None for row in range(self.count()))

    def mark(self, seed: int | None) -> None:
        """Put the amber frame on `seed` where it is on the sheet. Emits nothing."""
        self._quiet = True
        seeds = self.seeds()
        self.setCurrentRow(seeds.index(seed) if seed in seeds else -1)
        self._quiet = False

    def set_marks(self, marks: dict[int, int]) -> None:
        """Which seeds are marked as more (1) and as less (-1)."""
        if marks != self._marks:
            self._marks = marks
            for row in range(self.count()):
                self.item(row).setData(_MARK, marks.get(self.item(row).data(_SEED), 0))
            self._name_tiles()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """More or less like the picture under the pointer."""
        row = self.indexAt(event.pos()).row()
        if row < 0:
            return
        item = self.item(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for way, words in ((1, tr("More like this picture")), (-1, tr("Less like this picture"))):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(item.data(_MARK) == way)
            action.triggered.connect(
                lambda _=False, way=way: self.markWanted.emit(item.data(_SEED), way)
            )
        menu.popup(event.globalPos())

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Contact sheet of seeds"))
        self.setToolTip(tr("Click a picture to begin from its seed; arrow keys walk the sheet"))
        self._name_tiles()

    def _name_tiles(self) -> None:
        for row in range(self.count()):
            item = self.item(row)
            text = tr("Seed {n}", n=item.data(_SEED))
            if item.data(_MARK):
                more = item.data(_MARK) > 0
                way = tr("marked as more") if more else tr("marked as less")
                text = f"{text} · {way}"
            hint = tr("Right-click to ask for more or less like it")
            item.setToolTip(tip(f"{text}\n{hint}"))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(24, (self.viewport().width() - 1) // COLUMNS)  # a full line would wrap
        # A strip is cropped to a tile that still fits three abreast and five high.
        height = max(24, int(width * min(1.4, max(0.6, self._ratio))))
        if self.gridSize() != QSize(width, height):
            self.setGridSize(QSize(width, height))
        rows = -(-self.count() // COLUMNS)
        self.setFixedHeight(rows * height + 2 if rows else 0)

    def _tell(self, current: QListWidgetItem | None, _before: object) -> None:
        if current is not None and not self._quiet and self.hasFocus():
            self.seedChosen.emit(current.data(_SEED))


class _Tile(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        sheet = self.parent()
        assert isinstance(sheet, ContactSheet)
        return sheet.gridSize()

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
        picture = index.data(_PICTURE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is None:
            painter.fillRect(area, QColor(c.raised))
        else:
            checkerboard.lay(painter, area, picture)
            painter.drawPixmap(area, picture, _middle(picture, area))
        if mark := index.data(_MARK):
            _badge(painter, area, mark)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(-2, -2, 1, 1), 4, 4)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(c.quiet), 1))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.restore()


def _badge(painter: QPainter, area: QRect, mark: int) -> None:
    """A plus or a minus in the corner."""
    c = theme.colours()
    place = QRect(area.right() - BADGE - 1, area.top() + 3, BADGE, BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.good if mark > 0 else c.bad))
    painter.drawEllipse(place)
    painter.setPen(QPen(QColor("#ffffff"), 2))
    middle, arm = place.center(), BADGE // 4
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
