"""The page of the closest pairs: a verdict, one pair large, all of them in a row below."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop import theme
from studio.desktop.evaluation import pair_words
from studio.desktop.evaluation.pair_strip import PairStrip
from studio.desktop.evaluation.wall import Wall, walls_beside
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.labels import set_tone, set_words, text_label

if TYPE_CHECKING:
    from studio.engine.evaluation.gallery import Gallery, Pair

_PAIRS, _WAITING, _NOTHING = range(3)


class Nothing(Enum):
    """Why there are no pairs to look at."""

    ASKED = auto()
    STOPPED = auto()
    FAILED = auto()
    NO_CHECKPOINT = auto()


class PairsPage(QWidget):
    """Says what is wanted; :class:`Comparing` sees to it."""

    wanted = Signal()
    stopped = Signal()
    shown = Signal(object)
    """The pair that is shown large, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = QStackedWidget()
        self.verdict = text_label()
        self.advice, self.caution = text_label(quiet=True), text_label(quiet=True)
        self.names = [text_label(quiet=True), text_label(quiet=True)]
        self.generated, self.training = Wall(), Wall()
        self.strip = PairStrip()
        self.bar, self.at, self.cancel = QProgressBar(), Label(), secondary()
        self.nothing = EmptyState("copy", "", "", self.wanted.emit)
        self._found: Gallery | None = None
        self._state = Nothing.ASKED
        self._at = (0, 0)
        self._lay_out()
        self.strip.chosen.connect(self._show_pair)
        self.cancel.clicked.connect(self.stopped)
        self.show_state(Nothing.ASKED)

    def _lay_out(self) -> None:
        self.verdict.setFont(theme.font(16, bold=True))
        large = walls_beside(self.names, (self.generated, self.training))
        full = QWidget()
        words = self.verdict, self.advice, self.caution
        column(*words, 6, (large, 1), self.strip, on=full, gap=6, margins=(16, 16, 16, 8))
        for page in (full, self._waiting(), self.nothing):
            self.pages.addWidget(page)
        column(self.pages, on=self)

    def _waiting(self) -> QWidget:
        page = QWidget()
        parts = QVBoxLayout(page)
        parts.setSpacing(12)
        self.bar.setFixedSize(280, 6)
        self.bar.setTextVisible(False)
        parts.addStretch(2)
        for widget in (self.at, self.bar, self.cancel):
            parts.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        parts.addStretch(3)
        return page

    # ------------------------------------------------------------------ what is shown

    def show_found(self, found: Gallery) -> None:
        self._found, self._state = found, Nothing.ASKED
        self.strip.show_pairs(found.pairs)
        self.pages.setCurrentIndex(_PAIRS if found.pairs else _NOTHING)
        self._say()
        self._show_pair(0)

    def show_waiting(self) -> None:
        self._found = None
        self.pages.setCurrentIndex(_WAITING)
        self.show_progress(0, 0)
        self.shown.emit(None)

    def show_progress(self, done: int, total: int) -> None:
        """So many of so many; of 0 while the training pictures are looked at."""
        self._at = done, total
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        numbers = {"n": f"{done:,}", "m": f"{total:,}"}
        self.at.setText(
            tr("Comparing generated pictures: {n} of {m}", **numbers)
            if total
            else tr("Looking at the training pictures…")
        )

    def show_state(self, state: Nothing) -> None:
        self._found, self._state = None, state
        self.strip.show_pairs([])
        self.pages.setCurrentIndex(_NOTHING)
        self._say()
        self.shown.emit(None)

    def retranslate(self) -> None:
        set_words(
            (self.generated, tr("Generated"), tr("A picture that the model made from a seed.")),
            (self.training, tr("Training picture"),
             tr("The training picture nearest to it, as the model saw it.")),
            (self.cancel, tr("Stop comparing"), tr("Show what was compared so far.")),
        )  # fmt: skip
        self.cancel.setText(tr("Stop"))
        self.strip.retranslate()
        self.bar.setAccessibleName(tr("Work in progress"))
        self.show_progress(*self._at)
        self._say()
        self._show_pair(self.strip.currentRow())

    def _say(self) -> None:
        found = self._found
        again = tr("Compare again")
        sentences = {
            Nothing.STOPPED: (tr("Comparing was stopped before there was a pair."), again),
            Nothing.FAILED: (tr("The pictures could not be compared; the notice says why."), again),
            Nothing.NO_CHECKPOINT: (
                tr("This run has no checkpoint yet; its pictures can be compared after the first."),
                "",
            ),
            Nothing.ASKED: (
                tr("See whether the model copies: generated pictures beside the training pictures "
                   "nearest to them."),
                tr("Compare"),
            ),
        }  # fmt: skip
        self.nothing.set_texts(*sentences[self._state])
        if found is None:
            return
        self.verdict.setText(pair_words.verdict(found))
        set_tone(self.verdict, "bad" if found.copies else "good")
        self.advice.setText(pair_words.advice(found))
        self.caution.setText(pair_words.caution(found))
        self.caution.setVisible(bool(self.caution.text()))

    def _show_pair(self, row: int) -> None:
        pairs = self._found.pairs if self._found else []
        if not 0 <= row < len(pairs):
            return
        pair: Pair = pairs[row]
        pictures = (self.generated, pair.generated), (self.training, pair.training)
        for wall, picture in pictures:
            wall.set_pictures(picture[None])
            wall.setAccessibleDescription(pair_words.spoken(pair))
        self.names[0].setText(f"{tr('Generated')} — {tr('Seed {n}', n=pair.seed)}")
        self.names[1].setText(f"{tr('Training picture')} — {pair_words.name_of(pair)}")
        self.shown.emit(pair)
