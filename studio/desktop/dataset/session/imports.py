"""Imports that run or wait, one after the other, and what they bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.jobs import Jobs
from studio.desktop.dataset.session.worker import Importer
from studio.engine.dataset.index.listed_rows import Line as Row
from studio.engine.dataset.index.store import Finding
from studio.engine.dataset.intake.importer import Finished
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

PLACE = "dataset"


class RunningImports(QObject):
    """Tells what comes in by the dataset that it belongs to; which one is shown, others know."""

    news = Signal()
    """Of :attr:`running`, :attr:`found` or :attr:`cancelling`, perhaps."""
    begun = Signal(int)
    """The first pictures are there: the id of their dataset."""
    rowsCame = Signal(int, object)
    """The id of a dataset, and its new rows."""
    findingsCame = Signal(int, object)
    """The id of a dataset, and findings about its pictures."""
    imported = Signal(object)
    """One came to its end: the engine's :class:`importer.Finished`."""
    failed = Signal(object, str)
    over = Signal()
    """One has ended, however."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found = 0
        """Pictures of the imports since there was none."""
        self._jobs = jobs
        self._importer: Importer | None = None
        self._count = 0
        self._running: dict[int, Job[None]] = {}
        self._dataset: int | None = None
        """What the one that runs brings pictures into."""
        self._after: list[Callable[[], None]] = []

    def open(self, importer: Importer) -> None:
        self._importer = importer
        importer.began.connect(self._begun)
        importer.found.connect(self._rows)
        importer.checked.connect(self._findings)
        importer.finished.connect(self._done)

    def close(self) -> None:
        """Forget all; the jobs of the place end with the project."""
        self._importer = None
        self._running.clear()
        self._after.clear()

    @property
    def running(self) -> bool:
        return bool(self._running)

    @property
    def cancelling(self) -> bool:
        return any(job.is_cancelled for job in self._running.values())

    def start(self, project: Project, paths: Sequence[Path], name: str | None) -> None:
        """Import into the dataset `name`; None lets the engine name a new one."""
        if self._importer is None:
            return
        if not self._running:
            self.found = 0
        self._count += 1
        token = self._count
        title = Said("Importing")
        if len(paths) == 1:
            title = Said("Importing {name}", name=paths[0].name)
        run = partial(self._importer.run, token, project, list(paths), name)
        job = self._running[token] = Job(
            title, run, ending=Ending.STOP, can_pause=True,
            waiting=Said("Stopping the import; what was read stays…"),
        )  # fmt: skip
        self._jobs.start(
            job, PLACE, lane="import", failed=self.failed.emit, over=partial(self._over, token)
        )
        self.news.emit()

    def cancel(self) -> None:
        """End running and waiting imports; what was read stays."""
        for job in self._running.values():
            job.cancel()

    def after(self, act: Callable[[], None]) -> None:
        self._after.append(act)
        self.cancel()

    @Slot(int, int)
    def _begun(self, token: int, dataset_id: int) -> None:
        if token in self._running:
            self._dataset = dataset_id
            self.begun.emit(dataset_id)

    @Slot(int, object)
    def _rows(self, token: int, rows: list[Row]) -> None:
        if token in self._running:
            self.found += len(rows)
            if self._dataset is not None:
                self.rowsCame.emit(self._dataset, rows)
            self.news.emit()

    @Slot(int, object)
    def _findings(self, token: int, findings: list[Finding]) -> None:
        if token in self._running and self._dataset is not None:
            self.findingsCame.emit(self._dataset, findings)

    @Slot(int, object)
    def _done(self, token: int, finished: Finished) -> None:
        if token in self._running:
            self.imported.emit(finished)

    def _over(self, token: int) -> None:
        self._running.pop(token, None)
        self._dataset = None
        self.over.emit()
        self.news.emit()
        if not self._running:
            waiting, self._after = self._after, []
            for act in waiting:
                act()
