"""How far a new run is prepared or measured, with a way to give up."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.widgets.buttons import secondary


class Preparing(QWidget):
    """A strip that is there only while something is being prepared or measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: tuple[int, int] | None = None
        self._stage = "preparing"
        self.bar, self.text, self.cancel = QProgressBar(), QLabel(), secondary("")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.setVisible(False)

    @property
    def going_on(self) -> bool:
        """Whether something is being prepared."""
        return self._at is not None

    def begin(self, stage: str = "preparing") -> None:
        """Appear; how much there is to do is not known yet. Also `starting` or `measuring`."""
        self._stage = stage
        self._show((0, 0))

    def advance(self, done: int, total: int) -> None:
        """So many pictures, or steps, of so many; news after the end changes nothing."""
        if self.going_on:
            self._show((done, total))

    def end(self) -> None:
        """Disappear."""
        self._show(None)

    def _show(self, at: tuple[int, int] | None) -> None:
        self._at = at
        self.setVisible(at is not None)
        done, total = at or (0, 0)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if self._stage == "measuring":
            self.text.setText(tr("Measuring the first steps…"))
        elif self._stage == "starting":
            self.text.setText(tr("Setting up the model…"))
        elif total:
            n, of = words.count(done), words.count(total)
            self.text.setText(tr("Preparing pictures {done} of {total}", done=n, total=of))
        else:
            self.text.setText(tr("Preparing…"))

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.cancel.setText(tr("Cancel"))
        self.cancel.setToolTip(tr("Give up; nothing is left behind"))
        self.bar.setAccessibleName(tr("How far it is"))
        self._show(self._at)
