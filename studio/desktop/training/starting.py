"""The foot of the form: what was measured, what is wrong, and the buttons that begin."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.measured import MeasuredCard
from studio.desktop.widgets.buttons import primary, secondary


class Starting(QWidget):
    """Stays in sight below the fields, which scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trouble = ""
        self.measured, self.trouble = MeasuredCard(), QLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setVisible(False)
        self.start, self.measure = primary(""), secondary("")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        for part in (self.measured, self.trouble, self.measure, self.start):
            column.addWidget(part)

    def set_possible(self, possible: bool) -> None:
        """Whether what the form says can be measured and begun."""
        self.start.setEnabled(possible)
        self.measure.setEnabled(possible)

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
        """Texts in the current language."""
        self.measured.retranslate()
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
