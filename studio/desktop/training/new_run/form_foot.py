"""The foot of the form: what was measured, what is wrong, and the buttons that begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop import i18n, theme
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.fields import Field
from studio.desktop.training.new_run.measured_needs import MeasuredCard
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label


class Obstacle(QWidget):
    """Which field is in the way of a start, for that may be scrolled out of sight."""

    showRequested = Signal(object)
    """The :class:`Field` that is to be put right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field: Field | None = None
        self.sentence, self.show_field = text_label(), secondary("")
        boxes.row((self.sentence, 1), self.show_field, on=self, gap=8)
        self.show_field.clicked.connect(lambda: self.showRequested.emit(self._field))
        self.setVisible(False)

    def set_field(self, field: Field | None) -> None:
        """The field whose value is wrong, None where there is none."""
        self._field = field
        self.retranslate()
        self.setVisible(field is not None)

    def retranslate(self) -> None:
        wrong = i18n.said(self._field.wrong) if self._field is not None else ""
        name = self._field.label.text() if self._field is not None else ""
        self.sentence.setText(wrong)
        self.sentence.setStyleSheet(f"color: {theme.colours().bad};")
        self.show_field.setText(tr("Show"))
        self.show_field.setToolTip(tr("Go to what has to be put right"))
        self.show_field.setAccessibleName(tr("Show: {name}", name=name))
        self.show_field.setAccessibleDescription(wrong)


class Starting(QWidget):
    """Stays in sight below the fields, which scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trouble, self._waits = "", False
        self.measured, self.trouble = MeasuredCard(), text_label()
        self.trouble.setVisible(False)
        self.obstacle = Obstacle()
        self.start, self.measure = primary(""), secondary("")
        self.elsewhere = secondary("")
        said = (self.measured, self.trouble, self.obstacle)
        beside = boxes.row((self.measure, 1), (self.elsewhere, 1), gap=8)
        boxes.column(*said, beside, self.start, on=self, gap=8, margins=(16, 8, 16, 16))

    def set_possible(self, possible: bool, wrong: Field | None = None) -> None:
        """Whether what the form says can be measured and begun, and which field is in the way."""
        self.obstacle.set_field(wrong)
        for button in (self.start, self.measure, self.elsewhere):
            button.setEnabled(possible)
            button.setAccessibleDescription(self.obstacle.sentence.text())

    def set_busy(self, *, preparing: bool, measuring: bool) -> None:
        """What is going on takes the place of the button that began it."""
        self.start.setVisible(not preparing)
        for button in (self.measure, self.elsewhere):  # alone it would move under the pointer
            button.setVisible(not preparing and not measuring)

    def set_waiting(self, waits: bool) -> None:
        """Whether the run would wait, for another one trains."""
        if waits != self._waits:
            self._waits = waits
            self._words()

    def set_trouble(self, sentence: str) -> None:
        self._trouble = sentence
        self.trouble.setText(words.said(sentence))
        self.trouble.setVisible(bool(sentence))
        self.trouble.setStyleSheet(f"color: {theme.colours().bad};")

    def retranslate(self) -> None:
        self.measured.retranslate()
        self.obstacle.retranslate()
        set_words(
            (self.measure, tr("Measure first"),
             tr("Try the first steps to see what the whole run needs (pre-flight, M)")),
            (self.elsewhere, tr("Train there…"),
             tr("Train on another machine: get the command, and take the run back "
                "(Ctrl+Alt+Enter)")),
        )  # fmt: skip
        self._words()
        self.set_trouble(self._trouble)

    def _words(self) -> None:
        if self._waits:
            tip = tr("Prepare the pictures now, and train when those before it have ended "
                     "(queue, Ctrl+Enter)")  # fmt: skip
            set_words((self.start, tr("Train it then"), tip))
        else:
            tip = tr("Prepare the pictures and train in the background (Ctrl+Enter)")
            set_words((self.start, tr("Start training"), tip))
