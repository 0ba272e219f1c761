"""The fields of the new-run form that no family declares: what, how large, how long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSizePolicy,
    QTimeEdit,
    QWidget,
)

from studio.desktop import i18n, theme
from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets import boxes
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_form import ParamForm

SIZES = ("32", "48", "64", "96", "128", "192", "256")
FIELD_GAP = 6
UNITS = ("minutes", "images", "until")
LABEL_WIDTH = 104
"""Of the words left of an editor, so that all editors of a panel stand in one column."""
_SIZE = re.compile(r"^\s*(\d{1,5})\s*(?:[x×*, ]\s*(\d{1,5}))?\s*(?:px)?\s*$", re.IGNORECASE)


class Field(QWidget):
    """A label left, an editor right, and below them, when something is wrong, why."""

    def __init__(self, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self.label = Label()
        self.label.setBuddy(editor)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.error, self._error = text_label(), ""
        self.error.setVisible(False)
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = boxes.row(self.label, (editor, 1), gap=FIELD_GAP)
        boxes.column(line, self.error, on=self, gap=2)

    def set_texts(self, label: str, tip: str) -> None:
        self.label.setText(label)
        self.label.setToolTip(tip)
        self.editor.setToolTip(tip)
        self.editor.setAccessibleName(label)
        self.error.setText(i18n.said(self._error))
        self._describe()

    @property
    def wrong(self) -> str:
        """What is wrong with the value, as it was set; empty when nothing is."""
        return self._error

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the value; empty when nothing is."""
        self._error = sentence
        self.error.setText(i18n.said(sentence))
        self.error.setVisible(bool(sentence))
        self.error.setStyleSheet(f"color: {theme.colours().bad};")
        self.editor.setProperty("invalid", bool(sentence))
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)
        self._describe()

    def _describe(self, note: str = "") -> None:
        """To a screen reader: what it is for, and what is to be known about its value."""
        tip, more = self.label.toolTip(), " ".join(filter(None, (self.error.text(), note)))
        self.editor.setAccessibleDescription(f"{tip}. {more}" if more else tip)


class Choice(ElidedCombo):
    """A pick list of (key, text) that keeps its choice when the texts change."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.currentIndexChanged.connect(lambda _: self.picked.emit(self.key()))

    def set_choices(self, pairs: Sequence[tuple[str, str]], key: str = "") -> None:
        """Offer these; stay on the chosen key where it is still there."""
        wanted = key or self.key()
        with QSignalBlocker(self):
            self.clear()
            for each, text in pairs:
                self.addItem(text, each)
            self.setCurrentIndex(max(0, self.findData(wanted)) if pairs else -1)

    def key(self) -> str:
        """The chosen key, or empty."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Pick by key; an unknown one changes nothing."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)


class SizeBox(QComboBox):
    """`64` or `64 × 48` pixels: picked or typed."""

    sizeChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems(list(SIZES))
        self.setCurrentText("64")
        self.editTextChanged.connect(self.sizeChanged)

    def size_pixels(self) -> tuple[int, int] | None:
        """(width, height), or None when the text is no size."""
        found = _SIZE.match(self.currentText())
        if found is None:
            return None
        return int(found[1]), int(found[2] or found[1])


