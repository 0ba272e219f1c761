"""The dataset place's work beside the window: load, import, thumbnails, preview, decisions.

Methods run on the threads of `DatasetThreads`; what they find comes back by signals that
carry a token, so that news of a dataset that was left meanwhile is dropped.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.garbage import collected_later
from studio.desktop.base.threads import Worker, WorkerThread
from studio.desktop.dataset.session.columns import Arrangement, Columns
from studio.desktop.dataset.session.views import Row, View
from studio.desktop.pixels import to_qimage
from studio.engine.dataset.decoding import decode
from studio.engine.dataset.doctor import likeness_order
from studio.engine.dataset.index import listed_rows, store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.intake import importer
from studio.engine.dataset.preparation import split
from studio.engine.dataset.privacy import hidden_regions
from studio.engine.errors import StudioError
from studio.engine.project import Project

# The first screen comes at once; larger portions would hold the window up while they are made.
_FIRST_ROWS, _ROWS_AT_ONCE = 300, 1000
_BREATH_S = 0.004
_TILES_AT_ONCE = 12
# Tiles asked for but not yet made; older wishes have been scrolled away by then.
_WAITING_TILES = 400


class Loader(Worker):
    """Reads a dataset out of the index, in portions."""

    sourcesLoaded = Signal(int, object)
    """Token and the sources, the first news of a load."""
    rowsLoaded = Signal(int, object)
    """Token and a list of rows."""
    findingsLoaded = Signal(int, object, object)
    """Token, the findings by item id and the division; the last news of a load."""
    readAgain = Signal(int, int, object)
    """Token, the number of decisions when they were read, and rows as they are stored."""

    def __init__(self, before: Callable[[], None]) -> None:
        """`before` writes out what is decided, so that nothing older is read."""
        super().__init__()
        self._before = before
        self.wanted = 0
        """Token of the load that is wanted now; others end early."""

    def survey(self, project: Project) -> list[tuple[store.Dataset, int]]:
        """All datasets with the number of their pictures."""
        if not project.read_only_reason:
            hidden_regions.cover_older(project, self.stopping)
        counts = listed_rows.counts(project)
        return [(dataset, counts.get(dataset.id, 0)) for dataset in store.datasets(project)]

    def load(self, token: int, project: Project, dataset_id: int) -> None:
        """Read sources, then rows in portions, then the findings."""
        with collected_later():
            self._load(token, project, dataset_id)

    def _load(self, token: int, project: Project, dataset_id: int) -> None:
        self.sourcesLoaded.emit(token, store.sources(project, dataset_id))
        self._before()
        last, most = 0, _FIRST_ROWS
        while not self.stopping() and self.wanted == token:
            part = listed_rows.after(project, dataset_id, last, most)
            if not part:
                break
            self.rowsLoaded.emit(token, [Row.of(line) for line in part])
            last, most = part[-1].id, _ROWS_AT_ONCE
            time.sleep(_BREATH_S)
        else:
            return
        self.judge(token, project, dataset_id)

    def judge(self, token: int, project: Project, dataset_id: int) -> None:
        """Read the findings, and which pictures are held out."""
        self._before()
        division = split.read(project, dataset_id)
        self.findingsLoaded.emit(token, store.findings(project, dataset_id), division)

    def roots(self, token: int, project: Project, dataset_id: int) -> None:
        """Read the sources."""
        self.sourcesLoaded.emit(token, store.sources(project, dataset_id))

    def again(
        self, token: int, project: Project, item_ids: list[int], stamp: Callable[[], int]
    ) -> None:
        """Read some rows as they are stored now, in portions."""
        for start in range(0, len(item_ids), _ROWS_AT_ONCE):
            if self.stopping() or self.wanted != token:
                return
            number = stamp()
            self._before()
            part = listed_rows.among(project, item_ids[start : start + _ROWS_AT_ONCE])
            self.readAgain.emit(token, number, [Row.of(line) for line in part])
            time.sleep(_BREATH_S)


class Arranger(Worker):
    """Chooses, orders and counts rows, so that the window need not."""

    def arrange(self, project: Project | None, columns: Columns, view: View) -> Arrangement:
        """What a view shows of a snapshot."""
        by_likeness = view.sort == "similar" and project is not None
        apart = likeness_order.distances(project, view.anchor) if by_likeness and project else None
        return columns.arrange(view, apart)


class Importer(Worker):
    """Drives one import at a time."""

    began = Signal(int, int)
    """Token and the id of the dataset that the rows belong to."""
    found = Signal(int, object)
    checked = Signal(int, object)
    rejected = Signal(int)
    finished = Signal(int, object)
    """Token and the engine's :class:`importer.Finished`."""

    def run(
        self,
        token: int,
        project: Project,
        sources: list[Path],
        name: str | None,
        cancel: threading.Event,
    ) -> None:
        """Import and report until `cancel` is set. Raises what the engine raises."""

        def cancelled() -> bool:
            return cancel.is_set() or self.stopping()

        known = False
        for event in importer.import_sources(project, sources, name, cancelled):
            if isinstance(event, importer.Found) and event.items:
                if not known:
                    self.began.emit(token, event.items[0].dataset_id)
                    known = True
                self.found.emit(token, [Row.of(listed_rows.line(item)) for item in event.items])
            elif isinstance(event, importer.Checked):
                self.checked.emit(token, event.findings)
            elif isinstance(event, importer.Rejected):
                self.rejected.emit(token)
            elif isinstance(event, importer.Finished):
                self.finished.emit(token, event)


