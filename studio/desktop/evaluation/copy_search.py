"""Looks for copies when that is looked at, and shows what was found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.desktop.base.studio import Studio
from studio.desktop.evaluation.pair_panel import PairPanel
from studio.desktop.evaluation.pairs_page import Nothing, PairsPage
from studio.desktop.evaluation.side import Side
from studio.desktop.evaluation.worker import RunRow, closest
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

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
        self._job: Job[Gallery] | None = None
        studio.jobs.changed.connect(self._advance)
        self.page.shown.connect(self.panel.show_pair)
        self.page.wanted.connect(self.again)
        self.page.stopped.connect(self.stop)

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
        project = self._project
        job = self._job = Job(
            Said("Comparing generated pictures"),
            lambda job: closest(project, wanted.run, count, seed, job),
        )
        self._studio.jobs.start(
            job, "evaluation", lane="closest", in_strip=False,
            done=partial(self._take, job), failed=partial(self._failed, job),
        )  # fmt: skip

    @Slot()
    def again(self) -> None:
        self._asked = None
        self.ask()

    @Slot()
    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _drop(self) -> None:
        self.stop()
        self._job = self._asked = None

    @Slot()
    def _advance(self) -> None:
        job = self._job
        if job is not None and job.total and not job.is_cancelled and not job.is_over:
            self.page.show_progress(job.done, job.total)

    def _take(self, job: Job[Gallery], found: Gallery) -> None:
        if job is not self._job:
            return
        if found.pairs:
            self.page.show_found(found)
        else:
            self.page.show_state(Nothing.STOPPED)

    def _failed(self, job: Job[Gallery], sentence: str, detail: str) -> None:
        if job is not self._job:
            return
        self.page.show_state(Nothing.FAILED)
        self._studio.notices.error(sentence, detail)
