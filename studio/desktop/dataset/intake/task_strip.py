"""The strip at the bottom of the room while something is written or read beside the window."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.desktop.dataset import words
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary


class TaskStrip(QFrame):
    """What is going on, how far it is where that is known, and a way out."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(44)
        self._title, self._at, self._stopping = "", (0, 0), False
        self.text, self.bar, self.cancel = QLabel(), QProgressBar(), secondary("")
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(140, 6)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(12)
        line.addWidget(self.bar)
        line.addWidget(self.text, 1)
        line.addWidget(self.cancel)
        self.cancel.clicked.connect(self._give_up)
        self.hide()

    def begin(self, title: str) -> None:
        """Appear; how much there is to do is not known yet."""
        self._title, self._at, self._stopping = title, (0, 0), False
        self._say()
        self.show()

    @Slot(int, int)
    def advance(self, done: int, total: int) -> None:
        """So much of so much."""
        self._at = done, total
        self._say()

    def end(self) -> None:
        """Disappear."""
        self.hide()

    def _give_up(self) -> None:
        self._stopping = True
        self._say()
        self.cancelled.emit()

    def _say(self) -> None:
        done, total = self._at
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        parts = [self._title]
        if total:
            parts.append(f"{words.number(done)} / {words.number(total)}")
        if self._stopping:
            parts.append(tr("stopping…"))
        self.text.setText(" · ".join(parts))
        self.cancel.setEnabled(not self._stopping)

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.cancel.setText(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.setToolTip(tr("Give up; nothing is left behind"))
        self.bar.setAccessibleName(tr("How far it is"))
        self.bar.setToolTip(tr("How far it is"))