class Length(QWidget):
    """How long a run takes: minutes, pictures seen, or until a time of the clock."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = QDoubleSpinBox()
        self.number.setDecimals(0)
        self.number.setGroupSeparatorShown(True)
        self.number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # As wide as the panel allows, not as the largest number would need.
        self.number.setMinimumWidth(64)
        self.clock = QTimeEdit(QTime(7, 0))
        self.clock.setDisplayFormat("HH:mm")
        self.clock.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clock.setMinimumWidth(64)
        self.clock.setVisible(False)
        self.unit = Choice()
        boxes.row((self.number, 1), (self.clock, 1), (self.unit, 1), on=self, gap=4)
        self.setFocusProxy(self.number)
        self._numbers = {"minutes": 10.0, "images": 100_000.0}
        self._unit = "minutes"
        self.unit.set_choices([(unit, "") for unit in UNITS], "minutes")
        self._set_range()
        self.unit.picked.connect(self._swap)
        self.number.valueChanged.connect(self._kept)
        self.clock.timeChanged.connect(lambda _: self.changed.emit())

    def minutes(self) -> float | None:
        return self.number.value() if self._unit == "minutes" else None

    def images(self) -> int | None:
        return int(self.number.value()) if self._unit == "images" else None

    def until(self) -> str:
        """The time of the clock at which the run ends, as `07:00`; empty for another end."""
        return self.clock.time().toString("HH:mm") if self._unit == "until" else ""

    def retranslate(self) -> None:
        words = (tr("minutes"), tr("pictures seen"), tr("until"))
        self.unit.set_choices(list(zip(UNITS, words, strict=True)))
        tip = tr("Measure the run in minutes or in pictures seen (kimg = 1000), or end it by the "
                 "clock")  # fmt: skip
        clock = tr("The next time that the clock shows this, the run is saved and ends")
        set_words(
            (self.unit, tr("Unit of the length"), tip), (self.number, tr("Length"), tip),
            (self.clock, tr("Until"), clock),
        )  # fmt: skip

    def _swap(self, unit: str) -> None:
        self._unit = unit or "minutes"
        by_clock = self._unit == "until"
        self.number.setVisible(not by_clock)
        self.clock.setVisible(by_clock)
        self.setFocusProxy(self.clock if by_clock else self.number)
        if not by_clock:
            self._set_range()
        self.changed.emit()

    def _set_range(self) -> None:
        most, step = (100_000, 5) if self._unit == "minutes" else (1_000_000_000, 10_000)
        with QSignalBlocker(self.number):
            self.number.setRange(1, most)
            self.number.setSingleStep(step)
            self.number.setValue(self._numbers[self._unit])

    def _kept(self, value: float) -> None:
        self._numbers[self._unit] = value
        self.changed.emit()


class Facts(QWidget):
    """Quiet words left, values right: what a run is and how far it is."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, QLabel] = {}
        self.labels: dict[str, QLabel] = {}
        column = boxes.column(on=self, gap=4)
        for name in names:
            label, value = text_label(quiet=True, wrap=False), text_label("—", copied=True)
            label.setFixedWidth(88)
            line = boxes.row(label, (value, 1), gap=-1)
            line.setAlignment(label, Qt.AlignmentFlag.AlignTop)
            column.addLayout(line)
            self.labels[name], self.values[name] = label, value

    def set_label(self, name: str, text: str, tip: str = "") -> None:
        self.labels[name].setText(text)
        self.labels[name].setToolTip(tip)
        self.values[name].setAccessibleName(text)

    def set_value(self, name: str, text: str) -> None:
        """The value of one fact, `—` for none."""
        if self.values[name].text() != (text or "—"):
            self.values[name].setText(text or "—")

    def restyle(self) -> None:
        for label in self.labels.values():
            label.setStyleSheet(f"color: {theme.colours().quiet};")


def narrow(form: ParamForm) -> None:
    """Let the editors of a form shrink to the panel; their units may be long words."""
    layout = form.layout()
    if isinstance(layout, QFormLayout):
        layout.setHorizontalSpacing(FIELD_GAP)
    for label in form.labels.values():
        label.setFixedWidth(LABEL_WIDTH)
    for editor in form.editors.values():
        editor.setMinimumWidth(72)
        editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def dataset_text(name: str, pictures: int) -> str:
    return tr("{name} · {n} pictures", name=name, n=amounts.count(pictures))


def size_text(width: int, height: int) -> str:
    """`64`, or `64 × 48` where the sides differ."""
    return f"{width}" if width == height else f"{width} × {height}"
