"""Measures the checkpoints of a run when that is asked for, and shows the lives of all runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.desktop.base.studio import Studio
from studio.desktop.base.threads import WorkerThread
from studio.desktop.evaluation.life_page import LifePage
from studio.desktop.evaluation.side import Side
from studio.desktop.evaluation.worker import RunRow, life, lives
from studio.desktop.run_names import distinct
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.evaluation.life import Moment


class Lives(QObject):
    """What was measured is read when its page comes into sight, and kept by the engine."""

    def __init__(
        self, studio: Studio, side: Side, thread: WorkerThread, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.page = LifePage()
        self._studio, self._side, self._thread = studio, side, thread
        self._project: Project | None = None
        self._rows: Sequence[RunRow] = ()
        self._run = ""
        self._is_on = False
        self._job: Job[list[Moment]] | None = None
        self.page.wanted.connect(self._measure)

    def show(self, on: bool) -> None:
        """The page comes into sight, or goes out of it."""
        self._is_on = on
        self._read()

    def set_runs(self, project: Project | None, rows: Sequence[RunRow], run: str | None) -> None:
        """The runs that there are, and the chosen one."""
        self._project, self._rows, self._run = project, rows, run or ""
        self._allow()
        self._read()

    def _allow(self) -> None:
        row = next((each for each in self._rows if each.name == self._run), None)
        self.page.measure.setEnabled(bool(row and row.checkpoint) and self._job is None)

    def _read(self) -> None:
        if self._project is None or not self._is_on:
            return
        names = [row.name for row in self._rows]
        self._thread.latest(
            "lives", lives, self._project, names, done=partial(self._show, self._project)
        )

    def _show(self, project: Project, found: dict[str, list[Moment]]) -> None:
        if project is self._project:
            names = distinct({row.name: row.shown for row in self._rows})
            self.page.show_lives(found, names, self._run)

    @Slot()
    def _measure(self) -> None:
        project, run = self._project, self._run
        if project is None or not run:
            return
        count = int(self._side.compared.currentData())
        job = self._job = Job(
            Said("Measuring every checkpoint"), partial(life, project, run, count),
            ending=Ending.STOP,
        )  # fmt: skip
        self._studio.jobs.start(
            job, "evaluation", lane="life", over=self._over,
            failed=self._studio.notices.error,
        )  # fmt: skip
        self._allow()

    def _over(self) -> None:
        self._job = None
        self._allow()
        self._read()
