"""The right panel: figures of the held-out pictures, or why there are none."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop.evaluation import cards
from studio.desktop.evaluation.cards import FigureCard
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import text_label
from studio.desktop.widgets.panel import PANEL_WIDTH, SectionHeader
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column

if TYPE_CHECKING:
    from studio.engine.evaluation.figures import Figures as Quality


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
        self.made, self.measured = SectionHeader(), text_label(quiet=True)
        self.coverage, self.variety, self.distance = FigureCard(), FigureCard(), FigureCard()
        self._of_made = (self.made, self.coverage, self.variety, self.distance, self.measured)
        for part in (self.head, self.psnr, self.ssim, self.note, *self._of_made):
            column.addWidget(part)
        column.addStretch(1)
        self._quality: Quality | None = None
        self._values: dict[str, float] = {}
        self._count = 0
        self._state = State.NOTHING

    def retranslate(self) -> None:
        self.head.setText(tr("Held-out pictures"))
        self.made.setText(tr("Generated pictures"))
        self._say()

    def show_values(self, values: dict[str, float], count: int) -> None:
        """Figures over `count` pictures that training never saw."""
        self._values, self._count, self._state = values, count, State.MEASURED
        self._say()

    def show_state(self, state: State) -> None:
        self._values, self._state, self._quality = {}, state, None
        self._say()

    def show_quality(self, found: Quality | None) -> None:
        """Figures of generated pictures, which every family has."""
        self._quality = found
        self._say()

    def _say(self) -> None:
        for key, card, said in (("psnr", self.psnr, cards.psnr), ("ssim", self.ssim, cards.ssim)):
            card.setVisible(key in self._values)
            if key in self._values:
                card.show_figure(said(self._values[key]))
        self._say_quality()
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

    def _say_quality(self) -> None:
        for part in self._of_made:
            part.setVisible(self._quality is not None)
        if self._quality is None:
            return
        made, real = self._quality.made, self._quality.ceiling
        self.coverage.show_figure(cards.coverage(made.coverage, real.coverage))
        self.variety.show_figure(cards.variety(made.variety, real.variety))
        self.distance.show_figure(cards.distance(made.distance, real.distance))
        n = self._quality.count
        self.measured.setText(tr("{n} generated pictures compared with {n} real ones.", n=n))

    def _counted(self) -> str:
        if self._count == 1:
            return tr("Measured on 1 picture that training never saw.")
        return tr("Measured on {n} pictures that training never saw.", n=self._count)
