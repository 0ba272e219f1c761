"""What a place shows before there is anything: the next step in a sentence and a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.plain_text import Label
from studio.desktop.widgets.buttons import primary

ICON_SIZE = 48
WIDTH = 520


class EmptyState(QWidget):
    """An icon, a sentence, a button."""

    def __init__(
        self,
        icon: str,
        sentence: str,
        button: str,
        callback: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = Label()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = Label()
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.sentence.setFixedWidth(WIDTH)
        self.button = primary()
        self.button.clicked.connect(lambda: callback())
        column = QVBoxLayout(self)
        column.setSpacing(2 * theme.SPACE)
        column.addStretch(2)
        for widget in (self._picture, self.sentence, self.button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.set_texts(sentence, button)
        self._tint()

    def set_texts(self, sentence: str, button: str) -> None:
        """Say what to do next; without words there is no button."""
        self.sentence.setText(sentence)
        self._fit()
        self.button.setText(button)
        self.button.setToolTip(sentence)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))

    def _fit(self) -> None:
        # A centred label is given the height of one line, however many its words take.
        self.sentence.ensurePolished()
        self.sentence.setMinimumHeight(max(0, self.sentence.heightForWidth(WIDTH)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _tint(self) -> None:
        self._picture.setPixmap(theme.pixmap(self._icon, ICON_SIZE, theme.colours().quiet))
