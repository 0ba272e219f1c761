"""The place of the map: what it waits for, what it shows, and how it is used."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.dataset import words
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.map_view import MapView

_SHOWN, _WAITING, _NOTHING = range(3)


class MapPage(QWidget):
    """Says what is wanted; whoever made it sees to that."""

    drawWanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = MapView()
        self.pages = QStackedWidget()
        self.bar, self.at = QProgressBar(), Label()
        self.cancel = secondary("")
        self.nothing = EmptyState("images", "", "", self.drawWanted.emit)
        self.hint, self.news = text_label(quiet=True, wrap=False), text_label(wrap=False)
        self.again, self.whole = secondary(""), secondary("")
        self._stale = 0
        self._reason = ""
        self._at = (0, 0)
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.again.clicked.connect(self.drawWanted)
        self.whole.clicked.connect(self.view.fit)

    def _lay_out(self) -> None:
        waiting = QWidget()
        column = QVBoxLayout(waiting)
        column.setSpacing(12)
        self.bar.setFixedSize(280, 6)
        self.bar.setTextVisible(False)
        self.at.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addStretch(2)
        for widget in (self.at, self.bar, self.cancel):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        for page in (self.view, waiting, self.nothing):
            self.pages.addWidget(page)
        foot = QFrame()
        foot.setObjectName("strip")
        foot.setFixedHeight(44)
        beside = (self.news, self.again, self.whole)
        boxes.row((self.hint, 1), *beside, on=foot, gap=12, margins=(16, 0, 16, 0))
        boxes.column((self.pages, 1), foot, on=self)

    # ------------------------------------------------------------------ what is shown

    @property
    def is_waiting(self) -> bool:
        return self.pages.currentIndex() == _WAITING

    def show_waiting(self) -> None:
        self.pages.setCurrentIndex(_WAITING)
        self.show_progress(0, 0)
        self._say()

    def show_progress(self, done: int, total: int) -> None:
        self._at = done, total
        if total and done >= total:
            self.bar.setRange(0, 0)
            self.at.setText(tr("Placing like beside like…"))
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        count = f" · {words.number(done)} / {words.number(total)}" if total else ""
        self.at.setText(f"{tr('Looking at every picture once…')}{count}")

    def show_map(self) -> None:
        self.pages.setCurrentIndex(_SHOWN)
        self.show_stale(0)

    def show_nothing(self, reason: str = "") -> None:
        """There is no map: never asked for, stopped, or failed for a reason."""
        self._reason = reason
        self.pages.setCurrentIndex(_NOTHING)
        self._say()

    def show_stale(self, count: int) -> None:
        self._stale = count
        self._say()

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.view.setAccessibleName(tr("Map of the pictures"))
        self.view.setAccessibleDescription(self._usage())
        self.view.setToolTip(
            tr("Like pictures lie close to each other (t-SNE of random features).")
        )
        looked = tr("How many pictures were looked at")
        set_words(
            (self.bar, looked, looked),
            (self.cancel, tr("Cancel"), tr("Stop; what was looked at so far is kept.")),
            (self.again, tr("Draw again"), tr("Draw the map again with the pictures of now.")),
            (self.whole, tr("Whole map"),
             tr("Show all of it (Home). A double-click beside the pictures does it too.")),
        )  # fmt: skip
        self._say()
        self.show_progress(*self._at)

    def _usage(self) -> str:
        return tr(
            "Drag round pictures to choose them (lasso), Shift adds. The wheel zooms, Alt moves "
            "the map, arrows walk."
        )

    def _say(self) -> None:
        shown = self.pages.currentIndex() == _SHOWN
        short = tr("Drag: lasso · Shift: add · Wheel: zoom · Alt: move")
        self.hint.setText(short if shown else "")
        self.hint.setToolTip(self._usage() if shown else "")
        self.news.setText(
            tr("{pictures} not on it yet", pictures=words.pictures(self._stale))
            if shown and self._stale
            else ""
        )
        self.again.setVisible(shown and self._stale > 0)
        self.whole.setVisible(shown)
        sentence = self._reason or tr(
            "A map shows the whole set at once: like pictures lie close to each other."
        )
        self.nothing.set_texts(sentence, tr("Draw the map"))
