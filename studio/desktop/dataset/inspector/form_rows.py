"""A line of a panel: a label left, an editor right; a double click on the label resets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets import boxes

LABEL_WIDTH = 94


class Row(QWidget):
    """Keeps label, tooltip and accessible name of an editor together."""

    def __init__(self, editor: QWidget, reset: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.editor = editor
        self.label = _Label(reset)
        self.label.setBuddy(editor)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setWordWrap(True)
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._can_reset = reset is not None
        boxes.row(self.label, (editor, 1), on=self, gap=8)

    def set_texts(self, label: str, help: str) -> None:
        self.label.setText(label)
        self.editor.setToolTip(help)
        self.editor.setAccessibleName(label)
        reset = tr("Double-click for the usual value.")
        self.label.setToolTip(f"{help} {reset}" if self._can_reset else help)


class _Label(Label):
    def __init__(self, reset: Callable[[], None] | None) -> None:
        super().__init__()
        self.setProperty("quiet", True)
        self._reset = reset

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._reset is not None:
            self._reset()


class Pick(QComboBox):
    """A pick list of (key, text)."""

    picked = Signal(str)
    """The key that the artist chose; setting one in code tells nobody."""

    def __init__(self, *, typed: bool = False) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        if typed:
            self.setEditable(True)
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            line = self.lineEdit()
            assert line is not None
            line.editingFinished.connect(self._typed)
        self.activated.connect(self._activated)
        self._shown = ""

    def set_choices(self, pairs: Sequence[tuple[str, str]], key: str) -> None:
        """Offer these and show one; one that is not offered is written out where it can be."""
        with QSignalBlocker(self):
            self.clear()
            for each, text in pairs:
                self.addItem(text, each)
        self.show_key(key)

    def show_key(self, key: str) -> None:
        with QSignalBlocker(self):
            place = self.findData(key)
            self.setCurrentIndex(place)
            if place < 0 and self.isEditable():
                self.setEditText(key)
        self._shown = self.currentText()

    def key(self) -> str:
        place = self.findText(self.currentText().strip())
        if place >= 0:
            return str(self.itemData(place) or "")
        return self.currentText().strip() if self.isEditable() else ""

    def _activated(self, _place: int) -> None:
        self._shown = self.currentText()
        self.picked.emit(self.key())

    def _typed(self) -> None:
        if self.currentText() != self._shown:
            self._shown = self.currentText()
            self.picked.emit(self.key())
