"""The lives of runs: one figure of every checkpoint that was measured, run beside run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.desktop import theme
from studio.desktop.evaluation.life_chart import Dot, LifeChart, heights
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import primary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label

if TYPE_CHECKING:
    from studio.engine.evaluation.life import Moment


class LifePage(QWidget):
    """A chooser of figures, the chart, what the lines are, and what measures them."""

    wanted = Signal()
    """Every checkpoint of the chosen run is to be measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure, self.measure = ElidedCombo(), primary()
        self.figure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chart, self.note = LifeChart(), text_label(quiet=True)
        self._lives: Mapping[str, Sequence[Moment]] = {}
        self._names: Mapping[str, str] = {}
        self._run = ""
        self.figure.currentIndexChanged.connect(lambda _: self._draw())
        self.measure.clicked.connect(self.wanted)
        self.chart.stepped.connect(self._step)
        head = QWidget()
        row((self.figure, 1), self.measure, on=head, gap=8)
        parts = head, (self.chart, 1), self.note
        column(*parts, on=self, gap=theme.SPACE, margins=(16, 16, 16, 16))

    def retranslate(self) -> None:
        set_words(
            (self.figure, tr("Figure"), tr("The figure that the chart shows.")),
            (self.measure, tr("Measure every checkpoint"),
             tr("Every checkpoint that this run keeps, by as many pictures as are compared; what "
                "was measured before is not measured again.")),
            (self.chart, tr("A figure over the lives of runs"),
             tr("Up and Down choose the figure.")),
        )  # fmt: skip
        self.note.setText(
            tr("Across: pictures seen. The band is the 95 % interval of the chosen run, the dashed "
               "line what real pictures reach that it never saw.")
        )  # fmt: skip
        self.chart.placeholder = tr(
            "No checkpoint of any run has been measured yet: measure those of this one."
        )
        if self.figure.count():
            self._name_figures()
        self._draw()

    def show_lives(
        self, lives: Mapping[str, Sequence[Moment]], names: Mapping[str, str], run: str
    ) -> None:
        """What was measured of every run, how runs are called, and which one is chosen."""
        self._lives, self._names, self._run = lives, names, run
        if lives and not self.figure.count():
            self._name_figures()
        self._draw()

    def _name_figures(self) -> None:
        from studio.engine.evaluation.measures.base import measures

        chosen = self.figure.currentData()
        self.figure.blockSignals(True)
        self.figure.clear()
        for name, measure in measures().items():
            self.figure.addItem(f"{said(measure.title)} ({measure.term})", name)
        self.figure.setCurrentIndex(max(0, self.figure.findData(chosen)))
        self.figure.blockSignals(False)

    def _step(self, by: int) -> None:
        place = self.figure.currentIndex() + by
        if 0 <= place < self.figure.count():
            self.figure.setCurrentIndex(place)

    def _draw(self) -> None:
        name = self.figure.currentData()
        if name is None:
            self.chart.show_lines({}, {}, self._run, {0.0: ""})
            return
        from studio.engine.evaluation.measures.base import measure

        lines = {run: _dots(moments, name) for run, moments in self._lives.items()}
        lines = {run: dots for run, dots in lines.items() if dots}
        written = {height: measure(name).written(height) for height in heights(lines)}
        self.chart.show_lines(lines, self._names, self._run, written)
        self.chart.setAccessibleDescription(self._spoken(lines, name))

    def _spoken(self, lines: Mapping[str, Sequence[Dot]], name: str) -> str:
        from studio.engine.evaluation.measures.base import measure

        written = measure(name).written
        return "\n".join(
            f"{self._names.get(run, run)}: " + ", ".join(written(dot.value) for dot in dots)
            for run, dots in lines.items()
        )


def _dots(moments: Sequence[Moment], name: str) -> list[Dot]:
    found = [(moment, moment.values.get(name)) for moment in moments]
    return [
        Dot(moment.images_seen, value.value, value.low, value.high, value.ceiling)
        for moment, value in found
        if value is not None
    ]
