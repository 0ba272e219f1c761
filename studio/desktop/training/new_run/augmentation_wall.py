"""The wall of augmentations: one picture as a run would see it, again and again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.training.new_run.augmentation_queries import COLUMNS, SAMPLES, Drawn
from studio.desktop.training.run.health_cards import Card
from studio.desktop.training.run.sheet_view import SheetView
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import text_label

MOST_WARNINGS = 2


class AugmentationWall(QWidget):
    """Samples, what would show of them, and the way to other pictures."""

    stepped = Signal(int)
    """To the next (1) or the previous (-1) picture."""
    rolled = Signal()
    """The same picture by other chance."""
    seen = Signal()
    """It came to the screen: what changed while nobody looked is to be drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = SheetView()
        self.view.outlined = 0
        self.cards = [Card() for _ in range(MOST_WARNINGS)]
        self.back, self.on, self.roll = (secondary("") for _ in range(3))
        self.often = text_label()
        self.drawn: Drawn | None = None
        self._warnings: list[str] = []
        self._lay_out()
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.on.clicked.connect(lambda: self.stepped.emit(1))
        self.roll.clicked.connect(self.rolled)
        self.clear("")

    def _lay_out(self) -> None:
        buttons = (self.back, self.on, self.roll)
        for button in buttons:
            button.setIconSize(QSize(16, 16))
        foot = boxes.row(*buttons, 8, (self.often, 1), gap=8)
        boxes.column((self.view, 1), *self.cards, foot, on=self, gap=12)

    def show_drawn(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.view.set_sheet(drawn.image, COLUMNS, SAMPLES)
        self.roll.setEnabled(True)
        for button in (self.back, self.on):
            button.setEnabled(drawn.total > 1)
        self._words()

    def clear(self, sentence: str, *, browsable: bool = False) -> None:
        """Nothing to see, and why; `browsable` where another picture may be better."""
        self.drawn = None
        self.view.set_sheet(QImage(), 0, 0)
        self.view.set_sentence(sentence)
        for button in (self.back, self.on, self.roll):
            button.setEnabled(browsable and button is not self.roll)
        self.show_warnings([])
        self._words()

    def show_warnings(self, sentences: Sequence[str]) -> None:
        self._warnings = list(sentences)
        shown = [*sentences, *[""] * MOST_WARNINGS][:MOST_WARNINGS]
        for card, sentence in zip(self.cards, shown, strict=True):
            card.set_texts(tr("It would show"), sentence)

    def moment(self) -> str:
        if self.drawn is None:
            return ""
        place, total = amounts.count(self.drawn.place + 1), amounts.count(self.drawn.total)
        return tr("{name} · {n} of {total}", name=self.drawn.name, n=place, total=total)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit()

    def restyle(self) -> None:
        self.often.setStyleSheet(f"color: {theme.colours().quiet};")
        for button, icon in (
            (self.back, "arrow-left"), (self.on, "arrow-right"), (self.roll, "shuffle"),
        ):  # fmt: skip
            button.setIcon(theme.icon(icon))
        self.view.update()

    def retranslate(self) -> None:
        for button, text, tip in (
            (self.back, tr("Previous"), tr("The same for the picture before ([)")),
            (self.on, tr("Next"), tr("The same for the next picture (])")),
            (self.roll, tr("Roll again"), tr("The same picture by other chance (R)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self.view.setAccessibleName(tr("Samples of the augmentation"))
        self.view.setToolTip(
            tr("One picture as the run would see it; the framed one is untouched (augmentation)")
        )
        self.show_warnings(self._warnings)
        self._words()
        self.restyle()

    def _words(self) -> None:
        p = self.drawn.p if self.drawn is not None else None
        if self.drawn is None:
            text = ""
        elif p is None:
            text = tr("Every kind happens to every picture, by another amount.")
        else:
            text = tr("Each kind happens to {n} of 100 pictures.", n=round(100 * p))
        self.often.setText(text)
