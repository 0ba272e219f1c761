"""A grid of pictures that does not mind a hundred thousand of them.

The model gives what a tile shows (see :mod:`thumb_tile`); it must only look things up. Qt's own
QListView looks at every row again whenever something changes.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from studio.desktop.widgets.thumb_tile import GAP, Tile

SMALLEST, LARGEST = 32, 512

Index = QModelIndex | QPersistentModelIndex


class ThumbGrid(QAbstractItemView):
    """Rows of equal tiles. Where a tile is follows from its number: nothing grows with the set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Before anything is set: Qt asks for the places of tiles while it is being set up.
        self._side = 128
        self._measuring = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setItemDelegate(Tile(self))
        self.viewport().setAutoFillBackground(False)
        # Always there: a bar that comes and goes changes the number of columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def tile_size(self) -> int:
        """Side of a tile in pixels, without the gap."""
        return self._side

    def set_tile_size(self, side: int) -> None:
        """Zoom, 32 to 512; the picture that was in the middle stays in sight."""
        side = min(LARGEST, max(SMALLEST, side))
        if side == self._side:
            return
        middle = self._nearest(self.viewport().rect().center())
        self._side = side
        self.updateGeometries()
        if middle >= 0:
            hint = QAbstractItemView.ScrollHint.PositionAtCenter
            self.scrollTo(self.model().index(middle, 0), hint)
        self.viewport().update()

    # ------------------------------------------------------------------ where tiles are

    def _cell(self) -> int:
        return self._side + GAP

    def _columns(self) -> int:
        return max(1, self.viewport().width() // self._cell())

    def _count(self) -> int:
        return self.model().rowCount() if self.model() is not None else 0

    def _left(self) -> int:
        """What is left over beside the columns lies evenly on both sides."""
        return max(0, self.viewport().width() - self._columns() * self._cell()) // 2

    def _rect(self, number: int) -> QRect:
        row, column = divmod(number, self._columns())
        cell = self._cell()
        top = row * cell - self.verticalOffset()
        return QRect(self._left() + column * cell, top, cell, cell)

    def _nearest(self, place: QPoint) -> int:
        """The number of the tile nearest to a point of the viewport; -1 without tiles."""
        cell, columns = self._cell(), self._columns()
        row = max(0, (place.y() + self.verticalOffset()) // cell)
        column = min(columns - 1, max(0, (place.x() - self._left()) // cell))
        return min(self._count() - 1, row * columns + column)

    def visualRect(self, index: Index) -> QRect:
        """The cell of a tile in the viewport."""
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, place: QPoint) -> QModelIndex:
        """The tile at a point of the viewport; an invalid index beside the tiles."""
        number = self._nearest(place)
        if number < 0 or not self._rect(number).contains(place):
            return QModelIndex()
        return self.model().index(number, 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def updateGeometries(self) -> None:
        """The scroll bar follows the number of rows."""
        if self._measuring:  # the bar asks for the geometry while it is being set
            return
        self._measuring = True
        rows = -(-self._count() // self._columns())
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, rows * self._cell() - page))
        bar.setPageStep(page)
        bar.setSingleStep(self._cell() // 2)
        self._measuring = False

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        area, bar, page = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        hints = QAbstractItemView.ScrollHint
        top = area.top() + bar.value()
        if hint == hints.PositionAtCenter:
            bar.setValue(top - (page - area.height()) // 2)
        elif hint == hints.PositionAtTop or area.top() < 0:
            bar.setValue(top)
        elif hint == hints.PositionAtBottom or area.bottom() > page:
            bar.setValue(top + area.height() - page)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.scrollDirtyRegion(dx, dy)
        self.viewport().scroll(dx, dy)

    # ------------------------------------------------------------------ choosing

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where a key leads from the current tile."""
        count, moves = self._count(), QAbstractItemView.CursorAction
        if not count:
            return QModelIndex()
        columns = self._columns()
        page = columns * max(1, self.viewport().height() // self._cell())
        steps = {
            moves.MoveLeft: -1, moves.MovePrevious: -1, moves.MoveRight: 1, moves.MoveNext: 1,
            moves.MoveUp: -columns, moves.MoveDown: columns,
            moves.MovePageUp: -page, moves.MovePageDown: page,
            moves.MoveHome: -count, moves.MoveEnd: count,
        }  # fmt: skip
        now = self.currentIndex().row()
        step = steps.get(action, 0) if now >= 0 else 0
        number = max(0, now) + step
        if not 0 <= number < count and action in (moves.MoveUp, moves.MoveDown):
            last_row = (count - 1) // columns
            below = action == moves.MoveDown and now // columns < last_row
            number = count - 1 if below else now
        return self.model().index(min(count - 1, max(0, number)), 0)

    def setSelection(self, area: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """From the tile at one corner to the one at the other, in the order of the tiles."""
        first, last = self._nearest(area.topLeft()), self._nearest(area.bottomRight())
        if area.width() <= 1 and area.height() <= 1 and not self.indexAt(area.topLeft()).isValid():
            first = -1  # a click beside the tiles
        chosen = QItemSelection()
        if min(first, last) >= 0:
            low, high = min(first, last), max(first, last)
            chosen.select(self.model().index(low, 0), self.model().index(high, 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Everything: cheaper than asking where each chosen tile is."""
        return QRegion(self.viewport().rect())

    # ------------------------------------------------------------------ painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What stands at the top stays there when the columns change."""
        columns = max(1, event.oldSize().width() // self._cell())
        first = self.verticalOffset() // self._cell() * columns
        super().resizeEvent(event)
        self.updateGeometries()
        if columns != self._columns() and 0 < first < self._count():
            hint = QAbstractItemView.ScrollHint.PositionAtTop
            self.scrollTo(self.model().index(first, 0), hint)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        flags = QStyle.StateFlag
        plain = option.state & ~(flags.State_HasFocus | flags.State_Selected)
        columns, count, cell = self._columns(), self._count(), self._cell()
        left, scrolled = self._left(), self.verticalOffset()
        area = event.rect().translated(0, scrolled)
        picker = self.selectionModel()
        focused = self.currentIndex().row() if self.hasFocus() else -1
        model, tile = self.model(), self.itemDelegate()
        first, last = area.top() // cell * columns, (area.bottom() // cell + 1) * columns
        for number in range(max(0, first), min(count, last)):
            index = model.index(number, 0)
            row, column = divmod(number, columns)
            option.rect = QRect(left + column * cell, row * cell - scrolled, cell, cell)
            state = plain
            if picker is not None and picker.isSelected(index):
                state |= flags.State_Selected
            if number == focused:
                state |= flags.State_HasFocus
            option.state = state
            tile.paint(painter, option, index)
        painter.end()
