"""What a group of steps says of itself beside how it is laid: its name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.slider_form import LABEL_WIDTH
from studio.engine.refinement.group import LONGEST_NAME


class GroupForm(QWidget):
    """`named` gives the name that the artist has typed."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label, self.line = Label(), QLineEdit()
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setBuddy(self.line)
        self.line.setMaxLength(LONGEST_NAME)
        self.line.editingFinished.connect(self._finished)
        self._last = ""
        row(self.label, (self.line, 1), on=self, gap=8)

    def show_name(self, name: str) -> None:
        self._last = name
        if self.line.text().strip() != name:
            self.line.setText(name)
            self.line.setCursorPosition(0)  # a long one shows how it begins

    def retranslate(self) -> None:
        self.label.setText(tr("Name"))
        self.line.setPlaceholderText(tr("Group"))
        set_words((self.line, tr("Name of the group"), tr("What the group is called in the list")))

    def _finished(self) -> None:
        name = self.line.text().strip()
        if name != self._last:
            self._last = name
            self.named.emit(name)
