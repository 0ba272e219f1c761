"""The window of playing live, beside the work: control, beat, teaching, stage."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QStackedWidget, QWidget

from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.generation.live.control_page import ControlPage
from studio.desktop.generation.live.live import Live
from studio.desktop.generation.live.stage_page import StagePage
from studio.desktop.generation.live.teaching_page import TeachingPage
from studio.desktop.generation.live.tempo_page import TempoPage
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words

SIZE = 1000, 560
LOOK_MS = 100
"""Between two looks at what changes by itself, while it is seen."""


class LiveWindow(QDialog):
    """Does not stand in the way of the canvas, which is played meanwhile."""

    def __init__(self, live: Live, editing: Editing, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty(GUIDE_PAGE, "live")
        self.live = live
        self.control = ControlPage(live, editing, notices)
        self.tempo, self.teaching = TempoPage(live), TeachingPage(live)
        self.stage = StagePage(live)
        self.stage.broadcast.failed.connect(notices.error)
        self.pages = (self.control, self.tempo, self.teaching, self.stage)
        self.tabs = [QPushButton() for _ in self.pages]
        self.front = QStackedWidget()
        for place, (page, tab) in enumerate(zip(self.pages, self.tabs, strict=True)):
            self.front.addWidget(page)
            tab.setObjectName("tab")
            tab.setCheckable(True)
            tab.setAutoDefault(False)
            tab.clicked.connect(lambda _=False, place=place: self.go(place))
        head = row(*self.tabs, None, gap=8, margins=(16, 12, 16, 0))
        column(head, (self.front, 1), on=self)
        self.resize(*SIZE)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field is not a click elsewhere
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_now)
        live.changed.connect(self._refresh)
        self.go(0)
        self.retranslate()

    def go(self, place: int) -> None:
        """Bring a page to the front."""
        self.front.setCurrentIndex(place)
        for number, tab in enumerate(self.tabs):
            tab.setChecked(number == place)
        if self.front.currentWidget() is self.tempo:
            self.tempo.ask()
        self._refresh()

    def _refresh(self) -> None:
        if self.isVisible():
            self.pages[self.front.currentIndex()].refresh()

    def _look_now(self) -> None:
        self.pages[self.front.currentIndex()].look()

    def show_image(self, image: QImage) -> None:
        """What the canvas shows."""
        self.stage.show_image(image)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look.start()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look.stop()
        if self.live.learning or self.live.waits_for:
            self.live.set_learning(on=False)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Live"))
        words = (
            (tr("Control"), tr("OSC: every address, and what plays it")),
            (tr("Beat"), tr("MIDI, tempo, and what changes wait for")),
            (tr("Teach"), tr("Poses of a controller, each with a picture")),
            (tr("Stage"), tr("The picture alone, on another screen or in other programs")),
        )
        for tab, (text, tip) in zip(self.tabs, words, strict=True):
            set_words((tab, text, tip))
        for page in self.pages:
            page.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
