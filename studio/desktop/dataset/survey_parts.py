"""What the parts of the survey share: the room's own parts, and the threads of a project."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtWidgets import QAbstractItemView, QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.dataset.curation.curation import Curation
from studio.desktop.dataset.grid.grid_model import PictureModel
from studio.desktop.dataset.selection import Selection
from studio.desktop.dataset.session.session import Session
from studio.desktop.dataset.session.survey_worker import SurveyThreads
from studio.engine.project import Project


@dataclass
class Around:
    """Threads are made when they are first needed, and end with the project."""

    studio: Studio
    session: Session
    model: PictureModel
    grid: QAbstractItemView
    selection: Selection
    curation: Curation
    room: QWidget
    _threads: SurveyThreads | None = field(default=None, init=False)

    def threads(self) -> SurveyThreads:
        if self._threads is None:
            self._threads = SurveyThreads(self.room)
            self._threads.failed.connect(self.session.failed)
        return self._threads

    def open_dataset(self) -> tuple[Project, int] | None:
        session = self.session
        if session.project is None or session.dataset is None:
            return None
        return session.project, session.dataset.id

    def close(self) -> None:
        if self._threads is not None:
            self._threads.stop()
            self._threads.deleteLater()
            self._threads = None
