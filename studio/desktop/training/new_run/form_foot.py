"""The foot of the form: what was measured, what is wrong, and the buttons that begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.desktop import i18n, theme
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.fields import Field
from studio.desktop.training.new_run.measured_needs import MeasuredCard
from studio.desktop.widgets.buttons import primary, secondary


class Obstacle(QWidget):
    """Which field is in the way of a start, for that may be scrolled out of sight."""

    showRequested = Signal(object)
    """The :class:`Field` that is to be put right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field: Field | None = None
        self.sentence, self.show_field = QLabel(), secondary("")
        self.sentence.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.show_field)
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
        self._trouble = ""
        self.measured, self.trouble = MeasuredCard(), QLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setVisible(False)
        self.obstacle = Obstacle()
        self.start, self.measure = primary(""), secondary("")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        for part in (self.measured, self.trouble, self.obstacle, self.measure, self.start):
            column.addWidget(part)

    def set_possible(self, possible: bool, wrong: Field | None = None) -> None:
        """Whether what the form says can be measured and begun, and which field is in the way."""
        self.obstacle.set_field(wrong)
        for button in (self.start, self.measure):
            button.setEnabled(possible)
            button.setAccessibleDescription(self.obstacle.sentence.text())

    def set_busy(self, *, preparing: bool, measuring: bool) -> None:
        """What is going on takes the place of the button that began it."""
        self.start.setVisible(not preparing)
        self.measure.setVisible(not preparing and not measuring)

    def set_trouble(self, sentence: str) -> None:
        """What is wrong, a sentence of the engine; empty for nothing."""
        self._trouble = sentence
        self.trouble.setText(words.said(sentence))
        self.trouble.setVisible(bool(sentence))
        self.trouble.setStyleSheet(f"color: {theme.colours().bad};")

    def retranslate(self) -> None:
        self.measured.retranslate()
        self.obstacle.retranslate()
        for button, text, tip in (
            (self.start, tr("Start training"),
             tr("Prepare the pictures and train in the background (Ctrl+Enter)")),
            (self.measure, tr("Measure first"),
             tr("Try the first steps to see what the whole run needs (pre-flight, M)")),
        ):  # fmt: skip
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        self.set_trouble(self._trouble)
