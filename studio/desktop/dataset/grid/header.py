"""The line above the grid: how many pictures, in which order, found by which word, how large."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset import words
from studio.desktop.dataset.session.columns import SORTS, View
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import HEADER_HEIGHT

SMALLEST, LARGEST, STEP = 32, 512, 16
_SEARCH_AFTER_MS, _SEARCH_WIDTH, _SEARCH_WIDEST = 150, 108, 240
_WIDE = 1100
"""From here on there is room for the whole search beside everything else."""
_SORT_LETTERS, _GAP, _SMALL = 7, 12, 11


class Header(QFrame):
    """Emits what the artist chooses here; shows what the room tells it."""

    sortChosen = Signal(str)
    searched = Signal(str)
    tileSizeChosen = Signal(int)
    mapToggled = Signal(bool)

    def __init__(self, tile_size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roomHeader")
        self.setFixedHeight(HEADER_HEIGHT)
        self.count, self.facts = text_label(wrap=False), text_label(wrap=False)
        self.sort = ElidedCombo()
        self.search = _Search()
        self.map = QPushButton()
        self.map.setObjectName("tab")
        self.map.setCheckable(True)
        self.tile_size = TileSlider(tile_size)
        self._sums = QWidget()
        # In a narrow window the sums give way first; the tooltip still says them.
        self._sums.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._sums)
        self._words.setContentsMargins(0, 0, 0, 0)
        self._words.addWidget(self.count)
        self._words.addWidget(self.facts, 1)
        self.count.setFont(theme.font(bold=True))
        # The longest order would take the room of the sums, although it is hardly ever chosen.
        self.sort.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.sort.setMinimumContentsLength(_SORT_LETTERS)
        tools = (self.map, self.sort, self.search, self.tile_size)
        boxes.row((self._sums, 1), *tools, on=self, gap=theme.SPACE, margins=(16, 0, 16, 0))
        self._counts: list[str] = [""]
        self._parts: list[_Sum] = []
        self._timer = Ticker(
            self, lambda: self.searched.emit(self.search.text().strip()), _SEARCH_AFTER_MS
        )
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.sort.activated.connect(lambda _: self.sortChosen.emit(self.sort.currentData()))
        self.tile_size.valueChanged.connect(self.tileSizeChosen)
        self.map.toggled.connect(self.mapToggled)

    def retranslate(self) -> None:
        chosen = self.sort.currentData() or SORTS[0]
        with QSignalBlocker(self.sort):
            self.sort.clear()
            for sort in SORTS:
                self.sort.addItem(words.sort_title(sort), sort)
            self.sort.setCurrentIndex(SORTS.index(chosen))
        # Narrower than its longest entry, the list itself is as wide as that.
        view = self.sort.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * _GAP)
        self.search.setPlaceholderText(tr("Search…"))
        set_words(
            (self.map, tr("Map of the pictures"),
             tr("Show all pictures on a plane, like beside like (embedding map, M).")),
            (self.sort, tr("Order"), tr("The order of the pictures.")),
            (self.search, tr("Search"),
             tr("Show only pictures with this text in name, caption, label, author, licence, "
                "source address or consent. Esc clears it.")),
            (self.tile_size, tr("Tile size"),
             tr("How large the tiles are. Double-click for the usual size.")),
        )  # fmt: skip
        self.map.setText(tr("Map"))

    def show_totals(self, totals: dict[str, int], shown: int) -> None:
        """The sums; `shown` is how many the filters leave."""
        found = totals.get("found", 0)
        self._counts = [words.pictures(found)]
        if shown != found:
            texts = {"n": words.number(shown), "all": words.number(found)}
            self._counts = [tr("{n} of {all} pictures", **texts), tr("{n} of {all}", **texts)]
        self._sums.setMinimumWidth(_advance(self.count, self._counts[-1]) + 1)
        n = words.number(totals["trains"])
        self._parts = [_Sum(tr("{n} will train", n=n), tr("{n} train", n=n))]
        if totals["held_out"]:
            text = tr("{n} held out", n=words.number(totals["held_out"]))
            self._parts.append(_Sum(text, text))
        if totals["excluded"]:
            n = words.number(totals["excluded"])
            self._parts.append(_Sum(tr("{n} excluded", n=n), tr("{n} out", n=n)))
        if totals["unusable"]:
            n = words.number(totals["unusable"])
            self._parts.append(_Sum(tr("{n} cannot be used", n=n), tr("{n} unusable", n=n)))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.search.setFixedWidth(_SEARCH_WIDEST if self.width() >= _WIDE else _SEARCH_WIDTH)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """The sums beside the number of pictures, or below it where the window is narrow."""
        room, whole = self._sums.width(), _joined([part.text for part in self._parts])
        fitting = [text for text in self._counts if _advance(self.count, text) <= room]
        self.count.setText((fitting or self._counts[-1:])[0])
        self.facts.setFont(theme.font())
        beside = self.count.sizeHint().width() + _GAP + _advance(self.facts, whole)
        narrow = beside > room
        if narrow:
            self.facts.setFont(theme.font(_SMALL))
        direction = QBoxLayout.Direction
        self._words.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self._words.setSpacing(0 if narrow else _GAP)
        middle, low, high = (
            Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop,
        )  # fmt: skip
        self._words.setStretchFactor(self.count, int(narrow))
        self.count.setAlignment(low if narrow else middle)
        self.facts.setAlignment(high if narrow else middle)
        self.facts.setText(self._shortened(room))
        everything = _joined([self._counts[0], whole])
        for label in (self.count, self.facts):
            label.setToolTip(everything)
        self.count.setAccessibleName(self._counts[0])
        self.facts.setAccessibleName(whole)

    def _shortened(self, room: int) -> str:
        """All sums, in fewer words where there is little room; then the last go first."""
        short = [part.short for part in self._parts]
        fewer = [f"{_joined(short[:most])} …" for most in range(len(short) - 1, 0, -1)]
        for text in (_joined([part.text for part in self._parts]), _joined(short), *fewer):
            if _advance(self.facts, text) <= room:
                return text
        end = Qt.TextElideMode.ElideRight
        return self.facts.fontMetrics().elidedText(_joined(short), end, room)

    def show_view(self, view: View) -> None:
        """The order and the search of a view that was chosen elsewhere."""
        self.sort.setCurrentIndex(SORTS.index(view.sort))
        if self.search.text().strip() != view.text:
            with QSignalBlocker(self.search):
                self.search.setText(view.text)


@dataclass(frozen=True)
class _Sum:
    """A figure, and the same in fewer words."""

    text: str
    short: str


def _joined(texts: list[str]) -> str:
    return " · ".join(texts)


def _advance(label: QLabel, text: str) -> int:
    return label.fontMetrics().horizontalAdvance(text)


class _Search(QLineEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setClearButtonEnabled(True)

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
        self.setFixedWidth(64)
        self.setValue(value)

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.setValue(self.USUAL)
