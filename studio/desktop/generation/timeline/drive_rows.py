"""What of a sound moves what: a row for each, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.seed_box import takes_enter

if TYPE_CHECKING:
    from studio.engine.generation.sound.drive import Drive

Choices = Sequence[tuple[str, str]]
"""What a word of files is called in the window."""


class DriveRows(QWidget):
    """Shows drives and says what the hand wants of them; changes nothing itself."""

    changed = Signal(int, str, object)
    """The place of a drive, the name of its value, and that value."""
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._heads = [text_label(quiet=True, wrap=False) for _ in range(5)]
        for place, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, place)
        self.rows: list[_Row] = []

    def show_drives(self, drives: Sequence[Drive], targets: Choices) -> None:
        while len(self.rows) > len(drives):
            self.rows.pop().leave(self._grid)
        while len(self.rows) < len(drives):
            self.rows.append(_Row(self, len(self.rows), self._grid))
        for row, drive in zip(self.rows, drives, strict=True):
            row.show_drive(drive, targets)
        for head in self._heads:
            head.setVisible(bool(drives))

    def restyle(self) -> None:
        for row in self.rows:
            row.restyle()

    def retranslate(self) -> None:
        titles = tr("Heard"), tr("Moves"), tr("Amount"), tr("Attack"), tr("Release")
        for head, title in zip(self._heads, titles, strict=True):
            head.setText(title)
        for row in self.rows:
            row.retranslate()


class _Row(QObject):
    """The fields of one drive."""

    def __init__(self, rows: DriveRows, place: int, grid: QGridLayout) -> None:
        super().__init__(rows)
        self._rows, self._place = rows, place
        self.by, self.to, self.cross = QComboBox(), ElidedCombo(), QToolButton()
        self.amount, self.attack, self.release = (QDoubleSpinBox() for _ in range(3))
        self.by.setEditable(True)
        self.by.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.by.setFixedWidth(112)
        self.to.setMinimumWidth(96)
        self.amount.setRange(-100, 100)
        self.amount.setSingleStep(0.1)
        for box in (self.attack, self.release):
            box.setRange(0, 10)
            box.setSingleStep(0.05)
            box.setSuffix(" s")
        for box in (self.amount, self.attack, self.release):
            box.setFixedWidth(76)
            box.setKeyboardTracking(False)
        self.cross.setObjectName("cross")
        self.cross.setFixedSize(22, 20)
        self.cross.setIconSize(QSize(14, 14))
        self._fields = (self.by, self.to, self.amount, self.attack, self.release, self.cross)
        for column, field in enumerate(self._fields):
            grid.addWidget(field, place + 1, column)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.by.activated.connect(self._heard)
        edit = self.by.lineEdit()
        assert edit is not None
        edit.installEventFilter(self)
        edit.editingFinished.connect(self._typed)
        self.to.activated.connect(lambda _: self._say("to", self.to.currentData()))
        self.amount.valueChanged.connect(lambda value: self._say("amount", value))
        self.attack.valueChanged.connect(lambda value: self._say("attack", value))
        self.release.valueChanged.connect(lambda value: self._say("release", value))
        self.cross.clicked.connect(lambda: self._rows.removed.emit(self._place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter ends what is typed, before the room's command for it is looked at."""
        takes_enter(event)
        return super().eventFilter(watched, event)

    def leave(self, grid: QGridLayout) -> None:
        for field in self._fields:
            grid.removeWidget(field)
            field.hide()
            field.deleteLater()
        self.deleteLater()

    def show_drive(self, drive: Drive, targets: Choices) -> None:
        with QSignalBlocker(self.to), QSignalBlocker(self.by):
            self.to.clear()
            known = [*targets]
            if drive.to not in [word for word, _ in known]:
                known.append((drive.to, drive.to))
            for word, name in known:
                self.to.addItem(name, word)
            self.to.setCurrentIndex(self.to.findData(drive.to))
            place = self.by.findData(drive.by)
            self.by.setCurrentIndex(place)
            if place < 0:
                self.by.setEditText(f"{drive.by} Hz")
        values = ((self.amount, drive.amount), (self.attack, drive.attack),
                  (self.release, drive.release))  # fmt: skip
        for box, value in values:
            with QSignalBlocker(box):
                box.setValue(value)

    def _heard(self, place: int) -> None:
        self._say("by", self.by.itemData(place))

    def _typed(self) -> None:
        """A name, or a band in Hz."""
        text = self.by.currentText().strip()
        known = self.by.findText(text, Qt.MatchFlag.MatchFixedString)
        plain = text.lower().removesuffix("hz").replace("–", "-").replace(" ", "")
        self._say("by", self.by.itemData(known) if known >= 0 else plain)

    def _say(self, name: str, value: object) -> None:
        self._rows.changed.emit(self._place, name, value)

    def restyle(self) -> None:
        self.cross.setIcon(theme.icon("x", theme.colours().quiet))

    def retranslate(self) -> None:
        from studio.engine.generation.sound.heard import TITLES

        with QSignalBlocker(self.by):
            shown, text = self.by.currentData(), self.by.currentText()
            self.by.clear()
            for name, title in TITLES.items():
                self.by.addItem(tr(title), name)
            place = self.by.findData(shown)
            self.by.setCurrentIndex(place)
            if place < 0:
                self.by.setEditText(text)
        set_words(
            (self.by, tr("Heard"),
             tr("What of the sound: choose, or type a band as 80-250, in Hz (audio feature)")),
            (self.to, tr("Moves"), tr("What it moves (modulation target)")),
            (self.amount, tr("Amount"),
             tr("How far it goes where the sound is loudest, in its own unit; below 0 the other "
                "way (modulation depth)")),
            (self.attack, tr("Attack"), tr("How long it takes to rise (attack)")),
            (self.release, tr("Release"), tr("How long it takes to fall (release)")),
            (self.cross, "", tr("Remove")),
        )  # fmt: skip
        self.restyle()
