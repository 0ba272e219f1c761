"""The foot of the window: the run that is going on, and the quiet switches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import LANGUAGES, language, said, tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.labels import set_tone, set_words, text_label

if TYPE_CHECKING:
    from studio.desktop.base.jobs import AnyJob

HEIGHT = 32


class StatusBar(QWidget):
    """Shows what goes on wherever the artist is: the run that trains, else the oldest job."""

    languageChosen = Signal(str)
    themeToggled = Signal()
    noticesWanted = Signal()
    runClicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._run: tuple[str, float, str] | None = None
        self._work: tuple[str, float, str] | None = None
        self.run, self.sentence = QPushButton(), text_label(quiet=True, wrap=False)
        self.run.setObjectName("bare")
        self.run.clicked.connect(self.runClicked)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.bar.setRange(0, 1000)
        self._saving: bool | None = None
        self.saved = text_label(quiet=True, wrap=False)
        self.notices, self.theme, self.language = (QPushButton() for _ in range(3))
        self._menu = QMenu(self)
        for code, title in LANGUAGES.items():
            action = self._menu.addAction(title)
            action.triggered.connect(lambda _checked=False, c=code: self.languageChosen.emit(c))
        self.language.setMenu(self._menu)
        self.theme.clicked.connect(self.themeToggled)
        self.notices.clicked.connect(self.noticesWanted)
        switches = self.notices, self.theme, self.language
        for button in switches:
            button.setObjectName("bare")
        work = self.run, self.bar, self.sentence
        margins = (8, 0, 8, 0)
        row(*work, None, self.saved, *switches, on=self, gap=theme.SPACE, margins=margins)
        self.show_run("", -1.0, "")

    def show_run(self, name: str, fraction: float, sentence: str) -> None:
        """Name, 0 to 1 (below 0: unknown) and words of the run; nothing of both takes it away."""
        # A run that has ended has neither a part nor words.
        going = bool(name) and (fraction >= 0 or bool(sentence))
        self._run = (name, fraction, sentence) if going else None
        self._show_work()

    def show_jobs(self, jobs: Sequence[AnyJob]) -> None:
        """What goes on beside a run: shown while none trains."""
        from studio.desktop.widgets.job_strip import how_far

        self._work = None
        if jobs:
            job, more = jobs[0], f"+{len(jobs) - 1}" if len(jobs) > 1 else ""
            words = " · ".join(part for part in (how_far(job), more) if part)
            self._work = said(job.title), job.done / job.total if job.total else -1.0, words
        self._show_work()

    def _show_work(self) -> None:
        shown = self._run or self._work
        for widget in (self.run, self.bar, self.sentence):
            widget.setVisible(shown is not None)
        if shown is None:
            return
        name, fraction, sentence = shown
        self.run.setText(f"● {name}")
        self.run.setAccessibleName(f"{name} {sentence}")
        self.bar.setRange(0, 0 if fraction < 0 else 1000)
        if fraction >= 0:
            self.bar.setValue(round(1000 * min(1.0, fraction)))
        self.sentence.setText(sentence)

    @property
    def training(self) -> bool:
        """Whether a run is shown, which is while it goes on."""
        return self._run is not None

    def show_saving(self, saved: bool | None) -> None:
        """Whether decisions are written, or the project can only be looked at; None without one."""
        self._saving = saved
        self.saved.setVisible(saved is not None)
        tone = "accent" if saved is False else ""
        if tone != (self.saved.property("tone") or ""):
            # Only then: to ask for a style wraps it for Python, which delays the first paint.
            set_tone(self.saved, tone)
        if saved is False:
            words = tr("Read only: decisions are not saved")
            why = tr("This project can be looked at only; past notices say why")
        else:
            words = tr("All decisions saved")
            why = tr("Everything is written as you decide it; there is no Save button")
        self.saved.setText(words)
        self.saved.setToolTip(why)

    def retranslate(self) -> None:
        self.show_saving(self._saving)
        self.run.setToolTip(tr("Go to where it goes on"))
        self.bar.setAccessibleName(tr("How far it is"))
        self.theme.setIcon(theme.icon("sun" if theme.name() == "dark" else "moon"))
        self.notices.setIcon(theme.icon("bell"))
        set_words(
            (self.language, "", tr("Language of the window")),
            (self.theme, "", tr("Light or dark")),
            (self.notices, "", tr("Show past notices")),
        )
        self.language.setText(LANGUAGES[language()])
