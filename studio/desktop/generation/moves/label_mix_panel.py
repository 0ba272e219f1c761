"""From the label of the picture to another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_slider import ParamSlider


class LabelMixPanel(QWidget):
    """Another label, and how far towards it."""

    wanted = Signal(int, float)
    """The number of the label, and the share from 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.box = Label(), QComboBox()
        self.share = ParamSlider("", 0.0, 1.0, 0.0, 0.01)
        self.note = text_label(quiet=True)
        self._names: tuple[str, ...] = ()
        self.box.setMinimumContentsLength(14)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = row(self.word, None, self.box, gap=-1)
        column(line, self.share, self.note, on=self, gap=6)
        self.box.activated.connect(lambda _: self._tell())
        self.share.valueChanged.connect(lambda _: self._tell())

    def set_names(self, names: Sequence[str]) -> None:
        chosen = self.box.currentIndex()
        self._names = tuple(names)
        self.box.clear()
        self.box.addItems([name or tr("without a label") for name in names])
        self.box.setCurrentIndex(max(0, min(chosen, len(names) - 1)))

    def show_values(self, label: int | None, share: float, begins_at_seed: bool) -> None:
        if label is not None and label < self.box.count():
            self.box.setCurrentIndex(label)
        self.share.set_value(share)
        for widget in (self.box, self.share):
            widget.setEnabled(begins_at_seed)
        self.note.setVisible(not begins_at_seed)

    def _tell(self) -> None:
        self.wanted.emit(self.box.currentIndex(), self.share.value())

    def retranslate(self) -> None:
        self.set_names(self._names)
        which = tr("The label that the same seed is led towards (class label)")
        self.word.setText(tr("Towards"))
        self.word.setToolTip(which)
        set_words((self.box, tr("Towards"), which))
        self.share.set_label(tr("Share"))
        self.share.setToolTip(
            tr("How far towards the other label (class interpolation); double-click resets")
        )
        self.note.setText(tr("This picture begins at a point, whose label is not known."))
