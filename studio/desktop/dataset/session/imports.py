"""The half of the session that brings pictures in: running and waiting imports, and their news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.jobs import Jobs
from studio.desktop.dataset.session.collection import Collection, Row
from studio.desktop.dataset.session.worker import DatasetThreads, Importer
from studio.engine.dataset.index.store import Dataset, Finding
from studio.engine.dataset.intake.importer import Finished
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.said import Said

PLACE = "dataset"


class Imports(QObject):
    """What is open is known here; the session opens and closes it."""

    rowsAdded = Signal(object)
    """Ids of new rows."""
    changed = Signal(object)
    """Ids whose decision, findings or content changed; None for anything."""
    importNews = Signal()
    imported = Signal(object)
    failed = Signal(str, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.project: Project | None = None
        self.dataset: Dataset | None = None
        self.collection = Collection()
        self.threads: DatasetThreads | None = None
        self.import_found = 0
        """Pictures of the imports since there was none."""
        self._import = 0
        self._imports: dict[int, Job[None]] = {}
        self._import_dataset: int | None = None
        self._after: list[Callable[[], None]] = []

    def survey(self, *, choose_last: bool = False, choose: int | None = None) -> None:
        """Read the list of datasets again, and open one of them when asked."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read the open dataset again."""
        raise NotImplementedError

    def _listen_to(self, importer: Importer) -> None:
        importer.began.connect(self._import_has_rows)
        importer.found.connect(self._import_rows)
        importer.checked.connect(self._import_findings)
        importer.finished.connect(self._import_done)

    def _forget_imports(self) -> None:
        self.jobs.end(PLACE)
        self._imports.clear()
        self._after.clear()

    @property
    def importing(self) -> bool:
        """Whether an import runs or waits."""
        return bool(self._imports)

    def import_sources(self, paths: Sequence[Path], name: str | None) -> None:
        """Import into the dataset `name`; None lets the engine name a new one."""
        if self.threads is None or self.project is None:
            return
        if not self._imports:
            self.import_found = 0
        self._import += 1
        token = self._import
        title = Said("Importing")
        if len(paths) == 1:
            title = Said("Importing {name}", name=paths[0].name)
        run = partial(self.threads.importer.run, token, self.project, list(paths), name)
        job = self._imports[token] = Job(
            title, run, ending=Ending.STOP, can_pause=True,
            waiting=Said("Stopping the import; what was read stays…"),
        )  # fmt: skip
        self.jobs.start(
            job, PLACE, lane="import",
            failed=self.failed.emit, over=partial(self._import_over, token),
        )  # fmt: skip
        self.importNews.emit()

    def cancel_import(self) -> None:
        """End running and waiting imports; what was read stays."""
        for job in self._imports.values():
            job.cancel()

    def after_imports(self, act: Callable[[], None]) -> None:
        """End running and waiting imports, then act."""
        self._after.append(act)
        self.cancel_import()

    @property
    def cancelling(self) -> bool:
        """Whether the artist asked the import to end."""
        return any(job.is_cancelled for job in self._imports.values())

    @Slot(int, int)
    def _import_has_rows(self, token: int, dataset_id: int) -> None:
        if token not in self._imports:
            return
        self._import_dataset = dataset_id
        if self.dataset is None or self.dataset.id != dataset_id:
            self.survey(choose=dataset_id)

    @Slot(int, object)
    def _import_rows(self, token: int, rows: list[Row]) -> None:
        if token not in self._imports:
            return
        self.import_found += len(rows)
        if self._shows_import():
            known = [row.id for row in rows if row.id in self.collection.rows]
            fresh = self.collection.put(rows, decoded=True)
            self.rowsAdded.emit(fresh)
            if known:
                self.changed.emit(known)
        self.importNews.emit()

    @Slot(int, object)
    def _import_findings(self, token: int, findings: list[Finding]) -> None:
        if token in self._imports and self._shows_import():
            self.collection.add_findings(findings)
            self.changed.emit([finding.item_id for finding in findings])

    @Slot(int, object)
    def _import_done(self, token: int, finished: Finished) -> None:
        if token in self._imports:
            self.imported.emit(finished)

    def _import_over(self, token: int) -> None:
        self._imports.pop(token, None)
        self._import_dataset = None
        self.survey()
        self.reload()  # labels are known only at the end
        self.importNews.emit()
        if not self._imports:
            waiting, self._after = self._after, []
            for act in waiting:
                act()

    def _shows_import(self) -> bool:
        return self.dataset is not None and self.dataset.id == self._import_dataset
