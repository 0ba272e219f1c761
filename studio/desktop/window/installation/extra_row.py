"""One extra: what it is for, how large and under which licences, and a button that installs it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from studio.desktop import theme
from studio.desktop.base.jobs import AnyJob
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.engine.extras import Extra

STATE_WIDTH = 132
"""Of what stands on the right: the same for a button, a bar and a word, so that nothing moves."""


class ExtraRow(QWidget):
    """Words on the left, and on the right a button, a bar with a way out, or “Installed”."""

    installWanted = Signal(str)

    def __init__(self, extra: Extra, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.extra = extra
        self.job: AnyJob | None = None
        self._lacking, self._is_there = "", False
        self.title, self.facts = text_label(), text_label(quiet=True)
        self.title.setFont(theme.font(bold=True))
        self.summary = text_label()
        self.install, self.cancel, self.bar = secondary(), secondary(), QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.there = text_label(quiet=True, wrap=False)
        self.there.setAlignment(Qt.AlignmentFlag.AlignCenter)
        going = QWidget()
        column(self.bar, self.cancel, on=going, gap=theme.SPACE // 2)
        self._state = QStackedWidget()
        self._state.setFixedWidth(STATE_WIDTH)
        self._pages = self.install, going, self.there
        for page in self._pages:
            holder = QWidget()
            column(page, None, on=holder)
            self._state.addWidget(holder)
        words = column(self.title, self.summary, self.facts, gap=2)
        row((words, 1), self._state, on=self, gap=2 * theme.SPACE, margins=(0, 8, 0, 8))
        self.install.clicked.connect(lambda: self.installWanted.emit(extra.name))
        self.cancel.clicked.connect(self._give_up)

    def look(self) -> None:
        """Whether it is there, for the next :meth:`show_state`: a look at the disk."""
        self._is_there = self.extra.is_installed

    def show_state(self, job: AnyJob | None, lacking: str) -> None:
        """`job` is the one that installs it; `lacking` says why nothing can be installed here."""
        self.job, self._lacking = job, lacking
        self._state.setCurrentIndex(1 if job is not None else 2 if self._is_there else 0)
        self.install.setEnabled(not lacking)
        if job is not None:
            self.bar.setRange(0, job.total)
            self.bar.setValue(job.done)
            self.cancel.setEnabled(job.can_cancel and not job.is_cancelling)
        self.retranslate()

    def _give_up(self) -> None:
        if self.job is not None:
            self.job.cancel()
            self.show_state(self.job, self._lacking)

    def retranslate(self) -> None:
        extra = self.extra
        title = said(extra.title)
        self.title.setText(title)
        self.summary.setText(said(extra.summary))
        self.facts.setText(f"{extra.megabytes} MB · {extra.licences}")
        self.there.setText(tr("Installed"))
        about = self._lacking or tr("Download and install it, each file checked by its hash")
        set_words(
            (self.install, tr("Install"), about),
            (self.bar, "", tr("How far it is")),
            (self.cancel, tr("Cancel"), tr("Give up; nothing is left behind")),
        )
        for button in (self.install, self.cancel):
            button.setAccessibleName(f"{button.text()}: {title}")
