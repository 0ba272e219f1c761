"""A run of another machine: the command that trains it there, and the way back of the run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from studio.desktop import theme
from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.engine.training.record.options import NewRun
from studio.verbs.train_command import command

WIDTH = 560
LINES = 5
"""Of the command that are in sight."""
MOST = 64


class ElsewhereWindow(QDialog):
    """Three steps, in the order in which they are taken."""

    takeBackRequested = Signal(Path)
    """The folder of a run, or a zip of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty(GUIDE_PAGE, "training")
        self._wanted: NewRun | None = None
        self._project = Path()
        self.setMinimumWidth(WIDTH)
        self.there, self.back = SectionHeader(), SectionHeader()
        self.carry, self.run, self.bring = text_label(), text_label(), text_label()
        self.place = QLineEdit()
        self.place.setReadOnly(True)
        self.count_label, self.count = Label(), QSpinBox()
        self.count.setRange(1, MOST)
        self.count_label.setBuddy(self.count)
        self.command = QPlainTextEdit()
        self.command.setReadOnly(True)
        self.command.setTabChangesFocus(True)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setFixedHeight(LINES * self.command.fontMetrics().lineSpacing() + 16)
        self.copy, self.close_button = primary(), secondary()
        self.folder, self.archive = secondary(), secondary()
        self._lay_out()
        self.count.valueChanged.connect(self._show_command)
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(self._ask_folder)
        self.archive.clicked.connect(self._ask_archive)
        self.close_button.clicked.connect(self.close)
        self.retranslate()

    def _lay_out(self) -> None:
        cards = row(self.count_label, self.count, None, self.copy, gap=8)
        ways = row(self.folder, self.archive, None, gap=8)
        parts = (
            self.there, self.carry, self.place, 4, self.run, self.command, cards, 12,
            self.back, self.bring, ways, 12, row(None, self.close_button),
        )  # fmt: skip
        column(*parts, on=self, gap=theme.SPACE, margins=(16, 16, 16, 16))
        self.setTabOrder(self.place, self.command)
        self.setTabOrder(self.command, self.count)
        self.setTabOrder(self.count, self.copy)

    def show_run(self, wanted: NewRun, project: Path) -> None:
        """Say how this run of a project is trained elsewhere."""
        self._wanted, self._project = wanted, project
        self.retranslate()
        self.show()
        # Words that are broken into lines are higher than the hint of the layout says.
        if layout := self.layout():
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))
        self.raise_()
        self.activateWindow()
        self.copy.setFocus()

    def _show_command(self) -> None:
        if self._wanted is not None:
            words = command(self._wanted, self._project.name, self.count.value())
            self.command.setPlainText(words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.toPlainText())

    def _ask_folder(self) -> None:
        title = tr("The folder of the run")
        if found := QFileDialog.getExistingDirectory(self, title, str(Path.home())):
            self.takeBackRequested.emit(Path(found))

    def _ask_archive(self) -> None:
        kinds = tr("Zip archives ({endings})", endings="*.zip")
        found, _ = QFileDialog.getOpenFileName(
            self, tr("The archive of the run"), str(Path.home()), kinds
        )
        if found:
            self.takeBackRequested.emit(Path(found))

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Train there"))
        self.there.setText(tr("On the other machine"))
        self.back.setText(tr("Back here"))
        self.carry.setText(tr("1. Copy the folder of this project there."))
        self.place.setText(str(self._project))
        self.run.setText(
            tr(
                "2. Beside its copy, run this. The program has to be installed there; the pictures "
                "are in the project already, and no window is needed."
            )
        )
        self.bring.setText(
            tr(
                "3. Bring back the folder that the command has named, from runs in that copy, or a "
                "zip of it. It becomes a run here, checked as any other."
            )
        )
        self.count_label.setText(tr("Graphics cards"))
        set_words(
            (self.place, tr("Folder of the project"), tr("Where the project lies on this machine")),
            (self.count, tr("Graphics cards"),
             tr("So many cards share every step; the run stays the same (processes of torchrun)")),
            (self.command, tr("The command"), tr("What trains the run on the other machine")),
            (self.copy, tr("Copy the command"), tr("Put the command on the clipboard")),
            (self.folder, tr("Take back a folder…"),
             tr("Choose the folder of a run that was trained on another machine")),
            (self.archive, tr("Take back a zip…"),
             tr("Choose a zip of the folder of a run that was trained on another machine")),
            (self.close_button, tr("Close"), tr("Close this window (Esc)")),
        )  # fmt: skip
        self._show_command()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
