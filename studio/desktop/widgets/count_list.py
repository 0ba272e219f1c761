"""A short list with a count or a word at the right of each row, walked with the arrow keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.plain_text import tip

ROW_HEIGHT = 28
_KEY = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_TONE = Qt.ItemDataRole.UserRole + 2
_DOT = Qt.ItemDataRole.UserRole + 3
_DEPTH = Qt.ItemDataRole.UserRole + 4
_PICTURE = Qt.ItemDataRole.UserRole + 5
_INDENT, _DEEPEST = 12, 5


@dataclass(frozen=True)
class Entry:
    """One row: a hashable key, its words, its count; `tone` is quiet, warn or bad, and `dot` puts
    the sign of something running before it; `depth` is that of a branch; a null `picture`
    keeps room for one."""

    key: Any
    text: str
    count: str = ""
    tone: str = "quiet"
    help: str = ""
    dot: bool = False
    depth: int = 0
    picture: QPixmap | None = None


class CountList(QListWidget):
    """As tall as its rows, or `most` of them. Emits the key of the row that the artist chose."""

    chosen = Signal(object)
    opened = Signal(object)
    """Enter or a double click on the row with this key."""

    def __init__(
        self, parent: QWidget | None = None, *, most: int = 0, row_height: int = ROW_HEIGHT
    ) -> None:
        super().__init__(parent)
        self._most, self.row_height = most, row_height
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Painter(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        if not most:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("CountList { background: transparent; border: none; }")
        self.setObjectName("CountList")
        self.currentItemChanged.connect(self._tell)
        self.itemActivated.connect(lambda item: self.opened.emit(item.data(_KEY)))
        self._entries: list[Entry] = []

    def set_entries(self, entries: list[Entry], chosen: Any) -> None:
        """Show `entries`, of which the one with the key `chosen` is chosen. Emits nothing."""
        self.blockSignals(True)
        while self.count() > len(entries):
            self.takeItem(self.count() - 1)
        while self.count() < len(entries):
            self.addItem(QListWidgetItem())
        for place, entry in enumerate(entries):
            self._dress(self.item(place), entry)
        self._entries = list(entries)
        keys = [entry.key for entry in entries]
        self.setCurrentRow(keys.index(chosen) if chosen in keys else -1)
        self.setFixedHeight(self.row_height * min(len(entries), self._most or len(entries)))
        self.blockSignals(False)
        self.viewport().update()

    def current_key(self) -> Any:
        """The key of the row the artist is on, or None."""
        item = self.currentItem()
        return None if item is None else item.data(_KEY)

    def entries(self) -> list[Entry]:
        return list(self._entries)

    def choose(self, key: Any) -> None:
        """As if the artist had chosen the row with this key."""
        for place, entry in enumerate(self._entries):
            if entry.key == key:
                self.setCurrentRow(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.doItemsLayout()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """To come by is not to choose: Qt would go to the first row."""
        before, blocked = self.currentRow(), self.blockSignals(True)
        super().focusInEvent(event)
        self.setCurrentRow(before)
        self.blockSignals(blocked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows; where none is current, the keyboard's place is an outline around all."""
        super().paintEvent(event)
        if self.hasFocus() and self.currentRow() < 0:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.colours().accent), 1))
            painter.drawRoundedRect(self.viewport().rect().adjusted(0, 1, -1, -2), 5, 5)

    def _dress(self, item: QListWidgetItem, entry: Entry) -> None:
        pairs = {
            Qt.ItemDataRole.DisplayRole: entry.text, _KEY: entry.key, _COUNT: entry.count,
            _TONE: entry.tone, _DOT: entry.dot, _DEPTH: min(entry.depth, _DEEPEST),
            Qt.ItemDataRole.ToolTipRole: tip(entry.help or entry.text),
            Qt.ItemDataRole.AccessibleTextRole: f"{entry.text}, {entry.count}".rstrip(", "),
        }  # fmt: skip
        if _other(entry.picture, item.data(_PICTURE)):
            item.setData(_PICTURE, entry.picture)
        for role, value in pairs.items():
            if item.data(role) != value:
                item.setData(role, value)

    def _tell(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.chosen.emit(current.data(_KEY))


class _Painter(QStyledItemDelegate):
    """Words at the left, count at the right in its tone."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        rows = self.parent()
        assert isinstance(rows, CountList)
        return QSize(80, rows.row_height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """A rounded bar behind the chosen row, an outline for the keyboard."""
        c = theme.colours()
        area: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = area.adjusted(0, 1, 0, -1)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.raised if chosen else c.hover))
            painter.drawRoundedRect(bar, 5, 5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bar.adjusted(0, 0, -1, -1), 5, 5)
        painter.setFont(theme.font())
        self._write(painter, area.adjusted(8, 0, -8, 0), index, chosen=chosen)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        area: QRect,
        index: QModelIndex | QPersistentModelIndex,
        *,
        chosen: bool,
    ) -> None:
        c = theme.colours()
        area = _after_branch(painter, area, index.data(_DEPTH) or 0)
        if (picture := index.data(_PICTURE)) is not None:
            area = _after_picture(painter, area, picture)
        if index.data(_DOT):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            painter.drawEllipse(area.left(), area.center().y() - 3, 8, 8)
            area = area.adjusted(16, 0, 0, 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        count = str(index.data(_COUNT))
        # The warning red is not read easily on the raised bar of a chosen row.
        tones = {"warn": c.accent_text, "bad": c.text if chosen else c.bad}
        painter.setPen(QColor(tones.get(index.data(_TONE), c.quiet)))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight) | middle, count)
        room = area.width() - painter.fontMetrics().horizontalAdvance(count) - 10
        text = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, room
        )
        painter.setPen(QColor(c.text))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft) | middle, text)


def _other(one: QPixmap | None, two: QPixmap | None) -> bool:
    """Whether two pictures differ, which Qt does not say of its copies."""
    keys = [None if each is None else each.cacheKey() for each in (one, two)]
    return keys[0] != keys[1]


def _after_branch(painter: QPainter, area: QRect, depth: int) -> QRect:
    """Moved in by the depth of a branch, with a line down to where it began."""
    if not depth:
        return area
    left = area.left() + (depth - 1) * _INDENT + 3
    painter.setPen(QPen(QColor(theme.colours().quiet), 1))
    painter.drawLine(left, area.top(), left, area.bottom())
    return area.adjusted(depth * _INDENT, 0, 0, 0)


def _after_picture(painter: QPainter, area: QRect, picture: QPixmap) -> QRect:
    """Beside a picture, or the room that is kept for it."""
    side = area.height() - 6
    place = QRect(area.left(), area.top() + 3, side, side)
    if picture.isNull():
        painter.fillRect(place, QColor(theme.colours().hover))
    else:
        fitted = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inside = QRect(0, 0, fitted.width(), fitted.height())
        inside.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(inside, picture)
    return area.adjusted(side + 8, 0, 0, 0)
