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
from studio.desktop.base.write_queue import WriteQueue
from studio.desktop.dataset.session.columns import Arrangement, Columns, View
from studio.desktop.pixels import read_qimage, to_qimage
from studio.engine.dataset.decoding import decode
from studio.engine.dataset.doctor import likeness_order
from studio.engine.dataset.index import listed_rows, store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.intake import importer
from studio.engine.dataset.preparation import split
from studio.engine.dataset.privacy import hidden_regions
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.project import Project
from studio.engine.said import Said

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

    def __init__(self, before: Callable[[], object]) -> None:
        """`before` writes out what is decided, so that nothing older is read."""
        super().__init__()
        self._before = before
        self.wanted = 0
        """Token of the load that is wanted now; others end early."""

    def survey(self, project: Project) -> list[tuple[store.Dataset, int]]:
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
            self.rowsLoaded.emit(token, part)
            last, most = part[-1].id, _ROWS_AT_ONCE
            time.sleep(_BREATH_S)
        else:
            return
        self.judge(token, project, dataset_id)

    def judge(self, token: int, project: Project, dataset_id: int) -> None:
        self._before()
        division = split.read(project, dataset_id)
        self.findingsLoaded.emit(token, store.findings(project, dataset_id), division)

    def roots(self, token: int, project: Project, dataset_id: int) -> None:
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
            self.readAgain.emit(token, number, part)
            time.sleep(_BREATH_S)


class Arranger(Worker):
    """Chooses, orders and counts rows, so that the window need not."""

    def arrange(self, project: Project | None, columns: Columns, view: View) -> Arrangement:
        by_likeness = view.sort == "similar" and project is not None
        apart = likeness_order.distances(project, view.anchor) if by_likeness and project else None
        return columns.arrange(view, apart)


class Importer(Worker):
    """Drives one import at a time."""

    began = Signal(int, int)
    """Token and the id of the dataset that the rows belong to."""
    found = Signal(int, object)
    checked = Signal(int, object)
    finished = Signal(int, object)
    """Token and the engine's :class:`importer.Finished`."""

    def run(
        self, token: int, project: Project, sources: list[Path], name: str | None, job: Job[None]
    ) -> None:
        """Import and report until `job` is cancelled. Raises what the engine raises."""
        found = refused = 0
        for event in importer.import_sources(project, sources, name, job.cancelled):
            if isinstance(event, importer.Found) and event.items:
                if not found:
                    self.began.emit(token, event.items[0].dataset_id)
                found += len(event.items)
                self.found.emit(token, [listed_rows.line(item) for item in event.items])
            elif isinstance(event, importer.Checked):
                self.checked.emit(token, event.findings)
            elif isinstance(event, importer.Rejected):
                refused += 1
            elif isinstance(event, importer.Finished):
                self.finished.emit(token, event)
            job.advance(found, note=_come_in(found, refused))


def _come_in(found: int, refused: int) -> Said:
    """How many there are is known only at the end."""
    pictures = Said("1 picture") if found == 1 else Said("{n} pictures", n=f"{found:,}")
    if not refused:
        return pictures
    return Said("{pictures}, {n} cannot be used", pictures=pictures, n=f"{refused:,}")


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


_FORMATS = ("JPEG", "WEBP")


def _tile(item: Item, result: Path | StudioError, size: int) -> QImage:
    if isinstance(result, Path):
        image = read_qimage(result, *_FORMATS)
        if not image.isNull():
            return image
    # The cache cannot be written or its file is damaged: the picture itself still can be read.
    try:
        return to_qimage(decode.make_thumbnail(item, size))
    except StudioError:
        return QImage()


class DatasetThreads(QObject):
    """The five threads of the room. They live as long as one project is open."""

    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopping = threading.Event()
        self.write = WorkerThread(parent=self)
        self.decisions = WriteQueue(self.write, self.failed.emit)
        self.loader, self.importer = Loader(self.decisions.write_all), Importer()
        self.tiles, self.previewer, self.arranger = Tiles(), Previewer(), Arranger()
        self.load = WorkerThread(self.loader, self)
        self.draw = WorkerThread(self.tiles, self)
        self.look = WorkerThread(self.previewer, self)
        self.order = WorkerThread(self.arranger, self)
        for thread in self._all():
            thread.failed.connect(self.failed)

    def _all(self) -> tuple[WorkerThread, ...]:
        return self.load, self.order, self.draw, self.look, self.write

    def stopping(self) -> bool:
        """Whether the project is being let go of; long decisions ask this and end early."""
        return self._stopping.is_set()

    def plan(
        self,
        make: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str, str], None] | None = None,
    ) -> None:
        """Work a step out where it will be written, after all that was decided before."""
        self.write.submit(self.decisions.after_all, make, done=done, failed=failed)

    def stop(self) -> None:
        """Write what is decided; the threads end by themselves, so that nothing waits for them."""
        self._stopping.set()
        for thread in self._all():
            if thread.worker is not None:
                thread.worker.stop()
            thread.clear()
        self.decisions.finish()
        for thread in self._all():
            thread.retire()
