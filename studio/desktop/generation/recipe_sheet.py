"""A sheet of pictures that were made for the artist to choose from: children, the best of many."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QListWidgetItem, QMenu, QWidget

from studio.desktop.generation.tile_list import FOOT, MARK, PICTURE, TileList
from studio.desktop.plain_text import tip


class RecipeSheet(TileList):
    """Tiles by number. A click, or the arrow keys, choose one; plus or the menu marks one."""

    chosen = Signal(int)
    markWanted = Signal(int)

    def __init__(self, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(rows, parent)
        self._quiet = False
        self._told = -1
        """The tile that was chosen by the press of a click that has not ended."""
        self._mark_words = ""
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(self._click)

    def set_tiles(self, words: Sequence[str], feet: Sequence[str] = ()) -> None:
        """So many empty tiles, what each is called, and what stands on its foot."""
        self._quiet = True
        self.clear()
        for number in range(len(words)):
            QListWidgetItem(self).setData(FOOT, feet[number] if feet else "")
        self.name_tiles(words)
        self._quiet = False

    def name_tiles(self, words: Sequence[str]) -> None:
        """Other words for the tiles that there are."""
        for number, text in enumerate(words):
            self.item(number).setToolTip(tip(text))
            self.item(number).setData(Qt.ItemDataRole.AccessibleTextRole, text)

    def set_picture(self, number: int, image: QImage) -> None:
        if (item := self.item(number)) is not None:
            self.show_on(item, image)

    def picture(self, number: int) -> QPixmap | None:
        found = self.item(number).data(PICTURE)
        return found if isinstance(found, QPixmap) else None

    def ready(self) -> int:
        """How many have their picture."""
        return sum(self.picture(number) is not None for number in range(self.count()))

    def set_marks(self, marked: Collection[int]) -> None:
        for number in range(self.count()):
            self.item(number).setData(MARK, int(number in marked))

    def frame(self, number: int | None) -> None:
        """Put the amber frame on a tile, or on none. Emits nothing."""
        self._quiet = True
        self.setCurrentRow(-1 if number is None else number)
        self._quiet = False

    def offer_mark(self, words: str) -> None:
        """What marking a tile is called in its menu; empty where tiles are not marked."""
        self._mark_words = words

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        number = self.indexAt(event.pos()).row()
        if number < 0 or not self._mark_words:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction(self._mark_words)
        action.setCheckable(True)
        action.setChecked(bool(self.item(number).data(MARK)))
        action.triggered.connect(lambda _=False: self.markWanted.emit(number))
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus marks the tile that the keyboard is on; the arrow keys walk."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and self._mark_words:
            if self.currentRow() >= 0:
                self.markWanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """To come by is not to choose: Qt would go to the first tile."""
        before, self._quiet = self.currentRow(), True
        super().focusInEvent(event)
        self.setCurrentRow(before)
        self._quiet = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._told = -1
        super().mousePressEvent(event)

    def _tell(self, current: QListWidgetItem | None, _before: object) -> None:
        if current is not None and not self._quiet and self.hasFocus():
            self._told = self.row(current)
            self.chosen.emit(self._told)

    def _click(self, item: QListWidgetItem) -> None:
        if self.row(item) != self._told:  # once a click
            self.chosen.emit(self.row(item))
