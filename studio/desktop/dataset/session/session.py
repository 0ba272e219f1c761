"""What the room works on: the open dataset, its threads, and the news they bring."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.jobs import Jobs
from studio.desktop.dataset.session.collection import Collection, Desk
from studio.desktop.dataset.session.columns import Arrangement, View
from studio.desktop.dataset.session.imports import PLACE, RunningImports
from studio.desktop.dataset.session.worker import DatasetThreads
from studio.engine.dataset.curation import removed_sets
from studio.engine.dataset.index.listed_rows import Line as Row
from studio.engine.dataset.index.store import Dataset, Finding, Source
from studio.engine.dataset.preparation.split import Split
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

TILE, LARGE_TILE = 256, 512
# So many rows are sorted and counted within a few milliseconds.
_QUICK = 2000


class Session(QObject):
    """Lives as long as the room; `open` and `close` give it a project and take it away."""

    rowsAdded = Signal(object)
    """Ids of new rows."""
    changed = Signal(object)
    """Ids whose decision, findings or content changed; None for anything."""
    datasetsChanged = Signal()
    opened = Signal()
    """Another dataset was chosen (or none): the rows start anew."""
    judged = Signal(object)
    """All is read: the :class:`split.Split` of the open dataset; findings are in the collection."""
    tilesMade = Signal(object)
    tilesStale = Signal(object)
    """Ids of pictures that look different now, though their files are the same."""
    leftAside = Signal(object)
    """What was removed (:class:`removed_sets.Removed`) and can still come back."""
    failed = Signal(object, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.project: Project | None = None
        self.dataset: Dataset | None = None
        self.collection = Collection()
        self.threads: DatasetThreads | None = None
        self.imports = RunningImports(jobs, self)
        self.imports.begun.connect(self._import_begun)
        self.imports.rowsCame.connect(self._import_rows)
        self.imports.findingsCame.connect(self._import_findings)
        self.imports.failed.connect(self.failed)
        self.imports.over.connect(self._import_over)
        self.datasets: list[Dataset] = []
        self.counts: dict[int, int] = {}
        self.sources: list[Source] = []
        self.loading = False
        self.tile = TILE
        self._load = self.life = 0
        # `life` is another number for every project that was opened.

    # ------------------------------------------------------------------ opening

    def open(self, project: Project) -> None:
        self.close()
        self.project = project
        threads = DatasetThreads(self)
        threads.failed.connect(self.failed)
        threads.loader.sourcesLoaded.connect(self._take_sources)
        threads.loader.rowsLoaded.connect(self._take_rows)
        threads.loader.findingsLoaded.connect(self._take_findings)
        threads.loader.readAgain.connect(self._take_again)
        self.imports.open(threads.importer)
        threads.tiles.made.connect(self._take_tiles)
        self.threads = threads
        self._purge(project)
        self.loading = True
        self.survey(choose_last=True)

    def _purge(self, project: Project) -> None:
        """What was removed and not brought back before the project was closed goes for good.

        Not so what a program that was ended from without had removed, or the command line: that
        can come back as long as the project is open.
        """
        aside = removed_sets.aside(project)
        if project.read_only_reason:
            return
        gone = [each for each in aside if each.let_go]
        if gone:
            job = Job(
                Said("Removing what was deleted"),
                lambda job: removed_sets.purge(project, gone, job.cancelled),
            )
            self.jobs.start(job, PLACE, in_strip=False)
        left = [each for each in aside if not each.let_go]
        if left:
            self.leftAside.emit(left)

    def close(self) -> None:
        """Stop everything; decisions are written out first."""
        self.jobs.end(PLACE)
        self.imports.close()
        if self.threads is not None:
            self.threads.stop()
            self.threads.deleteLater()
            self._let_go()
        self.threads = self.project = self.dataset = None
        self.loading = False
        self._load += 1
        self.life += 1
        self.datasets, self.counts, self.sources = [], {}, []
        self.collection.clear()

    def _let_go(self) -> None:
        if self.project is not None:
            with contextlib.suppress(StudioError):  # then it can come back once more
                removed_sets.let_go(self.project)

    def survey(self, *, choose_last: bool = False, choose: int | None = None) -> None:
        """Read the list of datasets again, and open one of them when asked."""
        if self.threads is None or self.project is None:
            return
        done = partial(self._take_survey, self.project, choose_last, choose)
        self.threads.load.submit(self.threads.loader.survey, self.project, done=done)

    def choose(self, dataset_id: int | None) -> None:
        found = [dataset for dataset in self.datasets if dataset.id == dataset_id]
        self.dataset = found[0] if found else None
        self.collection.clear()
        self.sources = []
        self.loading = self.dataset is not None
        if self.threads is not None:
            self.threads.tiles.forget()
        self.opened.emit()
        self.reload()

    def reload(self) -> None:
        """Read the open dataset again; what is shown stays until it is replaced."""
        if self.threads is None or self.project is None or self.dataset is None:
            return
        self._load += 1
        self.collection.touched.clear()
        self.threads.loader.wanted = self._load
        self._read(self.threads.loader.load)

    def _read(self, part: Callable[[int, Project, int], None]) -> None:
        if self.threads is not None and self.project is not None and self.dataset is not None:
            self.threads.load.submit(part, self._load, self.project, self.dataset.id)

    def read_again(self, ids: Sequence[int]) -> None:
        """Read some rows anew, after what is decided about them is stored."""
        if self.threads is not None and self.project is not None and ids:
            self.threads.load.submit(
                self.threads.loader.again, self._load, self.project, list(ids), self._stamp
            )

    def _stamp(self) -> int:
        return self.collection.decided

    def judge_again(self) -> None:
        if self.threads is not None:
            self._read(self.threads.loader.judge)

    def sources_again(self) -> None:
        if self.threads is not None:
            self._read(self.threads.loader.roots)

    @Slot(int, int, object)
    def _take_again(self, token: int, stamp: int, rows: list[Row]) -> None:
        if token != self._load:
            return
        if stamp != self.collection.decided:  # something newer was decided meanwhile
            self.read_again([row.id for row in rows])
            return
        self.collection.put_stored(rows)
        self.changed.emit([row.id for row in rows])

    def arrange(self, view: View, done: Callable[[Arrangement], None]) -> bool:
        """Work out what `view` shows, here when that is quick, else beside the window.

        True when `done` was called already; of several calls only the newest is answered.
        """
        columns = self.collection.columns()
        threads = self.threads
        if threads is None or (len(columns.rows) <= _QUICK and view.sort != "similar"):
            done(columns.arrange(view))
            return True
        threads.order.latest(
            "view", threads.arranger.arrange, self.project, columns, view, done=done
        )
        return False

    def _take_survey(
        self,
        project: Project,
        choose_last: bool,
        choose: int | None,
        found: list[tuple[Dataset, int]],
    ) -> None:
        if project is not self.project:
            return
        self.datasets = [dataset for dataset, _ in found]
        self.counts = {dataset.id: count for dataset, count in found}
        # The first import of a dataset may have failed and taken its dataset back.
        lost = self.dataset is not None and self.dataset.id not in self.counts
        if self.dataset is not None and not lost:  # it may be called otherwise by now
            self.dataset = next(each for each in self.datasets if each.id == self.dataset.id)
        if choose in self.counts:
            self.choose(choose)
        elif choose_last or lost:
            self.choose(self.datasets[-1].id if self.datasets else None)
        self.datasetsChanged.emit()

    @Slot(int, object)
    def _take_sources(self, token: int, sources: list[Source]) -> None:
        if token == self._load:
            self.sources = sources

    @Slot(int, object)
    def _take_rows(self, token: int, rows: list[Row]) -> None:
        if token == self._load:
            fresh = self.collection.put(rows)
            self.rowsAdded.emit(fresh)
            if len(fresh) < len(rows):
                self.changed.emit([row.id for row in rows])

    @Slot(int, object, object)
    def _take_findings(
        self, token: int, findings: dict[int, list[Finding]], division: Split
    ) -> None:
        if token == self._load:
            self.loading = False
            self.collection.set_findings(findings)
            self.collection.set_held_out(division.item_ids)
            self.judged.emit(division)
            self.changed.emit(None)

    # ------------------------------------------------------------------ imports

    def bring_in(self, paths: Sequence[Path], name: str | None) -> None:
        """Import into the dataset `name`; None lets the engine name a new one."""
        if self.project is not None:
            self.imports.start(self.project, paths, name)

    @Slot(int)
    def _import_begun(self, dataset_id: int) -> None:
        if not self._shows(dataset_id):
            self.survey(choose=dataset_id)

    @Slot(int, object)
    def _import_rows(self, dataset_id: int, rows: list[Row]) -> None:
        if self._shows(dataset_id):
            known = [row.id for row in rows if row.id in self.collection.rows]
            self.rowsAdded.emit(self.collection.put(rows, decoded=True))
            if known:
                self.changed.emit(known)

    @Slot(int, object)
    def _import_findings(self, dataset_id: int, findings: list[Finding]) -> None:
        if self._shows(dataset_id):
            self.collection.add_findings(findings)
            self.changed.emit([finding.item_id for finding in findings])

    @Slot()
    def _import_over(self) -> None:
        self.survey()
        self.reload()  # labels are known only at the end

    def _shows(self, dataset_id: int) -> bool:
        return self.dataset is not None and self.dataset.id == dataset_id

    # ------------------------------------------------------------------ pictures

    def want_tile(self, item_id: int) -> None:
        """Wish for a tile; `tilesMade` follows."""
        if self.threads is None or self.project is None:
            return
        if self.threads.tiles.want(item_id):
            self.threads.draw.submit(self.threads.tiles.run, self.life, self.project, self.tile)

    @Slot(int, object)
    def _take_tiles(self, life: int, made: object) -> None:
        # Ids are unique in a project: a tile is right whichever dataset is shown now.
        if life == self.life:
            self.tilesMade.emit(made)

    def desk(self) -> Desk | None:
        """Where decisions go; None without a project."""
        if self.threads is None or self.project is None:
            return None
        return Desk(self.project, self.collection, self.threads.decisions.put, self.changed.emit)
