"""A short list with a word at the right end of every row: runs and their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme

ROW_HEIGHT = 28
_RIGHT = Qt.ItemDataRole.UserRole + 1
_DOT = Qt.ItemDataRole.UserRole + 2
_KEY = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class Line:
    """One row: `key` identifies it, `dot` puts the sign of something running before it."""

    key: str
    text: str
    right: str = ""
    tip: str = ""
    dot: bool = False


class _TwoEnds(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(80, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        c = theme.colours()
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(c.raised))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(c.hover))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        focused = state & QStyle.StateFlag.State_HasFocus
        painter.setPen(QColor(c.accent) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
        self._words(painter, rect.adjusted(8, 0, -8, 0), index)
        painter.restore()

    def _words(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = theme.colours()
        if index.data(_DOT):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            painter.drawEllipse(rect.left(), rect.center().y() - 3, 8, 8)
            rect.setLeft(rect.left() + 16)
        right = str(index.data(_RIGHT) or "")
        metrics = painter.fontMetrics()
        painter.setPen(QColor(c.quiet))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, right)
        rect.setRight(rect.right() - metrics.horizontalAdvance(right) - (8 if right else 0))
        painter.setPen(QColor(c.text))
        text = metrics.elidedText(
            str(index.data(Qt.ItemDataRole.DisplayRole)), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, text)


class LineList(QListWidget):
    """Rows of :class:`Line`; as high as its rows, up to a limit."""

    chosen = Signal(str)
    """The artist went to the row with this key."""
    activatedKey = Signal(str)
    """Enter or a double click on the row with this key."""

    def __init__(self, most_rows: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_rows = most_rows
        self._filling = False
        self.setItemDelegate(_TwoEnds(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.currentItemChanged.connect(self._changed)
        self.itemActivated.connect(lambda item: self.activatedKey.emit(item.data(_KEY)))

    def set_lines(self, lines: Sequence[Line], current: str = "") -> None:
        """Show these rows, keep the item objects where only words change."""
        self._filling = True
        while self.count() > len(lines):
            self.takeItem(self.count() - 1)
        for row, line in enumerate(lines):
            item = self.item(row) if row < self.count() else QListWidgetItem(self)
            self._dress(item, line)
        keys = [line.key for line in lines]
        self.setCurrentRow(keys.index(current) if current in keys else -1)
        self.setFixedHeight(ROW_HEIGHT * max(1, min(len(lines), self._most_rows)) + 2)
        self._filling = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """To come by is not to choose: Qt would go to the first row."""
        before, self._filling = self.currentRow(), True
        super().focusInEvent(event)
        self.setCurrentRow(before)
        self._filling = False

    def current_key(self) -> str:
        """The key of the row the artist is on, or empty."""
        item = self.currentItem()
        return str(item.data(_KEY)) if item is not None else ""

    def keys(self) -> list[str]:
        """All keys from the top."""
        return [str(self.item(row).data(_KEY)) for row in range(self.count())]

    def _dress(self, item: QListWidgetItem, line: Line) -> None:
        pairs = {
            Qt.ItemDataRole.DisplayRole: line.text, _RIGHT: line.right, _DOT: line.dot,
            _KEY: line.key, Qt.ItemDataRole.ToolTipRole: line.tip or line.text,
            Qt.ItemDataRole.AccessibleTextRole: f"{line.text}, {line.right}".rstrip(", "),
        }  # fmt: skip
        for role, value in pairs.items():
            if item.data(role) != value:
                item.setData(role, value)

    def _changed(self, current: QListWidgetItem | None, _previous: object) -> None:
        if not self._filling and current is not None:
            self.chosen.emit(str(current.data(_KEY)))
