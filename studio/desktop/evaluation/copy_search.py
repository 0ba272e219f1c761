"""Looks for copies when that is looked at, and shows what was found."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.evaluation.pair_panel import PairPanel
from studio.desktop.evaluation.pairs_page import Nothing, PairsPage
from studio.desktop.evaluation.side import Side
from studio.desktop.evaluation.worker import Comparer, RunRow
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.evaluation.gallery import Gallery


@dataclass(frozen=True)
class Asked:
    """What pairs are of."""

    run: str
    checkpoint: int
    count: int
    seed: int


class Comparing(QObject):
    """Nothing is compared before its page is shown; what was found is kept while it holds."""

    def __init__(self, studio: Studio, side: Side, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page, self.panel = PairsPage(), PairPanel()
        self.is_on = False
        self._studio, self._side = studio, side
        self._project: Project | None = None
        self._row: RunRow | None = None
        self._asked: Asked | None = None
        """What is shown or under way."""
        self._cancel = threading.Event()
        self.worker = Comparer()
        self.thread_ = WorkerThread(self.worker, self)
        self.worker.advanced.connect(self._advance)
        self.page.shown.connect(self.panel.show_pair)
        self.page.wanted.connect(self.again)
        self.page.stopped.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Whether pictures are being compared."""
        return self.thread_.busy and not self._cancel.is_set()

    def show(self, on: bool) -> None:
        """The page comes into sight, or goes out of it."""
        self.is_on = on
        self.ask()

    def set_run(self, project: Project | None, row: RunRow | None) -> None:
        """Another run, a newer checkpoint of it, or none."""
        if project is not self._project or row is None:
            self._drop()
            self.page.show_state(Nothing.ASKED)
        self._project, self._row = project, row
        self.ask()

    def ask(self) -> None:
        """Compare, where the page is in sight and shows anything else."""
        if self._project is None or self._row is None or not self.is_on:
            return
        if not self._row.checkpoint:
            self._drop()
            self.page.show_state(Nothing.NO_CHECKPOINT)
            return
        count, seed = int(self._side.compared.currentData()), self._side.seed.seed()
        wanted = Asked(self._row.name, self._row.checkpoint, count, seed)
        if wanted == self._asked:
            return
        self._drop()
        self._asked = wanted
        self.page.show_waiting()
        self.thread_.latest(
            "closest", self.worker.closest, self._project, wanted.run, count, seed, self._cancel,
            done=partial(self._take, wanted), failed=partial(self._failed, wanted),
        )  # fmt: skip

    @Slot()
    def again(self) -> None:
        """Compare anew."""
        self._asked = None
        self.ask()

    @Slot()
    def stop(self) -> None:
        """Show what was compared so far."""
        self._cancel.set()

    def shutdown(self) -> None:
        """Join the thread."""
        self._drop()
        self.thread_.stop()

    def _drop(self) -> None:
        """What is under way is for nobody."""
        self._cancel.set()
        self._cancel = threading.Event()
        self._asked = None
        self.thread_.clear()

    @Slot(int, int)
    def _advance(self, done: int, total: int) -> None:
        if self.is_busy and self._asked is not None and total == self._asked.count:
            self.page.show_progress(done, total)

    def _take(self, wanted: Asked, found: Gallery) -> None:
        if wanted != self._asked:
            return
        if found.pairs:
            self.page.show_found(found)
        else:
            self.page.show_state(Nothing.STOPPED)

    def _failed(self, wanted: Asked, sentence: str, detail: str) -> None:
        if wanted != self._asked:
            return
        self.page.show_state(Nothing.FAILED)
        self._studio.notices.error(sentence, detail)
