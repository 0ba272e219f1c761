"""A contact sheet of seeds without end: small pictures to find a beginning."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QImage, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QListWidgetItem, QMenu, QWidget

from studio.desktop.generation.tile_list import COLUMNS, MARK, PICTURE, TileList
from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.engine.seeds import LARGEST_SEED

ROWS = 5
"""In sight at least; more where the panel has room."""
PAGE = COLUMNS * ROWS
"""Seeds that are there beyond those in sight, so that there is always something to scroll to."""
_SEED = Qt.ItemDataRole.UserRole


class ContactSheet(TileList):
    """Three columns of seeds that go on as they are scrolled; the arrow keys walk them."""

    seedChosen = Signal(object)
    markWanted = Signal(object, int)
    """A seed, and whether more (1) or less (-1) like its picture is wanted."""
    sightChanged = Signal()
    """Other seeds may be in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROWS, parent, grows=True)
        self._first = 0
        self._quiet = False
        self._marks: dict[int, int] = {}
        self.verticalScrollBar().valueChanged.connect(self._look)
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(lambda item: self.seedChosen.emit(item.data(_SEED)))

    def lay_out(self, first: int, ratio: float) -> None:
        """Empty tiles for seeds from `first` on; `ratio` is height over width of the pictures."""
        self._quiet = True
        self._first = first
        self.clear()
        self.set_ratio(ratio)
        self._grow(PAGE)
        self._quiet = False
        self._look()

    def in_sight(self) -> list[int]:
        """The seeds of which a part is on the screen."""
        if not self.isVisible():
            return []
        top, height = self.verticalScrollBar().value(), self.gridSize().height()
        begin = top // height * COLUMNS
        end = (-(-(top + self.viewport().height()) // height)) * COLUMNS
        return [self._first + row for row in range(begin, min(end, self.count()))]

    def set_picture(self, seed: int, image: QImage) -> None:
        """Show a picture on the tile of a seed; a null one empties it."""
        item = self._item(seed)
        if item is not None:
            self.show_on(item, image)

    def picture(self, seed: int) -> QPixmap | None:
        """What the tile of a seed shows."""
        item = self._item(seed)
        found = None if item is None else item.data(PICTURE)
        return found if isinstance(found, QPixmap) else None

    def seeds(self) -> list[int]:
        return [self._first + row for row in range(self.count())]

    def ready(self) -> int:
        return sum(self.item(row).data(PICTURE) is not None for row in range(self.count()))

    def mark(self, seed: int | None) -> None:
        """Put the amber frame on `seed` where it is on the sheet. Emits nothing."""
        self._quiet = True
        item = None if seed is None else self._item(seed)
        self.setCurrentRow(-1 if item is None else self.row(item))
        self._quiet = False

    def set_marks(self, marks: dict[int, int]) -> None:
        """Which seeds are marked as more (1) and as less (-1)."""
        if marks != self._marks:
            before, self._marks = self._marks, marks
            for seed in before.keys() | marks.keys():
                if (item := self._item(seed)) is not None:
                    self._name(item)

    def _item(self, seed: int) -> QListWidgetItem | None:
        row = seed - self._first
        return self.item(row) if 0 <= row < self.count() else None

    @Slot()
    def _look(self) -> None:
        """Have more tiles before the last ones are reached, and tell of those in sight."""
        if self._quiet:
            return
        bottom = self.verticalScrollBar().value() + self.viewport().height()
        self._grow(-(-bottom // self.gridSize().height()) * COLUMNS + PAGE)
        self.sightChanged.emit()

    def _grow(self, count: int) -> None:
        """More seeds, up to the largest there is."""
        for seed in range(self._first + self.count(), min(self._first + count, LARGEST_SEED + 1)):
            item = QListWidgetItem(self)
            item.setData(_SEED, seed)
            self._name(item)

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
            action.setChecked(item.data(MARK) == way)
            action.triggered.connect(
                lambda _=False, way=way: self.markWanted.emit(item.data(_SEED), way)
            )
        menu.popup(event.globalPos())

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Contact sheet of seeds"))
        self.setToolTip(tr(
            "Seeds as a click shows them, with every slider where it is; they go on as far as you "
            "scroll, and arrow keys walk them"
        ))  # fmt: skip
        for row in range(self.count()):
            self._name(self.item(row))

    def _name(self, item: QListWidgetItem) -> None:
        """The words of a tile, and its mark."""
        mark = self._marks.get(item.data(_SEED), 0)
        text = tr("Seed {n}", n=item.data(_SEED))
        if mark:
            text = f"{text} · {tr('marked as more') if mark > 0 else tr('marked as less')}"
        hint = tr("Right-click to ask for more or less like it")
        item.setData(MARK, mark)
        item.setToolTip(tip(f"{text}\n{hint}"))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look()

    def _tell(self, current: QListWidgetItem | None, _before: object) -> None:
        if current is not None and not self._quiet and self.hasFocus():
            self.seedChosen.emit(current.data(_SEED))
