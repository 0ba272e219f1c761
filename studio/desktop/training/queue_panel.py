"""The runs that wait for their turn, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.training import words
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.count_list import Entry
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.ordered_list import OrderedList
from studio.desktop.widgets.panel import SectionHeader

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class QueuePanel(QWidget):
    """Out of sight where no run waits."""

    chosen = Signal(str)
    moved = Signal(str, int)
    """A run, and the place that it is brought to, from 0 on."""
    removeRequested = Signal(str)
    startRequested = Signal()
    """The next one, while nothing trains."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.list = SectionHeader(), OrderedList(most=5)
        self.up, self.down, self.remove = (QToolButton() for _ in range(3))
        self.start = secondary()
        head = boxes.row((self.header, 1), self.up, self.down, self.remove, gap=2)
        boxes.column(head, self.list, self.start, on=self, gap=4)
        self.list.chosen.connect(self._chosen)
        self.list.moved.connect(lambda name, place: self.moved.emit(name, place))
        self.list.removed.connect(lambda name: self.removeRequested.emit(name))
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.remove.clicked.connect(self._remove)
        self.start.clicked.connect(self.startRequested)
        self.setVisible(False)

    def show_runs(
        self, runs: Sequence[Run], names: Mapping[str, str], current: str, *, busy: bool
    ) -> None:
        """The runs that wait with what they are called; `busy` where one trains."""
        entries = [
            Entry(
                run.name, f"{place}. {names.get(run.name, run.name)}", words.status(run.status),
                help=f"{run.name}\n{run.note}".strip(),
            )
            for place, run in enumerate(runs, 1)
        ]  # fmt: skip
        self.list.set_entries(entries, current)
        self._allow()
        self.start.setVisible(not busy)
        self.setVisible(bool(entries))

    def _chosen(self, name: str) -> None:
        self._allow()
        self.chosen.emit(name)

    def _allow(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.count() - 1)
        self.remove.setEnabled(row >= 0)

    def _move(self, by: int) -> None:
        if self.list.currentRow() >= 0:
            self.moved.emit(self.list.current_key(), self.list.currentRow() + by)

    def _remove(self) -> None:
        if self.list.currentRow() >= 0:
            self.removeRequested.emit(self.list.current_key())

    def retranslate(self) -> None:
        self.header.setText(tr("Then"))
        set_words(
            (self.list, tr("Runs that wait for their turn"),
             tr("They train one after the other (queue). Drag one to another place")),
            (self.up, "", tr("Train this one sooner (Alt+Up)")),
            (self.down, "", tr("Train this one later (Alt+Down)")),
            (self.remove, "", tr("This one no longer waits; the run stays (Q, Del)")),
            (self.start, tr("Start the next"),
             tr("Train the first of the runs that wait (Ctrl+Shift+Enter)")),
        )  # fmt: skip
        self.restyle()

    def restyle(self) -> None:
        icons = (self.up, "arrow-up"), (self.down, "arrow-down"), (self.remove, "x")
        for button, picture in icons:
            button.setIcon(theme.icon(picture))