class Tiles(Worker):
    """Thumbnails, newest wish first: what is on the screen now comes before what was."""

    made = Signal(int, object)
    """Token and a list of (item id, QImage); a null image where there is none to be had."""

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._wanted: deque[int] = deque(maxlen=_WAITING_TILES)

    def want(self, item_id: int) -> bool:
        """Wish for one tile; True when the thread has to be woken."""
        with self._guard:
            was_idle = not self._wanted
            self._wanted.append(item_id)
        return was_idle

    def forget(self) -> None:
        """Drop every wish."""
        with self._guard:
            self._wanted.clear()

    def run(self, token: int, project: Project, size: int) -> None:
        """Make tiles until no wish is left; several are decoded at once."""
        while not self.stopping():
            with self._guard:
                count = min(_TILES_AT_ONCE, len(self._wanted))
                ids = [self._wanted.pop() for _ in range(count)]
            if not ids:
                return
            made: dict[int, QImage] = dict.fromkeys(ids, QImage())
            items = [item for item in store.items_by_id(project, ids) if item.usable]
            results = decode.read_thumbnails(project, items, size, self.stopping)
            for item, result in results:
                made[item.id] = _tile(item, result, size)
            self.made.emit(token, list(made.items()))


class Previewer(Worker):
    """One picture at a time, for the inspector and the enlarged view."""

    def details(self, project: Project, item_id: int) -> Item | None:
        """The full item, or None when it is gone."""
        found = store.items_by_id(project, [item_id])
        return found[0] if found else None

    def picture(self, item: Item, side: int) -> QImage:
        """The picture with its longer side about `side`, what is hidden of it hidden.

        Raises :class:`StudioError`.
        """
        return to_qimage(decode.make_thumbnail(item, side))


class Decisions(Worker):
    """Writes what the artist decided, in order; nothing decided is lost on closing."""

    def __init__(self) -> None:
        super().__init__()
        self._order = threading.Lock()
        self._pending: deque[Callable[[], object]] = deque()

    def add(self, write: Callable[[], object]) -> None:
        """Put one decision in the line."""
        self._pending.append(write)

    def write_all(self) -> None:
        """Write the line out; also called on closing, and waits for the other caller."""
        with self._order:
            while self._pending:
                # Taken off only when it is stored: a failure loses this one, not the rest.
                write = self._pending.popleft()
                write()

    def after_all(self, function: Callable[[], Any]) -> Any:
        """What `function` finds once everything that was decided is stored."""
        self.write_all()
        return function()


def _tile(item: Item, result: Path | StudioError, size: int) -> QImage:
    if isinstance(result, Path):
        image = QImage(str(result))
        if not image.isNull():
            return image
    # The cache cannot be written or its file is damaged: the picture itself still can be read.
    try:
        return to_qimage(decode.make_thumbnail(item, size))
    except StudioError:
        return QImage()


class DatasetThreads(QObject):
    """The seven threads of the room. They live as long as one project is open."""

    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.decisions = Decisions()
        self.loader, self.importer = Loader(self.decisions.write_all), Importer()
        self.tiles, self.previewer, self.arranger = Tiles(), Previewer(), Arranger()
        self.load = WorkerThread(self.loader, self)
        self.take_in = WorkerThread(self.importer, self)
        self.draw = WorkerThread(self.tiles, self)
        self.look = WorkerThread(self.previewer, self)
        self.write = WorkerThread(self.decisions, self)
        self.order = WorkerThread(self.arranger, self)
        self.hand_out = WorkerThread(Worker(), self)
        for thread in self._all():
            thread.failed.connect(self.failed)

    def _all(self) -> tuple[WorkerThread, ...]:
        return (
            self.take_in, self.load, self.order, self.draw, self.look, self.write, self.hand_out,
        )  # fmt: skip

    def decide(self, write: Callable[[], None]) -> None:
        """Store a decision in its turn."""
        self.decisions.add(write)
        self.write.submit(self.decisions.write_all)

    def plan(
        self,
        make: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str, str], None] | None = None,
    ) -> None:
        """Work a step out where it will be written, after all that was decided before."""
        self.write.submit(self.decisions.after_all, make, done=done, failed=failed)

    def carry_out(self, write: Callable[[], object], done: Callable[[], None]) -> None:
        """Store a step in its turn, then say so."""
        self.decisions.add(write)
        self.write.submit(self.decisions.write_all, done=lambda _: done())

    def stop(self) -> None:
        """Write what is decided, then join every thread."""
        # All are asked first, so that they end side by side.
        for thread in self._all():
            if thread.worker is not None:
                thread.worker.stop()
            thread.clear()
        try:
            self.decisions.write_all()
        except StudioError as error:
            self.failed.emit(str(error), error.detail)
        ends = time.monotonic() + 10.0
        for thread in self._all():
            thread.stop(max(0.1, ends - time.monotonic()))
