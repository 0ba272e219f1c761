"""The left panel of the canvas: which model, which beginning, what was done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop import theme
from studio.desktop.generation.finders import Finders
from studio.desktop.generation.history import History
from studio.desktop.generation.history_view import HistoryView
from studio.desktop.generation.seed_sheet import ContactSheet
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import add, column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SIDE_WIDTH, SectionHeader
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column


class Dot(QWidget):
    """Amber while the model on the canvas is still being trained."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(14, 14)
        self.on = False

    def set_on(self, on: bool) -> None:
        self.on = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent if self.on else c.line))
        painter.drawEllipse(2, 2, 9, 9)


class Side(QWidget):
    """Model, contact sheet, history."""

    runChosen = Signal(str)
    shuffled = Signal()
    stepChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(SIDE_WIDTH)
        self.model, self.dot = ElidedCombo(), Dot()
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.setMinimumContentsLength(8)
        self.sheet, self.history = ContactSheet(), HistoryView()
        self.shuffle, self.picked = secondary(), secondary()
        """The second makes a direction of the pictures that are marked."""
        self.finders = Finders(
            column(self.sheet, row(self.shuffle, self.picked, None, gap=8), gap=8)
        )
        self.heads = [SectionHeader() for _ in range(3)]
        self._lay_out()
        self.model.activated.connect(self._picked)
        self.shuffle.clicked.connect(self.shuffled)
        self.history.chosen.connect(lambda place: self.stepChosen.emit(place))

    def _lay_out(self) -> None:
        inner, panel = panel_column(8)
        model = row((self.model, 1), self.dot, gap=6)
        find = self.heads[1], (self.finders, 1)
        for part in (self.heads[0], model, 8, *find, 8, self.heads[2], self.history):
            add(panel, part)
        column(SteadyScroll(inner), on=self)

    def show_models(self, runs: Sequence[tuple[str, str]], current: str, live: str) -> None:
        """Offer (run, words); `live` is the run that trains now."""
        self.model.clear()
        for name, text in runs:
            self.model.addItem(text, name)
        self.model.setCurrentIndex(self.model.findData(current))
        self.dot.set_on(bool(current) and current == live)
        self.dot.setToolTip(
            tr("This model is still training: new checkpoints arrive by themselves")
            if self.dot.on
            else tr("This model is not training now")
        )

    def show_history(self, history: History) -> None:
        """The tree of steps, the one on the canvas chosen."""
        self.history.show_steps(history)

    def show_marks(self, more: int, less: int) -> None:
        """How many pictures are marked as more, and how many as less."""
        tip = tr(
            "Make a direction from pictures marked as less to those marked as more: right-click a "
            "picture of the sheet, or press M or Shift+M for the one on the canvas"
        )
        counts = f"{tr('More like')} +{more} −{less}"
        set_words((self.picked, counts if more or less else tr("More like these"), tip))
        self.picked.setEnabled(bool(more or less))

    def _picked(self, index: int) -> None:
        self.runChosen.emit(str(self.model.itemData(index)))

    def retranslate(self) -> None:
        words = tr("Model"), tr("Find"), tr("History")
        for head, text in zip(self.heads, words, strict=True):
            head.setText(text)
        history = tr(
            "Every state of the picture: a click goes back to it, and what is done there begins a "
            "branch; arrow keys walk the tree, Ctrl+Z takes back"
        )
        set_words(
            (self.model, tr("Model"), tr("Which run to play (its newest checkpoint)")),
            (self.shuffle, tr("Shuffle"), tr("Other seeds, from one drawn by chance on (Shift+R)")),
            (self.history, tr("History"), history),
        )
        self.dot.setAccessibleName(tr("Training now"))
        self.sheet.retranslate()
        self.history.retranslate()
        self.finders.retranslate()
