"""The line above the grid: how many pictures, in which order, found by which word, how large."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.dataset import words
from studio.desktop.dataset.collection import SORTS, View
from studio.desktop.i18n import tr

SMALLEST, LARGEST, STEP = 32, 512, 16
_SEARCH_AFTER_MS, _SEARCH_WIDTH = 150, 130


class Header(QFrame):
    """Emits what the artist chooses here; shows what the room tells it."""

    sortChosen = Signal(str)
    searched = Signal(str)
    tileSizeChosen = Signal(int)
    mapToggled = Signal(bool)

    def __init__(self, tile_size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roomHeader")
        self.setFixedHeight(48)
        self.count, self.facts = QLabel(), QLabel()
        self.sort = QComboBox()
        self.search = _Search()
        self.map = QPushButton()
        self.map.setObjectName("tab")
        self.map.setCheckable(True)
        self.tile_size = TileSlider(tile_size)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(12)
        for label in (self.count, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            line.addWidget(label)
        self.count.setFont(theme.font(bold=True))
        # In a narrow window the sums give way first; the tooltip still says them.
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line.setStretchFactor(self.facts, 1)
        for widget in (self.map, self.sort, self.search, self.tile_size):
            line.addWidget(widget)
        self._sums = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_AFTER_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.sort.activated.connect(lambda _: self.sortChosen.emit(self.sort.currentData()))
        self.tile_size.valueChanged.connect(self.tileSizeChosen)
        self.map.toggled.connect(self.mapToggled)

    def retranslate(self) -> None:
        """Texts in the current language."""
        chosen = self.sort.currentData() or SORTS[0]
        with QSignalBlocker(self.sort):
            self.sort.clear()
            for sort in SORTS:
                self.sort.addItem(words.sort_title(sort), sort)
            self.sort.setCurrentIndex(SORTS.index(chosen))
        self.search.setPlaceholderText(tr("Search name, caption…"))
        self.map.setText(tr("Map"))
        texts = (
            (self.map, tr("Map of the pictures"),
             tr("Show all pictures on a plane, like beside like (embedding map, M).")),
            (self.sort, tr("Order"), tr("The order of the pictures.")),
            (self.search, tr("Search"),
             tr("Show only pictures with this text in name, caption, label, author or licence. "
                "Esc clears it.")),
            (self.tile_size, tr("Tile size"),
             tr("How large the tiles are. Double-click for the usual size.")),
        )  # fmt: skip
        for widget, name, help in texts:
            widget.setAccessibleName(name)
            widget.setToolTip(help)

    def show_totals(self, totals: dict[str, int], shown: int) -> None:
        """The sums; `shown` is how many the filters leave."""
        found = totals.get("found", 0)
        self.count.setText(words.pictures(found))
        parts = [tr("{n} will train", n=words.number(totals["trains"]))]
        if totals["excluded"]:
            parts.append(tr("{n} excluded", n=words.number(totals["excluded"])))
        if totals["unusable"]:
            parts.append(tr("{n} cannot be used", n=words.number(totals["unusable"])))
        if shown != found:
            parts.append(tr("{n} shown", n=words.number(shown)))
        self._sums = " · ".join(parts)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sums use the room there is."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._elide)

    def _elide(self) -> None:
        room = self.facts.width()
        end = Qt.TextElideMode.ElideRight
        self.facts.setText(self.facts.fontMetrics().elidedText(self._sums, end, room))
        self.facts.setToolTip(self._sums)

    def show_view(self, view: View) -> None:
        """The order and the search of a view that was chosen elsewhere."""
        self.sort.setCurrentIndex(SORTS.index(view.sort))
        if self.search.text().strip() != view.text:
            with QSignalBlocker(self.search):
                self.search.setText(view.text)


class _Search(QLineEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setClearButtonEnabled(True)
        self.setFixedWidth(_SEARCH_WIDTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the box, and leaves it when it is empty."""
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.clearFocus()
            return
        super().keyPressEvent(event)


class TileSlider(QSlider):
    """A short slider; a double-click brings the usual size back."""

    USUAL = 128

    def __init__(self, value: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(SMALLEST, LARGEST)
        self.setSingleStep(STEP)
        self.setPageStep(STEP * 2)
        self.setFixedWidth(72)
        self.setValue(value)

    def mouseDoubleClickEvent(self, event: object) -> None:
        """Back to the usual size."""
        self.setValue(self.USUAL)
