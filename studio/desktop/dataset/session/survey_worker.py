"""Work on a whole dataset beside the window: the map, outliers, what thresholds are set on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.threads import Worker, WorkerThread
from studio.desktop.dataset.session.folder_watch import folders_below
from studio.desktop.pixels import to_qimage
from studio.engine.dataset.decoding import decode
from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.index.regions import Region, Regions
from studio.engine.dataset.index.settings import WATCH
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.papers import about
from studio.engine.dataset.papers.about import About
from studio.engine.dataset.privacy import face_detector
from studio.engine.project import Project


class Explorer(Worker):
    """Short questions about a dataset and its pictures."""

    def values(self, project: Project, dataset_id: int, kind: str) -> np.ndarray:
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


class SurveyThreads(QObject):
    """A thread for short questions; long work is a job. It lives with a project."""

    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reader = Explorer()
        self.ask = WorkerThread(self.reader, self)
        self.ask.failed.connect(self.failed)

    def stop(self) -> None:
        self.ask.retire()
