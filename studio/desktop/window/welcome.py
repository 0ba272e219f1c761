"""The first thing an artist sees: three ways on, and the projects of last time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label, tip
from studio.desktop.widgets.boxes import Part, column, row
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader

RECENT = 5


class Way(QFrame):
    """One way on: an icon, a sentence, a button."""

    def __init__(self, icon: str, button: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("raised")
        self.setFixedSize(264, 200)
        self._icon = icon
        self.picture, self.words, self.button = Label(), text_label(), button
        # All ways on weigh the same, whatever their colour.
        self.button.setProperty("large", True)
        edges = (20, 20, 20, 20)
        layout = column(
            self.picture, (self.words, 1), self.button, on=self, gap=theme.SPACE, margins=edges
        )
        layout.setAlignment(self.words, Qt.AlignmentFlag.AlignTop)

    def set_texts(self, words: str, button: str) -> None:
        self.picture.setPixmap(theme.pixmap(self._icon, 32, theme.colours().accent))
        self.words.setText(words)
        set_words((self.button, button, words))


class Welcome(QWidget):
    """Shown while no project is open."""

    sampleWanted = Signal()
    folderWanted = Signal()
    projectWanted = Signal()
    recentWanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.subtitle = text_label(wrap=False), text_label(quiet=True)
        self.title.setFont(theme.font(26, bold=True))
        self.ways = (
            Way("sliders", primary()),
            Way("folder-plus", secondary()),
            Way("folder", secondary()),
        )
        signals = (self.sampleWanted, self.folderWanted, self.projectWanted)
        for way, signal in zip(self.ways, signals, strict=True):
            way.button.clicked.connect(signal.emit)
        self.recent_header = SectionHeader()
        self.recent = column(gap=2)
        self._shown: list[str] = []
        self._lay_out()

    def _lay_out(self) -> None:
        ways, gap = row(*self.ways, gap=2 * theme.SPACE), 2 * theme.SPACE
        parts: list[Part] = [self.title, self.subtitle, gap, ways, gap]
        inner = column(*parts, self.recent_header, self.recent, gap=theme.SPACE)
        middle = row(None, inner, None, gap=-1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)

    def set_busy(self, busy: bool) -> None:
        """While the sample is being made, one click is enough."""
        for way in self.ways:
            way.button.setEnabled(not busy)
        self.ways[0].button.setText(tr("Preparing…") if busy else tr("Open the sample"))

    def show_recent(self, folders: list[str]) -> None:
        """Projects of last time that are still there."""
        self._shown = [each for each in folders if (Path(each) / "project.sqlite").is_file()]
        self._shown = self._shown[:RECENT]
        while (item := self.recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for folder in self._shown:
            button = secondary(f"{Path(folder).name}   —   {Path(folder).parent}")
            button.setObjectName("bare")
            button.setStyleSheet("text-align: left;")
            button.setToolTip(tip(folder))
            button.setAccessibleName(folder)
            button.clicked.connect(lambda _checked=False, f=folder: self.recentWanted.emit(f))
            self.recent.addWidget(button)
        self.recent_header.setVisible(bool(self._shown))

    def retranslate(self) -> None:
        self.title.setText(tr("Your pictures, your model, your hands"))
        self.subtitle.setText(
            tr("Drop a folder of pictures, train a model on them, and play it with sliders.")
        )
        sample, folder, project = self.ways
        sample.set_texts(
            tr("Play at once: vases drawn for this program, with a model that knows them."),
            tr("Open the sample"),
        )
        folder.set_texts(
            tr("Begin with your own pictures: choose a folder, or drop one anywhere here."),
            tr("Choose a folder…"),
        )
        project.set_texts(tr("Go on with a project that you have."), tr("Open a project…"))
        self.recent_header.setText(tr("Recent projects"))
