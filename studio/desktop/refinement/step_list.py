"""Steps and groups of a stack as rows: ticked, folded, chosen."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.engine.refinement import base
from studio.engine.refinement.group import Group
from studio.engine.refinement.places import Place, entry_at, places
from studio.engine.refinement.stack import Stack
from studio.engine.refinement.step import Step

MOST_ROWS = 10
INDENT = 18
_PLACE = Qt.ItemDataRole.UserRole


def title_of(entry: Step | Group) -> str:
    """What the artist calls it."""
    if isinstance(entry, Group):
        return entry.name or tr("Group")
    return tr(entry.title)


class StepList(QListWidget):
    """Shows a stack, and says what is wanted of it."""

    toggled = Signal(object, bool)
    """A place, and whether it is to be used."""
    foldWanted = Signal(object, bool)
    """The place of a group, and whether it is to be folded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steps")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setIconSize(QSize(14, 14))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _Indented(self)
        self.setItemDelegate(self._delegate)
        self._stack = Stack()
        self.itemChanged.connect(self._ticked)

    def show_stack(self, stack: Stack, row: int, place: Place | None = None) -> None:
        """Another stack, of which a place is chosen, or else a row; nobody is told."""
        self._stack = stack
        with QSignalBlocker(self):
            self.clear()
            for each in places(stack, unfolded=True):
                self.addItem(self._item(each))
            if place is not None and (at := self.row_of(place)) >= 0:
                row = at
            last = self.count() - 1
            self.setCurrentRow(last if row < 0 else min(row, last))
        heights = [self.sizeHintForRow(row) for row in range(min(self.count(), MOST_ROWS))]
        self.setFixedHeight(sum(heights) + 2 * self.frameWidth())
        self.setVisible(bool(heights))

    def place(self) -> Place:
        """Of the step or group in hand; empty where there is none."""
        return self.place_at(self.currentRow())

    def place_at(self, row: int) -> Place:
        item = self.item(row)
        return tuple(item.data(_PLACE)) if item is not None else ()

    def row_of(self, place: Place) -> int:
        """-1 where the place is folded away, or not there."""
        return next((row for row in range(self.count()) if self.place_at(row) == place), -1)

    def chosen(self) -> list[Place]:
        """What is selected, from top to bottom."""
        return sorted(tuple(item.data(_PLACE)) for item in self.selectedItems())

    def restyle(self) -> None:
        """Icons in the colours of the theme of now."""
        self.show_stack(self._stack, self.currentRow())

    def _item(self, place: Place) -> QListWidgetItem:
        entry = entry_at(self._stack, place)
        item = QListWidgetItem(title_of(entry))
        item.setData(_PLACE, list(place))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if entry.enabled else Qt.CheckState.Unchecked)
        if isinstance(entry, Group):
            item.setIcon(theme.icon("angle-right" if entry.folded else "angle-down"))
            if entry.folded:
                item.setText(f"{title_of(entry)} · {len(entry.steps)}")
            about = tr("A group of {n} steps; its arrow, or ← and →, fold it", n=len(entry.steps))
        else:
            about = tr(base.operation(entry.op).summary)
        item.setToolTip(about)
        return item

    def _ticked(self, item: QListWidgetItem) -> None:
        place = tuple(item.data(_PLACE))
        on = item.checkState() == Qt.CheckState.Checked
        if on != entry_at(self._stack, place).enabled:
            self.toggled.emit(place, on)

    # ------------------------------------------------------------------ folding

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        place = tuple(item.data(_PLACE)) if item is not None else ()
        entry = entry_at(self._stack, place) if place else None
        if isinstance(entry, Group) and event.button() == Qt.MouseButton.LeftButton:
            arrow = self._delegate.arrow(self, self.indexAt(event.position().toPoint()))
            if arrow.contains(event.position().toPoint()):
                self.foldWanted.emit(place, not entry.folded)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        folds = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}.get(Qt.Key(event.key()))
        place = self.place()[:1]
        entry = entry_at(self._stack, place) if place else None
        if folds is not None and not event.modifiers() and isinstance(entry, Group):
            if entry.folded != folds:
                self.foldWanted.emit(place, folds)
            return
        super().keyPressEvent(event)


class _Indented(QStyledItemDelegate):
    """Rows of steps in a group stand further in; so do their ticks, for the mouse too."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if len(index.data(_PLACE) or ()) > 1:
            option.rect.setLeft(option.rect.left() + INDENT)

    def arrow(self, view: StepList, index: QModelIndex) -> QRect:
        """Where the arrow of a group is drawn."""
        option = QStyleOptionViewItem()
        view.initViewItemOption(option)
        option.rect = view.visualRect(index)
        self.initStyleOption(option, index)
        part = QStyle.SubElement.SE_ItemViewItemDecoration
        found = view.style().subElementRect(part, option, view)
        return found.adjusted(-3, -6, 3, 6)
