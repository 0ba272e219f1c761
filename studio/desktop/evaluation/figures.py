"""The right panel: figures of the held-out pictures, or why there are none."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop.evaluation import cards
from studio.desktop.evaluation.cards import FigureCard
from studio.desktop.evaluation.parts import Parts
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import text_label
from studio.desktop.widgets.panel import PANEL_WIDTH, SectionHeader
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column

if TYPE_CHECKING:
    pass


class State(Enum):
    """What is there instead of figures, or besides."""

    NOTHING = auto()
    WAITING = auto()
    STOPPED = auto()
    FAILED = auto()
    NO_ENCODER = auto()
    NO_HELD_OUT = auto()
    MEASURED = auto()


class Figures(SteadyScroll):
    """Cards for PSNR and SSIM with a sentence below them, and those of generated pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        inner, column = panel_column(8)
        super().__init__(inner, parent)
        self.setFixedWidth(PANEL_WIDTH)
        self.head, self.note = SectionHeader(), text_label(quiet=True)
        self.psnr, self.ssim = FigureCard(), FigureCard()
        self.parts = Parts()
        for part in (self.parts, self.head, self.psnr, self.ssim, self.note):
            column.addWidget(part)
        column.addStretch(1)
        self._values: dict[str, float] = {}
        self._count = 0
        self._state = State.NOTHING

    def retranslate(self) -> None:
        self.head.setText(tr("Held-out pictures"))
        self.parts.retranslate()
        self._say()

    def show_values(self, values: dict[str, float], count: int) -> None:
        """Figures over `count` pictures that training never saw."""
        self._values, self._count, self._state = values, count, State.MEASURED
        self._say()

    def show_state(self, state: State) -> None:
        self._values, self._state = {}, state
        self._say()

    def _say(self) -> None:
        for key, card, said in (("psnr", self.psnr, cards.psnr), ("ssim", self.ssim, cards.ssim)):
            card.setVisible(key in self._values)
            if key in self._values:
                card.show_figure(said(self._values[key]))
        sentences = {
            State.WAITING: tr("Measuring…"),
            State.STOPPED: tr("Measuring was stopped. Choose the run again to go on."),
            State.FAILED: tr("These figures could not be measured; the notice says why."),
            State.NO_ENCODER: tr(
                "This family has no encoder, so it cannot rebuild a given picture. Compare the "
                "two walls: are the kinds, colours and details of the real pictures there?"
            ),
            State.NO_HELD_OUT: tr(
                "No picture was held out: a dataset needs at least ten. Add pictures and train "
                "again to measure on pictures that the model has never seen."
            ),
            State.MEASURED: self._counted(),
        }
        self.note.setText(sentences.get(self._state, ""))

    def _counted(self) -> str:
        if self._count == 1:
            return tr("Measured on 1 picture that training never saw.")
        return tr("Measured on {n} pictures that training never saw.", n=self._count)
