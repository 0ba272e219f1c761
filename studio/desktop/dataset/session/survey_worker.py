"""Work on a whole dataset beside the window: the map, outliers, what thresholds are set on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.threads import Worker, WorkerThread
from studio.desktop.dataset.session.folder_watch import folders_below
from studio.desktop.pixels import to_qimage
from studio.engine.dataset.decoding import decode
from studio.engine.dataset.doctor import atlas, outliers, thresholds
from studio.engine.dataset.doctor.atlas import Atlas
from studio.engine.dataset.doctor.embedding import EmbeddingCancelled
from studio.engine.dataset.doctor.outliers import Outliers
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.index.regions import Region, Regions
from studio.engine.dataset.index.settings import WATCH
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.papers import about
from studio.engine.dataset.papers.about import About
from studio.engine.dataset.privacy import face_detector
from studio.engine.project import Project

_TOLD_EVERY_S = 0.1


class Explorer(Worker):
    """Each method is called with an event that ends it early; it returns None then."""

    advanced = Signal(str, int, int)
    """The work (`map` or `outliers`), pictures looked at, and how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self._told = 0.0

    def chart(self, project: Project, dataset_id: int, cancel: threading.Event) -> Atlas | None:
        try:
            return atlas.chart(project, dataset_id, self._until(cancel), self._teller("map"))
        except EmbeddingCancelled:
            return None

    def find_outliers(
        self, project: Project, dataset_id: int, cancel: threading.Event
    ) -> Outliers | None:
        try:
            return outliers.find(project, dataset_id, self._until(cancel), self._teller("outliers"))
        except EmbeddingCancelled:
            return None

    def values(self, project: Project, dataset_id: int, kind: str) -> np.ndarray:
        """What the threshold of a kind is set on."""
        return thresholds.values(project, dataset_id, kind, self.stopping)

    def covered(self, item: Item, hidden: Regions, side: int) -> QImage:
        """A picture as the network sees it, with its regions hidden."""
        return to_qimage(regions.covered(decode.shrunk(item, side), hidden))

    def faces(self, item: Item, way: str) -> list[Region]:
        """What a detector finds; raises :class:`StudioError` with what to add for one."""
        return face_detector.faces(item, way)

    def watched(self, project: Project, dataset_id: int) -> tuple[bool, list[Path], list[str]]:
        """Whether the folders of a dataset are watched, its roots, and all folders in them."""
        is_on = WATCH.read(project, dataset_id) is not None
        roots = [s.path for s in store.sources(project, dataset_id) if s.kind == "folder"]
        return is_on, roots, folders_below(roots) if is_on else []

    def about(self, item: Item) -> About:
        """What a file tells about itself; raises :class:`StudioError`."""
        return about.about(item)

    def _until(self, cancel: threading.Event) -> Callable[[], bool]:
        return lambda: cancel.is_set() or self.stopping()

    def _teller(self, work: str) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            now = time.monotonic()
            if now - self._told >= _TOLD_EVERY_S or done == total:
                self._told = now
                self.advanced.emit(work, done, total)

        return tell


class SurveyThreads(QObject):
    """Two threads: long work on all pictures, and short questions. They live with a project."""

    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.explorer, self.reader = Explorer(), Explorer()
        self.work = WorkerThread(self.explorer, self)
        self.ask = WorkerThread(self.reader, self)
        for thread in (self.work, self.ask):
            thread.failed.connect(self.failed)

    def stop(self) -> None:
        """Ask both to end, then join them."""
        for worker in (self.explorer, self.reader):
            worker.stop()
        for thread in (self.work, self.ask):
            thread.stop()
