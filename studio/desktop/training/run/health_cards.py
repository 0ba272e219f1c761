"""What was found in a run, what was done about it, and when: one card each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.training.session.run_record import Mark
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label

FEW = 3
MOST = 60
NOTES = {"changed", "transfer", "labels", "pictures"}
"""Nothing is wrong: they get a quiet card."""


class Card(QFrame):
    """A title and a sentence, amber where something is wrong."""

    def __init__(self, parent: QWidget | None = None, *, quiet: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("raised" if quiet else "healthCard")
        self.title = text_label(tone="" if quiet else "accent")
        self.sentence, self.done = text_label(copied=True), text_label(copied=True)
        self.head = boxes.row((self.title, 1), gap=-1)
        below = (self.sentence, self.done)
        boxes.column(self.head, *below, on=self, gap=4, margins=(12, 10, 12, 10))
        self._said = "", "", ""
        self.setVisible(False)

    def set_texts(self, title: str, sentence: str, done: str = "") -> None:
        """What it is, what was found, what was done; an empty sentence hides the card."""
        self._said = title, sentence, done
        self.retranslate()
        self.setVisible(bool(sentence))

    def retranslate(self) -> None:
        for label, text in zip((self.title, self.sentence, self.done), self._said, strict=True):
            label.setText(words.said(text))
            label.setVisible(bool(text))
        self.done.setStyleSheet(f"color: {theme.colours().quiet};")


class HealthCards(QWidget):
    """The newest few, and all of them when asked for."""

    momentChosen = Signal(int)
    """The artist wants to see the pictures of this moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[Card] = []
        self.all = secondary("")
        self.all.setObjectName("bare")
        self.all.setCheckable(True)
        self._marks: list[Mark] = []
        self._column = boxes.column(self.all, on=self, gap=8)
        self.all.toggled.connect(self._show)
        self._show()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """All health of the run in view, oldest first."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self._show()

    def _show(self) -> None:
        for card in self.cards:
            # Hidden, not taken out: a layout shows what was just put into it a moment later,
            # and without a parent that would be a window of its own.
            card.hide()
            self._column.removeWidget(card)
            card.deleteLater()
        shown = self._marks[-(MOST if self.all.isChecked() else FEW) :]
        self.cards = [self._card(mark) for mark in reversed(shown)]
        for place, card in enumerate(self.cards):
            self._column.insertWidget(place, card)
        many = min(len(self._marks), MOST)
        self.all.setVisible(many > FEW)
        text = tr("Only the newest") if self.all.isChecked() else tr("Show all {n}", n=many)
        set_words((self.all, text, tr("Everything that was found in this run")))
        self.setVisible(bool(self._marks))

    def _card(self, mark: Mark) -> Card:
        card = Card(self, quiet=mark.about in NOTES)
        card.set_texts(words.health(mark.about), mark.sentence, mark.action)
        moment = QPushButton(tr("{n} images", n=words.short_count(mark.images_seen)))
        moment.setObjectName("link")
        moment.setFlat(True)
        moment.setCursor(Qt.CursorShape.PointingHandCursor)
        moment.setToolTip(tr("See the pictures of this moment"))
        moment.setAccessibleName(f"{words.health(mark.about)}, {moment.text()}")
        moment.setStyleSheet(
            "QPushButton { padding: 0; min-height: 0; border: none; background: transparent;"
            f" color: {theme.colours().quiet}; }}"
            f"QPushButton:hover, QPushButton:focus {{ color: {theme.colours().text}; }}"
        )
        moment.clicked.connect(lambda: self.momentChosen.emit(mark.images_seen))
        card.head.addWidget(moment, 0, Qt.AlignmentFlag.AlignTop)
        return card

    def retranslate(self) -> None:
        self._show()

    def restyle(self) -> None:
        self._show()
