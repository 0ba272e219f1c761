"""The chooser of labels: any, or one by its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_words

ANY = -1
LISTED = 16
LARGEST, MARGIN = 360, 12


class LabelBox(QComboBox):
    """Any label, or one by its name."""

    labelChosen = Signal(int)
    """The number of a label, or :data:`ANY`."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxVisibleItems(LISTED)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self.setMinimumWidth(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda row: self.labelChosen.emit(self.itemData(row)))

    def set_names(self, names: Sequence[str]) -> None:
        chosen = self.currentData()
        self.clear()
        self.addItem(tr("any"), ANY)
        for number, name in enumerate(names):
            self.addItem(name or tr("without a label"), number)
        self.show_label(chosen)

    def show_label(self, number: int | None) -> None:
        """Show without telling anybody; None and what is not there are any."""
        self.setCurrentIndex(max(0, self.findData(ANY if number is None else number)))

    def show_drawn(self, name: str) -> None:
        """Say beside `any` which label the seed drew; empty while that is unknown."""
        if self.count():
            self.setItemText(0, f"{tr('any')} · {name}" if name else tr("any"))

    def showPopup(self) -> None:
        """Whole names in the list, however narrow the box."""
        self.view().setMinimumWidth(min(LARGEST, self.view().sizeHintForColumn(0) + 2 * MARGIN))
        super().showPopup()


class LabelLine(QWidget):
    """The chooser and its word, in one line."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.box = Label(), LabelBox()
        self.word.setBuddy(self.box)
        row(self.word, None, self.box, on=self, gap=-1)
        self.setVisible(False)

    def retranslate(self) -> None:
        tip = tr("What the picture is to be of (class label); L takes the next")
        self.word.setText(tr("Label"))
        self.word.setToolTip(tip)
        set_words((self.box, tr("Label"), tip))
