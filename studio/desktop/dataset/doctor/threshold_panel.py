"""The thresholds of the folder doctor, each on the histogram of what it decides about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QProgressBar,
    QToolButton,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.dataset import words
from studio.desktop.dataset.doctor.histogram import Histogram
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.engine.dataset.doctor.thresholds import NEAR, Limit

_HEIGHT = 164
_OUTLIER = "outlier"


class ThresholdPanel(QFrame):
    """Shows one threshold at a time; what is dragged counts when it is let go of."""

    kindChosen = Signal(str)
    changed = Signal(str, float)
    """A threshold is to have another value."""
    excludeWanted = Signal(str)
    outliersWanted = Signal()
    cancelled = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedHeight(_HEIGHT)
        self._limits: dict[str, Limit] = {}
        self._values: np.ndarray | None = None
        self._found = 0
        self.kind, self.value, self.histogram = QComboBox(), QDoubleSpinBox(), Histogram()
        self.count, self.help = text_label(), text_label(quiet=True)
        self.exclude, self.measure, self.cancel = secondary(""), secondary(""), secondary("")
        self.bar, self.close_button = QProgressBar(), QToolButton()
        self._lay_out()
        self.kind.activated.connect(lambda _: self.kindChosen.emit(self.shown))
        self.histogram.moved.connect(self._dragged)
        self.histogram.settled.connect(self._settled)
        self.histogram.resetWanted.connect(self.reset)
        self.value.editingFinished.connect(self._typed)
        self.exclude.clicked.connect(lambda: self.excludeWanted.emit(self.shown))
        self.measure.clicked.connect(self.outliersWanted)
        self.cancel.clicked.connect(self.cancelled)
        self.close_button.clicked.connect(self.closed)
        self.show_progress(None)

    def _lay_out(self) -> None:
        for widget in (self.kind, self.value, self.help):
            widget.setFixedWidth(200)
        self.value.setKeyboardTracking(False)
        self.value.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.count.setFont(theme.font(bold=True))
        self.close_button.setAutoRaise(True)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        for label in (self.count, self.help):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        right = QWidget()
        right.setFixedWidth(232)
        head = boxes.row((self.count, 1), self.close_button, gap=-1)
        below = (self.bar, self.exclude, self.measure, self.cancel)
        boxes.column(head, *below, None, on=right, gap=8)
        left = boxes.column(self.kind, self.value, (self.help, 1), gap=8)
        boxes.row(left, (self.histogram, 1), right, on=self, gap=16, margins=(16, 12, 16, 12))

    # ------------------------------------------------------------------ what is shown

    @property
    def shown(self) -> str:
        return str(self.kind.currentData() or "")

    def show_limits(self, limits: Sequence[Limit]) -> None:
        before = self.shown
        self._limits = {limit.kind: limit for limit in limits}
        with QSignalBlocker(self.kind):
            self.kind.clear()
            for limit in limits:
                self.kind.addItem(words.kind_title(limit.kind), limit.kind)
            self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self._show_limit()

    def choose(self, kind: str) -> bool:
        """Show the threshold of a kind; False where it has none."""
        place = self.kind.findData(kind)
        if place < 0 or place == self.kind.currentIndex():
            return False
        self.kind.setCurrentIndex(place)
        self._show_limit()
        return True

    def show_values(self, kind: str, values: np.ndarray | None) -> None:
        """What the threshold decides about; None while it is being read."""
        if kind == self.shown:
            self._values = values
            self._show_limit()

    def show_found(self, found: int) -> None:
        self._found = found
        self.exclude.setEnabled(found > 0)
        self._say(self.histogram.limit)

    def show_progress(self, at: tuple[int, int] | None) -> None:
        """How far the search for outliers is; None when none is under way."""
        self.bar.setVisible(at is not None)
        self.cancel.setVisible(at is not None)
        self.measure.setEnabled(at is None)
        if at is not None:
            self.bar.setRange(0, at[1])
            self.bar.setValue(at[0])

    def _show_limit(self) -> None:
        limit = self._limits.get(self.shown)
        ready = limit is not None and self._values is not None and len(self._values) > 0
        self.histogram.setEnabled(ready)
        self.value.setEnabled(limit is not None)
        self.measure.setVisible(self.shown == _OUTLIER)
        self.exclude.setVisible(self.shown != _OUTLIER or ready)
        if limit is None:
            return
        values = self._values if self._values is not None else np.empty(0)
        self.histogram.show_values(values, limit.value, limit.low, limit.high, below=limit.below)
        with QSignalBlocker(self.value):
            self.value.setDecimals(0 if limit.unit in ("pixels", "levels") else 2)
            self.value.setRange(limit.low, limit.high)
            self.value.setSuffix(f" {tr(limit.unit)}")
            self.value.setValue(limit.value)
        self.help.setText(words.kind_help(limit.kind))
        self.help.setToolTip(words.kind_help(limit.kind))
        self._say(limit.value)

    # ------------------------------------------------------------------ changing

    def reset(self) -> None:
        limit = self._limits.get(self.shown)
        if limit is not None:
            self._settled(limit.default)

    def _dragged(self, value: float) -> None:
        with QSignalBlocker(self.value):
            self.value.setValue(value)
        self._say(self.value.value())

    def _settled(self, value: float) -> None:
        with QSignalBlocker(self.value):
            self.value.setValue(value)
        self._typed()

    def _typed(self) -> None:
        limit = self._limits.get(self.shown)
        value = self.value.value()
        if limit is None:
            return
        self.histogram.set_limit(value)
        self._say(value)
        if abs(value - limit.value) > 1e-9:
            self.changed.emit(limit.kind, value)

    # ------------------------------------------------------------------ words

    def _say(self, value: float) -> None:
        if self._values is None:
            self.count.setText(tr("Reading…"))
        elif not len(self._values):
            self.count.setText(
                tr("Not measured yet: every picture is looked at once.")
                if self.shown == _OUTLIER
                else tr("There is nothing to measure yet.")
            )
        else:
            # Pictures that are alike are found from the limit on, all others beyond it.
            count = self.histogram.flagged(value, inclusive=self.shown == NEAR)
            self.count.setText(
                tr(
                    "{n} of {pictures} would be found",
                    n=words.number(count), pictures=words.pictures(len(self._values)),
                )
            )  # fmt: skip
        self.exclude.setText(
            tr("Exclude them ({n})", n=words.number(self._found))
            if self._found
            else tr("Exclude them")
        )

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Thresholds"))
        with QSignalBlocker(self.kind):
            for place in range(self.kind.count()):
                self.kind.setItemText(place, words.kind_title(str(self.kind.itemData(place))))
        line = tr("Drag the line to move the threshold. A double-click brings the usual one back.")
        set_words(
            (self.kind, tr("Finding"), tr("The finding whose threshold is set here.")),
            (self.value, tr("Threshold"), tr("The threshold as a number.")),
            (self.histogram, tr("Histogram of the measured values"), line),
            (self.exclude, tr("Exclude them"),
             tr("Leave out every picture with this finding; Ctrl+Z undoes it.")),
            (self.measure, tr("Find outliers"),
             tr("Compare every picture with its neighbours in feature space (kNN distance).")),
            (self.cancel, tr("Cancel"), tr("Stop; what was looked at so far is kept.")),
            (self.bar, tr("How many pictures were looked at"),
             tr("How many pictures were looked at")),
            (self.close_button, tr("Close the thresholds"), tr("Close the thresholds")),
        )  # fmt: skip
        self.close_button.setIcon(theme.icon("x"))
        self._show_limit()
