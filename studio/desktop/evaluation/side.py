"""The left panel: which run, which seed, how many pictures."""

from __future__ import annotations

from collections.abc import Sequence
from random import randrange

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QVBoxLayout, QWidget

from studio.desktop.evaluation.front import Front
from studio.desktop.evaluation.worker import RunRow
from studio.desktop.i18n import tr
from studio.desktop.run_names import distinct, family_name, when
from studio.desktop.widgets.boxes import add
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SIDE_WIDTH, SectionHeader
from studio.desktop.widgets.seed_box import SeedBox
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.events import RunState

COUNTS = (16, 36, 64)
COMPARED, COMPARED_FIRST = (64, 256, 1000, 2000), 256
_SHUFFLED = 1 << 31
"""Seeds by chance lie below this: long numbers are hard to tell apart."""
_SEED_AFTER_MS = 250


class Side(SteadyScroll):
    """Emits what is asked for."""

    runChosen = Signal(object)
    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        inner, column = panel_column(4)
        super().__init__(inner, parent)
        self.setFixedWidth(SIDE_WIDTH)
        self.runs = CountList()
        self.run_head, self.seed_head = SectionHeader(), SectionHeader()
        self.seed_name, self.count_name, self.compared_name = (
            text_label(wrap=False) for _ in range(3)
        )
        self.seed, self.count, self.compared = SeedBox(), QComboBox(), QComboBox()
        self.seed.setMaximumWidth(SIDE_WIDTH)  # as wide as the choices below it
        for box, counts in ((self.count, COUNTS), (self.compared, COMPARED)):
            for count in counts:
                box.addItem(f"{count:,}", count)
        self.compared.setCurrentIndex(COMPARED.index(COMPARED_FIRST))
        self.shuffle, self.again, self.report = secondary(), secondary(), secondary()
        self._lay_out(column)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEED_AFTER_MS)
        self._timer.timeout.connect(self.asked)
        self.runs.chosen.connect(self.runChosen)
        self.seed.textEdited.connect(lambda _: self._timer.start())
        self.seed.seedEntered.connect(lambda _: self._timer.start())
        for box in (self.count, self.compared):
            box.activated.connect(lambda _: self.asked.emit())
        self.shuffle.clicked.connect(self.draw_seed)
        self.again.clicked.connect(lambda: self.set_seed(0))

    def _lay_out(self, column: QVBoxLayout) -> None:
        self._form = form = QFormLayout()
        form.setContentsMargins(0, 4, 0, 4)
        form.setVerticalSpacing(8)
        form.addRow(self.seed_name, self.seed)
        form.addRow(self.count_name, self.count)
        form.addRow(self.compared_name, self.compared)
        seeds = self.seed_head, form, self.shuffle, self.again
        for part in (self.run_head, self.runs, 14, *seeds, None, self.report):
            add(column, part)
        # Not before all this lies in the panel: shown without one, a field is a window of its own.
        self.show_front(Front.WALLS)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Model and seeds"))
        self.run_head.setText(tr("Model"))
        self.seed_head.setText(tr("Seeds"))
        self.runs.setAccessibleName(tr("Runs"))
        self.seed_name.setText(tr("First seed"))
        self.count_name.setText(tr("Pictures"))
        self.compared_name.setText(tr("Compared"))
        set_words(
            (self.report, tr("Write a report…"),
             tr("All figures of this run and its closest pairs, as a page of HTML or a PDF.")),
            (self.seed, tr("First seed"),
             tr("The number the first generated picture is made from; the others follow it.")),
            (self.count, tr("Pictures"), tr("How many real and generated pictures are shown.")),
            (self.compared, tr("Compared"),
             tr("How many generated pictures are measured, and looked through for copies.")),
            (self.shuffle, tr("Shuffle"), tr("Generate from other seeds (R).")),
            (self.again, tr("Back to seed 0"),
             tr("The same seeds for every run, to compare them fairly.")),
        )  # fmt: skip

    def show_front(self, front: Front) -> None:
        """Ask for what the page in front needs: so many to show, or so many to compare."""
        self._form.setRowVisible(self.count, front is Front.WALLS)

    def show_runs(self, runs: Sequence[RunRow], chosen: str | None) -> None:
        """The runs; those without a checkpoint say so."""
        names = distinct({run.name: _words(run) for run in runs})
        entries = [Entry(r.name, names[r.name], _state(r), _tone(r), _help(r)) for r in runs]
        self.runs.set_entries(entries, chosen)

    def draw_seed(self) -> None:
        self.set_seed(randrange(_SHUFFLED))

    def set_seed(self, seed: int) -> None:
        self.seed.show_seed(seed)
        self._timer.stop()
        self.asked.emit()


def _words(run: RunRow) -> str:
    """Runs of two days may be called the same."""
    return f"{run.shown} · {when(run.created)}" if run.created else run.shown


def _state(run: RunRow) -> str:
    if run.status is RunState.RUNNING:
        return tr("live")
    return "" if run.checkpoint else tr("empty")


def _tone(run: RunRow) -> str:
    return "warn" if run.status is RunState.RUNNING else "quiet"


def _help(run: RunRow) -> str:
    seen = tr("{n} pictures seen", n=f"{run.images_seen:,}")
    begin = f"{run.name} · {family_name(run.family)}"
    if not run.checkpoint:
        return f"{begin} · {tr('no checkpoint yet')}"
    return f"{begin} · {seen} · {tr('checkpoint {n}', n=run.checkpoint)}"
